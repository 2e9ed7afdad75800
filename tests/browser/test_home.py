"""The first page: what is on it stays where it is, and what it is slow to show holds nothing up."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import Desk, comes_true, make_trace

pytestmark = [pytest.mark.browser, pytest.mark.slow]
#: browsers ask one server six things at once, and three are left for what somebody does
AT_ONCE = 3


def test_nothing_is_shown_that_what_comes_later_would_push_away(desk: Desk, trace_id: str) -> None:
    held: list[Route] = []
    page = desk.context.new_page()
    page.route("**/api/v1/traces", lambda route: held.append(route))
    with page.expect_response("**/api/v1/connections"):
        page.goto(desk.service.url)
    connect = page.get_by_role("button", name="Connect a library")
    page.wait_for_timeout(300)
    expect(connect).to_have_count(0)
    (traces,) = held
    traces.continue_()
    expect(connect).to_be_visible()
    expect(page.locator(".tile a", has=page.locator(".cover")).first).to_be_visible()


def test_covers_come_a_few_at_a_time_and_leave_room_for_what_somebody_does(desk: Desk) -> None:
    for name in "abcdef":
        make_trace(desk, f"cover {name}")
    held: list[Route] = []
    page = desk.context.new_page()
    page.route("**/picture.png?*", lambda route: held.append(route))
    page.goto(desk.service.url)
    expect(page.locator(".tile .cover img")).not_to_have_count(0)
    for taken in range(AT_ONCE, 6):
        comes_true(page, lambda taken=taken: len(held) >= taken)
        page.wait_for_timeout(300)
        assert len(held) == taken
        held[taken - AT_ONCE].fulfill(status=404 if taken == AT_ONCE else 200, body="")
    page.get_by_role("button", name="Connect a library").click()
    expect(page.locator(".kinds button").first).to_be_visible()
