"""The basemaps, tile by tile."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from pmtiles.reader import MmapSource, Reader

from connector.maps.registry import Map, list_maps

Box = tuple[float, float, float, float]
MAX_ZOOM = 14
"""Of every basemap; nearer views enlarge its tiles."""


@dataclass(frozen=True, slots=True)
class _Open:
    """An opened basemap. ``state`` tells whether the file in its place is still that one."""

    state: tuple[int, int, int]
    reader: Any


class Tiles:
    """The basemaps of one folder of maps. Safe from several threads; a map that is replaced is opened anew."""

    def __init__(self, maps_dir: Path) -> None:
        self._maps_dir = maps_dir
        self._open: dict[str, _Open] = {}
        self._lock = threading.Lock()

    def names(self) -> tuple[str, ...]:
        """The maps that have a basemap."""
        return tuple(found.name for found in self._drawn())

    def covering(self, west: float, south: float, east: float, north: float) -> tuple[str, ...]:
        """The basemaps that touch the box (degrees; ``west`` > ``east``: it lies across 180), the finest last."""
        spans = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
        touching = [
            found
            for found in self._drawn()
            if found.box is not None and any(_touch(found.box, (a, south, b, north)) for a, b in spans)
        ]
        return tuple(found.name for found in sorted(touching, key=_area, reverse=True))

    def tile(self, name: str, z: int, x: int, y: int) -> bytes | None:
        """A tile (gzipped vector tile, see `connector.maps.features`); None: there is no such map, or nothing there."""
        if not (0 <= z <= MAX_ZOOM and 0 <= x < 1 << z and 0 <= y < 1 << z):
            return None
        reader = self._reader(name)
        found: bytes | None = None if reader is None else reader.get(z, x, y)
        return found

    def _drawn(self) -> list[Map]:
        return [found for found in list_maps(self._maps_dir) if found.has_basemap]

    def _reader(self, name: str) -> Any:
        """The opened basemap; a name that is none of a folder here is none."""
        path = self._maps_dir / name / "basemap.pmtiles"
        if path.parent.parent != self._maps_dir or name.startswith("."):
            return None
        try:
            now = path.stat()
        except (OSError, ValueError):
            return None
        state = (now.st_ino, now.st_mtime_ns, now.st_size)
        with self._lock:
            known = self._open.get(name)
            if known is None or known.state != state:
                with path.open("rb") as file:
                    known = self._open[name] = _Open(state, _open(file))
            return known.reader


def _open(file: IO[bytes]) -> Any:
    return Reader(MmapSource(file))  # type: ignore[no-untyped-call]  # pmtiles has no types


def _touch(a: Box, b: Box) -> bool:
    return a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3]


def _area(found: Map) -> float:
    west, south, east, north = found.box or (0.0, 0.0, 0.0, 0.0)
    return (east - west) * (north - south)
