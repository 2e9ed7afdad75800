"""What stands on the map of a picture: dots, photos, emoji and names, none of which hides another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from connector.render.fonts import width_px
from connector.render.ground import Name
from connector.render.markup import Face, circle, group, rect, stroke, text_line
from connector.render.photos import Prints, spread
from connector.render.placing import Box, Room, around, beside, groups
from connector.render.scene import Scene
from connector.render.themes import Theme
from connector.render.view import View
from connector.trace.model import Stop

PRINT_PX = {"small": 84.0, "medium": 112.0, "large": 148.0}
_ALONE = 2.2
"""Where there is only one place its photo has the map to itself."""
_PRINTS_PER_AREA = 11.0
"""A photo may take one part in so many of the map."""
_BORDER_PX, _BADGE_PX = 5.0, 15.0
_DOT_PX = 5.5
_DOTS_APART_PX = 26.0
_MOST_DOTS = 120
"""With more stops only the ends have one: the path would be a string of beads."""
_EMOJI_PX = 46.0
_NAME_GAP_PX = 5.0
_TILTS = (-3.2, 2.1, -1.4, 3.4, 1.2, -2.6)


@dataclass(frozen=True, slots=True)
class _Lettering:
    size_px: float
    weight: int
    spacing_px: float = 0.0
    capitals: bool = False
    quiet: bool = True


_LETTERING = {
    "own": _Lettering(21.0, 700, quiet=False),
    "country": _Lettering(13.5, 500, 2.4, capitals=True),
    "capital": _Lettering(24.0, 700),
    "city": _Lettering(24.0, 700),
    "town": _Lettering(20.0, 600),
    "village": _Lettering(17.0, 600),
    "peak": _Lettering(15.0, 500),
}
_SMALL = _Lettering(14.5, 600, 1.2, capitals=True)
_MOST_NAMES = 26


class Marks:
    """Puts things on a map, the important ones first; each ``place_…`` returns what it could place as SVG."""

    def __init__(self, scene: Scene, theme: Theme, view: View, room: Room, size: float) -> None:
        self._scene = scene
        self._theme = theme
        self._room = room
        self._size = size
        self._stops = scene.trace.stops
        spots = [(each.lat, each.lon, each.asset_ids) for each in self._stops]
        spots += [(each.lat, each.lon, (each.asset_id,)) for each in scene.trace.inferred]
        self._points = view.points(np.array([spot[:2] for spot in spots], dtype=float).reshape(-1, 2))
        self._ids = [ids for *_, ids in spots]
        self._text = theme.text_font

    def place_dots(self, colours: Sequence[str]) -> str:
        """A dot per stop, as long as there is room between them; the first and the last are larger."""
        theme, last = self._theme, len(self._stops) - 1
        ends = [0, last] if last > 0 else [0] if last == 0 else []
        between = range(len(self._stops)) if len(self._stops) <= _MOST_DOTS else ()
        heads = [each[0] for each in groups(self._points, _DOTS_APART_PX * self._size, [*ends, *between])]
        parts: list[str] = []
        for n in sorted(heads, key=lambda head: head in ends):
            x, y = self._points[n]
            radius = _DOT_PX * self._size * (1.7 if n in ends else 1.0)
            self._room.take(Box.around(x, y, 2 * radius, 2 * radius))
            parts.append(circle(x, y, radius, colours[n], theme.line_halo, 3.0 * self._size))
            if n in ends:
                parts.append(circle(x, y, radius * 0.38, theme.line_halo))
        return group("dots", None, parts)

    def place_photos(self, prints: Prints) -> str:
        """Photos beside their places, with the number of photos taken around there."""
        side = PRINT_PX.get(self._scene.style.photo_size, 0.0) * self._size
        if not side:
            return ""
        if len(groups(self._points, side, range(len(self._points)))) == 1:
            side *= _ALONE
        chosen = list(self._chosen(prints, side))
        boxes = [self._box_beside(head, side) for head, _, _ in chosen]
        return "".join(
            self._photo(prints, n, each, box)
            for n, (each, box) in enumerate(zip(chosen, boxes, strict=True))
            if box is not None
        )

    def _box_beside(self, head: int, side: float) -> Box | None:
        x, y = (float(value) for value in self._points[head])
        whole = side + (2 * _BORDER_PX + _BADGE_PX) * self._size
        distances = [each * self._size for each in (16.0, 28.0, 40.0, 70.0, 110.0)]
        box = self._room.best(around(x, y, whole, whole, distances), 8.0 * self._size, 0.12)
        return None if box is None else self._room.take(box)

    def _chosen(self, prints: Prints, side: float) -> Iterator[tuple[int, str, int]]:
        """Stop, photo and number of photos around, of those that stand out: as a person said, else well spread."""
        pinned = set(self._scene.style.featured)
        keys = {asset_id: photo.key for asset_id, photo in self._scene.photos.items()}
        own = [[i for i in ids if prints.has(i)] for ids in self._ids]
        wanted = [[i for i in ids if keys[i] in pinned] for ids in own] if pinned else own
        able = [n for n, ids in enumerate(wanted) if ids]
        order = sorted(able, key=lambda n: -len(own[n]))
        clusters = groups(self._points, side * 0.9, order)
        weights = [float(sum(len(own[n]) for n in cluster)) for cluster in clusters]
        area = self._room.frame.width * self._room.frame.height
        most = len(clusters) if pinned else max(1, round(area / side**2 / _PRINTS_PER_AREA))
        heads = np.array([self._points[cluster[0]] for cluster in clusters]).reshape(-1, 2)
        for k in spread(heads, weights, most):
            head = clusters[k][0]
            yield head, wanted[head][len(wanted[head]) // 2], int(weights[k])

    def _photo(self, prints: Prints, n: int, chosen: tuple[int, str, int], box: Box) -> str:
        head, asset_id, count = chosen
        badge = _BADGE_PX * self._size
        card = Box(box.left, box.top + badge, box.right - badge, box.bottom)
        anchor = float(self._points[head][0]), float(self._points[head][1])
        photo = prints.print(asset_id, card.grown(-_BORDER_PX * self._size))
        return group("photo", box, self._card(photo, card, anchor, n, count))

    def _card(self, photo: str, card: Box, anchor: tuple[float, float], n: int, count: int) -> Iterator[str]:
        theme, size = self._theme, self._size
        (cx, cy), (x, y) = card.middle, anchor
        yield stroke(f"M{x:.1f},{y:.1f}L{cx:.1f},{cy:.1f}", theme.line_halo, 4.0 * size, ' stroke-opacity="0.8"')
        yield stroke(f"M{x:.1f},{y:.1f}L{cx:.1f},{cy:.1f}", theme.ink, 1.5 * size, ' stroke-opacity="0.7"')
        yield circle(x, y, 3.2 * size, theme.ink, theme.line_halo, 1.5 * size)
        tilt = _TILTS[n % len(_TILTS)] if theme.drawn_by_hand else 0.0
        turned = f' transform="rotate({tilt} {cx:.1f} {cy:.1f})"' if tilt else ""
        shade = Box(card.left, card.top + 3 * size, card.right, card.bottom + 4 * size)
        face = "#ffffff" if theme.scheme == "light" else theme.ink
        radius = 3.0 if theme.drawn_by_hand else 7.0 * size
        yield f"<g{turned}>"
        yield rect(shade.grown(1.5 * size), "#000000", radius + 1, ' fill-opacity="0.14"')
        yield rect(card, face, radius)
        yield photo
        if count > 1:
            yield self._badge(card.right - 3 * size, card.top + 3 * size, str(count))
        yield "</g>"

    def _badge(self, x: float, y: float, text: str) -> str:
        theme, height = self._theme, 28.0 * self._size
        letters = 15.5 * self._size
        wide = max(height, width_px(text, "Inter", 700, letters) + 14 * self._size)
        pill = Box(x + height / 2 - wide, y - height / 2, x + height / 2, y + height / 2)
        colour = theme.paper if theme.scheme == "light" else "#14181c"
        middle = pill.middle[0]
        return rect(pill, theme.accent, height / 2) + (
            f'<text x="{middle:.1f}" y="{y + letters * 0.36:.1f}" text-anchor="middle" font-family="Inter" '
            f'font-weight="700" font-size="{letters:.1f}" fill="{colour}">{text}</text>'
        )

    def place_emoji(self) -> str:
        """The emoji of stops, on them or beside them."""
        return "".join(self._emoji(n, emoji) for n, emoji in self._emoji_of_stops())

    def _emoji_of_stops(self) -> Iterator[tuple[int, str]]:
        for n, stop in enumerate(self._stops):
            first = self._scene.photos.get(stop.asset_ids[0]) if stop.asset_ids else None
            emoji = stop.emoji or (self._scene.style.emoji.get(first.key) if first else None)
            if emoji:
                yield n, emoji

    def _emoji(self, n: int, emoji: str) -> str:
        x, y = (float(value) for value in self._points[n])
        side = _EMOJI_PX * self._size
        box = self._room.best(around(x, y, side, side, (4.0, 14.0, 30.0, 60.0)), 2.0, 0.2)
        if box is None:
            return ""
        self._room.take(box)
        (cx, cy), height = box.middle, side * 0.56
        face = "#ffffff" if self._theme.scheme == "light" else self._theme.ink
        letters = Face("Noto Emoji", 400, height, self._scene.lang, "middle")
        drawn = text_line(emoji, cx, cy + height * 0.36, letters, f'fill="{self._theme.ink}"')
        leader = stroke(
            f"M{x:.1f},{y:.1f}L{cx:.1f},{cy:.1f}", self._theme.ink, 1.5 * self._size, ' stroke-opacity="0.6"'
        )
        ring = circle(cx, cy, side / 2 - 1.5, face, self._theme.accent, 2.0 * self._size)
        return group("emoji", box, (leader, ring, drawn))

    def place_names(self, names: Sequence[Name]) -> str:
        """Names of stops, then those of the map by their rank, each once."""
        if not self._scene.style.labels:
            return ""
        own = [
            Name(stop.name, "own", 0, float(x), float(y))
            for stop, (x, y) in zip(self._stops, self._points, strict=False)
            if stop.name
        ]
        placed: dict[str, str] = {}
        for name in [*own, *sorted(names, key=lambda each: each.rank)]:
            if len(placed) < _MOST_NAMES + len(own) and name.text not in placed:
                drawn = self._name(name)
                if drawn:
                    placed[name.text] = drawn
        return "".join(placed.values())

    def _name(self, name: Name) -> str | None:
        look = _LETTERING.get(name.kind, _SMALL)
        size = look.size_px * self._size * (1.25 if self._theme.drawn_by_hand else 1.0)
        text = name.text.upper() if look.capitals else name.text
        wide = width_px(text, self._text, look.weight, size) + look.spacing_px * self._size * len(text)
        summit = size if name.kind == "peak" else 0.0
        wide += summit
        high = size * 1.25
        is_own = name.kind == "own"
        boxes = self._beside(name, wide, high) if is_own else _near(name, wide, high)
        free = [
            box for box in boxes if self._room.is_free(box, _NAME_GAP_PX) and (is_own or not self._room.covers(box))
        ]
        if not free:
            return None
        box = self._room.take(min(free, key=self._room.covers))  # the nearest of those that hide the least
        beyond = Box(box.left + summit, box.top, box.right, box.bottom)
        parts = [self._letters(text, beyond, look, size)]
        if summit:
            parts.insert(0, self._summit(box.left, box.middle[1], size))
        return group("name", box, parts)

    def _summit(self, x: float, y: float, size: float) -> str:
        d = f"M{x + size * 0.1:.1f},{y + size * 0.34:.1f}h{size * 0.76:.1f}l{-size * 0.38:.1f},{-size * 0.64:.1f}z"
        palette = self._theme.palette
        edge = f'stroke="{palette.halo}" stroke-width="{size * 0.2:.1f}" paint-order="stroke"'
        return f'<path d="{d}" fill="{palette.text}" {edge}/>'

    def _beside(self, name: Name, wide: float, high: float) -> Iterator[Box]:
        """A stop's own name: as near to its dot as there is room."""
        for distance in (17.0, 30.0, 48.0):
            yield from beside(name.x, name.y, wide, high, distance * self._size)

    def _letters(self, text: str, box: Box, look: _Lettering, size: float) -> str:
        palette = self._theme.palette
        ink = palette.text if look.quiet else self._theme.ink
        opacity = ' fill-opacity="0.82"' if look.quiet else ""
        outline = f'stroke="{palette.halo}" stroke-width="{size * 0.24:.1f}" stroke-linejoin="round"'
        face = Face(self._text, look.weight, size, self._scene.lang, "middle", look.spacing_px * self._size)
        middle, y = box.middle[0], box.middle[1] + size * 0.35
        return text_line(text, middle, y, face, f'fill="{ink}"{opacity} {outline} paint-order="stroke"')


def _near(name: Name, wide: float, high: float) -> Iterator[Box]:
    """A name of the map lies on its place, or a little off it."""
    for dx, dy in ((0, 0), (0, -1.0), (0, 1.0), (0.4, 0), (-0.4, 0), (0, -2.0), (0, 2.0)):
        yield Box.around(name.x + dx * wide, name.y + dy * high, wide, high)


def names_of(stops: Sequence[Stop]) -> list[str]:
    """What people called the stops."""
    return [stop.name for stop in stops if stop.name]
