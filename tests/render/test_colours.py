"""The path's colours: beside the photos' own, smooth, and right for the other ways to colour it."""

from __future__ import annotations

import io
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from connector.render.colour import blend, contrast, from_lab, lab
from connector.render.palette import MODES, lively, path_colours, photo_colours, stop_colours
from connector.render.scene import Scene, Thumbnail
from connector.render.style import Style
from connector.render.themes import THEMES, as_json, theme_of
from connector.routing.pool import Routers
from tests.render.scenes import KINDS, Trip, drawn, mean_colour, photos_of, scene_of, town_trip
from tests.render.seen import ciede2000, cielab, of_hex

FARTHEST_FROM_A_PHOTO = 11.0
"""CIEDE2000 between the path at a photo and the mean colour of that photo: what we promise."""


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


def check_photos(scene: Scene, thumbnail: Thumbnail) -> list[float]:
    """Distances between the path at a stop of one photo and that photo."""
    found = []
    for stop, colour in zip(scene.trace.stops, stop_colours(scene, theme_of("paper")), strict=True):
        said = thumbnail(stop.asset_ids[0])
        if len(stop.asset_ids) == 1 and said is not None:
            found.append(ciede2000(own_colour(said), of_hex(colour)))
    return found


def test_the_path_has_the_colour_of_each_drawn_photo(town: tuple[Scene, Thumbnail]) -> None:
    distances = check_photos(*town)
    assert len(distances) >= 4
    assert max(distances) <= FARTHEST_FROM_A_PHOTO


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_drawn_photo_keeps_its_colour(kind: str) -> None:
    said = drawn(kind, 1)
    path = lively(mean_colour(said) or "")
    assert ciede2000(own_colour(said), of_hex(path)) <= FARTHEST_FROM_A_PHOTO


@pytest.mark.shared
def test_the_path_has_the_colour_of_each_real_photo(shared: Path, routers: Routers) -> None:
    trip = photos_of(shared / "trips" / "rome-2024" / "photos")
    distances = check_photos(scene_of(trip, routers), trip.thumbnail)
    assert len(distances) >= 10
    assert max(distances) <= FARTHEST_FROM_A_PHOTO


def test_the_colour_at_a_stop_of_several_photos_lies_between_theirs(routers: Routers) -> None:
    trip = town_trip(30)
    scene = scene_of(trip, routers)
    shown = {asset_id: photo.colour or "" for asset_id, photo in scene.photos.items()}
    several = [stop for stop in scene.trace.stops if len(stop.asset_ids) > 1]
    assert several
    colours = stop_colours(scene, theme_of("paper"))
    for stop in several:
        apart = [ciede2000(of_hex(colours[stop.index]), of_hex(shown[asset_id])) for asset_id in stop.asset_ids]
        widest = max(ciede2000(of_hex(shown[a]), of_hex(shown[b])) for a in stop.asset_ids for b in stop.asset_ids)
        assert min(apart) <= FARTHEST_FROM_A_PHOTO + widest


def test_colours_melt_into_each_other(town: tuple[Scene, Thumbnail]) -> None:
    legs = path_colours(town[0], theme_of("paper"))
    for before, after in pairwise(legs):
        assert before.at(1.0) == after.at(0.0)
    for leg in legs:
        steps = [leg.at(k / 50) for k in range(51)]
        whole = ciede2000(of_hex(steps[0]), of_hex(steps[-1]))
        assert max(ciede2000(of_hex(a), of_hex(b)) for a, b in pairwise(steps)) <= whole / 8 + 1.5


def test_inferred_photos_colour_their_place_on_the_leg(routers: Routers) -> None:
    trip = town_trip(30)
    first, *rest = scene_of(trip, routers).trace.stops
    between = first.end + (rest[0].start - first.end) / 2
    extra = replace(trip.fixes[0], asset_id="guessed", instant=between, lat=None, lon=None)
    park = drawn("park", 1)
    more = Trip((*trip.fixes, extra), lambda asset_id: park if asset_id == "guessed" else trip.thumbnail(asset_id))
    scene = scene_of(more, routers)
    assert [each.asset_id for each in scene.trace.inferred] == ["guessed"]
    leg = path_colours(scene, theme_of("paper"))[scene.trace.inferred[0].leg or 0]
    share = next(at for at, _ in leg.stops if 0 < at < 1)
    assert share == pytest.approx(0.5, abs=0.01)
    assert ciede2000(own_colour(park), of_hex(leg.at(share))) <= FARTHEST_FROM_A_PHOTO


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


def test_themes_as_json_hold_what_the_widget_reads() -> None:
    for name, said in as_json().items():
        assert said["name"] == name
        assert {"scheme", "twin", "line", "line_halo", "palette"} <= set(said)
        colours = [*said["palette"].values(), said["line"], said["line_halo"]]
        assert all(len(colour) == 7 and int(colour[1:], 16) >= 0 for colour in colours)
        assert len(said["palette"]) == 16


def test_a_path_that_was_cut_has_a_colour_at_every_stop(routers: Routers) -> None:
    scene = scene_of(town_trip(30), routers)
    legs = tuple(leg for leg in scene.trace.legs if leg.index % 3)
    cut = replace(scene, trace=replace(scene.trace, legs=legs))
    assert len(stop_colours(cut, theme_of("paper"))) == len(cut.trace.stops)
