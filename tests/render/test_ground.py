"""The map below the way: read from a few tiles, however large the picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from connector.maps.tiles import Tiles
from connector.render.ground import ground
from connector.render.placing import Box
from connector.render.themes import theme_of
from connector.render.view import fit
from tests.tiny_network import crossing


class _Counted(Tiles):
    """The basemaps, and how many of their tiles were asked for."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.asked = 0

    def tile(self, name: str, z: int, x: int, y: int) -> bytes | None:
        self.asked += 1
        return super().tile(name, z, x, y)


def test_a_large_picture_reads_few_tiles(tiny_maps: Path) -> None:
    tiles = _Counted(tiny_maps)
    (lat, lon), far = crossing(5, 5), 0.1
    view = fit(np.array([(lat - far, lon - far), (lat + far, lon + far)]), Box(0, 0, 8000, 8000), 10.0)
    drawn = ground(view, theme_of("paper"), tiles, "en")

    assert drawn.has_map
    assert 0 < tiles.asked <= 48
