"""What somebody shared by a link: a folder or an album, read without an account."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping

from adapters.dav import Entry, bare_etag
from adapters.files import attach_sidecars, from_id, is_wanted, media_type
from adapters.library import Account, Album, Asset, BadReply, NotFound, Unauthorized
from adapters.nextcloud import props
from adapters.nextcloud.albums import album_asset, is_photo_of_album
from adapters.nextcloud.photo import asset_of, fingerprint, is_movie_half
from adapters.nextcloud.server import Server

THE_ALBUM = "."
"""Id of the one album a link has."""


class _Linked(ABC):
    """What both links share. The link itself is a credential: nothing that people see holds it."""

    parse_hook = None
    watch = None
    write_back = None

    def __init__(self, server: Server, previews: Server, token: str) -> None:
        """``previews``: the same server, by a credential of its own. That previews are refused says nothing of the
        link, and must not be held against it."""
        self._server, self._previews = server, previews
        self._token = token

    def account(self) -> Account:
        """The link's own: whoever has it is the same guest."""
        digest = hashlib.blake2b(self._token.encode(), digest_size=9).hexdigest()
        return Account(id=f"link-{digest}@{self._server.host}", name=self._album().title)

    def albums(self) -> Iterator[Album]:
        yield self._album()

    def read(self, asset: Asset, start: int, length: int) -> bytes:
        return self._server.dav.read_range(from_id(asset.where), start, length, asset.version)

    def close(self) -> None:
        self._server.close()
        self._previews.close()

    def _preview(self, path: str, params: Mapping[str, str], edge_px: int) -> bytes | None:
        edge = str(max(1, edge_px))
        try:
            return self._previews.preview(path, {**params, "x": edge, "y": edge})
        except Unauthorized:
            return None  # a link may be shared without previews

    @abstractmethod
    def _album(self) -> Album: ...

    def _check_album(self, album_id: str) -> None:
        if album_id != THE_ALBUM:
            raise NotFound(f"the link of {self._server.host} has one album, and no {album_id!r}")

    def _below(self, entry: Entry) -> str:
        path, root = entry.path.rstrip("/"), self._server.dav_path
        if path != root and not path.startswith(root + "/"):
            raise BadReply(f"{self._server.host} answered for something else than the link")
        return path.removeprefix(root).strip("/")


class LinkedFolder(_Linked):
    """A folder of Files behind ``/s/...``, with the folders in it. Listed one by one: nobody may search by a link."""

    def __init__(self, server: Server, previews: Server, token: str, folder: str) -> None:
        super().__init__(server, previews, token)
        self._folder = folder

    def assets(self, album_id: str) -> Iterator[Asset]:
        self._check_album(album_id)
        found = [self._asset(path, entry) for path, entry in self._files() if is_wanted(path.rpartition("/")[2])]
        yield from attach_sidecars(sorted(found, key=lambda asset: asset.where))

    def preview(self, asset: Asset, edge_px: int) -> bytes | None:
        params = {"file": "/" + from_id(asset.where), "a": "1"}
        return self._preview(f"/index.php/apps/files_sharing/publicpreview/{self._token}", params, edge_px)

    def _album(self) -> Album:
        entry = self._server.dav.one(self._folder, props.ROOT)
        etag = entry.text(props.ETAG)
        title = self._folder.rpartition("/")[2] or entry.text(props.NAME) or self._server.host
        return Album(id=THE_ALBUM, title=title, version=bare_etag(etag) if etag else None)

    def _files(self) -> Iterator[tuple[str, Entry]]:
        waiting, seen = [self._folder], set[str]()
        while waiting:
            here = waiting.pop()
            if here in seen:
                continue
            seen.add(here)
            inside = [(self._below(e), e) for e in self._server.dav.listing(here, props.FULL)]
            if here not in {path for path, _ in inside}:
                raise BadReply(f"{self._server.host} answered for another folder than {here or '/'!r}")
            shown = [(path, e) for path, e in inside if not path.rpartition("/")[2].startswith(".")]
            waiting += [path for path, e in shown if e.is_folder]
            yield from ((path, e) for path, e in shown if not e.is_folder and not is_movie_half(e))

    def _asset(self, path: str, entry: Entry) -> Asset:
        return asset_of(entry, path, path.rpartition("/")[2], url=None)


class LinkedAlbum(_Linked):
    """An album of Photos behind ``/apps/photos/public/...``."""

    def assets(self, album_id: str) -> Iterator[Asset]:
        self._check_album(album_id)
        _, members = self._listed(props.FULL)
        found = [album_asset(entry, self._below(entry), url=None) for entry in members]
        yield from sorted(found, key=lambda asset: asset.where)

    def preview(self, asset: Asset, edge_px: int) -> bytes | None:
        path = f"/index.php/apps/photos/api/v1/publicPreview/{asset.id}"
        return self._preview(path, {"token": self._token}, edge_px)

    def _album(self) -> Album:
        root, members = self._listed(props.BRIEF)
        photos = [album_asset(entry, self._below(entry), url=None) for entry in members]
        return Album(
            id=THE_ALBUM,
            title=root.text(props.TITLE) or "Shared album",
            count=len(photos),
            version=fingerprint(members),
            cover=next((p for p in photos if media_type(p.name).startswith("image/")), None),
            description=root.text(props.PLACE),
        )

    def _listed(self, wanted: tuple[str, ...]) -> tuple[Entry, list[Entry]]:
        entries = self._server.dav.listing("", (*props.OF_ALBUM, *wanted, *props.IN_ALBUM))
        root = next((entry for entry in entries if not self._below(entry)), None)
        if root is None:
            raise BadReply(f"{self._server.host} answered for another album than that of the link")
        return root, [e for e in entries if self._below(e) and not e.is_folder and is_photo_of_album(e)]
