"""The demo: honest photos, a server that counts, a gallery that escapes, and the whole way once."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests

from connector.demo.day import COMPACT, PHONE, Shot
from connector.demo.library import write_library
from connector.demo.servers import gallery, served, webdav

NOON = datetime(2026, 6, 13, 9, 0, tzinfo=UTC)
SHOTS = (
    Shot(number=1, instant=NOON, place=(60.17, 24.94), scene="park", title="a", direction_deg=90.0),
    Shot(number=3, instant=NOON + timedelta(minutes=1), place=(60.171, 24.941), scene="water", title="b"),
    Shot(number=10, instant=NOON + timedelta(minutes=2), place=(-33.9, -70.6), scene="street", title="c"),
    Shot(number=4, instant=NOON + timedelta(minutes=3), place=None, scene="cafe", title="d"),
    Shot(
        number=20,
        instant=NOON + timedelta(minutes=4),
        place=(60.172, 24.942),
        scene="library",
        title="e",
        camera=COMPACT,
        wrong_clock=True,
    ),
)


@pytest.fixture(scope="module", name="album")
def _album(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_library(tmp_path_factory.mktemp("library"), SHOTS, lambda _done, _all: None)


def _inspected(album: Path) -> dict[str, dict[str, object]]:
    files = sorted(str(path) for path in album.iterdir())
    command = [sys.executable, "-m", "connector.cli", "inspect", *files]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    return {Path(row["file"]).name: row for row in map(json.loads, lines)}


def test_the_photos_say_where_and_when_they_were_taken(album: Path) -> None:
    rows = _inspected(album)
    assert set(rows) == {"IMG_0001.jpg", "IMG_0003.heic", "IMG_0010.png", "IMG_0004.jpg", "DSC00020.jpg"}
    for shot, name in zip(SHOTS[:3], ("IMG_0001.jpg", "IMG_0003.heic", "IMG_0010.png"), strict=True):
        assert shot.place is not None
        assert rows[name]["lat"] == pytest.approx(shot.place[0], abs=1e-6)
        assert rows[name]["lon"] == pytest.approx(shot.place[1], abs=1e-6)
        assert datetime.fromisoformat(str(rows[name]["taken_at"])) == shot.instant
    assert rows["IMG_0001.jpg"]["camera"] == f"Tracer {PHONE}"


def test_one_has_no_position_and_one_a_clock_that_was_never_set(album: Path) -> None:
    rows = _inspected(album)
    assert rows["IMG_0004.jpg"]["lat"] is None
    assert rows["DSC00020.jpg"]["wall_time"] == "2019-01-01T00:12:40"
    assert datetime.fromisoformat(str(rows["DSC00020.jpg"]["taken_at"])) == SHOTS[4].instant
    assert rows["DSC00020.jpg"]["problem"]


def test_what_is_there_is_not_drawn_again(album: Path) -> None:
    before = {path.name: path.stat().st_mtime_ns for path in album.iterdir()}
    write_library(album.parent, SHOTS, lambda _done, _all: None)
    assert {path.name: path.stat().st_mtime_ns for path in album.iterdir()} == before


def test_the_server_counts_what_it_sends(album: Path) -> None:
    log = webdav(album.parent, "anna", "secret")
    with served(log) as address:
        url = f"{address}/{album.name}/IMG_0001.jpg"
        refused = requests.get(url, timeout=10)
        got = requests.get(url, auth=("anna", "secret"), headers={"Range": "bytes=0-99"}, timeout=10)
    assert refused.status_code == 401
    assert len(got.content) == 100
    assert [(line.method, line.status, line.bytes_sent) for line in log.lines][-1] == ("GET", 206, 100)


def test_the_gallery_escapes_what_it_is_given(album: Path) -> None:
    with served(gallery("<b>x</b>", album, 'http://host/"><script>')) as address:
        page = requests.get(address, timeout=10).text
        outside = requests.get(f"{address}/photos/..%2f..%2fetc%2fpasswd", timeout=10)
    assert "<script>" not in page
    assert "<b>x" not in page
    assert outside.status_code == 404


@pytest.mark.slow
def test_the_whole_way_once(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """The map comes from the real data where they are beside the project, else from the package that carries it."""
    extract = Path(__file__).resolve().parents[3] / "shared" / "maps" / "helsinki-centre.osm.pbf"
    command = [sys.executable, "-m", "connector.cli", "demo", "--once", "--folder", str(tmp_path / "demo")]
    command += ["--map", str(extract)] if extract.exists() else []
    done = subprocess.run(command, capture_output=True, text=True, timeout=800, check=False)
    assert done.returncode == 0, done.stderr
    assert "The trace is the same as `image-tracer reconstruct` finds" in done.stdout
    assert "/embed/" in done.stdout
