"""Photos whose position the roads refute: the way there and on takes far longer than there was time.

A false position some hundred metres off is no leap that nobody can make, yet nobody who travels as before and after it
gets there and back. A place off the roads says nothing: only time does.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from connector.routing.router import Router
from connector.trace.clean import is_spike
from connector.trace.shape import distance_m, is_within
from connector.trace.stops import Place, places
from connector.trace.travelled import plausibilities
from connector.trace.ways import Routers, Ways

_MOMENT_S = 60.0
"""Who took photos at a place for longer was there."""
_LEAST_M, _LEAST_SIGMAS = 100.0, 5.0
_DETOUR, _DETOUR_M = 1.2, 150.0
_STROLL_MPS = 1.0
"""Everybody gets to a place and on from it at this speed in a straight line, whatever the roads."""
_AROUND = 3
"""So many places before and after tell how somebody travelled."""
_REFUTED = -10.0
"""ln of how much less plausible all of them are with the place than without it."""
_FEW, _SHARE = 3, 0.1
"""Where more are in doubt it is a clock that is wrong, or two parties: not single positions."""


@dataclass(frozen=True, slots=True)
class _Case:
    """Numbers of successive places, and which of them (``row[at]``) is in doubt."""

    row: tuple[int, ...]
    at: int

    @classmethod
    def of(cls, left: Sequence[int], n: int) -> Self:
        first = max(0, n - _AROUND)
        return cls(tuple(left[first : n + 1 + _AROUND]), n - first)

    @property
    def three(self) -> tuple[int, ...]:
        return self.row[self.at - 1 : self.at + 2]


def doubted(
    found: Sequence[Place], routers: Routers, ways: Ways, trusted: Collection[str] = frozenset()
) -> frozenset[str]:
    """Asset ids of photos with a position that cannot be true. ``trusted``: those never doubted.

    Raises:
        RouterDown: a router does not answer.
    """
    doubts = _Doubts(found, routers, ways, trusted)
    left = list(range(len(found)))
    doubts.prepare([_Case.of(left, n) for n in left[1:-1] if doubts.is_suspect(n - 1, n, n + 1)])
    most, n = max(_FEW, _SHARE * len(found)), 1
    while n < len(left) - 1:
        if doubts.is_suspect(*left[n - 1 : n + 2]) and doubts.is_false(_Case.of(left, n)):
            del left[n]
        else:
            n += 1
        if len(found) - len(left) > most:
            return frozenset()
    return frozenset(doubts.asset_ids(set(range(len(found))).difference(left)))


class _Doubts:
    """Judges places, and remembers how plausible which of them are together."""

    def __init__(self, found: Sequence[Place], routers: Routers, ways: Ways, trusted: Collection[str]) -> None:
        self._found, self._routers, self._ways, self._trusted = found, routers, ways, trusted
        self._suspects: dict[tuple[int, int, int], bool] = {}
        self._known: dict[tuple[tuple[int, ...], int | None], float] = {}

    def asset_ids(self, numbers: Iterable[int]) -> set[str]:
        """Of all photos at those places."""
        return {sighting.asset_id for n in numbers for sighting in self._found[n].sightings}

    def is_suspect(self, before: int, here: int, after: int) -> bool:
        """Whether a place needs to be judged at all."""
        three = (before, here, after)
        if three not in self._suspects:
            detour = _hasty_detour(self._found[before], self._found[here], self._found[after])
            self._suspects[three] = detour and self.asset_ids([here]).isdisjoint(self._trusted)
        return self._suspects[three]

    def prepare(self, suspects: Sequence[_Case]) -> None:
        """Asks for all of them what each would be asked for, at once: that takes a router less time."""
        self._refuted([case for case in suspects if self._is_on_a_map(case)])

    def is_false(self, suspect: _Case) -> bool:
        """Whether nobody was there."""
        if self._is_on_a_map(suspect):
            return bool(self._refuted([suspect]))
        before, here, after = (self._found[n] for n in suspect.three)
        return is_spike(before.sightings[-1], here.sightings[0], after.sightings[0])

    def _is_on_a_map(self, case: _Case) -> bool:
        return self._routers.covering(*(self._found[n].point for n in case.three)) is not None

    def _refuted(self, cases: Sequence[_Case]) -> Sequence[_Case]:
        """Those where far more likely nobody was there; where the next place is the worse one, not yet."""
        whole = self._plausibilities([(case.row, None) for case in cases])
        # nothing is much more plausible than 0
        doubtful = [(case, with_it) for case, with_it in zip(cases, whole, strict=True) if with_it < _REFUTED]
        less = self._plausibilities([(case.row, case.at) for case, _ in doubtful])
        better = [
            (case, without)
            for (case, with_it), without in zip(doubtful, less, strict=True)
            if with_it - without < _REFUTED
        ]
        others = self._plausibilities([(case.row, case.at + 1) for case, _ in better])
        return [case for (case, without), other in zip(better, others, strict=True) if other <= without]

    def _plausibilities(self, cases: Sequence[tuple[tuple[int, ...], int | None]]) -> list[float]:
        """Of the places of each row, but the one with that number in it."""
        unknown = list(dict.fromkeys(case for case in cases if case not in self._known))
        asked: list[tuple[Sequence[Place], list[Router | None]]] = []
        for row, out in unknown:
            around = [self._found[n] for n in row]
            around = around if out is None else _left_out(around, out)
            asked.append((around, [self._routers.covering(a.point, b.point) for a, b in itertools.pairwise(around)]))
        self._known.update(zip(unknown, plausibilities(asked, self._ways), strict=True))
        return [self._known[case] for case in cases]


def _hasty_detour(before: Place, here: Place, after: Place) -> bool:
    """Whether the place lies off the way from the one before to the one after, and was passed in haste."""
    if here.t1 - here.t0 > _MOMENT_S and len({sighting.place for sighting in here.sightings}) > 1:
        return False
    near_m = max(_LEAST_M, _LEAST_SIGMAS * here.sigma_m)
    if is_within(near_m, before.point, here.point) or is_within(near_m, here.point, after.point):
        return False
    to_m, on_m = distance_m(before.point, here.point), distance_m(here.point, after.point)
    if max(to_m / max(1.0, here.t0 - before.t1), on_m / max(1.0, after.t0 - here.t1)) < _STROLL_MPS:
        return False
    return to_m + on_m > _DETOUR * distance_m(before.point, after.point) + _DETOUR_M


def _left_out(found: Sequence[Place], n: int) -> list[Place]:
    """The places without one: those beside it may be one place then."""
    beside = [sighting for place in (*found[n - 1 : n], *found[n + 1 : n + 2]) for sighting in place.sightings]
    return [*found[: n - 1], *places(beside), *found[n + 2 :]]
