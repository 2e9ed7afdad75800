"""A way across the 180° meridian is one way: drawn, played and corrected on both sides of it."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Desk, make_trace, saving
from tests.web.album import write_album

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PLACES = ((-17.0, 179.9), (-17.05, -179.9), (-17.1, -179.7))


@pytest.fixture
def across_id(desk: Desk) -> str:
    """Its first leg crosses the meridian; all are drawn as lines."""
    if not (desk.service.photos / "across").exists():
        write_album(desk.service.photos / "across", PLACES)
    trace_id = make_trace(desk, "across")
    desk.ask("PATCH", f"/traces/{trace_id}", {"style": {"patterns": {"direct": "solid", "ferry": "solid"}}})
    return trace_id


def seen_from_the_west(page: Page) -> None:
    page.evaluate(
        """() => { const { map } = document.querySelector(".map");
        map.jumpTo({ center: [179.98, -17.04], zoom: 9.5 });
        return new Promise((resolve) => map.once("idle", () => resolve(null))); }"""
    )


def spot_of(page: Page, lat: float, lon: float) -> tuple[float, float]:
    """Where on the page a place is, as it is seen from the west."""
    x, y = page.evaluate(
        """([lon, lat]) => { const { map } = document.querySelector(".map");
        const box = map.getCanvas().getBoundingClientRect(); const { x, y } = map.project([lon, lat]);
        return [x + box.left, y + box.top]; }""",
        [lon + 360 if lon < 0 else lon, lat],
    )
    return float(x), float(y)


def drag(page: Page, start: tuple[float, float], by: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    for step in range(1, 7):
        page.mouse.move(start[0] + by[0] * step / 6, start[1] + by[1] * step / 6)
        page.wait_for_timeout(40)


def legs_of(page: Page) -> Any:
    return page.evaluate(
        """async () => (await document.querySelector(".map").map.getSource("pieces").getData()).features
        .map(({ geometry }) => geometry.coordinates.map(([lon]) => lon))"""
    )


def test_it_is_drawn_and_played_the_short_way(desk: Desk, across_id: str) -> None:
    page = desk.open(f"/traces/{across_id}")
    pieces = legs_of(page)
    assert len(pieces) > 1
    assert all(abs(b - a) < 1 for piece in pieces for a, b in pairwise(piece))
    seen_from_the_west(page)
    scrub = page.get_by_role("slider", name="Where on the way")
    most = int(scrub.get_attribute("max") or 0)
    found = []
    for n in range(9):
        scrub.fill(str(most * n // 10))
        box = page.locator(".head").bounding_box()
        assert box is not None
        found.append(box["x"])
    assert all(a <= b < a + 400 for a, b in pairwise(found)), "eastwards, and nowhere round the globe"
    assert found[-1] > found[0] + 100
    assert desk.seen.errors == []


def test_it_is_corrected_beyond_the_meridian(desk: Desk, across_id: str) -> None:
    page = desk.open(f"/traces/{across_id}")
    seen_from_the_west(page)
    start = spot_of(page, -17.0375, -179.95)
    drag(page, start, (0, 70))
    leg = page.locator("svg.hand .leg-0").bounding_box()
    assert leg is not None
    assert leg["width"] < 1280, "the hand draws it where it is seen"
    assert leg["y"] + leg["height"] > start[1] + 60, "the preview goes to the hand"
    with saving(page):
        page.mouse.up()
    ((_, _, lon),) = desk.document(across_id)["legs"]["vias"]["0"]
    assert lon == pytest.approx(-179.95, abs=0.01)
    page.wait_for_timeout(500)
    with saving(page):
        page.mouse.click(start[0], start[1] + 70)
    assert desk.document(across_id)["legs"]["vias"] == {}, "a click on the point removes it"
    key = desk.document(across_id)["photos"]["key"][1]
    x, y = spot_of(page, *PLACES[1])
    drag(page, (x, y - 24), (30, -60))
    with page.expect_response("**/edits") as answer:
        page.mouse.up()
    assert answer.value.ok, answer.value.text()
    sent = answer.value.request.post_data_json["edit"]  # type: ignore[index]  # it has been sent
    assert (sent["kind"], sent["asset"]) == ("move", key)
    assert -180 < sent["lon"] < -179.8
    assert desk.seen.errors == []


def test_a_point_is_put_beyond_the_meridian_by_keys(desk: Desk, across_id: str) -> None:
    page = desk.open(f"/traces/{across_id}")
    seen_from_the_west(page)
    page.mouse.click(*spot_of(page, -17.0225, 179.99))
    page.get_by_role("button", name="Add a point").click()
    box = page.get_by_role("group", name="New point")
    box.focus()
    for key in ("Shift+ArrowRight", "Shift+ArrowRight", "ArrowDown"):
        box.press(key)
    with saving(page):
        box.press("Enter")
    expect(box).to_have_count(0)
    ((_, _, lon),) = desk.document(across_id)["legs"]["vias"]["0"]
    assert -180 <= lon < -179.8
    assert desk.seen.errors == []
