"""Legs whose mode is known: train, ferry, flight, no map, impossible hop. What the engine makes of them.

    python -m tests.bench.engine.labelled --maps FOLDER      FOLDER: where maps with railways are (TRACER_DATA/maps)

Trains run along the tracks of those maps, ferries over a lake that is made up here (a shore with roads, ten crossings).
Prints the confusion matrix, the recall of every kind and the farthest a photo was moved.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import osmium
from osmium.osm.mutable import Node, Way

from connector.maps.registry import add_map
from connector.metadata.fix import Fix
from connector.routing.pool import Routers, open_routers
from connector.routing.router import Ask, Point
from connector.trace.build import build
from connector.trace.model import How, Mode
from connector.trace.shape import LatLon, Line, decode, distance_m

KINDS = ("train", "ferry", "flight", "off map", "hop")
METRE = 1 / 111_195
_START = datetime(2026, 5, 1, 8, tzinfo=UTC)
_LAKE_LAT, _LAKE_LON, _SHORE, _STEP = 46.0, 8.0, 11, 0.01
Seen = tuple[float, LatLon]
"""Seconds after the start, and where."""


@dataclass(frozen=True)
class Labelled:
    """Photos of a trip of which all legs are of one kind."""

    kind: str
    fixes: tuple[Fix, ...]


def trip(kind: str, seen: Sequence[Seen], rng: random.Random, sigma_m: float, burst: int = 2) -> Labelled:
    """Photos at those places, with noise; two of three come as a burst of so many."""
    fixes: list[Fix] = []
    for t, at in seen:
        for again in range(rng.choice((1, burst, burst))):
            lat, lon = (rng.gauss(value, sigma_m * METRE) for value in at)
            when = _START + timedelta(seconds=t + 4 * again)
            fixes.append(Fix(asset_id=f"p{len(fixes)}", instant=when, lat=lat, lon=lon, accuracy_m=sigma_m))
    return Labelled(kind, tuple(fixes))


def trains(routers: Routers, count: int, rng: random.Random) -> Iterator[Labelled]:
    """Rides of 3 to 25 km along the tracks of the maps, with two to five photos on board or at stations."""
    made = 0
    # the bench looks where rails are
    rails = [(router, sorted(cells)) for router in routers.all if (cells := getattr(router, "_rail_coverage").cells)]  # noqa: B009
    if not rails:
        raise SystemExit("no map here has railways: `image-tracer map add` liechtenstein and porto-alegre")
    while made < count:
        router, cells = rng.choice(rails)
        ends = [_in_cell(rng.choice(cells), rng) for _ in range(2)]
        points = tuple(Point(lat=lat, lon=lon, radius_m=500) for lat, lon in ends)
        route = router.routes([Ask(points=points, costing="train")])[0]
        if route is None or not 3_000 < route.length_m < 25_000:
            continue
        line, speed = Line.of([route.shape]), rng.uniform(9.0, 25.0)
        shares = [0.0, *sorted(rng.random() for _ in range(rng.randint(0, 3))), 1.0]
        yield trip("train", [(s * route.length_m / speed, line.at_share(s)) for s in shares], rng, rng.choice((5, 15)))
        made += 1


def _in_cell(cell: tuple[int, int], rng: random.Random) -> LatLon:
    return (cell[0] + rng.random()) * 0.01, (cell[1] + rng.random()) * 0.01


def write_lake(path: Path) -> Path:
    """Two shores with a road each, 4 km apart, and a ferry from every landing stage to the one opposite."""
    rows = {0: _LAKE_LAT, 1: _LAKE_LAT + 0.036}
    nodes = {(row, k): 1 + row * _SHORE + k for row in rows for k in range(_SHORE)}
    with osmium.SimpleWriter(str(path), overwrite=True) as writer:
        for (row, k), number in nodes.items():
            writer.add_node(Node(id=number, location=(_LAKE_LON + k * _STEP, rows[row]), version=1))
        for row in rows:
            shore = [nodes[row, k] for k in range(_SHORE)]
            writer.add_way(Way(id=row + 1, nodes=shore, version=1, tags={"highway": "secondary"}))
        for k in range(_SHORE):
            tags = {"route": "ferry", "duration": "00:18", "motor_vehicle": "no" if k % 2 else "yes"}
            writer.add_way(Way(id=10 + k, nodes=[nodes[0, k], nodes[1, k]], version=1, tags=tags))
    return path


def ferries(count: int, rng: random.Random) -> Iterator[Labelled]:
    """Crossings of the lake: photos at both landing stages, some also on board, some a minute early or late."""
    for _ in range(count):
        lon = _LAKE_LON + rng.randrange(_SHORE) * _STEP
        a, b = rng.sample([_LAKE_LAT, _LAKE_LAT + 0.036], 2)
        took = rng.uniform(900.0, 1500.0)
        shares = [0.0, *([rng.uniform(0.3, 0.7)] if rng.random() < 0.3 else []), 1.0]
        yield trip("ferry", [(s * took, (a + (b - a) * s, lon)) for s in shares], rng, rng.choice((5, 15)))


def flights(count: int, rng: random.Random) -> Iterator[Labelled]:
    """Between places 200 km to 10,000 km apart, up to two hours of waiting in it; one photo at each end."""
    made = 0
    while made < count:
        a, b = ((rng.uniform(-70, 70), rng.uniform(-180, 180)) for _ in range(2))
        far_m = distance_m(a, b)
        if 200_000 < far_m < 10_000_000:
            waited = rng.uniform(0.0, 1800.0 if far_m < 500_000 else 7200.0)
            yield trip("flight", [(0.0, a), (far_m / 220 + waited, b)], rng, 15, burst=1)
            made += 1


def off_map(count: int, rng: random.Random) -> Iterator[Labelled]:
    """Walks and drives where no map knows a road."""
    for _ in range(count):
        at = rng.uniform(-60, 60), rng.uniform(-175, -80)
        seen: list[Seen] = [(0.0, at)]
        for _ in range(rng.randint(1, 3)):
            far, mps = rng.choice(((800, 1.2), (5_000, 4.0), (15_000, 14.0)))
            (t, (lat, lon)) = seen[-1]
            seen.append((t + far / mps, (lat + far * METRE * rng.uniform(0.5, 1.0), lon)))
        yield trip("off map", seen, rng, 15)


def hops(boxes: Sequence[tuple[float, float, float, float]], count: int, rng: random.Random) -> Iterator[Labelled]:
    """From one place of a map to another one faster than anything drives, and too near for an aircraft."""
    made = 0
    while made < count:
        west, south, east, north = rng.choice(boxes)
        a, b = ((rng.uniform(south, north), rng.uniform(west, east)) for _ in range(2))
        if distance_m(a, b) > 3_000:
            yield trip("hop", [(0.0, a), (distance_m(a, b) / rng.uniform(90, 400), b)], rng, 15)
            made += 1


def found_kind(mode: Mode, how: How) -> str:
    """What a leg was taken for, in the words of the labels."""
    if mode is Mode.UNKNOWN:
        return "direct"
    return str(mode) if how is not How.DIRECT or mode is Mode.FLIGHT else "direct"


def run(maps: Path, count: int, seed: int) -> tuple[Counter[tuple[str, str]], float]:
    """How many legs of each kind were taken for what, and the farthest that a routed leg ends from its photos."""
    rng = random.Random(seed)
    seen: Counter[tuple[str, str]] = Counter()
    farthest = 0.0
    with tempfile.TemporaryDirectory() as scratch:
        lake = add_map(write_lake(Path(scratch) / "lake.osm.pbf"), "lake", Path(scratch) / "maps")
        with open_routers(maps) as routers, open_routers(lake.folder.parent) as on_lake:
            boxes = [box for router in routers.all if (box := getattr(router, "_coverage").box())]  # noqa: B009
            trips = [(each, routers) for each in trains(routers, count, rng)]
            trips += [(each, on_lake) for each in ferries(count, rng)]
            others = (*flights(count, rng), *off_map(count, rng), *hops(boxes, count, rng))
            trips += [(each, routers) for each in others]
            for labelled, asked in trips:
                trace = build(labelled.fixes, asked)
                where = {fix.asset_id: fix for fix in labelled.fixes}
                for leg in trace.legs:
                    seen[labelled.kind, found_kind(leg.mode, leg.how)] += 1
                    if leg.how is not How.DIRECT:
                        for stop, at in (
                            (leg.from_stop, decode(leg.shapes[0])[0]),
                            (leg.to_stop, decode(leg.shapes[-1])[-1]),
                        ):
                            away = min(
                                distance_m(at, (fix.lat or 0.0, fix.lon or 0.0))
                                for fix in map(where.__getitem__, trace.stops[stop].asset_ids)
                            )
                            farthest = max(farthest, away)
    return seen, farthest


RIGHT = {"train": "train", "ferry": "ferry", "flight": "flight", "off map": "direct", "hop": "direct"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--maps", type=Path, required=True)
    parser.add_argument("--count", type=int, default=40, help="trips of each kind")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    seen, farthest = run(arguments.maps, arguments.count, arguments.seed)
    columns = sorted({found for _, found in seen})
    print(f"{'':10}" + "".join(f"{each:>10}" for each in columns) + "    legs  recall")
    for kind in KINDS:
        row = [seen[kind, each] for each in columns]
        print(f"{kind:10}" + "".join(f"{n:10}" for n in row) + f"{sum(row):8}{seen[kind, RIGHT[kind]] / sum(row):8.2f}")
    print(f"farthest from a photo to where its routed leg ends: {farthest:.0f} m")


if __name__ == "__main__":
    main()
