"""Files that are broken, cut off or made to break their reader: never an exception, always in bounded time."""

from __future__ import annotations

import struct
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.library import Asset, NotFound
from connector.metadata.clock import settle
from connector.metadata.read import describe, embedded_thumbnail
from tests.metadata import made
from tests.metadata.made import Disk, fix_of
from tests.metadata.test_places import FILES

PLAIN = {name: make for name, make in FILES.items() if "Pillow" not in name and "pillow" not in name}
WHOLE = {name: make() for name, make in PLAIN.items()}
SOUND = settings(max_examples=150)


def _is_sane(data: bytes) -> None:
    disk = Disk(data)
    fix = settle([disk.fix()])[0]
    assert (fix.lat is None) == (fix.lon is None)
    assert fix.lat is None or (-90 <= fix.lat <= 90 and -180 <= (fix.lon or 0) <= 180)
    assert disk.requests <= 8


@pytest.mark.parametrize("kind", PLAIN)
def test_cut_off_anywhere(kind: str) -> None:
    whole = WHOLE[kind]
    for length in sorted({*range(0, min(len(whole), 1200), 37), len(whole) // 2, len(whole) - 1}):
        _is_sane(whole[:length])


@pytest.mark.parametrize("subsec", ["²", "1½", "٣", ""])
def test_odd_fractions_of_a_second_lose_nothing_else(subsec: str) -> None:
    block = made.tiff(exif={made.ORIGINAL: "2024:06:14 09:30:00", made.SUBSEC: subsec}, place=made.gps())
    fix = fix_of(made.jpeg(made.exif_segment(block)))

    assert (fix.lat is None, fix.wall is None, fix.problem) == (False, False, None)


@SOUND
@given(st.sampled_from(sorted(PLAIN)), st.lists(st.tuples(st.integers(0, 1500), st.binary(max_size=6)), max_size=6))
def test_overwritten_anywhere(kind: str, changes: list[tuple[int, bytes]]) -> None:
    data = bytearray(WHOLE[kind])
    for at, with_what in changes:
        data[at : at + len(with_what)] = with_what
    _is_sane(bytes(data))


@SOUND
@given(
    st.sampled_from(
        [b"", b"\xff\xd8\xff\xe1", b"II*\0", b"\0\0\0\x18ftypheic", b"RIFF\0\0\0\0WEBPVP8X", b"<x:xmpmeta"]
    ),
    st.binary(max_size=3000),
)
def test_anything_at_all(start: bytes, rest: bytes) -> None:
    _is_sane(start + rest)


def test_a_truncated_jpeg_says_where_it_breaks_off() -> None:
    whole = made.jpeg(made.exif_segment(made.tiff()))

    assert fix_of(whole[:90]).problem == "the file ends in the middle of its header"


def test_a_truncated_jpeg_keeps_what_it_still_says() -> None:
    whole = made.jpeg(made.exif_segment(made.photo()), made.segment(0xE2, bytes(9000)))
    fix = fix_of(whole[: len(whole) - 8000])

    assert (fix.lat, fix.problem) == (pytest.approx(made.LAT, abs=1e-4), None)


@pytest.mark.parametrize("data", [b"GIF89a" + bytes(50), b"\xff\x0a" + bytes(50), made.saved(made.drawn(), "BMP")])
def test_a_sound_file_without_place_and_time_is_no_problem(data: bytes) -> None:
    assert fix_of(data).problem is None


@pytest.mark.parametrize("data", [b"hello world, this is text", b"%PDF-1.7" + bytes(99), bytes(500)])
def test_what_is_no_photo_is_named_so(data: bytes) -> None:
    assert fix_of(data).problem == "it is no kind of photo or video that can be read here"


def test_an_empty_file() -> None:
    assert fix_of(b"").problem == "the file is empty"


def test_directories_that_lead_round_in_circles_end() -> None:
    """Sixty thousand entries of a thousand numbers each: hours, if nobody stopped it."""
    entries = b"".join(struct.pack("<HHII", 0x9999, 1, 999, 8) for _ in range(60_000))
    block = b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", 60_000) + entries
    began = time.process_time()
    fix = fix_of(block)

    assert time.process_time() - began < 5
    assert fix.problem == "its EXIF sends its reader round in circles"


def test_a_packed_text_that_unfolds_to_gigabytes_ends() -> None:
    bomb = made.zlib.compress(bytes(200 * 2**20), 9)
    began = time.process_time()
    fix_of(made.png([made.chunk(b"zTXt", b"Raw profile type exif\0\0" + bomb)] * 3))

    assert time.process_time() - began < 5


def test_a_library_that_fails_is_not_a_broken_photo() -> None:
    def gone(_asset: Asset, _start: int, _length: int) -> bytes:
        raise NotFound("photo.jpg is gone")

    with pytest.raises(NotFound):
        describe(Disk(WHOLE["jpeg"]).asset, gone)


def test_the_small_picture_inside_is_found_without_reading_the_large_one() -> None:
    small = made.saved(made.drawn(16), "JPEG")
    block = _with_thumbnail(small)
    disk = Disk(made.jpeg(made.exif_segment(block), picture=500_000))

    assert embedded_thumbnail(disk.asset, disk.read) == small
    assert disk.requests == 1


def test_no_small_picture_is_none() -> None:
    disk = Disk(WHOLE["jpeg"])

    assert embedded_thumbnail(disk.asset, disk.read) is None


def _with_thumbnail(small: bytes) -> bytes:
    """A TIFF block whose second directory names a JPEG behind it."""
    first = struct.pack("<H", 1) + struct.pack("<HHII", made.ORIENTATION, 3, 1, 1)
    second_at = 8 + len(first) + 4
    data_at = second_at + 2 + 3 * 12 + 4
    second = struct.pack("<H", 3) + b"".join(
        struct.pack("<HHII", *entry) for entry in ((0x103, 3, 1, 6), (0x201, 4, 1, data_at), (0x202, 4, 1, len(small)))
    )
    return b"II*\0" + struct.pack("<I", 8) + first + struct.pack("<I", second_at) + second + bytes(4) + small
