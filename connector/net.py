"""The guarded network every adapter speaks through.

The address is checked on the connected socket, before a byte is sent: a name that resolves to another address
the second time cannot get past it. Redirects are never followed (both clients would carry an API key to the host
a redirect names), the environment's proxies and password files are ignored, every answer has a size limit.

The two places where the check hooks into the libraries are private to them; tests pin both.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, override

import certifi
import httpcore
import httpx
import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from adapters.library import Blocked, TooLarge

CONNECT_TIMEOUT_S, READ_TIMEOUT_S = 10.0, 60.0
#: a server that sends a byte now and then never runs into the time-out of a single read
LONGEST_ANSWER_S = 600.0
LARGEST_ANSWER_BYTES = 96 * 1024 * 1024
#: where a library at home may live; loopback has to be listed by name
HOME_NETWORKS = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
_NEVER = (
    "169.254.0.0/16",
    "fe80::/10",
    "100.100.100.200/32",
    "fd00:ec2::254/128",
    "0.0.0.0/8",
    "::/128",
    "224.0.0.0/4",
    "255.255.255.255/32",
    "ff00::/8",
    "192.0.0.192/32",
)


class TooSlow(TimeoutError):
    """The answer drips in for longer than any honest one."""


class Policy:
    """Which addresses may be spoken to: public ones, and the private networks that are listed."""

    def __init__(self, allowed: Sequence[str] = HOME_NETWORKS) -> None:
        self._allowed = [ip_network(each) for each in allowed]
        self._never = [ip_network(each) for each in _NEVER]

    def check(self, address: str) -> None:
        """Raises Blocked when the address is not allowed."""
        ip = _carried(ip_address(address.partition("%")[0]))

        def inside(networks: Iterable[IPv4Network | IPv6Network]) -> bool:
            return any(ip in network for network in networks if network.version == ip.version)

        if inside(self._never):
            raise Blocked(f"{ip} is never spoken to: it is a link-local, metadata, multicast or unspecified address")
        if not ip.is_global and not inside(self._allowed):
            raise Blocked(f"{ip} is a private address and not in TRACER_ALLOWED_NETWORKS")


_NAT64 = ip_network("64:ff9b::/96")


def _carried(ip: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 one only wraps (mapped, 6to4, Teredo, NAT64), else the address itself."""
    if isinstance(ip, IPv4Address):
        return ip
    if ip in _NAT64:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    teredo = ip.teredo
    return ip.ipv4_mapped or ip.sixtofour or (teredo[1] if teredo else None) or ip


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long and how large an answer may be."""

    connect_s: float = CONNECT_TIMEOUT_S
    read_s: float = READ_TIMEOUT_S
    answer_s: float = LONGEST_ANSWER_S
    answer_bytes: int = LARGEST_ANSWER_BYTES


class GuardedNet:
    """Sessions and transports that follow a policy. Implements `adapters.library.Net`.

    ``authorities`` holds certificates (PEM) to trust besides the usual ones: the system's and certifi's.
    """

    def __init__(self, policy: Policy, *, limits: Limits | None = None, authorities: str | None = None) -> None:
        self._policy = policy
        self._limits = limits or Limits()
        self._authorities = authorities

    def session(self) -> requests.Session:
        """A new session: guarded, no redirects, time-outs, answers up to the limits."""
        session = _Session(self._limits)
        adapter = _adapter(self._policy, _trust(self._authorities))
        session.mount("http://", adapter)
        session.mount("https://", adapter)
        return session

    def transport(self) -> httpx.BaseTransport:
        """A new guarded transport; answers up to the limits."""
        return _Transport(self._policy, self._limits, _trust(self._authorities))


@lru_cache(maxsize=4)
def _trust(authorities: str | None) -> ssl.SSLContext:
    """Reading some hundred certificates takes longer than many a request: once for a process."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    if authorities is not None:
        context.load_verify_locations(cadata=authorities)
    return context


class _Session(requests.Session):
    def __init__(self, limits: Limits) -> None:
        super().__init__()
        self.trust_env = False
        self._limits = limits

    @override
    def request(self, method: str | bytes, url: str | bytes, *args: Any, **kwargs: Any) -> requests.Response:
        kwargs.setdefault("timeout", (self._limits.connect_s, self._limits.read_s))
        return super().request(method, url, *args, **kwargs)

    @override
    def resolve_redirects(self, *args: Any, **kwargs: Any) -> Iterator[Any]:
        """None: even where it only looks where to, requests reads the whole body of a redirect, past any limit."""
        return iter(())

    @override
    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:
        wants_stream = kwargs.get("stream", False)
        kwargs["stream"] = True
        response = super().send(request, **kwargs)
        if not wants_stream:
            # the one place requests keeps it
            response._content = b"".join(_capped(response.iter_content(65536), self._limits))
        return response


def _capped(chunks: Iterable[bytes], limits: Limits) -> Iterator[bytes]:
    taken, until = 0, time.monotonic() + limits.answer_s
    for chunk in chunks:
        taken += len(chunk)
        if taken > limits.answer_bytes:
            raise TooLarge(f"the answer is longer than {limits.answer_bytes // 2**20} MB")
        if time.monotonic() > until:
            raise TooSlow(f"the answer is not complete after {limits.answer_s:.0f} s")
        yield chunk


def _adapter(policy: Policy, trust: ssl.SSLContext) -> HTTPAdapter:
    def guarded(base: type[Any]) -> type[Any]:
        class Guarded(base):  # type: ignore[misc]  # the base is chosen at run time
            def _new_conn(self) -> Any:
                socket = super()._new_conn()
                try:
                    policy.check(socket.getpeername()[0])
                except Blocked:
                    socket.close()
                    raise
                return socket

        return Guarded

    class Http(HTTPConnectionPool):
        ConnectionCls = guarded(HTTPConnection)

    class Https(HTTPSConnectionPool):
        ConnectionCls = guarded(HTTPSConnection)

    class Adapter(HTTPAdapter):
        @override
        def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
            super().init_poolmanager(*args, **kwargs, ssl_context=trust)
            self.poolmanager.pool_classes_by_scheme = {"http": Http, "https": Https}

    return Adapter(pool_maxsize=16)


class _Backend(httpcore.SyncBackend):
    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    @override
    def connect_tcp(self, *args: Any, **kwargs: Any) -> httpcore.NetworkStream:
        stream = super().connect_tcp(*args, **kwargs)
        try:
            self._policy.check(stream.get_extra_info("server_addr")[0])
        except Blocked:
            stream.close()
            raise
        return stream


class _Transport(httpx.HTTPTransport):
    def __init__(self, policy: Policy, limits: Limits, trust: ssl.SSLContext) -> None:
        super().__init__(trust_env=False, verify=trust)
        self._pool._network_backend = _Backend(policy)  # httpx offers no other way in; pinned by a test
        self._limits = limits

    @override
    def handle_request(self, request: httpx.Request) -> httpx.Response:
        limits = self._limits
        request.extensions["timeout"] = {
            "connect": limits.connect_s,
            "read": limits.read_s,
            "write": limits.read_s,
            "pool": limits.answer_s,
        }
        response = super().handle_request(request)
        response.stream = _Stream(response.stream, limits)  # type: ignore[arg-type]  # a sync transport's stream
        return response


class _Stream(httpx.SyncByteStream):
    def __init__(self, stream: httpx.SyncByteStream, limits: Limits) -> None:
        self._stream, self._limits = stream, limits

    @override
    def __iter__(self) -> Iterator[bytes]:
        yield from _capped(self._stream, self._limits)

    @override
    def close(self) -> None:
        self._stream.close()
