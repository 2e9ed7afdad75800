"""Sign-in by the server's own page, from the first request to the revocation, on recorded answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from adapters.library import BadReply, NotFound, Unauthorized
from adapters.nextcloud import KIND
from adapters.nextcloud.login import LIFE_S, LoginFlowV2
from connector.actions import connections, people
from connector.actions.services import open_services
from connector.net import GuardedNet, Policy
from connector.settings import Settings
from tests.adapters.nextcloud.fake import FakeNextcloud
from tests.adapters.nextcloud.recorded import SERVER, Recorded, Variant
from tests.adapters.servers import Environ, Misbehaving, StartResponse, serving


def test_from_the_first_request_to_the_last() -> None:
    net = Recorded(
        "loginflow2_init",
        "loginflow2_poll_pending",
        "loginflow2_poll_pending",
        "loginflow2_poll_done",
        "loginflow2_poll_again",
        "ocs_user",
        "apppassword_delete",
    )
    flow = KIND.login_flow
    assert flow is not None
    started = flow.start(SERVER + "/index.php/apps/files/", net)
    assert started.login_url == f"{SERVER}/login/v2/flow/<redacted>"
    assert "<redacted>" not in repr(net.asked[0])
    assert flow.poll(started.state, net) is None
    assert flow.poll(started.state, net) is None
    options = flow.poll(started.state, net)
    assert options == {"url": SERVER, "user": "alice", "password": "<redacted>"}
    assert parse_qs(net.asked[1][3].decode()) == {"token": ["<redacted>"]}
    assert net.asked[0][2]["user-agent"] == "image-tracer", "it is the name the app password gets"
    assert flow.poll(started.state, net) is None, "it is given out once"

    library = KIND.open(options, net)
    assert library.account().name == "Alice A"
    flow.revoke(options, net)
    net.check()
    asked = len(net.asked)
    with pytest.raises(Unauthorized):
        library.account()
    assert len(net.asked) == asked, "a password that was given back was sent again"


def test_after_a_revocation_elsewhere_the_password_is_sent_once_and_never_again() -> None:
    net = Recorded("ocs_user", Variant("apppassword_after_delete", path="/remote.php/dav/files/alice/Photos"))
    library = KIND.open({"url": SERVER, "user": "alice", "password": "sentinel-revoked-elsewhere"}, net)
    for _ in range(3):
        with pytest.raises(Unauthorized):
            list(library.assets("folder:Photos"))
    again = KIND.open({"url": SERVER, "user": "alice", "password": "sentinel-revoked-elsewhere"}, net)
    with pytest.raises(Unauthorized, match="not tried again"):
        again.account()
    net.check()
    assert len(net.asked) == 2


def test_giving_back_what_is_gone_is_no_error() -> None:
    flow = LoginFlowV2()
    flow.revoke({"share_link": f"{SERVER}/s/abc"}, Recorded())
    fake = FakeNextcloud()
    with serving(fake) as url:
        net = GuardedNet(Policy(["127.0.0.0/8"]))
        flow.revoke({"url": url, "user": "alice", "password": "sentinel-withdrawn by the person"}, net)


def test_the_sign_in_ends_after_twenty_minutes() -> None:
    now = [1000.0]
    flow = LoginFlowV2(now=lambda: now[0])
    net = Recorded("loginflow2_init", "loginflow2_poll_pending", "loginflow2_poll_pending")
    started = flow.start(SERVER, net)
    now[0] += LIFE_S - 1
    assert flow.poll(started.state, net) is None
    now[0] += 2
    with pytest.raises(NotFound, match="20 minutes"):
        flow.poll(started.state, net)


def test_a_library_is_connected_by_it_and_the_password_given_back_at_the_end(tmp_path: Path) -> None:
    fake = FakeNextcloud({"bob": "sentinel-bobs"})
    with serving(fake) as url:
        settings = Settings(data=tmp_path / "data", router_threads=1, allowed_networks=("127.0.0.0/8",))
        with open_services(settings) as services:
            owner = people.local(services)
            begun = connections.start_login(services, owner, "nextcloud", url, "cloud")
            assert begun.login_url == url + "/login/v2/flow/<redacted>"
            assert connections.login(services, owner, begun.id).state == "waiting"
            fake.files["alice"] = {}
            fake.grant("alice", "sentinel-handed-out-" + "x" * 52)
            done = connections.login(services, owner, begun.id)
            assert done.state == "done"
            assert done.connection is not None
            assert done.connection.account_name == "Alice"
            assert connections.albums(services, owner, done.connection.id) == ()
            connections.disconnect(services, owner, done.connection.id)
            assert "alice" not in fake.people, "the app password still opens the account"
            assert connections.connections(services, owner) == ()
        kept = b"".join(path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file())
        assert b"sentinel-handed-out" not in kept


class _Answering:
    """A server that answers a sign-in as told."""

    def __init__(self) -> None:
        self.names = "http://elsewhere.test"
        self.path = ""
        self.asked: list[str] = []

    def __call__(self, environ: Environ, start: StartResponse) -> Iterator[bytes]:
        self.asked.append(environ["PATH_INFO"])
        at = self.names + self.path
        body = json.dumps(
            {"poll": {"token": "t" * 40, "endpoint": f"{at}/login/v2/poll"}, "login": f"{at}/login/v2/flow/x"}
        )
        if environ["PATH_INFO"].endswith("/poll"):
            body = json.dumps({"server": at, "loginName": "alice", "appPassword": "sentinel-" + "p" * 63})
        start("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        yield body.encode()


def test_a_server_that_names_another_host_gets_nothing() -> None:
    answering = _Answering()
    with serving(answering) as url:
        net = GuardedNet(Policy(["127.0.0.0/8"]))
        with pytest.raises(BadReply, match=r"calls itself elsewhere\.test"):
            LoginFlowV2().start(url, net)


def test_a_server_behind_a_proxy_that_does_not_know_its_port_is_asked_where_it_is() -> None:
    answering = _Answering()
    with serving(answering) as url:
        net = GuardedNet(Policy(["127.0.0.0/8"]))
        answering.names, answering.path = "https://127.0.0.1", "/cloud"
        flow = LoginFlowV2()
        started = flow.start(url + "/cloud/index.php/login", net)
        assert started.login_url == url + "/cloud/login/v2/flow/x"
        assert flow.poll(started.state, net) == {
            "url": url + "/cloud",
            "user": "alice",
            "password": "sentinel-" + "p" * 63,
        }
        assert answering.asked == ["/cloud/index.php/login/v2", "/cloud/login/v2/poll"]


def test_a_password_for_another_host_is_not_taken() -> None:
    answering = _Answering()
    with serving(answering) as url:
        net = GuardedNet(Policy(["127.0.0.0/8"]))
        answering.names = url
        flow = LoginFlowV2()
        started = flow.start(url, net)
        answering.names = "http://elsewhere.test"
        with pytest.raises(BadReply, match="calls itself"):
            flow.poll(started.state, net)


@pytest.mark.parametrize(("app", "error"), [(b"<html>", BadReply), (b'{"poll": {}}', BadReply)])
def test_no_sign_in_where_no_nextcloud_is(app: bytes, error: type[Exception]) -> None:
    def answer(environ: Environ, start: StartResponse) -> list[bytes]:
        start("200 OK", [("Content-Type", "text/html"), ("Content-Length", str(len(app)))])
        return [app]

    with serving(Misbehaving(answer)) as url, pytest.raises(error):
        LoginFlowV2().start(url, GuardedNet(Policy(["127.0.0.0/8"])))
