"""How sure a routed leg is: the probability that at least 80 % of it is right."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import median

from connector.trace.model import Mode
from connector.trace.modes import Candidate, Gap, ends_off, slowness

_USUAL_SLOWNESS = 0.25
_LEAST_LEGS = 3
_CERTAIN, _UNCERTAIN = 0.995, 0.02


def pace(gaps: Sequence[Gap], modes: Sequence[Mode], ways: Sequence[Candidate | None]) -> Mapping[Mode, float]:
    """How much slower (faster: below 0) than the map expects somebody went throughout, per mode.

    Where a map's speeds are wrong every leg is too fast or too slow, and that says nothing about a single one.
    A little slower than a map expects is what everybody is.
    """
    seen: dict[Mode, list[float]] = {}
    for gap, mode, way in zip(gaps, modes, ways, strict=True):
        if way is not None:
            seen.setdefault(mode, []).append(slowness(gap, way))
    middles = {mode: median(values) for mode, values in seen.items() if len(values) >= _LEAST_LEGS}
    return {mode: min(0.0, middle) + max(0.0, middle - _USUAL_SLOWNESS) for mode, middle in middles.items()}


def confidence(gap: Gap, way: Candidate, pace_of_mode: float, mode_confidence: float) -> float:
    """Logistic regression, fitted on simulated trips and drives in one country and judged on those in another.

    Over pace, distance, detour, time without a photo, distance of the ends from the photos, and certainty of the mode.
    Of pace and detour the first part says most: who rested for two hours went no other way than who rested for one.
    """
    x = slowness(gap, way) - pace_of_mode
    far_m = max(gap.far_m, 50.0)
    detour = math.log(max(way.route.length_m, 1.0) / far_m)
    z = 3.70 - 0.39 * math.log(far_m / 500)
    z += (1.53 * max(0.0, x - 1.0) - 2.06 * max(0.0, x - 0.1)) if x > 0 else _faster(-x)
    z += (1.26 * max(0.0, detour - 0.4) - 1.91 * detour) if detour > 0 else 0.33 * detour
    z += -0.17 * math.log(gap.waited_s / 120) - 0.87 * max(0.0, math.log(gap.waited_s / 600))
    z += -0.178 * ends_off(gap, way) + 0.086 * _logit(mode_confidence)
    return 1 / (1 + math.exp(-z))


def _faster(x: float) -> float:
    """What it counts that somebody went faster than usual by ``x``, ln of the times."""
    return 0.97 * max(0.0, x - 0.5) - 3.78 * max(0.0, x - 0.1)


def _logit(share: float) -> float:
    inside = min(_CERTAIN, max(_UNCERTAIN, share))
    return math.log(inside / (1 - inside))
