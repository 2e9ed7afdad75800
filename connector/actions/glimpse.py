"""The small picture inside a photo's metadata, and its colour: from what was read anyhow, without a request more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from adapters.library import Asset
from connector.metadata.fix import Fix
from connector.metadata.read import describe, embedded_thumbnail
from connector.metadata.thumbnail import BadImageError, mean_colour, small_jpeg

EDGE_PX = 256
Read = Callable[[Asset, int, int], bytes]


@dataclass(frozen=True, slots=True)
class Glimpse:
    """``image``: a JPEG without metadata, at most `EDGE_PX` on its longer edge. ``colour``: its mean, ``#rrggbb``."""

    image: bytes
    colour: str


def described(asset: Asset, read: Read) -> tuple[Fix, Glimpse | None]:
    """As `metadata.read.describe`, and the glimpse when the bytes that took hold one.

    Raises:
        adapters.library.LibraryError: the library could not be read.
    """
    kept = _Kept(read)
    fix = describe(asset, kept.read)
    if asset.described:
        return fix, None
    inside = embedded_thumbnail(asset, kept.again)
    return fix, _glimpse(inside, fix.orientation) if inside is not None else None


def _glimpse(inside: bytes, orientation: int | None) -> Glimpse | None:
    try:
        image = small_jpeg(inside, EDGE_PX, orientation=orientation)
        return Glimpse(image, mean_colour(image))
    except BadImageError:
        return None


class _Kept:
    """Remembers what was read of one asset."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._parts: list[tuple[str, int, int, bytes]] = []

    def read(self, asset: Asset, start: int, length: int) -> bytes:
        found = self._read(asset, start, length)
        self._parts.append((asset.id, start, length, found))
        return found

    def again(self, asset: Asset, start: int, length: int) -> bytes:
        """From memory alone."""
        for asset_id, first, asked, found in self._parts:
            if asset_id == asset.id and first <= start and start + length <= first + asked:
                return found[start - first : start - first + length]
        raise EOFError("that was not read")
