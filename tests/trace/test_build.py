"""From photos to a trace in the suite's own town, and what an edit costs."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connector.metadata.fix import Fix
from connector.routing.pool import open_routers
from connector.routing.router import Ask, Route, Router, RouterDown
from connector.trace.build import Builder, build
from connector.trace.edits import Clock, Edit, Exclude, Logged, Move, Revert, Roads, SetMode, StopEdit, Via
from connector.trace.model import How, Leg, Mode, Trace
from connector.trace.shape import LatLon, decode, distance_m
from connector.trace.ways import Routers
from tests.tiny_network import LAT, LON, crossing, street_between

START = datetime(2026, 5, 1, 8, tzinfo=UTC)
WALK_MPS, CAR_MPS = 1.35, 9.0
METRE = 1 / 111_195


@pytest.fixture(scope="module")
def town(tiny_maps: Path) -> Iterator[Routers]:
    with open_routers(tiny_maps) as routers:
        yield routers


def fixes(seen: Sequence[tuple[float, LatLon]], sigma_m: float = 10.0) -> list[Fix]:
    """A photo at each of the places, the seconds after the start."""
    return [
        Fix(asset_id=f"p{n}", instant=START + timedelta(seconds=t), lat=lat, lon=lon, accuracy_m=sigma_m)
        for n, (t, (lat, lon)) in enumerate(seen)
    ]


def along(corners: Sequence[LatLon], mps: float, *, start_s: float = 0.0) -> list[tuple[float, LatLon]]:
    """Every corner with the time it is reached."""
    out = [(start_s, corners[0])]
    for corner in corners[1:]:
        out.append((out[-1][0] + distance_m(out[-1][1], corner) / mps, corner))
    return out


def log(*edits: Edit) -> list[Logged]:
    return [Logged(seq=n, edit=edit) for n, edit in enumerate(edits, 1)]


def ends(leg: Leg) -> tuple[LatLon, LatLon]:
    return decode(leg.shapes[0])[0], decode(leg.shapes[-1])[-1]


def farthest_m(leg: Leg, street: Sequence[LatLon]) -> float:
    """From the corners of the street to the nearest point of the leg."""
    line = [at for shape in leg.shapes for at in decode(shape)]
    return max(min(distance_m(corner, at) for at in line) for corner in street)


def modes(trace: Trace) -> list[Mode]:
    return [leg.mode for leg in trace.legs]


WALK = along(street_between((0, 0), (8, 6)), WALK_MPS)
_rng = random.Random(4)
NOISY_WALK = [(t, (lat + _rng.gauss(0, 15) * METRE, lon + _rng.gauss(0, 15) * METRE)) for t, (lat, lon) in WALK]
DRIVE = along(street_between((0, 0), (10, 10)), CAR_MPS)


@pytest.mark.parametrize(("seen", "mode"), [(WALK, Mode.WALK), (DRIVE, Mode.CAR)])
def test_a_way_follows_the_streets(town: Routers, seen: list[tuple[float, LatLon]], mode: Mode) -> None:
    trace = build(fixes(seen[::3]), town)
    assert set(modes(trace)) == {mode}
    assert {leg.how for leg in trace.legs} == {How.ROUTED}
    assert all(leg.confidence > 0.7 and (leg.mode_confidence or 0) > 0.5 for leg in trace.legs)
    assert sum(leg.distance_m for leg in trace.legs) == pytest.approx(distance_of(seen[::3]), rel=0.02)


def distance_of(seen: Sequence[tuple[float, LatLon]]) -> float:
    """Along streets that run north and east."""
    total = 0.0
    for (_, a), (_, b) in itertools.pairwise(seen):
        total += distance_m(a, (b[0], a[1])) + distance_m((b[0], a[1]), b)
    return total


def test_a_change_of_mode_at_a_stay(town: Routers) -> None:
    drive = along(street_between((0, 0), (0, 10)), CAR_MPS)
    stayed = drive[-1][0] + 900
    walk = along(street_between((0, 10), (8, 10)), WALK_MPS, start_s=stayed)
    assert modes(build(fixes([*drive[::3], drive[-1], *walk[::2]]), town))[:3] == [Mode.CAR] * 3
    assert modes(build(fixes([*drive[::3], drive[-1], *walk[::2]]), town))[-3:] == [Mode.WALK] * 3


def test_legs_meet_at_noisy_photos(town: Routers) -> None:
    trace = build(fixes(NOISY_WALK, 15.0), town)
    for leg, stop, then in zip(trace.legs, trace.stops, trace.stops[1:], strict=False):
        assert ends(leg) == ((stop.lat, stop.lon), (then.lat, then.lon))
    # a way that is led past a photo into a side street and back would be longer
    assert sum(leg.distance_m for leg in trace.legs) < 1.15 * distance_of(WALK)


def test_trains_and_ferries(town: Routers) -> None:
    rail = [(LAT - 0.003, LON + k * 0.004) for k in (0, 5, 10)]
    assert modes(build(fixes(along(rail, 15.0)), town)) == [Mode.TRAIN, Mode.TRAIN]
    stage, landing = crossing(10, 10), (LAT + 0.036, LON + 0.042)
    trace = build(fixes([(0.0, stage), (1300.0, landing)]), town)
    assert modes(trace) == [Mode.FERRY]
    assert trace.legs[0].how is How.ROUTED


def test_a_walk_with_a_ferry_in_it_is_a_walk(town: Routers) -> None:
    landing = (LAT + 0.036, LON + 0.042)
    trace = build(fixes([(0.0, crossing(0, 0)), (4500.0, landing)]), town)
    assert modes(trace) == [Mode.WALK]
    assert trace.legs[0].how is How.ROUTED


def test_what_no_road_explains_is_direct(town: Routers) -> None:
    far = build(fixes([(0, (10.0, 179.0)), (3 * 3600, (10.0, -170.0))]), town).legs[0]
    assert (far.mode, far.how, len(far.shapes)) == (Mode.FLIGHT, How.DIRECT, 2)
    hop = build(fixes([(0, crossing(0, 0)), (8, crossing(10, 10))]), town).legs[0]
    off = build(fixes([(0, (10.0, 10.0)), (600, (10.005, 10.0))]), town).legs[0]
    for leg in (hop, off):
        assert (leg.mode, leg.how) == (Mode.UNKNOWN, How.DIRECT)
        assert leg.confidence < 0.5
        assert leg.reason


def test_a_trip_over_two_maps_falls_back_between_them(town: Routers) -> None:
    seen = [(0.0, crossing(0, 0)), (150.0, crossing(0, 1)), (4000.0, (48.5, 9.5))]
    first, second = build(fixes(seen), town).legs
    assert (first.how, first.map_name) == (How.ROUTED, "tiny")
    assert (second.how, second.map_name) == (How.DIRECT, None)
    assert second.reason == "no roads are known here: no map covers both places"


def test_progress_goes_up_to_all_legs(town: Routers) -> None:
    seen: list[tuple[int, int]] = []
    trace = Builder(fixes(WALK), town).build((), lambda done, total: seen.append((done, total)))
    assert seen == sorted(seen)
    assert {total for _, total in seen} == {len(trace.legs)}
    assert seen[-1][0] == len(trace.legs)


class TestEdits:
    """Edits cost what they touch, and hold."""

    @pytest.fixture
    def builder(self, town: Routers) -> Builder:
        return Builder(fixes(DRIVE[::4]), town)

    def asked(self, builder: Builder, *edits: Edit) -> tuple[Trace, int]:
        before = builder.asked
        return builder.build(log(*edits)), builder.asked - before

    def test_a_via_asks_for_its_two_parts_only(self, builder: Builder) -> None:
        before = builder.build()
        at = crossing(3, 1)
        trace, asked = self.asked(builder, Via(after_asset="p0", before_asset="p1", lat=at[0], lon=at[1]))
        assert asked == 2
        assert farthest_m(trace.legs[0], [at]) < 2
        assert all(leg is untouched for leg, untouched in zip(trace.legs[2:], before.legs[2:], strict=True))
        again, asked = self.asked(builder)
        assert (again, asked) == (before, 0)

    def test_a_way_of_which_a_part_is_not_known_is_no_sure_one(self, builder: Builder) -> None:
        (lat, lon), off = crossing(3, 1), (LAT - 0.05, LON)
        on_road = Via(after_asset="p0", before_asset="p1", lat=lat, lon=lon)
        nowhere = Via(after_asset="p0", before_asset="p1", lat=off[0], lon=off[1], after_via=1)
        sure, _ = self.asked(builder, on_road)
        trace, _ = self.asked(builder, on_road, nowhere)
        assert (sure.legs[0].how, trace.legs[0].how) == (How.ROUTED, How.ROUTED)
        assert sure.legs[0].confidence > 0.2
        assert trace.legs[0].confidence == 0.1

    def test_a_mode_asks_for_its_leg_only(self, builder: Builder) -> None:
        before = builder.build()
        trace, asked = self.asked(builder, SetMode(after_asset="p1", before_asset="p2", mode=Mode.BICYCLE))
        assert asked <= 1
        assert (trace.legs[1].mode, trace.legs[1].mode_chosen) == (Mode.BICYCLE, True)
        assert [leg.mode for n, leg in enumerate(trace.legs) if n != 1] == modes(before)[:1] + modes(before)[2:]

    def test_an_edit_from_scratch_gives_the_same(self, builder: Builder, town: Routers) -> None:
        builder.build()
        edits = log(
            Via(after_asset="p0", before_asset="p1", lat=LAT + 0.005, lon=LON + 0.004),
            SetMode(after_asset="p2", before_asset="p3", mode=Mode.WALK),
            Roads(after_asset="p3", before_asset="p4", follow=False),
            StopEdit(anchor_asset="p2", name="Market", emoji="🍎"),
        )
        for n in range(len(edits) + 1):
            stepwise = builder.build(edits[:n])
        assert stepwise == build(fixes(DRIVE[::4]), town, log=edits)
        assert (stepwise.stops[2].name, stepwise.stops[2].emoji) == ("Market", "🍎")
        assert (stepwise.legs[3].how, stepwise.legs[3].reason) == (How.DIRECT, "drawn direct as you asked")

    def test_a_via_is_moved_and_taken_away(self, builder: Builder) -> None:
        plain = builder.build()
        first = Via(after_asset="p0", before_asset="p1", lat=LAT + 0.004, lon=LON + 0.003)
        moved = Via(after_asset="p0", before_asset="p1", lat=LAT + 0.002, lon=LON + 0.006, replaces=1)
        trace, _ = self.asked(builder, first, moved)
        assert [(via.seq, via.lat) for via in trace.legs[0].vias] == [(1, LAT + 0.002)]
        back, _ = self.asked(builder, first, moved, Revert(seq=2))
        assert [via.lat for via in back.legs[0].vias] == [LAT + 0.004]
        gone, _ = self.asked(builder, first, moved, Revert(seq=1))
        assert gone == plain

    def test_vias_keep_their_order_when_one_goes(self, builder: Builder) -> None:
        def via(column: int, after: int | None) -> Via:
            return Via(after_asset="p0", before_asset="p1", lat=LAT, lon=LON + column * 0.003, after_via=after)

        trace, _ = self.asked(builder, via(1, None), via(2, 1), via(3, 2))
        assert [each.seq for each in trace.legs[0].vias] == [1, 2, 3]
        trace, _ = self.asked(builder, via(1, None), via(2, 1), via(3, 2), Revert(seq=2))
        assert [each.seq for each in trace.legs[0].vias] == [1, 3]

    def test_stops_are_split_and_merged(self, builder: Builder, town: Routers) -> None:
        plain = builder.build()
        trace, _ = self.asked(builder, StopEdit(anchor_asset="p1", merge=True))
        assert trace.stops[0].asset_ids == ("p0", "p1")
        assert len(trace.stops) == len(plain.stops) - 1
        again, _ = self.asked(builder, StopEdit(anchor_asset="p1", merge=True), StopEdit(anchor_asset="p1", split=True))
        assert again.stops == plain.stops, "the last word counts"
        burst = fixes([(0, crossing(0, 0)), (10, crossing(0, 0)), (600, crossing(0, 3))])
        apart = build(burst, town, log=log(StopEdit(anchor_asset="p1", split=True)))
        assert [stop.asset_ids for stop in apart.stops] == [("p0",), ("p1",), ("p2",)]

    def test_a_photo_is_moved_and_excluded(self, builder: Builder) -> None:
        plain = builder.build()
        at = crossing(1, 5)
        moved, _ = self.asked(builder, Move(asset="p1", lat=at[0], lon=at[1]))
        assert distance_m((moved.stops[1].lat, moved.stops[1].lon), at) < 20
        without, _ = self.asked(builder, Exclude(asset="p1"))
        assert [each.asset_id for each in without.unplaced] == ["p1"]
        assert without.unplaced[0].reason == "you excluded it"
        assert len(without.legs) == len(plain.legs) - 1

    def test_edits_of_photos_that_are_gone_are_listed(self, builder: Builder) -> None:
        gone: list[Edit] = [
            Via(after_asset="x", before_asset="p1", lat=LAT, lon=LON),
            SetMode(after_asset="p2", before_asset="p1", mode=Mode.CAR),
            Exclude(asset="x"),
            StopEdit(anchor_asset="x", name="nowhere"),
        ]
        trace, _ = self.asked(builder, *gone)
        assert trace.not_applying == (1, 2, 3, 4)

    @pytest.mark.parametrize("said", [{"name": "Market"}, {"emoji": "🍎"}, {"merge": True}, {"split": True}])
    def test_what_was_said_of_a_stop_is_listed_while_its_photo_takes_no_part(
        self, builder: Builder, said: dict[str, Any]
    ) -> None:
        stop = StopEdit(anchor_asset="p2", **said)
        there, _ = self.asked(builder, stop)
        assert there.not_applying == ()
        out, _ = self.asked(builder, stop, Exclude(asset="p2"))
        assert out.not_applying == (1,)
        back, _ = self.asked(builder, stop, Exclude(asset="p2"), Revert(seq=2))
        assert back == there

    def test_what_was_said_of_a_stop_is_listed_while_its_position_cannot_be_true(self, town: Routers) -> None:
        """Its camera's clock is set wrong: then it was taken here while others were taken three kilometres off."""
        here, far = crossing(0, 0), crossing(10, 10)
        seen = fixes([(0, here), (10, here), (20, here), (540, far), (545, far), (560, far)])
        seen[1] = replace(seen[1], camera="B")
        stop, wrong = StopEdit(anchor_asset="p1", name="Market"), Clock(camera="B", seconds=540)
        right = build(seen, town, log=log(stop))
        assert ([each.name for each in right.stops], right.not_applying) == (["Market", None], ())
        trace = build(seen, town, log=log(stop, wrong))
        assert [each.asset_id for each in trace.unplaced] == ["p1"]
        assert trace.not_applying == (1,)


class Failing:
    """A router that stops answering after so many questions, until it is mended."""

    def __init__(self, router: Router, answers: int) -> None:
        self._router, self.answers, self.asked = router, answers, 0
        self.map_name, self.version = router.map_name, router.version
        self.covers, self.has_rails_at = router.covers, router.has_rails_at

    def routes(self, asks: Sequence[Ask]) -> list[Route | None]:
        if self.asked + len(asks) > self.answers:
            raise RouterDown("it is being mended")
        self.asked += len(asks)
        return self._router.routes(asks)

    def covering(self, *places: LatLon) -> Failing | None:
        return self if all(self.covers(lat, lon) for lat, lon in places) else None


def test_a_router_that_goes_down_costs_only_the_rest(town: Routers) -> None:
    router = town.covering(crossing(0, 0))
    assert router is not None
    whole = Builder(fixes(NOISY_WALK), town)
    expected = whole.build()
    failing = Failing(router, whole.asked - 1)
    builder = Builder(fixes(NOISY_WALK), failing)
    with pytest.raises(RouterDown):
        builder.build()
    answered = failing.asked
    failing.answers = 10_000
    assert builder.build() == expected
    assert 0 < answered < whole.asked
    assert failing.asked == whole.asked
