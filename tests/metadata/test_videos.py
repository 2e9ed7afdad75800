"""Movies: their place, their clock, and headers that lie."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.metadata import made
from tests.metadata.made import fix_of

SECONDS_SINCE_1904 = 3_801_195_000  # 2024-06-14T07:30:00Z


def test_apple_says_all_of_it() -> None:
    said = made.keys(
        location_ISO6709="-33.8568-070.6483-012.500/",
        location_accuracy_horizontal="4.75",
        creationdate="2024-06-14T03:30:00-0400",
        make="Apple",
        model="iPhone 15",
    )
    fix = fix_of(made.mp4(said, created=SECONDS_SINCE_1904))

    assert (fix.lat, fix.lon, fix.altitude_m, fix.accuracy_m) == (-33.8568, -70.6483, -12.5, 4.75)
    assert (fix.instant, fix.utc_offset_s) == (datetime(2024, 6, 14, 7, 30, tzinfo=UTC), -14400)
    assert fix.camera == "Apple iPhone 15"


def test_the_header_s_own_time_is_utc() -> None:
    fix = fix_of(made.mp4(created=SECONDS_SINCE_1904))

    assert fix.instant == datetime(2024, 6, 14, 7, 30, tzinfo=UTC)
    assert fix.time_source == "container"


def test_user_data_has_day_and_camera() -> None:
    fix = fix_of(made.mp4(made.user_data(day="2024-06-14T09:30:00+0200", mak="DJI", mod="Mini 4"), brand=b"isom"))

    assert (fix.instant, fix.camera) == (datetime(2024, 6, 14, 7, 30, tzinfo=UTC), "DJI Mini 4")


@pytest.mark.parametrize("text", ["", "+00.0000+000.0000/", "+91.0000+009.5215/", "47.1 9.5", "+47", "+٤٧.1+009.5/"])
def test_no_place_from_a_broken_one(text: str) -> None:
    assert fix_of(made.mp4(made.user_data(xyz=text), created=SECONDS_SINCE_1904)).lat is None


def test_a_height_of_four_hundred_digits_is_none() -> None:
    fix = fix_of(made.mp4(made.user_data(xyz=f"+47.1410+009.5215+{'9' * 400}/")))

    assert (fix.lat, fix.altitude_m) == (pytest.approx(47.141), None)


def test_a_clock_at_the_beginning_of_time_is_no_clock() -> None:
    assert fix_of(made.mp4(created=0)).instant is None


def test_a_movie_without_its_header_says_so() -> None:
    whole = made.mp4(made.keys(location_ISO6709="+47.1410+009.5215/"))
    fix = fix_of(whole[: whole.index(b"moov") - 4])

    assert fix.problem == "the video's header is missing: it was cut off while it was written or sent"
