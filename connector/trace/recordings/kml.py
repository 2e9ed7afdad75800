"""KML: tracks of Google's extension (gx:Track), and placemarks with a time."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import BinaryIO
from xml.etree.ElementTree import Element

from connector.trace.recordings.activities import mode_named
from connector.trace.recordings.elements import elements
from connector.trace.recordings.recording import Gathered, RecordedPoint, point

_LEAVES = frozenset({"when", "coord", "coordinates", "begin", "end", "value", "name"})
_VIEWS = frozenset({"LookAt", "Camera"})
"""They may have times, too: of the pictures of the ground that somebody was looking at."""
_AROUND = frozenset({"Placemark", "Folder", "Document"})
"""What begins with one of them says nothing of the placemark before it: folders have names and times of their own."""


def read(data: BinaryIO, into: Gathered) -> None:
    """Tracks as they are; of other placemarks the points with a TimeStamp, and lines spread over their TimeSpan."""
    placemark, in_view = _Placemark(), False
    for name, element in elements(data, _LEAVES | _VIEWS, _AROUND | {"Track"} | _VIEWS):
        if name.lstrip("+") in _VIEWS:
            in_view = name.startswith("+")
        elif in_view:
            continue
        elif name.startswith("+") and name[1:] in _AROUND:
            placemark.put(into)
            placemark = _Placemark()
        elif name == "+Track":
            placemark.begin_track(into)
        elif placemark.is_track:
            placemark.step(name, element, into)
        elif name == "coordinates":
            placemark.lines.append(element.text or "")
        else:
            placemark.said[name] = element.text or ""
    placemark.put(into)


@dataclass(slots=True)
class _Placemark:
    """What a placemark has said so far."""

    is_track: bool = False
    said: dict[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    """What it draws, several of them in one after another; a point is a line of one."""
    times: deque[float | None] = field(default_factory=deque)
    places: deque[list[str]] = field(default_factory=deque)

    def begin_track(self, into: Gathered) -> None:
        """What follows belongs to a track; what the one before has left over does not."""
        self._end_track(into)
        self.is_track = True
        into.begin()

    def _end_track(self, into: Gathered) -> None:
        """Of two lists of different length the rest of the longer one is of no use."""
        for place in self.places:
            into.add(_point(place, None))
        for _ in self.times:
            into.add(None)
        self.places.clear()
        self.times.clear()

    def step(self, name: str, element: Element, into: Gathered) -> None:
        """A track has as many ``when`` as ``coord``, in two lists or in turns."""
        if name == "when":
            self.times.append(into.seconds(element.text))
        elif name == "coord":
            self.places.append((element.text or "").split())
        while self.times and self.places:
            into.add(_point(self.places.popleft(), self.times.popleft()))

    def put(self, into: Gathered) -> None:
        """Adds what a placemark without a track says, and ends a track."""
        self._end_track(into)
        places = [each.split(",") for line in self._drawn() for each in line.split()]
        start, end = (into.seconds(self.said.get(name)) for name in ("begin", "end"))
        if len(places) == 1:
            for when in (into.seconds(self.said.get("when")), start, end):
                if when is not None:
                    into.add(_point(places[0], when))
        elif places:
            into.begin(mode_named(self.said.get("name")))
            for n, place in enumerate(places):
                into.add(_point(place, _spread(start, end, n / (len(places) - 1))))
            into.begin()

    def _drawn(self) -> list[str]:
        """Its lines; a point beside them is where its name is written."""
        return [line for line in self.lines if len(line.split(maxsplit=1)) > 1] or self.lines[-1:]


def _spread(start: float | None, end: float | None, share: float) -> float | None:
    return None if start is None or end is None else start + (end - start) * share


def _point(place: list[str], t: float | None) -> RecordedPoint | None:
    if len(place) < 2:
        return None
    return point(place[1], place[0], t, place[2] if len(place) > 2 else None)
