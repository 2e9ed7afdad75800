"""What a trace costs: beside the bare router calls it makes, on one thread and on four, and in memory.

    python -m tests.bench.engine.cost --maps FOLDER [--interval 5min] [--photos 10000] [--turns 5]

Prints the memory of `image-tracer reconstruct` at its peak; CPU over that of the bare calls (the same questions once
more, each a call of an `Actor` that answers text; then with `json.loads` of every answer) for all inputs of the
benchmark; and the time of one thread over that of four.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from connector.metadata.fix import Fix
from connector.metadata.fixes_json import read_fixes
from connector.routing.pool import Routers, open_routers
from connector.trace.build import Builder
from tests.bench.engine.compare import SHARED_BENCH, inputs
from tests.bench.engine.long import as_json, long_trip
from tests.bench.engine.raw import Bare, Listened, bare, took_s


@dataclass
class Sums:
    """CPU seconds, and what they were for."""

    ours: float = 0.0
    raw: float = 0.0
    read: float = 0.0
    calls: int = 0
    legs: int = 0


def beside_bare_calls(bench: Path, maps: Path, only: str) -> Sums:
    sums = Sums()
    with ExitStack() as opened:
        routers = {each.map_name: each for each in opened.enter_context(open_routers(maps, threads=1)).all}
        actors = {name: opened.enter_context(bare(maps, name)) for name in routers}
        for _, path in inputs(bench, ""):
            if only in path.parent.name:
                said = json.loads(path.read_text())
                _add(sums, read_fixes(said), Listened(routers[said["map"]]), actors[said["map"]])
    return sums


def _add(sums: Sums, fixes: Sequence[Fix], router: Listened, plain: Bare) -> None:
    began = time.process_time()
    trace = Builder(fixes, router).build()
    sums.ours += time.process_time() - began
    calls = plain.calls(router.asks)
    sums.raw += took_s(calls, read=False)
    sums.read += took_s(calls, read=True)
    sums.calls += len(calls)
    sums.legs += len(trace.legs)


def by_threads(maps: Path, fixes: Sequence[Fix], name: str, turns: int) -> tuple[list[float], list[float]]:
    """Seconds by one thread and by four, in turns: what disturbs one disturbs the other."""
    times: tuple[list[float], list[float]] = ([], [])
    with open_routers(maps, [name], threads=1) as one, open_routers(maps, [name], threads=4) as four:
        for turn in range(turns + 1):
            for each, kept in ((one, times[0]), (four, times[1])):
                took = _took_s(fixes, each)
                if turn:  # the first opens the graphs
                    kept.append(took)
    return times


def _took_s(fixes: Sequence[Fix], routers: Routers) -> float:
    began = time.perf_counter()
    Builder(fixes, routers).build()
    return time.perf_counter() - began


def peak_mb(maps: Path, fixes: tuple[Fix, ...], name: str) -> float:
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        (here / "maps").symlink_to(maps.resolve())
        (here / "fixes.json").write_text(json.dumps(as_json(fixes)))
        line = [sys.executable, "-m", "connector.cli", "reconstruct", str(here / "fixes.json"), "--map", name]
        subprocess.run([*line, "-o", str(here / "out.geojson"), "--data", folder], check=True)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--maps", type=Path, required=True)
    parser.add_argument("--map", default="porto-alegre")
    parser.add_argument("--bench", type=Path, default=SHARED_BENCH)
    parser.add_argument("--interval", default="", help="only the inputs of that interval")
    parser.add_argument("--photos", type=int, default=10_000)
    parser.add_argument("--turns", type=int, default=5)
    arguments = parser.parse_args()
    long = long_trip(arguments.bench, arguments.map, arguments.photos)
    print(f"{len(long)} photos by `reconstruct`: {peak_mb(arguments.maps, long, arguments.map):.0f} MB at the peak")
    sums = beside_bare_calls(arguments.bench, arguments.maps, arguments.interval)
    plain, read = sums.ours / sums.raw, sums.ours / sums.read
    print(f"{sums.legs} legs, {sums.calls / sums.legs:.2f} calls per leg, CPU {sums.ours:.1f} s")
    print(f"CPU over that of the bare calls: {plain:.3f}; with json.loads: {read:.3f}")
    one, four = by_threads(arguments.maps, long[: len(long) // 5], arguments.map, arguments.turns)
    ratios = ", ".join(f"{a / b:.2f}" for a, b in zip(one, four, strict=True))
    print(f"one thread over four: {min(one) / min(four):.2f} (best of {len(one)}; in turns {ratios})")


if __name__ == "__main__":
    main()
