"""Pictures of all kinds of trips in all shapes and themes, to be looked at one by one.

    python -m tests.bench.gallery OUT [NAME...]

Real photos, maps and trips are taken from ../shared where it is there; without it the suite's own town stands in.
Prints the CPU seconds of each picture; fails when one takes more than five.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from connector.maps.registry import add_map
from connector.maps.tiles import Tiles
from connector.render.picture import png, svg, unwritable
from connector.render.scene import Scene, Thumbnail
from connector.render.style import Style
from connector.routing.pool import Routers, open_routers
from tests.render.scenes import (
    SHARED,
    Trip,
    bench_trip,
    flown,
    hike,
    named,
    over_the_pacific,
    photos_of,
    scene_of,
    town_trip,
    wandering,
    week_with_flights,
    with_drawn_photos,
    without_places,
)
from tests.tiny_network import write_extract

CPU_LIMIT_S = 5.0
WIDTH_PX = 1080
MAPS = ("liechtenstein", "porto-alegre", "helsinki-centre", "monaco")
LINK = "https://photos.example.org/embed/7f3kq9x2"


Made = Callable[[Routers], tuple[Scene, Thumbnail]]


def entries() -> Iterator[tuple[str, str, Made]]:
    """Name, shape and what makes the scene."""

    def entry(name: str, shape: str, trip: Callable[[], Trip], **said: object) -> tuple[str, str, Made]:
        def made(routers: Routers) -> tuple[Scene, Thumbnail]:
            found = trip()
            names = said.get("names", {})
            assert isinstance(names, dict)
            others = {key: value for key, value in said.items() if key not in ("names", "by_air")}
            scene = scene_of(found, routers, named(found, names), **others)
            return flown(scene, routers) if said.get("by_air") else scene, found.thumbnail

        return name, shape, made

    yield entry(
        "town-walk", "portrait", town_trip, title="A walk through Tinytown", link=LINK, emoji=("🏰", "🌊", "☕", "🎨")
    )
    yield entry("one-photo", "square", lambda: town_trip(1), title="One moment", style=Style(theme="rose"))
    yield entry(
        "no-places", "portrait", lambda: without_places(town_trip(37)), title="Shoebox", style=Style(theme="forest")
    )
    yield entry("nothing", "square", lambda: town_trip(0), title="")
    yield entry("emoji-title", "square", town_trip, title="🏔️🚲🌧️🍫", style=Style(theme="dusk"), link=LINK)
    yield entry(
        "pacific", "landscape", over_the_pacific, title="Islands", by_air=True, style=Style(theme="ocean"), link=LINK
    )
    if not SHARED.is_dir():
        return
    yield from real(entry)


def real(entry: Callable[..., tuple[str, str, Made]]) -> Iterator[tuple[str, str, Made]]:
    rome = cache(lambda: photos_of(SHARED / "trips" / "rome-2024" / "photos"))
    mixed = cache(lambda: bench_trip("2min", "liechtenstein-car-walk-1"))
    yield entry(
        "rome", "portrait", rome, title="Roma in un giorno", link=LINK, subtitle="Photos © Anil Öztas, CC BY 4.0"
    )
    yield entry(
        "rome-sketch", "portrait", rome, title="Roma in un giorno", style=Style(theme="sketch"), emoji=("🏛️", "🍦", "⛲")
    )
    yield entry("rome-no-map-dark", "story", rome, title="Roma in un giorno", style=Style(theme="night"), link=LINK)
    yield entry(
        "alps", "portrait", mixed, title="Liechtenstein end to end", link=LINK, emoji=("🏰", "⛰️", "🍷", "🚌", "🧀")
    )
    yield entry(
        "alps-modes",
        "landscape",
        mixed,
        title="Liechtenstein end to end",
        style=Style(colour_by="mode", theme="light"),
        link=LINK,
    )
    yield entry("alps-print", "a4", mixed, title="Liechtenstein end to end", style=Style(theme="print"), link=LINK)
    bicycle = cache(lambda: bench_trip("5min", "liechtenstein-bicycle-2"))
    yield entry(
        "bicycle-forest", "story", bicycle, title="Am Rhein entlang", lang="de", style=Style(theme="forest"), link=LINK
    )
    porto = cache(lambda: bench_trip("30s", "porto-alegre-walk-1"))
    yield entry("porto-arabic", "portrait", porto, title="رحلة إلى بورتو أليغري", style=Style(theme="rose"), link=LINK)
    yield entry(
        "porto-chinese",
        "portrait",
        porto,
        title="阿雷格里港漫步",
        subtitle="五月的一个下午",
        lang="zh-CN",
        style=Style(theme="ocean"),
        link=LINK,
        names={3: "老市场 🛍️", 60: "瓜伊巴湖"},
    )
    yield entry(
        "porto-blueprint", "square", porto, title="Porto Alegre", style=Style(theme="blueprint", colour_by="speed")
    )
    portland = cache(lambda: photos_of(SHARED / "trips" / "portland-2018" / "photos"))
    helsinki = cache(
        lambda: with_drawn_photos(
            wandering((60.1705, 24.9455), 44, datetime(2026, 6, 13, 6, 40, tzinfo=UTC), 5, 0.0012)
        )
    )
    yield entry(
        "helsinki",
        "square",
        helsinki,
        title="A day in Helsinki",
        link=LINK,
        names={0: "Central station"},
        emoji=("🚉", "⛪", "☕", "🌉"),
    )
    yield entry(
        "monaco",
        "portrait",
        lambda: with_drawn_photos(
            wandering((43.7375, 7.4225), 40, datetime(2026, 6, 13, 6, 40, tzinfo=UTC), 11, 0.0012)
        ),
        title="Monte-Carlo",
        style=Style(theme="dusk"),
        link=LINK,
    )
    yield entry(
        "flights",
        "landscape",
        week_with_flights,
        title="Four cities, three flights",
        by_air=True,
        link=LINK,
        style=Style(theme="paper"),
    )
    yield entry(
        "flights-night",
        "portrait",
        week_with_flights,
        title="Four cities, three flights",
        by_air=True,
        link=LINK,
        style=Style(theme="night"),
    )
    yield entry("alps-sketch", "square", mixed, title="Liechtenstein", style=Style(theme="sketch"), emoji=("🏰", "🍷"))
    yield entry("porto-light", "landscape", porto, title="Porto Alegre", style=Style(theme="light", colour_by="time"))
    yield entry("hike-portland", "square", portland, title="Off the map", style=Style(theme="rose", photo_size="large"))
    yield entry(
        "shoebox-pyrenees",
        "portrait",
        lambda: photos_of(SHARED / "trips" / "pyrenees-2022" / "photos"),
        title="Pyrenees",
        style=Style(theme="forest"),
    )
    yield entry("hike", "portrait", lambda: hike("pyrenees-2022"), title="Up and over", style=Style(theme="forest"))
    yield entry(
        "hike-yosemite",
        "landscape",
        lambda: hike("yosemite-2015"),
        title="Panorama and Mist Trail",
        style=Style(theme="sketch", photo_size="large"),
        link=LINK,
    )
    many = cache(
        lambda: with_drawn_photos(wandering((47.16, 9.51), 3000, datetime(2026, 5, 2, 6, 0, tzinfo=UTC), 3, 0.0007))
    )
    yield entry(
        "three-thousand", "portrait", many, title="Three thousand photos of one very long summer in the Alps", link=LINK
    )
    yield entry(
        "three-thousand-square",
        "square",
        many,
        title="Ein Sommer",
        lang="de",
        style=Style(theme="light", photo_size="small"),
    )


def maps_dir(folder: Path) -> Path:
    """The maps, built once."""
    maps = folder / "maps"
    if not (maps / "tiny").exists():
        add_map(write_extract(folder / "tiny.osm.pbf"), "tiny", maps)
    for name in MAPS if SHARED.is_dir() else ():
        if not (maps / name).exists():
            add_map(SHARED / "maps" / f"{name}.osm.pbf", name, maps)
    return maps


def main(out: Path, only: Sequence[str]) -> int:
    out.mkdir(parents=True, exist_ok=True)
    slow = 0
    folder = Path(tempfile.gettempdir()) / "image-tracer-gallery"
    folder.mkdir(exist_ok=True)
    maps = maps_dir(folder)
    tiles = Tiles(maps)
    with open_routers(maps) as routers:
        for name, shape, made in entries():
            if only and name not in only:
                continue
            scene, thumbnail = made(routers)
            begin = time.process_time()
            drawn_svg = svg(scene, shape=shape, tiles=tiles, thumbnail=thumbnail)
            middle = time.process_time()
            (out / f"{name}.png").write_bytes(png(drawn_svg, width_px=WIDTH_PX))
            end = time.process_time()
            (out / f"{name}.svg").write_text(drawn_svg, encoding="utf-8")
            slow += end - begin > CPU_LIMIT_S
            missing = " ".join(unwritable(scene))
            took = f"svg {middle - begin:5.2f} s  png {end - middle:5.2f} s  {len(drawn_svg) / 1e6:5.2f} MB"
            print(f"{name:24} {shape:10} {took}  {len(scene.trace.stops)} stops", flush=True)
            if missing:
                print(f"  no font can draw: {missing}", flush=True)
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
