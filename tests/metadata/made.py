"""Files that cameras might have written: every byte of their metadata is chosen by the test."""

from __future__ import annotations

import io
import random
import struct
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from PIL import Image

from adapters.library import Asset
from connector.metadata.fix import Fix
from connector.metadata.read import describe

LAT, LON = 47.141, 9.5215
ALTITUDE_M = 460.0
Value = str | bytes | int | Sequence[tuple[int, int]]
Ifd = Mapping[int, Value]

MAKE, MODEL, ORIENTATION, DATE, EXIF_IFD, GPS_IFD = 0x010F, 0x0110, 0x0112, 0x0132, 0x8769, 0x8825
ORIGINAL, DIGITIZED, OFFSET, SUBSEC = 0x9003, 0x9004, 0x9011, 0x9291
LAT_REF, LATITUDE, LON_REF, LONGITUDE, ALT_REF, ALTITUDE, GPS_TIME, GPS_DATE = 1, 2, 3, 4, 5, 6, 7, 29


def dms(degrees: float) -> list[tuple[int, int]]:
    """Degrees, minutes and ten-thousandths of seconds as rationals."""
    value = abs(degrees)
    whole, minutes = int(value), int(value * 60) % 60
    seconds = round((value * 3600 - whole * 3600 - minutes * 60) * 10_000)
    return [(whole, 1), (minutes, 1), (seconds, 10_000)]


def gps(lat: float = LAT, lon: float = LON, **more: Value) -> dict[int, Value]:
    """A GPS directory; ``more`` by the names of this module's constants."""
    tags: dict[int, Value] = {
        LAT_REF: "S" if lat < 0 else "N",
        LATITUDE: dms(lat),
        LON_REF: "W" if lon < 0 else "E",
        LONGITUDE: dms(lon),
        ALT_REF: b"\0",
        ALTITUDE: [(int(ALTITUDE_M * 10), 10)],
    }
    return tags | {globals()[name]: value for name, value in more.items()}


def timed_gps(lat: float = LAT, lon: float = LON) -> dict[int, Value]:
    """A GPS directory with the receiver's own time, 07:30 UTC."""
    return gps(lat, lon, GPS_DATE="2024:06:14", GPS_TIME=[(7, 1), (30, 1), (0, 1)])


def tiff(
    main: Ifd | None = None,
    exif: Ifd | None = None,
    place: Ifd | None = None,
    *,
    order: str = "<",
    magic: bytes | None = None,
    padding: int = 0,
    at_the_end: int = 0,
) -> bytes:
    """A TIFF block. ``padding``: bytes of a maker's note. ``at_the_end``: picture bytes before the directories."""
    main = {MAKE: "Kodak", MODEL: "Brownie", ORIENTATION: 6} if main is None else main
    exif = {ORIGINAL: "2024:06:14 09:30:00"} if exif is None else exif
    if padding:
        exif = {**exif, 0x927C: random.Random(1).randbytes(padding)}
    start = magic or (b"II*\0" if order == "<" else b"MM\0*")
    out = bytearray(start + struct.pack(order + "I", 8 + at_the_end) + bytes(at_the_end))
    pointers = {tag: 0 for tag, ifd in ((EXIF_IFD, exif), (GPS_IFD, place)) if ifd}
    _put(out, {**main, **pointers}, order)
    for tag, ifd in ((EXIF_IFD, exif), (GPS_IFD, place)):
        if ifd:
            _point(out, 8 + at_the_end, tag, len(out), order)
            _put(out, ifd, order)
    return bytes(out)


def _put(out: bytearray, ifd: Ifd, order: str) -> None:
    at, heap = len(out), bytearray()
    after = at + 2 + 12 * len(ifd) + 4
    entries = b""
    for tag, value in sorted(ifd.items()):
        kind, count, data = _field(value, order)
        if len(data) > 4:
            entries += struct.pack(order + "HHII", tag, kind, count, after + len(heap))
            heap += data + b"\0" * (len(data) % 2)
        else:
            entries += struct.pack(order + "HHI", tag, kind, count) + data.ljust(4, b"\0")
    out += struct.pack(order + "H", len(ifd)) + entries + bytes(4) + heap


def _field(value: Value, order: str) -> tuple[int, int, bytes]:
    if isinstance(value, str):
        text = value.encode() + b"\0"
        return 2, len(text), text
    if isinstance(value, bytes):
        return (1, 1, value) if len(value) == 1 else (7, len(value), value)
    if isinstance(value, int):
        return (3, 1, struct.pack(order + "H", value)) if value < 65536 else (4, 1, struct.pack(order + "I", value))
    signed = any(part < 0 for pair in value for part in pair)
    data = b"".join(struct.pack(order + ("ii" if signed else "II"), *pair) for pair in value)
    return (10 if signed else 5), len(value), data


def _point(out: bytearray, ifd: int, wanted: int, target: int, order: str) -> None:
    for n in range(struct.unpack_from(order + "H", out, ifd)[0]):
        entry = ifd + 2 + 12 * n
        if struct.unpack_from(order + "H", out, entry)[0] == wanted:
            struct.pack_into(order + "HII", out, entry + 2, 4, 1, target)


def photo(**more: Value) -> bytes:
    """The TIFF block of an ordinary photo with a place and GPS time."""
    return tiff(place=timed_gps() | {globals()[name]: value for name, value in more.items()})


def xmp(*attributes: str) -> bytes:
    """An XMP packet with these attributes on its description."""
    names = (
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:exif="http://ns.adobe.com/exif/1.0/" '
        'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:tiff="http://ns.adobe.com/tiff/1.0/" '
        'xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/"'
    )
    return (
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF {names}><rdf:Description rdf:about="" {" ".join(attributes)}/>'
        "</rdf:RDF></x:xmpmeta>"
    ).encode()


PLACE_IN_XMP = xmp('exif:GPSLatitude="47,8.46N"', 'exif:GPSLongitude="9,31.29E"')


def segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def exif_segment(block: bytes) -> bytes:
    return segment(0xE1, b"Exif\0\0" + block)


def xmp_segment(packet: bytes) -> bytes:
    return segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + packet)


def jpeg(*segments: bytes, picture: int = 2000) -> bytes:
    """A JPEG of which only the header is sound; ``picture``: bytes behind it."""
    return b"\xff\xd8" + b"".join(segments) + segment(0xDA, bytes(10)) + bytes(picture) + b"\xff\xd9"


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(before: Sequence[bytes] = (), after: Sequence[bytes] = (), *, picture: int = 2000) -> bytes:
    """A PNG with chunks before and after a picture of that many bytes, in chunks of 8 kB."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    noise = random.Random(2).randbytes(min(picture, 8192))
    data = [chunk(b"IDAT", noise)] * max(1, picture // 8192)
    return b"\x89PNG\r\n\x1a\n" + b"".join([header, *before, *data, *after, chunk(b"IEND", b"")])


def webp(*chunks: tuple[bytes, bytes], picture: int = 2000) -> bytes:
    parts = [(b"VP8X", b"\x0c" + bytes(9)), (b"VP8 ", bytes(picture)), *chunks]
    body = b"".join(k + struct.pack("<I", len(d)) + d + b"\0" * (len(d) % 2) for k, d in parts)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I", len(body) + 8) + kind + body


def heif(
    block: bytes, *, brand: bytes = b"heic", picture: int = 2000, front: bool = False, prefix: bytes = bytes(4)
) -> bytes:
    """A HEIC whose one item is the EXIF, before or behind the picture's bytes."""
    item = prefix + block
    entry = box(b"infe", b"\2\0\0\0", struct.pack(">HH", 1, 0), b"Exif", b"\0")
    iinf = box(b"iinf", bytes(4), struct.pack(">H", 1), entry)

    def meta(offset: int) -> bytes:
        iloc = box(b"iloc", bytes(4), b"\x44\x00", struct.pack(">HHHHII", 1, 1, 0, 1, offset, len(item)))
        return box(b"meta", bytes(4), box(b"hdlr", bytes(8), b"pict", bytes(12)), iinf, iloc)

    ftyp = box(b"ftyp", brand, bytes(4), b"mif1", brand)
    start = len(ftyp) + len(meta(0)) + 8
    body = item + bytes(picture) if front else bytes(picture) + item
    return ftyp + meta(start if front else start + picture) + box(b"mdat", body)


def mp4(*in_moov: bytes, brand: bytes = b"qt  ", picture: int = 2000, first: bool = False, created: int = 0) -> bytes:
    """A movie whose header stands first or, as cameras write it, last."""
    moov = box(b"moov", box(b"mvhd", bytes(4), struct.pack(">II", created, created), bytes(88)), *in_moov)
    ftyp, mdat = box(b"ftyp", brand, bytes(4), brand), box(b"mdat", bytes(picture))
    return ftyp + (moov + mdat if first else mdat + moov)


def keys(**said: str) -> bytes:
    """Apple's `meta` box; names as in ``location_ISO6709``."""
    names = ["com.apple.quicktime." + name.replace("_", ".") for name in said]
    entries = b"".join(box(b"mdta", name.encode()) for name in names)
    listed = b"".join(
        box(struct.pack(">I", n), box(b"data", struct.pack(">II", 1, 0), text.encode()))
        for n, text in enumerate(said.values(), 1)
    )
    hdlr = box(b"hdlr", bytes(8), b"mdta", bytes(12))
    return box(b"meta", hdlr, box(b"keys", bytes(4), struct.pack(">I", len(names)), entries), box(b"ilst", listed))


def user_data(**said: str) -> bytes:
    """`udta` with texts as Android and cameras write them: ``xyz`` is ``©xyz``."""
    atoms = [
        box(b"\xa9" + name.encode(), struct.pack(">HH", len(text.encode()), 0x15C7), text.encode())
        for name, text in said.items()
    ]
    return box(b"udta", *atoms)


def cr3(main: bytes, exif: bytes, place: bytes, *, picture: int = 2000) -> bytes:
    canon = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
    blocks = box(b"CMT1", main) + box(b"CMT2", exif) + box(b"CMT3", bytes(900)) + box(b"CMT4", place)
    moov = box(b"moov", box(b"uuid", canon, box(b"CNCV", bytes(30)), blocks), box(b"mvhd", bytes(100)))
    return box(b"ftyp", b"crx ", bytes(4), b"crx isom") + moov + box(b"mdat", bytes(picture))


def raf(inside: bytes, *, picture: int = 2000) -> bytes:
    head = b"FUJIFILMCCD-RAW 0201FF383501X-T3".ljust(84, b"\0") + struct.pack(">II", 148, len(inside))
    return head.ljust(148, b"\0") + inside + bytes(picture)


def mrw(block: bytes, *, picture: int = 2000) -> bytes:
    blocks = b"\0PRD" + struct.pack(">I", 24) + bytes(24) + b"\0TTW" + struct.pack(">I", len(block)) + block
    return b"\0MRM" + struct.pack(">I", len(blocks)) + blocks + bytes(picture)


def drawn(size: int = 64) -> Image.Image:
    """A picture that no encoder makes small."""
    noise = random.Random(3).randbytes(size * size * 3)
    return Image.frombytes("RGB", (size, size), noise)


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


class Disk:
    """A library that hands out one file (and its sidecar) and counts what was asked of it."""

    def __init__(self, data: bytes, sidecar: bytes | None = None) -> None:
        self._files = {"photo": data, "sidecar": sidecar or b""}
        self.requests = 0
        self.bytes = 0
        self.asset = asset("photo", len(data))
        if sidecar is not None:
            self.asset = replace(self.asset, sidecar=asset("sidecar", len(sidecar)))

    def read(self, wanted: Asset, start: int, length: int) -> bytes:
        data = self._files[wanted.where][start : start + length]
        self.requests += 1
        self.bytes += len(data)
        return data

    def fix(self) -> Fix:
        return describe(self.asset, self.read)


def asset(where: str, size: int) -> Asset:
    return Asset(id=where, where=where, version="1", name=where, media_type="image/jpeg", size=size)


def fix_of(data: bytes, sidecar: bytes | None = None) -> Fix:
    """What is understood of a file with these bytes."""
    return Disk(data, sidecar).fix()


Make = Callable[[], bytes]
