"""Recordings: every format is read, what is broken says so in one sentence, what is hostile is refused in time."""

from __future__ import annotations

import gzip
import io
import json
import math
import re
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.trace.model import Mode
from connector.trace.recordings import BadRecordingError, Recording, read_recording
from connector.trace.recordings.stretches import stretches
from connector.trace.shape import distance_m
from tests.trace import written
from tests.trace.written import FORMATS, LAT, LON, START, At, gpx, place, walk

POINTS = walk(20)


def _read(data: bytes) -> Recording:
    return read_recording("a file", io.BytesIO(data))


def _why(data: bytes) -> str:
    with pytest.raises(BadRecordingError) as caught:
        _read(data)
    return str(caught.value)


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_says_where_somebody_was(kind: str) -> None:
    found = stretches(_read(FORMATS[kind](POINTS)))

    assert len(found) == 1
    assert (found[0].start, found[0].end) == (START.timestamp(), START.timestamp() + 1200)
    assert len(found[0].t) == len(POINTS)
    assert distance_m(found[0].at(START.timestamp() + 333), place(333)) < 1


@pytest.mark.parametrize(
    ("data", "mode"),
    [
        (gpx(POINTS, kind="cycling"), Mode.BICYCLE),
        (gpx(POINTS), None),
        (written.tcx(POINTS), Mode.WALK),
        (written.fit(POINTS), Mode.BICYCLE),
    ],
)
def test_what_the_device_was_told(data: bytes, mode: Mode | None) -> None:
    assert _read(data).tracks[0].mode is mode


def test_moves_of_a_timeline() -> None:
    found = _read(written.timeline_of_android(POINTS))

    assert [move.mode for move in found.moves] == [Mode.BICYCLE]
    assert found.remark == "1 point of a very vague place left out"


def test_altitudes_are_kept_where_there_are_some() -> None:
    assert stretches(_read(gpx(POINTS)))[0].altitude_m(START.timestamp()) == 450
    assert stretches(_read(written.fit(POINTS)))[0].altitude_m(START.timestamp()) is None


def test_a_file_that_breaks_off_is_used_to_there() -> None:
    found = _read(gpx(POINTS)[:-2000])

    assert 80 < len(found) < len(POINTS)
    assert found.remark is not None
    assert f"the {len(found)} points before that are used" in found.remark


@pytest.mark.parametrize("kind", FORMATS)
def test_cut_off_anywhere_it_is_used_or_refused_in_one_sentence(kind: str) -> None:
    whole = FORMATS[kind](POINTS)
    for length in range(0, len(whole), max(1, len(whole) // 40)):
        try:
            said = _read(whole[:length]).remark or "complete enough"
        except BadRecordingError as error:
            said = str(error)
        assert len(said) > 10
        assert "\n" not in said


@settings(max_examples=300)
@given(st.sampled_from(sorted(FORMATS)), st.lists(st.tuples(st.integers(0, 3000), st.binary(max_size=5)), max_size=5))
def test_overwritten_anywhere(kind: str, changes: list[tuple[int, bytes]]) -> None:
    data = bytearray(FORMATS[kind](POINTS))
    for at, what in changes:
        data[at : at + len(what)] = what
    try:
        for each in stretches(_read(bytes(data))):
            assert all(math.isfinite(v) for pair in each.places for v in pair)
            assert all(a < b for a, b in zip(each.t, each.t[1:], strict=False))
    except BadRecordingError:
        pass  # refused in one sentence, which is the other right answer


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "the file is empty"),
        (b"hello", "it is no recording that can be read here (GPX, TCX, FIT, KML, GeoJSON, Google Timeline)"),
        (b"<html><body>Sign in</body></html>", "it is no recording that can be read here"),
        (gpx([]), "it has no points"),
        (
            gpx(POINTS).replace(b"<time>", b"<tyme>").replace(b"</time>", b"</tyme>"),
            "121 points, but does not say when",
        ),
        (gpx(POINTS).replace(b' lon="', b' long="'), "121 points, but no possible place"),
        (gpx(POINTS).replace(b'lat="47', b'lat="NaN" x="'), "but no possible place"),
        (gpx(POINTS).replace(b"2024-", b"1901-"), "does not say when"),
        (gpx(POINTS).replace(b"trkpt", b"wpt"), "it has only way points or a planned route, and no track"),
        (gpx(POINTS).replace(b"trkseg", b"rte").replace(b"trkpt", b"rtept"), "it has only way points or a planned"),
        (b'{"type": "FeatureCollection", "features": []}', "it has no points"),
        (b'{"type": "Topology"', "it is no sound JSON"),
        (b"PK\x03\x04 not really", "it is a damaged KMZ or ZIP file (BadZipFile)"),
        (written.fit(POINTS)[:40], "the file is damaged"),
    ],
)
def test_one_clear_sentence(data: bytes, why: str) -> None:
    assert why in _why(data)


@pytest.mark.parametrize(("at", "what"), [(0, b"\x0f"), (0, b"\x0d"), (4, b"\x01\x00\x00\x00"), (14, b"\xff" * 9)])
def test_a_fit_file_whose_header_lies(at: int, what: bytes) -> None:
    data = bytearray(written.fit(POINTS))
    data[at : at + len(what)] = what
    try:
        said = _read(bytes(data)).remark or "complete enough"
    except BadRecordingError as error:
        said = str(error)

    assert said.startswith(("complete enough", "the file is damaged", "it has no points"))


@pytest.mark.parametrize("add", [1, 0x7000, 0x7FFF0000])
def test_a_kmz_that_lies_about_where_its_files_are(add: int) -> None:
    data = bytearray(FORMATS["KMZ"](POINTS))
    at = data.rindex(b"PK\x05\x06") + 16
    data[at : at + 4] = (int.from_bytes(data[at : at + 4], "little") + add).to_bytes(4, "little")

    assert "it is a damaged KMZ" in _why(bytes(data))


def test_a_device_that_knows_no_place_now_and_then_loses_nothing_else() -> None:
    found = _read(written.fit(POINTS, lost=range(0, 121, 3)))

    assert (len(found), found.remark) == (80, None)


def test_a_halted_timer_parts_the_file_and_not_the_way() -> None:
    later = [(t + 1500 * (t > 600), lat, lon) for t, lat, lon in POINTS]
    found = _read(written.fit(later, pauses=[61]))

    assert [len(each) for each in found.tracks] == [61, 60]
    assert [len(each.t) for each in stretches(found)] == [121]


def test_whoever_went_on_elsewhere_after_a_pause_went_a_way_that_nobody_recorded() -> None:
    later = [(t + 1500 * (t > 600), lat + 0.05 * (t > 600), lon) for t, lat, lon in POINTS]

    assert [len(each.t) for each in stretches(_read(written.fit(later, pauses=[61])))] == [61, 60]


@pytest.mark.parametrize(
    "data",
    [
        written.fit(POINTS, lost=range(121)),
        written.tcx(POINTS).replace(b"itudeDegrees>", b"itude>"),
    ],
)
def test_an_hour_indoors(data: bytes) -> None:
    assert re.fullmatch("it has 12[12] points, but none says where it was recorded", _why(data))


@pytest.mark.parametrize("height", ["-32768", "65535", "20000.0", "NaN", "", "1e300"])
def test_what_devices_write_for_a_height_they_do_not_know(height: str) -> None:
    found = stretches(_read(gpx(POINTS).replace(b"<ele>450.0", b"<ele>" + height.encode())))[0]

    assert found.altitude_m(START.timestamp()) is None


@pytest.mark.parametrize("height", [-430.0, 0.0, 8848.0, 12500.0])
def test_shores_summits_and_flights(height: float) -> None:
    assert stretches(_read(gpx(POINTS, altitude_m=height)))[0].altitude_m(START.timestamp()) == height


# how files are written


def _said_in(encoding: str, start: bytes = b"") -> bytes:
    text = (
        gpx(POINTS)
        .decode()
        .replace("<name>walk", "<name>Gr\u00fc\u00df Gott")
        .replace("?>", f" encoding='{encoding}'?>")
    )
    return start + text.encode(encoding)


@pytest.mark.parametrize(
    "data",
    [
        _said_in("utf-8"),
        _said_in("utf-8", b"\xef\xbb\xbf"),
        _said_in("utf-8", b"\n "),
        _said_in("utf-16"),
        _said_in("iso-8859-1"),
        _said_in("windows-1252"),
        gpx(POINTS).replace(b"gpx ", b"g:gpx xmlns:g='urn:g' ").replace(b"/gpx", b"/g:gpx"),
        gpx(POINTS).replace(b"<gpx", b"<!-- " + b"by hand " * 2000 + b"--><gpx"),
        gpx(POINTS).replace(b"<gpx", b"<!DOCTYPE gpx SYSTEM 'gpx.dtd'><gpx"),
    ],
)
def test_encodings_and_what_comes_before_the_root(data: bytes) -> None:
    assert (len(_read(data)), _read(data).remark) == (121, None)


@pytest.mark.parametrize("encoding", ["gb2312", "shift_jis", "klingon"])
def test_an_encoding_that_cannot_be_read_is_named(encoding: str) -> None:
    data = gpx(POINTS).replace(b"?>", f" encoding='{encoding}'?>".encode())

    assert _why(data) == "its text is in an encoding that cannot be read; save it as UTF-8"


def test_a_page_that_talks_of_recordings_is_none() -> None:
    assert "it is no recording" in _why(b"<!DOCTYPE html><html><!-- <gpx> --><body>Sign in</body></html>")


def test_no_beginning_takes_long() -> None:
    began = time.process_time()
    for begin in (b"<!--x-->" * 8000, b"<!DOCTYPE a [" + b"]" * 60_000, b"<?x?>" * 12_000, b"<!-- " * 12_000):
        assert "it is no recording" in _why(begin)

    assert time.process_time() - began < 2


def test_what_is_no_json_is_said_in_one_line() -> None:
    data = written.geojson(POINTS).replace(b'"type"', b'"na\xefve": 0, "type"', 1)

    assert _why(data) == "it is no sound JSON (lexical error: invalid bytes in UTF8 string.)"


# packed


def _zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in files.items():
            packed.writestr(re.sub(r"(?<=\w)_(?=\w+$)", ".", name), data)
    return out.getvalue()


@pytest.mark.parametrize("kind", sorted(FORMATS.keys() - {"KMZ"}))
def test_every_format_may_be_packed(kind: str) -> None:
    assert len(_read(gzip.compress(FORMATS[kind](POINTS)))) == len(_read(FORMATS[kind](POINTS)))


@pytest.mark.parametrize("name", ["a_fit", "a_gpx", "a_tcx", "a_geojson", "Records_json"])
def test_what_sites_hand_out_as_zip(name: str) -> None:
    of = {"fit": written.fit, "gpx": gpx, "tcx": written.tcx, "geojson": written.geojson, "json": written.records}
    data = of[name.partition("_")[2]](POINTS)

    assert len(_read(_zipped(readme_txt=b"hello", **{name: data}))) == 121


@pytest.mark.parametrize("name", ["walk.gpx", "doc.kml"])
def test_what_macos_packs_beside_a_file_is_no_recording(name: str) -> None:
    data = {"gpx": gpx, "kml": written.kml}[name[-3:]](POINTS)

    assert len(_read(_zipped(**{f"__MACOSX/._{name}": b"\0\5\x16\7", name: data}))) == 121


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (_zipped(a_gpx=gpx(POINTS), b_fit=written.fit(POINTS)), "it is a ZIP file of 2 recordings; unpack it and take"),
        (_zipped(readme_txt=b"hello"), "it is a ZIP file without a recording in it"),
        (b"\x1f\x8b\x08 not really", "it is a damaged GZIP file (error)"),
        (gzip.compress(b"hello"), "it is no recording that can be read here"),
        (gzip.compress(gzip.compress(gpx(POINTS))), "it is no recording that can be read here"),
    ],
    ids=["two", "none", "damaged", "of no kind", "packed twice"],  # what is packed has the time in it
)
def test_packed_files_of_no_use(data: bytes, why: str) -> None:
    assert why in _why(data)


def test_a_packed_file_that_breaks_off_is_used_to_there() -> None:
    packed = gzip.compress(gpx(POINTS))
    found = _read(packed[: len(packed) // 2])

    assert 20 < len(found) < 121
    assert f"the {len(found)} points before that are used" in (found.remark or "")


def test_gzip_that_unfolds_to_gigabytes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connector.trace.recordings.read.MOST_BYTES", 2**20)

    assert _why(gzip.compress(b"<gpx>" + b" " * 50 * 2**20)) == "unpacked it is larger than 1 MB"


# what files leave open


def test_times_without_a_zone_are_taken_for_utc_and_that_is_said() -> None:
    found = _read(gpx(POINTS).replace(b"Z</time>", b"</time>"))

    assert stretches(found)[0].start == START.timestamp()
    assert found.remark == "its times name no time zone and are taken for UTC"


def test_a_value_of_an_extension_is_not_that_of_the_point() -> None:
    theirs = b"<extensions><x:time xmlns:x='urn:x'>1999-01-01T00:00:00Z</x:time></extensions><ele>"
    found = stretches(_read(gpx(POINTS).replace(b"<ele>", theirs)))

    assert found[0].start == START.timestamp()


def _gx(when: Sequence[At], coord: Sequence[At]) -> str:
    times = "".join(f"<when>{written.iso(t)}</when>" for t, _, _ in when)
    places = "".join(f"<gx:coord>{lon:.7f} {lat:.7f} 450</gx:coord>" for _, lat, lon in coord)
    return f"<gx:Track>{times}{places}</gx:Track>"


def _kml(inside: str) -> bytes:
    spaces = 'xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2"'
    return f"<kml {spaces}><Document><Placemark>{inside}</Placemark></Document></kml>".encode()


def test_times_of_one_track_never_pass_to_the_next() -> None:
    both = _gx(POINTS[:50], POINTS[:40]) + _gx(POINTS[50:], POINTS[50:])
    found = _read(_kml(f"<gx:MultiTrack>{both}</gx:MultiTrack>"))

    assert [len(each) for each in found.tracks] == [40, 71]
    assert found.tracks[1].t[0] == START.timestamp() + 500
    assert found.remark == "10 points without a possible place left out"


def test_a_track_without_times() -> None:
    assert _why(_kml(_gx([], POINTS))) == "it has 121 points, but does not say when it was recorded"


def test_a_track_with_fewer_times_than_places() -> None:
    assert _read(_kml(_gx(POINTS[:100], POINTS))).remark == "21 points without a time left out"


def test_the_time_of_a_view_is_not_that_of_the_way() -> None:
    view = (
        "<LookAt><gx:TimeSpan><begin>2020-01-01T00:00:00Z</begin><end>2020-01-02T00:00:00Z</end></gx:TimeSpan></LookAt>"
    )
    line = " ".join(f"{lon},{lat},0" for _, lat, lon in POINTS)
    data = _kml(f"{view}<LineString><coordinates>{line}</coordinates></LineString>")

    assert "but does not say when" in _why(data)


def _visit(hours: float, level: object, at: str) -> dict[str, object]:
    visit = {"hierarchyLevel": level, "topCandidate": {"placeLocation": at}}
    return {"startTime": written.iso(0), "endTime": written.iso(hours * 3600), "visit": visit}


@pytest.mark.parametrize("at", ["geo:47.140000,9.520000", {"latLng": "47.1400000\u00b0, 9.5200000\u00b0"}])
def test_a_visit_of_hours_is_one_stretch(at: Any) -> None:
    found = stretches(_read(json.dumps([_visit(7.5, "0", at)]).encode()))

    assert [(each.start, each.end) for each in found] == [(START.timestamp(), START.timestamp() + 7.5 * 3600)]
    assert set(found[0].places) == {(47.14, 9.52)}


_SPAN = "<TimeSpan><begin>2024-06-14T07:00:00Z</begin><end>2024-06-14T07:20:00Z</end></TimeSpan>"


def _kml_of(*geometries: str, after: str = "") -> bytes:
    """A placemark of these coordinates that says when and how somebody went."""
    lines = "".join(f"<LineString><coordinates>{each}</coordinates></LineString>" for each in geometries)
    mark = f"<Placemark><name>Driving</name>{_SPAN}<MultiGeometry>{lines}</MultiGeometry></Placemark>"
    return f"<kml><Document><Folder>{mark}</Folder>{after}</Document></kml>".encode()


def test_what_a_folder_says_is_not_of_the_placemark_before_it() -> None:
    folder = f"<Folder><name>Walking</name>{_SPAN.replace('2024', '2020')}</Folder>"
    found = _read(_kml_of("9.52,47.14 9.52,47.15 9.53,47.15", after=folder))

    assert [track.mode for track in found.tracks] == [Mode.CAR]
    assert list(found.tracks[0].t) == [START.timestamp() + after_s for after_s in (0, 600, 1200)]


@pytest.mark.parametrize("label", [(), ("9.52,47.14",)])
def test_a_way_drawn_in_several_lines_is_read_whole(label: tuple[str, ...]) -> None:
    found = _read(_kml_of("9.52,47.14 9.52,47.15", "9.52,47.15 9.53,47.15", *label))

    assert list(found.tracks[0].lat) == [47.14, 47.15, 47.15, 47.15]
    assert found.tracks[0].t[-1] == START.timestamp() + 1200


def test_records_south_and_west_that_lost_their_sign() -> None:
    at = {"latitudeE7": 2**32 - 338568000, "longitudeE7": 2**32 - 706483000, "timestamp": written.iso(0)}
    found = _read(json.dumps({"locations": [at]}).encode())

    assert (found.tracks[0].lat[0], found.tracks[0].lon[0]) == (-33.8568, -70.6483)


@pytest.mark.parametrize("empty", [None, "", "morning"])
def test_a_point_whose_first_name_for_its_time_is_empty(empty: str | None) -> None:
    said = {"time": empty, "timestamp": written.iso(0)}
    at = {"type": "Feature", "geometry": {"type": "Point", "coordinates": [9.52, 47.14]}, "properties": said}

    assert _read(json.dumps(at).encode()).tracks[0].t[0] == START.timestamp()


def test_a_visit_of_an_older_timeline() -> None:
    stamps = {
        f"{name}TimestampMs": str(int((START.timestamp() + t) * 1000)) for name, t in (("start", 0), ("end", 9000))
    }
    visit = {"location": {"latitudeE7": 471400000, "longitudeE7": 95200000}, "duration": stamps}
    found = stretches(_read(json.dumps({"timelineObjects": [{"placeVisit": visit}]}).encode()))

    assert [(each.start, each.end) for each in found] == [(START.timestamp(), START.timestamp() + 9000)]
    assert set(found[0].places) == {(47.14, 9.52)}


def test_times_with_slashes() -> None:
    found = _read(written.geojson(POINTS).replace(b"2024-06-14T", b"2024/06/14 ").replace(b'Z"', b'+00"'))

    assert (len(found), found.remark) == (121, None)


@pytest.mark.parametrize("first", [5e8, 9e10, 1e17, 1e300])
def test_numbers_that_are_no_possible_time(first: float) -> None:
    line = {"type": "LineString", "coordinates": [[lon, lat] for _, lat, lon in POINTS]}
    times = [first + n * 60_000 for n in range(len(POINTS))]
    data = json.dumps({"type": "Feature", "properties": {"times": times}, "geometry": line}).encode()

    assert _why(data) == "it has 121 points, but does not say when it was recorded"


@pytest.mark.parametrize("utc", [b"z", b" UTC", b"GMT"])
def test_utc_by_other_names(utc: bytes) -> None:
    found = _read(gpx(POINTS).replace(b"Z</time>", utc + b"</time>"))

    assert (stretches(found)[0].start, len(found), found.remark) == (START.timestamp(), 121, None)


def test_a_track_across_a_leap_second_loses_no_point() -> None:
    times = [f"2016-12-31T23:59:{second}.5Z" for second in (58, 59, 60)] + ["2017-01-01T00:00:00.5Z"]
    body = "".join(f'<trkpt lat="47.1{n}" lon="9.5"><time>{t}</time></trkpt>' for n, t in enumerate(times))
    found = _read(f"<gpx><trk><trkseg>{body}</trkseg></trk></gpx>".encode())

    assert (len(found), found.remark) == (4, None)
    assert list(found.tracks[0].t) == sorted(found.tracks[0].t)


@pytest.mark.parametrize("level", [1, "1"])
def test_a_visit_within_another_is_left_to_it(level: object) -> None:
    mall, shop = _visit(2, 0, "geo:47.14,9.52"), _visit(1, level, "geo:47.145,9.52")

    assert set(stretches(_read(json.dumps([shop, mall]).encode()))[0].places) == {(47.14, 9.52)}


def test_entities_are_refused() -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE gpx [<!ENTITY a "aaaaaaaaaa">' + b"".join(
        b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
    )

    assert "entities" in _why(bomb + b"]><gpx><trk><name>&j;</name></trk></gpx>")


def test_elements_within_elements_are_refused() -> None:
    assert "without end" in _why(b"<gpx>" + b"<a>" * 100_000)


def test_a_point_of_a_million_parts_is_refused() -> None:
    began = time.process_time()

    assert "without end" in _why(b'<gpx><trk><trkseg><trkpt lat="47" lon="9">' + b"<x/>" * 1_000_000)
    assert time.process_time() - began < 5


def test_values_within_values_are_refused() -> None:
    began = time.process_time()

    assert "it has values within values" in _why(b'{"features": [' + b"[" * 100_000)
    assert time.process_time() - began < 5


def test_more_points_than_anybody_walks_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connector.trace.recordings.recording.MOST_POINTS", 100)

    assert _why(gpx(POINTS)) == "it has more than 100 points; cut it into parts"


def test_a_file_that_is_too_large_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connector.trace.recordings.read.MOST_BYTES", 2 * 2**20)

    assert _why(b"<gpx>" + b" " * 3 * 2**20) == "it is 3 MB large; more than 2 MB are not read"


def test_a_packed_file_that_unfolds_to_gigabytes_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connector.trace.recordings.read.MOST_BYTES", 2**20)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("doc.kml", b"<kml>" + b" " * 50 * 2**20)

    assert _why(out.getvalue()) == "unpacked it is larger than 1 MB"


def test_memory_stays_small_over_a_large_file() -> None:
    """What is read is dropped: the elements of a file are never in memory together."""
    tracemalloc = pytest.importorskip("tracemalloc")
    data = io.BytesIO(gpx(walk(20_000 / 6)))
    tracemalloc.start()
    found = read_recording("long.gpx", data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert len(found) == 20_001
    assert peak < 1.5 * 2**20


# stretches


def _stretches(points: list[written.At]) -> list[list[float]]:
    return [[t - START.timestamp() for t in each.t] for each in stretches(written.recording(points))]


def test_a_point_that_leaps_away_and_back_is_left_out() -> None:
    points = walk(5)
    points[12] = (points[12][0], points[12][1] + 0.02, points[12][2])

    assert _stretches(points) == [[t for n, (t, _, _) in enumerate(points) if n != 12]]


def test_time_that_runs_backwards_is_put_in_order() -> None:
    points = walk(5)
    late = [*points[:10], *points[20:], *points[10:20]]

    assert _stretches(late) == [[t for t, _, _ in points]]


def test_a_point_of_another_year_is_left_out() -> None:
    points = walk(5)

    assert _stretches([(-5e7, *points[0][1:]), *points]) == [[t for t, _, _ in points]]


def test_how_exact_a_device_is() -> None:
    def error_m(points: list[At]) -> float:
        (found,) = stretches(written.recording(points))
        return found.error_m()

    shaken = [(t, lat + (n % 2) * 4e-4, lon) for n, (t, lat, lon) in enumerate(walk(20))]
    still = [(t, LAT, LON) for t, _, _ in walk(20)]

    assert error_m(still) == 0
    assert error_m(walk(20, step_s=1)) < error_m(walk(20, step_s=60)) / 5
    assert error_m(shaken) > 20
    assert error_m(walk(9, step_s=540)) > 300


def test_a_long_silence_ends_a_stretch() -> None:
    points = walk(5)
    morning = [(t + 12 * 3600, lat, lon) for t, lat, lon in points]

    assert [len(each) for each in _stretches(points + morning)] == [len(points), len(points)]


def test_a_short_pause_does_not() -> None:
    points = walk(5)
    after = [(t + 1500, lat, lon) for t, lat, lon in walk(5)]
    there = points[-1][1] - after[0][1]
    moved = [(t, lat + there, lon) for t, lat, lon in after]

    assert len(_stretches(points + moved)) == 1


def test_a_day_of_every_second_takes_a_moment() -> None:
    day = [(float(t), LAT + 0.02 * math.sin(t / 5000), LON + 0.02 * math.cos(t / 3000)) for t in range(86_400)]
    data = gpx(day)
    began = time.process_time()
    found = stretches(_read(data))

    assert [len(each.t) for each in found] == [86_400]
    assert found[0].error_m() < 1
    assert time.process_time() - began < 15


def test_the_way_over_the_date_line_is_short() -> None:
    points = [(float(n * 60), -17.0, 179.9 + n * 0.05 - (360 if n > 1 else 0)) for n in range(5)]
    found = stretches(written.recording(points))[0]

    assert abs(found.at(START.timestamp() + 90)[1]) == pytest.approx(179.975, abs=1e-6)


@pytest.mark.shared
def test_every_real_track_is_read_or_refused_in_one_sentence(shared: Path) -> None:
    refused = {}
    files = [each for each in sorted((shared / "tracks").rglob("*.*")) if each.suffix != ".md"]
    for path in files:
        with path.open("rb") as data:
            try:
                assert stretches(read_recording(path.name, data)), path
            except BadRecordingError as error:
                refused[path.name] = str(error)

    assert len(files) == 21
    assert set(refused) == {
        "Mojstrovka.gpx",
        "track-with-extremes.gpx",
        "track_with_dilution_errors.gpx",
        "testFile4MissingData.gpx",
        "testFile7Empty.gpx",
    }
    assert all("\n" not in why and len(why) < 120 for why in refused.values())
