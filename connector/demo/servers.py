"""What stands around image-tracer in the demo: a WebDAV server with the photos, and somebody's existing gallery."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from cheroot import wsgi
from wsgidav.wsgidav_app import WsgiDAVApp

WsgiApp = Callable[[Mapping[str, Any], Callable[..., Any]], Iterable[bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One line of the server's own log."""

    method: str
    path: str
    status: int
    bytes_sent: int


class RequestLog:
    """A WSGI application around another one that notes every answer. Safe from several threads."""

    def __init__(self, app: WsgiApp) -> None:
        self._app = app
        self._lock = threading.Lock()
        self._lines: list[Answered] = []

    @property
    def lines(self) -> tuple[Answered, ...]:
        """What was answered so far, in order."""
        with self._lock:
            return tuple(self._lines)

    def __call__(self, environ: Mapping[str, Any], start_response: Callable[..., Any]) -> Iterator[bytes]:
        status: list[str] = []

        def noted(line: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            status[:] = [line]
            return start_response(line, headers, exc_info) if exc_info else start_response(line, headers)

        sent = 0
        try:
            for chunk in self._app(environ, noted):
                sent += len(chunk)
                yield chunk
        finally:
            self._note(environ, status, sent)

    def _note(self, environ: Mapping[str, Any], status: list[str], sent: int) -> None:
        line = Answered(
            method=str(environ.get("REQUEST_METHOD", "")),
            path=str(environ.get("PATH_INFO", "")),
            status=int(status[0].split()[0]) if status else 500,
            bytes_sent=sent,
        )
        with self._lock:
            self._lines.append(line)


@contextmanager
def served(app: WsgiApp, port: int = 0) -> Iterator[str]:
    """The application on a loopback port (0: any free one); gives its address, without a slash at the end."""
    server = wsgi.Server(("127.0.0.1", port), app, numthreads=16, server_name="localhost")
    server.prepare()
    thread = threading.Thread(target=server.serve, name="demo server", daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.bind_addr[1]}"
    finally:
        server.stop()
        thread.join(timeout=10)


def webdav(root: Path, user: str, password: str) -> RequestLog:
    """A WebDAV server for the folder, read only, for one user."""
    app = WsgiDAVApp(
        {
            "provider_mapping": {"/": {"root": str(root), "readonly": True}},
            "simple_dc": {"user_mapping": {"*": {user: {"password": password}}}},
            "http_authenticator": {"accept_basic": True, "accept_digest": False, "default_to_digest": False},
            "logging": {"enable": False},
            "verbose": 0,
            "dir_browser": {"enable": False},
        }
    )
    return RequestLog(app)


def gallery(title: str, photos: Path, embed_url: str) -> WsgiApp:
    """An existing gallery: a page of somebody else's, with the widget in an iframe and the photos below it."""
    names = sorted(path.name for path in photos.iterdir() if path.suffix in (".jpg", ".png"))
    page = _PAGE.format(
        title=escape(title),
        embed=escape(embed_url),
        photos="\n".join(f'<img src="photos/{escape(name)}" alt="{escape(name)}" loading="lazy">' for name in names),
    ).encode()

    def app(environ: Mapping[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = str(environ.get("PATH_INFO", "/"))
        if path == "/":
            start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
            return [page]
        name = path.removeprefix("/photos/")
        if name in names:
            kind = "image/png" if name.endswith(".png") else "image/jpeg"
            start_response("200 OK", [("Content-Type", kind)])
            return [(photos / name).read_bytes()]
        start_response("404 Not Found", [("Content-Type", "text/plain")])
        return [b"not found"]

    return app


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} – our gallery</title><link rel="icon" href="data:,">
<style>
:root {{ color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }}
body {{ max-width: 68rem; margin: 0 auto; padding: 2rem 1rem 4rem; }}
h1 {{ font-weight: 650; letter-spacing: -.01em; margin: 0; }}
p {{ margin: .25rem 0 1.5rem; opacity: .7; }}
iframe {{ width: 100%; height: 34rem; border: 0; border-radius: 14px; background: #8882; }}
div {{ display: grid; gap: .5rem; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); margin-top: 1.5rem; }}
img {{ width: 100%; aspect-ratio: 4/3; object-fit: cover; border-radius: 8px; display: block; }}
</style></head><body>
<main>
<h1>{title}</h1><p>An ordinary photo gallery. The map is one line of HTML: an iframe.</p>
<iframe src="{embed}" title="The way we took"></iframe>
<div>
{photos}
</div></main></body></html>
"""
