"""Themes: the colours of the map, of the path and of the paper, for the widget and the picture alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """The colours of the map, as ``#rrggbb``."""

    sea: str
    land: str
    green: str
    built: str
    rock: str
    sand: str
    water: str
    building: str
    casing: str
    road: str
    major: str
    path: str
    rail: str
    border: str
    text: str
    halo: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """One look. ``scheme``: light or dark; ``twin``: the theme that stands for it in the other scheme."""

    name: str
    scheme: str
    twin: str
    palette: Palette
    line: str
    """The path where nothing else colours it."""
    line_halo: str
    paper: str
    """Around the map of a picture."""
    ink: str
    quiet: str
    """Secondary words; at least 4.5 : 1 on the paper."""
    accent: str
    title_font: str = "Fraunces"
    title_weight: int = 600
    text_font: str = "Inter"
    drawn_by_hand: bool = False
    """Lines tremble a little and photos are stuck on askew."""
    grey_photos: bool = False
    """For paper: photos and the path take no coloured ink."""
    coloured: bool = True
    """False: the path is always of ``line``, whatever the style says."""


def _palette(colours: str) -> Palette:
    """The sixteen colours in the order of the fields, without the #."""
    names = Palette.__dataclass_fields__
    return Palette(**{name: f"#{colour}" for name, colour in zip(names, colours.split(), strict=True)})


_ALL = (
    Theme(
        name="paper",
        scheme="light",
        twin="night",
        palette=_palette(
            "c9dfea f7f4ee dcead0 efeae2 e9e5dc f3e9d2 b7d6e6 e6dfd4 "
            "dfd7ca ffffff fbe3ae cdbfa6 bdb7b0 b9a6b8 4a4844 fbfaf7"
        ),
        line="#e2543a",
        line_halo="#ffffff",
        paper="#fbf8f2",
        ink="#26231f",
        quiet="#6f6860",
        accent="#c8452c",
    ),
    Theme(
        name="light",
        scheme="light",
        twin="night",
        palette=_palette(
            "dbe7ee f8f9fa e6efe3 f1f2f3 eceded f4f1e8 d3e3ec eceeef "
            "e3e6e8 ffffff f3f4f5 d9dcdf cfd3d6 b9bfc6 565b61 ffffff"
        ),
        line="#2563eb",
        line_halo="#ffffff",
        paper="#ffffff",
        ink="#14171a",
        quiet="#61676e",
        accent="#2563eb",
        title_font="Bricolage Grotesque",
        title_weight=700,
    ),
    Theme(
        name="night",
        scheme="dark",
        twin="paper",
        palette=_palette(
            "0f1d28 1a1f24 1d2a23 20262b 23282d 2a2924 14303f 282e35 "
            "14181c 353c44 57503d 3d434a 40454b 64556a c9cdd1 14181c"
        ),
        line="#ff8a66",
        line_halo="#0d1115",
        paper="#12161a",
        ink="#f1eee8",
        quiet="#9aa1a8",
        accent="#ff9d7c",
    ),
    Theme(
        name="dusk",
        scheme="dark",
        twin="rose",
        palette=_palette(
            "1b1b3a 262347 2a2f50 2d2951 312d55 38304f 20264f 38335f "
            "1d1a38 4a4377 6b4f7f 463f6e 4a4372 8a6a9a d9d0e8 1d1a38"
        ),
        line="#ffb36b",
        line_halo="#17152f",
        paper="#1f1c3b",
        ink="#fbeee2",
        quiet="#aaa2c8",
        accent="#ffb36b",
        title_font="Bricolage Grotesque",
        title_weight=700,
    ),
    Theme(
        name="rose",
        scheme="light",
        twin="dusk",
        palette=_palette(
            "d8e3e8 fbf1ee e3e9d6 f6e7e3 f1e0da f8ead9 cbdde4 f0dbd5 "
            "ead0c9 fffaf8 f7d3bd dfbfb5 cfb3ac c09aa6 5a4145 fdf6f4"
        ),
        line="#b8325e",
        line_halo="#fffaf8",
        paper="#fdf4f1",
        ink="#3a2028",
        quiet="#85626a",
        accent="#b8325e",
    ),
    Theme(
        name="forest",
        scheme="light",
        twin="night",
        palette=_palette(
            "b9d3d2 eef0e2 c6d8b1 e4e5d4 dbdccb e9e2c6 a5c8c8 dad9c5 "
            "cfcfb8 fdfdf6 f2dd9c b7a77c a9a58f 93867a 38432f f4f5ea"
        ),
        line="#b3541e",
        line_halo="#fdfdf6",
        paper="#f3f4e8",
        ink="#22301f",
        quiet="#5f6b54",
        accent="#3c6e3f",
    ),
    Theme(
        name="ocean",
        scheme="light",
        twin="blueprint",
        palette=_palette(
            "8fc1d4 f4efe1 dbe3c4 ebe3d0 e4dac4 f5e6bd a3cede e4d8c0 "
            "d8ccb2 fffdf6 f6d79a cdb994 b8ab97 8aa2a8 27485a fbf8ee"
        ),
        line="#d9432f",
        line_halo="#fffdf6",
        paper="#e9f2f4",
        ink="#12384a",
        quiet="#4d6f7d",
        accent="#d9432f",
    ),
    Theme(
        name="blueprint",
        scheme="dark",
        twin="ocean",
        palette=_palette(
            "0f3a6b 14467f 174c86 18498a 194b88 1b4e88 0d3463 1d5294 "
            "0f3a6b 5f93cf 8fb8e6 3f76b5 4a7fbc 7fa9d8 dcebff 0f3a6b"
        ),
        line="#ffffff",
        line_halo="#0f3a6b",
        paper="#103b6d",
        ink="#f2f8ff",
        quiet="#a9c8ea",
        accent="#ffd166",
        title_font="Bricolage Grotesque",
        title_weight=600,
    ),
    Theme(
        name="print",
        scheme="light",
        twin="night",
        palette=_palette(
            "e9e9e9 ffffff f4f4f4 fafafa f4f4f4 fafafa e4e4e4 ededed "
            "d8d8d8 ffffff ffffff cfcfcf c4c4c4 a8a8a8 3c3c3c ffffff"
        ),
        line="#111111",
        line_halo="#ffffff",
        paper="#ffffff",
        ink="#111111",
        quiet="#5c5c5c",
        accent="#111111",
        grey_photos=True,
        coloured=False,
    ),
    Theme(
        name="sketch",
        scheme="light",
        twin="night",
        palette=_palette(
            "cfe0e4 fdf9ee dfe8cd f7efdf f1e9da f6ebcf c4dbe2 eee3d0 "
            "d9cbb2 fffdf5 f9e2b0 c9b48f b6a993 a08f86 4b4038 fdf9ee"
        ),
        line="#3b4a8f",
        line_halo="#fffdf5",
        paper="#fdf8ea",
        ink="#3a322b",
        quiet="#7a6d60",
        accent="#c2542f",
        title_font="Caveat",
        title_weight=700,
        text_font="Caveat",
        drawn_by_hand=True,
    ),
)

THEMES: Mapping[str, Theme] = MappingProxyType({theme.name: theme for theme in _ALL})
FALLBACK = "paper"


def theme_of(name: str) -> Theme:
    """The theme of that name; the plain one where there is none (a style may come from a newer version)."""
    return THEMES.get(name, THEMES[FALLBACK])


def as_json() -> dict[str, Any]:
    """Every theme by name, as JSON."""
    return {name: asdict(theme) for name, theme in THEMES.items()}


_ON_THE_MAP = ("name", "scheme", "twin", "palette", "line", "line_halo", "coloured", "drawn_by_hand")


def on_the_map(names: Iterable[str] = THEMES) -> list[dict[str, Any]]:
    """What the widget reads of those themes, then of their twins, as JSON; names that are no theme's are ignored."""
    found = [THEMES[name] for name in names if name in THEMES]
    wanted = {theme.name: theme for theme in (*found, *(THEMES[each.twin] for each in found))}
    return [{field: said[field] for field in _ON_THE_MAP} for said in map(asdict, wanted.values())]
