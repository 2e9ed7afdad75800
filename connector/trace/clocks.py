"""How far a camera's clock is off, estimated from the photos themselves. Offered with the evidence, never applied here.

Three witnesses, the surest first: the GPS time some photos of the camera carry beside its clock; a recording; another
camera of the same party. For the last two the clock is right when the photos lie on the way of the witness: each photo
is compared with where the witness was at that time, on the line between its points around it. The farther those are
apart, the less a deviation says: the way between them bends, and nobody moves evenly.
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

Numbers = NDArray[np.float64]
Scoring = Callable[[Numbers], Numbers]
FEWEST_PHOTOS = 8
"""Fewer photos of one camera prove nothing."""
FEWEST_COMPARED = 8
"""Photos taken while the way of the other camera (or of the recording) is known, of both cameras together."""
LEAST_S = 30.0
"""A smaller offset moves no photo to another street, and cannot be told from chance."""
LEAST_GAIN, LEAST_GAIN_OF_FEW = 14.0, 200.0
"""In log-likelihood over the clock as it is, and how much more, divided by the number of photos, is asked of few."""
SMALL_S = 240.0
"""Chance makes offsets of a minute or two; a quarter of that is asked of larger ones."""
_SURE_BY, _VAGUE_S = 2.0, 60.0
_NEXT_BEST_S, _LEAST_LEAD = 180.0, 15.0
"""An offset that is others than the best by so many seconds must fit so much worse: else the photos say two things."""
_FARTHEST_S = 14 * 3600.0
_COARSE_S, _FINE_S = 30.0, 1.0
_PEAKS = 3
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
        offset = _offset(witness, seen) if witness.camera != camera or witness.is_recording else None
        if offset is not None:
            return _say(camera, offset, witness)
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
        return self._each(slice(None, None, max(1, -(-len(self.t) // _MOST_PHOTOS))))

    def every_second(self) -> _Seen:
        return self._each(slice(1, None, 2)).some()

    def without_every_second(self) -> _Seen:
        return self._each(slice(None, None, 2))

    def _each(self, n: slice) -> _Seen:
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
    compared: int
    fit: int
    fit_now: int


def _offset(witness: _Witness, seen: _Seen) -> _Offset | None:
    """Seconds to add to the photos' times, when they fit much better so than as they are."""
    photos, other = seen.some(), witness.seen.some()
    share = _share_of_bends([seen] if witness.is_recording else [seen, witness.seen])
    if share is None:
        return None

    def score(offsets: Numbers) -> Numbers:
        total = _likelihood(_Way(witness.seen, share), photos, offsets)
        return total if witness.is_recording else total + _likelihood(_Way(seen, share), other, -offsets)

    offsets = _to_try(witness.seen, seen)
    coarse, now = score(offsets), float(score(np.zeros(1))[0])
    best, value = _best(score, offsets, coarse, now)
    there = _fitting(_Way(witness.seen, share), photos, best)
    back = (0, 0) if witness.is_recording else _fitting(_Way(seen, share), other, -best)
    next_best = float(coarse[np.abs(offsets - best) > _NEXT_BEST_S].max())
    if not _proven(best, value - now, value - next_best, (there[0] + back[0], there[1] + back[1])):
        return None
    give_or_take_s = _give_or_take_s(score, best, value)
    if give_or_take_s > _VAGUE_S:
        return None
    return _Offset(best, give_or_take_s, there[1], there[0], _fitting(_Way(witness.seen, share), photos, 0.0)[0])


def _best(score: Scoring, offsets: Numbers, coarse: Numbers, now: float) -> tuple[float, float]:
    """The offset that fits best, and how well; none and ``now`` where no other fits better."""
    best, value = 0.0, now
    for peak in _peaks(coarse):
        near = offsets[peak] + np.arange(-_COARSE_S, _COARSE_S + _FINE_S, _FINE_S)
        fine = score(near)
        if float(fine.max()) > value:
            best, value = float(near[fine.argmax()]), float(fine.max())
    return best, value


def _proven(offset: float, gain: float, lead: float, fitting: tuple[int, int]) -> bool:
    """Whether it is an offset and no chance. ``gain``: over none; ``lead``: over the next best."""
    fit, compared = fitting
    if abs(offset) < LEAST_S or compared < FEWEST_COMPARED or fit < _MOST_FIT * compared:
        return False
    of_few = LEAST_GAIN_OF_FEW if abs(offset) < SMALL_S else LEAST_GAIN_OF_FEW / 4
    return gain >= LEAST_GAIN + of_few / compared and lead >= _LEAST_LEAD


def _to_try(witness: _Seen, seen: _Seen) -> Numbers:
    """Offsets around none, and around the one that lets both begin together: a clock may be years off."""
    window = np.arange(-_FARTHEST_S, _FARTHEST_S + _COARSE_S, _COARSE_S)
    together = round(float(witness.t[0] - seen.t[0]) / _COARSE_S) * _COARSE_S
    return window if abs(together) < _FARTHEST_S else np.concatenate([window, window + together])


def _peaks(values: Numbers) -> list[int]:
    """The highest values that are apart from each other."""
    left, found = values.copy(), list[int]()
    for _ in range(_PEAKS):
        at = int(left.argmax())
        found.append(at)
        left[max(0, at - 2) : at + 3] = -np.inf
    return found


def _give_or_take_s(score: Scoring, best: float, value: float) -> float:
    """How far the offset may be changed without fitting noticeably worse."""
    near = np.arange(-300.0, 301.0, 5.0)
    good = near[score(best + near) > value - _SURE_BY]
    return float(max(5.0, abs(good).max(initial=0.0)))


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


def _say(camera: str | None, offset: _Offset, witness: _Witness) -> Suggestion:
    text = (
        f"The clock of {_named(camera)} seems to be {_span(-offset.seconds)} (give or take "
        f"{offset.give_or_take_s:.0f} s): set right, {offset.fit} of {offset.compared} photos lie on the way of "
        f"{witness.name}, as it is {offset.fit_now}."
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
