"""Which fixes the way is drawn through, and which cannot be true."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from connector.metadata.fix import Fix
from connector.trace.model import Unplaced
from connector.trace.shape import distance_m, is_within

DEFAULT_SIGMA_M = 15.0
FLIGHT_M, FLIGHT_MPS = 150_000.0, 55.0
_TOO_FAST_MPS = 45.0
_NEAR_M = 150.0
"""No position is off that is as near the ones beside it."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A fix with all that the way needs: ``t`` in seconds since the epoch, ``sigma_m`` within 5 to 50."""

    asset_id: str
    t: float
    lat: float
    lon: float
    sigma_m: float
    fix: Fix

    @property
    def place(self) -> tuple[float, float]:
        return self.lat, self.lon


def sightings(fixes: Sequence[Fix]) -> list[Sighting]:
    """The fixes that have both an instant and a position, in order of time (then of asset id)."""
    return sorted([s for fix in fixes if (s := _sighting(fix)) is not None], key=lambda s: (s.t, s.asset_id))


def _sighting(fix: Fix) -> Sighting | None:
    if fix.instant is None or fix.lat is None or fix.lon is None:
        return None
    sigma = DEFAULT_SIGMA_M if fix.accuracy_m is None else fix.accuracy_m
    return Sighting(fix.asset_id, fix.instant.timestamp(), fix.lat, fix.lon, min(50.0, max(5.0, sigma)), fix)


def is_flight(a: Sighting, b: Sighting) -> bool:
    """Whether only an aircraft gets from one to the other in that time."""
    if is_within(FLIGHT_M, a.place, b.place):
        return False
    return distance_m(a.place, b.place) / max(1.0, b.t - a.t) > FLIGHT_MPS


def without_outliers(found: Sequence[Sighting]) -> tuple[list[Sighting], list[Unplaced]]:
    """What can be true, and what cannot, with the reason.

    Flights part the series: a place left by air is no outlier.
    """
    kept: list[Sighting] = []
    dropped: list[Unplaced] = []
    for part in _between_flights(found):
        good, bad = _two_passes(part)
        kept += good
        dropped += [Unplaced(asset_id=s.asset_id, reason=TOO_FAR) for s in bad]
    return kept, dropped


TOO_FAR = "its position cannot be true: the photos before and after it are too far away for the time between them"


def _between_flights(found: Sequence[Sighting]) -> list[list[Sighting]]:
    parts: list[list[Sighting]] = [[]]
    for n, sighting in enumerate(found):
        if n and _flies_for_good(found, n):
            parts.append([])
        parts[-1].append(sighting)
    return parts


def _flies_for_good(found: Sequence[Sighting], n: int) -> bool:
    """A leap to ``n`` that is not taken back at once: one wrong position leaps away and back."""
    if not is_flight(found[n - 1], found[n]):
        return False
    back = n + 1 < len(found) and is_flight(found[n], found[n + 1])
    from_back = n >= 2 and is_flight(found[n - 2], found[n - 1])
    returns = back and distance_m(found[n - 1].place, found[n + 1].place) < FLIGHT_M
    left = from_back and distance_m(found[n - 2].place, found[n].place) < FLIGHT_M
    return not (returns or left)


def _two_passes(part: list[Sighting]) -> tuple[list[Sighting], list[Sighting]]:
    bad: list[Sighting] = []
    for _ in range(2):
        out = _spikes(part)
        if not out:
            break
        bad += [s for n, s in enumerate(part) if n in out]
        part = [s for n, s in enumerate(part) if n not in out]
    return part, bad


def _spikes(part: Sequence[Sighting]) -> set[int]:
    """Numbers of those that do not fit between their neighbours; a triple with one of them is skipped."""
    out: set[int] = set()
    leaps = [not is_within(_NEAR_M, a.place, b.place) for a, b in itertools.pairwise(part)]
    for n, (there, on) in enumerate(itertools.pairwise(leaps), 1):
        if there and on and n - 1 not in out and is_spike(*part[n - 1 : n + 2]):
            out.add(n)
    return out


def is_spike(a: Sighting, p: Sighting, c: Sighting) -> bool:
    """Whether nobody gets to ``p`` and back in time, or leaves a slow track so fast."""
    d1, d2 = distance_m(a.place, p.place), distance_m(p.place, c.place)
    if min(d1, d2) < max(_NEAR_M, 6 * p.sigma_m):
        return False
    d3 = distance_m(a.place, c.place)
    t1, t2 = max(1.0, p.t - a.t), max(1.0, c.t - p.t)
    v1, v2, v3 = d1 / t1, d2 / t2, d3 / (t1 + t2)
    if v1 > _TOO_FAST_MPS and v2 > _TOO_FAST_MPS:
        return True
    if min(v1, v2) > 4 and min(v1, v2) > 4 * max(v3, 1.0) and d1 + d2 > 3 * d3 + 200:
        return True
    return min(t1, t2) < 30 and max(v1, v2) > _TOO_FAST_MPS and d1 + d2 > 4 * d3 + 200
