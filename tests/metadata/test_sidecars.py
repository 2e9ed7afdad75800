"""XMP beside a photo: every program's way to write it, and what is wrong with some."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from connector.metadata.xmp import read_xmp
from tests.metadata import made
from tests.metadata.made import LAT, LON, fix_of

PHOTO = made.jpeg(made.exif_segment(made.tiff()))
LATITUDES = {
    "darktable": 'exif:GPSLatitude="47,8.460000N"',
    "Lightroom": 'exif:GPSLatitude="47,8.46N"',
    "seconds": 'exif:GPSLatitude="47,8,27.6N"',
    "small letter": 'exif:GPSLatitude="47,8.46n"',
    "decimal": 'exif:GPSLatitude="47.141"',
    "decimal with a letter": 'exif:GPSLatitude="47.141N"',
    "Apple Photos": 'exif:GPSLatitude="47.141" exif:GPSLatitudeRef="N"',
}


@pytest.mark.parametrize("program", LATITUDES)
def test_ways_to_write_a_latitude(program: str) -> None:
    fix = fix_of(PHOTO, made.xmp(LATITUDES[program], 'exif:GPSLongitude="9,31.29E"'))

    assert (fix.lat, fix.lon) == (pytest.approx(LAT, abs=1e-6), pytest.approx(LON, abs=1e-6))


def test_elements_instead_of_attributes() -> None:
    packet = made.xmp().replace(
        b"/></rdf:RDF>",
        b"><exif:GPSLatitude>33,51.4S</exif:GPSLatitude><exif:GPSLongitude>70,38.9W</exif:GPSLongitude>"
        b"</rdf:Description></rdf:RDF>",
    )

    assert fix_of(PHOTO, packet).lat == pytest.approx(-33.856667, abs=1e-6)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_encodings(encoding: str) -> None:
    assert read_xmp(made.PLACE_IN_XMP.decode().encode(encoding)).lat == pytest.approx(LAT)


def test_rubbish_behind_the_packet_is_ignored() -> None:
    assert read_xmp(made.PLACE_IN_XMP + b"\n<?xpacket end='w'?>\0\0\0 junk").lat == pytest.approx(LAT)


def test_the_place_of_a_picture_it_was_made_from_is_not_its_own() -> None:
    packet = made.xmp().replace(
        b"/></rdf:RDF>",
        b'><xmpMM:Pantry><rdf:Bag><rdf:li><rdf:Description exif:GPSLatitude="10,1.0N" exif:GPSLongitude="10,1.5E"/>'
        b"</rdf:li></rdf:Bag></xmpMM:Pantry></rdf:Description></rdf:RDF>",
    )

    assert read_xmp(packet).lat is None


@pytest.mark.parametrize(
    "attributes",
    [
        ('exif:GPSLatitude="NaN"', 'exif:GPSLongitude="NaN"'),
        ('exif:GPSLatitude="inf"', 'exif:GPSLongitude="9.5"'),
        ('exif:GPSLatitude="1e999"', 'exif:GPSLongitude="9.5"'),
        ('exif:GPSLatitude="91,8.46N"', 'exif:GPSLongitude="9,31.29E"'),
        ('exif:GPSLatitude="0,0.0N"', 'exif:GPSLongitude="0,0.0E"'),
        ('exif:GPSLatitude="47,8.46N"',),
        ('exif:GPSLatitude=""', 'exif:GPSLongitude=""'),
        ('exif:GPSLatitude="47,8.46X"', 'exif:GPSLongitude="9,31.29E"'),
    ],
)
def test_no_position_from_impossible_numbers(attributes: tuple[str, ...]) -> None:
    fix = fix_of(PHOTO, made.xmp(*attributes))

    assert (fix.lat, fix.lon, fix.altitude_m) == (None, None, None)


def test_not_a_number_stays_out_of_everything() -> None:
    said = read_xmp(
        made.xmp(
            'exif:GPSLatitude="47,8.46N"',
            'exif:GPSLongitude="9,31.29E"',
            'exif:GPSAltitude="nan"',
            'exif:GPSHPositioningError="nan"',
            'exif:GPSImgDirection="0/0"',
        )
    )

    assert (said.altitude_m, said.accuracy_m, said.direction_deg) == (None, None, None)


def test_the_sidecar_has_the_last_word_and_the_file_the_rest() -> None:
    packet = made.xmp('exif:GPSLatitude="47,8.46N"', 'exif:GPSLongitude="9,31.29E"', 'tiff:Orientation="3"')
    fix = fix_of(made.jpeg(made.exif_segment(made.tiff(place=made.gps(10.5, 20.5)))), packet)

    assert (fix.lat, fix.orientation, fix.camera) == (pytest.approx(LAT), 3, "Kodak Brownie")


@pytest.mark.parametrize(
    ("make", "model"), [("Canon", "Canon EOS R5"), ("CANON", "Canon EOS R5"), ("", "Canon EOS R5")]
)
def test_a_camera_has_one_name_whoever_tells_it(make: str, model: str) -> None:
    beside = fix_of(
        PHOTO, made.xmp(f'tiff:Make="{make}" tiff:Model="{model}" xmlns:tiff="http://ns.adobe.com/tiff/1.0/"')
    )
    within = fix_of(made.jpeg(made.exif_segment(made.tiff({made.MAKE: make, made.MODEL: model}))))
    movie = fix_of(made.mp4(made.user_data(mak=make, mod=model)))

    assert {each.camera for each in (beside, within, movie)} == {"Canon EOS R5"}


def test_an_offset_beside_another_time_is_not_taken() -> None:
    """A program that wrote its own time in UTC must not turn the camera's 09:30 into 09:30 UTC."""
    block = made.tiff(place=made.gps())
    fix = fix_of(
        made.jpeg(made.exif_segment(block), made.xmp_segment(made.xmp('exif:DateTimeOriginal="2024-06-14T07:30:00Z"')))
    )

    assert fix.instant is None
    assert fix.utc_offset_s is None


def test_an_offset_in_a_property_of_its_own() -> None:
    clock = 'exif:DateTimeOriginal="2024-06-14T09:30:00"', 'exif:OffsetTimeOriginal="+02:00"'

    assert fix_of(PHOTO, made.xmp(*clock)).instant == datetime(2024, 6, 14, 7, 30, tzinfo=UTC)
    assert read_xmp(made.xmp('photoshop:DateCreated="2024-06-14T09:30:00"', clock[1])).utc_offset_s is None


def test_an_offset_beside_the_same_time_is_taken() -> None:
    packet = made.xmp_segment(made.xmp('exif:DateTimeOriginal="2024-06-14T09:30:00+02:00"'))
    fix = fix_of(made.jpeg(made.exif_segment(made.tiff()), packet))

    assert fix.instant == datetime(2024, 6, 14, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        b"<x:xmpmeta",
        b"\xff\xfe<",
        b'<!DOCTYPE a [<!ENTITY b "c">]><x:xmpmeta xmlns:x="adobe:ns:meta/">&b;</x:xmpmeta>',
        b"<?xml version='1.0' encoding='no-such'?><a/>",
        b"\0" * 5000,
    ],
)
def test_a_broken_sidecar_leaves_the_photo_as_it_is(packet: bytes) -> None:
    fix = fix_of(made.jpeg(made.exif_segment(made.photo())), packet)

    assert fix.lat == pytest.approx(LAT, abs=1e-4)


def test_a_broken_sidecar_is_named_where_it_would_have_mattered() -> None:
    assert fix_of(PHOTO, b"<x:xmpmeta").problem == "its XMP is not sound XML (ParseError)"
