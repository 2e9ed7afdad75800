"""Any WebDAV server."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from adapters.dav import DAV, DavClient, Entry
from adapters.files import attach_sidecars, is_wanted, media_type
from adapters.library import Account, Album, Asset, BadReply, BadSettings, Kind, Net, Option

_PROPS = tuple(
    DAV + name for name in ("resourcetype", "getetag", "getcontentlength", "getlastmodified", "getcontenttype")
)
DEEPEST = 12


class WebDav:
    """Every folder below the address that holds photos is an album; ids are paths below the address.

    A photo's id is its path: WebDAV knows nothing else that stays. Folders are walked one by one (``Depth: 1``),
    since one answer for everything has no bound and many servers refuse it.
    """

    parse_hook = None
    watch = None
    write_back = None

    def __init__(self, client: DavClient, url: str, user: str | None) -> None:
        self._client = client
        self._base = urlsplit(url).path.rstrip("/")
        self._host = urlsplit(url).hostname or url
        self._user = user

    def account(self) -> Account:
        self._client.listing("", _PROPS, depth="0")
        return Account(id=f"{self._user or 'guest'}@{self._host}{self._base}", name=self._user or self._host)

    def albums(self) -> Iterator[Album]:
        waiting = [("", 0)]
        while waiting:
            folder, depth = waiting.pop(0)
            entries = self._list(folder)
            files = [e for e in entries if not e.is_folder and is_wanted(_name(e))]
            if files:
                yield self._album(folder, files)
            if depth < DEEPEST:
                inside = sorted(self._below(e) for e in entries if e.is_folder and not _name(e).startswith("."))
                waiting += [(path, depth + 1) for path in inside]

    def assets(self, album_id: str) -> Iterator[Asset]:
        entries = self._list("" if album_id == "." else album_id)
        found = (self._asset(e) for e in entries if not e.is_folder and is_wanted(_name(e)))
        yield from attach_sidecars(sorted(found, key=lambda asset: asset.where))

    def read(self, asset: Asset, start: int, length: int) -> bytes:
        return self._client.read_range(asset.where, start, length, asset.version if '"' not in asset.version else None)

    def preview(self, asset: Asset, edge_px: int) -> bytes | None:
        """None: WebDAV knows no previews."""
        del asset, edge_px
        return None

    def close(self) -> None:
        self._client.http.close()

    def _list(self, folder: str) -> list[Entry]:
        """What is in a folder, the folder itself left out."""
        entries = self._client.listing(folder, _PROPS)
        inside = [e for e in entries if self._below(e) != folder.strip("/")]
        if len(inside) == len(entries):
            raise BadReply(f"{self._host} answered for another folder than {folder or '/'!r}")
        return inside

    def _below(self, entry: Entry) -> str:
        return entry.path.rstrip("/").removeprefix(self._base).strip("/")

    def _album(self, folder: str, files: list[Entry]) -> Album:
        listing = "\n".join(sorted(f"{_name(e)} {_version(e)}" for e in files))
        return Album(
            id=folder or ".",
            title=folder.rpartition("/")[2] or self._base.rpartition("/")[2] or self._host,
            count=sum(1 for e in files if not _name(e).lower().endswith(".xmp")),
            version=hashlib.blake2b(listing.encode("utf-8", "surrogateescape"), digest_size=12).hexdigest(),
            cover=next((self._asset(e) for e in files if media_type(_name(e)).startswith("image/")), None),
        )

    def _asset(self, entry: Entry) -> Asset:
        where, size = self._below(entry), entry.text(DAV + "getcontentlength")
        return Asset(
            id=where,
            where=where,
            version=_version(entry),
            name=_name(entry),
            media_type=media_type(_name(entry)),
            size=int(size) if size is not None and size.isdigit() else None,
        )


def _name(entry: Entry) -> str:
    return entry.path.rstrip("/").rpartition("/")[2]


def _version(entry: Entry) -> str:
    etag = entry.text(DAV + "getetag")
    if etag:
        return etag.removeprefix("W/").strip('"')
    # without an etag size and time must do; the quote marks it as no etag
    return f'"{entry.text(DAV + "getcontentlength")}-{entry.text(DAV + "getlastmodified")}'


def _open(options: Mapping[str, str], net: Net) -> WebDav:
    url = options.get("url", "").strip().rstrip("/")
    problems = url_problems(url)
    if bool(options.get("user")) != bool(options.get("password")):
        problems.append("give both user and password, or neither")
    if problems:
        raise BadSettings(problems)
    user = options.get("user")
    auth = (user, options["password"]) if user else None
    return WebDav(DavClient(url, net, auth), url, user)


def url_problems(url: str) -> list[str]:
    """What is wrong with the address of a library; empty: nothing."""
    if not url:
        return ["url is missing"]
    try:
        parts = urlsplit(url)
        named = parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError as error:
        return [f"url is not an address: {error}"]
    problems = []
    if parts.scheme not in ("http", "https") or not named:
        problems.append("url must begin with https:// or http:// and name a host")
    if parts.username or parts.password:
        problems.append("url must not hold a user name or password; give them by themselves")
    if parts.query or parts.fragment:
        problems.append("url must not hold ? or #")
    return problems


KIND = Kind(
    name="webdav",
    title="WebDAV",
    options=(
        Option(name="url", title="Address", help="Address of the WebDAV folder that holds the photos."),
        Option(name="user", title="User", help="User name.", required=False),
        Option(name="password", title="Password", help="Password of that user.", required=False, secret=True),
    ),
    open=_open,
)
