"""The demo's pictures: drawn landscapes, pleasant enough for a gallery, one palette a scene."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFilter

SIZE_PX = (1600, 1200)
_SCALE = 2  # drawn twice as large and shrunk: smooth edges
Colour = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class _Palette:
    sky: tuple[Colour, Colour]
    sun: Colour
    far: Colour
    near: Colour
    ground: Colour
    accent: Colour


_PALETTES: Mapping[str, _Palette] = {
    "station": _Palette(
        ((248, 205, 160), (252, 236, 214)),
        (255, 244, 214),
        (198, 150, 128),
        (150, 96, 84),
        (110, 74, 70),
        (60, 130, 120),
    ),
    "street": _Palette(
        ((178, 208, 224), (240, 238, 226)),
        (255, 246, 220),
        (222, 190, 150),
        (200, 146, 110),
        (120, 110, 108),
        (190, 72, 60),
    ),
    "park": _Palette(
        ((190, 222, 214), (240, 244, 220)),
        (255, 250, 220),
        (146, 186, 140),
        (84, 140, 92),
        (110, 158, 96),
        (226, 140, 90),
    ),
    "harbour": _Palette(
        ((150, 196, 222), (232, 240, 240)),
        (255, 244, 214),
        (120, 160, 184),
        (70, 110, 140),
        (62, 122, 158),
        (230, 110, 70),
    ),
    "cathedral": _Palette(
        ((120, 176, 216), (224, 238, 244)),
        (255, 252, 238),
        (238, 238, 232),
        (214, 218, 218),
        (186, 178, 168),
        (70, 140, 120),
    ),
    "cafe": _Palette(
        ((236, 210, 186), (250, 238, 222)),
        (255, 240, 214),
        (196, 150, 120),
        (140, 92, 74),
        (172, 124, 96),
        (64, 120, 110),
    ),
    "bridge": _Palette(
        ((160, 190, 214), (242, 226, 206)),
        (255, 238, 206),
        (140, 150, 160),
        (92, 104, 118),
        (80, 124, 146),
        (222, 178, 92),
    ),
    "water": _Palette(
        ((170, 208, 222), (246, 232, 212)),
        (255, 240, 214),
        (130, 170, 160),
        (80, 126, 116),
        (92, 152, 172),
        (250, 190, 120),
    ),
    "library": _Palette(
        ((140, 186, 214), (230, 240, 242)),
        (255, 252, 240),
        (208, 170, 120),
        (178, 128, 82),
        (196, 188, 176),
        (246, 248, 248),
    ),
    "island": _Palette(
        ((236, 170, 140), (252, 222, 186)),
        (255, 236, 196),
        (150, 112, 120),
        (98, 82, 96),
        (96, 118, 140),
        (250, 200, 140),
    ),
}


def draw(scene: str, seed: int) -> Image.Image:
    """A picture of ``SIZE_PX``. The same scene and seed give the same picture.

    Raises:
        KeyError: there is no such scene.
    """
    palette, chance = _PALETTES[scene], random.Random(f"{scene}{seed}")  # noqa: S311  # a picture, not a secret
    size = (SIZE_PX[0] * _SCALE, SIZE_PX[1] * _SCALE)
    image = _sky(size, palette)
    canvas = ImageDraw.Draw(image)
    horizon = int(size[1] * chance.uniform(0.56, 0.66))
    _sun(canvas, size, horizon, palette, chance)
    _hills(canvas, size, horizon, palette.far, chance)
    _DRAWERS[scene](canvas, size, horizon, palette, chance)
    return _finished(image, chance)


def _sky(size: tuple[int, int], palette: _Palette) -> Image.Image:
    column = Image.new("RGB", (1, 256))
    for y in range(256):
        column.putpixel((0, y), _mix(palette.sky[0], palette.sky[1], min(1.0, y / 170)))
    return column.resize(size, Image.Resampling.BICUBIC)


def _mix(a: Colour, b: Colour, share: float) -> Colour:
    red, green, blue = (round(p + (q - p) * share) for p, q in zip(a, b, strict=True))
    return red, green, blue


def _sun(
    canvas: ImageDraw.ImageDraw, size: tuple[int, int], horizon: int, palette: _Palette, chance: random.Random
) -> None:
    x, y, r = chance.uniform(0.15, 0.85) * size[0], horizon * chance.uniform(0.3, 0.62), size[1] * 0.06
    for ring in range(8, 0, -1):
        wide = r * (1 + ring * 0.22)
        canvas.ellipse((x - wide, y - wide, x + wide, y + wide), fill=_mix(palette.sun, palette.sky[0], ring / 9))
    canvas.ellipse((x - r, y - r, x + r, y + r), fill=palette.sun)


def _hills(
    canvas: ImageDraw.ImageDraw, size: tuple[int, int], horizon: int, colour: Colour, chance: random.Random
) -> None:
    waves = [(chance.uniform(1, 4), chance.uniform(0, 6.3), chance.uniform(0.01, 0.05)) for _ in range(3)]
    line = [
        (
            x,
            horizon
            - size[1]
            * (0.03 + sum(high * math.sin(often * x / size[0] * 6.3 + shift) for often, shift, high in waves)),
        )
        for x in range(0, size[0] + 40, 40)
    ]
    canvas.polygon([*line, (size[0], size[1]), (0, size[1])], fill=_mix(colour, (255, 255, 255), 0.25))


def _ground(canvas: ImageDraw.ImageDraw, size: tuple[int, int], horizon: int, colour: Colour) -> None:
    for step in range(24):
        top = horizon + (size[1] - horizon) * step / 24
        canvas.rectangle((0, top, size[0], size[1]), fill=_mix(colour, (20, 24, 30), step / 90))


def _facades(
    canvas: ImageDraw.ImageDraw, size: tuple[int, int], horizon: int, palette: _Palette, chance: random.Random
) -> None:
    _ground(canvas, size, horizon, palette.ground)
    x = -40.0
    while x < size[0]:
        wide, high = size[0] * chance.uniform(0.08, 0.16), size[1] * chance.uniform(0.26, 0.46)
        wall = _mix(palette.far, palette.near, chance.random())
        top = horizon - high
        canvas.rectangle((x, top, x + wide, horizon + 30), fill=wall)
        canvas.polygon(
            [(x - 12, top), (x + wide / 2, top - size[1] * 0.05), (x + wide + 12, top)],
            fill=_mix(wall, palette.accent, 0.6),
        )
        _windows(canvas, (x, top, wide, high), _mix(wall, (40, 46, 60), 0.55))
        x += wide + 6


def _windows(canvas: ImageDraw.ImageDraw, box: tuple[float, float, float, float], colour: Colour) -> None:
    x, top, wide, high = box
    columns, rows = max(2, int(wide // 90)), max(2, int(high // 130))
    for column in range(columns):
        for row in range(rows):
            left, upper = x + wide * (column + 0.3) / columns, top + high * (row + 0.3) / rows
            canvas.rectangle((left, upper, left + wide * 0.4 / columns, upper + high * 0.42 / rows), fill=colour)


def _trees(
    canvas: ImageDraw.ImageDraw, size: tuple[int, int], horizon: int, palette: _Palette, chance: random.Random
) -> None:
    _ground(canvas, size, horizon, palette.ground)
    path = [(size[0] * 0.46, horizon), (size[0] * 0.54, horizon), (size[0] * 0.78, size[1]), (size[0] * 0.22, size[1])]
    canvas.polygon(path, fill=_mix(palette.sky[1], palette.ground, 0.35))
    for n in range(14):
        side, near = chance.choice((-1, 1)), n / 14
        x = size[0] * (0.5 + side * (0.06 + 0.46 * near * chance.uniform(0.7, 1.1)))
        foot, r = horizon + (size[1] - horizon) * near * 0.7, size[1] * (0.04 + 0.1 * near)
        canvas.rectangle((x - r * 0.1, foot - r * 1.6, x + r * 0.1, foot), fill=_mix(palette.near, (60, 44, 40), 0.7))
        leaf = _mix(palette.near, palette.accent if chance.random() < 0.12 else palette.far, chance.uniform(0, 0.5))
        for _ in range(5):
            dx, dy = chance.uniform(-0.6, 0.6) * r, chance.uniform(-0.5, 0.5) * r
            canvas.ellipse(
                (x + dx - r * 0.8, foot - r * 2.3 + dy - r * 0.8, x + dx + r * 0.8, foot - r * 2.3 + dy + r * 0.8),
                fill=leaf,
            )


def _sea(
    canvas: ImageDraw.ImageDraw, size: tuple[int, int], horizon: int, palette: _Palette, chance: random.Random
) -> None:
    _ground(canvas, size, horizon, palette.ground)
    for _ in range(90):
        y = chance.uniform(horizon, size[1])
        wide = (y - horizon) / (size[1] - horizon) * size[0] * 0.12 + 20
        x = chance.uniform(0, size[0])
        canvas.rounded_rectangle(
            (x, y, x + wide, y + 4 + wide * 0.02), 3, fill=_mix(palette.ground, palette.sky[1], 0.55)
        )


def _boats(
    canvas: ImageDraw.ImageDraw, size: tuple[int, int], horizon: int, palette: _Palette, chance: random.Random
) -> None:
    _sea(canvas, size, horizon, palette, chance)
    for _ in range(4):
        x, y, r = (
            chance.uniform(0.1, 0.9) * size[0],
            horizon + chance.uniform(0.03, 0.24) * size[1],
            size[1] * chance.uniform(0.04, 0.09),
        )
        canvas.polygon(
            [(x - r, y), (x + r, y), (x + r * 0.7, y + r * 0.35), (x - r * 0.7, y + r * 0.35)], fill=palette.near
        )
        canvas.polygon([(x, y - r * 1.9), (x, y - 8), (x + r * 0.85, y - 8)], fill=palette.accent)
        canvas.polygon([(x - 6, y - r * 1.6), (x - 6, y - 8), (x - r * 0.6, y - 8)], fill=(250, 248, 240))


def _dome(
    canvas: ImageDraw.ImageDraw, size: tuple[int, int], horizon: int, palette: _Palette, chance: random.Random
) -> None:
    _ground(canvas, size, horizon, palette.ground)
    middle, r = size[0] * chance.uniform(0.4, 0.6), size[1] * 0.11
    body = (middle - r * 2.6, horizon - r * 1.7, middle + r * 2.6, horizon + 10)
    canvas.rectangle(body, fill=palette.far)
    for n in range(9):
        x = body[0] + (body[2] - body[0]) * (n + 0.5) / 9
        canvas.rectangle((x - r * 0.1, body[1] + r * 0.3, x + r * 0.1, horizon), fill=palette.near)
    canvas.polygon([(body[0], body[1]), (middle, body[1] - r * 0.9), (body[2], body[1])], fill=palette.near)
    for shift, size_r in ((0.0, 1.0), (-1.9, 0.42), (1.9, 0.42)):
        x, high = middle + shift * r, body[1] - r * (0.7 if shift == 0 else 0.1)
        wide = r * size_r
        canvas.rectangle((x - wide * 0.8, high - wide * 0.8, x + wide * 0.8, high), fill=palette.far)
        canvas.pieslice((x - wide, high - wide * 1.9, x + wide, high + wide * 0.1), 180, 360, fill=palette.accent)
        canvas.rectangle((x - 5, high - wide * 2.4, x + 5, high - wide * 1.8), fill=(226, 190, 96))
    for step in range(7):
        y = horizon + step * r * 0.22
        canvas.rectangle(
            (middle - r * (3 + step * 0.25), y, middle + r * (3 + step * 0.25), y + r * 0.1), fill=palette.far
        )


def _tower(
    canvas: ImageDraw.ImageDraw, size: tuple[int, int], horizon: int, palette: _Palette, chance: random.Random
) -> None:
    _facades(canvas, size, horizon, palette, chance)
    x, r = size[0] * chance.uniform(0.62, 0.76), size[1] * 0.06
    canvas.rectangle((x - r, horizon - r * 9, x + r, horizon + 20), fill=palette.near)
    canvas.ellipse((x - r * 0.7, horizon - r * 8.4, x + r * 0.7, horizon - r * 7), fill=(248, 244, 232))
    canvas.polygon(
        [(x - r * 1.1, horizon - r * 9), (x, horizon - r * 11), (x + r * 1.1, horizon - r * 9)], fill=palette.accent
    )
    canvas.pieslice(
        (x - r * 8, horizon - r * 5.4, x - r * 2, horizon + r * 4.4),
        180,
        360,
        fill=_mix(palette.far, palette.near, 0.3),
    )


def _arches(
    canvas: ImageDraw.ImageDraw, size: tuple[int, int], horizon: int, palette: _Palette, chance: random.Random
) -> None:
    _sea(canvas, size, horizon, palette, chance)
    top, deep = horizon - size[1] * 0.1, horizon + size[1] * 0.06
    canvas.rectangle((0, top, size[0], deep), fill=palette.near)
    for n in range(5):
        x, r = size[0] * (n + 0.5) / 5, size[0] * 0.075
        canvas.pieslice(
            (x - r, deep - r * 0.9, x + r, deep + r * 1.1), 180, 360, fill=_mix(palette.ground, palette.sky[1], 0.3)
        )
        canvas.rectangle((x - 6 + r * 1.3, top - size[1] * 0.07, x + 6 + r * 1.3, top), fill=palette.near)
        canvas.ellipse(
            (x - 20 + r * 1.3, top - size[1] * 0.085, x + 20 + r * 1.3, top - size[1] * 0.055), fill=palette.accent
        )


def _waves(
    canvas: ImageDraw.ImageDraw, size: tuple[int, int], horizon: int, palette: _Palette, chance: random.Random
) -> None:
    _ground(canvas, size, horizon, palette.ground)
    shift = chance.uniform(0, 6.3)
    for layer, colour in ((0.34, palette.accent), (0.22, palette.far), (0.1, palette.near)):
        line = [
            (x, horizon - size[1] * (layer + 0.04 * math.sin(x / size[0] * 5 + shift + layer * 4)))
            for x in range(0, size[0] + 40, 40)
        ]
        canvas.polygon([*line, (size[0], horizon + 20), (0, horizon + 20)], fill=colour)


def _cups(
    canvas: ImageDraw.ImageDraw, size: tuple[int, int], horizon: int, palette: _Palette, chance: random.Random
) -> None:
    canvas.rectangle((0, horizon, size[0], size[1]), fill=palette.ground)
    for n in range(2):
        x, y, r = size[0] * (0.34 + 0.34 * n), horizon + size[1] * 0.17, size[1] * chance.uniform(0.1, 0.13)
        canvas.ellipse((x - r * 1.5, y - r * 0.2, x + r * 1.5, y + r * 0.8), fill=(250, 246, 238))
        canvas.ellipse(
            (x - r * 1.3, y - r * 0.12, x + r * 1.3, y + r * 0.62), fill=_mix((250, 246, 238), palette.ground, 0.2)
        )
        canvas.pieslice((x - r, y - r * 1.3, x + r, y + r * 0.5), 0, 180, fill=palette.accent if n else (250, 250, 246))
        canvas.ellipse((x - r, y - r * 0.66, x + r, y - r * 0.14), fill=(104, 66, 48))


_Drawer = Callable[[ImageDraw.ImageDraw, tuple[int, int], int, _Palette, random.Random], None]
_DRAWERS: Mapping[str, _Drawer] = {
    "station": _tower,
    "street": _facades,
    "park": _trees,
    "harbour": _boats,
    "cathedral": _dome,
    "cafe": _cups,
    "bridge": _arches,
    "water": _sea,
    "library": _waves,
    "island": _boats,
}


def _finished(image: Image.Image, chance: random.Random) -> Image.Image:
    """Shrunk, with a little grain, as a sensor leaves it."""
    small = image.resize(SIZE_PX, Image.Resampling.LANCZOS).filter(ImageFilter.GaussianBlur(0.6))
    noise = Image.frombytes("L", SIZE_PX, chance.randbytes(SIZE_PX[0] * SIZE_PX[1])).filter(
        ImageFilter.GaussianBlur(0.8)
    )
    return Image.blend(small, Image.merge("RGB", (noise, noise, noise)), 0.045)
