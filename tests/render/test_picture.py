"""The picture: nothing hides anything, nothing is silently missing, and it does not take long."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from connector.maps.registry import list_maps
from connector.maps.tiles import Tiles
from connector.metadata.fix import Fix
from connector.render import picture
from connector.render.figures import dates
from connector.render.fonts import width_px
from connector.render.palette import path_colours
from connector.render.photos import varied
from connector.render.picture import SHAPES, UnknownShape, png, svg, unwritable
from connector.render.placing import Box
from connector.render.scene import Scene, ScenePhoto, Thumbnail
from connector.render.style import Style
from connector.render.themes import THEMES, theme_of
from connector.routing.pool import Routers
from connector.trace.model import How, Trace
from tests.render.scenes import Trip, flown, named, scene_of, town_trip, wandering, with_drawn_photos, without_places
from tests.tiny_network import crossing

SVG = "{http://www.w3.org/2000/svg}"
CPU_LIMIT_S = 5.0


def boxes(drawn: str, *kinds: str) -> list[tuple[str, Box]]:
    """The rooms that marks of those kinds say they take."""
    found = []
    for each in ElementTree.fromstring(drawn).iter(f"{SVG}g"):  # noqa: S314  # our own
        if each.get("data-box") and each.get("data-kind") in kinds:
            left, top, right, bottom = (float(side) for side in (each.get("data-box") or "").split())
            found.append((each.get("data-kind") or "", Box(left, top, right, bottom)))
    return found


ON_THE_MAP = ("inset", "photo", "emoji", "name", "scale")
AROUND_IT = ("heading", "photos", "figures", "credit", "band", "qr")


def check_no_overlap(drawn: str) -> None:
    for (kind, one), (other_kind, other) in combinations(boxes(drawn, *ON_THE_MAP), 2):
        assert not one.overlaps(other), f"a {kind} hides a {other_kind}"
    blocks = boxes(drawn, *(kind for kind in AROUND_IT if kind != "qr"))
    for (kind, one), (other_kind, other) in combinations(blocks, 2):
        assert not one.overlaps(other), f"{kind} and {other_kind} overlap"


def texts(drawn: str) -> list[tuple[str, Box]]:
    """Every text with the room that it takes, measured here and not by what the picture says of it."""
    found = []
    for each in ElementTree.fromstring(drawn).iter(f"{SVG}text"):  # noqa: S314  # our own
        placed = [span for span in each if span.get("x")] or [each]
        boxes = [_letters(span, each) for span in placed]
        left, right = min(box.left for box in boxes), max(box.right for box in boxes)
        found.append(("".join(each.itertext()), Box(left, boxes[0].top, right, boxes[0].bottom)))
    return found


def _letters(span: ElementTree.Element, line: ElementTree.Element) -> Box:
    said, size = "".join(span.itertext()), float(line.get("font-size") or 0)
    family = (span.get("font-family") or line.get("font-family") or "").split(",")[0]
    wide = width_px(said, family, int(line.get("font-weight") or 400), size)
    wide += float(line.get("letter-spacing") or 0) * len(said)
    x, y = float(span.get("x") or 0), float(line.get("y") or 0)
    left = x - {"middle": wide / 2, "end": wide}.get(span.get("text-anchor") or "", 0.0)
    return Box(left, y - size * 0.7, left + wide, y + size * 0.05)


@pytest.mark.parametrize("shape", SHAPES)
def test_nothing_overlaps_in_any_shape(town: tuple[Scene, Thumbnail], tiles: Tiles, shape: str) -> None:
    scene, thumbnail = town
    drawn = svg(scene, shape=shape, tiles=tiles, thumbnail=thumbnail)
    check_no_overlap(drawn)
    kinds = {kind for kind, _ in boxes(drawn, *ON_THE_MAP, *AROUND_IT)}
    assert kinds >= {"photo", "emoji", "name", "heading", "figures", "credit", "qr"}
    canvas = Box(0, 0, SHAPES[shape].width, SHAPES[shape].height)
    assert all(canvas.holds(box) for _, box in boxes(drawn, *ON_THE_MAP, *AROUND_IT))


@pytest.mark.parametrize("shape", SHAPES)
def test_no_words_run_into_each_other_or_off_the_picture(
    town: tuple[Scene, Thumbnail], tiles: Tiles, shape: str
) -> None:
    scene, thumbnail = town
    long = replace(
        scene,
        title="From the very far north down to the warm and sunny south, on foot, by bicycle and by train, in one go",
        subtitle="with everybody who could come, and some who could not, and the dog, and of course all of the luggage",
    )
    drawn = svg(long, shape=shape, tiles=tiles, thumbnail=thumbnail)
    found = texts(drawn)
    canvas = Box(0, 0, SHAPES[shape].width, SHAPES[shape].height)
    assert all(canvas.holds(box) for _, box in found)
    for (one, box), (other, another) in combinations(found, 2):
        assert not box.overlaps(another), f"{one!r} and {other!r}"


def test_names_of_a_crowded_place_do_not_collide(routers: Routers, tiles: Tiles) -> None:
    trip = town_trip(60)
    names = {n: f"A rather long name, number {n}" for n in range(0, 60, 2)}
    scene = scene_of(trip, routers, named(trip, names), title="Names")
    drawn = svg(scene, shape="portrait", tiles=tiles, thumbnail=trip.thumbnail)
    check_no_overlap(drawn)
    assert len(boxes(drawn, "name")) >= 6
    for (kind, one), (_, other) in combinations(boxes(drawn, "name"), 2):
        assert not one.overlaps(other), kind
    shown = [box for text, box in texts(drawn) if text.startswith("A rather long")]
    assert not any(one.overlaps(other) for one, other in combinations(shown, 2))


def test_three_thousand_photos(routers: Routers, tiles: Tiles) -> None:
    day = datetime(2026, 5, 2, 6, 0, tzinfo=UTC)
    trip = with_drawn_photos(wandering(crossing(5, 5), 3000, day, 3, 0.0006))
    scene = scene_of(trip, routers, title="A long summer")
    begin = time.process_time()
    drawn = svg(scene, shape="portrait", tiles=tiles, thumbnail=trip.thumbnail)
    image = png(drawn, width_px=1080)
    assert time.process_time() - begin < CPU_LIMIT_S
    assert len(drawn) < 3_000_000
    check_no_overlap(drawn)
    assert _ink(image) > 0.1


def _ink(image: bytes) -> float:
    """Share of pixels that are not of the commonest colour."""
    with Image.open(io.BytesIO(image)) as opened:
        pixels = np.asarray(opened.convert("RGB")).reshape(-1, 3)
    _, counts = np.unique(pixels, axis=0, return_counts=True)
    return float(1 - counts.max() / counts.sum())


@pytest.mark.parametrize("theme", THEMES)
def test_every_theme_draws_within_the_time(town: tuple[Scene, Thumbnail], tiles: Tiles, theme: str) -> None:
    scene = replace(town[0], style=replace(town[0].style, theme=theme))
    begin = time.process_time()
    image = png(svg(scene, shape="portrait", tiles=tiles, thumbnail=town[1]), width_px=1080)
    assert time.process_time() - begin < CPU_LIMIT_S
    with Image.open(io.BytesIO(image)) as opened:
        assert opened.size == (1080, 1440)
        paper = tuple(int(THEMES[theme].paper[k : k + 2], 16) for k in (1, 3, 5))
        assert opened.convert("RGB").getpixel((6, 6)) == paper
        assert len(opened.convert("RGB").getcolors(2_000_000) or ()) > 200
    if THEMES[theme].grey_photos:
        with Image.open(io.BytesIO(image)) as opened:
            channels = np.asarray(opened.convert("RGB"), dtype=int)
        # emoji keep their colours; nothing else has any
        assert (np.ptp(channels, axis=2) > 24).mean() < 0.01


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (lambda scene: replace(scene, link=None), "qr"),
        (lambda scene: replace(scene, style=replace(scene.style, photo_size="none")), "photo"),
        (lambda scene: replace(scene, style=replace(scene.style, labels=False)), "name"),
        (lambda scene: replace(scene, style=replace(scene.style, emoji={})), "emoji"),
        (lambda scene: replace(scene, photos={}), "photos"),
    ],
)
def test_what_is_not_wanted_is_not_drawn(
    town: tuple[Scene, Thumbnail], tiles: Tiles, change: Callable[[Scene], Scene], kind: str
) -> None:
    assert boxes(svg(town[0], shape="portrait", tiles=tiles, thumbnail=town[1]), kind)
    drawn = svg(change(town[0]), shape="portrait", tiles=tiles, thumbnail=town[1])
    assert not boxes(drawn, kind)


def test_the_photos_somebody_chose_stand_out(town: tuple[Scene, Thumbnail], tiles: Tiles) -> None:
    scene, thumbnail = town
    last = scene.trace.stops[-1].asset_ids[0]
    asked: list[str] = []

    def watched(asset_id: str) -> bytes | None:
        asked.append(asset_id)
        return thumbnail(asset_id)

    chosen = replace(scene, style=replace(scene.style, featured=(scene.photos[last].key,)))
    drawn = svg(chosen, shape="square", tiles=tiles, thumbnail=watched)
    assert len(boxes(drawn, "photo")) == 1
    assert set(asked) == {last}


def test_text_cannot_break_out(town: tuple[Scene, Thumbnail], tiles: Tiles) -> None:
    nasty = replace(town[0], title="</text><script>alert(1)</script>\x00\x08\"'&", subtitle="]]>\ud800")
    drawn = svg(nasty, shape="square", tiles=tiles, thumbnail=town[1])
    root = ElementTree.fromstring(drawn)  # noqa: S314  # our own
    assert not list(root.iter(f"{SVG}script"))
    assert not re.search(r"""(href|src)=["'](?!data:)""", drawn)


def test_a_picture_needs_nothing_else(town: tuple[Scene, Thumbnail], tiles: Tiles) -> None:
    drawn = svg(town[0], shape="portrait", tiles=tiles, thumbnail=town[1])
    assert "http" not in drawn.replace("http://www.w3.org/", "")
    assert "OpenStreetMap contributors" in drawn


def test_the_map_is_credited_only_where_it_was_used(routers: Routers, tiles: Tiles) -> None:
    far = [replace(fix, lat=(fix.lat or 0) - 60, lon=(fix.lon or 0) - 60) for fix in town_trip(9).fixes]
    scene = scene_of(with_drawn_photos(far), routers)
    assert {leg.how for leg in scene.trace.legs} == {How.DIRECT}
    assert "OpenStreetMap" not in svg(scene, shape="square", tiles=tiles, thumbnail=lambda _: None)
    routed = scene_of(town_trip(9), routers)
    assert "OpenStreetMap" in svg(routed, shape="square", tiles=None, thumbnail=lambda _: None)
    legs = tuple(replace(leg, how=How.MATCHED) for leg in routed.trace.legs)
    matched = replace(routed, trace=replace(routed.trace, legs=legs))
    assert "OpenStreetMap" in svg(matched, shape="square", tiles=None, thumbnail=lambda _: None)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_map_at_the_side_of_the_picture_is_credited_too(
    routers: Routers, tiles: Tiles, tiny_maps: Path, shape: str
) -> None:
    """Nobody was on the map, but it can be seen beside the way."""
    west, south, _, north = next(found.box for found in list_maps(tiny_maps) if found.box)
    day = datetime(2026, 5, 2, 8, 0, tzinfo=UTC)
    tall = north - south
    places = [(south - 2 * tall, west - tall / 4), (north + 2 * tall, west - tall / 4)]
    fixes = [
        Fix(asset_id=f"p{n}", instant=day + timedelta(hours=n), lat=lat, lon=lon, accuracy_m=6.0)
        for n, (lat, lon) in enumerate(places)
    ]
    scene = scene_of(with_drawn_photos(fixes), routers)
    assert {leg.how for leg in scene.trace.legs} == {How.DIRECT}
    assert "OpenStreetMap" in svg(scene, shape=shape, tiles=tiles, thumbnail=lambda _: None)


def test_photos_placed_by_their_time_are_shown_and_dated_too(routers: Routers, tiles: Tiles) -> None:
    """A camera without GPS beside a phone that took three photos."""
    trip = town_trip(26)
    blind = replace(
        trip,
        fixes=tuple(
            fix if n in (0, 12, 25) else replace(fix, lat=None, lon=None, camera="a camera")
            for n, fix in enumerate(trip.fixes)
        ),
    )
    scene = scene_of(blind, routers)
    assert len(scene.trace.inferred) > 15
    asked: set[str] = set()

    def watched(asset_id: str) -> bytes | None:
        asked.add(asset_id)
        return trip.thumbnail(asset_id)

    drawn = svg(scene, shape="portrait", tiles=tiles, thumbnail=watched)
    assert len(boxes(drawn, "photo")) > 3
    assert asked & {each.asset_id for each in scene.trace.inferred}
    check_no_overlap(drawn)
    only = replace(scene, trace=replace(scene.trace, stops=tuple(replace(s, asset_ids=()) for s in scene.trace.stops)))
    assert dates(only) == dates(scene)


def test_a_photo_hides_the_path_only_where_it_must(routers: Routers, tiles: Tiles) -> None:
    trip = town_trip(26)
    scene = scene_of(trip, routers)
    drawn = svg(scene, shape="portrait", tiles=tiles, thumbnail=trip.thumbnail)
    shown = ElementTree.fromstring(drawn)  # noqa: S314  # our own
    ends = [
        [tuple(float(part) for part in point.split(",")) for point in (each.get("d") or "M")[1:].split("L")]
        for each in shown.iter(f"{SVG}path")
        if re.fullmatch(r"M[\d.]+,[\d.]+(L[\d.]+,[\d.]+)+", each.get("d") or "")
        and float(each.get("stroke-width") or 0) == scene.style.width_px * 1.25
    ]
    assert sum(len(line) for line in ends) > 20
    hidden = [p for line in ends for p in line for _, box in boxes(drawn, "photo") if box.holds(Box(*p, *p))]
    assert len(hidden) <= 2


def test_the_row_of_photos_shows_different_things() -> None:
    colours = {"a": "#804020", "b": "#824222", "c": "#2040a0", "d": "#2242a2", "e": "#208020", "f": "#2140a1"}
    assert varied(list("abcdef"), colours, 3) == ["b", "c", "e"]
    assert varied(list("abcdef"), {}, 2) == ["b", "e"]
    assert varied(list("ab"), colours, 3) == ["a", "b"]


@pytest.mark.parametrize("title", ["罗马的秋天", "رحلة إلى روما", "🏔️🚲🌧️", "กรุงเทพ", "ירושלים", ""])
def test_titles_of_every_script_leave_their_ink(town: tuple[Scene, Thumbnail], tiles: Tiles, title: str) -> None:
    """The title's own room is looked at in the finished picture."""
    scene = replace(town[0], title=title, subtitle=None)
    assert unwritable(scene) == ()
    drawn = svg(scene, shape="portrait", tiles=tiles, thumbnail=town[1])
    ((_, box),) = boxes(drawn, "heading")
    with Image.open(io.BytesIO(png(drawn, width_px=1080))) as image:
        room = np.asarray(image.convert("L").crop((int(box.left), int(box.top), int(box.right), int(box.bottom) - 30)))
    assert (room < 160).sum() > 300


def test_arabic_titles_stand_on_the_right(town: tuple[Scene, Thumbnail], tiles: Tiles) -> None:
    drawn = svg(replace(town[0], title="رحلة إلى روما"), shape="portrait", tiles=tiles, thumbnail=town[1])
    (box,) = [box for text, box in texts(drawn) if text == "رحلة إلى روما"]
    assert box.right == pytest.approx(1080 - 56, abs=1)


def test_what_no_font_can_draw_is_said(town: tuple[Scene, Thumbnail]) -> None:
    assert unwritable(town[0]) == ()
    assert unwritable(replace(town[0], title="Memphis 𓀀𓀁")) == ("𓀀", "𓀁")


def test_without_a_place_the_photos_are_shown(routers: Routers) -> None:
    trip = without_places(town_trip(12))
    scene = scene_of(trip, routers, title="Shoebox")
    drawn = svg(scene, shape="portrait", tiles=None, thumbnail=trip.thumbnail)
    assert drawn.count("<image") == 12
    assert "None of these photos says where it was taken" in drawn


@pytest.mark.parametrize("shape", SHAPES)
def test_nothing_at_all_is_still_a_picture(shape: str) -> None:
    empty = Scene(trace=Trace(), title="", style=Style(), lang="de")
    drawn = svg(empty, shape=shape, tiles=None, thumbnail=lambda _: None)
    assert "Noch ist kein Foto da" in drawn
    assert "Eine Reise" in drawn
    check_no_overlap(drawn)
    assert png(drawn, width_px=400).startswith(b"\x89PNG")


def test_a_broken_thumbnail_becomes_its_colour(town: tuple[Scene, Thumbnail], tiles: Tiles) -> None:
    drawn = svg(town[0], shape="portrait", tiles=tiles, thumbnail=lambda _: b"\xff\xd8 not a photo")
    assert "<image" not in drawn
    first = next(iter(town[0].photos.values()))
    assert isinstance(first, ScenePhoto)
    assert first.colour
    assert first.colour in drawn


def test_the_way_over_180_degrees_is_one_way(pacific: tuple[Scene, Thumbnail]) -> None:
    scene, thumbnail = pacific
    drawn = svg(scene, shape="landscape", tiles=None, thumbnail=thumbnail)
    check_no_overlap(drawn)
    dots = [
        float(each.get("cx") or 0)
        for group in ElementTree.fromstring(drawn).iter(f"{SVG}g")  # noqa: S314  # our own
        if group.get("data-kind") == "dots"
        for each in group
    ]
    assert len(dots) >= 4
    assert min(dots) > 652, "all of it is on the map, which stands right of the words"
    assert max(dots) < 1864
    assert max(dots) - min(dots) > 600
    tokyo, _, hawaii, _ = dots[-4:]  # the ends are drawn last, two circles each
    assert hawaii - tokyo > 600, "eastwards from Tokyo, not around the world"


def test_an_unknown_shape_is_refused(town: tuple[Scene, Thumbnail]) -> None:
    with pytest.raises(UnknownShape, match="there are: portrait, square, story, landscape, a4"):
        svg(town[0], shape="round", tiles=None, thumbnail=town[1])


def test_the_same_scene_gives_the_same_picture(town: tuple[Scene, Thumbnail], tiles: Tiles) -> None:
    one, other = (svg(town[0], shape="square", tiles=tiles, thumbnail=town[1]) for _ in range(2))
    assert one == other


def test_the_world_lies_below_a_far_journey(
    pacific: tuple[Scene, Thumbnail], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a world of one square island on both sides of 180 degrees."""
    world = tmp_path / "world.geojson"
    square = [[170, -10], [180, -10], [180, 20], [170, 20], [170, -10]]
    east = [[-180, -10], [-170, -10], [-170, 20], [-180, 20], [-180, -10]]
    rows = [
        f'{{"type":"Feature","properties":{{"kind":"land"}},"geometry":{{"type":"Polygon","coordinates":[{ring}]}}}}'
        for ring in (square, east)
    ]
    name = '{"type":"Feature","properties":{"kind":"name","name":"Isle","name_de":"Insel","minzoom":1},"geometry":{"type":"Point","coordinates":[175,12]}}'  # noqa: E501  # one line of data
    world.write_text(f'{{"type":"FeatureCollection","features":[{",".join([*rows, name])}]}}')
    monkeypatch.setattr("connector.render.ground.WORLD", world)
    scene, thumbnail = pacific
    drawn = svg(scene, shape="landscape", tiles=None, thumbnail=thumbnail)
    assert ">ISLE<" in drawn
    assert ">INSEL<" in svg(replace(scene, lang="de-AT"), shape="landscape", tiles=None, thumbnail=thumbnail)
    palette = THEMES["paper"].palette
    with Image.open(io.BytesIO(png(drawn, width_px=1920))) as image:
        inside = image.convert("RGB")
        seen = {inside.getpixel((x, y)) for x in range(700, 1800, 40) for y in range(100, 1000, 40)}
    assert {tuple(int(c[k : k + 2], 16) for k in (1, 3, 5)) for c in (palette.sea, palette.land)} <= seen


def test_the_module_names_its_shapes() -> None:
    assert set(SHAPES) == {"portrait", "square", "story", "landscape", "a4"}
    assert picture.SHAPES["portrait"].width == 1080


def far_away() -> Trip:
    """The town, and then a week at the other end of the world."""
    near = town_trip(30).fixes
    far = wandering((-30.03, -51.22), 12, datetime(2026, 5, 9, 8, 0, tzinfo=UTC), 8, 0.001)
    return with_drawn_photos([*near, *far])


def test_two_figures_beside_a_map_are_not_read_as_one(routers: Routers) -> None:
    trip = far_away()
    scene = replace(flown(scene_of(trip, routers), routers), link="https://trace.example/embed/abc")
    drawn = dict(texts(svg(scene, shape="landscape", tiles=None, thumbnail=trip.thumbnail)))
    (distance,) = (box for text, box in drawn.items() if re.fullmatch(r"[\d,]+ km", text) and box.height > 15)
    beside = min(box.left for text, box in drawn.items() if box.top == distance.top and box.left > distance.right)
    assert beside - distance.right >= distance.height


@pytest.mark.parametrize("shape", SHAPES)
def test_a_town_seen_from_too_far_has_a_small_map(routers: Routers, tiles: Tiles, shape: str) -> None:
    trip = far_away()
    scene = flown(scene_of(trip, routers, title="There and back"), routers)
    drawn = svg(scene, shape=shape, tiles=tiles, thumbnail=trip.thumbnail)
    found = boxes(drawn, "inset")
    assert len(found) == 1, "the far end lies on no map"
    check_no_overlap(drawn)
    (inset,) = [each for each in ElementTree.fromstring(drawn).iter(f"{SVG}g") if each.get("data-kind") == "inset"]  # noqa: S314  # our own
    (window,) = inset.iter(f"{SVG}svg")
    colours = {each.get("stroke") for each in window.iter(f"{SVG}path")}
    ends = {colours_of.at(0.0) for colours_of in path_colours(scene, theme_of("paper"))}
    assert colours & ends, "the way through the town is in it, in its own colours"


def test_without_a_map_of_the_town_there_is_no_small_map(routers: Routers) -> None:
    trip = far_away()
    scene = flown(scene_of(trip, routers, title="There and back"), routers)
    assert not boxes(svg(scene, shape="portrait", tiles=None, thumbnail=trip.thumbnail), "inset")


def test_what_lies_around_a_pole_stands_inside_the_frame(routers: Routers, tiles: Tiles) -> None:
    day = datetime(2026, 12, 2, 8, 0, tzinfo=UTC)
    fixes = [
        Fix(asset_id=f"p{n}", instant=day + timedelta(hours=2 * n), lat=-89.98, lon=18.0 * n - 180.0, accuracy_m=6.0)
        for n in range(20)
    ]
    trip = with_drawn_photos(fixes)
    drawn = svg(scene_of(trip, routers), shape="square", tiles=tiles, thumbnail=trip.thumbnail)
    (edge,) = [
        each
        for each in ElementTree.fromstring(drawn).iter(f"{SVG}path")  # noqa: S314  # our own
        if each.get("stroke-opacity") == "0.16"
    ]
    numbers = [float(each) for each in re.findall(r"V([\d.]+)", edge.get("d") or "")]
    dots = [
        float(each.get("cy") or 0)
        for group in ElementTree.fromstring(drawn).iter(f"{SVG}g")  # noqa: S314  # our own
        if group.get("data-kind") == "dots"
        for each in group
    ]
    assert max(dots) < max(numbers) - 20, "not on the edge, half hidden"
    assert not boxes(drawn, "inset"), "a small map of the whole world would show nothing"
