"""The picture as PDF: one page of the right size, with letters as letters and the photos in it."""

from __future__ import annotations

import importlib.util
import re
import zlib

import pytest

from connector.maps.tiles import Tiles
from connector.render import pdf
from connector.render.picture import svg
from connector.render.scene import Scene, Thumbnail


@pytest.fixture
def drawn(town: tuple[Scene, Thumbnail], tiles: Tiles) -> str:
    scene, thumbnail = town
    return svg(scene, shape="a4", tiles=tiles, thumbnail=thumbnail)


def test_an_a4_page_of_vectors_and_letters(drawn: str) -> None:
    assert pdf.is_able()
    made = pdf.pdf(drawn)
    assert made.startswith(b"%PDF-")
    assert len(re.findall(rb"/Type\s*/Page\b", _opened(made))) == 1
    (box,) = re.findall(rb"/MediaBox\s*\[([^\]]+)\]", _opened(made))
    wide, high = (float(side) / 72 * 25.4 for side in box.split()[2:])
    assert wide == pytest.approx(210, abs=0.2)
    assert high == pytest.approx(297, abs=0.5)
    assert b"/Font" in _opened(made)
    assert len(made) < 3_000_000


def _opened(made: bytes) -> bytes:
    """The file, and everything in it that is packed and can be unpacked."""
    packed = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", made, re.DOTALL)
    return made + b"".join(_unpacked(each) for each in packed)


def _unpacked(part: bytes) -> bytes:
    try:
        return zlib.decompress(part)
    except zlib.error:
        return b""


def test_the_same_picture_gives_the_same_bytes(drawn: str) -> None:
    assert pdf.pdf(drawn) == pdf.pdf(drawn)


def test_without_the_extra_it_says_what_to_install(drawn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    assert not pdf.is_able()
    with pytest.raises(pdf.NoPdf, match=r"image-tracer\[pdf\]"):
        pdf.pdf(drawn)


def test_a_drawing_without_a_size_is_refused() -> None:
    with pytest.raises(ValueError, match="viewBox"):
        pdf.pdf("<svg/>")
