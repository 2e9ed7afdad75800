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
class Ask:
    """One question to a router: the way between two points. ``costing``: pedestrian, bicycle, auto or train.

    ``dense``: the points are successive positions of one movement, at most seconds apart; fit them to the
    roads together (map matching) instead of finding the best way from each to the next.
    """

    points: tuple[Point, ...]
    costing: str
    dense: bool = False
    by_parts: bool = False
    """Ask also how much of the way is by ferry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One way by roads. ``shape``: polyline with 6 decimals, lat first; ``start`` and ``end``: its ends (lat, lon)."""

    shape: str
    start: tuple[float, float]
    end: tuple[float, float]
    length_m: float
    time_s: float
    has_ferry: bool = False
    ferry_m: float | None = None
    """How much of it is by ferry; None: not asked for."""


class RouterDown(Exception):
    """The router does not answer now. Trying later may help; no leg must be drawn direct for it."""


class Router(Protocol):
    """Routes on one map. Safe from several threads."""

    map_name: str

    @property
    def version(self) -> str:
        """Changes when the roads do: part of every leg's cache key."""
        ...

    def routes(self, asks: Sequence[Ask]) -> list[Route | None]:
        """An answer for each question, in order; None: there is no such way (no road near, no path, too far).

        Raises:
            RouterDown: it could not be asked.
        """
        ...

    def covers(self, lat: float, lon: float) -> bool:
        """Whether roads are known around that place."""
        ...

    def has_rails_at(self, lat: float, lon: float) -> bool:
        """Whether railways are known around that place, so that ``train`` can be asked for."""
        ...
