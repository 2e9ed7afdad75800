"""The header of an MP4 or MOV file -> what it says of place and time."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from connector.metadata.blocks import Seekable
from connector.metadata.container import boxes
from connector.metadata.said import Said, offset_s, usable_position, wall_time

_LARGEST_BOX = 1024 * 1024
_DEEPEST = 4
_ISO6709 = re.compile(r"([+-]\d+(?:\.\d*)?)([+-]\d+(?:\.\d*)?)([+-]\d+(?:\.\d*)?)?")
_EPOCH = datetime(1904, 1, 1, tzinfo=UTC)


def read_video(file: Seekable, size: int) -> Said:
    """Place (QuickTime keys, ``©xyz``, ``loci``), wall time with offset, and the header's own creation instant."""
    found = dict(_atoms(file, 0, size, 0))
    lat, lon, altitude_m = _place(found)
    wall_text = _text(found.get("com.apple.quicktime.creationdate"))
    make, model = (_text(found.get(f"com.apple.quicktime.{k}")) or "" for k in ("make", "model"))
    return Said(
        lat=lat,
        lon=lon,
        altitude_m=altitude_m,
        wall=wall_time(wall_text),
        utc_offset_s=offset_s(wall_text),
        created=_created(found.get("mvhd", b"")),
        camera=f"{make} {model}".strip() or None,
    )


def _atoms(file: Seekable, start: int, end: int, depth: int) -> Iterator[tuple[str, bytes]]:
    for kind, at, stop in boxes(file, start, end):
        if kind in (b"moov", b"udta") and depth < _DEEPEST:
            yield from _atoms(file, at, stop, depth + 1)
        elif kind in (b"mvhd", b"\xa9xyz", b"loci", b"meta") and depth and stop - at <= _LARGEST_BOX:
            file.seek(at)
            body = file.read(stop - at)
            if kind == b"meta":
                yield from _keys(body)
            else:
                yield kind.decode("latin1"), body


def _keys(meta: bytes) -> Iterator[tuple[str, bytes]]:
    """Apple's metadata: `keys` names what `ilst` numbers."""
    inside, names = io.BytesIO(meta), list[str]()
    for kind, at, stop in boxes(inside, 0 if meta[4:8] == b"hdlr" else 4, len(meta)):
        if kind == b"keys":
            names = [meta[a:b].decode("utf8", "replace") for _, a, b in boxes(inside, at + 8, stop)]
        elif kind == b"ilst":
            for index, a, b in boxes(inside, at, stop):
                number = int.from_bytes(index, "big")
                for inner, x, y in boxes(inside, a, b):
                    if inner == b"data" and 0 < number <= len(names):
                        yield names[number - 1], meta[x + 8 : y]


def _place(found: dict[str, bytes]) -> tuple[float | None, float | None, float | None]:
    xyz = found.get("\xa9xyz", b"")
    text = _text(found.get("com.apple.quicktime.location.ISO6709")) or xyz[4:].decode("latin1")
    match = _ISO6709.match(text)
    if match is not None:
        place = usable_position(float(match[1]), float(match[2]))
        if place is not None:
            return *place, float(match[3]) if match[3] else None
    return _loci(found.get("loci", b""))


def _loci(body: bytes) -> tuple[float | None, float | None, float | None]:
    """3GPP TS 26.244, 8.10: a name that ends in zero, a role, then longitude, latitude, altitude as 16.16."""
    end = body.find(b"\0", 6)
    if end < 0 or len(body) < end + 14:
        return None, None, None
    lon, lat, altitude_m = (
        int.from_bytes(body[end + 2 + 4 * n : end + 6 + 4 * n], "big", signed=True) / 65536 for n in range(3)
    )
    place = usable_position(lat, lon)
    return (*place, altitude_m) if place is not None else (None, None, None)


def _created(mvhd: bytes) -> datetime | None:
    if len(mvhd) < 16:
        return None
    seconds = int.from_bytes(mvhd[4:12] if mvhd[0] == 1 else mvhd[4:8], "big")
    # 0 means 1904, and writers that know no time write it
    if not 2_500_000_000 < seconds < 2**32 + 10**9:
        return None
    return _EPOCH + timedelta(seconds=seconds)


def _text(body: bytes | None) -> str | None:
    return body.decode("utf8", "replace").strip("\0 ") or None if body else None
