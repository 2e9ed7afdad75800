"""An album that went and is back under another name: recognised by its photos, offered as the same, never taken for it.

Folders are renamed and albums made anew; to the library that is another album. Whoever owns the trace is asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from adapters.library import Album, Asset, Library
from adapters.library import NotFound as NotInLibrary
from connector.actions.recordings import is_recording
from connector.actions.services import Services
from connector.store.packed import unpack_asset
from connector.store.tables import MovedRow, PhotoRow, TraceAlbumRow, TraceRow, WatchedAlbumRow

_ASKED_FOR = 3
"""Photos a library is asked the albums of, where it can tell: any may have been taken out meanwhile."""
_ODD_FILES = 10
"""A library may count recordings and sidecars with the photos of an album, or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """The album ``new_album_id`` holds ``kept`` of the ``of`` photos of an album that is gone: is it the same?"""

    album_id: str
    title: str
    new_album_id: str
    new_title: str
    kept: int
    of: int

    @property
    def sentence(self) -> str:
        return f"{self.new_title!r} holds {self.kept} of the {self.of} photos of {self.title!r}, which is gone"


@dataclass(frozen=True, slots=True)
class Gone:
    """An album of a trace that its library has no more. ``photos``: those of the trace that are in no other of its
    albums."""

    trace_id: str
    owner: str
    album_id: str
    title: str
    photos: tuple[Asset, ...]


def gone(services: Services, connection_id: str, library: Library, there: Collection[str]) -> tuple[Gone, ...]:
    """The albums that traces of the connection were made of and that are not ``there`` any more.

    Raises:
        adapters.library.LibraryError: another album of such a trace cannot be listed.
    """
    with services.store.read() as session:
        wanted = select(TraceAlbumRow).join(TraceRow).where(TraceRow.connection_id == connection_id)
        rows = session.scalars(wanted).all()
    present: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if row.album_id in there:
            present[row.trace_id].append(row.album_id)
    return tuple(
        Gone(row.trace_id, row.owner, row.album_id, row.title, _lost(services, library, row.trace_id, present))
        for row in rows
        if row.album_id not in there
    )


def _lost(
    services: Services, library: Library, trace_id: str, present: Mapping[str, Sequence[str]]
) -> tuple[Asset, ...]:
    still = {asset.id for album_id in present.get(trace_id, ()) for asset in library.assets(album_id)}
    with services.store.read() as session:
        said = session.scalars(select(PhotoRow.asset).where(PhotoRow.trace_id == trace_id)).all()
    return tuple(asset for asset in map(unpack_asset, said) if asset.id not in still)


def offer(services: Services, missing: Sequence[Gone], album: Album, members: Sequence[Asset]) -> bool:
    """Whether the album may be one that is gone; then its owner is asked, unless they have said no."""
    for each in missing:
        kept = held(each.photos, members)
        if is_like(kept, len(each.photos), sum(1 for asset in members if not is_recording(asset))):
            return _ask(services, each, album, kept)
    return False


def held(photos: Sequence[Asset], members: Sequence[Asset]) -> int:
    """How many of the photos are among the members: by their id, or by name and size where a path is the id."""
    ids = {asset.id for asset in members}
    files = {(asset.name, asset.size) for asset in members if asset.size is not None}
    return sum(1 for photo in photos if photo.id in ids or (photo.name, photo.size) in files)


def is_like(kept: int, of: int, members: int) -> bool:
    """More than half of what is gone is there, and more than half of what is there was gone."""
    return 2 * kept > of and 2 * kept > members


def _ask(services: Services, missing: Gone, album: Album, kept: int) -> bool:
    with services.store.write() as session:
        row = session.get(MovedRow, (missing.trace_id, missing.album_id, album.id))
        if row is None:
            row = MovedRow(
                trace_id=missing.trace_id,
                album_id=missing.album_id,
                new_album_id=album.id,
                owner=missing.owner,
                declined=False,
            )
            session.add(row)
        row.new_title, row.kept, row.of = album.title, kept, len(missing.photos)
        return not row.declined


def search(services: Services, connection_id: str, library: Library, albums: Sequence[Album]) -> None:
    """Looks for the albums that are gone among those that no trace was made of; what is found is offered.

    Raises:
        adapters.library.LibraryError: the library cannot be asked.
    """
    there = {album.id: album for album in albums}
    with services.store.read() as session:
        of_traces = select(TraceAlbumRow.album_id).join(TraceRow).where(TraceRow.connection_id == connection_id)
        traced = set(session.scalars(of_traces))
    new = {album_id: album for album_id, album in there.items() if album_id not in traced}
    for missing in gone(services, connection_id, library, there):
        for album in _candidates(library, missing, new):
            with suppress(NotInLibrary):
                if offer(services, [missing], album, list(library.assets(album.id))):
                    break


def _candidates(library: Library, missing: Gone, new: Mapping[str, Album]) -> Iterator[Album]:
    """Those that can be it: where the library tells which albums hold a photo these, else all of about that size."""
    if library.parse_hook is not None:
        holding: dict[str, Album] = {}
        for photo in missing.photos[:_ASKED_FOR]:
            with suppress(NotInLibrary):
                holding |= {each: new[each] for each in library.parse_hook.albums_of(photo.id) if each in new}
        yield from holding.values()
        return
    of = len(missing.photos)
    for album in new.values():
        count = album.count
        if count is None or of - _ODD_FILES <= 2 * count <= 4 * of + 2 * _ODD_FILES:
            yield album


def offers(session: Session, trace_id: str) -> tuple[Offer, ...]:
    """What may have become of albums of that trace, and was not declined."""
    pairs = (
        select(MovedRow, TraceAlbumRow.title)
        .join(
            TraceAlbumRow, (TraceAlbumRow.trace_id == MovedRow.trace_id) & (TraceAlbumRow.album_id == MovedRow.album_id)
        )
        .where(MovedRow.trace_id == trace_id, MovedRow.declined.is_(False))
    )
    return tuple(
        Offer(
            album_id=row.album_id,
            title=title,
            new_album_id=row.new_album_id,
            new_title=row.new_title,
            kept=row.kept,
            of=row.of,
        )
        for row, title in session.execute(pairs)
    )


def settle(session: Session, trace_id: str, album_id: str) -> None:
    """Nothing is asked of that album of the trace any more."""
    session.execute(delete(MovedRow).where(MovedRow.trace_id == trace_id, MovedRow.album_id == album_id))


def decline(session: Session, row: TraceRow, album_id: str, new_album_id: str) -> bool:
    """It is another album, which a watch may trace by itself; False: nothing like that was offered."""
    offered = session.get(MovedRow, (row.id, album_id, new_album_id))
    if offered is None:
        return False
    offered.declined = True
    this = (WatchedAlbumRow.connection_id == row.connection_id, WatchedAlbumRow.album_id == new_album_id)
    session.execute(update(WatchedAlbumRow).where(*this).values(weighed=None))
    return True


def watch_instead(session: Session, row: TraceRow, album_id: str, new_album_id: str) -> None:
    """What a watch knows of the one album it knows of the other from now on."""
    old = session.get(WatchedAlbumRow, (row.connection_id, album_id))
    new = session.get(WatchedAlbumRow, (row.connection_id, new_album_id))
    if old is not None and new is not None:
        new.trace_id = row.id
    elif old is not None:
        kept = WatchedAlbumRow(
            connection_id=row.connection_id, album_id=new_album_id, owner=row.owner, trace_id=row.id, asked_for=False
        )
        session.add(kept)
    if old is not None:
        session.delete(old)
