"""How far a camera's clock is off, estimated from the photos themselves. Offered with the evidence, never applied here.

Three witnesses, the surest first: the GPS time some photos of the camera carry beside its clock; a recording; another
camera of the same party. For the last two the clock is right when the photos lie on the way of the witness: each photo
is compared with where the witness was at that time, on the line between its points around it. The farther those are
apart, the less a deviation says: the way between them bends, and nobody moves evenly. Of two cameras the order tells
more where photos are few: each photo is expected from those before it, whoever took them (`connector.trace.together`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from statistics import median

import numpy as np
from numpy.typing import NDArray

from connector.metadata.fix import Fix, TimeSource
from connector.trace.clean import DEFAULT_SIGMA_M
from connector.trace.model import Suggestion
from connector.trace.recordings.stretches import Stretch
from connector.trace.together import Together, Track

Numbers = NDArray[np.float64]
Scoring = Callable[[Numbers], Numbers]
FEWEST_PHOTOS = 8
"""Fewer photos of one camera prove nothing."""
FEWEST_COMPARED = 8
"""Photos taken while the way of the other camera (or of the recording) is known, of both cameras together."""
LEAST_S, LEAST_BY_WAY_S = 20.0, 30.0
"""A smaller offset moves no photo to another street, and cannot be told from chance."""
LEAST_GAIN, LEAST_GAIN_OF_FEW = 14.0, 50.0
"""In log-likelihood over the clock as it is, and how much more, divided by the number of photos, is asked of few."""
SMALL_S, LEAST_GAIN_OF_SMALL, LEAST_GAIN_OF_SMALL_OF_FEW = 240.0, 22.0, 200.0
"""The same of smaller offsets: chance makes some of a minute or two."""
_SURE_BY, _VAGUE_S = 2.0, 60.0
_NEXT_BEST_S, _LEAST_LEAD = 180.0, 15.0
"""An offset that is others than the best by so many seconds must fit so much worse: else the photos say two things."""
_FARTHEST_S = 14 * 3600.0
_COARSE_S, _FINE_S = 30.0, 1.0
_PEAKS = 3
LEAST_GAIN_BY_ORDER, LEAST_GAIN_WITHOUT_ONE, _BEYOND_ONE = 5.0, 1.0, 40.0
"""The same by the order of both: over the clock as it is, and whichever photo is left out unless it is more than any
counts for."""
_LEAST_LEAD_BY_ORDER, _VAGUE_BY_ORDER_S = 3.0, 120.0
_PEAKS_BY_ORDER, _MOST_BY_ORDER = 10, 250
"""Of a camera with more photos the way tells as much, and sooner."""
_SELDOM_S, _AGREES = 360.0, 8.0
"""With more time than that from photo to photo an order may come about by chance: the ways have to agree."""
_AROUND_PEAK_S, _AROUND_BEST_S = np.arange(-60.0, 61.0, 15.0), np.arange(-150.0, 151.0, 5.0)
_MOST_PHOTOS = 400
MOST_CAMERAS = 12
"""Of a party; in an album of more, the clocks of those with the most photos are compared."""
_LONGEST_GAP_S = 3600.0
_UNCOVERED = -16.0
"""Log-likelihood of a photo about which the witness says nothing."""
_BENDS, _WANDERS_MPS, _TAIL = 0.3, 0.2, 3.0
"""Standard deviation per metre between two points and per second from the nearer one; degrees of freedom of the t."""
_FEWEST_BETWEEN = 3
_SHARES = (1.0, 0.5, 0.25, 0.12, 0.06, 0.03, 0.0)
"""How much of that a party may really bend and wander: who stays in one place does neither."""
_FITS_SIGMAS, _MOST_FIT = 3.0, 0.5
_M_PER_DEGREE = 111_195.0
_RECORDED_SIGMA_M = 10.0
_FEWEST_GPS, _GPS_SPREAD_S = 3, 10.0


def suggestions(fixes: Sequence[Fix], stretches: Sequence[Stretch] = ()) -> tuple[Suggestion, ...]:
    """Cameras whose clocks seem to be off: ``seconds`` are to be added to their times.

    At most one per camera, none for a camera of which too little is known or whose clock seems right; and one more
    where there are too many cameras to compare.
    """
    cameras: dict[str | None, list[Fix]] = {}
    for fix in fixes:
        if fix.instant is not None:
            cameras.setdefault(fix.camera, []).append(fix)
    compared = sorted(cameras, key=lambda camera: (-len(cameras[camera]), str(camera)))[:MOST_CAMERAS]
    seen = {camera: _Seen.of(cameras[camera]) for camera in compared}
    witnesses = _witnesses(seen, stretches)
    found = [_suggestion(camera, cameras[camera], seen[camera], witnesses) for camera in sorted(compared, key=str)]
    return (*(each for each in found if each is not None), *_not_compared(len(cameras)))


def _not_compared(cameras: int) -> list[Suggestion]:
    if cameras <= MOST_CAMERAS:
        return []
    text = f"There are {cameras:,} cameras; only the clocks of the {MOST_CAMERAS} with the most photos were compared."
    return [Suggestion(kind="cameras", text=text)]


def _suggestion(
    camera: str | None, fixes: Sequence[Fix], seen: _Seen, witnesses: Sequence[_Witness]
) -> Suggestion | None:
    by_gps = _by_gps(camera, fixes)
    if by_gps is not None or seen.has_gps_time or len(seen.t) < FEWEST_PHOTOS:
        return by_gps
    for witness in witnesses:
        pair = _Pair.of(witness, seen) if witness.camera != camera or witness.is_recording else None
        offset = pair.offset() if pair is not None else None
        if pair is not None and offset is not None:
            return _say(camera, offset, pair)
    return None


def _by_gps(camera: str | None, fixes: Sequence[Fix]) -> Suggestion | None:
    """Photos with GPS time show how far the clock is off for those without."""
    late_s = [
        (fix.wall.replace(tzinfo=UTC) - fix.instant).total_seconds() - fix.utc_offset_s
        for fix in fixes
        if fix.time_source is TimeSource.GPS and fix.wall and fix.instant and fix.utc_offset_s is not None
    ]
    others = sum(fix.time_source is not TimeSource.GPS for fix in fixes)
    if len(late_s) < _FEWEST_GPS or not others:
        return None
    middle = median(late_s)
    spread = median(abs(each - middle) for each in late_s)
    if abs(middle) < LEAST_S or spread > _GPS_SPREAD_S:
        return None
    return Suggestion(
        kind="clock",
        camera=camera,
        seconds=float(-round(middle)),
        text=f"The clock of {_named(camera)} is {_span(middle)}: {len(late_s)} of its photos carry GPS time as well. "
        f"Of the {others} others only the clock tells when they were taken.",
    )


@dataclass(frozen=True, slots=True)
class _Seen:
    """Photos of one camera that have a place, in order of time."""

    t: Numbers
    lat: Numbers
    lon: Numbers
    sigma_m: Numbers
    has_gps_time: bool

    @classmethod
    def of(cls, fixes: Sequence[Fix]) -> _Seen:
        located = [fix for fix in fixes if fix.lat is not None and fix.lon is not None]
        rows = sorted(
            (
                fix.instant.timestamp() if fix.instant is not None else 0.0,
                fix.lat or 0.0,
                fix.lon or 0.0,
                min(50.0, max(5.0, fix.accuracy_m or DEFAULT_SIGMA_M)),
            )
            for fix in located
        )
        table = np.array(rows, dtype=np.float64).reshape(-1, 4)
        by_gps = sum(fix.time_source is TimeSource.GPS for fix in located)
        t, lat, lon, sigma_m = table.T
        return cls(t, lat, lon, sigma_m, by_gps * 2 > len(located))

    def some(self) -> _Seen:
        """At most ``_MOST_PHOTOS`` of them, evenly chosen."""
        return self.each(slice(None, None, max(1, -(-len(self.t) // _MOST_PHOTOS))))

    def every_second(self) -> _Seen:
        return self.each(slice(1, None, 2)).some()

    def without_every_second(self) -> _Seen:
        return self.each(slice(None, None, 2))

    def each(self, n: slice | NDArray[np.bool_]) -> _Seen:
        return _Seen(self.t[n], self.lat[n], self.lon[n], self.sigma_m[n], self.has_gps_time)


@dataclass(frozen=True, slots=True)
class _Witness:
    """Who knows where the party was, and when."""

    name: str
    seen: _Seen
    camera: str | None = None
    is_recording: bool = False


def _witnesses(seen: Mapping[str | None, _Seen], stretches: Sequence[Stretch]) -> list[_Witness]:
    found = [_recorded(stretches)] if stretches else []
    many = {camera: each for camera, each in seen.items() if len(each.t) >= FEWEST_PHOTOS}
    if len(many) > 1:
        surest = max(many, key=lambda camera: (many[camera].has_gps_time, len(many[camera].t), str(camera)))
        found.append(_Witness(_named(surest), many[surest], camera=surest))
    return found


def _recorded(stretches: Sequence[Stretch]) -> _Witness:
    t = np.concatenate([np.asarray(each.t, dtype=np.float64) for each in stretches])
    places = np.concatenate([np.asarray(each.places, dtype=np.float64) for each in stretches])
    order = np.argsort(t, kind="stable")
    sigma = np.full(len(t), _RECORDED_SIGMA_M)
    names = ", ".join(sorted({each.name for each in stretches}))
    return _Witness(names, _Seen(t[order], places[order, 0], places[order, 1], sigma, True), is_recording=True)


@dataclass(frozen=True, slots=True)
class _Offset:
    seconds: float
    give_or_take_s: float


@dataclass(frozen=True, slots=True)
class _Pair:
    """Photos and who may know where they were taken, and when."""

    witness: _Witness
    seen: _Seen
    share_of_bends: float

    @classmethod
    def of(cls, witness: _Witness, seen: _Seen) -> _Pair | None:
        """None: too few photos to say how the party goes about."""
        share = _share_of_bends([seen] if witness.is_recording else [seen, witness.seen])
        return None if share is None else cls(witness, seen, share)

    def offset(self) -> _Offset | None:
        """Seconds to add to the photos' times, when they fit much better so than as they are."""
        cameras = None if self.witness.is_recording else _in_order(self.witness.seen, self.seen)
        seldom = cameras is not None and _are_seldom(*cameras)
        found = None if cameras is None else _by_order(*cameras)
        if found is not None and self._holds(found.seconds) and not (seldom and self._denies(found.seconds)):
            return found
        found = self._by_way()
        if cameras is None or seldom or found is None or abs(found.seconds) >= SMALL_S:
            return found
        return None  # the order, which tells small offsets better, says nothing of it

    def fitting(self, offset: float) -> tuple[int, int]:
        """How many photos lie on the witness's way, of how many that can be compared."""
        return _fitting(_Way(self.witness.seen, self.share_of_bends), self.seen.some(), offset)

    def _fitting_of_both(self, offset: float) -> tuple[int, int]:
        fit, compared = self.fitting(offset)
        if self.witness.is_recording:
            return fit, compared
        back = _fitting(_Way(self.seen, self.share_of_bends), self.witness.seen.some(), -offset)
        return fit + back[0], compared + back[1]

    def _holds(self, offset: float) -> bool:
        fit, compared = self._fitting_of_both(offset)
        return abs(offset) >= LEAST_S and compared >= FEWEST_COMPARED and fit >= _MOST_FIT * compared

    def _denies(self, offset: float) -> bool:
        """Whether the ways speak against the offset, or say nothing of it."""
        now, then = self._score(np.array([0.0, offset]))
        return bool(then - now < _AGREES)

    def _score(self, offsets: Numbers) -> Numbers:
        there = _likelihood(_Way(self.witness.seen, self.share_of_bends), self.seen.some(), offsets)
        if self.witness.is_recording:
            return there
        return there + _likelihood(_Way(self.seen, self.share_of_bends), self.witness.seen.some(), -offsets)

    def _by_way(self) -> _Offset | None:
        """By the deviation of the photos from the line between the points of the other."""
        offsets = _to_try(self.witness.seen, self.seen)
        coarse, now = self._score(offsets), float(self._score(np.zeros(1))[0])
        best, value = _best(self._score, offsets, coarse, now)
        lead = value - float(coarse[np.abs(offsets - best) > _NEXT_BEST_S].max())
        if abs(best) < LEAST_BY_WAY_S or not self._holds(best) or lead < _LEAST_LEAD:
            return None
        least, of_few = LEAST_GAIN, LEAST_GAIN_OF_FEW
        if abs(best) < SMALL_S:
            least, of_few = LEAST_GAIN_OF_SMALL, LEAST_GAIN_OF_SMALL_OF_FEW
        if value - now < least + of_few / self._fitting_of_both(best)[1]:
            return None
        near = np.arange(-300.0, 301.0, 5.0)
        reach_s = _reach_s(near, self._score(best + near))
        return _Offset(best, reach_s) if reach_s <= _VAGUE_S else None


def _in_order(witness: _Seen, seen: _Seen) -> tuple[_Seen, _Seen] | None:
    """Both, where their order tells something."""
    first, second = _apart(witness, seen)
    photos = len(first.t), len(second.t)
    return (first, second) if min(photos) >= FEWEST_PHOTOS and max(photos) <= _MOST_BY_ORDER else None


def _by_order(first: _Seen, second: _Seen) -> _Offset | None:
    """By how likely the photos of both are in their common order, each expected from those before it."""
    together = Together.of(*_tracks(first, second))
    offsets = _to_try(first, second)
    peaks = offsets[_peaks(together.roughly(offsets), _PEAKS_BY_ORDER)]
    tried = np.concatenate([(peaks[:, None] + _AROUND_PEAK_S).ravel(), np.zeros(1)])
    values = together.closely(tried)
    near = float(tried[values.argmax()]) + _AROUND_BEST_S
    finer = together.closely(near)
    best, value = float(near[finer.argmax()]), float(finer.max())
    lead = value - float(values[np.abs(tried - best) > _NEXT_BEST_S].max(initial=-np.inf))
    reach_s = _reach_s(near - best, finer)
    if lead < _LEAST_LEAD_BY_ORDER or reach_s > _VAGUE_BY_ORDER_S or not _gained(together, best, value - values[-1]):
        return None
    return _Offset(float(np.average(near, weights=np.exp(finer - value))), reach_s)


def _are_seldom(first: _Seen, second: _Seen) -> bool:
    return max(float(each.t[-1] - each.t[0]) for each in (first, second)) > _SELDOM_S * (len(first.t) + len(second.t))


def _gained(together: Together, offset: float, gain: float) -> bool:
    """Whether it fits much better than none, and does so whichever photo is left out: one position may be false."""
    if gain < LEAST_GAIN_BY_ORDER:
        return False
    return gain > _BEYOND_ONE or together.without_any(offset, 0.0) >= LEAST_GAIN_WITHOUT_ONE


def _apart(first: _Seen, second: _Seen) -> tuple[_Seen, _Seen]:
    """Without positions that come again to the last digit: without reception a phone repeats the one it had."""
    a, b = first.lat + 1j * first.lon, second.lat + 1j * second.lon
    return first.each(_new(a) & ~np.isin(a, b)), second.each(_new(b) & ~np.isin(b, a))


def _new(places: NDArray[np.complex128]) -> NDArray[np.bool_]:
    new = np.zeros(len(places), dtype=np.bool_)
    new[np.unique(places, return_index=True)[1]] = True
    return new


def _tracks(*cameras: _Seen) -> list[Track]:
    """In metres from one place of theirs."""
    lat, lon = float(np.median(cameras[0].lat)), float(cameras[0].lon[0])
    per_degree = _M_PER_DEGREE * math.cos(math.radians(lat))
    return [
        Track(
            each.t,
            np.stack([((each.lon - lon + 180) % 360 - 180) * per_degree, (each.lat - lat) * _M_PER_DEGREE]),
            each.sigma_m**2,
        )
        for each in cameras
    ]


def _best(score: Scoring, offsets: Numbers, coarse: Numbers, now: float) -> tuple[float, float]:
    """The offset that fits best, and how well; none and ``now`` where no other fits better."""
    best, value = 0.0, now
    for peak in _peaks(coarse, _PEAKS):
        near = offsets[peak] + np.arange(-_COARSE_S, _COARSE_S + _FINE_S, _FINE_S)
        fine = score(near)
        if float(fine.max()) > value:
            best, value = float(near[fine.argmax()]), float(fine.max())
    return best, value


def _to_try(witness: _Seen, seen: _Seen) -> Numbers:
    """Offsets around none, and around the one that lets both begin together: a clock may be years off."""
    window = np.arange(-_FARTHEST_S, _FARTHEST_S + _COARSE_S, _COARSE_S)
    together = round(float(witness.t[0] - seen.t[0]) / _COARSE_S) * _COARSE_S
    return window if abs(together) < _FARTHEST_S else np.concatenate([window, window + together])


def _peaks(values: Numbers, most: int) -> list[int]:
    """The highest values that are apart from each other."""
    left, found = values.copy(), list[int]()
    for _ in range(most):
        at = int(left.argmax())
        found.append(at)
        left[max(0, at - 2) : at + 3] = -np.inf
    return found


def _reach_s(near: Numbers, values: Numbers) -> float:
    """How far the offset may be changed without fitting noticeably worse."""
    return float(max(5.0, np.abs(near[values > values.max() - _SURE_BY]).max()))


def _share_of_bends(cameras: Sequence[_Seen]) -> float | None:
    """How much this party's ways bend, by every second photo of a camera between the others; None: too few to say."""
    ways = [(_Way(each.without_every_second(), 1.0), each.every_second()) for each in cameras]
    found = [_deviations(way, photos, np.zeros(1)) for way, photos in ways]
    if sum(int(known.sum()) for *_, known in found) < _FEWEST_BETWEEN:
        return None

    def fits(share: float) -> float:
        return math.fsum(float(_logs(off2, noise + bends * share)[known].sum()) for off2, noise, bends, known in found)

    return max(_SHARES, key=fits)


@dataclass(frozen=True, slots=True)
class _Way:
    """The way through somebody's points, and how much of ``_BENDS`` and ``_WANDERS_MPS`` there is to it."""

    seen: _Seen
    share_of_bends: float


def _likelihood(way: _Way, photos: _Seen, offsets: Numbers) -> Numbers:
    """Per offset the log-likelihood of the photos; in slices, because an album may have tens of thousands."""
    per_slice = max(1, 400_000 // max(1, len(photos.t)))
    slices = [offsets[n : n + per_slice] for n in range(0, len(offsets), per_slice)]
    return np.concatenate([_of_slice(way, photos, each) for each in slices])


def _of_slice(way: _Way, photos: _Seen, offsets: Numbers) -> Numbers:
    off2, noise, bends, known = _deviations(way, photos, offsets)
    each = np.where(known, _logs(off2, noise + bends * way.share_of_bends), _UNCOVERED)
    return each.sum(axis=1)


def _logs(off2: Numbers, var: Numbers) -> Numbers:
    """Of Student's t in the plane, but for a constant."""
    return -(_TAIL + 2) / 2 * np.log1p(off2 / var / _TAIL) - np.log(var)


def _fitting(way: _Way, photos: _Seen, offset: float) -> tuple[int, int]:
    """How many photos lie on the way, of how many that can be compared."""
    off2, noise, bends, known = _deviations(way, photos, np.array([offset]))
    var = noise + bends * way.share_of_bends
    return int((known & (off2 < _FITS_SIGMAS**2 * var)).sum()), int(known.sum())


def _deviations(way: _Way, photos: _Seen, offsets: Numbers) -> tuple[Numbers, Numbers, Numbers, NDArray[np.bool_]]:
    """Squared distance of every photo from the way, its variance by noise and by bends (m²), whether it can be said."""
    witness, t = way.seen, photos.t[None, :] + offsets[:, None]
    after = np.searchsorted(witness.t, t)
    inside = (after > 0) & (after < len(witness.t))
    b = np.clip(after, 1, len(witness.t) - 1)
    a = b - 1
    gap = witness.t[b] - witness.t[a]
    share = np.clip(np.divide(t - witness.t[a], gap, out=np.full_like(t, 0.5), where=gap > 0), 0.0, 1.0)
    (x_a, y_a), (x_b, y_b) = (_beside(witness, n, photos) for n in (a, b))
    off2 = (x_a + (x_b - x_a) * share) ** 2 + (y_a + (y_b - y_a) * share) ** 2
    bends = _BENDS**2 * ((x_b - x_a) ** 2 + (y_b - y_a) ** 2) * 4 * share * (1 - share)
    wanders = (_WANDERS_MPS * np.minimum(t - witness.t[a], witness.t[b] - t)) ** 2
    noise = (witness.sigma_m[a] * (1 - share)) ** 2 + (witness.sigma_m[b] * share) ** 2 + photos.sigma_m[None, :] ** 2
    return off2, noise, bends + wanders, inside & (gap <= _LONGEST_GAP_S)


def _beside(witness: _Seen, n: NDArray[np.intp], photos: _Seen) -> tuple[Numbers, Numbers]:
    """Metres east and north of each photo."""
    over = (witness.lon[n] - photos.lon[None, :] + 180.0) % 360.0 - 180.0
    return over * np.cos(np.radians(photos.lat)) * _M_PER_DEGREE, (witness.lat[n] - photos.lat[None, :]) * _M_PER_DEGREE


def _say(camera: str | None, offset: _Offset, pair: _Pair) -> Suggestion:
    fit, compared = pair.fitting(offset.seconds)
    text = (
        f"The clock of {_named(camera)} seems to be {_span(-offset.seconds)} (give or take "
        f"{offset.give_or_take_s:.0f} s): set right, {fit} of {compared} photos lie on the way of "
        f"{pair.witness.name}, as it is {pair.fitting(0.0)[0]}."
    )
    return Suggestion(kind="clock", camera=camera, seconds=round(offset.seconds), text=text)


def _named(camera: str | None) -> str:
    return camera or "the photos that name no camera"


def _span(late_s: float) -> str:
    """``37 s slow``, ``1 h 02 min fast``: how the clock is, by how much it is ahead."""
    whole, way = abs(round(late_s)), "fast" if late_s > 0 else "slow"
    if whole < 120:
        return f"{whole} s {way}"
    minutes, seconds = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {seconds:02} s {way}"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min {way}" if hours < 48 else f"{hours // 24} days {hours % 24} h {way}"
