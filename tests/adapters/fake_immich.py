"""A server that answers like Immich did when it was recorded, with as many photos as a test wants.

Every answer is a recorded one in which ids, names, times and counts were replaced. What the recordings showed of the
versions is kept: 2.x lists photos with the album and finds shared ones nowhere else; up to 3.0 a search orders by time
alone, so that photos of one instant are lost between pages; from 3.0 on a shared link may search.
"""

from __future__ import annotations

import base64
import copy
import gzip
import hashlib
import itertools
import json
import re
import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from adapters.testing import Photo

RECORDINGS = Path(__file__).parents[1] / "recordings" / "immich"
KEY = "sentinel-api-key-7f3a"
LINK_KEY, LINK_SLUG, LINK_PASSWORD = "sentinel-share-key-91cc", "sentinel-slug", "sentinel-link-word"
PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=")
Json = Any
Answer = tuple[int, Json]
_PHOTO = r"/assets/(?P<id_>[^/]+)"
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def recorded(version: str, name: str) -> Json:
    """The answer of one recording."""
    return _load(version, name)["response"]["body"]


def _load(version: str, name: str) -> Json:
    path = RECORDINGS / version / f"{name}.json"
    if not path.exists():  # said by one version, the same in the others
        path = RECORDINGS / "3.1.0" / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8"))


class FakeImmich:
    """A WSGI application. Tests change its public fields and look at ``seen`` and ``bodies``."""

    def __init__(self, version: str) -> None:
        self.version = version
        self.major, self.minor, _ = map(int, version.split("."))
        self.album: Json = recorded(version, "albums_get")
        """The album that is there from the start, and the one of the shared link."""
        self.albums: dict[str, Json] = {self.album["id"]: self.album}
        self.members: dict[str, list[str]] = {self.album["id"]: []}
        self.me: Json = recorded(version, "users_me")
        self._template: Json = recorded(version, "asset_get_01_bern")
        self.assets: dict[str, Json] = {}
        self.contents: dict[str, bytes] = {}
        self.workflows: list[Json] = []
        self.permissions = ["all"]
        self.link: dict[str, Json] = {"showMetadata": True, "allowDownload": True}
        self.link_password: str | None = None
        self.counts_too_many = 0
        self.ignores_albums = False
        self.waits = False
        self.ignores_ranges = False
        self.ticks = itertools.count(1)
        self.seen: list[tuple[str, str]] = []
        self.bodies: list[Json] = []
        self.routes: list[tuple[str, re.Pattern[str], str | None, Callable[..., Answer]]] = [
            (method, re.compile("/api" + path), scope, answer) for method, path, scope, answer in self._routes()
        ]

    # -- the library behind it

    def fill(self, photos: Iterable[Photo], album_id: str | None = None) -> None:
        """Puts photos into an album; into the first one unless told."""
        album = self.albums[album_id or self.album["id"]]
        for photo in photos:
            asset = self._asset(photo)
            self.assets[asset["id"]] = asset
            self.contents[asset["id"]] = photo.content
            self.members[album["id"]].append(asset["id"])
        self.touch("updatedAt", album)

    def add_album(self, title: str, photos: Iterable[Photo] = ()) -> str:
        """Another album; returns its id."""
        made = recorded(self.version, "albums_get") | {"id": str(uuid.uuid4()), "albumName": title}
        self.albums[made["id"]], self.members[made["id"]] = made, []
        self.fill(photos, made["id"])
        return str(made["id"])

    def remove_album(self, album_id: str | None = None) -> None:
        """The album is gone, its photos stay."""
        album_id = album_id or self.album["id"]
        del self.albums[album_id], self.members[album_id]

    def forget_metadata(self, name: str) -> None:
        """A photo as it is right after its upload, before Immich has read it."""
        asset = self.named(name)
        asset["exifInfo"] |= dict.fromkeys(("dateTimeOriginal", "latitude", "longitude", "timeZone", "make", "model"))
        asset["thumbhash"] = None

    def read_metadata(self, name: str, photo: Photo) -> None:
        """Immich reads it; of the album nothing changes but the time of the last change to a photo."""
        asset = self.named(name)
        asset |= {key: value for key, value in self._asset(photo).items() if key in ("exifInfo", "thumbhash")}
        self.touch("lastModifiedAssetTimestamp")

    def calls(self, name: str) -> list[tuple[str, dict[str, str], bytes]]:
        """What every workflow posts once that photo was read: address, headers and body, as recorded."""
        asset = self.named(name)
        call = _load("3.1.0", "webhook_AssetMetadataExtraction_01_bern")["request"]
        call["json"]["data"]["asset"] |= {"id": asset["id"], "originalFileName": name}
        body = json.dumps(call["json"]).encode()
        configs = [step["config"] for workflow in self.workflows for step in workflow["steps"]]
        return [
            (config["url"], call["headers"] | {config["headerName"]: config["headerValue"]}, body) for config in configs
        ]

    def replace(self, name: str, content: bytes) -> None:
        """Another file in the place of one: what an edit of Immich's own does to the checksum."""
        asset = self.named(name)
        asset["checksum"] = _checksum(content)
        asset["exifInfo"]["fileSizeInByte"] = len(content)
        self.contents[asset["id"]] = content

    def remove(self, name: str) -> None:
        """Into the trash: only the count of the album changes."""
        asset = self.named(name)
        del self.assets[asset["id"]], self.contents[asset["id"]]
        self.members = {album: [each for each in ids if each != asset["id"]] for album, ids in self.members.items()}

    def named(self, name: str) -> Json:
        """The asset of that file name."""
        return next(asset for asset in self.assets.values() if asset["originalFileName"] == name)

    def touch(self, field: str, album: Json = None) -> None:
        """One of an album's times moves on; of the first album unless told."""
        (album or self.album)[field] = _text(
            datetime(2026, 11, 22, 10, tzinfo=UTC) + timedelta(seconds=next(self.ticks))
        )

    def _asset(self, photo: Photo) -> Json:
        asset = copy.deepcopy(self._template)
        asset.pop("owner", None)
        asset["id"] = str(uuid.UUID(bytes=hashlib.md5(photo.name.encode()).digest(), version=4))  # noqa: S324 - an id
        asset["originalFileName"] = photo.name
        asset["originalMimeType"] = "image/jpeg"
        asset["checksum"] = _checksum(photo.content)
        asset["fileCreatedAt"] = _text(photo.taken)
        asset["localDateTime"] = _text(photo.taken + timedelta(hours=2))
        asset["exifInfo"] |= {"fileSizeInByte": len(photo.content), "dateTimeOriginal": asset["fileCreatedAt"]}
        return asset

    # -- HTTP

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
        query = {name: values[0] for name, values in parse_qs(environ.get("QUERY_STRING", "")).items()}
        data = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        self.seen.append((method, path))
        self.bodies.append(json.loads(data) if data else None)
        if self.waits:
            time.sleep(_seconds(self.version, path))
        status, body = self._answer(method, path, query, environ)
        if isinstance(body, bytes):
            return self._file(status, body, None if self.ignores_ranges else environ.get("HTTP_RANGE"), start)
        return _send(status, body, environ, start)

    def _answer(self, method: str, path: str, query: dict[str, str], environ: dict[str, Any]) -> Answer:
        for allowed, pattern, scope, answer in self.routes:
            found = pattern.fullmatch(path)
            if found and allowed == method:
                refused = self._refusal(path, query, scope, environ)
                return refused or answer(query=query, body=self.bodies[-1], **found.groupdict())
        return 404, {"message": f"Cannot {method} {path}"}

    def _refusal(self, path: str, query: dict[str, str], scope: str | None, environ: dict[str, Any]) -> Answer | None:
        if scope is None:
            return None
        if query.get("key") == LINK_KEY or query.get("slug") == LINK_SLUG:
            return self._link_refusal(path, environ)
        if environ.get("HTTP_X_API_KEY") != KEY:
            return 401, recorded(self.version, "users_me_bad_key")
        if scope and "all" not in self.permissions and scope not in self.permissions:
            return 403, {"message": f"Missing required permission: {scope}"}
        return None

    def _link_refusal(self, path: str, environ: dict[str, Any]) -> Answer | None:
        """As recorded: only /shared-links/me minds the password; 2.x refuses the search; no downloads: not found."""
        has_cookie = "immich_shared_link_token" in environ.get("HTTP_COOKIE", "")
        if path.endswith("/shared-links/me") and self.link_password and not has_cookie:
            return 401, recorded(self.version, "share_password_key_nopw_shared_links_me")
        if path.endswith("/search/metadata") and self.major < 3:
            return 403, recorded("2.7.5", "share_slug_search_metadata")
        if path.endswith("/original") and not self.link["allowDownload"]:
            return 404, {"message": "Not Found"}
        if path.endswith(("/search/statistics", "/albums", "/users/me", "/api-keys/me")):
            return 401, {"message": "Invalid share key"}
        return None

    def _routes(self) -> Sequence[tuple[str, str, str | None, Callable[..., Answer]]]:
        """Method, path, scope ("": any key; None: nothing at all) and who answers."""
        any_key = ""
        return [
            ("GET", "/server/version", None, self._server_version),
            ("GET", "/server/config", None, lambda **_: (200, recorded(self.version, "server_config"))),
            ("GET", "/api-keys/me", any_key, self._api_key),
            ("GET", "/users/me", "user.read", lambda **_: (200, self.me)),
            ("GET", "/albums", "album.read", self._list_albums),
            ("GET", "/albums/(?P<id_>[^/]+)", "album.read", self._one_album),
            ("PATCH", "/albums/(?P<id_>[^/]+)", "album.update", self._describe),
            ("POST", "/search/metadata", "asset.read", self._search),
            ("POST", "/search/statistics", "asset.statistics", self._count),
            ("GET", _PHOTO, "asset.read", self._one_asset),
            ("PUT", _PHOTO, "asset.update", self._place),
            ("PATCH", _PHOTO, "asset.update", self._place_by_patch),
            ("GET", _PHOTO + "/original", "asset.download", self._original),
            ("GET", _PHOTO + "/thumbnail", "asset.view", self._thumbnail),
            ("GET", "/workflows", "workflow.read", lambda **_: (200, self.workflows)),
            ("POST", "/workflows", "workflow.create", self._make_workflow),
            ("DELETE", "/workflows/(?P<id_>[^/]+)", "workflow.delete", self._drop_workflow),
            ("GET", "/shared-links/me", any_key, lambda **_: (200, self._link())),
            ("POST", "/shared-links/login", None, self._link_login),
        ]

    def _server_version(self, **_: Any) -> Answer:
        return 200, dict(zip(("major", "minor", "patch"), map(int, self.version.split(".")), strict=True))

    def _api_key(self, **_: Any) -> Answer:
        return 200, recorded(self.version, "api_keys_me") | {"permissions": self.permissions}

    # -- albums and listings

    def _in(self, album_id: str) -> list[Json]:
        return [self.assets[asset_id] for asset_id in self.members[album_id]]

    def _described(self, album: Json) -> Json:
        times = sorted(asset["fileCreatedAt"] for asset in self._in(album["id"]))
        spans = {"startDate": times[0], "endDate": times[-1]} if times else {}
        return album | {"assetCount": len(times) + self.counts_too_many} | spans

    def _list_albums(self, query: dict[str, str], **_: Any) -> Answer:
        if self.major < 3 and "shared" in query:
            return 200, []
        wanted = query.get("assetId")
        found = [id_ for id_, members in self.members.items() if members and (wanted is None or wanted in members)]
        return 200, [self._described(self.albums[id_]) for id_ in found]

    def _one_album(self, id_: str, query: dict[str, str], **_: Any) -> Answer:
        if not _UUID.fullmatch(id_):
            return 400, recorded(self.version, "albums_get_not_uuid")
        if id_ not in self.albums:
            return 400, recorded(self.version, "albums_get_unknown")
        described = self._described(self.albums[id_])
        if self.major < 3 and "withoutAssets" not in query:
            return 200, described | {"assets": sorted(self._in(id_), key=_time, reverse=True)}
        return 200, described

    def _describe(self, id_: str, body: Json, **_: Any) -> Answer:
        album = self.albums[id_]
        if album.get("is_somebody_elses"):
            return 400, recorded(self.version, "albums_patch_as_viewer")
        album["description"] = body["description"]
        self.touch("updatedAt", album)
        return 200, self._described(album)

    def _search(self, body: Json, **_: Any) -> Answer:
        size, page = body.get("size", 250), body["page"]
        if not isinstance(page, int) or not 1 <= size <= 1000:
            return 400, {"message": "Validation failed", "errors": [{"path": ["page"], "message": "Invalid input"}]}
        (album_id,) = body["albumIds"]
        if album_id not in self.albums:
            return 400, recorded(self.version, "albums_get_unknown")
        after = body.get("takenAfter", "")
        found = [asset for asset in self._ordered(album_id, page) if asset["fileCreatedAt"] >= after]
        found += [{**found[0], "id": f"{i:032x}"} for i in range(50)] if self.ignores_albums else []
        items = found[(page - 1) * size : page * size]
        more = str(page + 1) if len(found) > page * size else None
        assets = {"total": len(items), "count": len(items), "facets": [], "items": items, "nextPage": more}
        return 200, {"albums": {"total": 0, "count": 0, "items": [], "facets": []}, "assets": assets}

    def _count(self, body: Json, **_: Any) -> Answer:
        (album_id,) = body["albumIds"]
        return 200, {"total": len(self.members.get(album_id, []))}

    def _ordered(self, album_id: str, page: int) -> list[Json]:
        """By time; before 3.1 what has the same time comes in another order on every page."""
        ordered = sorted(self._in(album_id), key=_time)
        if (self.major, self.minor) >= (3, 1):
            return ordered
        out: list[Json] = []
        for _, same in itertools.groupby(ordered, key=_time):
            group = list(same)
            turn = page * 7 % len(group)
            out += group[turn:] + group[:turn]
        return out

    # -- photos

    def _one_asset(self, id_: str, **_: Any) -> Answer:
        if id_ not in self.assets:
            return 400, recorded(self.version, "asset_get_unknown")
        return 200, self.assets[id_]

    def _place(self, id_: str, body: Json, **_: Any) -> Answer:
        if id_ not in self.assets:
            return 400, recorded(self.version, "asset_get_unknown")
        self.assets[id_]["exifInfo"] |= body
        self.touch("lastModifiedAssetTimestamp")
        return 200, self.assets[id_]

    def _place_by_patch(self, id_: str, **more: Any) -> Answer:
        if self.major < 3:
            return 404, recorded("2.7.5", "asset_patch_latlon")
        return self._place(id_, **more)

    def _original(self, id_: str, **_: Any) -> Answer:
        if id_ not in self.contents:
            return 400, {"message": "Not found or no asset.download access"}
        return 206, self.contents[id_]

    def _thumbnail(self, id_: str, query: dict[str, str], **_: Any) -> Answer:
        if id_ not in self.assets:
            return 400, {"message": "Not found or no asset.view access"}
        if self.assets[id_]["thumbhash"] is None:
            return 404, {"message": "Not Found"}
        return 200, PNG + query["size"].encode()

    def _file(self, status: int, data: bytes, asked: str | None, start: Callable[..., Any]) -> list[bytes]:
        headers = [("Content-Type", "image/jpeg"), ("Accept-Ranges", "bytes"), ("ETag", f'W/"{len(data):x}-19ec"')]
        if status == 206 and asked:
            first, last = (int(part) for part in asked.removeprefix("bytes=").split("-"))
            if first >= len(data):
                unsatisfiable = b'{"message":"Not Found"}'
                headers += [("Content-Range", f"bytes */{len(data)}"), ("Content-Length", str(len(unsatisfiable)))]
                start("404 Not Found" if self.major >= 3 else "500 Internal Server Error", headers)
                return [unsatisfiable]
            last = min(last, len(data) - 1)
            headers.append(("Content-Range", f"bytes {first}-{last}/{len(data)}"))
            data = data[first : last + 1]
        start("206 Partial Content" if asked else "200 OK", [*headers, ("Content-Length", str(len(data)))])
        return [data]

    # -- workflows and links

    def _make_workflow(self, body: Json, **_: Any) -> Answer:
        if any(step["method"] != "immich-plugin-core#webhook" for step in body["steps"]):
            return 400, recorded("3.1.0", "workflows_create_no_such_method")
        made = recorded("3.1.0", "workflows_create_metadata") | {"id": str(uuid.uuid4())} | body
        self.workflows.append(made)
        return 201, made | {"steps": []}

    def _drop_workflow(self, id_: str, **_: Any) -> Answer:
        if id_ not in [workflow["id"] for workflow in self.workflows]:
            return 400, {"message": "Not found or no workflow.delete access"}
        self.workflows = [workflow for workflow in self.workflows if workflow["id"] != id_]
        return 204, None

    def _link(self) -> Json:
        link = recorded(self.version, "share_slug_shared_links_me")
        return link | self.link | {"album": self._described(self.album), "key": LINK_KEY, "slug": LINK_SLUG}

    def _link_login(self, body: Json, **_: Any) -> Answer:
        if self.link_password is None or body["password"] != self.link_password:
            return 401, {"message": "Invalid password"}
        return 201, self._link() | {"_cookie": "immich_shared_link_token=REDACTED-TOKEN; Path=/; HttpOnly"}


#: end of a path -> the recording that tells how long a real server took
_TIMED = {
    "/search/metadata": "search_album_withExif_order_asc",
    "/albums": "albums_list",
    "/thumbnail": "asset_thumbnail_preview",
    "/original": "asset_original_range_0_65535",
}


def _seconds(version: str, path: str) -> float:
    name = next((name for end, name in _TIMED.items() if path.endswith(end)), "albums_get")
    return float(_load(version, name)["response"]["seconds"])


def _send(status: int, body: Json, environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
    headers = [("Content-Type", "application/json; charset=utf-8"), ("Vary", "Accept-Encoding")]
    if isinstance(body, dict) and "_cookie" in body:
        headers.append(("Set-Cookie", body.pop("_cookie")))
    data = b"" if body is None else json.dumps(body).encode()
    if len(data) > 1024 and "gzip" in environ.get("HTTP_ACCEPT_ENCODING", ""):
        data = gzip.compress(data, 1)
        headers.append(("Content-Encoding", "gzip"))
    start(f"{status} Status", [*headers, ("Content-Length", str(len(data)))])
    return [data]


def _time(asset: Json) -> str:
    return str(asset["fileCreatedAt"])


def _text(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"


def _checksum(content: bytes) -> str:
    return base64.b64encode(hashlib.sha1(content).digest()).decode()  # noqa: S324 - as Immich does
