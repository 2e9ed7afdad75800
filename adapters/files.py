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
    ".jpe": "image/jpeg",
    ".jfif": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".heic": "image/heic",
    ".heif": "image/heif",
    ".hif": "image/heif",
    ".avif": "image/avif",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
    ".jxl": "image/jxl",
    ".jp2": "image/jp2",
    ".dng": "image/x-adobe-dng",
    ".nef": "image/x-nikon-nef",
    ".nrw": "image/x-nikon-nrw",
    ".pef": "image/x-pentax-pef",
    ".srw": "image/x-samsung-srw",
    ".mrw": "image/x-minolta-mrw",
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
#: what Google's apps call the timeline they export, in some languages; other .json files are no recordings
TIMELINES = (
    "timeline.json", "zeitachse.json", "chronologie.json", "vos trajets.json",
    "location-history.json", "records.json",
)  # fmt: skip
#: what sites for sports hand out packed
PACKED = (".gpx.gz", ".fit.gz", ".tcx.gz")
_TIMELINE_TYPE = "application/vnd.google-timeline+json"
_SIDECAR = ".xmp"
#: what storage boxes keep beside the photos for themselves (small copies, deleted files)
_THEIR_OWN = {"@eadir", "#recycle", "#snapshot", "$recycle.bin", "lost+found", "system volume information"}


def media_type(name: str) -> str:
    """The media type by the file's name; of a recording that is packed its own."""
    if name.lower() in TIMELINES:
        return _TIMELINE_TYPE
    suffix = _ending(name)
    return _TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"


def is_wanted(name: str) -> bool:
    """Whether a file of that name is a photo, a video, a recording or a sidecar (hidden files are none)."""
    suffix = _ending(name)
    return not name.startswith(".") and (suffix in _TYPES or suffix == _SIDECAR or name.lower() in TIMELINES)


def _ending(name: str) -> str:
    """In small letters; of a recording that is packed the one within."""
    low = name.lower()
    return PurePosixPath(low.removesuffix(".gz") if low.endswith(PACKED) else low).suffix


def is_wanted_folder(name: str) -> bool:
    """Whether a folder of that name may hold photos of people: not a hidden one, not a storage box's own."""
    return not name.startswith(".") and name.lower() not in _THEIR_OWN


def as_text(path: str) -> str:
    """For people: the path itself where it is text, percent-encoded where it holds bytes that are no UTF-8.

    Such bytes come as lone surrogates, which no database and no JSON takes.
    """
    return path if _is_text(path) else as_address(path)


def as_id(path: str) -> str:
    """The path itself, but percent-encoded where it is no text, and where it would be taken for something encoded."""
    return path if _is_text(path) and not _looks_encoded(path) else as_address(path)


def from_id(found: str) -> str:
    """The path that `as_id` was given."""
    return as_path(found) if _looks_encoded(found) else found


def as_address(path: str) -> str:
    """The path percent-encoded: ASCII whatever its bytes are."""
    return quote(path, safe="/", errors="surrogateescape")


def as_path(address: str) -> str:
    """The path that `as_address` was given."""
    return unquote(address, errors="surrogateescape")


def _is_text(path: str) -> bool:
    return not any("\ud800" <= letter <= "\udfff" for letter in path)


def _looks_encoded(text: str) -> bool:
    return "%" in text and as_address(as_path(text)) == text


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
