"""In which order the parts of a line stand that is read from both sides: the Unicode bidirectional algorithm (UAX #9).

Of one line, without its explicit embeddings: characters that order them are taken for nothing.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby

_PAIRS = {"(": ")", "[": "]", "{": "}", "<": ">", "«": "»", "‹": "›", "「": "」", "『": "』", "《": "》", "【": "】"}
TO_THE_RIGHT = "\u200e"
"""Before what runs from left to right on its own, whatever it stands in: a date after a name."""
_MARKS = {TO_THE_RIGHT, "\u200f", "\u061c"}
_EXPLICIT = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
_NEUTRAL = {"B", "S", "WS", "ON", "ES", "ET", "CS", "N"}
_NUMBERS = ("EN", "AN")


def is_rtl(text: str) -> bool:
    """Whether the first letter that has a direction runs from right to left."""
    strong = (unicodedata.bidirectional(character) for character in text)
    return next((kind for kind in strong if kind in ("L", "R", "AL")), "L") != "L"


def parts(text: str) -> list[tuple[str, bool]]:
    """The parts of one direction each, as they are seen from the left, and whether they run from right to left.

    Marks that only say a direction count, and are gone.
    """
    text = "".join(each for each in text if unicodedata.bidirectional(each) not in _EXPLICIT)
    base = 1 if is_rtl(text) else 0
    levels = _levels(text, base)
    runs = [
        ("".join(character for character, _ in run if character not in _MARKS), level)
        for level, run in groupby(zip(text, levels, strict=True), key=lambda each: each[1])
    ]
    return [(run, level % 2 == 1) for run, level in _ordered(runs) if run]


def _ordered(runs: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    """From the left: what lies deeper is turned round within what lies around it (rule L2)."""
    found = list(runs)
    for level in (2, 1):
        turned: list[tuple[str, int]] = []
        for _, group in groupby(found, key=lambda run: run[1] >= level):
            together = list(group)
            turned += reversed(together) if together[0][1] >= level else together
        found = turned
    return found


def _levels(text: str, base: int) -> list[int]:
    """Even: from left to right. Blanks at the end of the line go its way (rules I1, I2 and L1)."""
    kinds = _resolved(text, base)
    deeper = {"L": base * 2, "R": 1, "EN": 2, "AN": 2}
    levels = [deeper[kind] for kind in kinds]
    return [*levels[: len(text.rstrip())], *[base] * (len(text) - len(text.rstrip()))]


def _resolved(text: str, base: int) -> list[str]:
    """The direction of each character: L, R, or a number."""
    around = "R" if base else "L"
    kinds = _with_brackets(text, _weak([unicodedata.bidirectional(each) or "L" for each in text], around), around)
    found: list[str] = []
    for is_neutral, group in groupby(kinds, key=lambda kind: kind in _NEUTRAL):
        run = list(group)
        if not is_neutral:
            found += run
            continue
        after = len(found) + len(run)
        sides = {_side(found[-1]) if found else around, _side(kinds[after]) if after < len(kinds) else around}
        found += [sides.pop() if len(sides) == 1 else around] * len(run)  # N1, N2
    return found


def _side(kind: str) -> str:
    """Numbers count as what runs from right to left there."""
    return "R" if kind in _NUMBERS else kind


def _weak(kinds: list[str], around: str) -> list[str]:
    """Marks go with their letter, signs with their number, numbers with the letters before them (rules W1 to W7)."""
    strong, before = around, around
    for n, kind in enumerate(kinds):
        if kind in ("NSM", "BN"):
            kinds[n] = before
        elif kind == "EN" and strong == "AL":
            kinds[n] = "AN"
        strong = kinds[n] if kinds[n] in ("L", "R", "AL") else strong
        before = kinds[n]
    kinds = ["R" if kind == "AL" else kind for kind in kinds]
    for n in range(1, len(kinds) - 1):
        if kinds[n] in ("ES", "CS") and kinds[n - 1] == kinds[n + 1] and kinds[n + 1] in _NUMBERS:
            kinds[n] = kinds[n - 1] if kinds[n] == "CS" or kinds[n - 1] == "EN" else "N"
    kinds = [kind for run in _signs(kinds) for kind in run]
    strong = around
    for n, kind in enumerate(kinds):
        strong = kind if kind in ("L", "R") else strong
        kinds[n] = "L" if kind == "EN" and strong == "L" else kind
    return kinds


def _signs(kinds: Sequence[str]) -> Iterator[list[str]]:
    """Signs such as % beside a number belong to it (rule W5)."""
    at = 0
    for kind, group in groupby(kinds):
        count = len(list(group))
        beside = (kinds[at - 1] if at else "", kinds[at + count] if at + count < len(kinds) else "")
        yield ["EN" if kind == "ET" and "EN" in beside else kind] * count
        at += count


def _with_brackets(text: str, kinds: list[str], around: str) -> list[str]:
    """Both brackets of a pair go the same way: the line's, if anything in them does (rule N0)."""
    for opened, closed in _brackets(text, kinds):
        inside = {_side(kind) for kind in kinds[opened + 1 : closed]} & {"L", "R"}
        before = next((_side(kind) for kind in reversed(kinds[:opened]) if kind not in _NEUTRAL), around)
        if inside:
            kinds[opened] = kinds[closed] = around if around in inside or before == around else before
    return kinds


def _brackets(text: str, kinds: Sequence[str]) -> list[tuple[int, int]]:
    """Where the pairs open and close, in order of their beginnings."""
    found: list[tuple[int, int]] = []
    waiting: list[tuple[str, int]] = []
    for n, character in enumerate(text):
        if kinds[n] not in _NEUTRAL:
            continue
        if character in _PAIRS:
            waiting.append((_PAIRS[character], n))
        elif any(closing == character for closing, _ in waiting):
            while waiting[-1][0] != character:
                waiting.pop()
            found.append((waiting.pop()[1], n))
    return sorted(found)
