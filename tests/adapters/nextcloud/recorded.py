"""Recorded answers of a real Nextcloud 32.0.1, and a network that gives them back.

The files are in ``tests/recordings/nextcloud-32``, unchanged; the server they came from called itself `SERVER`.
"""

from __future__ import annotations

import io
import json
from collections import defaultdict
from pathlib import Path
from typing import Any, override
from urllib.parse import urlsplit

import httpx
import requests
from requests.adapters import BaseAdapter

FOLDER = Path(__file__).parents[2] / "recordings" / "nextcloud-32"
SERVER = "http://127.0.0.1:8132"
_NOT_OURS = {"content-length", "content-encoding", "transfer-encoding", "connection", "set-cookie"}
_KEYED_BY = ("depth", "range", "ocs-apirequest")


def recording(name: str) -> Any:
    """One recorded exchange, as it is on disk."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def body_of(name: str) -> bytes:
    """The body of the recorded answer."""
    answer = recording(name)["response"]
    return (FOLDER / answer["body_file"]).read_bytes() if "body_file" in answer else answer["body"].encode()


class Recorded:
    """A `Net` without a network: each recording answers one request like its own, in the order given.

    A SEARCH is told from another by the words of its body that must be there (``search`` of the constructor). A request
    that was not recorded fails the test, and so does a recording nobody asked for (`check`).
    """

    def __init__(self, *names: str) -> None:
        self._waiting: dict[tuple[object, ...], list[str]] = defaultdict(list)
        for name in names:
            self._waiting[_key_of(name)].append(name)
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []

    def answer(self, method: str, url: str, headers: dict[str, str], body: bytes) -> tuple[int, list[Any], bytes]:
        self.asked.append((method, url, headers, body))
        waiting = self._waiting.get(_key(method, url, headers))
        assert waiting, f"not recorded: {method} {url} {_key(method, url, headers)}"
        name = waiting.pop(0)
        said = recording(name)["response"]
        kept = [(k, v) for k, v in said["headers"] if k.lower() not in _NOT_OURS]
        return said["status"], kept, body_of(name)

    def check(self) -> None:
        left = [name for names in self._waiting.values() for name in names]
        assert not left, f"recorded, but never asked for: {left}"

    def transport(self) -> httpx.BaseTransport:
        def handle(request: httpx.Request) -> httpx.Response:
            headers = {k.lower(): v for k, v in request.headers.items()}
            status, said, body = self.answer(request.method, str(request.url), headers, request.read())
            return httpx.Response(status, headers=said, content=body)

        return httpx.MockTransport(handle)

    def session(self) -> requests.Session:
        session = requests.Session()
        session.trust_env = False
        session.mount("http://", _Adapter(self))
        return session


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


def _key_of(name: str) -> tuple[object, ...]:
    asked = recording(name)["request"]
    return _key(asked["method"], asked["url"], {k.lower(): v for k, v in asked["headers"].items()})


def _key(method: str, url: str, headers: dict[str, str]) -> tuple[object, ...]:
    parts = urlsplit(url)
    query = tuple(sorted(part for part in parts.query.split("&") if part))
    return (method, parts.path.rstrip("/"), query, *(headers.get(name) for name in _KEYED_BY[:2]))
