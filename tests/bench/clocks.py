"""How well the offset between two cameras is found, on the trips of ../shared/bench.

    python -m tests.bench.clocks [--place liechtenstein|porto-alegre] [--interval 5min]... [--seeds N]

Every trip with at least 20 photos is shared out between two cameras by chance, and the clock of one is shifted. Prints
per interval how often the offset was proposed within 60 s, not at all, or wrongly, and how often one was proposed where
there is none. The thresholds of `connector/trace/clocks.py` were chosen on the Liechtenstein trips alone.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from connector.metadata.fix import Fix
from connector.trace.clocks import suggestions

TRIPS = Path(__file__).resolve().parents[3] / "shared" / "bench" / "trips"
INTERVALS = ("30s", "2min", "5min", "15min")
SHIFTS_S = (37, -45, 90, -300, 1234, -3600, 7200, 10_800)
NEAR_S = 60


def trips(interval: str, place: str) -> Iterator[list[Fix]]:
    """The photos of every trip at that interval that has at least 20."""
    for path in sorted((TRIPS / interval).glob(f"{place}-*.json")):
        fixes = [
            Fix(
                asset_id=each["id"],
                instant=datetime.fromisoformat(each["time"]),
                lat=each["lat"],
                lon=each["lon"],
                accuracy_m=each["accuracy_m"],
            )
            for each in json.loads(path.read_text())["fixes"]
        ]
        if len(fixes) >= 20:
            yield fixes


def party(fixes: Sequence[Fix], late_s: float, seed: int) -> list[Fix]:
    """The photos as if two cameras had taken them by turns, the clock of B late by so many seconds."""
    rng = random.Random(seed)
    cameras = [rng.choice("AB") for _ in fixes]
    late = timedelta(seconds=late_s)
    return [
        replace(fix, camera=camera, instant=fix.instant - late if camera == "B" and fix.instant else fix.instant)
        for fix, camera in zip(fixes, cameras, strict=True)
    ]


def found_s(fixes: Sequence[Fix]) -> float | None:
    """The seconds to add to the times of B, whichever camera was named; None: no offset was proposed."""
    offered = suggestions(fixes)
    if not offered or offered[0].seconds is None:
        return None
    return offered[0].seconds if offered[0].camera == "B" else -offered[0].seconds


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--place", default="porto-alegre")
    arguments.add_argument("--interval", action="append", choices=INTERVALS)
    arguments.add_argument("--seeds", type=int, default=2)
    said = arguments.parse_args()
    began, calls = time.process_time(), 0
    for interval in said.interval or INTERVALS:
        albums = [(fixes, seed) for fixes in trips(interval, said.place) for seed in range(said.seeds)]
        for shift in (0, *SHIFTS_S):
            got = [found_s(party(fixes, shift, seed)) for fixes, seed in albums]
            calls += len(got)
            near = sum(each is not None and abs(each - shift) <= NEAR_S for each in got)
            none = sum(each is None for each in got)
            wrong = len(got) - none - (near if shift else 0)
            right = none if shift == 0 else near
            print(
                f"{interval:>5} {shift:>7} s: right {right / len(got):4.0%} of {len(got)}, none {none}, wrong {wrong}"
            )
    print(f"CPU per album: {(time.process_time() - began) / max(1, calls) * 1000:.0f} ms")


if __name__ == "__main__":
    main()
