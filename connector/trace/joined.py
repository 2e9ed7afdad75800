"""Stops are moved onto the ways that reach them, and every way begins where the one before ended."""

from __future__ import annotations

from dataclasses import replace

from connector.trace.model import How, Leg
from connector.trace.shape import LatLon, beginning, decode, encode, ends, prepended


def stop_at(place: LatLon, reached_by: Leg | None, left_by: Leg | None) -> LatLon:
    """Where a stop is drawn: at the end of the way that reaches it, the first at the beginning of the one that leaves.

    ``place`` where no way by roads touches it.
    """
    if reached_by is not None:
        return place if reached_by.how is How.DIRECT else ends(reached_by.shapes[-1])[1]
    if left_by is not None and left_by.how is not How.DIRECT:
        return beginning(left_by.shapes[0])
    return place


def joined(leg: Leg, start: LatLon, end: LatLon) -> Leg:
    """The leg from where its first stop is drawn to where its last one is."""
    if leg.how is How.DIRECT:
        return _between(leg, start, end)
    first = leg.shapes[0]
    if beginning(first) == start:
        return leg
    return replace(leg, shapes=(prepended(first, start), *leg.shapes[1:]))


def _between(leg: Leg, start: LatLon, end: LatLon) -> Leg:
    lines = [decode(shape) for shape in leg.shapes]
    lines[0][0], lines[-1][-1] = start, end
    return replace(leg, shapes=tuple(encode(line) for line in lines))
