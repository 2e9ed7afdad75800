"""What a file says of itself, before anything is believed."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Self

_WALL = re.compile(r"\s*(\d{4})[-:./](\d\d?)[-:./](\d\d?)[T ]+(\d\d?):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?")
_SAME_CLOCK = timedelta(seconds=1)
_OFFSET = re.compile(r"([+-])(\d\d):?(\d\d)$")
_LEAP_SECOND = re.compile(r"(:\d\d):60(?!\d)")
_UTC = re.compile(r"\s*(?:z|utc|gmt)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Everything one block (EXIF, XMP, a movie's header) says; unknown is None.

    ``gps_instant``: aware UTC, the receiver's own time. ``created``: aware UTC, of a movie's header.
    ``undated``: one sentence on a date that cannot be; ``remark``: on something else that could not be used.
    """

    lat: float | None = None
    lon: float | None = None
    altitude_m: float | None = None
    accuracy_m: float | None = None
    direction_deg: float | None = None
    speed_mps: float | None = None
    wall: datetime | None = None
    utc_offset_s: int | None = None
    gps_instant: datetime | None = None
    created: datetime | None = None
    camera: str | None = None
    orientation: int | None = None
    undated: str | None = None
    remark: str | None = None

    def or_else(self, other: Self) -> Self:
        """What this says, and where it is silent, what ``other`` says. A position is taken whole, and so is a clock:
        the offset beside another wall time does not belong to this one."""
        values = {
            f.name: getattr(self, f.name) if getattr(self, f.name) is not None else getattr(other, f.name)
            for f in fields(self)
        }
        if self.lat is not None:
            for name in ("altitude_m", "accuracy_m"):
                values[name] = getattr(self, name)
        if self.wall is not None and other.wall is not None and abs(self.wall - other.wall) >= _SAME_CLOCK:
            values["utc_offset_s"] = self.utc_offset_s
        return type(self)(**values)


def wall_time(text: str | None, subsec: str | None = None) -> datetime | None:
    """The naive time of EXIF (``2024:06:14 09:30:00``) or ISO 8601; None where it is no possible time."""
    found = _WALL.match(text or "")
    if found is None:
        return None
    year, month, day, hour, minute = (int(part) for part in found.groups()[:5])
    fraction = found[7] or (subsec or "").strip()
    micro = int((fraction + "000000")[:6]) if fraction.isdecimal() else 0
    try:
        return datetime(year, month, day, hour, minute, int(found[6] or 0), micro)  # noqa: DTZ001  # naive on purpose
    except ValueError:
        return None


_NEVER_SET = {(1904, 1, 1), (1970, 1, 1), (1980, 1, 1)}


def impossible(wall: datetime) -> str | None:
    """Why no photo was taken then (the end of a sentence); None: it may have been."""
    if not 1826 <= wall.year < 2100:
        return "is impossible"
    if (wall.year, wall.month, wall.day) in _NEVER_SET:
        return "is where clocks begin that were never set"
    return None


def offset_s(text: str | None) -> int | None:
    """Seconds of ``+02:00``, ``+0200`` or ``Z`` at the end of the text; None: there is none, or an impossible one."""
    stripped = (text or "").strip()
    if stripped.endswith(("Z", "z")):
        return 0
    found = _OFFSET.search(stripped)
    if found is None or int(found[3]) > 59:
        return None
    seconds = (int(found[2]) * 60 + int(found[3])) * 60
    return (-seconds if found[1] == "-" else seconds) if seconds <= 14 * 3600 else None


def iso(text: str) -> datetime:
    """The moment of ISO 8601, aware where it names an offset: as ``z`` or UTC, too. A leap second is the one before.

    Raises:
        ValueError: it is no possible one.
    """
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return datetime.fromisoformat(_LEAP_SECOND.sub(r"\1:59", _UTC.sub("Z", text)))


def instant(text: str | None) -> datetime | None:
    """The instant of a time with its offset; None where either is missing."""
    wall, offset = wall_time(text), offset_s(text)
    if wall is None or offset is None:
        return None
    return (wall - timedelta(seconds=offset)).replace(tzinfo=UTC)


def usable_position(lat: float | None, lon: float | None) -> tuple[float, float] | None:
    """The position if it can be one: finite, on the globe, not 0,0 and not two whole degrees (a made-up place)."""
    if lat is None or lon is None or not (math.isfinite(lat) and math.isfinite(lon)):
        return None
    if abs(lat) > 90 or abs(lon) > 180 or (lat == int(lat) and lon == int(lon)):
        return None
    return lat, lon
