"""The widget's document, read back column by column as the widget does it."""

from __future__ import annotations

import gzip
import json
import random
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import Any

import pytest
import shapely

from connector.metadata.fix import Fix
from connector.render.document import FORMAT, OUTLINE_LEGS, document, leg_row, legs_changed, outline
from connector.render.scene import Scene, ScenePhoto, Thumbnail
from connector.render.style import Style
from connector.routing.pool import Routers
from connector.trace.build import build
from connector.trace.edits import Logged, Move, SetMode
from connector.trace.model import How, Inferred, Leg, Mode, Stop, Suggestion, Trace, Unplaced, ViaPoint
from connector.trace.shape import decode, distance_m, encode
from connector.trace.undo import Steps

PHOTOS = 10_000
PAYLOAD_BYTES = 450_000


def polyline(text: str) -> list[tuple[float, float]]:
    """A polyline with 5 decimals, decoded as its publisher describes it."""
    numbers: list[int] = []
    value = shift = 0
    for character in text:
        bits = ord(character) - 63
        value |= (bits & 31) << shift
        shift += 5
        if bits < 32:
            numbers.append(~(value >> 1) if value & 1 else value >> 1)
            value = shift = 0
    return list(zip(accumulate(numbers[::2]), accumulate(numbers[1::2]), strict=True))  # still in 1e-5 degrees


def places(text: str) -> list[tuple[float, float]]:
    return [(lat / 1e5, lon / 1e5) for lat, lon in polyline(text)]


def summed(column: Iterable[int | None]) -> list[int | None]:
    """The inverse of: the first as it is, every later one as the difference to the last known."""
    found: list[int | None] = []
    last = 0
    for step in column:
        last = last if step is None else last + step
        found.append(None if step is None else last)
    return found


def unrolled(runs: Iterable[Sequence[Any]]) -> list[Any]:
    return [value for count, value in runs for _ in range(count)]


def order(trace: Trace) -> list[str]:
    return [
        *(asset_id for stop in trace.stops for asset_id in stop.asset_ids),
        *(each.asset_id for each in trace.inferred),
        *(each.asset_id for each in trace.unplaced),
    ]


def sent(scene: Scene, **more: Any) -> dict[str, Any]:
    """As it arrives: through JSON."""
    return json.loads(json.dumps(document(scene, trace_id="t1", version="v1", **more)))  # type: ignore[no-any-return]  # our own


@pytest.fixture(scope="module")
def made() -> Scene:
    """A scene by hand in which everything occurs."""
    day = datetime(2026, 5, 2, 8, 0, tzinfo=UTC)
    at = [(48.0, 179.9), (48.01, 179.99), (48.02, -179.98)]
    fixes = [
        Fix(asset_id="a", instant=day, lat=48.00001, lon=179.90001, utc_offset_s=43200, camera="X", altitude_m=12.4),
        Fix(asset_id="b", instant=day + timedelta(seconds=61), lat=None, lon=None, camera="X"),
        Fix(asset_id="c", instant=day + timedelta(hours=1), lat=48.01, lon=179.99, utc_offset_s=43200, camera="Y"),
        Fix(asset_id="d", instant=day + timedelta(hours=2), lat=48.02, lon=-179.98, utc_offset_s=-43200, camera="Y"),
        Fix(asset_id="guess", instant=day + timedelta(minutes=90), camera="Y"),
        Fix(asset_id="lost", instant=None),
        Fix(asset_id="lost2", instant=None),
    ]
    stops = (
        Stop(
            index=0,
            lat=at[0][0],
            lon=at[0][1],
            start=day,
            end=day + timedelta(seconds=61),
            asset_ids=("a", "b"),
            name="Pier",
            emoji="⚓",
        ),
        Stop(
            index=1,
            lat=at[1][0],
            lon=at[1][1],
            start=fixes[2].instant or day,
            end=fixes[2].instant or day,
            asset_ids=("c",),
        ),
        Stop(
            index=2,
            lat=at[2][0],
            lon=at[2][1],
            start=fixes[3].instant or day,
            end=fixes[3].instant or day,
            asset_ids=("d",),
        ),
    )
    legs = (
        Leg(
            index=0,
            from_stop=0,
            to_stop=1,
            mode=Mode.CAR,
            how=How.ROUTED,
            confidence=0.876,
            distance_m=7123.4,
            duration_s=3539.0,
            shapes=(encode([at[0], (48.006, 179.95), at[1]]),),
            vias=(ViaPoint(seq=4, lat=48.006, lon=179.95),),
            mode_chosen=True,
            heights=((0.25, 512.4), (2 / 3, 498.0)),
        ),
        Leg(
            index=1,
            from_stop=1,
            to_stop=2,
            mode=Mode.FERRY,
            how=How.DIRECT,
            confidence=0.2,
            distance_m=2400.0,
            duration_s=3600.0,
            shapes=(encode([at[1], (48.015, 180.0)]), encode([(48.015, -180.0), at[2]])),
            reason="no road is known here",
        ),
    )
    trace = Trace(
        stops=stops,
        legs=legs,
        inferred=(Inferred(asset_id="guess", lat=48.015, lon=179.999, seconds_to_fix=1799.6, leg=1),),
        unplaced=tuple(Unplaced(asset_id=lost, reason="it does not say when") for lost in ("lost", "lost2")),
        fixes=tuple(fixes),
        suggestions=(Suggestion(kind="clock", text="X seems to be off", camera="X", seconds=37.0),),
        not_applying=(3,),
    )
    photos = {
        fix.asset_id: ScenePhoto(
            key=f"k-{fix.asset_id}",
            colour=f"#0000{n:02x}" if n != 2 else None,
            url="https://x/" if n == 0 else None,
            media_type="video/mp4" if n == 3 else "image/jpeg",
            name=f"{n}.jpg" if n else None,
        )
        for n, fix in enumerate(fixes)
    }
    return Scene(
        trace=trace, title="T", subtitle="S", style=Style(emoji={"k-c": "🌋", "k-a": "never"}), photos=photos, lang="de"
    )


def test_photos_come_back(made: Scene) -> None:
    said = sent(made)["photos"]
    ids = order(made.trace)
    assert said["key"] == [f"k-{asset_id}" for asset_id in ids]
    assert places(said["at"]) == [
        (48.00001, 179.90001),
        (48.0, 179.9),
        (48.01, 179.99),
        (48.02, -179.98),
        (48.015, 179.999),
    ]
    fixes = {fix.asset_id: fix for fix in made.trace.fixes}
    instants = [fixes[i].instant for i in ids]
    assert summed(said["time"]) == [None if t is None else round(t.timestamp()) for t in instants]
    assert unrolled(said["offset"]) == [720, None, 720, -720, None, None, None]
    assert [said["colour"][6 * k : 6 * k + 6] for k in range(7)] == [
        "000000", "000001", "      ", "000003", "000004", "000005", "000006",
    ]  # fmt: skip
    assert said["name"] == [None, "1.jpg", "2.jpg", "3.jpg", "4.jpg", "5.jpg", "6.jpg"]
    assert said["linked"] is True
    assert said["video"] == [3]
    assert said["altitude"] == [12, None, None, None, None, None, None]
    assert "camera" not in said


def test_stops_come_back(made: Scene) -> None:
    said = sent(made)["stops"]
    assert places(said["at"]) == [(48.0, 179.9), (48.01, 179.99), (48.02, -179.98)]
    assert summed(said["start"]) == [round(stop.start.timestamp()) for stop in made.trace.stops]
    assert said["lasts"] == [61, 0, 0]
    assert said["photos"] == [2, 1, 1]
    assert said["name"] == {"0": "Pier"}
    assert said["emoji"] == {"0": "⚓", "1": "🌋"}, "what the trace says goes before the style"


def test_legs_come_back(made: Scene) -> None:
    said = sent(made)["legs"]
    assert summed(said["from"]) == [0, 1]
    assert said["spans"] == [1, 1]
    assert said["mode"] == ["car", "ferry"]
    assert said["how"] == ["routed", "direct"]
    assert said["confidence"] == [0.88, 0.2]
    assert said["distance_m"] == [7123, 2400]
    assert said["duration_s"] == [3539, 3600]
    assert [places(piece) for piece in said["shape"][1].split(" ")] == [
        [(48.01, 179.99), (48.015, 180.0)],
        [(48.015, -180.0), (48.02, -179.98)],
    ]
    assert said["vias"] == {"0": [[4, 48.006, 179.95]]}
    assert said["chosen"] == [0]
    assert said["reason"] == {"1": "no road is known here"}
    assert said["heights"] == {"0": [[0.25, 512], [0.667, 498]]}


def test_the_rest_comes_back(made: Scene) -> None:
    said = sent(made, can_edit=True, steps=Steps(undo=4, redo=None), tiles=("world", "town"))
    assert (said["format"], said["id"], said["version"], said["lang"]) == (FORMAT, "t1", "v1", "de")
    assert said["inferred"] == {"leg": [1], "seconds": [1800]}
    assert said["unplaced"] == {"reasons": ["it does not say when"], "reason": [0, 0]}
    assert said["log"] == {"undo": 4, "redo": None}
    assert said["tiles"] == ["world", "town"]
    assert unrolled(said["photos"]["camera"]) == ["X", "X", "Y", "Y", "Y", None, None]
    assert said["suggestions"][0]["seconds"] == 37.0
    assert said["not_applying"] == [3]
    west, south, east, north = said["bounds"]
    assert (west, east) == (179.9, -179.98), "it lies across 180 degrees"
    assert (south, north) == (48.0, 48.02)


def test_a_viewer_learns_nothing_of_the_library(made: Scene) -> None:
    """No address, camera, log or id of the library, and nothing of a photo that is not shown."""
    shown = {i: replace(photo, key=photo.key.removeprefix("k-") * 3) for i, photo in made.photos.items() if i != "b"}
    renamed = replace(made.trace, fixes=tuple(replace(fix, camera="SECRETCAM") for fix in made.trace.fixes))
    said = sent(replace(made, photos=shown, trace=renamed))
    text = json.dumps(said)
    assert "https://x/" not in text
    assert "SECRETCAM" not in text
    assert "bbb" not in text
    assert len(said["photos"]["key"]) == 6
    assert said["stops"]["photos"] == [1, 1, 1]
    assert said["log"] == {"undo": None, "redo": None}
    assert "suggestions" not in said


def test_an_empty_trace_is_a_document() -> None:
    said = sent(Scene(trace=Trace(), title="", style=Style()))
    assert said["bounds"] is None
    assert said["photos"]["at"] == ""
    assert said["legs"]["shape"] == []


def test_a_built_trace_comes_back_to_the_metre(town: tuple[Scene, Thumbnail]) -> None:
    scene = town[0]
    said = sent(scene)
    for stop, place in zip(scene.trace.stops, places(said["stops"]["at"]), strict=True):
        assert distance_m((stop.lat, stop.lon), place) < 1.0
    stretch = 111_320.0
    for leg, shape in zip(scene.trace.legs, said["legs"]["shape"], strict=True):
        line = [decode(each) for each in leg.shapes]
        if len(line[0]) < 2:
            continue
        simpler = shapely.LineString([(lon * 0.669, lat) for lat, lon in places(shape)])
        whole = shapely.LineString([(lon * 0.669, lat) for lat, lon in line[0]])
        assert whole.hausdorff_distance(simpler) * stretch < said["tolerance_m"] + 1.5


@dataclass(frozen=True)
class _Pair:
    before: Trace
    after: Trace


def _after(scene: Scene, routers: Routers, edit: Any) -> _Pair:
    fixes = scene.trace.fixes
    return _Pair(build(fixes, routers), build(fixes, routers, log=[Logged(seq=1, edit=edit)]))


def test_only_what_changed_is_sent(town: tuple[Scene, Thumbnail], routers: Routers) -> None:
    stops = town[0].trace.stops
    edit = SetMode(after_asset=stops[2].asset_ids[-1], before_asset=stops[3].asset_ids[0], mode=Mode.CAR)
    pair = _after(town[0], routers, edit)
    changed = json.loads(json.dumps(legs_changed(pair.before, pair.after)))
    assert changed["rebuilt"] is False
    for index, row in changed["legs"].items():
        assert row == json.loads(json.dumps(leg_row(pair.after.legs[int(index)])))
    same = [n for n in range(len(pair.after.legs)) if str(n) not in changed["legs"]]
    assert all(pair.before.legs[n] == pair.after.legs[n] for n in same)
    assert changed["legs"]["2"]["chosen"] is True
    assert changed["legs"]["2"]["mode"] == "car"
    assert set(changed["stops"]) == {str(a.index) for a, b in zip(pair.before.stops, pair.after.stops, strict=True) if (a.lat, a.lon) != (b.lat, b.lon)}  # fmt: skip  # noqa: E501


def test_when_stops_come_or_go_everything_is_new(town: tuple[Scene, Thumbnail], routers: Routers) -> None:
    several = next(stop for stop in town[0].trace.stops if len(stop.asset_ids) > 1)
    edit = Move(asset=several.asset_ids[0], lat=several.lat + 0.01, lon=several.lon)
    pair = _after(town[0], routers, edit)
    assert len(pair.before.stops) != len(pair.after.stops)
    assert legs_changed(pair.before, pair.after) == {"rebuilt": True, "legs": {}, "stops": {}}


def large() -> Scene:
    """10,000 photos at 6,000 stops, legs of 20 points on the average, as measured on real trips."""
    chance = random.Random(5)
    now, lat, lon = datetime(2026, 5, 2, 6, 0, tzinfo=UTC), -30.03, -51.22
    stops: list[Stop] = []
    legs: list[Leg] = []
    fixes: list[Fix] = []
    for index in range(6000):
        count = 1 if index % 3 else 3
        ids = tuple(f"asset-{len(fixes) + k}" for k in range(count))
        for asset_id in ids:
            place = (lat + chance.gauss(0, 5e-5), lon + chance.gauss(0, 5e-5))
            fixes.append(
                Fix(asset_id=asset_id, instant=now, lat=place[0], lon=place[1], utc_offset_s=-10800, camera="X")
            )
            now += timedelta(seconds=chance.randint(2, 40))
        stops.append(Stop(index=index, lat=lat, lon=lon, start=now, end=now, asset_ids=ids))
        line = [(lat, lon)]
        heading = chance.uniform(0, 6.28)
        for _ in range(max(2, int(chance.expovariate(1 / 20)))):
            heading += chance.gauss(0, 0.35)
            lat += 3e-4 * chance.random() * (1 if heading % 6.28 < 3.14 else -1)
            lon += 3e-4 * chance.random() * (1 if heading % 3.14 < 1.57 else -1)
            line.append((lat, lon))
        now += timedelta(seconds=chance.randint(60, 600))
        if index < 5999:
            legs.append(Leg(index=index, from_stop=index, to_stop=index + 1, mode=Mode.WALK, how=How.ROUTED, confidence=chance.random(), distance_m=400.0, duration_s=300.0, shapes=(encode(line),)))  # fmt: skip  # noqa: E501
    photos = {
        fix.asset_id: ScenePhoto(key=f"{chance.getrandbits(40):08x}", colour=f"#{chance.getrandbits(24):06x}")
        for fix in fixes
    }
    trace = Trace(stops=tuple(stops), legs=tuple(legs), fixes=tuple(fixes))
    return Scene(trace=trace, title="Large", style=Style(), photos=photos)


def test_what_is_long_is_drawn_more_coarsely_and_what_is_not_to_the_metre(town: tuple[Scene, Thumbnail]) -> None:
    chance = random.Random(3)
    line = [(48 + 1e-5 * n, 9 + chance.uniform(0, 2e-4)) for n in range(10_000)]
    (leg,) = [leg for leg in town[0].trace.legs if leg.index == 0]
    legs = [replace(leg, index=n, shapes=(encode([(lat + n, lon) for lat, lon in line]),)) for n in range(10)]
    said = sent(replace(town[0], trace=replace(town[0].trace, legs=tuple(legs))))
    assert sum(len(polyline(shape)) for shape in said["legs"]["shape"]) <= 60_000
    assert said["tolerance_m"] > 1
    assert sent(town[0])["tolerance_m"] == 1


def test_ten_thousand_photos_are_small_and_quick() -> None:
    scene = large()
    assert len(scene.photos) == PHOTOS
    points = sum(len(shape) for leg in scene.trace.legs for shape in map(decode, leg.shapes))
    assert points > 100_000
    begin = time.process_time()
    said = document(scene, trace_id="t", version="v")
    first_s = time.process_time() - begin
    text = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
    size = len(gzip.compress(text, 6))
    assert size <= PAYLOAD_BYTES, f"{size} bytes"
    assert sum(len(polyline(piece)) for shape in said["legs"]["shape"] for piece in shape.split(" ")) <= 60_000
    begin = time.process_time()
    document(scene, trace_id="t", version="v")
    again_s = time.process_time() - begin
    assert again_s < first_s
    assert first_s < 20
    assert set(said["colours"]["knots"]) == {2}, "of so many photos every leg is drawn in one piece"


def test_an_outline_is_a_small_document_of_the_same_way(town: tuple[Scene, Thumbnail]) -> None:
    scene, _ = town
    whole = sent(scene)
    said = json.loads(json.dumps(outline(scene, trace_id="t1", version="v1")))
    assert set(said) == set(whole)
    for name in ("title", "subtitle", "style", "bounds", "summary"):
        assert said[name] == whole[name]
    assert said["photos"]["key"] == [] == said["stops"]["photos"]
    assert sum(said["legs"]["distance_m"]) == pytest.approx(sum(whole["legs"]["distance_m"]), abs=len(whole["legs"]))
    assert len(said["colours"]["knots"]) == len(said["legs"]["shape"]) <= OUTLINE_LEGS + len(whole["legs"]["shape"])
    coarse, exact = (
        shapely.MultiLineString(
            [line for line in map(polyline, " ".join(row["legs"]["shape"]).split()) if len(line) > 1]
        )
        for row in (said, whole)
    )
    assert shapely.hausdorff_distance(coarse, exact) < 100, "in 1e-5 degrees: within about 100 m"


def test_the_outline_of_ten_thousand_photos_fits_into_a_page() -> None:
    said = json.dumps(outline(large(), trace_id="t1", version="v1"))
    assert len(gzip.compress(said.encode())) < 14_000


def test_a_summary_says_what_a_title_says(town: tuple[Scene, Thumbnail]) -> None:
    scene, _ = town
    said = sent(scene)["summary"]
    instants = sorted(fix.instant.timestamp() for fix in scene.trace.fixes if fix.instant)
    assert (said["from"], said["to"]) == (round(instants[0]), round(instants[-1]))
    assert said["photos"] == len(scene.photos)
    assert 1 < said["places"] <= len(scene.trace.stops)
    bare = replace(scene, photos={})
    assert sent(bare)["summary"]["places"] == 0, "ends of a path without photos are no places"
