"""The library of one person on a Nextcloud: folders of Files, albums of Photos, albums shared with them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from adapters.files import attach_sidecars, from_id
from adapters.library import Account, Album, Asset, NotFound
from adapters.nextcloud.albums import Albums
from adapters.nextcloud.folders import PREFIX, Folders
from adapters.nextcloud.home import Home
from adapters.nextcloud.hooks import Hooks
from adapters.nextcloud.write_back import WriteBack


class Nextcloud:
    """Ids of albums begin with their kind; that of a photo is the number of its file, which survives a rename."""

    def __init__(self, home: Home, within: str = "", *, is_app: bool = False) -> None:
        """``within``: the only folder to look at. ``is_app``: the server calls us for all users by itself."""
        self.home = home
        self.within = within.strip("/")
        self.folders, self.photos = Folders(home), Albums(home)
        self._is_app = is_app

    @property
    def parse_hook(self) -> Hooks:
        return Hooks(self.home, self.within)

    @property
    def watch(self) -> Hooks | None:
        """Only administrators may ask for calls; others are told so when they try."""
        return None if self._is_app else Hooks(self.home, self.within)

    @property
    def write_back(self) -> WriteBack:
        return WriteBack(self.home)

    def account(self) -> Account:
        said = self.home.user()
        name = str(said.get("displayname") or said["id"])
        return Account(id=f"{said['id']}@{self.home.server.host}", name=name, is_person=True)

    def albums(self) -> Iterator[Album]:
        with suppress(NotFound):  # the app Photos is not installed; the doctor says so
            yield from self.photos.albums()
        yield from self.folders.albums(self.within)

    def assets(self, album_id: str) -> Iterator[Asset]:
        listed = self.folders if album_id.startswith(PREFIX) else self.photos
        yield from attach_sidecars(sorted(listed.assets(album_id), key=lambda asset: asset.where))

    def read(self, asset: Asset, start: int, length: int) -> bytes:
        return self.home.server.dav.read_range(from_id(asset.where), start, length, asset.version)

    def preview(self, asset: Asset, edge_px: int) -> bytes | None:
        edge = str(max(1, edge_px))
        if asset.where.startswith("files/"):
            params = {"fileId": asset.id, "x": edge, "y": edge, "a": "1"}
            return self.home.server.preview("/index.php/core/preview", params)
        # of an album that somebody shares, the core makes none
        return self.home.server.preview(f"/index.php/apps/photos/api/v1/preview/{asset.id}", {"x": edge, "y": edge})

    def close(self) -> None:
        self.home.server.close()
