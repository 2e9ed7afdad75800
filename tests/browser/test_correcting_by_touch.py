"""Every correction by finger, on a phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.browser.conftest import (
    PHONE,
    READY,
    Desk,
    Service,
    saving,
    sign_in,
    spot_of,
    spot_of_photo,
    spot_on_line,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]


class Finger:
    """One finger on the glass of a page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._glass: CDPSession = page.context.new_cdp_session(page)

    def _touch(self, kind: str, *points: tuple[float, float]) -> None:
        said = {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]}
        self._glass.send("Input.dispatchTouchEvent", said)

    def tap(self, x: float, y: float) -> None:
        self._touch("touchStart", (x, y))
        self._touch("touchEnd")

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Without lifting it: that is `lift`."""
        self._touch("touchStart", start)
        for step in range(1, 9):
            self._touch(
                "touchMove", *[(start[0] + (end[0] - start[0]) * step / 8, start[1] + (end[1] - start[1]) * step / 8)]
            )
            self.page.wait_for_timeout(30)

    def pinch(self, first: tuple[float, float], apart: float) -> None:
        """With a second finger beside the first, that many pixels further apart in the end."""
        x, y = first
        self._touch("touchStart", (x, y))
        self._touch("touchMove", (x + 1, y))
        self._touch("touchStart", (x + 1, y), (x + 60, y))
        for step in range(1, 9):
            self._touch("touchMove", (x - apart / 2 * step / 8, y), (x + 60 + apart / 2 * step / 8, y))
            self.page.wait_for_timeout(30)
        self._touch("touchEnd")

    def lift(self) -> None:
        self._touch("touchEnd")


@pytest.fixture
def phone(service: Service, desk: Desk) -> Iterator[Callable[[str], Page]]:
    """Opens a trace on a phone."""
    browser = desk.context.browser
    assert browser is not None
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True, locale="en-GB")
    sign_in(service, context)

    def opened(trace_id: str) -> Page:
        page = desk.seen.watch(context.new_page())
        page.goto(f"{service.url}/traces/{trace_id}")
        page.wait_for_selector(READY)
        return page

    yield opened
    context.close()
    assert desk.seen.errors == []


def vias(document: Any) -> list[list[float]]:
    return [via for leg in document["legs"]["vias"].values() for via in leg]


def guessed(page: Page) -> list[list[float]]:
    """Where the map shows the two photos that were placed by their time."""
    at: list[list[float]] = page.evaluate(
        """async () => { const { features } = await document.querySelector(".map").map.getSource("photos").getData();
        const ours = features.filter((each) => [5, 6].includes(each.properties.index));
        return ours.map((each) => each.geometry.coordinates); }"""
    )
    assert len(at) == 2
    return at


def middle(page: Page, selector: str) -> tuple[float, float]:
    at = page.locator(selector).first
    at.scroll_into_view_if_needed()
    box = at.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_the_line_is_dragged_and_its_point_removed(desk: Desk, trace_id: str, phone: Callable[[str], Page]) -> None:
    page = phone(trace_id)
    finger, start = Finger(page), spot_on_line(page)
    finger.drag((start["x"], start["y"]), (start["x"] + 42, start["y"]))
    with saving(page):
        finger.lift()
    ((seq, lat, lon),) = vias(desk.document(trace_id))
    x, y = spot_of(page, lat, lon)
    finger.drag((x, y), (x, y - 40))
    with saving(page):
        finger.lift()
    ((same, higher, lon),) = vias(desk.document(trace_id))
    assert (same, higher > lat) == (seq, True)
    with saving(page):
        finger.tap(*spot_of(page, higher, lon))
    assert vias(desk.document(trace_id)) == []
    with saving(page):
        page.get_by_role("button", name="Undo").tap()
    assert len(vias(desk.document(trace_id))) == 1


def test_two_fingers_move_the_map_and_nothing_else(desk: Desk, trace_id: str, phone: Callable[[str], Page]) -> None:
    """Wherever the first of them lands."""
    page = phone(trace_id)
    start = spot_on_line(page)
    zoom = page.evaluate("document.querySelector('.map').map.getZoom()")
    Finger(page).pinch((start["x"], start["y"]), 120)
    page.wait_for_timeout(500)
    assert page.evaluate("document.querySelector('.map').map.getZoom()") != zoom
    assert desk.document(trace_id)["log"]["undo"] is None
    finger = Finger(page)
    start = spot_on_line(page)
    finger.drag((start["x"], start["y"]), (start["x"] + 42, start["y"]))
    with saving(page):
        finger.lift()


def test_a_leg_is_tapped_and_gets_another_mode(desk: Desk, trace_id: str, phone: Callable[[str], Page]) -> None:
    page = phone(trace_id)
    spot = spot_on_line(page)
    Finger(page).tap(spot["x"], spot["y"])
    with saving(page):
        page.get_by_role("button", name="Bike").tap()
    assert desk.document(trace_id)["legs"]["mode"][int(spot["leg"])] == "bicycle"
    with saving(page):
        page.get_by_text("Straight here").tap()
    assert desk.document(trace_id)["legs"]["how"][int(spot["leg"])] == "direct"


def test_a_point_is_put_where_the_map_is_tapped(desk: Desk, trace_id: str, phone: Callable[[str], Page]) -> None:
    page = phone(trace_id)
    page.locator(".way .row-button").first.tap()
    page.get_by_role("button", name="Add a point").tap()
    x, y = middle(page, ".map canvas")
    with page.expect_response("**/preview"):
        page.touchscreen.tap(x + 50, y + 40)
    with saving(page):
        page.get_by_role("button", name="Save", exact=True).tap()
    ((_, lat, lon),) = vias(desk.document(trace_id))
    spot = spot_of(page, lat, lon)
    assert abs(spot[0] - x - 50) < 2
    assert abs(spot[1] - y - 40) < 2


def test_a_photo_is_dragged_to_its_place(desk: Desk, trace_id: str, phone: Callable[[str], Page]) -> None:
    page = phone(trace_id)
    before, spot, finger = desk.document(trace_id), spot_of_photo(page, 4), Finger(page)
    finger.drag((spot["x"], spot["y"]), (spot["x"] - 60, spot["y"] + 50))
    with saving(page):
        finger.lift()
    assert desk.document(trace_id)["photos"]["at"] != before["photos"]["at"]


def test_a_photo_is_dragged_from_the_tray(desk: Desk, trace_id: str, phone: Callable[[str], Page]) -> None:
    page = phone(trace_id)
    page.get_by_role("tab", name="Photos").tap()
    spot, finger = spot_on_line(page), Finger(page)
    finger.drag(middle(page, ".draggable"), (spot["x"], spot["y"]))
    expect(page.locator("img.ghost")).to_be_visible()
    with saving(page):
        finger.lift()
    assert desk.document(trace_id)["log"]["undo"] == 1


def test_a_photo_is_left_out_and_brought_back(desk: Desk, trace_id: str, phone: Callable[[str], Page]) -> None:
    page = phone(trace_id)
    spot = spot_of_photo(page, 2)
    Finger(page).tap(spot["x"], spot["y"])
    with saving(page):
        page.get_by_role("button", name="Leave out").tap()
    assert list(desk.document(trace_id)["left_out"].values()) == [1]
    with saving(page):
        page.get_by_role("button", name="Bring back").tap()
    assert desk.document(trace_id)["left_out"] == {}


def test_stops_are_joined_split_and_places_accepted(desk: Desk, guessed_id: str, phone: Callable[[str], Page]) -> None:
    page = phone(guessed_id)
    stops = desk.document(guessed_id)["stops"]["photos"]
    page.locator(".place .row-button").nth(1).tap()
    with saving(page):
        page.get_by_role("button", name="Join with the place before").tap()
    with saving(page):
        page.get_by_role("button", name="Begin a new place at Photo 2").tap()
    assert desk.document(guessed_id)["stops"]["photos"] == stops
    page.get_by_role("tab", name="Photos").tap()
    with saving(page):
        page.get_by_role("button", name="Accept the place of").first.tap()
    assert len(desk.document(guessed_id)["inferred"]["leg"]) == 1


def test_a_clock_is_shifted(desk: Desk, guessed_id: str, phone: Callable[[str], Page]) -> None:
    page = phone(guessed_id)
    page.get_by_role("tab", name="Photos").tap()
    was = guessed(page)
    x, y = middle(page, ".clock input")
    finger = Finger(page)
    finger.drag((x, y), (x + 16, y))  # ten minutes
    assert all(now != before for now, before in zip(guessed(page), was, strict=True)), "seen while it is shifted"
    finger.lift()
    expect(page.locator(".clock input")).not_to_have_value("0")
    with saving(page):
        page.get_by_role("button", name="Save", exact=True).tap()
    assert desk.document(guessed_id)["log"]["undo"] == 1
