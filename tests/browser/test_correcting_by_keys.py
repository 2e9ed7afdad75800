"""Every correction by keys alone: what a mouse can do, Tab, arrows, Enter and Escape can too."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Desk, saving

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def enter(at: Locator) -> None:
    at.focus()
    at.page.keyboard.press("Enter")


def to_panel(page: Page, name: str) -> None:
    """From the first tab with the right arrow to the one of that name."""
    page.get_by_role("tab", name="Way").focus()
    while page.get_by_role("tab", name=name).get_attribute("aria-selected") != "true":
        page.keyboard.press("ArrowRight")


def vias(document: Any) -> list[list[float]]:
    return [via for leg in document["legs"]["vias"].values() for via in leg]


def test_a_point_is_added_moved_and_removed(desk: Desk, trace_id: str) -> None:
    page = desk.open(f"/traces/{trace_id}")
    enter(page.locator(".way .row-button").first)
    enter(page.get_by_role("button", name="Add a point"))
    expect(page.get_by_role("group", name="New point")).to_be_focused()
    with page.expect_response("**/preview"):
        page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("ArrowDown")
    with saving(page):
        page.keyboard.press("Enter")
    ((seq, lat, _),) = vias(desk.document(trace_id))
    enter(page.get_by_role("list", name="Points").get_by_role("button", name="Move", exact=True))
    expect(page.get_by_role("group", name="Point 1")).to_be_focused()
    page.keyboard.press("Shift+ArrowUp")
    with saving(page):
        page.keyboard.press("Enter")
    ((same, higher, _),) = vias(desk.document(trace_id))
    assert (same, higher > lat) == (seq, True)
    with saving(page):
        enter(page.get_by_role("button", name="Remove point 1"))
    assert vias(desk.document(trace_id)) == []
    assert desk.seen.errors == []


def test_the_keys_go_on_from_where_was_pointed(desk: Desk, trace_id: str) -> None:
    page = desk.open(f"/traces/{trace_id}")
    enter(page.locator(".way .row-button").first)
    enter(page.get_by_role("button", name="Add a point"))
    group = page.get_by_role("group", name="New point")
    expect(group).to_be_focused()
    box = page.locator(".map canvas").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.4)
    expect(group).to_be_focused()
    page.keyboard.press("Escape")
    expect(group).to_have_count(0)
    assert desk.document(trace_id)["log"]["undo"] is None


def test_escape_leaves_everything_as_it_was(desk: Desk, trace_id: str) -> None:
    page = desk.open(f"/traces/{trace_id}")
    enter(page.locator(".way .row-button").first)
    enter(page.get_by_role("button", name="Add a point"))
    expect(page.get_by_role("group", name="New point")).to_be_focused()
    with page.expect_response("**/preview"):
        page.keyboard.press("Shift+ArrowRight")
    expect(page.locator("svg.hand .veil").first).to_be_attached()
    page.keyboard.press("Escape")
    expect(page.get_by_role("group", name="New point")).to_have_count(0)
    expect(page.locator("svg.hand .veil")).to_have_count(0)
    assert desk.document(trace_id)["log"]["undo"] is None


def test_a_leg_gets_another_mode_and_goes_straight(desk: Desk, trace_id: str) -> None:
    page = desk.open(f"/traces/{trace_id}")
    enter(page.locator(".way .row-button").nth(1))
    with saving(page):
        enter(page.get_by_role("button", name="Bike"))
    assert desk.document(trace_id)["legs"]["mode"][1] == "bicycle"
    page.get_by_label("Straight here").focus()
    with saving(page):
        page.keyboard.press("Space")
    assert desk.document(trace_id)["legs"]["how"][1] == "direct"
    with saving(page):
        enter(page.get_by_role("button", name="As the photos say"))
    assert desk.document(trace_id)["legs"]["chosen"] == []


def test_a_photo_without_a_place_is_placed(desk: Desk, trace_id: str) -> None:
    page = desk.open(f"/traces/{trace_id}")
    to_panel(page, "Photos")
    enter(page.get_by_role("button", name="Place Photo").first)
    expect(page.get_by_role("group", name="Place Photo")).to_be_focused()
    page.keyboard.press("ArrowUp")
    with saving(page):
        page.keyboard.press("Enter")
    assert desk.document(trace_id)["unplaced"]["reason"] != [], "without a time it lies nowhere on the way"
    assert desk.document(trace_id)["log"]["undo"] == 1


def test_a_photo_is_moved_left_out_and_brought_back(desk: Desk, trace_id: str) -> None:
    page = desk.open(f"/traces/{trace_id}")
    before = desk.document(trace_id)
    enter(page.locator(".place .row-button").nth(1))
    enter(page.get_by_role("button", name="More about").first)
    photo = page.get_by_role("region", name="Photo 2")
    enter(photo.get_by_role("button", name="Move"))
    expect(page.get_by_role("group", name="Move Photo 2")).to_be_focused()
    for key in ("Shift+ArrowUp", "Shift+ArrowUp", "ArrowLeft"):
        page.keyboard.press(key)
    with saving(page):
        page.keyboard.press("Enter")
    assert desk.document(trace_id)["stops"]["at"] != before["stops"]["at"]
    with saving(page):
        enter(photo.get_by_role("button", name="Leave out"))
    assert len(desk.document(trace_id)["left_out"]) == 1
    with saving(page):
        enter(page.get_by_role("button", name="Bring back"))
    assert desk.document(trace_id)["left_out"] == {}


def test_places_that_were_guessed_are_accepted(desk: Desk, guessed_id: str) -> None:
    page = desk.open(f"/traces/{guessed_id}")
    to_panel(page, "Photos")
    with saving(page):
        enter(page.get_by_role("button", name="Accept the place of").first)
    assert len(desk.document(guessed_id)["inferred"]["leg"]) == 1


def test_a_stop_is_named_joined_and_split(desk: Desk, trace_id: str) -> None:
    page = desk.open(f"/traces/{trace_id}")
    stops = desk.document(trace_id)["stops"]["photos"]
    enter(page.locator(".place .row-button").nth(1))
    name = page.get_by_label("Name of the place").last
    name.focus()
    page.keyboard.type("The bridge")
    with saving(page):
        page.keyboard.press("Enter")
    assert desk.document(trace_id)["stops"]["name"] == {"1": "The bridge"}
    with saving(page):
        enter(page.get_by_role("button", name="Join with the place before"))
    assert len(desk.document(trace_id)["stops"]["photos"]) == len(stops) - 1
    with saving(page):
        enter(page.get_by_role("button", name="Begin a new place at Photo 2"))
    assert desk.document(trace_id)["stops"]["photos"] == stops


def test_a_clock_is_shifted(desk: Desk, guessed_id: str) -> None:
    page = desk.open(f"/traces/{guessed_id}")
    to_panel(page, "Photos")
    page.get_by_role("slider", name="Clock of").first.focus()
    for key in ("PageUp", "ArrowRight", "ArrowUp", "PageDown", "ArrowUp"):
        page.keyboard.press(key)
    with page.expect_response("**/edits") as answer:
        enter(page.get_by_role("button", name="Save", exact=True))
    assert answer.value.ok
    said = answer.value.request.post_data_json
    assert said is not None
    assert (said["edit"]["kind"], said["edit"]["seconds"]) == ("clock", 180)


def test_a_clock_that_is_proposed_is_accepted_and_taken_back(desk: Desk, slow_id: str) -> None:
    before = desk.document(slow_id)
    page = desk.open(f"/traces/{slow_id}")
    to_panel(page, "Photos")
    suggested = page.get_by_role("region", name="Suggestions").get_by_role("button", name="Accept")
    with saving(page):
        enter(suggested)
    expect(suggested).to_have_count(0)
    assert desk.document(slow_id)["photos"]["at"] != before["photos"]["at"]
    with saving(page):
        page.keyboard.press("Control+z")
    expect(suggested).to_have_count(1)
    assert desk.document(slow_id)["photos"]["at"] == before["photos"]["at"]
