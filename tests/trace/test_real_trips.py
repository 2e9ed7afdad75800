"""Real photos on real maps: where no road is known, none is drawn."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from connector.maps.registry import add_map
from connector.metadata.fix import Fix
from connector.routing.pool import open_routers
from connector.trace.build import build
from connector.trace.model import How, Mode
from connector.trace.shape import distance_m


@pytest.mark.shared
def test_photos_inside_the_box_and_off_the_roads(shared: Path, tmp_path: Path) -> None:
    said = json.loads((shared / "trips/portland-2018/answer_key.json").read_text())
    fixes = [
        Fix(
            asset_id=each["file"],
            instant=datetime.strptime(each["gps_datetime"], "%Y:%m:%d %H:%M:%S%z"),
            lat=each["lat"],
            lon=each["lon"],
        )
        for each in said
    ]
    add_map(shared / "maps/portland-central.osm.pbf", "portland", tmp_path)
    with open_routers(tmp_path) as routers:
        trace = build(fixes, routers)
    (leg,) = trace.legs
    assert (leg.how, leg.mode) == (How.DIRECT, Mode.UNKNOWN)
    assert leg.confidence < 0.5
    for stop, fix in zip(trace.stops, fixes, strict=True):
        assert distance_m((stop.lat, stop.lon), (fix.lat or 0, fix.lon or 0)) < 1
