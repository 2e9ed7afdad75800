"""Scenes for the tests of drawings: drawn or real photos, wandering people, traces built by the engine."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from adapters.library import Asset
from connector.demo.day import UTC_OFFSET_S, shots
from connector.demo.pictures import draw
from connector.metadata.fix import Fix
from connector.metadata.fixes_json import read_fixes
from connector.metadata.read import describe
from connector.render.scene import Scene, ScenePhoto, Thumbnail
from connector.render.style import Style
from connector.routing.pool import Routers
from connector.routing.router import Router
from connector.trace.build import build
from connector.trace.edits import Logged, SetMode, StopEdit
from connector.trace.model import Mode
from connector.trace.recordings import Recording, read_recording
from tests.tiny_network import crossing

SHARED = Path(__file__).resolve().parents[3] / "shared"
KINDS = ("station", "street", "park", "harbour", "cathedral", "cafe", "bridge", "water", "library", "island")


@dataclass(frozen=True)
class Trip:
    """Photos, their thumbnails, and what was recorded beside them."""

    fixes: tuple[Fix, ...]
    thumbnail: Thumbnail
    recordings: tuple[Recording, ...] = ()


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


def hike(name: str) -> Trip:
    """Real photos of a hike in ../shared and the track of it."""
    folder = SHARED / "trips" / name
    (track,) = (folder / "gpx").iterdir()
    with track.open("rb") as data:
        return replace(photos_of(folder / "photos"), recordings=(read_recording(track.name, data),))


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


def demo_trip(router: Router) -> Trip:
    """The demo's day, with the pictures the demo draws."""
    taken = {str(shot.number): shot for shot in shots(router) if not shot.wrong_clock}
    fixes = [
        Fix(
            asset_id=name,
            instant=shot.instant,
            utc_offset_s=UTC_OFFSET_S,
            lat=shot.place[0] if shot.place else None,
            lon=shot.place[1] if shot.place else None,
            camera=shot.camera,
        )
        for name, shot in taken.items()
    ]
    return Trip(tuple(fixes), lambda asset_id: drawn(taken[asset_id].scene, taken[asset_id].number))


def without_places(trip: Trip) -> Trip:
    return replace(trip, fixes=tuple(replace(fix, lat=None, lon=None) for fix in trip.fixes))


def scene_of(trip: Trip, routers: Routers, log: Sequence[Logged] = (), **said: object) -> Scene:
    trace = build(trip.fixes, routers, log=log, recordings=trip.recordings)
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


def flown(scene: Scene, routers: Routers) -> Scene:
    """The scene again, its long hops said to be flights: great circles."""
    stops = scene.trace.stops
    far = [leg for leg in scene.trace.legs if leg.distance_m > 300_000]
    edits = [
        SetMode(
            after_asset=stops[leg.from_stop].asset_ids[-1],
            before_asset=stops[leg.to_stop].asset_ids[0],
            mode=Mode.FLIGHT,
        )
        for leg in far
    ]
    log = [Logged(seq=n, edit=edit) for n, edit in enumerate(edits, 1)]
    return replace(scene, trace=build(scene.trace.fixes, routers, log=log))


def named(trip: Trip, names: dict[int, str]) -> tuple[Logged, ...]:
    """The log of somebody who named a few places."""
    located = [fix for fix in trip.fixes if fix.lat is not None]
    return tuple(
        Logged(seq=n, edit=StopEdit(anchor_asset=located[at].asset_id, name=name))
        for n, (at, name) in enumerate(names.items(), 1)
    )
