"""The studio from the first start to a shared, styled trace; on every size, in both schemes, in every language."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # it publishes no types
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from connector.render.words import sentence
from tests.browser.conftest import (
    DESKTOP,
    PHONE,
    READY,
    Desk,
    Seen,
    Service,
    comes_true,
    make_trace,
    saving,
    serving,
    sign_in,
)
from tests.tiny_network import crossing
from tests.web.album import BEGIN, WALK, write_album, write_photo

pytestmark = [pytest.mark.browser, pytest.mark.slow]
PANELS = ("Way", "Photos", "Style", "Share", "Picture", "Numbers")


def no_violations(page: Page) -> None:
    page.wait_for_timeout(300)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.fixture
def fresh(tmp_path: Path, tiny_maps: Path, built: Path) -> Iterator[Service]:
    """A service nobody has used."""
    photos = tmp_path / "photos"
    write_album(photos / "A walk")
    with serving(tmp_path / "data", tiny_maps, photos) as running:
        yield running


@pytest.fixture
def visitor(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(viewport=DESKTOP, locale="en-GB")
    yield context
    context.close()


def test_from_the_first_start_to_the_first_trace(fresh: Service, visitor: BrowserContext, seen: Seen) -> None:
    page = seen.watch(visitor.new_page())
    page.goto(fresh.url)
    page.wait_for_selector(READY)
    expect(page.get_by_role("tab", name="First start")).to_have_attribute("aria-selected", "true")
    page.get_by_label("Set-up code").fill(fresh.code)
    page.get_by_label("Your name").fill("Anna")
    page.get_by_role("button", name="Set up").click()
    page.get_by_role("button", name="Folder on this machine").click()
    page.get_by_label("Folder", exact=True).fill(str(fresh.photos))
    page.get_by_role("button", name="Connect", exact=True).click()
    fresh.queue.free.clear()
    page.get_by_role("button", name="Trace A walk").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    page.reload()
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.get_by_role("heading", name="A walk")).to_be_visible()
    no_violations(page)
    fresh.queue.free.set()
    expect(page.locator(".places .place")).to_have_count(5, timeout=60_000)
    page.wait_for_selector(READY)
    assert seen.errors == []
    assert seen.hosts == {fresh.url.removeprefix("http://")}


def test_a_wrong_code_is_said(fresh: Service, visitor: BrowserContext) -> None:
    page = visitor.new_page()
    page.goto(fresh.url)
    page.get_by_label("Set-up code").fill("nonsense")
    page.get_by_label("Your name").fill("Eve")
    page.get_by_role("button", name="Set up").click()
    expect(page.get_by_role("alert")).to_be_visible()
    no_violations(page)


@pytest.fixture(scope="module")
def bench_id(service: Service, chromium: Browser) -> Iterator[str]:
    context = chromium.new_context()
    sign_in(service, context)
    yield make_trace(Desk(service, context, Seen()), "bench")
    context.close()


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_accessible(
    service: Service, chromium: Browser, seen: Seen, bench_id: str, scheme: str, size: ViewportSize
) -> None:
    context = chromium.new_context(viewport=size, color_scheme=scheme, locale="en-GB")  # type: ignore[arg-type]  # one of two
    page = context.new_page()
    page.goto(service.url)
    page.wait_for_selector(READY)
    expect(page.get_by_role("tab", name="First start")).to_have_count(0)
    no_violations(page)
    sign_in(service, context)
    desk = Desk(service, context, seen)
    home = desk.open()
    expect(home.get_by_role("button", name="Trace walk", exact=True)).to_be_visible()
    no_violations(home)
    home.get_by_role("button", name="Connect a library").click()
    home.get_by_text("Anna", exact=True).click()
    no_violations(home)
    bench = desk.open(f"/traces/{bench_id}")
    for panel in PANELS:
        bench.get_by_role("tab", name=panel).click()
        no_violations(bench)
    _look_into(bench)
    assert bench.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert bench.evaluate(
        "document.querySelector('#panel').scrollWidth <= document.querySelector('#panel').clientWidth"
    )
    assert seen.errors == []
    assert seen.hosts == {service.url.removeprefix("http://")}
    context.close()


def _look_into(bench: Page) -> None:
    """What opens only when it is asked for, each without a violation."""
    bench.get_by_role("tab", name="Share").click()
    bench.get_by_text("More", exact=True).click()
    bench.get_by_role("button", name="Make the link").click()
    expect(bench.get_by_role("heading", name="Put it into a page")).to_be_visible()
    no_violations(bench)
    bench.get_by_role("tab", name="Way").click()
    bench.locator(".place .row-button").first.click()
    bench.get_by_role("button", name="Add a sticker").click()
    no_violations(bench)
    bench.get_by_role("button", name="More about").first.click()
    no_violations(bench)
    bench.get_by_role("button", name="Move", exact=True).first.click()
    expect(bench.get_by_role("group", name="Move Photo 1")).to_be_visible()
    no_violations(bench)
    bench.get_by_role("button", name="Cancel").click()
    bench.get_by_role("tab", name="Way").click()
    bench.locator(".way .row-button").first.click()
    no_violations(bench)


def test_the_picture_says_what_it_cannot_write(desk: Desk, trace_id: str) -> None:
    desk.ask("PATCH", f"/traces/{trace_id}", {"title": "Memphis 𓀀"})
    page = desk.open(f"/traces/{trace_id}")
    page.get_by_role("tab", name="Picture").click()
    expect(page.get_by_role("status").filter(has_text="No font on the server can draw 𓀀")).to_be_visible()


def test_new_traces_begin_in_the_style_somebody_prefers(desk: Desk) -> None:
    kept = desk.ask("POST", "/styles", {"name": "At night", "style": {"theme": "night"}})
    home = desk.open()
    home.get_by_text("Anna", exact=True).click()
    home.get_by_role("combobox", name="Units").select_option("imperial")
    home.get_by_role("combobox", name="Style of new traces").select_option("At night")
    expect(home.get_by_role("combobox", name="Style of new traces")).to_have_value(kept["id"])
    made = desk.document(make_trace(desk, "preferred"))["style"]
    desk.ask("DELETE", f"/styles/{kept['id']}")
    desk.ask("PATCH", "/me", {"preferences": {"style": None, "units": "metric"}})
    assert (made["theme"], made["units"]) == ("night", "imperial")


def test_a_style_goes_out_and_comes_back(desk: Desk, trace_id: str, tmp_path: Path) -> None:
    page = desk.open(f"/traces/{trace_id}")
    page.get_by_role("tab", name="Style").click()
    page.get_by_label("Sketch").check(force=True)
    page.get_by_label("Time", exact=True).check(force=True)
    page.get_by_label("Pattern: On foot").select_option("dotted")
    wanted = desk.document(trace_id)["style"] | {"theme": "sketch", "colour_by": "time", "patterns": {"walk": "dotted"}}
    comes_true(page, lambda: desk.document(trace_id)["style"] == wanted)
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
    file = tmp_path / "style.json"
    download.value.save_as(file)
    assert json.loads(file.read_text())["theme"] == "sketch"
    page.get_by_role("radio", name="Night").check(force=True)
    page.get_by_label("Name of the style").fill("Mine")
    page.get_by_role("button", name="Keep this style").click()
    comes_true(page, lambda: desk.document(trace_id)["style"]["theme"] == "night")
    page.get_by_label("Import").set_input_files(file)
    comes_true(page, lambda: desk.document(trace_id)["style"] == wanted)
    page.get_by_role("button", name="Mine", exact=True).click()
    comes_true(page, lambda: desk.document(trace_id)["style"]["theme"] == "night")
    page.get_by_label("Import").set_input_files({"name": "a.json", "mimeType": "text/plain", "buffer": b"[1"})
    expect(page.get_by_role("status").filter(has_text="a.json is not a style")).to_be_visible()
    assert desk.seen.errors == []


def test_a_link_is_made_previewed_and_revoked(desk: Desk, trace_id: str) -> None:
    page = desk.open(f"/traces/{trace_id}")
    page.get_by_role("tab", name="Share").click()
    visible = page.locator(".visible li")
    expect(visible.first).to_be_visible()
    before = visible.all_text_contents()
    with page.expect_response("**/shares"):
        page.get_by_label("Only the path, no photos").check()
    comes_true(page, lambda: visible.all_text_contents() != before)  # what the link would show, before it is made
    page.get_by_role("button", name="Make the link").click()
    link = page.get_by_role("textbox", name="Copy the link").input_value()
    page.get_by_label("Theme").select_option("night")
    code = page.get_by_role("textbox", name="Copy the code").input_value()
    assert code.startswith(f'<iframe src="{link}?theme=night"')
    page.locator(".made iframe").scroll_into_view_if_needed()
    page.frame_locator(".made iframe").locator(READY).wait_for(state="attached", timeout=60_000)
    assert desk.seen.errors == []
    page.get_by_role("button", name="Revoke the link").first.click()
    expect(page.locator(".links")).to_contain_text("revoked")
    assert desk.context.request.get(link).status == 404


def test_title_and_language_are_changed(desk: Desk, trace_id: str) -> None:
    page = desk.open(f"/traces/{trace_id}")
    page.get_by_role("tab", name="Style").click()
    title = page.get_by_label("Title", exact=True).last
    title.fill("Über Stock und Stein 🥾")
    with page.expect_response(lambda answer: answer.request.method == "PATCH"):
        title.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Über Stock und Stein 🥾")
    home = desk.open()
    home.get_by_text("Anna", exact=True).click()
    home.get_by_role("combobox", name="Language").select_option("de")
    expect(home.get_by_role("heading", name="Bibliotheken")).to_be_visible()
    desk.ask("PATCH", "/me", {"preferences": {"lang": None}})


def test_an_album_under_another_name_is_the_same_when_somebody_says_so(
    fresh: Service, visitor: BrowserContext, seen: Seen
) -> None:
    sign_in(fresh, visitor)
    options = {"path": str(fresh.photos)}
    connection = fresh.ask(visitor, "POST", "/connections", {"name": "home", "kind": "folder", "options": options})
    begun = fresh.ask(visitor, "POST", "/traces", {"connection_id": connection["id"], "albums": ["A walk"]})
    fresh.queue.wait()
    (fresh.photos / "A walk").rename(fresh.photos / "A stroll")
    signed = {"Authorization": f"Bearer {fresh.token}"}
    again = visitor.request.post(f"{fresh.url}/api/v1/traces/{begun['id']}/again", data={}, headers=signed)
    assert again.status == 404
    page = Desk(fresh, visitor, seen).open()
    offer = page.get_by_role("group", name="An album is gone")
    expect(offer).to_contain_text("“A stroll” holds 6 of its 6 photos")
    no_violations(page)
    offer.get_by_role("button", name="It is the same").click()
    expect(offer).to_have_count(0)
    fresh.queue.wait()
    (after,) = fresh.ask(visitor, "GET", "/traces")
    assert (after["album_titles"], after["moved"], after["state"]) == (["A stroll"], [], "done")


@pytest.mark.parametrize(("lang", "tab"), [("de", "Fotos"), ("zh", "照片")])
def test_what_the_server_says_is_said_in_the_readers_language(desk: Desk, slow_id: str, lang: str, tab: str) -> None:
    (clock,) = desk.document(slow_id)["suggestions"]
    page = desk.open(f"/traces/{slow_id}?lang={lang}")
    page.get_by_role("tab", name=tab, exact=True).click()
    assert sentence(lang, clock["text"]) != clock["text"]
    expect(page.locator(".suggestions p")).to_have_text(sentence(lang, clock["text"]))


def large(page: Page, n: int, press: str) -> None:
    """Opens a photo large by a button, sees that it is that one, and closes it."""
    page.get_by_role("button", name=press, exact=press == "Show large").first.click()
    expect(page.get_by_role("dialog")).to_contain_text(f"{n} of 6")
    page.keyboard.press("Escape")


def test_a_photo_opens_large_as_it_is_called_by_now(desk: Desk, trace_id: str) -> None:
    """The trace is read anew after a correction; photos and their order are the same."""
    page = desk.open(f"/traces/{trace_id}")
    page.locator(".place .row-button").nth(1).click()
    name = page.get_by_label("Name of the place").last
    name.fill("The old museum")
    with page.expect_response("**/document"):
        name.press("Enter")
    page.get_by_role("button", name="More about").first.click()
    expect(page.get_by_role("region", name="The old museum")).to_be_visible()
    expect(page.locator(".strip button").nth(1)).to_have_attribute(
        "aria-label", re.compile("^Photo 2, The old museum,")
    )
    large(page, 2, "Show large")
    expect(page.get_by_role("dialog", include_hidden=True)).to_contain_text("The old museum")
    scrub = page.get_by_role("slider", name="Where on the way")
    scrub.focus()
    page.keyboard.press("ArrowRight")
    assert "The old museum" in (scrub.get_attribute("aria-valuetext") or "")
    page.locator(".head img").click()
    expect(page.get_by_role("dialog")).to_contain_text("2 of 6")
    assert desk.seen.errors == []


def test_of_many_photos_at_a_stop_the_rest_comes_when_it_is_asked_for(desk: Desk) -> None:
    album = desk.service.photos / "many"
    write_album(album)
    for n in range(60):
        write_photo(album / f"IMG_1{n:03}.jpg", crossing(*WALK[1]), BEGIN + timedelta(minutes=20, seconds=n))
    page = desk.open(f"/traces/{make_trace(desk, 'many')}")
    page.locator(".place .row-button").nth(1).click()
    tiles = page.locator(".place.open .photos li")
    expect(tiles).to_have_count(60)
    rest = page.get_by_role("button", name="and 1 more photo", exact=True)
    rest.click()
    expect(tiles).to_have_count(61)
    expect(rest).to_have_count(0)


def test_without_webgl_photos_open_large_before_and_after_a_correction(
    service: Service, without_webgl: Browser, trace_id: str
) -> None:
    context = without_webgl.new_context(viewport=DESKTOP, locale="en-GB")
    sign_in(service, context)
    page = Desk(service, context, Seen()).open(f"/traces/{trace_id}")
    page.locator(".place .row-button").nth(1).click()
    page.get_by_role("button", name="More about").first.click()
    large(page, 2, "Show large")
    with saving(page):
        page.get_by_role("button", name="Leave out").click()
    large(page, 5, "Show Photo 5")
    context.close()
