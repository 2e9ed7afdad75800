"""Dates no photo was taken on, whoever says them: refused with a reason, and no album ends by one."""

from __future__ import annotations

from datetime import datetime

import pytest

from adapters.library import Asset, Position, Taken
from connector.metadata.clock import settle
from connector.metadata.fixes_json import BadFixes, read_fixes
from connector.metadata.read import describe

EDGES = (datetime(9999, 12, 31, 23, 59, 59), datetime(1, 1, 1))  # noqa: DTZ001  # clocks on walls


@pytest.mark.parametrize("wall", EDGES)
@pytest.mark.parametrize("offset_s", [-12 * 3600, 14 * 3600, None])
def test_a_providers_word_is_not_followed_either(wall: datetime, offset_s: int | None) -> None:
    asset = Asset(
        id="a",
        where="a",
        version="1",
        name="a.jpg",
        media_type="image/jpeg",
        size=None,
        taken=Taken(wall=wall, utc_offset_s=offset_s),
        position=Position(lat=47.1, lon=9.5),
        described=True,
    )
    (fix,) = settle([describe(asset, lambda _asset, _start, _length: b"")])
    assert (fix.instant, fix.wall) == (None, None)
    assert (fix.lat, fix.lon) == (47.1, 9.5)


@pytest.mark.parametrize("wall", EDGES)
def test_fixes_with_such_a_date_are_refused(wall: datetime) -> None:
    with pytest.raises(BadFixes, match="impossible"):
        read_fixes({"fixes": [{"id": "a", "lat": 47.1, "lon": 9.5, "wall_time": wall.isoformat()}]})
