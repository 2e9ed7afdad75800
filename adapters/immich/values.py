"""What Immich says of a photo or an album -> the values of the seam.

Immich writes instants three ways: ``fileCreatedAt`` is the true instant, ``localDateTime`` the clock on the wall with a
false Z, ``dateTimeOriginal`` null until the file was read. A zone of null means that the server's own was assumed.
"""

from __future__ import annotations

import base64
import hashlib
import math
from datetime import UTC, datetime

from adapters.files import media_type
from adapters.immich.api import Json
from adapters.library import Album, Asset, BadReply, Position, Taken, camera_named


def asset(item: Json, photo_page: str | None) -> Asset:
    """The asset of one entry of a listing; ``photo_page`` is what its id is added to for an address for people.

    Raises:
        BadReply: the entry has no id.
    """
    asset_id = _text(_fields(item).get("id"))
    if asset_id is None:
        raise BadReply("Immich listed a photo without an id")
    exif = _fields(item.get("exifInfo"))
    name = _text(item.get("originalFileName")) or asset_id
    size = _whole(exif.get("fileSizeInByte"))
    return Asset(
        id=asset_id,
        where=asset_id,
        version=_version(item, exif),
        name=name,
        media_type=_media_type(item, name),
        size=size if size is not None and size > 0 else None,
        taken=_taken(item, exif),
        position=position(exif),
        colour=colour(item.get("thumbhash")),
        url=photo_page + asset_id if photo_page else None,
        camera=camera_named(_text(exif.get("make")), _text(exif.get("model"))),
        orientation=_whole(exif.get("orientation")),
        described=exif.get("dateTimeOriginal") is not None,
    )


def album(item: Json, web: str | None, me: str | None) -> Album:
    """The album of one entry of the list of albums.

    ``web``: the server's address for people; ``me``: the id of the credential's own person; each None if unknown.
    """
    album_id = _text(_fields(item).get("id"))
    if album_id is None:
        raise BadReply("Immich listed an album without an id")
    cover = _text(item.get("albumThumbnailAssetId"))
    owner = _owner(item)
    title = _text(item.get("albumName")) or "Untitled album"
    return Album(
        id=album_id,
        title=title,
        count=_whole(item.get("assetCount")),
        version=fingerprint(item),
        url=f"{web}/albums/{album_id}" if web else None,
        cover=_cover(cover, title) if cover else None,
        description=_text(item.get("description")),
        start=instant(item.get("startDate")),
        end=instant(item.get("endDate")),
        owner=_text(owner.get("name")) if me is not None and owner.get("id") not in (None, me) else None,
    )


def fingerprint(item: Json) -> str:
    """Changes whenever members or their metadata do: adding, removing and moving a photo each touch another of the
    three, and a new description touches the first as well.
    """
    parts = (item.get(key) for key in ("updatedAt", "assetCount", "lastModifiedAssetTimestamp"))
    return "|".join(_text(str(part)) or "" for part in parts)


def position(exif: Json) -> Position | None:
    """Where it was taken; None for half a position, for 0,0 and for what is none on Earth."""
    lat, lon = exif.get("latitude"), exif.get("longitude")
    if not isinstance(lat, int | float) or not isinstance(lon, int | float) or (lat, lon) == (0, 0):
        return None
    if not (abs(lat) <= 90 and abs(lon) <= 180):
        return None
    return Position(lat=float(lat), lon=float(lon))


def instant(text: Json) -> datetime | None:
    """An aware instant in UTC, None where there is none to read."""
    try:
        read = datetime.fromisoformat(text)
        return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
    except (TypeError, ValueError, OverflowError):
        return None


def colour(thumbhash: Json) -> str | None:
    """Mean colour of a thumbhash: its first three bytes hold the luminance and two colour differences."""
    try:
        head = base64.b64decode(thumbhash or "", validate=True)[:3]
    except (TypeError, ValueError):
        return None
    if len(head) < 3:
        return None
    bits = int.from_bytes(head, "little")
    light, p, q = (bits & 63) / 63, ((bits >> 6) & 63) / 31.5 - 1, ((bits >> 12) & 63) / 31.5 - 1
    blue = light - 2 * p / 3
    red = (3 * light - blue + q) / 2
    return "#" + "".join(f"{round(255 * min(1, max(0, part))):02x}" for part in (red, red - q, blue))


def _taken(item: Json, exif: Json) -> Taken | None:
    """None where the file was not read yet, and where Immich only knows the time stamp of the file."""
    if exif.get("dateTimeOriginal") is None:
        return None
    at, shown = instant(item.get("fileCreatedAt")), instant(item.get("localDateTime"))
    wall = shown.replace(tzinfo=None) if shown else None
    if exif.get("timeZone") is None:
        return None if _is_file_time(item, exif) or wall is None else Taken(wall=wall)
    if at is None:
        return None
    offset = math.floor((shown - at).total_seconds() + 0.5) if shown else None
    return Taken(instant=at, wall=wall, utc_offset_s=offset)


def _is_file_time(item: Json, exif: Json) -> bool:
    """A file that says nothing of itself: then its time stamp stands where the time of the photo should."""
    says_nothing = not exif.get("make") and not exif.get("model") and exif.get("orientation") is None
    return says_nothing and instant(exif.get("dateTimeOriginal")) == instant(item.get("fileModifiedAt"))


def _version(item: Json, exif: Json) -> str:
    """The checksum of the file, and a digest of what is read from the listing: a place may be corrected in Immich."""
    parts = (item.get("fileCreatedAt"), item.get("localDateTime"), item.get("thumbhash"))
    more = (exif.get(key) for key in ("dateTimeOriginal", "timeZone", "latitude", "longitude", "make", "model"))
    said = hashlib.blake2b(repr((*parts, *more)).encode(), digest_size=6).hexdigest()
    return f"{_text(item.get('checksum')) or _text(item.get('updatedAt'))}-{said}"


def _cover(asset_id: str, title: str) -> Asset:
    return Asset(id=asset_id, where=asset_id, version=asset_id, name=title, media_type="image/jpeg", size=None)


def _owner(item: Json) -> Json:
    """The owner's id and name: a field of its own in 2.x, one of the album's users in 3.x."""
    listed = item.get("albumUsers")
    members = map(_fields, listed if isinstance(listed, list) else [])
    found = next((each.get("user") for each in members if each.get("role") == "owner"), None)
    return _fields(found) or _fields(item.get("owner"))


def _media_type(item: Json, name: str) -> str:
    said = _text(item.get("originalMimeType"))
    return said if said is not None and "/" in said else media_type(name)


def _fields(value: Json) -> Json:
    """The fields of an object; none where it is something else."""
    return value if isinstance(value, dict) else {}


def _text(value: Json) -> str | None:
    """None for an empty text. Halves of characters, which JSON can hold and a database cannot, become ``?``."""
    if not isinstance(value, str) or not value:
        return None
    return value if value.isascii() else value.encode("utf-8", "replace").decode()


def _whole(value: Json) -> int | None:
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        return None
