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
from connector.metadata.said import Said

QUARTER_S = 900
LOOSE_S = 150
"""A camera's clock may be this far off and the whole quarter of an hour still tells its zone."""
SAME_S = 900
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
    instant = instant_of(wall, offset)
    gps = said.gps_instant
    if gps is not None and abs((gps - instant).total_seconds()) > SAME_S and _quarters(wall, gps) is not None:
        # the clock is right and the offset beside it is not: phones wrote the zone they had been set to before
        return Timed(instant=gps, utc_offset_s=_quarters(wall, gps), source=TimeSource.GPS)
    return Timed(instant=instant, utc_offset_s=offset, source=TimeSource.OFFSET)


def _with_gps(said: Said, wall: datetime, gps: datetime) -> Timed:
    zone_s = _zone_offset_of(said, wall)
    quarters = _quarters(wall, gps)
    if quarters is not None and (zone_s is None or abs(quarters - zone_s) <= 2 * 3600):
        steady = abs((instant_of(wall, quarters) - gps).total_seconds()) <= STEADY_S
        instant = instant_of(wall, quarters) if steady else gps
        return Timed(instant=instant, utc_offset_s=quarters, source=TimeSource.GPS)
    if zone_s is None:
        return Timed(instant=gps, source=TimeSource.GPS)
    return _contradiction(wall, gps, zone_s)


def _contradiction(wall: datetime, gps: datetime, zone_s: int) -> Timed:
    """The clock and the GPS time cannot both be right."""
    late_s = (instant_of(wall, zone_s) - gps).total_seconds()
    if _date_only(wall) is None and late_s > 0:
        # a receiver without a view of the sky repeats its last time; the camera's clock runs on
        text = f"its GPS time is {_span(late_s)} behind its clock; the clock was followed"
        return Timed(instant=instant_of(wall, zone_s), utc_offset_s=zone_s, source=TimeSource.POSITION, problem=text)
    text = f"its clock is {_span(abs(late_s))} off the GPS time; the GPS time was followed"
    return Timed(instant=gps, utc_offset_s=zone_s, source=TimeSource.GPS, problem=text)


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
    if said.lat is None or said.lon is None or said.wall is None or said.utc_offset_s is None:
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
    known = [fix for fix in by_place if fix.wall is not None and fix.utc_offset_s is not None]
    of_all = _Offsets(known)
    of_camera = {camera: _Offsets([f for f in known if f.camera == camera]) for camera in {f.camera for f in known}}
    return tuple(_by_neighbour(fix, of_camera.get(fix.camera, of_all)) for fix in by_place)


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
        pairs = sorted((f.wall, f.utc_offset_s) for f in fixes if f.wall is not None and f.utc_offset_s is not None)
        self._walls = [wall for wall, _ in pairs]
        self._offsets = [offset for _, offset in pairs]

    def nearest(self, wall: datetime) -> int | None:
        if not self._walls:
            return None
        at = bisect_left(self._walls, wall)
        around = [n for n in (at - 1, at) if 0 <= n < len(self._walls)]
        return self._offsets[min(around, key=lambda n: abs(self._walls[n] - wall))]


def _by_neighbour(fix: Fix, offsets: _Offsets) -> Fix:
    if fix.instant is not None or fix.wall is None:
        return fix
    offset = offsets.nearest(fix.wall)
    if offset is None:
        return fix
    return replace(fix, instant=instant_of(fix.wall, offset), utc_offset_s=offset, time_source=TimeSource.NEIGHBOUR)
