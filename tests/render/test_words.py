"""The catalogues are complete, and dates, numbers and plurals are right in every language."""

from __future__ import annotations

import ast
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from connector.render import words
from connector.render.figures import coordinates, distance, duration, interval, scale_length
from connector.render.words import LANGUAGES, language, sentence, word

RENDER = Path(words.__file__).parents[1]
MODES = {"walk", "bicycle", "car", "train", "ferry", "flight", "unknown"}


def catalogue(lang: str) -> dict[str, Any]:
    return json.loads((RENDER / "words" / f"{lang}.json").read_text(encoding="utf-8"))  # type: ignore[no-any-return]  # an object


def placeholders(text: Any) -> set[str]:
    return set(re.findall(r"\{(\w+)\}", json.dumps(text)))


def test_there_are_english_chinese_and_german() -> None:
    assert LANGUAGES == ("de", "en", "zh")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_catalogue_says_the_same(lang: str) -> None:
    said, english = catalogue(lang), catalogue("en")
    assert list(said) == list(english)
    for name, text in english.items():
        assert placeholders(said[name]) == placeholders(text), name
        assert isinstance(said[name], dict) == isinstance(text, dict)


def test_every_word_is_used() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in RENDER.glob("*.py"))
    used = {name for name in catalogue("en") if f'"{name}"' in source} | MODES
    assert used == set(catalogue("en"))


@pytest.mark.parametrize(
    ("tag", "lang"), [("zh-CN", "zh"), ("zh_Hant", "zh"), ("de-AT", "de"), ("EN", "en"), ("fr", "en"), ("", "en")]
)
def test_a_language_stands_for_a_tag(tag: str, lang: str) -> None:
    assert language(tag) == lang


@pytest.mark.parametrize(
    ("lang", "count", "said"),
    [
        ("en", 1, "Photo"),
        ("en", 2, "Photos"),
        ("de", 1, "Foto"),
        ("de", 0, "Fotos"),
        ("zh", 1, "照片"),
        ("zh", 7, "照片"),
    ],
)
def test_plurals(lang: str, count: int, said: str) -> None:
    assert word(lang, "photos", count) == said


def test_a_word_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(KeyError):
        word("en", "nonsense")


@pytest.mark.parametrize(
    ("lang", "units", "metres", "said"),
    [
        ("en", "metric", 823, "820 m"),
        ("en", "metric", 4242, "4.2 km"),
        ("de", "metric", 4242, "4,2 km"),
        ("en", "metric", 1_240_300, "1,240 km"),
        ("de", "metric", 1_240_300, "1.240 km"),
        ("zh-CN", "metric", 12_000, "12 km"),
        ("en", "imperial", 100, "330 ft"),
        ("en", "imperial", 16_093.44, "10 mi"),
    ],
)
def test_distances(lang: str, units: str, metres: float, said: str) -> None:
    assert distance(metres, units, lang) == said


@pytest.mark.parametrize(
    ("lang", "seconds", "said"),
    [
        ("en", 40, "1 min"),
        ("en", 2700, "45 min"),
        ("en", 3600, "1 h"),
        ("en", 12_000, "3 h 20 min"),
        ("zh", 12_000, "3 小时 20 分"),
        ("de", 43_300, "12 h"),
    ],
)
def test_durations(lang: str, seconds: float, said: str) -> None:
    assert duration(seconds, lang) == said


@pytest.mark.parametrize(
    ("lang", "said"),
    [("en", "28 Sept – 3 Oct 2024"), ("de", "28. Sept. – 3. Okt. 2024"), ("zh", "2024年9月28日至10月3日")],
)
def test_intervals(lang: str, said: str) -> None:
    found = interval(date(2024, 9, 28), date(2024, 10, 3), lang)
    assert re.sub(r"\s", " ", found).replace("\u2009", " ") == said
    assert "2024" in interval(date(2024, 9, 28), date(2024, 9, 28), lang)


@pytest.mark.parametrize(
    ("metres", "units", "said"),
    [(130, "metric", 100), (5200, "metric", 5000), (9, "metric", 5), (4000, "imperial", 3218.688)],
)
def test_a_scale_is_round(metres: float, units: str, said: float) -> None:
    assert scale_length(metres, units) == pytest.approx(said)


def test_coordinates() -> None:
    assert coordinates(47.141, -9.5209) == "47.1410° N 9.5209° W"
    assert coordinates(-1.0, 10.0) == "1.0000° S 10.0000° E"


ENGINE = RENDER.parent / "trace"
SPOKEN = {"inferred.py": "_why_unplaced", "legs.py": "_why_direct"}


def spoken() -> set[str]:
    """Every fixed sentence in which the engine says why a photo has no place or a leg is drawn direct."""
    found = set()
    for name, function in SPOKEN.items():
        tree = ast.parse((ENGINE / name).read_text(encoding="utf-8"))
        (body,) = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == function]
        answers = [node.value for node in ast.walk(body) if isinstance(node, ast.Return)]
        found |= {each.value for each in answers if isinstance(each, ast.Constant) and isinstance(each.value, str)}
        calls = [
            node for node in ast.walk(tree) if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_direct"
        ]
        found |= {a.value for c in calls for a in c.args if isinstance(a, ast.Constant) and isinstance(a.value, str)}
    return found


@pytest.mark.parametrize("lang", ["de", "zh"])
def test_what_the_engine_says_is_said_in_every_language(lang: str) -> None:
    assert len(spoken()) >= 8
    for said in spoken():
        assert sentence(lang, said) != said, f"add it to words/sentences/{lang}.json: {said}"
        assert sentence("en", said) == said
    widget = RENDER.parent / "widget" / "src" / "texts" / f"sentences.{lang}.json"
    assert widget.read_text(encoding="utf-8") == (RENDER / "words" / "sentences" / f"{lang}.json").read_text("utf-8")


@pytest.mark.parametrize("lang", ["de", "zh"])
def test_no_english_is_left_in_another_language(lang: str) -> None:
    """What is the same in both is a sign or a unit; Chinese holds no Latin word."""
    same = {name for name, text in catalogue(lang).items() if text == catalogue("en")[name]}
    assert same <= {"hours", "minutes", "hours_minutes"}
    if lang == "zh":
        texts = [
            each for text in catalogue(lang).values() for each in (text.values() if isinstance(text, dict) else [text])
        ]
        assert not [text for text in texts if re.search("[A-Za-z]{2}", re.sub(r"\{\w+\}", "", text))]
