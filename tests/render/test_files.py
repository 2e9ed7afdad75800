"""GPX, GeoJSON, KML and KMZ are valid, and other libraries read the same trip from them, to the metre."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import fastkml
import gpxpy
import numpy as np
import pytest
import shapely
import xmlschema
from fastkml.features import Placemark
from fastkml.utils import find_all
from valhalla.midgard.utils import decode_polyline

from connector.maps.tiles import Tiles
from connector.render import files
from connector.render.page import page
from connector.render.picture import svg
from connector.render.places import placed_photos
from connector.render.scene import Scene, Thumbnail
from connector.routing.pool import Routers, open_routers
from connector.trace.model import Leg
from connector.trace.shape import distance_m
from tests.render.scenes import bench_trip, flown, scene_of

HERE = Path(__file__).parent
KML_XSD = Path(fastkml.__file__).parent / "schema" / "ogckml22.xsd"
BENCH = tuple(
    f"{place}-{kind}-1"
    for place, kinds in (
        ("liechtenstein", ("bicycle", "bicycle-walk", "car", "car-walk", "walk")),
        ("porto-alegre", ("bicycle", "car", "car-walk", "walk")),
    )
    for kind in kinds
)
LatLons = list[tuple[float, float]]


@cache
def schema(path: Path) -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(str(path))


def wanted(legs: Sequence[Leg]) -> list[LatLons]:
    """The lines of the legs as the router's own decoder reads them, lat first; a single spot is no line."""
    lines = [[(lat, lon) for lon, lat in decode_polyline(shape)] for leg in legs for shape in leg.shapes]
    without_pauses = [[place for n, place in enumerate(line) if n == 0 or place != line[n - 1]] for line in lines]
    return [line for line in without_pauses if len(line) > 1]


def check_lines(found: Sequence[LatLons], expected: Sequence[LatLons]) -> None:
    assert [len(line) for line in found] == [len(line) for line in expected]
    apart = [distance_m(a, b) for x, y in zip(found, expected, strict=True) for a, b in zip(x, y, strict=True)]
    assert apart
    assert max(apart) < 1.0


def check_photos(found: dict[str, tuple[float, float]], scene: Scene) -> None:
    photos = placed_photos(scene)
    assert len(found) == len(photos)
    assert max(distance_m(found[each.label], (each.lat, each.lon)) for each in photos) < 1.0


def check_gpx(scene: Scene) -> None:
    said = files.gpx(scene)
    schema(HERE / "gpx-1.1.xsd").validate(said)
    read = gpxpy.parse(said)
    assert read.name == scene.title
    lines = [[(p.latitude, p.longitude) for p in seg.points] for track in read.tracks for seg in track.segments]
    check_lines(lines, wanted(scene.trace.legs))
    photos = {w.name: (w.latitude, w.longitude) for w in read.waypoints if w.type == "photo"}
    check_photos({str(name): at for name, at in photos.items()}, scene)
    assert sum(w.type == "stop" for w in read.waypoints) == sum(stop.name is not None for stop in scene.trace.stops)
    modes = [
        {e.tag.split("}")[1]: e.text for e in seg.extensions} for track in read.tracks for seg in track.segments
    ]  # fmt: skip
    pieces = [leg for leg in scene.trace.legs for _ in wanted([leg])]
    assert [each["mode"] for each in modes] == [leg.mode.value for leg in pieces]
    assert [float(str(each["confidence"])) for each in modes] == [round(leg.confidence, 2) for leg in pieces]


def check_geojson(scene: Scene) -> None:
    read = json.loads(files.geojson(scene))
    shapes = [(f["properties"], shapely.from_geojson(json.dumps(f["geometry"]))) for f in read["features"]]
    lines = [
        [(lat, lon) for lon, lat in shapely.get_coordinates(part)]
        for about, shape in shapes
        if about["kind"] == "leg"
        for part in shapely.get_parts(shape)
    ]
    check_lines(lines, wanted(scene.trace.legs))
    photos = {a.get("name", a["key"]): (shape.y, shape.x) for a, shape in shapes if a["kind"] == "photo"}
    check_photos(photos, scene)
    stops = [shape for about, shape in shapes if about["kind"] == "stop"]
    assert len(stops) == len(scene.trace.stops)
    assert all(shape.is_valid for _, shape in shapes)


def check_kml(scene: Scene, said: str) -> None:
    schema(KML_XSD).validate(said)
    read = fastkml.KML.from_string(said)
    marks = [each for each in find_all(read, of_type=Placemark) if isinstance(each, Placemark)]
    lines: list[LatLons] = []
    photos: dict[str, tuple[float, float]] = {}
    for mark in marks:
        shape = shapely.geometry.shape(mark.geometry.__geo_interface__)  # type: ignore[union-attr]  # all have one
        if shape.geom_type == "Point":
            photos[mark.name or ""] = (shape.y, shape.x)
        else:
            lines += [[(c[1], c[0]) for c in shapely.get_coordinates(part)] for part in shapely.get_parts(shape)]
    check_lines(lines, wanted(scene.trace.legs))
    check_photos(photos, scene)


@pytest.fixture(params=["town", "pacific", "flight"])
def trip(request: pytest.FixtureRequest, routers: Routers) -> tuple[Scene, Thumbnail]:
    scene, thumbnail = request.getfixturevalue("pacific" if request.param == "flight" else request.param)
    if request.param == "flight":
        scene = flown(scene, routers)
        assert any(len(leg.shapes) == 2 for leg in scene.trace.legs), "no leg crosses 180 degrees"
    return scene, thumbnail


def test_gpx(trip: tuple[Scene, Thumbnail]) -> None:
    check_gpx(trip[0])


def test_geojson(trip: tuple[Scene, Thumbnail]) -> None:
    check_geojson(trip[0])


def test_kml(trip: tuple[Scene, Thumbnail]) -> None:
    check_kml(trip[0], files.kml(trip[0]))


def test_kmz_holds_a_thumbnail_per_photo(trip: tuple[Scene, Thumbnail]) -> None:
    scene, thumbnail = trip
    with zipfile.ZipFile(io.BytesIO(files.kmz(scene, thumbnail))) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert names[0] == "doc.kml"
        said = archive.read("doc.kml").decode()
        check_kml(scene, said)
        assert len(names) == 1 + len(scene.photos)
        assert all(f"<href>{name}</href>" in said for name in names[1:])
        assert archive.read(names[1]).startswith(b"\xff\xd8")


@pytest.fixture(scope="module")
def real_routers(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Routers]:
    from connector.maps.registry import add_map

    maps = tmp_path_factory.mktemp("real")
    for name in ("liechtenstein", "porto-alegre"):
        add_map(shared / "maps" / f"{name}.osm.pbf", name, maps)
    with open_routers(maps) as found:
        yield found


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.parametrize("name", BENCH)
def test_every_kind_of_real_trip(real_routers: Routers, name: str) -> None:
    scene = scene_of(bench_trip("2min", name), real_routers, title=name)
    check_gpx(scene)
    check_geojson(scene)
    check_kml(scene, files.kml(scene))


def test_hostile_texts_stay_texts(town: tuple[Scene, Thumbnail]) -> None:
    scene, thumbnail = town
    nasty = "</name><script>\"'&\x00]]>"
    photos = {i: replace(p, name=f"{n}{nasty}", url="https://x.example/?a=1&b='\"<") for n, (i, p) in enumerate(scene.photos.items())}  # fmt: skip  # noqa: E501
    bad = replace(scene, title=nasty, subtitle=nasty, photos=photos, link="https://x.example/<&>")
    schema(HERE / "gpx-1.1.xsd").validate(files.gpx(bad))
    schema(KML_XSD).validate(files.kml(bad))
    assert gpxpy.parse(files.gpx(bad)).name == nasty.replace("\x00", "")
    assert json.loads(files.geojson(bad))["name"] == nasty
    with zipfile.ZipFile(io.BytesIO(files.kmz(bad, thumbnail))) as archive:
        assert all(name == "doc.kml" or name.startswith("photos/") for name in archive.namelist())


def test_only_what_the_viewer_may_see_is_in_a_file(town: tuple[Scene, Thumbnail], tiles: Tiles) -> None:
    """Names of photos that are not shown, and the library's own ids, are in none of them."""
    scene, thumbnail = town
    hidden, *shown = scene.photos
    few = {asset_id: replace(scene.photos[asset_id], name=None) for asset_id in shown}
    partly = replace(scene, photos=few)
    kept = files.keep_zip(partly, thumbnail, svg(partly, shape="square", tiles=tiles, thumbnail=thumbnail))
    with zipfile.ZipFile(io.BytesIO(kept)) as archive:
        names = archive.namelist()
        everything = b"".join(archive.read(name) for name in names if not name.endswith(".jpg")).decode()
    assert {"index.html", "picture.svg", "trip.gpx", "trip.geojson", "trip.kml"} <= set(names)
    assert len([name for name in names if name.startswith("photos/")]) == len(shown)
    assert not any(asset_id in everything for asset_id in (hidden, *shown))
    assert scene.photos[hidden].key + ".jpg" not in everything


def test_a_kept_trip_is_the_same_every_time(town: tuple[Scene, Thumbnail]) -> None:
    scene, thumbnail = town
    assert files.keep_zip(scene, thumbnail, "<svg/>") == files.keep_zip(scene, thumbnail, "<svg/>")


def test_an_empty_trip_makes_valid_files() -> None:
    from connector.render.style import Style
    from connector.trace.model import Trace

    empty = Scene(trace=Trace(), title="", style=Style())
    schema(HERE / "gpx-1.1.xsd").validate(files.gpx(empty))
    schema(KML_XSD).validate(files.kml(empty))
    assert json.loads(files.geojson(empty))["features"] == []


@pytest.mark.parametrize("lon", [0.00004, -0.00003, 179.99999999, 180.0, -180.0])
def test_gpx_writes_places_in_plain_digits(town: tuple[Scene, Thumbnail], lon: float) -> None:
    """A photo at the meridian of Greenwich stands at 0.000040, never at 4e-05; one just short of 180 degrees, too."""
    scene, _ = town
    there = tuple(replace(fix, lat=51.478, lon=lon) for fix in scene.trace.fixes)
    said = files.gpx(replace(scene, trace=replace(scene.trace, fixes=there)))
    schema(HERE / "gpx-1.1.xsd").validate(said)
    photos = [each for each in gpxpy.parse(said).waypoints if each.type == "photo"]
    assert photos
    assert all(each.longitude == pytest.approx(lon, abs=1e-6) for each in photos)


@pytest.mark.parametrize("nothing", ["", "  ", "\n\t", "\u200b\u2060", "\x00"])
def test_a_title_of_which_nothing_is_seen_is_none(town: tuple[Scene, Thumbnail], tiles: Tiles, nothing: str) -> None:
    scene, thumbnail = town
    bare = replace(scene, title=nothing, subtitle=nothing, lang="de")
    plain = replace(scene, title="", subtitle=None, lang="de")
    assert (files.gpx(bare), files.kml(bare), files.geojson(bare)) == (
        files.gpx(plain),
        files.kml(plain),
        files.geojson(plain),
    )
    drawn = svg(bare, shape="portrait", tiles=tiles, thumbnail=thumbnail)
    assert drawn == svg(plain, shape="portrait", tiles=tiles, thumbnail=thumbnail)
    assert page(bare, "<svg/>", thumbnail) == page(plain, "<svg/>", thumbnail)


def test_times_between_the_ends_are_not_made_up(town: tuple[Scene, Thumbnail]) -> None:
    scene, _ = town
    read = gpxpy.parse(files.gpx(scene))
    legs = [leg for leg in scene.trace.legs if wanted([leg])]
    for leg, segment in zip(legs, (s for t in read.tracks for s in t.segments), strict=True):
        times = [point.time for point in segment.points]
        assert times[0] == scene.trace.stops[leg.from_stop].end.replace(microsecond=0)
        assert times[-1] == scene.trace.stops[leg.to_stop].start.replace(microsecond=0)
        assert times[1:-1] == [None] * (len(times) - 2)


def test_the_yardstick_reads_polylines_alike(town: tuple[Scene, Thumbnail]) -> None:
    ((lat, lon), *_), *_ = wanted(town[0].trace.legs)
    stop = town[0].trace.stops[0]
    assert np.allclose((lat, lon), (stop.lat, stop.lon), atol=1e-5)
