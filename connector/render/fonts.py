"""The fonts of a picture: where they are, how wide a text is in them, and what they cannot write.

All come from packages (SIL Open Font License): Inter, Fraunces, Bricolage Grotesque and Caveat for the look, Noto Sans
for the scripts of the world, Noto Sans CJK for Chinese, Japanese and Korean. Emoji are in colour where the system has
Noto Color Emoji (Debian: fonts-noto-color-emoji), else drawn in ink by Noto Emoji.
"""

from __future__ import annotations

import importlib.util
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path

from fontTools.ttLib import TTFont
from PIL import ImageFont

_PACKAGES = (
    ("fontpkg_inter", "files/Inter[[]*.ttf"),
    ("fontpkg_fraunces", "files/Fraunces[[]*.ttf"),
    ("fontpkg_bricolage_grotesque", "files/*.ttf"),
    ("fontpkg_caveat", "files/*.ttf"),
    ("manimgx_fonts", "NotoSans*.ttf"),
    ("manimgx_fonts_cjk", "*.ttc"),
)
_COLOUR_EMOJI = "NotoColorEmoji.ttf"
_SYSTEM = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path("~/.local/share/fonts").expanduser())
_MEASURED_PX = 100
_UNDRAWN = {"Cc", "Cf", "Zs", "Zl", "Zp"}
_JOINERS = {0x200D, 0xFE0E, 0xFE0F, 0x20E3}


@dataclass(frozen=True, slots=True)
class FontFile:
    """A font. ``weights``: the range it can be written in; None: it has only one."""

    path: Path
    family: str
    weights: tuple[int, int] | None
    characters: frozenset[int]


@cache
def font_files() -> tuple[FontFile, ...]:
    """Every font, the first choice first."""
    paths = [path for package, pattern in _PACKAGES for path in _of_package(package, pattern)]
    return tuple(_read(path) for path in [*(p for p in paths if "Italic" not in p.name), *_emoji()])


def _of_package(package: str, pattern: str) -> list[Path]:
    spec = importlib.util.find_spec(package)
    folders = (spec.submodule_search_locations or ()) if spec else ()
    return [path for folder in folders for path in sorted(Path(folder).glob(pattern))]


def _emoji() -> list[Path]:
    """The colour font of the system, else the inked one: never both, or the wrong one is taken."""
    coloured = [path for folder in _SYSTEM if folder.is_dir() for path in sorted(folder.rglob(_COLOUR_EMOJI))]
    return coloured[:1] or _of_package("manimgx_fonts", "NotoEmoji*.ttf")


def _read(path: Path) -> FontFile:
    with TTFont(path, fontNumber=0, lazy=True) as font:
        axes = {axis.axisTag: axis for axis in font["fvar"].axes} if "fvar" in font else {}
        weight = axes.get("wght")
        weights = (int(weight.minValue), int(weight.maxValue)) if weight else None
        names = font["name"]
        family = "Noto Sans CJK SC" if path.suffix == ".ttc" else str(names.getDebugName(16) or names.getDebugName(1))
        return FontFile(path, family, weights, frozenset(font.getBestCmap()))


def families(first: str, lang: str) -> str:
    """The value of ``font-family``: ``first``, then the fonts of the world with those of the language in front."""
    chinese = {"ja": "JP", "ko": "KR", "zh-hant": "TC", "zh-tw": "TC"}.get(lang.lower(), "SC")
    return f"{first}, Inter, Noto Sans, Noto Sans CJK {chinese}, Noto Sans Arabic, sans-serif"


def missing_glyphs(texts: Iterable[str]) -> tuple[str, ...]:
    """The characters of the texts that no font can draw, each once, in order."""
    wanted = dict.fromkeys(character for text in texts for character in text)
    return tuple(
        character
        for character in wanted
        if unicodedata.category(character) not in _UNDRAWN
        and ord(character) not in _JOINERS
        and not any(ord(character) in font.characters for font in font_files())
    )


@lru_cache(maxsize=4096)
def width_px(text: str, family: str, weight: int, size_px: float) -> float:
    """How wide the text is drawn."""
    return sum(_run_px(run, font, weight) for font, run in _runs(text, family)) * size_px / _MEASURED_PX


def _runs(text: str, family: str) -> Iterator[tuple[FontFile | None, str]]:
    """Pieces of the text by the font that draws them, as the renderer chooses: the family's own, else the first."""
    chosen = [(_font_for(character, family), character) for character in text]
    for n in range(1, len(chosen)):
        joins = ord(chosen[n][1]) in _JOINERS or unicodedata.category(chosen[n][1]) in ("Mn", "Zs")
        if joins or (n > 1 and ord(chosen[n - 1][1]) == 0x200D):
            chosen[n] = (chosen[n - 1][0], chosen[n][1])
    for font, run in groupby(chosen, key=lambda each: each[0]):
        yield font, "".join(character for _, character in run)


@lru_cache(maxsize=8192)
def _font_for(character: str, family: str) -> FontFile | None:
    able = [font for font in font_files() if ord(character) in font.characters]
    return next((font for font in able if font.family == family), able[0] if able else None)


def _run_px(text: str, font: FontFile | None, weight: int) -> float:
    if font is None:
        return 0.6 * _MEASURED_PX * len(text)
    if "Color" in font.path.name:
        pictures = sum(1 for c in text if ord(c) not in _JOINERS and unicodedata.category(c) not in ("Mn", "Sk"))
        return 1.25 * _MEASURED_PX * pictures  # the bitmap font has no other size than its own
    return float(_opened(font.path, font.weights, weight).getlength(text))


@cache
def _opened(path: Path, weights: tuple[int, int] | None, weight: int) -> ImageFont.FreeTypeFont:
    font = ImageFont.truetype(str(path), _MEASURED_PX)
    if weights is not None:
        wanted = min(weights[1], max(weights[0], weight))
        axes = font.get_variation_axes()
        font.set_variation_by_axes([wanted if axis["name"] == b"Weight" else axis["default"] or 0 for axis in axes])
    return font
