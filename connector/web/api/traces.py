"""Traces: begun from albums, listed, renamed, styled, taken away."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from flask import Response
from pydantic import Field, RootModel

from connector.actions import following, traces
from connector.web.answers import nothing, said
from connector.web.context import person, services
from connector.web.schema import AtTrace, Id, Sent, Shown, Text, Title, api

blueprint = api("traces", "The ways somebody took, made from albums")


class ShownOffer(Shown):
    """An album of the trace is gone, and another one holds ``kept`` of its ``of`` photos: is it the same?"""

    album_id: str
    title: str
    new_album_id: str
    new_title: str
    kept: int
    of: int


class ShownTrace(Shown):
    id: str
    title: str
    subtitle: str | None
    state: str
    message: str | None
    version: int
    photos: int | None
    stops: int | None
    distance_m: float | None
    start: datetime | None
    end: datetime | None
    connection_id: str
    album_ids: list[str]
    album_titles: list[str]
    moved: list[ShownOffer]
    updated_at: datetime


class Traces(RootModel[list[ShownTrace]]):
    """The newest first."""


class NewTrace(Sent):
    connection_id: Id
    albums: Annotated[list[Text], Field(min_length=1, max_length=100)]
    title: Title | None = None


class Answered(Sent):
    """Of an offer in ``moved``. ``same``: the trace goes on with the new album; else it is another one."""

    album_id: Text
    new_album_id: Text
    same: bool


class Begun(Shown):
    id: str


class TraceChanges(Sent):
    """Only what is named changes."""

    title: Title | None = None
    subtitle: Annotated[str, Field(max_length=1000)] | None = None
    style: dict[str, Any] | None = None


@blueprint.get("/traces", responses={200: Traces})
def all_traces() -> Response:
    """My traces, the newest first."""
    return said(Traces.model_validate(traces.traces(services(), person())))


@blueprint.post("/traces", responses={202: Begun})
def begin(body: NewTrace) -> Response:
    """Begin a trace of one or several albums of one library; its progress says how far it is."""
    started = traces.start(services(), person(), body.connection_id, body.albums, title=body.title)
    return said(Begun(id=started.trace_id), 202)


@blueprint.get("/traces/<id:trace_id>", responses={200: ShownTrace})
def one_trace(path: AtTrace) -> Response:
    """One trace."""
    return said(ShownTrace.model_validate(traces.trace(services(), person(), path.trace_id)))


@blueprint.patch("/traces/<id:trace_id>", responses={200: ShownTrace})
def change(path: AtTrace, body: TraceChanges) -> Response:
    """Change title, subtitle or style."""
    changes = body.model_dump(exclude_unset=True)
    return said(ShownTrace.model_validate(traces.change(services(), person(), path.trace_id, changes)))


@blueprint.delete("/traces/<id:trace_id>", responses={204: None})
def remove(path: AtTrace) -> Response:
    """Take a trace away, with its edits and shares."""
    traces.remove(services(), person(), path.trace_id)
    return nothing()


@blueprint.post("/traces/<id:trace_id>/again", responses={202: Begun})
def again(path: AtTrace) -> Response:
    """Make the trace anew from the albums as they are now; edits stay."""
    return said(Begun(id=traces.again(services(), person(), path.trace_id).trace_id), 202)


@blueprint.post("/traces/<id:trace_id>/moved", responses={202: Begun})
def moved(path: AtTrace, body: Answered) -> Response:
    """Say whether an album that is gone goes on as another one; then the trace is made anew from that."""
    if body.same:
        following.follow(services(), person(), path.trace_id, body.album_id, body.new_album_id)
    else:
        following.decline(services(), person(), path.trace_id, body.album_id, body.new_album_id)
    return said(Begun(id=path.trace_id), 202)


@blueprint.post("/traces/<id:trace_id>/stop", responses={204: None})
def stop(path: AtTrace) -> Response:
    """Stop making the trace; what was made before stays."""
    traces.stop(services(), person(), path.trace_id)
    return nothing()
