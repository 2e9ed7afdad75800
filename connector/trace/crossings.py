"""Legs that were made by ferry: their way is mostly one, by whatever mode the router took it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from connector.routing.router import Ask, Router
from connector.trace.meeting import Way
from connector.trace.model import Mode
from connector.trace.modes import COSTING, Candidate, Gap, likelihood, slowness
from connector.trace.stops import Place
from connector.trace.travelled import candidate, point
from connector.trace.ways import Ways

_SHARE = 0.5
_LEAST_M, _FASTEST_MPS = 200.0, 20.0
_TOO_FAST = -0.7
"""ln of the time it took over that of the way by road: twice as fast as roads allow, so perhaps over the water."""


@dataclass(frozen=True, slots=True)
class _Chance:
    leg: int
    router: Router
    ask: Ask


def crossings(
    places: Sequence[Place],
    gaps: Sequence[Gap],
    routers: Sequence[Router | None],
    drawn: Sequence[Way | None],
    ways: Ways,
) -> dict[int, Candidate]:
    """The way of every leg that was made by ferry, by number of the leg.

    Raises:
        RouterDown: a router does not answer.
    """
    chances = [
        chance
        for n, router in enumerate(routers)
        if router is not None and (chance := _chance(n, router, places, gaps[n], drawn[n])) is not None
    ]
    out: dict[int, Candidate] = {}
    for chance, route in zip(chances, ways.find([(each.router, each.ask) for each in chances]), strict=True):
        n = chance.leg
        found = candidate(route, places[n].point, places[n + 1].point)
        if found is not None and _is_crossing(found) and _fits(gaps[n], found, drawn[n]):
            out[n] = found
    return out


def _chance(n: int, router: Router, places: Sequence[Place], gap: Gap, way: Way | None) -> _Chance | None:
    if way is not None and way.found.route.has_ferry:
        return _Chance(n, router, Ask(points=(way.start, way.end), costing=way.costing, by_parts=True))
    if gap.far_m < _LEAST_M or gap.far_m / gap.waited_s > _FASTEST_MPS:
        return None
    if way is not None and slowness(gap, way.found) > _TOO_FAST:
        return None
    ends = (point(places[n], gap), point(places[n + 1], gap))
    return _Chance(n, router, Ask(points=ends, costing=COSTING[Mode.FERRY], by_parts=True))


def _is_crossing(found: Candidate) -> bool:
    return (found.route.ferry_m or 0.0) >= _SHARE * found.route.length_m


def _fits(gap: Gap, found: Candidate, way: Way | None) -> bool:
    """Whether the crossing explains the leg at least as well as the way by road; that way may be the same crossing."""
    if way is None or way.found.route.has_ferry:
        return True
    return max(likelihood(gap, Mode.FERRY, found)) > max(likelihood(gap, Mode.CAR, way.found))
