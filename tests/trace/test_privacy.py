"""What a stranger may see: nothing near the ends, at whatever time, and never more than the whole."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from connector.metadata.fix import Fix
from connector.trace.model import How, Inferred, Leg, Mode, Stop, Suggestion, Trace, Unplaced, ViaPoint
from connector.trace.privacy import Circle, hiding, visible
from connector.trace.shape import LatLon, decode, distance_m, encode, great_circle, length_m

START = datetime(2026, 5, 2, 8, 30, tzinfo=UTC)
HOME = (48.0, 9.0)


def north(metres: float, east: float = 0.0) -> LatLon:
    """A place so far north and east of home."""
    return HOME[0] + metres / 111_320, HOME[1] + east / 111_320 / math.cos(math.radians(HOME[0]))


def trace_of(*places: LatLon, inferred: tuple[Inferred, ...] = ()) -> Trace:
    """A photo at each place, an hour apart, and the straight way between them in steps of some fifty metres."""
    stops = tuple(
        Stop(
            index=n,
            lat=lat,
            lon=lon,
            start=START + timedelta(hours=n),
            end=START + timedelta(hours=n),
            asset_ids=(f"p{n}",),
            name=f"stop {n}",
        )
        for n, (lat, lon) in enumerate(places)
    )
    legs = []
    for n in range(len(places) - 1):
        (line,) = great_circle(places[n], places[n + 1], step_m=50)
        legs.append(
            Leg(
                index=n,
                from_stop=n,
                to_stop=n + 1,
                mode=Mode.WALK,
                how=How.ROUTED,
                confidence=0.9,
                distance_m=length_m(line),
                duration_s=3600.0,
                shapes=(encode(line),),
                vias=(ViaPoint(seq=n + 1, lat=line[len(line) // 2][0], lon=line[len(line) // 2][1]),),
                reason="because",
            )
        )
    fixes = [Fix(asset_id=f"p{n}", lat=p[0], lon=p[1], instant=stops[n].start) for n, p in enumerate(places)]
    fixes += [Fix(asset_id=each.asset_id, instant=START) for each in inferred] + [
        Fix(asset_id="nowhere", instant=START)
    ]
    return Trace(
        stops=stops,
        legs=tuple(legs),
        inferred=inferred,
        unplaced=(Unplaced(asset_id="nowhere", reason="it says no place"),),
        fixes=tuple(fixes),
        suggestions=(Suggestion(kind="clock", text="the camera of home"),),
        not_applying=(9,),
    )


def everything(trace: Trace) -> list[LatLon]:
    """Every place the trace tells of."""
    found = [point for leg in trace.legs for shape in leg.shapes for point in decode(shape)]
    found += [(s.lat, s.lon) for s in trace.stops] + [(i.lat, i.lon) for i in trace.inferred]
    found += [(v.lat, v.lon) for leg in trace.legs for v in leg.vias]
    return found + [(f.lat, f.lon) for f in trace.fixes if f.lat is not None and f.lon is not None]


def ids(trace: Trace) -> set[str]:
    found = {i for stop in trace.stops for i in stop.asset_ids} | {i.asset_id for i in trace.inferred}
    return found | {u.asset_id for u in trace.unplaced} | {f.asset_id for f in trace.fixes}


def check_sound(trace: Trace) -> None:
    """Numbers are those of places in the lists, legs begin and end at their stops, time does not run backwards."""
    assert [stop.index for stop in trace.stops] == list(range(len(trace.stops)))
    assert [leg.index for leg in trace.legs] == list(range(len(trace.legs)))
    for leg in trace.legs:
        a, b = trace.stops[leg.from_stop], trace.stops[leg.to_stop]
        assert leg.from_stop < leg.to_stop
        assert distance_m((a.lat, a.lon), decode(leg.shapes[0])[0]) < 1
        assert distance_m((b.lat, b.lon), decode(leg.shapes[-1])[-1]) < 1
        assert leg.duration_s >= 0
    assert all(a.start <= b.start for a, b in zip(trace.stops, trace.stops[1:], strict=False))
    assert all(each.leg is None or 0 <= each.leg < len(trace.legs) for each in trace.inferred)


def test_nothing_hidden_is_everything_but_the_work_in_progress() -> None:
    whole = trace_of(HOME, north(2000))
    shown = visible(whole, path_only=False, hide_ends_m=0)
    assert (shown.stops, shown.legs, shown.unplaced, shown.fixes) == (
        whole.stops,
        whole.legs,
        whole.unplaced,
        whole.fixes,
    )
    assert (shown.suggestions, shown.not_applying) == ((), ())


def test_both_ends_are_hidden() -> None:
    whole = trace_of(HOME, north(3000), north(3000, 3000), north(9000, 3000))
    shown = visible(whole, path_only=False, hide_ends_m=500, seed="s")
    check_sound(shown)
    for end in (whole.stops[0], whole.stops[-1]):
        assert min(distance_m((end.lat, end.lon), place) for place in everything(shown)) >= 500
    assert ids(shown) == {"p1", "p2"}
    assert sum(leg.distance_m for leg in shown.legs) > sum(leg.distance_m for leg in whole.legs) - 4 * 500 - 100
    times = [stop.start for stop in shown.stops]
    assert min(times) > whole.stops[0].start + timedelta(minutes=5)


def test_heights_are_those_of_whole_legs() -> None:
    whole = trace_of(HOME, north(3000), north(3000, 3000), north(9000, 3000))
    high = replace(whole, legs=tuple(replace(leg, heights=((0.5, 100.0 * leg.index),)) for leg in whole.legs))
    shown = visible(high, path_only=False, hide_ends_m=500, seed="s")
    assert [leg.heights for leg in shown.legs] == [(), ((0.5, 100.0),), ()], (
        "what is left of a cut leg begins elsewhere"
    )


def test_home_is_hidden_in_the_middle_of_the_trip_too() -> None:
    whole = trace_of(HOME, north(3000), north(0, 30), north(0, 4000), north(200, -3000), north(5000, 5000))
    shown = visible(whole, path_only=False, hide_ends_m=400, seed="s")
    check_sound(shown)
    assert min(distance_m(HOME, place) for place in everything(shown)) >= 400
    assert "p2" not in ids(shown)
    assert len(shown.legs) == 6, "the leg that passes home is cut in two"


def test_a_straight_line_does_not_leap_over_home() -> None:
    """A flight or a way without roads has two points, kilometres apart."""
    whole = trace_of(HOME, north(3000), north(-3000), north(-6000, 4000))
    straight = replace(whole.legs[1], shapes=(encode([north(3000), north(-3000)]),))
    shown = visible(
        replace(whole, legs=(whole.legs[0], straight, whole.legs[2])), path_only=False, hide_ends_m=400, seed="s"
    )
    lines = [decode(shape) for leg in shown.legs for shape in leg.shapes]
    drawn = [point for line in lines for a, b in pairwise(line) for point in great_circle(a, b, step_m=20)[0]]
    assert min(distance_m(HOME, point) for point in drawn) >= 400


def test_a_photo_taken_at_home_is_hidden_though_its_stop_lies_outside() -> None:
    whole = trace_of(HOME, north(1500), north(5000), north(9000))
    at_home = tuple(
        replace(fix, lat=north(200)[0], lon=HOME[1]) if fix.asset_id == "p1" else fix for fix in whole.fixes
    )
    shown = visible(replace(whole, fixes=at_home), path_only=False, hide_ends_m=500, seed="s")
    assert ids(shown) == {"p2"}


def test_photos_on_the_way_and_without_a_place() -> None:
    near, far = north(200), north(2500)
    inferred = tuple(
        Inferred(asset_id=name, lat=at[0], lon=at[1], seconds_to_fix=60, leg=0)
        for name, at in (("near", near), ("far", far))
    )
    shown = visible(trace_of(HOME, north(5000), inferred=inferred), path_only=False, hide_ends_m=300, seed="s")
    assert ids(shown) == {"far"}
    assert shown.inferred[0].leg == 0


def test_a_trip_inside_its_own_ends_shows_nothing() -> None:
    shown = visible(trace_of(HOME, north(300), north(100)), path_only=False, hide_ends_m=1000, seed="s")
    assert (shown.stops, shown.legs, ids(shown)) == ((), (), set())
    assert visible(Trace(), path_only=True, hide_ends_m=100, seed="s") == Trace()


def test_nothing_is_hidden_by_what_everybody_knows() -> None:
    with pytest.raises(ValueError, match="seed"):
        visible(trace_of(HOME, north(3000)), path_only=False, hide_ends_m=500)


def test_where_the_path_stops_does_not_point_at_the_door() -> None:
    """The middle of the circle, which anybody can find from where paths stop, is somewhere else for every person."""
    whole = trace_of(HOME, north(3000))
    cuts = {
        round(distance_m(HOME, decode(visible(whole, path_only=False, hide_ends_m=500, seed=s).legs[0].shapes[0])[0]))
        for s in "abcdefgh"
    }
    assert len(cuts) > 4
    assert all(500 <= cut <= 1050 for cut in cuts)


def test_path_only_says_no_time_and_no_name() -> None:
    whole = trace_of(HOME, north(1000), north(4000))
    shown = visible(whole, path_only=True, hide_ends_m=0)
    check_sound(shown)
    assert [leg.shapes for leg in shown.legs] == [leg.shapes for leg in whole.legs]
    assert ids(shown) == set()
    assert all(stop.name is None and stop.emoji is None for stop in shown.stops)
    assert all((leg.vias, leg.reason, leg.duration_s) == ((), None, 0.0) for leg in shown.legs)
    assert shown.stops[0].start == START.replace(hour=0, minute=0)
    assert shown.stops[-1].end == START.replace(hour=0, minute=0) + timedelta(days=1)
    assert shown.stops[1].start == pytest.approx(START.replace(hour=6, minute=0), abs=timedelta(minutes=1))
    later = [
        Stop(**{**{n: getattr(s, n) for n in s.__slots__}, "end": s.end + timedelta(minutes=40)}) for s in whole.stops
    ]
    stayed = Trace(stops=tuple(later), legs=whole.legs, fixes=whole.fixes)
    assert visible(stayed, path_only=True, hide_ends_m=0).stops == shown.stops


@given(
    st.lists(st.tuples(st.integers(-4000, 4000), st.integers(-4000, 4000)), min_size=1, max_size=6),
    st.integers(1, 2500),
    st.booleans(),
)
def test_whatever_the_trip_the_ends_are_hidden(places: list[tuple[int, int]], hide_m: int, path_only: bool) -> None:
    whole = trace_of(*(north(float(a), float(b)) for a, b in places))
    shown = visible(whole, path_only=path_only, hide_ends_m=hide_m, seed="s")
    check_sound(shown)
    for end in (whole.stops[0], whole.stops[-1]):
        assert all(distance_m((end.lat, end.lon), place) > hide_m - 30 for place in everything(shown))
    assert ids(shown) <= ids(whole)
    assert sum(leg.distance_m for leg in shown.legs) <= sum(leg.distance_m for leg in whole.legs) + 1


ENDS = st.tuples(
    st.one_of(st.floats(-90, 90), st.sampled_from([90.0, -90.0, 0.0, 89.999, 60.0])),
    st.one_of(st.floats(-180, 180), st.sampled_from([180.0, -180.0, 0.0])),
)
WIDTHS = st.one_of(st.floats(1, 50_000), st.sampled_from([100.0, 250.0, 500.0]))
SEEDS = st.text("0123456789abcdef", min_size=1, max_size=64)


@given(ENDS, WIDTHS, SEEDS)
def test_a_circle_holds_all_that_is_near_and_nothing_twice_as_far(end: LatLon, hide_m: float, seed: str) -> None:
    circle = hiding(end, hide_m, seed)
    off_m = distance_m(circle.middle, end)
    assert circle.radius_m - off_m >= hide_m
    assert circle.radius_m + off_m <= 2 * hide_m


@given(ENDS, WIDTHS, SEEDS, st.floats(0, 1))
def test_all_ends_in_a_cell_have_one_circle(end: LatLon, hide_m: float, seed: str, share: float) -> None:
    """From any end in it to its middle, which is the circle's, there is no other one."""
    circle = hiding(end, hide_m, seed)
    assume(abs(circle.middle[1] - end[1]) < 180)  # not over the antimeridian
    assume(abs(circle.middle[0]) < 90)  # a row that ends at a pole has no middle
    between = tuple(a + (b - a) * share for a, b in zip(end, circle.middle, strict=True))
    assert apart_m(hiding((between[0], between[1]), hide_m, seed), circle) < 0.01


def apart_m(a: Circle, b: Circle) -> float:
    return distance_m(a.middle, b.middle)


def test_many_trips_from_a_door_tell_no_more_of_it_than_a_few() -> None:
    """The photos before the door lie some metres apart; where cells meet there are four circles, and never more."""
    rng = random.Random(5)
    alone = 0
    for _ in range(200):
        door = north(rng.uniform(-5000, 5000), rng.uniform(-5000, 5000))
        ends = [(door[0] + rng.gauss(0, 8) / 111_320, door[1] + rng.gauss(0, 8) / 74_000) for _ in range(40)]
        found = {hiding(end, 500, "s").middle for end in ends}
        assert len(found) <= 4
        alone += len(found) == 1
    assert alone > 120


def test_the_end_is_anywhere_in_its_circle() -> None:
    """Anywhere in a square of 354 m around its middle, which is as good as knowing nothing of that."""
    off_m = sorted(distance_m(hiding(HOME, 500, f"{n}").middle, HOME) for n in range(400))
    assert off_m[40] > 50  # by chance a tenth are within 63 m, half within 141 m
    assert off_m[200] > 120
    assert off_m[-1] <= 250


@given(ENDS, SEEDS, SEEDS)
def test_other_persons_have_other_circles(end: LatLon, one: str, other: str) -> None:
    assume(one != other and abs(end[0]) < 89)
    assert apart_m(hiding(end, 500, one), hiding(end, 500, other)) > 0
