"""Where the service does not answer for a while nothing is lost in silence, and all goes on when it does."""

from __future__ import annotations

import shutil

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Desk, comes_true, saving, sign_in, spot_on_line

pytestmark = [pytest.mark.browser, pytest.mark.slow]
GATEWAY = "<html><title>502 Bad Gateway</title></html>"


def told(page: Page, says: str) -> None:
    expect(page.get_by_role("status").filter(has_text=says)).to_be_visible()


def test_a_correction_nobody_took_is_said_and_can_be_made_again(desk: Desk, trace_id: str) -> None:
    page = desk.open(f"/traces/{trace_id}?lang=de")
    page.locator(".way .row-button").nth(1).click()
    bicycle = page.get_by_role("button", name="Rad", exact=True)
    desk.context.set_offline(True)
    bicycle.click()
    told(page, "Der Dienst antwortet nicht; das ist vielleicht nicht gespeichert; bitte gleich noch einmal versuchen")
    expect(bicycle).to_have_attribute("aria-pressed", "false")
    desk.context.set_offline(False)
    with saving(page):
        bicycle.click()
    assert desk.document(trace_id)["legs"]["mode"][1] == "bicycle"
    expect(bicycle).to_have_attribute("aria-pressed", "true")


def test_a_line_nobody_took_lies_where_it_lay(desk: Desk, trace_id: str) -> None:
    page = desk.open(f"/traces/{trace_id}")
    spot = spot_on_line(page)
    desk.context.set_offline(True)
    pull(page, spot)
    told(page, "The service does not answer; this may not be saved")
    expect(page.locator("svg.hand .veil")).to_have_count(0)
    assert spot_on_line(page, int(spot["leg"])) == spot
    desk.context.set_offline(False)
    with saving(page):
        pull(page, spot)
    assert desk.document(trace_id)["log"]["undo"] is not None


def pull(page: Page, spot: dict[str, float]) -> None:
    page.mouse.move(spot["x"], spot["y"])
    page.mouse.down()
    page.mouse.move(spot["x"] + 60, spot["y"], steps=5)
    page.mouse.up()


def test_looks_nobody_took_are_saved_when_the_service_answers_again(desk: Desk, trace_id: str) -> None:
    page = desk.open(f"/traces/{trace_id}")
    page.get_by_role("tab", name="Style").click()
    desk.context.set_offline(True)
    page.get_by_role("radio", name="Sketch").check(force=True)
    told(page, "The service does not answer; this may not be saved")
    expect(page.get_by_role("radio", name="Sketch")).to_be_checked()
    assert desk.document(trace_id)["style"]["theme"] != "sketch"
    desk.context.set_offline(False)
    comes_true(page, lambda: desk.document(trace_id)["style"]["theme"] == "sketch")
    expect(page.get_by_role("radio", name="Sketch")).to_be_checked()


def test_looks_chosen_just_before_the_window_closes_are_saved(desk: Desk, trace_id: str) -> None:
    page = desk.open(f"/traces/{trace_id}")
    page.get_by_role("tab", name="Style").click()
    page.get_by_role("radio", name="Sketch").check(force=True)
    page.close(run_before_unload=False)
    other = desk.open("/")
    comes_true(other, lambda: desk.document(trace_id)["style"]["theme"] == "sketch")


def test_a_trace_opens_as_soon_as_the_service_answers_again(desk: Desk, trace_id: str) -> None:
    page = desk.seen.watch(desk.context.new_page())
    page.route(f"**/api/v1/traces/{trace_id}/document", lambda route: route.fulfill(status=502, body=GATEWAY))
    page.goto(f"{desk.service.url}/traces/{trace_id}")
    says = "The service does not answer (HTTP 502); try again in a while"
    expect(page.get_by_role("heading", name=says)).to_be_visible()
    page.unroute(f"**/api/v1/traces/{trace_id}/document")
    expect(page.locator(".places .place").first).to_be_visible(timeout=20_000)  # by itself


def test_a_trace_that_is_made_meanwhile_is_shown_in_the_end(desk: Desk, trace_id: str) -> None:
    """The stream breaks, then it is refused by what stands before the service, then the trace is there."""
    queue, photos = desk.service.queue, desk.service.photos
    album = f"lost-{trace_id}"
    shutil.copytree(photos / "walk", photos / album)
    connection = desk.ask("GET", f"/traces/{trace_id}")["connection_id"]
    queue.free.clear()
    try:
        made = desk.ask("POST", "/traces", {"connection_id": connection, "albums": [album]})["id"]
        page = desk.context.new_page()
        page.route("**/progress", lambda route: route.abort())
        page.goto(f"{desk.service.url}/traces/{made}")
        told(page, "The connection is lost; trying again…")
        page.unroute("**/progress")
        page.route("**/progress", lambda route: route.fulfill(status=502, body=GATEWAY))
    finally:
        queue.free.set()
    queue.wait()
    expect(page.locator(".places .place").first).to_be_visible(timeout=20_000)


def test_what_is_done_on_the_first_page_is_said_too(desk: Desk, trace_id: str) -> None:
    page = desk.open("/?lang=zh")
    expect(page.locator(".library")).not_to_have_count(0)
    desk.context.set_offline(True)
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator(".library").first.get_by_role("button", name="断开").click()
    told(page, "服务没有响应；这次修改可能没有保存；请稍后再试")
    assert desk.ask("GET", "/connections")


def test_who_is_signed_out_meanwhile_sees_the_entrance(desk: Desk, trace_id: str) -> None:
    page = desk.open(f"/traces/{trace_id}")
    page.locator(".way .row-button").nth(1).click()
    desk.context.clear_cookies()
    page.get_by_role("button", name="Bike", exact=True).click()
    expect(page.get_by_role("heading", name="Welcome")).to_be_visible()
    told(page, "sign in first")
    sign_in(desk.service, desk.context)
    page.reload()
    expect(page.locator(".places .place").first).to_be_visible()


def test_an_album_page_without_its_document_says_so(desk: Desk, trace_id: str) -> None:
    made = desk.ask("POST", f"/traces/{trace_id}/shares", {})
    page = desk.context.new_page()
    page.route("**/document", lambda route: route.abort())
    page.goto(f"{desk.service.url}/embed/{made['token']}/album")
    told(page, "could not be loaded")
