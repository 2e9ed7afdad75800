"""Pictures of all kinds of trips in all shapes and themes, to be looked at one by one.

    python -m tests.bench.gallery OUT [NAME...]

Real photos, maps and trips are taken from ../shared where it is there; without it the suite's own town stands in.
Prints the CPU seconds of each picture; fails when one takes more than five.
"""

from __future__ import annotations

import io
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from adapters.library import Asset
from connector.demo.pictures import draw
from connector.maps.registry import add_map
from connector.maps.tiles import Tiles
from connector.metadata.fix import Fix
from connector.metadata.fixes_json import read_fixes
from connector.metadata.read import describe
from connector.render.picture import png, svg, unwritable
from connector.render.scene import Scene, ScenePhoto, Thumbnail
from connector.render.style import Style
from connector.routing.pool import Routers, open_routers
from connector.trace.build import build
from connector.trace.edits import Logged, StopEdit
from tests.conftest import SHARED
from tests.tiny_network import crossing, write_extract

CPU_LIMIT_S = 5.0
WIDTH_PX = 1080
KINDS = ("station", "street", "park", "harbour", "cathedral", "cafe", "bridge", "water", "library", "fortress")
MAPS = ("liechtenstein", "porto-alegre", "helsinki-centre", "monaco")
LINK = "https://photos.example.org/embed/7f3kq9x2"


@dataclass(frozen=True)
class Trip:
    """Photos and their thumbnails."""

    fixes: tuple[Fix, ...]
    thumbnail: Thumbnail


@cache
def drawn(kind: str, seed: int) -> bytes:
    """A drawn photo as a small JPEG."""
    image = draw(kind, seed)
    image.thumbnail((512, 512))
    kept = io.BytesIO()
    image.save(kept, "JPEG", quality=85)
    return kept.getvalue()


def mean_colour(said: bytes | None) -> str | None:
    """The mean of the gamma-coded sRGB values, as a library would say it."""
    if said is None:
        return None
    with Image.open(io.BytesIO(said)) as image:
        red, green, blue = np.asarray(image.convert("RGB").resize((16, 16)), dtype=float).reshape(-1, 3).mean(axis=0)
    return f"#{round(red):02x}{round(green):02x}{round(blue):02x}"


def with_drawn_photos(fixes: Sequence[Fix]) -> Trip:
    """Every photo is one of the drawn ones, changing slowly as on a real trip."""
    kinds = {fix.asset_id: (KINDS[(n // 4) % len(KINDS)], n % 3) for n, fix in enumerate(fixes)}
    return Trip(tuple(fixes), lambda asset_id: drawn(*kinds[asset_id]))


def photos_of(folder: Path) -> Trip:
    """Real photos of a folder."""
    files = {path.name: path for path in sorted(folder.iterdir()) if path.suffix.lower() in (".jpg", ".jpeg")}

    def read(asset: Asset, start: int, length: int) -> bytes:
        with files[asset.id].open("rb") as file:
            file.seek(start)
            return file.read(length)

    @cache
    def thumbnail(asset_id: str) -> bytes | None:
        with Image.open(files[asset_id]) as image:
            image.draft("RGB", (512, 512))
            small = ImageOps.exif_transpose(image.convert("RGB"))
            small.thumbnail((512, 512))
            kept = io.BytesIO()
            small.save(kept, "JPEG", quality=85)
            return kept.getvalue()

    assets = [
        Asset(id=name, where=name, version="1", name=name, media_type="image/jpeg", size=path.stat().st_size)
        for name, path in files.items()
    ]
    return Trip(tuple(describe(asset, read) for asset in assets), thumbnail)


def bench_trip(interval: str, name: str) -> Trip:
    said = json.loads((SHARED / "bench" / "trips" / interval / f"{name}.json").read_text())
    return with_drawn_photos(read_fixes(said))


def wandering(start: tuple[float, float], count: int, since: datetime, seed: int, step: float = 0.0016) -> list[Fix]:
    """Photos of somebody who wanders about and stays here and there."""
    chance = random.Random(seed)
    lat, lon, heading, now = *start, chance.uniform(0, 6.28), since
    found: list[Fix] = []
    for n in range(count):
        found.append(Fix(asset_id=f"{seed}-{n:05}", instant=now, lat=lat, lon=lon, accuracy_m=6.0, utc_offset_s=7200))
        burst = chance.random() < 0.45
        heading += chance.gauss(0, 0.5)
        length = 0.00002 if burst else chance.expovariate(1 / step)
        lat += length * float(np.cos(heading))
        lon += length * 1.4 * float(np.sin(heading))
        now += timedelta(seconds=chance.uniform(4, 30) if burst else chance.uniform(120, 900))
    return found


def week_with_flights() -> Trip:
    """Days in Liechtenstein, Helsinki and Monaco, home to Porto Alegre: three flights."""
    day = datetime(2026, 5, 2, 7, 0, tzinfo=UTC)
    places = [((47.141, 9.521), 0), ((60.1695, 24.945), 2), ((43.7335, 7.4225), 4), ((-30.0331, -51.2300), 7)]
    fixes = [
        fix
        for n, (place, after) in enumerate(places)
        for fix in wandering(place, 22, day + timedelta(days=after), 100 + n, 0.0011)
    ]
    return with_drawn_photos(fixes)


def over_the_pacific() -> Trip:
    day = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
    places = [((35.68, 139.76), 0), ((-17.78, 177.43), 3), ((-13.83, -171.76), 7), ((21.29, -157.83), 11)]
    fixes = [
        fix
        for n, (place, after) in enumerate(places)
        for fix in wandering(place, 14, day + timedelta(days=after), 200 + n, 0.004)
    ]
    return with_drawn_photos(fixes)


def town_trip(count: int = 26) -> Trip:
    """A walk through the suite's own town."""
    day = datetime(2026, 5, 2, 8, 0, tzinfo=UTC)
    fixes = wandering(crossing(5, 5), count, day, 7, 0.0009)
    return with_drawn_photos(fixes)


def without_places(trip: Trip) -> Trip:
    return replace(trip, fixes=tuple(replace(fix, lat=None, lon=None) for fix in trip.fixes))


def scene_of(trip: Trip, routers: Routers, log: Sequence[Logged] = (), **said: object) -> Scene:
    trace = build(trip.fixes, routers, log=log)
    photos = {
        fix.asset_id: ScenePhoto(key=f"k{n}", name=fix.asset_id, colour=mean_colour(trip.thumbnail(fix.asset_id)))
        for n, fix in enumerate(trip.fixes)
    }
    if "emoji" in said:
        marked = said.pop("emoji")
        assert isinstance(marked, tuple)
        style = said.get("style", Style())
        assert isinstance(style, Style)
        every = max(1, len(trace.stops) // len(marked))
        chosen = {photos[trace.stops[n * every].asset_ids[0]].key: each for n, each in enumerate(marked)}
        said["style"] = replace(style, emoji=chosen)
    return Scene(trace=trace, photos=photos, **{"title": "A trip", "style": Style(), **said})  # type: ignore[arg-type]  # many kinds


def named(trip: Trip, names: dict[int, str]) -> tuple[Logged, ...]:
    """The log of somebody who named a few places."""
    located = [fix for fix in trip.fixes if fix.lat is not None]
    return tuple(
        Logged(seq=n, edit=StopEdit(anchor_asset=located[at].asset_id, name=name))
        for n, (at, name) in enumerate(names.items(), 1)
    )


Made = Callable[[Routers], tuple[Scene, Thumbnail]]


def entries() -> Iterator[tuple[str, str, Made]]:
    """Name, shape and what makes the scene."""

    def entry(name: str, shape: str, trip: Callable[[], Trip], **said: object) -> tuple[str, str, Made]:
        def made(routers: Routers) -> tuple[Scene, Thumbnail]:
            found = trip()
            names = said.get("names", {})
            assert isinstance(names, dict)
            others = {key: value for key, value in said.items() if key != "names"}
            return scene_of(found, routers, named(found, names), **others), found.thumbnail

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
    yield entry("pacific", "landscape", over_the_pacific, title="Islands", style=Style(theme="ocean"), link=LINK)
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
        link=LINK,
        style=Style(theme="paper"),
    )
    yield entry(
        "flights-night",
        "portrait",
        week_with_flights,
        title="Four cities, three flights",
        link=LINK,
        style=Style(theme="night"),
    )
    yield entry(
        "hike",
        "portrait",
        lambda: photos_of(SHARED / "trips" / "pyrenees-2022" / "photos"),
        title="Pyrenees",
        style=Style(theme="forest"),
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
            print(
                f"{name:24} {shape:10} svg {middle - begin:5.2f} s  png {end - middle:5.2f} s  "
                f"{len(drawn_svg) / 1e6:5.2f} MB  {len(scene.trace.stops)} stops{'  MISSING ' + missing if missing else ''}",
                flush=True,
            )
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
