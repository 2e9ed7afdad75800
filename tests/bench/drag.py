"""Correcting by hand on 1,000 photos: from letting go of the line until its new shape is on the map and on the screen.

    python -m tests.bench.drag [--photos 1000] [--drags 80] [--maps FOLDER]    FOLDER: where maps are (TRACER_DATA/maps)

A real server, a real router, a real Chromium. Without ``--maps`` the map is built from ../shared. Half of the drags are
let go in full motion, half after a moment of rest. What the engine took is what the server says of the same edit.
Frames of an empty map are taken in turns with the drags, so that whatever else the machine does falls on both.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from playwright.sync_api import Page, Response, sync_playwright

from connector.maps.registry import add_map
from connector.routing.pool import Routers, open_routers
from connector.routing.router import Ask, Point
from connector.trace.shape import Line
from tests.browser.conftest import DESKTOP, READY, Desk, Seen, Service, make_trace, serving, sign_in, spot_on_line
from tests.web.album import write_photo

SHARED_MAP = Path(__file__).resolve().parents[3] / "shared" / "maps" / "liechtenstein.osm.pbf"
BOX = (47.06, 9.49, 47.24, 9.62)
"""South, west, north, east of where the roads of that map are."""
BEGIN = datetime(2026, 5, 2, 6, 0, tzinfo=UTC)
BETWEEN_M, WALKING_M_S, A_DAY = 350, 1.3, 100
EMPTY_EVERY, EMPTY_FRAMES = 4, 24
TIMES_ENGINE, MORE_MS, TIMES_FRAME = 2.0, 40.0, 2.0

#: which legs are handed to the map and when, to what is drawn over it and to its own sources; when that was painted
_WATCH = """() => {
  const map = document.querySelector(".map").map;
  const seen = window.seen = { up: 0, handed: [], frames: [] };
  const hand = document.querySelector("svg.hand");
  const painted = (entry) => requestAnimationFrame(() => {
    const after = new MessageChannel();
    after.port1.onmessage = () => entry.push(performance.now());
    after.port2.postMessage(null);
  });
  new MutationObserver(() => {
    const legs = {};
    const lines = hand.querySelectorAll("[class^=leg-]");
    for (const line of lines) legs[line.classList[0].slice(4)] = line.getAttribute("d");
    const entry = [performance.now(), legs];
    seen.handed.push(entry);
    painted(entry);
  }).observe(hand, { subtree: true, childList: true, attributes: true, attributeFilter: ["d"] });
  const names = ["way", "pieces"];
  for (const name of names) {
    const source = map.getSource(name), real = source.updateData.bind(source);
    source.updateData = (data) => { seen.own = performance.now(); return real(data); };
  }
  addEventListener("pointerup", (event) => (seen.up = event.timeStamp), true);
  map.on("render", () => seen.frames.push([performance.now(), names.every((name) => map.isSourceLoaded(name))]));
}"""

#: pixels between the corners of a shape and those of a drawn line, at most
_FAR = """([shape, drawn]) => {
  const map = document.querySelector(".map").map;
  const spots = drawn.slice(1).split(/[ML]/).map((each) => each.split(" ").map(Number));
  let at = 0, n = 0, far = 0;
  const point = [0, 0];
  while (at < shape.length) {
    let value = 0, shift = 0, chunk;
    do { chunk = shape.charCodeAt(at++) - 63; value |= (chunk & 31) << shift; shift += 5; } while (chunk >= 32);
    point[n % 2] += value & 1 ? ~(value >> 1) : value >> 1;
    if (n++ % 2 === 0) continue;
    const { x, y } = map.project([point[1] / 1e5, point[0] / 1e5]), spot = spots[n / 2 - 1] ?? [NaN, NaN];
    far = Math.max(far, Math.hypot(x - spot[0], y - spot[1]));
  }
  return n / 2 === spots.length ? far : NaN;
}"""

#: what a question costs that asks nothing, on this machine and now
_NOTHING = """async (address) => {
  const took = [];
  for (let n = 0; n < 40; n++) {
    const began = performance.now();
    await (await fetch(address, { cache: "no-store" })).text();
    took.push(performance.now() - began);
  }
  return took;
}"""

#: frames of the map without what we draw on it, each after a step of one pixel; it is whole again afterwards
_EMPTY = """(count) => new Promise((resolve) => {
  const map = document.querySelector(".map").map;
  const drawn = ({ source }) => map.getSource(source)?.type === "geojson" && source !== "world";
  const ours = map.getStyle().layers.filter(drawn);
  const show = (how) => ours.forEach((layer) => map.setLayoutProperty(layer.id, "visibility", how));
  const times = [];
  let x = 1;
  const next = () => {
    times.push(performance.now());
    if (times.length <= count) { map.panBy([x = -x, 0], { duration: 0 }); return; }
    map.off("render", next);
    show("visible");
    map.once("idle", () => resolve(times.slice(1).map((t, n) => t - times[n])));
  };
  show("none");
  map.once("idle", () => { map.on("render", next); map.triggerRepaint(); });
})"""


@dataclass(frozen=True)
class Dragged:
    """Milliseconds of one drag.

    ``handed_ms``: from lifting the finger until the shape is handed over; 0 where it was there before. ``screen_ms``:
    from there until it is painted. ``map_ms``: from lifting the finger until the map has it in its own tiles.
    """

    engine_ms: float
    answered_ms: float
    handed_ms: float
    screen_ms: float
    map_ms: float


def walks(routers: Routers, count: int, rng: random.Random) -> Iterator[tuple[tuple[float, float], datetime]]:
    """Places and times of photos on long walks by the roads of the map, a hundred photos a day."""
    here, made, day = _anywhere(rng), 0, BEGIN
    while made < count:
        to = _anywhere(rng)
        router = routers.covering(here, to)
        ends = tuple(Point(lat=lat, lon=lon, radius_m=500) for lat, lon in (here, to))
        route = router.routes([Ask(points=ends, costing="pedestrian")])[0] if router else None
        if route is None or not 2_000 < route.length_m < 12_000:
            here = to
            continue
        line = Line.of([route.shape])
        for n in range(int(route.length_m / BETWEEN_M)):
            lat, lon = line.at_share(n * BETWEEN_M / route.length_m)
            walked_s = (made % A_DAY) * BETWEEN_M / WALKING_M_S
            noise = (rng.gauss(0, 5e-5), rng.gauss(0, 5e-5))
            yield (lat + noise[0], lon + noise[1]), day + timedelta(days=made // A_DAY, seconds=walked_s)
            made += 1
            if made == count:
                return
        here = to


def _anywhere(rng: random.Random) -> tuple[float, float]:
    south, west, north, east = BOX
    return rng.uniform(south, north), rng.uniform(west, east)


def write_album(folder: Path, maps: Path, count: int) -> None:
    folder.mkdir(parents=True)
    with open_routers(maps) as routers:
        for n, (place, instant) in enumerate(walks(routers, count, random.Random(7))):
            write_photo(folder / f"IMG_{n:05}.jpg", place, instant, shade=n)


def drags(page: Page, trace: Any, count: int, frames: list[float]) -> Iterator[Dragged]:
    """That many drags of legs all over the trace, each saved before the next begins; in between ``frames`` grow."""
    legs = [n for n, how in enumerate(trace["legs"]["how"]) if how in ("routed", "matched")]
    random.Random(3).shuffle(legs)
    page.evaluate(_WATCH)
    done = 0
    for leg in legs:
        if done < count and _look_at(page, leg):
            yield _drag(page, leg, rest=done % 2 == 1)
            done += 1
            if done % EMPTY_EVERY == 0:
                frames += page.evaluate(_EMPTY, EMPTY_FRAMES)


def _look_at(page: Page, leg: int) -> bool:
    """Brings the leg into sight, as a person does who wants to correct it; False: it is too short to be grabbed."""
    page.evaluate(
        """async (leg) => { const map = document.querySelector(".map").map;
        const data = await map.getSource("way").getData();
        const line = data.features.find((each) => each.id === leg).geometry.coordinates.flat();
        const middle = line[line.length >> 1];
        map.jumpTo({ center: middle, zoom: 15 });
        await new Promise((resolve) => map.once("idle", resolve));
        await new Promise((resolve) => setTimeout(resolve, 1000)); }""",
        leg,
    )
    try:
        spot_on_line(page, leg)
    except AssertionError:
        return False
    return True


def _drag(page: Page, leg: int, *, rest: bool) -> Dragged:
    spot = spot_on_line(page, leg)
    page.evaluate("() => Object.assign(seen, { up: 0, handed: [], frames: [], own: 0 })")
    page.mouse.move(spot["x"], spot["y"])
    page.mouse.down()
    for step in range(1, 25):
        page.mouse.move(spot["x"] + 4 * step, spot["y"] + 3 * step)
    if rest:
        page.wait_for_timeout(600)
    with page.expect_response("**/edits") as answer:
        page.mouse.up()
    assert answer.value.ok, answer.value.text()
    return _measured(page, answer.value)


def _measured(page: Page, answer: Response) -> Dragged:
    leg = next(index for index, row in answer.json()["changed"]["legs"].items() if row["vias"])
    seen = _settled(page)
    handed = [(t, legs[leg], painted) for t, legs, painted in seen["handed"] if leg in legs]
    shape = handed[-1][1]
    assert page.evaluate(_FAR, [answer.json()["changed"]["legs"][leg]["shape"], shape]) < 1, "it is another shape"
    earlier = [n for n, (_, each, _) in enumerate(handed) if each != shape]
    at, _, painted = handed[earlier[-1] + 1 if earlier else 0]
    drawn = next(t for t, loaded in seen["frames"] if t > seen["own"] and loaded)
    return Dragged(
        engine_ms=_engine_ms(answer),
        answered_ms=answer.request.timing["responseEnd"],
        handed_ms=max(0.0, at - seen["up"]),
        screen_ms=painted - at,
        map_ms=drawn - seen["up"],
    )


def _settled(page: Page) -> Any:
    """What was seen of a drag, once the map draws the new shape itself and everything handed to it was painted."""
    for _ in range(300):
        page.wait_for_timeout(200)
        seen = page.evaluate("seen")
        own = seen["own"]
        if (
            own
            and all(len(each) == 3 for each in seen["handed"])
            and any(t > own and there for t, there in seen["frames"])
        ):
            return seen
    raise SystemExit("the map did not come to rest within a minute")


def _engine_ms(answer: Response) -> float:
    found = re.search(r"engine;dur=([\d.]+)", answer.headers.get("server-timing", ""))
    assert found is not None, "the server does not say what the engine took"
    return float(found[1])


def p95(values: Sequence[float]) -> float:
    return quantiles(values, n=20)[-1]


def report(found: Sequence[Dragged], frames: Sequence[float], nothing: Sequence[float]) -> bool:
    """Prints the figures; True: all are within the bars."""
    frame, handed = median(frames), [each.handed_ms for each in found]
    over, screen = [each.handed_ms - TIMES_ENGINE * each.engine_ms for each in found], [e.screen_ms for e in found]
    rows = {
        "the engine's own time for the edit": [each.engine_ms for each in found],
        "the server's answer": [each.answered_ms for each in found],
        "finger up -> shape handed to the map": handed,
        "handed -> on the screen": screen,
        "finger up -> in the map's own tiles": [each.map_ms for each in found],
        "a frame of an empty map": frames,
        "an answer that says nothing": nothing,
    }
    for name, values in rows.items():
        sys.stdout.write(f"{name:40} median {median(values):6.1f} ms   p95 {p95(values):6.1f} ms\n")
    there = sum(each == 0 for each in handed)
    sys.stdout.write(f"{len(found)} drags; in {there} the shape was there before the finger was lifted\n")
    sys.stdout.write(f"p95 of handed - 2 x engine {p95(over):.1f} ms, allowed {MORE_MS:g} ms\n")
    frames_needed = p95(screen) / frame
    sys.stdout.write(f"p95 to the screen {frames_needed:.2f} frames of an empty map, allowed {TIMES_FRAME:g}\n")
    return p95(over) <= MORE_MS and frames_needed <= TIMES_FRAME


def measure(service: Service, count: int) -> bool:
    """Makes the trace, drags and reports."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        context = browser.new_context(viewport=DESKTOP, locale="en-GB")
        sign_in(service, context)
        desk = Desk(service, context, Seen())
        trace_id = make_trace(desk, "drag")
        page = desk.open(f"/traces/{trace_id}")
        frames: list[float] = []
        found = list(drags(page, desk.document(trace_id), count, frames))
        page.wait_for_selector(READY)
        return report(found, frames, page.evaluate(_NOTHING, f"{service.url}/healthz"))


def main(said: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory() as scratch:
        maps = said.maps or Path(scratch) / "maps"
        if said.maps is None:
            add_map(SHARED_MAP, "liechtenstein", maps)
        photos = Path(scratch) / "photos"
        write_album(photos / "walk", maps, said.photos)
        with serving(Path(scratch) / "data", maps, photos) as service:
            return 0 if measure(service, said.drags) else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=int, default=1000)
    parser.add_argument("--drags", type=int, default=80)
    parser.add_argument("--maps", type=Path)
    sys.exit(main(parser.parse_args()))
