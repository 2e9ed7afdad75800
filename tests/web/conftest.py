"""A real service over a temporary SQLite file, a folder of photos and the suite's own town; two people in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from connector.actions import people
from connector.actions.services import Services, open_services
from connector.settings import Settings
from connector.web.app import create_app
from tests.web.album import write_album

API = "/api/v1"


@dataclass
class Browser:
    """Somebody who asks by token, as programs do."""

    client: FlaskClient
    token: str | None = None

    def ask(self, method: str, path: str, **more: Any) -> TestResponse:
        headers = dict(more.pop("headers", None) or {})
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token}"
        return self.client.open(path, method=method, headers=headers, **more)

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.ask("GET", API + path, **more)

    def post(self, path: str, json: Any = None, **more: Any) -> TestResponse:
        return self.ask("POST", API + path, json=json, **more)


@pytest.fixture
def settings(tmp_path: Path, tiny_maps: Path) -> Settings:
    data = tmp_path / "data"
    data.mkdir()
    (data / "maps").symlink_to(tiny_maps)
    return Settings(data=data, base_url="http://localhost", router_threads=1, allowed_networks=("127.0.0.0/8",))


class Clock:
    """The time of day, which a test may put forward."""

    ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


class Later:
    """A queue whose work somebody else does, when the test says so."""

    def __init__(self) -> None:
        self.waiting: list[str] = []

    def enqueue(self, job_id: str, trace_id: str) -> None:
        self.waiting.append(trace_id)

    def cancel(self, job_id: str) -> None:
        self.waiting.clear()

    def workers(self) -> int:
        return 0


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def services(settings: Settings, clock: Clock) -> Iterator[Services]:
    with open_services(settings) as opened:
        yield replace(opened, now=clock)


@pytest.fixture
def app(services: Services) -> Flask:
    made = create_app(services)
    made.testing = True
    return made


@pytest.fixture
def stranger(app: Flask) -> Browser:
    return Browser(app.test_client(use_cookies=False))


@pytest.fixture
def anna(app: Flask, services: Services) -> Browser:
    """The administrator."""
    code = people.setup_code(services)
    assert code is not None
    entered = people.set_up(services, code, "Anna")
    return Browser(app.test_client(use_cookies=False), entered.token)


@pytest.fixture
def ben(app: Flask, services: Services, anna: Browser) -> Browser:
    """Somebody else, who has nothing."""
    person = people.account_of(services, "test", "ben", "Ben")
    return Browser(app.test_client(use_cookies=False), people.new_token(services, person, "test"))


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """A folder with one album, ``walk``."""
    write_album(tmp_path / "photos" / "walk")
    return tmp_path / "photos"


@pytest.fixture
def connection_id(anna: Browser, library: Path) -> str:
    """Anna's folder, connected."""
    made = anna.post("/connections", {"name": "home", "kind": "folder", "options": {"path": str(library)}})
    assert made.status_code == 201, made.text
    return str(made.json["id"])


@pytest.fixture
def trace_id(anna: Browser, connection_id: str) -> str:
    """Anna's trace of the album, made."""
    made = anna.post("/traces", {"connection_id": connection_id, "albums": ["walk"]})
    assert made.status_code == 202, made.text
    return str(made.json["id"])
