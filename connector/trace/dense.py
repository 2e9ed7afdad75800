"""Dense runs: photos taken seconds apart on the move are fitted to the roads together, by map matching.

Leg by leg every photo would be passed just where its error put it; together they tell a road from the one beside it.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from connector.routing.router import Ask, Point, Route
from connector.trace.meeting import Way
from connector.trace.modes import Candidate
from connector.trace.shape import LatLon, decode, distance_m, encode, length_m
from connector.trace.stops import Place
from connector.trace.travelled import candidate
from connector.trace.ways import Ways

DENSE_S = 10.0
"""Photos at most this far apart belong to one run."""
_LEAST_LEGS = 4
_MOST_LEGS = 60
"""One wrong turn of a match spoils no more than these."""
_MOST_SIGMA_M = 20.0
"""Positions that are worse pull a match off its road; the way from each to the next is nearer to the truth."""
_NEAR_M, _NEAR_SIGMAS = 25.0, 3.0
_MOST_FAR = 0.2
"""A way that passes more of a run's photos too far away is not theirs."""
_DETOUR, _SLACK_M = 4.0, 150.0


def match_runs(places: Sequence[Place], ways: list[Way | None], router: Ways) -> frozenset[int]:
    """Gives the legs of dense runs their pieces of one matched way; the numbers of those legs.

    A run that does not fit the roads in one piece stays as it was, and so do the legs to and from a photo that the way
    passes too far away.

    Raises:
        RouterDown: a router does not answer.
    """
    runs = list(_runs(places, ways))
    routes = router.find([(run.ways[0].router, run.ask(places)) for run in runs])
    matched: set[int] = set()
    for run, route in zip(runs, routes, strict=True):
        pieces = _pieces(route, places[run.first : run.first + len(run.ways) + 1]) if route is not None else ()
        for n, piece in enumerate(pieces):
            if piece is not None:
                run.ways[n].found = piece
                matched.add(run.first + n)
    return frozenset(matched)


@dataclass(frozen=True, slots=True)
class _Run:
    first: int
    ways: Sequence[Way]

    def ask(self, places: Sequence[Place]) -> Ask:
        here = places[self.first : self.first + len(self.ways) + 1]
        points = tuple(Point(lat=p.lat, lon=p.lon, radius_m=p.radius_m(DENSE_S)) for p in here)
        return Ask(points=points, costing=self.ways[0].costing, dense=True)


def _runs(places: Sequence[Place], ways: Sequence[Way | None]) -> Iterator[_Run]:
    """Successive legs of one router and costing whose photos follow each other within seconds."""

    def kind(n: int) -> tuple[int, str] | None:
        way = ways[n]
        a, b = places[n], places[n + 1]
        if way is None or b.t0 - a.t1 > DENSE_S or max(a.sigma_m, b.sigma_m) > _MOST_SIGMA_M:
            return None
        return id(way.router), way.costing

    for found, numbers in itertools.groupby(range(len(ways)), kind):
        legs = list(numbers)
        for part in itertools.batched(legs, _MOST_LEGS):
            run = [way for n in part if (way := ways[n]) is not None]
            if found is not None and len(run) >= _LEAST_LEGS:
                yield _Run(part[0], run)


def _pieces(route: Route, places: Sequence[Place]) -> list[Candidate | None]:
    """The matched way cut at the places; None between two of which it passes one too far away."""
    line = decode(route.shape)
    cuts = _cuts(line, places)
    if cuts.count(None) > _MOST_FAR * len(cuts):
        return [None] * (len(places) - 1)
    pieces: list[Candidate | None] = []
    for (a, b), (start, end) in zip(itertools.pairwise(places), itertools.pairwise(cuts), strict=True):
        if start is None or end is None:
            pieces.append(None)
        else:
            part = _part(route, [start.point, *line[start.after : end.after], end.point])
            pieces.append(candidate(part, a.point, b.point))
    return pieces


def _part(route: Route, points: Sequence[LatLon]) -> Route:
    long_m = length_m(points)
    share = long_m / max(route.length_m, 1.0)
    return Route(
        shape=encode(points), start=points[0], end=points[-1], length_m=long_m, time_s=max(1.0, route.time_s * share)
    )


@dataclass(frozen=True, slots=True)
class _Cut:
    """A place on the line, before the point of number ``after``."""

    point: LatLon
    after: int
    away_m: float


def _cuts(line: Sequence[LatLon], places: Sequence[Place]) -> list[_Cut | None]:
    """Where the line passes each place, in their order; None: too far from it, and the next is sought from before."""
    cuts: list[_Cut | None] = []
    last, seen = _Cut(line[0], 1, 0.0), places[0]
    for place in places:
        reach_m = _DETOUR * distance_m(seen.point, place.point) + _SLACK_M
        cut = _nearest(line, place.point, last, reach_m)
        near = cut.away_m <= max(_NEAR_M, _NEAR_SIGMAS * place.sigma_m)
        cuts.append(cut if near else None)
        if near:
            last, seen = cut, place
    return cuts


def _nearest(line: Sequence[LatLon], place: LatLon, start: _Cut, reach_m: float) -> _Cut:
    """The point of the line nearest to the place, from ``start`` on and not farther along than ``reach_m``."""
    best = _Cut(start.point, start.after, distance_m(start.point, place))
    gone_m, a = 0.0, start.point
    for n in range(start.after, len(line)):
        b = line[n]
        on = _foot(a, b, place)
        away_m = distance_m(on, place)
        if away_m < best.away_m:
            best = _Cut(on, n, away_m)
        gone_m += distance_m(a, b)
        if gone_m > reach_m:
            break
        a = b
    return best


def _foot(a: LatLon, b: LatLon, place: LatLon) -> LatLon:
    """The point between ``a`` and ``b`` that is nearest to the place; over a road's segment the earth is flat."""
    stretch = max(0.01, math.cos(math.radians(a[0])))
    north, east = b[0] - a[0], (b[1] - a[1]) * stretch
    square = north * north + east * east
    if square == 0.0:
        return a
    share = ((place[0] - a[0]) * north + (place[1] - a[1]) * stretch * east) / square
    share = min(1.0, max(0.0, share))
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share
