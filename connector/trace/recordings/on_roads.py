"""A recorded way led along the roads, where somebody asked for it and it follows them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import replace

from shapely import LineString, Point

from connector.routing.router import Ask, Route, Router
from connector.routing.router import Point as Position
from connector.trace.modes import COSTING
from connector.trace.recordings.evidence import Recorded
from connector.trace.shape import LatLon, decode, distance_m, encode, length_m
from connector.trace.ways import Ways

_EVERY_M = 50.0
_POINTS = 41
"""Per question: a part that follows no road costs no more than two kilometres beside it their road."""
_RADIUS_M = 25
_NEAR_M = 30.0
_LEAST, _MOST = 0.8, 1.25
"""The length of the road over that of the recording; beyond, it is another way that passes the same places."""
_M_PER_DEGREE = 111_195.0


def on_roads(way: Recorded, router: Router, ways: Ways) -> Recorded | None:
    """The way along the roads where the recording follows some, as it was recorded elsewhere; None: it follows none.

    Raises:
        RouterDown: the router does not answer.
    """
    costing = COSTING.get(way.mode)
    if costing is None:
        return None
    parts = [_parts(decode(shape)) for shape in way.shapes]
    flat = [part for of_shape in parts for part in of_shape]
    routes = iter(ways.find([(router, _ask(part, costing)) for part in flat]))
    found = [[(part, _accepted(part, next(routes))) for part in of_shape] for of_shape in parts]
    if not any(road for of_shape in found for _, road in of_shape):
        return None
    lines = [[point for part, road in of_shape for point in road or part] for of_shape in found]
    return replace(way, shapes=tuple(encode(line) for line in lines), length_m=math.fsum(map(length_m, lines)))


def _ask(part: Sequence[LatLon], costing: str) -> Ask:
    points = tuple(Position(lat=lat, lon=lon, radius_m=_RADIUS_M) for lat, lon in part)
    return Ask(points=points, costing=costing, dense=True)


def _parts(line: Sequence[LatLon]) -> list[list[LatLon]]:
    """The line with a point every fifty metres, in pieces that share their ends."""
    points = [line[0]]
    for a, b in itertools.pairwise(line):
        steps = max(1, math.ceil(distance_m(a, b) / _EVERY_M))
        points += [(a[0] + (b[0] - a[0]) * n / steps, a[1] + (b[1] - a[1]) * n / steps) for n in range(1, steps + 1)]
    return [points[n : n + _POINTS] for n in range(0, max(1, len(points) - 1), _POINTS - 1)]


def _accepted(part: Sequence[LatLon], route: Route | None) -> list[LatLon] | None:
    """The road, when the recording follows it all along."""
    if route is None or len(part) < 2:
        return None
    road = decode(route.shape)
    if len(road) < 2 or not _LEAST <= length_m(road) / max(1.0, length_m(part)) <= _MOST:
        return None
    wide = max(0.01, math.cos(math.radians(part[0][0])))
    flat = LineString([(lon * wide, lat) for lat, lon in road])
    far = max(flat.distance(Point(lon * wide, lat)) for lat, lon in part)
    return road if far * _M_PER_DEGREE <= _NEAR_M else None
