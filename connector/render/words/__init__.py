"""The words of pictures and pages, from one JSON per language beside this file."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale

LANGUAGES = tuple(sorted(path.stem for path in Path(__file__).parent.glob("*.json")))
FALLBACK = "en"


@cache
def _catalogue(lang: str) -> dict[str, Any]:
    said: dict[str, Any] = json.loads((Path(__file__).parent / f"{lang}.json").read_text(encoding="utf-8"))
    return said


@cache
def _sentences(lang: str) -> dict[str, str]:
    """By the English sentence; English itself needs none."""
    path = Path(__file__).parent / "sentences" / f"{lang}.json"
    said: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return said


def sentence(lang: str, english: str) -> str:
    """A sentence of the engine's in that language; as it is where it holds what no catalogue can know."""
    return _sentences(language(lang)).get(english, english)


def language(lang: str) -> str:
    """The language of `LANGUAGES` that stands for a language tag such as ``zh-CN``; English for the others."""
    first = lang.replace("_", "-").split("-")[0].lower()
    return first if first in LANGUAGES else FALLBACK


def word(lang: str, name: str, count: int | None = None, **values: object) -> str:
    """The text of that name, in the form that the count needs, with the values put in.

    Raises:
        KeyError: there is no such text.
    """
    found = _catalogue(language(lang))[name]
    if isinstance(found, dict):
        form = Locale(language(lang)).plural_form(count if count is not None else 0)
        found = found.get(form, found["other"])
    return str(found).format(count=count, **values)
