"""The picture as a PDF page: vectors and letters, to be printed at any size. Needs the extra `pdf`."""

from __future__ import annotations

import importlib.util
import re
from functools import cache
from pathlib import Path

from connector.render.fonts import font_files

WIDTH_MM = 210.0
"""Of the page, as wide as A4; its height follows the picture."""


class NoPdf(Exception):
    """What makes PDF is not installed; the text says what to install."""

    def __init__(self) -> None:
        super().__init__("this installation makes no PDF: install image-tracer[pdf]")


def is_able() -> bool:
    """Whether a PDF can be made here."""
    return importlib.util.find_spec("typst") is not None


def pdf(svg: str) -> bytes:
    """The picture, as `picture.svg` draws it, as one page. The same picture gives the same bytes.

    Raises:
        NoPdf: see `is_able`.
    """
    if not is_able():
        raise NoPdf
    import typst  # an optional extra

    wide, high = _size(svg)
    page = f"#set page(width: {WIDTH_MM}mm, height: {WIDTH_MM * high / wide:.3f}mm, margin: 0mm)\n"
    sources = {"main.typ": f'{page}#image("/picture.svg", width: 100%)'.encode(), "picture.svg": svg.encode()}
    made = typst.compile(  # type: ignore[call-overload]  # files by their names, which its stubs forget
        sources, font_paths=_folders(), ignore_system_fonts=True, timestamp=0
    )
    return bytes(made)


def _size(svg: str) -> tuple[float, float]:
    found = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    if found is None:
        raise ValueError("the SVG says no size: it has no viewBox that begins at 0 0")
    return float(found[1]), float(found[2])


@cache
def _folders() -> list[str | Path]:
    return list(dict.fromkeys(str(font.path.parent) for font in font_files()))
