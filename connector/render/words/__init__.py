"""The words of pictures and pages, from one JSON per language beside this file; the sentences of the program from
those in ``sentences``, together with what the adapters say.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
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
_DEEPEST, _LONGEST = 8, 2000
"""Of sentences within sentences and of a text: what others made for no person to read is left as it is."""


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


@dataclass(frozen=True, slots=True)
class _Pattern:
    expression: re.Pattern[str]
    text: str
    joints: int
    """How many semicolons the sentence has itself."""


@cache
def _patterns(lang: str) -> Sequence[_Pattern]:
    """Of the sentences with something in them, those first that say the most themselves."""
    found = [english for english in _sentences(lang) if "{" in english]
    found.sort(key=lambda english: len(_PLACE.sub("", english)), reverse=True)
    return [
        _Pattern(re.compile(_expression(english), re.DOTALL), _sentences(lang)[english], english.count("; "))
        for english in found
    ]


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
    return _said(lang, english, 0) if _sentences(lang) and len(english) <= _LONGEST else english


def _said(lang: str, english: str, depth: int) -> str:
    """A text may be several sentences, joined by semicolons: then what is put into one never swallows the next."""
    if depth > _DEEPEST:
        return english
    parts = english.split("; ")
    each = list(_each(lang, parts, depth)) if len(parts) > 1 else []
    if each and None not in (said for _, said in each):
        return _JOINT[lang].join(str(said) for _, said in each)
    whole = _single(lang, english, depth)
    if whole is not None or not each:
        return whole or english
    return _JOINT[lang].join(said or part for part, said in each)


def _each(lang: str, parts: Sequence[str], depth: int) -> Iterator[tuple[str, str | None]]:
    """The sentences that stand in a row, some of which have a semicolon themselves, and what is known of each."""
    while parts:
        pair = "; ".join(parts[:2])
        said = _single(lang, pair, depth, joints=1) if len(parts) > 1 else None
        taken = 1 if said is None else 2
        yield (parts[0], _single(lang, parts[0], depth)) if said is None else (pair, said)
        parts = parts[taken:]


def _single(lang: str, english: str, depth: int, joints: int | None = None) -> str | None:
    """One sentence; None: it is not known. ``joints``: only one that has so many semicolons itself."""
    if english in _sentences(lang):
        return _sentences(lang)[english]
    if _NUMBER.fullmatch(english):
        return _number(lang, english)
    for each in _patterns(lang):
        if joints in (None, each.joints) and (found := each.expression.fullmatch(english)):
            values = {name: _value(lang, name, value, depth) for name, value in found.groupdict().items()}
            return each.text.format(**values)
    return None


def _value(lang: str, name: str, value: str, depth: int) -> str:
    return value if _STAYS.fullmatch(name) else _said(lang, value, depth + 1)


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
