"""Whatever an adapter can say to a person is said in every language: read from its code, so that none is forgotten."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

import adapters
from adapters.library import Kind, LibraryError
from adapters.testing import check_words
from adapters.wording import WORDS
from connector.render.words import sentence
from tests.sayings import HOLE, Module

LANGUAGES = ("de", "zh")
HOME = Path(adapters.__file__).parent
MODULES = [
    Module(path) for path in sorted(HOME.rglob("*.py")) if path.name not in ("words.py", "wording.py", "testing.py")
]
#: prose in the code that no person reads
NOT_SAID = {
    "adapters/__init__.py": {"the kind of library %r cannot be loaded: %s"},  # in the log
    "adapters/files.py": {"system volume information", "vos trajets.json"},  # names of a folder and of a file
    "adapters/immich/access.py": {"shared link"},  # the name of an account and of an object, as Immich has them
    "adapters/immich/api.py": {"not found or no", "must be a uuid", "invalid uuid"},  # in what Immich says
    "adapters/immich/checks.py": {"needs the permission"},  # in a sentence of ours
    "adapters/immich/values.py": {"Untitled album"},  # the title of an album that has none
    "adapters/nextcloud/__init__.py": {"7 previews"},  # the mark of a guest
    "adapters/nextcloud/links.py": {"Shared album"},  # as above
    "adapters/nextcloud/app.py": {  # an entry of a menu in Nextcloud, and options that nobody fills in
        "Trace this folder",
        "Address of the Nextcloud that runs this app.",
        "Id of the user.",
        "Id of this app.",
        "Version of this app.",
        "What the Nextcloud and this app share.",
    },
    "adapters/nextcloud/write_back.py": {  # the note that is left in Nextcloud
        "*Kept by image-tracer. Delete it if you like.*",
        "# 7\n\n[The way that was taken](7)\n\n*Kept by image-tracer. Delete it if you like.*\n",
        "# Trace\n\n[The way that was taken](7)\n\n*Kept by image-tracer. Delete it if you like.*\n",
    },
}
#: arguments of errors and checks that hand on what others said, which are looked at where they are made
HANDED_ON = {
    "url_problems(url)",
    "url_problems(url.partition('?')[0].partition('#')[0])",
    "_problems(options)",
    "_naming(host, error)",
    "str(error)",
    "step()",
    "limit",
    "told.get(type(error))",
    "name",
}
#: Latin words that Chinese texts hold: names, and what is typed or read elsewhere as it stands
LATIN = {
    *("Immich", "Nextcloud", "WebDAV", "Photos", "Webhook", "Webhooks", "API", "JSON", "TLS", "ID", "MB", "KB", "Kind"),
    *("Range", "https", "http", "album", "asset", "read", "view", "update", "download", "bruteforcesettings", "occ"),
    *("files", "scan", "generate", "metadata", "webhook", "listeners", "overwritehost", "trusted", "domains"),
    *("TRACER", "CA", "FILE", "cloud", "photos", "example", "share", "apps", "public"),
}


def errors() -> Iterator[type[LibraryError]]:
    waiting = [LibraryError]
    while waiting:
        yield waiting[-1]
        waiting += waiting.pop().__subclasses__()


def kinds() -> list[Kind]:
    return [adapters.kind(name) for name in (*adapters.names(), "nextcloud-app")]


def given(module: Module) -> list[tuple[str, list[str]]]:
    """What its errors and checks are made of: code, and the texts it can be."""
    names = {each.__name__ for each in errors() if each.__module__.startswith("adapters")}
    checks = [*module.given_to({"Check"}, "name", "said", "advice"), *module.given_to({"tried"})]
    return [*module.given_to(names), *checks]


def said_by(module: Module) -> set[str]:
    """Everything: what errors and checks are made of, what steps of a check find, and any other prose."""
    said = {text for _, texts in given(module) for text in texts} | module.prose()
    said |= module.returned() if "tried" in module.path.read_text(encoding="utf-8") else set()
    return {text for text in said if re.search("[a-z]{2}", text)}


def where(module: Module) -> str:
    return module.path.relative_to(HOME.parent).as_posix()


@pytest.mark.parametrize("module", MODULES, ids=where)
def test_whatever_an_adapter_says_is_said_in_every_language(module: Module) -> None:
    kinds()  # so that every error is known
    said = said_by(module) - NOT_SAID.get(where(module), set())
    english = {text for text in said if text in (sentence("de", text), sentence("zh", text))}
    assert not english, "give them to the words of the adapter, or to adapters/wording.py"
    left = {text: found for text in said if (found := latin(sentence("zh", text)) - LATIN)}
    assert not left, "parts of these stay English"


def latin(text: str) -> set[str]:
    return set(re.findall("[A-Za-z]{2,}", text))


def test_nothing_is_said_that_the_code_does_not_show() -> None:
    kinds()
    opaque = {code for module in MODULES for code, texts in given(module) if texts == [HOLE]}
    assert opaque == HANDED_ON, "say it in place, or name it in HANDED_ON where what it hands on is looked at"


def test_the_code_is_really_read() -> None:
    kinds()
    said = {text for module in MODULES for text in said_by(module)}
    assert len(said) > 180
    for text in (
        "7 does not accept the credential (7)",
        "7 does not accept the credential",
        "7 redirects elsewhere; give the address the library really has",
        "7 refused '7': the user name or password is not accepted (401)",
        "url is missing",
        "complete",
        "signed in as 7",
    ):
        assert text in said


@pytest.mark.parametrize("words", [WORDS, *(kind.words for kind in kinds())], ids=["shared", *adapters.names(), "app"])
def test_every_text_is_there_in_every_language(words: Mapping[str, Mapping[str, str]]) -> None:
    check_words(words)
    for english, texts in words.items():
        assert tuple(texts) == LANGUAGES, english
        assert latin(re.sub(r"\{\w+\}", "", texts["zh"])) <= LATIN, english


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_two_kinds_say_they_say_alike(lang: str) -> None:
    together = adapters.words(lang)
    for words in (WORDS, *(kind.words for kind in kinds())):
        assert {english: texts[lang] for english, texts in words.items()}.items() <= together.items()


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.name)
def test_a_form_is_said_in_every_language(kind: Kind) -> None:
    if kind.name == "nextcloud-app":
        return  # nobody fills it in
    for option in kind.options:
        for text in (option.title, option.help):
            assert text in kind.words, text


def test_a_kind_that_cannot_be_loaded_takes_no_words_along(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    broken = EntryPoint("broken", "adapters.nowhere:KIND", adapters.GROUP)
    monkeypatch.setattr(adapters, "entry_points", lambda group: [broken])
    assert adapters.words("de")["{host} does not answer in time"] == "{host} antwortet nicht rechtzeitig"
    assert adapters.words("de")["Update Immich."] == "Aktualisiere Immich."
    assert "the kind of library 'broken' cannot be loaded" in caplog.text


def test_a_sentence_within_a_sentence() -> None:
    taken = (
        "photos.example does not accept the credential (Invalid API key)",
        "Thumbnails are not shown: that needs the permission asset.view.",
        "3 of 1240 photos of the album are missing: Immich 3.0.3 left them out, as it may before 3.1 where many photos "
        "share one instant",
        "there is no folder '/srv/Bilder: alt (2)'",
        "url is missing; user is missing; password is missing",
        "127.0.0.1 refused the credential before; it is not tried again; url is missing",
    )
    assert [sentence("de", text) for text in taken] == [
        "photos.example nimmt die Zugangsdaten nicht an (ungültiger API-Schlüssel)",
        "Kleine Vorschauen werden nicht gezeigt: dazu ist die Berechtigung asset.view nötig.",
        "3 der 1240 Fotos des Albums fehlen: Immich 3.0.3 hat sie ausgelassen, wie es vor 3.1 vorkommt, wenn viele "
        "Fotos denselben Zeitpunkt haben",
        "es gibt keinen Ordner '/srv/Bilder: alt (2)'",
        "die Adresse fehlt; der Benutzer fehlt; das Passwort fehlt",
        "127.0.0.1 hat die Zugangsdaten schon einmal abgewiesen; es wird nicht noch einmal versucht; die Adresse fehlt",
    ]
