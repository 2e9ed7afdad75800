"""The engine beside plain G on the independent benchmark, in one process and on the same maps.

    python -m tests.bench.engine.compare --maps FOLDER [--bench ../shared/bench] [--trip NAME]

FOLDER holds the maps `liechtenstein` and `porto-alegre` (made by `image-tracer map add`). Prints per interval and kind
recall, precision, F1 and mode accuracy of both, the mean paired gain in F1 with its 95 % bootstrap interval, confidence
(AUC and calibration), and the cost: questions per leg, and CPU over that of the bare questions.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import random
import statistics
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from connector.metadata.fix import Fix
from connector.metadata.fixes_json import read_fixes
from connector.routing.pool import Routers, open_routers
from connector.routing.router import Ask, Route, Router
from connector.trace.build import Builder
from connector.trace.geojson import feature_collection
from tests.bench.engine.reference_g import GTrace, reconstruct

SHARED_BENCH = Path(__file__).resolve().parents[4] / "shared" / "bench"
Found = Mapping[str, Any]
"""A trace in the benchmark's output format."""


class Watched:
    """A router that counts its questions and the CPU time of answering them, all threads together."""

    def __init__(self, router: Router) -> None:
        self._router = router
        self.map_name, self.version = router.map_name, router.version
        self.covers, self.has_rails_at = router.covers, router.has_rails_at
        self.calls, self.cpu_s = 0, 0.0

    def routes(self, asks: Sequence[Ask]) -> list[Route | None]:
        began = time.process_time()
        found = self._router.routes(asks)
        self.cpu_s += time.process_time() - began
        self.calls += len(asks)
        return found

    def covering(self, *places: tuple[float, float]) -> Watched | None:
        return self if all(self.covers(lat, lon) for lat, lon in places) else None


@dataclass
class Cost:
    legs: int = 0
    calls: int = 0
    routing_s: float = 0.0
    all_s: float = 0.0

    def line(self) -> str:
        return (
            f"{self.legs} legs, {self.calls / self.legs:.2f} questions per leg, CPU {self.all_s:.1f} s, "
            f"{self.all_s / self.routing_s:.2f} x that of the questions"
        )


def ours(fixes: Sequence[Fix], router: Watched) -> tuple[Found, int]:
    trace = Builder(fixes, router).build()
    return feature_collection(trace), len(trace.legs)


def plain_g(fixes: Sequence[Fix], router: Watched) -> tuple[Found, int]:
    trace = reconstruct(fixes, router)
    return _as_geojson(trace), len(trace.legs)


def _as_geojson(trace: GTrace) -> Found:
    legs = [
        {
            "type": "Feature",
            "geometry": {"type": "LineString", "coordinates": [[lon, lat] for lat, lon in leg.line]},
            "properties": {
                "kind": "leg",
                "index": n,
                "from_stop": n,
                "to_stop": n + 1,
                "mode": leg.mode,
                "how": "routed",
                "confidence": leg.confidence,
                "distance_m": 0.0,
                "duration_s": leg.duration_s,
            },
        }
        for n, leg in enumerate(trace.legs)
    ]
    stops = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [stop.lon, stop.lat]},
            "properties": {"kind": "stop", "index": n, "photos": [each.asset_id for each in stop.sightings]},
        }
        for n, stop in enumerate(trace.stops)
    ]
    return {"features": [*legs, *stops], "unplaced": [{"id": each, "reason": ""} for each in trace.unplaced]}


def scorer(bench: Path) -> ModuleType:
    """The benchmark's own scoring program, as a module."""
    spec = importlib.util.spec_from_file_location("score", bench / "score.py")
    if spec is None or spec.loader is None:
        raise SystemExit(f"there is no score.py in {bench}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def inputs(bench: Path, only: str) -> Iterator[tuple[str, Path]]:
    for path in sorted((bench / "trips").glob("*/*.json")):
        if only in path.stem:
            yield path.parent.name, path


class Bench:
    """Runs one method over all inputs and scores what it finds. ``truth``: of the trip that is being looked at."""

    def __init__(self, bench: Path, routers: Routers, scratch: Path, only: str) -> None:
        self._bench, self._scratch, self._only = bench, scratch, only
        self.score = scorer(bench)
        self.truth = bench
        self._routers = {router.map_name: router for router in routers.all}

    def run(self, method: Callable[[Sequence[Fix], Watched], tuple[Found, int]]) -> tuple[list[dict[str, Any]], Cost]:
        rows, cost = [], Cost()
        for interval, path in inputs(self._bench, self._only):
            said = json.loads(path.read_text())
            router = Watched(self._routers[said["map"]])
            self.truth = self._bench / "truth" / f"{path.stem}.geojson"
            began = time.process_time()
            found, legs = method(read_fixes(said), router)
            cost.all_s += time.process_time() - began
            cost.legs, cost.calls, cost.routing_s = (
                cost.legs + legs,
                cost.calls + router.calls,
                cost.routing_s + router.cpu_s,
            )
            out = self._scratch / "found.geojson"
            out.write_text(json.dumps(found))
            rows.append(self.score.score_trip(str(path), str(self.truth), str(out), interval))
        return rows, cost

    def f1(self, row: Mapping[str, Any]) -> float:
        return float(self.score.f1(row["recall"], row["precision"]))


def interval_95(values: Sequence[float], again: int = 4000) -> tuple[float, float]:
    """Of the mean, by resampling."""
    rng = random.Random(0)
    means = sorted(statistics.mean(rng.choices(values, k=len(values))) for _ in range(again))
    return means[int(0.025 * again)], means[int(0.975 * again)]


def print_groups(bench: Bench, mine: Sequence[Mapping[str, Any]], theirs: Sequence[Mapping[str, Any]]) -> None:
    print(f"{'':24}{'ours: recall  prec.     F1   mode':36}{'G: recall  prec.     F1   mode':34}F1 gain")
    for interval in bench.score.INTERVALS:
        for mixed in (False, True):
            numbers = [n for n, row in enumerate(mine) if (row["interval"], row["mixed"]) == (interval, mixed)]
            if not numbers:
                continue
            a, b = (bench.score.summary([rows[n] for n in numbers]) for rows in (mine, theirs))
            figures = "".join(
                f"{each['recall']:12.3f}{each['precision']:7.3f}{each['f1']:7.3f}{each['mode']:7.3f} "
                for each in (a, b)
            )
            gain = statistics.mean(bench.f1(mine[n]) - bench.f1(theirs[n]) for n in numbers)
            kind = "several modes" if mixed else "one mode"
            print(f"{interval:6}{kind:14}({len(numbers):2}){figures}{gain:+8.4f}")


def print_confidence(bench: Bench, rows: Sequence[Mapping[str, Any]], title: str) -> None:
    found = bench.score.calibration([row for row in rows if row["interval"] in bench.score.CALIBRATED])
    bins = "  ".join(f"{said:.2f}/{right:.2f} ({count})" for count, said, right in found["bins"] if count)
    print(f"{title}: AUC {found['auc']:.3f}, right {found['right']:.3f}, said/right: {bins}")


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
        theirs, cost_g = bench.run(plain_g)
        mine, cost = bench.run(ours)
    print_groups(bench, mine, theirs)
    gains = [bench.f1(a) - bench.f1(b) for a, b in zip(mine, theirs, strict=True)]
    low, high = interval_95(gains)
    print(f"\nmean paired gain in F1 {statistics.mean(gains):+.4f} [{low:+.4f}, {high:+.4f}] over {len(gains)} inputs")
    for title, rows in (("ours", mine), ("G   ", theirs)):
        right, total = (sum(row[key] for row in rows) for key in ("mode_right", "mode_total"))
        print(f"{title}: mode accuracy by time {right / total:.3f}")
        print_confidence(bench, rows, title)
    print(f"ours: {cost.line()}\nG   : {cost_g.line()}\nCPU of ours over that of G: {cost.all_s / cost_g.all_s:.2f}")


if __name__ == "__main__":
    main()
