"""What a recording does to a trace: it gives the way, places photos, settles clocks, refuses what contradicts it."""

from __future__ import annotations

import io
import json
import random
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from connector.cli import main
from connector.metadata.fix import Fix, TimeSource
from connector.routing.pool import open_routers
from connector.trace.build import Builder, build
from connector.trace.edits import Clock, Logged, Roads, SetMode, Via
from connector.trace.model import How, Mode, Trace
from connector.trace.recordings import Recording, read_recording
from connector.trace.recordings.evidence import Evidence
from connector.trace.recordings.stretches import stretches
from connector.trace.shape import decode, distance_m, length_m
from tests.trace import written
from tests.trace.written import START, NoMaps, ids, photo, place, recording, walk

HOUR = walk(60)


def _trace(fixes: Sequence[Fix], *recordings: Recording, **options: Any) -> Trace:
    return build(fixes, NoMaps(), recordings=recordings, **options)


def test_the_way_between_two_photos_is_the_recorded_one() -> None:
    trace = _trace([photo("a", 600, place(600)), photo("b", 1800, place(1800))], recording(HOUR))
    between = [leg for leg in trace.legs if trace.stops[leg.from_stop].asset_ids == ("a",)]

    assert [leg.how for leg in trace.legs] == [How.RECORDED] * 3
    assert [stop.asset_ids for stop in trace.stops] == [(), ("a",), ("b",), ()]
    line = decode(between[0].shapes[0])
    assert all(min(distance_m(p, place(t)) for t in range(600, 1801, 2)) < 4 for p in line)
    assert between[0].distance_m == pytest.approx(length_m([place(t) for t in range(600, 1801, 5)]), rel=0.02)
    assert (between[0].mode, between[0].confidence > 0.9) == (Mode.WALK, True)


def test_a_recorded_leg_knows_its_heights() -> None:
    fixes = [photo("a", 600, place(600)), photo("b", 1800, place(1800))]
    trace = _trace(fixes, recording(HOUR, altitude_m=400, climb=0.2))

    _, between, _ = trace.legs
    shares = [share for share, _ in between.heights]
    assert shares == sorted(shares)
    assert 20 < len(shares) <= 64
    # evenly fast and evenly upwards: share of the way, time and height go together
    assert all(metres == pytest.approx(400 + 0.2 * (600 + 1200 * share), abs=4) for share, metres in between.heights)


def test_nobody_measured_no_heights() -> None:
    fixes = [photo("a", 600, place(600)), photo("b", 1800, place(1800))]
    without = read_recording("a.geojson", io.BytesIO(written.geojson_alone(HOUR)))
    assert {leg.heights for leg in _trace(fixes, without).legs} == {()}
    assert {leg.heights for leg in _trace(fixes).legs} == {()}


def test_legs_join_their_stops() -> None:
    fixes = [photo("a", 605, place(600)), photo("b", 1803, place(1790)), photo("c", 9000, (47.3, 9.6))]
    trace = _trace(fixes, recording(HOUR))

    for leg in trace.legs:
        line = [point for shape in leg.shapes for point in decode(shape)]
        for stop, end in ((trace.stops[leg.from_stop], line[0]), (trace.stops[leg.to_stop], line[-1])):
            assert distance_m((stop.lat, stop.lon), end) < 1


def test_photos_without_place_are_placed_where_the_device_was() -> None:
    trace = _trace([photo("a", 723), photo("b", 3333.5)], recording(HOUR))

    assert [each.leg for each in trace.inferred] == [0, 0]
    assert distance_m((trace.inferred[0].lat, trace.inferred[0].lon), place(723)) < 0.5
    assert [each.seconds_to_fix for each in trace.inferred] == [3.0, 3.5]


def test_they_never_change_the_path() -> None:
    with_them = _trace([photo("a", 100, place(100)), photo("x", 700), photo("b", 1800, place(1800))], recording(HOUR))
    without = _trace([photo("a", 100, place(100)), photo("b", 1800, place(1800))], recording(HOUR))

    assert (with_them.legs, with_them.stops) == (without.legs, without.stops)
    assert list(ids(with_them.inferred)) == ["x"]


def test_a_wall_time_without_zone_gets_the_zone_of_the_recording() -> None:
    nine_thirty = (written.START + timedelta(seconds=1800)).replace(tzinfo=None) + timedelta(hours=2)
    bare = photo("a", 0, instant=None, wall=nine_thirty)
    trace = _trace([bare], recording(HOUR))

    assert trace.fixes[0].instant == written.START + timedelta(seconds=1800)
    assert (trace.fixes[0].utc_offset_s, trace.fixes[0].time_source) == (7200, TimeSource.POSITION)
    assert distance_m((trace.inferred[0].lat, trace.inferred[0].lon), place(1800)) < 0.5


def test_a_photo_that_was_taken_elsewhere_is_refused() -> None:
    trace = _trace([photo("a", 600), photo("far", 900, (47.9, 8.1))], recording(HOUR))

    assert [each.asset_id for each in trace.unplaced] == ["far"]
    assert "walk.gpx was 135 km away" in trace.unplaced[0].reason
    assert list(ids(trace.inferred)) == ["a"]


@pytest.mark.parametrize(("was", "said", "when"), [(3000, 600, "40 minutes later"), (600, 3000, "40 minutes before")])
def test_a_photo_whose_clock_may_be_wrong_is_refused_with_when_somebody_was_there(
    was: float, said: float, when: str
) -> None:
    fixes = [photo("a", 300, place(300)), photo("b", 3300, place(3300)), photo("late", said, place(was))]
    trace = _trace(fixes, recording(HOUR))

    assert [(each.asset_id, each.reason) for each in trace.unplaced] == [
        ("late", f"its clock or its position is wrong: walk.gpx was 3.1 km away then, and here {when}")
    ]


def test_a_photo_whose_altitude_contradicts_the_recording_is_refused() -> None:
    high = recording(HOUR, altitude_m=2400.0)
    trace = _trace([photo("a", 600, altitude_m=2300.0), photo("b", 900, altitude_m=90.0)], high)

    assert list(ids(trace.inferred)) == ["a"]
    assert trace.unplaced[0].reason == ("it does not belong here: it was taken at 90 m, while walk.gpx was at 2,400 m")


def test_a_height_that_leaps_refuses_no_photo() -> None:
    at = f"<time>{written.iso(600)}"
    leaping = written.gpx(HOUR).decode().replace(f"450.0</ele>{at}", f"2950.0</ele>{at}")
    found = read_recording("walk.gpx", io.BytesIO(leaping.encode()))
    trace = _trace([photo("a", 600, altitude_m=460.0)], found)

    assert 2950 in found.tracks[0].altitude_m
    assert list(ids(trace.inferred)) == ["a"]


def test_a_recording_of_somebody_else_is_not_used() -> None:
    fixes = [photo(f"p{n}", n * 300, (48.5 + n * 0.002, 8.0)) for n in range(6)]
    trace = _trace(fixes, recording(HOUR))

    assert all(leg.how is not How.RECORDED for leg in trace.legs)
    assert trace.unplaced == ()
    assert [s.text for s in trace.suggestions] == ["walk.gpx was not used: 6 photos were taken elsewhere"]


def test_of_two_devices_in_one_file_the_one_that_was_elsewhere_is_named_by_its_hours() -> None:
    theirs = written.gpx([(t, lat + 0.05, lon) for t, lat, lon in walk(60, step_s=1)])
    track = theirs[theirs.index(b"<trk>") : theirs.index(b"</gpx>")]
    both = read_recording("both.gpx", io.BytesIO(written.gpx(HOUR).replace(b"<trk>", track + b"<trk>")))
    fixes = [photo("a", 600, place(600)), photo("b", 1800, place(1800))]
    trace = _trace(fixes, both)

    assert {leg.how for leg in trace.legs} == {How.RECORDED}
    assert list(ids(trace.unplaced)) == []
    assert [each.text for each in trace.suggestions] == [
        "both.gpx was not used for 2024-06-14 07:00 to 2024-06-14 08:00 UTC: 2 photos were taken elsewhere"
    ]


def test_a_recording_of_another_day_is_not_used_and_says_so() -> None:
    trace = _trace([photo("a", 5 * 86400, place(0))], recording(HOUR))

    assert len(trace.stops) == 1
    assert trace.suggestions[0].text == (
        "walk.gpx was not used: it was recorded 2024-06-14 07:00 to 2024-06-14 08:00 UTC, and no photo was taken then"
    )


def test_a_log_of_a_whole_life_is_cut_to_the_trip() -> None:
    days = [(n * 600.0, 47.0 + n * 0.001, 9.0) for n in range(1000)]
    trace = _trace([photo("a", 300_000, (47.5, 9.0)), photo("b", 306_000, (47.51, 9.0))], recording(days))

    assert trace.stops[-1].end - trace.stops[0].start < timedelta(hours=5)


def test_recordings_alone_give_legs() -> None:
    trace = _trace([], recording(HOUR))

    assert [leg.how for leg in trace.legs] == [How.RECORDED]
    assert trace.legs[0].duration_s == 3600


def test_the_night_in_one_place_is_one_stop() -> None:
    evening = walk(30)
    t, lat, lon = evening[-1]
    morning = [(t + 12 * 3600 + k * 10, lat + k * 1e-4, lon) for k in range(100)]
    trace = _trace([], recording([*evening, *morning]))

    assert [leg.how for leg in trace.legs] == [How.RECORDED, How.RECORDED]
    assert trace.stops[1].end - trace.stops[1].start == timedelta(hours=12)


def test_two_devices_at_once_count_once_and_the_one_that_agrees_with_photos_wins() -> None:
    elsewhere = [(t, lat + 0.05, lon) for t, lat, lon in walk(90)]
    fixes = [photo("a", 600, place(600)), photo("b", 1800, place(1800))]
    trace = _trace(fixes, recording(elsewhere, "other.gpx"), recording(HOUR))

    assert list(ids(trace.unplaced)) == []
    leg = next(leg for leg in trace.legs if trace.stops[leg.from_stop].asset_ids == ("a",))
    assert leg.how is How.RECORDED
    assert distance_m(decode(leg.shapes[0])[5], place(700)) < 500


def _inexact(points: Sequence[written.At], sigma_m: float) -> list[written.At]:
    rng = random.Random(1)
    noise_deg = sigma_m / written.M_PER_DEGREE
    return [(t, lat + rng.gauss(0, noise_deg), lon + rng.gauss(0, noise_deg)) for t, lat, lon in points]


def _off_m(trace: Trace, after_s: float) -> float:
    """How far the one photo without a place is put from where it was taken."""
    (put,) = trace.inferred
    return distance_m((put.lat, put.lon), place(after_s))


PAIR = [photo("a", 300, place(300)), photo("b", 6900, place(6900))]
PHONE = recording(_inexact(walk(120, step_s=60), 25), "phone.gpx")


def test_the_exact_device_counts_and_the_other_one_fills_its_gap() -> None:
    watch = recording([each for each in walk(120, step_s=1) if not 2400 < each[0] < 4200], "watch.gpx")

    assert _off_m(_trace([*PAIR, photo("x", 1530)], watch, PHONE), 1530) < 1
    assert _off_m(_trace([*PAIR, photo("x", 5430)], PHONE, watch), 5430) < 1
    assert 5 < _off_m(_trace([*PAIR, photo("x", 3300)], watch, PHONE), 3300) < 100
    assert {leg.how for leg in _trace(PAIR, watch, PHONE).legs} == {How.RECORDED}


def test_many_points_do_not_make_a_device_exact() -> None:
    phone = recording(_inexact(walk(120, step_s=1), 40), "phone.gpx")
    trace = _trace(PAIR, phone, recording(walk(120, step_s=5), "watch.gpx"))

    assert sum(leg.distance_m for leg in trace.legs) == pytest.approx(7200 * 1.3, rel=0.05)
    assert "phone.gpx was not used: watch.gpx recorded the same hours" in [each.text for each in trace.suggestions]


def test_the_exact_device_of_somebody_else_does_not_count() -> None:
    theirs = recording([(t, lat + 0.02, lon) for t, lat, lon in walk(120, step_s=1)], "theirs.gpx")

    assert _off_m(_trace([PAIR[0], photo("x", 3300)], theirs, PHONE), 3300) < 100


def test_a_device_that_was_switched_on_a_little_earlier_makes_no_way_of_its_own() -> None:
    watch, phone = walk(120, step_s=1), _inexact(walk(121, step_s=1), 5)
    trace = _trace(PAIR, recording(watch[20:], "watch.gpx"), recording(phone, "phone.gpx"))

    assert [stop.asset_ids for stop in trace.stops] == [(), ("a",), ("b",), ()]


def _visited(*visits: tuple[float, float, str]) -> Recording:
    """Places of a timeline: from, to (seconds after START), where."""
    said = [
        {"startTime": written.iso(a), "endTime": written.iso(b), "visit": {"topCandidate": {"placeLocation": where}}}
        for a, b, where in visits
    ]
    return read_recording("Timeline.json", io.BytesIO(json.dumps(said).encode()))


def test_a_photo_of_a_visit_is_where_the_visit_was() -> None:
    trace = _trace([photo("x", 9000)], _visited((0, 18_000, "geo:47.14,9.52")))

    assert distance_m((trace.inferred[0].lat, trace.inferred[0].lon), (47.14, 9.52)) < 1


def test_a_long_visit_parts_the_way_before_it_from_the_way_after_it() -> None:
    """And a photo of the visit that says no place is there, not on one of the ways."""
    walked, (t, lat, lon) = walk(30), walk(30)[-1]
    after = [(t + 3 * 3600 + n * 10, lat + n * 1e-3, lon) for n in range(120)]
    path = [
        {"startTime": written.iso(part[0][0]), "timelinePath": [_step(each) for each in part]}
        for part in (walked, after)
    ]
    visit = {"topCandidate": {"placeLocation": f"geo:{lat:.7f},{lon:.7f}"}}
    stay = {"startTime": written.iso(t), "endTime": written.iso(t + 3 * 3600), "visit": visit}
    timeline = read_recording("Timeline.json", io.BytesIO(json.dumps([*path, stay]).encode()))
    trace = _trace([photo("first", 10), photo("x", t + 7000), photo("last", after[-1][0] - 10)], timeline)

    assert [leg.how for leg in trace.legs] == [How.RECORDED] * 2
    assert [leg.mode for leg in trace.legs] == [Mode.WALK, Mode.CAR]
    assert trace.stops[1].end - trace.stops[1].start == timedelta(hours=3)
    (there,) = [each for each in trace.inferred if each.asset_id == "x"]
    assert distance_m((there.lat, there.lon), (lat, lon)) < 1


def _step(at: written.At) -> dict[str, str]:
    return {"point": f"geo:{at[1]:.7f},{at[2]:.7f}", "time": written.iso(at[0])}


def test_photos_where_a_device_was_off_are_one_stop_with_its_ends() -> None:
    """The watch is switched off at the hut and on again when people leave it."""
    there, left = walk(30)[-1], 1800.0 + 2 * 3600
    on = [(left + n * 10, there[1] + n * 1e-4, there[2]) for n in range(60)]
    hut = (there[1] + 3e-4, there[2])
    photos = [photo("up", 600, place(600)), photo("v", 5000, hut), photo("w", 6000, hut), photo("down", left + 590)]
    trace = _trace(photos, recording([*walk(30), *on]))

    assert [stop.asset_ids for stop in trace.stops] == [(), ("up",), ("v", "w"), ()]
    assert [(stop.start, stop.end) for stop in trace.stops[2:3]] == [
        (START + timedelta(seconds=1800), START + timedelta(seconds=left))
    ]
    assert {leg.how for leg in trace.legs} == {How.RECORDED}


@pytest.mark.parametrize("minutes", [1, 31, 61, 95, 119])
def test_photos_know_better_where_a_visit_was(minutes: int) -> None:
    """Of a visit to a park a timeline knows the park's middle: no photo is refused for it, no way leads there."""
    park = _visited((0, 7200, "geo:47.14,9.52"))
    fixes = [photo("a", 60 * minutes, (47.16, 9.52)), photo("b", 60 * minutes + 900, (47.161, 9.521))]
    trace = _trace(fixes, park)

    assert [stop.asset_ids for stop in trace.stops] == [("a",), ("b",)]
    assert trace.unplaced == ()


def test_of_a_long_stay_only_the_hours_around_the_photos_count() -> None:
    trace = _trace([photo("a", 40_000), photo("b", 50_000)], _visited((0, 80_000, "geo:47.14,9.52")))

    assert trace.stops[0].start >= START + timedelta(seconds=40_000 - 2 * 3600)
    assert trace.stops[-1].end <= START + timedelta(seconds=50_000 + 2 * 3600)


def test_a_visit_is_a_stop_and_no_way() -> None:
    trace = _trace([], _visited((0, 3000, "geo:47.14,9.52"), (4000, 16_000, "geo:47.3,9.7")))

    assert [(stop.end - stop.start).total_seconds() for stop in trace.stops] == [3000, 12_000]
    assert [leg.how for leg in trace.legs] == [How.DIRECT]


@pytest.mark.parametrize("points", [60, 61])
def test_a_rest_on_the_date_line_stays_there(points: int) -> None:
    there = [(n * 10.0, -16.8 + n * 1e-6, 180.0 - 1e-5 if n % 2 else -180.0 + 1e-5) for n in range(points)]
    before = [(n * 10.0 - 600, -16.81 + n * 1e-4, 179.99 + n * 1e-4) for n in range(60)]
    trace = _trace([], recording([*before, *there]))

    assert sum(leg.distance_m for leg in trace.legs) < 3000


def test_photos_on_both_sides_of_the_date_line_are_at_one_place() -> None:
    sides = [180.0 - 1e-5, -180.0 + 1e-5]
    trace = _trace([photo(f"p{n}", n * 30, (-16.8, sides[n % 2])) for n in range(6)])

    assert [len(stop.asset_ids) for stop in trace.stops] == [6]
    assert abs(trace.stops[0].lon) == pytest.approx(180, abs=1e-4)


@pytest.mark.parametrize("late_s", [300.0, 3600.0])
def test_a_recording_offers_to_set_a_clock_and_does_not_set_it(late_s: float) -> None:
    fixes = [photo(f"p{n}", 600 * n + late_s, place(600 * n), camera="K") for n in range(1, 12)]
    walked = recording(walk(150))
    trace = _trace(fixes, walked)
    (offered,) = [each for each in trace.suggestions if each.kind == "clock"]
    assert offered.seconds is not None
    taken = _trace(fixes, walked, log=[Logged(seq=1, edit=Clock(camera="K", seconds=offered.seconds))])

    assert offered.seconds == pytest.approx(-late_s, abs=10)
    assert "set right, 11 of 11 photos lie on the way of walk.gpx" in offered.text
    assert [fix.instant for fix in trace.fixes] == [fix.instant for fix in fixes]
    assert {leg.how for leg in trace.legs} == {How.DIRECT}
    assert {leg.how for leg in taken.legs} == {How.RECORDED}


@pytest.mark.parametrize(("mps", "mode"), [(1.3, Mode.WALK), (5.0, Mode.BICYCLE), (20.0, Mode.CAR)])
def test_the_mode_of_a_device_that_was_told_nothing(mps: float, mode: Mode) -> None:
    trace = _trace([], recording(walk(30, mps=mps)))

    assert trace.legs[0].mode is mode


def test_a_device_that_was_told_is_believed() -> None:
    trace = _trace([], recording(walk(30, mps=2.0), kind="cycling"))

    assert (trace.legs[0].mode, trace.legs[0].mode_confidence) == (Mode.BICYCLE, 0.95)


def test_a_year_of_a_timeline_takes_a_moment() -> None:
    """Twenty moves a day, each to a place that is far from the last one."""
    moves = [[(n * 4000 + k * 300, 47.0 + n % 50 / 10 + k / 1000, 9.52) for k in range(3)] for n in range(4000)]
    found = [part for move in moves for part in stretches(recording(move))]
    first, last = moves[0][0], moves[-1][-1]
    begun = time.process_time()
    evidence = Evidence.of(found, [photo("a", first[0], first[1:]), photo("b", last[0], last[1:])])

    assert len(evidence.stretches) == len(moves)
    assert time.process_time() - begun < 3


def test_hundreds_of_points_a_second_take_a_moment() -> None:
    stood = [(600 + n / 250, *place(600)) for n in range(10_000)]
    points = [*HOUR[:60], *stood, *((t + 40, lat, lon) for t, lat, lon in HOUR[60:])]
    found, fixes = recording(points), [photo("a", 0, place(0)), photo("b", 3640, place(3600))]
    begun = time.process_time()
    trace = _trace(fixes, found)

    assert [leg.how for leg in trace.legs] == [How.RECORDED]
    assert time.process_time() - begun < 5


@pytest.mark.parametrize("kind", ["road_biking", "racebike", "E_Biking", "GravelRide"])
def test_a_fast_bicycle_is_no_car(kind: str) -> None:
    fast = walk(60, mps=10.0)
    trace = _trace([photo("a", 0, fast[0][1:]), photo("b", 3600, fast[-1][1:])], recording(fast, kind=kind))

    assert [leg.mode for leg in trace.legs] == [Mode.BICYCLE]


def test_scribbles_of_a_rest_are_drawn_together() -> None:
    rest = [(1200.0 + n * 5, 47.16 + (n % 3) * 5e-5, 9.52 + (n % 5) * 4e-5) for n in range(240)]
    before, after = [(t, 47.14 + t * 1.6e-5, 9.52) for t in range(0, 1200, 10)], [(2400.0, 47.1605, 9.5202)]
    trace = _trace([], recording([*[(float(t), lat, lon) for t, lat, lon in before], *rest, *after]))

    assert trace.legs[0].distance_m < 2400
    assert length_m([p[1:] for p in rest]) > 2000


# edits


def _edited(*edits: object) -> Trace:
    fixes = [photo("a", 600, place(600)), photo("b", 1800, place(1800))]
    log = [Logged(seq=n, edit=edit) for n, edit in enumerate(edits, 1)]  # type: ignore[arg-type]  # edits
    return _trace(fixes, recording(HOUR), log=log)


def test_a_person_s_mode_keeps_the_recorded_way() -> None:
    leg = _edited(SetMode(after_asset="a", before_asset="b", mode=Mode.BICYCLE)).legs[1]

    assert (leg.how, leg.mode, leg.mode_chosen) == (How.RECORDED, Mode.BICYCLE, True)


def test_a_person_s_via_wins_over_the_recording() -> None:
    leg = _edited(Via(after_asset="a", before_asset="b", lat=47.16, lon=9.6)).legs[1]

    assert leg.how is not How.RECORDED
    assert any(distance_m(p, (47.16, 9.6)) < 1 for p in decode(leg.shapes[0]))


def test_drawn_direct_as_asked() -> None:
    assert _edited(Roads(after_asset="a", before_asset="b", follow=False)).legs[1].how is How.DIRECT


def test_undone_edits_leave_the_trace_as_it_was() -> None:
    fixes = [photo("a", 600, place(600)), photo("b", 1800, place(1800)), photo("x", 900)]
    builder = Builder(fixes, NoMaps(), recordings=[recording(HOUR)])
    before = builder.build()
    builder.build([Logged(seq=1, edit=Via(after_asset="a", before_asset="b", lat=47.16, lon=9.6))])

    assert builder.build() == before


def test_where_a_recording_ends_roads_go_on(tiny_maps: Path) -> None:
    """Half of the way is recorded across the blocks, the other half is routed."""
    points = [(float(n * 10), 48.0 + n * 8e-5, 9.003 + n * 4e-5) for n in range(60)]
    _, lat, lon = points[-1]
    fixes = [photo("a", 0, points[0][1:]), photo("b", 1500, (48.012, 9.015))]
    with open_routers(tiny_maps) as routers:
        trace = build(fixes, routers, recordings=[recording(points)])

    assert [leg.how for leg in trace.legs] == [How.RECORDED, How.ROUTED]
    assert distance_m((trace.stops[1].lat, trace.stops[1].lon), (lat, lon)) < 100


# the command


def _reconstruct(folder: Path, fixes: list[dict[str, Any]], *evidence: Path) -> tuple[dict[str, Any], str]:
    source, out = folder / "fixes.json", folder / "out.geojson"
    source.write_text(json.dumps({"fixes": fixes}))
    args = [str(source), "-o", str(out), "--data", str(folder), *(a for e in evidence for a in ("--evidence", str(e)))]
    result = CliRunner().invoke(main, ["reconstruct", *args])
    assert result.exit_code == 0, result.output
    return json.loads(out.read_text()), result.stderr


def test_reconstruct_takes_recordings(tmp_path: Path) -> None:
    (tmp_path / "maps").mkdir()
    (tmp_path / "walk.gpx").write_bytes(written.gpx(HOUR)[:-3000])
    found, said = _reconstruct(
        tmp_path, [{"id": "a", "time": written.iso(700), "lat": None, "lon": None}], tmp_path / "walk.gpx"
    )

    assert [each["id"] for each in found["inferred"]] == ["a"]
    assert "points before that are used" in said


def test_reconstruct_names_a_recording_it_cannot_use(tmp_path: Path) -> None:
    (tmp_path / "fixes.json").write_text('{"fixes": []}')
    (tmp_path / "bad.gpx").write_bytes(b"<gpx/>")
    args = ["reconstruct", str(tmp_path / "fixes.json"), "-o", str(tmp_path / "o"), "--data", str(tmp_path)]
    result = CliRunner().invoke(main, [*args, "--evidence", str(tmp_path / "bad.gpx")])

    assert result.exit_code == 1
    assert result.stderr == f"Error: {tmp_path / 'bad.gpx'}: it has no points\n"
    assert not (tmp_path / "o").exists()


# real trips


@pytest.mark.shared
@pytest.mark.parametrize("clock", ["instant", "wall time"])
@pytest.mark.parametrize(("trip", "within_m", "photos"), [("yosemite-2015", 5, 6), ("pyrenees-2022", 10, 3)])
def test_real_photos_without_their_positions(shared: Path, trip: str, within_m: float, photos: int, clock: str) -> None:
    folder = shared / "trips" / trip
    key = json.loads((folder / "answer_key.json").read_text())
    path = next((folder / "gpx").iterdir())
    with path.open("rb") as data:
        trace = _trace([_stripped(entry, clock) for entry in key], read_recording(path.name, io.BytesIO(data.read())))
    truth = {entry["file"]: entry.get("derived_from_track") or entry for entry in key}
    off = {i.asset_id: distance_m((i.lat, i.lon), _at(truth[i.asset_id])) for i in trace.inferred}

    assert len(off) == photos
    assert max(off.values()) < within_m
    assert list(ids(trace.unplaced)) == [name for name in truth if "offtrip" in name]
    assert [leg.how for leg in trace.legs] == [How.RECORDED]


def _at(entry: dict[str, Any]) -> tuple[float, float]:
    return entry["lat"], entry["lon"]


def _stripped(entry: dict[str, Any], clock: str) -> Fix:
    """The photo without its position, but for the one that was taken elsewhere."""
    wall = written.datetime.strptime(entry["datetime_original"], "%Y:%m:%d %H:%M:%S")  # a wall clock
    instant = (wall - timedelta(hours=entry["true_utc_offset_h"])).replace(tzinfo=written.UTC)
    at = _at(entry) if "offtrip" in entry["file"] else None
    return photo(entry["file"], 0, at, instant=instant if clock == "instant" else None, wall=wall)
