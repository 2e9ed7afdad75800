"""Recorded answers of a real Nextcloud 32.0.1, and a network that gives them back.

The files are in ``tests/recordings/nextcloud-32``, unchanged; the server they came from called itself `SERVER`.
"""

from __future__ import annotations

import io
import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, override
from urllib.parse import parse_qsl, unquote, urlsplit

import httpx
import requests
from requests.adapters import BaseAdapter

FOLDER = Path(__file__).parents[2] / "recordings" / "nextcloud-32"
SERVER = "http://127.0.0.1:8132"
_NOT_OURS = {"content-length", "content-encoding", "transfer-encoding", "connection", "set-cookie"}
_KEYED_BY = ("depth", "range")


def recording(name: str) -> Any:
    """One recorded exchange, as it is on disk."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def body_of(name: str) -> bytes:
    """The body of the recorded answer."""
    answer = recording(name)["response"]
    return (FOLDER / answer["body_file"]).read_bytes() if "body_file" in answer else answer["body"].encode()


@dataclass(frozen=True)
class Variant:
    """A recording as the answer to a neighbouring request that was not recorded: what differs is said here."""

    name: str
    path: str | None = None
    query: str | None = None
    depth: str | None = None
    range: str | None = None
    only: Callable[[str], bool] = lambda href: True
    """Which of the responses of a listing it holds."""

    def key(self) -> tuple[object, ...]:
        asked = recording(self.name)["request"]
        url = urlsplit(asked["url"])
        headers = {k.lower(): v for k, v in asked["headers"].items()}
        headers |= {"depth": self.depth} if self.depth else {}
        headers |= {"range": self.range} if self.range else {}
        path, query = self.path or url.path, url.query if self.query is None else self.query
        return _key(asked["method"], f"{SERVER}{path}?{query}", headers)

    def body(self) -> bytes:
        body = body_of(self.name)
        if b"<d:response>" not in body:
            return body
        head, *parts = body.decode().split("<d:response>")
        kept = [part for part in parts if self.only(part.partition("</d:href>")[0].removeprefix("<d:href>"))]
        tail = "</d:multistatus>"
        said = "".join("<d:response>" + part.removesuffix("\n").removesuffix(tail) for part in kept)
        return f"{head.removesuffix(tail)}{said}{tail}".encode()


class Recorded:
    """A `Net` without a network: each recording answers one request like its own, in the order given.

    A request that was not recorded fails the test, and so does a recording nobody asked for (`check`). ``host`` stands
    for the recorded server's, so that what the process learns of one test's server is not held against another's.
    """

    def __init__(self, *given: str | Variant, host: str = SERVER) -> None:
        self._waiting: dict[tuple[object, ...], list[Variant]] = defaultdict(list)
        for each in given:
            variant = each if isinstance(each, Variant) else Variant(each)
            self._waiting[variant.key()].append(variant)
        self._host = host
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []

    def answer(self, method: str, url: str, headers: dict[str, str], body: bytes) -> tuple[int, list[Any], bytes]:
        self.asked.append((method, url, headers, body))
        assert url.startswith(self._host), f"another server was asked: {url}"
        key = _key(method, url, headers)
        waiting = self._waiting.get(key)
        assert waiting, f"not recorded: {key}"
        said = waiting.pop(0)
        answer = recording(said.name)["response"]
        kept = [(k, v) for k, v in answer["headers"] if k.lower() not in _NOT_OURS]
        return answer["status"], kept, said.body()

    def check(self) -> None:
        left = [each.name for waiting in self._waiting.values() for each in waiting]
        assert not left, f"recorded, but never asked for: {left}"

    def transport(self) -> httpx.BaseTransport:
        def handle(request: httpx.Request) -> httpx.Response:
            headers = {k.lower(): v for k, v in request.headers.items()}
            status, said, body = self.answer(request.method, str(request.url), headers, request.read())
            return httpx.Response(status, headers=said, content=body)

        return httpx.MockTransport(handle)

    def session(self) -> requests.Session:
        session = _Session()
        session.trust_env = False
        session.mount("http://", _Adapter(self))
        return session


class _Session(requests.Session):
    """Never follows a redirect, like the real one."""

    @override
    def request(self, *args: Any, **kwargs: Any) -> requests.Response:
        return super().request(*args, **{**kwargs, "allow_redirects": False})


class _Adapter(BaseAdapter):
    def __init__(self, recorded: Recorded) -> None:
        super().__init__()
        self._recorded = recorded

    @override
    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        body = request.body or b""
        sent = body.encode() if isinstance(body, str) else body
        headers = {k.lower(): v for k, v in request.headers.items()}
        status, said, content = self._recorded.answer(str(request.method), str(request.url), headers, sent)
        response = requests.Response()
        response.status_code, response.url, response.request = status, str(request.url), request
        response.headers.update(dict(said))
        response.raw = io.BytesIO(content)
        return response

    @override
    def close(self) -> None:
        """Nothing is open."""


def _key(method: str, url: str, headers: dict[str, str]) -> tuple[object, ...]:
    parts = urlsplit(url)
    query = tuple(sorted(parse_qsl(parts.query)))
    return (method, unquote(parts.path).rstrip("/"), query, *(headers.get(name) for name in _KEYED_BY))
