"""How sure a routed leg is: the probability that at least 80 % of it is right."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import median

from connector.trace.model import Mode
from connector.trace.modes import Candidate, Gap, slowness


def pace(gaps: Sequence[Gap], modes: Sequence[Mode], ways: Sequence[Candidate | None]) -> Mapping[Mode, float]:
    """How much faster than the map expects somebody went throughout, per mode (0 or less).

    Where a map's speeds are wrong every leg is too fast, and that says nothing about a single one.
    """
    seen: dict[Mode, list[float]] = {}
    for gap, mode, way in zip(gaps, modes, ways, strict=True):
        if way is not None:
            seen.setdefault(mode, []).append(slowness(gap, way))
    return {mode: min(0.0, median(values)) if len(values) >= 3 else 0.0 for mode, values in seen.items()}


def confidence(gap: Gap, way: Candidate, pace_of_mode: float) -> float:
    """Logistic regression over pace, distance, detour and position error (fitted on simulated trips)."""
    x = slowness(gap, way) - pace_of_mode
    far_m = max(gap.far_m, 50.0)
    z = 3.18 - 1.483 * max(0.0, x - 0.1) - 4.384 * max(0.0, -x - 0.1)
    z -= (
        0.684 * math.log(far_m / 500) + 1.688 * math.log(max(1.0, way.route.length_m / far_m)) + 0.38 * gap.sigma_m / 15
    )
    return 1 / (1 + math.exp(-z))
