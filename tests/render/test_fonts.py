"""Fonts: every script is there, and what is not there is said."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from connector.render import fonts
from connector.render.fonts import families, font_files, missing_glyphs, width_px
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
    "emoji": "🏰🌊👨‍👩‍👧🇮🇹1️⃣🔢",
}


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


def _drawn_width(text: str, family: str, weight: int, size: float) -> float:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1600 140"><rect width="1600" height="140" fill="#fff"/>'
        f'<text x="800" y="90" text-anchor="middle" font-size="{size}" font-weight="{weight}" '
        f'font-family="{families(family, "en")}">{text}</text></svg>'
    )
    with Image.open(io.BytesIO(png(svg, width_px=1600))) as image:
        inked = np.flatnonzero((np.asarray(image.convert("L")) < 250).any(axis=0))
    assert inked.size, "nothing was drawn"
    return float(inked[-1] - inked[0])


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
