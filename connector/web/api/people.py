"""The first set-up, signing in and out, who I am and what I prefer."""

from __future__ import annotations

from typing import Annotated

from flask import Response, request
from pydantic import Field

from connector.actions import people
from connector.web.answers import nothing, said
from connector.web.context import person, public, services
from connector.web.guard import forget, keep_signed_in, token
from connector.web.schema import Sent, Shown, Text, api

blueprint = api("people", "The first set-up, signing in and out, who I am and what I prefer")
TRIES, WINDOW_S = 10, 60.0
Secret = Annotated[str, Field(min_length=1, max_length=4000)]


class SetUp(Sent):
    code: Annotated[str, Field(min_length=1, max_length=100)]
    name: Annotated[str, Field(min_length=1, max_length=200)]


class SignIn(Sent):
    """Either a library's ``kind`` and ``options``, or a ``token``."""

    kind: Annotated[str, Field(max_length=64)] | None = None
    options: dict[str, Text] | None = None
    token: Secret | None = None


class ShownPerson(Shown):
    id: str
    name: str
    is_admin: bool


class Entered(Shown):
    person: ShownPerson


class SetUpDone(Entered):
    token: str
    """For programs; shown once."""


class TokenWish(Sent):
    label: Annotated[str, Field(min_length=1, max_length=200)]


class NewToken(Shown):
    token: str


class ShownPreferences(Shown):
    lang: str | None
    units: str
    style: str | None


class Me(ShownPerson):
    preferences: ShownPreferences


class Preferences(Sent):
    """Only what is named changes."""

    lang: Text | None = None
    units: Text = "metric"
    style: Text | None = None


class MeChanges(Sent):
    preferences: Preferences


@blueprint.post("/setup", responses={201: SetUpDone}, security=[{}])
@public
def set_up(body: SetUp) -> Response:
    """Take this installation over with the one-time code its first start printed."""
    entered = people.set_up(services(), body.code, body.name)
    return keep_signed_in(said(SetUpDone.model_validate(entered), 201), entered.token)


@blueprint.post("/session", responses={201: Entered}, security=[{}])
@public
def sign_in(body: SignIn) -> Response:
    """Sign in with the library you have, or with a token."""
    tries = f"sign-in from {request.remote_addr}"
    services().limits.spend(tries, TRIES, WINDOW_S)
    entered = _signed_in(body)
    services().limits.forget(tries)
    return keep_signed_in(said(Entered.model_validate(entered), 201), entered.token)


def _signed_in(body: SignIn) -> people.SignedIn:
    if body.token is not None:
        return people.sign_in_by_token(services(), body.token)
    return people.sign_in(services(), body.kind or "", body.options or {})


@blueprint.delete("/session", responses={204: None})
def sign_out() -> Response:
    """Sign out: the token that asks for it ends."""
    people.sign_out(services(), token() or "")
    return forget(nothing())


@blueprint.post("/tokens", responses={201: NewToken})
def new_token(body: TokenWish) -> Response:
    """A token for a program, without end; shown this once. It ends when it signs out (DELETE /session)."""
    return said(NewToken(token=people.new_token(services(), person(), body.label)), 201)


@blueprint.get("/me", responses={200: Me})
def me() -> Response:
    """Who I am."""
    return _me()


@blueprint.patch("/me", responses={200: Me})
def change_me(body: MeChanges) -> Response:
    """Change what I prefer."""
    changes = body.preferences.model_dump(exclude_unset=True)
    people.set_preferences(services(), person(), changes)
    return _me()


def _me() -> Response:
    mine = ShownPreferences.model_validate(people.preferences(services(), person()))
    return said(Me(id=person().id, name=person().name, is_admin=person().is_admin, preferences=mine))
