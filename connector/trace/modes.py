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
NO_ANSWER = -14.0
#: speeds along the straight line that a way by that mode is expected to have, when nobody was asked yet
_EXPECTED_MPS = {Mode.WALK: (0.6, 1.42), Mode.BICYCLE: (2.0, 6.0), Mode.CAR: (4.0, 18.0), Mode.TRAIN: (6.0, 28.0)}

_MOVING = {Mode.TRAIN: (0.5, 0.45)}
_MOVING_ELSE = (0.08, 0.3)
"""Middle and spread of the slowness of somebody who moves; a train stops at stations, which the map does not know."""
_STEADY_S = 600.0
_HASTE = {Mode.WALK: 0.25}
"""The spread to the fast side beyond so many seconds: nobody walks much faster than others for ten minutes."""
_RESTING_SHARE, _RESTING_SCALE = 0.3, 1.5
_TOO_FAST_MPS = {Mode.WALK: (2.2, 0.6), Mode.BICYCLE: (8.5, 1.5), Mode.FERRY: (15.0, 3.0)}
"""Up to which speed a camera's word says nothing against a mode, and the spread beyond; all others may be fast."""
_STANDING_MPS, _TOO_SLOW_MPS = 0.8, {Mode.BICYCLE: (2.8, 1.0)}
"""From which speed on it says nothing against it, and the spread below; a car crawls, and everybody stands at times."""
_WRONG_SPEED = 0.02
"""The share of speeds that are nonsense."""
_OFFSET_WEIGHT, _OFFSET_LIMIT = 0.25, 16.0
_LINGERING_MPS, _LINGERING_M = 0.5, 50.0
_STAY_S, _LONG_GAP_S = 60.0, 900.0
_CHANGE_AT_STAY, _CHANGE = -4.5, -12.0


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


def likelihood(gap: Gap, mode: Mode, candidate: Candidate | None) -> float:
    """ln of the likelihood of the leg when travelled so; None: there is no such way."""
    if candidate is None:
        return NO_ANSWER
    scale = max(8.0, gap.sigma_m)
    ends = sum(min(_OFFSET_LIMIT, (offset / scale) ** 2) for offset in candidate.offsets_m)
    time = 0.0 if lingers(gap) else _time(gap, mode, slowness(gap, candidate), candidate.route.length_m)
    return time + said_by_speeds(gap, mode) - _OFFSET_WEIGHT * ends


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


def hoped_for(gap: Gap, mode: Mode) -> float:
    """What :func:`likelihood` will hardly exceed, before a router was asked."""
    said = said_by_speeds(gap, mode)
    if lingers(gap):
        return said
    slow, fast = _EXPECTED_MPS[mode]
    least = math.log(gap.waited_s * slow / (gap.far_m + 2 * gap.sigma_m))
    most = math.log(gap.waited_s * fast / max(gap.far_m - 2 * gap.sigma_m, 1.0))
    middle, _ = _MOVING.get(mode, _MOVING_ELSE)
    return said + _time(gap, mode, min(most, max(middle, least)), 1.3 * gap.far_m)


def _time(gap: Gap, mode: Mode, x: float, long_m: float) -> float:
    """Somebody moves about as fast as the map expects, or rests on the way. ``x``: the slowness."""
    middle, spread = _MOVING.get(mode, _MOVING_ELSE)
    haste = _HASTE.get(mode, spread) if gap.waited_s > _STEADY_S else spread
    noise = min(1.0, (2.0 * gap.sigma_m / max(long_m, 20.0)) ** 2)
    slow, fast = math.sqrt(spread**2 + noise), math.sqrt(haste**2 + noise)
    s = fast if x < middle else slow
    move = math.exp(-0.5 * ((x - middle) / s) ** 2) / ((slow + fast) / 2 * 2.5066)
    rest = math.exp(-x / _RESTING_SCALE) if x > 0 else 0.5 * math.exp(-0.5 * (x / s) ** 2)
    return math.log((1 - _RESTING_SHARE) * move + _RESTING_SHARE * rest / _RESTING_SCALE + 1e-9)


def change(before: Gap, gap: Gap) -> float:
    """ln of the likelihood that the mode changes between the two."""
    stays = gap.stayed_s > _STAY_S or any(each.waited_s > _STAY_S and lingers(each) for each in (before, gap))
    long = max(before.longest_s, gap.longest_s) > _LONG_GAP_S
    return _CHANGE_AT_STAY if stays or long else _CHANGE


def most_likely(changes: Sequence[float], scores: Sequence[Mapping[Mode, float]]) -> list[Mode]:
    """The likeliest modes of all legs together (Viterbi).

    ``changes``: what a change of mode costs before each leg but the first.
    """
    if not scores:
        return []
    best = {mode: math.log(PRIOR[mode]) + score for mode, score in scores[0].items()}
    came: list[Mapping[Mode, Mode]] = []
    for cost, score in zip(changes, scores[1:], strict=True):
        top = max(best, key=best.__getitem__)
        step = {mode: mode if best[mode] >= best[top] + cost else top for mode in best}
        best = {mode: max(best[mode], best[top] + cost) + score[mode] for mode in best}
        came.append(step)
    path = [max(best, key=best.__getitem__)]
    for before in reversed(came):
        path.append(before[path[-1]])
    return path[::-1]


def certainty(changes: Sequence[float], scores: Sequence[Mapping[Mode, float]], modes: Sequence[Mode]) -> list[float]:
    """The probability of the mode of every leg, all considered together (forward and backward)."""
    if not scores:
        return []
    forward = _forward(changes, scores, PRIOR)
    backward = _forward(changes[::-1], scores[::-1], dict.fromkeys(PRIOR, 1.0))[::-1]
    out: list[float] = []
    for ahead, back, score, mode in zip(forward, backward, scores, modes, strict=True):
        both = {each: ahead[each] * back[each] / max(math.exp(score[each]), 1e-300) for each in score}
        out.append(both[mode] / sum(both.values()) if sum(both.values()) > 0 else 1.0 / len(both))
    return out


def _forward(
    changes: Sequence[float], scores: Sequence[Mapping[Mode, float]], start: Mapping[Mode, float]
) -> list[Mapping[Mode, float]]:
    """Probability of every mode with all that comes before, per leg, scaled to a sum of 1."""
    rows = [_scaled({mode: start[mode] * math.exp(score) for mode, score in scores[0].items()})]
    for cost, score in zip(changes, scores[1:], strict=True):
        other = math.exp(cost)
        before = rows[-1]
        rows.append(
            _scaled({mode: (before[mode] + (1 - before[mode]) * other) * math.exp(score[mode]) for mode in score})
        )
    return rows


def _scaled(row: Mapping[Mode, float]) -> Mapping[Mode, float]:
    whole = sum(row.values())
    return {mode: value / whole for mode, value in row.items()} if whole > 0 else dict.fromkeys(row, 1 / len(row))
