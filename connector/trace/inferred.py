"""Photos that are at no stop: on the way by their time, or unplaced with the reason."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from connector.metadata.fix import Fix
from connector.trace.model import Inferred, Leg, Stop, Unplaced
from connector.trace.recordings.evidence import NOTHING_RECORDED, Evidence
from connector.trace.shape import LatLon, Line


@dataclass(frozen=True, slots=True)
class Slot:
    """When a photo without a position was taken: during a stop, or on the leg after it."""

    fix: Fix
    instant: datetime
    stop: int
    on_leg: bool


@dataclass(frozen=True, slots=True)
class Rest:
    """Every photo that is at no stop: those that have a slot, and those that have none with the reason."""

    slots: tuple[Slot, ...]
    unplaced: tuple[Unplaced, ...]


def rest(fixes: Sequence[Fix], placed: Mapping[str, int], reasons: Mapping[str, str], stops: Sequence[Stop]) -> Rest:
    """Sorts out the photos that are at no stop. ``reasons``: what is known to be wrong with some of them."""
    starts = [stop.start for stop in stops]
    slots: list[Slot] = []
    unplaced: list[Unplaced] = []
    for fix in fixes:
        if fix.asset_id in placed:
            continue
        slot = None if fix.asset_id in reasons else _slot(fix, stops, starts)
        if slot is not None:
            slots.append(slot)
        else:
            reason = reasons.get(fix.asset_id) or _why_unplaced(fix, bool(stops))
            unplaced.append(Unplaced(asset_id=fix.asset_id, reason=reason))
    return Rest(tuple(slots), tuple(unplaced))


def _slot(fix: Fix, stops: Sequence[Stop], starts: Sequence[datetime]) -> Slot | None:
    if fix.instant is None or fix.lat is not None:
        return None
    n = bisect_right(starts, fix.instant) - 1
    if n < 0 or (n == len(stops) - 1 and fix.instant > stops[n].end):
        return None
    return Slot(fix, fix.instant, n, on_leg=fix.instant > stops[n].end)


def placed(
    slots: Sequence[Slot],
    stops: Sequence[Stop],
    legs: Sequence[Leg],
    before: Sequence[Inferred] = (),
    moved: Collection[int] = (),
    evidence: Evidence = NOTHING_RECORDED,
) -> list[Inferred]:
    """Each photo where it was by its time; ``seconds_to_fix`` to the nearest photo or recorded point that says where.

    ``before``: the answer of the last time, which holds but for the stops that ``moved`` since and the legs at them.
    """
    lines: dict[int, Line] = {}
    out: list[Inferred] = []
    for n, slot in enumerate(slots):
        if before and slot.stop not in moved and not (slot.on_leg and slot.stop + 1 in moved):
            out.append(before[n])
        elif (recorded := evidence.at(slot.instant.timestamp())) is not None:
            out.append(_as_recorded(slot, *recorded))
        elif slot.on_leg:
            if slot.stop not in lines:
                lines[slot.stop] = Line.of(legs[slot.stop].shapes)
            out.append(_on_leg(slot, stops, lines[slot.stop]))
        else:
            out.append(_at_stop(slot, stops[slot.stop]))
    return out


def _as_recorded(slot: Slot, at: LatLon, away_s: float) -> Inferred:
    leg = slot.stop if slot.on_leg else None
    return Inferred(asset_id=slot.fix.asset_id, lat=at[0], lon=at[1], seconds_to_fix=away_s, leg=leg)


def _at_stop(slot: Slot, stop: Stop) -> Inferred:
    nearest = min(abs((slot.instant - t).total_seconds()) for t in (stop.start, stop.end))
    return Inferred(asset_id=slot.fix.asset_id, lat=stop.lat, lon=stop.lon, seconds_to_fix=nearest)


def _on_leg(slot: Slot, stops: Sequence[Stop], line: Line) -> Inferred:
    since = (slot.instant - stops[slot.stop].end).total_seconds()
    until = (stops[slot.stop + 1].start - slot.instant).total_seconds()
    lat, lon = line.at_share(since / (since + until))
    nearest = min(since, until)
    return Inferred(asset_id=slot.fix.asset_id, lat=lat, lon=lon, seconds_to_fix=nearest, leg=slot.stop)


def _why_unplaced(fix: Fix, any_stop: bool) -> str:
    if fix.problem is not None:
        return fix.problem
    if fix.instant is None and fix.lat is None:
        return "it says neither where nor when it was taken"
    if fix.instant is None:
        return "it does not say when it was taken"
    if not any_stop:
        return "no photo of the album says where it was taken"
    return "it says no place, and it was taken before the first or after the last photo that does"
