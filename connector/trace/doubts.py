"""Photos whose position the roads refute: the way there and on takes far longer than there was time.

A false position some hundred metres off is no leap that nobody can make, yet nobody who travels as before and after it
gets there and back. A place off the roads says nothing: only time does.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Sequence

from connector.trace.clean import is_spike
from connector.trace.shape import distance_m
from connector.trace.stops import Place, places
from connector.trace.travelled import plausibility
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


def doubted(
    found: Sequence[Place], routers: Routers, ways: Ways, trusted: Collection[str] = frozenset()
) -> frozenset[str]:
    """Asset ids of photos with a position that cannot be true. ``trusted``: those never doubted.

    Raises:
        RouterDown: a router does not answer.
    """
    left = list(found)
    out: set[str] = set()
    most, n = max(_FEW, _SHARE * len(found)), 1
    while n < len(left) - 1:
        here = {sighting.asset_id for sighting in left[n].sightings}
        if here.isdisjoint(trusted) and _hasty_detour(*left[n - 1 : n + 2]) and _refuted(left, n, routers, ways):
            out |= here
            del left[n]
        else:
            n += 1
        if len(found) - len(left) > most:
            return frozenset()
    return frozenset(out)


def _hasty_detour(before: Place, here: Place, after: Place) -> bool:
    """Whether the place lies off the way from the one before to the one after, and was passed in haste."""
    if here.t1 - here.t0 > _MOMENT_S and len({sighting.place for sighting in here.sightings}) > 1:
        return False
    to_m, on_m = distance_m(before.point, here.point), distance_m(here.point, after.point)
    if min(to_m, on_m) < max(_LEAST_M, _LEAST_SIGMAS * here.sigma_m):
        return False
    if max(to_m / max(1.0, here.t0 - before.t1), on_m / max(1.0, after.t0 - here.t1)) < _STROLL_MPS:
        return False
    return to_m + on_m > _DETOUR * distance_m(before.point, after.point) + _DETOUR_M


def _refuted(found: Sequence[Place], n: int, routers: Routers, ways: Ways) -> bool:
    """Whether it is far more plausible that nobody was there; where the next place is the worse one, not yet."""
    if routers.covering(*(place.point for place in found[n - 1 : n + 2])) is None:
        return is_spike(found[n - 1].sightings[-1], found[n].sightings[0], found[n + 1].sightings[0])
    first, last = max(0, n - _AROUND), n + 1 + _AROUND
    around = found[first:last]
    with_it = _plausibility(around, routers, ways)
    if with_it >= _REFUTED:  # nothing is much more plausible than 0
        return False
    without = _plausibility(_left_out(around, n - first), routers, ways)
    if with_it - without >= _REFUTED:
        return False
    return _plausibility(_left_out(around, n + 1 - first), routers, ways) <= without


def _left_out(found: Sequence[Place], n: int) -> Sequence[Place]:
    """The places without one: those beside it may be one place then."""
    beside = [sighting for place in (*found[n - 1 : n], *found[n + 1 : n + 2]) for sighting in place.sightings]
    return [*found[: n - 1], *places(beside), *found[n + 2 :]]


def _plausibility(found: Sequence[Place], routers: Routers, ways: Ways) -> float:
    return plausibility(found, [routers.covering(a.point, b.point) for a, b in itertools.pairwise(found)], ways)
