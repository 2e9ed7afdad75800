"""A photo's mean colour out of its blurhash, without a download."""

from __future__ import annotations

from functools import cache
from math import sqrt

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~"
_VALUES = {digit: value for value, digit in enumerate(_DIGITS)}
_STEPS = 1023
#: points and weights of Gauss and Hermite: the mean of a function of something normally distributed
_POINTS = (
    (-2.856970, 0.0112574),
    (-1.355626, 0.2220759),
    (0.0, 0.5333333),
    (1.355626, 0.2220759),
    (2.856970, 0.0112574),
)
_FINER = 1.6
"""A photo varies by more than its few waves; found on drawn pictures and photos (see the test of this module)."""


def mean_colour(blurhash: str) -> str | None:
    """``#rrggbb``: the mean of the gamma-coded sRGB values; None where the text is no blurhash.

    The hash holds a mean of *linear light*, which is brighter than the mean of the pixels' values that everybody
    else gives (a thumbhash, too): by 15 of 255 for an ordinary photo. How much depends on how far the photo's
    pixels lie apart, and that the hash tells in its waves. What is left is about 3 of 255 for soft pictures and 5
    for ordinary ones; where fine, strong contrasts fill the picture it stays too bright by more.
    """
    try:
        across, down = _size(blurhash)
        channels = _channels(blurhash, across, down)
    except (KeyError, ValueError):
        return None
    return "#" + "".join(f"{_mean_of_coded(mean, variance):02x}" for mean, variance in channels)


def _size(blurhash: str) -> tuple[int, int]:
    size = _number(blurhash[:1])
    across, down = size % 9 + 1, size // 9 + 1
    if len(blurhash) != 4 + 2 * across * down:
        raise ValueError
    return across, down


def _number(digits: str) -> int:
    value = 0
    for digit in digits:
        value = value * 83 + _VALUES[digit]
    return value


def _channels(blurhash: str, across: int, down: int) -> list[tuple[float, float]]:
    """Mean and variance of red, green and blue, in linear light from 0 to 1."""
    mean = _number(blurhash[2:6])
    if mean >= 1 << 24:
        raise ValueError
    squares = _wave_squares()
    variances = [0.0, 0.0, 0.0]
    for n in range(1, across * down):
        levels = _number(blurhash[4 + 2 * n : 6 + 2 * n])
        is_flat_one_way = n < across or n % across == 0
        share = 0.5 if is_flat_one_way else 0.25  # the mean of cos^2, and of its product with another
        for channel, level in enumerate((levels // 361, levels // 19 % 19, levels % 19)):
            variances[channel] += share * squares[level]
    largest = (_number(blurhash[1]) + 1) / 166
    linear = _linear()
    return [(linear[mean >> shift & 255], variances[n] * largest**2) for n, shift in enumerate((16, 8, 0))]


def _mean_of_coded(mean: float, variance: float) -> int:
    codes, spread = _codes(), sqrt(_FINER * variance)
    points = ((min(1.0, max(0.0, mean + spread * at)), weight) for at, weight in _POINTS)
    return round(sum(codes[int(value * _STEPS + 0.5)] * weight for value, weight in points))


@cache
def _wave_squares() -> list[float]:
    return [((level - 9) / 9) ** 4 for level in range(20)]


@cache
def _linear() -> list[float]:
    values = [code / 255 for code in range(256)]
    return [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in values]


@cache
def _codes() -> list[float]:
    values = [step / _STEPS for step in range(_STEPS + 1)]
    return [255 * (v * 12.92 if v <= 0.0031308 else 1.055 * v ** (1 / 2.4) - 0.055) for v in values]
