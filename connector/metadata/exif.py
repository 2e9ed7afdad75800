"""A TIFF block (EXIF) -> what it says. ExifRead does the parsing."""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import exifread
from exifread.tags.exif import GPS_TAGS

from adapters.library import camera_named
from connector.metadata.blocks import Seekable, TooScattered
from connector.metadata.said import Said, impossible, offset_s, usable_position, wall_time

Tags = Mapping[str, Any]
logging.getLogger("exifread").setLevel(logging.CRITICAL)  # it warns of every photo without EXIF
_MOST_READS = 200_000
_SPEED_MPS: dict[str, float] = {"K": 1 / 3.6, "M": 1609.344 / 3600, "N": 1852 / 3600}


def read_exif(block: Seekable, kind: str = "exif") -> Said:
    """What the block says. A block that cannot be parsed says nothing but a remark.

    ``kind``: as :data:`connector.metadata.boxes.Found` names it.
    """
    try:
        tags = _renamed(_parsed(block, thumbnail=False), kind)
    except TooScattered as error:
        return Said(remark=str(error))
    except Exception as error:  # noqa: BLE001  # it raises ZeroDivisionError, AssertionError, EOFError, ... on broken files
        return Said(remark=f"its EXIF cannot be read ({type(error).__name__})")
    return _said(tags)


def thumbnail(block: Seekable) -> bytes | None:
    """The small JPEG inside the block, or None."""
    try:
        found = _parsed(block, thumbnail=True).get("JPEGThumbnail")
    except Exception:  # noqa: BLE001  # as above; a thumbnail that cannot be had is none
        return None
    return found if isinstance(found, bytes) and found[:2] == b"\xff\xd8" else None


class _Patient:
    """Hands reads on, so many and no more: a crafted block of directories within directories takes ExifRead hours."""

    def __init__(self, file: Seekable) -> None:
        self._file = file
        self._left = _MOST_READS

    def seek(self, offset: int, whence: int = 0, /) -> int:
        return self._file.seek(offset, whence)

    def read(self, size: int = -1, /) -> bytes:
        self._left -= 1
        if self._left < 0:
            raise TooScattered("its EXIF sends its reader round in circles")
        return self._file.read(size)


def _parsed(block: Seekable, *, thumbnail: bool) -> Tags:
    file: Any = _Patient(block)
    return exifread.process_file(file, details=False, extract_thumbnail=thumbnail)


def _renamed(tags: Tags, kind: str) -> Tags:
    """The tags under the names they have where their directory is not the first of its block."""
    if kind == "exif_ifd":
        return {name.replace("Image ", "EXIF ", 1): tag for name, tag in tags.items()}
    if kind == "gps_ifd":
        return {f"GPS {GPS_TAGS[tag.tag][0]}": tag for tag in tags.values() if getattr(tag, "tag", None) in GPS_TAGS}
    return tags


def _said(tags: Tags) -> Said:
    place, unusable = _place(tags)
    wall, undated = _wall(tags)
    return Said(
        lat=place[0] if place else None,
        lon=place[1] if place else None,
        altitude_m=_altitude(tags) if place else None,
        accuracy_m=_positive(_number(tags, "GPS Tag 0x001F") or _number(tags, "GPS GPSHPositioningError")),
        direction_deg=_direction(tags),
        speed_mps=_speed(tags),
        wall=wall,
        utc_offset_s=_offset(tags),
        gps_instant=_gps_instant(tags),
        camera=camera_named(_text(tags, "Image Make"), _text(tags, "Image Model")),
        orientation=_orientation(tags),
        undated=undated,
        remark=unusable,
    )


def _place(tags: Tags) -> tuple[tuple[float, float] | None, str | None]:
    """The position, or why what is written cannot be one."""
    lat, lon = _degrees(tags, "GPSLatitude", "NS"), _degrees(tags, "GPSLongitude", "EW")
    if not _values(tags, "GPS GPSLatitude") and not _values(tags, "GPS GPSLongitude"):
        return None, None
    if lat is None or lon is None:
        return None, "its GPS position is incomplete or has impossible numbers"
    refs = [_text(tags, f"GPS GPS{name}Ref") for name in ("Latitude", "Longitude")]
    if None in refs and lat >= 0 and lon >= 0:  # a negative number is a writer of signed degrees
        return None, "its GPS position does not say north or south, east or west"
    return usable_position(lat, lon), None


def _values(tags: Tags, name: str) -> Sequence[Any]:
    values = getattr(tags.get(name), "values", ())
    return values if isinstance(values, (list, tuple)) else (values,)


def _text(tags: Tags, name: str) -> str | None:
    values = getattr(tags.get(name), "values", None)
    return values.replace("\0", "").strip() or None if isinstance(values, str) else None


def _numbers(tags: Tags, name: str) -> list[float]:
    found = [_float(value) for value in _values(tags, name)]
    numbers = [value for value in found if value is not None]
    return numbers if len(numbers) == len(found) else []


def _number(tags: Tags, name: str) -> float | None:
    found = _numbers(tags, name)
    return found[0] if found else None


def _positive(value: float | None) -> float | None:
    return value if value is not None and 0 < value < 1e6 else None


def _degrees(tags: Tags, name: str, refs: str) -> float | None:
    """Degrees, minutes, seconds with their sign. Seconds of 60 and a little more come from careless rounding."""
    written = list(_values(tags, f"GPS {name}"))
    parts = [_float(part) for part in written[:3]]
    if len(parts) == 3 and parts[2] is None and parts[1] is not None and parts[1] % 1:
        parts[2] = 0.0  # decimal minutes, and seconds written as 0/0
    whole = [part for part in parts if part is not None]
    if not whole or len(whole) != len(written) or any(part >= 120 for part in whole[1:]):
        return None
    value = math.fsum(part / 60.0**n for n, part in enumerate(whole))
    ref = (_text(tags, f"GPS {name}Ref") or refs[0]).upper()[0]
    if ref not in refs:
        return None
    return -value if ref == refs[1] and value > 0 else value


def _float(value: Any) -> float | None:
    try:
        number = float(value[0] if isinstance(value, tuple) else value)
    except (TypeError, ValueError, IndexError, ZeroDivisionError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _altitude(tags: Tags) -> float | None:
    value = _number(tags, "GPS GPSAltitude")
    if value is None or abs(value) > 100_000:
        return None
    return -abs(value) if list(_values(tags, "GPS GPSAltitudeRef"))[:1] in ([1], [b"\x01"]) else value


def _direction(tags: Tags) -> float | None:
    value = _number(tags, "GPS GPSImgDirection")
    return value if value is not None and 0 <= value <= 360 else None


def _speed(tags: Tags) -> float | None:
    value = _number(tags, "GPS GPSSpeed")
    unit = _SPEED_MPS.get((_text(tags, "GPS GPSSpeedRef") or "K").upper()[:1])
    return value * float(unit) if value is not None and unit is not None and 0 <= value < 5000 else None


def _wall(tags: Tags) -> tuple[datetime | None, str | None]:
    remark = None
    for name, subsec in (
        ("EXIF DateTimeOriginal", "EXIF SubSecTimeOriginal"),
        ("EXIF DateTimeDigitized", "EXIF SubSecTimeDigitized"),
        ("Image DateTimeOriginal", "EXIF SubSecTimeOriginal"),
        ("Image DateTime", "EXIF SubSecTime"),
    ):
        text = _text(tags, name)
        found = wall_time(text, _text(tags, subsec))
        wrong = impossible(found) if found is not None else "is impossible"
        if found is not None and wrong is None:
            return found, None
        if text is not None and re.search(r"[1-9]", text):
            remark = remark or f"its date {text[:40]!r} {wrong}"
    return None, remark


def _offset(tags: Tags) -> int | None:
    for name in ("EXIF OffsetTimeOriginal", "EXIF OffsetTimeDigitized", "EXIF OffsetTime"):
        found = offset_s(_text(tags, name))
        if found is not None:
            return found
    return None


def _gps_instant(tags: Tags) -> datetime | None:
    """Only with its date: a time of day alone belongs to an unknown day."""
    day = wall_time(f"{_text(tags, 'GPS GPSDate') or ''} 00:00:00")
    parts = _numbers(tags, "GPS GPSTimeStamp")
    if day is None or len(parts) != 3 or not (0 <= parts[0] < 24 and parts[1] < 60):
        return None
    return (day + timedelta(hours=parts[0], minutes=parts[1], seconds=min(parts[2], 60.0))).replace(tzinfo=UTC)


def _orientation(tags: Tags) -> int | None:
    value = _number(tags, "Image Orientation")
    return int(value) if value is not None and value in range(1, 9) else None
