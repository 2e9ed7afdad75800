"""webdav4 with what real servers need: quoting, safe XML, limits, ranges, and words for every refusal.

- stock quoting breaks on ``%``, ``#`` and ``?`` in names
- its XML parser is the standard library's, which follows entity bombs up to a point
- its ``open()`` reads a whole file for every seek
- it tries a refused password again where a server counts tries
"""

from __future__ import annotations

import io
import threading
from collections.abc import Generator, Iterator, Mapping, Sequence
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
from adapters.trouble import network_trouble, redirected, retry_after_s

DAV = "{DAV:}"
LARGEST_LISTING_BYTES = 48 * 1024 * 1024
_SAFE = "/~!$&'()*+,;=:@-._"


@dataclass(frozen=True, slots=True)
class Entry:
    """One answer of a listing: its decoded path on the server and the properties that exist, by Clark name.

    Bytes of the path that are no UTF-8 are kept as lone surrogates: `DavClient.join_url` turns them back.
    """

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
            auth=_SignIn(*auth) if auth else None,
            headers={"User-Agent": "image-tracer"},
        )
        super().__init__(base, http_client=http, retry=False)
        self._host = urlsplit(base).hostname or base
        self._refused = threading.Event()

    @override
    def join_url(self, path: str, add_trailing_slash: bool = False) -> httpx.URL:
        joined = self.base_url.path.rstrip("/") + "/" + path.strip("/")
        joined = joined.rstrip("/") + ("/" if add_trailing_slash else "")
        raw = quote(joined or "/", safe=_SAFE, errors="surrogateescape")
        url: httpx.URL = self.base_url.copy_with(raw_path=raw.encode())
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

        ``version`` is the etag without quotes, or `undated_version` of a listing without etags.

        Raises:
            BadReply: the file is another version now, or the answer is not the file.
        """
        if length <= 0:
            return b""
        headers = {"Range": f"bytes={start}-{start + length - 1}", "Accept-Encoding": "identity"}
        url = self.join_url(path)
        with self._opened("GET", url, headers, None) as response:
            if response.status_code == 416:
                return b""
            self._check(response, path)
            name = path.rpartition("/")[2]
            _check_version(response, version, name)
            skip = 0 if response.status_code == 206 else start
            data = _take(response.iter_bytes(), skip, length)
            if len(data) < _promised(response, start, length):
                raise BadReply(f"{self._host} gave {len(data)} bytes of {name!r} where it said there are more")
            return data

    def wants_sign_in(self, path: str) -> bool:
        """Whether the server refuses that folder to somebody without a credential."""
        request = self.http.build_request(
            "PROPFIND", self.join_url(path, add_trailing_slash=True), headers={"Depth": "0"}
        )
        with _Opened(self.http, request, self._host, is_anonymous=True) as response:
            return response.status_code in (401, 403)

    def answers_ranges(self, path: str) -> bool:
        """Whether the server gives a part of that file where a part is asked for."""
        with self._opened("GET", self.join_url(path), {"Range": "bytes=0-15"}, None) as response:
            self._check(response, path)
            return response.status_code == 206

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
                    f"{self._host} answered {method} with {response.status_code} and {what}, not with a WebDAV "
                    "listing; is the address that of the WebDAV folder, and not of a web page?"
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
        if 300 <= status < 400:
            error = redirected(response.headers.get("Location"), self._host)
        if error is not None:
            raise error


class _SignIn(httpx.Auth):
    """Basic, and Digest where a server takes only that. A refused password is not sent a second time."""

    def __init__(self, user: str, password: str) -> None:
        self._basic = httpx.BasicAuth(user, password)
        self._digest = httpx.DigestAuth(user, password)
        self._wants_digest = False

    @override
    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        flow = self._digest.auth_flow(request)
        if not self._wants_digest:
            response = yield next(self._basic.auth_flow(request))
            if response.status_code != 401 or not _only_digest(response):
                return
            self._wants_digest = True
            next(flow)  # it would ask for the challenge that is here already
            yield flow.send(response)
        else:
            yield from flow


def _only_digest(response: httpx.Response) -> bool:
    schemes = {each.partition(" ")[0].lower() for each in response.headers.get_list("WWW-Authenticate")}
    return "digest" in schemes and "basic" not in schemes


class _Opened:
    """An answer whose body is still to come; network trouble becomes words."""

    def __init__(self, http: httpx.Client, request: httpx.Request, host: str, *, is_anonymous: bool = False) -> None:
        self._http, self._request, self._host = http, request, host
        self._auth = None if is_anonymous else httpx.USE_CLIENT_DEFAULT
        self._response: httpx.Response | None = None

    def __enter__(self) -> httpx.Response:
        try:
            self._response = self._http.send(self._request, stream=True, auth=self._auth)
        except (httpx.HTTPError, OSError) as error:
            raise network_trouble(error, self._host) from None
        return self._response

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: object) -> None:
        if self._response is not None:
            self._response.close()
        if isinstance(error, (httpx.HTTPError, OSError)) and not isinstance(error, LibraryError):
            raise network_trouble(error, self._host) from None


def _refusal(status: int, retry_after: str | None, host: str, path: str) -> LibraryError | None:
    """The error a status means; None: it is no error."""
    name = path.rstrip("/").rpartition("/")[2] or "/"
    if status == 401:
        return Unauthorized(f"{host} refused {name!r}: the user name or password is not accepted (401)")
    if status == 403:
        return Unauthorized(f"{host} refused {name!r}: the account may not do that (403)")
    if status in (404, 410):
        return NotFound(f"{host} has no {name!r}")
    if status in (423, 429) or status >= 500:
        return Unavailable(f"{host} cannot answer now ({status})", retry_after_s=retry_after_s(retry_after))
    if status >= 400:
        return BadReply(f"{host} did not understand the request ({status})")
    return None


def _take(chunks: Iterator[bytes], skip: int, length: int, *, complete: bool = False) -> bytes:
    """Bytes ``skip`` to ``skip + length`` of a stream; reading stops behind them.

    A stream that ends there is read to its end, or its connection could not be used again. ``complete``: a longer
    stream is an error.
    """
    out, at = io.BytesIO(), 0
    for chunk in chunks:
        out.write(chunk[max(0, skip - at) :][: length - out.tell()] if at + len(chunk) > skip else b"")
        at += len(chunk)
        if at > skip + length:
            if complete:
                raise BadReply(f"the listing is longer than {length // 2**20} MB")
            break
    return out.getvalue()


def undated_version(size: str | None, modified: str | None) -> str:
    """The version of a file whose server gives no etags; the quote tells it from one."""
    return f'"{size}-{modified}'


def bare_etag(etag: str) -> str:
    """An etag without its quotes and its mark of weakness: listings and answers differ in both."""
    return etag.strip().removeprefix("W/").strip('"')


def _check_version(response: httpx.Response, version: str | None, name: str) -> None:
    if response.headers.get("Content-Type", "").startswith("text/html") and not name.lower().endswith(
        (".html", ".htm")
    ):
        raise BadReply(f"instead of {name!r} came a web page; does the server want a sign-in in a browser?")
    etag, modified = response.headers.get("ETag"), response.headers.get("Last-Modified")
    if version is None:
        return
    if version.startswith('"'):
        same = modified is None or version.endswith(f"-{modified}")
    else:
        same = etag is None or bare_etag(etag) == version
    if not same:
        raise BadReply(f"{name!r} has changed since it was listed")


def _promised(response: httpx.Response, start: int, length: int) -> int:
    """How many of the wanted bytes exist, by what the answer says of the whole file; 0 where it says nothing."""
    if response.status_code == 206:
        span, _, total = response.headers.get("Content-Range", "").removeprefix("bytes ").partition("/")
        if span and not span.startswith(f"{start}-"):
            raise BadReply(f"asked for the bytes from {start} on, the server gave {span}")
    else:
        total = "" if "Content-Encoding" in response.headers else response.headers.get("Content-Length", "")
    return max(0, min(length, int(total) - start)) if total.isdigit() else 0


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
        for prop in block.iterfind(f"{DAV}prop/*")
    }
    return Entry(unquote(_path(href), errors="surrogateescape"), props)


def _path(href: str) -> str:
    """The path of a href: some servers give a whole address, some a path that begins with two slashes."""
    return urlsplit(href).path if "://" in href[:9] else href
