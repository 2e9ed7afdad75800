"""How the mode of a leg is found where there is no way by the likeliest, and how few questions that takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import osmium
import pytest
from osmium.osm.mutable import Node, Way

from connector.maps.registry import add_map
from connector.metadata.fix import Fix
from connector.routing.pool import open_routers
from connector.routing.router import Ask, Route, Router
from connector.trace.build import build
from connector.trace.model import How, Mode
from connector.trace.modes import COSTING
from connector.trace.shape import LatLon, distance_m
from connector.trace.travelled import candidate
from connector.trace.ways import Routers
from tests.tiny_network import LAT, LON, crossing
from tests.trace.written import M_PER_DEGREE, photo

WALK_MPS, CAR_MPS = 1.35, 9.0
BLOCK_DEG, BLOCKS = 0.002, 6
BRIDGE = BLOCKS // 2
"""The block that is a bridge for cars alone; six times as long as the others."""


def _corner(n: int) -> LatLon:
    return 46.0 + BLOCK_DEG * (n + (5 if n > BRIDGE else 0)), 8.0


@pytest.fixture(scope="module")
def by_the_bridge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Routers]:
    """A road north whose middle is a bridge that nobody may walk or cycle over."""
    folder = tmp_path_factory.mktemp("bridge")
    extract = folder / "bridge.osm.pbf"
    with osmium.SimpleWriter(str(extract)) as writer:
        for n in range(BLOCKS + 1):
            lat, lon = _corner(n)
            writer.add_node(Node(id=n + 1, location=(lon, lat), version=1))
        for n in range(BLOCKS):
            tags = {"highway": "trunk", "foot": "no", "bicycle": "no"} if n == BRIDGE else {"highway": "residential"}
            writer.add_way(Way(id=n + 1, nodes=[n + 1, n + 2], version=1, tags=tags))
    add_map(extract, "bridge", folder / "maps")
    with open_routers(folder / "maps") as routers:
        yield routers


def _walk(*, bridge_mps: float) -> list[Fix]:
    """A photo at every corner of a walk; over the bridge somebody gave them a lift."""
    t, seen = 0.0, [photo("p0", 0.0, _corner(0))]
    for n in range(BLOCKS):
        t += distance_m(_corner(n), _corner(n + 1)) / (bridge_mps if n == BRIDGE else WALK_MPS)
        seen.append(photo(f"p{n + 1}", t, _corner(n + 1)))
    return seen


def test_where_nobody_can_walk_another_mode_is_taken_whose_way_fits(by_the_bridge: Routers) -> None:
    trace = build(_walk(bridge_mps=12.0), by_the_bridge)

    assert [leg.mode for leg in trace.legs] == [Mode.CAR if n == BRIDGE else Mode.WALK for n in range(BLOCKS)]
    assert trace.legs[BRIDGE].how is How.ROUTED
    assert trace.legs[BRIDGE].distance_m == pytest.approx(distance_m(_corner(BRIDGE), _corner(BRIDGE + 1)), rel=0.01)


def test_no_mode_is_taken_whose_way_does_not_fit_either(by_the_bridge: Routers) -> None:
    """At the pace of a walk nobody drives over it: they were on a path that no map knows."""
    leg = build(_walk(bridge_mps=WALK_MPS), by_the_bridge).legs[BRIDGE]

    assert (leg.how, leg.mode) != (How.ROUTED, Mode.CAR)
    assert leg.reason is not None


@pytest.fixture(scope="module")
def town(tiny_maps: Path) -> Iterator[Routers]:
    with open_routers(tiny_maps) as routers:
        yield routers


class Listening:
    """The town's router, and what it was asked by which costing."""

    def __init__(self, town: Routers) -> None:
        router = town.covering(crossing(0, 0))
        assert router is not None
        self._router: Router = router
        self.map_name, self.version = router.map_name, router.version
        self.covers, self.has_rails_at = router.covers, router.has_rails_at
        self.costings: list[str] = []

    def routes(self, asks: Sequence[Ask]) -> list[Route | None]:
        self.costings += [ask.costing for ask in asks]
        return self._router.routes(asks)

    def covering(self, *places: LatLon) -> Listening | None:
        return self if all(self.covers(lat, lon) for lat, lon in places) else None


def _ride(corners: Sequence[LatLon], mps: float) -> list[Fix]:
    t, seen = 0.0, [photo("p0", 0.0, corners[0])]
    for n, (a, b) in enumerate(pairwise(corners), 1):
        t += distance_m(a, b) / mps
        seen.append(photo(f"p{n}", t, b))
    return seen


def _streets(first: int, last: int) -> list[LatLon]:
    """Every crossing of those rows, to and fro."""
    return [crossing(row, column if row % 2 else 10 - column) for row in range(first, last + 1) for column in range(11)]


@pytest.mark.parametrize(("mps", "mode"), [(1.35, Mode.WALK), (4.0, Mode.BICYCLE), (9.0, Mode.CAR)])
def test_what_is_not_the_mode_is_found_out_by_asking_for_a_few_legs(town: Routers, mps: float, mode: Mode) -> None:
    router = Listening(town)
    trace = build(_ride(_streets(2, 7), mps), router)

    assert {leg.mode for leg in trace.legs} == {mode}
    others = Counter(costing for costing in router.costings if costing != COSTING[mode])
    assert others
    assert max(others.values()) < 0.6 * len(trace.legs)


def test_a_train_is_asked_for_only_where_both_ends_lie_by_rails(town: Routers) -> None:
    station, far_station = (LAT - 0.003, LON), (LAT - 0.003, LON + 0.04)
    by_rail, by_road = Listening(town), Listening(town)
    build(_ride([station, far_station], 15.0), by_rail)
    build(_ride(_streets(8, 10), 18.0), by_road)

    assert "train" in by_rail.costings
    assert "train" not in by_road.costings


@pytest.mark.parametrize(("off_m", "counts"), [(490.0, True), (510.0, False)])
def test_a_way_that_ends_too_far_from_its_photo_is_none(off_m: float, counts: bool) -> None:
    """A router takes the nearest road, kilometres away if it must, and says it found the way."""
    road = LAT + off_m / M_PER_DEGREE, LON
    route = Route(shape="", start=road, end=road, length_m=0.0, time_s=1.0)

    assert (candidate(route, road, (LAT, LON)) is not None) is counts
    assert (candidate(route, (LAT, LON), road) is not None) is counts
