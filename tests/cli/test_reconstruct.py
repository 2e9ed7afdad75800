"""The bare engine by a Valhalla server, from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from connector.cli import main
from connector.maps.registry import Map
from tests.routing.servers import free_port, valhalla_server
from tests.tiny_network import crossing

_WALK = [(1, 1), (1, 5), (5, 5), (5, 9)]


@pytest.fixture
def fixes(tmp_path: Path) -> Path:
    rows = [
        {"id": f"p{n}", "time": f"2026-05-02T08:{n * 12:02}:00+00:00", "lat": lat, "lon": lon}
        for n, (lat, lon) in enumerate(crossing(*at) for at in _WALK)
    ]
    path = tmp_path / "fixes.json"
    path.write_text(json.dumps({"fixes": rows}))
    return path


def _reconstruct(fixes: Path, data: Path, *more: str) -> Result:
    out = fixes.with_name("out.geojson")
    return CliRunner().invoke(main, ["reconstruct", str(fixes), "-o", str(out), "--data", str(data), *more])


def _legs(fixes: Path) -> list[dict[str, Any]]:
    said = json.loads(fixes.with_name("out.geojson").read_text())
    return [each for each in said["features"] if each["properties"]["kind"] == "leg"]


def test_a_place_that_cannot_be_written_is_named(fixes: Path, tiny_map: Map) -> None:
    out = fixes.with_name("x" * 254)  # the disk takes no longer name, and until it is whole the file has one
    data = tiny_map.folder.parent.parent
    done = CliRunner().invoke(main, ["reconstruct", str(fixes), "-o", str(out), "--data", str(data)])
    assert done.exit_code == 1
    assert done.stderr.startswith(f"Error: {out} cannot be written: File name too long; ")
    assert list(fixes.parent.iterdir()) == [fixes]


@pytest.mark.slow
def test_a_server_routes_as_the_map_does(fixes: Path, tiny_map: Map, tmp_path: Path) -> None:
    here = _reconstruct(fixes, tiny_map.folder.parent.parent)
    assert here.exit_code == 0, here.output
    by_the_map = _legs(fixes)
    with valhalla_server(tiny_map.folder / "roads.tar", tmp_path / "server") as url:
        there = _reconstruct(fixes, tmp_path / "no-maps-here", "--valhalla", url)
    assert there.exit_code == 0, there.output
    assert _legs(fixes) == by_the_map
    assert {leg["properties"]["how"] for leg in by_the_map} == {"routed"}


def test_a_server_that_does_not_answer_is_named(fixes: Path, tmp_path: Path) -> None:
    port = free_port()
    result = _reconstruct(fixes, tmp_path, "--valhalla", f"http://127.0.0.1:{port}")
    assert result.exit_code == 5
    assert f"'127.0.0.1:{port}' does not answer" in result.output
    assert not fixes.with_name("out.geojson").exists()


def test_an_address_that_is_none(fixes: Path, tmp_path: Path) -> None:
    result = _reconstruct(fixes, tmp_path, "--valhalla", "127.0.0.1:8002")
    assert result.exit_code == 2
    assert "http://host:8002" in result.output


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ("[" * 100_000, "it has values within values without end"),
        ('{"fixes": [{"id": "a", "lat": ' + "1" * 5000 + ', "lon": 9.5}]}', "fix 0: lat must be a number, not inf"),
        ('{"fixes": [', "Expecting value"),
    ],
    ids=["deep", "huge", "cut"],
)
def test_fixes_that_do_harm_are_refused_in_one_sentence(fixes: Path, tmp_path: Path, data: str, why: str) -> None:
    fixes.write_text(data)
    result = _reconstruct(fixes, tmp_path)

    assert result.exit_code == 1
    assert result.output.startswith(f"Error: {fixes}: {why}")


def test_a_byte_order_mark_before_the_fixes(fixes: Path, tmp_path: Path) -> None:
    fixes.write_text("\ufeff" + fixes.read_text(encoding="utf-8"), encoding="utf-8")

    assert _reconstruct(fixes, tmp_path).exit_code == 0


def test_a_folder_that_is_not_there_is_named_before_the_work(fixes: Path, tmp_path: Path) -> None:
    result = _reconstruct(fixes, tmp_path, "-o", str(tmp_path / "nowhere" / "out.geojson"))

    assert result.exit_code == 2
    assert f"there is no folder {tmp_path / 'nowhere'}" in " ".join(result.output.split())
