"""Telling people and programs that a trace is ready: a signed call, and whatever Apprise reaches."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from sqlalchemy import delete, select

from connector.actions.errors import Forbidden, Invalid, NotFound
from connector.actions.people import Person
from connector.actions.services import Services, new_id
from connector.store.tables import NoticeRow

TRIES = 3
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Whom to tell. ``where`` is the host of the address: the rest may hold secrets and is not shown."""

    id: str
    kind: str
    """``webhook`` or ``apprise``."""
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNotice:
    """A notice just made; ``secret`` (of a webhook) is shown once."""

    notice: Notice
    secret: str | None


def tell(services: Services, owner: Person, kind: str, address: str) -> NewNotice:
    """From now on tells that address when a trace of theirs is ready.

    ``webhook``: a Standard-Webhooks-signed POST. ``apprise``: any address Apprise knows (the extra ``notify``); it asks
    by itself, past `connector.net` and the networks that are allowed, and so is the administrator's alone.

    Raises:
        Forbidden: Apprise, and they are not the administrator.
        Invalid: the address cannot be used.
    """
    if kind == "apprise":
        _check_may(owner)
    problems = _problems(kind, address)
    if problems:
        raise Invalid(problems)
    secret = f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}" if kind == "webhook" else None
    row_id, said = new_id(), json.dumps({"kind": kind, "address": address, "secret": secret})
    sealed = services.vault.seal(said, "notice", row_id, owner.id)
    with services.store.write() as session:
        session.add(NoticeRow(id=row_id, owner=owner.id, sealed=sealed, created_at=services.now()))
    return NewNotice(notice=Notice(id=row_id, kind=kind, where=_where(address)), secret=secret)


def notices(services: Services, owner: Person) -> tuple[Notice, ...]:
    """Whom they want told."""
    return tuple(
        Notice(id=row_id, kind=said["kind"], where=_where(said["address"])) for row_id, said in _all(services, owner)
    )


def forget(services: Services, owner: Person, notice_id: str) -> None:
    """Tells that address no more.

    Raises:
        NotFound: they have none of that id.
    """
    with services.store.write() as session:
        mine = (NoticeRow.id == notice_id, NoticeRow.owner == owner.id)
        if session.scalar(select(NoticeRow.id).where(*mine)) is None:
            raise NotFound("notice")
        session.execute(delete(NoticeRow).where(*mine))


def ready(services: Services, owner: Person, event_id: str, said: Mapping[str, Any]) -> tuple[str, ...]:
    """Tells everybody; what could not be told, one sentence each. ``event_id`` is the same when it is told again."""
    problems = []
    for _, notice in _all(services, owner):
        where = _where(notice["address"])
        try:
            if notice["kind"] == "webhook":
                call(services, notice["address"], notice["secret"], event_id, said)
            else:
                _check_may(owner)  # one may be left from when everybody might
                _apprise(notice["address"], said)
        except (requests.RequestException, OSError, Failed, Forbidden) as error:
            problems.append(f"{where} could not be told: {type(error).__name__}")
            _log.warning("%s could not be told that a trace is ready (%s)", where, type(error).__name__)
    return tuple(problems)


class Failed(Exception):
    """The address answered, and not with yes."""


def call(services: Services, address: str, secret: str, event_id: str, said: Mapping[str, Any]) -> None:
    """One signed call (Standard Webhooks 1.0.0), tried again a few times.

    Raises:
        Failed, requests.RequestException, OSError: it did not arrive.
    """
    body = json.dumps({"type": "trace.ready", "timestamp": services.now().isoformat(), "data": dict(said)}).encode()
    for tries in range(TRIES):
        stamp = str(int(services.now().timestamp()))
        headers = {
            "content-type": "application/json",
            "webhook-id": event_id,
            "webhook-timestamp": stamp,
            "webhook-signature": sign(secret, event_id, stamp, body),
        }
        try:
            answer = services.net.session().post(address, data=body, headers=headers, timeout=(5, 15))
        except requests.RequestException:
            if tries == TRIES - 1:
                raise
        else:
            if answer.status_code < 300:
                return
            if answer.status_code < 500 or tries == TRIES - 1:
                raise Failed(f"it answered {answer.status_code}")
        time.sleep(0.5 * 4**tries)


def sign(secret: str, event_id: str, stamp: str, body: bytes) -> str:
    """The signature of a call by Standard Webhooks: ``v1,`` and base64."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, f"{event_id}.{stamp}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def _check_may(owner: Person) -> None:
    if not owner.is_admin:
        raise Forbidden("only the administrator may use Apprise, which reaches into this network; take a webhook")


def _apprise(address: str, said: Mapping[str, Any]) -> None:
    import apprise  # the extra `notify`

    told = apprise.Apprise()
    told.add(address)
    if not told.notify(title=f"{said['title']} is traced", body=str(said.get("url") or said["title"])):
        raise Failed("Apprise could not deliver it")


def _problems(kind: str, address: str) -> Sequence[str]:
    if kind == "webhook":
        parts = urlsplit(address)
        return [] if parts.scheme in ("http", "https") and parts.hostname else ["the address must begin with https://"]
    if kind != "apprise":
        return ["a notice is a webhook or apprise"]
    try:
        import apprise  # the extra `notify`
    except ImportError:
        return ["Apprise is not installed: pip install 'image-tracer[notify]'"]
    return [] if apprise.Apprise().add(address) else ["Apprise does not know that kind of address"]


def _where(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.hostname}" if parts.scheme in ("http", "https") else f"{parts.scheme}:"


def _all(services: Services, owner: Person) -> list[tuple[str, dict[str, Any]]]:
    with services.store.read() as session:
        rows = session.scalars(select(NoticeRow).where(NoticeRow.owner == owner.id)).all()
    return [(row.id, json.loads(services.vault.open(row.sealed, "notice", row.id, owner.id))) for row in rows]
