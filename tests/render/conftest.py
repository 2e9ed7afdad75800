"""Scenes that several tests of drawings share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from connector.maps.tiles import Tiles
from connector.render.scene import Scene, Thumbnail
from connector.routing.pool import Routers, open_routers
from tests.render.scenes import named, over_the_pacific, scene_of, town_trip


@pytest.fixture(scope="session")
def routers(tiny_maps: Path) -> Iterator[Routers]:
    with open_routers(tiny_maps) as found:
        yield found


@pytest.fixture(scope="session")
def tiles(tiny_maps: Path) -> Tiles:
    return Tiles(tiny_maps)


@pytest.fixture(scope="session")
def town(routers: Routers) -> tuple[Scene, Thumbnail]:
    """A walk through the suite's own town, with names and emoji."""
    trip = town_trip(30)
    log = named(trip, {0: 'Market <&> "Square"', 12: "老市场", 25: "السوق"})
    scene = scene_of(
        trip,
        routers,
        log,
        title="A walk & a <b>ride</b>",
        subtitle='‘quoted’ "twice"',
        emoji=("🏰", "🌊", "☕"),
        link="https://photos.example.org/embed/abc?x=1&y=2",
    )
    return scene, trip.thumbnail


@pytest.fixture(scope="session")
def pacific(routers: Routers) -> tuple[Scene, Thumbnail]:
    """Islands on both sides of 180 degrees."""
    trip = over_the_pacific()
    return scene_of(trip, routers, title="Islands"), trip.thumbnail
