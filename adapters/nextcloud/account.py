"""The library of one person on a Nextcloud: folders of Files, albums of Photos, albums shared with them."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from urllib.parse import quote

from adapters.dav import Entry
from adapters.files import attach_sidecars, is_wanted, media_type
from adapters.library import Account, Album, Asset, BadReply, NotFound
from adapters.nextcloud import props
from adapters.nextcloud.photo import asset_of, is_movie_half, version_of
from adapters.nextcloud.server import Server
from adapters.nextcloud.tags import TAG, tag_number, tagged_folders

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
    """Reads only; what else an account may do is `NextcloudAccount` in the package itself.

    Ids of albums are ``folder:``, ``album:`` or ``shared:`` and the path or the title; of photos the file's number.

    A folder holds the photos of the folders in it, too: people keep the days of a journey in folders of their own.
    Every folder that holds photos by itself is listed. Folders whose name begins with a dot are left out.
    """

    def __init__(self, server: Server, within: str = "", uid: str | None = None) -> None:
        self.server = server
        self.within = within.strip("/")
        self._given_uid = uid

    # -- the library

    @cached_property
    def uid(self) -> str:
        """The user's id, which is what paths are made of; not always what was typed to sign in."""
        return self._given_uid if self._given_uid is not None else str(self._whoami()["id"])

    @property
    def scope(self) -> str:
        """What is searched: the user's files, or the one folder that was asked for."""
        return f"/files/{self.uid}/{self.within}".rstrip("/")

    def account(self) -> Account:
        said = self._whoami()
        return Account(id=f"{said['id']}@{self.server.host}", name=str(said.get("displayname") or said["id"]))

    def albums(self) -> Iterator[Album]:
        with suppress(NotFound):  # the app Photos is not installed; the doctor says so
            yield from self.photo_albums()
        yield from self.folder_albums(self.within)

    def photo_albums(self) -> Iterator[Album]:
        """The albums of Photos, one's own and those shared by others.

        Raises:
            NotFound: the server has no such app.
        """
        for prefix in _HOMES:
            yield from self._photo_albums(prefix)

    def assets(self, album_id: str) -> Iterator[Asset]:
        if album_id.startswith(_FOLDER):
            files = self._files(album_id.removeprefix(_FOLDER), props.FULL, PAGE)
            found = [self._asset_of_file(file) for file in files]
        else:
            found = list(self._assets_of_album(album_id))
        yield from attach_sidecars(sorted(found, key=lambda asset: asset.where))

    def read(self, asset: Asset, start: int, length: int) -> bytes:
        return self.server.dav.read_range(asset.where, start, length, asset.version)

    def preview(self, asset: Asset, edge_px: int) -> bytes | None:
        edge = str(max(1, edge_px))
        if asset.where.startswith("files/"):
            params = {"fileId": asset.id, "x": edge, "y": edge, "a": "1"}
            return self.server.preview("/index.php/core/preview", params)
        return self.server.preview(f"/index.php/apps/photos/api/v1/preview/{asset.id}", {"x": edge, "y": edge})

    def close(self) -> None:
        self.server.close()

    # -- who

    def _whoami(self) -> dict[str, object]:
        said = self.server.ocs("GET", "/v2.php/cloud/user")
        if not isinstance(said, dict) or not said.get("id"):
            raise BadReply(f"{self.server.host} does not say who this account is")
        return said

    # -- where a photo is

    def path_of(self, file_id: str) -> str | None:
        """Path of that file below the user's files; None where it is in none of their folders."""
        found = self.server.dav.search(props.search_one(f"/files/{self.uid}", file_id)) if file_id.isdigit() else []
        return next((self._below_home(entry) for entry in found), None)

    def folders_of(self, entry: Entry) -> list[str]:
        """Ids of the albums a file or folder of the user's is in: of a folder its own, of a file all above it."""
        path = self._below_home(entry)
        return [folder_id(path)] if entry.is_folder else list(folders_above(path.rpartition("/")[0]))

    def albums_with(self, file_id: str) -> list[str]:
        """Ids of the albums of Photos that hold the file."""
        found = []
        for prefix in _HOMES:
            home = f"photos/{self.uid}/{_HOMES[prefix]}"
            with suppress(NotFound):
                for entry in self.server.dav.listing(home, (props.FILE_ID,), depth="infinity"):
                    title, _, name = self._below(entry, home).partition("/")
                    if name and entry.text(props.FILE_ID) == file_id:
                        found.append(prefix + title)
        return found

    # -- folders

    @property
    def _home(self) -> str:
        return f"files/{self.uid}"

    def folder_albums(self, within: str) -> Iterator[Album]:
        """The folder and those in it that hold photos, by path.

        Raises:
            NotFound: there is no such folder.
        """
        members: dict[str, list[File]] = defaultdict(list)
        own: set[str] = set()
        for file in self._files(within, props.BRIEF, BRIEF_PAGE):
            folder = file.path.rpartition("/")[0]
            if file.is_photo:
                own.add(folder)
            for each in _and_above(folder):
                if _lies_in(each, within):
                    members[each].append(file)
        tagged = self._tagged()
        for folder in sorted(own | {path for path in tagged if path in members}):
            found = self._folder_album(folder, members[folder])
            yield replace(found, tags=(TAG,)) if folder in tagged else found

    def _tagged(self) -> set[str]:
        with suppress(NotFound):  # a server without tags
            number = tag_number(self.server)
            return set(tagged_folders(self.server, self.uid, number)) if number else set()
        return set()

    def _folder_album(self, folder: str, files: Sequence[File]) -> Album:
        cover = next((f for f in files if f.is_photo and media_type(f.name).startswith("image/")), None)
        return Album(
            id=_FOLDER + folder,
            title=folder.rpartition("/")[2] or "Files",
            count=sum(1 for file in files if file.is_photo),
            version=fingerprint(file.entry for file in files),
            url=f"{self.server.base}/index.php/apps/files/?dir={quote('/' + folder)}",
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
        entry = self.server.dav.one(f"{self._home}/{folder}", props.ROOT)
        if not entry.is_folder:
            raise NotFound(f"{self.server.host} has no folder {folder!r}")
        return entry.text(props.ETAG)

    def _searched(self, folder: str, wanted: Sequence[str], page: int) -> list[File]:
        """Goes on by what came, not by what was asked for: a server may give shorter pages. Ends at an empty one."""
        scope = f"/files/{self.uid}/{folder}".rstrip("/")
        found: list[File] = []
        while True:
            entries = self.server.dav.search(props.search(scope, wanted, len(found), page))
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
            inside = [File(self._below_home(e), e) for e in self.server.dav.listing(f"{self._home}/{here}", wanted)]
            if here not in {file.path for file in inside}:
                raise BadReply(f"{self.server.host} answered for another folder than {here or '/'!r}")
            waiting += [file.path for file in inside if file.entry.is_folder]
            found += [file for file in inside if not file.entry.is_folder]
        return self._kept(found)

    def _kept(self, files: Iterable[File]) -> list[File]:
        return [f for f in files if is_wanted(f.name) and not _is_hidden(f.path) and not is_movie_half(f.entry)]

    def _below_home(self, entry: Entry) -> str:
        home = f"{self.server.dav_path}/{self._home}"
        path = entry.path.rstrip("/")
        if path != home and not path.startswith(home + "/"):
            raise BadReply(f"{self.server.host} answered with a file that is not this account's")
        return path.removeprefix(home).strip("/")

    def _asset_of_file(self, file: File) -> Asset:
        return asset_of(file.entry, f"{self._home}/{file.path}", file.name, url=self._url_of(file.entry))

    def _url_of(self, entry: Entry) -> str | None:
        file_id = entry.text(props.FILE_ID)
        return f"{self.server.base}/index.php/f/{file_id}" if file_id else None

    # -- albums

    def _photo_albums(self, prefix: str) -> Iterator[Album]:
        """All albums and their members at once: an album has no etag, only its members tell whether it changed."""
        home = f"photos/{self.uid}/{_HOMES[prefix]}"
        entries = self.server.dav.listing(home, (*props.OF_ALBUM, *props.BRIEF, *props.IN_ALBUM), depth="infinity")
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
            url=f"{self.server.base}/index.php/apps/photos/{_HOMES[prefix]}/{quote(title)}",
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
            raise NotFound(f"{self.server.host} has no album {album_id!r}")
        wanted = (*props.FULL, *props.IN_ALBUM)
        entries = self.server.dav.listing(f"{home}/{title}", wanted)
        return [entry for entry in entries if self._below(entry, home).partition("/")[2]]

    def _asset_in_album(self, album_id: str, entry: Entry) -> Asset:
        prefix, _, title = album_id.partition(":")
        shown = entry.path.rstrip("/").rpartition("/")[2]
        where = f"photos/{self.uid}/{_HOMES[prefix + ':']}/{title}/{shown}"
        return album_asset(entry, where, url=self._url_of(entry))

    def _below(self, entry: Entry, home: str) -> str:
        path, start = entry.path.rstrip("/"), f"{self.server.dav_path}/{home}"
        if path != start and not path.startswith(start + "/"):
            raise BadReply(f"{self.server.host} answered for another folder than {home!r}")
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


def folder_id(path: str) -> str:
    """Id of the album that a folder is."""
    return _FOLDER + path.strip("/")


def folders_above(folder: str) -> Iterator[str]:
    """Ids of the folder and of all it lies in, the root last."""
    return (folder_id(each) for each in _and_above(folder))


def _and_above(folder: str) -> Iterator[str]:
    """The folder and all it lies in, the root last."""
    while folder:
        yield folder
        folder = folder.rpartition("/")[0]
    yield ""


def _lies_in(folder: str, within: str) -> bool:
    return not within or folder == within or folder.startswith(within + "/")


def _is_hidden(path: str) -> bool:
    return any(part.startswith(".") for part in path.split("/"))
