"""A Nextcloud that speaks from the recordings: of a photo it says what the recorded one said, with other numbers.

It answers only for the properties that were asked for, refuses what the real one refuses (ordering by the number of
the file, searching by position), writes hrefs in lower-case hex, gives etags of albums without quotes, counts refused
credentials and locks the caller out after eleven.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qs, quote
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from defusedxml.ElementTree import fromstring

from tests.adapters.nextcloud.recorded import body_of, recording
from tests.adapters.servers import Environ, StartResponse

DAV, OC, NC = "{DAV:}", "{http://owncloud.org/ns}", "{http://nextcloud.org/ns}"
_SHORT = {DAV: "d", OC: "oc", NC: "nc"}
_HEAD = (
    '<?xml version="1.0"?>\n<d:multistatus xmlns:d="DAV:" xmlns:s="http://sabredav.org/ns" '
    'xmlns:oc="http://owncloud.org/ns" xmlns:nc="http://nextcloud.org/ns">'
)
_SORTABLE = {DAV + "displayname", DAV + "getcontenttype", DAV + "getlastmodified", OC + "size", OC + "favorite"}
_SORTABLE |= {NC + "metadata-photos-original_date_time"}
_SEARCHABLE = _SORTABLE | {OC + "fileid"}
#: types as the recorded server gave them; it calls AVIF, like all it does not know, a stream of octets
_TYPES = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "heic": "image/heic",
    "png": "image/png",
    "webp": "image/webp",
    "tif": "image/tiff",
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "md": "text/markdown",
}


@dataclass
class Node:
    """A file; what the server knows of it besides its bytes is ``known``: Clark name -> inner XML."""

    path: str
    content: bytes
    file_id: int
    modified: str = "Sun, 15 Jun 2025 15:06:40 GMT"
    known: dict[str, str] = field(default_factory=dict)
    is_lost: bool = False

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def etag(self) -> str:
        return hashlib.md5(self.content + str(self.file_id).encode()).hexdigest()  # noqa: S324  # as the server does

    def props(self) -> dict[str, str]:
        ending = self.name.rpartition(".")[2].lower()
        return {
            DAV + "displayname": escape(self.name),
            DAV + "resourcetype": "",
            DAV + "getetag": f"&quot;{self.etag}&quot;",
            DAV + "getcontenttype": _TYPES.get(ending, "application/octet-stream"),
            DAV + "getcontentlength": str(len(self.content)),
            DAV + "getlastmodified": self.modified,
            OC + "size": str(len(self.content)),
            OC + "fileid": str(self.file_id),
            NC + "has-preview": "true",
            NC + "hidden": "false",
            **self.known,
        }


def recorded_metadata(name: str = "IMG_0001.jpg") -> dict[str, str]:
    """What the recorded server knew of that photo: Clark name -> inner XML."""
    body = body_of("propfind_depth1_after_cron").decode()
    part = next(p for p in body.split("<d:response>") if f"/{name}</d:href>" in p).split("HTTP/1.1 200")[0]
    return {NC + key: inner for key, inner in re.findall(r"<nc:(metadata-[\w-]+)>(.*?)</nc:\1>", part)}


class FakeNextcloud:
    """A WSGI application. One server, several people; everything may be changed while it runs."""

    def __init__(self, people: dict[str, str] | None = None) -> None:
        self.people = people or {"alice": "sentinel-app-password"}
        self.files: dict[str, dict[str, Node]] = {uid: {} for uid in self.people}
        self.albums: dict[tuple[str, str], dict[str, list[Node]]] = {}
        self.folder_links: dict[str, tuple[str, str, str | None]] = {}
        self.album_links: dict[str, tuple[str, str]] = {}
        self.seen: list[tuple[str, str]] = []
        self.bodies: list[bytes] = []
        self.refused = 0
        self.searches = True
        self.largest_page: int | None = None
        self.ignores_offset = False
        self.between_pages: Callable[[], None] = lambda: None
        self.has_photos_app = True
        self.shows_public_previews = True
        self.gives_members = True
        self.says_members: int | None = None
        self.delay_s = 0.0
        self.changes = 0
        self._found: dict[object, list[Node]] = {}
        self.granted: str | None = None
        self.admins: set[str] = set()
        self.webhooks: dict[int, dict[str, Any]] = {}
        self.has_tag_events = True
        self.app_secret: str | None = None
        self.app_calls: list[tuple[str, str, Any]] = []
        self.tagged: dict[str, set[str]] = {}
        self.read_only: set[str] = set()
        self.made: set[str] = set()
        self._next_id = 95

    # -- filling it

    def put(self, uid: str, path: str, content: bytes, known: dict[str, str] | None = None) -> Node:
        """A file of that person, at that path below their home."""
        old = self.files[uid].get(path)
        if old is None:
            self._next_id += 1
        node = Node(path, content, old.file_id if old else self._next_id, known=dict(known or {}))
        self.files[uid][path] = node
        self.changes += 1
        return node

    def remove(self, uid: str, path: str) -> None:
        """The file is gone, from the albums too."""
        gone = self.files[uid].pop(path)
        self.changes += 1
        for albums in self.albums.values():
            for title, nodes in albums.items():
                albums[title] = [node for node in nodes if node is not gone]

    def rename(self, uid: str, folder: str, new: str) -> None:
        """The folder is called otherwise; its files keep their numbers."""
        files = self.files[uid]
        for path in [path for path in files if path.startswith(f"{folder}/")]:
            moved = replace(files.pop(path), path=new + path.removeprefix(folder))
            files[moved.path] = moved
        self.changes += 1

    def album(self, uid: str, title: str, nodes: Iterable[Node], *, shared: bool = False) -> None:
        self.albums.setdefault((uid, "sharedalbums" if shared else "albums"), {})[title] = list(nodes)

    # -- answering

    def __call__(self, environ: Environ, start: StartResponse) -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        path = environ["PATH_INFO"].encode("latin-1").decode("utf-8", "surrogateescape")
        self.seen.append((method, path))
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        self.bodies.append(body)
        if self.delay_s:
            time.sleep(self.delay_s)
        status, headers, said = self._answer(method, path, environ, body)
        start(f"{status} Said", [*headers, ("Content-Length", str(len(said)))])
        return [said]

    def _answer(self, method: str, path: str, environ: Environ, body: bytes) -> tuple[int, list[Any], bytes]:
        if path.startswith("/public.php/dav/files/"):
            return self._folder_link(method, path.removeprefix("/public.php/dav/files/"), environ, body)
        if path.startswith("/remote.php/dav/photospublic/"):
            return self._album_link(method, path.removeprefix("/remote.php/dav/photospublic/"), environ, body)
        if path.startswith("/index.php/apps/photos/api/v1/publicPreview/"):
            return _preview() if self.shows_public_previews else _said("preview_noauth")
        if path.startswith("/index.php/apps/files_sharing/publicpreview/"):
            return _preview()
        if path == "/status.php":
            return _said("status_php")
        if path.endswith("/login/v2") or path == "/login/v2/poll":
            return self._sign_in(path, environ["HTTP_HOST"], body)
        uid = self._who(environ)
        if uid is None:
            return self._refuse()
        if path.startswith("/remote.php/dav"):
            return self._dav(method, path.removeprefix("/remote.php/dav").strip("/"), environ, body, uid)
        return self._other(method, path, environ, body, uid)

    def _sign_in(self, path: str, host: str, body: bytes) -> tuple[int, list[Any], bytes]:
        """Login Flow v2 as it was recorded, with this server's address and what `grant` has said."""
        if path.endswith("/poll"):
            waits = parse_qs(body.decode()).get("token") != ["poll-token"] or self.granted is None
            name = "loginflow2_poll_pending" if waits else "loginflow2_poll_done"
        else:
            name = "loginflow2_init"
        status, headers, said = _said(name)
        text = said.decode().replace("127.0.0.1:8132", host).replace('"token":"<redacted>"', '"token":"poll-token"')
        if name == "loginflow2_poll_done" and self.granted is not None:
            text = text.replace("alice", self.granted).replace("<redacted>", self.people[self.granted])
            self.granted = None
        return status, headers, text.encode()

    def grant(self, uid: str, password: str) -> None:
        """The person agrees in their browser; the app password is handed out at the next question."""
        self.people[uid], self.granted = password, uid

    def _who(self, environ: Environ) -> str | None:
        if "HTTP_AUTHORIZATION_APP_API" in environ:
            return self._app_user(environ)
        kind, _, said = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
        if kind != "Basic":
            return None
        user, _, password = base64.b64decode(said).decode().partition(":")
        return user if self.people.get(user) == password else None

    def _app_user(self, environ: Environ) -> str | None:
        """As whom an app acts: any user by its one secret, "" for nobody."""
        uid, _, secret = base64.b64decode(environ["HTTP_AUTHORIZATION_APP_API"]).decode().partition(":")
        is_right = secret and secret == self.app_secret and environ.get("HTTP_EX_APP_ID") == "image_tracer"
        return uid if is_right and uid in (*self.people, "") else None

    def _refuse(self) -> tuple[int, list[Any], bytes]:
        self.refused += 1
        return _said("apppassword_after_delete" if self.refused < 12 else "bruteforce_12")

    def _other(self, method: str, path: str, environ: Environ, body: bytes, uid: str) -> tuple[int, list[Any], bytes]:
        if path.startswith("/ocs/v1.php/apps/app_api/"):
            self.app_calls.append((method, path, json.loads(body) if body else environ["QUERY_STRING"]))
            return _ocs([])
        if path == "/ocs/v2.php/cloud/user":
            said = json.loads(body_of("ocs_user"))
            said["ocs"]["data"] |= {"id": uid, "displayname": uid.title()}
            return 200, [("Content-Type", "application/json; charset=utf-8")], json.dumps(said).encode()
        if path == "/index.php/core/preview":
            asked = parse_qs(environ["QUERY_STRING"])
            nodes = {str(node.file_id): node for node in self.files[uid].values()}
            node = nodes.get(asked["fileId"][0])
            if node is None:
                return _said("core_preview_sharedalbum_bob")
            return _said("preview_heic_404") if node.name.endswith(".heic") else _preview()
        if path.startswith("/index.php/apps/photos/api/v1/preview/"):
            return _preview()
        if path.startswith("/ocs/v2.php/apps/webhook_listeners/api/v1/webhooks"):
            return self._webhooks(method, path.rpartition("webhooks")[2].strip("/"), body, uid)
        if (method, path) == ("DELETE", "/ocs/v2.php/core/apppassword"):
            del self.people[uid]
            return _said("apppassword_delete")
        return 404, [("Content-Type", "application/json")], b"[]"

    def _webhooks(self, method: str, number: str, body: bytes, uid: str) -> tuple[int, list[Any], bytes]:
        if uid not in self.admins and uid != "":
            return _said("webhook_register_as_normal_user")
        if method == "GET":
            return _ocs([_shown(hook, uid) for hook in self.webhooks.values()])
        if method == "DELETE":
            return _ocs(True) if self.webhooks.pop(int(number), None) else (404, _JSON, _ocs([])[2])
        asked = json.loads(body)
        known = asked["event"].startswith("OCP\\Files\\Events\\Node\\") or self.has_tag_events
        if not known:
            return _said("webhook_register_bad_event")
        hook = {**asked, "id": int(number) if number else max(self.webhooks, default=0) + 1}
        self.webhooks[hook["id"]] = hook
        return _ocs(_shown(hook, uid))

    # -- WebDAV

    def _dav(self, method: str, path: str, environ: Environ, body: bytes, uid: str) -> tuple[int, list[Any], bytes]:
        if method == "SEARCH":
            return self._search(body, uid)
        if path == "systemtags":
            return self._tag_list(body)
        if method == "REPORT":
            return self._tagged_files(body, uid)
        area, _, rest = path.partition("/")
        owner, _, below = rest.partition("/")
        if owner != uid:
            return _said("albums_of_other_user_forbidden")
        if area == "files":
            return self._files(method, f"/remote.php/dav/files/{uid}", self.files[uid], below, environ, body)
        if area == "photos" and self.has_photos_app:
            return self._photos(method, below, environ, body, uid)
        return _said("propfind_404")

    def _files(
        self, method: str, base: str, files: dict[str, Node], path: str, environ: Environ, body: bytes
    ) -> tuple[int, list[Any], bytes]:
        path = path.strip("/")
        folders = {"", *self.made, *(f for node in files.values() for f in _above(node.path))}
        if method == "GET" and path in files:
            return _bytes(files[path], environ, quoted=True)
        if method in ("PUT", "DELETE", "MKCOL"):
            return self._change(method, base.rpartition("/")[2], path, environ, body), [], b""
        if method != "PROPFIND" or (path not in folders and path not in files):
            return _said("propfind_404")
        wanted = _wanted(body)
        found = [_response(f"{base}/{path}", files[path].props(), wanted)] if path in files else []
        if path in folders:
            here = _folder_props(path, files, writable=path not in self.read_only)
            found = [_response(f"{base}/{path}/".replace("//", "/"), here, wanted)]
            if environ.get("HTTP_DEPTH") != "0":
                found += [
                    _response(f"{base}/{f}/", _folder_props(f, files), wanted)
                    for f in folders
                    if f and _parent(f) == path
                ]
                inside = [node for node in files.values() if _parent(node.path) == path]
                found += [_response(f"{base}/{n.path}", n.props(), wanted) for n in inside]
        return 207, _XML, (_HEAD + "".join(found) + "</d:multistatus>").encode("utf-8", "surrogateescape")

    def _change(self, method: str, uid: str, path: str, environ: Environ, body: bytes) -> int:
        files = self.files[uid]
        there = files.get(path)
        if path in self.read_only or _parent(path) in self.read_only:
            return 403
        if method == "MKCOL":
            is_there = path in self.made or any(p.startswith(path + "/") for p in files)
            self.made.add(path)
            return 405 if is_there else 201
        if method == "DELETE":
            if there is not None:
                self.remove(uid, path)
            return 204 if there is not None else 404
        wanted = environ.get("HTTP_IF_MATCH", "").strip('"')
        if (environ.get("HTTP_IF_NONE_MATCH") == "*" and there) or (wanted and (there is None or there.etag != wanted)):
            return 412
        self.put(uid, path, body)
        return 204 if there is not None else 201

    def _photos(self, method: str, below: str, environ: Environ, body: bytes, uid: str) -> tuple[int, list[Any], bytes]:
        kind, _, rest = below.partition("/")
        title, _, name = rest.partition("/")
        albums = self.albums.get((uid, kind), {})
        if kind not in ("albums", "sharedalbums") or (title and title not in albums):
            return _said("propfind_404")
        base = f"/remote.php/dav/photos/{uid}/{kind}"
        if method == "GET":
            return self._member(albums[title], name, environ)
        wanted, depth = _wanted(body), environ.get("HTTP_DEPTH")
        found = [] if title else [_response(base + "/", {DAV + "resourcetype": _COLLECTION}, wanted)]
        for each, nodes in albums.items():
            if title in ("", each):
                count = {NC + "nbItems": str(self.says_members)} if self.says_members is not None else {}
                found.append(_response(f"{base}/{each}/", _album_props(each, nodes) | count, wanted))
                if (depth == "infinity" and self.gives_members) or title:
                    found += [_response(f"{base}/{each}/{_in_album(n)}", _member_props(n), wanted) for n in nodes]
        return 207, _XML, (_HEAD + "".join(found) + "</d:multistatus>").encode("utf-8", "surrogateescape")

    def _member(self, nodes: list[Node], name: str, environ: Environ) -> tuple[int, list[Any], bytes]:
        node = next((n for n in nodes if _in_album(n) == name), None)
        return _bytes(node, environ, quoted=False) if node is not None else _said("propfind_404")

    def _search(self, body: bytes, uid: str) -> tuple[int, list[Any], bytes]:
        if not self.searches:
            return 501, [("Content-Type", "application/xml")], b"<d:error xmlns:d='DAV:'/>"
        asked = fromstring(body)[0]
        scope = (asked.findtext(f"{DAV}from/{DAV}scope/{DAV}href") or "").strip("/")
        below = scope.removeprefix(f"files/{uid}").strip("/")
        order = [each[0].tag for each in asked.iterfind(f"{DAV}orderby/{DAV}order/{DAV}prop")]
        if set(order) - _SORTABLE:
            return _said("search_order_by_fileid_rejected")
        where = asked.find(f"{DAV}where")
        assert where is not None
        if {p[0].tag for p in where.iter(DAV + "prop")} - _SEARCHABLE:
            return _said("search_where_gps_defined")
        files = self.files[uid]
        if scope.split("/")[:2] != ["files", uid] or (
            below and below not in {f for n in files.values() for f in _above(n.path)}
        ):
            return _said("propfind_404")
        key = (scope, ElementTree.tostring(where), tuple(order), self.changes)
        found = self._found.get(key)
        if found is None:
            inside = [n for n in files.values() if not below or n.path.startswith(below + "/")]
            found = [node for node in inside if _matches(where[0], node.props())]
            found.sort(key=lambda node: [node.props()[name].lower() for name in order if name in node.props()])
            self._found = {key: found}
        page = self._page(asked, found)
        wanted = [each.tag for each in asked.iterfind(f"{DAV}select/{DAV}prop/*")]
        said = "".join(_response(f"/remote.php/dav/files/{uid}/{n.path}", n.props(), wanted) for n in page)
        self.between_pages()
        return 207, _XML, (_HEAD + said + "</d:multistatus>").encode("utf-8", "surrogateescape")

    def _page(self, asked: ElementTree.Element, found: list[Node]) -> list[Node]:
        limit = asked.find(f"{DAV}limit")
        assert limit is not None, "a search without a limit has no bound"
        count = int(limit.findtext(f"{DAV}nresults") or 100)
        first = int(limit.findtext("{https://github.com/icewind1991/SearchDAV/ns}firstresult") or 0)
        if self.ignores_offset:
            first = 0
        return found[first : first + min(count, self.largest_page or count)]

    def _tag_list(self, body: bytes) -> tuple[int, list[Any], bytes]:
        wanted = _wanted(body)
        found = [
            _response(f"/remote.php/dav/systemtags/{n}", {OC + "display-name": tag, OC + "id": str(n)}, wanted)
            for n, tag in enumerate(self.tagged, 1)
        ]
        said = _response("/remote.php/dav/systemtags/", {}, wanted) + "".join(found)
        return 207, _XML, (_HEAD + said + "</d:multistatus>").encode()

    def _tagged_files(self, body: bytes, uid: str) -> tuple[int, list[Any], bytes]:
        asked = fromstring(body)
        number = int(asked.findtext(f"{OC}filter-rules/{OC}systemtag") or 0)
        paths = list(self.tagged.values())[number - 1]
        found = "".join(
            _response(
                f"/remote.php/dav/files/{uid}/{path}/", {DAV + "resourcetype": _COLLECTION}, [DAV + "resourcetype"]
            )
            for path in sorted(paths)
        )
        return 207, _XML, (_HEAD + found + "</d:multistatus>").encode()

    # -- links

    def _folder_link(self, method: str, rest: str, environ: Environ, body: bytes) -> tuple[int, list[Any], bytes]:
        token, _, path = rest.partition("/")
        if token not in self.folder_links:
            return _said("propfind_404")
        uid, shared, password = self.folder_links[token]
        if password is not None:
            said = base64.b64decode(environ.get("HTTP_AUTHORIZATION", "").partition(" ")[2]).decode()
            if said.partition(":")[2] != password:
                return self._refuse()
        if method == "SEARCH":
            return 501, [], b""
        inside = {
            path.removeprefix(shared + "/"): node
            for path, node in self.files[uid].items()
            if path.startswith(shared + "/")
        }
        nodes = {below: Node(below, n.content, n.file_id, n.modified, n.known) for below, n in inside.items()}
        if not nodes and not any(path.startswith(shared) for path in self.files[uid]) and method != "PROPFIND":
            return _said("propfind_404")
        return self._files(method, f"/public.php/dav/files/{token}", nodes, path, environ, body)

    def _album_link(self, method: str, rest: str, environ: Environ, body: bytes) -> tuple[int, list[Any], bytes]:
        token, _, name = rest.partition("/")
        if token not in self.album_links:
            return _said("propfind_404")
        uid, title = self.album_links[token]
        nodes = self.albums[(uid, "albums")][title]
        if method == "GET":
            return self._member(nodes, name, environ)
        wanted, base = _wanted(body), f"/remote.php/dav/photospublic/{token}"
        found = [_response(f"{base}/", _album_props(title, nodes), wanted)]
        found += [_response(f"{base}/{_in_album(n)}", _member_props(n), wanted) for n in nodes]
        return 207, _XML, (_HEAD + "".join(found) + "</d:multistatus>").encode("utf-8", "surrogateescape")


_XML = [("Content-Type", "application/xml; charset=utf-8")]
_COLLECTION = "<d:collection/>"


def _said(name: str) -> tuple[int, list[Any], bytes]:
    """That recorded answer, word for word."""
    said = recording(name)["response"]
    keep = ("content-type", "www-authenticate", "cache-control")
    return said["status"], [(k, v) for k, v in said["headers"] if k.lower() in keep], body_of(name)


_JSON = [("Content-Type", "application/json; charset=utf-8")]


def _ocs(data: object) -> tuple[int, list[Any], bytes]:
    said = {"ocs": {"meta": {"status": "ok", "statuscode": 200, "message": "OK"}, "data": data}}
    return 200, _JSON, json.dumps(said).encode()


def _shown(hook: dict[str, Any], uid: str) -> dict[str, Any]:
    """What it shows of a webhook: the secret never again."""
    whose = {"appId": None, "userId": "admin"} if uid else {"appId": "image_tracer", "userId": None}
    return {**hook, **whose, "authData": "<encrypted>"}


def _preview() -> tuple[int, list[Any], bytes]:
    return _said("photos_preview_sharedalbum_bob")


def _bytes(node: Node, environ: Environ, *, quoted: bool) -> tuple[int, list[Any], bytes]:
    if node.is_lost:
        return _said("propfind_404")
    size = len(node.content)
    headers = [
        ("Content-Type", node.props()[DAV + "getcontenttype"]),
        ("ETag", f'"{node.etag}"' if quoted else node.etag),
    ]
    asked = re.fullmatch(r"bytes=(\d+)-(\d*)", environ.get("HTTP_RANGE", ""))
    if asked is None:
        return 200, headers, node.content
    first, last = int(asked[1]), min(int(asked[2] or size - 1), size - 1)
    if first >= size:
        return _said("get_file_range_invalid")
    return 206, [*headers, ("Content-Range", f"bytes {first}-{last}/{size}")], node.content[first : last + 1]


def _wanted(body: bytes) -> list[str]:
    asked = fromstring(body)[0] if body else ElementTree.Element("none")
    return [each.tag for each in asked]


def _response(path: str, props: dict[str, str], wanted: list[str]) -> str:
    """Only what was asked for and is there, the rest as 404: as the real one answers."""
    found = "".join(_element(name, props[name]) for name in wanted if name in props)
    missing = "".join(_element(name, "") for name in wanted if name not in props)
    href = re.sub(
        r"%[0-9A-F]{2}", lambda hit: hit[0].lower(), quote(path, safe="/~!$'()*,;=:@", errors="surrogateescape")
    )
    said = f"<d:propstat><d:prop>{found}</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>" if found else ""
    if missing:
        said += f"<d:propstat><d:prop>{missing}</d:prop><d:status>HTTP/1.1 404 Not Found</d:status></d:propstat>"
    return f"<d:response><d:href>{escape(href)}</d:href>{said}</d:response>"


def _element(clark: str, inner: str) -> str:
    space, _, name = clark.partition("}")
    prefix = _SHORT.get(space + "}")
    if prefix is None:
        return f'<x:{name} xmlns:x="{space[1:]}">{inner}</x:{name}>'
    return f"<{prefix}:{name}>{inner}</{prefix}:{name}>"


def _folder_props(path: str, files: dict[str, Node], *, writable: bool = True) -> dict[str, str]:
    inside = sorted(f"{n.path}{n.etag}" for n in files.values() if not path or n.path.startswith(path + "/"))
    etag = hashlib.md5("".join(inside).encode("utf-8", "surrogateescape")).hexdigest()[:13]  # noqa: S324
    return {
        DAV + "displayname": escape(path.rpartition("/")[2]),
        DAV + "resourcetype": _COLLECTION,
        DAV + "getetag": f"&quot;{etag}&quot;",
        OC + "fileid": str(int(hashlib.md5(path.encode()).hexdigest()[:6], 16)),  # noqa: S324
        NC + "hidden": "false",
        OC + "permissions": "RGDNVCK" if writable else "SG",
    }


def _album_props(title: str, nodes: list[Node]) -> dict[str, str]:
    owner = title.removesuffix(")").rpartition(" (")[2] if title.endswith(")") else "bob"
    return {
        DAV + "resourcetype": _COLLECTION,
        NC + "original-name": escape(title),
        NC + "nbItems": str(len(nodes)),
        NC + "location": "Liechtenstein",
        NC + "dateRange": "{&quot;start&quot;:1750000000,&quot;end&quot;:1750000000}",
        NC + "collaborators": f"<nc:collaborator><id>{owner}</id><label>{owner.title()}</label></nc:collaborator>",
    }


def _member_props(node: Node) -> dict[str, str]:
    if node.is_lost:
        return {}
    props = node.props() | {DAV + "getetag": node.etag, NC + "file-name": escape(node.name)}
    del props[DAV + "displayname"]
    return props | {NC + "photos-collection-file-original-filename": escape("/" + node.path)}


def _in_album(node: Node) -> str:
    return f"{node.file_id}-{node.name}"


def _matches(operator: ElementTree.Element, props: dict[str, str]) -> bool:
    name = operator.tag.removeprefix(DAV)
    if name in ("or", "and"):
        return (any if name == "or" else all)(_matches(each, props) for each in operator)
    said = props.get(operator[0][0].tag, "").lower()
    literal = (operator[1].text or "").lower()
    if name == "eq":
        return said == literal
    assert name == "like", f"the fake does not know {name}"
    pattern = ".*".join(re.escape(part) for part in literal.split("%"))
    return re.fullmatch(pattern, said, re.DOTALL) is not None


def _parent(path: str) -> str:
    return path.rpartition("/")[0]


def _above(path: str) -> Iterator[str]:
    while "/" in path:
        path = _parent(path)
        yield path
