"""Every correction, by mouse, by finger and by keys; saved at once, and undone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Response, expect

from tests.browser.conftest import PHONE, READY, Desk, Service, sign_in, spot_of, spot_on_line

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ASIDE_PX = 70
OF_THE_LOG = re.compile(r"/(undo|redo)$")


def drag(page: Page, start: dict[str, float], by: tuple[float, float], *, drop: bool = True) -> None:
    page.mouse.move(start["x"], start["y"])
    page.mouse.down()
    for step in range(1, 9):
        page.mouse.move(start["x"] + by[0] * step / 8, start["y"] + by[1] * step / 8)
        page.wait_for_timeout(30)
    if drop:
        with page.expect_response("**/edits") as answer:
            page.mouse.up()
        assert answer.value.ok, answer.value.text()


#: a slow server: every preview takes a second longer; how many were under way at once
_SLOW_PREVIEWS = """(() => {
  const real = window.fetch;
  let running = 0;
  window.asked = []; window.most = 0;
  window.fetch = async (url, init) => {
    if (!String(url).endsWith("/preview")) return real(url, init);
    window.asked.push(JSON.parse(init.body).edit);
    window.most = Math.max(window.most, ++running);
    const answer = await real(url, init);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    running--;
    return answer;
  };
})()"""


def vias(document: Any) -> list[list[float]]:
    return [via for leg in document["legs"]["vias"].values() for via in leg]


def sent_with(answer: Response) -> Any:
    """The edit that was asked for."""
    said = answer.request.post_data_json
    assert said is not None
    return said["edit"]


def saved(page: Page, press: str) -> None:
    """Presses a button by its text and waits until the edit is saved."""
    with page.expect_response(
        lambda response: response.request.method == "POST" and "/edits" in response.url
    ) as answer:
        page.get_by_role("button", name=press, exact=True).first.click()
    assert answer.value.ok, answer.value.text()


def test_the_line_is_dragged_and_follows(desk: Desk, trace_id: str) -> None:
    before = desk.document(trace_id)
    page = desk.open(f"/traces/{trace_id}")
    start = spot_on_line(page)
    with page.expect_response("**/preview") as preview:
        drag(page, start, (ASIDE_PX, ASIDE_PX))
    assert str(int(start["leg"])) in preview.value.json()["legs"]
    after = desk.document(trace_id)
    (via,) = vias(after)
    x, y = spot_of(page, via[1], via[2])
    assert abs(x - start["x"] - ASIDE_PX) < 2
    assert abs(y - start["y"] - ASIDE_PX) < 2
    leg = int(start["leg"])
    assert after["legs"]["shape"][leg] != before["legs"]["shape"][leg]
    others = [n for n in range(len(before["legs"]["shape"])) if n != leg]
    assert [after["legs"]["shape"][n] for n in others] == [before["legs"]["shape"][n] for n in others]
    assert desk.seen.errors == []


def test_a_point_is_removed_by_a_click_and_undone(desk: Desk, trace_id: str) -> None:
    page = desk.open(f"/traces/{trace_id}")
    drag(page, spot_on_line(page), (ASIDE_PX, 0))
    ((_, lat, lon),) = vias(desk.document(trace_id))
    with page.expect_response("**/edits"):
        page.mouse.click(*spot_of(page, lat, lon))
    assert vias(desk.document(trace_id)) == []
    expect(page.get_by_role("button", name="Undo")).to_be_enabled()
    with page.expect_response(OF_THE_LOG):
        page.keyboard.press("Control+z")
    assert len(vias(desk.document(trace_id))) == 1, "what was taken away is back"


def test_undo_and_redo_by_keys(desk: Desk, trace_id: str) -> None:
    page = desk.open(f"/traces/{trace_id}")
    for by in ((ASIDE_PX, 0), (0, ASIDE_PX)):
        drag(page, spot_on_line(page), by)
        page.wait_for_timeout(500)
    for key, left in (("Control+z", 1), ("Control+z", 0), ("Control+Shift+z", 1), ("Control+y", 2)):
        with page.expect_response(OF_THE_LOG):
            page.keyboard.press(key)
        assert len(vias(desk.document(trace_id))) == left, key
        page.wait_for_timeout(500)


def test_a_point_is_dragged_on(desk: Desk, trace_id: str) -> None:
    page = desk.open(f"/traces/{trace_id}")
    drag(page, spot_on_line(page), (ASIDE_PX, 0))
    ((seq, lat, lon),) = vias(desk.document(trace_id))
    x, y = spot_of(page, lat, lon)
    drag(page, {"x": x, "y": y}, (0, ASIDE_PX))
    ((now, low, _),) = vias(desk.document(trace_id))
    assert (now, low < lat) == (seq, True)


def test_one_question_is_under_way_and_the_newest_wins(desk: Desk, trace_id: str) -> None:
    desk.context.add_init_script(_SLOW_PREVIEWS)
    page = desk.open(f"/traces/{trace_id}")
    start = spot_on_line(page)
    drag(page, start, (ASIDE_PX, 0), drop=False)
    page.wait_for_timeout(3500)
    asked, most = page.evaluate("[window.asked, window.most]")
    assert most == 1
    assert 2 <= len(asked) < 8, "moves in between are left out"
    x, _ = spot_of(page, asked[-1]["lat"], asked[-1]["lon"])
    assert abs(x - start["x"] - ASIDE_PX) < 2, "the last question is the newest position"
    page.keyboard.press("Escape")
    page.mouse.up()
    assert vias(desk.document(trace_id)) == [], "a drag that was given up writes nothing"


def test_by_finger(service: Service, desk: Desk, trace_id: str) -> None:
    browser = desk.context.browser
    assert browser is not None
    context = browser.new_context(viewport=PHONE, has_touch=True, is_mobile=True, locale="en-GB")
    sign_in(service, context)
    page = desk.seen.watch(context.new_page())
    page.goto(f"{service.url}/traces/{trace_id}")
    page.wait_for_selector(READY)
    start = spot_on_line(page)
    finger = context.new_cdp_session(page)

    def touch(kind: str, x: float | None = None) -> None:
        points = [] if x is None else [{"x": x, "y": start["y"]}]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", start["x"])
    for step in range(1, 7):
        touch("touchMove", start["x"] + step * 7)
        page.wait_for_timeout(40)
    with page.expect_response("**/edits") as answer:
        touch("touchEnd")
    assert answer.value.ok
    assert len(vias(desk.document(trace_id))) == 1
    context.close()
    assert desk.seen.errors == []


def test_by_keys(desk: Desk, trace_id: str) -> None:
    page = desk.open(f"/traces/{trace_id}")
    page.locator(".way .row-button").first.focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Add a point").focus()
    page.keyboard.press("Enter")
    placing = page.get_by_role("group", name="New point")
    expect(placing).to_be_focused()
    with page.expect_response("**/preview"):
        page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("ArrowDown")
    with page.expect_response("**/edits") as answer:
        page.keyboard.press("Enter")
    assert answer.value.ok
    assert len(vias(desk.document(trace_id))) == 1
    expect(page.get_by_role("list", name="Points")).to_contain_text("Point 1")
    page.get_by_role("button", name="Remove point 1").focus()
    with page.expect_response("**/edits"):
        page.keyboard.press("Enter")
    assert vias(desk.document(trace_id)) == []
    assert desk.seen.errors == []


def test_a_leg_gets_another_mode_and_goes_straight(desk: Desk, trace_id: str) -> None:
    page = desk.open(f"/traces/{trace_id}")
    start = spot_on_line(page)
    page.mouse.click(start["x"], start["y"])
    leg = int(start["leg"])
    saved(page, ["🚲", "Bike"][1])
    assert desk.document(trace_id)["legs"]["mode"][leg] == "bicycle"
    with page.expect_response("**/edits"):
        page.get_by_label("Straight here").click()
    assert desk.document(trace_id)["legs"]["how"][leg] == "direct"
    page.wait_for_timeout(300)
    with page.expect_response("**/edits"):
        page.get_by_label("Straight here").click()
    assert desk.document(trace_id)["legs"]["how"][leg] != "direct"


def test_a_photo_without_a_place_is_dragged_onto_the_path(desk: Desk, trace_id: str) -> None:
    page = desk.open(f"/traces/{trace_id}")
    before = desk.document(trace_id)
    assert len(before["unplaced"]["reason"]) == 1
    spot = spot_on_line(page)
    page.get_by_role("tab", name="Photos").click()
    box = page.locator(".draggable").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(spot["x"] - 40, spot["y"], steps=4)
    page.mouse.move(spot["x"] + 6, spot["y"] + 6, steps=4)
    with page.expect_response("**/edits") as answer:
        page.mouse.up()
    assert answer.value.ok, answer.value.text()
    sent = sent_with(answer.value)
    x, y = spot_of(page, sent["lat"], sent["lon"])
    assert min(abs(x - spot["x"]), abs(y - spot["y"])) < 1.5, "it lies on the line, not where the mouse was"


def test_a_photo_is_placed_by_keys(desk: Desk, trace_id: str) -> None:
    page = desk.open(f"/traces/{trace_id}")
    page.get_by_role("tab", name="Photos").click()
    page.get_by_role("button", name="Place Photo").first.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowUp")
    with page.expect_response("**/edits") as answer:
        page.keyboard.press("Enter")
    assert answer.value.ok, answer.value.text()
    assert sent_with(answer.value)["kind"] == "move"


def test_a_photo_is_left_out(desk: Desk, trace_id: str) -> None:
    page = desk.open(f"/traces/{trace_id}")
    stops = len(desk.document(trace_id)["stops"]["start"])
    page.locator(".place .row-button").nth(1).click()
    page.get_by_role("button", name="More about").first.click()
    saved(page, "Leave out")
    assert len(desk.document(trace_id)["stops"]["start"]) == stops - 1
    expect(page.locator(".places .place")).to_have_count(0)  # the photos' panel is shown
    page.get_by_role("tab", name="Way").click()
    expect(page.locator(".places .place")).to_have_count(stops - 1)


def test_a_stop_is_named_gets_a_sticker_and_is_joined(desk: Desk, trace_id: str) -> None:
    page = desk.open(f"/traces/{trace_id}")
    stops = len(desk.document(trace_id)["stops"]["start"])
    page.locator(".place .row-button").nth(1).click()
    name = page.get_by_label("Name of the place").last
    name.fill("The old museum")
    with page.expect_response("**/edits"):
        name.press("Enter")
    with page.expect_response("**/edits"):
        page.get_by_role("button", name="Use 🏛️").click()
    document = desk.document(trace_id)
    assert document["stops"]["name"] == {"1": "The old museum"}
    assert document["stops"]["emoji"] == {"1": "🏛️"}
    page.wait_for_timeout(500)
    saved(page, "Join with the place before")
    assert len(desk.document(trace_id)["stops"]["start"]) == stops - 1


def test_a_clock_is_shifted(desk: Desk, trace_id: str) -> None:
    page = desk.open(f"/traces/{trace_id}")
    page.get_by_role("tab", name="Photos").click()
    slider = page.get_by_role("slider", name="Clock of").first
    slider.focus()
    page.keyboard.press("ArrowRight")
    saved(page, "Save")
    entry = desk.document(trace_id)
    assert entry["log"]["undo"] is not None
    with page.expect_response("**/undo"):
        page.get_by_role("button", name="Undo").click()


def test_two_windows_do_not_overwrite_each_other(desk: Desk, trace_id: str) -> None:
    one, other = desk.open(f"/traces/{trace_id}"), desk.open(f"/traces/{trace_id}")
    drag(one, spot_on_line(one), (ASIDE_PX, 0))
    spot = spot_on_line(other)
    other.mouse.move(spot["x"], spot["y"])
    other.mouse.down()
    other.mouse.move(spot["x"], spot["y"] + ASIDE_PX, steps=5)
    with other.expect_response("**/edits") as answer:
        other.mouse.up()
    assert answer.value.status == 412
    expect(other.get_by_role("status").filter(has_text="changed in another window")).to_be_visible()
    assert len(vias(desk.document(trace_id))) == 1, "only what the first window wrote is there"
    expect(other.get_by_role("button", name="Undo")).to_be_enabled()
    other.wait_for_timeout(1500)
    drag(other, spot_on_line(other), (0, ASIDE_PX))
    assert len(vias(desk.document(trace_id))) == 2, "after it has seen it, the second writes too"
