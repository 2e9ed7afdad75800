"""What a Nextcloud says of a file -> an asset: believed only where the server is known to read it well."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import datetime
from xml.etree.ElementTree import Element

from adapters.dav import Entry, bare_etag, undated_version
from adapters.files import as_id, as_text, media_type
from adapters.library import Asset, Position, Taken, camera_named
from adapters.nextcloud import props
from adapters.nextcloud.blurhash import mean_colour

#: the only type whose metadata the server reads in every version and in full
_READ_BY_SERVER = "image/jpeg"
_LONGEST_NUMBER = 18
_YEARS = range(1826, 2200)
"""From the first photograph on."""
_OFFSET = re.compile(r"([+-])(\d\d):(\d\d)$")
_WALL = re.compile(r"(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)$")
#: the server's name for every tag it has no name for, the last one wins; often it is the offset
_NAMELESS = "UndefinedTag__x____"


def is_movie_half(entry: Entry) -> bool:
    """Whether it is the short film of a live photo; the still beside it stands for both."""
    if (entry.text(props.HIDDEN) or "").lower() in ("true", "1"):
        return True
    return (entry.text(props.TYPE) or "").startswith("video/") and entry.text(props.LIVE) is not None


def asset_of(entry: Entry, where: str, name: str, *, url: str | None) -> Asset:
    """The asset of one entry of a listing; ``where`` is kept in a form that any store takes (`from_id` gives it back).

    A JPEG whose EXIF the server has read is ``described``; everything else is left to be read. The server's own date
    is never taken: without EXIF it is a file name's or the upload's, and with EXIF the text of the tag says the same.
    """
    kind, where = media_type(name), as_id(where)
    wall, offset_s = _clock(entry.props.get(props.EXIF))
    ifd0 = entry.props.get(props.IFD0)
    blurhash = entry.text(props.BLURHASH)
    return Asset(
        id=entry.text(props.FILE_ID) or where,
        where=where,
        version=version_of(entry),
        name=as_text(name),
        media_type=kind,
        size=_whole(entry.text(props.SIZE)),
        taken=Taken(wall=wall, utc_offset_s=offset_s) if wall is not None else None,
        position=_position(entry.props.get(props.GPS)),
        colour=mean_colour(blurhash) if blurhash else None,
        url=url,
        camera=_camera(ifd0),
        orientation=_orientation(ifd0),
        described=kind == _READ_BY_SERVER and wall is not None,
    )


def version_of(entry: Entry) -> str:
    """The etag; listings of albums give it without quotes, those of folders with them."""
    etag = entry.text(props.ETAG)
    return bare_etag(etag) if etag else undated_version(entry.text(props.SIZE), entry.text(props.MODIFIED))


def fingerprint(entries: Iterable[Entry]) -> str:
    """The version of an album: changes when a member comes, goes or gets another content."""
    lines = sorted(f"{entry.text(props.FILE_ID) or entry.path} {version_of(entry)}" for entry in entries)
    return hashlib.blake2b("\n".join(lines).encode("utf-8", "surrogateescape"), digest_size=12).hexdigest()


def _clock(exif: Element | None) -> tuple[datetime | None, int | None]:
    if exif is None:
        return None, None
    found = _WALL.match((exif.findtext("DateTimeOriginal") or "").strip())
    if found is None:
        return None, None
    try:
        wall = datetime(*(int(part) for part in found.groups()))  # type: ignore[arg-type]  # noqa: DTZ001  # naive
    except ValueError:
        return None, None
    return (wall if wall.year in _YEARS else None), _offset_s(exif)


def _offset_s(exif: Element) -> int | None:
    for name in ("OffsetTimeOriginal", "OffsetTime", _NAMELESS):
        found = _OFFSET.match((exif.findtext(name) or "").strip())
        if found is not None:
            seconds = int(found[2]) * 3600 + int(found[3]) * 60
            if seconds <= 14 * 3600:
                return -seconds if found[1] == "-" else seconds
    return None


def _position(gps: Element | None) -> Position | None:
    if gps is None:
        return None
    lat, lon = _decimal(gps.findtext("latitude")), _decimal(gps.findtext("longitude"))
    if lat is None or lon is None or (lat == 0 and lon == 0) or abs(lat) > 90 or abs(lon) > 180:
        return None
    return Position(lat=lat, lon=lon, altitude_m=_decimal(gps.findtext("altitude")))


def _camera(ifd0: Element | None) -> str | None:
    return camera_named(ifd0.findtext("Make"), ifd0.findtext("Model")) if ifd0 is not None else None


def _orientation(ifd0: Element | None) -> int | None:
    value = _whole(ifd0.findtext("Orientation")) if ifd0 is not None else None
    return value if value in range(1, 9) else None


def _whole(text: str | None) -> int | None:
    said = (text or "").strip()
    return int(said) if said.isascii() and said.isdigit() and len(said) <= _LONGEST_NUMBER else None


def _decimal(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if abs(value) < 1e9 else None
