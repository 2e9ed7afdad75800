"""A file -> the recording in it. The bytes tell the format, not the name."""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import BinaryIO
from xml.etree.ElementTree import ParseError

import ijson
from defusedxml.common import DefusedXmlException

from connector.trace.recordings import fit, gpx, kml, tcx, written_as_json
from connector.trace.recordings.recording import BadRecordingError, BrokenOffError, Gathered, Recording

MOST_BYTES = 256 * 2**20
MOST_BYTES_OF_JSON = 1024 * 2**20
_HEAD_BYTES = 4096
_ROOTS: dict[bytes, Callable[[BinaryIO, Gathered], None]] = {
    b"gpx": gpx.read,
    b"TrainingCenterDatabase": tcx.read,
    b"kml": kml.read,
}


def read_recording(name: str, data: BinaryIO) -> Recording:
    """The recording in a GPX, TCX, FIT, KML, KMZ or GeoJSON file, or in a timeline that Google's apps export.

    ``data`` must be seekable; ``name`` is what people call the file. What comes before a file breaks off is used,
    and :attr:`Recording.remark` says so.

    Raises:
        BadRecordingError: nothing of it can be used; one sentence that does not name the file.
    """
    reader, source = _opened(data)
    gathered, broken_off = Gathered(), None
    try:
        reader(source, gathered)
    except DefusedXmlException:
        raise BadRecordingError("it defines entities, which no recording needs and which can do harm") from None
    except (ParseError, UnicodeError, LookupError) as error:
        broken_off = f"it is no sound XML ({error})"
    except ijson.JSONError as error:
        broken_off = f"it is no sound JSON ({' '.join(str(error).split())[:80]})"
    except BrokenOffError as error:
        broken_off = str(error)
    return gathered.recording(name, broken_off)


def _opened(data: BinaryIO) -> tuple[Callable[[BinaryIO, Gathered], None], BinaryIO]:
    """The reader of the file, and what it reads."""
    data.seek(0)
    head = data.read(_HEAD_BYTES)
    if not head:
        raise BadRecordingError("the file is empty")
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    is_json = start[:1] in (b"{", b"[")
    _within_bounds(data, MOST_BYTES_OF_JSON if is_json else MOST_BYTES)
    if head[:4] == b"PK\x03\x04":
        return kml.read, _unzipped(data)
    data.seek(len(head) - len(start) if head[8:12] != b".FIT" else 0)
    if is_json:
        return written_as_json.read, data
    if head[8:12] == b".FIT":
        return fit.read, data
    found = next((reader for root, reader in _ROOTS.items() if _has_root(head, root)), None)
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


def _has_root(head: bytes, root: bytes) -> bool:
    text = head.replace(b"\0", b"")  # UTF-16, good enough to find a name
    return any(b"<" + prefix + root in text for prefix in (b"", *(n + b":" for n in (b"gpx", b"kml", b"ns2", b"ns3"))))


_DAMAGED = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error,
    NotImplementedError, RuntimeError, OSError, EOFError, ValueError, OverflowError,
)  # fmt: skip
"""All that the standard library raises over a ZIP file that lies, about places in it too."""


def _unzipped(data: BinaryIO) -> BinaryIO:
    """The KML inside a KMZ."""
    try:
        with zipfile.ZipFile(data) as packed:
            name = next((each for each in packed.namelist() if each.lower().endswith(".kml")), None)
            if name is None:
                raise BadRecordingError("it is a ZIP file without KML in it")
            with packed.open(name) as inside:
                text = inside.read(MOST_BYTES + 1)
    except _DAMAGED as error:
        raise BadRecordingError(f"it is a damaged KMZ ({type(error).__name__})") from error
    if len(text) > MOST_BYTES:
        raise BadRecordingError(f"unpacked it is larger than {MOST_BYTES // 2**20} MB")
    return io.BytesIO(text)
