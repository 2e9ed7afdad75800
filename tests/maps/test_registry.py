"""Maps are built whole or not at all, from every kind of extract people have."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import osmium
import pytest
from click.testing import CliRunner
from osmium.osm.mutable import Node, Way
from valhalla import Actor

from connector.cli import main
from connector.maps.registry import Map, add_map, list_maps, remove_map
from connector.maps.roads import BadMapError, configuration
from tests.tiny_network import LAT, LON, crossing, write_extract


def test_a_map_has_roads_railways_and_a_basemap(tiny_map: Map) -> None:
    assert tiny_map.has_basemap
    assert tiny_map.has_rails
    assert tiny_map.coverage().covers(*crossing(5, 5))
    assert not tiny_map.coverage().covers(LAT + 1, LON)


def test_the_railway_is_routed_and_knows_where_it_is(tiny_map: Map, tmp_path: Path) -> None:
    config = tmp_path / "rails.json"
    config.write_text(json.dumps(configuration(extract=tiny_map.folder / "rails.tar")))
    ends = [{"lat": LAT - 0.003, "lon": LON + 0.0005}, {"lat": LAT - 0.003, "lon": LON + 0.0395}]
    trip = json.loads(Actor(config).route(json.dumps({"locations": ends, "costing": "auto"})))["trip"]
    assert trip["summary"]["length"] == pytest.approx(2.9, abs=0.1)
    assert trip["summary"]["time"] < 2.9 / 60 * 3600  # at the track's own 80 km/h, not slower than 60
    assert tiny_map.rail_coverage().covers(LAT - 0.003, LON + 0.02)
    assert not tiny_map.rail_coverage().covers(*crossing(10, 5))


def test_nothing_is_left_beside_the_map(tiny_map: Map) -> None:
    assert {path.name for path in tiny_map.folder.iterdir()} == {
        "map.json", "roads.tar", "rails.tar", "coverage.txt", "rails.txt", "basemap.pmtiles",
    }  # fmt: skip
    assert [path.name for path in tiny_map.folder.parent.iterdir()] == ["tiny"]


def test_an_extract_with_negative_ids_in_disorder_is_rewritten(tmp_path: Path) -> None:
    pbf = tmp_path / "negative.osm.pbf"
    with osmium.SimpleWriter(str(pbf)) as writer:
        writer.add_way(Way(id=-7, nodes=[-2, -1], version=1, tags={"highway": "residential"}))
        writer.add_node(Node(id=-1, location=(9.0, 48.0), version=1))
        writer.add_node(Node(id=-2, location=(9.01, 48.0), version=1))
    said: list[str] = []
    found = add_map(pbf, "negative", tmp_path / "maps", said.append)
    assert "sorting and renumbering it" in said
    assert found.coverage().covers(48.0, 9.005)
    assert not (found.folder / "sorted.osm.pbf").exists()
    assert "there is no railway in it" in said
    assert not found.has_rails


def test_a_map_is_replaced_and_its_version_changes(tmp_path: Path) -> None:
    first = add_map(write_extract(tmp_path / "a.osm.pbf"), "town", tmp_path / "maps")
    pbf = tmp_path / "b.osm.pbf"
    with osmium.SimpleWriter(str(pbf)) as writer:
        writer.add_node(Node(id=1, location=(9.0, 48.0), version=1))
        writer.add_node(Node(id=2, location=(9.01, 48.0), version=1))
        writer.add_way(Way(id=1, nodes=[1, 2], version=1, tags={"highway": "residential"}))
    second = add_map(pbf, "town", tmp_path / "maps")
    assert first.version != second.version
    assert [found.source for found in list_maps(tmp_path / "maps")] == ["b.osm.pbf"]
    remove_map("town", tmp_path / "maps")
    assert list_maps(tmp_path / "maps") == []
    with pytest.raises(BadMapError, match="no map named 'town'"):
        remove_map("town", tmp_path / "maps")


def test_what_a_killed_build_left_is_swept_and_a_running_one_is_not(tmp_path: Path) -> None:
    maps = tmp_path / "maps"
    old, running = maps / ".building-old", maps / ".building-now"
    (old / "town").mkdir(parents=True)
    running.mkdir()
    long_ago = time.time() - 40 * 3600
    os.utime(old, (long_ago, long_ago))
    add_map(write_extract(tmp_path / "a.osm.pbf"), "town", maps)
    assert sorted(path.name for path in maps.iterdir()) == [".building-now", "town"]
    assert [found.name for found in list_maps(maps)] == ["town"]


def _not_pbf(folder: Path) -> Path:
    path = folder / "page.osm.pbf"
    path.write_text("<!doctype html><title>Not found</title>")
    return path


def _truncated(folder: Path) -> Path:
    whole = write_extract(folder / "whole.osm.pbf").read_bytes()
    path = folder / "cut.osm.pbf"
    path.write_bytes(whole[: len(whole) // 2])
    return path


def _garbled(folder: Path) -> Path:
    whole = bytearray(write_extract(folder / "whole.osm.pbf").read_bytes())
    whole[len(whole) // 2 :] = bytes(reversed(whole[len(whole) // 2 :]))
    path = folder / "garbled.osm.pbf"
    path.write_bytes(whole)
    return path


def _roadless(folder: Path) -> Path:
    path = folder / "roadless.osm.pbf"
    with osmium.SimpleWriter(str(path)) as writer:
        writer.add_node(Node(id=1, location=(9.0, 48.0), version=1, tags={"natural": "peak", "name": "Top"}))
    return path


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (_not_pbf, "is not an OpenStreetMap extract in PBF form"),
        (_truncated, "cannot be read to its end"),
        (_garbled, "cannot be read to its end"),
        (_roadless, "holds no road at all"),
        (lambda folder: folder / "nowhere.osm.pbf", "there is no file"),
    ],
)
def test_a_bad_file_gets_one_sentence_and_leaves_nothing(tmp_path: Path, make: object, sentence: str) -> None:
    pbf = make(tmp_path)  # type: ignore[operator]  # a parameter
    done = CliRunner().invoke(main, ["map", "add", str(pbf), "--name", "bad", "--data", str(tmp_path / "data")])
    assert done.exit_code == 1
    last = done.output.strip().splitlines()[-1]
    assert last.startswith("Error: ")
    assert sentence in last
    maps = tmp_path / "data" / "maps"
    assert not maps.exists() or list(maps.iterdir()) == []


@pytest.mark.parametrize("name", ["", "World", "../x", "a b", "world", "x" * 64])
def test_names_that_cannot_be_folders_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadMapError, match="cannot be a map's name"):
        add_map(write_extract(tmp_path / "a.osm.pbf"), name, tmp_path / "maps")
    assert not (tmp_path / "maps").exists()


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    ["andorra", "baltimore", "helsinki-centre", "liechtenstein", "monaco", "north-bayreuth", "portland-central",
     "porto-alegre"],
)  # fmt: skip
def test_every_real_extract_builds(shared: Path, tmp_path: Path, name: str) -> None:
    found = add_map(shared / "maps" / f"{name}.osm.pbf", name, tmp_path / "maps")
    assert found.has_basemap
    assert found.box is not None
