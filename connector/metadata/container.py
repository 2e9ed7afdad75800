"""Finds the EXIF and XMP blocks of a picture without reading the picture.

Why not ExifRead alone: it misses EXIF behind XMP in JPEG, EXIF in WebP written to the standard, and HEIC with a
base offset; and over a network it asks a hundred times.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

from connector.metadata.blocks import Seekable

_MOST_SEGMENTS = 60
_MOST_CHUNKS = 400
_MOST_BOXES = 4000
_LARGEST_BLOCK = 2 * 1024 * 1024
_XMP_IN_JPEG = b"http://ns.adobe.com/xap/1.0/\0"

Found = tuple[str, Seekable]
"""``exif`` with a TIFF block, or ``xmp`` with a packet."""


def metadata_blocks(file: Seekable, size: int) -> Iterator[Found]:
    """The blocks in the order they stand in the file, each found only when asked for."""
    file.seek(0)
    head = file.read(16)
    reader = _reader(head)
    if reader is not None:
        yield from reader(file, size)
    elif head[:4] in (b"II*\0", b"MM\0*", b"IIRO", b"IIU\0", b"IIRS"):
        yield "exif", file


def is_movie(head: bytes) -> bool:
    """Whether the first 16 bytes are those of a QuickTime or MP4 file (and not of HEIC or AVIF)."""
    brands = (b"mif1", b"msf1", b"heic", b"heix", b"hevc", b"avif", b"avis", b"heim", b"heis", b"mif2")
    return head[4:8] in (b"moov", b"mdat", b"wide") or (head[4:8] == b"ftyp" and head[8:12] not in brands)


def _reader(head: bytes) -> Callable[[Seekable, int], Iterator[Found]] | None:
    if head[:2] == b"\xff\xd8":
        return _jpeg
    if head[:8] == b"\x89PNG\r\n\x1a\n":
        return _png
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return _webp
    if head[4:8] == b"ftyp":
        return _heif
    if head[:12] == b"\0\0\0\x0cJXL \r\n\x87\n":
        return _jxl
    return None


def _jpeg(file: Seekable, size: int) -> Iterator[Found]:
    at = 2
    for _ in range(_MOST_SEGMENTS):
        file.seek(at)
        head = file.read(4)
        if len(head) < 4 or head[0] != 0xFF or head[1] in (0xDA, 0xD9):
            return
        length = _uint(head[2:4])
        if head[1] == 0xE1:
            body = file.read(length - 2)
            if body[:6] == b"Exif\0\0":
                yield "exif", io.BytesIO(body[6:])
            elif body.startswith(_XMP_IN_JPEG):
                yield "xmp", io.BytesIO(body[len(_XMP_IN_JPEG) :])
        at += 2 + length
        if at >= size:
            return


def _png(file: Seekable, size: int) -> Iterator[Found]:
    at, tail_seen = 8, False
    for _ in range(_MOST_CHUNKS):
        file.seek(at)
        head = file.read(8)
        if len(head) < 8:
            return
        length, kind = _uint(head[:4]), head[4:8]
        if kind == b"eXIf" and length <= _LARGEST_BLOCK:
            yield "exif", io.BytesIO(file.read(length))
        elif kind == b"iTXt" and length <= _LARGEST_BLOCK:
            yield from _png_text(file.read(length))
        if kind == b"IDAT" and not tail_seen:
            tail_seen = True
            at = _png_tail(file, size, at + 12 + length)
        else:
            at += 12 + length


def _png_text(body: bytes) -> Iterator[Found]:
    if body.startswith(b"XML:com.adobe.xmp\0"):
        start = body.find(b"<x:xmpmeta")
        if start >= 0:
            yield "xmp", io.BytesIO(body[start:])


def _png_tail(file: Seekable, size: int, after: int) -> int:
    """Where to go on after the picture's first chunk: pictures have thousands of them, so look at the end."""
    length = min(size, 65536)
    file.seek(size - length)
    tail = file.read(length)
    found = [n for n in (tail.find(b"eXIf"), tail.find(b"iTXtXML:com.adobe.xmp")) if n >= 4]
    return max(after, size - length + min(found) - 4) if found else size


def _webp(file: Seekable, size: int) -> Iterator[Found]:
    file.seek(12)
    head = file.read(18)
    if head[:4] != b"VP8X" or not head[8] & 0b1100:
        return
    at = 30
    for _ in range(_MOST_CHUNKS):
        file.seek(at)
        head = file.read(8)
        if len(head) < 8 or at >= size:
            return
        length = int.from_bytes(head[4:], "little")
        if head[:4] == b"EXIF" and length <= _LARGEST_BLOCK:
            yield "exif", io.BytesIO(file.read(length).removeprefix(b"Exif\0\0"))
        elif head[:4] == b"XMP " and length <= _LARGEST_BLOCK:
            yield "xmp", io.BytesIO(file.read(length))
        at += 8 + length + (length & 1)


def boxes(file: Seekable, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """The ISO base media boxes between two places: (kind, start of content, end of content)."""
    for _ in range(_MOST_BOXES):
        if start + 8 > end:
            return
        file.seek(start)
        head = file.read(16)
        length, kind, skip = _uint(head[:4]), head[4:8], 8
        if length == 1:
            length, skip = _uint(head[8:16]), 16
        elif length == 0:
            length = end - start
        if len(head) < 8 or length < skip:
            return
        yield kind, start + skip, min(end, start + length)
        start += length


def _jxl(file: Seekable, size: int) -> Iterator[Found]:
    for kind, start, end in boxes(file, 0, size):
        if end - start > _LARGEST_BLOCK:
            continue
        if kind == b"Exif":
            file.seek(start)
            body = file.read(end - start)
            yield "exif", io.BytesIO(body[4 + _uint(body[:4]) :])
        elif kind == b"xml ":
            file.seek(start)
            yield "xmp", io.BytesIO(file.read(end - start))


def _heif(file: Seekable, size: int) -> Iterator[Found]:
    """HEIC and AVIF: the `meta` box says which item is EXIF (or XMP) and where its bytes are."""
    for kind, start, end in boxes(file, 0, size):
        if kind == b"meta" and end - start <= _LARGEST_BLOCK:
            file.seek(start)
            yield from _items(file, file.read(end - start), start)
            return


def _items(file: Seekable, meta: bytes, meta_start: int) -> Iterator[Found]:
    inside = io.BytesIO(meta)
    wanted: dict[int, str] = {}
    iloc, idat = b"", 0
    for kind, start, end in boxes(inside, 4, len(meta)):
        if kind == b"iinf":
            wanted = _item_kinds(meta, start, end)
        elif kind == b"iloc":
            iloc = meta[start:end]
        elif kind == b"idat":
            idat = meta_start + start
    for item, extents in _item_places(iloc, idat):
        kind_of_item = wanted.get(item)
        if kind_of_item is not None:
            body = _joined(file, extents)
            yield kind_of_item, io.BytesIO(body[4 + _uint(body[:4]) :] if kind_of_item == "exif" else body)


def _item_kinds(meta: bytes, start: int, end: int) -> dict[int, str]:
    kinds: dict[int, str] = {}
    first = start + 4 + (2 if meta[start] == 0 else 4)
    for _, at, stop in boxes(io.BytesIO(meta), first, end):
        version = meta[at]
        if version < 2:
            continue
        width = 2 if version == 2 else 4
        item, kind = _uint(meta[at + 4 : at + 4 + width]), meta[at + 6 + width : at + 10 + width]
        if kind == b"Exif":
            kinds[item] = "exif"
        elif kind == b"mime" and b"application/rdf+xml" in meta[at:stop]:
            kinds[item] = "xmp"
    return kinds


def _joined(file: Seekable, extents: list[tuple[int, int]]) -> bytes:
    body = b""
    for offset, length in extents:
        file.seek(offset)
        body += file.read(min(length, _LARGEST_BLOCK - len(body)))
    return body


def _item_places(iloc: bytes, idat: int) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """Item id and its (offset, length) pieces, from the `iloc` box (ISO/IEC 14496-12, 8.11.3)."""
    if len(iloc) < 8:
        return
    version = iloc[0]
    take = io.BytesIO(iloc[6:])
    wide_offset, wide_length, wide_base = iloc[4] >> 4, iloc[4] & 15, iloc[5] >> 4
    wide_index = iloc[5] & 15 if version else 0
    wide_id = 2 if version < 2 else 4
    for _ in range(min(_uint(take.read(wide_id)), _MOST_BOXES)):
        item = _uint(take.read(wide_id))
        method = _uint(take.read(2)) & 15 if version else 0
        take.read(2)
        base = _uint(take.read(wide_base)) + (idat if method == 1 else 0)
        extents = []
        for _ in range(min(_uint(take.read(2)), 100)):
            take.read(wide_index)
            offset = _uint(take.read(wide_offset))
            extents.append((base + offset, _uint(take.read(wide_length))))
        yield item, extents


def _uint(data: bytes) -> int:
    return int.from_bytes(data, "big")
