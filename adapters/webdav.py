"""Any WebDAV server."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from adapters.checks import tried
from adapters.dav import DAV, DavClient, Entry, bare_etag, undated_version
from adapters.files import (
    as_address,
    as_id,
    as_path,
    as_text,
    attach_sidecars,
    from_id,
    is_wanted,
    is_wanted_folder,
    media_type,
)
from adapters.library import (
    Account,
    Album,
    Asset,
    BadReply,
    BadSettings,
    Check,
    Kind,
    LibraryError,
    Net,
    NotFound,
    Option,
)

_PROPS = tuple(DAV + name for name in ("resourcetype", "getetag", "getcontentlength", "getlastmodified"))
#: deeper than any real library: a link on the server leads back to a folder above it
DEEPEST = 40


class WebDav:
    """Every folder below the address that holds photos is an album; ids are paths below the address.

    A photo's id is its path: WebDAV knows nothing else that stays. Folders are walked one by one (``Depth: 1``),
    since one answer for everything has no bound and many servers refuse it. Hidden folders and those that storage
    boxes make for themselves are left out.
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
        """The user, where the server does not let everybody in as that user anyway."""
        self._client.listing("", _PROPS, depth="0")
        is_person = self._user is not None and self._client.wants_sign_in("")
        name = self._user or self._host
        return Account(id=f"{self._user or 'guest'}@{self._host}{self._base}", name=name, is_person=is_person)

    def albums(self) -> Iterator[Album]:
        waiting = deque([("", 0)])
        while waiting:
            folder, depth = waiting.popleft()
            try:
                found = self._list(folder)
            except NotFound:
                if not folder:
                    raise
                continue  # removed while the folders were walked: it is no album any more
            files = [each for each in found if not each.is_folder and is_wanted(each.name)]
            if files:
                yield self._album(folder, files)
            inside = sorted(each.path for each in found if each.is_folder and is_wanted_folder(each.name))
            if inside and depth == DEEPEST:
                raise BadReply(
                    f"{as_text(folder)!r} lies {DEEPEST} folders deep; does a link on the server lead back to a folder "
                    "above it?"
                )
            waiting.extend((path, depth + 1) for path in inside)

    def assets(self, album_id: str) -> Iterator[Asset]:
        found = (each for each in self._list(_album_path(album_id)) if not each.is_folder and is_wanted(each.name))
        yield from attach_sidecars(_asset(each) for each in sorted(found, key=lambda each: each.path))

    def read(self, asset: Asset, start: int, length: int) -> bytes:
        return self._client.read_range(as_path(asset.where), start, length, asset.version)

    def preview(self, asset: Asset, edge_px: int) -> bytes | None:
        """None: WebDAV knows no previews."""
        del asset, edge_px
        return None

    def close(self) -> None:
        self._client.http.close()

    def answers_ranges(self, asset: Asset) -> bool:
        """Whether the server gives a part of a file where a part is asked for."""
        return self._client.answers_ranges(as_path(asset.where))

    def _list(self, folder: str) -> list[_Found]:
        """What is in a folder, the folder itself left out.

        Names are taken relative to the folder's own entry: behind a proxy a server may know itself by another path.
        """
        entries = self._client.listing(folder, _PROPS)
        itself = min(entries, key=lambda entry: len(entry.path.rstrip("/")), default=None)
        if itself is None:
            raise BadReply(f"{self._host} answered with an empty listing for {as_text(folder) or '/'!r}")
        if not itself.is_folder:
            raise NotFound(f"{as_text(folder)!r} is a file on {self._host}, not a folder")
        above = itself.path.rstrip("/") + "/"
        inside = [entry for entry in entries if entry is not itself]
        if any(not entry.path.startswith(above) for entry in inside):
            raise BadReply(f"{self._host} listed things that are not in {as_text(folder) or '/'!r}")
        prefix = folder + "/" if folder else ""
        return [_Found(prefix + entry.path.rstrip("/").removeprefix(above), entry) for entry in inside]

    def _album(self, folder: str, files: list[_Found]) -> Album:
        listing = "\n".join(sorted(f"{each.name} {_version(each.entry)}" for each in files))
        return Album(
            id=as_id(folder) or ".",
            title=as_text(folder.rpartition("/")[2]) or self._base.rpartition("/")[2] or self._host,
            count=sum(1 for each in files if not each.name.lower().endswith(".xmp")),
            version=hashlib.blake2b(listing.encode("utf-8", "surrogateescape"), digest_size=12).hexdigest(),
            cover=next((_asset(each) for each in files if media_type(each.name).startswith("image/")), None),
        )


@dataclass(frozen=True, slots=True)
class _Found:
    """Something in a folder; its path is below the library's address."""

    path: str
    entry: Entry

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def is_folder(self) -> bool:
        return self.entry.is_folder


def _album_path(album_id: str) -> str:
    return "" if album_id == "." else from_id(album_id).strip("/")


def _asset(found: _Found) -> Asset:
    size = found.entry.text(DAV + "getcontentlength")
    return Asset(
        id=as_id(found.path),
        where=as_address(found.path),
        version=_version(found.entry),
        name=as_text(found.name),
        media_type=media_type(found.name),
        size=int(size) if size is not None and size.isdigit() else None,
    )


def _version(entry: Entry) -> str:
    etag = entry.text(DAV + "getetag")
    if etag:
        return bare_etag(etag)
    return undated_version(entry.text(DAV + "getcontentlength"), entry.text(DAV + "getlastmodified"))


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


def _checks(options: Mapping[str, str], net: Net) -> Iterator[Check]:
    opened: list[WebDav] = []

    def settings() -> str:
        opened.append(_open(options, net))
        return "complete"

    yield (check := tried("settings", settings))
    if not check.ok:
        return
    (library,) = opened
    yield (check := tried("address", lambda: f"a WebDAV folder answers, for {library.account().name}"))
    if check.ok:
        yield from _checks_of_photos(library)
    library.close()


def _checks_of_photos(library: WebDav) -> Iterator[Check]:
    """That there are photos, and that a part of one can be had."""
    try:
        album = next(library.albums(), None)
    except LibraryError as error:
        yield Check(name="photos", ok=False, said=str(error), advice="Look whether this account may open every folder.")
        return
    if album is None:
        said, advice = "no folder below the address holds photos", "Give the address of the folder with the photos."
        yield Check(name="photos", ok=False, said=said, advice=advice, needed=False)
        return
    yield Check(name="photos", ok=True, said=f"the first folder with photos is {album.title!r}, with {album.count}")
    if album.cover is not None:
        yield _check_ranges(library, album.cover)


def _check_ranges(library: WebDav, photo: Asset) -> Check:
    try:
        answers = library.answers_ranges(photo)
    except LibraryError as error:
        return Check(name="ranges", ok=False, said=str(error), advice="Look whether this account may read the photos.")
    if answers:
        return Check(name="ranges", ok=True, said="parts of a photo can be read")
    said = "the server sends whole files where parts are asked for: reading an album takes longer"
    return Check(name="ranges", ok=False, said=said, advice="Switch on byte ranges in the server.", needed=False)


def url_problems(url: str) -> list[str]:
    """What is wrong with the address of a library; empty: nothing."""
    if not url:
        return ["url is missing"]
    try:
        parts = urlsplit(url)
        named = parts.hostname and (parts.port is None or parts.port > 0)
        httpx.URL(url)  # is stricter, and is what the requests are made of
    except (ValueError, httpx.InvalidURL) as error:
        return [f"url is not an address: {error}"]
    problems = []
    if parts.scheme not in ("http", "https") or not named:
        problems.append("url must begin with https:// or http:// and name a host")
    if parts.username or parts.password:
        problems.append("url must not hold a user name or password; give them by themselves")
    if parts.query or parts.fragment:
        problems.append("url must not hold ? or #")
    return problems


def base_of(said: str) -> str:
    """The address without a slash at its end, its host in small letters.

    Raises:
        BadSettings: it is no address.
    """
    url = said.strip().rstrip("/")
    problems = url_problems(url)
    if problems:
        raise BadSettings(problems)
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.lower()}{parts.path}"


KIND = Kind(
    name="webdav",
    title="WebDAV",
    options=(
        Option(name="url", title="Address", help="Address of the WebDAV folder that holds the photos."),
        Option(name="user", title="User", help="User name.", required=False),
        Option(name="password", title="Password", help="Password of that user.", required=False, secret=True),
    ),
    open=_open,
    base=base_of,
    checks=_checks,
    words={
        "Address": {"de": "Adresse", "zh": "地址"},
        "Address of the WebDAV folder that holds the photos.": {
            "de": "Adresse des WebDAV-Ordners mit den Fotos.",
            "zh": "存放照片的 WebDAV 文件夹的地址。",
        },
        "User": {"de": "Benutzer", "zh": "用户"},
        "User name.": {"de": "Benutzername.", "zh": "用户名。"},
        "Password": {"de": "Passwort", "zh": "密码"},
        "Password of that user.": {"de": "Passwort dieses Benutzers.", "zh": "该用户的密码。"},
        "{name} lies {n} folders deep; does a link on the server lead back to a folder above it?": {
            "de": "{name} liegt {n} Ordner tief; führt ein Link auf dem Server in einen Ordner darüber zurück?",
            "zh": "{name} 位于 {n} 层文件夹之下；服务器上是否有链接指回了上层文件夹？",
        },
        "{host} answered with an empty listing for {name}": {
            "de": "{host} gibt für {name} eine leere Liste",
            "zh": "{host} 对 {name} 返回了空列表",
        },
        "{name} is a file on {host}, not a folder": {
            "de": "{name} ist auf {host} eine Datei, kein Ordner",
            "zh": "{name} 在 {host} 上是文件，不是文件夹",
        },
        "{host} listed things that are not in {name}": {
            "de": "{host} hat Dinge aufgelistet, die nicht in {name} liegen",
            "zh": "{host} 列出了不在 {name} 中的内容",
        },
        "give both user and password, or neither": {
            "de": "gib Benutzer und Passwort an, oder keines von beiden",
            "zh": "请同时填写用户和密码，或都不填",
        },
        "a WebDAV folder answers, for {name}": {
            "de": "ein WebDAV-Ordner antwortet, für {name}",
            "zh": "WebDAV 文件夹有响应，账号：{name}",
        },
        "Look whether this account may open every folder.": {
            "de": "Prüfe, ob dieses Konto jeden Ordner öffnen darf.",
            "zh": "请检查此账号能否打开每个文件夹。",
        },
        "no folder below the address holds photos": {
            "de": "kein Ordner unter der Adresse enthält Fotos",
            "zh": "该地址下没有包含照片的文件夹",
        },
        "Give the address of the folder with the photos.": {
            "de": "Gib die Adresse des Ordners mit den Fotos an.",
            "zh": "请填写存放照片的文件夹的地址。",
        },
        "the first folder with photos is {name}, with {n}": {
            "de": "der erste Ordner mit Fotos ist {name}, mit {n}",
            "zh": "第一个有照片的文件夹是 {name}，共 {n} 张",
        },
        "Look whether this account may read the photos.": {
            "de": "Prüfe, ob dieses Konto die Fotos lesen darf.",
            "zh": "请检查此账号能否读取照片。",
        },
        "ranges": {"de": "Teile von Dateien", "zh": "部分读取"},
        "parts of a photo can be read": {
            "de": "Teile eines Fotos können gelesen werden",
            "zh": "可以只读取照片的一部分",
        },
        "the server sends whole files where parts are asked for: reading an album takes longer": {
            "de": "der Server schickt ganze Dateien, wo Teile gefragt sind: ein Album zu lesen dauert länger",
            "zh": "服务器总是发送整个文件：读取相册会更慢",
        },
        "Switch on byte ranges in the server.": {
            "de": "Schalte im Server Byte-Bereiche (Range) ein.",
            "zh": "请在服务器上启用字节范围（Range）。",
        },
    },
)
