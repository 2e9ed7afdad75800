"""What goes back into the library, and what comes of recordings that lie in it: seen and decided on in the studio."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # it publishes no types
from playwright.sync_api import Page, expect

from tests.actions.test_watch import Immich
from tests.adapters.fake_immich import FakeImmich
from tests.adapters.servers import Misbehaving
from tests.adapters.servers import serving as serving_library
from tests.browser.conftest import Desk, make_trace, saving
from tests.trace.test_on_roads import walked
from tests.trace.written import START, gpx
from tests.web.album import write_photo

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def immich() -> Iterator[Immich]:
    """A library with three photos along the way, and between them one that does not say where it was taken."""
    server = FakeImmich("3.1.0")
    front = Misbehaving(server)
    with serving_library(front) as url:
        library = Immich(server, front, url)
        for n in range(4):
            library.add(n, read=n != 2)
        server.contents[server.named("IMG_0002.jpg")["id"]] = b"\xff\xd8\xff\xd9"
        yield library


@pytest.fixture
def of_immich(desk: Desk, immich: Immich) -> Iterator[str]:
    """The trace of its album."""
    made = desk.ask("POST", "/connections", {"name": "immich", "kind": immich.kind, "options": immich.options})
    (album,) = desk.ask("GET", f"/connections/{made['id']}/albums")
    trace = desk.ask("POST", "/traces", {"connection_id": made["id"], "albums": [album["id"]]})
    desk.service.queue.wait()
    yield str(trace["id"])
    desk.ask("DELETE", f"/connections/{made['id']}")


def photos_panel(desk: Desk, trace_id: str) -> Page:
    page = desk.open(f"/traces/{trace_id}")
    page.get_by_role("tab", name="Photos").click()
    return page


def place_of(immich: Immich, name: str) -> Any:
    """Where the library says that the photo was taken."""
    said = immich.server.named(name)["exifInfo"]
    return said.get("latitude"), said.get("longitude")


def test_positions_are_written_after_a_look_and_taken_back(desk: Desk, of_immich: str, immich: Immich) -> None:
    page = photos_panel(desk, of_immich)
    ours = page.get_by_role("region", name="Positions for the library")
    ours.get_by_role("button", name="See what would be written").click()
    expect(ours.get_by_role("status")).to_have_text("1 photo would get a position")
    expect(ours.locator(".loose")).to_contain_text("IMG_0002.jpg")
    assert place_of(immich, "IMG_0002.jpg") == (None, None), "a look writes nothing"
    assert Axe().run(page).violations_count == 0
    page.once("dialog", lambda asked: asked.dismiss())
    ours.get_by_role("button", name="Write 1 position").click()
    assert desk.ask("GET", f"/traces/{of_immich}/write-back/log") == [], (
        "a confirmation that was refused writes nothing"
    )

    asked: list[str] = []
    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
    ours.get_by_role("button", name="Write 1 position").focus()
    with page.expect_response("**/write-back") as answer:
        page.keyboard.press("Enter")
    assert answer.value.ok, answer.value.text()
    assert asked == ["Write the position of 1 photo into your library? It can be taken back here."]
    expect(page.get_by_text("1 position was written")).to_be_visible()
    assert place_of(immich, "IMG_0002.jpg") != (None, None)

    with page.expect_response("**/undo") as undone:
        ours.get_by_role("button", name="Take back what was written").click()
    assert undone.value.ok, undone.value.text()
    expect(ours.get_by_text("taken back")).to_be_visible()
    assert place_of(immich, "IMG_0002.jpg") == (0, 0), "by which an Immich is told that it is nowhere"
    assert desk.seen.errors == []


def test_a_photo_that_is_unticked_is_not_written(desk: Desk, of_immich: str) -> None:
    page = photos_panel(desk, of_immich)
    ours = page.get_by_role("region", name="Positions for the library")
    ours.get_by_role("button", name="See what would be written").click()
    ours.get_by_role("checkbox", name="Write the position of Photo").uncheck()
    expect(ours.get_by_role("button", name="Write 0 positions")).to_be_disabled()


def test_a_library_that_takes_nothing_says_so_and_offers_sidecars(desk: Desk, guessed_id: str) -> None:
    page = photos_panel(desk, guessed_id)
    ours = page.get_by_role("region", name="Positions for the library")
    ours.get_by_role("button", name="See what would be written").click()
    expect(ours.get_by_role("alert")).to_contain_text("takes no positions")
    expect(ours.get_by_role("button", name="Write")).to_have_count(0)
    with page.expect_download() as sidecars:
        ours.get_by_role("link", name="Download as sidecars").click()
    assert sidecars.value.suggested_filename == "sidecars.zip"


def write_walk(folder: Path) -> None:
    """The recording of a walk by streets, with a receiver's noise, and a photo at each end of it."""
    points = walked()
    folder.mkdir()
    (folder / "walk.gpx").write_bytes(gpx(points))
    for n, (after_s, lat, lon) in enumerate((points[0], points[-1])):
        write_photo(folder / f"IMG_{n}.jpg", (lat, lon), START + timedelta(seconds=after_s))


def test_a_recording_is_led_along_the_roads_and_taken_back(desk: Desk) -> None:
    write_walk(desk.service.photos / "test-a-recording")
    trace_id = make_trace(desk, "test a recording")
    before = desk.document(trace_id)
    assert before["legs"]["how"] == ["recorded"]
    assert before["recordings"] == {"0": "walk.gpx"}
    page = desk.open(f"/traces/{trace_id}")
    page.locator(".way .row-button").first.click()
    tick = page.get_by_label("Lead walk.gpx along the roads")
    expect(tick).not_to_be_checked()
    tick.focus()
    with saving(page):
        page.keyboard.press("Space")
    assert desk.document(trace_id)["legs"]["how"] == ["matched"]
    expect(tick).to_be_checked()
    with saving(page):
        page.get_by_role("button", name="Undo").click()
    assert desk.document(trace_id)["legs"] == before["legs"]
    expect(tick).not_to_be_checked()
    assert desk.seen.errors == []
