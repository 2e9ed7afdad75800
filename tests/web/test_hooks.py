"""Calls from outside: whoever has the right address is always let in, and a thousand calls are one look."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from base64 import b64decode, b64encode
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from connector.actions import watch
from connector.actions.queue import Inline
from connector.actions.services import Services
from connector.store.tables import WatchedAlbumRow
from tests.web.conftest import Browser, Clock


@pytest.fixture
def hook(anna: Browser, connection_id: str) -> dict[str, Any]:
    made = anna.post(f"/connections/{connection_id}/hook", {})
    assert made.status_code == 200, made.text
    return {**made.json, "path": made.json["url"].removeprefix("http://localhost")}


def signed(secret: str, call_id: str, body: bytes, at: float) -> dict[str, str]:
    key = b64decode(secret.removeprefix("whsec_"))
    text = f"{call_id}.{int(at)}.".encode() + body
    digest = b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
    return {"webhook-id": call_id, "webhook-timestamp": str(int(at)), "webhook-signature": f"v1,{digest}"}


def test_a_thousand_calls_make_one_trace(
    anna: Browser, stranger: Browser, connection_id: str, hook: dict[str, Any], services: Services, clock: Clock
) -> None:
    assert anna.ask("PUT", f"/api/v1/connections/{connection_id}/watch", json={"every": True}).status_code == 200
    answers = {stranger.ask("POST", hook["path"], json={"album": "walk"}).status_code for _ in range(1000)}
    assert answers == {202}
    for _ in range(4):
        clock.ahead += timedelta(minutes=10)
        watch.look_at_due(services)
    made = anna.get("/traces").json
    assert [(each["album_ids"], each["state"]) for each in made] == [(["walk"], "done")]
    assert isinstance(services.queue, Inline)
    assert len(services.queue._done) == 1  # the jobs that ran


def test_a_signed_call_counts_once(stranger: Browser, hook: dict[str, Any]) -> None:
    body = b'{"album": "walk"}'
    headers = signed(hook["secret"], "call-1", body, time.time())
    first = stranger.ask("POST", hook["path"], data=body, headers=headers)
    again = stranger.ask("POST", hook["path"], data=body, headers=headers)
    assert (first.status_code, first.json["outcome"]) == (202, "taken")
    assert (again.status_code, again.json["outcome"]) == (202, "repeated")


def test_a_call_signed_wrongly_is_refused(stranger: Browser, hook: dict[str, Any]) -> None:
    body, now = b'{"album": "walk"}', time.time()
    right = signed(hook["secret"], "call-1", body, now)
    wrong = [
        ({**right, "webhook-signature": "v1,AAAA"}, body),
        (right, b'{"album":  "walk"}'),
        (signed(hook["secret"], "call-1", body, now - 400), body),
        ({**right, "webhook-timestamp": "soon"}, body),
        ({"x-hub-signature-256": "sha256=00"}, body),
        ({"x-hub-signature-256": "sha256=\xe9"}, body),
        ({"x-tracer-secret": "guess"}, body),
        ({"authorization": "Bearer guess"}, body),
    ]
    for headers, said in wrong:
        assert stranger.ask("POST", hook["path"], data=said, headers=headers).status_code == 403, headers


@pytest.mark.parametrize("body", [b"", b"not json", b"[1, 2]", b'{"album": 5}', b"\xff\xfe", b"null"])
def test_a_call_may_say_anything(stranger: Browser, hook: dict[str, Any], body: bytes) -> None:
    assert stranger.ask("POST", hook["path"], data=body).status_code == 202


def test_a_call_of_more_than_20_kilobytes_is_not_read(stranger: Browser, hook: dict[str, Any]) -> None:
    fits = json.dumps({"album": "x" * 19_900}).encode()
    assert stranger.ask("POST", hook["path"], data=fits).status_code == 202
    assert stranger.ask("POST", hook["path"], data=fits + b" " * 200).status_code == 413


def test_a_call_names_a_hundred_albums_at_most(
    stranger: Browser, connection_id: str, hook: dict[str, Any], services: Services
) -> None:
    assert stranger.ask("POST", hook["path"], json={"albums": [f"album {n}" for n in range(300)]}).status_code == 202
    with services.store.read() as session:
        assert len(session.scalars(select(WatchedAlbumRow.album_id)).all()) == 100


def test_strangers_are_slowed_down_and_the_others_are_not(stranger: Browser, hook: dict[str, Any]) -> None:
    answers = [stranger.ask("POST", f"/hooks/guess-{n}", json={}).status_code for n in range(70)]
    assert set(answers[:60]) == {404}
    assert set(answers[60:]) == {429}
    assert stranger.ask("POST", hook["path"], json={}).status_code == 202


def test_a_hook_ends(anna: Browser, stranger: Browser, connection_id: str, hook: dict[str, Any]) -> None:
    assert anna.ask("DELETE", f"/api/v1/connections/{connection_id}/hook").status_code == 204
    assert stranger.ask("POST", hook["path"], json={}).status_code == 404
