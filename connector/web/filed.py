"""A scene as a file to keep."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

from flask import Response

from connector.render import files, picture
from connector.render.scene import Scene, Thumbnail
from connector.web.answers import attachment
from connector.web.context import services

Format = Literal["gpx", "geojson", "kml", "kmz", "zip"]
_NO_NAME = set('/\\:*?"<>|')
_JOINERS = {"\u200c", "\u200d"}
"""Hold letters and pictures together or apart: families, Persian and Hindi words."""
_MOST_BYTES = 200
"""File systems take 255, and browsers add to a name that there is already."""
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d) *(\.|$)", re.IGNORECASE)
"""What Windows takes for a device, whatever follows the dot."""


def file(scene: Scene, thumbnail: Thumbnail, form: Format) -> Response:
    """The scene in that format, named for its title."""
    media_type, make = _FORMATS[form]
    return attachment(make(scene, thumbnail), media_type, f"{name_of(scene.title)}.{form}")


def name_of(title: str) -> str:
    """The title as the name of a file, on every system."""
    kept = "".join(char if _may_stay(char) else "_" for char in title).strip(" .")
    short = kept[:80].encode()[:_MOST_BYTES].decode(errors="ignore")
    return f"_{short}" if _DEVICE.match(short) else short or "trace"


def _may_stay(char: str) -> bool:
    return char in _JOINERS or (char not in _NO_NAME and char.isprintable())


def _zip(scene: Scene, thumbnail: Thumbnail) -> bytes:
    drawn = picture.svg(scene, shape="portrait", tiles=services().tiles, thumbnail=thumbnail)
    return files.keep_zip(scene, thumbnail, drawn)


_FORMATS: dict[Format, tuple[str, Callable[[Scene, Thumbnail], bytes]]] = {
    "gpx": ("application/gpx+xml", lambda scene, _: files.gpx(scene).encode()),
    "geojson": ("application/geo+json", lambda scene, _: files.geojson(scene).encode()),
    "kml": ("application/vnd.google-earth.kml+xml", lambda scene, _: files.kml(scene).encode()),
    "kmz": ("application/vnd.google-earth.kmz", files.kmz),
    "zip": ("application/zip", _zip),
}
