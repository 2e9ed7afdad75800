"""Fonts: every script is there, and what is not there is said."""

from __future__ import annotations

import io
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from connector.render import fonts
from connector.render.fonts import font_files, missing_glyphs, width_px
from connector.render.markup import Face, text_line
from connector.render.picture import png

TEXTS = {
    "latin": "Zürich → Besançon, Łódź, Đà Nẵng",
    "cyrillic": "Москва",
    "greek": "Αθήνα",
    "chinese": "秋天的罗马",
    "japanese": "東京タワーへ",
    "korean": "서울 여행",
    "arabic": "رحلة إلى روما",
    "hebrew": "ירושלים",
    "thai": "กรุงเทพ",
    "hindi": "दिल्ली",
    "emoji": "🏰🌊👨‍👩‍👧🇮🇹1️⃣🔢🛍️",
    "mixed": "Rome 罗马 روما 🏛️ → 2024",
    "chinese and emoji": "老市场 🛍️",
}
WHITE = '<rect width="2000" height="200" fill="#fff"/>'


@pytest.mark.parametrize("script", TEXTS)
def test_every_script_can_be_drawn(script: str) -> None:
    assert missing_glyphs([TEXTS[script]]) == ()


def test_a_script_that_is_missing_is_said() -> None:
    assert missing_glyphs(["Rome 𓀀", "ꦱ and 𓀀"]) == ("𓀀", "ꦱ")


@pytest.mark.parametrize("family", ["Inter", "Fraunces", "Bricolage Grotesque", "Caveat"])
@pytest.mark.parametrize("script", TEXTS)
def test_texts_are_as_wide_as_measured(script: str, family: str) -> None:
    """What the renderer draws is measured in its own picture, pixel by pixel."""
    text = TEXTS[script]
    drawn = _drawn_width(text, family, 600, 60)
    assert width_px(text, family, 600, 60) == pytest.approx(drawn, rel=0.13, abs=8)


@pytest.mark.parametrize("size", [16, 42, 76])
@pytest.mark.parametrize("family", ["Inter", "Fraunces", "Bricolage Grotesque", "Caveat"])
def test_small_and_large_letters_are_as_wide_as_measured(family: str, size: float) -> None:
    """Fonts with an optical size have other letters for each: a title must not run over its margin."""
    text = "Home by way of the far north"
    assert width_px(text, family, 700, size) == pytest.approx(_drawn_width(text, family, 700, size), rel=0.02, abs=3)


def _drawn_width(text: str, family: str, weight: int, size: float) -> float:
    line = text_line(text, 800, 90, Face(family, weight, size, "en", "middle"), 'fill="#000"')
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1600 140">{WHITE}{line}</svg>'
    with Image.open(io.BytesIO(png(svg, width_px=1600))) as image:
        inked = np.flatnonzero((np.asarray(image.convert("L")) < 250).any(axis=0))
    assert inked.size, "nothing was drawn"
    return float(inked[-1] - inked[0])


def test_a_picture_of_several_characters_is_drawn_as_one_also_with_an_outline() -> None:
    """A selector that another font draws as a box, or an emoji that an outline hides: both have been seen."""
    outline = 'stroke="#fff" stroke-width="12" paint-order="stroke"'
    line = text_line("老 🛍️", 20, 80, Face("Inter", 400, 60, "zh"), outline)
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 120">{WHITE}{line}</svg>'
    with Image.open(io.BytesIO(png(svg, width_px=300))) as image:
        pixels = np.asarray(image.convert("RGB"), dtype=int)
    beside = pixels[:, 95:185].reshape(-1, 3)
    assert (np.ptp(beside, axis=1) > 40).sum() > 300, "no colour where the bags should be"
    after = pixels[:, 190:]
    assert (after > 245).all(), "something is drawn behind the bags"


HOSTILE = (
    *(
        "\ufe0f\ufe0f",
        "a\ufe0f🛍️\u200d",
        "老\u200d市\ufe0e场🏳️‍🌈",
        "\u202eevil\u202c 🏛️",
        "e\u0301\u0302 🇮",
        "\u200f\u200e",
    ),
    *("1\u20e3\u20e3", "👨‍👩‍👧‍👦👨🏽‍🚀🏴󠁧󠁢󠁥󠁮󠁧󠁿", "ก็ำ🛍️ที่", "न्त्री 🛕", "م\u0651\u064f🕌م", "𓀀🛍️𓀁", "\ud83d", "\x00\x1b"),
)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("family", ["Inter", "Caveat"])
def test_no_text_ends_the_renderer(text: str, family: str) -> None:
    line = text_line(text, 20, 80, Face(family, 400, 40, "en"), 'fill="#000" stroke="#fff" paint-order="stroke"')
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 120">{WHITE}{line}</svg>'
    assert png(svg, width_px=300).startswith(b"\x89PNG")


def test_bold_is_wider() -> None:
    assert width_px("Rome in autumn", "Inter", 800, 40) > width_px("Rome in autumn", "Inter", 400, 40) * 1.03


def test_the_fonts_come_from_packages() -> None:
    assert {font.family for font in font_files()} >= {"Inter", "Fraunces", "Caveat", "Noto Sans", "Noto Sans CJK SC"}


def test_without_a_colour_font_emoji_are_drawn_in_ink(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connector.render.fonts._SYSTEM", ())
    caches = (font_files, width_px, fonts._font_for)
    try:
        for each in caches:
            each.cache_clear()
        assert [font.family for font in font_files() if "Emoji" in font.family] == ["Noto Emoji"]
        assert missing_glyphs(["🏰🌊👨‍👩‍👧🔢"]) == ()
        assert width_px("🏰🌊", "Inter", 600, 60) == pytest.approx(_drawn_width("🏰🌊", "Inter", 600, 60), rel=0.2)
    finally:
        for each in caches:
            each.cache_clear()


def test_brackets_open_to_the_left_in_a_line_from_right_to_left() -> None:
    line = text_line("رحلة (روما) 2024", 500, 80, Face("Inter", 400, 40, "ar", "end"), "")
    pieces = [
        (float(span.get("x") or 0), span.text)
        for span in ElementTree.fromstring(line)  # noqa: S314  # our own
    ]
    from_the_left = [text for _, text in sorted(pieces, key=lambda each: each[0])]
    assert from_the_left == ["2024", "(", "روما", ")", "رحلة"]


@pytest.mark.parametrize(
    ("text", "from_the_left"),
    [
        ("Rome and back", ["Rome and back"]),
        ("טיול ל-Tel Aviv", ["Tel Aviv", "-", "טיול ל"]),
        ("שלום!", ["!", "שלום"]),
        ("ישראל (Tel Aviv) Haifa", ["Haifa", "(", "Tel Aviv", ")", "ישראל"]),
        ("Trip to שלום 2024, ok", ["Trip to", "2024", "שלום", ", ok"]),
        ("רומא · \u200e2 May 2026", ["2 May 2026", "·", "רומא"]),
        ("Hello (שלום) end", ["Hello (", "שלום", ") end"]),
        ("שלום 50% 10-12", ["10-12", "50%", "שלום"]),
        ("مرحبا ١٢٣٤ 12/05", ["12/05", "١٢٣٤", "مرحبا"]),
        ("ישראל ☀️🌊", ["🌊", "☀️", "ישראל"]),
        ("evil \u202eלום", ["evil", "לום"]),
    ],
)
def test_a_line_that_is_read_from_both_sides_stands_in_order(text: str, from_the_left: list[str]) -> None:
    line = text_line(text, 500, 80, Face("Inter", 400, 40, "en", "middle"), "")
    root = ElementTree.fromstring(line)  # noqa: S314  # our own
    pieces = sorted((float(span.get("x") or 0), span.text) for span in root if span.get("x"))
    assert ([text for _, text in pieces] or [root.text]) == from_the_left


def test_a_line_of_several_fonts_is_placed_as_a_whole() -> None:
    face = Face("Fraunces", 600, 40, "zh", "middle")
    spans = list(ElementTree.fromstring(text_line("Rome 罗马 🏛️", 400, 80, face, "")))  # noqa: S314  # our own
    assert [span.text for span in spans] == ["Rome", "罗马", "🏛️"]
    wide = width_px("Rome 罗马 🏛️", "Fraunces", 600, 40)
    assert float(spans[0].get("x") or 0) == pytest.approx(400 - wide / 2, abs=1.0)
    assert float(spans[2].get("x") or 0) == pytest.approx(400 + wide / 2 - 50, abs=1.0)
