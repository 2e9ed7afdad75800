"""The boxes of ISO base media files (HEIC, AVIF, JPEG XL, JPEG 2000, CR3, MP4, MOV), and the metadata items in them."""

from __future__ import annotations

import io
from collections.abc import Iterator

from connector.metadata.blocks import Seekable

MOST_BOXES = 4000
LARGEST_BLOCK = 2 * 1024 * 1024
_UUID_BYTES = 16
_CANON = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
_XMP_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_EXIF_IN_JP2 = b"JpgTiffExif->JP2"

Found = tuple[str, Seekable]
"""``exif``: a TIFF block; ``exif_ifd``, ``gps_ifd``: one whose first directory is that one; ``xmp``: a packet."""


class DamagedError(Exception):
    """The file is not built as its kind is built; the text says where it breaks off."""


def uint(data: bytes) -> int:
    """Big-endian."""
    return int.from_bytes(data, "big")


def boxes(file: Seekable, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """The boxes between two places: (kind, start of content, end of content)."""
    for _ in range(MOST_BOXES):
        if start + 8 > end:
            return
        file.seek(start)
        head = file.read(16)
        length, kind, skip = uint(head[:4]), head[4:8], 8
        if length == 1:
            length, skip = uint(head[8:16]), 16
        elif length == 0:
            length = end - start
        if len(head) < 8 or length < skip:
            return
        yield kind, start + skip, min(end, start + length)
        start += length


def content(file: Seekable, start: int, end: int) -> bytes:
    """The content of a box; b"" for one too large to be metadata."""
    if end - start > LARGEST_BLOCK:
        return b""
    file.seek(start)
    return file.read(end - start)


def xmp_of_uuid(file: Seekable, start: int, end: int) -> bytes:
    """The XMP packet of a `uuid` box that holds one, else b""."""
    file.seek(start)
    if file.read(_UUID_BYTES) != _XMP_UUID:
        return b""
    return content(file, start + _UUID_BYTES, end)


def flat(file: Seekable, size: int) -> Iterator[Found]:
    """JPEG XL and JPEG 2000: the blocks are boxes of the file itself."""
    for kind, start, end in boxes(file, 0, size):
        if kind == b"Exif":
            body = content(file, start, end)
            yield "exif", io.BytesIO(body[4 + uint(body[:4]) :])
        elif kind == b"xml ":
            yield "xmp", io.BytesIO(content(file, start, end))
        elif kind == b"uuid":
            yield from _uuid(content(file, start, end))


def _uuid(body: bytes) -> Iterator[Found]:
    if body.startswith(_EXIF_IN_JP2):
        yield "exif", io.BytesIO(body[_UUID_BYTES:].removeprefix(b"Exif\0\0"))
    elif body.startswith(_XMP_UUID):
        yield "xmp", io.BytesIO(body[_UUID_BYTES:])


def cr3(file: Seekable, size: int) -> Iterator[Found]:
    """Canon CR3: three TIFF blocks (main, Exif, GPS) in a box of `moov`."""
    kinds = {b"CMT1": "exif", b"CMT2": "exif_ifd", b"CMT4": "gps_ifd"}
    for box, start, end in boxes(file, 0, size):
        if box == b"uuid":
            packet = xmp_of_uuid(file, start, end)
            if packet:
                yield "xmp", io.BytesIO(packet)
        for inner, at, stop in boxes(file, start, end) if box == b"moov" else ():
            file.seek(at)
            if inner == b"uuid" and file.read(_UUID_BYTES) == _CANON:
                for kind, a, b in boxes(file, at + _UUID_BYTES, stop):
                    if kind in kinds:
                        yield kinds[kind], io.BytesIO(content(file, a, b))


def heif(file: Seekable, size: int) -> Iterator[Found]:
    """HEIC and AVIF: the `meta` box says which item is EXIF (or XMP) and where its bytes are.

    Raises:
        DamagedError: there is no such box.
    """
    for kind, start, end in boxes(file, 0, size):
        if kind == b"meta":
            yield from _items(file, content(file, start, end), start)
            return
    raise DamagedError("its table of contents is missing")


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
    places = [(wanted[item], extents) for item, extents in _item_places(iloc, idat) if item in wanted]
    for kind_of_item, extents in sorted(places, key=lambda place: place[0]):  # exif before xmp
        body = _joined(file, extents)
        yield kind_of_item, io.BytesIO(_tiff(body) if kind_of_item == "exif" else body)


def _tiff(body: bytes) -> bytes:
    """The TIFF block of an Exif item: after an offset of four bytes, which some writers leave out or get wrong."""
    block = body[4 + uint(body[:4]) :]
    if block[:2] in (b"II", b"MM"):
        return block
    found = [at for at in (body.find(b"II*\0", 0, 64), body.find(b"MM\0*", 0, 64)) if at >= 0]
    return body[min(found) :] if found else block


def _item_kinds(meta: bytes, start: int, end: int) -> dict[int, str]:
    kinds: dict[int, str] = {}
    first = start + 4 + (2 if meta[start] == 0 else 4)
    for _, at, stop in boxes(io.BytesIO(meta), first, end):
        version = meta[at]
        if version < 2:
            continue
        width = 2 if version == 2 else 4
        item, kind = uint(meta[at + 4 : at + 4 + width]), meta[at + 6 + width : at + 10 + width]
        if kind == b"Exif":
            kinds[item] = "exif"
        elif kind == b"mime" and b"application/rdf+xml" in meta[at:stop]:
            kinds[item] = "xmp"
    return kinds


def _joined(file: Seekable, extents: list[tuple[int, int]]) -> bytes:
    body = b""
    for offset, length in extents:
        file.seek(offset)
        body += file.read(min(length, LARGEST_BLOCK - len(body)))
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
    for _ in range(min(uint(take.read(wide_id)), MOST_BOXES)):
        item = uint(take.read(wide_id))
        method = uint(take.read(2)) & 15 if version else 0
        take.read(2)
        base = uint(take.read(wide_base)) + (idat if method == 1 else 0)
        extents = []
        for _ in range(min(uint(take.read(2)), 100)):
            take.read(wide_index)
            offset = uint(take.read(wide_offset))
            extents.append((base + offset, uint(take.read(wide_length))))
        yield item, extents
