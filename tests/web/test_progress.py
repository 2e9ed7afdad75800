"""Progress as a stream of events: what it says, when it ends, how many one person may hold."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from connector.actions import people, pull
from connector.actions.services import Services
from connector.web.api import progress as streams
from connector.web.app import create_app
from tests.web.conftest import API, Browser, Later


@pytest.fixture
def later(services: Services) -> Services:
    return replace(services, queue=Later())


@pytest.fixture
def patient(later: Services, anna: Browser, connection_id: str) -> tuple[FlaskClient, str, dict[str, str]]:
    """A client, a trace that waits to be made, and Anna's headers."""
    app = create_app(later)
    client, headers = app.test_client(), {"Authorization": f"Bearer {anna.token}"}
    made = client.post(f"{API}/traces", json={"connection_id": connection_id, "albums": ["walk"]}, headers=headers)
    return client, made.json["id"], headers


def events(text: str) -> list[dict[str, Any]]:
    return [json.loads(line.removeprefix("data: ")) for line in text.splitlines() if line.startswith("data: ")]


def test_a_trace_that_is_done_ends_the_stream_at_once(anna: Browser, trace_id: str) -> None:
    answer = anna.get(f"/traces/{trace_id}/progress")
    assert answer.mimetype == "text/event-stream"
    assert answer.headers["X-Accel-Buffering"] == "no"
    assert answer.text.startswith(": ping\nretry: ")
    (said,) = events(answer.text)
    assert (said["state"], said["found"], said["legs"], said["done"], said["total"]) == ("done", 6, 4, 4, 4)


def test_a_stream_tells_what_happens_meanwhile(
    patient: tuple[FlaskClient, str, dict[str, str]], later: Services
) -> None:
    client, trace_id, headers = patient
    work = threading.Timer(0.7, lambda: pull.run(later, trace_id))
    work.start()
    answer = client.get(f"{API}/traces/{trace_id}/progress", headers=headers)
    work.join()
    states = [said["state"] for said in events(answer.text)]
    assert states[0] == "waiting"
    assert states[-1] == "done"


def test_a_stream_ends_when_its_trace_is_taken_away(patient: tuple[FlaskClient, str, dict[str, str]]) -> None:
    client, trace_id, headers = patient
    gone = threading.Timer(0.7, lambda: client.delete(f"{API}/traces/{trace_id}", headers=headers))
    gone.start()
    answer = client.get(f"{API}/traces/{trace_id}/progress", headers=headers)
    assert [said["state"] for said in events(answer.text)] == ["waiting"]
    gone.join()


def test_a_stream_ends_after_a_while(patient: tuple[FlaskClient, str, dict[str, str]]) -> None:
    client, trace_id, headers = patient
    client.application.config[streams.PACE] = streams.Pace(longest_s=1.2, ping_every_s=0.4)
    answer = client.get(f"{API}/traces/{trace_id}/progress", headers=headers)
    assert answer.text.count(": ping") >= 2
    assert [said["state"] for said in events(answer.text)] == ["waiting"]


def test_one_person_holds_only_so_many_streams(
    patient: tuple[FlaskClient, str, dict[str, str]], later: Services, app: Flask
) -> None:
    client, trace_id, headers = patient
    path = f"{API}/traces/{trace_id}/progress"
    held = [client.get(path, headers=headers, buffered=False) for _ in range(streams.MOST_STREAMS)]
    refused = client.get(path, headers=headers)
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    held.pop().close()
    allowed = client.get(path, headers=headers, buffered=False)
    assert allowed.status_code == 200
    allowed.close()
    for each in held:
        each.close()
    assert people.person_of(later, headers["Authorization"].removeprefix("Bearer ")) is not None
