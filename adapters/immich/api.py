"""Requests to one Immich server: tolerant of its versions, words for every refusal."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import requests

from adapters.immich.unrolled import Unrolled
from adapters.library import BadReply, LibraryError, Net, NotFound, Unauthorized, Unavailable
from adapters.trouble import network_trouble, redirected, retry_after_s

Json = Any
"""What the server sent: an object's fields are asked for one by one, since versions differ."""
_LONGEST_WORDS = 200


class NoSuchCall(BadReply):
    """This version of Immich does not know the request."""


class Api:
    """One credential on one server. Safe from several threads.

    ``credential`` travels as headers (an API key) or as query parameters (a shared link). A refused one is not
    tried again.
    """

    def __init__(
        self, url: str, net: Net, *, headers: Mapping[str, str], params: Mapping[str, str], secrets: Sequence[str]
    ) -> None:
        self._base = url + "/api"
        self.host = urlsplit(url).hostname or url
        self._session = net.session()
        self._session.headers.update({"User-Agent": "image-tracer", "Accept": "application/json", **headers})
        self._params = dict(params)
        self._secrets = [secret for secret in secrets if secret]
        self._refused = threading.Event()

    def get(self, path: str, params: Mapping[str, str] | None = None) -> Json:
        """What a GET of the path answers.

        Raises:
            LibraryError: refused, gone, unavailable, or no answer of Immich at all.
        """
        return self._json("GET", path, params=params)

    def unrolled(self, path: str, name: str) -> Unrolled:
        """What a GET of the path answers, with the entries of its list ``name`` one by one. Errors as :meth:`get`."""
        with self._asked("GET", path) as response:
            self._check(response)
            return Unrolled(response.content, name, self._no_json(response))

    def send(self, method: str, path: str, body: Json) -> Json:
        """What any other request answers; None for an empty answer. Same errors as :meth:`get`."""
        return self._json(method, path, body=body)

    def image(self, path: str, params: Mapping[str, str]) -> bytes | None:
        """A picture the server makes; None: it has not made it (yet)."""
        with self._asked("GET", path, params=params) as response:
            if response.status_code == 404:
                return None
            self._check(response)
            kind = response.headers.get("Content-Type", "nothing")
            if not kind.startswith("image/"):
                raise BadReply(f"instead of a picture {self.host} sent {kind}")
            return response.content

    def part(self, path: str, start: int, length: int) -> bytes:
        """Bytes of a file; fewer only where it ends. Nothing behind the last wanted byte is downloaded."""
        headers = {"Range": f"bytes={start}-{start + length - 1}", "Accept-Encoding": "identity"}
        with self._asked("GET", path, headers=headers, stream=True) as response:
            if response.status_code >= 400 and response.headers.get("Content-Range", "").startswith("bytes */"):
                return b""  # behind the end: 3.x says 404, 2.x even 500
            self._check(response)
            if response.headers.get("Content-Type", "").startswith("text/html"):
                raise BadReply(f"instead of a photo {self.host} sent a web page")
            return self._cut(response, 0 if response.status_code == 206 else start, length)

    def close(self) -> None:
        """Closes the connections; a second time is no error."""
        self._session.close()

    def _json(self, method: str, path: str, *, params: Mapping[str, str] | None = None, body: Json = None) -> Json:
        with self._asked(method, path, params=params, json=body) as response:
            self._check(response)
            if response.status_code == 204 or not response.content:
                return None
            try:
                return response.json()
            except ValueError:
                raise self._no_json(response) from None

    def _no_json(self, response: requests.Response) -> BadReply:
        kind = response.headers.get("Content-Type", "something unknown")
        return BadReply(
            f"{self.host} answered with {kind} where Immich answers with JSON; is the address that of an "
            "Immich, and is nothing in front of it that wants a sign-in?"
        )

    def _asked(
        self, method: str, path: str, *, params: Mapping[str, str] | None = None, **more: Any
    ) -> requests.Response:
        if self._refused.is_set():
            raise Unauthorized(f"{self.host} refused the credential before; it is not tried again")
        try:
            return self._session.request(method, self._base + path, params={**self._params, **(params or {})}, **more)
        except (requests.RequestException, OSError) as error:
            raise network_trouble(error, self.host) from None

    def _cut(self, response: requests.Response, skip: int, length: int) -> bytes:
        out, at = bytearray(), 0
        try:
            for chunk in response.iter_content(65536):
                out += chunk[max(0, skip - at) :]
                at += len(chunk)
                if len(out) >= length:
                    break
        except (requests.RequestException, OSError) as error:
            raise network_trouble(error, self.host) from None
        return bytes(out[:length])

    def _check(self, response: requests.Response) -> None:
        status = response.status_code
        if status < 300:
            return
        words = self._words(response)
        if status == 401:
            self._refused.set()
        raise _refusal(status, words, self.host, response.headers)

    def _words(self, response: requests.Response) -> str:
        """Immich's own words for a refusal, without anything secret that it may have repeated."""
        try:
            said = json.loads(next(response.iter_content(8192), b""))
        except (requests.RequestException, OSError, ValueError):
            return ""
        message = said.get("message") if isinstance(said, dict) else None
        errors = said.get("errors") if isinstance(said, dict) else None
        words = "; ".join(map(str, message)) if isinstance(message, list) else str(message or "")
        if isinstance(errors, list):
            words += ": " + "; ".join(str(each.get("message")) for each in errors if isinstance(each, dict))
        for secret in self._secrets:
            words = words.replace(secret, "***")
        return words[:_LONGEST_WORDS]


def _refusal(status: int, words: str, host: str, headers: Mapping[str, str]) -> LibraryError:
    """The error a status means."""
    said = f" ({words})" if words else ""
    if status == 401:
        return Unauthorized(f"{host} does not accept the credential{said}")
    if status == 403:
        return Unauthorized(f"{host} does not allow this{said or ' (403)'}")
    if status == 405 or (status == 404 and words.startswith("Cannot ")):
        return NoSuchCall(f"{host} does not know this request{said}")
    if status in (404, 410) or (status == 400 and _means_gone(words)):
        return NotFound(f"{host} has no such thing{said}")
    if status == 429 or status >= 500:
        after = retry_after_s(headers.get("Retry-After"))
        return Unavailable(f"{host} cannot answer now ({status})", retry_after_s=after)
    if 300 <= status < 400:
        return redirected(headers.get("Location"), host)
    return BadReply(f"{host} did not understand the request{said or f' ({status})'}")


def _means_gone(words: str) -> bool:
    """Immich answers 400 for what is not there or not ours, and for an id that is none."""
    lower = words.lower()
    return lower.startswith("not found or no") or "invalid uuid" in lower or "must be a uuid" in lower
