"""The legs of a trace as lines in a picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely

from connector.render.colour import blend
from connector.render.markup import polyline, stroke
from connector.render.palette import LegColours
from connector.render.style import Style, kind_of
from connector.render.themes import Theme
from connector.render.view import View
from connector.trace.model import Leg, Trace
from connector.trace.shape import decode

PIECE_PX = 9.0
"""A gradient is drawn in pieces of one colour each: SVG has no gradient along a line."""
_FINEST_PX = 0.35
_NO_MORE_THAN = 3000
"""Pieces of a whole path."""
DASHES = {"solid": (), "dashed": (2.2, 1.9), "dotted": (0.01, 2.0)}
"""Drawn and left out, in widths of the line."""


@dataclass(slots=True)
class Run:
    """Successive legs that look alike, as one line. ``at`` and ``colours``: pixels along it and the colour there."""

    pattern: str
    width: float
    points: list[np.ndarray] = field(default_factory=list)
    at: list[float] = field(default_factory=list)
    colours: list[str] = field(default_factory=list)
    length: float = 0.0

    def add(self, points: np.ndarray, colours: LegColours) -> None:
        length = float(_along(points)[-1])
        self.at += [self.length + share * length for share, _ in colours.stops]
        self.colours += [colour for _, colour in colours.stops]
        self.points.append(points)
        self.length += length

    def line(self) -> np.ndarray:
        return np.concatenate(self.points)


@dataclass(frozen=True, slots=True)
class Path:
    """``points``: spread evenly over the whole path, to see what a label would hide."""

    svg: str
    points: np.ndarray


def draw(trace: Trace, colours: Sequence[LegColours], view: View, style: Style, theme: Theme) -> Path:
    """All legs, first their halos and then their colours."""
    runs = list(_runs(trace, colours, view, style, theme))
    total = sum(run.length for run in runs)
    piece_px = max(PIECE_PX, total / _NO_MORE_THAN)
    parts = [_halo(run, theme) for run in runs]
    parts += [part for run in runs for part in _pieces(run, piece_px)]
    spread = [_spread(run.line(), 6.0) for run in runs]
    return Path("".join(parts), np.concatenate(spread) if spread else np.empty((0, 2)))


def _runs(trace: Trace, colours: Sequence[LegColours], view: View, style: Style, theme: Theme) -> Iterator[Run]:
    run: Run | None = None
    for leg, colour in zip(trace.legs, colours, strict=True):
        kind = kind_of(leg)
        look = style.pattern_of(kind), style.width_px * style.widths.get(kind, 1.0)
        for n, points in enumerate(shape_points(leg, view)):
            if theme.drawn_by_hand:
                points = trembling(points)
            if run is None or n > 0 or (run.pattern, run.width) != look:
                if run is not None:
                    yield run
                run = Run(*look)
            run.add(points, colour)
    if run is not None:
        yield run


def shape_points(leg: Leg, view: View) -> list[np.ndarray]:
    """The leg in pixels, one line as long as no turn of the world cuts it."""
    lines = [view.points(np.array(decode(shape), dtype=float)) for shape in leg.shapes]
    joined: list[np.ndarray] = []
    for line in lines:
        if joined and np.hypot(*(joined[-1][-1] - line[0])) < 2.0:
            joined[-1] = np.concatenate([joined[-1], line])
        else:
            joined.append(line)
    return [_simplified(line) for line in joined]


def _simplified(points: np.ndarray) -> np.ndarray:
    if len(points) < 2:
        return np.repeat(points, 2, axis=0)
    kept: np.ndarray = shapely.get_coordinates(shapely.LineString(points).simplify(_FINEST_PX))
    return kept


def trembling(points: np.ndarray, strength_px: float = 1.5) -> np.ndarray:
    """The line as a hand would draw it: the same every time, its ends where they were."""
    dense = _spread(points, 7.0)
    along = _along(dense)
    seed = float(points[0].sum())
    wave = np.column_stack(
        [np.sin(along / 19 + seed) + np.sin(along / 7.3 + seed * 2), np.cos(along / 23 + seed) + np.sin(along / 8.1)]
    )
    calm = np.minimum(1.0, np.minimum(along, along[-1] - along) / 20)[:, None]
    moved: np.ndarray = dense + wave * calm * strength_px / 2
    return moved


def _along(points: np.ndarray) -> np.ndarray:
    """Pixels from the beginning to each point."""
    return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])


def _spread(points: np.ndarray, step_px: float) -> np.ndarray:
    along = _along(points)
    at = np.linspace(0, along[-1], max(2, int(along[-1] / step_px) + 1))
    return np.column_stack([np.interp(at, along, points[:, 0]), np.interp(at, along, points[:, 1])])


def _dash(run: Run, since_px: float) -> str:
    dash = DASHES[run.pattern]
    if not dash:
        return ""
    drawn, gap = (part * run.width for part in dash)
    return f' stroke-dasharray="{drawn:.2f} {gap:.2f}" stroke-dashoffset="{since_px % (drawn + gap):.2f}"'


def _halo(run: Run, theme: Theme) -> str:
    """Around the line, or around each of its dashes."""
    wider = max(3.0, run.width * 0.7)
    if run.pattern != "dashed":
        return stroke(polyline(run.line()), theme.line_halo, run.width + wider, _dash(run, 0.0))
    drawn, gap = (part * run.width for part in DASHES["dashed"])
    dash = f' stroke-dasharray="{drawn + wider:.2f} {gap - wider:.2f}" stroke-dashoffset="{wider / 2:.2f}"'
    return _flat(stroke(polyline(run.line()), theme.line_halo, run.width + wider, dash))


def _flat(line: str) -> str:
    return line.replace(' stroke-linecap="round"', ' stroke-linecap="butt"')


def _pieces(run: Run, piece_px: float) -> Iterator[str]:
    line = run.line()
    along = _along(line)
    cuts = np.linspace(0, along[-1], max(1, round(along[-1] / piece_px)) + 1)
    colours = _colours_at(run, (cuts[1:] + cuts[:-1]) / 2)
    begin = 0
    for n in range(1, len(colours) + 1):
        if n == len(colours) or colours[n] != colours[begin]:
            piece = _between(line, along, float(cuts[begin]), float(cuts[n]))
            drawn = stroke(polyline(piece), colours[begin], run.width, _dash(run, float(cuts[begin])))
            yield _flat(drawn) if run.pattern == "dashed" else drawn
            begin = n


def _colours_at(run: Run, at: np.ndarray) -> list[str]:
    """The colour at every place, in sixteen steps between two that are known: more cannot be told apart."""
    found: list[str] = []
    marks = np.array(run.at)
    for place in at.tolist():
        after = int(np.searchsorted(marks, place))
        before, after = max(0, after - 1), min(after, len(marks) - 1)
        span = marks[after] - marks[before]
        share = round(16 * (place - marks[before]) / span) / 16 if span > 0 else 0.0
        found.append(blend(run.colours[before], run.colours[after], float(min(1.0, max(0.0, share)))))
    return found


def _between(line: np.ndarray, along: np.ndarray, since: float, until: float) -> np.ndarray:
    inner = line[(along > since) & (along < until)]
    ends = np.column_stack([np.interp([since, until], along, line[:, k]) for k in (0, 1)])
    return np.concatenate([ends[:1], inner, ends[1:]])
