"""A recording is led along the roads only where somebody asked for it, and only where it follows them."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from connector.cli import main
from connector.routing.pool import Routers, open_routers
from connector.trace.build import Builder
from connector.trace.edits import Logged, MatchRecording, Revert, SetMode, from_json, to_json
from connector.trace.model import How, Leg, Mode, Trace
from connector.trace.shape import LatLon, Line, decode, distance_m, encode
from tests.tiny_network import street_between
from tests.trace import written
from tests.trace.written import At, photo, recording

NOISE_M = 6.0
STREETS = Line.of([encode(street_between((2, 1), (8, 7)))])
NEAR = [STREETS.at_share(n / 2000) for n in range(2001)]


@pytest.fixture(scope="module", name="routers")
def _routers(tiny_maps: Path) -> Iterator[Routers]:
    with open_routers(tiny_maps) as routers:
        yield routers


def walked(*, aside_deg: float = 0.0) -> list[At]:
    """A walk along two streets, moved to the north-east by that much, with the noise of a receiver."""
    rng = random.Random(3)
    count = int(STREETS.along_m[-1] / (1.3 * 10))
    places = [STREETS.at_share(n / count) for n in range(count + 1)]
    noise = NOISE_M / 111_195
    return [
        (n * 10.0, lat + aside_deg + rng.gauss(0, noise), lon + aside_deg + rng.gauss(0, noise))
        for n, (lat, lon) in enumerate(places)
    ]


def built(points: Sequence[At], routers: Routers, *log: Logged) -> Trace:
    fixes = [photo("a", 0, points[0][1:]), photo("b", points[-1][0], points[-1][1:])]
    return Builder(fixes, routers, recordings=[recording(points)]).build(log)


def asked(match: bool = True, name: str = "walk.gpx", seq: int = 1) -> Logged:
    return Logged(seq=seq, edit=MatchRecording(recording=name, match=match))


def _off_m(leg: Leg) -> float:
    inner: list[LatLon] = [point for shape in leg.shapes for point in decode(shape)][1:-1]
    return max(min(distance_m(point, other) for other in NEAR) for point in inner)


def test_a_recording_is_led_along_the_roads_when_asked(routers: Routers) -> None:
    points = walked()
    (as_recorded,), (matched,) = built(points, routers).legs, built(points, routers, asked()).legs
    assert (as_recorded.how, as_recorded.map_name) == (How.RECORDED, None)
    assert (matched.how, matched.mode, matched.map_name) == (How.MATCHED, Mode.WALK, "tiny")
    assert _off_m(matched) < 2 < _off_m(as_recorded)
    assert matched.distance_m == pytest.approx(STREETS.along_m[-1], rel=0.03)


def test_one_that_follows_no_road_stays_as_it_was_recorded(routers: Routers) -> None:
    points = walked(aside_deg=0.0006)
    assert built(points, routers, asked()).legs == built(points, routers).legs


def test_the_last_word_counts_and_undo_takes_it_back(routers: Routers) -> None:
    points = walked()
    before = built(points, routers).legs
    assert built(points, routers, asked(), asked(match=False, seq=2)).legs == before
    assert built(points, routers, asked(), Logged(seq=2, edit=Revert(seq=1))).legs == before


def test_a_mode_without_roads_is_not_matched(routers: Routers) -> None:
    flown = Logged(seq=2, edit=SetMode(after_asset="a", before_asset="b", mode=Mode.FLIGHT))
    assert [leg.how for leg in built(walked(), routers, asked(), flown).legs] == [How.RECORDED]


def test_a_recording_that_is_gone_is_listed(routers: Routers) -> None:
    trace = built(walked(), routers, asked(name="other.gpx"))
    assert trace.not_applying == (1,)
    assert [leg.how for leg in trace.legs] == [How.RECORDED]


def test_the_edit_as_json() -> None:
    said = {"kind": "recording", "recording": "walk.gpx", "match": True}
    assert to_json(from_json(said)) == said


def test_reconstruct_matches_when_asked(tiny_maps: Path, tmp_path: Path) -> None:
    (tmp_path / "walk.gpx").write_bytes(written.gpx(walked()))
    (tmp_path / "fixes.json").write_text('{"fixes": []}')
    args = ["reconstruct", str(tmp_path / "fixes.json"), "--evidence", str(tmp_path / "walk.gpx")]
    args += ["-o", str(tmp_path / "out"), "--data", str(tiny_maps.parent)]
    found = []
    for more in ([], ["--match-evidence"]):
        result = CliRunner().invoke(main, [*args, *more])
        assert result.exit_code == 0, result.output
        features = json.loads((tmp_path / "out").read_text())["features"]
        found += [each["properties"]["how"] for each in features if each["properties"]["kind"] == "leg"]
    assert found == ["recorded", "matched"]
