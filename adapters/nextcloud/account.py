"""The library of one person on a Nextcloud: folders of Files, albums of Photos, albums shared with them."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from urllib.parse import quote

from adapters.dav import Entry
from adapters.files import attach_sidecars, is_wanted, media_type
from adapters.library import Account, Album, Asset, BadReply, NotFound
from adapters.nextcloud import props
from adapters.nextcloud.photo import asset_of, is_movie_half, version_of
from adapters.nextcloud.server import Server

PAGE, BRIEF_PAGE = 500, 2000
"""Photos per request: in full, and with what is needed to see changes."""
_FOLDER, _ALBUM, _SHARED = "folder:", "album:", "shared:"
_HOMES = {_ALBUM: "albums", _SHARED: "sharedalbums"}


@dataclass(frozen=True, slots=True)
class File:
    """A file of a listing and where it lies, below the folder that was listed for it."""

    path: str
    entry: Entry

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def is_photo(self) -> bool:
        return not self.name.lower().endswith(".xmp")


class Nextcloud:
    """Ids of albums are ``folder:``, ``album:`` or ``shared:`` and the path or the title; of photos the file's number.

    A folder holds the photos of the folders in it, too: people keep the days of a journey in folders of their own.
    Every folder that holds photos by itself is listed. Folders whose name begins with a dot are left out.
    """

    def __init__(self, server: Server, within: str = "", uid: str | None = None) -> None:
        self._server = server
        self._within = within.strip("/")
        self._given_uid = uid

    # -- the abilities beside reading

    parse_hook = None
    watch = None
    write_back = None

    # -- the library

    @cached_property
    def uid(self) -> str:
        """The user's id, which is what paths are made of; not always what was typed to sign in."""
        return self._given_uid if self._given_uid is not None else str(self._whoami()["id"])

    def account(self) -> Account:
        said = self._whoami()
        return Account(id=f"{said['id']}@{self._server.host}", name=str(said.get("displayname") or said["id"]))

    def albums(self) -> Iterator[Album]:
        for prefix in _HOMES:
            yield from self._photo_albums(prefix)
        yield from self._folders()

    def assets(self, album_id: str) -> Iterator[Asset]:
        if album_id.startswith(_FOLDER):
            files = self._files(album_id.removeprefix(_FOLDER), props.FULL, PAGE)
            found = [self._asset_of_file(file) for file in files]
        else:
            found = list(self._assets_of_album(album_id))
        yield from attach_sidecars(sorted(found, key=lambda asset: asset.where))

    def read(self, asset: Asset, start: int, length: int) -> bytes:
        return self._server.dav.read_range(asset.where, start, length, asset.version)

    def preview(self, asset: Asset, edge_px: int) -> bytes | None:
        edge = str(max(1, edge_px))
        if asset.where.startswith("files/"):
            params = {"fileId": asset.id, "x": edge, "y": edge, "a": "1"}
            return self._server.preview("/index.php/core/preview", params)
        return self._server.preview(f"/index.php/apps/photos/api/v1/preview/{asset.id}", {"x": edge, "y": edge})

    def close(self) -> None:
        self._server.close()

    # -- who

    def _whoami(self) -> dict[str, object]:
        said = self._server.ocs("GET", "/v2.php/cloud/user")
        if not isinstance(said, dict) or not said.get("id"):
            raise BadReply(f"{self._server.host} does not say who this account is")
        return said

    # -- folders

    @property
    def _home(self) -> str:
        return f"files/{self.uid}"

    def _folders(self) -> Iterator[Album]:
        within = f"{self._within}/" if self._within else ""
        members: dict[str, list[File]] = defaultdict(list)
        own: set[str] = set()
        for file in self._files(self._within, props.BRIEF, BRIEF_PAGE):
            folder = file.path.rpartition("/")[0]
            if file.is_photo:
                own.add(folder)
            for each in _and_above(folder):
                if each == self._within or each.startswith(within):
                    members[each].append(file)
        for folder in sorted(own):
            yield self._folder_album(folder, members[folder])

    def _folder_album(self, folder: str, files: Sequence[File]) -> Album:
        cover = next((f for f in files if f.is_photo and media_type(f.name).startswith("image/")), None)
        return Album(
            id=_FOLDER + folder,
            title=folder.rpartition("/")[2] or "Files",
            count=sum(1 for file in files if file.is_photo),
            version=fingerprint(file.entry for file in files),
            url=f"{self._server.base}/index.php/apps/files/?dir={quote('/' + folder)}",
            cover=self._asset_of_file(cover) if cover is not None else None,
        )

    def _files(self, folder: str, wanted: Sequence[str], page: int) -> list[File]:
        """Every photo, video, recording and sidecar below the folder, each once.

        A search in pages may lose what moves between two pages; a folder that changed meanwhile, a photo given
        twice, or a server that does not search, and every folder is listed by itself, each in one answer.
        """
        before = self._etag_of(folder)
        try:
            found = self._searched(folder, wanted, page)
        except BadReply:
            return self._walked(folder, wanted)
        is_sure = len(found) == len({file.path for file in found}) and self._etag_of(folder) == before
        return self._kept(found) if is_sure else self._walked(folder, wanted)

    def _etag_of(self, folder: str) -> str | None:
        entry = self._server.dav.one(f"{self._home}/{folder}", props.ROOT)
        if not entry.is_folder:
            raise NotFound(f"{self._server.host} has no folder {folder!r}")
        return entry.text(props.ETAG)

    def _searched(self, folder: str, wanted: Sequence[str], page: int) -> list[File]:
        """Goes on by what came, not by what was asked for: a server may give shorter pages. Ends at an empty one."""
        scope = f"/files/{self.uid}/{folder}".rstrip("/")
        found: list[File] = []
        while True:
            entries = self._server.dav.search(props.search(scope, wanted, len(found), page))
            found += [File(self._below_home(entry), entry) for entry in entries]
            if not entries:
                return found

    def _walked(self, folder: str, wanted: Sequence[str]) -> list[File]:
        waiting, seen, found = [folder], set[str](), list[File]()
        while waiting:
            here = waiting.pop()
            if here in seen:
                continue
            seen.add(here)
            inside = [File(self._below_home(e), e) for e in self._server.dav.listing(f"{self._home}/{here}", wanted)]
            if here not in {file.path for file in inside}:
                raise BadReply(f"{self._server.host} answered for another folder than {here or '/'!r}")
            waiting += [file.path for file in inside if file.entry.is_folder]
            found += [file for file in inside if not file.entry.is_folder]
        return self._kept(found)

    def _kept(self, files: Iterable[File]) -> list[File]:
        return [f for f in files if is_wanted(f.name) and not _is_hidden(f.path) and not is_movie_half(f.entry)]

    def _below_home(self, entry: Entry) -> str:
        home = f"{self._server.dav_path}/{self._home}"
        path = entry.path.rstrip("/")
        if path != home and not path.startswith(home + "/"):
            raise BadReply(f"{self._server.host} answered with a file that is not this account's")
        return path.removeprefix(home).strip("/")

    def _asset_of_file(self, file: File) -> Asset:
        return asset_of(file.entry, f"{self._home}/{file.path}", file.name, url=self._url_of(file.entry))

    def _url_of(self, entry: Entry) -> str | None:
        file_id = entry.text(props.FILE_ID)
        return f"{self._server.base}/index.php/f/{file_id}" if file_id else None

    # -- albums

    def _photo_albums(self, prefix: str) -> Iterator[Album]:
        """All albums and their members at once: an album has no etag, only its members tell whether it changed."""
        home = f"photos/{self.uid}/{_HOMES[prefix]}"
        try:
            entries = self._server.dav.listing(home, (*props.OF_ALBUM, *props.BRIEF, *props.IN_ALBUM), depth="infinity")
        except NotFound:
            return  # the app Photos is not installed; the doctor says so
        members: dict[str, list[Entry]] = defaultdict(list)
        titled: dict[str, Entry] = {}
        for entry in entries:
            title, _, name = self._below(entry, home).partition("/")
            if name:
                members[title].append(entry)
            elif title:
                titled[title] = entry
        for title, entry in titled.items():
            inside = members[title]
            if not inside and (entry.text(props.COUNT) or "0") != "0":
                inside = self._members(prefix + title)
            yield self._album(prefix, title, entry, inside)

    def _album(self, prefix: str, title: str, entry: Entry, inside: Sequence[Entry]) -> Album:
        photos = [self._asset_in_album(prefix + title, each) for each in inside if is_photo_of_album(each)]
        owner, shown = self._owner(prefix, title, entry)
        return Album(
            id=prefix + title,
            title=shown,
            count=len(photos),
            version=fingerprint(each for each in inside if is_photo_of_album(each)),
            url=f"{self._server.base}/index.php/apps/photos/{_HOMES[prefix]}/{quote(title)}",
            cover=next((photo for photo in photos if photo.media_type.startswith("image/")), None),
            description=entry.text(props.PLACE),
            owner=owner,
        )

    def _owner(self, prefix: str, title: str, entry: Entry) -> tuple[str | None, str]:
        """Whose album it is, None for one's own, and its title: a shared one is named ``title (owner)``."""
        stem, _, uid = title.removesuffix(")").rpartition(" (")
        if prefix != _SHARED or not title.endswith(")") or not stem:
            return None, title
        people = entry.props.get(props.COLLABORATORS)
        named = {each.findtext("id"): each.findtext("label") for each in (people if people is not None else ())}
        return named.get(uid) or uid, stem

    def _assets_of_album(self, album_id: str) -> Iterator[Asset]:
        for entry in self._members(album_id):
            if is_photo_of_album(entry):
                yield self._asset_in_album(album_id, entry)

    def _members(self, album_id: str) -> list[Entry]:
        prefix, _, title = album_id.partition(":")
        home = f"photos/{self.uid}/{_HOMES.get(prefix + ':')}"
        if prefix + ":" not in _HOMES or not title or "/" in title:
            raise NotFound(f"{self._server.host} has no album {album_id!r}")
        wanted = (*props.FULL, *props.IN_ALBUM)
        entries = self._server.dav.listing(f"{home}/{title}", wanted)
        return [entry for entry in entries if self._below(entry, home).partition("/")[2]]

    def _asset_in_album(self, album_id: str, entry: Entry) -> Asset:
        prefix, _, title = album_id.partition(":")
        shown = entry.path.rstrip("/").rpartition("/")[2]
        where = f"photos/{self.uid}/{_HOMES[prefix + ':']}/{title}/{shown}"
        return album_asset(entry, where, url=self._url_of(entry))

    def _below(self, entry: Entry, home: str) -> str:
        path, start = entry.path.rstrip("/"), f"{self._server.dav_path}/{home}"
        if path != start and not path.startswith(start + "/"):
            raise BadReply(f"{self._server.host} answered for another folder than {home!r}")
        return path.removeprefix(start).strip("/")


def album_asset(entry: Entry, where: str, *, url: str | None) -> Asset:
    """The asset of a member of an album. One that the server cannot reach any more is listed, of unknown size."""
    number, name = _number_and_name(entry)
    found = asset_of(entry, where, name, url=url)
    return found if entry.text(props.FILE_ID) else replace(found, id=number)


def is_photo_of_album(entry: Entry) -> bool:
    """Whether it is a member to be listed: no movie half of a live photo, nothing but photos, videos, recordings."""
    return is_wanted(_number_and_name(entry)[1]) and not is_movie_half(entry)


def fingerprint(entries: Iterable[Entry]) -> str:
    """Changes when a member comes, goes or gets another content."""
    lines = sorted(f"{entry.text(props.FILE_ID) or entry.path} {version_of(entry)}" for entry in entries)
    return hashlib.blake2b("\n".join(lines).encode("utf-8", "surrogateescape"), digest_size=12).hexdigest()


def _number_and_name(entry: Entry) -> tuple[str, str]:
    """An album calls its members by the number of the file and its name: ``95-IMG_0001.jpg``."""
    shown = entry.path.rstrip("/").rpartition("/")[2]
    number, _, name = shown.partition("-")
    return number, entry.text(props.FILE_NAME) or name or shown


def _and_above(folder: str) -> Iterator[str]:
    """The folder and all it lies in, the root last."""
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]
    yield ""


def _is_hidden(path: str) -> bool:
    return any(part.startswith(".") for part in path.split("/"))
