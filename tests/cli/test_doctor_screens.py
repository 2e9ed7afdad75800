"""What `doctor` shows of a connection that is well, and of each way it can be ill: step, finding, what to do."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from adapters.testing import Fault
from connector.actions import connections, people
from connector.actions.services import open_services
from connector.settings import Settings
from connector.store.tables import ConnectionRow
from tests.adapters.fake_immich import KEY, FakeImmich
from tests.adapters.nextcloud.fake import FakeNextcloud
from tests.adapters.servers import Environ, Misbehaving, StartResponse, self_signed, serving
from tests.cli.test_commands import Terminal, terminal
from tests.metadata import made

__all__ = ["terminal"]

APP_PASSWORD = "sentinel-app-password"


@dataclass
class Server:
    """A server that was well when it was connected."""

    fake: FakeImmich | FakeNextcloud
    front: Misbehaving
    secret: str


@pytest.fixture(params=["immich", "nextcloud"])
def server(request: pytest.FixtureRequest, terminal: Terminal) -> Iterator[Server]:
    fake: FakeImmich | FakeNextcloud = (
        FakeImmich("3.1.0") if request.param == "immich" else FakeNextcloud({"alice": APP_PASSWORD})
    )
    front = Misbehaving(fake)
    with serving(front) as url:
        if isinstance(fake, FakeImmich):
            from adapters.testing import Photo

            fake.fill([Photo("IMG_1.jpg", made.jpeg())])
            words, secret = ["immich", "--url", url, "--api-key", KEY], KEY
        else:
            fake.put("alice", "Walk/IMG_1.jpg", made.jpeg())
            words, secret = ["nextcloud", "--url", url, "--user", "alice", "--password", APP_PASSWORD], APP_PASSWORD
        terminal.run("connect", *words, "--name", "home")
        yield Server(fake, front, secret)


def lose_the_key(server: Server) -> None:
    server.front.fault = Fault.UNAUTHORIZED


def lose_a_scope(server: Server) -> None:
    if isinstance(server.fake, FakeImmich):
        server.fake.permissions = ["album.read", "user.read"]
    else:
        server.front.fault = Fault.FORBIDDEN


def be_somebody_else(server: Server) -> None:
    server.front.fault = Fault.PAGE


def be_down(server: Server) -> None:
    server.front.fault = Fault.DOWN


def test_all_is_well(server: Server, terminal: Terminal) -> None:
    said = terminal.run("doctor", "home").stdout
    assert "ok " in said
    assert "NO " not in said
    assert server.secret not in said


@pytest.mark.parametrize("ail", [lose_the_key, lose_a_scope, be_somebody_else, be_down])
def test_each_trouble_names_what_to_do(server: Server, terminal: Terminal, ail: Callable[[Server], None]) -> None:
    ail(server)
    done = terminal.run("doctor", "home", code=1)
    failed = [n for n, line in enumerate(done.stdout.splitlines()) if line.strip().startswith("NO ")]
    assert failed
    advice = done.stdout.splitlines()[failed[0] + 1]
    assert advice.startswith("       ")
    assert len(advice.strip()) > 15
    assert "the lines above say what to do" in done.stderr
    assert server.secret not in done.output
    checks = terminal.run("doctor", "home", "--json", code=1).stdout
    assert '"ok": false' in checks


def test_nothing_at_the_address(server: Server, terminal: Terminal) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        with open_services(Settings(data=terminal.data, allowed_networks=("127.0.0.0/8",))) as services:
            (found,) = connections.connections(services, people.local(services))
            with services.store.write() as session:
                row = session.get_one(ConnectionRow, found.id)
                options = json.loads(services.vault.open(row.sealed, "connection", row.id, row.owner))
                row.sealed = services.vault.seal(
                    json.dumps({**options, "url": closed}), "connection", row.id, row.owner
                )
        said = terminal.run("doctor", "home", code=1).stdout
    assert "nothing answers at 127.0.0.1" in said
    assert "is the port right?" in said


def be_old(server: Server) -> str:
    """It says that it is older than anything that is spoken to; gives what it says."""
    if isinstance(server.fake, FakeImmich):
        server.fake.major, server.fake.version = 1, "1.100.0"
        return "1.100.0"
    status = {"installed": True, "maintenance": False, "version": "27.1.11.3", "versionstring": "27.1.11"}
    body, inner = json.dumps(status).encode(), server.fake

    def old(environ: Environ, start: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] != "/status.php":
            return inner(environ, start)
        start("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]

    server.front.app = old
    return "27.1.11"


def test_too_old_a_server(server: Server, terminal: Terminal) -> None:
    version = be_old(server)
    said = terminal.run("doctor", "home", code=1).stdout
    failed = next(line for line in said.splitlines() if line.strip().startswith("NO "))
    assert version in failed
    assert "pdate" in said


@pytest.mark.parametrize("kind", ["immich", "nextcloud"])
def test_a_certificate_nobody_knows(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    certificate = self_signed(tmp_path)
    fake = FakeImmich("3.1.0") if kind == "immich" else FakeNextcloud({"alice": APP_PASSWORD})
    with serving(fake, certificate) as url:
        secret = ["--api-key", KEY] if kind == "immich" else ["--user", "alice", "--password", APP_PASSWORD]
        words = ("connect", kind, "--url", url, *secret, "--name", "home")
        assert "is not trusted" in terminal.run(*words, code=1).stderr
        monkeypatch.setenv("TRACER_CA_FILE", str(certificate))
        terminal.run(*words)
        terminal.run("doctor", "home")
        monkeypatch.delenv("TRACER_CA_FILE")
        said = terminal.run("doctor", "home", code=1).stdout
    assert "TRACER_CA_FILE" in said
