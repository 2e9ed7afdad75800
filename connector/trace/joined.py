"""Stops are moved onto the ways that reach them, and every way begins where the one before ended."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

from connector.trace.model import How, Leg
from connector.trace.shape import LatLon, decode, encode, ends, prepended


@dataclass(frozen=True, slots=True)
class Alone:
    """A leg as it was found, before it meets its neighbours, and where its shapes begin and end."""

    leg: Leg
    start: LatLon
    end: LatLon

    @classmethod
    def of(cls, leg: Leg) -> Self:
        return cls(leg, ends(leg.shapes[0])[0], ends(leg.shapes[-1])[1])

    @property
    def by_roads(self) -> bool:
        """Or as recorded: its ends are where somebody was, not where a photo says."""
        return self.leg.how is not How.DIRECT


def stop_at(place: LatLon, reached_by: Alone | None, left_by: Alone | None) -> LatLon:
    """Where a stop is drawn: at the end of the way that reaches it, the first at the beginning of the one that leaves.

    ``place`` where no way by roads touches it.
    """
    if reached_by is not None:
        return reached_by.end if reached_by.by_roads else place
    if left_by is not None and left_by.by_roads:
        return left_by.start
    return place


def joined(found: Alone, start: LatLon, end: LatLon) -> Leg:
    """The leg from where its first stop is drawn to where its last one is."""
    leg = found.leg
    if not found.by_roads:
        return _between(leg, start, end)
    if found.start == start:
        return leg
    return replace(leg, shapes=(prepended(leg.shapes[0], start), *leg.shapes[1:]))


def _between(leg: Leg, start: LatLon, end: LatLon) -> Leg:
    lines = [decode(shape) for shape in leg.shapes]
    lines[0][0], lines[-1][-1] = start, end
    return replace(leg, shapes=tuple(encode(line) for line in lines))
