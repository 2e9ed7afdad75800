"""The embed as readers meet it: in a page of their own, in a foreign frame, on a phone, with keys, without WebGL."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # it publishes no types
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from connector.demo.servers import gallery, served
from tests.browser.conftest import DESKTOP, PHONE, READY, Desk, Seen, Service, _Quiet, make_trace, sign_in
from tests.render.seen import ciede2000, of_hex
from tests.tiny_network import crossing
from tests.web.album import write_album

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def shared_url(service: Service, chromium: Browser) -> Iterator[str]:
    """A link to a trace."""
    context = chromium.new_context()
    sign_in(service, context)
    desk = Desk(service, context, Seen())
    trace_id = make_trace(desk, "shared")
    made = desk.ask("POST", f"/traces/{trace_id}/shares", {})
    yield str(made["url"])
    context.close()


@pytest.fixture
def reader(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(viewport=DESKTOP, locale="en-GB")
    yield context
    context.close()


def opened(context: BrowserContext, url: str, seen: Seen) -> Page:
    page = seen.watch(context.new_page())
    page.goto(url)
    page.wait_for_selector(READY)
    return page


def test_it_asks_nobody_else_keeps_nothing_and_complains_of_nothing(
    reader: BrowserContext, shared_url: str, service: Service, seen: Seen
) -> None:
    page = opened(reader, shared_url, seen)
    page.get_by_role("button", name="Play the trip").click()
    page.wait_for_timeout(1500)
    page.get_by_role("button", name="Pause").click()
    assert seen.errors == []
    assert seen.hosts == {service.url.removeprefix("http://")}
    assert reader.cookies() == []
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


def test_the_way_has_the_colours_of_the_picture_at_every_photo(
    reader: BrowserContext, shared_url: str, seen: Seen
) -> None:
    """What the server says of them is what the map draws, to a piece. It knows them once the photos were shown."""
    opened(reader, shared_url, seen).close()
    page = opened(reader, shared_url, seen)
    said = reader.request.get(f"{shared_url}/document").json()["colours"]
    drawn = page.evaluate(
        """async () => (await document.querySelector(".map").map.getSource("pieces").getData()).features
        .map(({ id, properties }) => [Math.floor(id / 64), properties.colour])"""
    )
    colours: dict[int, list[str]] = {}
    for leg, colour in drawn:
        colours.setdefault(leg, []).append(colour)
    at, checked = 0, 0
    for leg, count in enumerate(said["knots"]):
        for n in range(at, at + count if leg in colours else at):
            pieces = colours[leg]
            near = pieces[min(len(pieces) - 1, int(said["share"][n] / 1000 * len(pieces)))]
            assert ciede2000(of_hex(near), of_hex("#" + said["colour"][6 * n : 6 * n + 6])) < 4
            checked += 1
        at += count
    assert checked >= 6


def test_playback_brings_up_one_photo_after_the_other(reader: BrowserContext, shared_url: str, seen: Seen) -> None:
    page = opened(reader, f"{shared_url}?theme=night", seen)
    scrub = page.get_by_role("slider", name="Where on the way")
    page.get_by_role("button", name="Speed").click()
    page.get_by_role("button", name="Play the trip").click()
    page.wait_for_timeout(2500)
    page.get_by_role("button", name="Pause").click()
    assert int(scrub.input_value()) > 1500
    expect(page.locator(".head img")).to_be_visible()
    expect(page.locator(".item [aria-current=true]")).to_have_count(1)


def test_by_keys(reader: BrowserContext, shared_url: str, seen: Seen) -> None:
    page = opened(reader, shared_url, seen)
    scrub = page.get_by_role("slider", name="Where on the way")
    scrub.focus()
    page.keyboard.press("ArrowRight")
    assert "Photo 2" in (scrub.get_attribute("aria-valuetext") or "")
    page.keyboard.press("End")
    page.keyboard.press("Home")
    assert scrub.input_value() == "0"
    first = page.locator(".item button").first
    first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert "Photo 2" in (scrub.get_attribute("aria-valuetext") or "")
    page.get_by_role("button", name="Places and ways").press("Enter")
    expect(page.get_by_role("region", name="Places and ways")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Places and ways")).to_be_focused()


def test_a_photo_opens_large_and_the_next_by_a_key(reader: BrowserContext, shared_url: str, seen: Seen) -> None:
    page = opened(reader, shared_url, seen)
    page.locator(".item button").nth(1).click()
    page.locator(".head img").click()
    large = page.get_by_role("dialog")
    expect(large).to_contain_text("2 of")
    page.keyboard.press("ArrowRight")
    expect(large).to_contain_text("3 of")
    page.keyboard.press("Escape")
    expect(large).to_be_hidden()


def test_without_motion_nothing_glides(chromium: Browser, shared_url: str, seen: Seen) -> None:
    moves = []
    for wish in ("no-preference", "reduce"):
        context = chromium.new_context(viewport=PHONE, reduced_motion=wish)
        page = opened(context, shared_url, seen)
        page.evaluate(
            "() => { window.moves = 0; document.querySelector('.map').map.on('move', () => window.moves++); }"
        )
        page.get_by_role("button", name="Places and ways").click()
        page.locator(".list .place button").last.click()
        page.wait_for_timeout(1200)
        moves.append(page.evaluate("window.moves"))
        context.close()
    assert moves[1] == 1 < moves[0]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("place", ["", "/album"])
def test_it_is_accessible_in_both_schemes_and_on_a_phone(
    chromium: Browser, shared_url: str, seen: Seen, scheme: str, place: str
) -> None:
    context = chromium.new_context(viewport=PHONE if scheme == "dark" else DESKTOP, color_scheme=scheme)  # type: ignore[arg-type]  # one of two
    page = opened(context, shared_url + place, seen)
    assert page.evaluate("document.documentElement.dataset.scheme") == scheme
    page.get_by_role("button", name="Places and ways").click()
    page.wait_for_timeout(400)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing is wider than the screen"
    assert seen.errors == []
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_password_is_asked_for_without_a_complaint(
    service: Service, chromium: Browser, desk: Desk, seen: Seen, scheme: str
) -> None:
    trace_id = make_trace(desk, f"behind a password, {scheme}")
    url = desk.ask("POST", f"/traces/{trace_id}/shares", {"password": "sentinel-correct-horse"})["url"]
    context = chromium.new_context(viewport=PHONE, color_scheme=scheme, locale="de-DE")  # type: ignore[arg-type]  # one of two
    page = seen.watch(context.new_page())
    page.goto(url)
    for password in ("falsch", "sentinel-correct-horse"):
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
        page.get_by_label("Passwort").fill(password)
        page.get_by_role("button", name="Öffnen").click()
    page.wait_for_selector(READY)
    assert seen.errors == []
    assert seen.hosts == {service.url.removeprefix("http://")}
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_pages_without_a_map_are_accessible(
    desk: Desk, shared_url: str, tmp_path: Path, scheme: str, size: ViewportSize
) -> None:
    """The description of the API, a link that has ended, and the demo's gallery around the widget."""
    write_album(tmp_path)
    page = desk.context.new_page()
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of two
    page.set_viewport_size(size)
    with served(gallery("A day", tmp_path, shared_url)) as address:
        for url in (f"{desk.service.url}/api/docs", f"{desk.service.url}/embed/nothing", address):
            page.goto(url)
            page.wait_for_timeout(300)
            found = Axe().run(page)
            assert found.violations_count == 0, found.generate_report()
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), url


def test_without_webgl_there_is_the_picture(without_webgl: Browser, shared_url: str) -> None:
    context = without_webgl.new_context(viewport=DESKTOP)
    page = opened(context, shared_url, Seen())
    picture = page.get_by_role("img", name="A picture of the way")
    expect(picture).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("cannot draw the map")
    page.wait_for_timeout(500)
    assert page.evaluate("document.querySelector('.poster').decode().then(() => true, () => false)")
    context.close()


def test_without_webgl_every_photo_of_an_album_opens(without_webgl: Browser, shared_url: str, seen: Seen) -> None:
    context = without_webgl.new_context(viewport=DESKTOP, locale="en-GB")
    page = opened(context, f"{shared_url}/album", seen)
    large = page.get_by_role("dialog")
    for n, name in enumerate(["Photo 1,", "Photo 2,", "Photo 3,", "Photo 4,", "Photo 5,", "Photo 6"], 1):
        page.locator(".photos").get_by_role("button", name=name).click()
        expect(large).to_contain_text(f"{n} of 6")
        page.keyboard.press("Escape")
    context.close()


@dataclass(frozen=True)
class Host:
    """A page of somebody else's, on another site."""

    url: str


@pytest.fixture(scope="module")
def host(shared_url: str) -> Iterator[Host]:
    @Request.application
    def page(request: Request) -> Response:
        sandbox = f'sandbox="{request.args["sandbox"]}"' if "sandbox" in request.args else ""
        frame = f'<iframe id="trip" src="{shared_url}" width="640" height="420" title="Trip" {sandbox}></iframe>'
        script = """<script>window.heard = []; addEventListener("message", (event) => {
            const frame = document.getElementById("trip");
            if (event.source === frame.contentWindow) window.heard.push(event.data); });</script>"""
        return Response(f"<!doctype html><title>Blog</title>{script}{frame}", mimetype="text/html")

    server = make_server("localhost", 0, page, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Host(f"http://localhost:{server.server_port}/")
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("query", ["", "?sandbox=allow-scripts"])
def test_in_a_frame_of_another_site(reader: BrowserContext, host: Host, seen: Seen, query: str) -> None:
    """``sandbox="allow-scripts"`` is what WordPress makes of every foreign frame."""
    page = seen.watch(reader.new_page())
    page.goto(host.url + query)
    frame = page.frame_locator("#trip")
    frame.locator(READY).wait_for(state="attached")
    assert seen.errors == []
    heard = page.evaluate("window.heard")
    assert {"image-tracer:ready", "image-tracer:resize"} <= {each.get("type") for each in heard}
    assert all(300 < each["height"] < 700 for each in heard if each.get("type") == "image-tracer:resize")
    page.evaluate(
        "document.getElementById('trip').contentWindow.postMessage({type: 'image-tracer:select', index: 1}, '*')"
    )
    expect(frame.get_by_role("dialog")).to_contain_text("2 of")
    assert {"image-tracer:select"} <= {each.get("type") for each in page.evaluate("window.heard")}


def test_a_message_that_says_no_place_on_the_way_moves_nothing(reader: BrowserContext, host: Host, seen: Seen) -> None:
    page = seen.watch(reader.new_page())
    page.goto(host.url)
    page.frame_locator("#trip").locator(READY).wait_for(state="attached")
    for said in ("share: 0.5", "", "share: null", "share: 'x'", "share: {}", "share: Infinity"):
        page.evaluate(f"frames[0].postMessage({{type: 'image-tracer:seek', {said}}}, '*')")
    page.evaluate("frames[0].postMessage({type: 'image-tracer:pause'}, '*')")
    page.wait_for_timeout(300)
    states = page.evaluate("window.heard.filter(({ type }) => type === 'image-tracer:state')")
    assert [each["share"] for each in states] == [0.5, 0.5]
    assert seen.errors == []


def test_a_message_of_another_window_is_not_heard(reader: BrowserContext, shared_url: str, seen: Seen) -> None:
    page = opened(reader, shared_url, seen)
    page.evaluate("window.postMessage({type: 'image-tracer:select', index: 1}, '*')")
    page.wait_for_timeout(400)
    expect(page.get_by_role("dialog")).to_be_hidden()


@pytest.mark.parametrize(("lang", "title"), [("de", "Reise abspielen"), ("zh", "播放旅程"), ("xx", "Play the trip")])
def test_it_speaks_the_readers_language(chromium: Browser, shared_url: str, seen: Seen, lang: str, title: str) -> None:
    context = chromium.new_context(locale="en-US")
    page = opened(context, f"{shared_url}?lang={lang}", seen)
    expect(page.get_by_role("button", name=title)).to_be_visible()
    context.close()


_PICTURES_AND_DOTS = """() => {
  const map = document.querySelector(".map").map;
  const boxes = (layer, margin, above) => map.queryRenderedFeatures({ layers: [layer] }).map((each) => {
    const { x, y } = map.project(each.geometry.coordinates);
    const image = map.getImage(each.layer.layout["icon-image"].toString());
    const [wide, high] = [image.data.width / image.pixelRatio - 2 * margin, image.data.height / image.pixelRatio];
    const bottom = above ? y : y + high / 2;
    return [x - wide / 2, bottom - high + margin, x + wide / 2, bottom];
  });
  return { pictures: boxes("photos", 9, true), dots: boxes("dots", 2, false), order: map.getLayersOrder() };
}"""


def test_no_picture_is_crossed_by_a_dot(desk: Desk) -> None:
    """Stops close to each other: the dots of some lie where the picture of another is."""
    places = [crossing(1 + n // 4, 1 + n % 4) for n in range(16)]
    write_album(desk.service.photos / "close", [*places, crossing(9, 9)])
    page = desk.open(f"/traces/{make_trace(desk, 'close')}")
    page.evaluate(
        """() => { const { map } = document.querySelector(".map"); map.jumpTo({ zoom: map.getZoom() - 0.7 });
        return new Promise((resolve) => map.once("idle", () => resolve(null))); }"""
    )
    seen = page.evaluate(_PICTURES_AND_DOTS)
    assert len(seen["pictures"]) > 1
    assert len(seen["dots"]) > 1, "where no picture is, the stops are seen"
    assert seen["order"].index("dots") < seen["order"].index("photos")
    for left, top, right, bottom in seen["pictures"]:
        inside = [d for d in seen["dots"] if d[0] < right and d[2] > left and d[1] < bottom and d[3] > top]
        assert inside == []
