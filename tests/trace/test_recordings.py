"""Recordings: every format is read, what is broken says so in one sentence, what is hostile is refused in time."""

from __future__ import annotations

import io
import math
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.trace.model import Mode
from connector.trace.recordings import BadRecordingError, Recording, read_recording
from connector.trace.recordings.stretches import stretches
from connector.trace.shape import distance_m
from tests.trace import written
from tests.trace.written import FORMATS, START, gpx, place, walk

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
        (b'{"type": "FeatureCollection", "features": []}', "it has no points"),
        (b'{"type": "Topology"', "it is no sound JSON"),
        (b"PK\x03\x04 not really", "it is a damaged KMZ (BadZipFile)"),
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
