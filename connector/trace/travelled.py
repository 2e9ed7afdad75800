"""How all legs were travelled, with the ways that were found on the way to that answer.

A router is asked for a mode only when that could be the answer: the best combination of modes is sought with what is
hoped of those nobody asked for yet, those in it are asked, and so on until all of it is known.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from connector.routing.router import Ask, Point, Route, Router
from connector.trace.model import Mode
from connector.trace.modes import (
    COSTING,
    MODES,
    NO_ANSWER,
    Candidate,
    Gap,
    Paced,
    certainty,
    change,
    feasible,
    hoped_for,
    likelihood,
    most_likely,
)
from connector.trace.modes import plausibility as most_plausible
from connector.trace.shape import LatLon, distance_m
from connector.trace.spans import Span, gap_between, spans
from connector.trace.stops import Place
from connector.trace.ways import Ways

SNAP_LIMIT_M = 500.0
"""An answer whose end is farther from its stop is no answer."""
_PROBE = 3
"""Where most legs are open only so many are asked first: often that tells already that it is not the mode."""
_TOO_MUCH_HOPE = 1.0
"""By how much a way is less likely than was hoped, where the mode is not the one."""
_NEVER: dict[Mode, Paced] = dict.fromkeys(MODES, (-math.inf, -math.inf, -math.inf))
_TOO_SLOW: Paced = (-14.0, -14.0, -14.0)
_FITS = -3.0
"""ln of the likelihood of a way that is as long as the time for it."""


@dataclass(frozen=True, slots=True)
class Travelled:
    """Per leg its mode, how sure that is, and the ways that are known already."""

    modes: Sequence[Mode]
    certainty: Sequence[float]
    candidates: Sequence[dict[Mode, Candidate | None]]


def travelled(
    places: Sequence[Place],
    gaps: Sequence[Gap],
    routers: Sequence[Router | None],
    ways: Ways,
    progress: Callable[[float], None],
) -> Travelled:
    """The likeliest modes. ``gaps``: of the legs. ``routers``: per leg which to ask; None: its mode is not sought.

    Raises:
        RouterDown: a router does not answer.
    """
    found = spans(places, gaps, [router is None for router in routers])
    search = _Search(places, [(span, routers[span.first]) for span in found], ways)
    modes = search.run(progress)
    sure = certainty(search.changes, search.expected(), modes)
    legs = [n for n, span in enumerate(found) for _ in range(span.first, span.last)]
    return Travelled(
        [modes[n] for n in legs],
        [sure[n] for n in legs],
        [search.candidates[n] if found[n].is_leg else {} for n in legs],
    )


def plausibility(places: Sequence[Place], routers: Sequence[Router | None], ways: Ways) -> float:
    """ln of the likelihood that somebody got from place to place in that time, by the likeliest modes.

    How far from the places the ways end does not count, nor that there is no way where there was time for one.

    Raises:
        RouterDown: a router does not answer.
    """
    gaps = [gap_between(places, n, n + 1) for n in range(len(routers))]
    found = spans(places, gaps, [router is None for router in routers])
    search = _Search(places, [(span, routers[span.first]) for span in found], ways)
    modes = search.run(lambda _share: None)
    scores = [{**_NEVER, mode: search.time_score(n, mode)} for n, mode in enumerate(modes)]
    return most_plausible(search.changes, scores)


class _Search:
    """The scores of every span, hoped for at first, and the candidates that were asked for."""

    def __init__(self, places: Sequence[Place], asked: Sequence[tuple[Span, Router | None]], ways: Ways) -> None:
        self._places, self._spans, self._ways = places, asked, ways
        gaps = [span.gap for span, _ in asked]
        self.changes = [change(a, b) for a, b in itertools.pairwise(gaps)]
        self.scores = [self._hopes(span, router) for span, router in asked]
        self.candidates: list[dict[Mode, Candidate | None]] = [
            {mode: None for mode in MODES if score[mode] == NO_ANSWER} for score in self.scores
        ]

    def _hopes(self, span: Span, router: Router | None) -> dict[Mode, Paced]:
        if router is None:
            return dict.fromkeys(MODES, NO_ANSWER)
        hopes = {mode: hoped_for(span.gap, mode) if feasible(span.gap, mode) else NO_ANSWER for mode in MODES}
        if hopes[Mode.TRAIN] != NO_ANSWER and not _on_rails(router, self._places[span.first], self._places[span.last]):
            hopes[Mode.TRAIN] = NO_ANSWER
        return hopes

    def time_score(self, number: int, mode: Mode) -> Paced:
        """The score of a span by that mode as if its way ended where it should; 0: there is no way."""
        span, router = self._spans[number]
        found = self.candidates[number][mode]
        if router is None or not feasible(span.gap, mode):
            return _TOO_SLOW
        if found is None:
            return 0.0, 0.0, 0.0
        return likelihood(span.gap, mode, replace(found, offsets_m=(0.0, 0.0)))

    def run(self, progress: Callable[[float], None]) -> list[Mode]:
        done = 0.0
        while True:
            likeliest = most_likely(self.changes, self.scores)
            modes = [self._with_a_way(n, mode) for n, mode in enumerate(likeliest)]
            open_ = [n for n, mode in enumerate(modes) if mode not in self.candidates[n]]
            if not open_:
                return modes
            asked = open_[::_PROBE] if 2 * len(open_) > len(modes) else open_
            then = done + (1 - done) * len(asked) / len(open_)
            self._ask(asked, modes, _between(progress, done, then))
            done = then

    def expected(self) -> list[dict[Mode, Paced]]:
        """The scores; of modes nobody asked for not what is hoped, but what is usual."""
        return [
            {mode: score[mode] if mode in known else _less(score[mode]) for mode in MODES}
            for score, known in zip(self.scores, self.candidates, strict=True)
        ]

    def _with_a_way(self, n: int, mode: Mode) -> Mode:
        """The mode, or where there is no way by it the likeliest by which there is one."""
        score = self.scores[n]
        if score[mode] != NO_ANSWER:
            return mode
        likeliest = max(MODES, key=lambda other: max(score[other]))
        return likeliest if max(score[likeliest]) > _FITS else mode

    def _ask(self, numbers: Sequence[int], modes: Sequence[Mode], progress: Callable[[float], None]) -> None:
        questions: list[tuple[Router, Ask]] = []
        for n in numbers:
            span, router = self._spans[n]
            if router is None:
                raise AssertionError("a span without a router has no open mode")
            a, b = self._places[span.first], self._places[span.last]
            ends = (point(a, span.gap), point(b, span.gap))
            questions.append((router, Ask(points=ends, costing=COSTING[modes[n]])))
        for n, route in zip(numbers, self._ways.find(questions, progress), strict=True):
            span, _ = self._spans[n]
            found = candidate(route, self._places[span.first].point, self._places[span.last].point)
            self.candidates[n][modes[n]] = found
            self.scores[n][modes[n]] = likelihood(span.gap, modes[n], found)


def _less(hoped: Paced) -> Paced:
    return hoped[0] - _TOO_MUCH_HOPE, hoped[1] - _TOO_MUCH_HOPE, hoped[2] - _TOO_MUCH_HOPE


def _between(progress: Callable[[float], None], low: float, high: float) -> Callable[[float], None]:
    """For the part of the work from one share to another."""
    return lambda share: progress(low + (high - low) * share)


def _on_rails(router: Router, a: Place, b: Place) -> bool:
    return all(router.has_rails_at(place.lat, place.lon) for place in (a, b))


def point(place: Place, gap: Gap) -> Point:
    """Where to route from or to."""
    return Point(lat=place.lat, lon=place.lon, radius_m=place.radius_m(gap.waited_s))


def candidate(route: Route | None, start: LatLon, end: LatLon) -> Candidate | None:
    """The way with its distances from where it was asked for; None when it is none, or ends too far from there."""
    if route is None:
        return None
    offsets = (distance_m(start, route.start), distance_m(end, route.end))
    return Candidate(route=route, offsets_m=offsets) if max(offsets) <= SNAP_LIMIT_M else None
