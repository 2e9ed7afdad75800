"""One long trip made of the benchmark's trips, one after the other: as many photos as are wanted."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from connector.metadata.fix import Fix
from connector.metadata.fixes_json import read_fixes

INTERVALS = ("2min", "5min", "30s")
_BEGIN = datetime(2026, 5, 1, 6, tzinfo=UTC)
_NIGHT = timedelta(hours=9)
_AGAIN_DEG = 2e-5
"""How far the positions of a trip that is driven once more differ from those of the first time."""


def long_trip(bench: Path, map_name: str, photos: int) -> tuple[Fix, ...]:
    """That many photos on that map, the nights between the trips left out."""
    trips = list(_trips(bench, map_name))
    rng, begin, out = random.Random(1), _BEGIN, list[Fix]()
    for turn in range(photos):
        if len(out) >= photos:
            break
        fixes = read_fixes(trips[turn % len(trips)])
        instants = [fix.instant for fix in fixes if fix.instant is not None]
        for n, fix in enumerate(fixes):
            out.append(_again(fix, f"{turn}-{n}", begin - min(instants), rng if turn >= len(trips) else None))
        begin += max(instants) - min(instants) + _NIGHT
    return tuple(out[:photos])


def _trips(bench: Path, map_name: str) -> Iterator[Mapping[str, Any]]:
    for interval in INTERVALS:
        for path in sorted((bench / "trips" / interval).glob("*.json")):
            said = json.loads(path.read_text())
            if said["map"] == map_name:
                yield said


def _again(fix: Fix, asset_id: str, later: timedelta, rng: random.Random | None) -> Fix:
    lat, lon = fix.lat, fix.lon
    if rng is not None and lat is not None and lon is not None:
        lat, lon = lat + rng.gauss(0, _AGAIN_DEG), lon + rng.gauss(0, _AGAIN_DEG)
    instant = fix.instant + later if fix.instant is not None else None
    return replace(fix, asset_id=asset_id, instant=instant, lat=lat, lon=lon)


def as_json(fixes: tuple[Fix, ...]) -> Mapping[str, Any]:
    """What `image-tracer reconstruct` reads."""
    rows = [
        {
            "id": fix.asset_id,
            "time": fix.instant.isoformat() if fix.instant is not None else None,
            "lat": fix.lat,
            "lon": fix.lon,
            "accuracy_m": fix.accuracy_m,
        }
        for fix in fixes
    ]
    return {"fixes": rows}
