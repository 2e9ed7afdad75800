"""Colours as people see them. Mixing is done in OKLab (Björn Ottosson, 2020), where halfway looks halfway."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

Lab = tuple[float, float, float]


def rgb(colour: str) -> tuple[int, int, int]:
    """The parts of ``#rrggbb``."""
    value = int(colour[1:], 16)
    return value >> 16, value >> 8 & 255, value & 255


def lab(colour: str) -> Lab:
    """OKLab of ``#rrggbb``."""
    r, g, b = (_linear(part / 255) for part in rgb(colour))
    long = math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
    medium = math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    short = math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def from_lab(colour: Lab) -> str:
    """``#rrggbb`` of OKLab; what no screen can show is cut."""
    lightness, a, b = colour
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    parts = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    return "#" + "".join(f"{round(255 * _gamma(part)):02x}" for part in parts)


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _gamma(part: float) -> float:
    part = min(1.0, max(0.0, part))
    return 12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055


@lru_cache(maxsize=20_000)
def blend(one: str, other: str, share: float) -> str:
    """The colour at ``share`` (0 to 1) of the way from one to the other."""
    lightness, a, b = (x + (y - x) * share for x, y in zip(lab(one), lab(other), strict=True))
    return from_lab((lightness, a, b))


def along(scale: Sequence[str], share: float) -> str:
    """The colour at ``share`` (0 to 1) of a scale of at least two."""
    at = min(0.999999, max(0.0, share)) * (len(scale) - 1)
    return blend(scale[int(at)], scale[int(at) + 1], at - int(at))


def luminance(colour: str) -> float:
    """Relative luminance, 0 to 1 (WCAG 2)."""
    r, g, b = (_linear(part / 255) for part in rgb(colour))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(a: str, b: str) -> float:
    """Contrast of two colours, 1 to 21 (WCAG 2)."""
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
