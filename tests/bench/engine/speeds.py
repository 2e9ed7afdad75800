"""What a camera's speed is worth: the trips of the benchmark with and without it.

    python -m tests.bench.engine.speeds --maps FOLDER --scratch FOLDER [--bench ../shared/bench] [--trip NAME]

No photo of the benchmark carries a speed. Here six of ten get one from the true track: half a metre per second of
noise, five of a hundred are zero on the move and two of a hundred nonsense, as real files have them. Prints the mode
accuracy by time, and the mean paired gain in F1 with its 95 % bootstrap interval.
"""

from __future__ import annotations

import argparse
import random
import statistics
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from connector.metadata.fix import Fix
from connector.routing.pool import open_routers
from connector.trace.shape import distance_m
from tests.bench.engine.compare import SHARED_BENCH, Bench, Found, Watched, interval_95, ours

_CARRIED, _ZERO, _NONSENSE = 0.6, 0.05, 0.07
_NOISE_MPS, _STANDING_MPS = 0.5, 0.25


class Speedometer:
    """Gives photos the speeds of their trip's true track."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    def __call__(self, fixes: Sequence[Fix], router: Watched) -> tuple[Found, int]:
        truth = self._bench.score.Truth(str(self._bench.truth))
        rng = random.Random(self._bench.truth.stem)
        return ours([self._with_speed(fix, truth, rng) for fix in fixes], router)

    def _with_speed(self, fix: Fix, truth: Any, rng: random.Random) -> Fix:
        if fix.instant is None or rng.random() > _CARRIED:
            return fix
        speed, luck = self._true_mps(truth, fix.instant.timestamp()), rng.random()
        if luck < _ZERO:
            said = 0.0
        elif luck < _NONSENSE:
            said = rng.uniform(0, 30)
        else:
            said = abs(rng.gauss(speed, _NOISE_MPS if speed > _STANDING_MPS else _STANDING_MPS))
        return replace(fix, speed_mps=said)

    def _true_mps(self, truth: Any, t: float) -> float:
        for _, points, times in truth.legs:
            if times[0] <= t <= times[-1]:
                (lon_a, lat_a), (lon_b, lat_b) = (
                    self._bench.score.position(points, times, each) for each in (t - 1, t + 1)
                )
                return distance_m((lat_a, lon_a), (lat_b, lon_b)) / 2
        return 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--maps", type=Path, required=True)
    parser.add_argument("--bench", type=Path, default=SHARED_BENCH)
    parser.add_argument("--trip", default="", help="only trips whose name contains this")
    parser.add_argument("--scratch", type=Path, required=True, help="a folder for the files that are scored")
    arguments = parser.parse_args()
    arguments.scratch.mkdir(parents=True, exist_ok=True)
    with open_routers(arguments.maps, threads=1) as routers:
        bench = Bench(arguments.bench, routers, arguments.scratch, arguments.trip)
        without, _ = bench.run(ours)
        carried, _ = bench.run(Speedometer(bench))
    for title, rows in (("without", without), ("with   ", carried)):
        right, total = (sum(row[key] for row in rows) for key in ("mode_right", "mode_total"))
        print(f"{title} speeds: mode accuracy by time {right / total:.3f}")
    gains = [bench.f1(a) - bench.f1(b) for a, b in zip(carried, without, strict=True)]
    low, high = interval_95(gains)
    print(f"mean paired gain in F1 {statistics.mean(gains):+.4f} [{low:+.4f}, {high:+.4f}] over {len(gains)} inputs")


if __name__ == "__main__":
    main()
