"""How each leg was travelled, inferred over all legs together (Viterbi over walk, bicycle and car)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from connector.routing.router import Route
from connector.trace.model import Mode

ROAD_MODES = (Mode.WALK, Mode.BICYCLE, Mode.CAR)
COSTING = {Mode.WALK: "pedestrian", Mode.BICYCLE: "bicycle", Mode.CAR: "auto", Mode.TRAIN: "train"}
FASTEST_MPS = {Mode.WALK: 2.2, Mode.BICYCLE: 9.0, Mode.CAR: 38.0}
PRIOR = {Mode.WALK: math.log(0.45), Mode.BICYCLE: math.log(0.20), Mode.CAR: math.log(0.35)}
NO_ANSWER = -14.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """What is known of a leg before its way is: ``far_m`` and ``waited_s`` between its stops."""

    far_m: float
    waited_s: float
    sigma_m: float
    stayed_s: float
    """How long the stop before it lasted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A way for a leg by one mode. ``offsets_m``: stop to end of the way, both ends."""

    route: Route
    offsets_m: tuple[float, float]


def feasible(gap: Gap) -> list[Mode]:
    """The modes that are fast enough."""
    speed = gap.far_m / gap.waited_s
    return [mode for mode in ROAD_MODES if gap.far_m <= 300 or speed <= 1.6 * FASTEST_MPS[mode]]


def slowness(gap: Gap, candidate: Candidate) -> float:
    """ln of the time it took over the time the map expects."""
    return math.log(max(gap.waited_s, 1.0) / max(candidate.route.time_s, 1.0))


def emission(gap: Gap, candidate: Candidate | None) -> float:
    """Log-likelihood of the leg when travelled so."""
    if candidate is None:
        return NO_ANSWER
    ends = sum(min(16.0, (offset / max(8.0, gap.sigma_m)) ** 2) for offset in candidate.offsets_m)
    return _time(gap, candidate) - 0.25 * ends


def _time(gap: Gap, candidate: Candidate) -> float:
    if gap.far_m <= 2.5 * gap.sigma_m and gap.waited_s <= 120:
        return 0.0
    s = math.sqrt(0.3**2 + min(1.0, (1.5 * gap.sigma_m / max(candidate.route.length_m, 20.0)) ** 2))
    x = slowness(gap, candidate)
    move = math.exp(-0.5 * ((x - 0.08) / s) ** 2) / (s * 2.5066)
    rest = math.exp(-x / 1.5) / 1.5 if x > 0 else (0.5 / 1.5) * math.exp(-0.5 * (x / s) ** 2)
    return math.log(0.7 * move + 0.3 * rest + 1e-9)


def transition(before: Gap, gap: Gap) -> float:
    """Log-likelihood of a change of mode at the stop between the two legs."""
    return -4.0 if gap.stayed_s > 60 or before.waited_s > 900 or gap.waited_s > 900 else -9.0


def most_likely(gaps: Sequence[Gap], found: Sequence[Mapping[Mode, Candidate]]) -> list[Mode]:
    """The most likely mode of every leg, all considered together."""
    if not gaps:
        return []
    best = {mode: PRIOR[mode] + emission(gaps[0], found[0].get(mode)) for mode in ROAD_MODES}
    came: list[dict[Mode, Mode]] = []
    for n in range(1, len(gaps)):
        change = transition(gaps[n - 1], gaps[n])
        step = {mode: _from(mode, best, change) for mode in ROAD_MODES}
        came.append({mode: before for mode, (before, _) in step.items()})
        best = {mode: score + emission(gaps[n], found[n].get(mode)) for mode, (_, score) in step.items()}
    return _walk_back(best, came)


def _from(mode: Mode, best: Mapping[Mode, float], change: float) -> tuple[Mode, float]:
    scores = {before: score + (0.0 if before is mode else change) for before, score in best.items()}
    before = max(scores, key=lambda each: (scores[each], each is mode))
    return before, scores[before]


def _walk_back(best: Mapping[Mode, float], came: Sequence[Mapping[Mode, Mode]]) -> list[Mode]:
    last = max(best, key=lambda mode: best[mode])
    path = [last]
    for step in reversed(came):
        path.append(step[path[-1]])
    return path[::-1]
