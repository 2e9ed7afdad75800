"""New album -> trace, by itself: looks at watched libraries now and then, and when a hook says so.

A look never trusts a hook: it lists the albums, and the members of those whose version is new. An album whose members
are other than those that were traced is traced once it has kept still. What only we or a person wrote on the album
(a description, a link) changes its version but not its members, and so starts nothing.
"""

from __future__ import annotations

import fnmatch
import functools
import hashlib
import logging
import threading
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from itertools import batched

from pydantic import TypeAdapter
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from adapters.library import Album, Asset, Library, LibraryError, Unauthorized, Unavailable
from adapters.library import NotFound as NotInLibrary
from connector.actions import connections, moved, traces
from connector.actions.errors import ActionError, Invalid, NotFound
from connector.actions.people import Person
from connector.actions.photos import version_of
from connector.actions.progress import State
from connector.actions.services import Services
from connector.store.tables import PersonRow, ProgressRow, TraceRow, WatchedAlbumRow, WatchRow

TICK_S = 1.0
LONGEST_PAUSE = timedelta(hours=6)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What is traced by itself: albums that one of ``every``, ``name``, ``tag`` fits and that hold enough places."""

    every: bool = False
    name: str | None = None
    """A pattern of the title, with * and ?; capitals do not matter."""
    tag: str | None = None
    """A tag on the album, or ``#tag`` in its description."""
    least_located: int = 2
    """Photos that have a position, or may have one that only the file tells."""
    link: bool = True
    """Write the link back into the library when the trace is ready."""
    hide_ends_m: float = 0.0
    """Of that link's share."""

    def fit(self, album: Album) -> bool:
        """Whether the album is to be traced, going by what a list of albums says."""
        words = (album.description or "").casefold().split()
        tagged = self.tag is not None and (
            self.tag.casefold() in {tag.casefold() for tag in album.tags} or f"#{self.tag.casefold()}" in words
        )
        named = self.name is not None and fnmatch.fnmatchcase(album.title.casefold(), self.name.casefold())
        return self.every or named or tagged


_rules = TypeAdapter(Rules)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watching:
    """How a connection is watched."""

    connection_id: str
    rules: Rules
    due_at: datetime | None
    looked_at: datetime | None
    problem: str | None


@dataclass(frozen=True, slots=True)
class Look:
    """What a look did: ids of traces it began or renewed, and whether an album has not kept still yet."""

    started: tuple[str, ...] = ()
    unsettled: bool = False


def watch(services: Services, owner: Person, connection_id: str, rules: Rules) -> Watching:
    """Watches a connection from now on, by these rules.

    Raises:
        NotFound: they have no such connection.
        Invalid: the rules fit nothing.
    """
    connections.connection(services, owner, connection_id)
    if not (rules.every or rules.name or rules.tag):
        raise Invalid(["say what to trace: every album, a pattern of names, or a tag"])
    with services.store.write() as session:
        row = _row(session, owner, connection_id)
        row.rules, row.due_at, row.problem, row.failures = asdict(rules), services.now(), None, 0
        untraced = (WatchedAlbumRow.connection_id == connection_id, WatchedAlbumRow.trace_id.is_(None))
        session.execute(update(WatchedAlbumRow).where(*untraced).values(weighed=None))  # other rules, another weight
        return _watching(row)


def unwatch(services: Services, owner: Person, connection_id: str) -> None:
    """Watches it no more; traces stay. No call begins it again, only :func:`watch` does.

    Raises:
        NotFound: they have no such connection.
    """
    connections.connection(services, owner, connection_id)
    with services.store.write() as session:
        row = session.get(WatchRow, connection_id)
        if row is not None:  # without rules it stays: that a person ended this must be known to calls
            row.rules, row.due_at, row.looked_at, row.problem, row.failures = {}, None, None, None, 0


def watching(services: Services, owner: Person, connection_id: str) -> Watching | None:
    """How it is watched; None: not at all.

    Raises:
        NotFound: they have no such connection.
    """
    connections.connection(services, owner, connection_id)
    with services.store.read() as session:
        row = _watched(session, connection_id)
        return _watching(row) if row is not None else None


def hint(services: Services, owner: Person, connection_id: str, album_ids: Sequence[str] = ()) -> bool:
    """Something may have changed: looks soon. ``album_ids``: trace these whatever the rules say, also where nothing
    was watched yet. Whether that was taken: what is not watched is not looked at, and what a person watches no more
    is not even when albums are named.

    A thousand hints before that look cost no more than one.
    """
    soon = services.now() + timedelta(seconds=services.settings.settle_s)
    with services.store.read() as session:
        row = session.get(WatchRow, connection_id)
        asked = select(WatchedAlbumRow.album_id).where(WatchedAlbumRow.connection_id == connection_id)
        known = set(session.scalars(asked.where(WatchedAlbumRow.asked_for)))
    if not (row.rules if row is not None else album_ids):
        return False
    if row is not None and row.due_at is None and row.problem is not None:
        return True  # its credential was refused: nothing is asked of it until somebody connects it anew
    if row is not None and row.due_at is not None and row.due_at <= soon and known.issuperset(album_ids):
        return True
    with services.store.write() as session:
        row = _row(session, owner, connection_id)
        if row.due_at is None or row.due_at > soon:
            row.due_at = soon
        for album_id in album_ids:
            _album_row(session, owner.id, connection_id, album_id).asked_for = True
    return True


def keep_looking(services: Services, stop: threading.Event) -> None:
    """Looks at everything that is due, until ``stop`` is set. Several workers may: each look is one's alone."""
    while not stop.wait(TICK_S):
        try:
            look_at_due(services)
        except Exception:  # noqa: BLE001  # one look that fails must not end all later ones
            _log.exception("a look at the watched libraries failed")


def look_at_due(services: Services) -> tuple[Look, ...]:
    """One look at every connection that is due."""
    now = services.now()
    with services.store.read() as session:
        due = session.scalars(select(WatchRow).where(WatchRow.due_at <= now)).all()
    return tuple(_look(services, row) for row in due if _claimed(services, row))


def _claimed(services: Services, row: WatchRow) -> bool:
    """Takes the look for this process; another one may have been quicker."""
    later = services.now() + timedelta(seconds=services.settings.poll_s)
    this = (WatchRow.connection_id == row.connection_id, WatchRow.due_at == row.due_at)
    with services.store.write() as session:
        claim = update(WatchRow).where(*this).values(due_at=later).returning(WatchRow.connection_id)
        return session.scalar(claim) is not None


def _look(services: Services, row: WatchRow) -> Look:
    with services.store.read() as session:
        person = session.get_one(PersonRow, row.owner)
    owner = Person(id=person.id, name=person.name, is_admin=person.is_admin)
    try:
        done = look(services, owner, row.connection_id, _rules.validate_python(row.rules))
    except (LibraryError, ActionError) as error:
        _put_off(services, row, error)
        return Look()
    _settled(services, row, done)
    return done


def _settled(services: Services, row: WatchRow, done: Look) -> None:
    now = services.now()
    with services.store.write() as session:
        fresh = _watched(session, row.connection_id)
        if fresh is None:
            return
        fresh.looked_at, fresh.problem, fresh.failures = now, None, 0
        soon = now + timedelta(seconds=services.settings.settle_s)
        if done.unsettled and (fresh.due_at is None or fresh.due_at > soon):
            fresh.due_at = soon


def _put_off(services: Services, row: WatchRow, error: Exception) -> None:
    """Looks later, and ever later; a refused credential not at all, since the library might lock the account."""
    _log.warning("a watched library could not be looked at: %s", error)
    with services.store.write() as session:
        fresh = _watched(session, row.connection_id)
        if fresh is None:
            return
        fresh.problem, fresh.failures = str(error), fresh.failures + 1
        pause = timedelta(seconds=services.settings.poll_s * 2.0 ** min(fresh.failures, 12))
        if isinstance(error, Unavailable) and error.retry_after_s is not None:
            pause = max(pause, timedelta(seconds=error.retry_after_s))
        fresh.due_at = None if isinstance(error, Unauthorized) else services.now() + min(pause, LONGEST_PAUSE)


def look(services: Services, owner: Person, connection_id: str, rules: Rules) -> Look:
    """Lists the albums and traces those that are new or have changed, and have kept still since the last look.

    Raises:
        NotFound: they have no such connection.
        adapters.library.LibraryError: the library cannot be listed.
    """
    with services.store.read() as session:
        mine = select(WatchedAlbumRow).where(WatchedAlbumRow.connection_id == connection_id)
        known = {row.album_id: row for row in session.scalars(mine)}
    started, unsettled = [], False
    with connections.library(services, owner, connection_id) as library:
        there = list(library.albums())
        gone = functools.cache(lambda: moved.gone(services, connection_id, library, {album.id for album in there}))
        for album in there:
            row = known.get(album.id)
            if not rules.fit(album) and not (row is not None and row.asked_for):
                continue
            found = _members(services, library, album, row)
            if found is None or _is_offered(services, owner, connection_id, gone, found):
                continue
            trace_id, still_moving = _consider(services, owner, connection_id, rules, found)
            started += [trace_id] if trace_id is not None else []
            unsettled |= still_moving
    _forget(services, connection_id, known.keys() - {album.id for album in there})
    return Look(tuple(started), unsettled)


def _forget(services: Services, connection_id: str, gone: Collection[str]) -> None:
    """Albums that are gone and were never traced; those that were may be back under another name."""
    untraced = (WatchedAlbumRow.trace_id.is_(None), WatchedAlbumRow.asked_for.is_(False))
    if not gone:
        return
    with services.store.write() as session:
        for some in batched(sorted(gone), 500):
            these = (WatchedAlbumRow.connection_id == connection_id, WatchedAlbumRow.album_id.in_(some))
            session.execute(delete(WatchedAlbumRow).where(*these, *untraced))


def _is_offered(
    services: Services, owner: Person, connection_id: str, gone: Callable[[], Sequence[moved.Gone]], found: _Members
) -> bool:
    """Whether the album may be one that was traced and is gone: then a person is asked, and nothing begun."""
    if found.row is not None and (found.row.trace_id is not None or found.row.asked_for):
        return False
    if not moved.offer(services, gone(), found.album, found.assets):
        return False
    with services.store.write() as session:
        kept = _album_row(session, owner.id, connection_id, found.album.id)
        kept.version, kept.seen, kept.weighed = found.album.version, found.digest, found.digest
    return True


@dataclass(frozen=True, slots=True)
class _Members:
    album: Album
    assets: tuple[Asset, ...]
    digest: str
    row: WatchedAlbumRow | None

    @property
    def located(self) -> int:
        """Photos that have a position, or may have one that only the file tells."""
        return sum(1 for asset in self.assets if asset.position is not None or not asset.described)


def _members(services: Services, library: Library, album: Album, row: WatchedAlbumRow | None) -> _Members | None:
    """What the album holds; None: nothing has changed since it was traced, or it has gone while we looked."""
    if row is not None and _is_settled(row, album) and not row.asked_for and not _must_try_again(services, row):
        return None
    try:
        assets = tuple(library.assets(album.id))
    except NotInLibrary:
        return None
    return _Members(album, assets, digest_of(assets), row)


def _is_settled(row: WatchedAlbumRow, album: Album) -> bool:
    """Whether its members were weighed already, and the provider's version says that they are the same."""
    same = album.version is not None and row.version == album.version
    return same and row.weighed is not None and row.seen == row.weighed


def _must_try_again(services: Services, row: WatchedAlbumRow) -> bool:
    """Whether the trace could not be made for a reason that may have passed."""
    with services.store.read() as session:
        said = session.get(ProgressRow, row.trace_id) if row.trace_id is not None else None
    return said is not None and said.state == State.FAILED.value and said.retry


def _consider(
    services: Services, owner: Person, connection_id: str, rules: Rules, found: _Members
) -> tuple[str | None, bool]:
    """The trace that was begun, if one was; whether the album has to be looked at again soon."""
    row, digest = found.row, found.digest
    with services.store.write() as session:
        kept = _album_row(session, owner.id, connection_id, found.album.id)
        kept.version, kept.seen = found.album.version, digest
    if (row is None or row.seen != digest) and services.settings.settle_s > 0:
        return None, True
    weighed, asked_for = row is not None and row.weighed == digest, row is not None and row.asked_for
    again = row is not None and weighed and _must_try_again(services, row)
    if weighed and not again and not asked_for:
        return None, False
    if found.located < rules.least_located and not asked_for:
        _weighed(services, owner, connection_id, found)
        return None, False
    return _trace(services, owner, connection_id, found, failed=again), False


def _trace(services: Services, owner: Person, connection_id: str, found: _Members, *, failed: bool) -> str:
    album = replace(found.album, version=found.digest)
    trace_id = found.row.trace_id if found.row is not None else None
    with services.store.read() as session:
        there = trace_id is not None and session.get(TraceRow, trace_id) is not None

    def weighed(session: Session, begun: str) -> None:
        kept = _album_row(session, owner.id, connection_id, album.id)
        kept.weighed, kept.trace_id, kept.asked_for = found.digest, begun, False

    if trace_id is not None and there:
        return traces.renew(services, owner, trace_id, [album], failed=failed, also=weighed).trace_id
    begun = traces.Wanted(connection_id=connection_id, albums=(album,), by_watch=True)
    return traces.begin(services, owner, begun, also=weighed).trace_id


def _weighed(services: Services, owner: Person, connection_id: str, found: _Members) -> None:
    with services.store.write() as session:
        _album_row(session, owner.id, connection_id, found.album.id).weighed = found.digest


def digest_of(assets: Iterable[Asset]) -> str:
    """Changes when a photo comes, goes, or is other than it was; not with their order."""
    lines = sorted(f"{asset.id} {version_of(asset)}" for asset in assets)
    return hashlib.blake2b("\n".join(lines).encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()


def _watched(session: Session, connection_id: str) -> WatchRow | None:
    """How it is watched; None: not at all, or no more."""
    row = session.get(WatchRow, connection_id)
    return row if row is not None and row.rules else None


def _row(session: Session, owner: Person, connection_id: str) -> WatchRow:
    row = session.get(WatchRow, connection_id)
    if row is None:
        row = WatchRow(connection_id=connection_id, owner=owner.id, rules=asdict(Rules()), failures=0)
        session.add(row)
    if row.owner != owner.id:
        raise NotFound("connection")
    return row


def _album_row(session: Session, owner_id: str, connection_id: str, album_id: str) -> WatchedAlbumRow:
    row = session.get(WatchedAlbumRow, (connection_id, album_id))
    if row is None:
        row = WatchedAlbumRow(connection_id=connection_id, album_id=album_id, owner=owner_id, asked_for=False)
        session.add(row)
    return row


def _watching(row: WatchRow) -> Watching:
    return Watching(
        connection_id=row.connection_id,
        rules=_rules.validate_python(row.rules),
        due_at=row.due_at,
        looked_at=row.looked_at,
        problem=row.problem,
    )
