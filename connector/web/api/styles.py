"""How traces look: the themes there are, and the styles somebody keeps to use again."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated, Any

from flask import Response
from pydantic import BaseModel, Field, RootModel

from connector.actions import styles
from connector.render import themes
from connector.web.answers import kept_bytes, nothing, said
from connector.web.context import person, services
from connector.web.schema import UNCHANGED, Id, Sent, Shown, api

blueprint = api("styles", "How traces look: themes, and styles kept to use again")
_THEMES = {"description": "The themes by name", "content": {"application/json": {}}}


class NewStyle(Sent):
    name: Annotated[str, Field(min_length=1, max_length=200)]
    style: dict[str, Any]


class ShownStyle(Shown):
    id: str
    name: str
    style: dict[str, Any]


class Styles(RootModel[list[ShownStyle]]):
    """By name."""


class AtStyle(BaseModel):
    style_id: Id


@blueprint.get("/themes", responses={200: _THEMES, 304: UNCHANGED})
def all_themes() -> Response:
    """The themes there are."""
    return kept_bytes(json.dumps(themes.as_json()).encode(), "application/json")


@blueprint.get("/styles", responses={200: Styles})
def all_styles() -> Response:
    """The styles I keep."""
    return said(Styles([_shown(each) for each in styles.styles(services(), person())]))


@blueprint.post("/styles", responses={201: ShownStyle})
def keep(body: NewStyle) -> Response:
    """Keep a style. What names photos of one trace is left out."""
    return said(_shown(styles.keep_style(services(), person(), body.name, body.style)), 201)


@blueprint.delete("/styles/<id:style_id>", responses={204: None})
def remove(path: AtStyle) -> Response:
    """Take a kept style away; traces that look like it stay as they are."""
    styles.remove_style(services(), person(), path.style_id)
    return nothing()


def _shown(kept: styles.KeptStyle) -> ShownStyle:
    return ShownStyle(id=kept.id, name=kept.name, style=asdict(kept.style))
