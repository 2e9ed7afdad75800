"""Sightings -> places: photos taken at one place."""

from __future__ import annotations

import math
from bisect import insort
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from statistics import median

from connector.trace.clean import Sighting
from connector.trace.shape import is_within, near, wrapped

_DENSE_S = 200.0
_MOST_COUNTED = 4
"""More photos of one moment share their error: they make a place no more exact."""


@dataclass(frozen=True, slots=True)
class Place:
    """Sightings at one place, in order of time.

    ``lat``, ``lon``, ``sigma_m``: the medians of those that are photos; ``error_m``: the standard error of the former.
    The ends of a recording are sightings without an asset id. ``recorded``: there are no others.
    """

    sightings: tuple[Sighting, ...]
    lat: float
    lon: float
    sigma_m: float
    error_m: float
    recorded: bool = False

    @property
    def point(self) -> tuple[float, float]:
        return self.lat, self.lon

    @property
    def t0(self) -> float:
        return self.sightings[0].t

    @property
    def t1(self) -> float:
        return self.sightings[-1].t

    def radius_m(self, waited_s: float) -> int:
        """How far from here the road may be, 20 to 100 m: three standard errors of the place.

        Less where the photos are minutes apart: the way says less there about which road it was.
        """
        far_m = (3.0 if waited_s <= _DENSE_S else 2.5) * self.error_m
        return 20 if far_m < 20.0 else 100 if far_m > 100.0 else int(far_m)


def place(group: Sequence[Sighting]) -> Place:
    """The place of the sightings."""
    first = group[0]
    if len(group) == 1:
        return Place(tuple(group), first.lat, first.lon, first.sigma_m, first.sigma_m)
    rows = ((s.lat, near(s.lon, first.lon), s.sigma_m) for s in group)
    lat, lon, sigma_m = (median(values) for values in zip(*rows, strict=True))
    error_m = sigma_m / math.sqrt(min(len(group), _MOST_COUNTED))
    return Place(tuple(group), lat, wrapped(lon), sigma_m, error_m)


def places(found: Sequence[Sighting], *, split: Collection[str] = (), merge: Collection[str] = ()) -> list[Place]:
    """Walks through the sightings; each joins the last place or opens a new one.

    ``split``: asset ids that open a new place in any case; ``merge``: ids whose place is joined to the one before.
    """
    groups: list[_Group] = []
    for sighting in found:
        if groups and sighting.asset_id not in split and groups[-1].takes(sighting):
            groups[-1].add(sighting)
        else:
            groups.append(_Group(sighting))
    return [place(group) for group in _merged([group.sightings for group in groups], merge)]


class _Group:
    """Sightings so far at one place. Sorted as they come: an album may have fifty thousand at one."""

    def __init__(self, first: Sighting) -> None:
        self.sightings = [first]
        self._lats, self._lons = [first.lat], [first.lon]

    def add(self, sighting: Sighting) -> None:
        self.sightings.append(sighting)
        insort(self._lats, sighting.lat)
        insort(self._lons, near(sighting.lon, self._lons[0]))  # beyond 180 degrees perhaps, as those that are there

    def takes(self, s: Sighting) -> bool:
        centre = (_middle(self._lats), _middle(self._lons))
        waited_s, at = s.t - self.sightings[-1].t, s.place
        if not is_within(max(30.0, 2.5 * s.sigma_m), centre, at):
            return False
        return waited_s <= 20 or is_within(0.35 * waited_s, centre, at)


def _middle(ordered: Sequence[float]) -> float:
    """The median of numbers in order."""
    n = len(ordered)
    return ordered[n // 2] if n % 2 else (ordered[n // 2 - 1] + ordered[n // 2]) / 2


def _merged(groups: list[list[Sighting]], merge: Collection[str]) -> list[list[Sighting]]:
    out: list[list[Sighting]] = []
    for group in groups:
        if out and any(s.asset_id in merge for s in group):
            out[-1] = out[-1] + group
        else:
            out.append(group)
    return out
