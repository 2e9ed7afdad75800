"""How soon a trace of 10,000 photos is on the screen, beside an empty map, in a real browser from a real server.

    python -m tests.bench.widget [--photos 10000] [--rounds 5] [--folder DIR]

Loads the embed of the trace and the same page without the trace in turns, each time in a fresh context without a cache.
Prints the document's compressed size, and as ratios of the empty map's first idle: the way on the screen, and
everything settled. Then the share of frames over 50 ms while the whole trip is scrubbed through, beside an empty map
that draws as often. Needs the map and the roads of ../shared; ``--folder`` keeps the trace for the next time.
"""

from __future__ import annotations

import argparse
import gzip
import html
import io
import json
import random
import re
import shutil
import struct
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, sync_playwright
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.test import Client

from connector.actions import connections, people, shares, traces
from connector.actions.pull import run
from connector.actions.services import Services, open_services
from connector.maps.registry import add_map
from connector.metadata.fix import Fix
from connector.settings import Settings
from connector.web.app import create_app
from tests.bench.library import Shot
from tests.bench.pull import _Later, _shown
from tests.metadata import made
from tests.render.scenes import KINDS, SHARED, drawn, wandering

MAP = "liechtenstein"
MOST_BYTES, MOST_TO_WAY, MOST_TO_SETTLED = 450_000, 1.5, 3.5
CHROMIUM = "/usr/bin/chromium"
SIZE = {"width": 1280, "height": 800}
_LOADED = """() => new Promise((resolve) => {
  const at = (name) => performance.getEntriesByName(name)[0]?.startTime;
  const look = () => at("image-tracer:ready") === undefined ? setTimeout(look, 20)
    : resolve([at("image-tracer:way"), at("image-tracer:ready")]);
  look();
})"""
_SCRUBBED = """(seconds) => new Promise((resolve) => {
  const bar = document.querySelector(".scrub");
  const { map } = document.querySelector(".map");
  const began = performance.now();
  const frames = [];
  let last = began;
  const next = (now) => {
    frames.push(now - last);
    last = now;
    const share = (now - began) / 1000 / seconds;
    if (share >= 1) return resolve(frames.slice(1));
    if (bar) { bar.value = String(share * Number(bar.max)); bar.dispatchEvent(new Event("input")); }
    map.triggerRepaint();
    requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
})"""


def write_album(folder: Path, count: int) -> None:
    """Photos of somebody who wanders about for weeks, each a small real JPEG."""
    folder.mkdir(parents=True)
    chance = random.Random(4)
    taken = wandering((47.16, 9.515), count, datetime(2026, 5, 2, 6, 0, tzinfo=UTC), 9, 0.0007)
    for n, fix in enumerate(_homesick(taken, chance)):
        shot = Shot(lat=fix[0], lon=fix[1], instant=fix[2])
        picture = drawn(KINDS[(n // 5) % len(KINDS)], n % 3)
        block = with_thumbnail(shot.block(0), thumbnail(picture))
        (folder / f"IMG_{n:05}.jpg").write_bytes(picture[:2] + made.exif_segment(block) + picture[2:])


@cache
def thumbnail(picture: bytes) -> bytes:
    """As cameras put one into the file."""
    with Image.open(io.BytesIO(picture)) as opened:
        small = opened.resize((160, 120))
    kept = io.BytesIO()
    small.save(kept, "JPEG", quality=75)
    return kept.getvalue()


def with_thumbnail(block: bytes, jpeg: bytes) -> bytes:
    """The TIFF block (little-endian, its first directory links to no other) with a second one for the thumbnail."""
    first = int.from_bytes(block[4:8], "little")
    link = first + 2 + 12 * int.from_bytes(block[first : first + 2], "little")
    at = len(block)
    entries = [(0x0103, 3, 6), (0x0201, 4, at + 2 + 3 * 12 + 4), (0x0202, 4, len(jpeg))]
    directory = struct.pack("<H", 3) + b"".join(
        struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in entries
    )
    return block[:link] + at.to_bytes(4, "little") + block[link + 4 :] + directory + bytes(4) + jpeg


def _homesick(fixes: Sequence[Fix], chance: random.Random) -> Iterator[tuple[float, float, datetime]]:
    """The same steps, but turned back where they would leave the map."""
    lat, lon, now = 47.16, 9.515, datetime(2026, 5, 2, 6, 0, tzinfo=UTC)
    before = fixes[0]
    for fix in fixes:
        north, east = (fix.lat or 0) - (before.lat or 0), (fix.lon or 0) - (before.lon or 0)
        if not 47.07 < lat + north < 47.23:
            north = -north
        if not 9.48 < lon + east < 9.55:
            east = -east
        now += timedelta(seconds=chance.uniform(5, 400))
        lat, lon, before = lat + north, lon + east, fix
        yield round(lat, 6), round(lon, 6), now


def made_share(services: Services, album: Path) -> str:
    """Traces the album with the real engine, unless that was done before; the path of a link to it."""
    owner = people.local(services)
    found = [row for row in traces.traces(services, owner) if row.state == "done"]
    if not found:
        connection = connections.connect(services, owner, "bench", "folder", {"path": str(album.parent)})
        (row,) = connections.albums(services, owner, connection.id)
        started = traces.start(services, owner, connection.id, [row.album.id])
        run(services, started.trace_id, _shown)
        found = [row for row in traces.traces(services, owner) if row.state == "done"]
    share = shares.share(services, owner, found[0].id)
    return f"/embed/{share.token}"


class Emptied:
    """The same pages with a trace of nothing: as large a map, as many tiles, no way and no photos."""

    def __init__(self, app: Any) -> None:
        self._client = Client(app)
        self._app = app
        self._kept: dict[str, tuple[str, list[tuple[str, str]], bytes]] = {}

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if not re.fullmatch(r"/embed/[^/]+(/document)?", path):
            return self._app(environ, start)  # type: ignore[no-any-return]  # a WSGI application's own answer
        if path not in self._kept:
            self._kept[path] = self._answer(path, environ["SCRIPT_NAME"])
        status, headers, body = self._kept[path]
        start(status, headers)
        return [body]

    def _answer(self, path: str, prefix: str) -> tuple[str, list[tuple[str, str]], bytes]:
        answer = self._client.get(path, environ_overrides={"SCRIPT_NAME": prefix})
        if path.endswith("/document"):
            body = gzip.compress(json.dumps(emptied(answer.json)).encode())
            more = [("Content-Encoding", "gzip")]
        else:
            body, more = _empty_page(answer.text).encode(), []
        headers = [each for each in answer.headers.items() if each[0].lower() not in ("content-length", "etag")]
        return answer.status, [*headers, *more, ("Content-Length", str(len(body)))], body


def emptied(document: Any) -> Any:
    """The document without a row."""
    nothing: dict[str, Any] = {"places": 0, "photos": 0, "from": None, "to": None, "offset": None}
    rows = {name: _without_rows(document[name]) for name in ("photos", "stops", "legs", "colours", "inferred")}
    return {**document, **rows, "unplaced": {"reasons": [], "reason": []}, "summary": nothing}


def _without_rows(columns: dict[str, Any]) -> dict[str, Any]:
    return {
        name: type(column)() if isinstance(column, (list, str, dict)) else column for name, column in columns.items()
    }


def _empty_page(text: str) -> str:
    found = re.search(r'data-config="([^"]*)"', text)
    assert found is not None
    config = json.loads(html.unescape(found[1]))
    config["outline"] = emptied(config["outline"])
    return text.replace(found[1], html.escape(json.dumps(config)))


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """The bench prints its own lines."""


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """The address of the application, and below /empty the same without the trace."""
    both = DispatcherMiddleware(app, {"/empty": Emptied(app)})
    server = make_server("127.0.0.1", 0, both, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@dataclass(frozen=True, slots=True)
class Seen:
    """Milliseconds from the navigation, and the lengths of the frames while scrubbing."""

    way: float
    settled: float
    frames: tuple[float, ...]

    @property
    def slow(self) -> float:
        """Share of the frames over 50 ms."""
        return sum(frame > 50 for frame in self.frames) / len(self.frames)


def look(browser: Browser, address: str, scrub_s: float) -> Seen:
    context = browser.new_context(viewport=SIZE)  # type: ignore[arg-type]  # a plain dict will do
    page = context.new_page()
    page.set_default_timeout(180_000)
    page.goto(address, wait_until="commit")  # the poster below the map may still be drawn
    way, settled = page.evaluate(_LOADED)
    frames = page.evaluate(_SCRUBBED, scrub_s)
    context.close()
    return Seen(way, settled, tuple(frames))


def measured(url: str, path: str, rounds: int) -> int:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for address in (f"{url}{path}", f"{url}/empty{path}"):
            look(browser, address, 1.0)  # what the server keeps is made now
        pairs = [(look(browser, f"{url}/empty{path}", 6.0), look(browser, f"{url}{path}", 6.0)) for _ in range(rounds)]
        browser.close()
    to_way = [full.way / empty.settled for empty, full in pairs]
    to_settled = [full.settled / empty.settled for empty, full in pairs]
    print(f"the way on the screen: {_said(to_way)} of an empty map's first idle; at most {MOST_TO_WAY}")
    print(f"everything settled: {_said(to_settled)} of it; at most {MOST_TO_SETTLED}")
    full_slow, empty_slow = (median(pair[n].slow for pair in pairs) for n in (1, 0))
    print(f"frames over 50 ms while scrubbing: {full_slow:.0%}, of an empty map that draws as often: {empty_slow:.0%}")
    return int(median(to_way) > MOST_TO_WAY or median(to_settled) > MOST_TO_SETTLED)


def _said(ratios: Sequence[float]) -> str:
    return f"{median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"


def _size(app: Any, path: str) -> int:
    body = Client(app).get(f"{path}/document", headers={"Accept-Encoding": "gzip"}).data
    wire = json.loads(gzip.decompress(body))
    print(
        f"{len(wire['photos']['key'])} photos, {len(wire['stops']['photos'])} stops, {len(wire['legs']['shape'])} legs"
    )
    print(f"document: {len(body) / 1000:.0f} kB compressed, {len(body) / MOST_BYTES:.2f} of what it may be")
    return len(body)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photos", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    if not SHARED.is_dir():
        print("this needs the map of ../shared")
        return 2
    folder = asked.folder or Path(tempfile.mkdtemp())
    album, data = folder / "library" / "summer", folder / "data"
    if not album.exists():
        write_album(album, asked.photos)
        add_map(SHARED / "maps" / f"{MAP}.osm.pbf", MAP, data / "maps")
    with open_services(Settings(data=data), _Later()) as services:
        path, app = made_share(services, album), create_app(services)
        wrong = int(_size(app, path) > MOST_BYTES)
        with serving(app) as url:
            wrong |= measured(url, path, asked.rounds)
    if asked.folder is None:
        shutil.rmtree(folder)
    return wrong


if __name__ == "__main__":
    sys.exit(main())
