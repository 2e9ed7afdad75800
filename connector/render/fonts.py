"""The fonts of a picture: where they are, how wide a text is in them, and what they cannot write.

All come from packages (SIL Open Font License): Inter, Fraunces, Bricolage Grotesque and Caveat for the look, Noto Sans
for the scripts of the world, Noto Sans CJK for Chinese, Japanese and Korean. Emoji are in colour where the system has
Noto Color Emoji (Debian: fonts-noto-color-emoji), else drawn in ink by Noto Emoji.
"""

from __future__ import annotations

import importlib.util
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path

from fontTools.ttLib import TTFont
from PIL import ImageFont
from PIL.ImageFont import Axis

_PACKAGES = (
    ("fontpkg_inter", "files/Inter[[]*.ttf"),
    ("manimgx_fonts", "NotoSans[[]*.ttf"),
    ("manimgx_fonts", "NotoSans[A-Z]*.ttf"),
    ("manimgx_fonts_cjk", "*.ttc"),
    ("fontpkg_fraunces", "files/Fraunces[[]*.ttf"),
    ("fontpkg_bricolage_grotesque", "files/*.ttf"),
    ("fontpkg_caveat", "files/*.ttf"),
)
"""In the order in which the renderer looks for a character that the wanted font lacks: those for titles last."""
_COLOUR_EMOJI = "NotoColorEmoji.ttf"
_SYSTEM = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path("~/.local/share/fonts").expanduser())
_MEASURED_PX = 100
_EMOJI_EM = 1.25
_EMOJI = re.compile(
    "[0-9#*]\ufe0f?\u20e3|[\U0001f1e6-\U0001f1ff]{2}"
    "|[\u2190-\u2bff\u3030-\u303d\U0001f000-\U0001faff](?:[\ufe0f\U0001f3fb-\U0001f3ff\u20e3]|[\U000e0020-\U000e007f])*"
    "(?:\u200d[\u2190-\u2bff\U0001f000-\U0001faff][\ufe0f\U0001f3fb-\U0001f3ff]*)*"
)
"""What is drawn as one picture."""
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
    return f"{first}, Inter, Noto Sans, {cjk_family(lang)}, Noto Sans Arabic, sans-serif"


def cjk_family(lang: str) -> str:
    """The family whose Han characters look as in that language; simplified Chinese for the others."""
    script = {"ja": "JP", "ko": "KR", "zh-hant": "TC", "zh-tw": "TC", "zh-hk": "TC"}.get(lang.lower(), "SC")
    return f"Noto Sans CJK {script}"


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


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a text that one font draws. ``font`` None: none can, and the renderer shows boxes."""

    text: str
    font: FontFile | None
    is_emoji: bool = False


@lru_cache(maxsize=4096)
def width_px(text: str, family: str, weight: int, size_px: float) -> float:
    """How wide the text is drawn."""
    return size_px * sum(_run_em(run, weight, size_px) for run in runs(text, family))


@lru_cache(maxsize=4096)
def runs(text: str, family: str) -> tuple[Run, ...]:
    """The text by the fonts that draw it: the wanted one, else the first that can; a picture goes as a whole.

    Left to itself the renderer mixes fonts within a picture of several characters, and then draws boxes.
    """
    text = "".join(" " if character.isspace() else character for character in text)
    found: list[Run] = []
    at = 0
    for match in _EMOJI.finditer(text):
        if _is_picture(match.group(), family):
            found += _letters(text[at : match.start()], family)
            found.append(Run(match.group(), _emoji_font(), is_emoji=True))
            at = match.end()
    return (*found, *_letters(text[at:], family))


def _letters(text: str, family: str) -> Iterator[Run]:
    """Marks stay in the font of the letter before them, if it has them; so do signs in scripts that turn them round."""
    chosen: list[tuple[FontFile | None, str]] = []
    turned = False
    for character in text:
        before = chosen[-1][0] if chosen else None
        direction = unicodedata.bidirectional(character)
        turned = direction in ("R", "AL") or (turned and direction != "L")
        stays = unicodedata.category(character)[0] in ("ZMCP" if turned else "ZMC")
        fits = before is not None and (character == " " or (stays and ord(character) in before.characters))
        font = before if fits else _font_for(character, family)
        if font is not None or not _is_invisible(character):
            chosen.append((font, character))
    for font, run in groupby(chosen, key=lambda each: each[0]):
        yield Run("".join(character for _, character in run), font)


def _is_invisible(character: str) -> bool:
    """Format characters and selectors: without a glyph they are nothing, not something that is missing."""
    return unicodedata.category(character) in ("Cf", "Cc") or 0xFE00 <= ord(character) <= 0xFE0F


def _is_picture(text: str, family: str) -> bool:
    """Whether the emoji font draws it: signs such as arrows may be in the wanted one."""
    font = _emoji_font()
    if font is None or any(ord(c) not in font.characters and ord(c) not in _JOINERS for c in text):
        return False
    return len(text) > 1 or _font_for(text, family) == font


def _emoji_font() -> FontFile | None:
    return next((font for font in font_files() if "Emoji" in font.family), None)


@lru_cache(maxsize=8192)
def _font_for(character: str, family: str) -> FontFile | None:
    if 0xFE00 <= ord(character) <= 0xFE0F:
        return None  # selectors: some fonts draw a box for them
    able = [font for font in font_files() if ord(character) in font.characters]
    return next((font for font in able if font.family == family), able[0] if able else None)


def _run_em(run: Run, weight: int, size_px: float) -> float:
    if run.is_emoji:
        return _EMOJI_EM
    if run.font is None or "Color" in run.font.path.name:
        return (0.6 if run.font is None else _EMOJI_EM) * len(run.text)
    opened = _opened(run.font.path, run.font.weights, weight, round(size_px))
    return float(opened.getlength(run.text)) / _MEASURED_PX


@cache
def _opened(path: Path, weights: tuple[int, int] | None, weight: int, drawn_px: int) -> ImageFont.FreeTypeFont:
    """The font as it is drawn in that size: some have other letters for small texts than for large ones."""
    font = ImageFont.truetype(str(path), _MEASURED_PX)
    if weights is not None:
        wanted = {b"weight": min(weights[1], max(weights[0], weight)), b"optical size": drawn_px}
        font.set_variation_by_axes([_along(axis, wanted) for axis in font.get_variation_axes()])
    return font


def _along(axis: Axis, wanted: Mapping[bytes, int]) -> int:
    """Where on that axis of a font what is wanted lies."""
    low, high = axis["minimum"] or 0, axis["maximum"] or 0
    return min(high, max(low, wanted.get((axis["name"] or b"").lower(), axis["default"] or 0)))
