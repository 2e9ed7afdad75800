"""From a folder of photos to a trace and its corrections, by HTTP."""

from __future__ import annotations

from tests.web.conftest import Browser


def test_an_album_becomes_a_trace(anna: Browser, trace_id: str) -> None:
    found = anna.get(f"/traces/{trace_id}").json
    assert (found["state"], found["photos"], found["stops"]) == ("done", 6, 5)
    assert found["album_titles"] == ["walk"]
    assert anna.get("/traces").json == [found]
