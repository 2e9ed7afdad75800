"""A recording: where somebody was, point by point, as a device wrote it down."""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass
from datetime import UTC, datetime

from connector.metadata.said import iso
from connector.trace.model import Mode

MOST_POINTS = 1_000_000
_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_EARLIEST, _LATEST = (datetime(year, 1, 1, tzinfo=UTC).timestamp() for year in (_FIRST_YEAR, _LAST_YEAR))
_LOWEST_M, _HIGHEST_M = -1_000.0, 20_000.0
"""No road is as low and no passenger flies as high: beyond lies what devices write for a height they do not know."""
_LENGTH_OF_A_DATE = len("2024-06-14")


class BadRecordingError(Exception):
    """Nothing of the file can be used; the text is one sentence for people that does not name the file."""


class BrokenOffError(Exception):
    """The file cannot be read further; what came before may be used. The text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedPoint:
    """One point as a file says it. ``t``: seconds since the epoch; None where it does not say when."""

    lat: float
    lon: float
    t: float | None
    altitude_m: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """What was recorded in one go (a segment, a lap, an activity), in the file's order.

    As many times (seconds since the epoch), latitudes, longitudes and altitudes (NaN: unknown).
    ``mode``: what the device was told, or took it for.
    """

    t: array[float]
    lat: array[float]
    lon: array[float]
    altitude_m: array[float]
    mode: Mode | None = None

    def __len__(self) -> int:
        return len(self.t)


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """How somebody moved from one instant to another (seconds since the epoch), as the file says."""

    start: float
    end: float
    mode: Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """What one file tells. ``remark``: one sentence on what of it could not be used."""

    name: str
    tracks: tuple[Track, ...]
    moves: tuple[Move, ...] = ()
    remark: str | None = None

    def __len__(self) -> int:
        """Points in all."""
        return sum(map(len, self.tracks))


def _moment(text: str | None) -> datetime | None:
    """The moment of ISO 8601, or with the slashes some write; None where it is no possible one, or a date alone."""
    said = (text or "").strip().replace("/", "-")
    try:
        found = iso(said)
    except ValueError:
        return None
    return found if _FIRST_YEAR <= found.year < _LAST_YEAR and len(said) > _LENGTH_OF_A_DATE else None


def point(lat: object, lon: object, t: float | None, altitude_m: object = None) -> RecordedPoint | None:
    """The point, if its numbers can be one: on the globe, and not 0,0."""
    y, x = number(lat), number(lon)
    if y is None or x is None or abs(y) > 90 or abs(x) > 180 or (y == 0 and x == 0):
        return None
    high = number(altitude_m)
    possible = high is not None and _LOWEST_M < high < _HIGHEST_M
    return RecordedPoint(lat=y, lon=x, t=t, altitude_m=high if possible else None)


def number(said: object) -> float | None:
    """A finite number, however it is written."""
    if isinstance(said, bool) or not isinstance(said, (str, int, float)):
        return None
    try:
        value = float(said)
    except (ValueError, OverflowError):
        return None
    return value if math.isfinite(value) else None


class Gathered:
    """Takes the points of a file as they are read, counts what cannot be used, and makes the recording of the rest.

    What was taken before a failure stays taken.
    """

    def __init__(self) -> None:
        self._tracks: list[Track] = []
        self._moves: list[Move] = []
        self._without_time = 0
        self._broken = 0
        self._vague = 0
        self._nowhere = 0
        self._planned = False
        self._points = 0
        self._names_no_zone = False
        self.begin()

    @property
    def mode(self) -> Mode | None:
        """Of the piece that is being read."""
        return self._now.mode

    def begin(self, mode: Mode | None = None) -> None:
        """From here on the points are of another piece."""
        self._now = Track(t=array("d"), lat=array("d"), lon=array("d"), altitude_m=array("d"), mode=mode)
        self._tracks.append(self._now)

    def moved(self, mode: Mode | None, start: float | None, end: float | None) -> None:
        """Somebody moved like that between the two instants."""
        if mode is not None and start is not None and end is not None and start < end:
            self._moves.append(Move(start=start, end=end, mode=mode))

    def seconds(self, text: str | None) -> float | None:
        """The instant of ISO 8601, None where it is no possible one.

        It is taken for UTC where it names no offset, as GPX wants it; not all devices do, so it is remarked.
        """
        found = _moment(text)
        if found is not None and found.tzinfo is None:
            self._names_no_zone = True
            found = found.replace(tzinfo=UTC)
        return None if found is None else found.timestamp()

    def nowhere(self) -> None:
        """A point was there without a place, a heart rate perhaps: no loss where others have one."""
        self._nowhere += 1

    def planned(self) -> None:
        """A place was there to go to or to look at: nobody recorded that somebody was there."""
        self._planned = True

    def vague(self) -> None:
        """A point was there that the device itself did not believe."""
        self._vague += 1

    def add(self, found: RecordedPoint | None) -> None:
        """The next point; None: it says no possible place.

        Raises:
            BadRecordingError: there are more points than are read.
        """
        if found is None:
            self._broken += 1
        elif found.t is None or not _EARLIEST <= found.t < _LATEST:
            self._without_time += 1
        else:
            self._points += 1
            if self._points > MOST_POINTS:
                raise BadRecordingError(f"it has more than {MOST_POINTS:,} points; cut it into parts")
            self._now.t.append(found.t)
            self._now.lat.append(found.lat)
            self._now.lon.append(found.lon)
            self._now.altitude_m.append(math.nan if found.altitude_m is None else found.altitude_m)

    def recording(self, name: str, broken_off: str | None = None) -> Recording:
        """What was gathered. ``broken_off``: why reading ended before the file did.

        Raises:
            BadRecordingError: there is not a single point with place and time.
        """
        if not self._points:
            raise BadRecordingError(broken_off or self._why_nothing())
        remarks = [broken_off, f"the {_points(self._points)} before that are used"] if broken_off else []
        for count, why in (
            (self._without_time, "without a time"),
            (self._broken, "without a possible place"),
            (self._vague, "of a very vague place"),
        ):
            remarks += [f"{_points(count)} {why} left out"] if count else []
        remarks += ["its times name no time zone and are taken for UTC"] if self._names_no_zone else []
        tracks = tuple(track for track in self._tracks if len(track))
        return Recording(name=name, tracks=tracks, moves=tuple(self._moves), remark="; ".join(remarks) or None)

    def _why_nothing(self) -> str:
        if self._without_time:
            return f"it has {_points(self._without_time)}, but does not say when it was recorded"
        if self._broken or self._vague:
            return f"it has {_points(self._broken + self._vague)}, but no possible place or only very vague ones"
        if self._nowhere:
            return f"it has {_points(self._nowhere)}, but none says where it was recorded"
        if self._planned:
            return "it has only way points or a planned route, and no track of where somebody was"
        return "it has no points"


def _points(count: int) -> str:
    return f"{count:,} point{'' if count == 1 else 's'}"
