"""Metadata over a network: few requests, few bytes, and never the picture."""

from __future__ import annotations

import random
from statistics import median, quantiles

import pytest

from tests.metadata import made
from tests.metadata.made import Disk

MB = 1_000_000
MOV_PLACE = made.keys(location_ISO6709="+47.1410+009.5215+460.000/")

CR3_BLOCKS = (made.tiff(exif={}), made.tiff({}, exif={}), made.tiff(made.gps(), exif={}))


def _block(padding: int) -> bytes:
    return made.tiff(place=made.timed_gps(), padding=padding)


#: kind -> (share of a mixed library, the file at a size, most requests)
KINDS = {
    "jpeg": (30, lambda n: made.jpeg(made.exif_segment(_block(12_000)), picture=n), 1),
    "jpeg, large thumbnail": (10, lambda n: made.jpeg(made.exif_segment(_block(48_000)), picture=n), 1),
    "jpeg, no place": (10, lambda n: made.jpeg(made.exif_segment(made.tiff(padding=9000)), picture=n), 1),
    "jpeg, two large xmp first": (
        2,
        lambda n: made.jpeg(
            made.xmp_segment(made.xmp() + bytes(60_000)),
            made.xmp_segment(made.xmp() + bytes(60_000)),
            made.exif_segment(_block(12_000)),
            picture=n,
        ),
        3,
    ),
    "jpeg, megabytes of depth map": (
        3,
        lambda n: made.jpeg(
            made.exif_segment(made.tiff(padding=9000)),
            *[made.segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0" + bytes(65_000))] * (n // 70_000),
        ),
        1,
    ),
    "heic, exif last": (15, lambda n: made.heif(_block(4000), picture=n), 2),
    "heic, exif first": (5, lambda n: made.heif(_block(4000), picture=n, front=True), 1),
    "avif": (3, lambda n: made.heif(_block(400), brand=b"avif", picture=n), 2),
    "png, eXIf first": (3, lambda n: made.png([made.chunk(b"eXIf", _block(400))], picture=n), 1),
    "png, eXIf last": (3, lambda n: made.png((), [made.chunk(b"eXIf", _block(400))], picture=n), 2),
    "webp": (5, lambda n: made.webp((b"EXIF", _block(400)), picture=n), 2),
    "webp, xmp as well": (1, lambda n: made.webp((b"EXIF", _block(400)), (b"XMP ", made.xmp()), picture=n), 2),
    "tiff, directory last": (2, lambda n: made.tiff(place=made.timed_gps(), at_the_end=n), 2),
    "dng": (5, lambda n: _block(30_000) + bytes(n), 1),
    "cr3": (2, lambda n: made.cr3(*CR3_BLOCKS, picture=n), 1),
    "raf": (1, lambda n: made.raf(made.jpeg(made.exif_segment(_block(20_000))), picture=n), 1),
    "mp4, header last": (5, lambda n: made.mp4(made.box(b"trak", bytes(40_000)), MOV_PLACE, picture=n), 2),
    "mov, long header last": (1, lambda n: made.mp4(made.box(b"trak", bytes(400_000)), MOV_PLACE, picture=n), 3),
    "mp4, header first": (4, lambda n: made.mp4(made.box(b"trak", bytes(40_000)), MOV_PLACE, picture=n, first=True), 1),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_requests_for_one_file(kind: str) -> None:
    _, make, most = KINDS[kind]
    disk = Disk(make(5 * MB))
    fix = disk.fix()

    assert disk.requests <= most
    assert disk.bytes < 0.06 * 5 * MB
    assert (fix.lat is not None) is not kind.endswith(("no place", "depth map")), fix.problem


def test_a_mixed_library_costs_little() -> None:
    """Median 1 request, 95 % at most 2, none over 4, under 3 % of the bytes."""
    rng = random.Random(7)
    requests, read, stored = [], 0, 0
    for share, make, _ in KINDS.values():
        for _ in range(share):
            data = make(rng.randint(3 * MB, 8 * MB))
            disk = Disk(data)
            disk.fix()
            requests.append(disk.requests)
            read, stored = read + disk.bytes, stored + len(data)

    assert median(requests) == 1
    assert quantiles(requests, n=20)[-1] <= 2
    assert max(requests) <= 4
    assert read < 0.03 * stored


def test_a_sidecar_is_one_request_more() -> None:
    disk = Disk(made.jpeg(made.exif_segment(made.tiff()), picture=MB), made.PLACE_IN_XMP)

    assert disk.fix().lat == pytest.approx(made.LAT)
    assert disk.requests == 2


def test_a_file_that_sends_its_reader_round_is_given_up() -> None:
    far = b"".join(made.box(b"free", bytes(70_000)) for _ in range(60))
    disk = Disk(made.box(b"ftyp", b"heic", bytes(4)) + far + made.heif(_block(0))[20:])
    fix = disk.fix()

    assert disk.requests <= 8
    assert fix.problem is not None
    assert "scattered" in fix.problem
