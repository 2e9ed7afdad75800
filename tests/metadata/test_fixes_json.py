"""The input of the bare engine: everything that is wrong with it is said at once."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connector.metadata.fixes_json import BadFixes, read_fixes


def _read(**members: Any) -> Any:
    return read_fixes({"fixes": [{"id": "a", **members}]})[0]


def test_a_fix() -> None:
    fix = _read(time="2026-05-01T10:00:00+02:00", lat=47.1, lon=9.5, accuracy_m=15, camera="A", unknown=[1])

    assert fix.instant == datetime(2026, 5, 1, 8, tzinfo=UTC)
    assert (fix.lat, fix.lon, fix.accuracy_m, fix.camera) == (47.1, 9.5, 15.0, "A")


def test_what_is_not_known() -> None:
    fix = _read(time=None, lat=None, lon=None, wall_time="2026-05-01T10:00:00")

    assert (fix.instant, fix.lat) == (None, None)
    assert fix.wall == datetime(2026, 5, 1, 10)  # noqa: DTZ001  # a clock on a wall


@pytest.mark.parametrize("time", ["2016-12-31t23:59:59z", "2016-12-31T23:59:60Z", "2017-01-01T05:44:59+0545"])
def test_odd_ways_to_write_an_instant(time: str) -> None:
    assert _read(time=time).instant == datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)


def test_null_island_is_no_place() -> None:
    assert _read(lat=0, lon=0).lat is None


@pytest.mark.parametrize(
    ("members", "why"),
    [
        ({"lat": 47.1}, "only one of lat and lon"),
        ({"lat": 91, "lon": 9}, "lat must lie within -90 and 90"),
        ({"lat": float("nan"), "lon": 9}, "lat must be a number"),
        ({"lat": "47", "lon": 9}, "lat must be a number, not '47'"),
        ({"lat": True, "lon": 9}, "lat must be a number"),
        ({"time": "2026-05-01T10:00:00"}, "time must name its offset"),
        ({"time": "0001-01-01T00:00:00+14:00"}, "fix 0: "),
        ({"time": "yesterday"}, "fix 0: "),
        ({"time": 12}, "fix 0: "),
        ({"wall_time": "2026-05-01T10:00:00Z"}, "wall_time must not name an offset"),
        ({"camera": {"make": "A"}}, "camera must be a text"),
        ({"time": "0001-01-01T00:00:00Z"}, "time '0001-01-01T00:00:00Z' is impossible"),
        ({"time": "9999-12-31T23:59:59Z"}, "is impossible"),
        ({"time": "1970-01-01T00:00:00Z"}, "clocks begin that were never set"),
        ({"id": ""}, "fix 0: its id is empty"),
        ({"id": 1}, 'it must be an object with a text "id"'),
    ],
)
def test_what_is_wrong_is_said(members: dict[str, Any], why: str) -> None:
    with pytest.raises(BadFixes) as caught:
        _read(**members)

    assert why in str(caught.value)


def test_all_of_it_is_said_at_once() -> None:
    with pytest.raises(BadFixes) as caught:
        read_fixes({"fixes": [{"id": "a", "lat": 1}, {"id": "b"}, {"id": "b"}, 7]})

    assert [problem[:6] for problem in caught.value.problems] == ["fix 0:", "fix 2:", "fix 3:"]


_names = st.sampled_from(["fixes", "id", "lat", "lon", "time", "wall_time", "camera"])
_leaves = st.none() | st.booleans() | st.floats() | st.text(max_size=5)
_json = st.recursive(
    _leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_names, inner, max_size=5), max_leaves=20
)


@given(_json)
def test_anything_is_read_or_refused(said: Any) -> None:
    for whole in (said, {"fixes": said}, {"fixes": [said]}):
        try:
            found: tuple[object, ...] = read_fixes(json.loads(json.dumps(whole)))
        except BadFixes as error:
            found = error.problems
        assert isinstance(found, tuple)
