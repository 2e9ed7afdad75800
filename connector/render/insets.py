"""Small maps in the map, where the whole trip is so large that what one did at a place cannot be seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from connector.maps.tiles import Tiles
from connector.render.ground import Ground, ground
from connector.render.markup import Face, circle, group, polyline, rect, stroke, text_line
from connector.render.palette import LegColours
from connector.render.path import draw
from connector.render.placing import Box, Room
from connector.render.scene import Scene
from connector.render.themes import Theme
from connector.render.view import View, fit
from connector.trace.model import Leg, Stop
from connector.trace.shape import decode, distance_m

FARTHEST_ZOOM = 6.0
"""Nearer than this a town can be told from its neighbour: no small map is needed."""
ONE_TOWN_M = 60_000.0
LEAST_STOPS = 4
MOST = 2
_SIDE = 0.28
_SMALLEST_PX = 170.0
_TOWNS = ("capital", "city", "town", "village")


@dataclass(frozen=True, slots=True)
class _Town:
    """Stops near each other, by their indexes, and the legs between them."""

    stops: tuple[int, ...]
    legs: tuple[Leg, ...]


def insets(
    scene: Scene, theme: Theme, view: View, room: Room, colours: Sequence[LegColours], tiles: Tiles | None
) -> str:
    """The towns with the most stops as small maps in free places of the room, which they take; often none."""
    if view.zoom > FARTHEST_ZOOM:
        return ""
    parts: list[str] = []
    for town in _towns(scene):
        box = _place(view, room, scene, town)
        if box is not None and len(parts) < MOST:
            drawn = _drawn(scene, theme, (view, box), town, colours, tiles)
            if drawn:
                _take(room, box, _spot(view, scene, town))
                parts.append(drawn)
    return "".join(parts)


def _take(room: Room, box: Box, spot: tuple[float, float]) -> None:
    """The small map and the line that leads to it."""
    room.take(box)
    near = _near(*spot, box)
    steps = max(2, int(np.hypot(near[0] - spot[0], near[1] - spot[1]) / 10))
    for x, y in np.linspace(spot, near, steps).tolist():
        room.take(Box.around(x, y, 10, 10))


def _near(x: float, y: float, box: Box) -> tuple[float, float]:
    """The place of the box nearest to that one."""
    return min(max(x, box.left), box.right), min(max(y, box.top), box.bottom)


def _towns(scene: Scene) -> list[_Town]:
    """The most visited first."""
    stops = scene.trace.stops
    groups: list[list[int]] = []
    for stop in stops:
        near = next((g for g in groups if _apart(stops[g[0]], stop) < ONE_TOWN_M), None)
        if near is None:
            groups.append([stop.index])
        else:
            near.append(stop.index)
    towns = [_Town(tuple(g), _within(scene, set(g))) for g in groups if len(g) >= LEAST_STOPS]
    return sorted((town for town in towns if town.legs), key=lambda town: -len(town.stops))


def _apart(one: Stop, other: Stop) -> float:
    return distance_m((one.lat, one.lon), (other.lat, other.lon))


def _within(scene: Scene, stops: set[int]) -> tuple[Leg, ...]:
    return tuple(leg for leg in scene.trace.legs if leg.from_stop in stops and leg.to_stop in stops)


def _place(view: View, room: Room, scene: Scene, town: _Town) -> Box | None:
    """A square in a corner or at a side, that hides nothing of the way, as near as there is one."""
    frame = room.frame
    side = max(_SMALLEST_PX, _SIDE * min(frame.width, frame.height))
    x, y = _spot(view, scene, town)
    left, top, right, bottom = frame.left + 10, frame.top + 10, frame.right - 10 - side, frame.bottom - 10 - side
    middle_x, middle_y = (left + right) / 2, (top + bottom) / 2
    corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
    sides = [(left, middle_y), (right, middle_y), (middle_x, top), (middle_x, bottom)]
    boxes = [Box.of(at[0], at[1], side, side) for at in [*corners, *sides]]
    free = [box for box in boxes if room.is_free(box, 12) and not room.covers(box.grown(16))]
    return min(free, key=lambda box: np.hypot(box.middle[0] - x, box.middle[1] - y), default=None)


def _spot(view: View, scene: Scene, town: _Town) -> tuple[float, float]:
    stop = scene.trace.stops[town.stops[len(town.stops) // 2]]
    ((x, y),) = view.points(np.array([[stop.lat, stop.lon]])).tolist()
    return x, y


def _drawn(
    scene: Scene,
    theme: Theme,
    at: tuple[View, Box],
    town: _Town,
    colours: Sequence[LegColours],
    tiles: Tiles | None,
) -> str:
    """Empty where no map shows anything of the town."""
    outer, box = at
    lines = [np.array(decode(shape), dtype=float) for leg in town.legs for shape in leg.shapes]
    inner = fit(np.concatenate(lines), box, box.width * 0.16)
    if inner.zoom <= max(FARTHEST_ZOOM, outer.zoom):
        return ""  # around a pole a town is as wide as the world
    below = ground(inner, theme, tiles, scene.lang)
    if tiles is None or not tiles.covering(*inner.degrees()):
        return ""
    trace = replace(scene.trace, legs=town.legs)
    style = replace(scene.style, width_px=scene.style.width_px * 0.95)
    path = draw(trace, [colours[leg.index] for leg in town.legs], inner, style, theme)
    x, y = _spot(outer, scene, town)
    framed = _framed(box, theme, below.svg + path.svg)
    return group("inset", box, (_leader(x, y, box, theme), framed, _name(below, box, theme, scene)))


def _leader(x: float, y: float, box: Box, theme: Theme) -> str:
    """From the town on the large map to the near side of the small one."""
    line = polyline(np.array([(x, y), _near(x, y, box)]))
    return (
        stroke(line, theme.line_halo, 4.5, ' stroke-opacity="0.8"')
        + stroke(line, theme.accent, 1.8)
        + circle(x, y, 9, "none", theme.line_halo, 5)
        + circle(x, y, 9, "none", theme.accent, 2.4)
    )


def _framed(box: Box, theme: Theme, content: str) -> str:
    size = f'x="{box.left:.1f}" y="{box.top:.1f}" width="{box.width:.1f}" height="{box.height:.1f}"'
    window = f'viewBox="{box.left:.1f} {box.top:.1f} {box.width:.1f} {box.height:.1f}"'
    shade = rect(Box(box.left, box.top + 3, box.right, box.bottom + 5), "#000000", 4, ' fill-opacity="0.16"')
    edge = f'<rect {size} rx="3" fill="none" stroke="{theme.paper}" stroke-width="9"/>'
    ring = f'<rect {size} rx="3" fill="none" stroke="{theme.accent}" stroke-width="2"/>'
    return f'{shade}<svg {size} {window} overflow="hidden">{content}</svg>{edge}{ring}'


def _name(below: Ground, box: Box, theme: Theme, scene: Scene) -> str:
    """Of the most important town in the small map, at its foot."""
    seen = [name for name in below.names if name.kind in _TOWNS and box.holds(Box(name.x, name.y, name.x, name.y))]
    if not seen or not scene.style.labels:
        return ""
    text = min(seen, key=lambda name: name.rank).text
    face = Face(theme.text_font, 700, 19.0, scene.lang, "middle")
    halo = f'stroke="{theme.palette.halo}" stroke-width="5" stroke-linejoin="round" paint-order="stroke"'
    return text_line(text, box.middle[0], box.bottom - 18, face, f'fill="{theme.ink}" {halo}')
