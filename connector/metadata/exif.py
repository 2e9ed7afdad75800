"""A TIFF block (EXIF) -> what it says. ExifRead does the parsing."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import exifread

from connector.metadata.blocks import Seekable, TooScattered
from connector.metadata.said import Said, offset_s, usable_position, wall_time

Tags = Mapping[str, Any]
logging.getLogger("exifread").setLevel(logging.CRITICAL)  # it warns of every photo without EXIF
_SPEED_MPS: dict[str, float] = {"K": 1 / 3.6, "M": 1609.344 / 3600, "N": 1852 / 3600}


def read_exif(block: Seekable) -> Said:
    """What the block says. A block that cannot be parsed says nothing but a remark."""
    try:
        tags = _parsed(block, thumbnail=False)
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


def _parsed(block: Seekable, *, thumbnail: bool) -> Tags:
    file: Any = block
    return exifread.process_file(file, details=False, extract_thumbnail=thumbnail)


def _said(tags: Tags) -> Said:
    place = usable_position(_degrees(tags, "GPSLatitude", "S"), _degrees(tags, "GPSLongitude", "W"))
    wall, remark = _wall(tags)
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
        camera=_camera(tags),
        orientation=_orientation(tags),
        remark=remark,
    )


def _values(tags: Tags, name: str) -> Sequence[Any]:
    values = getattr(tags.get(name), "values", ())
    return values if isinstance(values, (list, tuple)) else (values,)


def _text(tags: Tags, name: str) -> str | None:
    values = getattr(tags.get(name), "values", None)
    return values.replace("\0", "").strip() or None if isinstance(values, str) else None


def _numbers(tags: Tags, name: str) -> list[float]:
    found = []
    for value in _values(tags, name):
        try:
            found.append(float(value))
        except (TypeError, ValueError, ZeroDivisionError):
            return []
    return found


def _number(tags: Tags, name: str) -> float | None:
    found = _numbers(tags, name)
    return found[0] if found else None


def _positive(value: float | None) -> float | None:
    return value if value is not None and 0 < value < 1e6 else None


def _degrees(tags: Tags, name: str, negative: str) -> float | None:
    parts = _numbers(tags, f"GPS {name}")
    if not 1 <= len(parts) <= 3:
        return None
    value = sum(part / 60**n for n, part in enumerate(parts))
    ref = (_text(tags, f"GPS {name}Ref") or "").upper()
    return -value if ref.startswith(negative) else value


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
    for name, subsec in (
        ("EXIF DateTimeOriginal", "EXIF SubSecTimeOriginal"),
        ("EXIF DateTimeDigitized", "EXIF SubSecTimeDigitized"),
        ("Image DateTimeOriginal", "EXIF SubSecTimeOriginal"),
        ("Image DateTime", "EXIF SubSecTime"),
    ):
        text = _text(tags, name)
        found = wall_time(text, _text(tags, subsec))
        if found is not None and found.year >= 1826:
            return found, None
        if text is not None and re.search(r"[1-9]", text):
            return None, f"its date {text[:40]!r} is impossible"
    return None, None


def _offset(tags: Tags) -> int | None:
    for name in ("EXIF OffsetTimeOriginal", "EXIF OffsetTimeDigitized", "EXIF OffsetTime"):
        found = offset_s(_text(tags, name))
        if found is not None:
            return found
    return None


def _gps_instant(tags: Tags) -> datetime | None:
    """Only with its date: a time of day alone belongs to an unknown day. GPS began in 1980, cameras with it in 1990."""
    day = wall_time(f"{_text(tags, 'GPS GPSDate') or ''} 00:00:00")
    parts = _numbers(tags, "GPS GPSTimeStamp")
    if day is None or len(parts) != 3 or day.year < 1990 or not (0 <= parts[0] < 24 and parts[1] < 60):
        return None
    return (day + timedelta(hours=parts[0], minutes=parts[1], seconds=min(parts[2], 60.0))).replace(tzinfo=UTC)


def _camera(tags: Tags) -> str | None:
    make, model = _text(tags, "Image Make") or "", _text(tags, "Image Model") or ""
    if make and model.lower().startswith(make.lower()):
        make = ""
    return f"{make} {model}".strip() or None


def _orientation(tags: Tags) -> int | None:
    value = _number(tags, "Image Orientation")
    return int(value) if value is not None and value in range(1, 9) else None
