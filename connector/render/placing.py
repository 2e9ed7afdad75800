"""Places for labels and photos that do not cover each other."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels, y downwards."""

    left: float
    top: float
    right: float
    bottom: float

    @classmethod
    def of(cls, left: float, top: float, width: float, height: float) -> Box:
        return cls(left, top, left + width, top + height)

    @classmethod
    def around(cls, x: float, y: float, width: float, height: float) -> Box:
        """The box of that size with its middle there."""
        return cls(x - width / 2, y - height / 2, x + width / 2, y + height / 2)

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def middle(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def grown(self, by: float) -> Box:
        return Box(self.left - by, self.top - by, self.right + by, self.bottom + by)

    def overlaps(self, other: Box) -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def holds(self, other: Box) -> bool:
        return (
            self.left <= other.left
            and self.top <= other.top
            and self.right >= other.right
            and self.bottom >= other.bottom
        )


@dataclass(slots=True)
class Room:
    """The free room of a frame. ``line``: points of the path, which may be covered but should not."""

    frame: Box
    line: np.ndarray
    taken: list[Box] = field(default_factory=list)

    def is_free(self, box: Box, gap_px: float = 0.0) -> bool:
        """Whether it lies inside the frame and that far from everything that is placed."""
        wider = box.grown(gap_px)
        return self.frame.holds(box) and not any(wider.overlaps(each) for each in self.taken)

    def covers(self, box: Box) -> int:
        """How many points of the path lie in the box."""
        x, y = self.line[:, 0], self.line[:, 1]
        return int(((x > box.left) & (x < box.right) & (y > box.top) & (y < box.bottom)).sum())

    def take(self, box: Box) -> Box:
        self.taken.append(box)
        return box

    def best(self, boxes: Iterable[Box], gap_px: float, cost_per_step: float) -> Box | None:
        """The free box that hides the least of the path, the earlier ones being preferred; None: none is free."""
        free = [(self.covers(box) + n * cost_per_step, box) for n, box in enumerate(boxes) if self.is_free(box, gap_px)]
        return min(free, key=lambda each: each[0])[1] if free else None


def around(x: float, y: float, width: float, height: float, distances: Iterable[float]) -> Iterator[Box]:
    """Boxes beside a point, from every side, the nearest first."""
    for distance in distances:
        for turn in range(16):
            angle = math.pi / 8 * turn - math.pi / 2
            dx, dy = math.cos(angle), math.sin(angle)
            yield Box.around(x + dx * (distance + width / 2), y + dy * (distance + height / 2), width, height)


def beside(x: float, y: float, width: float, height: float, distance: float) -> Iterator[Box]:
    """Boxes of a label beside its point: right, left, above, below, then the corners."""
    for dx, dy in ((1, 0), (-1, 0), (0, -1), (0, 1), (1, -1), (1, 1), (-1, -1), (-1, 1)):
        far = distance * (1.0 if 0 in (dx, dy) else 0.7)
        yield Box.around(x + dx * (far + width / 2), y + dy * (far + height / 2), width, height)


def groups(points: np.ndarray, reach_px: float, first: Iterable[int]) -> list[list[int]]:
    """Indexes of points that lie together: each group within ``reach_px`` of its head, heads in the order given."""
    loose = np.ones(len(points), dtype=bool)
    found: list[list[int]] = []
    for head in first:
        if not loose[head]:
            continue
        near = loose & (np.hypot(*(points - points[head]).T) <= reach_px)
        loose &= ~near
        found.append([head, *(int(n) for n in np.flatnonzero(near) if n != head)])
    return found
