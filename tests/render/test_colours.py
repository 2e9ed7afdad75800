"""The path's colours: beside the photos' own, smooth, and right for the other ways to colour it."""

from __future__ import annotations

import io
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from statistics import median

import numpy as np
import pytest
from PIL import Image

from connector.maps.registry import add_map
from connector.render.colour import blend, contrast, from_lab, lab
from connector.render.document import document
from connector.render.palette import MODES, lively, path_colours, photo_colours, photo_knots, stop_colours
from connector.render.scene import Scene, Thumbnail
from connector.render.style import Style
from connector.render.themes import THEMES, on_the_map, theme_of
from connector.routing.pool import Routers, open_routers
from tests.render.scenes import KINDS, Trip, demo_trip, drawn, mean_colour, photos_of, scene_of, town_trip
from tests.render.seen import ciede2000, cielab, of_hex

FARTHEST_FROM_A_PHOTO = 8.0
"""CIEDE2000 between the path at a photo and that photo's dominant colour, the mean of its pixels: what we promise."""
FARTHEST_FROM_A_CLUSTER = 33.0
USUALLY_FROM_A_CLUSTER = 18.0
"""The same, at most and as the median, where the largest cluster of its pixels is taken for a photo's dominant colour.
A photo of two large colours has clusters far apart, and nothing is near to whichever of them happens to be larger."""


def own_colour(said: bytes) -> np.ndarray:
    """The photo's dominant colour: the mean of its pixels as they are seen (CIELAB), at another size than ours."""
    with Image.open(io.BytesIO(said)) as image:
        found: np.ndarray = cielab(np.asarray(image.convert("RGB").resize((40, 40)))).reshape(-1, 3).mean(axis=0)
    return found


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    # of the published test data of the formula
    [
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, -1.1848, -84.8006), (50, 0, -82.7485), 1.0),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
    ],
)
def test_the_yardstick_is_right(one: tuple[float, ...], other: tuple[float, ...], distance: float) -> None:
    assert ciede2000(np.array(one), np.array(other)) == pytest.approx(distance, abs=1e-3)


def largest_cluster(said: bytes, count: int) -> np.ndarray:
    """The middle of the largest of so many clusters of the photo's pixels in CIELAB."""
    with Image.open(io.BytesIO(said)) as image:
        pixels = cielab(np.asarray(image.convert("RGB").resize((48, 48)))).reshape(-1, 3)
    chance = np.random.default_rng(1)
    middles = pixels[chance.choice(len(pixels), count, replace=False)]
    for _ in range(25):
        nearest = ((pixels[:, None] - middles) ** 2).sum(axis=2).argmin(axis=1)
        parts = [pixels[nearest == n] for n in range(count)]
        middles = np.array([part.mean(axis=0) if len(part) else old for part, old in zip(parts, middles, strict=True)])
    found: np.ndarray = middles[np.bincount(nearest, minlength=count).argmax()]
    return found


def at_photos(scene: Scene) -> dict[str, str]:
    """The colour of the path at the place each photo has on it."""
    colours = path_colours(scene, theme_of("paper"))
    return {i: colours[leg].at(share) for leg, knots in enumerate(photo_knots(scene)) for share, i in knots}


def check_photos(scene: Scene, thumbnail: Thumbnail) -> None:
    """Every photo that has a place is on the path, in its own colour."""
    found = at_photos(scene)
    placed = {i for stop in scene.trace.stops for i in stop.asset_ids}
    assert placed <= set(found)
    pictures = {i: said for i in found if (said := thumbnail(i)) is not None}
    assert set(pictures) == set(found)
    far = {i: ciede2000(own_colour(said), of_hex(found[i])) for i, said in pictures.items()}
    assert max(far.values()) <= FARTHEST_FROM_A_PHOTO
    for count in (3, 5, 8):
        apart = [ciede2000(largest_cluster(said, count), of_hex(found[i])) for i, said in pictures.items()]
        assert max(apart) <= FARTHEST_FROM_A_CLUSTER
        assert median(apart) <= USUALLY_FROM_A_CLUSTER


def test_every_drawn_photo_has_its_colour_on_the_path(town: tuple[Scene, Thumbnail]) -> None:
    check_photos(*town)


@pytest.mark.shared
@pytest.mark.slow
def test_the_demos_photos_have_their_colours_on_its_path(shared: Path, tmp_path: Path) -> None:
    add_map(shared / "maps" / "helsinki-centre.osm.pbf", "helsinki-centre", tmp_path)
    with open_routers(tmp_path) as helsinki:
        trip = demo_trip(helsinki.all[0])
        scene = scene_of(trip, helsinki)
    assert len(at_photos(scene)) >= 36
    check_photos(scene, trip.thumbnail)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_drawn_photo_keeps_its_colour(kind: str) -> None:
    said = drawn(kind, 1)
    path = lively(mean_colour(said) or "")
    assert ciede2000(own_colour(said), of_hex(path)) <= FARTHEST_FROM_A_PHOTO


@pytest.mark.shared
def test_every_real_photo_has_its_colour_on_the_path(shared: Path, routers: Routers) -> None:
    trip = photos_of(shared / "trips" / "rome-2024" / "photos")
    scene = scene_of(trip, routers)
    assert len(at_photos(scene)) >= 16
    check_photos(scene, trip.thumbnail)


def test_the_photos_of_a_stop_lie_around_it_in_order(routers: Routers) -> None:
    scene = scene_of(town_trip(30), routers)
    knots = photo_knots(scene)
    several = [stop for stop in scene.trace.stops[1:-1] if len(stop.asset_ids) > 2]
    assert several
    for stop in several:
        (arriving,) = [leg.index for leg in scene.trace.legs if leg.to_stop == stop.index]
        (leaving,) = [leg.index for leg in scene.trace.legs if leg.from_stop == stop.index]
        before = [i for share, i in knots[arriving] if share > 0.5]
        after = [i for share, i in knots[leaving] if share < 0.5]
        assert before[-1] == after[0], "the photo in the middle is at the stop itself"
        assert (*before, *after[1:]) == stop.asset_ids


def test_a_document_holds_the_colours_of_the_picture(town: tuple[Scene, Thumbnail]) -> None:
    scene, _ = town
    said = document(scene, trace_id="t", version="1")["colours"]
    legs, share, colour = path_colours(scene, theme_of("paper")), iter(said["share"]), said["colour"]
    assert said["knots"] == [len(leg.stops) for leg in legs]
    found = [[next(share) for _ in leg.stops] for leg in legs]
    assert found == [[round(1000 * at) for at, _ in leg.stops] for leg in legs]
    assert colour == "".join(each[1:] for leg in legs for _, each in leg.stops)


def test_colours_melt_into_each_other(town: tuple[Scene, Thumbnail]) -> None:
    legs = path_colours(town[0], theme_of("paper"))
    for before, after in pairwise(legs):
        assert before.at(1.0) == after.at(0.0)
    for leg in legs:
        steps = [leg.at(k / 400) for k in range(401)]
        assert max(ciede2000(of_hex(a), of_hex(b)) for a, b in pairwise(steps)) <= 3


def test_inferred_photos_colour_their_place_on_the_leg(routers: Routers) -> None:
    trip = town_trip(30)
    first, *rest = scene_of(trip, routers).trace.stops
    between = first.end + (rest[0].start - first.end) / 2
    extra = replace(trip.fixes[0], asset_id="guessed", instant=between, lat=None, lon=None)
    park = drawn("park", 1)
    more = Trip((*trip.fixes, extra), lambda asset_id: park if asset_id == "guessed" else trip.thumbnail(asset_id))
    scene = scene_of(more, routers)
    assert [each.asset_id for each in scene.trace.inferred] == ["guessed"]
    index = scene.trace.inferred[0].leg or 0
    leg = path_colours(scene, theme_of("paper"))[index]
    share = next(at for at, asset_id in photo_knots(scene)[index] if asset_id == "guessed")
    assert share == pytest.approx(0.5, abs=0.01)
    assert ciede2000(own_colour(park), of_hex(leg.at(share))) <= FARTHEST_FROM_A_PHOTO


def test_the_band_holds_the_photos_placed_by_their_time_too(routers: Routers) -> None:
    trip = town_trip(30)
    blind = tuple(replace(f, lat=None, lon=None) if 3 <= n < 27 else f for n, f in enumerate(trip.fixes))
    scene = scene_of(replace(trip, fixes=blind), routers)
    assert len(scene.trace.inferred) == 24
    assert photo_colours(scene) == photo_colours(scene_of(trip, routers))


def test_a_stop_without_a_colour_takes_its_neighbours(routers: Routers) -> None:
    scene = scene_of(town_trip(30), routers)
    middle = scene.trace.stops[len(scene.trace.stops) // 2]
    photos = {i: replace(p, colour=None) if i in middle.asset_ids else p for i, p in scene.photos.items()}
    bare = replace(scene, photos=photos)
    colours = stop_colours(bare, theme_of("paper"))
    before, after = colours[middle.index - 1], colours[middle.index + 1]
    assert colours[middle.index] == blend(before, after, 0.5)
    none = replace(scene, photos={i: replace(p, colour=None) for i, p in scene.photos.items()})
    assert set(stop_colours(none, theme_of("paper"))) == {theme_of("paper").line}
    assert photo_colours(none) == ()


@pytest.mark.parametrize("by", ["time", "speed", "mode", "plain"])
def test_other_ways_to_colour(town: tuple[Scene, Thumbnail], by: str) -> None:
    scene = replace(town[0], style=Style(colour_by=by))
    legs = path_colours(scene, theme_of("paper"))
    assert len(legs) == len(scene.trace.legs)
    if by == "mode":
        assert [leg.at(0.5) for leg in legs] == [MODES[leg.mode] for leg in scene.trace.legs]
    if by == "plain":
        assert {leg.at(0.5) for leg in legs} == {theme_of("paper").line}
    if by == "time":
        assert legs[0].at(0.0) != legs[-1].at(1.0)
    if by == "speed":
        speeds = [leg.distance_m / max(1, leg.duration_s) for leg in scene.trace.legs]
        assert legs[int(np.argmax(speeds))].at(0) != legs[int(np.argmin(speeds))].at(0)


def test_lab_is_the_inverse_of_itself() -> None:
    for colour in ("#000000", "#ffffff", "#e2543a", "#1d9fb8", "#7f7f7f"):
        assert from_lab(lab(colour)) == colour


def test_every_theme_can_be_read() -> None:
    assert len(THEMES) >= 8
    assert {theme.scheme for theme in THEMES.values()} == {"light", "dark"}
    assert any(theme.drawn_by_hand for theme in THEMES.values())
    for theme in THEMES.values():
        twin = THEMES[theme.twin]
        assert twin.scheme != theme.scheme
        assert contrast(theme.ink, theme.paper) >= 7
        assert contrast(theme.quiet, theme.paper) >= 4.5
        assert contrast(theme.palette.text, theme.palette.halo) >= 4.5
        assert contrast(theme.line, theme.palette.land) >= 3


def test_a_page_is_told_the_themes_it_may_need_and_no_more() -> None:
    assert [theme["name"] for theme in on_the_map()] == list(THEMES)
    assert [theme["name"] for theme in on_the_map(["sketch", "no such", "dusk"])] == ["sketch", "dusk", "night", "rose"]
    (own, twin) = on_the_map(["dusk"])
    assert (own["twin"], twin["twin"]) == ("rose", "dusk")
    assert own["palette"]["sea"] == THEMES["dusk"].palette.sea
    assert "paper" not in own


def test_a_path_that_was_cut_has_a_colour_at_every_stop(routers: Routers) -> None:
    scene = scene_of(town_trip(30), routers)
    legs = tuple(leg for leg in scene.trace.legs if leg.index % 3)
    cut = replace(scene, trace=replace(scene.trace, legs=legs))
    assert len(stop_colours(cut, theme_of("paper"))) == len(cut.trace.stops)
