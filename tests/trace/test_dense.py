"""Photos seconds apart on the move are fitted to the roads together; a run that fits no road stays as it was."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connector.metadata.fix import Fix
from connector.routing.pool import Routers, open_routers
from connector.trace.build import build
from connector.trace.model import How, Trace
from connector.trace.shape import Line, decode, distance_m, encode, length_m
from tests.tiny_network import street_between

START = datetime(2026, 5, 1, 8, tzinfo=UTC)
EVERY_S, SPEED_MPS, SIGMA_M = 8.0, 6.0, 5.0


@pytest.fixture(scope="module", name="routers")
def _routers(tiny_maps: Path) -> Iterator[Routers]:
    with open_routers(tiny_maps) as routers:
        yield routers


def ride(*, east_deg: float = 0.0, every_s: float = EVERY_S) -> list[Fix]:
    """A ride along two streets of the town, moved to the east by that much."""
    line = Line.of([encode(street_between((2, 1), (8, 7)))])
    rng = random.Random(7)
    step = SPEED_MPS * every_s / line.along_m[-1]
    places = [line.at_share(n * step) for n in range(int(1 / step))]
    return [
        Fix(
            asset_id=f"p{n:03}",
            instant=START + timedelta(seconds=every_s * n),
            lat=lat + rng.gauss(0, SIGMA_M) / 111_195,
            lon=lon + east_deg + rng.gauss(0, SIGMA_M) / 74_400,
            accuracy_m=SIGMA_M,
        )
        for n, (lat, lon) in enumerate(places)
    ]


def _on_the_streets(trace: Trace) -> float:
    """The largest distance of a found point from the ride's streets, in metres."""
    line = Line.of([encode(street_between((2, 1), (8, 7)))])
    near = [line.at_share(n / 2000) for n in range(2001)]
    points = [point for leg in trace.legs for shape in leg.shapes for point in decode(shape)]
    return max(min(distance_m(point, other) for other in near) for point in points)


def test_a_ride_photographed_every_few_seconds_is_matched(routers: Routers) -> None:
    trace = build(ride(), routers)
    assert len(trace.legs) > 20
    assert {leg.how for leg in trace.legs} == {How.MATCHED}
    assert _on_the_streets(trace) < 20
    drawn_m = sum(length_m(decode(shape)) for leg in trace.legs for shape in leg.shapes)
    assert drawn_m == pytest.approx(SPEED_MPS * EVERY_S * len(trace.legs), rel=0.1)
    for before, after in itertools.pairwise(trace.legs):
        assert decode(before.shapes[-1])[-1] == decode(after.shapes[0])[0]


def test_three_legs_are_no_run(routers: Routers) -> None:
    short, longer = (build(ride()[:photos], routers) for photos in (4, 5))
    assert {leg.how for leg in short.legs} == {How.ROUTED}
    assert {leg.how for leg in longer.legs} == {How.MATCHED}


def test_the_same_ride_photographed_twice_a_minute_is_routed(routers: Routers) -> None:
    trace = build(ride(every_s=30.0), routers)
    assert {leg.how for leg in trace.legs} == {How.ROUTED}


def test_a_ride_beside_the_roads_is_not_moved_onto_them(routers: Routers) -> None:
    trace = build(ride(east_deg=0.0015), routers)
    assert How.MATCHED not in {leg.how for leg in trace.legs}


def test_a_photo_far_from_the_way_leaves_only_its_own_legs_as_they_were(routers: Routers) -> None:
    fixes = ride()
    fixes[12] = replace(fixes[12], lat=(fixes[12].lat or 0.0) + 60 / 111_195)
    trace = build(fixes, routers)
    assert [leg.index for leg in trace.legs if leg.how is not How.MATCHED] == [11, 12]
    assert trace.stops[12].asset_ids == ("p012",)
    for before, after in itertools.pairwise(trace.legs):
        assert decode(before.shapes[-1])[-1] == decode(after.shapes[0])[0]


def test_vague_positions_are_not_matched(routers: Routers) -> None:
    trace = build([replace(fix, accuracy_m=30.0) for fix in ride()], routers)
    assert trace.legs
    assert How.MATCHED not in {leg.how for leg in trace.legs}
