"""When a photo was taken: GPS time, offset tags, the zone of the place, the neighbours, in this order of trust."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import tzfpy

from connector.metadata.fix import Fix, TimeSource
from connector.metadata.said import Said, impossible

GPS_BEGAN = 1990
"""Cameras with GPS came later; before lies what receivers say that have never seen a satellite."""
QUARTER_S = 900
LOOSE_S = 150
"""A camera's clock may be this far off and the whole quarter of an hour still tells its zone."""
SAME_S = 900
NEAR_SUN_S = 2 * 3600
"""No zone is 4 hours off the sun of a place, so what is as near to it as this cannot be 6 hours off its zone. It spares
most photos the look into the map of all zones."""
_SUN_S = 240
"""Of a degree of longitude."""
STEADY_S = 10
"""Below this a camera's clock is as good as GPS time and keeps the order of a burst."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """The outcome: unknown parts None, ``problem`` one sentence when a clock was found wrong."""

    instant: datetime | None = None
    utc_offset_s: int | None = None
    source: TimeSource | None = None
    problem: str | None = None


def time_of(said: Said) -> Timed:
    """What one photo says by itself; a wall time without offset and GPS time stays open for :func:`settle`."""
    if said.gps_instant is not None and (said.gps_instant.year < GPS_BEGAN or impossible(said.gps_instant)):
        timed = time_of(replace(said, gps_instant=None))
        return replace(timed, problem=timed.problem or f"its GPS time says {said.gps_instant.year} and was not used")
    if said.wall is None:
        return _without_wall(said)
    if said.utc_offset_s is not None:
        return _with_offset(said, said.wall, said.utc_offset_s)
    if said.gps_instant is not None:
        return _with_gps(said, said.wall, said.gps_instant)
    return Timed(problem=_date_only(said.wall))


def _without_wall(said: Said) -> Timed:
    if said.gps_instant is not None:
        return Timed(instant=said.gps_instant, source=TimeSource.GPS)
    if said.created is not None:
        return Timed(instant=said.created, source=TimeSource.CONTAINER)
    return Timed()


def _with_offset(said: Said, wall: datetime, offset: int) -> Timed:
    instant, gps = instant_of(wall, offset), said.gps_instant
    written = Timed(instant=instant, utc_offset_s=offset, source=TimeSource.OFFSET)
    if gps is None or abs((gps - instant).total_seconds()) <= SAME_S:
        return written
    quarters, zone_s = _quarters(wall, gps), _zone_offset_of(said, wall)
    if quarters is not None and zone_s != offset and (zone_s is None or _near_zone(quarters, zone_s)):
        # the clock is right and the offset beside it is not: phones wrote the zone they had been set to before
        return Timed(instant=gps, utc_offset_s=quarters, source=TimeSource.GPS)
    return _contradiction(wall, gps, offset, written)


def _with_gps(said: Said, wall: datetime, gps: datetime) -> Timed:
    zone_s = _zone_offset_of(said, wall)
    quarters = _quarters(wall, gps)
    if quarters is not None and (zone_s is None or _near_zone(quarters, zone_s)):
        steady = abs((instant_of(wall, quarters) - gps).total_seconds()) <= STEADY_S
        instant = instant_of(wall, quarters) if steady else gps
        return Timed(instant=instant, utc_offset_s=quarters, source=TimeSource.GPS)
    if zone_s is None:
        return Timed(instant=gps, source=TimeSource.GPS)
    by_clock = Timed(instant=instant_of(wall, zone_s), utc_offset_s=zone_s, source=TimeSource.POSITION)
    return _contradiction(wall, gps, zone_s, by_clock)


def _near_zone(quarters_s: int, zone_s: int) -> bool:
    """A camera may be left on winter time, or on the time of the country next door; else its zone is the place's."""
    return abs(quarters_s - zone_s) in (0, 3600, 7200)


def _contradiction(wall: datetime, gps: datetime, offset_s: int, by_clock: Timed) -> Timed:
    """The clock and the GPS time cannot both be right."""
    late_s = (instant_of(wall, offset_s) - gps).total_seconds()
    if _date_only(wall) is None and late_s > 0:
        # a receiver without a view of the sky repeats its last time; the camera's clock runs on
        return replace(by_clock, problem=_disagreement(late_s, followed="clock"))
    problem = _disagreement(late_s, followed="GPS time")
    # no offset: the one in force when the clock says need not be the one of that instant; `settle` asks the place
    return Timed(instant=gps, source=TimeSource.GPS, problem=problem)


def _disagreement(late_s: float, *, followed: str) -> str:
    return f"its clock and its GPS time are {_span(abs(late_s))} apart; the {followed} was followed"


def _span(seconds: float) -> str:
    if seconds >= 2 * 86400:
        return f"{seconds / 86400:.0f} days"
    return f"{seconds / 3600:.1f} hours" if seconds >= 3600 else f"{seconds / 60:.0f} minutes"


def _date_only(wall: datetime) -> str | None:
    if wall.microsecond or wall.second or wall.minute or wall.hour > 2:
        return None
    return f"its clock says exactly {wall:%H:%M:%S}: perhaps a date without a time"


def _quarters(wall: datetime, gps: datetime) -> int | None:
    """The UTC offset in whole quarters of an hour that lies between the two, when they fit."""
    between_s = (wall.replace(tzinfo=UTC) - gps).total_seconds()
    rounded = round(between_s / QUARTER_S) * QUARTER_S
    fits = abs(between_s - rounded) <= LOOSE_S and -12 * 3600 <= rounded <= 14 * 3600
    return rounded if fits else None


def instant_of(wall: datetime, offset_s: int) -> datetime:
    """The instant of a wall time with a known offset."""
    return (wall - timedelta(seconds=offset_s)).replace(tzinfo=UTC)


def zone_at(lat: float, lon: float) -> str | None:
    """Name of the time zone of a place (offline); None on the high seas of an unknown zone."""
    return _zone_of_cell(round(lat, 3), round(lon, 3))


@lru_cache(maxsize=65536)
def _zone_of_cell(lat: float, lon: float) -> str | None:
    return tzfpy.get_tz(lon, lat) or None


def zone_offset_s(zone: str | None, wall: datetime) -> int | None:
    """UTC offset in force in the zone at that wall time (the earlier one where a clock was put back)."""
    if zone is None:
        return None
    try:
        offset = wall.replace(tzinfo=ZoneInfo(zone)).utcoffset()
    except (ZoneInfoNotFoundError, ValueError, OverflowError):
        return None
    return int(offset.total_seconds()) if offset is not None else None


def _zone_offset_of(said: Said, wall: datetime) -> int | None:
    if said.lat is None or said.lon is None:
        return None
    return zone_offset_s(zone_at(said.lat, said.lon), wall)


def lost_its_sign(said: Said) -> bool:
    """Whether the place fits the written offset only on the other side of Greenwich: a longitude without its W."""
    if said.lat is None or said.lon is None or said.wall is None or said.utc_offset_s is None or said.lon < 0:
        return False
    if abs(said.utc_offset_s - said.lon * _SUN_S) <= NEAR_SUN_S:
        return False
    here = zone_offset_s(zone_at(said.lat, said.lon), said.wall)
    there = zone_offset_s(zone_at(said.lat, -said.lon), said.wall)
    if here is None or there is None:
        return False
    return abs(here - said.utc_offset_s) >= 6 * 3600 and abs(there - said.utc_offset_s) <= 3 * 3600


def settle(fixes: Sequence[Fix]) -> tuple[Fix, ...]:
    """Gives an instant to every fix that has only a wall time: by the zone of its place, else its neighbours' offset.

    The neighbour is the fix nearest in wall time whose offset is known, of the same camera where there is one.
    A fix that nothing helps keeps ``instant`` None.
    """
    by_place = [_by_place(fix) for fix in fixes]
    of_camera: dict[str | None, list[Fix]] = {}
    for fix in by_place:
        if fix.wall is not None and fix.utc_offset_s is not None:
            of_camera.setdefault(fix.camera, []).append(fix)
    of_all = _Offsets([fix for known in of_camera.values() for fix in known])
    offsets = {camera: _Offsets(known) for camera, known in of_camera.items()}
    return tuple(_by_neighbour(fix, offsets.get(fix.camera, of_all)) for fix in by_place)


def _by_place(fix: Fix) -> Fix:
    if fix.instant is not None or fix.wall is None or fix.lat is None or fix.lon is None:
        return _with_wall(fix)
    offset = zone_offset_s(zone_at(fix.lat, fix.lon), fix.wall)
    if offset is None:
        return fix
    return replace(fix, instant=instant_of(fix.wall, offset), utc_offset_s=offset, time_source=TimeSource.POSITION)


def _with_wall(fix: Fix) -> Fix:
    """An instant at a known place has an offset too."""
    if fix.instant is None or fix.utc_offset_s is not None or fix.lat is None or fix.lon is None:
        return fix
    zone = zone_at(fix.lat, fix.lon)
    if zone is None:
        return fix
    try:
        offset = fix.instant.astimezone(ZoneInfo(zone)).utcoffset()
    except (ZoneInfoNotFoundError, OverflowError):
        return fix
    return replace(fix, utc_offset_s=int(offset.total_seconds())) if offset is not None else fix


class _Offsets:
    """Known offsets in order of wall time."""

    def __init__(self, fixes: Sequence[Fix]) -> None:
        known = ((fix.wall, fix) for fix in fixes if fix.wall is not None)
        self._known = sorted(known, key=lambda pair: (pair[0], pair[1].asset_id))

    def nearest(self, wall: datetime) -> int | None:
        at = bisect_left(self._known, wall, key=lambda pair: pair[0])
        around = self._known[max(0, at - 1) : at + 1]
        if not around:
            return None
        return _offset_there(min(around, key=lambda pair: abs(pair[0] - wall))[1], wall)


def _offset_there(neighbour: Fix, wall: datetime) -> int | None:
    """The neighbour's offset, or that of its zone on the other side of a change to summer time."""
    if neighbour.lat is None or neighbour.lon is None or neighbour.wall is None:
        return neighbour.utc_offset_s
    zone = zone_at(neighbour.lat, neighbour.lon)
    if zone_offset_s(zone, neighbour.wall) != neighbour.utc_offset_s:
        return neighbour.utc_offset_s
    return zone_offset_s(zone, wall)


def _by_neighbour(fix: Fix, offsets: _Offsets) -> Fix:
    if fix.instant is not None or fix.wall is None:
        return fix
    offset = offsets.nearest(fix.wall)
    if offset is None:
        return fix
    return replace(fix, instant=instant_of(fix.wall, offset), utc_offset_s=offset, time_source=TimeSource.NEIGHBOUR)
