"""How all legs were travelled, with the ways that were found on the way to that answer.

A router is asked for a mode only when that could be the answer: the best combination of modes is sought with what is
hoped of those nobody asked for yet, those in it are asked, and so on until all of it is known.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

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
    plausibility,
)
from connector.trace.shape import LatLon, distance_m
from connector.trace.spans import Span, gap_between, spans
from connector.trace.stops import Place
from connector.trace.ways import Ways

SNAP_LIMIT_M = 500.0
"""An answer whose end is farther from its stop is no answer."""
_BY_ROAD = tuple(mode for mode in MODES if mode is not Mode.TRAIN)
_PROBE, _FEW = 2, 8
"""Where most legs are open, and not few, one in two is asked first: often that tells that it is not the mode."""
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
    search = _Search(places, gaps, routers)
    done = 0.0
    while questions := search.questions():
        then = done + (1 - done) * len(questions) / search.open
        search.take(ways.find(questions, _between(progress, done, then)))
        done = then
    sure = certainty(search.changes, search.expected(), search.modes)
    legs = [n for n, span in enumerate(search.spans) for _ in range(span.first, span.last)]
    return Travelled(
        [search.modes[n] for n in legs],
        [sure[n] for n in legs],
        [search.candidates[n] if search.spans[n].is_leg else {} for n in legs],
    )


def plausibilities(found: Sequence[tuple[Sequence[Place], Sequence[Router | None]]], ways: Ways) -> list[float]:
    """ln of the likelihood, for each of the series of places, that somebody got from each to the next in that time.

    By the likeliest modes. How far from the places the ways end does not count, nor that there is no way where there
    was time for one. All series are sought together: a router is asked seldom, and then much at once.

    Raises:
        RouterDown: a router does not answer.
    """
    searches = [
        _Search(places, [gap_between(places, n, n + 1) for n in range(len(routers))], routers)
        for places, routers in found
    ]
    left = searches
    while asked := [(search, questions) for search in left if (questions := search.questions())]:
        answers = iter(ways.find([each for _, questions in asked for each in questions]))
        for search, questions in asked:
            search.take(list(itertools.islice(answers, len(questions))))
        left = [search for search, _ in asked]
    return [search.plausibility() for search in searches]


class _Search:
    """The scores of every span, hoped for at first, and the candidates that were asked for.

    Take what :meth:`questions` wants to know until there is nothing more; then ``modes`` are the likeliest.
    """

    def __init__(self, places: Sequence[Place], gaps: Sequence[Gap], routers: Sequence[Router | None]) -> None:
        self._places = places
        self.spans = spans(places, gaps, [router is None for router in routers])
        self._routers = [routers[span.first] for span in self.spans]
        self.changes = [change(a.gap, b.gap) for a, b in itertools.pairwise(self.spans)]
        self.scores = [self._hopes(*each) for each in zip(self.spans, self._routers, strict=True)]
        self.candidates: list[dict[Mode, Candidate | None]] = [
            {mode: None for mode in MODES if score[mode] == NO_ANSWER} for score in self.scores
        ]
        self.modes: list[Mode] = []
        self.open = 0
        self._asked: Sequence[int] = ()

    def _hopes(self, span: Span, router: Router | None) -> dict[Mode, Paced]:
        if router is None:
            return dict.fromkeys(MODES, NO_ANSWER)
        on_rails = _on_rails(router, self._places[span.first], self._places[span.last])
        return hoped_for(span.gap, MODES if on_rails else _BY_ROAD)

    def questions(self) -> list[tuple[Router, Ask]]:
        """What has to be known next; ``open``: of how many spans in all. None: ``modes`` are known."""
        likeliest = most_likely(self.changes, self.scores)
        self.modes = [self._with_a_way(n, mode) for n, mode in enumerate(likeliest)]
        open_ = [n for n, mode in enumerate(self.modes) if mode not in self.candidates[n]]
        self.open = len(open_)
        self._asked = open_[::_PROBE] if len(open_) > max(_FEW, len(self.modes) / 2) else open_
        return [self._question(n) for n in self._asked]

    def _question(self, n: int) -> tuple[Router, Ask]:
        span, router = self.spans[n], self._routers[n]
        if router is None:
            raise AssertionError("a span without a router has no open mode")
        ends = (point(self._places[span.first], span.gap), point(self._places[span.last], span.gap))
        return router, Ask(points=ends, costing=COSTING[self.modes[n]])

    def take(self, answers: Sequence[Route | None]) -> None:
        """The answers to the last questions, in order."""
        for n, route in zip(self._asked, answers, strict=True):
            span, mode = self.spans[n], self.modes[n]
            found = candidate(route, self._places[span.first].point, self._places[span.last].point)
            self.candidates[n][mode] = found
            self.scores[n][mode] = likelihood(span.gap, mode, found)

    def plausibility(self) -> float:
        """ln of how likely the modes are, by the time that was taken alone."""
        scores = [{**_NEVER, mode: self._time_score(n, mode)} for n, mode in enumerate(self.modes)]
        return plausibility(self.changes, scores)

    def _time_score(self, n: int, mode: Mode) -> Paced:
        """The score of a span by that mode as if its way ended where it should; 0: there is no way."""
        gap, found = self.spans[n].gap, self.candidates[n][mode]
        if self._routers[n] is None or not feasible(gap, mode):
            return _TOO_SLOW
        if found is None:
            return 0.0, 0.0, 0.0
        return likelihood(gap, mode, Candidate(route=found.route, offsets_m=(0.0, 0.0)))

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


def _less(hoped: Paced) -> Paced:
    return hoped[0] - _TOO_MUCH_HOPE, hoped[1] - _TOO_MUCH_HOPE, hoped[2] - _TOO_MUCH_HOPE


def _between(progress: Callable[[float], None], low: float, high: float) -> Callable[[float], None]:
    """For the part of the work from one share to another."""
    return lambda share: progress(low + (high - low) * share)


def _on_rails(router: Router, a: Place, b: Place) -> bool:
    return router.has_rails_at(a.lat, a.lon) and router.has_rails_at(b.lat, b.lon)


def point(place: Place, gap: Gap) -> Point:
    """Where to route from or to."""
    return Point(lat=place.lat, lon=place.lon, radius_m=place.radius_m(gap.waited_s))


def candidate(route: Route | None, start: LatLon, end: LatLon) -> Candidate | None:
    """The way with its distances from where it was asked for; None when it is none, or ends too far from there."""
    if route is None:
        return None
    offsets = (distance_m(start, route.start), distance_m(end, route.end))
    return Candidate(route=route, offsets_m=offsets) if max(offsets) <= SNAP_LIMIT_M else None
