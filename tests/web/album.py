"""A small album on disk: drawn JPEGs with honest EXIF, taken along the streets of the suite's own town."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from tests.tiny_network import crossing

BEGIN = datetime(2026, 5, 2, 8, 0, tzinfo=UTC)
WALK = ((1, 1), (1, 4), (4, 4), (4, 8), (8, 8))
"""Crossings of the town, one photo at each, twenty minutes apart."""
_GPS, _EXIF = 0x8825, 0x8769


def write_album(folder: Path, places: Sequence[tuple[float, float]] | None = None, names: Sequence[str] = ()) -> Path:
    """Writes one photo per place (degrees) and one without a position, ``IMG_0000.jpg`` and so on."""
    folder.mkdir(parents=True, exist_ok=True)
    places = [crossing(*at) for at in WALK] if places is None else places
    for n, place in enumerate(places):
        name = names[n] if n < len(names) else f"IMG_{n:04}.jpg"
        write_photo(folder / name, place, BEGIN + timedelta(minutes=20 * n), shade=40 * n)
    write_photo(folder / "IMG_9999.jpg", None, None, shade=200)
    return folder


def write_photo(
    path: Path,
    place: tuple[float, float] | None,
    instant: datetime | None,
    shade: int = 0,
    *,
    wall: datetime | None = None,
) -> Path:
    """One JPEG of 640 x 480 with its place and time in EXIF, both as GPS and as wall time in UTC.

    ``wall``: what the camera's clock says instead, if it says something else.
    """
    image = Image.new("RGB", (640, 480), (shade % 256, 120, 255 - shade % 256))
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Tiny", "Camera"
    if instant is not None:
        inner = exif.get_ifd(_EXIF)
        inner[0x9003], inner[0x9011] = f"{wall or instant:%Y:%m:%d %H:%M:%S}", f"{wall or instant:%:z}"
    if place is not None and instant is not None:
        gps = exif.get_ifd(_GPS)
        gps[1], gps[2] = "N" if place[0] >= 0 else "S", _degrees(abs(place[0]))
        gps[3], gps[4] = "E" if place[1] >= 0 else "W", _degrees(abs(place[1]))
        gps[7] = tuple(IFDRational(n) for n in (instant.hour, instant.minute, instant.second))
        gps[29] = f"{instant:%Y:%m:%d}"
    image.save(path, exif=exif, quality=80)
    return path


def _degrees(value: float) -> tuple[IFDRational, IFDRational, IFDRational]:
    whole = int(value)
    minutes = int((value - whole) * 60)
    seconds = (value - whole - minutes / 60) * 3600
    return IFDRational(whole), IFDRational(minutes), IFDRational(round(seconds * 10000), 10000)
