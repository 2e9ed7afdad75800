"""Albums -> fixes: lists the photos and reads what has changed, in chunks that can be taken up again."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain

from sqlalchemy import select

from adapters.library import Asset, BadReply, Library, LibraryError, NotFound, Unavailable
from connector.actions import connections, thumbnails
from connector.actions.building import build_trace
from connector.actions.errors import ActionError
from connector.actions.glimpse import described
from connector.actions.people import Person
from connector.actions.photos import Photos, Read, keep_read, keep_told, unread_of
from connector.actions.progress import Overtaken, Report, Reporter, State, hold, nobody
from connector.actions.recordings import is_recording, keep_listed, read_missing
from connector.actions.services import Services
from connector.routing.router import RouterDown
from connector.store.tables import PersonRow, TraceAlbumRow, TraceRow

CHUNK = 100
AT_ONCE = 20
"""Fixes written together: what a crash makes us read again."""
_TRIES = 3
_LONGEST_WAIT_S = 30.0


@dataclass(frozen=True, slots=True)
class Listed:
    """What a listing found. ``chunks``: how often `read_chunk` has to be called until every photo was read."""

    photos: int
    chunks: int


@dataclass(frozen=True, slots=True)
class Why:
    """One sentence on why a trace could not be made, and whether trying again may help."""

    message: str
    retry: bool = False


def run(services: Services, trace_id: str, report: Report = nobody) -> bool:
    """Makes a trace from beginning to end: what a job does step by step. A failure is kept as the trace's progress.

    Whether it was made: not when it was stopped, begun anew or taken away meanwhile.

    Raises:
        adapters.library.LibraryError, RouterDown: what went wrong.
    """
    job_id = _job_of(services, trace_id)
    if job_id is None:
        return False
    try:
        for _ in range(list_photos(services, trace_id, report, job_id).chunks):
            read_chunk(services, trace_id, report, job_id)
        read_recordings(services, trace_id)
        build_trace(services, trace_id, report, job_id)
    except Overtaken:
        return False
    except (LibraryError, RouterDown) as error:
        give_up(services, trace_id, Why(str(error), may_pass(error)), report, job_id)
        raise
    return True


def may_pass(error: BaseException) -> bool:
    """Whether the same may succeed later by itself."""
    return isinstance(error, RouterDown) or (isinstance(error, LibraryError) and error.retry)


def is_expected(error: BaseException) -> bool:
    """Whether its text is for people: something outside is not as it should be, and not this program."""
    return isinstance(error, RouterDown | LibraryError | ActionError)


def give_up(services: Services, trace_id: str, why: Why, report: Report = nobody, job_id: str | None = None) -> None:
    """Keeps why a trace could not be made; what was made before stays. Nothing, if it is not that job's any more."""
    with services.store.read() as session:
        row = session.get(TraceRow, trace_id)
    if row is None:
        return
    with suppress(Overtaken):
        reporter = Reporter(services, row, report, job_id)
        reporter.say(state=State.FAILED, message=why.message, retry=why.retry)
        reporter.flush()


def list_photos(services: Services, trace_id: str, report: Report = nobody, job_id: str | None = None) -> Listed:
    """Lists the albums anew and keeps their photos; one that is in two albums counts once. Safe to repeat.

    What the library told of its photos itself is a fix at once, without a read.

    Raises:
        Overtaken: it is not this job's any more (None: whose it is now); the photos known before stay.
        adapters.library.NotFound: an album is not there any more; the photos known before stay.
    """
    owner = _owner(services, trace_id)
    if owner is None:
        return Listed(0, 0)
    with services.store.read() as session:
        row = session.get_one(TraceRow, trace_id)
    reporter = Reporter(services, row, report, job_id)
    reporter.say(state=State.LISTING, found=None, read=0, legs=None, legs_done=0, message=None, retry=False)
    with services.store.read() as session:
        wanted = select(TraceAlbumRow).where(TraceAlbumRow.trace_id == trace_id).order_by(TraceAlbumRow.position)
        albums = session.scalars(wanted).all()
    with connections.library(services, owner, row.connection_id) as library:
        assets = chain.from_iterable(_assets_of(library, album) for album in albums)
        found, recordings = _sorted(assets, Photos(row), reporter)
    with services.store.write() as session:
        hold(session, trace_id, reporter.job_id)
        found.keep(session)
        keep_listed(session, row, recordings)
    unread = keep_told(services.store, row)
    reporter.say(state=State.READING, found=len(found), read=len(found) - unread)
    reporter.flush()
    return Listed(len(found), -(-unread // CHUNK))


def _sorted(assets: Iterable[Asset], photos: Photos, reporter: Reporter) -> tuple[Photos, list[Asset]]:
    """The photos, and the recordings among them, each once."""
    recordings: dict[str, Asset] = {}
    for asset in assets:
        if is_recording(asset):
            recordings.setdefault(asset.id, asset)
        elif photos.add(asset) and len(photos) % CHUNK == 0:
            reporter.say(found=len(photos))
    return photos, list(recordings.values())


def _assets_of(library: Library, album: TraceAlbumRow) -> Iterator[Asset]:
    try:
        yield from library.assets(album.album_id)
    except NotFound:
        raise NotFound(f"the album {album.title!r} is not in the library any more") from None


def read_chunk(services: Services, trace_id: str, report: Report = nobody, job_id: str | None = None) -> int:
    """Reads the next hundred photos that have not been read, several at the same time; how many there were.

    A photo that cannot be read keeps its reason and the album goes on. Safe to repeat: what was read is not read again.

    Raises:
        Overtaken: it is not this job's any more (None: whose it is now).
        adapters.library.Unauthorized: the credential does not open the photos.
        adapters.library.Unavailable: the library does not answer, after several tries.
    """
    owner = _owner(services, trace_id)
    if owner is None:
        return 0
    with services.store.read() as session:
        row = session.get_one(TraceRow, trace_id)
        missing = unread_of(session, row, CHUNK)
    if not missing:
        return 0
    reporter = Reporter(services, row, report, job_id)
    before, found = reporter.now.read, reporter.now.found or 0
    with connections.library(services, owner, row.connection_id) as library:
        batch: list[Read] = []
        try:
            for done, each in enumerate(_described(library, missing, services.settings.pull_threads), 1):
                batch.append(each)
                reporter.say(state=State.READING, read=min(before + done, found))
                if len(batch) >= AT_ONCE:
                    _keep(services, row, batch)
                    batch = []
        finally:
            _keep(services, row, batch)
    reporter.flush()
    return len(missing)


def read_recordings(services: Services, trace_id: str) -> int:
    """Reads the recordings of the trace that are new or have changed; how many. One that cannot be read says why.

    Raises:
        adapters.library.Unauthorized, Unavailable: as :func:`read_chunk`.
    """
    owner = _owner(services, trace_id)
    if owner is None:
        return 0
    with services.store.read() as session:
        connection_id = session.get_one(TraceRow, trace_id).connection_id
    with connections.library(services, owner, connection_id) as library:
        return read_missing(services, trace_id, library)


def _described(library: Library, assets: Sequence[Asset], threads: int) -> Iterator[Read]:
    """What is found out of each asset, as it comes."""
    with ThreadPoolExecutor(threads, thread_name_prefix="pull") as pool:
        waiting = [pool.submit(_read, library, asset) for asset in assets]
        try:
            for future in as_completed(waiting):
                yield future.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _read(library: Library, asset: Asset) -> Read:
    for tries in range(_TRIES):
        try:
            return Read(asset, *described(asset, library.read))
        except Unavailable as error:
            if tries == _TRIES - 1:
                raise
            time.sleep(min(_LONGEST_WAIT_S, error.retry_after_s or 0.5 * 4**tries))
        except (NotFound, BadReply) as error:
            return Read(asset, f"it could not be read: {error}")
    raise AssertionError("unreachable")


def _keep(services: Services, row: TraceRow, batch: Sequence[Read]) -> None:
    keep_read(services.store, row, batch)
    for each in batch:
        if each.glimpse is not None:
            thumbnails.keep_glimpse(services, row.connection_id, each.asset, each.glimpse.image)


def _job_of(services: Services, trace_id: str) -> str | None:
    """Which job makes it; None: none, for it was stopped or taken away."""
    with services.store.read() as session:
        return session.scalar(select(TraceRow.job_id).where(TraceRow.id == trace_id))


def _owner(services: Services, trace_id: str) -> Person | None:
    """Whose trace it is; None: it was taken away meanwhile."""
    with services.store.read() as session:
        row = session.get(TraceRow, trace_id)
        person = session.get_one(PersonRow, row.owner) if row is not None else None
    return Person(id=person.id, name=person.name, is_admin=person.is_admin) if person is not None else None
