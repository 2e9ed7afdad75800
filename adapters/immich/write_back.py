"""What may be changed in an Immich: the description of an album, the position of a photo."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from adapters.immich import values
from adapters.immich.api import Api, Json, NoSuchCall
from adapters.library import Asset, NotFound, Position, Unauthorized

THEIRS = "belongs to somebody else, and only they can change it"
_OURS = re.compile(r"^Trace(?: \u00b7 [^\n]*)?: https?://\S+$", re.MULTILINE)


class WriteBack:
    """Each of the two only where the key allows it."""

    def __init__(self, api: Api, me: Callable[[], str | None], *, can_link: bool, can_place: bool) -> None:
        """``me``: the id of the person whose key it is, None where it may not be known."""
        self._api, self._me = api, me
        self.can_link, self.can_place = can_link, can_place

    def link(self, album_id: str, url: str, title: str) -> None:
        """One line of the album's description, which Immich shows as plain text; everything else in it stays."""
        if not self.can_link:
            raise Unauthorized("the API key may not change albums: it lacks the permission album.update")
        found = self._api.get(f"/albums/{album_id}", {"withoutAssets": "true"})
        before = str(found.get("description") or "") if isinstance(found, dict) else ""
        after = _with_line(before, _line(url, title))
        if after != before:
            self._describe(album_id, after)

    def refusals(self, assets: Sequence[Asset]) -> Mapping[str, str]:
        """Photos of others in a shared album: only their owner can change them."""
        me = self._me() if assets else None
        if me is None:
            return {}
        owners = {asset.id: self._owner(asset) for asset in assets}
        return {asset_id: THEIRS for asset_id, owner in owners.items() if owner not in (None, me)}

    def _owner(self, asset: Asset) -> str | None:
        try:
            found = self._api.get(f"/assets/{asset.where}")
        except NotFound:
            return None  # writing will say so
        owner = found.get("ownerId") if isinstance(found, dict) else None
        return str(owner) if owner else None

    def place(self, asset: Asset, position: Position | None) -> Position | None:
        """Immich cannot forget a position: 0,0 stands for none, which it drops itself when it reads the file again."""
        if not self.can_place:
            raise Unauthorized("the API key may not change photos: it lacks the permission asset.update")
        before = self._api.get(f"/assets/{asset.where}")
        exif = before.get("exifInfo") if isinstance(before, dict) else None
        lat, lon = (position.lat, position.lon) if position else (0, 0)
        self._put(f"/assets/{asset.where}", {"latitude": lat, "longitude": lon})
        return values.position(exif or {})

    def _describe(self, album_id: str, text: str) -> None:
        try:
            self._api.send("PATCH", f"/albums/{album_id}", {"description": text})
        except NotFound:
            # it was there a moment ago: Immich says so where the album is somebody else's
            raise Unauthorized("only the owner of an album can change its description") from None

    def _put(self, path: str, body: Json) -> None:
        """PUT is what every version knows, but has been on its way out since 3.0; then PATCH takes its place."""
        try:
            self._api.send("PUT", path, body)
        except NoSuchCall:
            self._api.send("PATCH", path, body)


def _line(url: str, title: str) -> str:
    """What `_OURS` finds again, whatever the title was."""
    name = " ".join(title.split())
    return f"Trace \u00b7 {name}: {url}" if name else f"Trace: {url}"


def _with_line(text: str, line: str) -> str:
    """The text with our line: in the place of an older one, else at its end."""
    if _OURS.search(text):
        return _OURS.sub(lambda _: line, text, count=1)
    return f"{text}\n\n{line}" if text.strip() else line
