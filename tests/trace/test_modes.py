"""What the modes are told by, and shapes as text."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from valhalla.midgard.utils import decode_polyline

from connector.metadata.fix import Fix
from connector.routing.router import Route
from connector.trace.changes import UNCHANGED
from connector.trace.clean import sightings
from connector.trace.confidence import confidence, pace
from connector.trace.legs import Plan, _direct, _hidden, _told_by_neighbours
from connector.trace.model import Mode
from connector.trace.modes import (
    MODES,
    NO_ANSWER,
    PACES,
    PRIOR,
    Candidate,
    Gap,
    certainty,
    change,
    feasible,
    hoped_for,
    likelihood,
    lingers,
    most_likely,
)
from connector.trace.shape import beginning, decode, encode, ends, great_circle, length_m, prepended
from connector.trace.spans import gap_between
from connector.trace.stops import places

PLACES = st.tuples(st.floats(-90, 90), st.floats(-180, 180))
PACED = st.tuples(*[st.floats(-20, 1)] * len(PACES))
SCORES = st.lists(st.fixed_dictionaries(dict.fromkeys(MODES, PACED)), min_size=1, max_size=3)
STATES = [(mode, pace) for mode in MODES for pace in range(len(PACES))]
USUAL = (0.24, 0.52, 0.24)


def gap(far_m: float, waited_s: float, stayed_s: float = 0.0) -> Gap:
    return Gap(far_m=far_m, waited_s=waited_s, sigma_m=10.0, stayed_s=stayed_s, longest_s=waited_s)


def way(long_m: float, time_s: float, offset_m: float = 0.0) -> Candidate:
    route = Route(shape="", start=(0, 0), end=(0, 0), length_m=long_m, time_s=time_s)
    return Candidate(route=route, offsets_m=(offset_m, offset_m))


def test_the_time_it_took_speaks_for_the_mode() -> None:
    walked = gap(1000, 800)
    as_walk, as_car = (max(likelihood(walked, mode, way(1200, s))) for mode, s in ((Mode.WALK, 850), (Mode.CAR, 110)))
    assert as_walk > as_car + 1
    assert likelihood(walked, Mode.CAR, None) == NO_ANSWER
    assert max(likelihood(walked, Mode.WALK, way(1200, 850, 30))) < as_walk


def test_whose_photos_lie_on_the_tracks_sits_in_a_train() -> None:
    """Photos of people who do not lie near roads at least as often."""
    ride = gap(6000, 400)

    def gained(mode: Mode) -> float:
        on_it, beside_it = (likelihood(ride, mode, way(6600, 300, offset_m))[1] for offset_m in (19, 21))
        return on_it - beside_it

    assert gained(Mode.TRAIN) - gained(Mode.CAR) == pytest.approx(1.5)
    assert hoped_for(ride)[Mode.TRAIN][1] >= likelihood(ride, Mode.TRAIN, way(6600, 300))[1]


def test_the_pace_that_fits_is_the_likeliest() -> None:
    paces = [likelihood(gap(1000, waited_s), Mode.WALK, way(1200, 850)) for waited_s in (690, 920, 1200)]
    assert [each.index(max(each)) for each in paces] == [0, 1, 2]


def test_a_way_on_which_a_bicycle_is_pushed_speaks_against_cycling() -> None:
    as_walk, as_bicycle = (likelihood(gap(1000, 850), mode, way(1200, 850)) for mode in (Mode.WALK, Mode.BICYCLE))
    assert max(as_bicycle) < max(as_walk) - 0.3
    assert likelihood(gap(1000, 300), Mode.BICYCLE, way(1200, 300)) == likelihood(
        gap(1000, 300), Mode.CAR, way(1200, 300)
    )


def test_who_waits_for_an_hour_has_rested_rather_than_who_waits_for_minutes() -> None:
    def rested(waited_s: float) -> float:
        return max(likelihood(gap(20 * waited_s, waited_s), Mode.CAR, way(20 * waited_s, waited_s / 4)))

    assert rested(3600) > rested(120) + 0.4


def test_no_time_is_so_odd_that_a_photo_may_not_lie_there() -> None:
    assert min(likelihood(gap(5000, 10), Mode.WALK, way(5000, 3600))) > -8
    assert max(NO_ANSWER) > -9


def test_who_hardly_moves_says_nothing() -> None:
    standing = gap(20, 100)
    assert lingers(standing)
    assert likelihood(standing, Mode.CAR, way(20, 3)) == likelihood(standing, Mode.WALK, way(20, 15)) == (0.0, 0.0, 0.0)
    assert not lingers(gap(500, 100))


def spoken(mode: Mode, *speeds_mps: float) -> float:
    """What those speeds say of the mode."""
    silent = gap(1000, 300)
    said = replace(silent, speeds_mps=speeds_mps)
    difference = likelihood(said, mode, way(1200, 300))[0] - likelihood(silent, mode, way(1200, 300))[0]
    assert hoped_for(said)[mode][0] - hoped_for(silent)[mode][0] == pytest.approx(difference)
    return difference


def test_a_camera_s_speed_speaks_against_modes_it_is_too_fast_or_too_slow_for() -> None:
    assert spoken(Mode.WALK, 5.0) < spoken(Mode.BICYCLE, 5.0) - 1
    assert spoken(Mode.BICYCLE, 20.0) < spoken(Mode.CAR, 20.0) - 1
    assert spoken(Mode.BICYCLE, 1.3) < spoken(Mode.WALK, 1.3) - 0.4
    assert spoken(Mode.WALK, 5.0, 6.0) < spoken(Mode.WALK, 5.0)


def test_the_speeds_of_a_leg_are_those_on_leaving_on_reaching_and_between() -> None:
    fixes = [
        Fix(asset_id=f"p{n}", instant=datetime.fromtimestamp(t, UTC), lat=47 + north, lon=9.5, speed_mps=speed)
        for n, (t, north, speed) in enumerate(
            [(0, 0.0, 1.0), (5, 0.0, 2.0), (90, 0.01, None), (180, 0.02, 3.0), (300, 0.03, 4.0), (305, 0.03, 5.0)]
        )
    ]
    assert gap_between(places(sightings(fixes)), 0, 3).speeds_mps == (2.0, 3.0, 4.0)


@pytest.mark.parametrize("mode", MODES)
def test_who_stands_says_nothing_of_the_mode_and_nonsense_says_little(mode: Mode) -> None:
    assert spoken(mode, 0.0, 0.3) == pytest.approx(0, abs=1e-9)
    assert spoken(mode, 1000.0) > -2.1


def test_nobody_walks_at_forty() -> None:
    fast = gap(3000, 270)
    assert [mode for mode in MODES if feasible(fast, mode)] == [Mode.BICYCLE, Mode.CAR, Mode.TRAIN]


@given(
    far_m=st.floats(500, 50_000), waited_s=st.floats(60, 7200), detour=st.floats(1.0, 1.8), usual=st.floats(0.8, 1.2)
)
def test_a_car_that_moves_as_usual_was_hoped_for(far_m: float, waited_s: float, detour: float, usual: float) -> None:
    seen, mps = gap(far_m, waited_s), 10.0
    assume(feasible(seen, Mode.CAR))
    found = way(far_m * detour, far_m * detour / mps * usual)
    assert max(likelihood(seen, Mode.CAR, found)) <= hoped_for(seen)[Mode.CAR][0] + 1.2


def test_nothing_is_hoped_of_a_mode_that_is_too_slow() -> None:
    assert hoped_for(gap(3000, 270))[Mode.WALK] == NO_ANSWER


State = tuple[Mode, int]


def kept(a: State, b: State) -> float:
    return 1.0 if a == b else 0.0


def begun(a: State, b: State, cost: float) -> float:
    return math.exp(-1.0 if a[0] is b[0] else cost) * USUAL[b[1]]


def at_first(scores: list[dict[Mode, tuple[float, ...]]], path: tuple[State, ...]) -> float:
    likely = math.exp(math.fsum(score[mode][pace] for score, (mode, pace) in zip(scores, path, strict=True)))
    return likely * PRIOR[path[0][0]] * USUAL[path[0][1]]


@settings(deadline=None, max_examples=30)
@given(SCORES, st.data())
def test_the_likeliest_modes_are_the_best_of_all(
    scores: list[dict[Mode, tuple[float, ...]]], data: st.DataObject
) -> None:
    changes = data.draw(st.lists(st.floats(-12, -2), min_size=len(scores) - 1, max_size=len(scores) - 1))
    best: dict[tuple[Mode, ...], float] = {}
    for path in itertools.product(STATES, repeat=len(scores)):
        worth = at_first(scores, path)
        for cost, (a, b) in zip(changes, itertools.pairwise(path), strict=True):
            worth *= max(kept(a, b), begun(a, b, cost))
        modes = tuple(mode for mode, _ in path)
        best[modes] = max(worth, best.get(modes, 0.0))
    assert best[tuple(most_likely(changes, scores))] == pytest.approx(max(best.values()))


@settings(deadline=None, max_examples=30)
@given(SCORES, st.data())
def test_certainty_is_the_share_of_all_paths(scores: list[dict[Mode, tuple[float, ...]]], data: st.DataObject) -> None:
    changes = data.draw(st.lists(st.floats(-12, -2), min_size=len(scores) - 1, max_size=len(scores) - 1))
    modes = most_likely(changes, scores)
    weight = dict.fromkeys(range(len(scores)), 0.0)
    whole = 0.0
    for path in itertools.product(STATES, repeat=len(scores)):
        p = at_first(scores, path)
        for cost, (a, b) in zip(changes, itertools.pairwise(path), strict=True):
            p *= kept(a, b) + begun(a, b, cost)
        whole += p
        for n, (mode, _) in enumerate(path):
            weight[n] += p if mode is modes[n] else 0.0
    assert certainty(changes, scores, modes) == pytest.approx([weight[n] / whole for n in weight], rel=1e-6)


def test_who_walks_fast_all_the_time_does_not_cycle() -> None:
    """A cyclist at that speed would be now as fast as the map says and now slower by half."""
    legs = [
        {
            Mode.WALK: likelihood(gap(1000, 560), Mode.WALK, way(1000, 705)),
            Mode.BICYCLE: likelihood(gap(1000, 560), Mode.BICYCLE, way(1000, time_s)),
            Mode.CAR: NO_ANSWER,
            Mode.TRAIN: NO_ANSWER,
        }
        for time_s in (220, 300, 500, 220, 300, 500)
    ]
    assert most_likely([-14.0] * 5, legs) == [Mode.WALK] * 6


def test_a_mode_changes_rather_at_a_stay() -> None:
    moving = gap(800, 120)
    assert change(moving, gap(800, 120, stayed_s=300)) > change(moving, moving)


def test_a_map_that_is_too_slow_throughout_costs_no_confidence() -> None:
    gaps, ways = [gap(2000, 200)] * 5, [way(2400, 400)] * 5
    usual = pace(gaps, [Mode.CAR] * 5, ways)[Mode.CAR]
    assert usual == pytest.approx(math.log(0.5))
    assert confidence(gaps[0], ways[0], usual, 0.99) > 0.8 > confidence(gaps[0], ways[0], 0.0, 0.99)
    assert pace(gaps[:2], [Mode.CAR] * 2, ways[:2]) == {}


@given(st.lists(PLACES, min_size=1, max_size=30), PLACES)
def test_lines_as_text(points: list[tuple[float, float]], before: tuple[float, float]) -> None:
    text = encode(points)
    read = decode(text)
    assert read == [pytest.approx(point, abs=1e-6) for point in points]
    assert [(lat, lon) for lon, lat in decode_polyline(text)] == [pytest.approx(point, abs=1e-9) for point in read]
    assert (beginning(text), *ends(text)) == (read[0], read[0], read[-1])
    assert decode(prepended(text, before)) == [pytest.approx(before, abs=1e-6), *read]


@given(PLACES, PLACES)
def test_great_circles_never_cross_the_date_line(a: tuple[float, float], b: tuple[float, float]) -> None:
    pieces = great_circle(a, b)
    assert (pieces[0][0], pieces[-1][-1]) == (a, b)
    for piece in pieces:
        assert all(abs(p[1] - q[1]) <= 180 for p, q in itertools.pairwise(piece))
        assert all(abs(lat) <= 90 and abs(lon) <= 180 for lat, lon in piece)
    assert sum(map(length_m, pieces)) < 20_100_000


def test_a_photo_off_the_roads_takes_the_mode_of_the_legs_around_it() -> None:
    seen = [
        Fix(asset_id=f"p{n}", instant=datetime.fromtimestamp(800 * n, UTC), lat=47 + 0.009 * n, lon=9.5) for n in (0, 1)
    ]
    start, end = places(sightings(seen))
    plan = Plan(
        index=0,
        start=start,
        end=end,
        gap=gap(1000, 800),
        router=None,
        candidates={},
        mode=Mode.WALK,
        mode_confidence=0.9,
        hidden=True,
        matched=False,
        recorded=None,
        pace={},
    )
    direct = _direct(plan, UNCHANGED, "no way")
    assert _told_by_neighbours(plan, direct).mode is Mode.WALK
    assert _told_by_neighbours(replace(plan, hidden=False), direct).mode is Mode.UNKNOWN
    assert _told_by_neighbours(replace(plan, mode_confidence=0.5), direct).mode is Mode.UNKNOWN
    assert _told_by_neighbours(replace(plan, gap=gap(9000, 60)), direct).mode is Mode.UNKNOWN


@pytest.mark.parametrize(
    ("legs", "hidden"),
    [
        ("w.w", {1}),
        ("w..w", {1, 2}),
        ("w...w", set()),  # an island
        ("ww..", set()),
        ("..w", set()),
        (".", set()),
        ("w.ww..w", {1, 4, 5}),
    ],
)
def test_only_one_photo_between_two_ways_can_hide_one(legs: str, hidden: set[int]) -> None:
    ways = [None if each == "." else way(800, 600) for each in legs]
    assert _hidden([Mode.WALK] * len(legs), ways) == hidden
    assert _hidden([Mode.WALK, *[Mode.BICYCLE] * (len(legs) - 1)], ways) == hidden - {1, 2}
