"""The words of pictures and pages, from one JSON per language beside this file; the sentences of the program from
those in ``sentences``, together with what the adapters say.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.numbers import format_decimal

import adapters

LANGUAGES = tuple(sorted(path.stem for path in Path(__file__).parent.glob("*.json")))
FALLBACK = "en"


@cache
def _catalogue(lang: str) -> dict[str, Any]:
    said: dict[str, Any] = json.loads((Path(__file__).parent / f"{lang}.json").read_text(encoding="utf-8"))
    return said


_PLACE = re.compile(r"\{(\w+)\}")
_NUMBER = re.compile(r"\d[\d,]*(\.\d+)?")
_ONLY = {"n": r"[+-]?[\d.,]+", "points": r"[\d,]+ points?"}
"""What may stand in a sentence under that name, where it is not anything."""
_STAYS = re.compile(r"name\d?|host")
_JOINT = {"de": "; ", "zh": "；"}
_MOST_JOINED = 8
"""A text of more parts is looked up as a whole: there may be as many ways to part it as two to that power."""


def sentences(lang: str) -> Mapping[str, str]:
    """Every sentence of the program's and of its adapters' in that language, by its English pattern, as
    :func:`sentence` reads it; none for English.
    """
    return _sentences(language(lang))


@cache
def _sentences(lang: str) -> Mapping[str, str]:
    if lang == FALLBACK:
        return {}
    path = Path(__file__).parent / "sentences" / f"{lang}.json"
    said: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return {**adapters.words(lang), **said}


@cache
def _patterns(lang: str) -> Sequence[tuple[re.Pattern[str], str]]:
    """Of the sentences with something in them, those first that say the most themselves."""
    found = [english for english in _sentences(lang) if "{" in english]
    found.sort(key=lambda english: len(_PLACE.sub("", english)), reverse=True)
    return [(re.compile(_expression(english), re.DOTALL), _sentences(lang)[english]) for english in found]


def _expression(english: str) -> str:
    texts = _PLACE.split(english)
    return "".join(_group(text) if n % 2 else re.escape(text) for n, text in enumerate(texts))


def _group(name: str) -> str:
    return f"(?P<{name}>{_ONLY.get(name.rstrip('0123456789'), '.+?')})"


def sentence(lang: str, english: str) -> str:
    """A sentence of the engine's, of a library's or of the API's in that language, as it is where none is known.

    The catalogue holds it by its English pattern. What stands in it may be a sentence, too, or a
    number; what is called ``name``, ``name2`` or ``host`` there stays. The studio does the same (sentences.ts).
    """
    lang = language(lang)
    if not _sentences(lang):
        return english
    parts = english.split("; ")
    several = _several(lang, parts) if 1 < len(parts) <= _MOST_JOINED else None
    return _JOINT[lang].join(several) if several else _single(lang, english)


def _several(lang: str, parts: Sequence[str]) -> list[str] | None:
    """Sentences that were joined to one text, each known by itself: what is put into one never swallows the next. None
    where some part of it is not known.
    """
    for count in range(1, len(parts) + 1):
        english = "; ".join(parts[:count])
        said = _single(lang, english)
        rest = _several(lang, parts[count:]) if said != english and count < len(parts) else []
        if said != english and rest is not None:
            return [said, *rest]
    return None


def _single(lang: str, english: str) -> str:
    if english in _sentences(lang):
        return _sentences(lang)[english]
    if _NUMBER.fullmatch(english):
        return _number(lang, english)
    for pattern, text in _patterns(lang):
        if found := pattern.fullmatch(english):
            return text.format(**{name: _value(lang, name, value) for name, value in found.groupdict().items()})
    return english


def _value(lang: str, name: str, value: str) -> str:
    return value if _STAYS.fullmatch(name) else sentence(lang, value)


def _number(lang: str, english: str) -> str:
    digits = english.replace(",", "")
    if "," not in english and "." not in english:
        return english  # a year, or small: as it is
    places = len(digits.partition(".")[2])
    return str(format_decimal(Decimal(digits), f"#,##0.{'0' * places}" if places else "#,##0", locale=lang))


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
