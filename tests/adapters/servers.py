"""Real HTTP servers on loopback that misbehave on demand."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cheroot.ssl.builtin import BuiltinSSLAdapter
from cheroot.wsgi import Server
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from wsgidav.wsgidav_app import WsgiDAVApp

from adapters.testing import Fault

Environ = dict[str, Any]
StartResponse = Callable[[str, list[tuple[str, str]]], Any]
App = Callable[[Environ, StartResponse], Iterable[bytes]]
LOGIN_PAGE = b"<!DOCTYPE html><html><body>Please sign in</body></html>"
_ANSWERS: dict[Fault, tuple[str, list[tuple[str, str]], bytes]] = {
    Fault.UNAUTHORIZED: ("401 Unauthorized", [("WWW-Authenticate", 'Basic realm="x"')], b"{}"),
    Fault.FORBIDDEN: ("403 Forbidden", [], b"{}"),
    Fault.BUSY: ("429 Too Many Requests", [("Retry-After", "7")], b"{}"),
    Fault.DOWN: ("503 Service Unavailable", [], b"<html>down</html>"),
    Fault.PAGE: ("200 OK", [("Content-Type", "text/html; charset=utf-8")], LOGIN_PAGE),
    Fault.ELSEWHERE: ("302 Found", [("Location", "http://elsewhere.test/login?token=abc")], b""),
}


class Misbehaving:
    """A WSGI application in front of another one: counts requests and answers with a fault when told."""

    def __init__(self, app: App) -> None:
        self.app = app
        self.fault: Fault | None = None
        self.seen: list[tuple[str, str]] = []
        self.released = threading.Event()
        self.callers: set[tuple[str, str]] = set()
        """Address and port of every connection that was made."""

    def __call__(self, environ: Environ, start: StartResponse) -> Iterable[bytes]:
        self.seen.append((environ["REQUEST_METHOD"], environ["PATH_INFO"]))
        self.callers.add((environ["REMOTE_ADDR"], environ["REMOTE_PORT"]))
        if self.fault is None:
            return self.app(environ, start)
        if self.fault is Fault.CUT:
            return self._cut(environ, start)
        environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        if self.fault is Fault.SILENT:
            self.released.wait(30)
            start("204 No Content", [])
            return []
        status, headers, body = _ANSWERS[self.fault]
        start(status, [*headers, ("Content-Length", str(len(body)))])
        return [body]

    def _cut(self, environ: Environ, start: StartResponse) -> Iterator[bytes]:
        """The right length announced, half of the body sent, the connection closed."""
        said: list[Any] = []
        body = b"".join(self.app(environ, lambda status, headers, _=None: said.extend([status, headers])))
        headers = [(k, v) for k, v in said[1] if k.lower() not in ("content-length", "connection")]
        start(said[0], [*headers, ("Content-Length", str(len(body) + 1000))])
        yield body[: len(body) // 2]
        raise ConnectionAbortedError  # cheroot then closes the connection


@contextmanager
def serving(app: App, certificate: Path | None = None) -> Iterator[str]:
    """The application behind a real server on loopback; gives its address. ``certificate``: it speaks TLS."""
    server = Server(("127.0.0.1", 0), app, numthreads=12)
    if certificate is not None:
        server.ssl_adapter = BuiltinSSLAdapter(str(certificate), str(certificate))
    server.shutdown_timeout, server.expiration_interval = 0, 0.05
    server.error_log = lambda *_, **__: None  # a body cut short on purpose is no news
    server.prepare()
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield f"{'https' if certificate else 'http'}://127.0.0.1:{server.bind_addr[1]}"
    finally:
        server.stop()
        thread.join(10)


def self_signed(folder: Path) -> Path:
    """A certificate for 127.0.0.1 that nobody vouches for, and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "photos.test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    secret = key.private_bytes(pem, pkcs8, serialization.NoEncryption())
    path = folder / "server.pem"
    path.write_bytes(certificate.public_bytes(pem) + secret)
    return path


def dav_app(folder: Path, users: dict[str, str] | None, *, digest: bool = False) -> App:
    """A WebDAV server for that folder, for those users (None: for everybody). ``digest``: it takes only Digest."""
    return WsgiDAVApp(
        {
            "provider_mapping": {"/dav": {"root": str(folder), "readonly": True}},
            "simple_dc": {"user_mapping": {"*": {u: {"password": p} for u, p in users.items()} if users else True}},
            "http_authenticator": {
                "accept_basic": not digest,
                "accept_digest": digest,
                "default_to_digest": digest,
            },
            "logging": {"enable": False, "enable_loggers": []},
            "verbose": 0,
            "hotfixes": {"re_encode_path_info": True},
        }
    )
