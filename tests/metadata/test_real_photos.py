"""203 real and broken files against their answer key."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from connector.cli import main

pytestmark = pytest.mark.shared
Row = dict[str, Any]


@pytest.fixture(scope="module")
def pairs(shared: Path) -> list[tuple[Row, Row]]:
    """(what the key says, what inspect prints) of every file, each inspected by itself."""
    key = json.loads((shared / "photos" / "answer_key.json").read_text())
    files = [str(shared / "photos" / entry["file"]) for entry in key]
    result = CliRunner().invoke(main, ["inspect", *files])
    assert result.exit_code == 0
    return list(zip(key, map(json.loads, result.stdout.splitlines()), strict=True))


def test_every_located_file_is_where_the_key_says(pairs: list[tuple[Row, Row]]) -> None:
    located = [(key, row) for key, row in pairs if key["expect"] == "located"]
    wrong = [
        key["file"]
        for key, row in located
        if row["lat"] is None or max(abs(row["lat"] - key["lat"]), abs(row["lon"] - key["lon"])) > 1e-4
    ]

    assert len(located) == 63
    assert wrong == []


def test_no_position_is_invented(pairs: list[tuple[Row, Row]]) -> None:
    assert [key["file"] for key, row in pairs if key["expect"] != "located" and row["lat"] is not None] == []


def test_zones_agree_with_gps_time(pairs: list[tuple[Row, Row]]) -> None:
    """At least 22 of the 24 with camera time, GPS time and no offset; the two whose clocks are wrong are flagged."""
    timed = [(k, r) for k, r in pairs if k["expect"] == "located" and k["datetime_original"] and k["gps_datetime"]]
    timed = [(k, r) for k, r in timed if not k["offset"]]
    honest = [(k, r) for k, r in timed if not k["gps_time_suspect"]]
    agree = [k for k, r in honest if abs(_seconds(r["utc_offset"]) - k["local_minus_gps_s"]) <= 900]

    assert len(honest) == 24
    assert len(agree) >= 22
    assert all(r["problem"] for k, r in timed if k["gps_time_suspect"])
    assert all(r["problem"] for k, r in honest if k not in agree)


def test_offsets_cameras_and_orientation(pairs: list[tuple[Row, Row]]) -> None:
    sound = [(k, r) for k, r in pairs if not k["malformed"]]

    assert [k["file"] for k, r in sound if k["offset"] and k["offset"] != r["utc_offset"]] == []
    assert [k["file"] for k, r in sound if k["make"] and k["model"] and not r["camera"]] == []
    assert [k["file"] for k, r in sound if k["orientation"] and k["orientation"] != r["orientation"]] == []


def test_wall_times(pairs: list[tuple[Row, Row]]) -> None:
    said = [(k, r) for k, r in pairs if k["datetime_original"] and not k["malformed"]]
    wrong = [k["file"] for k, r in said if r["wall_time"] is None or _wall(r) != k["datetime_original"][:19]]

    assert wrong == []


def _wall(row: Row) -> str:
    return datetime.fromisoformat(row["wall_time"]).replace(tzinfo=UTC).strftime("%Y:%m:%d %H:%M:%S")


def _seconds(offset: str | None) -> float:
    if offset is None:
        return float("nan")
    hours, minutes = offset[1:].split(":")
    return (-1 if offset[0] == "-" else 1) * (int(hours) * 3600 + int(minutes) * 60)
