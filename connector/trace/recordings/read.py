"""A file -> the recording in it. The bytes tell the format, not the name."""

from __future__ import annotations

import io
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Sequence
from typing import BinaryIO
from xml.etree.ElementTree import ParseError

import ijson
from defusedxml.common import DefusedXmlException

from connector.trace.recordings import fit, gpx, kml, tcx, written_as_json
from connector.trace.recordings.recording import BadRecordingError, BrokenOffError, Gathered, Recording

MOST_BYTES = 256 * 2**20
MOST_BYTES_OF_JSON = 1024 * 2**20
_HEAD_BYTES = 64 * 1024
_AT_ONCE = 1024 * 1024
_ROOTS: dict[bytes, Callable[[BinaryIO, Gathered], None]] = {
    b"gpx": gpx.read,
    b"TrainingCenterDatabase": tcx.read,
    b"kml": kml.read,
}
_ROOT = re.compile(rb"(?>\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>)*+<(?:[\w.-]+:)?(\w+)", re.DOTALL)
"""The name of the first element, without its prefix. What was passed over is not tried again: no text makes it slow."""
_INSIDE = (".gpx", ".fit", ".tcx", ".geojson", ".json")
_BESIDE = "__MACOSX/"
"""Where macOS puts what it knows of every file, under the file's own name."""


def read_recording(name: str, data: BinaryIO) -> Recording:
    """The recording in a GPX, TCX, FIT, KML, KMZ or GeoJSON file, or in a timeline that Google's apps export.

    It may be packed by GZIP, or lie alone in a ZIP file, as sites for sports hand it out. ``data`` must be seekable;
    ``name`` is what people call the file. What comes before a file breaks off is used, and
    :attr:`Recording.remark` says so.

    Raises:
        BadRecordingError: nothing of it can be used; one sentence that does not name the file.
    """
    reader, source = _opened(data)
    gathered, broken_off = Gathered(), None
    try:
        reader(source, gathered)
    except DefusedXmlException:
        raise BadRecordingError("it defines entities, which no recording needs and which can do harm") from None
    except ParseError as error:
        broken_off = f"it is no sound XML ({error})"
    except (ijson.JSONError, UnicodeError) as error:
        broken_off = f"it is no sound JSON ({_first_line(error)[:80]})"
    except BrokenOffError as error:
        broken_off = str(error)
    return gathered.recording(name, broken_off)


def _first_line(error: Exception) -> str:
    """What a parser says, without the piece of the file that it draws below."""
    said = error.args[0] if error.args else ""
    text = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    return next(iter(text.splitlines()), "").strip()


def _opened(data: BinaryIO) -> tuple[Callable[[BinaryIO, Gathered], None], BinaryIO]:
    """The reader of the file, and what it reads."""
    data.seek(0)
    head = data.read(4)
    if not head:
        raise BadRecordingError("the file is empty")
    if head.startswith((b"\x1f\x8b", b"PK\x03\x04")):
        _within_bounds(data, MOST_BYTES)
        return _unpacked(_unzipped(data) if head.startswith(b"PK") else _gunzipped(data))
    return _unpacked(data)


def _unpacked(data: BinaryIO) -> tuple[Callable[[BinaryIO, Gathered], None], BinaryIO]:
    data.seek(0)
    head = data.read(_HEAD_BYTES)
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    is_json = start[:1] in (b"{", b"[")
    _within_bounds(data, MOST_BYTES_OF_JSON if is_json else MOST_BYTES)
    data.seek(len(head) - len(start) if head[8:12] != b".FIT" else 0)
    if is_json:
        return written_as_json.read, data
    if head[8:12] == b".FIT":
        return fit.read, data
    root = _ROOT.match(start.lstrip(b"\xff\xfe").replace(b"\0", b""))  # UTF-16, good enough to find a name
    found = _ROOTS.get(root[1]) if root is not None else None
    if found is None:
        raise BadRecordingError(
            "it is no recording that can be read here (GPX, TCX, FIT, KML, GeoJSON, Google Timeline)"
        )
    return found, data


def _within_bounds(data: BinaryIO, most: int) -> None:
    data.seek(0, io.SEEK_END)
    size = data.tell()
    if size > most:
        raise BadRecordingError(f"it is {size / 2**20:,.0f} MB large; more than {most // 2**20:,} MB are not read")


_DAMAGED = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error,
    NotImplementedError, RuntimeError, OSError, EOFError, ValueError, OverflowError,
)  # fmt: skip
"""All that the standard library raises over a ZIP file that lies, about places in it too."""


def _unzipped(data: BinaryIO) -> BinaryIO:
    """The KML inside a KMZ, or the only recording inside a ZIP file."""
    try:
        with zipfile.ZipFile(data) as packed, packed.open(_wanted(packed.namelist())) as inside:
            text = inside.read(MOST_BYTES + 1)
    except _DAMAGED as error:
        raise BadRecordingError(f"it is a damaged KMZ or ZIP file ({type(error).__name__})") from error
    if len(text) > MOST_BYTES:
        raise BadRecordingError(f"unpacked it is larger than {MOST_BYTES // 2**20} MB")
    return io.BytesIO(text)


def _wanted(all_names: Sequence[str]) -> str:
    names = [each for each in all_names if not each.startswith(_BESIDE)]
    maps = [each for each in names if each.lower().endswith(".kml")]
    others = [each for each in names if each.lower().endswith(_INSIDE)]
    if not maps and not others:
        raise BadRecordingError("it is a ZIP file without a recording in it")
    if not maps and len(others) > 1:
        raise BadRecordingError(f"it is a ZIP file of {len(others):,} recordings; unpack it and take those you want")
    return [*maps, *others][0]


def _gunzipped(data: BinaryIO) -> BinaryIO:
    """What GZIP has packed; where the file breaks off, what comes before."""
    out, inflate = io.BytesIO(), zlib.decompressobj(wbits=31)
    data.seek(0)
    try:
        while not inflate.eof and (part := data.read(_AT_ONCE)):
            out.write(inflate.decompress(part, MOST_BYTES + 1 - out.tell()))
            if out.tell() > MOST_BYTES:
                raise BadRecordingError(f"unpacked it is larger than {MOST_BYTES // 2**20} MB")
    except zlib.error as error:
        if not out.tell():
            raise BadRecordingError(f"it is a damaged GZIP file ({type(error).__name__})") from error
    return out
