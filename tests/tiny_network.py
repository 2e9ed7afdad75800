"""The suite's own town as an OpenStreetMap extract: streets, a railway, a ferry, water, a park and names.

It lies around 48.0 N, 9.0 E, far from every other fixture. Blocks are about 220 m; the grid has 11 by 11 crossings.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import osmium
from osmium.osm.mutable import Node, Way

LAT, LON = 48.0, 9.0
STEP_LAT, STEP_LON = 0.002, 0.003
SIDE = 11
MIDDLE = SIDE // 2


def crossing(row: int, column: int) -> tuple[float, float]:
    """(lat, lon) of a crossing of the grid; row 0 is the southernmost street."""
    return LAT + row * STEP_LAT, LON + column * STEP_LON


def write_extract(path: Path, *, north_deg: float = 0.0) -> Path:
    """Writes the town, or one like it so far north of it, to ``path`` (.osm.pbf) and returns it."""
    streets = [[(r, c) for c in range(SIDE)] for r in range(SIDE)] + [
        [(r, c) for r in range(SIDE)] for c in range(SIDE)
    ]
    with osmium.SimpleWriter(str(path), overwrite=True) as writer:
        for row in range(SIDE):
            for column in range(SIDE):
                lat, lon = crossing(row, column)
                writer.add_node(Node(id=_id(row, column), location=(lon, lat + north_deg), version=1))
        for n, (lat, lon) in enumerate(_RAIL + _FERRY + _LAKE + _PARK, 1000):
            writer.add_node(Node(id=n, location=(lon, lat + north_deg), version=1))
        writer.add_node(Node(id=2000, location=(LON + 0.015, LAT + 0.0101 + north_deg), version=1, tags=_TOWN))
        for n, street in enumerate(streets, 1):
            writer.add_way(Way(id=n, nodes=[_id(*at) for at in street], version=1, tags=_tags(n)))
        for n, (nodes, tags) in enumerate(_others(), 100):
            writer.add_way(Way(id=n, nodes=nodes, version=1, tags=tags))
    return path


def _id(row: int, column: int) -> int:
    return row * SIDE + column + 1


def _tags(n: int) -> dict[str, str]:
    kind = "primary" if n in (1 + MIDDLE, 1 + SIDE + MIDDLE) else "residential"
    return {"highway": kind, "name": f"Street {n}"}


_TOWN = {"place": "town", "name": "Tinytown", "population": "4000"}
#: a railway line along the south, with its two stations 3 km apart
_RAIL = [(LAT - 0.003, LON + k * 0.004) for k in range(11)]
#: from the north-eastern crossing over the lake to a landing stage
_FERRY = [(LAT + 0.028, LON + 0.036), (LAT + 0.036, LON + 0.042)]
_LAKE = [(LAT + 0.021, LON + 0.031), (LAT + 0.021, LON + 0.06), (LAT + 0.045, LON + 0.06), (LAT + 0.045, LON + 0.031)]
_PARK = [(LAT + 0.0042, LON + 0.0065), (LAT + 0.0042, LON + 0.0085), (LAT + 0.0058, LON + 0.0085)]


def _others() -> list[tuple[list[int], dict[str, str]]]:
    rail = list(range(1000, 1000 + len(_RAIL)))
    ferry = [_id(SIDE - 1, SIDE - 1), *range(rail[-1] + 1, rail[-1] + 1 + len(_FERRY))]
    lake = list(range(ferry[-1] + 1, ferry[-1] + 1 + len(_LAKE)))
    park = list(range(lake[-1] + 1, lake[-1] + 1 + len(_PARK)))
    return [
        (rail, {"railway": "rail", "name": "Tiny Line", "maxspeed": "80"}),
        (ferry, {"route": "ferry", "name": "Lake Ferry", "duration": "00:20"}),
        ([*lake, lake[0]], {"natural": "water", "name": "Tiny Lake"}),
        ([*park, park[0]], {"leisure": "park", "name": "Tiny Park"}),
    ]


def street_between(a: tuple[int, int], b: tuple[int, int]) -> list[tuple[float, float]]:
    """The crossings from ``a`` to ``b``, along the row first and then the column, as (lat, lon)."""
    (row_a, col_a), (row_b, col_b) = a, b
    step = 1 if col_b >= col_a else -1
    along = [(row_a, c) for c in range(col_a, col_b + step, step)]
    step = 1 if row_b >= row_a else -1
    up = [(r, col_b) for r in range(row_a, row_b + step, step)]
    corners = [one for one, two in pairwise([*along, *up]) if one != two]
    return [crossing(*at) for at in [*corners, b]]
