"""Where two ways meet at a stop: each was found for itself, and near a photo each may end on another road.

Where they end apart, the way before is led to where the next one begins, or the next one begins where the way before
ended, whichever fits photos and roads better.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from connector.routing.router import Ask, Point, Router
from connector.trace.modes import Candidate
from connector.trace.shape import LatLon, distance_m
from connector.trace.stops import Place
from connector.trace.travelled import candidate
from connector.trace.ways import Ways

APART_M = 25.0
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
    return distance_m(before.found.route.end, after.found.route.start) > APART_M


def _decide(places: Sequence[Place], ways: Sequence[Way | None], stops: Sequence[int], router: Ways) -> None:
    pairs = [
        (n, before, after) for n in stops if (before := ways[n - 1]) is not None and (after := ways[n]) is not None
    ]
    questions: list[tuple[Router, Ask]] = []
    for _, before, after in pairs:
        there, here = _exactly(after.found.route.start), _exactly(before.found.route.end)
        questions.append((before.router, Ask(points=(before.start, there), costing=before.costing)))
        questions.append((after.router, Ask(points=(here, after.end), costing=after.costing)))
    answers = router.find(questions)
    for k, (n, before, after) in enumerate(pairs):
        led = candidate(answers[2 * k], places[n - 1].point, places[n].point)
        begun = candidate(answers[2 * k + 1], places[n].point, places[n + 1].point)
        _take_the_better(places[n], (before, led), (after, begun))


def _take_the_better(place: Place, before: tuple[Way, Candidate | None], after: tuple[Way, Candidate | None]) -> None:
    (way_in, led), (way_out, begun) = before, after
    costs = {
        True: _cost(place, led, way_out.found) if led is not None else math.inf,
        False: _cost(place, way_in.found, begun) if begun is not None else math.inf,
    }
    if led is not None and costs[True] <= costs[False]:
        way_in.found = led
    elif begun is not None:
        way_out.found = begun
    else:
        return
    way_in.end, way_out.start = _exactly(way_in.found.route.end), _exactly(way_out.found.route.start)


def _cost(place: Place, before: Candidate, after: Candidate | None) -> float:
    """Travel and distance from the photos, in units of half a squared standard error."""
    if after is None:
        return math.inf
    away = distance_m(place.point, before.route.end) / place.error_m
    return (before.route.time_s + after.route.time_s) / _SECONDS_PER_UNIT + 0.5 * away**2


def _exactly(at: LatLon) -> Point:
    return Point(lat=at[0], lon=at[1])
