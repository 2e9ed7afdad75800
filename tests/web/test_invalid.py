"""What a schema may find wrong is said in words of our own, in every language: for every model a request is read by."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from connector.render.words import sentence
from connector.web.invalid import SENTENCES, sentence_of
from tests.web.conftest import Browser

#: what a part of a schema may find wrong, by its kind and the limits it has
FINDS = {
    "model": {"model_type"},
    "model-fields": {"missing", "extra_forbidden"},
    "model-field": set[str](),
    "default": set[str](),
    "nullable": set[str](),
    "any": set[str](),
    "str": {"string_type", "string_unicode"},
    "dict": {"dict_type"},
    "list": {"list_type"},
    "bool": {"bool_type", "bool_parsing"},
    "int": {"int_type", "int_parsing", "int_parsing_size", "int_from_float"},
    "float": {"float_type", "float_parsing", "finite_number"},
    "literal": {"literal_error"},
}
LIMITS = {
    ("str", "min_length"): "string_too_short",
    ("str", "max_length"): "string_too_long",
    ("str", "pattern"): "string_pattern_mismatch",
    ("list", "min_length"): "too_short",
    ("list", "max_length"): "too_long",
    ("int", "ge"): "greater_than_equal",
    ("int", "le"): "less_than_equal",
    ("float", "ge"): "greater_than_equal",
    ("float", "le"): "less_than_equal",
}
#: settings of a part that find nothing wrong
HARMLESS = {"type", "schema", "metadata", "ref", "serialization", "fields", "items_schema", "cls", "config", "strict"}
HARMLESS |= {"custom_init", "root_model", "computed_fields", "model_name", "default", "serialization_alias"}
HARMLESS |= {"validation_alias", "keys_schema", "values_schema", "expected"}
#: names of the arguments of a view that hold what was sent
READ_BY = {"body", "query", "path", "header"}


def requests(app: object) -> set[type[BaseModel]]:
    """The models that bodies, queries, paths and headers are read by."""
    del app  # once it is made, every module with a view is loaded
    found = set[type[BaseModel]]()
    for module in [each for name, each in sys.modules.items() if name.startswith("connector.web")]:
        for view in map(inspect.unwrap, filter(inspect.isfunction, vars(module).values())):
            named = [getattr(module, view.__annotations__.get(name, ""), None) for name in READ_BY]
            found |= {each for each in named if isinstance(each, type) and issubclass(each, BaseModel)}
    return found


def parts(schema: object) -> Iterator[Mapping[str, Any]]:
    """Every part of a schema that has a kind."""
    if isinstance(schema, Mapping):
        if isinstance(schema.get("type"), str):
            yield schema
        for value in schema.values():
            yield from parts(value)
    elif isinstance(schema, list | tuple):
        for value in schema:
            yield from parts(value)


def test_whatever_a_schema_finds_has_a_sentence(app: object) -> None:
    models = requests(app)
    assert len(models) > 30
    found = set[str]()
    for part in (part for model in models for part in parts(model.__pydantic_core_schema__)):
        kind = part["type"]
        assert kind in FINDS, f"say in FINDS what a {kind} finds wrong"
        limits = {name for name in part if name not in HARMLESS}
        unknown = {name for name in limits if (kind, name) not in LIMITS}
        assert not unknown, f"say in LIMITS what {unknown} of a {kind} finds wrong"
        found |= FINDS[kind] | {LIMITS[kind, name] for name in limits}
    assert len(found) > 18
    assert not found - SENTENCES.keys()


@pytest.mark.parametrize("kind", SENTENCES)
def test_every_sentence_is_said_in_every_language(kind: str) -> None:
    for value in (3, 2.5, "'a', 'b' or 'c'"):
        context = dict.fromkeys(re.findall(r"\{(\w+)\}", SENTENCES[kind]), value)
        if isinstance(value, str) and kind not in ("literal_error", "enum", "string_pattern_mismatch") and context:
            continue  # a limit is a number
        english = sentence_of({"type": kind, "msg": "as pydantic says it", "ctx": context})
        assert english != "as pydantic says it"
        assert sentence("de", english) != english
        assert not set(re.findall("[A-Za-z]{2,}", sentence("zh", english))) - {"JSON", "true", "false"}


class Wish(BaseModel, extra="forbid", strict=True):
    name: str


@pytest.mark.parametrize(
    ("said", "german"),
    [
        ({}, "das fehlt"),
        ({"name": 1}, "das muss ein Text sein"),
        ({"name": "x", "colour": "red"}, "das ist hier nicht bekannt"),
        ([], "Hier fehlt ein JSON-Objekt"),
    ],
)
def test_what_pydantic_finds(said: object, german: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Wish.model_validate(said)
    (error,) = caught.value.errors(include_url=False, include_input=False)
    assert sentence("de", sentence_of(error)) == german


def test_what_we_have_no_sentence_for_is_said_by_pydantic() -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(complex).validate_python("much")
    (error,) = caught.value.errors()
    assert sentence_of(error) == error["msg"]


def test_all_that_is_wrong_and_nothing_of_what_was_sent(anna: Browser) -> None:
    sent = {"name": "", "kind": 7, "options": {"password": "s3cret"}, "colour": "red"}
    answer = anna.post("/connections", sent)
    assert answer.status_code == 422
    assert {each["field"]: each["message"] for each in answer.json["errors"]} == {
        "name": "this must not be empty",
        "kind": "this must be a text",
        "colour": "this is not known here",
    }
    assert "s3cret" not in answer.text
    lang = anna.get("/words/de").json
    assert {lang[each["message"]] for each in answer.json["errors"]} == {
        "das darf nicht leer sein",
        "das muss ein Text sein",
        "das ist hier nicht bekannt",
    }


def test_the_words_are_for_everybody(stranger: Browser) -> None:
    said = stranger.get("/words/zh-CN")
    assert said.status_code == 200
    assert said.json["{host} does not answer in time"] == "{host} 响应超时"
    assert stranger.get("/words/zh-CN", headers={"If-None-Match": said.headers["ETag"]}).status_code == 304
    assert stranger.get("/words/en").json == stranger.get("/words/xx").json == {}
    assert stranger.get("/words/no%20language").status_code == 422
