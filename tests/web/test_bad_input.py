"""Bad input and its answer, each row a test: one clear sentence, the right status, nothing half-written."""

from __future__ import annotations

import re
import shutil
import socket
import zlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from struct import pack
from typing import Any

import pytest
from werkzeug.test import TestResponse

from adapters.testing import Fault
from tests.adapters.servers import Misbehaving, dav_app, serving
from tests.web.album import BEGIN, write_album, write_photo
from tests.web.conftest import API, Browser, Clock
from tests.web.test_embed import make_share

PASSWORD = "s3cret-of-anna"


def refused(answer: TestResponse, status: int, name: str, says: str) -> None:
    """The answer is a problem of that status and name whose one sentence says so, and no trace of Python."""
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json"
    assert answer.json["type"] == f"urn:image-tracer:{name}"
    assert re.search(says, answer.json["detail"]), answer.json["detail"]
    assert "Traceback" not in answer.text
    assert "Error(" not in answer.text


@pytest.fixture
def server(library: Path) -> Iterator[tuple[Misbehaving, str]]:
    """A WebDAV server over the album, for one user, and its address."""
    app = Misbehaving(dav_app(library, {"anna": PASSWORD}))
    with serving(app) as address:
        yield app, f"{address}/dav"


def webdav(url: str, given: str = PASSWORD) -> dict[str, Any]:
    return {"name": "cloud", "kind": "webdav", "options": {"url": url, "user": "anna", "password": given}}


def test_the_right_password_connects(anna: Browser, server: tuple[Misbehaving, str]) -> None:
    made = anna.post("/connections", webdav(server[1]))
    assert made.status_code == 201, made.text
    assert "s3cret" not in made.text
    titles = {album["title"] for album in anna.get(f"/connections/{made.json['id']}/albums").json}
    assert "walk" in titles


def test_a_wrong_password(anna: Browser, server: tuple[Misbehaving, str]) -> None:
    answer = anna.post("/connections", webdav(server[1], "wr0ng-one"))
    refused(answer, 403, "library-unauthorized", "password|refused|sign")
    assert "wr0ng-one" not in answer.text
    assert anna.get("/connections").json == []


def test_a_dead_host(anna: Browser) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    answer = anna.post("/connections", webdav(f"http://127.0.0.1:{port}/dav"))
    refused(answer, 503, "library-unavailable", "answer|reach|refused|connect")
    assert anna.get("/connections").json == []


def test_a_login_page_instead_of_an_answer(anna: Browser, server: tuple[Misbehaving, str]) -> None:
    server[0].fault = Fault.PAGE
    refused(anna.post("/connections", webdav(server[1])), 502, "library-bad-reply", "page|HTML|WebDAV")
    assert anna.get("/connections").json == []


def test_a_redirect_to_another_host_gets_no_key(anna: Browser, server: tuple[Misbehaving, str]) -> None:
    server[0].fault = Fault.ELSEWHERE
    answer = anna.post("/connections", webdav(server[1]))
    assert answer.status_code in (422, 502), answer.text
    assert "token=abc" not in answer.text
    assert anna.get("/connections").json == []


@pytest.mark.parametrize(
    "host", ["169.254.169.254", "[::ffff:169.254.169.254]", "metadata.invalid", "0", "2852039166", "192.168.77.1"]
)
def test_an_address_nobody_may_speak_to(anna: Browser, host: str) -> None:
    answer = anna.post("/connections", webdav(f"http://{host}/dav"))
    assert answer.status_code in (422, 502, 503), answer.text
    assert "s3cret" not in answer.text
    assert anna.get("/connections").json == []


def test_an_unknown_kind_and_missing_options(anna: Browser) -> None:
    unknown = anna.post("/connections", {"name": "x", "kind": "picasa", "options": {}})
    refused(unknown, 422, "library-settings", "picasa")
    bare = anna.post("/connections", {"name": "x", "kind": "webdav", "options": {"colour": "red"}})
    refused(bare, 422, "library-settings", "colour")
    assert anna.get("/connections").json == []


def test_an_album_that_is_gone_before_it_was_traced(anna: Browser, connection_id: str, library: Path) -> None:
    shutil.rmtree(library / "walk")
    answer = anna.post("/traces", {"connection_id": connection_id, "albums": ["walk"]})
    refused(answer, 404, "library-not-found", "walk")
    assert anna.get("/traces").json == []


def test_an_album_that_is_gone_leaves_its_trace(anna: Browser, trace_id: str, library: Path) -> None:
    before = anna.get(f"/traces/{trace_id}/document").data
    shutil.rmtree(library / "walk")
    refused(anna.post(f"/traces/{trace_id}/again"), 404, "library-not-found", "walk")
    assert anna.get(f"/traces/{trace_id}/document").data == before
    assert anna.get(f"/traces/{trace_id}").json["state"] == "done"


def traced(anna: Browser, connection_id: str, album: str) -> dict[str, Any]:
    made = anna.post("/traces", {"connection_id": connection_id, "albums": [album]})
    assert made.status_code == 202, made.text
    return dict(anna.get(f"/traces/{made.json['id']}/document").json)


def reason_of(document: dict[str, Any], name: str) -> str:
    """Why the photo of that name has no place."""
    row = document["photos"]["name"].index(name) - len(document["photos"]["key"])
    said = document["unplaced"]
    return str(said["reasons"][said["reason"][row]])


def test_a_truncated_photo_is_listed_with_its_reason(anna: Browser, connection_id: str, library: Path) -> None:
    album = write_album(library / "cut")
    whole = write_photo(album / "half.jpg", (48.01, 9.01), BEGIN + timedelta(minutes=90))
    whole.write_bytes(whole.read_bytes()[:150])
    (album / "empty.jpg").write_bytes(b"")
    document = traced(anna, connection_id, "cut")
    for name in ("half.jpg", "empty.jpg"):
        assert len(reason_of(document, name)) > 10
        key = document["photos"]["key"][document["photos"]["name"].index(name)]
        refused(anna.get(f"/traces/{document['id']}/photos/{key}"), 404, "not-found", "picture")
    assert len(document["stops"]["photos"]) == 5


def test_a_position_of_zero_by_zero_is_none(anna: Browser, connection_id: str, library: Path) -> None:
    album = write_album(library / "zero")
    photo = write_photo(album / "nowhere.jpg", (48.01, 9.01), BEGIN + timedelta(days=30))
    place = b"".join(pack(">II", n, d) for n, d in ((48, 1), (0, 1), (36, 1)))
    said = photo.read_bytes()
    assert said.count(place) == 1
    photo.write_bytes(said.replace(place, bytes(24)))
    document = traced(anna, connection_id, "zero")
    assert len(reason_of(document, "nowhere.jpg")) > 10
    assert min(document["bounds"]) > 8


def test_a_picture_of_50_000_pixels_is_not_unpacked(anna: Browser, connection_id: str, library: Path) -> None:
    album = write_album(library / "bomb")
    (album / "bomb.png").write_bytes(_huge_png(50_000))
    document = traced(anna, connection_id, "bomb")
    key = document["photos"]["key"][document["photos"]["name"].index("bomb.png")]
    refused(anna.get(f"/traces/{document['id']}/photos/{key}"), 404, "not-found", "picture")
    assert anna.get(f"/traces/{document['id']}/picture.png?width=300").status_code == 200


def _huge_png(edge: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return pack(">I", len(body)) + kind + body + pack(">I", zlib.crc32(kind + body))

    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(edge // 8 + 1)) for _ in range(edge)) + packer.flush()
    header = pack(">IIBBBBB", edge, edge, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_a_change_of_something_that_has_changed(anna: Browser, trace_id: str) -> None:
    document = anna.get(f"/traces/{trace_id}/document").json
    edit = {"edit": {"kind": "exclude", "asset": document["photos"]["key"][1]}}
    path, seen = f"/traces/{trace_id}/edits", {"If-Match": f'"{document["version"]}"'}
    assert anna.post(path, edit, headers=seen).status_code == 200
    after = anna.get(f"/traces/{trace_id}/document").data
    refused(anna.post(path, edit, headers=seen), 412, "stale", "changed meanwhile")
    for step in ("undo", "redo"):
        refused(anna.post(f"/traces/{trace_id}/{step}", headers=seen), 412, "stale", "changed meanwhile")
    assert anna.get(f"/traces/{trace_id}/document").data == after


def test_a_change_that_does_not_say_what_was_seen(anna: Browser, trace_id: str) -> None:
    edit = {"edit": {"kind": "exclude", "asset": "x"}}
    for path, body in ((f"/traces/{trace_id}/edits", edit), (f"/traces/{trace_id}/undo", None)):
        assert anna.post(path, body).status_code == 428
        for tag in ("*", "1", '"one"', '"1", "2"', '"٣"', 'W/"1"', '"-1"', '"one-1"', ""):
            assert anna.post(path, body, headers={"If-Match": tag}).status_code in (412, 422, 428), tag


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        ({"kind": "fly"}, "fly"),
        ({"kind": "exclude"}, "asset"),
        ({"kind": "exclude", "asset": "unknown"}, "unknown"),
        ({"kind": "move", "asset": "unknown", "lat": 91, "lon": "east"}, "lat.*lon|lon.*lat"),
        ({"kind": "revert", "seq": 99}, "99"),
        ({}, "kind"),
    ],
)
def test_an_edit_that_cannot_be_understood(anna: Browser, trace_id: str, edit: dict[str, Any], says: str) -> None:
    version = anna.get(f"/traces/{trace_id}").json["version"]
    answer = anna.post(f"/traces/{trace_id}/edits", {"edit": edit}, headers={"If-Match": f'"{version}"'})
    refused(answer, 422, "invalid", says)
    refused(anna.post(f"/traces/{trace_id}/preview", {"edit": edit}), 422, "invalid", says)
    assert anna.get(f"/traces/{trace_id}").json["version"] == version


def test_an_expired_share(anna: Browser, stranger: Browser, trace_id: str, clock: Clock) -> None:
    token = make_share(anna, trace_id, expires_at=(clock() + timedelta(hours=1)).isoformat())
    assert stranger.ask("GET", f"/embed/{token}").status_code == 200
    clock.ahead = timedelta(hours=2)
    page = stranger.ask("GET", f"/embed/{token}")
    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert "There is nothing here" in page.text
    refused(stranger.ask("GET", f"/embed/{token}/document"), 404, "not-found", "no trace")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nothing", 404),
        (f"{API}/nothing", 404),
        (f"{API}/traces/..%2f..%2fetc", 404),
        (f"{API}/traces/" + "a" * 65, 404),
        ("/static/widget/../../../pyproject.toml", 404),
        ("/static/widget/%2e%2e/%2e%2e/settings.py", 404),
        (f"{API}/tiles/..%2f..%2f/0/0/0.mvt", 404),
        (f"{API}/tiles/tiny/99/0/0.mvt", 422),
        (f"{API}/tiles/nowhere/0/0/0.mvt", 204),
    ],
)
def test_an_address_that_leads_nowhere(anna: Browser, path: str, status: int) -> None:
    answer = anna.ask("GET", path)
    assert answer.status_code == status
    if status != 204:
        assert answer.mimetype == "application/problem+json"


def test_an_album_without_any_position_is_traced_too(anna: Browser, connection_id: str, library: Path) -> None:
    album = library / "empty"
    write_album(album, [])
    made = anna.post("/traces", {"connection_id": connection_id, "albums": ["empty"]})
    assert made.status_code == 202
    document = anna.get(f"/traces/{made.json['id']}/document").json
    assert document["bounds"] is None
    assert anna.get(f"/traces/{made.json['id']}/picture.png?width=300").status_code == 200
