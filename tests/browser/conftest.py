"""The real service behind a real Chromium: a folder of photos in the suite's own town, traced by the real engine."""

from __future__ import annotations

import os
import shutil
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, timedelta, timezone, tzinfo
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    Response,
    ViewportSize,
    expect,
    sync_playwright,
)
from werkzeug.serving import WSGIRequestHandler, make_server

from connector.actions import people
from connector.actions.pull import run
from connector.actions.services import Services, open_services
from connector.settings import Settings
from connector.web import widget
from connector.web.app import create_app
from tests.tiny_network import crossing
from tests.web.album import BEGIN, WALK, write_album, write_photo

DESKTOP: ViewportSize = {"width": 1280, "height": 820}
PHONE: ViewportSize = {"width": 390, "height": 844}
READY = "html[data-ready]"
# what comes true on a busy machine only later is as true
expect.set_options(timeout=30_000)


class Later:
    """A queue that works beside the requests, as the service does; ``hold`` lets a test look at what waits."""

    def __init__(self) -> None:
        self.services: Services | None = None
        self.free = threading.Event()
        self.free.set()
        self._begun: set[str] = set()
        self._threads: list[threading.Thread] = []

    def enqueue(self, job_id: str, trace_id: str) -> None:
        if job_id not in self._begun:
            self._begun.add(job_id)
            self._threads.append(threading.Thread(target=self._work, args=(trace_id,)))
            self._threads[-1].start()

    def cancel(self, job_id: str) -> None:
        del job_id

    def workers(self) -> int:
        return 1

    def wait(self) -> None:
        for thread in self._threads:
            thread.join(60)

    def _work(self, trace_id: str) -> None:
        assert self.services is not None
        self.free.wait(60)
        run(self.services, trace_id)


@dataclass
class Service:
    """A running service. ``code`` sets it up, ``token`` signs Anna in once that is done."""

    url: str
    services: Services
    queue: Later
    photos: Path
    code: str
    _token: str | None = None

    @property
    def token(self) -> str:
        if self._token is None:
            self._token = people.set_up(self.services, self.code, "Anna").token
        return self._token

    def ask(self, context: BrowserContext, method: str, path: str, said: Any = None) -> Any:
        """The API's answer to Anna."""
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = context.request.fetch(f"{self.url}/api/v1{path}", method=method, data=said, headers=headers)
        assert answer.ok, f"{method} {path}: {answer.status} {answer.text()}"
        return answer.json() if answer.status != 204 else None


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """A failed test is about the page: it need not list what was asked."""


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def serving(data: Path, maps: Path, photos: Path) -> Iterator[Service]:
    """A service of its own, with an empty database."""
    data.mkdir()
    (data / "maps").symlink_to(maps)
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    queue = Later()
    settings = Settings(data=data, base_url=url, router_threads=1, allowed_networks=("127.0.0.0/8",))
    with open_services(settings, queue) as services:
        queue.services = services
        code = people.setup_code(services)
        assert code is not None
        server = make_server("127.0.0.1", port, create_app(services), threaded=True, request_handler=_Quiet)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield Service(url, services, queue, photos, code)
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
            queue.wait()


@pytest.fixture(scope="session")
def built() -> Path:
    """The built widget; skips where it is not built."""
    if widget.entry("src/studio/main.tsx", widget.BUILT) is None:
        pytest.skip("the widget is not built: pip install -e . builds it")
    return widget.BUILT


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("library")
    write_album(folder / "walk")
    return folder


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory, tiny_maps: Path, library: Path, built: Path) -> Iterator[Service]:
    """One service for all tests that make their own trace."""
    with serving(tmp_path_factory.mktemp("service") / "data", tiny_maps, library) as running:
        yield running


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


def _chromium(playwright: Playwright) -> str:
    named = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    found = named or playwright.chromium.executable_path
    if not Path(found).exists():
        pytest.skip("no Chromium found: install one, or name it in CHROMIUM")
    return found


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=_chromium(playwright), args=["--no-sandbox"])
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def without_webgl(playwright: Playwright) -> Iterator[Browser]:
    flags = ["--no-sandbox", "--disable-3d-apis"]
    browser = playwright.chromium.launch(executable_path=_chromium(playwright), args=flags)
    yield browser
    browser.close()


@dataclass
class Seen:
    """What a page complained of, and whom it asked. A page without a fault complains of nothing."""

    errors: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)

    def watch(self, page: Page) -> Page:
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("request", lambda request: self._asked(request.url))
        return page

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(f"{message.text} {message.location.get('url', '')}")

    def _asked(self, url: str) -> None:
        if urlsplit(url).scheme in ("http", "https", "ws", "wss"):
            self.hosts.add(urlsplit(url).netloc)


@pytest.fixture
def seen() -> Seen:
    return Seen()


@dataclass
class Desk:
    """Anna's browser, signed in."""

    service: Service
    context: BrowserContext
    seen: Seen

    def open(self, path: str = "/") -> Page:
        page = self.seen.watch(self.context.new_page())
        page.goto(self.service.url + path)
        page.wait_for_selector(READY)
        return page

    def ask(self, method: str, path: str, said: Any = None) -> Any:
        return self.service.ask(self.context, method, path, said)

    def document(self, trace_id: str) -> Any:
        return self.ask("GET", f"/traces/{trace_id}/document")


def sign_in(service: Service, context: BrowserContext) -> None:
    answer = context.request.post(f"{service.url}/api/v1/session", data={"token": service.token})
    assert answer.ok, answer.text()


@pytest.fixture
def desk(service: Service, chromium: Browser, seen: Seen) -> Iterator[Desk]:
    context = chromium.new_context(viewport=DESKTOP, locale="en-GB")
    sign_in(service, context)
    yield Desk(service, context, seen)
    context.close()


@pytest.fixture
def trace_id(service: Service, desk: Desk, request: pytest.FixtureRequest) -> str:
    """A trace of the test's own, made: its album is a copy of the walk."""
    return make_trace(desk, request.node.name)


@pytest.fixture
def guessed_id(service: Service, desk: Desk, request: pytest.FixtureRequest) -> str:
    """As `trace_id`, with two more photos that say when they were taken, and not where."""
    return make_trace(desk, request.node.name, guessed=(25, 47))


@pytest.fixture
def slow_id(service: Service, desk: Desk, request: pytest.FixtureRequest) -> str:
    """A trace of a camera whose clock is 38 minutes slow, as its GPS knows; two photos have the clock alone."""
    name = request.node.name
    folder = service.photos / _album(name)
    folder.mkdir()
    zone = timezone(timedelta(hours=2))
    for n, at in enumerate(WALK):
        instant = BEGIN + timedelta(minutes=20 * n)
        wall = instant.astimezone(zone) - timedelta(minutes=38)
        write_photo(folder / f"IMG_{n:04}.jpg", crossing(*at), instant, shade=40 * n, wall=wall)
    return make_trace(desk, name, (5, 37), zone)


def _album(name: str) -> str:
    return "".join(letter if letter.isalnum() else "-" for letter in name)


def make_trace(desk: Desk, name: str, guessed: Sequence[int] = (), zone: tzinfo = UTC) -> str:
    """A trace of a copy of the walk; ``guessed``: minutes after its begin of more photos, without a place."""
    album = _album(name)
    if not (desk.service.photos / album).exists():
        shutil.copytree(desk.service.photos / "walk", desk.service.photos / album)
    for minutes in guessed:
        instant = (BEGIN + timedelta(minutes=minutes)).astimezone(zone)
        write_photo(desk.service.photos / album / f"IMG_1{minutes:03}.jpg", None, instant, shade=minutes)
    connections = desk.ask("GET", "/connections")
    if not connections:
        wish = {"name": "home", "kind": "folder", "options": {"path": str(desk.service.photos)}}
        connections = [desk.ask("POST", "/connections", wish)]
    made = desk.ask("POST", "/traces", {"connection_id": connections[0]["id"], "albums": [album]})
    desk.service.queue.wait()
    assert desk.ask("GET", f"/traces/{made['id']}")["state"] == "done"
    return str(made["id"])


def comes_true(page: Page, what: Callable[[], bool]) -> None:
    """Waits for something that happens a moment later, on the server or on the page."""
    for _ in range(300):
        if what():
            return
        page.wait_for_timeout(100)
    assert what(), "it does not come true within half a minute"


@contextmanager
def saving(page: Page) -> Iterator[None]:
    """What is done in it saves one correction (or takes one back), and that is accepted."""

    def writes(response: Response) -> bool:
        return response.request.method == "POST" and response.url.endswith(("/edits", "/undo", "/redo"))

    with page.expect_response(writes) as answer:
        yield
    assert answer.value.ok, answer.value.text()


_SPOT = """(want) => {
  const PLACES = ["photos", "dots", "stops"];
  const map = document.querySelector(".map").map;
  const box = map.getCanvas().getBoundingClientRect();
  const free = (p) => document.elementFromPoint(p.x + box.left, p.y + box.top) === map.getCanvas()
    && !map.queryRenderedFeatures([[p.x - 9, p.y - 9], [p.x + 9, p.y + 9]], { layers: PLACES }).length;
  for (const feature of map.queryRenderedFeatures({ layers: ["way-halo", "way-guess-halo"] })) {
    if (want !== null && feature.id !== want) continue;
    const { type, coordinates } = feature.geometry;
    const lines = type === "LineString" ? [coordinates] : coordinates;
    for (const line of lines) for (let n = 1; n < line.length; n++) for (const share of [0.5, 0.3, 0.7]) {
      const p = map.project([0, 1].map((i) => line[n - 1][i] + share * (line[n][i] - line[n - 1][i])));
      if (free(p)) return { leg: feature.id, x: p.x + box.left, y: p.y + box.top };
    }
  }
  return null;
}"""


def spot_on_line(page: Page, leg: int | None = None) -> dict[str, float]:
    """Where on the page the line can be grabbed: with nothing else near."""
    found: dict[str, float] | None = page.evaluate(_SPOT, leg)
    assert found is not None, "no free spot of the line is in sight"
    return found


def spot_of_photo(page: Page, stop: int) -> dict[str, float]:
    """Where on the page the picture of a photo of that stop is, by itself."""
    found: dict[str, float] | None = page.evaluate(
        """(stop) => { const map = document.querySelector(".map").map;
        const box = map.getCanvas().getBoundingClientRect();
        const found = map.queryRenderedFeatures({ layers: ["photos"] }).find((each) => each.properties.index === stop);
        if (!found) return null;
        const p = map.project(found.geometry.coordinates);
        return { x: p.x + box.left, y: p.y + box.top - 24 }; }""",
        stop,
    )
    assert found is not None, "the photo is not in sight by itself"
    return found


def spot_of(page: Page, lat: float, lon: float) -> tuple[float, float]:
    """Where on the page a position is."""
    found = page.evaluate(
        """([lon, lat]) => { const map = document.querySelector(".map").map;
        const box = map.getCanvas().getBoundingClientRect(); const p = map.project([lon, lat]);
        return [p.x + box.left, p.y + box.top]; }""",
        [lon, lat],
    )
    return float(found[0]), float(found[1])
