"""Kinds of libraries, the libraries somebody has connected, and the albums in them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

from flask import Response
from pydantic import BaseModel, Field, RootModel

import adapters
from adapters.library import Album, Kind
from connector.actions import connections, doctor
from connector.actions.errors import NotFound
from connector.web.answers import kept_bytes, nothing, said
from connector.web.context import person, public, services
from connector.web.schema import IMAGE, UNCHANGED, Asked, AtConnection, Id, Sent, Shown, Text, api

blueprint = api("connections", "The photo libraries somebody has connected, and the albums in them")
Name = Annotated[str, Field(min_length=1, max_length=200)]


class ShownOption(Shown):
    name: str
    title: str
    help: str
    required: bool
    secret: bool


class ShownKind(BaseModel):
    name: str
    title: str
    options: list[ShownOption]
    login_flow: bool


class Kinds(RootModel[list[ShownKind]]):
    """Those that are installed."""


class ShownConnection(Shown):
    id: str
    name: str
    kind: str
    title: str
    address: str
    account_name: str
    state: str
    problem: str | None
    limits: list[str]


class Connections(RootModel[list[ShownConnection]]):
    """By name."""


class NewConnection(Sent):
    name: Name
    kind: Annotated[str, Field(max_length=64)]
    options: dict[str, Text]


class NewLogin(Sent):
    kind: Annotated[str, Field(max_length=64)]
    url: Text
    name: Name


class LoginStarted(Shown):
    id: str
    login_url: str


class ShownLogin(Shown):
    state: str
    connection: ShownConnection | None
    problem: str | None


class ShownCheck(Shown):
    name: str
    ok: bool
    said: str
    advice: str | None
    needed: bool


class Checks(RootModel[list[ShownCheck]]):
    """In the order they were tried; after a needed one that failed nothing else was."""


class AtLogin(BaseModel):
    login_id: Id


class AtAlbum(Asked):
    album: Text


class ShownAlbum(BaseModel):
    id: str
    title: str
    count: int | None
    located: int | None
    start: datetime | None
    end: datetime | None
    version: str | None
    description: str | None
    url: str | None
    owner: str | None
    has_cover: bool
    trace_id: str | None


class Albums(RootModel[list[ShownAlbum]]):
    """In the library's own order."""


@blueprint.get("/kinds", responses={200: Kinds}, security=[{}])
@public
def kinds() -> Response:
    """The kinds of libraries that can be connected, with what each asks for."""
    return said(Kinds([_shown_kind(kind) for kind in _kinds()]))


def _kinds() -> Iterator[Kind]:
    return (adapters.kind(name) for name in adapters.names())


def _shown_kind(kind: Kind) -> ShownKind:
    options = [ShownOption.model_validate(option) for option in kind.options]
    return ShownKind(name=kind.name, title=kind.title, options=options, login_flow=kind.login_flow is not None)


@blueprint.get("/connections", responses={200: Connections})
def all_connections() -> Response:
    """The libraries I have connected."""
    return said(Connections.model_validate(connections.connections(services(), person())))


@blueprint.post("/connections", responses={201: ShownConnection})
def connect(body: NewConnection) -> Response:
    """Connect a library. It is tried out first; nothing is kept unless it works."""
    made = connections.connect(services(), person(), body.name, body.kind, body.options)
    return said(ShownConnection.model_validate(made), 201)


@blueprint.delete("/connections/<id:connection_id>", responses={204: None})
def disconnect(path: AtConnection) -> Response:
    """Take a connection away, with the traces made through it."""
    connections.disconnect(services(), person(), path.connection_id)
    return nothing()


@blueprint.post("/connections/login-flow", responses={201: LoginStarted})
def start_login(body: NewLogin) -> Response:
    """Begin to sign in at the library's own page."""
    started = connections.start_login(services(), person(), body.kind, body.url, body.name)
    return said(LoginStarted.model_validate(started), 201)


@blueprint.get("/connections/login-flow/<id:login_id>", responses={200: ShownLogin})
def login(path: AtLogin) -> Response:
    """Where a sign-in at the library's own page is."""
    return said(ShownLogin.model_validate(connections.login(services(), person(), path.login_id)))


@blueprint.get("/connections/<id:connection_id>/checks", responses={200: Checks})
def checks(path: AtConnection) -> Response:
    """Try a connection step by step: what works, what does not, and what to do."""
    return said(Checks.model_validate(list(doctor.connection(services(), person(), path.connection_id))))


@blueprint.get("/connections/<id:connection_id>/albums", responses={200: Albums})
def albums(path: AtConnection) -> Response:
    """The albums of a library as they are now."""
    found = connections.albums(services(), person(), path.connection_id)
    return said(Albums([_shown_album(row) for row in found]))


def _shown_album(row: connections.AlbumRow) -> ShownAlbum:
    album: Album = row.album
    plain = ("id", "title", "count", "start", "end", "version", "description", "url", "owner")
    fields = {name: getattr(album, name) for name in plain}
    return ShownAlbum(**fields, located=row.located, has_cover=album.cover is not None, trace_id=row.trace_id)


@blueprint.get("/connections/<id:connection_id>/cover", responses={200: IMAGE, 304: UNCHANGED})
def cover(path: AtConnection, query: AtAlbum) -> Response:
    """A small picture of an album."""
    found = connections.cover(services(), person(), path.connection_id, query.album)
    if found is None:
        raise NotFound("cover")
    return kept_bytes(found, "image/jpeg")
