"""Recorded points -> the line that is drawn: rests drawn together, then simplified."""

from __future__ import annotations

import itertools
import math
from bisect import bisect_left
from collections.abc import Sequence
from statistics import median

from shapely import LineString

from connector.trace.model import Mode
from connector.trace.recordings.stretches import Stretch
from connector.trace.shape import LatLon, cut_at_antimeridian, distance_m, encode, near, wrapped

TOLERANCE_M = 2.0
"""A drawn line is nowhere farther from the recorded points."""
_REST_M, _REST_S = 20.0, 90.0
_HEIGHT_EVERY_M, _MOST_HEIGHTS = 50.0, 64
_M_PER_DEGREE = 111_195.0
_WALK_MPS, _BICYCLE_MPS, _CAR_MPS = 2.6, 8.0, 70.0
_MOVING_MPS = 0.5


def drawn(stretch: Stretch, start: float, end: float) -> tuple[tuple[str, ...], list[LatLon]]:
    """The polylines from one instant to the other (several where the antimeridian cuts them), and all their points."""
    numbers = stretch.between(start, end)
    t = [start, *(stretch.t[n] for n in numbers), end]
    places = [stretch.at(start), *(stretch.places[n] for n in numbers), stretch.at(end)]
    pieces = [_simplified(piece) for piece in cut_at_antimeridian(_without_rests(t, places))]
    return tuple(encode(piece) for piece in pieces), [point for piece in pieces for point in piece]


def heights(stretch: Stretch, start: float, end: float) -> tuple[tuple[float, float], ...]:
    """Share of the way from one instant to the other and metres there, of parts of equal length: the middle of each.

    At most `_MOST_HEIGHTS`, none for less than `_HEIGHT_EVERY_M`; empty where heights were not recorded.
    """
    numbers = stretch.between(start, end)
    points = [stretch.places[n] for n in numbers]
    along = list(itertools.accumulate(itertools.starmap(distance_m, itertools.pairwise(points)), initial=0.0))
    whole_m = along[-1] if points else 0.0
    count = min(_MOST_HEIGHTS, int(whole_m / _HEIGHT_EVERY_M))
    parts: list[list[float]] = [[] for _ in range(count)]
    for n, at_m in zip(numbers, along, strict=True) if count else ():
        if not math.isnan(stretch.altitudes_m[n]):
            parts[min(count - 1, int(at_m / whole_m * count))].append(stretch.altitudes_m[n])
    return tuple(((k + 0.5) / count, median(part)) for k, part in enumerate(parts) if part)


def _without_rests(t: Sequence[float], places: Sequence[LatLon]) -> list[LatLon]:
    """Where somebody rested the device scribbles; of that only the middle is kept."""
    out, n, left = [places[0]], 1, 1
    while n < len(places) - 1:
        found = _when_left(t, places, n, left)
        if found is None:
            last = _end_of_rest(places, n)
            out.append(_middle(places[n : last + 1]))
            n = left = last + 1
        else:
            out.append(places[n])
            n, left = n + 1, found
    return [*out, places[-1]]


def _when_left(t: Sequence[float], places: Sequence[LatLon], n: int, before: int) -> int | None:
    """The number of a point that is elsewhere before it were a rest; None: it is a rest.

    ``before``: the answer for the point before. It is tried first: devices may write hundreds of points a second.
    """
    until = bisect_left(t, _REST_S, n, key=lambda each: each - t[n])
    if until >= len(places) - 1:
        return before
    turns = itertools.chain(range(max(n + 1, before), until + 1), range(n + 1, before))
    return next((k for k in turns if distance_m(places[n], places[k]) >= _REST_M), None)


def _middle(places: Sequence[LatLon]) -> LatLon:
    first = places[0][1]
    return median(lat for lat, _ in places), wrapped(median(near(lon, first) for _, lon in places))


def _end_of_rest(places: Sequence[LatLon], first: int) -> int:
    """The last point of those that follow within ``_REST_M``."""
    last = first
    while last + 1 < len(places) - 1 and distance_m(places[first], places[last + 1]) < _REST_M:
        last += 1
    return last


def _simplified(points: Sequence[LatLon]) -> list[LatLon]:
    """Douglas-Peucker in metres around the line's middle latitude."""
    if len(points) < 3:
        return list(points)
    wide = max(0.01, math.cos(math.radians(points[len(points) // 2][0]))) * _M_PER_DEGREE
    flat = LineString([(lon * wide, lat * _M_PER_DEGREE) for lat, lon in points])
    simple = flat.simplify(TOLERANCE_M, preserve_topology=False)
    return [(y / _M_PER_DEGREE, x / wide) for x, y in simple.coords]


def mode_of(stretch: Stretch, start: float, end: float) -> tuple[Mode, float]:
    """How somebody moved, and how sure that is: what the device says, else by the speed while moving."""
    told = _told(stretch, start, end) or stretch.mode
    if told is not None:
        return told, 0.95
    speeds = _moving_speeds(stretch, start, end) or [distance_m(stretch.at(start), stretch.at(end)) / (end - start)]
    fast = sorted(speeds)[int(0.75 * (len(speeds) - 1))]
    mode = next(
        (
            m
            for limit, m in ((_WALK_MPS, Mode.WALK), (_BICYCLE_MPS, Mode.BICYCLE), (_CAR_MPS, Mode.CAR))
            if fast < limit
        ),
        Mode.FLIGHT,
    )
    return mode, 0.8


def _told(stretch: Stretch, start: float, end: float) -> Mode | None:
    seconds: dict[Mode, float] = {}
    for move in stretch.moves:
        both_s = min(end, move.end) - max(start, move.start)
        if both_s > 0:
            seconds[move.mode] = seconds.get(move.mode, 0.0) + both_s
    best = max(seconds, key=lambda mode: seconds[mode], default=None)
    return best if best is not None and seconds[best] > 0.5 * (end - start) else None


def _moving_speeds(stretch: Stretch, start: float, end: float) -> list[float]:
    """Over about half a minute each: from point to point a device's noise would look like speed."""
    numbers = list(stretch.between(start, end))
    chosen = numbers[:1]
    for n in numbers:
        if stretch.t[n] - stretch.t[chosen[-1]] >= 30:
            chosen.append(n)
    pairs = itertools.pairwise(chosen if len(chosen) > 2 else numbers)
    speeds = (distance_m(stretch.places[a], stretch.places[b]) / (stretch.t[b] - stretch.t[a]) for a, b in pairs)
    return [speed for speed in speeds if speed > _MOVING_MPS]
