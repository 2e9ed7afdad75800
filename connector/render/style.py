"""How a trace looks. A style is a small JSON people can save, reuse, export and import."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from connector.trace.model import How, Leg, Mode

COLOURINGS = ("photos", "time", "speed", "mode", "plain")
SIZES = ("none", "small", "medium", "large")
UNITS = ("metric", "imperial")
PATTERNS = ("solid", "dashed", "dotted")
KINDS = ("walk", "bicycle", "car", "train", "ferry", "flight", "unknown", "direct")
"""Kinds of leg that can look different: its mode, or ``direct`` where the way itself is not known."""
_USUAL = {"direct": "dashed", "ferry": "dashed", "flight": "dotted"}
SURE_ENOUGH = 0.5
"""A way that is less likely to be right than this is drawn as one that is not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """Every field has a default, so that an empty JSON object is a style."""

    theme: str = "paper"
    """Name of a theme, see `connector.render.themes`."""
    colour_by: str = "photos"
    """What colours the path: ``photos``, ``time``, ``speed``, ``mode`` or ``plain``."""
    width_px: float = 5.0
    patterns: Mapping[str, str] = field(default_factory=dict)
    """By the kind of leg: ``solid``, ``dashed`` or ``dotted``; what is not in it is drawn as usual."""
    widths: Mapping[str, float] = field(default_factory=dict)
    """By the kind of leg: how many times as wide as the others."""
    emoji: Mapping[str, str] = field(default_factory=dict)
    """By the key of the stop's first photo."""
    featured: tuple[str, ...] = ()
    """Keys of the photos that stand out; empty: a few well spread ones by themselves."""
    labels: bool = True
    photo_size: str = "medium"
    """``none``, ``small``, ``medium`` or ``large``."""
    units: str = "metric"
    """``metric`` or ``imperial``."""

    def pattern_of(self, kind: str) -> str:
        """How legs of that kind are drawn."""
        return self.patterns.get(kind) or _USUAL.get(kind, "solid")


def kind_of(leg: Leg) -> str:
    """The kind of the leg, one of `KINDS`."""
    if leg.mode in (Mode.FLIGHT, Mode.FERRY):
        return leg.mode.value
    if leg.how is How.DIRECT or leg.confidence < SURE_ENOUGH:
        return "direct"
    return leg.mode.value


class BadStyle(ValueError):
    """The JSON is not a style; ``problems`` holds what is wrong, one sentence each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


def from_json(said: Any) -> Style:
    """The style of a JSON object, the inverse of `dataclasses.asdict`: what it does not say is as usual.

    Raises:
        BadStyle: with everything that is wrong.
    """
    if not isinstance(said, dict):
        raise BadStyle([f"a style is a JSON object, not {type(said).__name__}"])
    problems = [f"{name}: {problem}" for name, value in said.items() for problem in _problems(str(name), value)]
    if problems:
        raise BadStyle(problems)
    return Style(**{**said, "featured": tuple(said.get("featured", ()))})


def _problems(name: str, value: Any) -> list[str]:
    choices = {"colour_by": COLOURINGS, "photo_size": SIZES, "units": UNITS}
    if name in choices:
        return [] if value in choices[name] else [f"it is one of {', '.join(choices[name])}, not {value!r}"]
    if name == "theme":
        return [] if isinstance(value, str) and re.fullmatch(r"[a-z0-9-]{1,40}", value) else ["it is a theme's name"]
    if name == "width_px":
        return [] if _is_number(value) and 0.5 <= value <= 40 else ["it is a number from 0.5 to 40"]
    if name == "labels":
        return [] if isinstance(value, bool) else ["it is true or false"]
    if name == "featured":
        fine = isinstance(value, (list, tuple)) and all(isinstance(key, str) for key in value) and len(value) <= 500
        return [] if fine else ["it is a list of at most 500 keys of photos"]
    return _problems_of_mapping(name, value)


def _problems_of_mapping(name: str, value: Any) -> list[str]:
    if name not in ("patterns", "widths", "emoji"):
        return ["it is not known"]
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value) or len(value) > 10_000:
        return ["it is an object"]
    if name == "emoji":
        return (
            [] if all(isinstance(each, str) and 0 < len(each) <= 24 for each in value.values()) else ["an emoji each"]
        )
    problems = [f"there is no kind of leg {key!r}" for key in value if key not in KINDS]
    if name == "patterns" and not all(each in PATTERNS for each in value.values()):
        problems.append(f"each is one of {', '.join(PATTERNS)}")
    if name == "widths" and not all(_is_number(each) and 0.1 <= each <= 5 for each in value.values()):
        problems.append("each is a number from 0.1 to 5")
    return problems


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
