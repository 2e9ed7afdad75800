"""Every kind of file that says where it was taken is understood, and nothing else is believed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.metadata import made
from tests.metadata.made import LAT, LON, fix_of

BLOCK = made.photo()
MODERN_BLOCK = made.tiff(place=made.timed_gps(), order=">")
HEX_PROFILE = b"\nexif\n%8d\n" % (len(BLOCK) + 6) + (b"Exif\0\0" + BLOCK).hex().encode()
CR3_BLOCKS = (
    made.tiff(exif={}),
    made.tiff({made.ORIGINAL: "2024:06:14 09:30:00", made.OFFSET: "+02:00"}, exif={}),
    made.tiff(made.timed_gps(), exif={}),
)


def _pillow_heif(kind: str) -> bytes:
    pillow_heif = pytest.importorskip("pillow_heif")
    pillow_heif.register_heif_opener()
    pillow_heif.register_avif_opener() if hasattr(pillow_heif, "register_avif_opener") else None
    return made.saved(made.drawn(), kind, exif=b"Exif\0\0" + BLOCK)


FILES: dict[str, made.Make] = {
    "jpeg": lambda: made.jpeg(made.exif_segment(BLOCK)),
    "jpeg, big-endian": lambda: made.jpeg(made.exif_segment(MODERN_BLOCK)),
    "jpeg, xmp before exif": lambda: made.jpeg(
        made.segment(0xE0, b"JFIF\0"), made.xmp_segment(made.xmp()), made.exif_segment(BLOCK)
    ),
    "jpeg, padding between segments": lambda: made.jpeg(b"\xff\xff" + made.exif_segment(BLOCK)),
    "jpeg, only xmp knows": lambda: made.jpeg(
        made.exif_segment(made.tiff()), made.xmp_segment(made.PLACE_IN_XMP)
    ),
    "jpeg by Pillow": lambda: made.saved(made.drawn(), "JPEG", exif=b"Exif\0\0" + BLOCK),
    "jpeg, a movie behind it": lambda: made.jpeg(made.exif_segment(BLOCK)) + made.mp4(),
    "png, eXIf first": lambda: made.png([made.chunk(b"eXIf", BLOCK)]),
    "png, eXIf last": lambda: made.png((), [made.chunk(b"eXIf", BLOCK)], picture=300_000),
    "png, xmp": lambda: made.png([made.chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + made.PLACE_IN_XMP)]),
    "png, packed xmp": lambda: made.png(
        [made.chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + made.zlib.compress(made.PLACE_IN_XMP))]
    ),
    "png, old profile": lambda: made.png(
        [made.chunk(b"zTXt", b"Raw profile type exif\0\0" + made.zlib.compress(HEX_PROFILE))]
    ),
    "png by Pillow": lambda: made.saved(made.drawn(), "PNG", exif=BLOCK),
    "webp to the standard": lambda: made.webp((b"EXIF", BLOCK)),
    "webp with a prefix": lambda: made.webp((b"EXIF", b"Exif\0\0" + BLOCK)),
    "webp, xmp": lambda: made.webp((b"XMP ", made.PLACE_IN_XMP)),
    "webp by Pillow": lambda: made.saved(made.drawn(), "WEBP", exif=b"Exif\0\0" + BLOCK),
    "heic": lambda: made.heif(BLOCK),
    "heic, exif in front": lambda: made.heif(BLOCK, front=True, prefix=b"\0\0\0\6Exif\0\0"),
    "heic, wrong offset": lambda: made.heif(BLOCK, prefix=b"\0\1\0\0"),
    "hif of a Canon": lambda: made.heif(BLOCK, brand=b"heix"),
    "a brand that only its list explains": lambda: made.heif(BLOCK, brand=b"xyzz"),
    "heic by pillow-heif": lambda: _pillow_heif("HEIF"),
    "avif": lambda: made.heif(BLOCK, brand=b"avif"),
    "avif by Pillow": lambda: made.saved(made.drawn(), "AVIF", exif=BLOCK),
    "jxl": lambda: made.box(b"JXL ", b"\r\n\x87\n") + made.box(b"Exif", bytes(4), BLOCK),
    "jp2": lambda: made.box(b"jP  ", b"\r\n\x87\n") + made.box(b"uuid", b"JpgTiffExif->JP2", BLOCK),
    "tiff": lambda: BLOCK + bytes(2000),
    "tiff, directory last": lambda: made.tiff(place=made.timed_gps(), at_the_end=300_000),
    "dng or nef or arw": lambda: made.tiff(place=made.timed_gps(), padding=40_000) + bytes(300_000),
    "dng, only xmp knows": lambda: made.tiff({made.MAKE: "Leica", 700: made.PLACE_IN_XMP}),
    "orf": lambda: made.tiff(place=made.timed_gps(), magic=b"IIRO") + bytes(2000),
    "rw2": lambda: made.tiff(place=made.timed_gps(), magic=b"IIU\0") + bytes(2000),
    "cr3": lambda: made.cr3(*CR3_BLOCKS),
    "raf": lambda: made.raf(made.jpeg(made.exif_segment(BLOCK))),
    "mrw": lambda: made.mrw(BLOCK),
    "mov, keys": lambda: made.mp4(made.keys(location_ISO6709="+47.1410+009.5215+460.000/")),
    "mp4, xyz": lambda: made.mp4(made.user_data(xyz="+47.1410+009.5215/"), brand=b"mp42"),
    "mp4, header first": lambda: made.mp4(made.user_data(xyz="+47.1410+009.5215/"), first=True),
    "mov, degrees and minutes": lambda: made.mp4(made.user_data(xyz="+4708.46+00931.29/")),
    "mov, xmp": lambda: made.mp4() + made.box(
        b"uuid", bytes.fromhex("be7acfcb97a942e89c71999491e3afac"), made.PLACE_IN_XMP
    ),
    "3gp, loci": lambda: made.mp4(made.box(b"udta", made.box(
        b"loci", bytes(6), b"home\0", b"\0", made.struct.pack(">iii", int(LON * 65536), int(LAT * 65536), 460 << 16)
    )), brand=b"3gp5"),
}  # fmt: skip


@pytest.mark.parametrize("kind", FILES)
def test_the_place_is_read(kind: str) -> None:
    fix = fix_of(FILES[kind]())

    assert fix.lat == pytest.approx(LAT, abs=1e-4), fix.problem
    assert fix.lon == pytest.approx(LON, abs=1e-4)


@pytest.mark.parametrize("kind", ["jpeg", "heic", "cr3", "raf", "tiff", "png, old profile", "webp to the standard"])
def test_everything_else_is_read_with_it(kind: str) -> None:
    fix = fix_of(FILES[kind]())

    assert (fix.camera, fix.orientation, fix.altitude_m) == ("Kodak Brownie", 6, pytest.approx(460))
    assert fix.instant == datetime(2024, 6, 14, 7, 30, tzinfo=UTC)
    assert fix.utc_offset_s == 7200


@pytest.mark.parametrize(
    ("lat", "lon"), [(-33.8568, 151.2153), (-33.8568, -70.6483), (64.1, -21.9), (-0.5, 0.25), (89.9, -179.9)]
)
def test_every_hemisphere(lat: float, lon: float) -> None:
    fix = fix_of(made.jpeg(made.exif_segment(made.tiff(place=made.gps(lat, lon)))))

    assert (fix.lat, fix.lon) == (pytest.approx(lat, abs=1e-6), pytest.approx(lon, abs=1e-6))


def _with(place: dict[int, made.Value]) -> bytes:
    return made.jpeg(made.exif_segment(made.tiff(place=place)))


NOWHERE = [(0, 1), (0, 1), (0, 1)]
BROKEN = [(0, 0), (0, 0), (0, 0)]
UNUSABLE: dict[str, dict[int, made.Value]] = {
    "null island": made.gps(0.0, 0.0),
    "0/0": made.gps() | {made.LATITUDE: BROKEN, made.LONGITUDE: BROKEN},
    "0/0 in the latitude alone": made.gps() | {made.LATITUDE: BROKEN},
    "no longitude": {k: v for k, v in made.gps().items() if k != made.LONGITUDE},
    "no hemispheres": {k: v for k, v in made.gps().items() if k not in (made.LAT_REF, made.LON_REF)},
    "no east or west": {k: v for k, v in made.gps().items() if k != made.LON_REF},
    "beyond the pole": made.gps() | {made.LATITUDE: [(91, 1), (0, 1), (5, 1)]},
    "beyond the date line": made.gps() | {made.LONGITUDE: [(181, 1), (0, 1), (5, 1)]},
    "seconds without their divisor": made.gps() | {made.LATITUDE: [(47, 1), (8, 1), (2760, 1)]},
    "a word for a hemisphere": made.gps() | {made.LAT_REF: "?"},
    "empty": made.gps() | {made.LATITUDE: b"", made.LONGITUDE: b""},
}


@pytest.mark.parametrize("case", UNUSABLE)
def test_no_position_is_invented(case: str) -> None:
    fix = fix_of(_with(UNUSABLE[case]))

    assert (fix.lat, fix.lon, fix.altitude_m) == (None, None, None)
    assert fix.wall is not None, "the rest of the photo is still read"


ODD_BUT_TRUE: dict[str, tuple[dict[int, made.Value], float]] = {
    "decimal degrees": (made.gps() | {made.LATITUDE: [(47_141, 1000)]}, 47.141),
    "degrees and decimal minutes": (made.gps() | {made.LATITUDE: [(47, 1), (846, 100)]}, 47.141),
    "decimal minutes, seconds 0/0": (made.gps() | {made.LATITUDE: [(47, 1), (846, 100), (0, 0)]}, 47.141),
    "sixty seconds": (made.gps() | {made.LATITUDE: [(47, 1), (8, 1), (60, 1)]}, 47.15),
    "signed degrees without hemispheres": (
        {made.LATITUDE: [(-33, 1), (-30, 1), (0, 1)], made.LONGITUDE: [(151, 1), (15, 1), (0, 1)]},
        -33.5,
    ),
    "south, and signed as well": (made.gps() | {made.LAT_REF: "S", made.LATITUDE: [(-33_500, 1000)]}, -33.5),
    "a whole word": (made.gps() | {made.LAT_REF: "North"}, 47.141),
}


@pytest.mark.parametrize("case", ODD_BUT_TRUE)
def test_odd_ways_to_write_a_position(case: str) -> None:
    place, lat = ODD_BUT_TRUE[case]

    assert fix_of(_with(place)).lat == pytest.approx(lat, abs=1e-5)


def test_below_the_sea() -> None:
    fix = fix_of(_with(made.gps() | {made.ALT_REF: b"\1", made.ALTITUDE: [(125, 10)]}))

    assert fix.altitude_m == -12.5


def test_accuracy_direction_and_speed() -> None:
    place = made.gps() | {0x1F: [(8, 1)], 0x11: [(2705, 10)], 0x10: "T", 0x0D: [(36, 1)], 0x0C: "K"}
    fix = fix_of(_with(place))

    assert (fix.accuracy_m, fix.direction_deg, fix.speed_mps) == (8.0, 270.5, pytest.approx(10.0))
