"""The command `image-tracer inspect`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from connector.cli import main
from tests.metadata import made

MEMBERS = (
    "file", "lat", "lon", "altitude_m", "taken_at", "wall_time",
    "utc_offset", "time_source", "camera", "orientation", "problem",
)  # fmt: skip


def _inspect(*files: Path) -> list[dict[str, Any]]:
    result = CliRunner().invoke(main, ["inspect", *map(str, files)])
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def _written(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def test_one_line_says_it_all(tmp_path: Path) -> None:
    row = _inspect(_written(tmp_path, "a ö.jpg", made.jpeg(made.exif_segment(made.photo()))))[0]

    assert tuple(row) == MEMBERS
    assert row["file"] == str(tmp_path / "a ö.jpg")
    assert (row["taken_at"], row["wall_time"], row["utc_offset"]) == (
        "2024-06-14T09:30:00+02:00",
        "2024-06-14T09:30:00",
        "+02:00",
    )
    assert (row["time_source"], row["camera"], row["orientation"]) == ("gps", "Kodak Brownie", 6)


def test_one_line_per_file_whatever_it_is(tmp_path: Path) -> None:
    files = [
        _written(tmp_path, "null.jpg", made.jpeg(made.exif_segment(made.tiff(place=made.gps(0.0, 0.0))))),
        _written(tmp_path, "empty.jpg", b""),
        _written(tmp_path, "text.jpg", b"no photo"),
        tmp_path / "missing.jpg",
        tmp_path,
    ]
    rows = _inspect(*files)

    assert [row["file"] for row in rows] == [str(file) for file in files]
    assert all(row["lat"] is None and row["lon"] is None for row in rows)
    assert rows[1]["problem"] == "the file is empty"
    assert rows[3]["problem"] == "it cannot be opened: No such file or directory"
    assert rows[4]["problem"] == "it is a folder"


def test_the_sidecar_beside_it_is_read(tmp_path: Path) -> None:
    photo = _written(tmp_path, "a.jpg", made.jpeg(made.exif_segment(made.tiff())))
    _written(tmp_path, "a.xmp", made.PLACE_IN_XMP)
    row = _inspect(photo)[0]

    assert (row["lat"], row["taken_at"]) == (pytest.approx(made.LAT), "2024-06-14T09:30:00+02:00")


def test_files_named_together_need_not_be_of_one_trip(tmp_path: Path) -> None:
    located = _written(tmp_path, "a.jpg", made.jpeg(made.exif_segment(made.photo())))
    bare = _written(tmp_path, "b.jpg", made.jpeg(made.exif_segment(made.tiff())))

    assert _inspect(located, bare)[1]["taken_at"] is None
