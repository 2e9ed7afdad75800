"""Small extracts that the tests of maps write."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import osmium
from osmium.osm.mutable import Node, Way

LatLon = tuple[float, float]
Line = tuple[Sequence[LatLon], dict[str, str]]


def write(path: Path, lines: Sequence[Line], *, box: tuple[float, float, float, float] | None = None) -> Path:
    """An extract with those lines; each has its own nodes, a line that ends where it began is closed."""
    header = osmium.io.Header()
    if box is not None:
        west, south, east, north = box
        header.add_box(osmium.osm.Box(west, south, east, north))
    ways: list[Way] = []
    with osmium.SimpleWriter(str(path), header=header, overwrite=True) as writer:
        count = 0
        for n, (places, tags) in enumerate(lines, 1):
            closed = len(places) > 2 and places[0] == places[-1]
            ids = list(range(count + 1, count + 1 + len(places) - closed))
            for node, (lat, lon) in zip(ids, places, strict=False):
                writer.add_node(Node(id=node, location=(lon, lat), version=1))
            count += len(ids)
            ways.append(Way(id=n, nodes=[*ids, *ids[:1]] if closed else ids, version=1, tags=tags))
        for way in ways:
            writer.add_way(way)
    return path
