"""How every leg was travelled: what each mode would make of it, and the likeliest modes of all legs together."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from connector.routing.router import Route
from connector.trace.model import Mode

MODES = (Mode.WALK, Mode.BICYCLE, Mode.CAR, Mode.TRAIN)
"""What a router is asked for. Ferries are found on the ways of these, flights without a router."""
COSTING = {
    Mode.WALK: "pedestrian",
    Mode.BICYCLE: "bicycle",
    Mode.CAR: "auto",
    Mode.TRAIN: "train",
    Mode.FERRY: "pedestrian",
}
FASTEST_MPS = {Mode.WALK: 2.2, Mode.BICYCLE: 9.0, Mode.CAR: 38.0, Mode.TRAIN: 60.0}
PRIOR = {Mode.WALK: 0.43, Mode.BICYCLE: 0.19, Mode.CAR: 0.34, Mode.TRAIN: 0.04}
PACES = (-0.25, 0.0, 0.25)
"""ln of how much slower than the map expects somebody is by a mode for a while: brisk, as expected, at leisure."""
_USUAL = _SELDOM, _OFTEN, _SELDOM = (0.24, 0.52, 0.24)
"""How usual each of them is."""
_LN_USUAL = _LN_SELDOM, _LN_OFTEN, _LN_SELDOM = (math.log(_SELDOM), math.log(_OFTEN), math.log(_SELDOM))
Paced = tuple[float, float, float]
"""ln of likelihoods, one per pace."""
_AT_FIRST: list[Paced] = [
    (math.log(p) + _LN_SELDOM, math.log(p) + _LN_OFTEN, math.log(p) + _LN_SELDOM) for p in map(PRIOR.__getitem__, MODES)
]
NO_ANSWER: Paced = (-8.0, -8.0, -8.0)
"""One photo of fifty lies where nobody was: where no way leads, two changes of mode may cost more than that."""
_EXPECTED_MPS = {Mode.WALK: (0.6, 1.42), Mode.BICYCLE: (1.2, 6.0), Mode.CAR: (1.0, 18.0), Mode.TRAIN: (6.0, 28.0)}
"""Speeds along the straight line that a way by that mode is expected to have, when nobody was asked yet."""
_LN_EXPECTED_MPS = {mode: (math.log(slow), math.log(fast)) for mode, (slow, fast) in _EXPECTED_MPS.items()}

_MOVING = {Mode.TRAIN: (0.5, 0.45)}
_MOVING_ELSE = (0.08, 0.2)
"""Middle and spread of the slowness of somebody who moves at the second pace; a train stops at stations."""
_ERRORS = 3.5
"""By how much of its position's error the length of a way may be off."""
_RESTING, _RESTING_LONG, _RESTING_AFTER_S, _RESTING_SCALE = 0.15, 0.4, 2400.0, 1.5
"""The share of those who rest on the way at once and in very long gaps, and the gap in which it has grown by most."""
_NONSENSE = 1e-3
"""However odd the time: it may be that of a photo that was placed wrongly."""
_CYCLING_MPS, _PUSHING = 3.3, 0.6
"""Nobody takes a bicycle where it has to be pushed: ways slower than that count against it."""
_ON_TRACK, _ON_TRACK_SIGMAS = 1.5, 2.0
"""ln of how many times more photos lie so near to tracks when they are taken on a train; trams share streets."""
_TOO_FAST_MPS = {Mode.WALK: (2.2, 0.6), Mode.BICYCLE: (8.5, 1.5), Mode.FERRY: (15.0, 3.0)}
"""Up to which speed a camera's word says nothing against a mode, and the spread beyond; all others may be fast."""
_STANDING_MPS, _TOO_SLOW_MPS = 0.8, {Mode.BICYCLE: (2.8, 1.0)}
"""From which speed on it says nothing against it, and the spread below; a car crawls, and everybody stands at times."""
_WRONG_SPEED = 0.02
"""The share of speeds that are nonsense."""
_OFFSET_WEIGHT, _OFFSET_LIMIT = 0.2, 16.0
_LEAST_ERROR_M = 8.0
"""No photo lies nearer to its road than that for sure, whatever it says of itself."""
_LINGERING_MPS, _LINGERING_M = 0.5, 50.0
_STAY_S, _LONG_GAP_S = 60.0, 900.0
_CHANGE_AT_STAY, _CHANGE, _CHANGE_OF_PACE = -4.5, -14.0, -1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """What is known of a leg, or of several in a row, before its way is.

    ``far_m`` and ``waited_s`` lie between its ends.
    """

    far_m: float
    waited_s: float
    sigma_m: float
    stayed_s: float
    """How long the stop before it lasted."""
    longest_s: float
    """The longest time without a photo."""
    speeds_mps: tuple[float, ...] = ()
    """What the cameras say of the speed at its ends and between."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A way for a leg by one mode. ``offsets_m``: stop to end of the way, both ends."""

    route: Route
    offsets_m: tuple[float, float]


def feasible(gap: Gap, mode: Mode) -> bool:
    """Whether the mode is fast enough."""
    return gap.far_m <= 300 or gap.far_m / gap.waited_s <= 1.6 * FASTEST_MPS[mode]


def slowness(gap: Gap, candidate: Candidate) -> float:
    """ln of the time it took over the time the map expects."""
    return math.log(max(gap.waited_s, 1.0) / max(candidate.route.time_s, 1.0))


def lingers(gap: Gap) -> bool:
    """Whether somebody hardly moved: that says nothing about the mode."""
    if gap.far_m <= 2.5 * gap.sigma_m and gap.waited_s <= 120:
        return True
    return gap.far_m < _LINGERING_M + 2 * gap.sigma_m and gap.far_m / gap.waited_s < _LINGERING_MPS


def likelihood(gap: Gap, mode: Mode, candidate: Candidate | None) -> Paced:
    """ln of the likelihood of the leg when travelled so, per pace; None: there is no such way."""
    if candidate is None:
        return NO_ANSWER
    said = said_by_speeds(gap, mode) - _OFFSET_WEIGHT * ends_off(gap, candidate)
    if lingers(gap):
        return said, said, said
    said += _on_track(gap, mode, candidate) - _pushed(mode, candidate.route)
    x = slowness(gap, candidate)
    brisk, usual, slow = _times(gap, mode, [x - pace for pace in PACES], candidate.route.length_m)
    return said + brisk, said + usual, said + slow


def ends_off(gap: Gap, candidate: Candidate) -> float:
    """How far both ends of the way are from where they should be, in squared errors of a position; at most 32."""
    scale_m = max(_LEAST_ERROR_M, gap.sigma_m)
    from_start, from_end = candidate.offsets_m
    return min(_OFFSET_LIMIT, (from_start / scale_m) ** 2) + min(_OFFSET_LIMIT, (from_end / scale_m) ** 2)


def _on_track(gap: Gap, mode: Mode, candidate: Candidate) -> float:
    """What it counts for a train that both ends lie on its tracks, which are few beside the roads."""
    if mode is not Mode.TRAIN:
        return 0.0
    near_m = _ON_TRACK_SIGMAS * max(_LEAST_ERROR_M, gap.sigma_m)
    return _ON_TRACK if max(candidate.offsets_m) <= near_m else 0.0


def _pushed(mode: Mode, route: Route) -> float:
    """What it counts against cycling that the way is so slow."""
    if mode is not Mode.BICYCLE or route.length_m >= _CYCLING_MPS * route.time_s:
        return 0.0
    return _PUSHING * min(2.0, math.log(_CYCLING_MPS * route.time_s / max(route.length_m, 1.0)))


def said_by_speeds(gap: Gap, mode: Mode) -> float:
    """What the cameras' speeds say against the mode: that they are too fast or too slow for it.

    A speed speaks for the way before the photo and for the one after it, for each by half.
    """
    if not gap.speeds_mps:
        return 0.0
    off = (_spreads_off(speed_mps, mode) for speed_mps in gap.speeds_mps)
    return 0.5 * math.fsum(math.log((1 - _WRONG_SPEED) * math.exp(-0.5 * each**2) + _WRONG_SPEED) for each in off)


def _spreads_off(speed_mps: float, mode: Mode) -> float:
    """How far the speed is from those of the mode, in their spreads; 0: nowhere."""
    fast, slow = _TOO_FAST_MPS.get(mode), _TOO_SLOW_MPS.get(mode)
    if fast is not None and speed_mps > fast[0]:
        return (speed_mps - fast[0]) / fast[1]
    if slow is not None and _STANDING_MPS < speed_mps < slow[0]:
        return (slow[0] - speed_mps) / slow[1]
    return 0.0


def hoped_for(gap: Gap, modes: Sequence[Mode] = MODES) -> dict[Mode, Paced]:
    """What :func:`likelihood` will hardly exceed, before a router was asked.

    No answer is expected by a mode that is not one of ``modes``, or too slow.
    """
    hopes: dict[Mode, Paced] = dict.fromkeys(MODES, NO_ANSWER)
    if lingers(gap):
        said = {mode: said_by_speeds(gap, mode) for mode in modes}
        return hopes | {mode: (each, each, each) for mode, each in said.items()}
    least = math.log(gap.waited_s / (gap.far_m + 2 * gap.sigma_m)) - PACES[-1]
    most = math.log(gap.waited_s / max(gap.far_m - 2 * gap.sigma_m, 1.0)) - PACES[0]
    for mode in modes:
        if feasible(gap, mode):
            slow, fast = _LN_EXPECTED_MPS[mode]
            middle, _ = _MOVING.get(mode, _MOVING_ELSE)
            x = min(most + fast, max(middle, least + slow))
            hope = said_by_speeds(gap, mode) + _times(gap, mode, (x,), 1.3 * gap.far_m)[0]
            hope += _ON_TRACK if mode is Mode.TRAIN else 0.0
            hopes[mode] = hope, hope, hope
    return hopes


def _times(gap: Gap, mode: Mode, slow: Sequence[float], long_m: float) -> list[float]:
    """ln of the likelihood of each slowness: somebody moves about as fast as the map expects, or rests on the way."""
    middle, spread = _MOVING.get(mode, _MOVING_ELSE)
    s = math.sqrt(spread**2 + min(1.0, (_ERRORS * gap.sigma_m / max(long_m, 20.0)) ** 2))
    resting = _RESTING_LONG - (_RESTING_LONG - _RESTING) * math.exp(-gap.waited_s / _RESTING_AFTER_S)
    moves, rests = (1 - resting) / (s * 2.5066), resting / _RESTING_SCALE
    exact = -0.5 / (s * s)
    return [
        math.log(
            moves * math.exp(exact * (x - middle) * (x - middle))
            + rests * (math.exp(-x / _RESTING_SCALE) if x > 0 else 0.5 * math.exp(exact * x * x))
            + _NONSENSE
        )
        for x in slow
    ]


def change(before: Gap, gap: Gap) -> float:
    """ln of the likelihood that the mode changes between the two."""
    stays = gap.stayed_s > _STAY_S or any(each.waited_s > _STAY_S and lingers(each) for each in (before, gap))
    long = max(before.longest_s, gap.longest_s) > _LONG_GAP_S
    return _CHANGE_AT_STAY if stays or long else _CHANGE


_ALMOST_NOTHING = 1e-300
_Step = tuple[Sequence[Paced], Sequence[float]]
"""How likely every mode and pace of a leg is with the likeliest of those before it, and every mode at its best pace."""


def most_likely(changes: Sequence[float], scores: Sequence[Mapping[Mode, Paced]]) -> list[Mode]:
    """The likeliest modes of all legs together, each at the pace that makes them likeliest (Viterbi).

    ``changes``: what a change of mode costs before each leg but the first.
    A pace is kept, or changed at a small cost: who walks fast is told from one who cycles slowly by always being so.
    """
    return _traced(changes, _steps(changes, scores)) if scores else []


def plausibility(changes: Sequence[float], scores: Sequence[Mapping[Mode, Paced]]) -> float:
    """ln of how likely the likeliest modes of all legs are together; 0: there is no leg."""
    if not scores:
        return 0.0
    _, tops = _steps(changes, scores)[-1]
    return max(tops)


def _steps(changes: Sequence[float], scores: Sequence[Mapping[Mode, Paced]]) -> list[_Step]:
    first = [scores[0][mode] for mode in MODES]
    best: list[Paced] = [(a + b, c + d, e + f) for (a, c, e), (b, d, f) in zip(_AT_FIRST, first, strict=True)]
    steps: list[_Step] = [(best, [max(paces) for paces in best])]
    for cost, score in zip(changes, scores[1:], strict=True):
        steps.append(_next(steps[-1], cost, score))
    return steps


def _next(before: _Step, cost: float, score: Mapping[Mode, Paced]) -> _Step:
    """One leg later. Written out, without a call: this is run for every leg again and again."""
    best, tops = before
    other = max(tops) + cost
    out: list[Paced] = []
    highest: list[float] = []
    for mode, top, (brisk, usual, slow) in zip(MODES, tops, best, strict=True):
        a, b, c = score[mode]
        begun = top + _CHANGE_OF_PACE
        begun = begun if begun > other else other
        seldom, often = begun + _LN_SELDOM, begun + _LN_OFTEN
        brisk = (brisk if brisk > seldom else seldom) + a
        usual = (usual if usual > often else often) + b
        slow = (slow if slow > seldom else seldom) + c
        out.append((brisk, usual, slow))
        high = brisk if brisk > usual else usual
        highest.append(high if high > slow else slow)
    return out, highest


def _traced(changes: Sequence[float], steps: Sequence[_Step]) -> list[Mode]:
    """The way back through the steps from the likeliest end."""
    mode, pace = _top(steps[-1])
    path = [mode]
    for cost, before in zip(reversed(changes), reversed(steps[:-1]), strict=True):
        best, tops = before
        same, top = best[mode], tops[mode]
        new, other = max(tops) + cost, top + _CHANGE_OF_PACE
        if same[pace] < (new if new > other else other) + _LN_USUAL[pace]:
            mode, pace = _top(before) if new > other else (mode, same.index(top))
        path.append(mode)
    return [MODES[mode] for mode in reversed(path)]


def _top(step: _Step) -> tuple[int, int]:
    """The likeliest mode and its likeliest pace, by their numbers."""
    best, tops = step
    mode = tops.index(max(tops))
    return mode, best[mode].index(tops[mode])


def certainty(changes: Sequence[float], scores: Sequence[Mapping[Mode, Paced]], modes: Sequence[Mode]) -> list[float]:
    """The probability of the mode of every leg, all considered together (forward and backward)."""
    if not scores:
        return []
    rows = [[math.exp(each) + _ALMOST_NOTHING for mode in MODES for each in score[mode]] for score in scores]
    forward = _forward(changes, rows, [math.exp(each) for paces in _AT_FIRST for each in paces])
    backward = _forward(changes[::-1], rows[::-1], _USUAL * len(MODES))[::-1]
    out: list[float] = []
    for ahead, back, row, mode in zip(forward, backward, rows, modes, strict=True):
        both = [a * b / (each * usual) for a, b, each, usual in zip(ahead, back, row, _USUAL * len(MODES), strict=True)]
        first = MODES.index(mode) * len(PACES)
        out.append(sum(both[first : first + len(PACES)]) / sum(both) if sum(both) > 0 else 1 / len(MODES))
    return out


def _forward(changes: Sequence[float], rows: Sequence[Sequence[float]], start: Sequence[float]) -> list[list[float]]:
    """Probability of every mode at every pace with all that comes before, per leg, scaled to a sum of 1."""
    out = [_scaled([usual * likely for usual, likely in zip(start, rows[0], strict=True)])]
    pace = math.exp(_CHANGE_OF_PACE)
    for cost, row in zip(changes, rows[1:], strict=True):
        before, other = out[-1], math.exp(cost)
        new: list[float] = []
        for n in range(0, len(row), len(PACES)):
            brisk, usual, slow = before[n : n + len(PACES)]
            share = brisk + usual + slow
            begun = share * pace + (1 - share) * other
            seldom = begun * _SELDOM
            new += ((brisk + seldom) * row[n], (usual + begun * _OFTEN) * row[n + 1], (slow + seldom) * row[n + 2])
        out.append(_scaled(new))
    return out


def _scaled(row: Sequence[float]) -> list[float]:
    whole = sum(row)
    return [value / whole for value in row] if whole > 0 else [1 / len(row)] * len(row)
