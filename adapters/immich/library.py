"""An Immich server as a library."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.immich import values
from adapters.immich.access import ORDERED_SINCE, SEARCHES_SHARED_SINCE, Access, Remembered, Version, server_version
from adapters.immich.api import Api, Json
from adapters.immich.hooks import Hooks, Workflow
from adapters.immich.pages import LARGEST_PAGE, Items, by_instant, by_number
from adapters.immich.scopes import COUNT, LINK, ORIGINALS, PLACE, PREVIEWS, WATCH
from adapters.immich.write_back import WriteBack
from adapters.library import Account, Album, Asset, BadReply, NotFound, Unauthorized

_SMALL_EDGE_PX = 256
"""Up to here Immich's small picture (250, a hundredth of the bytes) will do; the larger one has 1440."""
WORKFLOWS_SINCE = (3, 0)


class Immich:
    """Albums of a person, or the one album of a shared link.

    Listed: photos and videos that are in the album, the archived ones and every photo of a stack among them. Not
    listed: what is in the trash, what is locked (it is in no album), and the video half of a live photo.
    """

    def __init__(self, api: Api, access: Access, url: str, *, page_size: int = LARGEST_PAGE) -> None:
        self._api, self._access, self._url = api, access, url
        self._page_size = page_size
        self._version = Remembered(lambda: server_version(api))
        self._web = Remembered(self._ask_web)

    @property
    def parse_hook(self) -> Hooks | None:
        """Understands the calls of a workflow; None for a shared link."""
        return Hooks(self._api) if self._access.album_id() is None else None

    @property
    def watch(self) -> Workflow | None:
        """None before 3.0, without the permissions, and for a shared link. Asks the server the first time."""
        can = self._access.may(WATCH) and self._version().is_at_least(WORKFLOWS_SINCE)
        return Workflow(self._api) if can else None

    @property
    def write_back(self) -> WriteBack | None:
        """None where the credential may write nothing at all. Asks the server the first time."""
        can_link, can_place = self._access.may(LINK), self._access.may(PLACE)
        return (
            WriteBack(self._api, self._access.me, can_link=can_link, can_place=can_place)
            if can_link or can_place
            else None
        )

    def version(self) -> Version:
        """The server's version."""
        return self._version()

    def account(self) -> Account:
        return self._access.account()

    def albums(self) -> Iterator[Album]:
        self._version()
        only = self._access.album_id()
        found = [self._api.get(f"/albums/{only}", _BARE)] if only else self._all_albums()
        web, me = self._web() if self._access.has_pages else None, self._access.me()
        for item in found:
            yield values.album(item, web, me)

    def assets(self, album_id: str) -> Iterator[Asset]:
        if self._access.album_id() not in (None, album_id):
            raise NotFound(f"the shared link opens no album {album_id!r}")
        page = f"{self._web()}/photos/" if self._access.has_pages else None
        if not self._version().is_at_least(SEARCHES_SHARED_SINCE):
            yield from self._told_by_album(album_id, page)
            return
        expected = self._count(album_id)
        listed: set[str] = set()
        hidden = 0
        for items in self._pages(album_id):
            for item in items:
                asset = values.asset(item, page)
                if asset.id in listed:
                    continue
                listed.add(asset.id)
                if item.get("visibility") == "hidden":
                    hidden += 1
                else:
                    yield asset
            if len(listed) - hidden > expected:
                break  # more than the album holds: no need to read on
        if expected not in (len(listed), len(listed) - hidden):
            self._explain(album_id, len(listed))

    def read(self, asset: Asset, start: int, length: int) -> bytes:
        if length <= 0 or (asset.size is not None and start >= asset.size):
            return b""
        if not self._access.may(ORIGINALS):
            raise Unauthorized(f"{asset.name} cannot be looked into: originals may not be downloaded (asset.download)")
        return self._api.part(f"/assets/{asset.where}/original", start, length)

    def preview(self, asset: Asset, edge_px: int) -> bytes | None:
        if not self._access.may(PREVIEWS):
            return None
        size = "thumbnail" if edge_px <= _SMALL_EDGE_PX else "preview"
        return self._api.image(f"/assets/{asset.where}/thumbnail", {"size": size})

    def close(self) -> None:
        self._api.close()

    def _all_albums(self) -> list[Json]:
        """Own and shared ones; before 3.0 the shared ones have to be asked for."""
        found = _objects(self._api.get("/albums"))
        if not self._version().is_at_least(SEARCHES_SHARED_SINCE):
            found += _objects(self._api.get("/albums", {"shared": "true"}))
        return list({item.get("id"): item for item in found}.values())

    def _told_by_album(self, album_id: str, page: str | None) -> Iterator[Asset]:
        found, told = self._api.unrolled(f"/albums/{album_id}", "assets"), 0
        for item in found:
            told += 1
            if item.get("visibility") != "hidden" and not item.get("isTrashed"):
                yield values.asset(item, page)
        expected = found.rest.get("assetCount")
        if isinstance(expected, int) and told < expected:
            raise _incomplete(told, expected, self._version())

    def _pages(self, album_id: str) -> Iterator[Items]:
        query = {"albumIds": [album_id], "withExif": True, "order": "asc", "size": self._page_size}
        way = by_number if self._version().is_at_least(ORDERED_SINCE) else by_instant
        return way(lambda body: self._api.send("POST", "/search/metadata", body), query)

    def _count(self, album_id: str) -> int:
        found = self._api.get(f"/albums/{album_id}")
        count = found.get("assetCount") if isinstance(found, dict) else None
        if not isinstance(count, int):
            raise BadReply("Immich described the album without the number of its photos")
        return count

    def _explain(self, album_id: str, listed: int) -> None:
        """Raises unless the album changed meanwhile, or its own count is the wrong one."""
        expected = self._count(album_id)
        if self._access.may(COUNT):
            exact = self._api.send("POST", "/search/statistics", {"albumIds": [album_id]})
            total = exact.get("total") if isinstance(exact, dict) else None
            expected = total if isinstance(total, int) else expected
        if listed != expected:
            raise _incomplete(listed, expected, self._version())

    def _ask_web(self) -> str:
        """The address for people: inside a network of containers the server has another one."""
        said = self._api.get("/server/config")
        domain = said.get("externalDomain") if isinstance(said, dict) else None
        return str(domain).rstrip("/") if str(domain).startswith(("http://", "https://")) else self._url


_BARE = {"withoutAssets": "true"}
"""2.x lists all photos with an album unless told not to; 3.x never does, and ignores it."""


def _incomplete(listed: int, expected: int, version: Version) -> BadReply:
    if listed > expected:
        return BadReply(f"Immich lists {listed} photos for an album of {expected}: it seems not to keep to the album")
    missing = f"{expected - listed} of {expected} photos of the album are missing: Immich {version} left them out"
    if version.is_at_least(ORDERED_SINCE):
        return BadReply(missing)
    return BadReply(f"{missing}, as it may before 3.1 where many photos share one instant")


def _objects(found: Json) -> list[Json]:
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise BadReply("Immich did not list its albums")
    return found
