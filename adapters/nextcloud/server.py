"""One credential on one Nextcloud: its WebDAV, its other interfaces, and what its refusals mean."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any, override
from urllib.parse import urlsplit

import httpx
import requests

from adapters.dav import DavClient, Entry
from adapters.library import BadReply, Net, NotFound, Unauthorized, Unavailable
from adapters.nextcloud.guard import GUARD, LOCKED_S, Credential
from adapters.trouble import network_trouble, redirected, retry_after_s

AGENT = "image-tracer"
_LONGEST_MESSAGE = 200
_PREVIEWS = ("image/jpeg", "image/png", "image/webp", "image/gif")


def basic(user: str, secret: str, mark: str = "") -> Credential:
    """A user name and an app password (or the password of a share link)."""
    said = base64.b64encode(f"{user}:{secret}".encode()).decode()
    return Credential({"Authorization": f"Basic {said}"}, mark)


class NotOffered(BadReply):
    """This server does not do that; there is another way."""


class Server:
    """Safe from several threads. Nothing is sent with a credential that was refused, nor to a host that locked us out.

    Errors of every method: Unauthorized, NotFound, Unavailable, BadReply.
    """

    def __init__(self, base: str, net: Net, credential: Credential, *, dav: str = "/remote.php/dav") -> None:
        self.base = base
        self.host = urlsplit(base).netloc
        self.dav_path = urlsplit(base).path.rstrip("/") + dav
        self.dav = _Dav(base + dav, net, credential)
        self._credential = credential
        self._session = net.session()
        self._session.headers.update({"User-Agent": AGENT, "OCS-APIRequest": "true", **credential.headers})

    def ocs(self, method: str, path: str, *, json: object = None, params: Mapping[str, str] | None = None) -> Any:
        """Calls the server's own interface below ``/ocs``; gives the ``data`` of its answer."""
        response = self.ask(method, f"/ocs{path}", json=json, params=params)
        said = _decoded(response, self.host)
        answer = said.get("ocs") if isinstance(said, dict) else None
        meta = answer.get("meta") if isinstance(answer, dict) else None
        self.check(response, path, _message(meta) if isinstance(meta, dict) else "")
        if not isinstance(answer, dict) or not isinstance(meta, dict):
            raise BadReply(f"{self.host} answered {path} with something that is not a Nextcloud's answer")
        if meta.get("status") != "ok":  # the older interfaces say so under a status of 200
            raise self._failure(meta, path)
        return answer.get("data")

    def _failure(self, meta: Mapping[str, Any], path: str) -> Exception:
        code, said = str(meta.get("statuscode")), _message(meta) or "no reason given"
        if code in ("404", "998"):
            return NotFound(f"{self.host} has nothing at {_what(path)} ({said})")
        if code in ("401", "403", "997"):
            return Unauthorized(f"{self.host} does not allow this account {_what(path)} ({said})")
        return BadReply(f"{self.host} refused {_what(path)}: {said} ({code})")

    def preview(self, path: str, params: Mapping[str, str]) -> bytes | None:
        """A preview; None where the server cannot make one of that file."""
        response = self.ask("GET", path, params=params)
        if response.status_code in (400, 404):
            return None
        self.check(response, "preview")
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip()
        if kind not in _PREVIEWS:
            raise BadReply(f"{self.host} gave {kind or 'nothing'} instead of a preview")
        return response.content

    def ask(
        self,
        method: str,
        path: str,
        *,
        json: object = None,
        form: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """One request outside WebDAV; the answer as it is, but never a refused credential or a lock."""
        GUARD.check(self.host, self._credential)
        headers = {"Accept": "application/json"} if not path.startswith("/index.php/") else {}
        try:
            response = self._session.request(
                method, self.base + path, json=json, data=form, params=params, headers=headers
            )
        except requests.TooManyRedirects as error:
            where = error.response.headers.get("Location") if error.response is not None else None
            raise redirected(where, urlsplit(self.base).hostname or self.host) from None
        except (requests.RequestException, OSError) as error:
            raise network_trouble(error, self.host) from None
        learn(self.host, self._credential, response.status_code, response.headers.get("Retry-After"))
        return response

    def close(self) -> None:
        self._session.close()
        self.dav.http.close()

    def check(self, response: requests.Response, path: str, message: str = "") -> None:
        """Raises the error that an answer of `ask` is; nothing where it is none."""
        status = response.status_code
        if status < 300:
            return
        said = f" ({message})" if message else ""
        if status == 403:
            raise Unauthorized(f"{self.host} does not allow this account {_what(path)}{said}")
        if status in (404, 410):
            raise NotFound(f"{self.host} has nothing at {_what(path)}{said}")
        if status == 429 or status >= 500:
            raise Unavailable(
                f"{self.host} cannot answer now ({status}){said}",
                retry_after_s=retry_after_s(response.headers.get("Retry-After")),
            )
        if status < 400:
            raise redirected(response.headers.get("Location"), urlsplit(self.base).hostname or self.host)
        raise BadReply(f"{self.host} did not understand {_what(path)} ({status}){said}")


def learn(host: str, credential: Credential, status: int, retry_after: str | None) -> None:
    """Remembers what an answer says of the credential and of the host.

    Raises:
        Unauthorized: the credential was refused just now.
        Unavailable: the host has locked this address out. That answer comes without a time; one with a time is
            a proxy's that only wants us slower.
    """
    if status == 401:
        GUARD.refuse(host, credential)
        what = "the credential was refused" if credential.headers else "it wants a password"
        raise Unauthorized(f"{host} does not let us in: {what} (401)")
    if status == 429 and not (retry_after or "").strip():
        GUARD.lock(host)
        raise Unavailable(
            f"{host} has locked this address out after too many refusals (429); it is left alone for "
            f"{LOCKED_S / 60:.0f} minutes. Its administrator can end that, and allow this address for good",
            retry_after_s=LOCKED_S,
        )


class _Dav(DavClient):
    """The WebDAV side; keeps what it learns in the guard that all connections of the process share."""

    def __init__(self, base: str, net: Net, credential: Credential) -> None:
        super().__init__(base, net, None)
        self.http.headers.update(credential.headers)
        self._credential = credential
        self._place = urlsplit(base).netloc

    def search(self, body: str) -> list[Entry]:
        """SEARCH over the files.

        Raises:
            NotOffered: this server answers with something else than a listing.
        """
        headers = {"Content-Type": "text/xml; charset=utf-8"}
        return self.multistatus("SEARCH", "", body, headers, folder=True)

    def one(self, path: str, wanted: Sequence[str]) -> Entry:
        """PROPFIND of that folder or file alone."""
        entries = self.listing(path, wanted, depth="0")
        if len(entries) != 1:
            raise BadReply(f"{self._place} answered for {len(entries)} things where it was asked for one")
        return entries[0]

    def send(
        self, method: str, path: str, content: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> int:
        """A request whose answer is only a status below 400, or one of those that say how things stand (405, 409)."""
        with self._opened(method, self.join_url(path), headers or {}, content) as response:
            if response.status_code not in (405, 409):
                self._check(response, path)
            return int(response.status_code)

    @override
    def _opened(self, method: str, url: httpx.URL, headers: Mapping[str, str], content: bytes | None) -> Any:
        GUARD.check(self._place, self._credential)
        return super()._opened(method, url, headers, content)

    @override
    def _check(self, response: httpx.Response, path: str) -> None:
        learn(self._place, self._credential, response.status_code, response.headers.get("Retry-After"))
        if response.request.method == "SEARCH" and response.status_code not in (200, 207, 429, 503):
            raise NotOffered(f"{self._place} does not search ({response.status_code})")
        super()._check(response, path)


def _decoded(response: requests.Response, host: str) -> Any:
    try:
        return response.json()
    except ValueError:
        if response.status_code >= 300:
            return None
        kind = response.headers.get("Content-Type", "nothing").partition(";")[0]
        raise BadReply(f"{host} answered with {kind}, not with JSON; is the address that of a Nextcloud?") from None


def _message(meta: Mapping[str, Any]) -> str:
    return str(meta.get("message") or "")[:_LONGEST_MESSAGE]


def _what(path: str) -> str:
    return path.partition("?")[0].rstrip("/").rpartition("/")[2] or path
