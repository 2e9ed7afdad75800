"""Corrections: written down or not at all, kept when the album grows, and never over somebody else's."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connector.actions import building, edits, scenes, traces
from connector.actions.errors import Invalid, NotFound, Stale
from connector.actions.held import Held
from connector.actions.people import Person
from connector.actions.services import Services
from connector.trace.model import How
from tests.tiny_network import crossing
from tests.web.album import BEGIN, write_photo


def key(services: Services, owner: Person, trace_id: str, n: int) -> str:
    return scenes.scene(services, owner, trace_id).photos[f"walk/IMG_{n:04}.jpg"].key


@pytest.fixture
def via(services: Services, anna: Person, trace_id: str) -> dict[str, Any]:
    """Between the second and the third photo the way went around by the north."""
    lat, lon = crossing(6, 2)
    ends = {"after_asset": key(services, anna, trace_id, 1), "before_asset": key(services, anna, trace_id, 2)}
    return {"kind": "via", "lat": lat, "lon": lon, **ends}


def test_a_via_changes_its_leg_and_nothing_else(
    services: Services, anna: Person, trace_id: str, via: dict[str, Any]
) -> None:
    before = scenes.scene(services, anna, trace_id).trace
    done = edits.edit(services, anna, trace_id, via, 1)
    after = scenes.scene(services, anna, trace_id).trace

    assert (done.version, done.steps.undo, done.steps.redo) == (2, 1, None)
    assert set(done.changed["legs"]) == {"1"}
    assert [n for n, (a, b) in enumerate(zip(before.legs, after.legs, strict=True)) if a.shapes != b.shapes] == [1]
    assert after.legs[1].distance_m > before.legs[1].distance_m + 300
    assert [v.seq for v in after.legs[1].vias] == [1]
    assert after.legs[1].how is How.ROUTED


def test_undo_and_redo(services: Services, anna: Person, trace_id: str, via: dict[str, Any]) -> None:
    plain = scenes.scene(services, anna, trace_id).trace
    edits.edit(services, anna, trace_id, via, 1)
    dragged = scenes.scene(services, anna, trace_id).trace
    assert edits.undo(services, anna, trace_id, 2).steps.redo is not None
    assert scenes.scene(services, anna, trace_id).trace == plain
    assert edits.redo(services, anna, trace_id, 3).version == 4
    assert scenes.scene(services, anna, trace_id).trace.legs[1].shapes == dragged.legs[1].shapes
    with pytest.raises(Invalid, match="nothing to redo"):
        edits.redo(services, anna, trace_id, 4)


def test_a_stale_version_changes_nothing(services: Services, anna: Person, trace_id: str, via: dict[str, Any]) -> None:
    edits.edit(services, anna, trace_id, via, 1)
    before = scenes.document(services, anna, trace_id)
    with pytest.raises(Stale) as caught:
        edits.edit(services, anna, trace_id, via, 1)
    assert caught.value.version == 2
    assert scenes.document(services, anna, trace_id) == before


def test_of_many_at_once_one_wins(services: Services, anna: Person, trace_id: str, via: dict[str, Any]) -> None:
    """Each as another process would: with builders of its own, so that only the database keeps them apart."""
    outcomes: list[str] = []

    def try_it() -> None:
        try:
            edits.edit(replace(services, held=Held()), anna, trace_id, via, 1)
            outcomes.append("made")
        except Stale:
            outcomes.append("stale")

    threads = [threading.Thread(target=try_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["made"] + ["stale"] * 5
    assert traces.trace(services, anna, trace_id).version == 2


def test_a_preview_writes_nothing(services: Services, anna: Person, trace_id: str, via: dict[str, Any]) -> None:
    before = scenes.document(services, anna, trace_id)
    shown = edits.preview(services, anna, trace_id, via).changed
    assert set(shown["legs"]) == {"1"}
    assert scenes.document(services, anna, trace_id) == before
    assert edits.edit(services, anna, trace_id, via, 1).changed == shown


def test_an_edit_outlives_the_album_growing(
    services: Services, anna: Person, trace_id: str, via: dict[str, Any], photos: Path
) -> None:
    edits.edit(services, anna, trace_id, via, 1)
    write_photo(photos / "walk" / "IMG_0050.jpg", crossing(2, 9), BEGIN.replace(hour=11))
    traces.again(services, anna, trace_id)
    trace = scenes.scene(services, anna, trace_id).trace
    assert sum(len(leg.vias) for leg in trace.legs) == 1
    assert len(trace.stops) == 6
    assert trace.not_applying == ()


def test_an_edit_whose_photo_is_gone_is_kept_and_listed(
    services: Services, anna: Person, trace_id: str, via: dict[str, Any], photos: Path
) -> None:
    edits.edit(services, anna, trace_id, via, 1)
    gone = photos / "walk" / "IMG_0002.jpg"
    content = gone.read_bytes()
    gone.unlink()
    traces.again(services, anna, trace_id)
    assert scenes.scene(services, anna, trace_id).trace.not_applying == (1,)
    gone.write_bytes(content)
    traces.again(services, anna, trace_id)
    assert scenes.scene(services, anna, trace_id).trace.not_applying == ()


def test_an_edit_made_while_the_album_is_traced_is_not_lost(
    services: Services, anna: Person, trace_id: str, via: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The job has read the log, somebody corrects, and only then the job writes."""
    real, once = building.log_of, []

    def slow(session: Any, of: str) -> Any:
        log = real(session, of)
        if not once:
            once.append(True)
            monkeypatch.setattr(building, "log_of", real)
            edits.edit(services, anna, trace_id, via, 1)
        return log

    monkeypatch.setattr(building, "log_of", slow)
    building.build_trace(services, trace_id)
    assert once
    assert [v.seq for leg in scenes.scene(services, anna, trace_id).trace.legs for v in leg.vias] == [1]
    assert traces.trace(services, anna, trace_id).version == 3


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"after_asset": "nobody"}, "there is no photo 'nobody' in this trace"),
        ({"lat": 91}, "lat must be a number from -90 to 90"),
        ({"kind": "tunnel"}, "there is no edit of kind 'tunnel'"),
        ({"colour": "red"}, "via does not take 'colour'"),
        ({"own_step": True}, "via does not take 'own_step'"),
        ({"kind": "moves", "moves": []}, "moves must be a list of 1 to 3,000 moves"),
        ({"kind": "moves", "moves": [7]}, "move 1 must have asset, lat and lon, and nothing else"),
        ({"kind": "moves", "moves": [{"asset": "nobody", "lat": 91, "lon": 9}]}, "there is no photo 'nobody'"),
        ({"kind": "moves", "moves": [{"asset": "nobody", "lat": 91, "lon": 9}]}, "move 1: lat must be a number"),
    ],
)
def test_an_edit_that_cannot_be(
    services: Services, anna: Person, trace_id: str, via: dict[str, Any], change: dict[str, Any], says: str
) -> None:
    with pytest.raises(Invalid, match=says):
        edits.edit(services, anna, trace_id, {**via, **change}, 1)
    assert traces.trace(services, anna, trace_id).version == 1


def test_several_photos_are_moved_in_one_step(services: Services, anna: Person, trace_id: str) -> None:
    before = scenes.document(services, anna, trace_id)
    keys = before["photos"]["key"][:2]
    moves = [{"asset": key, "lat": 48.001, "lon": (9.001, 9.002)[n]} for n, key in enumerate(keys)]
    done = edits.edit(services, anna, trace_id, {"kind": "moves", "moves": moves}, 1)
    assert (done.version, done.steps.undo) == (2, 1)
    fixes = {fix.asset_id: fix for fix in scenes.scene(services, anna, trace_id).trace.fixes}
    photos = scenes.scene(services, anna, trace_id).photos
    at = {photo.key: (fixes[asset].lat, fixes[asset].lon) for asset, photo in photos.items()}
    assert [at[key] for key in keys] == [(48.001, 9.001), (48.001, 9.002)]
    edits.undo(services, anna, trace_id, 2)
    assert scenes.document(services, anna, trace_id)["photos"] == before["photos"]


def test_what_is_taken_away_is_a_step_of_its_own(
    services: Services, anna: Person, trace_id: str, via: dict[str, Any]
) -> None:
    edits.edit(services, anna, trace_id, via, 1)
    with_via = scenes.document(services, anna, trace_id)["legs"]
    gone = edits.edit(services, anna, trace_id, {"kind": "revert", "seq": 1, "own_step": True}, 2)
    assert (gone.steps.undo, gone.steps.redo) == (2, None)
    assert scenes.document(services, anna, trace_id)["legs"]["vias"] == {}
    back = edits.undo(services, anna, trace_id, 3)
    assert scenes.document(services, anna, trace_id)["legs"] == with_via
    assert back.steps.undo == 1
    again = edits.redo(services, anna, trace_id, 4)
    assert again.steps.undo == 2
    assert scenes.document(services, anna, trace_id)["legs"]["vias"] == {}


def test_a_photo_that_was_left_out_is_named_and_comes_back(services: Services, anna: Person, trace_id: str) -> None:
    before = scenes.document(services, anna, trace_id)
    assert before["left_out"] == {}
    key = before["photos"]["key"][1]
    edits.edit(services, anna, trace_id, {"kind": "exclude", "asset": key}, 1)
    assert scenes.document(services, anna, trace_id)["left_out"] == {key: 1}
    back = edits.edit(services, anna, trace_id, {"kind": "revert", "seq": 1, "own_step": True}, 2)
    after = scenes.document(services, anna, trace_id)
    assert (after["left_out"], after["stops"], back.steps.undo) == ({}, before["stops"], 2)


def test_an_edit_that_fits_nothing_is_refused(
    services: Services, anna: Person, trace_id: str, via: dict[str, Any]
) -> None:
    backwards = {**via, "after_asset": via["before_asset"], "before_asset": via["after_asset"]}
    with pytest.raises(Invalid, match="fits nothing"):
        edits.edit(services, anna, trace_id, backwards, 1)
    with pytest.raises(Invalid, match="no edit number 7"):
        edits.edit(services, anna, trace_id, {"kind": "revert", "seq": 7}, 1)


def test_nobody_else_may(services: Services, trace_id: str, berta: Person, via: dict[str, Any]) -> None:
    for call in (edits.edit, edits.undo, edits.redo):
        with pytest.raises(NotFound):
            call(services, berta, trace_id, *([via] if call is edits.edit else []), 1)  # type: ignore[operator]
    with pytest.raises(NotFound):
        edits.preview(services, berta, trace_id, via)


def test_a_new_map_is_used_from_the_next_edit_on(
    services: Services, anna: Person, trace_id: str, via: dict[str, Any], tmp_path: Path
) -> None:
    without = replace(services, routers=type(services.routers)(tmp_path / "no maps", 1))
    shown = edits.preview(without, anna, trace_id, via).changed
    assert shown["legs"]["0"]["how"] == "direct"
    assert edits.preview(services, anna, trace_id, via).changed["legs"].keys() == {"1"}
