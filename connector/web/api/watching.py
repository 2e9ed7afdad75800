"""What is traced by itself, who may tell us of changes, and whom we tell when a trace is ready."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from flask import Response
from pydantic import BaseModel, Field, RootModel

from connector.actions import hooks, notify, watch
from connector.actions.errors import NotFound
from connector.web.answers import nothing, said
from connector.web.context import person, services
from connector.web.schema import AtConnection, Id, Sent, Shown, Text, api

blueprint = api("watching", "What is traced by itself, who tells us of changes, and whom we tell")


class Rules(Sent):
    """Albums that one of ``every``, ``name`` (a pattern with * and ?) and ``tag`` fits are traced by themselves."""

    every: bool = False
    name: Text | None = None
    tag: Text | None = None
    least_located: Annotated[int, Field(ge=0, le=100_000)] = 2
    link: bool = True
    hide_ends_m: Annotated[float, Field(strict=False, ge=0, le=50_000)] = 0.0


class ShownRules(Shown):
    every: bool
    name: str | None
    tag: str | None
    least_located: int
    link: bool
    hide_ends_m: float


class ShownWatching(Shown):
    connection_id: str
    rules: ShownRules
    due_at: datetime | None
    looked_at: datetime | None
    problem: str | None


class NewHook(Sent):
    """``install``: ask the library itself to call us."""

    install: bool = False


class ShownHook(Shown):
    """Where to call, and what to sign with or to send as ``X-Tracer-Secret``. Both are secret."""

    id: str
    url: str
    secret: str
    installed: bool


class NewNotice(Sent):
    """``webhook``: a signed call. ``apprise``: any address Apprise knows; the administrator's alone."""

    kind: Literal["webhook", "apprise"]
    address: Text


class ShownNotice(Shown):
    """``where`` is the host: the rest of the address may hold secrets."""

    id: str
    kind: str
    where: str


class MadeNotice(Shown):
    notice: ShownNotice
    secret: str | None


class Notices(RootModel[list[ShownNotice]]):
    """Whom we tell."""


class AtNotice(BaseModel):
    notice_id: Id


@blueprint.get("/connections/<id:connection_id>/watch", responses={200: ShownWatching})
def watching(path: AtConnection) -> Response:
    """How a connection is watched."""
    found = watch.watching(services(), person(), path.connection_id)
    if found is None:
        raise NotFound("watch")
    return said(ShownWatching.model_validate(found))


@blueprint.put("/connections/<id:connection_id>/watch", responses={200: ShownWatching})
def begin_watching(path: AtConnection, body: Rules) -> Response:
    """Watch a connection by these rules from now on."""
    rules = watch.Rules(**body.model_dump())
    return said(ShownWatching.model_validate(watch.watch(services(), person(), path.connection_id, rules)))


@blueprint.delete("/connections/<id:connection_id>/watch", responses={204: None})
def stop_watching(path: AtConnection) -> Response:
    """Watch it no more; traces stay."""
    watch.unwatch(services(), person(), path.connection_id)
    return nothing()


@blueprint.post("/connections/<id:connection_id>/hook", responses={200: ShownHook})
def hook(path: AtConnection, body: NewHook) -> Response:
    """The address that tells us of changes; made at the first time."""
    make = hooks.install if body.install else hooks.hook
    return said(ShownHook.model_validate(make(services(), person(), path.connection_id)))


@blueprint.delete("/connections/<id:connection_id>/hook", responses={204: None})
def remove_hook(path: AtConnection) -> Response:
    """End that address."""
    hooks.remove(services(), person(), path.connection_id)
    return nothing()


@blueprint.get("/notices", responses={200: Notices})
def notices() -> Response:
    """Whom we tell when a trace of mine is ready."""
    return said(Notices.model_validate(notify.notices(services(), person())))


@blueprint.post("/notices", responses={201: MadeNotice})
def tell(body: NewNotice) -> Response:
    """Tell that address from now on; the secret of a webhook is shown this once."""
    return said(MadeNotice.model_validate(notify.tell(services(), person(), body.kind, body.address)), 201)


@blueprint.delete("/notices/<id:notice_id>", responses={204: None})
def forget(path: AtNotice) -> Response:
    """Tell that address no more."""
    notify.forget(services(), person(), path.notice_id)
    return nothing()
