"""WebDAV servers as they are: Apache, nginx, sabre, proxies in front, and some that mean no good."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

import adapters
from adapters.library import Asset, BadReply, BadSettings, Check, Library, NotFound, Unauthorized, Unavailable
from adapters.testing import check_values
from connector.net import GuardedNet, Limits, Policy
from tests.adapters.servers import LOGIN_PAGE, Misbehaving, dav_app, self_signed, serving

URL = "https://photos.test/dav/album"
Handler = Callable[[httpx.Request], httpx.Response]
LOOPBACK = GuardedNet(Policy(["127.0.0.0/8"]))


class Scripted:
    """A network in which one handler answers everything."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler
        self.seen: list[httpx.Request] = []

    def session(self) -> requests.Session:
        raise AssertionError("WebDAV speaks through httpx")

    def transport(self) -> httpx.BaseTransport:
        return httpx.MockTransport(self._noted)

    def _noted(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request)
        return self.handler(request)


def library(handler: Handler, url: str = URL, **options: str) -> tuple[Library, Scripted]:
    net = Scripted(handler)
    return adapters.kind("webdav").open({"url": url, **options}, net), net


def listing(*entries: str) -> httpx.Response:
    body = f'<?xml version="1.0"?><d:multistatus xmlns:d="DAV:">{"".join(entries)}</d:multistatus>'
    return httpx.Response(207, content=body.encode(), headers={"Content-Type": "application/xml"})


def folder(href: str) -> str:
    return (
        f"<d:response><d:href>{href}</d:href><d:propstat><d:prop><d:resourcetype><d:collection/></d:resourcetype>"
        "</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>"
    )


def file(href: str, etag: str | None = '"abc"', size: int = 5, modified: str = "Sun, 14 Jun 2026 08:05:10 GMT") -> str:
    tag = f"<d:getetag>{etag}</d:getetag>" if etag else ""
    missing = "<d:propstat><d:prop><d:quota/></d:prop><d:status>HTTP/1.1 404 Not Found</d:status></d:propstat>"
    return (
        f"<d:response><d:href>{href}</d:href><d:propstat><d:prop>{tag}<d:resourcetype/>"
        f"<d:getcontentlength>{size}</d:getcontentlength><d:getlastmodified>{modified}</d:getlastmodified>"
        f"</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>{missing}</d:response>"
    )


def one_photo(answer: httpx.Response, entry: str | None = None) -> tuple[Library, Asset]:
    """A library of one photo whose bytes are that answer."""

    def handle(request: httpx.Request) -> httpx.Response:
        if request.method == "PROPFIND":
            return listing(folder("/dav/album/"), entry or file("/dav/album/a.jpg"))
        return answer

    opened, _ = library(handle)
    (asset,) = opened.assets(".")
    return opened, asset


# -- listings


@pytest.mark.parametrize(
    ("self_href", "href"),
    [
        ("/dav/album/", "/dav/album/Gr%C3%BC%C3%9Fe%20%231.jpg"),
        ("/dav/album/", "/dav/album/Gr%c3%bc%c3%9fe%20%231.jpg"),
        ("https://photos.test/dav/album/", "https://photos.test/dav/album/Gr%C3%BC%C3%9Fe%20%231.jpg"),
        ("http://10.0.0.7:8080/dav/album/", "http://10.0.0.7:8080/dav/album/Gr%C3%BC%C3%9Fe%20%231.jpg"),
        ("/dav/album/", "https://photos.test/dav/album/Gr%C3%BC%C3%9Fe%20%231.jpg"),
        ("/internal/album/", "/internal/album/Gr%C3%BC%C3%9Fe%20%231.jpg"),
        ("//dav/album/", "//dav/album/Gr%C3%BC%C3%9Fe%20%231.jpg"),
        ("/dav/album", "/dav/album/Gr\u00fc\u00dfe%20%231.jpg"),
    ],
    ids=[
        "plain",
        "lower-case hex",
        "whole address",
        "address behind a proxy",
        "mixed",
        "path behind a proxy",
        "//",
        "no slash",
    ],
)
def test_hrefs_come_in_many_ways_and_mean_the_same(self_href: str, href: str) -> None:
    opened, net = library(lambda request: listing(folder(self_href), file(href)))
    (asset,) = opened.assets(".")
    assert asset.id == asset.name == "Gr\u00fc\u00dfe #1.jpg"
    net.handler = lambda request: httpx.Response(206, content=b"hello", headers={"Content-Range": "bytes 0-4/5"})
    assert opened.read(asset, 0, 5) == b"hello"
    assert net.seen[-1].url.raw_path == b"/dav/album/Gr%C3%BC%C3%9Fe%20%231.jpg"


def test_a_name_that_is_no_utf8_is_listed_stored_and_read() -> None:
    opened, net = library(lambda request: listing(folder("/dav/album/"), file("/dav/album/M%FCnchen.jpg")))
    (asset,) = opened.assets(".")
    assert asset.id.encode() == b"M%FCnchen.jpg"
    net.handler = lambda request: httpx.Response(206, content=b"hello", headers={"Content-Range": "bytes 0-4/5"})
    opened.read(asset, 0, 5)
    assert net.seen[-1].url.raw_path == b"/dav/album/M%FCnchen.jpg"


def test_only_depth_one_is_asked_for_and_only_what_is_needed() -> None:
    opened, net = library(lambda request: listing(folder("/dav/album/"), file("/dav/album/a.jpg")))
    list(opened.assets("."))
    list(opened.albums())
    assert {request.headers["Depth"] for request in net.seen} == {"1"}
    assert all(b"getetag" in request.content and b"allprop" not in request.content for request in net.seen)


def test_folders_are_walked_but_not_those_of_the_storage_box() -> None:
    tree = {
        "/dav/album/": [folder("/dav/album/Day 2/"), folder("/dav/album/@eaDir/"), folder("/dav/album/.thumbs/")],
        "/dav/album/Day%202/": [file("/dav/album/Day%202/b.jpg"), file("/dav/album/Day%202/notes.txt")],
    }

    def handle(request: httpx.Request) -> httpx.Response:
        path = request.url.raw_path.decode()
        return listing(folder(path), *tree[path])

    opened, net = library(handle)
    (album,) = opened.albums()
    assert (album.id, album.title, album.count) == ("Day 2", "Day 2", 1)
    assert len(net.seen) == 2


def test_a_folder_that_goes_away_during_the_walk_is_no_album() -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        if "gone" in request.url.path:
            return httpx.Response(404)
        return listing(folder("/dav/album/"), folder("/dav/album/gone/"), file("/dav/album/a.jpg"))

    opened, _ = library(handle)
    assert [album.id for album in opened.albums()] == ["."]


def test_a_folder_that_contains_itself_is_said() -> None:
    def handle(request: httpx.Request) -> httpx.Response:
        path = request.url.path
        return listing(folder(path), folder(f"{path}again/"))

    opened, net = library(handle)
    with pytest.raises(BadReply, match="lead back"):
        list(opened.albums())
    assert len(net.seen) < 50


def test_a_file_is_no_album() -> None:
    opened, _ = library(lambda request: listing(file("/dav/album/a.jpg")))
    with pytest.raises(NotFound, match="is a file"):
        list(opened.assets("a.jpg"))


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (listing(folder("/dav/album/"), file("/elsewhere/a.jpg")), "not in"),
        (listing(), "empty listing"),
        (httpx.Response(200, content=LOGIN_PAGE, headers={"Content-Type": "text/html"}), "not with a WebDAV listing"),
        (httpx.Response(207, content=LOGIN_PAGE), "not WebDAV"),
        (httpx.Response(207, content=b"<d:multistatus xmlns:d='DAV:'><d:resp"), "not WebDAV"),
        (httpx.Response(207, content=b"<html xmlns='http://www.w3.org/1999/xhtml'/>"), "not WebDAV"),
        (httpx.Response(207, content=b""), "not WebDAV"),
        (httpx.Response(405), "did not understand"),
    ],
    ids=["other folder", "empty", "page", "page as 207", "cut", "XHTML", "nothing", "405"],
)
def test_what_is_no_listing_is_said(answer: httpx.Response, words: str) -> None:
    opened, _ = library(lambda request: answer)
    with pytest.raises(BadReply, match=words):
        list(opened.assets("."))


def test_a_bomb_of_entities_is_refused() -> None:
    bomb = b"""<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
    <d:multistatus xmlns:d="DAV:"><d:response><d:href>&b;</d:href></d:response></d:multistatus>"""
    opened, _ = library(lambda request: httpx.Response(207, content=bomb))
    with pytest.raises(BadReply, match="EntitiesForbidden"):
        list(opened.assets("."))


def test_a_listing_without_end_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.dav.LARGEST_LISTING_BYTES", 2**20)
    packed = gzip.compress(b"<d:multistatus xmlns:d='DAV:'>" + b" " * 2**24)
    headers = {"Content-Encoding": "gzip"}
    opened, _ = library(lambda request: httpx.Response(207, content=packed, headers=headers))
    with pytest.raises(BadReply, match="longer than 1 MB"):
        list(opened.assets("."))


# -- bytes


def test_a_server_that_ignores_ranges_is_read_no_further_than_needed() -> None:
    sent: list[int] = []

    def body() -> Iterator[bytes]:
        for _ in range(1000):
            sent.append(1)
            yield b"0123456789" * 100

    opened, asset = one_photo(httpx.Response(200, content=body()), file("/dav/album/a.jpg", size=1_000_000))
    assert opened.read(asset, 2005, 10) == b"5678901234"
    assert len(sent) <= 4


@pytest.mark.parametrize(
    ("headers", "content", "words"),
    [
        ({"Content-Range": "bytes 5-9/100"}, b"56789", "asked for the bytes from 0"),
        ({"Content-Range": "bytes 0-9/100"}, b"012", "where it said there are more"),
        ({"Content-Range": "bytes 0-9/100", "ETag": '"other"'}, b"0123456789", "has changed"),
        ({"Content-Range": "bytes 0-9/100", "Content-Type": "text/html"}, b"<html>1234", "web page"),
    ],
    ids=["other range", "short", "other version", "page"],
)
def test_bytes_that_are_not_the_wanted_ones_are_refused(headers: dict[str, str], content: bytes, words: str) -> None:
    opened, asset = one_photo(httpx.Response(206, content=content, headers=headers))
    with pytest.raises(BadReply, match=words):
        opened.read(asset, 0, 10)


@pytest.mark.parametrize("listed", ['"abc"', 'W/"abc"', "abc", "&quot;abc&quot;"])
@pytest.mark.parametrize("answered", ['"abc"', 'W/"abc"', "abc"])
def test_an_etag_is_the_same_in_any_quotes(listed: str, answered: str) -> None:
    headers = {"Content-Range": "bytes 0-4/5", "ETag": answered}
    opened, asset = one_photo(
        httpx.Response(206, content=b"hello", headers=headers), file("/dav/album/a.jpg", etag=listed)
    )
    assert asset.version == "abc"
    assert opened.read(asset, 0, 5) == b"hello"


@pytest.mark.parametrize(
    ("modified", "is_same"), [("Sun, 14 Jun 2026 08:05:10 GMT", True), ("Mon, 15 Jun 2026 08:05:10 GMT", False)]
)
def test_without_etags_the_time_tells_a_changed_file(modified: str, is_same: bool) -> None:
    headers = {"Content-Range": "bytes 0-4/5", "Last-Modified": modified}
    answer = httpx.Response(206, content=b"hello", headers=headers)
    opened, asset = one_photo(answer, file("/dav/album/a.jpg", etag=None))
    if is_same:
        assert opened.read(asset, 0, 5) == b"hello"
    else:
        with pytest.raises(BadReply, match="has changed"):
            opened.read(asset, 0, 5)


# -- signing in


def test_a_server_that_takes_only_digest(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"hello")
    server = Misbehaving(dav_app(tmp_path, {"me": "secret"}, digest=True))
    with serving(server) as url:
        opened = adapters.kind("webdav").open({"url": f"{url}/dav", "user": "me", "password": "secret"}, LOOPBACK)
        (asset,) = opened.assets(".")
        assert opened.read(asset, 0, 5) == b"hello"
        assert len(server.seen) == 3, "the way in is found once"
        wrong = adapters.kind("webdav").open({"url": f"{url}/dav", "user": "me", "password": "wrong"}, LOOPBACK)
        for _ in range(3):
            with pytest.raises(Unauthorized):
                wrong.account()
        assert len(server.seen) == 5, "a refused password is not tried again"


def test_a_folder_that_is_open_to_everybody(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"hello")
    with serving(dav_app(tmp_path, None)) as url:
        opened = adapters.kind("webdav").open({"url": f"{url}/dav"}, LOOPBACK)
        assert [asset.name for asset in opened.assets(".")] == ["a.jpg"]
        assert opened.account().id.startswith("guest@")


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("https://photos.test/dav/album/?token=secret", "begin with https://"),
        ("https://login.test/?next=secret", "redirects to login.test"),
        ("/login?next=secret", "redirects elsewhere"),
    ],
)
def test_a_redirect_is_not_followed_but_explained(location: str, words: str) -> None:
    opened, net = library(
        lambda request: httpx.Response(301, headers={"Location": location}), "http://photos.test/dav/album"
    )
    with pytest.raises(BadReply, match=words) as caught:
        opened.account()
    assert "secret" not in str(caught.value)
    assert len(net.seen) == 1


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({}, "url is missing"),
        ({"url": "photos.test/dav"}, "must begin with https"),
        ({"url": "https://me:secret@photos.test/dav"}, "must not hold a user name"),
        ({"url": "https://photos.test/dav?x=1"}, r"must not hold \?"),
        ({"url": "https://photos.test:99999/dav"}, "not an address"),
        ({"url": "http://0177.0.0.1/"}, "not an address"),
        ({"url": "https://[::1/dav"}, "not an address"),
        ({"url": "https://photos.test/dav", "user": "me"}, "both user and password"),
    ],
)
def test_settings_that_cannot_be_right_are_said_at_once(options: dict[str, str], problem: str) -> None:
    with pytest.raises(BadSettings, match=problem) as caught:
        adapters.kind("webdav").open(options, LOOPBACK)
    assert "secret" not in str(caught.value)


# -- trying a connection


def _checks(net: GuardedNet = LOOPBACK, **options: str) -> list[Check]:
    checks = adapters.kind("webdav").checks
    assert checks is not None
    found = list(checks(options, net))
    assert "secret" not in repr(found)
    assert all(check.ok or check.advice for check in found)
    return found


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    root = tmp_path / "photos"
    root.mkdir()
    with serving(dav_app(root, {"me": "secret"})) as url:
        yield f"{url}/dav", root


def test_doctor_all_is_well(served: tuple[str, Path]) -> None:
    url, root = served
    (root / "a.jpg").write_bytes(b"hello")
    found = _checks(url=url, user="me", password="secret")
    assert [(check.name, check.ok) for check in found] == [
        ("settings", True),
        ("address", True),
        ("photos", True),
        ("ranges", True),
    ]


def test_doctor_no_photos(served: tuple[str, Path]) -> None:
    found = _checks(url=served[0], user="me", password="secret")
    assert (found[-1].name, found[-1].ok, found[-1].needed) == ("photos", False, False)


def test_doctor_wrong_password(served: tuple[str, Path]) -> None:
    found = _checks(url=served[0], user="me", password="secret-but-wrong")
    assert (found[-1].name, found[-1].ok) == ("address", False)
    assert "not accepted" in found[-1].said


def test_doctor_wrong_path(served: tuple[str, Path]) -> None:
    found = _checks(url=served[0] + "/nowhere", user="me", password="secret")
    assert (found[-1].name, found[-1].ok) == ("address", False)
    assert "has no 'nowhere'" in found[-1].said or "has no" in found[-1].said


def test_doctor_self_signed(tmp_path: Path) -> None:
    with serving(dav_app(tmp_path, None), self_signed(tmp_path)) as url:
        found = _checks(url=f"{url}/dav")
    assert "self-signed" in found[-1].said
    assert "TRACER_CA_FILE" in str(found[-1].advice)


def test_doctor_a_server_that_is_slow() -> None:
    def handle(environ: object, start: Callable[..., object]) -> Iterator[bytes]:
        import time

        time.sleep(1.0)
        start("204 No Content", [])
        return iter(())

    with serving(handle) as url:
        found = _checks(GuardedNet(Policy(["127.0.0.0/8"]), limits=Limits(read_s=0.2)), url=url)
    assert "in time" in found[-1].said


def test_a_server_that_is_busy_says_how_long() -> None:
    opened, _ = library(lambda request: httpx.Response(503, headers={"Retry-After": "120"}))
    with pytest.raises(Unavailable) as caught:
        opened.account()
    assert (caught.value.retry, caught.value.retry_after_s) == (True, 120)


_SOUND = listing(folder("/dav/album/"), file("/dav/album/a.jpg"), file("/dav/album/b%20c.jpg", etag=None)).content


@given(st.data())
def test_a_damaged_listing_is_a_listing_or_one_clear_error(data: st.DataObject) -> None:
    """Bytes cut out, doubled or overwritten anywhere."""
    at = data.draw(st.integers(0, len(_SOUND)))
    until = data.draw(st.integers(at, min(len(_SOUND), at + 40)))
    damaged = _SOUND[:at] + data.draw(st.binary(max_size=12) | st.just(_SOUND[at:until] * 2)) + _SOUND[until:]
    opened, _ = library(lambda request: httpx.Response(207, content=damaged))
    with suppress(BadReply, NotFound):
        for asset in opened.assets("."):
            check_values(asset)
