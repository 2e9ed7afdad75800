"""Calls from outside that say an album may have changed. They are hints: what they say is read again from the library.

The address itself is a secret (256 bits). A call may be signed as well (Standard Webhooks, ``X-Hub-Signature-256``) or
carry the hook's secret in a header; what is there must be right.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select

from connector.actions import connections, watch
from connector.actions.errors import Invalid, NotFound, SignInFailed
from connector.actions.notify import sign
from connector.actions.people import Person
from connector.actions.services import Services, new_id
from connector.store.tables import HookCallRow, HookRow, PersonRow

LARGEST_BODY = 20_000
WINDOW = timedelta(minutes=5)
_HEADERS = ("x-tracer-secret", "x-image-tracer-secret", "authorization")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """Where to call, and what to sign with (or to send in the header ``X-Tracer-Secret``). **Secret**, both."""

    id: str
    connection_id: str
    url: str
    secret: str
    installed: bool
    """The library itself was asked to call it."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a call: ``taken``, ``repeated`` when its id was seen before, ``unwatched`` when nothing of its
    library is traced by itself (any more)."""

    outcome: str


def hook(services: Services, owner: Person, connection_id: str) -> Hook:
    """The address that tells us of changes in that connection; made at the first time.

    Raises:
        NotFound: they have no such connection.
    """
    connections.connection(services, owner, connection_id)
    with services.store.read() as session:
        row = session.scalar(select(HookRow).where(HookRow.connection_id == connection_id))
    if row is not None:
        return _hook(services, row)
    row_id, token = new_id(), secrets.token_urlsafe(32)
    secret = f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"
    sealed = services.vault.seal(json.dumps({"token": token, "secret": secret}), "hook", row_id, owner.id)
    row = HookRow(
        id=row_id,
        owner=owner.id,
        connection_id=connection_id,
        token_hash=_hash(token),
        sealed=sealed,
        created_at=services.now(),
    )
    with services.store.write() as session:
        session.add(row)
    return _hook(services, row)


def install(services: Services, owner: Person, connection_id: str) -> Hook:
    """Asks the library itself to call us.

    Raises:
        NotFound: they have no such connection.
        Invalid: that library, or that credential, cannot.
        adapters.library.LibraryError: it refuses.
    """
    made = hook(services, owner, connection_id)
    with connections.library(services, owner, connection_id) as library:
        if library.watch is None:
            raise Invalid(
                ["this library cannot call us, or this credential may not ask it to; it is looked at instead"]
            )
        provider_id = library.watch.install(made.url, made.secret)
    with services.store.write() as session:
        row = session.get_one(HookRow, made.id)
        row.provider_hook_id = provider_id
        return _hook(services, row)


def remove(services: Services, owner: Person, connection_id: str) -> None:
    """Ends the address; the library is asked to call it no more.

    Raises:
        NotFound: they have no such connection, or it has no hook.
    """
    connections.connection(services, owner, connection_id)
    with services.store.read() as session:
        row = session.scalar(select(HookRow).where(HookRow.connection_id == connection_id))
    if row is None:
        raise NotFound("hook")
    if row.provider_hook_id is not None:
        with connections.library(services, owner, connection_id) as library:
            if library.watch is not None:
                library.watch.remove(row.provider_hook_id)
    with services.store.write() as session:
        session.execute(delete(HookRow).where(HookRow.id == row.id))


def take(services: Services, token: str, headers: Mapping[str, str], body: bytes) -> Taken:
    """Takes a call. Fast: it only notes that a look is due. ``headers``: names in any case.

    Raises:
        NotFound: nobody's address.
        TooMany: strangers have tried too many addresses.
        SignInFailed: its signature or its secret is wrong, or it is too old.
        Invalid: its body is too large.
    """
    with services.store.read() as session:
        row = session.scalar(select(HookRow).where(HookRow.token_hash == _hash(token)))
    if row is None:
        services.limits.spend("strange hooks", 60, 60.0)
        raise NotFound("hook")
    if len(body) > LARGEST_BODY:
        raise Invalid([f"a call has at most {LARGEST_BODY} bytes"])
    said = {name.lower(): value for name, value in headers.items()}
    secret = json.loads(services.vault.open(row.sealed, "hook", row.id, row.owner))["secret"]
    call_id = _checked(services, secret, said, body)
    if call_id is not None and not _is_new(services, row, call_id):
        return Taken("repeated")
    with services.store.read() as session:
        person = session.get_one(PersonRow, row.owner)
    owner = Person(id=person.id, name=person.name, is_admin=person.is_admin)
    return Taken("taken" if watch.hint(services, owner, row.connection_id, _albums(body)) else "unwatched")


def _checked(services: Services, secret: str, headers: Mapping[str, str], body: bytes) -> str | None:
    """The id of a signed call; None: it is not signed, and what else it carries is right."""
    if "webhook-signature" in headers:
        return _standard(services, secret, headers, body)
    if "x-hub-signature-256" in headers:
        right = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        _must(hmac.compare_digest(right.encode(), headers["x-hub-signature-256"].encode()))
        return None
    for name in _HEADERS:
        if name in headers:
            given = headers[name].removeprefix("Bearer ").strip()
            _must(hmac.compare_digest(secret.encode(), given.encode()))
    return None


def _standard(services: Services, secret: str, headers: Mapping[str, str], body: bytes) -> str:
    """Standard Webhooks 1.0.0."""
    call_id, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    _must(0 < len(call_id) <= 255 and stamp.isascii() and stamp.isdigit() and len(stamp) < 15)
    _must(abs(services.now().timestamp() - int(stamp)) <= WINDOW.total_seconds())
    right = sign(secret, call_id, stamp, body)
    _must(any(hmac.compare_digest(right, each) for each in headers["webhook-signature"].split() if each.isascii()))
    return call_id


def _must(right: bool) -> None:
    if not right:
        raise SignInFailed("the call is not signed as agreed, or it is too old")


def _is_new(services: Services, row: HookRow, call_id: str) -> bool:
    now = services.now()
    with services.store.write() as session:
        session.execute(delete(HookCallRow).where(HookCallRow.at < now - 2 * WINDOW))
        if session.get(HookCallRow, (row.id, call_id)) is not None:
            return False
        session.add(HookCallRow(hook_id=row.id, call_id=call_id, owner=row.owner, at=now))
        return True


def _albums(body: bytes) -> tuple[str, ...]:
    """The albums a call of our own form names: ``{"album": id}``. A provider's call only says that something changed,
    and the look finds out what."""
    try:
        said = json.loads(body or b"null")
    except (ValueError, UnicodeDecodeError):
        said = None
    if isinstance(said, dict) and set(said) <= {"album", "albums"} and said:
        named = [said.get("album"), *(said.get("albums") or [])]
        return tuple(each for each in named if isinstance(each, str) and each)[:100]
    return ()


def _hook(services: Services, row: HookRow) -> Hook:
    said = json.loads(services.vault.open(row.sealed, "hook", row.id, row.owner))
    return Hook(
        id=row.id,
        connection_id=row.connection_id,
        url=f"{services.settings.address}/hooks/{said['token']}",
        secret=said["secret"],
        installed=row.provider_hook_id is not None,
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
