"""The demo's photo library: files with honest metadata, written once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import pillow_heif
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from connector.demo.day import COMPACT, UTC_OFFSET_S, Shot
from connector.demo.pictures import draw
from connector.trace.shape import LatLon

ALBUM = "A day in Helsinki"
_EXIF_IFD, _GPS_IFD = 0x8769, 0x8825
_NEVER_SET = datetime(2019, 1, 1, 0, 12, 40)  # noqa: DTZ001  # a camera's wall clock
_THUMBNAIL_PX = (320, 240)


def write_library(root: Path, shots: Sequence[Shot], progress: Callable[[int, int], None]) -> Path:
    """Writes the album below ``root`` and returns its folder; files that are there already are kept.

    ``progress`` is called with files written and files in all.
    """
    pillow_heif.register_heif_opener()
    folder = root / ALBUM
    folder.mkdir(parents=True, exist_ok=True)
    for done, shot in enumerate(shots, 1):
        path = folder / _name(shot)
        if not path.exists():
            _write(path, shot)
        progress(done, len(shots))
    return folder


def _name(shot: Shot) -> str:
    """Some in HEIC, a few in PNG, as phones and screenshots leave them."""
    suffix = "heic" if shot.number % 5 == 3 and shot.camera != COMPACT else "png" if shot.number % 13 == 10 else "jpg"
    stem = f"DSC{shot.number:05}" if shot.camera == COMPACT else f"IMG_{shot.number:04}"
    return f"{stem}.{suffix}"


def _write(path: Path, shot: Shot) -> None:
    image = draw(shot.scene, shot.number)
    exif = _exif(shot)
    partial = path.with_name(path.name + ".part")
    if path.suffix == ".heic":
        image.save(partial, "HEIF", exif=exif.tobytes(), quality=80)
    elif path.suffix == ".png":
        image.quantize(200).convert("RGB").save(partial, "PNG", exif=exif.tobytes())
    else:
        image.save(partial, "JPEG", quality=90, exif=_with_thumbnail(exif, image))
    partial.replace(path)


def _exif(shot: Shot) -> Image.Exif:
    wall = (shot.instant + timedelta(seconds=UTC_OFFSET_S)).replace(tzinfo=None)
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Tracer", shot.camera
    exif[0x010E] = shot.title
    inside = exif.get_ifd(_EXIF_IFD)
    inside[0x9003] = inside[0x9004] = f"{_NEVER_SET if shot.wrong_clock else wall:%Y:%m:%d %H:%M:%S}"
    if shot.camera != COMPACT:
        inside[0x9010] = inside[0x9011] = f"+{UTC_OFFSET_S // 3600:02}:00"
    if shot.place is not None:
        exif.get_ifd(_GPS_IFD).update(_gps(shot, shot.place))
    return exif


def _gps(shot: Shot, place: LatLon) -> dict[int, object]:
    lat, lon = place
    told: dict[int, object] = {
        0: b"\x02\x03\x00\x00",
        1: "N" if lat >= 0 else "S",
        2: _degrees(lat),
        3: "E" if lon >= 0 else "W",
        4: _degrees(lon),
        7: tuple(IFDRational(part) for part in (shot.instant.hour, shot.instant.minute, shot.instant.second)),
        29: f"{shot.instant:%Y:%m:%d}",
        31: IFDRational(5),
    }
    if shot.direction_deg is not None:
        told |= {16: "T", 17: IFDRational(round(shot.direction_deg * 100), 100)}
    return told


def _degrees(value: float) -> tuple[IFDRational, IFDRational, IFDRational]:
    seconds = Fraction(abs(value)).limit_denominator(10**8) * 3600
    degrees, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    return IFDRational(int(degrees)), IFDRational(int(minutes)), IFDRational(round(left * 10000), 10000)


def _with_thumbnail(exif: Image.Exif, image: Image.Image) -> bytes:
    """The block with a small picture in it, as cameras write it (the first directory is followed by a second)."""
    small = BytesIO()
    image.resize(_THUMBNAIL_PX, Image.Resampling.LANCZOS).save(small, "JPEG", quality=70)
    block = bytearray(exif.tobytes())
    return bytes(_append_directory(block, small.getvalue()))


def _append_directory(block: bytearray, thumbnail: bytes) -> bytearray:
    """Appends IFD1 with the thumbnail to an EXIF block that has only IFD0."""
    start = 6  # behind "Exif\0\0" the offsets of TIFF begin
    order = "little" if block[start : start + 2] == b"II" else "big"

    def number(value: int, size: int) -> bytes:
        return value.to_bytes(size, "little" if order == "little" else "big")

    first = start + int.from_bytes(block[start + 4 : start + 8], "little" if order == "little" else "big")
    count = int.from_bytes(block[first : first + 2], "little" if order == "little" else "big")
    link = first + 2 + 12 * count
    if len(block) % 2:
        block += b"\0"
    at = len(block) - start
    block[link : link + 4] = number(at, 4)
    entries = [(0x0103, 3, 6), (0x0201, 4, at + 2 + 3 * 12 + 4), (0x0202, 4, len(thumbnail))]
    block += number(len(entries), 2)
    for tag, kind, value in entries:
        held = number(value, 2) + b"\0\0" if kind == 3 else number(value, 4)
        block += number(tag, 2) + number(kind, 2) + number(1, 4) + held
    return block + number(0, 4) + thumbnail
