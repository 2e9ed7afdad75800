"""One picture of a trip, to share or to hang up: SVG written here, PNG of it by resvg.

The map stands in a frame on the theme's paper. Below it (beside it, where the picture is wide) stand the band of the
photos' colours, the title, the dates, some photos, the figures, a QR code of the shared page and the attribution.
Whatever there is nothing to say for is left out, and the map gets its room.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np
import resvg_py
import segno

from connector.maps.tiles import Tiles
from connector.render.bidi import TO_THE_RIGHT, is_rtl
from connector.render.document import ATTRIBUTION
from connector.render.figures import Figure, by_mode, dates, distance, figures, scale_length
from connector.render.fonts import font_files, missing_glyphs, width_px
from connector.render.ground import ground
from connector.render.insets import insets
from connector.render.marks import Marks, names_of
from connector.render.markup import Face, group, rect, said, shortened, stroke, text_line, wrapped
from connector.render.palette import MODES, path_colours, photo_colours, stop_colours
from connector.render.path import draw, trembling
from connector.render.photos import Prints, varied
from connector.render.places import by_time
from connector.render.placing import Box, Room
from connector.render.scene import Scene, Thumbnail
from connector.render.themes import Theme, theme_of
from connector.render.view import View, fit
from connector.render.words import word
from connector.trace.model import How
from connector.trace.shape import decode


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A format. ``top`` and ``bottom``: margins, where they differ from those at the sides."""

    width: int
    height: int
    margin: float
    top: float | None = None
    bottom: float | None = None
    title_px: float = 66.0
    photos_in_a_row: int = 6
    photo_rows: int = 1
    panel: float | None = None
    """Width of the words beside the map; None: they stand below it."""
    size: float = 1.0
    """Of letters and marks."""


SHAPES = {
    "portrait": Shape(width=1080, height=1440, margin=56),
    "square": Shape(width=1080, height=1080, margin=44, title_px=52, photo_rows=0),
    "story": Shape(
        width=1080, height=1920, margin=60, top=120, bottom=150, title_px=76, photos_in_a_row=5, photo_rows=2
    ),
    "landscape": Shape(
        width=1920, height=1080, margin=56, title_px=76, photos_in_a_row=3, photo_rows=2, panel=540, size=1.15
    ),
    "a4": Shape(width=1240, height=1754, margin=84, title_px=78, photos_in_a_row=7, size=1.08),
}
_GAP = 12.0
_QR_PX = 104.0
_FIGURE_PX = 84.0
_CORNER = 10.0


class UnknownShape(ValueError):
    """There is no such format; the text lists those there are."""

    def __init__(self, shape: str) -> None:
        super().__init__(f"there is no picture {shape!r}; there are: {', '.join(SHAPES)}")


def svg(scene: Scene, *, shape: str, tiles: Tiles | None, thumbnail: Thumbnail) -> str:
    """The picture as SVG, complete in itself. ``data-box`` of its groups says which room each mark takes.

    Raises:
        UnknownShape: ``shape`` is none of `SHAPES`.
    """
    if shape not in SHAPES:
        raise UnknownShape(shape)
    return _Picture(scene, SHAPES[shape], tiles, thumbnail).svg()


def png(svg: str, *, width_px: int) -> bytes:
    """The picture in that width."""
    paths = [str(font.path) for font in font_files()]
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, width=width_px, font_files=paths, skip_system_fonts=True))


def unwritable(scene: Scene) -> tuple[str, ...]:
    """Characters of the scene's texts that no font here can draw: the picture would show boxes for them."""
    emoji = [*scene.style.emoji.values(), *(stop.emoji or "" for stop in scene.trace.stops)]
    return missing_glyphs([scene.title, scene.subtitle or "", *names_of(scene.trace.stops), *emoji])


class _Picture:
    def __init__(self, scene: Scene, shape: Shape, tiles: Tiles | None, thumbnail: Thumbnail) -> None:
        self._scene = scene
        self._shape = shape
        self._tiles = tiles
        self._theme = theme_of(scene.style.theme)
        self._prints = Prints(scene, self._theme, thumbnail)

    def svg(self) -> str:
        shape, theme = self._shape, self._theme
        canvas = Box(0, 0, shape.width, shape.height)
        frame, panel = self._laid_out("")
        if self._owes(frame):
            frame, panel = self._laid_out(" · ".join(ATTRIBUTION))
        title = f"<title>{said(self._scene.heading)}</title>"
        return "".join(
            [
                f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {shape.width} {shape.height}" ',
                f'width="{shape.width}" height="{shape.height}" role="img">{title}',
                rect(canvas, theme.paper),
                *self._inside(frame),
                _around(canvas, frame, theme),
                *panel,
                "</svg>",
            ]
        )

    def _laid_out(self, credit: str) -> tuple[Box, list[str]]:
        return _Panel(self._scene, self._shape, self._theme, self._prints, credit=credit).laid_out()

    def _owes(self, frame: Box) -> bool:
        """Whether its ways, or the map that is seen in that frame, are made from those of others."""
        if any(leg.how in (How.ROUTED, How.MATCHED) for leg in self._scene.trace.legs):
            return True
        places = _places(self._scene)
        return (
            self._tiles is not None and len(places) > 0 and bool(self._tiles.covering(*_view(frame, places).degrees()))
        )

    def _inside(self, frame: Box) -> Iterator[str]:
        places = _places(self._scene)
        if len(places):
            yield from self._map(frame, places)
        else:
            yield from self._sheet(frame)

    def _map(self, frame: Box, places: np.ndarray) -> Iterator[str]:
        scene, theme, size = self._scene, self._theme, self._shape.size
        view = _view(frame, places)
        below = ground(view, theme, self._tiles, scene.lang)
        style = replace(scene.style, width_px=scene.style.width_px * size * 1.25)
        colours = path_colours(scene, theme)
        path = draw(scene.trace, colours, view, style, theme)
        marks_room = Room(frame.grown(-14), path.points)
        marks = Marks(scene, theme, view, marks_room, size)
        yield below.svg
        yield path.svg
        yield _scale_bar(view, marks_room, theme, scene, size)
        yield insets(scene, theme, view, marks_room, colours, self._tiles)
        yield marks.place_dots(stop_colours(scene, theme))
        photos, emoji = marks.place_photos(self._prints), marks.place_emoji()
        yield marks.place_names(below.names)
        yield photos
        yield emoji

    def _sheet(self, frame: Box) -> Iterator[str]:
        """Without a single place there is no map: the photos themselves, side by side."""
        yield rect(frame, self._theme.palette.land)
        ids = [each.asset_id for each in self._scene.trace.unplaced if self._prints.has(each.asset_id)]
        colours = _colours_of(self._scene)
        sentence = word(self._scene.lang, "no_places" if self._scene.photos else "no_photos")
        if ids:
            yield from _mosaic(frame, ids, colours, self._prints)
        size = 19 * self._shape.size
        wide = width_px(sentence, self._theme.text_font, 600, size) + 48
        note = Box.around(*frame.middle, wide, size * 2.6)
        yield rect(note, self._theme.paper, size * 1.3, ' fill-opacity="0.94"')
        yield _text(
            sentence,
            note.middle[0],
            note.middle[1] + size * 0.35,
            _Type(size, 600, self._theme.ink, "middle"),
            self._theme,
            self._scene.lang,
        )


def _scale_bar(view: View, room: Room, theme: Theme, scene: Scene, size: float) -> str:
    """How far is how far, in the lower left corner; none where the map is so small that it would be wrong."""
    metres = scale_length(view.metres_per_px() * 120 * size, scene.style.units)
    if view.zoom < 4:
        return ""
    wide, letters = metres / view.metres_per_px(), 13.0 * size
    x, y = view.frame.left + 22 * size, view.frame.bottom - 22 * size
    box = room.take(Box(x - 4, y - 2.2 * letters, x + wide + 4, y + 6))
    line = f"M{x:.1f},{y - 6:.1f}V{y:.1f}H{x + wide:.1f}V{y - 6:.1f}"
    look = _Type(letters, 500, theme.palette.text, font="Inter", halo=theme.palette.halo)
    label = _text(distance(metres, scene.style.units, scene.lang), x + 2, y - 9 * size, look, theme, scene.lang)
    return group("scale", box, [stroke(line, theme.palette.halo, 4), stroke(line, theme.palette.text, 1.6), label])


def _places(scene: Scene) -> np.ndarray:
    """Everything that must be seen: rows of lat, lon."""
    trace = scene.trace
    lines = [np.array(decode(shape), dtype=float) for leg in trace.legs for shape in leg.shapes]
    rows = [(stop.lat, stop.lon) for stop in trace.stops] + [(each.lat, each.lon) for each in trace.inferred]
    return np.concatenate([*lines, np.array(rows, dtype=float).reshape(-1, 2)])


def _view(frame: Box, places: np.ndarray) -> View:
    return fit(places, frame, min(frame.width, frame.height) * 0.13)


def _around(canvas: Box, frame: Box, theme: Theme) -> str:
    """The paper around the frame, painted over what the map drew beyond it: far quicker than a clip."""
    r = 2.0 if theme.drawn_by_hand else _CORNER
    outer = f"M0,0H{canvas.right}V{canvas.bottom}H0Z"
    inner = (
        f"M{frame.left + r},{frame.top}H{frame.right - r}a{r},{r} 0 0 1 {r},{r}"
        f"V{frame.bottom - r}a{r},{r} 0 0 1 -{r},{r}H{frame.left + r}a{r},{r} 0 0 1 -{r},-{r}"
        f"V{frame.top + r}a{r},{r} 0 0 1 {r},-{r}Z"
    )
    edge = f'<path d="{inner}" fill="none" stroke="{theme.ink}" stroke-opacity="0.16" stroke-width="1.5"/>'
    if theme.drawn_by_hand:
        edge = _drawn_frame(frame, theme)
    return f'<path d="{outer}{inner}" fill="{theme.paper}" fill-rule="evenodd"/>{edge}'


def _drawn_frame(frame: Box, theme: Theme) -> str:
    corners = np.array(
        [(frame.left, frame.top), (frame.right, frame.top), (frame.right, frame.bottom), (frame.left, frame.bottom)]
    )
    sides = [trembling(np.array([corners[k], corners[(k + 1) % 4]]), 2.6) for k in range(4)]
    d = "".join("M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in side.tolist()) for side in sides)
    return stroke(d, theme.ink, 2.4)


def _colours_of(scene: Scene) -> dict[str, str]:
    return {asset_id: photo.colour for asset_id, photo in scene.photos.items() if photo.colour is not None}


def _mosaic(frame: Box, ids: Sequence[str], colours: Mapping[str, str], prints: Prints) -> Iterator[str]:
    """Photos in rows that fill the frame."""
    able = [(r, c) for r in range(1, 9) for c in range(1, 9) if r * c <= len(ids)]

    def cost(grid: tuple[int, int]) -> float:
        """Of photos that are far from square, and of those left out."""
        askew = abs(math.log(frame.width / grid[1] / (frame.height / grid[0])))
        return askew + 2 * (1 - grid[0] * grid[1] / min(64, len(ids)))

    rows, columns = min(able, key=cost)
    wide, high = frame.width / columns, frame.height / rows
    for n, asset_id in enumerate(varied(ids, colours, rows * columns)):
        box = Box.of(frame.left + n % columns * wide, frame.top + n // columns * high, wide, high)
        yield prints.print(asset_id, box.grown(-2))


@dataclass(frozen=True, slots=True)
class _Type:
    """How a line of words looks."""

    size_px: float
    weight: int
    colour: str
    anchor: str = "start"
    font: str | None = None
    halo: str | None = None


def _text(text: str, x: float, y: float, look: _Type, theme: Theme, lang: str) -> str:
    face = Face(look.font or theme.text_font, look.weight, look.size_px, lang, look.anchor)
    paint = f'fill="{look.colour}"'
    if look.halo is not None:
        width = look.size_px * 0.24
        paint += f' stroke="{look.halo}" stroke-width="{width:.1f}" stroke-linejoin="round" paint-order="stroke"'
    return text_line(text, x, y, face, paint)


class _Panel:
    """The words and photos around the map, laid out from the bottom (or, beside the map, from the top)."""

    def __init__(self, scene: Scene, shape: Shape, theme: Theme, prints: Prints, *, credit: str) -> None:
        self._scene = scene
        self._credit_text = credit
        self._shape = shape
        self._theme = theme
        self._prints = prints
        self._figures = figures(scene)
        self._colours = photo_colours(scene)
        self._photos = self._row_of_photos()
        self._when = dates(scene)

    def _row_of_photos(self) -> list[str]:
        """Of as many places as there is room for, in order of time; of too few places every photo may be taken."""
        shape = self._shape
        ids, one_of_each = self._ids_by_time()
        wanted = shape.photos_in_a_row * shape.photo_rows
        if len(ids) < 3 or not wanted:
            return []
        rows = max(1, min(shape.photo_rows, len(ids) // shape.photos_in_a_row))
        count = min(wanted, shape.photos_in_a_row * rows)
        return varied(one_of_each if len(one_of_each) >= count else ids, _colours_of(self._scene), count)

    def _ids_by_time(self) -> tuple[list[str], list[str]]:
        """All photos that can be shown, and one of every stop; photos placed by their time stand for themselves."""
        shown = [each for each in by_time(self._scene) if self._prints.has(each.asset_id)]
        one_of_each = {each.asset_id if each.stop is None else each.stop: each.asset_id for each in shown}
        return [each.asset_id for each in shown], list(one_of_each.values())

    def laid_out(self) -> tuple[Box, list[str]]:
        """The frame of the map, and everything else as SVG."""
        return self._beside() if self._shape.panel is not None else self._below()

    def _below(self) -> tuple[Box, list[str]]:
        shape = self._shape
        left, right = shape.margin, shape.width - shape.margin
        y = shape.height - (shape.bottom or shape.margin * 0.62)
        parts: list[str] = []
        for place, block in (
            (self._credit, 18.0),
            (self._numbers, 26.0),
            (self._prints_row, 26.0),
            (self._heading, 22.0),
            (self._band, 0.0),
        ):
            high, drawn = place(left, right, y)
            if drawn:
                parts.append(drawn)
                y -= high + block * shape.size
        top = shape.top or shape.margin
        return Box(left, top, right, y - 10), parts

    def _beside(self) -> tuple[Box, list[str]]:
        """Everything in a column left of the map."""
        shape = self._shape
        panel = shape.panel or 0.0
        left, right = shape.margin, shape.margin + panel
        frame = Box(right + shape.margin, shape.margin, shape.width - shape.margin, shape.height - shape.margin)
        parts: list[str] = []
        y = shape.height - shape.margin + 6
        for place, block in ((self._credit, 22.0), (self._numbers, 34.0), (self._prints_row, 30.0), (self._band, 30.0)):
            high, drawn = place(left, right, y)
            if drawn:
                parts.append(drawn)
                y -= high + block * shape.size
        high, drawn = self._heading(left, right, 0.0)
        if drawn:
            free = y - shape.margin
            _, drawn = self._heading(left, right, shape.margin + min(free, high + 20))
            parts.append(drawn)
        return frame, parts

    def _credit(self, left: float, right: float, bottom: float) -> tuple[float, str]:
        theme, size = self._theme, 14.0 * self._shape.size
        text = self._credit_text
        wide = width_px(text, "Inter", 400, size) + 40 if text else 0.0
        drawn = self._modes(left, right - wide, bottom, size)
        if text:
            look = _Type(size, 400, theme.quiet, "end", font="Inter")
            drawn += _text(text, right, bottom - 3, look, theme, self._scene.lang)
        if not drawn:
            return 0.0, ""
        return size, group("credit", Box(left, bottom - size, right, bottom), [drawn])

    def _modes(self, left: float, right: float, bottom: float, size: float) -> str:
        """How far one went in which way, as far as there is room."""
        x, parts = left, []
        found = by_mode(self._scene)
        if len(found) < 2:
            return ""
        for mode, _, text in found:
            label = f"{text} {word(self._scene.lang, mode.value)}"
            wide = width_px(label, "Inter", 500, size) + 16
            if x + wide > right:
                break
            dot = MODES[mode] if self._theme.coloured else self._theme.ink
            parts.append(rect(Box.around(x + 4, bottom - size * 0.5, 8, 8), dot, 4))
            look = _Type(size, 500, self._theme.quiet, font="Inter")
            parts.append(_text(label, x + 13, bottom - 3, look, self._theme, self._scene.lang))
            x += wide + 14
        return "".join(parts)

    def _numbers(self, left: float, right: float, bottom: float) -> tuple[float, str]:
        """The figures in one row (in two, beside a map), the QR code at the right end."""
        size = self._shape.size
        qr = _QR_PX * size if self._scene.link else 0.0
        rows = self._rows_of_figures()
        high = max(qr, len(rows) * _FIGURE_PX * size)
        if not high:
            return 0.0, ""
        parts = [self._qr(Box.of(right - qr, bottom - high / 2 - qr / 2, qr, qr))] if qr else []
        room = right - left - (qr + 30 if qr else 0)
        number = self._number_px(rows, room)
        for n, row in enumerate(rows):
            y = bottom - high / 2 + (n - len(rows) / 2) * _FIGURE_PX * size
            parts += self._row_of_figures(row, left, y, room, number)
        return high, group("figures", Box(left, bottom - high, right, bottom), parts)

    def _rows_of_figures(self) -> list[Sequence[Figure]]:
        found = self._figures
        if not found:
            return []
        return [found] if self._shape.panel is None else [found[n : n + 2] for n in range(0, len(found), 2)]

    def _number_px(self, rows: Sequence[Sequence[Figure]], room: float) -> float:
        """The largest size in which all rows fit."""
        number = 42.0 * self._shape.size * self._hand
        while number > 14 and not all(self._row_fits(row, number, room) for row in rows):
            number -= 1
        return number

    def _row_fits(self, row: Sequence[Figure], number: float, room: float) -> bool:
        if self._shape.panel is None:
            return self._wide(row, number) + 26 * (len(row) - 1) <= room
        beside = 0.8 * number  # nearer, two values are read as one
        return all(
            max(self._value_wide(figure, number) + beside, self._wide([figure], number) + 16) <= room / 2
            for figure in row
        )

    def _row_of_figures(
        self, row: Sequence[Figure], left: float, y: float, room: float, number: float
    ) -> Iterator[str]:
        """With even gaps between; beside a map in two columns."""
        theme, size = self._theme, self._shape.size
        gap = (room - self._wide(row, number)) / max(1, len(row) - 1)
        x = left
        for figure in row:
            big = _Type(number, theme.title_weight, theme.ink, font=theme.title_font)
            small = _Type(self._label_px, 500, theme.quiet)
            yield _text(figure.value, x, y + 42 * size, big, theme, self._scene.lang)
            yield _text(figure.label, x, y + 70 * size, small, theme, self._scene.lang)
            x += room / 2 if self._shape.panel is not None else self._wide([figure], number) + min(gap, 120 * size)

    @property
    def _hand(self) -> float:
        """How much larger handwriting must be to be read as well."""
        return 1.25 if self._theme.drawn_by_hand else 1.0

    @property
    def _label_px(self) -> float:
        return 16.0 * self._shape.size * self._hand

    def _value_wide(self, figure: Figure, number: float) -> float:
        return width_px(figure.value, self._theme.title_font, self._theme.title_weight, number)

    def _wide(self, row: Sequence[Figure], number: float) -> float:
        return sum(
            max(
                self._value_wide(figure, number),
                width_px(figure.label, self._theme.text_font, 500, self._label_px),
            )
            for figure in row
        )

    def _qr(self, box: Box) -> str:
        """The address of the shared page, always dark on light."""
        code = segno.make(self._scene.link or "", error="m", micro=False)
        rows = [list(row) for row in code.matrix]
        is_light = self._theme.scheme == "light"
        inner = box if is_light else box.grown(-8)
        unit = inner.width / len(rows)
        runs = []
        for y, row in enumerate(rows):
            x = 0
            for dark, run in groupby(row):
                wide = len(list(run))
                if dark:
                    across = wide * unit
                    place = f"M{inner.left + x * unit:.2f},{inner.top + y * unit:.2f}"
                    runs.append(f"{place}h{across:.2f}v{unit:.2f}h-{across:.2f}z")
                x += wide
        face = "" if is_light else rect(box, "#ffffff", 8)
        return group(
            "qr", box, [face, f'<path d="{"".join(runs)}" fill="{self._theme.ink if is_light else "#14181c"}"/>']
        )

    def _prints_row(self, left: float, right: float, bottom: float) -> tuple[float, str]:
        ids = self._photos
        if not ids:
            return 0.0, ""
        rows = max(1, round(len(ids) / self._shape.photos_in_a_row))
        columns = -(-len(ids) // rows)
        wide = (right - left - _GAP * (columns - 1)) / columns
        high = min(wide, 160 * self._shape.size)
        parts = []
        for n, asset_id in enumerate(ids):
            row, column = divmod(n, columns)
            box = Box.of(left + column * (wide + _GAP), bottom - (rows - row) * (high + _GAP) + _GAP, wide, high)
            parts.append(self._prints.print(asset_id, box))
        whole = rows * (high + _GAP) - _GAP
        return whole, group("photos", Box(left, bottom - whole, right, bottom), parts)

    def _heading(self, left: float, right: float, bottom: float) -> tuple[float, str]:
        """Title, subtitle and dates; ``bottom`` is where the last of them ends."""
        theme, scene, shape = self._theme, self._scene, self._shape
        size, lines = self._title_lines(scene.heading, right - left)
        small = 22.0 * shape.size * (1.3 if theme.drawn_by_hand else 1.0)
        when = TO_THE_RIGHT + self._when if self._when else None
        under = " · ".join(each for each in (scene.under, when) if each)
        anchor, x = ("end", right) if is_rtl(scene.heading) else ("start", left)
        parts, y = [], bottom
        if under:
            look = _Type(small, 500, theme.quiet, anchor)
            cut = shortened(under, theme.text_font, 500, small, right - left)
            parts.append(_text(cut, x, y - small * 0.22, look, theme, scene.lang))
            y -= small * 1.25
        for line in reversed(lines):
            look = _Type(size, theme.title_weight, theme.ink, anchor, font=theme.title_font)
            parts.append(_text(line, x, y - size * 0.24, look, theme, scene.lang))
            y -= size * 1.1
        return bottom - y, group("heading", Box(left, y, right, bottom), parts)

    def _title_lines(self, title: str, room: float) -> tuple[float, list[str]]:
        """The largest letters in which the title takes one line, else two; what is longer is cut."""
        theme, full = self._theme, self._shape.title_px * (1.25 if self._theme.drawn_by_hand else 1.0)
        for share, most in ((1.0, 1), (0.86, 1), (0.86, 2), (0.7, 2), (0.56, 2), (0.56, 3)):
            size = full * share
            lines = wrapped(title, theme.title_font, theme.title_weight, size, room)
            if len(lines) <= most and self._fit(lines, size, room):
                return size, self._balanced(lines, title, size, room)
        cut = [*lines[:2], " ".join(lines[2:])]
        return size, [shortened(line, theme.title_font, theme.title_weight, size, room) for line in cut if line]

    def _fit(self, lines: Sequence[str], size: float, room: float) -> bool:
        theme = self._theme
        return all(width_px(line, theme.title_font, theme.title_weight, size) <= room for line in lines)

    def _balanced(self, lines: list[str], title: str, size: float, room: float) -> list[str]:
        """As many lines, but as even as they can be: no last word alone."""
        theme, found = self._theme, lines
        while len(lines) > 1 and room > 100:
            room -= 12
            narrower = wrapped(title, theme.title_font, theme.title_weight, size, room)
            if len(narrower) > len(lines) or not self._fit(narrower, size, room):
                break
            found = narrower
        return found

    def _band(self, left: float, right: float, bottom: float) -> tuple[float, str]:
        """The colours of the photos in order of time."""
        colours = _thinned(self._colours, 240)
        if len(colours) < 2 or not self._theme.coloured:
            return 0.0, ""
        high = 14.0 * self._shape.size
        step = (right - left) / len(colours)
        parts = [
            rect(Box.of(left + n * step, bottom - high, step + 0.4, high), colour) for n, colour in enumerate(colours)
        ]
        return high, group("band", Box(left, bottom - high, right, bottom), parts)


def _thinned(colours: Sequence[str], most: int) -> list[str]:
    if len(colours) <= most:
        return list(colours)
    return [colours[n * len(colours) // most] for n in range(most)]
