"""What a person says of an album that is gone: that another one is the same, or that it is not."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import update

from adapters.library import Album
from adapters.library import NotFound as NotInLibrary
from connector.actions import connections, moved, traces
from connector.actions.errors import Conflict, NotFound
from connector.actions.people import Person
from connector.actions.services import Services
from connector.store.tables import TraceAlbumRow


def look(
    services: Services, owner: Person, connection_id: str, albums: Sequence[Album]
) -> tuple[tuple[str, moved.Offer], ...]:
    """Trace id and offer for every album that is gone from ``albums``, which were just listed, and seems to be back.

    Raises:
        NotFound: they have no such connection.
        adapters.library.LibraryError: the library cannot be asked.
    """
    with connections.library(services, owner, connection_id) as library:
        moved.search(services, connection_id, library, albums)
    mine = [info for info in traces.traces(services, owner) if info.connection_id == connection_id]
    return tuple((info.id, each) for info in mine for each in info.moved)


def follow(services: Services, owner: Person, trace_id: str, album_id: str, new_album_id: str) -> traces.Started:
    """The album ``new_album_id`` is from now on what ``album_id`` of the trace was, and the trace is made anew from it.

    Edits stay; those that name photos by a path that has changed are kept and listed as no longer applying.

    Raises:
        NotFound: they have no such trace, the trace no such album, or the library none of the new id.
        Conflict: the old album is still there, or the new one is in the trace already.
        adapters.library.LibraryError: the library cannot be listed.
    """
    info = traces.trace(services, owner, trace_id)
    if album_id not in info.album_ids:
        raise NotFound("album")
    if new_album_id in info.album_ids:
        raise Conflict("that album is in the trace already")
    with connections.library(services, owner, info.connection_id) as library:
        there = {album.id for album in library.albums()}
    if new_album_id not in there:
        raise NotInLibrary(f"there is no album {new_album_id!r} in the library")
    if album_id in there:
        raise Conflict(f"the album {info.album_titles[info.album_ids.index(album_id)]!r} is still there")
    with services.store.write() as session:
        row = traces.row_of(session, owner, trace_id, to_change=True)
        this = (TraceAlbumRow.trace_id == trace_id, TraceAlbumRow.album_id == album_id)
        session.execute(update(TraceAlbumRow).where(*this).values(album_id=new_album_id))
        moved.settle(session, trace_id, album_id)
        moved.watch_instead(session, row, album_id, new_album_id)
    return traces.again(services, owner, trace_id)


def decline(services: Services, owner: Person, trace_id: str, album_id: str, new_album_id: str) -> None:
    """The album ``new_album_id`` is another one: it is not offered again, and traced by itself if the rules say so.

    Raises:
        NotFound: they have no such trace, or nothing like that was offered.
    """
    with services.store.write() as session:
        row = traces.row_of(session, owner, trace_id)
        if not moved.decline(session, row, album_id, new_album_id):
            raise NotFound("offer")
