"""Where the photos of a scene are, and when: what files and pages say of them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from connector.metadata.fix import Fix
from connector.render.figures import local_time
from connector.render.scene import Scene, ScenePhoto


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedPhoto:
    """A photo that is shown. ``stop``: index of its stop; ``leg``: of the leg it was placed on by its time."""

    asset_id: str
    photo: ScenePhoto
    lat: float
    lon: float
    instant: datetime | None
    local: datetime | None
    """Naive wall clock where it was taken."""
    altitude_m: float | None
    stop: int | None
    leg: int | None

    @property
    def label(self) -> str:
        """What to call it."""
        return self.photo.name or self.photo.key


def placed_photos(scene: Scene) -> tuple[PlacedPhoto, ...]:
    """Every shown photo that has a place: those of the stops in order, then the inferred ones."""
    return tuple(_placed(scene))


def by_time(scene: Scene) -> tuple[PlacedPhoto, ...]:
    """The same in order of time; those without a time are last."""
    return tuple(
        sorted(
            placed_photos(scene), key=lambda each: each.instant.timestamp() if each.instant is not None else math.inf
        )
    )


def _placed(scene: Scene) -> Iterator[PlacedPhoto]:
    fixes = {fix.asset_id: fix for fix in scene.trace.fixes}
    for stop in scene.trace.stops:
        for asset_id in stop.asset_ids:
            if asset_id in scene.photos:
                fix = fixes.get(asset_id, Fix(asset_id=asset_id))
                known = fix.lat is not None and fix.lon is not None
                at = (fix.lat, fix.lon) if known else (stop.lat, stop.lon)
                yield _photo(scene, fix, at, stop=stop.index)  # type: ignore[arg-type]  # `known` says they are numbers
    for each in scene.trace.inferred:
        if each.asset_id in scene.photos:
            fix = fixes.get(each.asset_id, Fix(asset_id=each.asset_id))
            yield _photo(scene, fix, (each.lat, each.lon), leg=each.leg)


def _photo(
    scene: Scene, fix: Fix, at: tuple[float, float], *, stop: int | None = None, leg: int | None = None
) -> PlacedPhoto:
    return PlacedPhoto(
        asset_id=fix.asset_id,
        photo=scene.photos[fix.asset_id],
        lat=at[0],
        lon=at[1],
        instant=fix.instant,
        local=local_time(fix),
        altitude_m=fix.altitude_m,
        stop=stop,
        leg=leg,
    )
