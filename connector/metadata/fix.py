"""The fix: what one photo says of where and when it was taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class TimeSource(StrEnum):
    """What the instant of a fix rests on, the surest first."""

    GPS = "gps"
    OFFSET = "offset"
    """Wall time with the offset written beside it."""
    POSITION = "position"
    """Wall time with the zone of the photo's position."""
    NEIGHBOUR = "neighbour"
    """Wall time with the offset of the nearest photo in time."""
    PROVIDER = "provider"
    """The library's own word, which we could not check."""
    CONTAINER = "container"
    """The creation instant in a video's header (UTC by its specification)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """Place, instant and uncertainty of one photo. Whatever is not known is None.

    ``instant`` is aware UTC, ``wall`` is naive. ``accuracy_m`` is a 1-sigma radius.
    ``problem`` is one sentence for people: why the place or the time cannot be used.
    """

    asset_id: str
    instant: datetime | None = None
    wall: datetime | None = None
    utc_offset_s: int | None = None
    time_source: TimeSource | None = None
    lat: float | None = None
    lon: float | None = None
    altitude_m: float | None = None
    accuracy_m: float | None = None
    direction_deg: float | None = None
    speed_mps: float | None = None
    camera: str | None = None
    orientation: int | None = None
    problem: str | None = None
