"""GPX 1.0 and 1.1."""

from __future__ import annotations

from typing import BinaryIO
from xml.etree.ElementTree import Element

from connector.trace.recordings.activities import mode_named
from connector.trace.recordings.elements import elements, text_of
from connector.trace.recordings.recording import Gathered, RecordedPoint, point


def read(data: BinaryIO, into: Gathered) -> None:
    """Track points, segment by segment; way points and planned routes were never travelled and are no recording."""
    mode = None
    for name, element in elements(data, frozenset({"trkpt", "type"}), frozenset({"trk", "trkseg", "wpt", "rte"})):
        if name == "+trk":
            mode = None
        elif name == "+trkseg":
            into.begin(mode)
        elif name in ("+wpt", "+rte"):
            into.planned()
        elif name == "type":
            mode = mode_named(element.text) or mode
        else:
            into.add(_point(element, into))


def _point(element: Element, into: Gathered) -> RecordedPoint | None:
    when = into.seconds(text_of(element, "time"))
    return point(element.get("lat"), element.get("lon"), when, text_of(element, "ele"))
