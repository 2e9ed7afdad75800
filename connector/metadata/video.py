"""The header of an MP4 or MOV file -> what it says of place and time."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from adapters.library import camera_named
from connector.metadata.blocks import Seekable
from connector.metadata.boxes import DamagedError, boxes, content, xmp_of_uuid
from connector.metadata.said import Said, impossible, offset_s, usable_position, wall_time
from connector.metadata.xmp import read_xmp

_DEEPEST = 4
_LEAVES = (b"mvhd", b"\xa9xyz", b"\xa9day", b"\xa9mak", b"\xa9mod", b"loci", b"meta", b"XMP_")
_ISO6709 = re.compile(r"([+-])(\d{2,6})(\.\d*)?([+-])(\d{3,7})(\.\d*)?([+-]\d{1,5}(?:\.\d*)?(?!\d))?", re.ASCII)
_EPOCH = datetime(1904, 1, 1, tzinfo=UTC)
_APPLE = "com.apple.quicktime."


def read_video(file: Seekable, size: int) -> Said:
    """Place (QuickTime keys, ``©xyz``, ``loci``, XMP), wall time with offset, and the header's own creation instant.

    Raises:
        DamagedError: the file ends before its header, which many cameras write last.
    """
    found = dict(_atoms(file, 0, size, 0))
    if "moov" not in found:
        raise DamagedError("the video's header is missing: it was cut off while it was written or sent")
    said = _said(found)
    return said.or_else(read_xmp(found["xmp"])) if found.get("xmp") else said


def _said(found: dict[str, bytes]) -> Said:
    lat, lon, altitude_m = _place(found)
    text = _text(found.get(f"{_APPLE}creationdate")) or _user_text(found.get("\xa9day"))
    wall = wall_time(text)
    if wall is not None and impossible(wall):
        wall = None
    make, model = (
        _text(found.get(f"{_APPLE}{key}")) or _user_text(found.get(atom))
        for key, atom in (("make", "\xa9mak"), ("model", "\xa9mod"))
    )
    return Said(
        lat=lat,
        lon=lon,
        altitude_m=altitude_m,
        accuracy_m=_accuracy(found) if lat is not None else None,
        wall=wall,
        utc_offset_s=offset_s(text) if wall is not None else None,
        created=_created(found.get("mvhd", b"")),
        camera=camera_named(make, model),
    )


def _atoms(file: Seekable, start: int, end: int, depth: int) -> Iterator[tuple[str, bytes]]:
    for kind, at, stop in boxes(file, start, end):
        if kind == b"uuid" and not depth:
            yield "xmp", xmp_of_uuid(file, at, stop)
        elif kind in (b"moov", b"udta") and depth < _DEEPEST:
            yield kind.decode(), b""
            yield from _atoms(file, at, stop, depth + 1)
        elif kind in _LEAVES and depth:
            body = content(file, at, stop)
            if kind == b"meta":
                yield from _keys(body)
            else:
                yield "xmp" if kind == b"XMP_" else kind.decode("latin1"), body


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
    for text in (_text(found.get(f"{_APPLE}location.ISO6709")), _user_text(found.get("\xa9xyz"))):
        match = _ISO6709.match(text or "")
        if match is not None:
            lat, lon = (_degrees(*match.group(n, n + 1, n + 2), whole=digits) for n, digits in ((1, 2), (4, 3)))
            place = usable_position(lat, lon)
            if place is not None:
                return *place, float(match[7]) if match[7] else None
    return _loci(found.get("loci", b""))


def _degrees(sign: str, digits: str, fraction: str | None, *, whole: int) -> float:
    """ISO 6709 writes degrees, degrees and minutes, or degrees, minutes and seconds: the number of digits tells."""
    parts = [float(digits[:whole]), *(float(digits[n : n + 2]) for n in range(whole, len(digits), 2))]
    parts[-1] += float(f"0{fraction or '.'}0")
    value = math.fsum(part / 60.0**n for n, part in enumerate(parts))
    return -value if sign == "-" else value


def _accuracy(found: dict[str, bytes]) -> float | None:
    text = _text(found.get(f"{_APPLE}location.accuracy.horizontal")) or ""
    return float(text) if re.fullmatch(r"\d{1,6}(\.\d+)?", text, re.ASCII) and float(text) > 0 else None


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


def _user_text(body: bytes | None) -> str | None:
    """The text of an atom of `udta`: after its length and its language, two bytes each."""
    return _text(body[4:]) if body else None
