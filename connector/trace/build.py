"""fixes + edits -> the trace."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from connector.metadata.fix import Fix
from connector.trace.changes import StopChanges, change_fixes, change_legs, change_stops
from connector.trace.clean import sightings, without_outliers
from connector.trace.edits import Logged
from connector.trace.legs import find_legs
from connector.trace.model import How, Inferred, Leg, Stop, Trace, Unplaced
from connector.trace.shape import at_share, decode, encode
from connector.trace.stops import Place, places
from connector.trace.ways import LegCache, Memory, Routers, Ways

Progress = Callable[[int, int], None]
"""Called with legs done and legs in all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a person may choose about the way a trace is found."""


def build(
    fixes: Sequence[Fix],
    routers: Routers,
    *,
    log: Sequence[Logged] = (),
    cache: LegCache | None = None,
    progress: Progress = lambda _done, _all: None,
) -> Trace:
    """The trace of the fixes. Every fix ends in exactly one of: a stop, inferred, unplaced.

    The same fixes, log and maps give the same trace. With the same ``cache`` only what changed is routed again.

    Raises:
        RouterDown: a router does not answer.
    """
    return trace_and_calls(fixes, routers, log=log, cache=cache, progress=progress)[0]


def trace_and_calls(
    fixes: Sequence[Fix],
    routers: Routers,
    *,
    log: Sequence[Logged] = (),
    cache: LegCache | None = None,
    progress: Progress = lambda _done, _all: None,
) -> tuple[Trace, int]:
    """As :func:`build`, and how many questions went to a router."""
    changed = change_fixes(fixes, log)
    stop_changes = change_stops(log)
    taking_part = [fix for fix in changed.fixes if fix.asset_id not in changed.excluded]
    kept, outliers = without_outliers(sightings(taking_part))
    found = places(kept, split=stop_changes.split, merge=stop_changes.merge)
    leg_changes, lost_legs = change_legs(log, found)
    ways = Ways(cache if cache is not None else Memory())
    legs = find_legs(found, routers, leg_changes, ways)
    progress(len(legs), len(legs))
    stops, legs = _joined([_stop(n, each, stop_changes) for n, each in enumerate(found)], legs)
    inferred, unplaced = _place_the_rest(changed.fixes, changed.excluded, outliers, stops, legs)
    lost_stops = _lost_anchors(stop_changes, {fix.asset_id for fix in fixes})
    trace = Trace(
        stops=tuple(stops),
        legs=tuple(legs),
        inferred=tuple(inferred),
        unplaced=tuple(unplaced),
        fixes=changed.fixes,
        not_applying=tuple(sorted({*changed.lost, *lost_legs, *lost_stops})),
    )
    return trace, ways.asked


def _stop(index: int, found: Place, changes: StopChanges) -> Stop:
    ids = tuple(s.asset_id for s in found.sightings)
    return Stop(
        index=index,
        lat=found.lat,
        lon=found.lon,
        start=datetime.fromtimestamp(found.t0, UTC),
        end=datetime.fromtimestamp(found.t1, UTC),
        asset_ids=ids,
        name=next((changes.names[i] for i in ids if i in changes.names), None),
        emoji=next((changes.emoji[i] for i in ids if i in changes.emoji), None),
    )


def _lost_anchors(changes: StopChanges, there: set[str]) -> list[int]:
    return [seq for anchor, seqs in changes.anchors.items() if anchor not in there for seq in seqs]


def _joined(stops: list[Stop], legs: list[Leg]) -> tuple[list[Stop], list[Leg]]:
    """Moves every stop onto the way that reaches it, and lets the next leg begin there."""
    for n, leg in enumerate(legs):
        line = [decode(shape) for shape in leg.shapes]
        start = (stops[n].lat, stops[n].lon)
        if n == 0 and leg.how is not How.DIRECT:
            start = line[0][0]
            stops[0] = replace(stops[0], lat=start[0], lon=start[1])
        if leg.how is How.DIRECT:
            line[-1][-1] = (stops[n + 1].lat, stops[n + 1].lon)
        if line[0][0] != start:
            line[0] = [start, *(line[0][1:] if leg.how is How.DIRECT else line[0])]
        end = line[-1][-1]
        stops[n + 1] = replace(stops[n + 1], lat=end[0], lon=end[1])
        legs[n] = replace(leg, shapes=tuple(encode(piece) for piece in line))
    return stops, legs


def _place_the_rest(
    fixes: Sequence[Fix],
    excluded: frozenset[str],
    outliers: Sequence[Unplaced],
    stops: Sequence[Stop],
    legs: Sequence[Leg],
) -> tuple[list[Inferred], list[Unplaced]]:
    """Photos that are at no stop: on the way by their time, or unplaced with the reason."""
    placed = {asset_id for stop in stops for asset_id in stop.asset_ids}
    reasons = {each.asset_id: each.reason for each in outliers}
    reasons |= dict.fromkeys(excluded, "you excluded it")
    inferred: list[Inferred] = []
    unplaced: list[Unplaced] = []
    for fix in fixes:
        if fix.asset_id in placed:
            continue
        found = None if fix.asset_id in reasons else _by_time(fix, stops, legs)
        if found is not None:
            inferred.append(found)
        else:
            reason = reasons.get(fix.asset_id) or _why_unplaced(fix, bool(stops))
            unplaced.append(Unplaced(asset_id=fix.asset_id, reason=reason))
    return inferred, unplaced


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


def _by_time(fix: Fix, stops: Sequence[Stop], legs: Sequence[Leg]) -> Inferred | None:
    if fix.instant is None or fix.lat is not None or not stops:
        return None
    for stop in stops:
        if stop.start <= fix.instant <= stop.end:
            nearest = min(abs((fix.instant - t).total_seconds()) for t in (stop.start, stop.end))
            return Inferred(asset_id=fix.asset_id, lat=stop.lat, lon=stop.lon, seconds_to_fix=nearest)
    for leg in legs:
        left, reached = stops[leg.from_stop].end, stops[leg.to_stop].start
        if left < fix.instant < reached:
            return _on_leg(fix, fix.instant, leg, left, reached)
    return None


def _on_leg(fix: Fix, instant: datetime, leg: Leg, left: datetime, reached: datetime) -> Inferred:
    since, until = (instant - left).total_seconds(), (reached - instant).total_seconds()
    line = [point for shape in leg.shapes for point in decode(shape)]
    lat, lon = at_share(line, since / (since + until))
    return Inferred(asset_id=fix.asset_id, lat=lat, lon=lon, seconds_to_fix=min(since, until), leg=leg.index)
