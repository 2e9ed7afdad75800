"""webdav4 with what real servers need: quoting, safe XML, limits, ranges, and words for every refusal.

- stock quoting breaks on ``%``, ``#`` and ``?`` in names
- its XML parser is the standard library's, which follows entity bombs up to a point
- its ``open()`` reads a whole file for every seek
- it tries a refused password again where a server counts tries
"""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import override
from urllib.parse import quote, unquote, urlsplit
from xml.etree.ElementTree import Element, ParseError

import httpx
import webdav4.http
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse
from webdav4.client import Client

from adapters.library import BadReply, LibraryError, Net, NotFound, Unauthorized, Unavailable

DAV = "{DAV:}"
LARGEST_LISTING_BYTES = 48 * 1024 * 1024
TIMEOUT_S = 60.0
_SAFE = "/~!$&'()*+,;=:@-._"


@dataclass(frozen=True, slots=True)
class Entry:
    """One answer of a listing: its decoded path on the server and the properties that exist, by Clark name."""

    path: str
    props: Mapping[str, Element]

    def text(self, name: str) -> str | None:
        """The text of a property; None where it is absent or empty."""
        found = self.props.get(name)
        return (found.text or "").strip() or None if found is not None else None

    @property
    def is_folder(self) -> bool:
        kind = self.props.get(DAV + "resourcetype")
        return kind is not None and kind.find(DAV + "collection") is not None


class DavClient(Client):  # type: ignore[misc]  # webdav4 publishes no types
    """One account on one server. Safe from several threads."""

    def __init__(self, base: str, net: Net, auth: tuple[str, str] | None) -> None:
        http = webdav4.http.Client(
            transport=net.transport(),
            trust_env=False,
            follow_redirects=False,
            auth=auth,
            timeout=httpx.Timeout(TIMEOUT_S, connect=10.0),
            headers={"User-Agent": "image-tracer"},
        )
        super().__init__(base, http_client=http, retry=False)
        self._host = urlsplit(base).hostname or base
        self._refused = threading.Event()

    @override
    def join_url(self, path: str, add_trailing_slash: bool = False) -> httpx.URL:
        joined = self.base_url.path.rstrip("/") + "/" + path.strip("/")
        joined = joined.rstrip("/") + ("/" if add_trailing_slash else "")
        url: httpx.URL = self.base_url.copy_with(raw_path=quote(joined or "/", safe=_SAFE).encode())
        return url

    def listing(self, path: str, props: Sequence[str], *, depth: str = "1") -> list[Entry]:
        """PROPFIND: the folder itself first, then what is in it.

        Raises:
            LibraryError: refused, gone, unavailable, or no WebDAV answer at all.
        """
        body = _propfind(props)
        return self.multistatus("PROPFIND", path, body, {"Depth": depth}, folder=True)

    def multistatus(
        self, method: str, path: str, body: str, headers: Mapping[str, str], *, folder: bool = False
    ) -> list[Entry]:
        """Any request that is answered by 207; same errors as :meth:`listing`."""
        said = {"Content-Type": "application/xml; charset=utf-8", **headers}
        data = self._ask(method, path, said, content=body.encode(), folder=folder)
        try:
            return list(_entries(data))
        except (ParseError, DefusedXmlException, ValueError) as error:
            raise BadReply(
                f"{self._host} answered with something that is not WebDAV ({type(error).__name__})"
            ) from None

    def read_range(self, path: str, start: int, length: int, version: str | None) -> bytes:
        """Those bytes of a file. A server that ignores ranges is read up to the last wanted byte and no further.

        Raises:
            BadReply: the file is another version now.
        """
        if length <= 0:
            return b""
        headers = {"Range": f"bytes={start}-{start + length - 1}", "Accept-Encoding": "identity"}
        url = self.join_url(path)
        with self._opened("GET", url, headers, None) as response:
            if response.status_code == 416:
                return b""
            self._check(response, path)
            etag = response.headers.get("ETag")
            if version and etag and etag.strip('"').removeprefix("W/").strip('"') != version:
                raise BadReply(f"{path.rpartition('/')[2]} has changed since it was listed")
            skip = 0 if response.status_code == 206 else start
            return _take(response.iter_bytes(), skip, length)

    def fetch(self, path: str, largest_bytes: int) -> bytes:
        """A whole small file."""
        return self.read_range(path, 0, largest_bytes, None)

    def _ask(
        self, method: str, path: str, headers: Mapping[str, str], *, content: bytes | None, folder: bool = False
    ) -> bytes:
        url = self.join_url(path, add_trailing_slash=folder)
        with self._opened(method, url, headers, content) as response:
            self._check(response, path)
            if response.status_code != 207:
                what = response.headers.get("Content-Type", "nothing")
                raise BadReply(
                    f"{self._host} answered {method} with {response.status_code} and {what}, not with a WebDAV listing; "
                    "is the address that of the WebDAV folder, and not of a web page?"
                )
            return _take(response.iter_bytes(), 0, LARGEST_LISTING_BYTES, complete=True)

    def _opened(self, method: str, url: httpx.URL, headers: Mapping[str, str], content: bytes | None) -> _Opened:
        if self._refused.is_set():
            raise Unauthorized(f"{self._host} refused the credential before; it is not tried again")
        return _Opened(self.http, self.http.build_request(method, url, headers=headers, content=content), self._host)

    def _check(self, response: httpx.Response, path: str) -> None:
        status = response.status_code
        if status == 401:
            self._refused.set()
        error = _refusal(status, response.headers.get("Retry-After"), self._host, path)
        if error is not None:
            raise error


class _Opened:
    """An answer whose body is still to come; network trouble becomes words."""

    def __init__(self, http: httpx.Client, request: httpx.Request, host: str) -> None:
        self._http, self._request, self._host = http, request, host
        self._response: httpx.Response | None = None

    def __enter__(self) -> httpx.Response:
        try:
            self._response = self._http.send(self._request, stream=True)
        except (httpx.HTTPError, OSError) as error:
            raise _trouble(error, self._host) from None
        return self._response

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: object) -> None:
        if self._response is not None:
            self._response.close()
        if isinstance(error, (httpx.HTTPError, OSError)) and not isinstance(error, LibraryError):
            raise _trouble(error, self._host) from None


def _trouble(error: Exception, host: str) -> LibraryError:
    if isinstance(error, httpx.TimeoutException):
        return Unavailable(f"{host} does not answer in time")
    if isinstance(error, httpx.ConnectError):
        return Unavailable(f"{host} cannot be reached: {error}")
    if isinstance(error, httpx.RemoteProtocolError):
        return Unavailable(f"{host} broke off its answer")
    return Unavailable(f"{host}: {error}")


def _refusal(status: int, retry_after: str | None, host: str, path: str) -> LibraryError | None:
    """The error a status means; None: it is no error."""
    name = path.rstrip("/").rpartition("/")[2] or "/"
    if status in (401, 403):
        what = "user name or password" if status == 401 else "permission"
        return Unauthorized(f"{host} refused {name!r}: the {what} is not accepted ({status})")
    if status in (404, 410):
        return NotFound(f"{host} has no {name!r}")
    if status in (423, 429) or status >= 500:
        seconds = float(retry_after) if retry_after and retry_after.isdigit() else None
        return Unavailable(f"{host} cannot answer now ({status})", retry_after_s=seconds)
    if 300 <= status < 400:
        return BadReply(f"{host} redirects elsewhere ({status}); give the address it really has")
    if status >= 400:
        return BadReply(f"{host} did not understand the request ({status})")
    return None


def _take(chunks: Iterator[bytes], skip: int, length: int, *, complete: bool = False) -> bytes:
    """Bytes ``skip`` to ``skip + length`` of a stream; reading stops there. ``complete``: more than that is an error."""
    out, at = io.BytesIO(), 0
    for chunk in chunks:
        out.write(chunk[max(0, skip - at) :][: length - out.tell()] if at + len(chunk) > skip else b"")
        at += len(chunk)
        if out.tell() >= length and not complete:
            break
        if complete and at > length:
            raise BadReply(f"the listing is longer than {length // 2**20} MB")
    return out.getvalue()


def _propfind(props: Sequence[str]) -> str:
    asked = "".join(f'<p:{name} xmlns:p="{space}"/>' for space, name in map(_split, props))
    return f'<?xml version="1.0" encoding="utf-8"?><d:propfind xmlns:d="DAV:"><d:prop>{asked}</d:prop></d:propfind>'


def _split(clark: str) -> tuple[str, str]:
    space, _, name = clark[1:].partition("}")
    return space, name


def _entries(data: bytes) -> Iterator[Entry]:
    root: Element | None = None
    for event, element in iterparse(io.BytesIO(data), events=("start", "end")):
        if root is None:
            root = element
            if root.tag != DAV + "multistatus":
                raise ValueError(root.tag)
        if event == "end" and element.tag == DAV + "response":
            yield _entry(element)
            root.clear()


def _entry(response: Element) -> Entry:
    href = response.findtext(DAV + "href") or ""
    props = {
        prop.tag: prop
        for block in response.iterfind(DAV + "propstat")
        if " 200 " in f"{block.findtext(DAV + 'status')} "
        for prop in block.find(DAV + "prop") or ()
    }
    return Entry(unquote(urlsplit(href).path), props)
