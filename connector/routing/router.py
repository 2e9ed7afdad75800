"""What the engine asks of a road router. `embedded` (in process) and `remote` (over HTTP) answer it alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A place to route from, through or to. ``radius_m``: how far the road may be from it."""

    lat: float
    lon: float
    radius_m: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One way by roads. ``shape`` is a polyline with 6 decimals, lat first."""

    shape: str
    length_m: float
    time_s: float
    has_ferry: bool = False


class RouterDown(Exception):
    """The router does not answer now. Trying later may help; no leg must be drawn direct for it."""


class Router(Protocol):
    """Routes on one map. Safe from several threads."""

    map_name: str
    version: str
    """Changes when the roads do: part of every leg's cache key."""

    def route(self, points: Sequence[Point], costing: str) -> Route | None:
        """The way through the points in order; None: there is none (no road near, no path, too far).

        Raises:
            RouterDown: it could not be asked.
        """
        ...

    def match(self, points: Sequence[Point], costing: str) -> Route | None:
        """The way that fits a dense run of points best; None: the run does not fit the roads."""
        ...

    def covers(self, lat: float, lon: float) -> bool:
        """Whether roads are known around that place."""
        ...
