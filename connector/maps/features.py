"""An OpenStreetMap extract -> what the basemap draws: layers of a subset of the Shortbread schema.

Bottom to top: ``ocean`` and ``ground`` (ours: the land of a coastal extract, which covers the coarse world),
``land``, ``water_polygons``, ``water_lines``, ``buildings``, ``boundaries``, ``ferries``, ``streets`` (railways too,
with ``rail``), ``place_labels``, ``pois`` (peaks). Each has a ``kind`` where it can differ.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import osmium
from osmium.filter import KeyFilter

Properties = dict[str, str | int | float | bool]

PLACES = {
    "city": (4, 1),
    "town": (7, 2),
    "village": (10, 3),
    "suburb": (11, 4),
    "island": (9, 5),
    "hamlet": (12, 5),
    "quarter": (12, 5),
    "neighbourhood": (13, 6),
    "locality": (13, 7),
    "isolated_dwelling": (14, 8),
    "farm": (14, 9),
}
"""Smallest zoom and rank (1 is the most important) by the kind of place."""
ROADS = {
    "motorway": 5,
    "trunk": 6,
    "primary": 8,
    "secondary": 9,
    "tertiary": 10,
    "unclassified": 12,
    "residential": 12,
    "living_street": 12,
    "pedestrian": 13,
    "service": 13,
    "track": 13,
    "footway": 14,
    "path": 14,
    "cycleway": 14,
    "steps": 14,
    "bridleway": 14,
}
RAILWAYS = {"rail": 9, "light_rail": 13, "tram": 13, "subway": 13, "narrow_gauge": 13, "funicular": 13}
WATER_LINES = {"river": 7, "canal": 10, "stream": 12, "ditch": 12, "drain": 12}
LAND = {
    ("landuse", "forest"): ("forest", 7),
    ("landuse", "residential"): ("residential", 9),
    ("landuse", "industrial"): ("industrial", 10),
    ("landuse", "commercial"): ("commercial", 10),
    ("landuse", "retail"): ("retail", 10),
    ("landuse", "railway"): ("railway", 11),
    ("landuse", "farmland"): ("farmland", 10),
    ("landuse", "meadow"): ("meadow", 10),
    ("landuse", "grass"): ("grass", 11),
    ("landuse", "vineyard"): ("vineyard", 11),
    ("landuse", "orchard"): ("orchard", 11),
    ("landuse", "cemetery"): ("cemetery", 12),
    ("landuse", "quarry"): ("quarry", 11),
    ("natural", "wood"): ("forest", 7),
    ("natural", "grassland"): ("grassland", 10),
    ("natural", "heath"): ("heath", 10),
    ("natural", "scrub"): ("scrub", 10),
    ("natural", "bare_rock"): ("bare_rock", 9),
    ("natural", "scree"): ("scree", 9),
    ("natural", "glacier"): ("glacier", 5),
    ("natural", "sand"): ("sand", 10),
    ("natural", "beach"): ("beach", 10),
    ("natural", "wetland"): ("swamp", 10),
    ("leisure", "park"): ("park", 11),
    ("leisure", "garden"): ("garden", 13),
    ("leisure", "nature_reserve"): ("nature_reserve", 9),
    ("leisure", "golf_course"): ("golf_course", 11),
    ("leisure", "pitch"): ("pitch", 13),
}
"""Kind and smallest zoom by tag."""
ADMIN_ZOOMS = {2: 2, 4: 5, 6: 8, 8: 10}
LANGUAGES = ("en", "de", "zh", "fr")
KEYS = (
    *("highway", "railway", "waterway", "route", "aeroway", "boundary"),
    *("landuse", "natural", "leisure", "building", "place", "water"),
)
AREA_KEYS = ("landuse", "natural", "leisure", "building", "waterway", "water")


@dataclass(frozen=True, slots=True)
class Feature:
    """One drawn thing. ``geometry``: GeoJSON text, degrees."""

    layer: str
    minzoom: int
    properties: Properties
    geometry: str


class Features:
    """Iterates over the features of an extract; ``broken`` counts the things whose geometry could not be made."""

    def __init__(self, pbf: Path) -> None:
        self._pbf = pbf
        self._make = osmium.geom.GeoJSONFactory()
        self.broken = 0

    def __iter__(self) -> Iterator[Feature]:
        borders = _admin_levels(self._pbf)
        source = osmium.FileProcessor(str(self._pbf)).with_locations().with_areas(KeyFilter(*AREA_KEYS))
        for thing in source:
            # The ways of a border need no tag of their own, so that no filter by key may come before.
            try:
                yield from self._of(thing, borders)
            except (RuntimeError, osmium.InvalidLocationError):
                self.broken += 1

    def _of(self, thing: Any, borders: Mapping[int, int]) -> Iterator[Feature]:
        if thing.is_node():
            found = of_node(thing.tags) if thing.tags else None
            if found is not None:
                yield Feature(*found, self._make.create_point(thing))
        elif thing.is_way():
            line = of_line(thing.tags, closed=thing.is_closed()) if thing.tags else None
            if line is not None:
                yield Feature(*line, _lines(thing))
            level = borders.get(thing.id)
            if level is not None:
                yield Feature("boundaries", ADMIN_ZOOMS[level], {"admin_level": level}, _lines(thing))
        elif thing.is_area():
            found = of_area(thing.tags)
            if found is not None:
                yield Feature(*found, self._make.create_multipolygon(thing))


def _lines(way: Any) -> str:
    """The way as GeoJSON; where the extract lacks some of its nodes, the pieces that it has.

    Raises:
        RuntimeError: no two neighbours of its nodes are there.
    """
    runs: list[list[list[float]]] = [[]]
    for node in way.nodes:
        if node.location.valid():
            runs[-1].append([round(node.location.lon, 7), round(node.location.lat, 7)])
        elif runs[-1]:
            runs.append([])
    pieces = [run for run in runs if len(run) > 1]
    if not pieces:
        raise RuntimeError(f"way {way.id} has no line")
    if len(pieces) == 1:
        return json.dumps({"type": "LineString", "coordinates": pieces[0]})
    return json.dumps({"type": "MultiLineString", "coordinates": pieces})


Drawn = tuple[str, int, Properties]
"""Layer, smallest zoom, properties."""


def of_node(tags: Any) -> Drawn | None:
    """What a point is drawn as; None: not at all."""
    name = tags.get("name")
    if not name:
        return None
    if tags.get("place") in PLACES:
        return _place(tags, name)
    if tags.get("natural") in ("peak", "volcano"):
        height = _number(tags.get("ele"))
        return "pois", 11, {"kind": "peak", "name": name, **({} if height is None else {"ele": height})}
    return None


def _place(tags: Any, name: str) -> Drawn:
    kind = tags["place"]
    minzoom, rank = PLACES[kind]
    said: Properties = {"kind": kind, "name": name, "rank": rank}
    said |= {f"name_{lang}": tags[f"name:{lang}"] for lang in LANGUAGES if tags.get(f"name:{lang}")}
    population = _number(tags.get("population"))
    if population is not None:
        said["population"] = int(population)
    if tags.get("capital") == "yes":
        said["kind"], minzoom = "capital", 3
    return "place_labels", minzoom, said


def of_line(tags: Any, *, closed: bool) -> Drawn | None:
    """What a line is drawn as; None: not at all."""
    if "highway" in tags:
        return _road(tags)
    if tags.get("railway") in RAILWAYS:
        kind = tags["railway"]
        return "streets", 13 if "service" in tags else RAILWAYS[kind], {"kind": kind, "rail": True}
    if tags.get("waterway") in WATER_LINES and not closed:
        kind = tags["waterway"]
        return "water_lines", WATER_LINES[kind], {"kind": kind, **_texts(tags, "name")}
    if tags.get("route") == "ferry":
        return "ferries", 8, {"kind": "ferry", **_texts(tags, "name")}
    if tags.get("aeroway") in ("runway", "taxiway"):
        return "streets", 11, {"kind": tags["aeroway"]}
    return None


def _road(tags: Any) -> Drawn | None:
    highway = tags["highway"]
    kind = highway.removesuffix("_link")
    if kind not in ROADS or tags.get("area") == "yes":
        return None
    said: Properties = {"kind": kind, "link": highway != kind, **_texts(tags, "ref", "name")}
    said |= {key: True for key in ("bridge", "tunnel") if tags.get(key, "no") != "no"}
    return "streets", ROADS[kind], said


def of_area(tags: Any) -> Drawn | None:
    """What an area is drawn as; None: not at all."""
    if tags.get("building", "no") != "no":
        return "buildings", 13, {}
    if (
        tags.get("natural") == "water"
        or tags.get("waterway") == "riverbank"
        or tags.get("landuse") in ("reservoir", "basin")
    ):
        return "water_polygons", 6, {"kind": tags.get("water", "water")}
    for key in ("landuse", "natural", "leisure"):
        found = LAND.get((key, tags.get(key, "")))
        if found is not None:
            return "land", found[1], {"kind": found[0]}
    return None


def _texts(tags: Any, *keys: str) -> Properties:
    return {key: tags[key] for key in keys if key in tags}


def _number(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        return None


def _admin_levels(pbf: Path) -> dict[int, int]:
    """By the id of a way: the lowest level of the administrative areas it bounds, where it is a drawn one."""
    levels: dict[int, int] = {}
    relations: Any = osmium.FileProcessor(str(pbf), osmium.osm.RELATION).with_filter(KeyFilter("admin_level"))
    for relation in relations:
        level = _number(relation.tags.get("admin_level"))
        if relation.tags.get("boundary") != "administrative" or level not in ADMIN_ZOOMS:
            continue
        for member in relation.members:
            if member.type == "w":
                levels[member.ref] = min(int(level), levels.get(member.ref, 99))
    return levels
