"""What libraries made of plain files share: which files count, their types, the sidecars beside them."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import PurePosixPath
from urllib.parse import quote, unquote

from adapters.library import Asset

_TYPES = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".heic": "image/heic",
    ".heif": "image/heif",
    ".hif": "image/heif",
    ".avif": "image/avif",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".jxl": "image/jxl",
    ".dng": "image/x-adobe-dng",
    ".nef": "image/x-nikon-nef",
    ".cr2": "image/x-canon-cr2",
    ".cr3": "image/x-canon-cr3",
    ".arw": "image/x-sony-arw",
    ".raf": "image/x-fuji-raf",
    ".rw2": "image/x-panasonic-rw2",
    ".orf": "image/x-olympus-orf",
    ".mp4": "video/mp4",
    ".m4v": "video/mp4",
    ".mov": "video/quicktime",
    ".3gp": "video/3gpp",
    ".gpx": "application/gpx+xml",
    ".fit": "application/vnd.ant.fit",
    ".tcx": "application/vnd.garmin.tcx+xml",
    ".kml": "application/vnd.google-earth.kml+xml",
    ".kmz": "application/vnd.google-earth.kmz",
    ".geojson": "application/geo+json",
}
_SIDECAR = ".xmp"
#: what storage boxes keep beside the photos for themselves (small copies, deleted files)
_THEIR_OWN = {"@eadir", "#recycle", "#snapshot", "$recycle.bin", "lost+found", "system volume information"}


def media_type(name: str) -> str:
    """The media type by the file's name."""
    suffix = PurePosixPath(name).suffix.lower()
    return _TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"


def is_wanted(name: str) -> bool:
    """Whether a file of that name is a photo, a video, a recording or a sidecar (hidden files are none)."""
    suffix = PurePosixPath(name).suffix.lower()
    return not name.startswith(".") and (suffix in _TYPES or suffix == _SIDECAR)


def is_wanted_folder(name: str) -> bool:
    """Whether a folder of that name may hold photos of people: not a hidden one, not a storage box's own."""
    return not name.startswith(".") and name.lower() not in _THEIR_OWN


def as_text(path: str) -> str:
    """The path itself where it is text; percent-encoded where it holds bytes that are no UTF-8 (lone surrogates)."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return as_address(path)
    return path


def as_address(path: str) -> str:
    """The path percent-encoded: ASCII whatever its bytes are."""
    return quote(path, safe="/", errors="surrogateescape")


def as_path(address: str) -> str:
    """The path that `as_address` was given."""
    return unquote(address, errors="surrogateescape")


def from_text(text: str) -> str:
    """The path that `as_text` was given."""
    path = as_path(text)
    return path if as_text(path) == text else text


def attach_sidecars(assets: Iterable[Asset]) -> Iterator[Asset]:
    """The assets without the sidecars; each that has one (``a.jpg.xmp`` or ``a.xmp``) carries it."""
    listed = list(assets)
    sidecars = {a.where.lower(): a for a in listed if a.name.lower().endswith(_SIDECAR)}
    for asset in listed:
        if asset.name.lower().endswith(_SIDECAR):
            continue
        stem = asset.where[: asset.where.rfind(".")].lower()
        found = sidecars.get(asset.where.lower() + _SIDECAR) or sidecars.get(stem + _SIDECAR)
        yield asset if found is None else replace(asset, sidecar=found)
