"""A photo has the same colour whichever library it lies in."""

from __future__ import annotations

import random
from math import cos, pi

import pytest
from PIL import Image, ImageDraw, ImageFilter

from adapters.nextcloud.blurhash import mean_colour

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~"
Colour = tuple[float, float, float]


def _linear(code: float) -> float:
    value = code / 255
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def _coded(value: float) -> float:
    return 255 * (value * 12.92 if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055)


def _base83(value: int, digits: int) -> str:
    return "".join(_DIGITS[value // 83 ** (digits - 1 - n) % 83] for n in range(digits))


def blurhash(image: Image.Image, across: int = 4, down: int = 3) -> str:
    """The published algorithm, in full, so that the adapter's reading of it is held against something."""
    small = image.resize((48, 36), Image.Resampling.BOX)
    width, height = small.size
    points = [[_linear(c) for c in small.getpixel((x, y))] for y in range(height) for x in range(width)]  # type: ignore[union-attr]
    found = []
    for j in range(down):
        for i in range(across):
            scale = (1 if i == j == 0 else 2) / len(points)
            wave = [
                cos(pi * i * x / width) * cos(pi * j * y / height) * scale for y in range(height) for x in range(width)
            ]
            found.append([sum(w * p[c] for w, p in zip(wave, points, strict=True)) for c in range(3)])
    mean, waves = found[0], found[1:]
    largest = max(abs(value) for wave in waves for value in wave) if waves else 0
    step = max(0, min(82, int(largest * 166 - 0.5)))
    said = _base83(across - 1 + (down - 1) * 9, 1) + _base83(step, 1)
    said += _base83(sum(round(_coded(value)) << shift for value, shift in zip(mean, (16, 8, 0), strict=True)), 4)
    for wave in waves:
        levels = [value / ((step + 1) / 166) for value in wave]
        coded = [max(0, min(18, int((abs(v) ** 0.5 if v >= 0 else -(abs(v) ** 0.5)) * 9 + 9.5))) for v in levels]
        said += _base83(coded[0] * 361 + coded[1] * 19 + coded[2], 2)
    return said


def _mean_of_pixels(image: Image.Image) -> Colour:
    """What a thumbhash holds, and everybody means: the mean of the coded values."""
    pixel = image.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
    assert isinstance(pixel, tuple)
    return pixel[0], pixel[1], pixel[2]


def _picture(seed: int, blur: float) -> Image.Image:
    rng = random.Random(seed)
    image = Image.new("RGB", (160, 120))
    draw = ImageDraw.Draw(image)
    top, bottom = [rng.randrange(80, 256) for _ in range(3)], [rng.randrange(180) for _ in range(3)]
    for y in range(120):
        draw.line([(0, y), (160, y)], fill=tuple(int(a + (b - a) * y / 119) for a, b in zip(top, bottom, strict=True)))
    for _ in range(8):
        x, y, s = rng.randrange(160), rng.randrange(120), rng.randrange(10, 60)
        draw.ellipse([x - s, y - s // 2, x + s, y + s // 2], fill=tuple(rng.randrange(256) for _ in range(3)))
    return image.filter(ImageFilter.GaussianBlur(blur))


def _apart(image: Image.Image) -> tuple[float, float]:
    """How far our colour, and that of the hash's own mean, are from the mean of the pixels; means of three channels."""
    said = blurhash(image)
    ours = mean_colour(said)
    assert ours is not None
    true = _mean_of_pixels(image)
    own = [_DIGITS.index(c) for c in said[2:6]]
    number = ((own[0] * 83 + own[1]) * 83 + own[2]) * 83 + own[3]
    found = [int(ours[n : n + 2], 16) for n in (1, 3, 5)]
    bright = [number >> shift & 255 for shift in (16, 8, 0)]
    return (
        sum(abs(a - b) for a, b in zip(found, true, strict=True)) / 3,
        sum(abs(a - b) for a, b in zip(bright, true, strict=True)) / 3,
    )


@pytest.mark.parametrize(("blur", "typical"), [(12, 3.5), (4, 5.0), (0.5, 7.0)])
def test_the_colour_is_the_mean_of_the_pixels_within_a_few_units(blur: float, typical: float) -> None:
    apart = [_apart(_picture(seed, blur)) for seed in range(12)]
    ours = sorted(each for each, _ in apart)
    own = sorted(each for _, each in apart)
    assert ours[len(ours) // 2] <= typical, ours
    assert ours[len(ours) // 2] < own[len(own) // 2] / 2, "no better than the mean of linear light"


@pytest.mark.parametrize("colour", [(0, 0, 0), (255, 255, 255), (200, 30, 90), (12, 200, 255)])
def test_a_picture_of_one_colour_has_that_colour(colour: tuple[int, int, int]) -> None:
    said = mean_colour(blurhash(Image.new("RGB", (64, 48), colour), 1, 1))
    assert said is not None
    assert [int(said[n : n + 2], 16) for n in (1, 3, 5)] == pytest.approx(colour, abs=1)


@pytest.mark.parametrize("text", ["", "L", "LGFWb3", "~" * 28, "é" * 28, "LGFWb3s.-Bs:0fWpW.Wo}ZoLI:a|x", "0" * 5])
def test_what_is_no_blurhash_has_no_colour(text: str) -> None:
    assert mean_colour(text) is None
