"""Finds the EXIF and XMP blocks of a picture without reading the picture.

Why not ExifRead alone: it misses EXIF behind XMP in JPEG, EXIF in WebP written to the standard, and HEIC with a
base offset; and over a network it asks a hundred times.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Iterator
from typing import Literal

from connector.metadata.blocks import Seekable
from connector.metadata.boxes import LARGEST_BLOCK, DamagedError, Found, cr3, flat, heif, uint

_MOST_SEGMENTS = 60
_MOST_CHUNKS = 400
_TAIL_BYTES = 32 * 1024
_EXIF_IN_JPEG = b"Exif\0\0"
_XMP_IN_JPEG = b"http://ns.adobe.com/xap/1.0/\0"
_MORE_XMP_IN_JPEG = b"http://ns.adobe.com/xmp/extension/\0"
_TIFF = (b"II*\0", b"MM\0*", b"IIRO", b"IIRS", b"MMOR", b"IIU\0")
_PICTURE_BRANDS = frozenset(
    b"mif1 mif2 mif3 msf1 miaf heic heix heim heis hevc hevx avif avis MiHB MiHA MiHE MiPr MA1A MA1B j2ki".split()
)
_MOVIE_ATOMS = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
HEAD_BYTES = 64


def metadata_blocks(file: Seekable, size: int) -> Iterator[Found]:
    """The blocks in the order they stand in the file, each found only when asked for.

    Raises:
        DamagedError: the file breaks off, or is no kind of picture that is known here.
    """
    file.seek(0)
    reader = _reader(file.read(HEAD_BYTES))
    if reader is None:
        raise DamagedError("it is no kind of photo or video that can be read here")
    yield from reader(file, size)


def is_movie(head: bytes) -> bool:
    """Whether the first ``HEAD_BYTES`` are those of a QuickTime or MP4 file (and not of HEIC, AVIF or CR3)."""
    if head[4:8] != b"ftyp":
        return head[4:8] in _MOVIE_ATOMS
    return head[8:12] != b"crx " and not _brands(head) & _PICTURE_BRANDS


def _brands(head: bytes) -> set[bytes]:
    end = min(len(head), uint(head[:4]))
    return {head[8:12], *(head[at : at + 4] for at in range(16, end, 4))}


def _reader(head: bytes) -> Callable[[Seekable, int], Iterator[Found]] | None:
    if head[4:8] == b"ftyp":
        return cr3 if head[8:12] == b"crx " else heif
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return _webp
    starts: list[tuple[bytes, Callable[[Seekable, int], Iterator[Found]]]] = [
        (b"\xff\xd8", _jpeg),
        (b"\x89PNG\r\n\x1a\n", _png),
        (b"\0\0\0\x0cJXL \r\n\x87\n", flat),
        (b"\0\0\0\x0cjP  \r\n\x87\n", flat),
        (b"FUJIFILMCCD-RAW", _raf),
        (b"\0MRM", _mrw),
        *((start, _tiff) for start in _TIFF),
        *((start, _nothing) for start in (b"\xff\x0a", b"GIF8", b"BM")),
    ]
    return next((reader for start, reader in starts if head.startswith(start)), None)


def _nothing(_file: Seekable, _size: int) -> Iterator[Found]:
    """A bare JPEG XL codestream, a GIF, a BMP: sound, and without place and time."""
    return iter(())


def _tiff(file: Seekable, _size: int) -> Iterator[Found]:
    """TIFF, DNG and most raw files are an EXIF block themselves, with the XMP packet in tag 700."""
    yield "exif", file
    packet = _xmp_tag(file)
    if packet:
        yield "xmp", io.BytesIO(packet)


def _xmp_tag(file: Seekable) -> bytes:
    file.seek(0)
    head = file.read(8)
    order: Literal["little", "big"] = "little" if head[:1] == b"I" else "big"
    file.seek(int.from_bytes(head[4:], order))
    for _ in range(min(int.from_bytes(file.read(2), order), 256)):
        entry = file.read(12)
        if int.from_bytes(entry[:2], order) == 700:
            length, start = int.from_bytes(entry[4:8], order), int.from_bytes(entry[8:], order)
            file.seek(start)
            return file.read(length) if 4 < length <= LARGEST_BLOCK else b""
    return b""


def _raf(file: Seekable, size: int) -> Iterator[Found]:
    """Fuji's raw file names the JPEG inside it, which holds the EXIF."""
    file.seek(84)
    return _segments(file, size, uint(file.read(4)))


def _mrw(file: Seekable, _size: int) -> Iterator[Found]:
    """Minolta's raw file: blocks of which one is TIFF."""
    file.seek(4)
    at, end = 8, 8 + uint(file.read(4))
    while at < end:
        file.seek(at)
        head = file.read(8)
        length = uint(head[4:])
        if head[:4] == b"\0TTW" and length <= LARGEST_BLOCK:
            yield "exif", io.BytesIO(file.read(length))
        at += 8 + length


def _jpeg(file: Seekable, size: int) -> Iterator[Found]:
    return _segments(file, size, 0)


def _segments(file: Seekable, size: int, first: int) -> Iterator[Found]:
    at, seen = first + 2, set[str]()
    for _ in range(_MOST_SEGMENTS):
        if at >= size:
            raise DamagedError("the file ends in the middle of its header")
        file.seek(at)
        head = file.read(4)
        if head[:2] == b"\xff\xff":  # padding
            at += 1
            continue
        if len(head) < 4 or head[0] != 0xFF:
            raise DamagedError("its header is broken")
        if head[1] in (0xDA, 0xD9):
            return
        length = uint(head[2:4])
        if head[1] == 0xE1:
            start = file.read(min(length - 2, len(_MORE_XMP_IN_JPEG)))
            if "exif" in seen and start == _MORE_XMP_IN_JPEG:
                return  # what follows are megabytes of depth maps
            found = _app1(start + file.read(max(0, length - 2 - len(start))))
            if found is not None:
                seen.add(found[0])
                yield found
        at += 2 + length


def _app1(body: bytes) -> Found | None:
    if body[:5] == _EXIF_IN_JPEG[:5]:
        return "exif", io.BytesIO(body[6:])
    if body.startswith(_XMP_IN_JPEG):
        return "xmp", io.BytesIO(body[len(_XMP_IN_JPEG) :])
    return None


def _png(file: Seekable, size: int) -> Iterator[Found]:
    at, tail_seen = 8, False
    for _ in range(_MOST_CHUNKS):
        file.seek(at)
        head = file.read(8)
        if len(head) < 8:
            raise DamagedError("the file ends before its last chunk")
        length, kind = uint(head[:4]), head[4:8]
        if kind == b"IEND":
            return
        if kind in (b"eXIf", b"iTXt", b"zTXt", b"tEXt") and length <= LARGEST_BLOCK:
            yield from _chunk(kind, file.read(length))
        if kind == b"IDAT" and not tail_seen:
            tail_seen = True
            at = _png_tail(file, size, at + 12 + length)
        else:
            at += 12 + length


def _chunk(kind: bytes, body: bytes) -> Iterator[Found]:
    name, _, rest = body.partition(b"\0")
    if kind == b"eXIf":
        yield "exif", io.BytesIO(body.removeprefix(_EXIF_IN_JPEG))
    elif kind == b"iTXt" and name == b"XML:com.adobe.xmp":
        # compressed or not, method, then language and translated keyword, each ended by a zero
        text = rest[2:].split(b"\0", 2)[-1]
        yield "xmp", io.BytesIO(_inflated(text) if rest[:1] == b"\1" else text)
    elif name.startswith(b"Raw profile type "):
        packed = _inflated(rest[1:]) if kind == b"zTXt" else rest
        yield from _raw_profile(name.removeprefix(b"Raw profile type "), packed)


def _raw_profile(name: bytes, text: bytes) -> Iterator[Found]:
    """ImageMagick's way before there was eXIf: a name, a length, then the block in hexadecimal."""
    try:
        block = bytes.fromhex("".join(text.decode("ascii").split()[2:]))
    except ValueError:
        return
    if name in (b"exif", b"APP1") and block.startswith(_EXIF_IN_JPEG):
        yield "exif", io.BytesIO(block[6:])
    elif name in (b"xmp", b"APP1") and b"<x:xmpmeta" in block:
        yield "xmp", io.BytesIO(block[block.index(b"<x:xmpmeta") :])


def _inflated(data: bytes) -> bytes:
    """At most ``LARGEST_BLOCK`` bytes; b"" for what is no zlib stream."""
    try:
        return zlib.decompressobj().decompress(data, LARGEST_BLOCK)
    except zlib.error:
        return b""


def _png_tail(file: Seekable, size: int, after: int) -> int:
    """Where to go on after the picture's first chunk: pictures have thousands of them, so look at the end."""
    start = max(after, size - _TAIL_BYTES)
    file.seek(start)
    tail = file.read(max(0, size - start))
    places = (n - 4 for name in (b"eXIf", b"iTXtXML:com.adobe.xmp", b"zTXtRaw profile") for n in _all(tail, name))
    sound = [n for n in places if n >= 0 and _ends_well(tail, n)]
    return start + min(sound) if sound else max(after, size - 12)


def _all(data: bytes, part: bytes) -> Iterator[int]:
    at = data.find(part)
    while at >= 0:
        yield at
        at = data.find(part, at + 1)


def _ends_well(tail: bytes, at: int) -> bool:
    """Whether the chunk at that place is followed by another one: the picture's own bytes may spell its name."""
    end = at + 12 + uint(tail[at : at + 4])
    return tail[end + 4 : end + 8].isalpha()


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
        if head[:4] == b"EXIF" and length <= LARGEST_BLOCK:
            yield "exif", io.BytesIO(file.read(length).removeprefix(_EXIF_IN_JPEG))
        elif head[:4] == b"XMP " and length <= LARGEST_BLOCK:
            yield "xmp", io.BytesIO(file.read(length))
        at += 8 + length + (length & 1)
