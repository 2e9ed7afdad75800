"""Positions for photos that have none, written into the library once somebody has seen the list and agreed."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from flask import Response
from pydantic import BaseModel, Field, RootModel

from connector.actions import write_back
from connector.web.answers import attachment, said
from connector.web.context import person, services
from connector.web.schema import AtTrace, Id, Sent, Shown, api

blueprint = api("write_back", "Positions written into the library, after a look at the list")
_ZIP = {"description": "XMP sidecars", "content": {"application/zip": {"schema": {"type": "string"}}}}


class ShownPlaced(Shown):
    key: str
    name: str
    lat: float
    lon: float
    seconds_to_fix: float | None
    refused: str | None


class ShownPlan(Shown):
    """``refused``: why the library would take nothing; of a photo, why it would not take that one."""

    photos: list[ShownPlaced]
    refused: str | None


class Agreed(Sent):
    """``keys``: only these photos of the plan; left out: all of it."""

    keys: Annotated[list[Id], Field(min_length=1, max_length=100_000)] | None = None


class ShownWritten(Shown):
    id: str
    photos: int
    problems: list[str]


class ShownLogged(Shown):
    id: str
    created_at: datetime
    undone_at: datetime | None
    photos: int


class Log(RootModel[list[ShownLogged]]):
    """The newest first."""


class AtWriteBack(BaseModel):
    write_back_id: Id


@blueprint.get("/traces/<id:trace_id>/write-back", responses={200: ShownPlan})
def plan(path: AtTrace) -> Response:
    """What would be written; nothing is."""
    return said(ShownPlan.model_validate(write_back.plan(services(), person(), path.trace_id)))


@blueprint.post("/traces/<id:trace_id>/write-back", responses={200: ShownWritten})
def apply(path: AtTrace, body: Agreed) -> Response:
    """Write it. A log is kept from which it can be undone."""
    return said(ShownWritten.model_validate(write_back.apply(services(), person(), path.trace_id, body.keys)))


@blueprint.get("/traces/<id:trace_id>/write-back/log", responses={200: Log})
def log(path: AtTrace) -> Response:
    """What was written before."""
    return said(Log.model_validate(write_back.written(services(), person(), path.trace_id)))


@blueprint.get("/traces/<id:trace_id>/write-back/sidecars.zip", responses={200: _ZIP})
def sidecars(path: AtTrace) -> Response:
    """The same as sidecars to put beside the photos, for a library that takes nothing itself."""
    return attachment(write_back.sidecars(services(), person(), path.trace_id), "application/zip", "sidecars.zip")


@blueprint.post("/write-back/<id:write_back_id>/undo", responses={200: ShownWritten})
def undo(path: AtWriteBack) -> Response:
    """Give every photo back what it had before."""
    return said(ShownWritten.model_validate(write_back.undo(services(), person(), path.write_back_id)))
