"""Where two ways meet at a stop: each was found for itself, and near a photo each may end on another road.

Where they end apart, the way before is led to where the next one begins, or the next one begins where the way before
ended, whichever fits photos and roads better.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from connector.routing.router import Ask, Point, Route, Router
from connector.trace.modes import Candidate
from connector.trace.shape import LatLon, distance_m, is_within
from connector.trace.stops import Place
from connector.trace.travelled import candidate
from connector.trace.ways import Ways

APART_M = 25.0
_LEAST_ERROR_M = 4.0
"""No place is more exact, however many photos say where it is."""
_SECONDS_PER_UNIT = 60.0
"""So many seconds of travel weigh as much as half a squared standard error of a place."""


@dataclass(slots=True)
class Way:
    """A leg on its way to be drawn: what is asked of whom, and the answer."""

    router: Router
    costing: str
    start: Point
    end: Point
    found: Candidate


def let_meet(
    places: Sequence[Place], ways: Sequence[Way | None], router: Ways, progress: Callable[[float], None]
) -> None:
    """Changes the ways so that they meet at the stops; a stop is decided after the one before it.

    Raises:
        RouterDown: a router does not answer.
    """
    decided: set[int] = set()
    open_ = set(range(1, len(ways)))
    while apart := {n for n in open_ if _apart(ways[n - 1], ways[n])}:
        progress(1 - len(apart) / len(ways))
        ready = sorted(n for n in apart if n - 1 not in apart)
        _decide(places, ways, ready, router)
        decided.update(ready)
        # a way that was led elsewhere may end elsewhere on its other side
        open_ = (apart | {n + 1 for n in ready if n + 1 < len(ways)}) - decided
    progress(1.0)


def _apart(before: Way | None, after: Way | None) -> bool:
    if before is None or after is None:
        return False
    return not is_within(APART_M, before.found.route.end, after.found.route.start)


def _decide(places: Sequence[Place], ways: Sequence[Way | None], stops: Sequence[int], router: Ways) -> None:
    """Asks for the more promising meeting first, and for the other only where that could still be better."""
    meetings = [
        _Meeting(places[n - 1 : n + 2], before, after)
        for n in stops
        if (before := ways[n - 1]) is not None and (after := ways[n]) is not None
    ]
    for meeting, route in zip(meetings, router.find([each.first() for each in meetings]), strict=True):
        meeting.answered(route)
    open_ = [each for each in meetings if each.is_open()]
    for meeting, route in zip(open_, router.find([each.second() for each in open_]), strict=True):
        meeting.answered(route)
    for meeting in meetings:
        meeting.settle()


class _Meeting:
    """One stop where two ways end apart: at the end of the way in, or at the beginning of the way out."""

    def __init__(self, places: Sequence[Place], way_in: Way, way_out: Way) -> None:
        self._before, self._place, self._after = places
        self._in, self._out = way_in, way_out
        ends = (way_in.found.route.end, way_out.found.route.start)
        self._hopes = [self._cost(end, way_in.found, way_out.found) for end in ends]
        self._order = (0, 1) if self._hopes[0] <= self._hopes[1] else (1, 0)
        self._answers: list[tuple[float, int, Candidate]] = []
        self._asked = 0

    def first(self) -> tuple[Router, Ask]:
        return self._question(self._order[0])

    def second(self) -> tuple[Router, Ask]:
        return self._question(self._order[1])

    def is_open(self) -> bool:
        """Whether the other meeting could be better: a way to a given place is no shorter than to any near it."""
        return not self._answers or self._hopes[self._order[1]] < self._answers[0][0]

    def _question(self, at: int) -> tuple[Router, Ask]:
        if at == 0:
            here = _exactly(self._in.found.route.end)
            return self._out.router, Ask(points=(here, self._out.end), costing=self._out.costing)
        there = _exactly(self._out.found.route.start)
        return self._in.router, Ask(points=(self._in.start, there), costing=self._in.costing)

    def answered(self, route: Route | None) -> None:
        at = self._order[self._asked]
        self._asked += 1
        a, b = (self._place, self._after) if at == 0 else (self._before, self._place)
        found = candidate(route, a.point, b.point)
        if found is not None:
            ways = (self._in.found, found) if at == 0 else (found, self._out.found)
            self._answers.append((self._cost(ways[0].route.end, *ways), at, found))

    def _cost(self, end: LatLon, before: Candidate, after: Candidate) -> float:
        """Travel and distance from the photos, in units of half a squared standard error."""
        away = distance_m(self._place.point, end) / max(_LEAST_ERROR_M, self._place.error_m)
        return (before.route.time_s + after.route.time_s) / _SECONDS_PER_UNIT + 0.5 * away**2

    def settle(self) -> None:
        if not self._answers:
            return
        _, at, found = min(self._answers, key=lambda each: each[:2])
        if at == 0:
            self._out.found = found
        else:
            self._in.found = found
        self._in.end, self._out.start = _exactly(self._in.found.route.end), _exactly(self._out.found.route.start)


def _exactly(at: LatLon) -> Point:
    return Point(lat=at[0], lon=at[1])
