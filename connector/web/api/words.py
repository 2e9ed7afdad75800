"""The program's sentences in the languages people read."""

from __future__ import annotations

import json
from typing import Annotated

from flask import Response
from pydantic import BaseModel, Field, RootModel

from connector.render.words import sentences
from connector.web.answers import kept_bytes
from connector.web.context import public
from connector.web.schema import UNCHANGED, api

blueprint = api("words", "The program's sentences in the languages people read")


class InLanguage(BaseModel):
    lang: Annotated[str, Field(pattern=r"^[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8}){0,3}$", description="As in ``zh-CN``.")]


class Sentences(RootModel[dict[str, str]]):
    """By the English sentence. What is put into one stands there in braces: ``{n}`` is a number, ``{points}`` so many
    points, ``{name}``, ``{name2}`` and ``{host}`` stay as they are, anything else is looked up here in turn. Empty for
    English and for languages that are not spoken here."""


@blueprint.get("/words/<string:lang>", responses={200: Sentences, 304: UNCHANGED}, security=[{}])
@public
def words(path: InLanguage) -> Response:
    """Every sentence the API may answer with, in that language."""
    said = json.dumps(dict(sentences(path.lang)), ensure_ascii=False, separators=(",", ":"))
    return kept_bytes(said.encode(), "application/json")
