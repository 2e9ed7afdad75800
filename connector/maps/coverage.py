"""Where a map knows roads. Taken from the roads themselves: an extract's box is that of its stray nodes."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import osmium

CELL_DEG = 0.01
"""About 1.1 km north to south: a cell is covered when a road has a node in it or in a neighbour."""


def cell_of(lat: float, lon: float) -> tuple[int, int]:
    """Row and column of the grid cell that holds the place."""
    return math.floor(lat / CELL_DEG), math.floor(lon / CELL_DEG)


@dataclass(frozen=True, slots=True)
class Coverage:
    """The grid cells that hold a road."""

    cells: frozenset[tuple[int, int]]

    def covers(self, lat: float, lon: float) -> bool:
        """Whether a road is known in the cell of that place or in one of the eight around it."""
        row, column = cell_of(lat, lon)
        cells, west, east = self.cells, column - 1, column + 1
        if (row, column) in cells:
            return True
        return any((r, column) in cells or (r, west) in cells or (r, east) in cells for r in (row, row - 1, row + 1))

    def box(self) -> tuple[float, float, float, float] | None:
        """West, south, east, north of the covered cells in degrees; None when there is none."""
        if not self.cells:
            return None
        rows = [row for row, _ in self.cells]
        columns = [column for _, column in self.cells]
        return (
            min(columns) * CELL_DEG,
            min(rows) * CELL_DEG,
            (max(columns) + 1) * CELL_DEG,
            (max(rows) + 1) * CELL_DEG,
        )

    def to_lines(self) -> list[str]:
        """One text per covered row, ``row:column,column``; read by :meth:`from_lines`."""
        rows: dict[int, list[int]] = {}
        for row, column in sorted(self.cells):
            rows.setdefault(row, []).append(column)
        return [f"{row}:{','.join(map(str, columns))}" for row, columns in rows.items()]

    @classmethod
    def from_lines(cls, lines: Iterable[str]) -> Coverage:
        """The inverse of :meth:`to_lines`."""
        cells: set[tuple[int, int]] = set()
        for line in lines:
            row, _, columns = line.partition(":")
            cells.update((int(row), int(column)) for column in columns.split(",") if column)
        return cls(frozenset(cells))


def coverage_of_roads(shapes: Iterable[Iterable[tuple[float, float]]]) -> Coverage:
    """The cells the roads touch. ``shapes``: per road its (lat, lon) points; long gaps between them are filled."""
    cells: set[tuple[int, int]] = set()
    for shape in shapes:
        before: tuple[float, float] | None = None
        for lat, lon in shape:
            cells.add(cell_of(lat, lon))
            if before is not None:
                cells.update(_between(before, (lat, lon)))
            before = (lat, lon)
    return Coverage(frozenset(cells))


def _between(a: tuple[float, float], b: tuple[float, float]) -> Iterable[tuple[int, int]]:
    steps = int(max(abs(a[0] - b[0]), abs(a[1] - b[1])) / CELL_DEG)
    for k in range(1, steps + 1):
        share = k / (steps + 1)
        yield cell_of(a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share)


def coverage_of_extract(pbf: Path) -> Coverage:
    """The cells of the ways of an .osm.pbf that the router can use."""
    ways: Any = osmium.FileProcessor(str(pbf), osmium.osm.NODE | osmium.osm.WAY).with_locations()
    ways.with_filter(osmium.filter.EntityFilter(osmium.osm.WAY)).with_filter(
        osmium.filter.KeyFilter("highway", "route")
    )
    return coverage_of_roads(
        [(node.location.lat, node.location.lon) for node in way.nodes if node.location.valid()] for way in ways
    )
