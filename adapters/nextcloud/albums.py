"""Albums of the app Photos: one's own, and those that others share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from urllib.parse import quote

from adapters.dav import Entry
from adapters.files import as_id, as_text, from_id, is_wanted
from adapters.library import Album, Asset, NotFound
from adapters.nextcloud import props
from adapters.nextcloud.home import Home
from adapters.nextcloud.photo import asset_of, fingerprint, is_movie_half

OWN, SHARED = "album:", "shared:"
_PLACES = {OWN: "albums", SHARED: "sharedalbums"}


class Albums:
    """An album's id is ``album:`` or ``shared:`` and its title: it has no other name that lasts, and no etag."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._dav = home.server.dav

    def albums(self) -> Iterator[Album]:
        """One's own first.

        Raises:
            NotFound: the server has no such app.
        """
        for prefix in _PLACES:
            yield from self._albums(prefix)

    def assets(self, album_id: str) -> list[Asset]:
        """Every photo, video and recording of the album.

        Raises:
            NotFound: there is no such album.
        """
        return [self._asset(album_id, entry) for entry in self._members(album_id) if is_photo_of_album(entry)]

    def ids_with(self, file_id: str) -> list[str]:
        """Ids of the albums that hold the file."""
        found = []
        for prefix in _PLACES:
            try:
                entries = self._dav.listing(self._place(prefix), (props.FILE_ID,), depth="infinity")
            except NotFound:
                continue
            for entry in entries:
                title, _, name = self._home.below(entry, self._place(prefix)).partition("/")
                if name and entry.text(props.FILE_ID) == file_id:
                    found.append(prefix + as_id(title))
        return found

    def _albums(self, prefix: str) -> Iterator[Album]:
        """All of a kind with all their members at once: only those tell whether an album has changed."""
        wanted = (*props.OF_ALBUM, *props.BRIEF, *props.IN_ALBUM)
        members: dict[str, list[Entry]] = defaultdict(list)
        titled: dict[str, Entry] = {}
        for entry in self._dav.listing(self._place(prefix), wanted, depth="infinity"):
            title, _, name = self._home.below(entry, self._place(prefix)).partition("/")
            if name:
                members[title].append(entry)
            elif title:
                titled[title] = entry
        for title, entry in titled.items():
            inside = members[title]
            if not inside and (entry.text(props.COUNT) or "0") != "0":
                inside = self._members(prefix + as_id(title))  # not every server gives them with the list
            yield self._album(prefix + as_id(title), entry, [each for each in inside if is_photo_of_album(each)])

    def _members(self, album_id: str) -> list[Entry]:
        prefix, _, title = album_id.partition(":")
        if prefix + ":" not in _PLACES or not title or "/" in title:
            raise NotFound(f"{self._home.server.host} has no album {album_id!r}")
        place = self._place(prefix + ":")
        entries = self._dav.listing(f"{place}/{from_id(title)}", (*props.FULL, *props.IN_ALBUM))
        return [entry for entry in entries if "/" in self._home.below(entry, place)]

    def _album(self, album_id: str, entry: Entry, inside: Sequence[Entry]) -> Album:
        prefix, title = album_id[: album_id.index(":") + 1], album_id.partition(":")[2]
        photos = [self._asset(album_id, each) for each in inside]
        title = from_id(title)
        owner, shown = _owner(title, entry) if prefix == SHARED else (None, title)
        page = quote(title, errors="surrogateescape")
        return Album(
            id=album_id,
            title=as_text(shown),
            count=len(photos),
            version=fingerprint(inside),
            url=f"{self._home.server.base}/index.php/apps/photos/{_PLACES[prefix]}/{page}",
            cover=next((photo for photo in photos if photo.media_type.startswith("image/")), None),
            description=entry.text(props.PLACE),
            owner=owner,
        )

    def _asset(self, album_id: str, entry: Entry) -> Asset:
        prefix, title = album_id[: album_id.index(":") + 1], album_id.partition(":")[2]
        where = f"{self._place(prefix)}/{from_id(title)}/{_shown(entry)}"
        return album_asset(entry, where, url=self._home.link_to(entry))

    def _place(self, prefix: str) -> str:
        return f"photos/{self._home.uid}/{_PLACES[prefix]}"


def album_asset(entry: Entry, where: str, *, url: str | None) -> Asset:
    """The asset of a member of an album. One that the server cannot reach any more is listed, of unknown size."""
    number, name = _number_and_name(entry)
    found = asset_of(entry, where, name, url=url)
    return found if entry.text(props.FILE_ID) else replace(found, id=number)


def is_photo_of_album(entry: Entry) -> bool:
    """Whether it is a member to be listed: no movie half of a live photo, nothing but photos, videos, recordings."""
    return is_wanted(_number_and_name(entry)[1]) and not is_movie_half(entry)


def _shown(entry: Entry) -> str:
    return entry.path.rstrip("/").rpartition("/")[2]


def _number_and_name(entry: Entry) -> tuple[str, str]:
    """An album calls its members by the number of the file and its name: ``95-IMG_0001.jpg``."""
    number, _, name = _shown(entry).partition("-")
    return number, entry.text(props.FILE_NAME) or name or number


def _owner(title: str, entry: Entry) -> tuple[str | None, str]:
    """Whose album it is and what they call it; a shared one is named ``title (owner)``."""
    stem, _, uid = title.removesuffix(")").rpartition(" (")
    if not title.endswith(")") or not stem:
        return None, title
    people = entry.props.get(props.COLLABORATORS)
    named = {each.findtext("id"): each.findtext("label") for each in (people if people is not None else ())}
    return named.get(uid) or uid, stem
