"""The API's description for people and programs who are signed in: no script, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, cast

from flask import Blueprint, Response, current_app, make_response, render_template, url_for
from flask_openapi3.openapi import OpenAPI

from connector.web.answers import data
from connector.web.headers import Page, describe

blueprint = Blueprint("docs", __name__)
_METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    where: str
    kind: str
    required: bool
    about: str


@dataclass(frozen=True, slots=True)
class _Operation:
    noun: str
    method: str
    path: str
    about: str
    fields: tuple[_Field, ...]
    answers: tuple[tuple[str, str], ...]


@blueprint.get("/api/openapi.json")
def description() -> Response:
    """The OpenAPI description."""
    return data(_described())


@blueprint.get("/api/docs")
def page() -> Response:
    """The same, to read."""
    describe(Page.STUDIO)
    said = _described()
    found = [
        _operation(said, path, method, operation)
        for path, methods in said["paths"].items()
        for method, operation in methods.items()
        if method in _METHODS
    ]
    nouns = [(noun, list(some)) for noun, some in groupby(found, key=lambda each: each.noun)]
    about = {tag["name"]: tag.get("description", "") for tag in said.get("tags", ())}
    return make_response(
        render_template("docs.html", nouns=nouns, about=about, plain_css=url_for("files.plain"), info=said["info"])
    )


def _described() -> dict[str, Any]:
    return cast(OpenAPI, current_app).api_doc


def _operation(said: Mapping[str, Any], path: str, method: str, operation: Mapping[str, Any]) -> _Operation:
    sent = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    asked = [_parameter(each) for each in operation.get("parameters", ()) if each["in"] != "path"]
    answers = [(status, each.get("description", "")) for status, each in operation["responses"].items()]
    return _Operation(
        noun=operation["tags"][0],
        method=method.upper(),
        path=path,
        about=" ".join([operation.get("summary", ""), operation.get("description", "")]).replace("<br/>", " ").strip(),
        fields=(*asked, *_body(said, sent)),
        answers=tuple(pair for pair in answers if pair[0] < "400"),
    )


def _parameter(said: Mapping[str, Any]) -> _Field:
    about = said.get("description") or ""
    return _Field(said["name"], said["in"], _kind(said.get("schema", {})), bool(said.get("required")), about)


def _body(said: Mapping[str, Any], schema: Mapping[str, Any]) -> list[_Field]:
    name = schema.get("$ref", "").rpartition("/")[2]
    model = said["components"]["schemas"].get(name, schema)
    required = model.get("required", ())
    return [
        _Field(name, "body", _kind(field), name in required, field.get("description", ""))
        for name, field in model.get("properties", {}).items()
    ]


def _kind(schema: Mapping[str, Any]) -> str:
    """The type of a value in a few words."""
    if "anyOf" in schema:
        return " or ".join(_kind(each) for each in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}"
    return str(schema.get("type") or schema.get("$ref", "any").rpartition("/")[2])
