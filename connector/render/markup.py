"""Pieces of SVG as text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.sax.saxutils import escape

import numpy as np

from connector.render.fonts import width_px
from connector.render.placing import Box

_UNSAYABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def said(text: str) -> str:
    """The text as XML and HTML may hold it, in content and in quoted attributes; characters neither can hold go."""
    return escape(_UNSAYABLE.sub("", text), {'"': "&quot;", "'": "&#39;"})


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
