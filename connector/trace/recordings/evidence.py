"""What recordings prove about the photos of a trace: where they were taken, when, and which way led between them."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right, insort
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from connector.metadata.clock import instant_of, zone_at, zone_offset_s
from connector.metadata.fix import Fix, TimeSource
from connector.trace.clean import DEFAULT_SIGMA_M, Sighting
from connector.trace.model import Mode, Suggestion
from connector.trace.recordings.recording import Recording
from connector.trace.recordings.shapes import drawn, heights, mode_of
from connector.trace.recordings.stretches import LONGEST_GAP_S, Stretch
from connector.trace.shape import LatLon, distance_m, is_within, length_m
from connector.trace.stops import Place, place

_HOURS_S = 2 * 3600.0
_WHOLE_S = 24 * 3600.0
"""A way up to this long was recorded on purpose and is used whole; a longer one, or a stay, is of somebody's life."""
_AGREES_M = 200.0
_ELSEWHERE_M = 500.0
_ELSEWHERE_ALTITUDE_M = 1000.0
_CLOCK_S = 900.0
_GAP_MPS = 38.0
_SAME_PLACE_M, _SAME_PLACE_S = 150.0, 600.0
_LARGE_GAP_S = 300.0
_TRUST_STEPS = 4
"""A photo more or less does not put the less exact of two devices first."""
_EXACT_M = 2.0
_MOST_PASSED = 2000
"""Points, evenly chosen, that are looked at for a photo that was taken elsewhere: an album may have thousands."""
_CONFIDENCE, _CONFIDENCE_OF_GAPS = 0.97, 0.5
_ZONE_STEPS = 3
_FEW = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """The way of a leg as it was recorded, in the recording of that name."""

    name: str
    shapes: tuple[str, ...]
    length_m: float
    mode: Mode
    mode_confidence: float
    confidence: float
    heights: tuple[tuple[float, float], ...] = ()
    """As of a `Leg`."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Stretches that do not overlap, in order of time. ``notes``: what was not used, and why."""

    stretches: tuple[Stretch, ...] = ()
    notes: tuple[Suggestion, ...] = ()

    @classmethod
    def of(cls, found: Sequence[Stretch], fixes: Sequence[Fix]) -> Evidence:
        """Of all that was recorded, what belongs to these photos.

        Where two devices recorded at the same time, the one counts with which more of the photos agree, then the one
        that is more exact; the other one fills its gaps.
        A recording that contradicts most photos is somebody else's, or its clock is wrong: it is not used.
        """
        if not found:
            return NOTHING_RECORDED
        near, notes = _of_these_days(found, fixes)
        located = sorted((s for s in map(_seen, fixes) if s is not None), key=lambda seen: seen.t)
        held = _Held()
        false: list[_Judged] = []
        better: dict[str, str] = {}
        for judged in _best_first([_judged(each, located) for each in near]):
            stretch = judged.stretch
            if judged.against and stretch.is_said:
                continue  # a visit to a park: photos know better than the middle of it where in the park that was
            if judged.against > max(1, judged.agree):
                false.append(judged)
            elif parts := _beside(stretch, held.meanwhile(stretch)):
                held.add(parts)
            elif stretch.name not in better:
                better[stretch.name] = _same_time(stretch, held.all)
        used = {each.name for each in held.all}
        notes += [_taken_elsewhere(each, used) for each in false]
        notes += [
            _note(f"{name} was not used: {other} recorded the same hours")
            for name, other in better.items()
            if name not in used
        ]
        return cls(held.in_order(), tuple(notes))

    def covering(self, t: float) -> Stretch | None:
        """The stretch that was being recorded at that instant."""
        n = bisect_right(self.stretches, t, key=lambda s: s.start) - 1
        return self.stretches[n] if n >= 0 and t <= self.stretches[n].end else None

    def at(self, t: float) -> tuple[LatLon, float] | None:
        """The place at that instant, and the seconds to the nearest recorded point; None: nothing was recorded then."""
        stretch = self.covering(t)
        return (stretch.at(t), stretch.away_s(t)) if stretch is not None else None

    def settled(self, fixes: Sequence[Fix]) -> tuple[Fix, ...]:
        """Gives an instant to photos that have only a wall time: by the zone of where the recording was then."""
        if not self.stretches:
            return tuple(fixes)
        return tuple(self._settled(fix, fix.wall) if fix.instant is None else fix for fix in fixes)

    def _settled(self, fix: Fix, wall: datetime | None) -> Fix:
        if wall is None:
            return fix
        offset = 0
        for _ in range(_ZONE_STEPS):  # the zone tells the instant, the instant the place, the place the zone
            lat, lon = self._nearest(instant_of(wall, offset).timestamp())
            found = zone_offset_s(zone_at(lat, lon), wall)
            if found is None:
                return fix
            if found == offset:
                break
            offset = found
        instant = instant_of(wall, offset)
        return replace(fix, instant=instant, utc_offset_s=offset, time_source=TimeSource.POSITION)

    def _nearest(self, t: float) -> LatLon:
        """The place at that instant, or at the end of a stretch that is nearest in time."""
        n = bisect_right(self.stretches, t, key=lambda s: s.start)
        around = self.stretches[max(0, n - 1) : n + 1]
        return min(around, key=lambda s: max(s.start - t, t - s.end, 0.0)).at(t)

    def refused(self, fixes: Iterable[Fix]) -> dict[str, str]:
        """Photos that cannot have been taken where (or when) they say, by asset id, with the reason."""
        if not self.stretches:
            return {}
        reasons = ((fix.asset_id, self._refused(fix)) for fix in fixes)
        return {asset_id: reason for asset_id, reason in reasons if reason is not None}

    def _refused(self, fix: Fix) -> str | None:
        if fix.instant is None:
            return None
        t = fix.instant.timestamp()
        stretch = self.covering(t)
        if stretch is None:
            return None
        seen = _seen(fix)
        if seen is not None:
            far_m = _elsewhere_m(stretch, seen)
            return None if far_m is None else self._away(stretch.name, far_m, seen)
        high_m = stretch.altitude_m(t)
        if fix.altitude_m is None or high_m is None or abs(fix.altitude_m - high_m) < _ELSEWHERE_ALTITUDE_M:
            return None
        return (
            f"it does not belong here: it was taken at {fix.altitude_m:,.0f} m, "
            f"while {stretch.name} was at {high_m:,.0f} m"
        )

    def _away(self, name: str, far_m: float, seen: _Seen) -> str:
        """Why a photo cannot be true; where the recording came by at another time, its clock may be what is wrong."""
        late_s = self._passed_s(seen)
        if late_s is None:
            return f"its position cannot be true: at that time {name} was {_far(far_m)} away"
        span_s = abs(late_s)
        span = f"{span_s / 3600:,.1f} hours" if span_s >= _HOURS_S else f"{span_s / 60:,.0f} minutes"
        if late_s > 0:
            return f"its clock or its position is wrong: {name} was {_far(far_m)} away then, and here {span} before"
        return f"its clock or its position is wrong: {name} was {_far(far_m)} away then, and here {span} later"

    def _passed_s(self, seen: _Seen) -> float | None:
        """How late the photo is by its clock for when somebody was recorded next to it; None: nobody came by."""
        every = max(1, sum(len(each.t) for each in self.stretches) // _MOST_PASSED)
        near = (
            (distance_m(place, seen.at), seen.t - t)
            for stretch in self.stretches
            for t, place in zip(stretch.t[::every], stretch.places[::every], strict=True)
            if is_within(_AGREES_M, place, seen.at)
        )
        return min(near, default=(0.0, None))[1]

    def anchored(self, places: Sequence[Place]) -> list[Place]:
        """The places of the photos, and between them those where a recording begins or ends and no photo was taken."""
        ends = [(s, t) for s in self.stretches for t in (s.start, s.end)]
        anchors = [_anchor(s, t) for s, t in ends if not _has_place(places, t, s.at(t))]
        return self._rested(sorted([*places, *anchors], key=lambda each: (each.t0, each.t1)))

    def _rested(self, found: Sequence[Place]) -> list[Place]:
        """A recording that goes on where it ended, the next morning perhaps, makes one place of the two.

        So it does with the place of photos that were taken there meanwhile.
        """
        out: list[Place] = []
        for each in found:
            if out and (out[-1].recorded or each.recorded) and self._rests(out[-1], each):
                out[-1] = _together(out[-1], each)
            else:
                out.append(each)
        return out

    def _rests(self, before: Place, after: Place) -> bool:
        if distance_m(before.point, after.point) >= _SAME_PLACE_M:
            return False
        between = self.covering((before.t1 + after.t0) / 2)
        return between is None or between.stays(before.t1, after.t0)

    def way(self, start: Place, end: Place) -> Recorded | None:
        """The recorded way from one place to the next; None where it was not recorded all along."""
        if not self.stretches:
            return None
        left, reached = start.t1, end.t0
        stretch = self.covering(left)
        if stretch is None or reached <= left:
            stretch = self.covering(reached)
        if stretch is None or reached <= left:
            return None
        left, reached = max(left, stretch.start), min(reached, stretch.end)
        if not _fits(stretch, left, start) or not _fits(stretch, reached, end) or reached <= left:
            return None
        if left - start.t1 > _SAME_PLACE_S or end.t0 - reached > _SAME_PLACE_S:
            return None
        return _recorded(stretch, left, reached)


NOTHING_RECORDED = Evidence()


class _Held:
    """Stretches that do not overlap, the best first: a timeline of a year has thousands."""

    def __init__(self) -> None:
        self.all: list[Stretch] = []
        self._in_order: list[int] = []

    def add(self, parts: Sequence[Stretch]) -> None:
        for part in parts:
            self.all.append(part)
            insort(self._in_order, len(self.all) - 1, key=self._start)

    def meanwhile(self, stretch: Stretch) -> list[Stretch]:
        """All that were recorded at the same time, and perhaps one before, the best first."""
        first = bisect_right(self._in_order, stretch.start, key=self._start) - 1
        after = bisect_left(self._in_order, stretch.end, key=self._start)
        return [self.all[n] for n in sorted(self._in_order[max(0, first) : after])]

    def in_order(self) -> tuple[Stretch, ...]:
        """In order of time."""
        return tuple(self.all[n] for n in self._in_order)

    def _start(self, n: int) -> float:
        return self.all[n].start


def _of_these_days(found: Sequence[Stretch], fixes: Sequence[Fix]) -> tuple[list[Stretch], list[Suggestion]]:
    """The stretches that touch the time between the first and the last photo, and a word on the others."""
    instants = [fix.instant.timestamp() for fix in fixes if fix.instant is not None]
    if not instants:
        return list(found), []
    first, last = min(instants), max(instants)
    near: list[Stretch] = []
    far: dict[str, Stretch] = {}
    for each in found:
        whole = each.end - each.start <= _WHOLE_S and not each.stays(each.start, each.end)
        part = each if whole else each.cut(first - LONGEST_GAP_S, last + LONGEST_GAP_S)
        if part is not None and part.start <= last and part.end >= first:
            near.append(part)
        else:
            far.setdefault(each.name, each)
    used = {each.name for each in near}
    notes = [
        _note(f"{name} was not used: it was recorded {each.hours()}, and no photo was taken then")
        for name, each in far.items()
        if name not in used
    ]
    return near, notes


def left_out(recording: Recording, found: Sequence[Stretch]) -> Suggestion | None:
    """A word on the points of a recording that no stretch of it holds, when they are more than a few."""
    lost = len(recording) - sum(len(each.t) for each in found)
    if lost <= _FEW * len(recording):
        return None
    return _note(
        f"{lost:,} of the {len(recording):,} points of {recording.name} are left out: "
        "they repeat themselves or are too far apart for the time between them"
    )


def _taken_elsewhere(judged: _Judged, used: Collection[str]) -> Suggestion:
    """``used``: the names of files of which something else is used."""
    name, hours = judged.stretch.name, judged.stretch.hours()
    if name in used:
        return _note(f"{name} was not used for {hours}: {judged.against} photos were taken elsewhere")
    return _note(f"{name} was not used: {judged.against} photos were taken elsewhere")


def _note(text: str) -> Suggestion:
    return Suggestion(kind="recording", text=text)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A photo with place and instant."""

    t: float
    at: LatLon
    sigma_m: float


def _seen(fix: Fix) -> _Seen | None:
    if fix.instant is None or fix.lat is None or fix.lon is None:
        return None
    return _Seen(fix.instant.timestamp(), (fix.lat, fix.lon), fix.accuracy_m or DEFAULT_SIGMA_M)


@dataclass(frozen=True, slots=True)
class _Judged:
    """How many located photos agree with a stretch and how many contradict it."""

    stretch: Stretch
    agree: int
    against: int
    of: int
    """All that were taken meanwhile."""


def _judged(stretch: Stretch, located: Sequence[_Seen]) -> _Judged:
    first = bisect_left(located, stretch.start, key=lambda seen: seen.t)
    during = located[first : bisect_right(located, stretch.end, key=lambda seen: seen.t)]
    agree = sum(distance_m(stretch.at(seen.t), seen.at) < _AGREES_M for seen in during)
    return _Judged(stretch, agree, sum(_elsewhere_m(stretch, seen) is not None for seen in during), len(during))


def _best_first(found: Sequence[_Judged]) -> list[_Judged]:
    """Of a stretch during which no photo was taken, the photos of the whole file tell whether it is of this party."""
    of_file: dict[str, list[_Judged]] = {}
    for each in found:
        of_file.setdefault(each.stretch.name, []).append(each)

    trust_of_file = {name: _trust(judged) for name, judged in of_file.items()}

    def rank(each: _Judged) -> tuple[int, int, int]:
        trust = _trust([each]) if each.of else trust_of_file[each.stretch.name]
        return (
            round(trust * _TRUST_STEPS),
            -round(math.log2(max(_EXACT_M, each.stretch.error_m()))),
            len(each.stretch.t),
        )

    return sorted(found, key=rank, reverse=True)


def _trust(found: Sequence[_Judged]) -> float:
    """1 where all photos agree, -1 where all were taken elsewhere, 0 where there are none."""
    return sum(each.agree - each.against for each in found) / max(1, sum(each.of for each in found))


def _same_time(stretch: Stretch, held: Sequence[Stretch]) -> str:
    """The name of the first that was recorded at the same time."""
    return next(each.name for each in held if each.start <= stretch.end and each.end >= stretch.start)


def _elsewhere_m(stretch: Stretch, seen: _Seen) -> float | None:
    """How far off the recording the photo was taken; None where it may have been on it, its clock a little wrong."""
    far_m = distance_m(stretch.at(seen.t), seen.at)
    in_the_gap_m = 0.0 if stretch.is_said else _GAP_MPS * max(0.0, stretch.away_s(seen.t) - 60.0)
    if far_m <= max(_ELSEWHERE_M, 6 * seen.sigma_m) + in_the_gap_m:
        return None
    passed = stretch.between(seen.t - _CLOCK_S, seen.t + _CLOCK_S)
    return None if any(distance_m(stretch.places[n], seen.at) < _AGREES_M for n in passed) else far_m


def _far(metres: float) -> str:
    return f"{metres / 1000:,.0f} km" if metres >= 10_000 else f"{metres / 1000:.1f} km"


def _beside(stretch: Stretch, held: Sequence[Stretch]) -> list[Stretch]:
    """The parts of a stretch during which nothing better was recorded."""
    parts: list[Stretch | None] = [stretch]
    for other in held:
        cut: list[Stretch | None] = []
        for part in parts:
            if part is None or part.end <= other.start or part.start >= other.end:
                cut.append(part)
            else:
                cut += [part.cut(part.start, other.start - 1e-3), part.cut(other.end + 1e-3, part.end)]
        parts = cut
    return [part for part in parts if part is not None and (part is stretch or not _is_sliver(part))]


def _is_sliver(part: Stretch) -> bool:
    """What one device recorded alone only because it was switched on a little earlier: no way of its own."""
    short = part.end - part.start < _SAME_PLACE_S
    return short and distance_m(part.places[0], part.places[-1]) < _SAME_PLACE_M


def _anchor(stretch: Stretch, t: float) -> Place:
    lat, lon = stretch.at(t)
    nobody = Fix(asset_id="")
    return replace(place([Sighting("", t, lat, lon, DEFAULT_SIGMA_M, nobody)]), recorded=True)


def _together(before: Place, after: Place) -> Place:
    """One place of the two; where it is, photos say rather than the end of a recording."""
    sightings = (*before.sightings, *after.sightings)
    if before.recorded and after.recorded:
        return replace(place(sightings), recorded=True)
    return replace(after if before.recorded else before, sightings=sightings)


def _has_place(places: Sequence[Place], t: float, at: LatLon) -> bool:
    """Whether a photo was taken where and when a recording begins or ends, or while it did."""
    n = bisect_right(places, t, key=lambda each: each.t0)
    for each in places[max(0, n - 1) : n + 1]:
        if each.t0 <= t <= each.t1:
            return True
        if max(each.t0 - t, t - each.t1) < _SAME_PLACE_S and distance_m(each.point, at) < _SAME_PLACE_M:
            return True
    return False


def _fits(stretch: Stretch, t: float, there: Place) -> bool:
    return distance_m(stretch.at(t), there.point) <= _AGREES_M + 3 * there.sigma_m


def _recorded(stretch: Stretch, start: float, end: float) -> Recorded:
    numbers = stretch.between(start, end)
    t = [start, *(stretch.t[n] for n in numbers), end]
    places = [stretch.at(start), *(stretch.places[n] for n in numbers), stretch.at(end)]
    in_gaps_m = sum(distance_m(places[k], places[k + 1]) for k in range(len(t) - 1) if t[k + 1] - t[k] > _LARGE_GAP_S)
    all_m = length_m(places)
    shapes, line = drawn(stretch, start, end)
    mode, mode_confidence = mode_of(stretch, start, end)
    share = in_gaps_m / all_m if all_m else 0.0
    return Recorded(
        name=stretch.name,
        shapes=shapes,
        length_m=length_m(line),
        mode=mode,
        mode_confidence=mode_confidence,
        confidence=_CONFIDENCE - (_CONFIDENCE - _CONFIDENCE_OF_GAPS) * share,
        heights=heights(stretch, start, end),
    )
