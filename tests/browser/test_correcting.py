"""Every correction by mouse; saved at once, and undone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Response, Route, expect

from tests.browser.conftest import DESKTOP, READY, Desk, Seen, saving, sign_in, spot_of, spot_of_photo, spot_on_line

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ASIDE_PX = 70


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
    if (!String(url).endsWith("/preview") || JSON.parse(init.body).edit.kind !== "via") return real(url, init);
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
    with saving(page):
        page.mouse.click(*spot_of(page, lat, lon))
    assert vias(desk.document(trace_id)) == []
    page.reload()
    page.wait_for_selector(READY)
    expect(page.get_by_role("button", name="Redo")).to_be_disabled()
    for key, left in (("Control+z", 1), ("Control+z", 0), ("Control+y", 1), ("Control+y", 0), ("Control+z", 1)):
        with saving(page):
            page.keyboard.press(key)
        assert len(vias(desk.document(trace_id))) == left, "taking it away is a step like any other"


def test_everything_is_undone_and_redone(desk: Desk, trace_id: str) -> None:
    page = desk.open(f"/traces/{trace_id}")
    before = desk.document(trace_id)
    drag(page, spot_on_line(page), (ASIDE_PX, 0))
    page.locator(".way .row-button").first.click()
    for mode in ("Bike", "Car", "Walk", "Bike", "Car"):
        saved(page, mode)
    after = desk.document(trace_id)
    undo, redo = page.get_by_role("button", name="Undo"), page.get_by_role("button", name="Redo")
    for key, done in (("Control+z", undo), ("Control+Shift+z", redo)):
        for _ in range(6):
            page.keyboard.press(key)  # faster than they are answered
        expect(done).to_be_disabled()
        assert desk.document(trace_id)["legs"] == (before if done is undo else after)["legs"]
    assert desk.seen.errors == []


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


def test_a_photo_is_dragged_to_its_place(desk: Desk, trace_id: str) -> None:
    page = desk.open(f"/traces/{trace_id}")
    spot = spot_of_photo(page, 2)
    page.mouse.move(spot["x"], spot["y"])
    page.mouse.down()
    page.mouse.move(spot["x"] + 90, spot["y"] - 60, steps=6)
    expect(page.locator("img.ghost")).to_be_visible()
    with page.expect_response("**/edits") as answer:
        page.mouse.up()
    assert answer.value.ok, answer.value.text()
    sent = sent_with(answer.value)
    assert (sent["kind"], sent["asset"]) == ("move", desk.document(trace_id)["photos"]["key"][2])
    x, y = spot_of(page, sent["lat"], sent["lon"])
    assert abs(x - spot["x"] - 90) < 2
    assert abs(y - spot["y"] + 60) < 2
    expect(page.locator("img.ghost")).to_have_count(0)
    assert desk.seen.errors == []


def test_places_that_were_guessed_are_accepted(desk: Desk, guessed_id: str) -> None:
    page = desk.open(f"/traces/{guessed_id}")
    assert len(desk.document(guessed_id)["inferred"]["leg"]) == 2
    page.get_by_role("tab", name="Photos").click()
    with page.expect_response("**/edits") as answer:
        page.get_by_role("button", name="Accept the place of").first.click()
    assert answer.value.ok
    assert sent_with(answer.value)["kind"] == "move"
    expect(page.get_by_role("heading", name="1 photo placed by its time")).to_be_visible()
    with saving(page):
        page.keyboard.press("Control+z")
    expect(page.get_by_role("heading", name="2 photos placed by their time")).to_be_visible()
    with page.expect_response("**/edits") as all_of_them:
        page.get_by_role("button", name="Accept all").click()
    assert (sent_with(all_of_them.value)["kind"], len(sent_with(all_of_them.value)["moves"])) == ("moves", 2)
    expect(page.get_by_role("button", name="Accept all")).to_have_count(0)
    assert desk.document(guessed_id)["inferred"]["leg"] == []
    with saving(page):
        page.keyboard.press("Control+z")
    assert len(desk.document(guessed_id)["inferred"]["leg"]) == 2, "accepted in one step, taken back in one"


def test_a_photo_is_left_out_and_brought_back(desk: Desk, trace_id: str) -> None:
    page = desk.open(f"/traces/{trace_id}")
    before = desk.document(trace_id)
    stops = len(before["stops"]["start"])
    page.locator(".place .row-button").nth(1).click()
    page.get_by_role("button", name="More about").first.click()
    saved(page, "Leave out")
    assert len(desk.document(trace_id)["stops"]["start"]) == stops - 1
    page.get_by_role("tab", name="Way").click()
    expect(page.locator(".places .place")).to_have_count(stops - 1)
    page.reload()
    page.get_by_role("tab", name="Photos").click()
    expect(page.get_by_role("heading", name="1 photo left out")).to_be_visible()
    expect(page.locator(".draggable")).to_have_count(1)  # what was left out does not wait for a place
    with saving(page):
        page.get_by_role("button", name="Bring back").click()
    assert desk.document(trace_id)["stops"] == before["stops"]
    expect(page.get_by_role("heading", name="left out")).to_have_count(0)
    with saving(page):
        page.keyboard.press("Control+z")
    assert len(desk.document(trace_id)["stops"]["start"]) == stops - 1


_PINS = """async () => {
  const { map } = document.querySelector(".map");
  while (!map.loaded()) await new Promise((resolve) => map.once("render", resolve));
  return map.queryRenderedFeatures({ layers: ["photos"] }).map((each) => {
    const { data } = map.getImage(each.layer.layout["icon-image"].toString());
    const at = 4 * (data.width * Math.floor(data.height * 0.45) + Math.floor(data.width / 2));
    return { index: each.properties.index, colour: [...data.data.slice(at, at + 3)], wide: data.width };
  });
}"""


def pins(page: Page, document: Any) -> dict[str, list[int]]:
    """By the keys of photos the colour of the picture that the map shows of each."""
    return {document["photos"]["key"][pin["index"]]: pin["colour"] for pin in page.evaluate(_PINS)}


def pins_become(page: Page, document: Callable[[], Any], wanted: dict[str, list[int]]) -> None:
    """Waits until those in sight are of these, three of them at least."""
    for _ in range(50):
        found = pins(page, document())
        if len(found) >= 3 and found.items() <= wanted.items():
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{found} are not of {wanted}")


def test_every_photo_keeps_its_picture_when_another_is_left_out(desk: Desk, trace_id: str) -> None:
    page = desk.open(f"/traces/{trace_id}")
    keys = desk.document(trace_id)["photos"]["key"]
    before = pins(page, desk.document(trace_id))
    assert len({tuple(colour) for colour in before.values()}) == 5
    page.locator(".place .row-button").nth(1).click()
    page.get_by_role("button", name="More about").first.click()
    saved(page, "Leave out")
    rest = {key: colour for key, colour in before.items() if key != keys[1]}
    pins_become(page, lambda: desk.document(trace_id), rest)
    with saving(page):
        page.get_by_role("button", name="Bring back").click()
    pins_become(page, lambda: desk.document(trace_id), before)


def test_of_two_sizes_chosen_in_a_hurry_every_picture_has_the_last(desk: Desk, trace_id: str) -> None:
    page = desk.open(f"/traces/{trace_id}")
    page.get_by_role("tab", name="Style").click()
    size = page.get_by_role("group", name="Photos on the map")
    held: list[Route] = []
    page.route("**/photos/*edge=256", lambda route: held.append(route))
    for chosen in ("Small", "Large"):
        size.get_by_label(chosen).check()
        page.wait_for_timeout(500)
    assert len(held) >= 5
    for route in held:
        route.continue_()
    page.unroute("**/photos/*edge=256")
    page.wait_for_timeout(500)
    assert {pin["wide"] for pin in page.evaluate(_PINS)} == {156}


def test_several_photos_at_a_spot_show_the_one_that_stands_out(desk: Desk, trace_id: str) -> None:
    page = desk.open(f"/traces/{trace_id}")
    document = desk.document(trace_id)
    one = pins(page, document)
    keys = document["photos"]["key"]
    for featured, shown in (([], keys[0]), ([keys[3]], keys[3])):
        desk.ask("PATCH", f"/traces/{trace_id}", {"style": {"featured": featured}})
        page.reload()
        page.wait_for_selector(READY)
        page.evaluate("document.querySelector('.map').map.jumpTo({ zoom: 9 })")
        page.wait_for_timeout(300)
        (pin,) = page.evaluate(_PINS)
        assert pin["colour"] == one[shown]


def test_a_stop_is_split(desk: Desk, trace_id: str) -> None:
    page = desk.open(f"/traces/{trace_id}")
    stops = desk.document(trace_id)["stops"]
    page.locator(".place .row-button").nth(1).click()
    saved(page, "Join with the place before")
    assert len(desk.document(trace_id)["stops"]["start"]) == len(stops["start"]) - 1
    with saving(page):
        page.get_by_role("button", name="Begin a new place at Photo 2").click()
    assert desk.document(trace_id)["stops"]["photos"] == stops["photos"]


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


_GUESSED = """async (indexes) => {
  const { features } = await document.querySelector(".map").map.getSource("photos").getData();
  return indexes.map((index) => features.find((each) => each.properties.index === index)?.geometry.coordinates);
}"""


def test_a_clock_is_shifted_and_the_photos_move(desk: Desk, guessed_id: str) -> None:
    page = desk.open(f"/traces/{guessed_id}")
    page.get_by_role("tab", name="Photos").click()
    before = page.evaluate(_GUESSED, [5, 6])
    slider = page.get_by_role("slider", name="Clock of").first
    box = slider.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2 + 14, box["y"] + box["height"] / 2)
    expect(page.get_by_role("button", name="One minute more")).to_be_visible()
    page.mouse.up()
    shifted = page.evaluate(_GUESSED, [5, 6])
    assert [a != b for a, b in zip(before, shifted, strict=True)] == [True, True], "seen before it is saved"
    version = desk.document(guessed_id)["version"]
    page.get_by_role("button", name="Cancel").click()
    page.wait_for_timeout(300)
    assert page.evaluate(_GUESSED, [5, 6]) == before
    assert desk.document(guessed_id)["version"] == version
    slider.focus()
    page.keyboard.press("ArrowRight")
    saved(page, "Save")
    assert desk.document(guessed_id)["log"]["undo"] is not None
    with saving(page):
        page.get_by_role("button", name="Undo").click()


def test_a_suggested_clock_is_accepted_and_taken_back(desk: Desk, slow_id: str) -> None:
    before = desk.document(slow_id)
    page = desk.open(f"/traces/{slow_id}")
    page.get_by_role("tab", name="Photos").click()
    suggested = page.locator(".suggestions li")
    expect(suggested).to_contain_text("The clock of Tiny Camera is 38 min 00 s slow: 5 of its photos carry GPS time")
    guessed = [n for n, at in enumerate(page.evaluate(_GUESSED, list(range(7)))) if at is not None][-2:]
    was = page.evaluate(_GUESSED, guessed)
    with page.expect_response("**/edits") as answer:
        suggested.get_by_role("button", name="Accept").click()
    assert sent_with(answer.value) == {"kind": "clock", "camera": "Tiny Camera", "seconds": 2280}
    expect(suggested).to_have_count(0)
    assert desk.document(slow_id)["photos"]["at"] != before["photos"]["at"]
    moved_on(page, guessed, was)
    with saving(page):
        page.get_by_role("button", name="Undo").click()
    expect(suggested).to_have_count(1)
    after = desk.document(slow_id)
    assert (after["photos"]["at"], after["suggestions"]) == (before["photos"]["at"], before["suggestions"])
    assert desk.seen.errors == []


def moved_on(page: Page, photos: list[int], was: list[list[float]]) -> None:
    """Waits until the map shows each of the photos at another place."""
    for _ in range(100):
        now = page.evaluate(_GUESSED, photos)
        if all(there != before for there, before in zip(now, was, strict=True)):
            return
        page.wait_for_timeout(100)
    raise AssertionError("the map shows the photos where they were")


def test_two_windows_do_not_overwrite_each_other(desk: Desk, chromium: Browser, trace_id: str) -> None:
    """Of two browsers: what one has not seen yet it cannot write over."""
    elsewhere = chromium.new_context(viewport=DESKTOP, locale="en-GB")
    sign_in(desk.service, elsewhere)
    one, other = desk.open(f"/traces/{trace_id}"), Desk(desk.service, elsewhere, Seen()).open(f"/traces/{trace_id}")
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
    elsewhere.close()


def test_two_windows_of_one_browser_show_the_same(desk: Desk, trace_id: str) -> None:
    one, other = desk.open(f"/traces/{trace_id}"), desk.open(f"/traces/{trace_id}")
    drag(one, spot_on_line(one), (ASIDE_PX, 0))
    expect(other.get_by_role("button", name="Undo")).to_be_enabled()
    other.wait_for_timeout(1500)
    drag(other, spot_on_line(other), (0, ASIDE_PX))
    assert len(vias(desk.document(trace_id))) == 2
    with saving(one):
        one.get_by_role("button", name="Undo").click()  # of what the other window did
    assert len(vias(desk.document(trace_id))) == 1
    expect(other.get_by_role("button", name="Redo")).to_be_enabled()
    one.get_by_role("tab", name="Style").click()
    one.get_by_label("Title", exact=True).fill("Of two windows")
    one.get_by_label("Title", exact=True).press("Tab")
    expect(other.get_by_role("heading", name="Of two windows")).to_be_visible()
    assert desk.seen.errors == []
