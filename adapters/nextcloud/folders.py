"""Folders of Files as albums: listed by searching, hundreds of photos with one request."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from urllib.parse import quote

from adapters.dav import Entry
from adapters.files import as_id, as_text, from_id, is_wanted, media_type
from adapters.library import Album, Asset, BadReply, NotFound
from adapters.nextcloud import props
from adapters.nextcloud.home import Home
from adapters.nextcloud.photo import asset_of, fingerprint, is_movie_half
from adapters.nextcloud.server import NotOffered
from adapters.nextcloud.tags import TAG, tag_number, tagged_folders

PREFIX = "folder:"
PAGE, BRIEF_PAGE = 500, 2000
"""Photos per request: in full, and with what is needed to see changes."""


@dataclass(frozen=True, slots=True)
class File:
    """A file or folder of a listing, and its path below the user's files."""

    path: str
    entry: Entry

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def folder(self) -> str:
        return self.path.rpartition("/")[0]

    @property
    def is_photo(self) -> bool:
        return not self.name.lower().endswith(".xmp")


class Folders:
    """An album's id is ``folder:`` and its path. It holds what is in the folders in it, too.

    People keep the days of a journey in folders of their own. Every folder that holds photos by itself, or has our
    tag, is an album. Folders whose name begins with a dot are left out.
    """

    def __init__(self, home: Home) -> None:
        self._home = home
        self._dav = home.server.dav

    def albums(self, within: str) -> Iterator[Album]:
        """The folder and those in it that are albums, by path.

        Raises:
            NotFound: there is no such folder.
        """
        members: dict[str, list[File]] = defaultdict(list)
        albums: set[str] = set()
        for file in self._files(within, props.BRIEF, BRIEF_PAGE):
            if file.is_photo:
                albums.add(file.folder)
            for folder in _and_above(file.folder):
                if _lies_in(folder, within):
                    members[folder].append(file)
        tagged = self._tagged()
        for folder in sorted(albums | (tagged & set(members))):
            found = self._album(folder, members[folder])
            yield replace(found, tags=(TAG,)) if folder in tagged else found

    def assets(self, album_id: str) -> list[Asset]:
        """Every photo, video, recording and sidecar of the album."""
        files = self._files(folder_of(album_id), props.FULL, PAGE)
        return [self._asset(file) for file in files]

    def path_of(self, file_id: str) -> str | None:
        """Path of the file with that number below the user's files; None where it is in none of them."""
        return next((self._below(entry) for entry in self._numbered(file_id)), None)

    def ids_with(self, file_id: str) -> list[str]:
        """Ids of the albums the file is in, its own folder first; of a folder, its own id alone."""
        found = self._numbered(file_id)
        own = [folder_id(self._below(entry)) for entry in found if entry.is_folder]
        return own or [each for entry in found for each in folders_above(self._below(entry))]

    # -- listing

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
        return self._kept(found) if self._etag_of(folder) == before else self._walked(folder, wanted)

    def _etag_of(self, folder: str) -> str | None:
        entry = self._dav.one(f"files/{self._home.uid}/{folder}", props.ROOT)
        if not entry.is_folder:
            raise NotFound(f"{self._home.server.host} has no folder {folder!r}")
        return entry.text(props.ETAG)

    def _searched(self, folder: str, wanted: Sequence[str], page: int) -> list[File]:
        """Goes on by what came, not by what was asked for: a server may give shorter pages. Ends at an empty one.

        Raises:
            NotOffered: the server gives a file twice, so it may have left out another.
            BadReply: it does not search.
        """
        found: dict[str, File] = {}
        while entries := self._dav.search(props.search(self.scope(folder), wanted, len(found), page)):
            new = {path: File(path, entry) for path, entry in ((self._below(e), e) for e in entries)}
            if len(new) < len(entries) or new.keys() & found.keys():
                raise NotOffered(f"{self._home.server.host} gives a file twice when it is searched")
            found |= new
        return list(found.values())

    def _walked(self, folder: str, wanted: Sequence[str]) -> list[File]:
        waiting, seen, found = [folder], set[str](), list[File]()
        while waiting:
            here = waiting.pop()
            if here in seen:
                continue
            seen.add(here)
            listing = self._dav.listing(f"files/{self._home.uid}/{here}", wanted)
            inside = [File(self._below(entry), entry) for entry in listing]
            if here not in {file.path for file in inside}:
                raise BadReply(f"{self._home.server.host} answered for another folder than {here or '/'!r}")
            waiting += [file.path for file in inside if file.entry.is_folder]
            found += [file for file in inside if not file.entry.is_folder]
        return self._kept(found)

    def _kept(self, files: Iterable[File]) -> list[File]:
        return [f for f in files if is_wanted(f.name) and not _is_hidden(f.path) and not is_movie_half(f.entry)]

    def _numbered(self, file_id: str) -> list[Entry]:
        return self._dav.search(props.search_one(self.scope(""), file_id)) if file_id.isdigit() else []

    def scope(self, folder: str) -> str:
        """The folder as a search wants it."""
        return f"/files/{self._home.uid}/{folder}".rstrip("/")

    def _below(self, entry: Entry) -> str:
        return self._home.below(entry, f"files/{self._home.uid}")

    # -- values

    def _tagged(self) -> set[str]:
        with suppress(NotFound):  # a server without tags
            number = tag_number(self._home.server)
            return set(tagged_folders(self._home.server, self._home.uid, number)) if number else set()
        return set()

    def _album(self, folder: str, files: Sequence[File]) -> Album:
        cover = next((f for f in files if f.is_photo and media_type(f.name).startswith("image/")), None)
        return Album(
            id=folder_id(folder),
            title=as_text(folder.rpartition("/")[2]) or "Files",
            count=sum(1 for file in files if file.is_photo),
            version=fingerprint(file.entry for file in files),
            url=f"{self._home.server.base}/index.php/apps/files/?dir={quote('/' + folder, errors='surrogateescape')}",
            cover=self._asset(cover) if cover is not None else None,
        )

    def _asset(self, file: File) -> Asset:
        where = f"files/{self._home.uid}/{file.path}"
        return asset_of(file.entry, where, file.name, url=self._home.link_to(file.entry))


def folder_id(path: str) -> str:
    """Id of the album that a folder is."""
    return PREFIX + as_id(path.strip("/"))


def folder_of(album_id: str) -> str:
    """The path that `folder_id` was given."""
    return from_id(album_id.removeprefix(PREFIX))


def folders_above(path: str) -> Iterator[str]:
    """Ids of the folder a file lies in and of all that lies in, the root last."""
    return (folder_id(each) for each in _and_above(path.rpartition("/")[0]))


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
