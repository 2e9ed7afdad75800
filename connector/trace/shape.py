"""Distances and lines on the globe, and the polyline text that carries them (6 decimals, lat first)."""

from __future__ import annotations

import itertools
import math
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import asin, cos, sin, sqrt

EARTH_M = 6_371_008.8
_DIAMETER_M = 2 * EARTH_M
_DEGREE = math.pi / 180
_HALF_DEGREE = _DEGREE / 2
"""In radians."""
_MOST_M_PER_DEGREE, _LEAST_M_PER_DEGREE = 111_200.0, 111_190.0
"""Along a meridian or the equator, rounded up and down."""
LatLon = tuple[float, float]
_FIRST_POINT = re.compile(r"([_-~]*[?-^]){2}")
"""Of every number of a polyline all characters but the last are `_` to `~`."""


def distance_m(a: LatLon, b: LatLon) -> float:
    """Great-circle distance in metres (haversine, mean radius)."""
    (lat_a, lon_a), (lat_b, lon_b) = a, b
    to_north, to_east = sin((lat_b - lat_a) * _HALF_DEGREE), sin((lon_b - lon_a) * _HALF_DEGREE)
    half = to_north * to_north + cos(lat_a * _DEGREE) * cos(lat_b * _DEGREE) * to_east * to_east
    return _DIAMETER_M * asin(sqrt(half) if half < 1.0 else 1.0)


def near(lon: float, other: float) -> float:
    """The longitude as it is counted from ``other`` on, beyond 180 degrees perhaps: numbers of one place are alike."""
    over = lon - other
    return lon if -180.0 <= over <= 180.0 else lon - math.copysign(360.0, over)


def wrapped(lon: float) -> float:
    """The longitude within -180 to 180."""
    return lon if -180.0 <= lon <= 180.0 else lon - math.copysign(360.0, lon)


def is_within(limit_m: float, a: LatLon, b: LatLon) -> bool:
    """Whether the places are at most that far apart: where they are much nearer or farther, at a third of the cost."""
    to_north = abs(a[0] - b[0])
    if _MOST_M_PER_DEGREE * (to_north + abs(a[1] - b[1])) <= limit_m:
        return True
    return _LEAST_M_PER_DEGREE * to_north <= limit_m and distance_m(a, b) <= limit_m


def length_m(points: Sequence[LatLon]) -> float:
    """Length of the line through the points in metres."""
    return sum(distance_m(a, b) for a, b in itertools.pairwise(points))


def encode(points: Iterable[LatLon]) -> str:
    """The polyline of the points."""
    out: list[str] = []
    last_lat = last_lon = 0
    for lat, lon in points:
        now_lat, now_lon = round(lat * 1e6), round(lon * 1e6)
        _put(now_lat - last_lat, out)
        _put(now_lon - last_lon, out)
        last_lat, last_lon = now_lat, now_lon
    return "".join(out)


def _put(value: int, out: list[str]) -> None:
    value = ~(value << 1) if value < 0 else value << 1
    while value >= 0x20:
        out.append(chr((0x20 | (value & 0x1F)) + 63))
        value >>= 5
    out.append(chr(value + 63))


def decode(shape: str) -> list[LatLon]:
    """The points of a polyline."""
    values: list[int] = []
    value = shift = 0
    for bits in shape.encode("ascii"):
        value |= ((bits - 63) & 0x1F) << shift
        if bits < 0x5F:
            values.append(~(value >> 1) if value & 1 else value >> 1)
            value = shift = 0
        else:
            shift += 5
    lats, lons = itertools.accumulate(values[::2]), itertools.accumulate(values[1::2])
    return [(lat / 1e6, lon / 1e6) for lat, lon in zip(lats, lons, strict=True)]


def written(point: LatLon) -> LatLon:
    """The point as it is read from a polyline in which it was put."""
    return round(point[0] * 1e6) / 1e6, round(point[1] * 1e6) / 1e6


def ends(shape: str) -> tuple[LatLon, LatLon]:
    """First and last point of a polyline."""
    points = decode(shape)
    return points[0], points[-1]


def beginning(shape: str) -> LatLon:
    """The first point of a polyline."""
    return decode(shape[: _first_end(shape)])[0]


def prepended(shape: str, point: LatLon) -> str:
    """The polyline that comes from ``point`` to the beginning of ``shape`` first."""
    return encode([point, beginning(shape)]) + shape[_first_end(shape) :]


def _first_end(shape: str) -> int:
    """Where the text of the first point ends."""
    found = _FIRST_POINT.match(shape)
    if found is None:
        raise ValueError(f"not a polyline: {shape[:40]!r}")
    return found.end()


def great_circle(a: LatLon, b: LatLon, *, step_m: float = 50_000.0) -> list[list[LatLon]]:
    """The shortest way over the globe, a point every ``step_m`` at the most, cut where it crosses 180 degrees."""
    far_m = distance_m(a, b)
    count = max(1, math.ceil(far_m / step_m))
    if sin(far_m / EARTH_M) < 1e-12:  # the same place, or the other side of the globe: every way is as short
        return cut_at_antimeridian([*[a] * count, b])
    return cut_at_antimeridian([a, *_between(a, b, far_m / EARTH_M, count), b])


def _between(a: LatLon, b: LatLon, angle: float, count: int) -> Iterator[LatLon]:
    """The places that part the way in ``count`` equal pieces: spherical linear interpolation."""
    (ax, ay, az), (bx, by, bz), whole = _vector(a), _vector(b), sin(angle)
    for k in range(1, count):
        p, q = sin((1 - k / count) * angle) / whole, sin(k / count * angle) / whole
        x, y, z = p * ax + q * bx, p * ay + q * by, p * az + q * bz
        yield math.degrees(math.atan2(z, math.hypot(x, y))), math.degrees(math.atan2(y, x))


def _vector(place: LatLon) -> tuple[float, float, float]:
    lat, lon = math.radians(place[0]), math.radians(place[1])
    return math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)


def cut_at_antimeridian(points: Sequence[LatLon]) -> list[list[LatLon]]:
    """The line in pieces none of which crosses 180 degrees; pieces meet at +180 and -180 of one latitude."""
    pieces: list[list[LatLon]] = [[points[0]]]
    for (lat_a, lon_a), (lat_b, lon_b) in itertools.pairwise(points):
        if abs(lon_b - lon_a) > 180.0:
            side = math.copysign(180.0, lon_a)
            over = abs(lon_b + math.copysign(360.0, lon_a) - lon_a)
            share = abs(side - lon_a) / over if over else 0.0
            lat = lat_a + (lat_b - lat_a) * share
            pieces[-1].append((lat, side))
            pieces.append([(lat, -side)])
        pieces[-1].append((lat_b, lon_b))
    return pieces


@dataclass(frozen=True, slots=True)
class Line:
    """A line with the way in metres from its beginning to every point. ``points`` is never empty."""

    points: Sequence[LatLon]
    along_m: Sequence[float]

    @classmethod
    def of(cls, shapes: Iterable[str]) -> Line:
        """The line through the polylines, one after the other."""
        points = [point for shape in shapes for point in decode(shape)]
        steps = (distance_m(a, b) for a, b in itertools.pairwise(points))
        return cls(points, list(itertools.accumulate(steps, initial=0.0)))

    def at_share(self, share: float) -> LatLon:
        """The place that lies ``share`` (0 to 1) of the way along the line."""
        wanted = self.along_m[-1] * min(1.0, max(0.0, share))
        n = bisect_left(self.along_m, wanted)
        if n == 0:
            return self.points[0]
        a, b = self.points[n - 1], self.points[n]
        part = (wanted - self.along_m[n - 1]) / (self.along_m[n] - self.along_m[n - 1])
        return a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part
