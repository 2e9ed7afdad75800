"""Albums -> fixes: lists the photos and reads what has changed, in chunks that can be taken up again."""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from adapters.library import Asset, BadReply, Library, LibraryError, NotFound, Unavailable
from connector.actions import connections, thumbnails
from connector.actions.building import build_trace
from connector.actions.errors import ActionError
from connector.actions.glimpse import Glimpse, described
from connector.actions.people import Person
from connector.actions.progress import Report, Reporter, State, nobody
from connector.actions.recordings import is_recording, keep_listed, read_missing
from connector.actions.services import Services
from connector.metadata.fix import Fix
from connector.metadata.read import describe
from connector.routing.router import RouterDown
from connector.store.packed import pack_asset, pack_fix, unpack_asset
from connector.store.tables import FixRow, PersonRow, PhotoRow, TraceAlbumRow, TraceRow

CHUNK = 100
AT_ONCE = 20
"""Fixes written together: what a crash makes us read again."""
_TRIES = 3
_LONGEST_WAIT_S = 30.0
READER = "1"
"""Of the reading of metadata: a new one reads every file again."""


@dataclass(frozen=True, slots=True)
class Listed:
    """What a listing found."""

    photos: int
    chunks: int


def run(services: Services, trace_id: str, report: Report = nobody) -> None:
    """Makes a trace from beginning to end: what a job does step by step. A failure is kept as the trace's progress.

    Raises:
        adapters.library.LibraryError, RouterDown: what went wrong.
    """
    try:
        for n in range(list_photos(services, trace_id, report).chunks):
            read_chunk(services, trace_id, n, report)
        read_recordings(services, trace_id)
        build_trace(services, trace_id, report)
    except (LibraryError, RouterDown) as error:
        failed(services, trace_id, error, report)
        raise


def failed(services: Services, trace_id: str, error: Exception, report: Report = nobody) -> None:
    """Keeps why a trace could not be made; what was made before stays."""
    give_up(services, trace_id, str(error), may_pass(error), report)


def may_pass(error: BaseException) -> bool:
    """Whether the same may succeed later by itself."""
    return isinstance(error, RouterDown) or (isinstance(error, LibraryError) and error.retry)


def is_expected(error: BaseException) -> bool:
    """Whether its text is for people: something outside is not as it should be, and not this program."""
    return isinstance(error, RouterDown | LibraryError | ActionError)


def give_up(services: Services, trace_id: str, message: str, retry: bool, report: Report = nobody) -> None:
    """Keeps one sentence on why a trace could not be made, and whether trying again may help."""
    owner = _owner(services, trace_id)
    if owner is None:
        return
    reporter = Reporter(services, owner.id, trace_id, report)
    reporter.say(state=State.FAILED, message=message, retry=retry)
    reporter.flush()


def list_photos(services: Services, trace_id: str, report: Report = nobody) -> Listed:
    """Lists the albums anew and keeps their photos; one that is in two albums counts once. Safe to repeat.

    Raises:
        adapters.library.NotFound: an album is not there any more; the photos known before stay.
    """
    owner = _owner(services, trace_id)
    if owner is None:
        return Listed(0, 0)
    reporter = Reporter(services, owner.id, trace_id, report)
    reporter.say(state=State.LISTING, found=None, read=0, legs=None, legs_done=0, message=None, retry=False)
    with services.store.read() as session:
        connection_id = session.get_one(TraceRow, trace_id).connection_id
        wanted = select(TraceAlbumRow).where(TraceAlbumRow.trace_id == trace_id).order_by(TraceAlbumRow.position)
        albums = session.scalars(wanted).all()
    found: dict[str, Asset] = {}
    with connections.library(services, owner, connection_id) as library:
        for album in albums:
            for asset in _assets_of(library, album):
                found.setdefault(asset.id, asset)
                if len(found) % CHUNK == 0:
                    reporter.say(found=len(found))
    photos = [asset for asset in found.values() if not is_recording(asset)]
    with services.store.write() as session:
        row = session.get_one(TraceRow, trace_id)
        _keep_photos(session, row, photos)
        keep_listed(session, row, [asset for asset in found.values() if is_recording(asset)])
    reporter.say(state=State.READING, found=len(photos), read=0)
    reporter.flush()
    return Listed(len(photos), -(-len(photos) // CHUNK))


def _assets_of(library: Library, album: TraceAlbumRow) -> Iterator[Asset]:
    try:
        yield from library.assets(album.album_id)
    except NotFound:
        raise NotFound(f"the album {album.title!r} is not in the library any more") from None


def read_chunk(services: Services, trace_id: str, n: int, report: Report = nobody) -> int:
    """Reads what has changed of the ``n``-th hundred photos, several at the same time; how many had to be read.

    A photo that cannot be read keeps its reason and the album goes on. Safe to repeat: what was read is not read again.

    Raises:
        adapters.library.Unauthorized: the credential does not open the photos.
        adapters.library.Unavailable: the library does not answer, after several tries.
    """
    owner = _owner(services, trace_id)
    if owner is None:
        return 0
    with services.store.read() as session:
        row = session.get_one(TraceRow, trace_id)
        missing = _missing(session, row, n)
    reporter = Reporter(services, owner.id, trace_id, report)
    before = min(n * CHUNK, reporter.now.found or 0)
    known = [asset for asset in missing if asset.described and asset.sidecar is None]
    _keep_fixes(services, row, [_Found(asset, describe(asset, _never)) for asset in known])
    with connections.library(services, owner, row.connection_id) as library:
        batch: list[_Found] = []
        try:
            unknown = [asset for asset in missing if not asset.described or asset.sidecar is not None]
            for done, each in enumerate(_described(library, unknown, services.settings.pull_threads), 1):
                batch.append(each)
                reporter.say(state=State.READING, read=before + len(known) + done)
                if len(batch) >= AT_ONCE:
                    _keep_fixes(services, row, batch)
                    batch = []
        finally:
            _keep_fixes(services, row, batch)
    reporter.say(state=State.READING, read=min(before + CHUNK, reporter.now.found or 0))
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


def _missing(session: Session, row: TraceRow, n: int) -> list[Asset]:
    """The photos of the chunk whose fix is not known for their version."""
    mine = (PhotoRow.trace_id == row.id, PhotoRow.position >= n * CHUNK, PhotoRow.position < (n + 1) * CHUNK)
    pairs = (
        select(PhotoRow.asset, FixRow.version)
        .outerjoin(FixRow, (FixRow.connection_id == row.connection_id) & (FixRow.asset_id == PhotoRow.asset_id))
        .where(*mine)
        .order_by(PhotoRow.position)
    )
    listed = [(unpack_asset(said), version) for said, version in session.execute(pairs)]
    return [asset for asset, version in listed if version != version_of(asset)]


def version_of(asset: Asset) -> str:
    """Changes when what can be known of the asset may have: its own version, its sidecar's, the provider's word."""
    sidecar = asset.sidecar.version if asset.sidecar is not None else None
    said = (READER, asset.version, sidecar, asset.taken, asset.position, asset.camera, asset.described)
    return hashlib.blake2b(repr(said).encode(), digest_size=12).hexdigest()


@dataclass(frozen=True, slots=True)
class _Found:
    """What was found out of an asset: its fix, or why it could not be read."""

    asset: Asset
    said: Fix | str
    glimpse: Glimpse | None = None


def _described(library: Library, assets: Sequence[Asset], threads: int) -> Iterator[_Found]:
    """What is found out of each asset, as it comes."""
    with ThreadPoolExecutor(threads, thread_name_prefix="pull") as pool:
        waiting = [pool.submit(_read, library, asset) for asset in assets]
        try:
            for future in as_completed(waiting):
                yield future.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _read(library: Library, asset: Asset) -> _Found:
    for tries in range(_TRIES):
        try:
            return _Found(asset, *described(asset, library.read))
        except Unavailable as error:
            if tries == _TRIES - 1:
                raise
            time.sleep(min(_LONGEST_WAIT_S, error.retry_after_s or 0.5 * 4**tries))
        except (NotFound, BadReply) as error:
            return _Found(asset, f"it could not be read: {error}")
    raise AssertionError("unreachable")


def _keep_fixes(services: Services, row: TraceRow, batch: Sequence[_Found]) -> None:
    if not batch:
        return
    fixes = [
        {
            "connection_id": row.connection_id,
            "asset_id": each.asset.id,
            "owner": row.owner,
            "version": version_of(each.asset),
            "fix": pack_fix(each.said),
        }
        for each in batch
        if isinstance(each.said, Fix)
    ]
    insert = postgresql.insert if services.store.engine.dialect.name == "postgresql" else sqlite.insert
    write = insert(FixRow)
    renewed = {"version": write.excluded.version, "fix": write.excluded.fix}
    with services.store.write() as session:
        if fixes:
            session.execute(
                write.on_conflict_do_update(index_elements=["connection_id", "asset_id"], set_=renewed), fixes
            )
        for each in batch:
            _keep_about(session, row.id, each)
    for each in batch:
        if each.glimpse is not None:
            thumbnails.keep_glimpse(services, row.connection_id, each.asset, each.glimpse.image)


def _keep_about(session: Session, trace_id: str, found: _Found) -> None:
    """What is known of a photo besides its fix."""
    this = update(PhotoRow).where(PhotoRow.trace_id == trace_id, PhotoRow.asset_id == found.asset.id)
    if isinstance(found.said, str):
        session.execute(this.values(problem=found.said))
    if found.glimpse is not None:
        session.execute(this.where(PhotoRow.colour.is_(None)).values(colour=found.glimpse.colour))


def _never(asset: Asset, start: int, length: int) -> bytes:
    raise AssertionError(f"{asset.name} was described by its library, and {start} to {start + length} is asked of it")


def _keep_photos(session: Session, row: TraceRow, assets: Sequence[Asset]) -> None:
    """The rows of the photos are now these, in this order; the colour found before stays."""
    there = {each.asset_id: each for each in session.scalars(select(PhotoRow).where(PhotoRow.trace_id == row.id))}
    gone = there.keys() - {asset.id for asset in assets}
    for some in _chunks(sorted(gone)):
        session.execute(delete(PhotoRow).where(PhotoRow.trace_id == row.id, PhotoRow.asset_id.in_(some)))
    for position, asset in enumerate(assets):
        old = there.get(asset.id)
        if old is None:
            key = key_of(row.salt, asset.id)
            old = PhotoRow(trace_id=row.id, asset_id=asset.id, owner=row.owner, key=key)
            session.add(old)
        old.position, old.asset, old.problem = position, pack_asset(asset), None
        old.colour = asset.colour or old.colour


def _chunks(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (ids[n : n + 500] for n in range(0, len(ids), 500))


def key_of(salt: str, asset_id: str) -> str:
    """What the outside calls a photo: short, stable within its trace, says nothing of the library."""
    digest = hashlib.blake2b(asset_id.encode("utf-8", "surrogateescape"), digest_size=9, key=salt.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode()


def _owner(services: Services, trace_id: str) -> Person | None:
    """Whose trace it is; None: it was taken away meanwhile."""
    with services.store.read() as session:
        row = session.get(TraceRow, trace_id)
        person = session.get_one(PersonRow, row.owner) if row is not None else None
    return Person(id=person.id, name=person.name, is_admin=person.is_admin) if person is not None else None
