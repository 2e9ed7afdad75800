"""Recordings that the tests write: a walk of known places and times, in every format."""

from __future__ import annotations

import io
import json
import math
import struct
import zipfile
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from connector.metadata.fix import Fix
from connector.routing.router import Router
from connector.trace.recordings import Recording, read_recording

START = datetime(2024, 6, 14, 7, 0, tzinfo=UTC)
LAT, LON = 47.14, 9.52
STEP_S = 10.0
M_PER_DEGREE = 111_195.0
At = tuple[float, float, float]
"""Seconds after START, lat, lon."""


def walk(minutes: float = 60, *, step_s: float = STEP_S, mps: float = 1.3, wiggle_m: float = 30.0) -> list[At]:
    """A walk north that swings from side to side, evenly fast."""
    count = int(minutes * 60 / step_s) + 1
    return [(n * step_s, *place(n * step_s, mps=mps, wiggle_m=wiggle_m)) for n in range(count)]


def place(after_s: float, *, mps: float = 1.3, wiggle_m: float = 30.0) -> tuple[float, float]:
    """Where that walk is so many seconds after its start."""
    east_m = wiggle_m * math.sin(after_s / 120)
    return LAT + after_s * mps / M_PER_DEGREE, LON + east_m / (M_PER_DEGREE * math.cos(math.radians(LAT)))


def iso(after_s: float) -> str:
    return (START + timedelta(seconds=after_s)).isoformat().replace("+00:00", "Z")


def gpx(points: Sequence[At], *, kind: str = "", altitude_m: float = 450.0, climb: float = 0.0) -> bytes:
    """``climb``: metres upwards a second."""
    body = "".join(
        f'<trkpt lat="{lat:.7f}" lon="{lon:.7f}"><ele>{altitude_m + climb * t:.1f}</ele><time>{iso(t)}</time></trkpt>'
        for t, lat, lon in points
    )
    typed = f"<type>{kind}</type>" if kind else ""
    return (
        f'<?xml version="1.0"?><gpx version="1.1" creator="test" xmlns="http://www.topografix.com/GPX/1/1">'
        f"<trk><name>walk</name>{typed}<trkseg>{body}</trkseg></trk></gpx>"
    ).encode()


def tcx(points: Sequence[At]) -> bytes:
    body = "".join(
        f"<Trackpoint><Time>{iso(t)}</Time><Position><LatitudeDegrees>{lat:.7f}</LatitudeDegrees>"
        f"<LongitudeDegrees>{lon:.7f}</LongitudeDegrees></Position><AltitudeMeters>450</AltitudeMeters></Trackpoint>"
        for t, lat, lon in points
    )
    return (
        '<TrainingCenterDatabase xmlns="http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"><Activities>'
        f'<Activity Sport="Running"><Lap><Track><Trackpoint><Time>{iso(0)}</Time><HeartRateBpm/></Trackpoint>{body}'
        "</Track></Lap></Activity></Activities></TrainingCenterDatabase>"
    ).encode()


def kml(points: Sequence[At]) -> bytes:
    when = "".join(f"<when>{iso(t)}</when>" for t, _, _ in points)
    coord = "".join(f"<gx:coord>{lon:.7f} {lat:.7f} 450</gx:coord>" for _, lat, lon in points)
    return (
        '<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2"><Document>'
        "<Placemark><name>somewhere</name><Point><coordinates>9.5,47.1,0</coordinates></Point></Placemark>"
        f"<Placemark><gx:Track>{when}{coord}</gx:Track></Placemark></Document></kml>"
    ).encode()


def kml_placemarks(points: Sequence[At]) -> bytes:
    marks = "".join(
        f"<Placemark><TimeStamp><when>{iso(t)}</when></TimeStamp>"
        f"<Point><coordinates>{lon:.7f},{lat:.7f}</coordinates></Point></Placemark>"
        for t, lat, lon in points
    )
    return f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{marks}</Document></kml>'.encode()


def kmz(points: Sequence[At]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("doc.kml", kml(points))
    return out.getvalue()


def geojson(points: Sequence[At]) -> bytes:
    line = {"type": "LineString", "coordinates": [[lon, lat, 450] for _, lat, lon in points]}
    times = [iso(t) for t, _, _ in points]
    feature = {"type": "Feature", "geometry": line, "properties": {"coordTimes": times}}
    return json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()


def geojson_alone(points: Sequence[At]) -> bytes:
    line = {"type": "LineString", "coordinates": [[lon, lat] for _, lat, lon in points]}
    times = {"times": [int((START.timestamp() + t) * 1000) for t, _, _ in points]}
    return json.dumps({"type": "Feature", "properties": {"coordinateProperties": times}, "geometry": line}).encode()


def geojson_points(points: Sequence[At]) -> bytes:
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [lon, lat]},
            "properties": {"timestamp": int(START.timestamp() + t)},
        }
        for t, lat, lon in points
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def timeline_of_android(points: Sequence[At]) -> bytes:
    path = [{"point": f"{lat:.7f}°, {lon:.7f}°", "time": iso(t)} for t, lat, lon in points]
    (first, lat_a, lon_a), (last, lat_b, lon_b) = points[0], points[-1]
    activity = {
        "startTime": iso(first),
        "endTime": iso(last),
        "activity": {
            "start": {"latLng": f"{lat_a:.7f}°, {lon_a:.7f}°"},
            "end": {"latLng": f"{lat_b:.7f}°, {lon_b:.7f}°"},
            "topCandidate": {"type": "CYCLING", "probability": 0.9},
        },
    }
    vague = {"position": {"LatLng": "46.0°, 8.0°", "accuracyMeters": 1500, "timestamp": iso(first + 5)}}
    return json.dumps(
        {
            "semanticSegments": [{"startTime": iso(first), "endTime": iso(last), "timelinePath": path}, activity],
            "rawSignals": [vague, {"wifiScan": {}}],
            "userLocationProfile": {"frequentPlaces": []},
        }
    ).encode()


def timeline_of_ios(points: Sequence[At]) -> bytes:
    path = [
        {"point": f"geo:{lat:.7f},{lon:.7f}", "durationMinutesOffsetFromStartTime": str(t / 60)}
        for t, lat, lon in points
    ]
    return json.dumps([{"startTime": iso(0), "endTime": iso(points[-1][0]), "timelinePath": path}]).encode()


def records(points: Sequence[At]) -> bytes:
    return json.dumps(
        {
            "locations": [
                {"latitudeE7": round(lat * 1e7), "longitudeE7": round(lon * 1e7), "timestamp": iso(t), "accuracy": 12}
                for t, lat, lon in points
            ]
        }
    ).encode()


def months(points: Sequence[At]) -> bytes:
    """The timeline as it was taken out of the account."""
    path = [
        {"latE7": round(lat * 1e7), "lngE7": round(lon * 1e7), "accuracyMeters": 5, "timestamp": iso(t)}
        for t, lat, lon in points
    ]
    ends = [{"latitudeE7": each["latE7"], "longitudeE7": each["lngE7"]} for each in (path[0], path[-1])]
    move = {
        "startLocation": ends[0],
        "endLocation": ends[1],
        "duration": {"startTimestamp": iso(points[0][0]), "endTimestamp": iso(points[-1][0])},
        "activityType": "CYCLING",
        "simplifiedRawPath": {"points": path},
    }
    return json.dumps({"timelineObjects": [{"activitySegment": move}]}).encode()


_FIT_EPOCH = datetime(1989, 12, 31, tzinfo=UTC).timestamp()


_NOWHERE = 0x7FFFFFFF
_STOP_ALL, _START_TIMER = 4, 0


def fit(points: Sequence[At], *, lost: Collection[int] = (), pauses: Collection[int] = ()) -> bytes:
    """Records with timestamp, latitude and longitude, and a sport message before them (FIT protocol, 4.x).

    ``lost``: numbers of the records without a position; ``pauses``: of those before which the timer was halted.
    """
    sport = bytes([0x40, 0, 0, 12, 0, 1, 0, 1, 0]) + bytes([0x00, 2])  # cycling
    definition = bytes([0x41, 0, 0, 20, 0, 3, 253, 4, 0x86, 0, 4, 0x85, 1, 4, 0x85])
    body = sport + definition
    body += bytes([0x42, 0, 0, 21, 0, 3, 253, 4, 0x86, 0, 1, 0, 1, 1, 0])
    for n, (t, lat, lon) in enumerate(points):
        when = int(START.timestamp() + t - _FIT_EPOCH)
        if n in pauses:
            before = int(START.timestamp() + points[n - 1][0] - _FIT_EPOCH)
            body += b"".join(
                bytes([0x02]) + struct.pack("<IBB", each, 0, what)
                for each, what in ((before, _STOP_ALL), (when, _START_TIMER))
            )
        at = [_NOWHERE] * 2 if n in lost else [round(x * 2**31 / 180) for x in (lat, lon)]
        body += bytes([0x01]) + struct.pack("<Iii", when, *at)
    head = struct.pack("<BBHI4s", 14, 0x10, 2078, len(body), b".FIT") + b"\0\0"
    return head + body + b"\0\0"


FORMATS = {
    "GPX": gpx,
    "TCX": tcx,
    "KML track": kml,
    "KML placemarks": kml_placemarks,
    "KMZ": kmz,
    "GeoJSON": geojson,
    "GeoJSON feature": geojson_alone,
    "GeoJSON points": geojson_points,
    "timeline of Android": timeline_of_android,
    "timeline of iOS": timeline_of_ios,
    "older records": records,
    "older timeline": months,
    "FIT": fit,
}


def recording(points: Sequence[At], name: str = "walk.gpx", **options: object) -> Recording:
    return read_recording(name, io.BytesIO(gpx(points, **options)))  # type: ignore[arg-type]  # the options of gpx


def photo(name: str, after_s: float, at: tuple[float, float] | None = None, **more: object) -> Fix:
    """A photo so many seconds after START."""
    lat, lon = at if at is not None else (None, None)
    said = {"instant": START + timedelta(seconds=after_s)} | more
    return Fix(asset_id=name, lat=lat, lon=lon, **said)  # type: ignore[arg-type]  # fields of Fix


class NoMaps:
    """What an installation without any map offers."""

    def covering(self, *places: tuple[float, float]) -> Router | None:
        return None


def ids(*groups: Sequence[object]) -> Iterator[str]:
    """The asset ids of inferred or unplaced photos."""
    for group in groups:
        for each in group:
            yield each.asset_id  # type: ignore[attr-defined]  # both have one
