"""The railways of an extract -> a road graph of their own, so that a router without trains can route them.

Every track is written as a main road in both directions, everything else is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import osmium

SPEEDS_KMH = {"rail": 100, "light_rail": 60, "narrow_gauge": 60, "subway": 50, "tram": 25, "funicular": 15}
"""Where the track does not say its own."""
_JOINING = {"crossover", "siding"}
"""Service tracks that connect others; yards and spurs lead nowhere."""
_KEPT = ("name", "ref", "bridge", "tunnel")


def is_track(tags: Any) -> bool:
    """Whether passengers may travel over it."""
    return tags.get("railway") in SPEEDS_KMH and ("service" not in tags or tags["service"] in _JOINING)


def as_road(tags: Any) -> dict[str, str]:
    """The tags of the road that stands for the track."""
    said = {key: tags[key] for key in _KEPT if key in tags}
    speed = tags.get("maxspeed") or str(SPEEDS_KMH[tags["railway"]])
    return {**said, "highway": "primary", "oneway": "no", "maxspeed": speed}


def write_rails(pbf: Path, target: Path) -> int:
    """Writes the tracks as roads and returns how many there are; nothing is written when there are none."""
    needed: set[int] = set()
    count = 0
    for way in _tracks(pbf):
        needed.update(ref.ref for ref in way.nodes)
        count += 1
    if not count:
        return 0
    with osmium.SimpleWriter(str(target)) as writer:
        nodes: Any = osmium.FileProcessor(str(pbf), osmium.osm.NODE).with_filter(osmium.filter.IdFilter(needed))
        for node in nodes:
            writer.add_node(node.replace(tags={}))
        for way in _tracks(pbf):
            writer.add_way(way.replace(tags=as_road(way.tags)))
    return count


def _tracks(pbf: Path) -> Iterator[Any]:
    ways: Any = osmium.FileProcessor(str(pbf), osmium.osm.WAY).with_filter(osmium.filter.KeyFilter("railway"))
    return (way for way in ways if is_track(way.tags))
