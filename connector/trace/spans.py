"""Legs -> spans: so many successive legs that the way between their ends says something about the mode.

Between photos seconds apart the error of a position is as large as the way; over a few hundred metres it is not.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from connector.trace.modes import Gap
from connector.trace.shape import distance_m
from connector.trace.stops import Place

_LEAST_M, _LEAST_SIGMAS = 150.0, 8.0
_LONGEST_S = 150.0
_STAY_S = 60.0


@dataclass(frozen=True, slots=True)
class Span:
    """The legs from number ``first`` up to but without ``last``, taken as one."""

    first: int
    last: int
    gap: Gap

    @property
    def is_leg(self) -> bool:
        return self.last == self.first + 1


def gap_between(places: Sequence[Place], first: int, last: int) -> Gap:
    """What is known of the way from one place to a later one; stays on the way do not count."""
    row = places[first : last + 1]
    a, b = row[0], row[-1]
    waits_s = [after.t0 - before.t1 for before, after in itertools.pairwise(row)]
    return Gap(
        far_m=distance_m(a.point, b.point),
        waited_s=max(1.0, sum(waits_s)),
        sigma_m=max(a.sigma_m, b.sigma_m),
        stayed_s=a.t1 - a.t0,
        longest_s=max(waits_s),
        speeds_mps=_speeds(row),
    )


def _speeds(row: Sequence[Place]) -> tuple[float, ...]:
    """What was said when somebody left the first place, at those between, and when they reached the last."""
    seen = [row[0].sightings[-1], row[-1].sightings[0]]
    seen[1:1] = [sighting for place in row[1:-1] for sighting in place.sightings]
    return tuple([speed for each in seen if (speed := each.fix.speed_mps) is not None])


def spans(places: Sequence[Place], gaps: Sequence[Gap], alone: Sequence[bool]) -> list[Span]:
    """The spans of all legs, in order. ``gaps``: of the legs; ``alone``: those never taken together with others."""
    out: list[Span] = []
    first = 0
    while first < len(alone):
        last = first + 1
        while last < len(alone) and not (alone[first] or alone[last]) and not _enough(places, first, last):
            last += 1
        out.append(Span(first, last, gaps[first] if last == first + 1 else gap_between(places, first, last)))
        first = last
    return out


def _enough(places: Sequence[Place], first: int, last: int) -> bool:
    a, b = places[first], places[last]
    if b.t1 - b.t0 > _STAY_S or b.t0 - a.t1 >= _LONGEST_S or places[last + 1].t0 - b.t1 > _LONGEST_S:
        return True
    return distance_m(a.point, b.point) >= max(_LEAST_M, _LEAST_SIGMAS * max(a.sigma_m, b.sigma_m))
