"""The part of the world that a picture shows: places to pixels (Web Mercator)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from connector.render.placing import Box

TILE_PX = 512
"""How large a tile is at its own zoom, as in the widget."""
MAX_LAT = 85.0511
SMALLEST_SPAN = 900.0 / 40_075_017.0
"""Of the world's width: nearer is never looked at, 900 m at the equator."""


@dataclass(frozen=True, slots=True)
class View:
    """``x``, ``y``: the middle in parts of the world's width, from the antimeridian west of ``west`` and the north.

    ``scale``: pixels per width of the world. ``west``: longitudes below it are taken as those one turn later.
    """

    frame: Box
    x: float
    y: float
    scale: float
    west: float

    @property
    def zoom(self) -> float:
        """As in the widget."""
        return math.log2(self.scale / TILE_PX)

    def points(self, places: np.ndarray) -> np.ndarray:
        """Rows of lat, lon in degrees -> rows of x, y in pixels."""
        return self.pixels(mercator(places, self.west))

    def pixels(self, world: np.ndarray) -> np.ndarray:
        """Rows of x, y in parts of the world's width -> rows of x, y in pixels."""
        middle = np.array([(self.frame.left + self.frame.right) / 2, (self.frame.top + self.frame.bottom) / 2])
        moved: np.ndarray = (world - (self.x, self.y)) * self.scale + middle
        return moved

    def world_box(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom in parts of the world's width; the sides may lie outside 0 to 1."""
        half_x, half_y = self.frame.width / 2 / self.scale, self.frame.height / 2 / self.scale
        return self.x - half_x, self.y - half_y, self.x + half_x, self.y + half_y

    def degrees(self) -> tuple[float, float, float, float]:
        """West, south, east, north in degrees; west > east: it lies across 180."""
        left, top, right, bottom = self.world_box()
        if right - left >= 1:
            return -180.0, _lat(bottom), 180.0, _lat(top)
        return _lon(left), _lat(bottom), _lon(right), _lat(top)

    def metres_per_px(self) -> float:
        """In its middle."""
        return 40_075_017.0 / self.scale * math.cos(math.radians(_lat(self.y)))


def mercator(places: np.ndarray, west: float) -> np.ndarray:
    """Rows of lat, lon in degrees -> rows of x, y in parts of the world's width; y counts from the north."""
    lat = np.radians(np.clip(places[:, 0], -MAX_LAT, MAX_LAT))
    lon = np.where(places[:, 1] < west - 1e-9, places[:, 1] + 360.0, places[:, 1])
    return np.column_stack([(lon + 180.0) / 360.0, 0.5 - np.arcsinh(np.tan(lat)) / (2 * math.pi)])


def _lat(y: float) -> float:
    return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * min(1.0, max(0.0, y))))))


def _lon(x: float) -> float:
    return (x % 1.0) * 360.0 - 180.0


def fit(places: np.ndarray, frame: Box, margin_px: float) -> View:
    """The nearest view that shows all places (rows of lat, lon; at least one) inside the frame less the margin.

    Beyond the ends of the map it looks only where a place at them would stand on the edge: half the margin far.
    """
    west = _west(np.sort(places[:, 1]))
    world = mercator(places, west)
    low, high = world.min(axis=0), world.max(axis=0)
    span_x, span_y = np.maximum(high - low, SMALLEST_SPAN)
    scale = min((frame.width - 2 * margin_px) / span_x, (frame.height - 2 * margin_px) / span_y)
    top, bottom = _ends(low[1], high[1], margin_px / 2 / frame.height)
    scale = max(scale, frame.height / (bottom - top))  # never more than one world from north to south
    x, y = (low + high) / 2
    half = frame.height / 2 / scale
    top, bottom = _ends(low[1], high[1], margin_px / 2 / scale)
    return View(frame, float(x), float(min(bottom - half, max(top + half, y))), float(scale), west)


def _ends(low: float, high: float, more: float) -> tuple[float, float]:
    """From where to where one looks: the world, and a little more where there is a place at its end."""
    return min(0.0, low - more), max(1.0, high + more)


def _west(longitudes: np.ndarray) -> float:
    """Where the narrowest band of longitudes that holds them all begins."""
    inner = np.diff(longitudes)
    if not inner.size or inner.max() <= longitudes[0] + 360.0 - longitudes[-1]:
        return float(longitudes[0])
    return float(longitudes[int(inner.argmax()) + 1])
