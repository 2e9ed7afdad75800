"""When a photo was taken: what is trusted, in which order, and what is flagged instead of followed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from connector.metadata.clock import settle
from connector.metadata.fix import Fix, TimeSource
from connector.trace.build import build
from tests.metadata import made
from tests.metadata.made import fix_of
from tests.trace.written import NoMaps

NOON = datetime(2024, 6, 14, 12, 0)  # noqa: DTZ001  # a clock on a wall
CLOCK = "2024:06:14 09:30:00"


def _photo(clock: str | None = CLOCK, offset: str | None = None, place: dict[int, made.Value] | None = None) -> Fix:
    tags: dict[int, made.Value] = {} if clock is None else {made.ORIGINAL: clock}
    tags |= {made.OFFSET: offset} if offset else {}
    return settle([fix_of(made.jpeg(made.exif_segment(made.tiff(exif=tags, place=place))))])[0]


def _receiver(hour: int, minute: int = 30, day: str = "2024:06:14") -> dict[int, made.Value]:
    return made.gps(GPS_DATE=day, GPS_TIME=[(hour, 1), (minute, 1), (0, 1)])


def test_gps_time_gives_the_zone() -> None:
    fix = _photo(place=_receiver(7))

    assert (fix.utc_offset_s, fix.time_source, fix.problem) == (7200, TimeSource.GPS, None)
    assert fix.instant == datetime(2024, 6, 14, 7, 30, tzinfo=UTC)


def test_a_camera_on_winter_time_is_still_understood() -> None:
    fix = _photo(place=_receiver(8))

    assert (fix.utc_offset_s, fix.problem) == (3600, None)
    assert fix.instant == datetime(2024, 6, 14, 8, 30, tzinfo=UTC)


def test_an_offset_is_believed() -> None:
    fix = _photo(offset="+02:00")

    assert (fix.instant, fix.time_source) == (datetime(2024, 6, 14, 7, 30, tzinfo=UTC), TimeSource.OFFSET)


def test_the_zone_of_the_place_where_nothing_else_is_said() -> None:
    fix = _photo(place=made.gps())

    assert (fix.utc_offset_s, fix.time_source) == (7200, TimeSource.POSITION)


def test_an_offset_of_the_last_country_gives_way_to_gps_time() -> None:
    fix = _photo(offset="-04:00", place=_receiver(7))

    assert (fix.instant, fix.utc_offset_s) == (datetime(2024, 6, 14, 7, 30, tzinfo=UTC), 7200)


@pytest.mark.parametrize("offset", [None, "+02:00"])
def test_a_receiver_that_repeats_its_last_time_is_flagged(offset: str | None) -> None:
    """Three quarters of an hour late: no zone explains it, though offsets come in quarters."""
    fix = _photo(offset=offset, place=_receiver(6, 45))

    assert fix.instant == datetime(2024, 6, 14, 7, 30, tzinfo=UTC)
    assert fix.problem == "its clock and its GPS time are 45 minutes apart; the clock was followed"


def test_a_clock_far_behind_gps_time_is_not_followed() -> None:
    fix = _photo("2019:01:01 00:07:00", place=_receiver(7))

    assert fix.instant == datetime(2024, 6, 14, 7, 30, tzinfo=UTC)
    assert fix.problem is not None
    assert "the GPS time was followed" in fix.problem


def test_a_clock_set_in_winter_says_nothing_of_summer_time() -> None:
    fix = _photo(clock="2019:01:01 00:12:40", place=_receiver(7))

    assert fix.instant == datetime(2024, 6, 14, 7, 30, tzinfo=UTC)
    assert fix.utc_offset_s == 7200


def test_a_receiver_that_has_never_seen_a_satellite() -> None:
    fix = _photo(place=_receiver(0, 0, "1980:01:06"))

    assert (fix.time_source, fix.problem) == (TimeSource.POSITION, "its GPS time says 1980 and was not used")


@pytest.mark.parametrize("clock", [CLOCK, None])
def test_gps_time_of_the_far_future_is_not_followed(clock: str | None) -> None:
    fix = _photo(clock, place=_receiver(7, 30, "9999:06:14"))

    assert fix.instant == (datetime(2024, 6, 14, 7, 30, tzinfo=UTC) if clock else None)
    assert fix.problem == "its GPS time says 9999 and was not used"


@pytest.mark.parametrize(
    "clock", ["1980:01:01 00:03:10", "1970:01:01 12:00:00", "0203:06:14 09:30:00", "2524:01:01 00:00:01"]
)
def test_dates_that_cannot_be_are_refused_with_a_reason(clock: str) -> None:
    fix = _photo(clock)

    assert (fix.instant, fix.wall) == (None, None)
    assert fix.problem is not None
    assert clock in fix.problem


@pytest.mark.parametrize("place", [None, made.gps()])
def test_an_impossible_date_is_the_reason_wherever_it_was_taken(place: dict[int, made.Value] | None) -> None:
    fix = _photo("0001:01:01 00:00:00", place=place)
    (unplaced,) = build(settle([fix]), NoMaps()).unplaced

    assert unplaced.reason == "its date '0001:01:01 00:00:00' is impossible"


def test_an_impossible_date_of_a_sidecar_is_named() -> None:
    fix = made.fix_of(made.jpeg(), made.xmp('exif:DateTimeOriginal="0001-01-01T00:00:00"'))

    assert (fix.wall, fix.problem) == (None, "its date '0001-01-01T00:00:00' is impossible")


@pytest.mark.parametrize("clock", ["0000:00:00 00:00:00", "    :  :     :  :  ", "2024:02:30 10:00:00", "noon", ""])
def test_no_date_is_no_date(clock: str) -> None:
    assert _photo(clock).wall is None


def test_a_date_without_a_time_is_flagged() -> None:
    fix = _photo("2024:06:14 00:00:00", place=made.gps())

    assert fix.problem == "its clock says exactly 00:00:00: perhaps a date without a time"


def test_a_longitude_without_its_sign_is_not_used() -> None:
    fix = _photo(offset="-06:00", place=made.gps(40.0, 100.5))

    assert fix.lat is None
    assert fix.problem is not None
    assert "lack its sign" in fix.problem


def _fix(name: str, wall: datetime, camera: str = "A", **more: object) -> Fix:
    return Fix(asset_id=name, wall=wall, camera=camera, **more)  # type: ignore[arg-type]  # the test's own fields


def test_neighbours_help_first_of_the_same_camera() -> None:
    here = _fix("here", NOON, utc_offset_s=7200, instant=datetime(2024, 6, 14, 10, tzinfo=UTC))
    other = _fix("other", NOON, "B", utc_offset_s=3600, instant=datetime(2024, 6, 14, 11, tzinfo=UTC))
    found = settle([here, other, _fix("a", NOON + timedelta(minutes=9)), _fix("c", NOON + timedelta(hours=1), "C")])

    assert (found[2].utc_offset_s, found[2].time_source) == (7200, TimeSource.NEIGHBOUR)
    assert found[3].instant is not None, "a camera that never says its zone takes that of the others"


def test_a_neighbour_on_the_other_side_of_summer_time() -> None:
    july = _fix("july", NOON, lat=47.141, lon=9.5215)
    found = settle([july, _fix("january", NOON - timedelta(days=150))])

    assert [fix.utc_offset_s for fix in found] == [7200, 3600]


def test_nobody_knows_the_zone() -> None:
    assert settle([_fix("a", NOON)])[0].instant is None


def test_settling_many_cameras_takes_no_time() -> None:
    fixes = [_fix(str(n), NOON + timedelta(seconds=n), f"camera {n % 5000}", lat=47.1, lon=9.5) for n in range(20_000)]

    assert all(fix.utc_offset_s == 7200 for fix in settle(fixes))
