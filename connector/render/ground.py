"""The map below a trace: the world's backdrop and the region's tiles, as SVG; and the names on it."""

from __future__ import annotations

import gzip
import json
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import numpy as np
import shapely

from connector.maps.tiles import MAX_ZOOM, Tiles
from connector.render.markup import polyline, ring, stroke
from connector.render.themes import Palette, Theme
from connector.render.view import View, mercator
from connector.render.words import language

WORLD = Path(__file__).parents[1] / "static" / "widget" / "world.geojson"
"""Made with the widget: properties ``kind`` (land, border, name), ``name``, ``minzoom``."""
MOST_TILES = 48
NEAREST_WORLD_ZOOM = 8.5
"""Nearer than this the world's coarse coasts would be wrong by more than they help."""
_GREEN = {
    *("forest", "grass", "grassland", "meadow", "park", "garden", "golf_course", "nature_reserve", "scrub", "heath"),
    *("cemetery", "orchard", "vineyard", "pitch", "swamp"),
}
_BUILT = {"residential", "commercial", "retail", "industrial", "railway"}
_ROCK = {"bare_rock", "scree", "quarry", "glacier"}
_SAND = {"sand", "beach"}
_FOOT = {"footway", "path", "cycleway", "steps", "bridleway", "track"}
_MINOR = {"unclassified", "residential", "living_street", "pedestrian", "service"}
_ROAD_WIDTHS = {
    "foot": ((13.0, 0.5), (17.0, 1.8)),
    "rail": ((9.0, 0.5), (16.0, 1.8)),
    "minor": ((12.0, 0.5), (14.0, 2.0), (17.0, 8.0)),
    "tertiary": ((10.0, 0.6), (14.0, 3.2), (17.0, 11.0)),
    "major": ((7.0, 0.6), (11.0, 1.6), (14.0, 4.0), (17.0, 13.0)),
    "motorway": ((5.0, 0.7), (11.0, 2.0), (14.0, 4.8), (17.0, 14.0)),
}
"""Width in pixels by zoom."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name on the map. ``rank``: 1 is the most important."""

    text: str
    kind: str
    rank: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Ground:
    """``svg``: everything below the path. ``has_map``: False where neither tiles nor the world say anything."""

    svg: str
    names: tuple[Name, ...]
    has_map: bool


def ground(view: View, theme: Theme, tiles: Tiles | None, lang: str) -> Ground:
    """The map of that view."""
    world = view.zoom < NEAREST_WORLD_ZOOM and WORLD.exists()
    maps = tiles.covering(*view.degrees()) if tiles is not None else ()
    drawn = [_Drawn(view, lang) for _ in maps]
    for name, each in zip(maps, drawn, strict=True):
        for content in _tiles(view, tiles, name):
            each.add(content)
    names = [name for each in drawn for name in each.names]
    parts = [*(_world(view, theme.palette) if world else _plain(view, theme, blank=not maps))]
    parts += [part for each in drawn for part in each.areas(theme.palette)]
    parts += [part for each in drawn for part in each.ways(theme.palette)]
    return Ground("".join(parts), (*names, *(_world_names(view, language(lang)) if world else ())), world or bool(maps))


def _plain(view: View, theme: Theme, *, blank: bool) -> Iterator[str]:
    """Land without anything on it; where no map helps at all, a fine grid, so that it does not look unfinished."""
    frame, palette = view.frame, theme.palette
    yield f'<path d="{_frame_path(view)}" fill="{palette.land}"/>'
    if not blank:
        return
    step = frame.width / 12
    lines = [f"M{frame.left + k * step:.1f},{frame.top:.1f}V{frame.bottom:.1f}" for k in range(1, 12)] + [
        f"M{frame.left:.1f},{frame.top + k * step:.1f}H{frame.right:.1f}"
        for k in range(1, math.ceil(frame.height / step))
    ]
    yield stroke("".join(lines), palette.casing, 1.0, ' stroke-opacity="0.6"')


def _frame_path(view: View) -> str:
    frame = view.frame
    return f"M{frame.left:.1f},{frame.top:.1f}H{frame.right:.1f}V{frame.bottom:.1f}H{frame.left:.1f}Z"


def _tiles(view: View, tiles: Tiles | None, name: str) -> Iterator[tuple[np.ndarray, float, dict[str, Any]]]:
    """Per tile: its corner and the size of one of its units in parts of the world's width, and its layers."""
    zoom = min(MAX_ZOOM, max(0, math.ceil(view.zoom)))
    while _tile_count(view, zoom) > MOST_TILES:
        zoom -= 1
    count = 1 << zoom
    left, top, right, bottom = (side * count for side in view.world_box())
    for y in range(max(0, math.floor(top)), min(count, math.ceil(bottom))):
        for x in range(math.floor(left), math.ceil(right)):
            packed = tiles.tile(name, zoom, x % count, y) if tiles is not None else None
            if packed is not None:
                options = {"y_coord_down": True}
                content = mapbox_vector_tile.decode(gzip.decompress(packed), default_options=options)
                yield np.array([x, y]) / count, 1 / count / 4096, content


def _tile_count(view: View, zoom: int) -> float:
    left, top, right, bottom = (side * (1 << zoom) for side in view.world_box())
    return (math.ceil(right) - math.floor(left)) * (math.ceil(bottom) - math.floor(top))


class _Drawn:
    """Path data of one map, by what is drawn alike."""

    def __init__(self, view: View, lang: str) -> None:
        self._view = view
        self._lang = lang
        self._data: dict[str, list[str]] = defaultdict(list)
        self.names: list[Name] = []

    def add(self, tile: tuple[np.ndarray, float, dict[str, Any]]) -> None:
        corner, unit, content = tile
        for layer, said in content.items():
            for feature in said["features"]:
                self._one(layer, feature, corner, unit)

    def _one(self, layer: str, feature: dict[str, Any], corner: np.ndarray, unit: float) -> None:
        properties, geometry = feature["properties"], feature["geometry"]
        if layer in ("place_labels", "pois"):
            self._name(properties, self._pixels([geometry["coordinates"]], corner, unit)[0])
            return
        what = _class(layer, properties)
        if what is None:
            return
        closed = geometry["type"].endswith("Polygon")
        for line in _lines(geometry):
            points = self._pixels(line, corner, unit)
            if self._is_seen(points):
                self._data[what].append(ring(points) if closed else polyline(points))

    def _pixels(self, points: Any, corner: np.ndarray, unit: float) -> np.ndarray:
        return self._view.pixels(np.asarray(points, dtype=float) * unit + corner)

    def _is_seen(self, points: np.ndarray) -> bool:
        (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
        frame = self._view.frame
        return bool(left < frame.right and right > frame.left and top < frame.bottom and bottom > frame.top)

    def _name(self, properties: dict[str, Any], at: np.ndarray) -> None:
        text = str(properties.get(f"name_{self._lang}") or properties["name"])
        rank = 3 if properties["kind"] == "capital" else int(properties.get("rank", 6))
        self.names.append(Name(text, str(properties["kind"]), rank, float(at[0]), float(at[1])))

    def areas(self, palette: Palette) -> Iterator[str]:
        """The filled things, bottom to top."""
        colours = {
            "ground": palette.land, "ocean": palette.sea, "built": palette.built, "rock": palette.rock,
            "sand": palette.sand, "green": palette.green, "water": palette.water,
        }  # fmt: skip
        for what, colour in colours.items():
            if self._data[what]:
                yield f'<path d="{"".join(self._data[what])}" fill="{colour}"/>'
        if self._data["river"]:
            yield stroke("".join(self._data["river"]), palette.water, max(0.6, (self._view.zoom - 7) * 0.4))
        if self._data["buildings"] and self._view.zoom > 13.2:
            yield f'<path d="{"".join(self._data["buildings"])}" fill="{palette.building}"/>'
        if self._data["border"]:
            yield stroke("".join(self._data["border"]), palette.border, 1.6, ' stroke-dasharray="7 5"')

    def ways(self, palette: Palette) -> Iterator[str]:
        """The lines one travels on, bottom to top."""
        widths = {what: _width(what, self._view.zoom) for what in _ROAD_WIDTHS}
        if self._data["ferry"]:
            yield stroke("".join(self._data["ferry"]), palette.border, 1.2, ' stroke-dasharray="4 5"')
        if self._data["foot"] and widths["foot"] > 0:
            yield stroke("".join(self._data["foot"]), palette.path, widths["foot"], ' stroke-dasharray="4 2.5"')
        if self._data["rail"]:
            yield stroke("".join(self._data["rail"]), palette.rail, widths["rail"])
        roads = [what for what in ("minor", "tertiary", "major", "motorway") if self._data[what] and widths[what] > 0]
        for what in roads:
            if widths[what] > 1.6:
                yield stroke("".join(self._data[what]), palette.casing, widths[what] + 1.6)
        for what in roads:
            colour = palette.major if what in ("major", "motorway") else palette.road
            bare = palette.casing if widths[what] <= 1.6 and what in ("minor", "tertiary") else colour
            yield stroke("".join(self._data[what]), bare, widths[what])


def _width(what: str, zoom: float) -> float:
    (low, _), *_ = steps = _ROAD_WIDTHS[what]
    if zoom < low - 1:
        return 0.0
    return float(np.interp(zoom, [at for at, _ in steps], [width for _, width in steps]))


def _class(layer: str, properties: dict[str, Any]) -> str | None:
    """What a feature is drawn as."""
    kind = properties.get("kind")
    if layer == "land":
        for what, kinds in (("green", _GREEN), ("built", _BUILT), ("rock", _ROCK), ("sand", _SAND)):
            if kind in kinds:
                return what
        return None
    if layer == "streets":
        return _road(kind, is_rail=bool(properties.get("rail")))
    if layer == "boundaries":
        return "border" if properties.get("admin_level", 9) <= 4 else None
    plain = {"water_polygons": "water", "water_lines": "river", "ferries": "ferry"}
    return plain.get(layer, layer if layer in ("ground", "ocean", "buildings") else None)


def _road(kind: Any, *, is_rail: bool) -> str | None:
    if is_rail:
        return None if kind == "subway" else "rail"
    if kind in ("motorway", "trunk"):
        return "motorway"
    if kind in ("primary", "secondary"):
        return "major"
    return "tertiary" if kind == "tertiary" else "foot" if kind in _FOOT else "minor" if kind in _MINOR else None


def _lines(geometry: dict[str, Any]) -> Iterable[Any]:
    kind, said = geometry["type"], geometry["coordinates"]
    if kind == "LineString":
        return [said]
    if kind == "MultiPolygon":
        return [line for polygon in said for line in polygon]
    return said if kind in ("Polygon", "MultiLineString") else []


@dataclass(frozen=True, slots=True)
class _World:
    """The backdrop in parts of the world's width: outlines of land, borders, names with their smallest zoom."""

    land: tuple[Any, ...]
    borders: tuple[Any, ...]
    names: tuple[tuple[dict[str, Any], float, float, float], ...]


@lru_cache(maxsize=1)
def _read_world(path: Path, _changed_ns: int) -> _World:
    """The backdrop, kept as long as the file stays as it is."""
    land: list[Any] = []
    borders: list[Any] = []
    names: list[tuple[dict[str, Any], float, float, float]] = []
    for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
        said, geometry = feature["properties"], feature["geometry"]
        if said["kind"] == "name":
            ((x, y),) = mercator(np.array([geometry["coordinates"][::-1]], dtype=float), -180.0)
            names.append((said, float(said.get("minzoom", 1)), float(x), float(y)))
        elif said["kind"] == "land":
            land += [polygon for polygon in map(_polygon, _polygons(geometry)) if not polygon.is_empty]
        else:
            borders += [shapely.LineString(_world_points(line)) for line in _lines(geometry) if len(line) > 1]
    return _World(tuple(land), tuple(borders), tuple(names))


def _polygons(geometry: dict[str, Any]) -> list[Any]:
    return [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]


def _polygon(rings: Any) -> Any:
    return shapely.make_valid(shapely.Polygon(_world_points(rings[0]), [_world_points(hole) for hole in rings[1:]]))


def _world_points(line: Any) -> np.ndarray:
    return mercator(np.asarray(line, dtype=float)[:, 1::-1], -180.0)


def _world(view: View, palette: Palette) -> Iterator[str]:
    """Sea, land and borders; the world is laid side by side as often as the view needs it."""
    found = _read_world(WORLD, WORLD.stat().st_mtime_ns)
    yield f'<path d="{_frame_path(view)}" fill="{palette.sea}"/>'
    land, borders = [], []
    for turn, window in _windows(view):
        land += [ring(points) for points in _seen(found.land, turn, window, view)]
        borders += [polyline(points) for points in _seen(found.borders, turn, window, view)]
    if land:
        yield f'<path d="{"".join(land)}" fill="{palette.land}" fill-rule="evenodd"/>'
    if borders:
        yield stroke("".join(borders), palette.border, max(0.6, min(1.6, view.zoom * 0.3)), ' stroke-opacity="0.7"')


def _windows(view: View) -> Iterator[tuple[int, tuple[float, float, float, float]]]:
    """Turns of the world that the view touches, with the view's box in each, a little wider than seen."""
    left, top, right, bottom = view.world_box()
    more = (right - left) * 0.05
    for turn in range(math.floor(left), math.floor(right) + 1):
        yield turn, (left - more - turn, top - more, right + more - turn, bottom + more)


def _seen(
    shapes: Iterable[Any], turn: int, window: tuple[float, float, float, float], view: View
) -> Iterator[np.ndarray]:
    for shape in shapely.clip_by_rect(np.array(shapes, dtype=object), *window):
        for part in shapely.get_parts(shape):
            for line in [part.exterior, *part.interiors] if part.geom_type == "Polygon" else [part]:
                points = shapely.get_coordinates(line)
                if len(points) > 1:
                    yield view.pixels(points + np.array([turn, 0.0]))


def _world_names(view: View, lang: str) -> Iterator[Name]:
    found = _read_world(WORLD, WORLD.stat().st_mtime_ns)
    for turn, (left, top, right, bottom) in _windows(view):
        for said, minzoom, x, y in found.names:
            if minzoom <= view.zoom + 1.2 and left < x < right and top < y < bottom and view.zoom < 7:
                at = view.pixels(np.array([[x + turn, y]]))[0]
                text = str(said.get(f"name_{lang}") or said["name"])
                yield Name(text, "country", int(minzoom), float(at[0]), float(at[1]))
