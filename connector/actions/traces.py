"""Traces: begun from one or several albums of one library, listed, renamed, styled, taken away."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from adapters.library import Album
from adapters.library import NotFound as NotInLibrary
from connector.actions import connections, moved
from connector.actions.errors import Invalid, NotFound
from connector.actions.people import Person
from connector.actions.progress import Progress, State, of_row, write
from connector.actions.services import Services, new_id
from connector.render.style import BadStyle, Style, from_json
from connector.store.tables import PersonRow, ProgressRow, StyleRow, TraceAlbumRow, TraceRow

ENGINE = "1"
"""Of the engine as a whole: a new one makes every album's fingerprint new."""
LONGEST_TITLE = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A trace that will be made, and the job that does it."""

    trace_id: str
    job_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A trace to begin, of albums that were just listed."""

    connection_id: str
    albums: tuple[Album, ...]
    title: str | None = None
    by_watch: bool = False


Also = Callable[[Session, str], None]
"""What is written together with a trace, given its id."""


def _nothing(session: Session, trace_id: str) -> None:
    del session, trace_id


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceInfo:
    """What a list shows of a trace; numbers are None until it was made once."""

    id: str
    title: str
    subtitle: str | None
    state: State
    message: str | None
    version: int
    photos: int | None
    stops: int | None
    distance_m: float | None
    start: datetime | None
    end: datetime | None
    connection_id: str
    album_ids: tuple[str, ...]
    album_titles: tuple[str, ...]
    moved: tuple[moved.Offer, ...]
    """Albums of it that are gone, and what they may be called now."""
    style: Style
    created_at: datetime
    updated_at: datetime


def start(
    services: Services,
    owner: Person,
    connection_id: str,
    album_ids: Sequence[str],
    *,
    title: str | None = None,
) -> Started:
    """Begins a new trace of the albums; it is made by a job.

    Raises:
        NotFound: no such connection, or no such album in it; the text names those that are not there.
        Invalid: no album, or a title that is too long.
        adapters.library.LibraryError: the library cannot be listed.
    """
    wanted = list(dict.fromkeys(album_ids))
    _check(wanted, title)
    found = _albums_named(services, owner, connection_id, wanted)
    return begin(services, owner, Wanted(connection_id=connection_id, albums=tuple(found), title=title))


def begin(services: Services, owner: Person, wanted: Wanted, also: Also = _nothing) -> Started:
    """As :func:`start`, for albums that were just listed."""
    trace_id, now = new_id(), services.now()
    row = TraceRow(
        id=trace_id,
        owner=owner.id,
        connection_id=wanted.connection_id,
        title=wanted.title or _title(wanted.albums),
        titled=wanted.title is not None,
        style={},
        salt=secrets.token_hex(8),
        version=0,
        pulls=0,
        attempt=0,
        by_watch=wanted.by_watch,
        created_at=now,
        updated_at=now,
    )
    made_from = fingerprint(services, wanted.albums)
    with services.store.write() as session:
        row.style = _preferred(session, owner)
        session.add(row)
        session.flush()
        session.add_all(_album_row(trace_id, owner.id, n, album) for n, album in enumerate(wanted.albums))
        job_id = _job(services, session, row, made_from)
        also(session, trace_id)
    services.queue.enqueue(job_id, trace_id)
    return Started(trace_id=trace_id, job_id=job_id)


def again(services: Services, owner: Person, trace_id: str) -> Started:
    """Makes the trace anew from the albums as they are now; edits stay.

    Raises:
        NotFound: they have no such trace, or the library no such album any more; the text says which other album holds
            its photos, and so does the trace from then on.
        adapters.library.LibraryError: the library cannot be listed.
    """
    info = trace(services, owner, trace_id)
    try:
        found = _albums_named(services, owner, info.connection_id, info.album_ids, search=True)
    except NotInLibrary as error:
        offered = [each.sentence for each in trace(services, owner, trace_id).moved]
        raise NotInLibrary("; ".join([str(error), *offered])) from None
    return renew(services, owner, trace_id, found, failed=True)


def renew(
    services: Services,
    owner: Person,
    trace_id: str,
    albums: Sequence[Album],
    *,
    failed: bool = False,
    also: Also = _nothing,
) -> Started:
    """As :func:`again`, for albums that were just listed: one run for each version of them, and one more for a version
    that was there before others or whose run was stopped.

    ``failed``: one run more, for the last one failed or a person asked for it.
    """
    made_from = fingerprint(services, albums)
    with services.store.write() as session:
        row = row_of(session, owner, trace_id, to_change=True)
        before = row.job_id
        row.attempt += int(failed or row.job_id is None or row.fingerprint != made_from)  # no id runs twice
        _rename(session, row, albums)
        job_id = _job(services, session, row, made_from)
        also(session, trace_id)
    if before is not None and before != job_id:
        services.queue.cancel(before)  # it would make what is out of date by now
    services.queue.enqueue(job_id, trace_id)
    return Started(trace_id=trace_id, job_id=job_id)


def _rename(session: Session, row: TraceRow, albums: Sequence[Album]) -> None:
    """The albums are called what they are called now; so is the trace, unless a person gave it a name."""
    kept = {each.album_id: each for each in session.scalars(_albums_of(row.id))}
    for album in albums:
        if album.id in kept:
            kept[album.id].title, kept[album.id].version, kept[album.id].url = album.title, album.version, album.url
    if not row.titled:
        row.title = _title(albums)


def _title(albums: Sequence[Album]) -> str:
    return " + ".join(album.title for album in albums)[:LONGEST_TITLE]


def _albums_of(trace_id: str) -> Select[TraceAlbumRow]:
    return select(TraceAlbumRow).where(TraceAlbumRow.trace_id == trace_id).order_by(TraceAlbumRow.position)


def enqueue_waiting(services: Services) -> int:
    """Enqueues again what waits for a job: a crash may have come between writing it down and enqueuing it.

    An id that was enqueued before is not run again, so it may be said as often as one likes. How many there were.
    """
    pairs = (
        select(TraceRow.job_id, TraceRow.id)
        .join(ProgressRow, ProgressRow.trace_id == TraceRow.id)
        .where(ProgressRow.state == State.WAITING.value)
    )
    with services.store.read() as session:
        waiting = [(job_id, trace_id) for job_id, trace_id in session.execute(pairs) if job_id is not None]
    for job_id, trace_id in waiting:
        services.queue.enqueue(job_id, trace_id)
    return len(waiting)


def traces(services: Services, owner: Person) -> tuple[TraceInfo, ...]:
    """Theirs, the newest first."""
    with services.store.read() as session:
        rows = session.scalars(select(TraceRow).where(TraceRow.owner == owner.id).order_by(TraceRow.created_at.desc()))
        return tuple(_info(session, row) for row in rows)


def trace(services: Services, owner: Person, trace_id: str) -> TraceInfo:
    """One of theirs.

    Raises:
        NotFound: they have none of that id.
    """
    with services.store.read() as session:
        return _info(session, row_of(session, owner, trace_id))


def progress(services: Services, owner: Person, trace_id: str) -> Progress:
    """How far its making is.

    Raises:
        NotFound: they have none of that id.
    """
    with services.store.read() as session:
        row_of(session, owner, trace_id)
        return of_row(session.get_one(ProgressRow, trace_id))


def change(services: Services, owner: Person, trace_id: str, changes: Mapping[str, Any]) -> TraceInfo:
    """Changes what is named in ``changes``: ``title``, ``subtitle`` (None: none), ``style`` (an object). A new version.

    Raises:
        NotFound: they have none of that id.
        Invalid: with all that is wrong; nothing has changed.
    """
    problems, style = _problems(changes), None
    if isinstance(changes.get("style"), Mapping):
        try:
            style = read_style(changes["style"])
        except Invalid as error:
            problems += error.problems
    if problems:
        raise Invalid(problems)
    with services.store.write() as session:
        row = row_of(session, owner, trace_id, to_change=True)
        if "title" in changes:
            row.title, row.titled = changes["title"].strip(), True
        if "subtitle" in changes:
            row.subtitle = changes["subtitle"] or None
        if style is not None:
            row.style = asdict(style)
        row.version += 1
        row.updated_at = services.now()
        session.flush()
        return _info(session, row)


def remove(services: Services, owner: Person, trace_id: str) -> None:
    """Takes a trace away, with its edits and shares; a job that is making it ends.

    Raises:
        NotFound: they have none of that id.
    """
    with services.store.write() as session:
        row = row_of(session, owner, trace_id)
        job_id = row.job_id
        session.execute(delete(TraceRow).where(TraceRow.id == trace_id))
    if job_id is not None:
        services.queue.cancel(job_id)


def stop(services: Services, owner: Person, trace_id: str) -> None:
    """Ends the job that makes the trace; what was made before stays.

    Raises:
        NotFound: they have none of that id.
    """
    with services.store.write() as session:
        row = row_of(session, owner, trace_id, to_change=True)
        job_id, said = row.job_id, of_row(session.get_one(ProgressRow, trace_id))
        if said.state not in (State.DONE, State.FAILED):
            row.job_id = None  # the step it is in goes on for a while, and writes nothing any more
            stopped = replace(said, state=State.FAILED, message="it was stopped", updated_at=services.now())
            write(session, owner.id, trace_id, stopped)
    if job_id is not None:
        services.queue.cancel(job_id)


def _preferred(session: Session, owner: Person) -> dict[str, Any]:
    """What a new trace of theirs looks like: the kept style they want, if it is still there, in their units."""
    wanted = session.get_one(PersonRow, owner.id).preferences
    kept = session.get(StyleRow, wanted["style"]) if wanted.get("style") else None
    style = dict(kept.style) if kept is not None and kept.owner == owner.id else {}
    return {**style, "units": wanted["units"]} if "units" in wanted else style


def read_style(said: Mapping[str, Any]) -> Style:
    """The style of a JSON object.

    Raises:
        Invalid: with all that is wrong.
    """
    try:
        style = from_json(dict(said))
    except BadStyle as error:
        raise Invalid([f"style: {problem}" for problem in error.problems]) from None
    if len(json.dumps(asdict(style))) > 60_000:
        raise Invalid(["style is larger than 60 kB"])
    return style


def row_of(session: Session, owner: Person, trace_id: str, *, to_change: bool = False) -> TraceRow:
    """The row of a trace of theirs. ``to_change``: nobody else changes it until the end of the transaction.

    Raises:
        NotFound: they have none of that id.
    """
    row = session.get(TraceRow, trace_id, with_for_update=to_change or None)
    if row is None or row.owner != owner.id:
        raise NotFound("trace")
    return row


def fingerprint(services: Services, albums: Sequence[Album]) -> str:
    """Changes when the albums, the maps or the engine do; an album without a version never says it changed."""
    said = (ENGINE, services.routers.fingerprint(), [(album.id, album.version) for album in albums])
    return hashlib.blake2b(repr(said).encode(), digest_size=10).hexdigest()


def _job(services: Services, session: Session, row: TraceRow, made_from: str) -> str:
    """The id of the job that makes the trace of this fingerprint; the trace waits for it, or is on it already."""
    job_id = f"{row.owner}.{row.id}.{made_from}.{row.attempt}"
    if row.job_id != job_id:
        row.job_id, row.fingerprint = job_id, made_from
        write(session, row.owner, row.id, Progress(state=State.WAITING, updated_at=services.now()))
    return job_id


def _albums_named(
    services: Services, owner: Person, connection_id: str, wanted: Sequence[str], *, search: bool = False
) -> list[Album]:
    """``search``: looks what has become of those that are not there."""
    with connections.library(services, owner, connection_id) as library:
        there = {album.id: album for album in library.albums()}
        missing = [album_id for album_id in wanted if album_id not in there]
        if missing and search:
            moved.search(services, connection_id, library, list(there.values()))
    if missing:
        raise NotInLibrary(f"there is no album {', '.join(map(repr, missing))} in the library (any more)")
    return [there[album_id] for album_id in wanted]


def _check(album_ids: Sequence[str], title: str | None) -> None:
    problems = [] if album_ids else ["name at least one album"]
    if title is not None and not 0 < len(title) <= LONGEST_TITLE:
        problems.append(f"title must have 1 to {LONGEST_TITLE} characters")
    if problems:
        raise Invalid(problems)


def _problems(changes: Mapping[str, Any]) -> list[str]:
    problems = [f"a trace has no {name!r} to change" for name in changes if name not in ("title", "subtitle", "style")]
    title, subtitle = changes.get("title", "-"), changes.get("subtitle")
    if not isinstance(title, str) or not 0 < len(title.strip()) <= LONGEST_TITLE:
        problems.append(f"title must have 1 to {LONGEST_TITLE} characters")
    if subtitle is not None and (not isinstance(subtitle, str) or len(subtitle) > 1000):
        problems.append("subtitle must have at most 1000 characters")
    if not isinstance(changes.get("style", {}), Mapping):
        problems.append("style must be an object")
    return problems


def _album_row(trace_id: str, owner_id: str, position: int, album: Album) -> TraceAlbumRow:
    return TraceAlbumRow(
        trace_id=trace_id,
        position=position,
        owner=owner_id,
        album_id=album.id,
        title=album.title,
        version=album.version,
        url=album.url,
    )


def _info(session: Session, row: TraceRow) -> TraceInfo:
    albums = session.scalars(_albums_of(row.id)).all()
    said = session.get(ProgressRow, row.id)
    return TraceInfo(
        id=row.id,
        title=row.title,
        subtitle=row.subtitle,
        state=State(said.state) if said is not None else State.WAITING,
        message=said.message if said is not None else None,
        version=row.version,
        photos=row.photos,
        stops=row.stops,
        distance_m=row.distance_m,
        start=row.start,
        end=row.end,
        connection_id=row.connection_id,
        album_ids=tuple(album.album_id for album in albums),
        album_titles=tuple(album.title for album in albums),
        moved=moved.offers(session, row.id),
        style=read_style(row.style),
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
