"""GeoJSON with times, and what Google's apps export: the timeline of a device, the older one, and the records."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, BinaryIO

from connector.trace.recordings.activities import mode_named
from connector.trace.recordings.recording import Gathered, RecordedPoint, number, point
from connector.trace.recordings.stretches import LONGEST_GAP_S
from connector.trace.recordings.values import values

_PLACE = re.compile(r"\s*(?:geo:)?(-?\d+(?:\.\d+)?)\s*°?\s*,\s*(-?\d+(?:\.\d+)?)\s*°?\s*$", re.ASCII)
_COORDINATES = (("latitude", "lat"), ("longitude", "lng"))
_VAGUE_M = 200.0
_FOR_TIMES = ("coordTimes", "times", "timestamps", "time")
_FOR_TIME = ("time", "timestamp", "when", "datetime", "created_at", "tst")
Said = Mapping[str, Any]


def read(data: BinaryIO, into: Gathered) -> None:
    """Whatever of the known forms the file has; entries of other forms are passed over.

    Raises:
        BadRecordingError, ijson.JSONError: as :func:`connector.trace.recordings.values.values`.
    """
    alone: dict[str, Any] = {}
    for prefix, said in values(data, frozenset({*_READERS, "geometry", "properties"})):
        if prefix in _READERS:
            _READERS[prefix](said, into)
        else:
            alone[prefix] = said
    if "geometry" in alone:
        _feature(alone, into)


def _feature(said: Said, into: Gathered) -> None:
    """A LineString with one time per position, or a Point with its time."""
    geometry, properties = _object(said.get("geometry")), _object(said.get("properties"))
    coordinates = geometry.get("coordinates")
    if geometry.get("type") == "Point":
        moments = (_moment(properties[name], into) for name in _FOR_TIME if properties.get(name) is not None)
        when = next((each for each in moments if each is not None), None)
        into.add(_position(coordinates, when))
    elif geometry.get("type") == "LineString":
        _line(coordinates, _times(properties), properties, into)
    elif geometry.get("type") == "MultiLineString":
        times = _times(properties)
        for n, line in enumerate(_list(coordinates)):
            _line(line, times[n] if n < len(times) else (), properties, into)


def _line(line: Any, times: Any, properties: Said, into: Gathered) -> None:
    into.begin(mode_named(str(properties.get("activity") or properties.get("type") or "")))
    moments = [_moment(each, into) for each in _list(times)]
    places = _list(line)
    for place, when in zip(places, [*moments, *[None] * (len(places) - len(moments))], strict=False):
        into.add(_position(place, when))
    into.begin()


def _times(properties: Said) -> Sequence[Any]:
    """togeojson writes them beside the line, newer versions within ``coordinateProperties``."""
    for where in (properties, _object(properties.get("coordinateProperties"))):
        for name in _FOR_TIMES:
            if isinstance(where.get(name), list):
                return list(where[name])
    return ()


def _moment(said: Any, into: Gathered) -> float | None:
    """ISO 8601, or seconds or milliseconds since the epoch."""
    if isinstance(said, str) and not said.isdigit():
        return into.seconds(said)
    value = number(said)
    if value is None or value < 6e8:
        return None
    return value / 1000 if value > 1e11 else value


def _position(said: Any, when: float | None) -> RecordedPoint | None:
    place = _list(said)
    return point(place[1], place[0], when, place[2] if len(place) > 2 else None) if len(place) >= 2 else None


def _segment(said: Said, into: Gathered) -> None:
    """A segment of a device's timeline: the path it drew, the place it stayed at, or the move from place to place.

    Segments of these three kinds cover the same hours: all of them are one track, which is sorted by time later.
    """
    start, end = (into.seconds(_text(said.get(name))) for name in ("startTime", "endTime"))
    activity, visit = _object(said.get("activity")), _object(said.get("visit"))
    for each in _list(said.get("timelinePath")):
        step = _object(each)
        into.add(_place(step.get("point"), _when(step, start, into)))
    if visit and not number(visit.get("hierarchyLevel")):  # else within another one: a shop in a mall
        there = _object(visit.get("topCandidate")).get("placeLocation")
        for when in _all_along(start, end):
            into.add(_place(there, when))
    if activity:
        into.moved(mode_named(_text(_object(activity.get("topCandidate")).get("type"))), start, end)
        for name, when in (("start", start), ("end", end)):
            into.add(_place(activity.get(name), when))


def _all_along(start: float | None, end: float | None) -> Iterator[float | None]:
    """From the one to the other, never so far apart that the device would seem to have been silent."""
    if start is None or end is None or end <= start:
        yield from (start, end)
        return
    parts = int((end - start) / LONGEST_GAP_S) + 1
    yield from (start + (end - start) * n / parts for n in range(parts + 1))


def _when(step: Said, start: float | None, into: Gathered) -> float | None:
    """Android names the instant, iOS the minutes since the segment began."""
    minutes = number(step.get("durationMinutesOffsetFromStartTime"))
    if minutes is not None and start is not None:
        return start + minutes * 60
    return into.seconds(_text(step.get("time")))


def _place(said: Any, when: float | None) -> RecordedPoint | None:
    """``geo:47.1,9.5`` (iOS), ``47.1°, 9.5°`` (Android), alone or in an object that calls it ``latLng``."""
    text = _object(said).get("latLng") or _object(said).get("LatLng") or said
    match = _PLACE.match(text) if isinstance(text, str) else None
    return point(match[1], match[2], when) if match is not None else None


def _signal(said: Said, into: Gathered) -> None:
    position = _object(said.get("position"))
    if position and _is_vague(position.get("accuracyMeters")):
        into.vague()
    elif position:
        into.add(_place(position, into.seconds(_text(position.get("timestamp")))))


def _record(said: Said, into: Gathered) -> None:
    """One entry of the older Records.json: ten-millionths of degrees."""
    if _is_vague(said.get("accuracy")):
        into.vague()
    elif "latitudeE7" in said:
        into.add(_in_integers(said, _stamp(said, "timestamp", into), said.get("altitude")))


def _in_integers(said: Said, when: float | None, altitude_m: object = None) -> RecordedPoint | None:
    lat, lon = (number(said.get(f"{name}E7", said.get(f"{short}E7"))) for name, short in _COORDINATES)
    return None if lat is None or lon is None else point(_signed(lat) / 1e7, _signed(lon) / 1e7, when, altitude_m)


def _signed(value: float) -> float:
    """Some exports write what is south or west as if its 32 bits had no sign."""
    return value - 2**32 if value >= 2**31 else value


def _stamp(said: Said, name: str, into: Gathered) -> float | None:
    """Older files have milliseconds, newer ones text."""
    return _moment(said.get(name) or said.get(f"{name}Ms"), into)


def _older_segment(said: Said, into: Gathered) -> None:
    """A visit or a move of the timeline as it was taken out of the account, a file for every month."""
    activity, visit = _object(said.get("activitySegment")), _object(said.get("placeVisit"))
    duration = _object((activity or visit).get("duration"))
    start, end = (_stamp(duration, name, into) for name in ("startTimestamp", "endTimestamp"))
    for each in _list(_object((activity or visit).get("simplifiedRawPath")).get("points")):
        into.add(_in_integers(_object(each), _stamp(_object(each), "timestamp", into)))
    if visit:
        for when in _all_along(start, end):
            into.add(_in_integers(_object(visit.get("location")), when))
    if activity:
        into.moved(mode_named(_text(activity.get("activityType"))), start, end)
        for name, when in (("startLocation", start), ("endLocation", end)):
            into.add(_in_integers(_object(activity.get(name)), when))


def _is_vague(accuracy_m: Any) -> bool:
    """A cell tower's word, not a satellite's."""
    return (number(accuracy_m) or 0.0) > _VAGUE_M


def _object(said: Any) -> Said:
    return said if isinstance(said, dict) else {}


def _list(said: Any) -> Sequence[Any]:
    return said if isinstance(said, list) else ()


def _text(said: Any) -> str | None:
    return said if isinstance(said, str) else None


_READERS: Mapping[str, Callable[[Said, Gathered], None]] = {
    "features.item": _feature,
    "semanticSegments.item": _segment,
    "item": _segment,
    "timelineObjects.item": _older_segment,
    "rawSignals.item": _signal,
    "locations.item": _record,
}
