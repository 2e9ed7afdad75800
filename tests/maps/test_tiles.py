"""Serving tiles: several maps, several threads, maps that are replaced while they are read."""

from __future__ import annotations

import gzip
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from connector.maps.registry import add_map
from connector.maps.tiles import Tiles
from tests.maps.extracts import write
from tests.maps.test_basemap import tile_at
from tests.tiny_network import crossing


def test_threads_get_the_same_tiles(tiny_maps: Path) -> None:
    tiles = Tiles(tiny_maps)
    places = [(14, *tile_at(*crossing(row, column), 14)) for row in range(11) for column in range(11)]
    alone = [tiles.tile("tiny", *place) for place in places]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda place: tiles.tile("tiny", *place), places * 8))
    assert all(alone)
    assert together == alone * 8


def test_a_replaced_map_is_read_anew(tiny_maps: Path, tmp_path: Path) -> None:
    shutil.copytree(tiny_maps / "tiny", tmp_path / "town")
    tiles = Tiles(tmp_path)
    place = (14, *tile_at(*crossing(5, 5), 14))
    assert b"Tinytown" in gzip.decompress(tiles.tile("town", *place) or b"")
    a, b = crossing(5, 5), crossing(6, 6)
    other = write(tmp_path / "other.osm.pbf", [((a, b), {"highway": "residential", "name": "Only Street"})])
    add_map(other, "town", tmp_path)
    content = gzip.decompress(tiles.tile("town", *place) or b"")
    assert b"Only Street" in content
    assert b"Tinytown" not in content


@pytest.mark.parametrize("name", ["..", ".", "", "../tiny", "tiny/../tiny", "nowhere", "tiny\0", "/etc", ".building"])
def test_a_name_that_is_no_map_has_no_tiles(tiny_maps: Path, name: str) -> None:
    assert Tiles(tiny_maps).tile(name, 0, 0, 0) is None


@pytest.mark.parametrize("place", [(-1, 0, 0), (15, 0, 0), (3, 8, 0), (3, 0, -1), (14, 0, 0)])
def test_a_tile_that_is_not_there_is_none(tiny_maps: Path, place: tuple[int, int, int]) -> None:
    assert Tiles(tiny_maps).tile("tiny", *place) is None


def test_the_finest_map_comes_last(tiny_maps: Path, tmp_path: Path) -> None:
    shutil.copytree(tiny_maps / "tiny", tmp_path / "town")
    wide = write(tmp_path / "a.osm.pbf", [(((47.0, 8.0), (49.0, 10.0)), {"highway": "primary"})])
    add_map(wide, "country", tmp_path)
    far = write(tmp_path / "b.osm.pbf", [(((-17.0, 179.5), (-17.0, 179.9)), {"highway": "primary"})])
    add_map(far, "fiji", tmp_path)
    tiles = Tiles(tmp_path)
    assert tiles.covering(9.0, 48.0, 9.01, 48.01) == ("country", "town")
    assert tiles.covering(8.0, 47.0, 8.1, 47.1) == ("country",)
    assert tiles.covering(0.0, 0.0, 1.0, 1.0) == ()
    assert tiles.covering(179.0, -18.0, -179.0, -16.0) == ("fiji",)
    assert set(tiles.names()) == {"country", "town", "fiji"}


def test_a_map_without_a_folder_of_maps_is_none(tmp_path: Path) -> None:
    assert Tiles(tmp_path / "nothing").names() == ()
