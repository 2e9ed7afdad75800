"""A trip over two maps that do not touch: each leg by the map that knows its roads, the one between by none."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connector.maps.registry import add_map
from connector.routing.pool import Routers, open_routers
from connector.trace.build import Builder
from connector.trace.edits import Logged, SetMode
from connector.trace.model import How, Mode
from connector.trace.shape import decode, distance_m
from tests.tiny_network import crossing, write_extract
from tests.trace.written import photo

NORTH_DEG = 0.5
STREETS = ((1, 1), (1, 4), (4, 4), (4, 8))


@pytest.fixture(scope="module")
def two_towns(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Routers]:
    folder = tmp_path_factory.mktemp("two-towns")
    add_map(write_extract(folder / "south.osm.pbf"), "south", folder / "maps")
    add_map(write_extract(folder / "north.osm.pbf", north_deg=NORTH_DEG), "north", folder / "maps")
    with open_routers(folder / "maps") as routers:
        yield routers


def _north(at: tuple[float, float]) -> tuple[float, float]:
    return at[0] + NORTH_DEG, at[1]


def test_each_leg_by_the_map_that_knows_its_roads(two_towns: Routers) -> None:
    south = [photo(f"s{n}", n * 600, crossing(*at)) for n, at in enumerate(STREETS)]
    north = [photo(f"n{n}", 20_000 + n * 600, _north(crossing(*at))) for n, at in enumerate(STREETS)]
    builder = Builder([*south, *north], two_towns)
    trace = builder.build()

    assert [leg.map_name for leg in trace.legs] == [*["south"] * 3, None, *["north"] * 3]
    assert [leg.how for leg in trace.legs] == [*[How.ROUTED] * 3, How.DIRECT, *[How.ROUTED] * 3]
    between = trace.legs[3]
    assert between.reason is not None
    assert "no map covers both places" in between.reason
    assert between.confidence <= 0.1
    ends = decode(between.shapes[0])[0], decode(between.shapes[-1])[-1]
    assert distance_m(ends[0], crossing(*STREETS[-1])) < 50
    assert distance_m(ends[1], _north(crossing(*STREETS[0]))) < 50
    by_car = builder.build([Logged(seq=1, edit=SetMode(after_asset="s3", before_asset="n0", mode=Mode.CAR))])
    assert (by_car.legs[3].how, by_car.legs[3].mode) == (How.DIRECT, Mode.CAR)
    assert by_car.legs[:3] == trace.legs[:3]
