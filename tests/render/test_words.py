"""The catalogues are complete, and dates, numbers and plurals are right in every language."""

from __future__ import annotations

import ast
import json
import re
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from connector.render import words
from connector.render.figures import coordinates, distance, duration, interval, scale_length
from connector.render.words import LANGUAGES, language, sentence, word
from connector.web.errors import TABLE
from tests.sayings import Module

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


CONNECTOR = RENDER.parent
#: of the engine, what no page shows: for whoever writes programs or files by hand
FOR_PROGRAMS = {"metadata/fixes_json.py", "trace/travelled.py"}
#: sentences that are put together of parts
MADE_OF = {
    "its date {} {}": ["its date {} is impossible", "its date {} is where clocks begin that were never set"],
    "is where clocks begin that were never set": [],
    "{} point{}": ["{} point", "{} points"],
    "{} {} left out": [
        "{} without a time left out",
        "{} without a possible place left out",
        "{} of a very vague place left out",
    ],
    "without a possible place": [],
    "of a very vague place": [],
    "its clock and its GPS time are {} apart; the {} was followed": [
        "its clock and its GPS time are {} apart; the clock was followed",
        "its clock and its GPS time are {} apart; the GPS time was followed",
    ],
    "there is nothing to {}": ["there is nothing to undo", "there is nothing to redo"],
}
SHORT = {"you excluded it"}
REFUSALS = {"Invalid", "Forbidden", "SignInFailed", "NotReady", "Conflict", "PasswordNeeded"}
#: what a page never asks for
ASKED_BY_PROGRAMS = {"there is no edit number {} in this trace", "a call has at most {} bytes"}
ASKED_BY_PROGRAMS |= {"the call is not signed as agreed, or it is too old"}


def skeleton(node: ast.expr) -> str | None:
    """The text of a sentence with braces for what is put in; None: it is none."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return None


def of_the_engine() -> set[str]:
    """Every sentence in the engine's code."""
    found: set[str] = set()
    for path in sorted(path for room in ("trace", "metadata") for path in (CONNECTOR / room).rglob("*.py")):
        if str(path.relative_to(CONNECTOR)) in FOR_PROGRAMS | {"trace/edits.py"}:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        inside = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        inside |= {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
        said = {skeleton(node) for node in ast.walk(tree) if isinstance(node, ast.expr) and id(node) not in inside}
        found |= {each for each in said if each is not None and is_sentence(each)}
    return found


def is_sentence(text: str) -> bool:
    return text in SHORT or (len(text.split()) > 3 and re.search("[a-z]{2,} [a-z]{2,}", text) is not None)


def of_refusals() -> set[str]:
    """Every sentence by which an action refuses what a person asked for."""
    found: set[str] = set()
    for path in (CONNECTOR / "actions").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in REFUSALS:
                said = [each for arg in node.args for each in (arg.elts if isinstance(arg, ast.List) else [arg])]
                found |= {text for text in map(skeleton, said) if text is not None}
    return found - ASKED_BY_PROGRAMS


@pytest.mark.parametrize("lang", ["de", "zh"])
def test_what_the_server_says_is_said_in_every_language(lang: str) -> None:
    said = json.loads((RENDER / "words" / "sentences" / f"{lang}.json").read_text(encoding="utf-8"))
    known = {re.sub(r"\{\w+\}", "{}", english) for english in said}
    wanted = {part for text in of_the_engine() | of_refusals() for part in MADE_OF.get(text, [text])}
    wanted |= {row.title for row in TABLE}
    assert len(wanted) > 90
    assert sorted(wanted - known) == [], f"add them to words/sentences/{lang}.json"
    for english, text in said.items():
        assert placeholders(text) == placeholders(english), english


def of_what_is_sent() -> set[str]:
    """What is wrong with edits, styles and connections that were sent, and what the network refuses."""
    modules = [Module(CONNECTOR / name) for name in ("trace/edits.py", "render/style.py")]
    modules.append(Module(CONNECTOR / "render" / "pdf.py").of("NoPdf"))
    said = {text for module in modules for text in module.prose()}
    given = [*Module(CONNECTOR / "net.py").given_to({"Blocked", "TooLarge"})]
    for path in (CONNECTOR / "actions").glob("*.py"):
        given += Module(path).given_to({"BadSettings", "NotInLibrary"})
    for path in [*(CONNECTOR / "web" / "api").glob("*.py"), CONNECTOR / "web" / "pictured.py"]:
        given += Module(path).given_to({"Invalid"})
    guard = Module(CONNECTOR / "web" / "guard.py")
    given += guard.given_to({"Unauthorized", "Forbidden", "BadRequest", "UnsupportedMediaType"})
    checks = Module(CONNECTOR / "actions" / "doctor.py").of("connection")
    given += checks.given_to({"Check"}, "name", "said", "advice")
    return said | {text for _, texts in given for text in texts if re.search("[a-z]{2} ", text)}


def test_what_is_not_there_is_said_in_every_language() -> None:
    modules = [Module(path) for room in ("actions", "web") for path in (CONNECTOR / room).rglob("*.py")]
    named = {text for module in modules for _, texts in module.given_to({"NotFound"}) for text in texts}
    named = {text for text in named if "7" not in text}
    assert len(named) > 10
    for text in named:
        said = sentence("zh", f"there is no {text} here")
        assert not set(re.findall("[A-Za-z]{2,}", said)) - {"Webhook"}, text


def test_what_is_wrong_with_what_was_sent_is_said_in_every_language() -> None:
    said = of_what_is_sent()
    assert len(said) > 30
    assert not {text for text in said if text in (sentence("de", text), sentence("zh", text))}
    left = {text: re.findall("[A-Za-z]{2,}", sentence("zh", text)) for text in said}
    names = {"JSON", "true", "false", "MB", "TRACER", "ALLOWED", "NETWORKS", "mode", "moves", "asset", "lat", "lon"}
    names |= {"Content", "Type", "application", "json", "NUL", "If", "Match", "expires", "at", "theme"}
    names |= {"PDF", "image", "tracer", "pdf"}
    assert {text: words for text, words in left.items() if not set(words) <= names} == {}


@pytest.mark.parametrize(
    ("english", "german", "chinese"),
    [
        ("you excluded it", "du hast es ausgelassen", "你已将它排除"),
        (
            "its position cannot be true: at that time walk.gpx was 1,234 km away",
            "seine Position kann nicht stimmen: walk.gpx war zu dieser Zeit 1.234 km entfernt",
            "位置不可信：当时 walk.gpx 在 1,234 公里之外",
        ),
        (
            "it does not belong here: it was taken at 10,200 m, while day.fit was at 430 m",
            "es gehört nicht hierher: es entstand auf 10.200 m Höhe, während day.fit auf 430 m war",
            "不属于这里：拍摄高度为 10,200 米，而 day.fit 当时在 430 米",
        ),
        (
            "The clock of the photos that name no camera seems to be 1 h 02 min slow (give or take 12 s): set right, "
            "31 of 33 photos lie on the way of Canon EOS R5, as it is 4.",
            "Die Uhr von den Fotos ohne Kameranamen geht anscheinend 1 h 02 min nach (± 12 s): richtig gestellt liegen "
            "31 von 33 Fotos auf dem Weg von Canon EOS R5, so wie sie geht 4.",
            "未注明相机的照片 的时钟似乎慢了 1 小时 02 分（误差约 12 秒）：校正后 33 张照片中有 31 张位于 "
            "Canon EOS R5 的路线上，现在只有 4 张。",
        ),
        (
            "a: b.gpx was not used: it has 1 point, but does not say when it was recorded",
            "a: b.gpx wurde nicht verwendet: sie hat 1 Punkt, sagt aber nicht, wann sie aufgezeichnet wurde",
            "未使用 a: b.gpx：有 1 个点，但没有记录时间",
        ),
        (
            "walk.gpx: it is no sound XML (no element found); the 1,521 points before that are used; 1 point without a "
            "time left out; its times name no time zone and are taken for UTC",
            "walk.gpx: sie ist kein gültiges XML (no element found); die 1.521 Punkte davor werden verwendet; 1 Punkt "
            "ohne Zeit ausgelassen; ihre Zeiten nennen keine Zeitzone und gelten als UTC",
            "walk.gpx：不是有效的 XML（no element found）；之前的 1,521 个点 已采用；略去没有时间的 1 个点；"
            "时间没有注明时区，按 UTC 处理",
        ),
        (
            "its date '2026:01:01 10:00:00' is impossible",
            "sein Datum '2026:01:01 10:00:00' ist unmöglich",
            "日期 '2026:01:01 10:00:00' 不可能",
        ),
        ("what nobody foresaw", "what nobody foresaw", "what nobody foresaw"),
    ],
)
def test_a_sentence_with_something_in_it(english: str, german: str, chinese: str) -> None:
    assert sentence("de", english) == german
    assert sentence("zh-CN", english) == chinese
    assert sentence("en", english) == english


@pytest.mark.parametrize(
    "text", ["x; " * 660, "a: " * 660, "it could not be read: " * 80, "; ".join(["a: it was stopped"] * 99)]
)
@pytest.mark.parametrize("lang", ["de", "zh"])
def test_a_text_that_was_made_to_be_hard_takes_no_time(lang: str, text: str) -> None:
    began = time.process_time()
    assert sentence(lang, text)
    assert time.process_time() - began < 3


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
