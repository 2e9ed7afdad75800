"""The log of edits by itself: what undo and redo do next, what an edit may say, and of which leg or stop it says it."""

from __future__ import annotations

from typing import Any

import pytest

from connector.trace.changes import change_legs, change_stops
from connector.trace.clean import sightings
from connector.trace.edits import BadEdit, Edit, Exclude, Logged, Revert, StopEdit, Via, from_json
from connector.trace.stops import places
from connector.trace.undo import Steps, steps
from tests.trace.written import photo, place


def _log(*edits: Edit) -> list[Logged]:
    return [Logged(seq=n, edit=edit) for n, edit in enumerate(edits, 1)]


def test_a_new_edit_forgets_what_could_be_redone() -> None:
    undone = [Exclude(asset="a"), Exclude(asset="b"), Revert(seq=2)]

    assert steps(_log(*undone)) == Steps(undo=1, redo=3)
    assert steps(_log(*undone, Revert(seq=3))) == Steps(undo=2, redo=None)
    assert steps(_log(*undone, Exclude(asset="c"))) == Steps(undo=4, redo=None)


def test_of_merge_and_split_the_last_word_counts() -> None:
    merge, split = StopEdit(anchor_asset="a", merge=True), StopEdit(anchor_asset="a", split=True)
    found = [change_stops(_log(*edits)) for edits in ((merge, split), (split, merge))]

    assert [(each.merge, each.split) for each in found] == [(set(), {"a"}), ({"a"}, set())]


@pytest.mark.parametrize(("after_s", "leg"), [(300, 0), (900, 1)])
def test_a_point_on_a_leg_that_a_new_photo_parts_lies_on_the_nearer_part(after_s: float, leg: int) -> None:
    fixes = [photo(f"p{n}", n * 600, place(n * 600)) for n in range(3)]
    lat, lon = place(after_s)
    via = Via(after_asset="p0", before_asset="p2", lat=lat, lon=lon)
    changes, lost = change_legs(_log(via), places(sightings(fixes)), {"p0": 0, "p1": 1, "p2": 2})

    assert ({n for n, change in changes.items() if change.vias}, lost) == ({leg}, ())


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"kind": "stop", "anchor_asset": "a", "name": "x" * 501}, "name must be a text of at most 500 characters"),
        ({"kind": "exclude", "asset": "x" * 501}, "asset must be a text"),
        ({"kind": "clock", "camera": "A", "seconds": True}, "seconds must be a number"),
        ({"kind": "clock", "camera": "A", "seconds": 2e9}, "seconds must be a number"),
        ({"kind": "revert", "seq": True}, "seq must be a whole number"),
    ],
)
def test_what_an_edit_cannot_say(said: dict[str, Any], wrong: str) -> None:
    with pytest.raises(BadEdit, match=wrong):
        from_json(said)
