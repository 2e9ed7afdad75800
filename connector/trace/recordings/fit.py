"""FIT, what Garmin's and many other devices write. fitdecode does the parsing."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any, BinaryIO

import fitdecode

from connector.trace.recordings.activities import mode_named
from connector.trace.recordings.recording import BadRecordingError, BrokenOffError, Gathered, point

_DEGREES = 180 / 2**31
"""One semicircle."""


def read(data: BinaryIO, into: Gathered) -> None:
    """The records; those without a position (indoors, or before the first fix) are counted apart.

    Raises:
        BrokenOffError: the file is damaged.
    """
    try:
        _records(data, into)
    except BadRecordingError:
        raise
    except Exception as error:  # fitdecode raises AssertionError, struct.error, ... on broken files
        raise BrokenOffError(f"the file is damaged ({type(error).__name__})") from error


def _records(data: BinaryIO, into: Gathered) -> None:
    with fitdecode.FitReader(
        data, check_crc=fitdecode.CrcCheck.DISABLED, error_handling=fitdecode.ErrorHandling.IGNORE
    ) as frames:
        for frame in frames:
            if isinstance(frame, fitdecode.FitDataMessage):
                _message(frame, into)


def _message(frame: Any, into: Gathered) -> None:
    if frame.name == "sport":
        into.begin(mode_named(str(frame.get_value("sport", fallback=""))))
    elif frame.name == "event" and frame.get_value("event_type", fallback=None) == "start":
        into.begin(into.mode)
    elif frame.name == "record":
        lat, lon = (frame.get_value(name, fallback=None) for name in ("position_lat", "position_long"))
        if lat is not None and lon is not None:
            when = frame.get_value("timestamp", fallback=None)
            high = frame.get_value("enhanced_altitude", fallback=frame.get_value("altitude", fallback=math.nan))
            t = when.timestamp() if isinstance(when, datetime) else None
            into.add(point(lat * _DEGREES, lon * _DEGREES, t, high))
        else:
            into.nowhere()
