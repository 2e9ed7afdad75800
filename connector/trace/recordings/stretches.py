"""Recordings -> stretches: points in order of time, without spikes, each recorded in one go."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median

from connector.trace.model import Mode
from connector.trace.recordings.recording import Move, Recording, Track
from connector.trace.shape import LatLon, distance_m

LONGEST_GAP_S = 3600.0
"""Longer silence ends a stretch: nobody knows where somebody was meanwhile."""
_HOLE_S, _HOLE_M = 600.0, 500.0
"""So long without a point and so far from one to the next: roads know the way between better than a straight line."""
_TOO_FAST_MPS = 350.0
_SPIKE_MPS = 45.0
_SPIKE_M = 60.0
_PASSES = 2
_JOIN_M, _FASTEST_JOIN_MPS = 200.0, 60.0
_STAYS_M = 20.0
_HEIGHTS_BESIDE = 3
_MOST_TRIED, _MOVING_MPS = 500, 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Where somebody was from ``start`` to ``end``; times (seconds since the epoch) grow strictly."""

    name: str
    t: Sequence[float]
    places: Sequence[LatLon]
    altitudes_m: Sequence[float]
    """NaN: unknown."""
    mode: Mode | None = None
    moves: tuple[Move, ...] = ()

    @property
    def start(self) -> float:
        return self.t[0]

    @property
    def end(self) -> float:
        return self.t[-1]

    @property
    def is_said(self) -> bool:
        """Whether it is one place to the last digit: said by somebody's timeline, never measured like that."""
        return all(place == self.places[0] for place in self.places)

    def at(self, t: float) -> LatLon:
        """The place at that instant, on the straight line between the points around it."""
        n = bisect_right(self.t, t)
        if n == 0 or n == len(self.t):
            return self.places[max(0, n - 1)]
        return self._between(n - 1, n, t)

    def _between(self, a: int, b: int, t: float) -> LatLon:
        """The place at that instant on the straight line from point to point."""
        share = (t - self.t[a]) / (self.t[b] - self.t[a])
        (lat_a, lon_a), (lat_b, lon_b) = self.places[a], self.places[b]
        over = (lon_b - lon_a + 180.0) % 360.0 - 180.0  # the shorter way round
        lon = (lon_a + over * share + 180.0) % 360.0 - 180.0
        return lat_a + (lat_b - lat_a) * share, lon

    def error_m(self) -> float:
        """How far a point typically is from where those before and after it would have it; 0: nobody moved.

        Noise makes it large, and so do few points, between which the way bends; of two it may bend as it likes.
        """
        last = len(self.t) - 1
        if last < 2:
            return distance_m(self.places[0], self.places[last]) / 2
        numbers = range(1, last, max(1, last // _MOST_TRIED))
        moving = [n for n in numbers if self._mps(n - 1, n + 1) > _MOVING_MPS]
        found = [distance_m(self.places[n], self._between(n - 1, n + 1, self.t[n])) for n in moving]
        return median(found) if found else 0.0

    def _mps(self, a: int, b: int) -> float:
        return distance_m(self.places[a], self.places[b]) / (self.t[b] - self.t[a])

    def stays(self, start: float, end: float) -> bool:
        """Whether nobody left the place between the two instants."""
        there = self.at(start)
        return all(distance_m(self.places[n], there) < _STAYS_M for n in self.between(start, end))

    def away_s(self, t: float) -> float:
        """Seconds to the nearest recorded point."""
        n = bisect_left(self.t, t)
        return min(abs(self.t[k] - t) for k in (n - 1, n) if 0 <= k < len(self.t))

    def altitude_m(self, t: float) -> float | None:
        """The middle of the altitudes at the points around that instant; None where they are not recorded.

        One alone may be anything: heights by satellite leap.
        """
        n = bisect_left(self.t, t)
        near = self.altitudes_m[max(0, n - _HEIGHTS_BESIDE) : n + _HEIGHTS_BESIDE]
        known = [high for high in near if not math.isnan(high)]
        return median(known) if known else None

    def between(self, start: float, end: float) -> range:
        """Numbers of the points recorded between the two instants."""
        return range(bisect_right(self.t, start), bisect_left(self.t, end))

    def cut(self, start: float, end: float) -> Stretch | None:
        """The part between the two instants; None where there are not two points of it."""
        first, after = bisect_left(self.t, start), bisect_right(self.t, end)
        if after - first < 2:
            return None
        return self if after - first == len(self.t) else self.part(first, after)

    def part(self, first: int, after: int) -> Stretch:
        """The points from the one number to before the other."""
        return Stretch(
            name=self.name,
            t=self.t[first:after],
            places=self.places[first:after],
            altitudes_m=self.altitudes_m[first:after],
            mode=self.mode,
            moves=self.moves,
        )

    def hours(self) -> str:
        """When it was recorded, for people."""
        day, until = (datetime.fromtimestamp(t, UTC) for t in (self.start, self.end))
        return f"{day:%Y-%m-%d %H:%M} to {until:%Y-%m-%d %H:%M} UTC"


def stretches(recording: Recording) -> list[Stretch]:
    """The stretches of one recording, in order of time. They overlap where the file holds several devices."""
    found = [part for track in recording.tracks for part in _of_track(track, recording)]
    found.sort(key=lambda each: (each.start, each.end))
    joined: list[Stretch] = []
    for each in found:
        if joined and _goes_on(joined[-1], each):
            joined[-1] = _joined(joined[-1], each)
        else:
            joined.append(each)
    return [part for each in joined for part in _parted(each) if len(part.t) > 1]


def _parted(stretch: Stretch) -> Iterator[Stretch]:
    """Where somebody stayed as long as no silence may last, the stay is a stretch of its own: a stop, and no way."""
    first = n = 0
    while n < len(stretch.t):
        left = _when_left(stretch, n)
        if stretch.t[left - 1] - stretch.t[n] >= LONGEST_GAP_S:
            yield stretch.part(first, n + 1)
            yield stretch.part(n, left)
            first = left - 1
        n = left
    yield stretch if first == 0 else stretch.part(first, n)


def _when_left(stretch: Stretch, n: int) -> int:
    """The number of the first point after ``n`` that is elsewhere."""
    there = stretch.places[n]
    later = range(n + 1, len(stretch.t))
    return next((k for k in later if distance_m(stretch.places[k], there) >= _STAYS_M), len(stretch.t))


def _of_track(track: Track, recording: Recording) -> Iterator[Stretch]:
    """Sorted by time: a point whose clock had run wild ends up alone, and alone it says nothing."""
    order = sorted(range(len(track)), key=track.t.__getitem__)
    kept = [n for k, n in enumerate(order) if k == 0 or track.t[n] > track.t[order[k - 1]]]
    for _ in range(_PASSES):
        kept = _without_spikes(track, kept)
    for run in _runs(track, kept):
        yield Stretch(
            name=recording.name,
            t=[track.t[n] for n in run],
            places=[_place(track, n) for n in run],
            altitudes_m=[track.altitude_m[n] for n in run],
            mode=track.mode,
            moves=recording.moves,
        )


def _place(track: Track, n: int) -> LatLon:
    return track.lat[n], track.lon[n]


def _without_spikes(track: Track, numbers: Sequence[int]) -> list[int]:
    """Without points that leave and come back impossibly fast."""
    out: list[int] = []
    for k, n in enumerate(numbers):
        if out and k + 1 < len(numbers) and _is_spike(track, out[-1], n, numbers[k + 1]):
            continue
        out.append(n)
    return out


def _is_spike(track: Track, a: int, p: int, c: int) -> bool:
    d1, d2 = distance_m(_place(track, a), _place(track, p)), distance_m(_place(track, p), _place(track, c))
    if min(d1, d2) < _SPIKE_M or distance_m(_place(track, a), _place(track, c)) > (d1 + d2) / 3:
        return False
    return min(d1 / (track.t[p] - track.t[a]), d2 / (track.t[c] - track.t[p])) > _SPIKE_MPS


def _runs(track: Track, numbers: Sequence[int]) -> Iterator[list[int]]:
    run: list[int] = []
    for n in numbers:
        if run and _is_apart(track.t[run[-1]], _place(track, run[-1]), track.t[n], _place(track, n)):
            yield run
            run = []
        run.append(n)
    if run:
        yield run


def _is_apart(t_a: float, a: LatLon, t_b: float, b: LatLon) -> bool:
    waited_s, far_m = t_b - t_a, distance_m(a, b)
    hole = waited_s > _HOLE_S and far_m > _HOLE_M
    return hole or waited_s > LONGEST_GAP_S or far_m > 1000 + _TOO_FAST_MPS * waited_s


def _goes_on(before: Stretch, after: Stretch) -> bool:
    """Whether one device went on after a pause."""
    waited_s = after.start - before.end
    if waited_s <= 0 or _is_apart(before.end, before.places[-1], after.start, after.places[0]):
        return False
    if before.mode is not after.mode and before.mode is not None and after.mode is not None:
        return False
    return distance_m(before.places[-1], after.places[0]) <= _JOIN_M + _FASTEST_JOIN_MPS * waited_s


def _joined(before: Stretch, after: Stretch) -> Stretch:
    return Stretch(
        name=before.name,
        t=[*before.t, *after.t],
        places=[*before.places, *after.places],
        altitudes_m=[*before.altitudes_m, *after.altitudes_m],
        mode=before.mode or after.mode,
        moves=before.moves,
    )
