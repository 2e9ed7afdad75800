"""What `doctor` shows of a connection that is well, and of each way it can be ill: step, finding, what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from adapters.testing import Fault
from tests.adapters.fake_immich import KEY, FakeImmich
from tests.adapters.nextcloud.fake import FakeNextcloud
from tests.adapters.servers import Misbehaving, self_signed, serving
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


def test_too_old_a_server(terminal: Terminal) -> None:
    fake = FakeImmich("3.1.0")
    with serving(fake) as url:
        terminal.run("connect", "immich", "--url", url, "--api-key", KEY, "--name", "home")
        fake.major, fake.version = 1, "1.100.0"
        said = terminal.run("doctor", "home", code=1).stdout
    assert "NO " in said
    assert "1.100.0" in said


def test_a_certificate_nobody_knows(terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = self_signed(tmp_path)
    with serving(FakeImmich("3.1.0"), certificate) as url:
        words = ("connect", "immich", "--url", url, "--api-key", KEY, "--name", "home")
        assert "is not trusted" in terminal.run(*words, code=1).stderr
        monkeypatch.setenv("TRACER_CA_FILE", str(certificate))
        terminal.run(*words)
        terminal.run("doctor", "home")
        monkeypatch.delenv("TRACER_CA_FILE")
        said = terminal.run("doctor", "home", code=1).stdout
    assert "TRACER_CA_FILE" in said
