"""Every answer a real server was recorded with becomes a value or an error in words, whichever request it belongs to.

The adapters ask for a few dozens of these; a version to come may answer those with any of the others.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests
import responses

from adapters.dav import Entry, bare_etag
from adapters.immich import values
from adapters.immich.api import Api
from adapters.immich.hooks import Hooks as ImmichHooks
from adapters.library import Asset, BadReply, Hint, LibraryError, NotFound, Unauthorized, Unavailable
from adapters.nextcloud import props
from adapters.nextcloud.guard import Credential
from adapters.nextcloud.home import Home
from adapters.nextcloud.hooks import Hooks
from adapters.nextcloud.photo import asset_of, is_movie_half
from adapters.nextcloud.server import NotOffered, Server
from connector.metadata.read import describe
from connector.net import GuardedNet, Policy

pytestmark = pytest.mark.shared
IMMICH = ("2.7.5", "3.0.3", "3.1.0")
SECRET = "sentinel-any-key"
Exchange = dict[str, Any]


def exchanges(folder: Path) -> Iterator[tuple[str, Exchange]]:
    """Those of one request and one answer."""
    for path in sorted(folder.glob("*.json")):
        said = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(said, dict) and "response" in said:
            yield path.stem, said


def expected(status: int) -> tuple[type[LibraryError], ...]:
    """The errors a status may mean."""
    if status in (401, 403):
        return (Unauthorized,)
    if status in (400, 404, 405, 409, 412, 416, 501):
        return (BadReply, NotFound)
    return (Unavailable,) if status == 429 or status >= 500 else (BadReply,)


# -- Immich


@pytest.mark.parametrize("version", IMMICH)
def test_every_answer_of_an_immich(shared: Path, version: str) -> None:
    seen: Counter[str] = Counter()
    for name, said in exchanges(shared / "recordings" / "immich" / version):
        status, body = said["response"]["status"], said["response"]["body"]
        with responses.RequestsMock() as mock:
            found = _ask_immich(mock, said)
        if status < 300:
            assert not isinstance(found, Exception), (name, found)
            _check_immich(name, body)
        elif name == "asset_original_range_unsatisfiable":
            assert found == b""
        else:
            assert isinstance(found, expected(status)), (name, status, repr(found))
            assert SECRET not in str(found)
            assert len(str(found)) < 400
        seen["good" if status < 300 else type(found).__name__] += 1
    assert sum(seen.values()) >= 140
    assert seen["good"] > 100
    assert seen["Unauthorized"] >= 3
    assert seen["NotFound"] >= 3


def _ask_immich(mock: responses.RequestsMock, said: Exchange) -> Any:
    """What the adapter makes of the answer; an error is given back."""
    asked, answer = said["request"], said["response"]
    api = Api("https://photos.test", GuardedNet(Policy()), headers={"x-api-key": SECRET}, params={}, secrets=[SECRET])
    body = answer["body"]
    is_bytes = isinstance(body, dict) and ("_sha256" in body or "_text" in body)
    raw = bytes(body.get("_bytes", 0)) if isinstance(body, dict) and "_sha256" in body else json.dumps(body).encode()
    kind = answer["headers"].get("Content-Type", "application/octet-stream")
    path = asked["url"].removeprefix("/api").partition("?")[0]
    unwanted = {"content-length", "content-encoding", "transfer-encoding", "content-type"}
    headers = {key: value for key, value in answer["headers"].items() if key.lower() not in unwanted}
    mock.add(
        asked["method"],
        re.compile(r"https://photos\.test/.*"),
        body=raw,
        status=answer["status"],
        headers=headers,
        content_type=kind,
    )
    ranged = re.fullmatch(r"bytes=(\d+)-(\d*)", asked["headers"].get("Range", ""))
    try:
        if ranged is not None and asked["method"] == "GET":
            return api.part(path, int(ranged[1]), int(ranged[2] or ranged[1]) - int(ranged[1]) + 1)
        if asked["method"] == "GET" and kind.startswith("image/") and answer["status"] < 300:
            return api.image(path, {})
        if is_bytes or asked["method"] == "HEAD":
            with api._asked(asked["method"], path) as response:
                api._check(response)
            return raw
        return api.get(path) if asked["method"] == "GET" else api.send(asked["method"], path, asked["json"])
    except LibraryError as error:
        return error


def _check_immich(name: str, body: Any) -> None:
    for each in _objects(body):
        if "originalFileName" in each and "fileCreatedAt" in each:
            _check_asset(name, values.asset(each, "https://photos.test/photos/"), each)
        if "albumName" in each and "id" in each:
            album = values.album(each, "https://photos.test", None)
            assert album.id == each["id"]
            assert album.count == each.get("assetCount")
            assert all(at is None or at.tzinfo is UTC for at in (album.start, album.end))


def _objects(body: Any) -> Iterator[dict[str, Any]]:
    if isinstance(body, dict):
        yield body
    inside = body.values() if isinstance(body, dict) else body if isinstance(body, list) else ()
    for each in inside:
        yield from _objects(each)


def _check_asset(name: str, asset: Asset, said: Mapping[str, Any]) -> None:
    """What the sheet of facts says of the recorded photos, in whichever answer they come."""
    exif, file = said.get("exifInfo") or {}, asset.name
    assert asset.taken is None or asset.taken.instant is None or asset.taken.instant.tzinfo is UTC, name
    assert (asset.position is None) == (not exif.get("latitude")), name
    if exif and exif.get("dateTimeOriginal"):
        if file.startswith("09-no-exif"):
            assert asset.taken is None, "the time stamp of the file is no time of a photo"
        elif exif.get("timeZone") is None:
            assert asset.taken is not None
            assert asset.taken.instant is None, "the server's own zone was assumed"
        elif file.startswith(("11-fiji", "12-west")):
            assert asset.taken is not None
            assert asset.taken.utc_offset_s == {"11": 12, "12": 13}[file[:2]] * 3600
        fix = describe(asset, _never)
        assert fix.lat is None or (fix.lat, fix.lon) == (exif["latitude"], exif["longitude"])


def _never(asset: Asset, start: int, length: int) -> bytes:
    raise AssertionError(f"{asset.name}: {start}, {length}")


@pytest.mark.parametrize("version", IMMICH[1:])
def test_every_call_of_an_immich(shared: Path, version: str) -> None:
    """A movie half says nothing; every other call names its photo, whichever trigger it has."""
    api = Api("https://photos.test", GuardedNet(Policy()), headers={}, params={}, secrets=[])
    hooks = ImmichHooks(api)
    calls = sorted((shared / "recordings" / "immich" / version).glob("webhook_*.json"))
    assert len(calls) >= 12
    for path in calls:
        said = json.loads(path.read_text(encoding="utf-8"))["request"]
        asset = said["json"]["data"]["asset"]
        hint = hooks.hint(said["headers"], json.dumps(said["json"]).encode())
        assert hint == (Hint() if asset["visibility"] == "hidden" else Hint(asset_ids=(asset["id"],))), path.stem


# -- Nextcloud


class _Answer:
    """A net that answers everything with one recording."""

    def __init__(self, folder: Path, said: Exchange) -> None:
        self._said = said["response"]
        file = self._said.get("body_file")
        self.body = (folder / file).read_bytes() if file else str(self._said.get("body") or "").encode()
        unwanted = {"content-length", "content-encoding", "transfer-encoding", "set-cookie", "connection"}
        self.headers = {key: value for key, value in self._said["headers"] if key.lower() not in unwanted}

    def transport(self) -> httpx.BaseTransport:
        status, headers, body = self._said["status"], self.headers, self.body
        return httpx.MockTransport(lambda request: httpx.Response(status, headers=headers, content=body))

    def session(self) -> requests.Session:
        return requests.Session()


def test_every_answer_of_a_nextcloud(shared: Path) -> None:
    folder, seen = shared / "recordings" / "nextcloud-32", Counter[str]()
    for name, said in exchanges(folder):
        status = said["response"]["status"]
        net = _Answer(folder, said)
        host = f"http://{name.replace('_', '-')}.test"
        found = _ask_nextcloud(host, net, said)
        if status < 300:
            assert not isinstance(found, Exception), (name, found)
            if status == 207 and isinstance(found, list):
                _check_listing(name, found)
        elif isinstance(found, Exception):
            refused = (*expected(status), NotOffered) if said["request"]["method"] == "SEARCH" else expected(status)
            assert isinstance(found, refused), (name, status, repr(found))
            assert "/files/" not in str(found)
        seen["good" if status < 300 else type(found).__name__] += 1
    assert sum(seen.values()) >= 110
    assert seen["good"] > 70
    assert seen["NotOffered"] >= 4
    assert seen["Unauthorized"] >= 3
    assert seen["Unavailable"] >= 2


def _ask_nextcloud(host: str, net: _Answer, said: Exchange) -> Any:
    server = Server(host, net, Credential({"Authorization": "Basic x"}, host))  # type: ignore[arg-type]  # a net of its own
    asked, path = said["request"], "/remote.php/dav/x"
    try:
        if asked["method"] == "SEARCH":
            return server.dav.search(asked["body"] or "")
        if said["response"]["status"] == 207 and asked["method"] in ("PROPFIND", "REPORT"):
            return server.dav.multistatus(asked["method"], "x", asked["body"] or "", {"Depth": "1"})
        ranged = re.fullmatch(r"bytes=(\d+)-(\d+)", dict(_lower(asked["headers"])).get("range", ""))
        if ranged is not None and asked["method"] == "GET":
            version = bare_etag(dict(_lower(net.headers)).get("etag", "")) or None
            return server.dav.read_range("x", int(ranged[1]), int(ranged[2]) - int(ranged[1]) + 1, version)
        return server.dav.send(asked["method"], path)
    except LibraryError as error:
        return error


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {key.lower(): value for key, value in headers.items()}


def _check_listing(name: str, entries: list[Entry]) -> None:
    """What the sheet of facts says may be believed of a listing, and what not."""
    for entry in entries:
        file = entry.path.rstrip("/").rpartition("/")[2]
        if entry.is_folder or not entry.text(props.TYPE) or is_movie_half(entry):
            continue
        asset = asset_of(entry, entry.path.lstrip("/"), file, url=None)
        assert '"' not in asset.version, name
        assert asset.taken is None or asset.taken.instant is None, "the server's own date is never an instant"
        if not asset.name.lower().endswith((".jpg", ".jpeg")):
            assert not asset.described, (name, file)
        if "null-island" in file:
            assert asset.position is None
        if asset.described:
            describe(asset, _never)


CALLS: Mapping[str, Callable[[int], bool]] = {
    "webhook_delivery_album_add_photo": lambda n: n == 0,
    "webhook_delivery_album_create": lambda n: n == 0,
    "webhook_delivery_favorite": lambda n: n == 0,
}
"""What was recorded to call nobody."""


def test_every_call_of_a_nextcloud(shared: Path) -> None:
    server = Server("http://calls.test", GuardedNet(Policy()), Credential({}, "calls"))
    hooks = Hooks(Home(server, "alice"), "")
    named = 0
    for path in sorted((shared / "recordings" / "nextcloud-32").glob("webhook_delivery_*.json")):
        calls = json.loads(path.read_text(encoding="utf-8"))
        assert CALLS.get(path.stem, lambda n: n > 0)(len(calls)), path.stem
        for call in calls:
            if "TagAssigned" in call["body"] or "TagUnassigned" in call["body"]:
                continue  # which tag it is has to be asked of the server
            hint = hooks.hint(dict(call["headers"]), call["body"].encode())
            assert all(each.startswith("folder:") for each in hint.album_ids), path.stem
            named += bool(hint.album_ids)
    assert named >= 10
