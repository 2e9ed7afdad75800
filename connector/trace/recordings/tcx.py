"""TCX, Garmin's older format: the points of every lap."""

from __future__ import annotations

from typing import BinaryIO

from connector.trace.recordings.activities import mode_named
from connector.trace.recordings.elements import elements, text_of
from connector.trace.recordings.recording import Gathered, point


def read(data: BinaryIO, into: Gathered) -> None:
    """Track points. Those without a position are counted apart: a device may be indoors."""
    mode = None
    for name, element in elements(data, frozenset({"Trackpoint"}), frozenset({"Activity", "Track"})):
        if name == "+Activity":
            mode = {"biking": mode_named("cycling"), "running": mode_named("running")}.get(
                (element.get("Sport") or "").lower()
            )
        elif name == "+Track":
            into.begin(mode)
        elif text_of(element, "LatitudeDegrees") is not None or text_of(element, "LongitudeDegrees") is not None:
            lat, lon = text_of(element, "LatitudeDegrees"), text_of(element, "LongitudeDegrees")
            into.add(point(lat, lon, into.seconds(text_of(element, "Time")), text_of(element, "AltitudeMeters")))
        else:
            into.nowhere()
