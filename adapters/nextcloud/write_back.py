"""What may be changed in a Nextcloud: a note with the trace's address, and positions in sidecars beside the photos.

Files shows a ``Readme.md`` above the folder's files, so that is what the note is called, unless somebody has written
one. Albums of Photos show nothing but a place's name; theirs lies in the folder ``Traces``.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from urllib.parse import quote

from adapters.dav import Entry, bare_etag
from adapters.files import from_id
from adapters.library import Asset, BadReply, NotFound, Position, Unauthorized
from adapters.nextcloud import props
from adapters.nextcloud.folders import Folders
from adapters.nextcloud.home import Home
from adapters.sidecar import is_ours, position_in, sidecar, sidecar_name

_LARGEST_NOTE, _LARGEST_SIDECAR = 64 * 1024, 256 * 1024
_SIGNED = "*Kept by image-tracer. Delete it if you like.*"
_NOTE = re.compile(r"\A# [^\n]*\n\n\[[^\n]*\]\([^\s)]*\)\n\n" + re.escape(_SIGNED) + r"\n\Z")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+.!|<>~-])")
_FOR_ALBUMS = "Traces"


class WriteBack:
    """Where the person may not write, the error says so; nothing else is touched."""

    can_link = True
    can_place = True

    def __init__(self, home: Home) -> None:
        self._home = home
        self._dav = home.server.dav

    @property
    def _files(self) -> str:
        return f"files/{self._home.uid}"

    def link(self, album_id: str, url: str, title: str) -> None:
        """A note that says the same already is not written again, so nothing of ours ever calls for our attention."""
        prefix, name = album_id.partition(":")[0], from_id(album_id.partition(":")[2])
        text = note(title, url)
        if prefix == "folder":
            self._keep(f"{self._files}/{name}".rstrip("/"), ("Readme.md", "Trace.md"), text)
            return
        folder = f"{self._files}/{_FOR_ALBUMS}"
        self._dav.send("MKCOL", folder)
        shown = re.sub(r'[\\/:*?"<>|\x00-\x1f]', "_", name).strip(". ") or "album"
        self._keep(folder, (f"{shown}.md", f"{shown} (trace).md"), text)

    def refusals(self, assets: Sequence[Asset]) -> Mapping[str, str]:
        """Photos in a folder this person may not write to, and those that are in none of their folders."""
        found: dict[str, str] = {}
        may = functools.cache(self._may_write)
        for asset in assets:
            try:
                folder = self._file_of(asset).rpartition("/")[0]
                if not may(folder):
                    found[asset.id] = "lies in a folder this account may not write to"
            except Unauthorized:
                found[asset.id] = "is in nobody's files but its owner's: only they can change it"
            except NotFound:
                continue  # writing will say so
        return found

    def _may_write(self, folder: str) -> bool:
        """Whether files may be made there, by the letters the server gives a folder; True where it gives none."""
        said = self._dav.one(folder, (props.KIND, props.PERMISSIONS)).text(props.PERMISSIONS)
        return said is None or "C" in said

    def place(self, asset: Asset, position: Position | None) -> Position | None:
        """Writes, changes or removes a sidecar of ours. A sidecar somebody else has written stays as it is.

        Raises:
            NotFound: the photo is not there any more.
            Unauthorized: the photo is not in this person's files, or they may not write there.
            BadReply: there is a sidecar of somebody else.
        """
        photo = self._file_of(asset)
        self._dav.one(photo, (props.ETAG,))  # a sidecar of a photo that went would describe nothing
        others = asset.sidecar.name if asset.sidecar is not None else None
        where = f"{photo.rpartition('/')[0]}/{sidecar_name(photo.rpartition('/')[2])}"
        before = self._read(where, _LARGEST_SIDECAR)
        if (before is not None and not is_ours(before)) or (before is None and others is not None):
            raise BadReply(
                f"{others or sidecar_name(asset.name)} is there already and somebody else's: it was not touched"
            )
        if position is not None:
            self._write(where, sidecar(position), before)
        elif before is not None:
            self._dav.send("DELETE", where)
        return position_in(before) if before is not None else None

    def _keep(self, folder: str, names: tuple[str, str], text: str) -> None:
        """Writes the note under the first name that is free or already ours."""
        there = {self._name(entry).casefold(): self._name(entry) for entry in self._dav.listing(folder, (props.KIND,))}
        for wanted in names:
            name = there.get(wanted.casefold(), wanted)
            before = self._read(f"{folder}/{name}", _LARGEST_NOTE) if wanted.casefold() in there else None
            if before is None or _NOTE.match(before.decode("utf-8", "replace")):
                if before != text.encode():
                    self._write(f"{folder}/{name}", text.encode(), before)
                return
        raise BadReply(f"{', '.join(names)} are there already and somebody else's: the link was not written")

    def _name(self, entry: Entry) -> str:
        return entry.path.rstrip("/").rpartition("/")[2]

    def _read(self, where: str, largest: int) -> bytes | None:
        try:
            return self._dav.fetch(where, largest)
        except NotFound:
            return None

    def _write(self, where: str, content: bytes, before: bytes | None) -> None:
        """Only over what was read: somebody may be writing there at the same time."""
        unchanged = {"If-None-Match": "*"} if before is None else {"If-Match": self._etag(where)}
        self._dav.send("PUT", where, content, {"Content-Type": "application/octet-stream", **unchanged})

    def _etag(self, where: str) -> str:
        return f'"{bare_etag(self._dav.one(where, (props.ETAG,)).text(props.ETAG) or "")}"'

    def _file_of(self, asset: Asset) -> str:
        if asset.where.startswith("files/"):
            return from_id(asset.where)
        path = Folders(self._home).path_of(asset.id)
        if path is None:
            raise Unauthorized(f"{asset.name} is in nobody's files but its owner's: only they can change it")
        return f"{self._files}/{path}"


def note(title: str, url: str) -> str:
    """The note's text, Markdown."""
    shown = _MARKDOWN.sub(r"\\\1", " ".join(title.split())) or "Trace"
    target = quote(url, safe=":/?#@!$&'*+,;=%~-._")
    return f"# {shown}\n\n[The way that was taken]({target})\n\n{_SIGNED}\n"
