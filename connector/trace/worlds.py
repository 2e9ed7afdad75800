"""Albums in which people are in several places at once: the one that holds together best is kept.

A few leaps that nobody can make are wrong clocks or wrong positions, and are seen to one by one. Where every tenth
photo leaps there is no one way to draw: photos of several parties, or positions that mean nothing.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from connector.trace.clean import Sighting
from connector.trace.shape import is_within

ELSEWHERE = "most photos of the album were taken elsewhere at that time, and nobody is at two places at once"
_FEW, _SHARE = 20, 0.1
_FASTEST_MPS = 350.0
"""No airliner is faster over ground."""
_SLACK_S, _SLACK_M = 120.0, 1000.0
_MOST = 8


def one_world(found: Sequence[Sighting]) -> tuple[list[Sighting], list[Sighting]]:
    """The sightings that can follow one another, and the others, both in order of time.

    Everything is kept where leaps are few. Otherwise the longest of the (at most eight) series whose every step
    somebody can make.
    """
    leaps = sum(not _reaches(a, b) for a, b in itertools.pairwise(found))
    if leaps <= max(_FEW, _SHARE * len(found)):
        return list(found), []
    series: list[list[int]] = []
    for n, sighting in enumerate(found):
        fitting = [each for each in series if _reaches(found[each[-1]], sighting)]
        if fitting:
            _longest(fitting).append(n)
        elif len(series) < _MOST:
            series.append([n])
    longest = set(_longest(series))
    kept = [s for n, s in enumerate(found) if n in longest]
    return kept, [s for n, s in enumerate(found) if n not in longest]


def _longest(series: Sequence[list[int]]) -> list[int]:
    return max(series, key=len)


def _reaches(a: Sighting, b: Sighting) -> bool:
    return is_within(_FASTEST_MPS * (b.t - a.t + _SLACK_S) + _SLACK_M, a.place, b.place)
