"""Sea and ground of a coastal extract, from its coastlines.

OpenStreetMap knows no sea, only the line where it begins: the land lies on its left. The lines are cut with a box,
and every face that they make says itself what it is: by which of its sides the lines run.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import osmium
import shapely
from shapely.geometry.base import BaseGeometry

Box = tuple[float, float, float, float]
_INSIDE = 1e-7
"""Degrees: how far beside a coastline its side is probed."""
_FARTHEST_DEG = 0.25
"""A box that reaches farther than this beyond the roads says little about where the data ends."""
_NEAR = 0.2
"""Of the shorter side of the box: an open end of a coastline that is nearer to the frame goes on to it."""


def coastlines(pbf: Path) -> list[np.ndarray]:
    """The coastlines of the extract, as rows of lon, lat in their direction."""
    ways: Any = osmium.FileProcessor(str(pbf), osmium.osm.NODE | osmium.osm.WAY).with_locations()
    ways.with_filter(osmium.filter.EntityFilter(osmium.osm.WAY)).with_filter(
        osmium.filter.TagFilter(("natural", "coastline"))
    )
    lines = [[(n.location.lon, n.location.lat) for n in way.nodes if n.location.valid()] for way in ways]
    return [np.array(line) for line in lines if len(line) > 1]


def data_box(pbf: Path, roads: Box) -> Box:
    """Where the extract holds data: the box that it names as far as that lies about the roads, else the roads'."""
    with osmium.io.Reader(str(pbf)) as reader:
        named = reader.header().box()
    if not named.valid():
        return roads
    low, high = named.bottom_left, named.top_right
    west, south, east, north = roads
    return (
        max(low.lon, west - _FARTHEST_DEG),
        max(low.lat, south - _FARTHEST_DEG),
        min(high.lon, east + _FARTHEST_DEG),
        min(high.lat, north + _FARTHEST_DEG),
    )


def sea_and_ground(lines: Sequence[np.ndarray], box: Box) -> tuple[BaseGeometry, BaseGeometry] | None:
    """Sea and ground within the box (west, south, east, north in degrees); None: no coastline says anything.

    A face whose coastlines disagree (a gap in the data) goes to the side that more of them name.
    """
    frame: Any = shapely.box(*box)
    coast = [cut for line in lines for cut in _cut(line, frame)]
    if not coast:
        return None
    net = shapely.union_all([*map(shapely.LineString, coast), *_to_the_frame(coast, frame), frame.exterior])
    faces = [face for face in shapely.get_parts(shapely.polygonize([net])) if frame.covers(face.representative_point())]
    land, sea = _votes(faces, coast)
    wet = [face for face, a, b in zip(faces, land, sea, strict=True) if b > a]
    dry = [face for face, a, b in zip(faces, land, sea, strict=True) if a >= b]
    return shapely.union_all(wet), shapely.union_all(dry)


def _to_the_frame(coast: Sequence[np.ndarray], frame: Any) -> list[Any]:
    """Extracts stop a little before their box: from every open end the shortest line on to the frame."""
    merged = shapely.get_parts(shapely.line_merge(shapely.union_all([*map(shapely.LineString, coast)])))
    ends = [end for line in merged if not line.is_closed for end in (line.coords[0], line.coords[-1])]
    west, south, east, north = frame.bounds
    near = _NEAR * min(east - west, north - south)
    bridges: list[Any] = [shapely.shortest_line(shapely.Point(end), frame.exterior) for end in ends]
    return [bridge for bridge in bridges if 0 < bridge.length < near]


def _cut(line: np.ndarray, frame: BaseGeometry) -> list[np.ndarray]:
    """What lies inside the frame; an intersection may turn a line round, so its steps are cut one by one."""
    shapely.prepare(frame)
    kept: list[np.ndarray] = []
    for a, b in itertools.pairwise(line):
        step = shapely.LineString([a, b])
        if not frame.intersects(step):
            continue
        points = shapely.get_coordinates(step if frame.covers(step) else frame.intersection(step))
        if len(points) == 2:
            kept.append(points if np.dot(points[1] - points[0], b - a) > 0 else points[::-1])
    return kept


def _votes(faces: Sequence[BaseGeometry], coast: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Per face the length of coastline that has it on its left (land) and on its right (sea)."""
    tree = shapely.STRtree(faces)
    votes = np.zeros((2, len(faces)))
    steps = np.array([step for step in coast if not np.allclose(step[0], step[1])]).reshape(-1, 2, 2)
    middle, along = steps.mean(axis=1), steps[:, 1] - steps[:, 0]
    length = np.hypot(along[:, 0], along[:, 1])
    left = np.column_stack([-along[:, 1], along[:, 0]]) / length[:, None] * _INSIDE
    for side, places in enumerate((middle + left, middle - left)):
        probe, face = tree.query(shapely.points(places), predicate="within")
        np.add.at(votes[side], face, length[probe])
    return votes[0], votes[1]
