"""Who somebody is: the first set-up, signing in, tokens, preferences."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

import adapters
from adapters.library import BadSettings, Kind
from connector.actions.errors import Forbidden, Invalid, SignInFailed
from connector.actions.services import Services, new_id
from connector.store.tables import PersonRow, TokenRow

SESSION_LASTS = timedelta(days=90)
LANGS = ("en", "de", "zh")
UNITS = ("metric", "imperial")
ACCOUNT = "account"
"""Label of what is no token but a mark: which person an account elsewhere is. It lets nobody in and never goes."""
_NO_ENTRY = "that signs nobody in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who uses this installation. Every other action takes one as ``owner``."""

    id: str
    name: str
    is_admin: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """How somebody wants things shown. ``lang`` None: as the browser says; ``style``: the id of a kept style.

    New traces begin in that style and in those units.
    """

    lang: str | None = None
    units: str = "metric"
    style: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A person and the token (secret; shown once) that is them from now on."""

    person: Person
    token: str


def local(services: Services) -> Person:
    """Whoever has the data folder: the first person, made when there is none yet. What commands act as."""
    with services.store.write() as session:
        return _person(_first(services, session))


def setup_code(services: Services) -> str | None:
    """A fresh one-time code to take the installation over with; None: that has been done. An older code ends."""
    code = "-".join(secrets.token_hex(2) for _ in range(4))
    with services.store.write() as session:
        first = _first(services, session)
        if first.set_up_at is not None:
            return None
        first.setup_hash = _hash(code)
    return code


def is_set_up(services: Services) -> bool:
    """Whether somebody has taken the installation over."""
    with services.store.read() as session:
        return session.scalar(select(PersonRow.id).where(PersonRow.set_up_at.is_not(None)).limit(1)) is not None


def set_up(services: Services, code: str, name: str) -> SignedIn:
    """Takes the installation over: the first person, who may do everything.

    Raises:
        SignInFailed: the code is wrong or used.
        Invalid: the name is empty or too long.
        TooMany: too many tries.
    """
    services.limits.spend("set-up", 10, 60.0)
    if not 0 < len(name.strip()) <= 200:
        raise Invalid(["name must have 1 to 200 characters"])
    with services.store.write() as session:
        first = _first(services, session)
        if first.setup_hash is None or not hmac.compare_digest(first.setup_hash, _hash(code.strip().lower())):
            raise SignInFailed(_NO_ENTRY)
        first.name, first.set_up_at, first.setup_hash = name.strip(), services.now(), None
        return SignedIn(person=_person(first), token=_issue(services, session, first, "browser"))


def sign_in(services: Services, kind: str, options: Mapping[str, str]) -> SignedIn:
    """Signs in with the account somebody has in a library that an admin has connected.

    Who has no place here yet gets one, with that library connected. From the first time on the account is that
    person's for good. Until then it belongs to whoever connected it first, but to an administrator only if it is the
    account of the first library they connected: every other one may be somebody else's whose albums they trace.

    Raises:
        SignInFailed: no admin has connected a library at that address; nothing was sent there.
        adapters.library.LibraryError: the library refuses the account.
        TooMany: too many tries.
    """
    from connector.actions import connections  # which imports this module

    services.limits.spend("sign-in", 60, 60.0)
    found = adapters.kind(kind)
    address = connections.address_of(found, options)
    if not any(option.secret for option in found.options) or not _is_known(services, found, address):
        raise SignInFailed("no administrator has connected a library at that address")
    services.limits.spend(f"sign-in {address} {options.get('user', '')}", 5, 60.0)
    account = connections.try_out(services, found, options)
    if not account.is_person:
        raise SignInFailed("this credential does not say who you are: sign in with an account of your own there")
    with services.store.write() as session:
        row = _person_with(services, session, found, address, account.id)
        if row is None:
            row = _new_person(services, session, account.name, is_admin=False)
        _mark(services, session, _sign_in(kind, address, account.id), row.id)
        connections.keep(services, session, row.id, connections.Wanted(None, kind, dict(options), account))
        return SignedIn(person=_person(row), token=_issue(services, session, row, "browser"))


def sign_in_by_token(services: Services, token: str) -> SignedIn:
    """A browser session for whoever holds a program's token.

    Raises:
        SignInFailed: nobody does.
    """
    services.limits.spend("token", 60, 60.0)
    person = person_of(services, token)
    if person is None:
        raise SignInFailed(_NO_ENTRY)
    with services.store.write() as session:
        return SignedIn(
            person=person, token=_issue(services, session, session.get_one(PersonRow, person.id), "browser")
        )


def person_of(services: Services, token: str) -> Person | None:
    """Whose token that is; None: nobody's, or it has expired."""
    with services.store.read() as session:
        row = session.get(TokenRow, _hash(token))
        if row is None or (row.expires_at is not None and row.expires_at <= services.now()):
            return None
        return _person(session.get_one(PersonRow, row.owner))


def sign_out(services: Services, token: str) -> None:
    """Ends a token; one that is nobody's is no error."""
    with services.store.write() as session:
        row = session.get(TokenRow, _hash(token))
        if row is not None:
            session.delete(row)


def new_token(services: Services, person: Person, label: str) -> str:
    """A token for a program, without end. Shown once."""
    with services.store.write() as session:
        return _issue(services, session, session.get_one(PersonRow, person.id), label, lasts=None)


def account_of(services: Services, kind: str, account_id: str, name: str) -> Person:
    """The person whom another program that runs us vouches for (an external app's header); made when new."""
    said = f"account {kind} {account_id}"
    with services.store.write() as session:
        row = _marked(session, said)
        if row is None:
            row = _new_person(services, session, name, is_admin=False)
            _mark(services, session, said, row.id)
        return _person(row)


def settle_account(services: Services, session: Session, owner_id: str) -> None:
    """An administrator's account, once and for all: that of the first library they connected. To be called when they
    connect one and before they take one away. Other people's is what they signed in with."""
    from connector.actions import connections  # as above

    if not session.get_one(PersonRow, owner_id).is_admin or _has_account(session, owner_id):
        return
    first = connections.first_account(services, session, owner_id)
    if first is not None:
        _mark(services, session, _sign_in(*first), owner_id)


def preferences(services: Services, owner: Person) -> Preferences:
    """What the person prefers."""
    with services.store.read() as session:
        return Preferences(**session.get_one(PersonRow, owner.id).preferences)


def set_preferences(services: Services, owner: Person, changes: Mapping[str, Any]) -> Preferences:
    """Changes what is named in ``changes`` (``lang``, ``units``, ``style``).

    Raises:
        Invalid: with all that is wrong.
    """
    problems = [f"there is no preference {name!r}" for name in changes if name not in ("lang", "units", "style")]
    if changes.get("lang") not in (None, *LANGS):
        problems.append(f"lang must be one of {', '.join(LANGS)}")
    if changes.get("units", "metric") not in UNITS:
        problems.append(f"units must be one of {', '.join(UNITS)}")
    if not isinstance(changes.get("style"), str | None):
        problems.append("style must be the id of a style")
    if problems:
        raise Invalid(problems)
    with services.store.write() as session:
        row = session.get_one(PersonRow, owner.id)
        row.preferences = {**row.preferences, **changes}
        return Preferences(**row.preferences)


def require_admin(person: Person) -> None:
    """Raises Forbidden unless the person looks after this installation."""
    if not person.is_admin:
        raise Forbidden("only the administrator of this installation may do that")


def _is_known(services: Services, kind: Kind, address: str) -> bool:
    from connector.actions import connections  # as above

    with services.store.read() as session:
        admins = set(session.scalars(select(PersonRow.id).where(PersonRow.is_admin)))
        return any(row.owner in admins for row in connections.at_address(session, kind, address))


def _person_with(services: Services, session: Session, kind: Kind, address: str, account_id: str) -> PersonRow | None:
    """Whose account that is (see :func:`sign_in`); None: of nobody who is here."""
    from connector.actions import connections  # as above

    there = connections.at_address(session, kind, address)
    owners = list(dict.fromkeys(row.owner for row in there if row.account_id == account_id))
    for owner_id in owners:
        settle_account(services, session, owner_id)  # of an installation older than the marks
    marked = _marked(session, _sign_in(kind.name, address, account_id))
    if marked is not None:
        return marked
    people = [session.get_one(PersonRow, owner_id) for owner_id in owners]
    return next((row for row in people if not row.is_admin), None)


def _sign_in(kind: str, address: str, account_id: str) -> str:
    return f"sign-in {kind} {address} {account_id}"


def _mark(services: Services, session: Session, said: str, owner_id: str) -> None:
    """Keeps who somebody is; what was kept before stays."""
    now = services.now()
    if session.get(TokenRow, _hash(said)) is None:
        session.add(TokenRow(hash=_hash(said), owner=owner_id, label=ACCOUNT, created_at=now, expires_at=now))
        session.flush()


def _marked(session: Session, said: str) -> PersonRow | None:
    mark = session.get(TokenRow, _hash(said))
    return session.get_one(PersonRow, mark.owner) if mark is not None else None


def _has_account(session: Session, owner_id: str) -> bool:
    marks = select(TokenRow.hash).where(TokenRow.owner == owner_id, TokenRow.label == ACCOUNT)
    return session.scalar(marks.limit(1)) is not None


def _first(services: Services, session: Session) -> PersonRow:
    found = session.scalar(select(PersonRow).where(PersonRow.is_admin).order_by(PersonRow.created_at))
    return found or _new_person(services, session, "Administrator", is_admin=True)


def _new_person(services: Services, session: Session, name: str, *, is_admin: bool) -> PersonRow:
    row = PersonRow(id=new_id(), name=name[:200], is_admin=is_admin, preferences={}, created_at=services.now())
    session.add(row)
    session.flush()
    return row


def _issue(
    services: Services, session: Session, row: PersonRow, label: str, lasts: timedelta | None = SESSION_LASTS
) -> str:
    token, now = secrets.token_urlsafe(32), services.now()
    expires_at = now + lasts if lasts is not None else None
    session.add(TokenRow(hash=_hash(token), owner=row.id, label=label, created_at=now, expires_at=expires_at))
    return token


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _person(row: PersonRow) -> Person:
    return Person(id=row.id, name=row.name, is_admin=row.is_admin)


def kinds() -> tuple[Kind, ...]:
    """Every kind of library that can be connected; one whose module is not installed is left out."""
    found = []
    for name in adapters.names():
        try:
            found.append(adapters.kind(name))
        except (BadSettings, ModuleNotFoundError):
            continue
    return tuple(found)
