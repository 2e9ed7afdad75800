"""What holds of every trace, whatever the photos, the recordings and the edits are."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connector.metadata.clock import settle
from connector.metadata.fix import Fix
from connector.routing.pool import Routers, open_routers
from connector.trace.build import Builder, build
from connector.trace.edits import (
    Clock,
    Edit,
    Exclude,
    Logged,
    MatchRecording,
    Move,
    MoveSeveral,
    Revert,
    Roads,
    SetMode,
    StopEdit,
    Via,
    from_json,
    to_json,
)
from connector.trace.geojson import feature_collection
from connector.trace.model import How, Mode, Trace
from connector.trace.recordings import Recording
from connector.trace.shape import decode, distance_m
from tests.trace.written import photo, recording

MANY = settings(max_examples=60)
FEW = settings(MANY, max_examples=25)


@pytest.fixture(scope="module")
def town(tiny_maps: Path) -> Iterator[Routers]:
    """The suite's own town: photos are in it, at its edge and far from it."""
    with open_routers(tiny_maps) as routers:
        yield routers


_lats = st.one_of(st.floats(47.995, 48.025), st.floats(-90, 90), st.sampled_from([90.0, -90.0, 0.0, 48.0]))
_lons = st.one_of(st.floats(8.995, 9.035), st.floats(-180, 180), st.sampled_from([180.0, -180.0, 179.9999, 9.0]))
_places = st.one_of(st.tuples(st.floats(47.999, 48.021), st.floats(8.999, 9.031)), st.tuples(_lats, _lons), st.none())


@st.composite
def albums(draw: st.DrawFn) -> list[Fix]:
    """Up to a dozen photos over a day or two; some without place, time, camera or either."""
    count = draw(st.integers(0, 12))
    fixes = []
    for n in range(count):
        after_s = draw(st.one_of(st.integers(0, 3600), st.integers(0, 200_000)))
        more = {
            "camera": draw(st.sampled_from([None, "A", "B"])),
            "accuracy_m": draw(st.sampled_from([None, 5.0, 80.0])),
            "speed_mps": draw(st.sampled_from([None, 0.0, 1.4, 16.0])),
        }
        if draw(st.integers(0, 9)) == 0:
            more["instant"] = None
        fixes.append(photo(f"p{n}", after_s, draw(_places), **more))
    return fixes


@st.composite
def edits(draw: st.DrawFn, ids: Sequence[str]) -> list[Edit]:
    """A few edits about these photos, and about one that is not there."""
    names = st.sampled_from([*ids, "gone"])
    lat, lon = st.floats(47.99, 48.03), st.floats(8.99, 9.04)
    kinds = st.one_of(
        st.builds(Via, after_asset=names, before_asset=names, lat=lat, lon=lon),
        st.builds(SetMode, after_asset=names, before_asset=names, mode=st.sampled_from([None, *Mode])),
        st.builds(Roads, after_asset=names, before_asset=names, follow=st.booleans()),
        st.builds(Exclude, asset=names),
        st.builds(Move, asset=names, lat=lat, lon=lon),
        st.builds(
            MoveSeveral,
            moves=st.lists(st.builds(Move, asset=names, lat=lat, lon=lon), min_size=1, max_size=3).map(tuple),
        ),
        st.builds(MatchRecording, recording=st.sampled_from(["walk.gpx", "gone.gpx"]), match=st.booleans()),
        st.builds(Clock, camera=st.sampled_from([None, "A", "B", "C"]), seconds=st.sampled_from([37.0, -3600.0])),
        st.builds(StopEdit, anchor_asset=names, split=st.booleans(), merge=st.booleans(), name=st.just("Home")),
    )
    return draw(st.lists(kinds, max_size=4))


def _log(wanted: Sequence[Edit]) -> list[Logged]:
    return [Logged(seq=n, edit=edit) for n, edit in enumerate(wanted, 1)]


def _bytes(trace: Trace) -> bytes:
    return json.dumps(feature_collection(trace), sort_keys=True).encode() + repr(trace).encode()


def _holds(trace: Trace, fixes: Sequence[Fix]) -> None:
    """The invariants of the model."""
    placed = [asset_id for stop in trace.stops for asset_id in stop.asset_ids]
    placed += [each.asset_id for each in (*trace.inferred, *trace.unplaced)]
    assert sorted(placed) == sorted(fix.asset_id for fix in fixes), "every photo is in exactly one"
    assert len(trace.legs) == max(0, len(trace.stops) - 1)
    assert all(a.start <= a.end <= b.start for a, b in itertools.pairwise(trace.stops))
    assert all(each.reason.strip() for each in trace.unplaced)
    for leg in trace.legs:
        _joins(trace, leg.index)
        assert 0 <= leg.confidence <= 1
        assert leg.duration_s >= 0
        assert leg.how is not How.DIRECT or leg.reason or leg.vias


def _joins(trace: Trace, n: int) -> None:
    leg = trace.legs[n]
    pieces = [decode(shape) for shape in leg.shapes]
    start, end = trace.stops[leg.from_stop], trace.stops[leg.to_stop]
    assert distance_m(pieces[0][0], (start.lat, start.lon)) < 1
    assert distance_m(pieces[-1][-1], (end.lat, end.lon)) < 1
    for piece in pieces:
        assert all(abs(lat) <= 90 and abs(lon) <= 180 for lat, lon in piece)
        assert all(abs(b[1] - a[1]) <= 180 for a, b in itertools.pairwise(piece)), "cut at the antimeridian"
    for before, after in itertools.pairwise(pieces):
        assert distance_m(before[-1], after[0]) < 1, "the pieces meet at 180 degrees"


@MANY
@given(albums())
def test_every_trace_is_whole(town: Routers, fixes: list[Fix]) -> None:
    _holds(build(settle(fixes), town), fixes)


@FEW
@given(st.data(), albums())
def test_every_edited_trace_is_whole(town: Routers, data: st.DataObject, fixes: list[Fix]) -> None:
    _holds(build(fixes, town, log=_log(data.draw(edits([f.asset_id for f in fixes])))), fixes)


@FEW
@given(st.data(), albums())
def test_several_moved_at_once_are_as_moved_one_by_one(town: Routers, data: st.DataObject, fixes: list[Fix]) -> None:
    names = st.sampled_from([*(fix.asset_id for fix in fixes), "gone"])
    move = st.builds(Move, asset=names, lat=st.floats(47.99, 48.03), lon=st.floats(8.99, 9.04))
    moves = data.draw(st.lists(move, min_size=1, max_size=5))
    at_once = build(fixes, town, log=_log([MoveSeveral(moves=tuple(moves))]))
    one_by_one = build(fixes, town, log=_log(moves))

    assert _bytes(replace(at_once, not_applying=())) == _bytes(replace(one_by_one, not_applying=()))
    assert bool(at_once.not_applying) == bool(one_by_one.not_applying)


@given(st.data())
def test_an_edit_comes_back_from_its_json(data: st.DataObject) -> None:
    for edit in data.draw(edits(["p0", "p1"])):
        assert from_json(json.loads(json.dumps(to_json(edit)))) == edit


@FEW
@given(albums(), st.integers(0, 3000), st.integers(2, 200))
def test_every_trace_with_a_recording_is_whole(town: Routers, fixes: list[Fix], start_s: int, points: int) -> None:
    _holds(build(fixes, town, recordings=[_through_town(start_s, points)]), fixes)


def _through_town(start_s: int, points: int) -> Recording:
    return recording([(start_s + n * 20.0, 48.0 + n * 1e-4, 9.0 + n * 5e-5) for n in range(points)])


@FEW
@given(st.data(), albums())
def test_undo_restores_the_bytes(town: Routers, data: st.DataObject, fixes: list[Fix]) -> None:
    wanted = data.draw(edits([f.asset_id for f in fixes]))
    builder = Builder(fixes, town)
    before = _bytes(builder.build())
    log = _log(wanted)
    done = _bytes(builder.build(log))
    undone = [*log, *(Logged(seq=len(log) + n, edit=Revert(seq=n)) for n in range(1, len(log) + 1))]
    redone = [*undone, *(Logged(seq=len(undone) + n, edit=Revert(seq=len(log) + n)) for n in range(1, len(log) + 1))]

    assert _bytes(builder.build(undone)) == before
    assert _bytes(builder.build(redone)) == done


@FEW
@given(st.data(), albums(), st.integers(0, 3000))
def test_a_rebuild_is_the_same(town: Routers, data: st.DataObject, fixes: list[Fix], start_s: int) -> None:
    """From nothing, from what a builder remembers, and with the photos in another order."""
    log, recordings = _log(data.draw(edits([f.asset_id for f in fixes]))), [_through_town(start_s, 50)]
    builder = Builder(fixes, town, recordings=recordings)
    builder.build()
    first = builder.build(log)
    again = build(fixes, town, log=log, recordings=recordings)
    shuffled = build(data.draw(st.permutations(fixes)), town, log=log, recordings=recordings)

    assert _bytes(again) == _bytes(first)
    assert (shuffled.stops, shuffled.legs) == (first.stops, first.legs)


@FEW
@given(st.data(), albums(), albums())
def test_edits_survive_other_photos_or_are_listed(
    town: Routers, data: st.DataObject, fixes: list[Fix], others: list[Fix]
) -> None:
    """Photos come and go; what an edit says still holds, or its number is listed."""
    names = [f.asset_id for f in fixes]
    log = _log(data.draw(edits(names)))
    stay = [fix for fix in fixes if data.draw(st.booleans())]
    came = [replace(fix, asset_id=f"new {fix.asset_id}") for fix in others]
    now = [*stay, *came]
    trace = build(now, town, log=log)
    there = {fix.asset_id for fix in now}

    _holds(trace, now)
    assert set(trace.not_applying) <= {entry.seq for entry in log}
    for entry in log:
        missing = [name for name in _named(entry.edit) if name not in there]
        assert not missing or entry.seq in trace.not_applying, entry


def _named(edit: Edit) -> list[str]:
    match edit:
        case Via() | SetMode() | Roads():
            return [edit.after_asset, edit.before_asset]
        case Exclude() | Move():
            return [edit.asset]
        case MoveSeveral():
            return [move.asset for move in edit.moves]
        case StopEdit():
            return [edit.anchor_asset]
    return []


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ((-17.0, 179.5), (-17.2, -179.4)),
        ((52.0, 179.99), (51.0, -179.99)),
        ((89.9, 0.0), (89.9, 180.0)),
        ((90.0, 0.0), (-90.0, 0.0)),
        ((0.0, 180.0), (0.0, -180.0)),
    ],
)
def test_date_line_and_poles(town: Routers, a: tuple[float, float], b: tuple[float, float]) -> None:
    fixes = [photo("a", 0, a), photo("b", 40_000, b)]
    trace = build(fixes, town)

    _holds(trace, fixes)
    if trace.legs:
        assert trace.legs[0].distance_m == pytest.approx(distance_m(a, b), rel=0.01, abs=1)
