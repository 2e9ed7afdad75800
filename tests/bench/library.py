"""A large photo library made in seconds: honest headers of every kind, and holes where the pictures would be."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.metadata import made
from tests.tiny_network import SIDE, crossing

START = datetime(2024, 6, 14, 6, 0, tzinfo=UTC)
_HOLE = bytes(65536)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """Where and when one file of the library was taken. The town's clocks are two hours ahead of UTC."""

    lat: float
    lon: float
    instant: datetime

    @property
    def exif(self) -> dict[int, made.Value]:
        return {made.ORIGINAL: f"{self.instant + timedelta(hours=2):%Y:%m:%d %H:%M:%S}", made.OFFSET: "+02:00"}

    @property
    def place(self) -> dict[int, made.Value]:
        at = self.instant
        seconds = [(at.hour, 1), (at.minute, 1), (at.second, 1)]
        return made.gps(self.lat, self.lon, GPS_DATE=f"{at:%Y:%m:%d}", GPS_TIME=seconds)

    def block(self, padding: int) -> bytes:
        return made.tiff(exif=self.exif, place=self.place, padding=padding)

    @property
    def keys(self) -> bytes:
        wall = self.instant + timedelta(hours=2)
        return made.keys(
            location_ISO6709=f"{self.lat:+08.4f}{self.lon:+09.4f}+460.000/",
            creationdate=f"{wall:%Y-%m-%dT%H:%M:%S}+0200",
        )


Make = Callable[[Shot, int], bytes]
#: ending -> (share of the library in hundredths, the file of a shot at a size); headers lie where cameras put them
KINDS: dict[str, tuple[int, Make]] = {
    "jpg": (52, lambda shot, n: made.jpeg(made.exif_segment(shot.block(14_000)), picture=n)),
    "heic": (20, lambda shot, n: made.heif(shot.block(2_000), picture=n)),
    "png": (6, lambda shot, n: made.png([made.chunk(b"eXIf", shot.block(400))], picture=n)),
    "webp": (5, lambda shot, n: made.webp((b"EXIF", shot.block(400)), picture=n)),
    "tif": (4, lambda shot, n: made.tiff(exif=shot.exif, place=shot.place, at_the_end=n)),
    "dng": (4, lambda shot, n: shot.block(30_000) + bytes(n)),
    "mp4": (5, lambda shot, n: made.mp4(made.box(b"trak", bytes(40_000)), shot.keys, picture=n)),
    "mov": (4, lambda shot, n: made.mp4(made.box(b"trak", bytes(40_000)), shot.keys, picture=n)),
}


def shots(count: int, rng: random.Random) -> list[Shot]:
    """A walk from crossing to crossing of the suite's own town, a photo every four minutes."""
    row = column = SIDE // 2
    found = []
    for n in range(count):
        lat, lon = crossing(row, column)
        # nobody stands on a whole degree: such a position is taken for none
        found.append(Shot(lat=lat + 0.0001, lon=lon + 0.0001, instant=START + timedelta(minutes=4 * n)))
        along, step = rng.random() < 0.5, rng.choice((-1, 1))
        if along:
            row = min(SIDE - 1, max(0, row + step))
        else:
            column = min(SIDE - 1, max(0, column + step))
    return found


def write_library(folder: Path, count: int, *, smallest: int, largest: int, seed: int = 1) -> dict[str, Shot]:
    """Writes ``count`` files of ``smallest`` to ``largest`` bytes, all kinds mixed; gives the shot of each name."""
    rng = random.Random(seed)
    folder.mkdir(parents=True, exist_ok=True)
    kinds = [kind for kind, (share, _) in KINDS.items() for _ in range(share)]
    written = {}
    for n, shot in enumerate(shots(count, rng)):
        kind = kinds[(n * 37) % len(kinds)]
        name = f"IMG_{n:05}.{kind}"
        write_sparse(folder / name, KINDS[kind][1](shot, rng.randint(smallest, largest)))
        written[name] = shot
    return written


def write_sparse(path: Path, data: bytes) -> None:
    """Writes the bytes; what is zero for long becomes a hole that takes no space."""
    with path.open("wb") as file:
        for at in range(0, len(data), len(_HOLE)):
            part = data[at : at + len(_HOLE)]
            if part == _HOLE:
                file.seek(len(_HOLE), 1)
            else:
                file.write(part)
        file.truncate(len(data))
