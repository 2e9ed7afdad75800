"""Pieces of SVG as text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from xml.sax.saxutils import escape

import numpy as np

from connector.render import bidi
from connector.render.fonts import Run, cjk_family, families, runs, width_px
from connector.render.placing import Box

_OTHER_WAY = str.maketrans("()[]{}<>«»", ")(][}{><»«")
_UNSAYABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def said(text: str) -> str:
    """The text as XML and HTML may hold it, in content and in quoted attributes; characters neither can hold go."""
    return escape(_UNSAYABLE.sub("", text), {'"': "&quot;", "'": "&#39;"})


@dataclass(frozen=True, slots=True)
class Face:
    """The letters of a line. ``anchor``: start, middle or end, of the line as it is seen."""

    family: str
    weight: int
    size_px: float
    lang: str
    anchor: str = "start"
    spacing_px: float = 0.0

    def width(self, text: str) -> float:
        return width_px(text, self.family, self.weight, self.size_px) + self.spacing_px * len(text)


def text_line(text: str, x: float, y: float, face: Face, paint: str) -> str:
    """A line of text. ``paint``: attributes such as fill.

    Every piece that one font draws is placed by itself: the renderer, left to mix fonts in one piece, draws boxes
    for pictures of several characters, or ends.
    """
    pieces = _pieces(_UNSAYABLE.sub("", text), face.family)
    spacing = f' letter-spacing="{face.spacing_px:.1f}"' if face.spacing_px else ""
    look = (
        f'font-family="{families(face.family, face.lang)}" font-weight="{face.weight}" font-size="{face.size_px:.1f}"'
    )
    if len(pieces) < 2:
        middle = x + (face.spacing_px / 2 if face.anchor == "middle" else 0.0)
        content = "".join(_piece(run, face, "") for run in pieces)
        return (
            f'<text x="{middle:.1f}" y="{y:.1f}" text-anchor="{face.anchor}" {look}{spacing} {paint}>{content}</text>'
        )
    whole = sum(face.width(run.text) for run in pieces)
    left = x - {"middle": whole / 2, "end": whole}.get(face.anchor, 0.0)
    content = "".join(_piece(run, face, f' x="{at:.1f}"') for run, at in _placed(pieces, face, left))
    return f'<text y="{y:.1f}" {look}{spacing} {paint}>{content}</text>'


def _placed(pieces: Sequence[Run], face: Face, x: float) -> Iterator[tuple[Run, float]]:
    """The left end of each piece without the blanks around it."""
    for run in pieces:
        text = run.text.strip()
        before = len(run.text) - len(run.text.lstrip())
        x += face.width(" " * before)
        if text:
            yield replace(run, text=text), x
            x += face.width(text) + face.width(" " * (len(run.text) - before - len(text)))


def _piece(run: Run, face: Face, place: str) -> str:
    """Emoji take no outline: bitmap fonts have none."""
    if run.font is None or run.font.family == face.family:
        return f"<tspan{place}>{said(run.text)}</tspan>" if place else said(run.text)
    named = families(cjk_family(face.lang) if "CJK" in run.font.family else run.font.family, face.lang)
    bare = ' stroke="none"' if run.is_emoji else ""
    return f'<tspan{place} font-family="{named}"{bare}>{said(run.text)}</tspan>'


def _pieces(text: str, family: str) -> tuple[Run, ...]:
    """What one font draws in one direction, as it stands from the left."""
    found: list[Run] = []
    for part, is_backwards in bidi.parts(text):
        pieces = runs(part, family)
        found += reversed([end for run in pieces for end in _ends_apart(run)]) if is_backwards else pieces
    return tuple(found)


def _ends_apart(run: Run) -> Iterator[Run]:
    """A piece from right to left: signs at its ends stand by themselves, and brackets open to the other side.

    The renderer, which takes every line to run from left to right, would put them at the other end.
    """
    letters = [n for n, each in enumerate(run.text) if unicodedata.bidirectional(each) in ("R", "AL", "NSM", "BN")]
    if run.is_emoji:
        yield run
        return
    begin, end = (letters[0], letters[-1] + 1) if letters else (len(run.text), len(run.text))
    yield from (replace(run, text=each.translate(_OTHER_WAY)) for each in run.text[:begin])
    if letters:
        yield replace(run, text=run.text[begin:end])
    yield from (replace(run, text=each.translate(_OTHER_WAY)) for each in run.text[end:])


def polyline(points: np.ndarray) -> str:
    """Path data of an open line."""
    steps = np.round(points, 1)
    moved = np.ones(len(steps), dtype=bool)
    moved[1:] = (steps[1:] != steps[:-1]).any(axis=1)
    kept = steps[moved]
    if len(kept) == 1:
        kept = np.vstack([kept, kept + np.array([0.1, 0.0])])
    return "M" + "L".join(f"{x:g},{y:g}" for x, y in kept.tolist())


def ring(points: np.ndarray) -> str:
    """Path data of a closed line."""
    return polyline(points) + "Z"


def rect(box: Box, fill: str, radius: float = 0.0, extra: str = "") -> str:
    size = f'x="{box.left:.1f}" y="{box.top:.1f}" width="{box.width:.1f}" height="{box.height:.1f}"'
    return f'<rect {size} rx="{radius:.1f}" fill="{fill}"{extra}/>'


def circle(x: float, y: float, radius: float, fill: str, stroke: str = "none", width: float = 0.0) -> str:
    edge = f'stroke="{stroke}" stroke-width="{width:.1f}"'
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{fill}" {edge}/>'


def stroke(d: str, colour: str, width: float, extra: str = "") -> str:
    """A line of that path data, round at its ends."""
    look = f'stroke="{colour}" stroke-width="{width:.2f}" stroke-linecap="round" stroke-linejoin="round"'
    return f'<path d="{d}" fill="none" {look}{extra}/>'


def group(kind: str, box: Box | None, content: Iterable[str]) -> str:
    """A group that says what it is and which room it takes."""
    room = "" if box is None else f' data-box="{box.left:.1f} {box.top:.1f} {box.right:.1f} {box.bottom:.1f}"'
    return f'<g data-kind="{kind}"{room}>{"".join(content)}</g>'


def wrapped(text: str, family: str, weight: int, size_px: float, room_px: float) -> list[str]:
    """The text in lines that fit; words are kept together, scripts without blanks break anywhere."""
    lines: list[str] = []
    line = ""
    for piece in re.findall(
        r"[\u2e80-\u9fff\uac00-\ud7af\uff00-\uffef]|[^\s\u2e80-\u9fff\uac00-\ud7af\uff00-\uffef]+|\s+", text.strip()
    ):
        longer = line + piece
        if line.strip() and width_px(longer.strip(), family, weight, size_px) > room_px:
            lines.append(line.strip())
            line = piece.lstrip()
        else:
            line = longer
    return [*lines, line.strip()] if line.strip() else lines


def shortened(text: str, family: str, weight: int, size_px: float, room_px: float) -> str:
    """The text, cut with an ellipsis where it does not fit."""
    if width_px(text, family, weight, size_px) <= room_px:
        return text
    while text and width_px(text.rstrip() + "…", family, weight, size_px) > room_px:
        text = text[:-1]
    return text.rstrip() + "…"
