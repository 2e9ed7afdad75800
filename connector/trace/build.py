"""fixes + edits -> the trace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from connector.metadata.fix import Fix
from connector.trace.changes import (
    UNCHANGED,
    Changed,
    LegChange,
    StopChanges,
    change_fixes,
    change_legs,
    change_stops,
    match_recordings,
)
from connector.trace.clean import TOO_FAR, Sighting, sightings, without_outliers
from connector.trace.clocks import suggestions
from connector.trace.doubts import doubted
from connector.trace.edits import Clock, Exclude, Logged, Move, MoveSeveral, effective
from connector.trace.inferred import Rest, placed, rest
from connector.trace.joined import Alone, joined, stop_at
from connector.trace.legs import Plan, Progress, leg, plan_legs
from connector.trace.model import Inferred, Leg, Stop, Suggestion, Trace
from connector.trace.recordings.evidence import Evidence, left_out
from connector.trace.recordings.recording import Recording
from connector.trace.recordings.stretches import stretches
from connector.trace.shape import LatLon
from connector.trace.stops import Place, places
from connector.trace.ways import LegCache, Routers, Ways
from connector.trace.worlds import ELSEWHERE, one_world


def _nobody_watches(_done: int, _all: int) -> None:
    return None


def build(
    fixes: Sequence[Fix],
    routers: Routers,
    *,
    log: Sequence[Logged] = (),
    cache: LegCache | None = None,
    recordings: Sequence[Recording] = (),
    progress: Progress = _nobody_watches,
) -> Trace:
    """The trace of the fixes. Every fix ends in exactly one of: a stop, inferred, unplaced.

    The same fixes, log and maps give the same trace. With the same ``cache`` only what changed is routed again.

    Raises:
        RouterDown: a router does not answer.
    """
    return Builder(fixes, routers, cache=cache, recordings=recordings).build(log, progress)


class Builder:
    """Builds the trace of the same photos again and again; what an edit does not touch is taken from the last time.

    One caller at a time. ``asked`` counts the questions that went to a router.
    """

    def __init__(
        self,
        fixes: Sequence[Fix],
        routers: Routers,
        *,
        cache: LegCache | None = None,
        recordings: Sequence[Recording] = (),
    ) -> None:
        self._fixes = tuple(fixes)
        recorded = [(recording, stretches(recording)) for recording in recordings]
        self._stretches = [each for _, found in recorded for each in found]
        self._notes = tuple(note for note in (left_out(*each) for each in recorded) if note is not None)
        self._recordings = frozenset(recording.name for recording in recordings)
        self._routers = routers
        self._ways = Ways(cache)
        self._placed: _Placed | None = None
        self._planned: _Planned | None = None
        self._drawn: _Drawn | None = None

    @property
    def asked(self) -> int:
        return self._ways.asked

    def build(self, log: Sequence[Logged] = (), progress: Progress = _nobody_watches) -> Trace:
        """The trace with the edits of the log.

        Raises:
            RouterDown: a router does not answer. What was answered is kept; building again goes on from there.
        """
        force = effective(log)
        stop_changes = change_stops(force)
        planned = self._plan(force, stop_changes, progress)
        leg_changes, lost_legs = change_legs(force, planned.places, planned.where)
        leg_changes, lost_recordings = match_recordings(force, leg_changes, planned.recorded, self._recordings)
        drawn = self._draw(planned, leg_changes)
        progress(len(drawn.legs), len(drawn.legs))
        lost_stops = [s for anchor, seqs in stop_changes.anchors.items() if anchor not in planned.where for s in seqs]
        return Trace(
            stops=tuple(_named(drawn.stops, planned.where, stop_changes)),
            legs=tuple(drawn.legs),
            inferred=tuple(drawn.inferred),
            unplaced=planned.rest.unplaced,
            fixes=planned.changed.fixes,
            suggestions=planned.suggestions,
            not_applying=tuple(sorted({*planned.changed.lost, *lost_legs, *lost_stops, *lost_recordings})),
        )

    def _plan(self, force: Sequence[Logged], stop_changes: StopChanges, progress: Progress) -> _Planned:
        """Stops and modes, from the last time unless an edit moves a photo, a clock or the bounds of a stop."""
        cause = tuple(entry for entry in force if _moves_photos(entry))
        bounds = (frozenset(stop_changes.split), frozenset(stop_changes.merge))
        if self._planned is None or self._planned.cause != (cause, bounds):
            at_places = self._place(cause, bounds)
            plans = plan_legs(at_places.places, self._routers, self._ways, progress, at_places.evidence)
            self._planned = _Planned.of((cause, bounds), at_places, plans)
            self._drawn = None
        return self._planned

    def _place(self, cause: tuple[Logged, ...], bounds: tuple[frozenset[str], frozenset[str]]) -> _Placed:
        changed = change_fixes(self._fixes, cause)
        taking_part = [fix for fix in changed.fixes if fix.asset_id not in changed.excluded]
        evidence = Evidence.of(self._stretches, taking_part)
        taking_part = list(evidence.settled(taking_part))
        by_hand = _by_hand(cause)
        kept, reasons = _can_be_true(taking_part, evidence, by_hand)
        reasons |= dict.fromkeys(changed.excluded, "you excluded it")
        found = places(kept, split=bounds[0], merge=bounds[1])
        if false := doubted(found, self._routers, self._ways, by_hand | _recorded(kept, evidence)):
            reasons |= dict.fromkeys(false, TOO_FAR)
            found = places([s for s in kept if s.asset_id not in false], split=bounds[0], merge=bounds[1])
        found = evidence.anchored(found)
        settled = {fix.asset_id: fix for fix in taking_part}
        changed = replace(changed, fixes=tuple(settled.get(fix.asset_id, fix) for fix in changed.fixes))
        offered = (*self._notes, *evidence.notes, *suggestions(taking_part, self._stretches))
        return _Placed(changed, reasons, found, evidence, offered)

    def _draw(self, planned: _Planned, changes: Mapping[int, LegChange]) -> _Drawn:
        """All legs the first time, after that those whose changes are others than before."""
        if self._drawn is None:
            alone = [leg(plan, changes.get(plan.index, UNCHANGED), self._ways) for plan in planned.plans]
            self._drawn = _Drawn(dict(changes), alone, list(planned.stops), [each.leg for each in alone], [])
            touched = set(range(len(alone)))
        else:
            drawn = self._drawn
            touched = {n for n in {*changes, *drawn.changes} if changes.get(n) != drawn.changes.get(n)}
            made = {n: leg(planned.plans[n], changes.get(n, UNCHANGED), self._ways) for n in touched}
            for n, each in made.items():
                drawn.alone[n] = each
            drawn.changes = dict(changes)
        self._drawn.join(touched, planned)
        return self._drawn


def _can_be_true(
    fixes: Sequence[Fix], evidence: Evidence, by_hand: frozenset[str]
) -> tuple[list[Sighting], dict[str, str]]:
    """The photos the way is drawn through, in order of time, and the reasons against the others.

    Photos that a person put where they are stay, whatever is against them. The others are judged as they would be if
    those were judged as well: nobody's photo is lost because somebody moved the one beside it.
    """
    seen, reasons = sightings(fixes), evidence.refused(fixes)
    here, elsewhere = one_world([each for each in seen if each.asset_id not in reasons])
    reasons |= {each.asset_id: ELSEWHERE for each in elsewhere}
    kept, outliers = without_outliers(here)
    reasons |= {each.asset_id: each.reason for each in outliers}
    if by_hand.isdisjoint(reasons):
        return kept, reasons
    reasons = {asset_id: reason for asset_id, reason in reasons.items() if asset_id not in by_hand}
    return [each for each in seen if each.asset_id not in reasons], reasons


def _by_hand(cause: Sequence[Logged]) -> frozenset[str]:
    """Photos that a person put where they are."""
    alone = {entry.edit.asset for entry in cause if isinstance(entry.edit, Move)}
    together = [entry.edit.moves for entry in cause if isinstance(entry.edit, MoveSeveral)]
    return frozenset(alone | {move.asset for moves in together for move in moves})


def _recorded(found: Sequence[Sighting], evidence: Evidence) -> frozenset[str]:
    """Photos that were taken while a recording ran."""
    return frozenset(each.asset_id for each in found if evidence.covering(each.t) is not None)


def _moves_photos(entry: Logged) -> bool:
    return isinstance(entry.edit, (Clock, Move, MoveSeveral, Exclude))


@dataclass(frozen=True, slots=True)
class _Placed:
    """Photos after their edits, and the places where they were taken."""

    changed: Changed
    reasons: Mapping[str, str]
    places: Sequence[Place]
    evidence: Evidence
    suggestions: tuple[Suggestion, ...]


@dataclass(frozen=True, slots=True)
class _Planned:
    """Everything that does not depend on what a person said about single legs. ``cause``: what it was made from."""

    cause: object
    changed: Changed
    places: Sequence[Place]
    plans: Sequence[Plan]
    stops: Sequence[Stop]
    where: Mapping[str, int]
    rest: Rest
    evidence: Evidence
    suggestions: tuple[Suggestion, ...]
    recorded: Mapping[str, Sequence[int]]
    """The legs that are drawn from each recording."""

    @classmethod
    def of(cls, cause: object, at: _Placed, plans: Sequence[Plan]) -> _Planned:
        stops = [_stop(n, place) for n, place in enumerate(at.places)]
        where = {asset_id: stop.index for stop in stops for asset_id in stop.asset_ids}
        others = rest(at.changed.fixes, where, at.reasons, stops)
        recorded: dict[str, list[int]] = {}
        for plan in plans:
            if plan.recorded is not None:
                recorded.setdefault(plan.recorded.name, []).append(plan.index)
        return cls(cause, at.changed, at.places, plans, stops, where, others, at.evidence, at.suggestions, recorded)


@dataclass(slots=True)
class _Drawn:
    """The legs as they were found (``alone``), and stops, legs and photos on them when joined."""

    changes: Mapping[int, LegChange]
    alone: list[Alone]
    stops: list[Stop]
    legs: list[Leg]
    inferred: list[Inferred]

    def join(self, touched: set[int], planned: _Planned) -> None:
        """Joins the legs that were drawn anew with their neighbours, and places the photos on them."""
        moved = {stop for n in touched for stop in (n, n + 1)}
        for n in moved:
            before, after = self.alone[n - 1] if n else None, self.alone[n] if n < len(self.alone) else None
            self.stops[n] = _moved(self.stops[n], stop_at(planned.places[n].point, before, after))
        for n in {near for stop in moved for near in (stop - 1, stop) if 0 <= near < len(self.alone)}:
            start, end = self.stops[n], self.stops[n + 1]
            self.legs[n] = joined(self.alone[n], (start.lat, start.lon), (end.lat, end.lon))
        self.inferred = placed(planned.rest.slots, self.stops, self.legs, self.inferred, moved, planned.evidence)


def _stop(index: int, found: Place) -> Stop:
    return Stop(
        index=index,
        lat=found.lat,
        lon=found.lon,
        start=datetime.fromtimestamp(found.t0, UTC),
        end=datetime.fromtimestamp(found.t1, UTC),
        asset_ids=tuple(s.asset_id for s in found.sightings if s.asset_id),  # the end of a recording is no photo
    )


def _moved(stop: Stop, at: LatLon) -> Stop:
    """The stop there. Written out: `replace` takes four times as long, and this is done for every stop."""
    return Stop(index=stop.index, lat=at[0], lon=at[1], start=stop.start, end=stop.end, asset_ids=stop.asset_ids)


def _named(stops: Sequence[Stop], where: Mapping[str, int], changes: StopChanges) -> list[Stop]:
    """The stops with the names and emoji people gave them; of two names for one stop the first photo's counts."""
    out = list(stops)
    for asset_id in sorted({*changes.names, *changes.emoji} & where.keys(), key=lambda each: where[each]):
        n = where[asset_id]
        ids = stops[n].asset_ids
        out[n] = replace(
            stops[n],
            name=next((changes.names[i] for i in ids if i in changes.names), None),
            emoji=next((changes.emoji[i] for i in ids if i in changes.emoji), None),
        )
    return out
