"""A trip as files that other programs open: GPX 1.1, GeoJSON (RFC 7946), KML 2.2 and KMZ, and a ZIP to keep.

Photos are named by what people call them or by their key, never by the library's own ids. A leg that goes nowhere
(two stops on one spot) is no line and is left out.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from connector.render.colour import rgb
from connector.render.markup import said
from connector.render.page import page
from connector.render.palette import MODES
from connector.render.places import PlacedPhoto, placed_photos
from connector.render.scene import Scene, Thumbnail
from connector.render.words import word
from connector.trace.model import Leg, Mode, Stop
from connector.trace.shape import LatLon, decode

CREATOR = "image-tracer"
GPX = "http://www.topografix.com/GPX/1/1"
EXTENSIONS = "urn:image-tracer:gpx:1"
"""Namespace of what GPX has no word for: ``mode``, ``how`` and ``confidence`` of a track segment."""
KML = "http://www.opengis.net/kml/2.2"
THUMBNAILS_AT_ONCE = 6
"""Asked of a library; whoever makes them may let fewer through."""
_EAST_END = 179.9999999
"""GPX knows no 180 degrees east; this is a centimetre before it."""


def gpx(scene: Scene) -> str:
    """Photos and named stops as waypoints; successive legs of one mode as a track, each leg as its segments."""
    parts = ['<?xml version="1.0" encoding="UTF-8"?>\n']
    spaces = f'xmlns="{GPX}" xmlns:it="{EXTENSIONS}"'
    parts.append(f'<gpx version="1.1" creator="{CREATOR}" {spaces}>\n<metadata>')
    parts.append(_tag("name", scene.heading))
    if scene.under:
        parts.append(_tag("desc", scene.under))
    parts.append(_gpx_link(scene.link))
    parts.append("</metadata>\n")
    parts += [_gpx_photo(each) for each in placed_photos(scene)]
    parts += [_gpx_stop(stop) for stop in scene.trace.stops if stop.name]
    for mode, legs in groupby(_drawn_legs(scene), key=lambda leg: leg.mode):
        parts.append(f"<trk>{_tag('name', word(scene.lang, mode.value))}{_tag('type', mode.value)}\n")
        parts += [segment for leg in legs for segment in _gpx_segments(scene, leg)]
        parts.append("</trk>\n")
    return "".join([*parts, "</gpx>\n"])


def _gpx_photo(each: PlacedPhoto) -> str:
    inner = _tag("ele", f"{each.altitude_m:.1f}") if each.altitude_m is not None else ""
    inner += _tag("time", _instant(each.instant)) if each.instant else ""
    inner += _tag("name", each.label) + _gpx_link(each.photo.url) + _tag("type", "photo")
    return f"<wpt {_gpx_place(each.lat, each.lon)}>{inner}</wpt>\n"


def _gpx_stop(stop: Stop) -> str:
    inner = _tag("time", _instant(stop.start)) + _tag("name", stop.name or "") + _tag("type", "stop")
    return f"<wpt {_gpx_place(stop.lat, stop.lon)}>{inner}</wpt>\n"


def _gpx_segments(scene: Scene, leg: Leg) -> Iterator[str]:
    """One per piece of the leg; the times of its ends are known, those between are not made up."""
    left, reached = scene.trace.stops[leg.from_stop].end, scene.trace.stops[leg.to_stop].start
    about = _tag("it:mode", leg.mode.value) + _tag("it:how", leg.how.value)
    about += _tag("it:confidence", f"{leg.confidence:.2f}")
    lines = _lines(leg)
    for n, points in enumerate(lines):
        times: dict[int, datetime] = {}
        if n == 0:
            times[0] = left
        if n == len(lines) - 1:
            times[len(points) - 1] = reached
        inner = "".join(_gpx_point(place, times.get(k)) for k, place in enumerate(points))
        yield f"<trkseg>{inner}<extensions>{about}</extensions></trkseg>\n"


def _gpx_point(place: LatLon, instant: datetime | None) -> str:
    at = _gpx_place(*place)
    return f"<trkpt {at}/>" if instant is None else f"<trkpt {at}>{_tag('time', _instant(instant))}</trkpt>"


def _gpx_place(lat: float, lon: float) -> str:
    """In plain digits: GPX knows no exponents."""
    return f'lat="{lat:.6f}" lon="{_EAST_END if round(lon, 6) >= 180 else f"{lon:.6f}"}"'


def _gpx_link(address: str | None) -> str:
    return f'<link href="{said(address)}"/>' if address else ""


def geojson(scene: Scene) -> str:
    """Legs as lines, stops and photos as points; ``kind`` says which is which."""
    features = [*map(_leg_feature, _drawn_legs(scene))]
    features += [_stop_feature(scene, stop) for stop in scene.trace.stops]
    features += [_photo_feature(each) for each in placed_photos(scene)]
    collection: dict[str, Any] = {"type": "FeatureCollection", "name": scene.heading, "features": features}
    return json.dumps(collection, ensure_ascii=False, separators=(",", ":"))


def _leg_feature(leg: Leg) -> dict[str, Any]:
    lines = [[[round(lon, 6), round(lat, 6)] for lat, lon in line] for line in _lines(leg)]
    return {
        "type": "Feature",
        "geometry": {"type": "LineString", "coordinates": lines[0]}
        if len(lines) == 1
        else {"type": "MultiLineString", "coordinates": lines},
        "properties": {
            "kind": "leg",
            "index": leg.index,
            "from_stop": leg.from_stop,
            "to_stop": leg.to_stop,
            "mode": leg.mode.value,
            "how": leg.how.value,
            "confidence": round(leg.confidence, 2),
            "distance_m": round(leg.distance_m, 1),
            "duration_s": round(leg.duration_s),
        },
    }


def _stop_feature(scene: Scene, stop: Stop) -> dict[str, Any]:
    keys = [scene.photos[asset_id].key for asset_id in stop.asset_ids if asset_id in scene.photos]
    about = {"kind": "stop", "index": stop.index, "name": stop.name, "emoji": stop.emoji, "photos": keys}
    about |= {"start": _instant(stop.start), "end": _instant(stop.end)}
    return _point_feature(stop.lat, stop.lon, about)


def _photo_feature(each: PlacedPhoto) -> dict[str, Any]:
    about = {
        "kind": "photo",
        "key": each.photo.key,
        "name": each.photo.name,
        "time": _instant(each.instant) if each.instant else None,
        "altitude_m": each.altitude_m,
        "colour": each.photo.colour,
        "url": each.photo.url,
        "stop": each.stop,
        "leg": each.leg,
    }
    return _point_feature(each.lat, each.lon, about)


def _point_feature(lat: float, lon: float, about: dict[str, Any]) -> dict[str, Any]:
    geometry = {"type": "Point", "coordinates": [round(lon, 6), round(lat, 6)]}
    known = {name: value for name, value in about.items() if value is not None}
    return {"type": "Feature", "geometry": geometry, "properties": known}


def kml(scene: Scene) -> str:
    """Legs in one folder and photos in another, with their times; a style per mode."""
    return _kml(scene, thumbnails={})


def kmz(scene: Scene, thumbnail: Thumbnail) -> bytes:
    """The KML with a thumbnail of every photo that has one. ``thumbnail`` is called from several threads."""
    found = _thumbnails(scene, thumbnail)
    names = {asset_id: f"photos/{name}" for asset_id, (name, _) in found.items()}
    files = {"doc.kml": _kml(scene, thumbnails=names).encode()}
    return _zipped(files | {f"photos/{name}": content for name, content in found.values()})


def _kml(scene: Scene, thumbnails: dict[str, str]) -> str:
    photos = placed_photos(scene)
    modes = dict.fromkeys(leg.mode for leg in scene.trace.legs)
    parts = ['<?xml version="1.0" encoding="UTF-8"?>\n', f'<kml xmlns="{KML}"><Document>', _tag("name", scene.heading)]
    if scene.under:
        parts.append(_tag("description", scene.under))
    parts += [_kml_style(mode) for mode in modes]
    parts += [_kml_icon(each.photo.key, thumbnails[each.asset_id]) for each in photos if each.asset_id in thumbnails]
    parts += ["<Folder>", _tag("name", word(scene.lang, "legs")), *(_kml_leg(scene, leg) for leg in _drawn_legs(scene))]
    parts += ["</Folder>\n<Folder>", _tag("name", word(scene.lang, "photos", 2))]
    parts += [_kml_photo(each, thumbnails.get(each.asset_id), scene.lang) for each in photos]
    return "".join([*parts, "</Folder></Document></kml>\n"])


def _kml_style(mode: Mode) -> str:
    red, green, blue = rgb(MODES[mode])
    line = f"<LineStyle><color>ff{blue:02x}{green:02x}{red:02x}</color><width>4</width></LineStyle>"
    return f'<Style id="{mode.value}">{line}</Style>\n'


def _kml_icon(key: str, address: str) -> str:
    icon = f"<IconStyle><scale>1.2</scale><Icon>{_tag('href', address)}</Icon></IconStyle>"
    return f'<Style id="{_photo_id(key)}">{icon}</Style>\n'


def _kml_leg(scene: Scene, leg: Leg) -> str:
    left, reached = scene.trace.stops[leg.from_stop].end, scene.trace.stops[leg.to_stop].start
    span = f"<TimeSpan>{_tag('begin', _instant(left))}{_tag('end', _instant(max(left, reached)))}</TimeSpan>"
    about = {"mode": leg.mode.value, "how": leg.how.value, "confidence": f"{leg.confidence:.2f}"}
    lines = [
        f"<LineString><tessellate>1</tessellate>{_tag('coordinates', _kml_coordinates(line))}</LineString>"
        for line in _lines(leg)
    ]
    geometry = lines[0] if len(lines) == 1 else f"<MultiGeometry>{''.join(lines)}</MultiGeometry>"
    name = _tag("name", f"{leg.from_stop + 1} → {leg.to_stop + 1}: {word(scene.lang, leg.mode.value)}")
    return f"<Placemark>{name}{span}<styleUrl>#{leg.mode.value}</styleUrl>{_kml_data(about)}{geometry}</Placemark>\n"


def _kml_coordinates(line: Sequence[LatLon]) -> str:
    return " ".join(f"{lon:.6f},{lat:.6f}" for lat, lon in line)


def _kml_data(about: dict[str, str]) -> str:
    data = "".join(f'<Data name="{name}">{_tag("value", value)}</Data>' for name, value in about.items())
    return f"<ExtendedData>{data}</ExtendedData>"


def _kml_photo(each: PlacedPhoto, thumbnail: str | None, lang: str) -> str:
    """The description is HTML inside the KML, so its own text is escaped twice."""
    shown = f'<img src="{said(thumbnail)}" alt="">' if thumbnail else ""
    if each.photo.url:
        shown += f'<p><a href="{said(each.photo.url)}">{said(word(lang, "open_photo"))}</a></p>'
    parts = [_tag("name", each.label), _tag("description", shown) if shown else ""]
    if each.instant:
        parts.append(f"<TimeStamp>{_tag('when', _instant(each.instant))}</TimeStamp>")
    if thumbnail:
        parts.append(f"<styleUrl>#{_photo_id(each.photo.key)}</styleUrl>")
    height = f",{each.altitude_m:.1f}" if each.altitude_m is not None else ""
    point = f"<Point>{_tag('coordinates', f'{each.lon:.6f},{each.lat:.6f}{height}')}</Point>"
    return f"<Placemark>{''.join(parts)}{point}</Placemark>\n"


def _photo_id(key: str) -> str:
    return f"photo-{_file_name(key)}"


def keep_zip(scene: Scene, thumbnail: Thumbnail, svg: str) -> bytes:
    """Everything to keep: the page, the picture, GPX, GeoJSON, KML and the thumbnails.

    ``thumbnail`` is called from several threads, once per photo.
    """
    found = _thumbnails(scene, thumbnail)
    small = {asset_id: content for asset_id, (_, content) in found.items()}
    files = {
        "index.html": page(scene, svg, small.get).encode(),
        "picture.svg": svg.encode(),
        "trip.gpx": gpx(scene).encode(),
        "trip.geojson": geojson(scene).encode(),
        "trip.kml": kml(scene).encode(),
    }
    return _zipped(files | {f"photos/{name}": content for name, content in found.values()})


def _thumbnails(scene: Scene, thumbnail: Thumbnail) -> dict[str, tuple[str, bytes]]:
    """By asset id: file name and content, for the photos that have one. Several are asked for at the same time."""
    with ThreadPoolExecutor(THUMBNAILS_AT_ONCE) as pool:
        found = zip(scene.photos.items(), pool.map(thumbnail, scene.photos), strict=True)
        return {
            asset_id: (f"{_file_name(photo.key)}.jpg", content)
            for (asset_id, photo), content in found
            if content is not None
        }


def _file_name(key: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]", "_", key)


def _zipped(files: dict[str, bytes]) -> bytes:
    """The same files give the same bytes: no clock goes in. Photos are not compressed a second time."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        for name, content in files.items():
            method = zipfile.ZIP_STORED if name.endswith(".jpg") else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return kept.getvalue()


def _drawn_legs(scene: Scene) -> list[Leg]:
    return [leg for leg in scene.trace.legs if _lines(leg)]


def _lines(leg: Leg) -> list[list[LatLon]]:
    """The pieces of the leg that are lines: no point twice in a row, at least two of them."""
    lines = [[place for place, _ in groupby(decode(shape))] for shape in leg.shapes]
    return [line for line in lines if len(line) > 1]


def _tag(name: str, text: str) -> str:
    return f"<{name}>{said(text)}</{name}>"


def _instant(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
