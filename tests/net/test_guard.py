"""The guarded network against real servers on loopback: each row is something an attacker tries."""

from __future__ import annotations

import http.server
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
import requests

from adapters.library import Blocked, TooLarge
from adapters.trouble import Untrusted, network_trouble
from connector.net import HOME_NETWORKS, GuardedNet, Limits, Policy
from tests.adapters.servers import self_signed, serving

LOOPBACK = ("127.0.0.0/8", "::1/128")
KEY = "sentinel-key"
Get = Callable[[GuardedNet, str], bytes]


def _by_requests(net: GuardedNet, url: str) -> bytes:
    return net.session().get(url, headers={"x-api-key": KEY}).content


def _by_httpx(net: GuardedNet, url: str) -> bytes:
    with httpx.Client(transport=net.transport(), trust_env=False, follow_redirects=False) as client:
        return client.get(url, headers={"x-api-key": KEY}).content


@pytest.fixture(params=[_by_requests, _by_httpx], ids=["requests", "httpx"])
def get(request: pytest.FixtureRequest) -> Get:
    """Both clients an adapter may use."""
    return request.param  # type: ignore[no-any-return]  # pytest types no parameters


class Server(http.server.ThreadingHTTPServer):
    """Notes every request; answers with what the test wants."""

    address_family = socket.AF_INET6

    def server_bind(self) -> None:
        self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        super().server_bind()

    def __init__(self) -> None:
        super().__init__(("::", 0), _Handler)
        self.seen: list[dict[str, str]] = []
        self.location: str | None = None
        self.port = self.server_address[1]


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        server: Any = self.server
        server.seen.append(dict(self.headers))
        self.send_response(302 if server.location else 200)
        if server.location:
            self.send_header("Location", server.location)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    thread = threading.Thread(target=lambda: server.serve_forever(0.02), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "0.0.0.0",  # noqa: S104 - an address to refuse
        "[::]",
    ],
)
def test_loopback_is_not_reached_under_any_of_its_names(server: Server, get: Get, host: str) -> None:
    with pytest.raises((requests.RequestException, httpx.HTTPError, httpx.InvalidURL, OSError)) as caught:
        get(GuardedNet(Policy()), f"http://{host}:{server.port}/")
    refused = ("private address", "never spoken to", "Invalid IPv4", "Name or service not known")
    assert any(words in str(caught.value) for words in refused), caught.value
    assert server.seen == []


def test_loopback_is_reached_where_it_is_listed(server: Server, get: Get) -> None:
    net = GuardedNet(Policy(LOOPBACK))
    for host in ("127.0.0.1", "[::1]", "localhost"):
        assert get(net, f"http://{host}:{server.port}/") == b"ok"
    assert len(server.seen) == 3


def test_listing_loopback_allows_no_other_private_network() -> None:
    with pytest.raises(Blocked):
        Policy(LOOPBACK).check("192.168.1.5")


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "::ffff:169.254.169.254",
        "100.100.100.200",
        "fd00:ec2::254",
        "fe80::1%eth0",
        "0.0.0.0",  # noqa: S104 - an address to refuse
        "::",
        "224.0.0.1",
        "255.255.255.255",
        "ff02::1",
        "192.0.0.192",
        "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::1",
    ],
)
def test_metadata_and_multicast_are_refused_even_where_everything_is_listed(address: str) -> None:
    with pytest.raises(Blocked, match="never spoken to"):
        Policy(("0.0.0.0/0", "::/0")).check(address)


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1",
        "::ffff:10.0.0.1",
        "172.16.3.4",
        "192.168.1.2",
        "100.64.0.9",
        "fd12::1",
        "127.0.0.1",
        "64:ff9b::a00:1",
        "2002:a00:1::1",
        "2001:0:4136:e378:8000:63bf:f5ff:fffe",  # Teredo of 10.0.0.1
        "198.18.0.1",
        "192.0.2.7",
    ],
)
def test_a_private_address_is_refused_unless_listed(address: str) -> None:
    with pytest.raises(Blocked, match="TRACER_ALLOWED_NETWORKS"):
        Policy(()).check(address)


@pytest.mark.parametrize("address", ["10.0.0.1", "::ffff:10.0.0.1", "192.168.1.2", "100.64.0.9", "fd12::1"])
def test_home_networks_are_allowed_by_default(address: str) -> None:
    Policy(HOME_NETWORKS).check(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700::1111", "64:ff9b::101:101"])
def test_public_addresses_are_allowed(address: str) -> None:
    Policy(()).check(address)


def test_a_name_that_changes_its_address_gets_no_request(
    server: Server, get: Get, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The resolver answers with a public address to whoever checks first, and with loopback to whoever connects."""
    real = socket.getaddrinfo
    asked: list[str] = []

    def rebound(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        if host != "photos.test":
            return real(host, port, *args, **kwargs)
        asked.append(host)
        return real("127.0.0.1", port, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", rebound)
    with pytest.raises(Exception, match="private address"):
        get(GuardedNet(Policy()), f"http://photos.test:{server.port}/")
    assert asked
    assert server.seen == []


def test_a_redirect_to_another_host_carries_no_key_because_it_is_not_followed(server: Server, get: Get) -> None:
    other = Server()
    threading.Thread(target=lambda: other.serve_forever(0.02), daemon=True).start()
    server.location = f"http://localhost:{other.port}/stolen"
    try:
        assert get(GuardedNet(Policy(LOOPBACK)), f"http://127.0.0.1:{server.port}/") == b"ok"
        assert other.seen == []
        assert [headers["x-api-key"] for headers in server.seen] == [KEY]
    finally:
        other.shutdown()
        other.server_close()


def test_a_caller_cannot_ask_for_redirects(server: Server) -> None:
    server.location = f"http://127.0.0.1:{server.port}/again"
    response = GuardedNet(Policy(LOOPBACK)).session().get(f"http://127.0.0.1:{server.port}/", allow_redirects=True)
    assert response.status_code == 302
    assert len(server.seen) == 1


def test_the_environment_has_no_say(server: Server, get: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert get(GuardedNet(Policy(LOOPBACK)), f"http://127.0.0.1:{server.port}/") == b"ok"
    assert len(server.seen) == 1


def test_a_password_file_is_not_read(server: Server, get: Get, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    get(GuardedNet(Policy(LOOPBACK)), f"http://127.0.0.1:{server.port}/")
    assert "Authorization" not in server.seen[0]


# -- limits


def _endless(environ: Any, start: Any) -> Iterator[bytes]:
    start("302 Found" if environ["PATH_INFO"] == "/moved" else "200 OK", [("Location", "http://elsewhere.test/")])
    while True:
        yield b"x" * 65536


@pytest.mark.parametrize("path", ["/", "/moved"])
def test_an_answer_has_a_largest_size(get: Get, path: str) -> None:
    net = GuardedNet(Policy(LOOPBACK), limits=Limits(answer_bytes=2**20))
    with serving(_endless) as url, pytest.raises(TooLarge, match="longer than 1 MB"):
        get(net, url + path)


def test_an_answer_that_drips_has_a_longest_time(get: Get) -> None:
    def dripping(environ: Any, start: Any) -> Iterator[bytes]:
        start("200 OK", [])
        for _ in range(100):
            yield b"x"
            time.sleep(0.05)

    net = GuardedNet(Policy(LOOPBACK), limits=Limits(answer_s=0.3))
    begun = time.monotonic()
    with serving(dripping) as url:
        with pytest.raises(TimeoutError, match="not complete"):
            get(net, url)
        assert time.monotonic() - begun < 3


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_server_that_says_nothing_is_given_up(get: Get, scheme: str) -> None:
    net = GuardedNet(Policy(LOOPBACK), limits=Limits(connect_s=0.3, read_s=0.3))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        begun = time.monotonic()
        with pytest.raises((requests.RequestException, httpx.HTTPError)) as caught:
            get(net, f"{scheme}://127.0.0.1:{silent.getsockname()[1]}/")
        assert time.monotonic() - begun < 3
    assert str(network_trouble(caught.value, "photos.test")) == "photos.test does not answer in time"


# -- certificates


def test_a_certificate_is_checked_and_further_authorities_can_be_named(get: Get, tmp_path: Any) -> None:
    def hello(environ: Any, start: Any) -> list[bytes]:
        start("200 OK", [("Content-Length", "2")])
        return [b"ok"]

    certificate = self_signed(tmp_path)
    with serving(hello, certificate) as url:
        with pytest.raises((requests.RequestException, httpx.HTTPError)) as caught:
            get(GuardedNet(Policy(LOOPBACK)), url)
        assert isinstance(network_trouble(caught.value, "photos.test"), Untrusted)
        trusting = GuardedNet(Policy(LOOPBACK), authorities=certificate.read_text())
        assert get(trusting, url) == b"ok"
        with pytest.raises((requests.RequestException, httpx.HTTPError)) as caught:
            get(trusting, url.replace("127.0.0.1", "localhost"))
        assert "not valid for" in str(network_trouble(caught.value, "localhost"))


# -- the two private places the check hooks into


def test_the_check_sits_where_requests_connects(server: Server) -> None:
    session = GuardedNet(Policy()).session()
    pools = session.get_adapter("http://x").poolmanager.pool_classes_by_scheme  # type: ignore[attr-defined]
    for scheme in ("http", "https"):
        assert "_new_conn" in pools[scheme].ConnectionCls.__dict__, "urllib3 no longer connects by this method"
        assert hasattr(pools[scheme].ConnectionCls.__mro__[1], "_new_conn")


def test_the_check_sits_where_httpx_connects() -> None:
    transport: Any = GuardedNet(Policy()).transport()
    assert type(transport._pool._network_backend).__name__ == "_Backend", "httpx no longer keeps its backend there"
