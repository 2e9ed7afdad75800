"""What is shown and what is saved stay in step: in whatever order answers come, and whatever is left half done."""

from __future__ import annotations

import shutil

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Desk, comes_true, make_trace, saving, spot_on_line
from tests.browser.test_correcting import ASIDE_PX, drag, vias

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_an_edit_right_after_a_title_is_taken(desk: Desk, trace_id: str) -> None:
    """Before the trace was read again."""
    page = desk.open(f"/traces/{trace_id}")
    drag(page, spot_on_line(page), (ASIDE_PX, 0))
    retitled(page, "Typed at once")
    with saving(page):
        page.get_by_role("button", name="Undo").click()
    page.unroute("**/document")
    comes_true(page, lambda: vias(desk.document(trace_id)) == [])
    expect(page.get_by_role("heading", name="Typed at once")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="another window")).to_have_count(0)
    assert desk.seen.errors == []


def test_a_document_of_before_an_edit_is_not_gone_back_to(desk: Desk, trace_id: str) -> None:
    page = desk.open(f"/traces/{trace_id}")
    page.locator(".way .row-button").nth(1).click()
    documents = retitled(page, "Read before the edit")
    comes_true(page, lambda: bool(documents))
    old = documents[0].fetch()
    page.get_by_role("tab", name="Way").click()
    bicycle, car = (page.get_by_role("button", name=name, exact=True) for name in ("Bike", "Car"))
    with saving(page):
        car.click()
    documents[0].fulfill(response=old)
    page.unroute("**/document")
    page.wait_for_timeout(300)
    expect(car).to_have_attribute("aria-pressed", "true")
    with saving(page):
        bicycle.click()
    assert desk.document(trace_id)["legs"]["mode"][1] == "bicycle"


def retitled(page: Page, title: str) -> list[Route]:
    """The requests for the document from now on, held up until the test lets them go, the title being saved."""
    waiting: list[Route] = []
    page.route("**/document", lambda route: waiting.append(route))
    page.get_by_role("tab", name="Style").click()
    page.get_by_label("Title", exact=True).fill(title)
    with page.expect_response(lambda response: response.request.method == "PATCH"):
        page.get_by_label("Title", exact=True).press("Tab")
    return waiting


def test_a_clock_that_is_left_unsaved_is_as_it_was(desk: Desk, guessed_id: str) -> None:
    one, other = desk.open(f"/traces/{guessed_id}"), desk.open(f"/traces/{guessed_id}")
    one.get_by_role("tab", name="Photos").click()
    one.get_by_label("Clock of Tiny Camera").focus()
    one.keyboard.press("PageUp")
    expect(one.get_by_role("button", name="Save", exact=True)).to_be_visible()
    one.get_by_role("tab", name="Way").click()
    drag(other, spot_on_line(other), (ASIDE_PX, 0))
    expect(one.get_by_role("button", name="Undo")).to_be_enabled()
    one.get_by_role("tab", name="Photos").click()
    expect(one.get_by_role("button", name="Save", exact=True)).to_have_count(0)
    assert desk.seen.errors == []


def test_places_are_joined_one_by_one(desk: Desk, trace_id: str) -> None:
    page = desk.open(f"/traces/{trace_id}")
    page.locator(".place .row-button").nth(2).click()
    with saving(page):
        page.get_by_role("button", name="Join with the place before").click()
    places = page.locator(".places .place")
    expect(places).to_have_count(4)
    expect(places.nth(1).get_by_role("button", expanded=True)).to_be_visible()  # the one it became
    expect(page.get_by_role("button", name="Join with the place before")).to_have_count(1)


# the queue's thread ends with what went wrong, as the worker's task does
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_trace_that_could_not_be_made_anew_is_as_it_was(desk: Desk) -> None:
    """Its album is away for a while."""
    gone_id = make_trace(desk, "away")
    queue, photos = desk.service.queue, desk.service.photos
    queue.free.clear()
    desk.ask("POST", f"/traces/{gone_id}/again")
    shutil.move(photos / "away", photos.parent / "away")
    queue.free.set()
    queue.wait()
    try:
        assert desk.ask("GET", f"/traces/{gone_id}")["state"] == "failed"
        page = desk.open(f"/traces/{gone_id}")
        notice = page.get_by_role("status").filter(has_text="could not be made anew")
        expect(notice).to_contain_text("is not in the library any more")
        drag(page, spot_on_line(page), (ASIDE_PX, 0))
        assert len(vias(desk.document(gone_id))) == 1
    finally:
        shutil.move(photos.parent / "away", photos / "away")
    notice.get_by_role("button", name="Try again").click()
    expect(notice).to_have_count(0)
    comes_true(page, lambda: desk.ask("GET", f"/traces/{gone_id}")["state"] == "done")
    expect(page.locator(".places .place").first).to_be_visible(timeout=20_000)
    assert len(vias(desk.document(gone_id))) == 1
