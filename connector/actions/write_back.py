"""Positions for photos that have none, written into the library once their owner has seen the list and agreed.

Every write is logged before it is made, with what was there before: a crash leaves nothing that cannot be undone.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from html import escape
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from adapters.library import Asset, Library, LibraryError, Position, WritesBack
from connector.actions import connections
from connector.actions.building import built_of
from connector.actions.errors import Forbidden, Invalid, NotFound
from connector.actions.people import Person
from connector.actions.services import Services, new_id
from connector.actions.traces import row_of
from connector.actions.watch import digest_of
from connector.store.packed import pack_asset, unpack_asset, unpack_fixes, unpack_trace
from connector.store.tables import PhotoRow, TraceAlbumRow, TraceRow, WatchedAlbumRow, WriteBackRow, WrittenRow
from connector.trace.model import Trace

CANNOT = "this library, or this credential, takes no positions; download the sidecars instead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A photo without a position, and the one it would get. ``seconds_to_fix``: None where a person placed it.

    ``refused``: why the library would not take it (the end of a sentence on the photo), as far as that is known before.
    """

    key: str
    asset_id: str
    name: str
    lat: float
    lon: float
    seconds_to_fix: float | None
    refused: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What would be written. ``refused``: why the library would take nothing; None: it would."""

    photos: tuple[Placed, ...]
    refused: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What was written, or taken back. ``problems``: one sentence for each photo that was not."""

    id: str
    photos: int
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """A write-back that was made."""

    id: str
    created_at: datetime
    undone_at: datetime | None
    photos: int


def plan(services: Services, owner: Person, trace_id: str) -> Plan:
    """The photos without a position that the trace has found one for. Writes nothing.

    Raises:
        NotFound, NotReady: there is no such trace, or it has not been made yet.
        adapters.library.LibraryError: the library cannot be asked what it takes.
    """
    photos = _placed(services, owner, trace_id)
    with _writer(services, owner, trace_id) as (_, writer):
        if writer is None:
            return Plan(photos=photos, refused=CANNOT)
        refused = writer.refusals(_assets(services, trace_id, photos))
    return Plan(photos=tuple(replace(each, refused=refused.get(each.asset_id)) for each in photos), refused=None)


def _assets(services: Services, trace_id: str, photos: Sequence[Placed]) -> list[Asset]:
    wanted = {photo.asset_id for photo in photos}
    with services.store.read() as session:
        rows = session.execute(select(PhotoRow.asset_id, PhotoRow.asset).where(PhotoRow.trace_id == trace_id))
        return [unpack_asset(asset) for asset_id, asset in rows if asset_id in wanted]


def apply(services: Services, owner: Person, trace_id: str, keys: Collection[str] | None = None) -> Written:
    """Writes the positions of the plan (of the photos named by ``keys``, or all of them).

    Raises:
        NotFound, NotReady: as :func:`plan`.
        Forbidden: the library or the credential takes none; nothing was written.
        Invalid: a key that is not in the plan; nothing was written.
    """
    photos = _placed(services, owner, trace_id)
    unknown = sorted(set(keys or ()) - {photo.key for photo in photos})
    if unknown:
        raise Invalid([f"the photo {key!r} gets no position from this trace" for key in unknown])
    wanted = [photo for photo in photos if keys is None or photo.key in keys]
    with _writer(services, owner, trace_id) as (library, writer):
        if writer is None:
            raise Forbidden(CANNOT)
        log_id = _begin(services, owner, trace_id, wanted)
        with _unnoticed(services, trace_id, library):
            problems = [said for each in _asked(services, log_id) if (said := _write(services, writer, each))]
    return Written(id=log_id, photos=len(wanted) - len(problems), problems=tuple(problems))


def undo(services: Services, owner: Person, write_back_id: str) -> Written:
    """Gives every photo of a write-back the position back that it had (mostly none).

    Raises:
        NotFound: they have none of that id.
        Forbidden: the library or the credential takes no positions any more.
    """
    with services.store.read() as session:
        row = session.get(WriteBackRow, write_back_id)
        if row is None or row.owner != owner.id:
            raise NotFound("write-back")
        mine = select(WrittenRow).where(WrittenRow.write_back_id == write_back_id, WrittenRow.state != "undone")
        written = session.scalars(mine).all()
    with _writer(services, owner, row.trace_id) as (library, writer):
        if writer is None:
            raise Forbidden(CANNOT)
        with _unnoticed(services, row.trace_id, library):
            problems = [said for each in written if (said := _take_back(services, writer, each))]
    with services.store.write() as session:
        if not problems:
            session.get_one(WriteBackRow, write_back_id).undone_at = services.now()
    return Written(id=write_back_id, photos=len(written) - len(problems), problems=tuple(problems))


def written(services: Services, owner: Person, trace_id: str) -> tuple[Logged, ...]:
    """The write-backs of a trace of theirs, the newest first.

    Raises:
        NotFound: they have no such trace.
    """
    with services.store.read() as session:
        row_of(session, owner, trace_id)
        rows = session.scalars(
            select(WriteBackRow).where(WriteBackRow.trace_id == trace_id).order_by(WriteBackRow.created_at.desc())
        ).all()
        counts = {row.id: _count(session, row.id) for row in rows}
    return tuple(
        Logged(id=row.id, created_at=row.created_at, undone_at=row.undone_at, photos=counts[row.id]) for row in rows
    )


def sidecars(services: Services, owner: Person, trace_id: str) -> bytes:
    """The plan as a ZIP of XMP sidecars, for a library that takes nothing itself.

    Raises:
        NotFound, NotReady: as :func:`plan`.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        names: set[str] = set()
        for photo in _placed(services, owner, trace_id):
            archive.writestr(_free(f"{_plain(photo.name)}.xmp", names), xmp(photo.lat, photo.lon))
    return out.getvalue()


def xmp(lat: float, lon: float) -> str:
    """A sidecar that says only where the photo was taken (XMP, EXIF schema 2.3: degrees and minutes)."""
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:exif="http://ns.adobe.com/exif/1.0/"'
        f' exif:GPSLatitude="{escape(_dms(lat, "NS"))}" exif:GPSLongitude="{escape(_dms(lon, "EW"))}"'
        ' exif:GPSVersionID="2.3.0.0"/></rdf:RDF></x:xmpmeta>\n<?xpacket end="w"?>\n'
    )


def _dms(value: float, letters: str) -> str:
    degrees, minutes = divmod(abs(value) * 60, 60)
    return f"{degrees:.0f},{minutes:.6f}{letters[value < 0]}"


def _placed(services: Services, owner: Person, trace_id: str) -> tuple[Placed, ...]:
    with services.store.read() as session:
        row_of(session, owner, trace_id)
        built = built_of(session, trace_id)
        photos = session.scalars(select(PhotoRow).where(PhotoRow.trace_id == trace_id)).all()
    without = {fix.asset_id for fix in unpack_fixes(built.fixes) if fix.lat is None}
    found = _positions(unpack_trace(built.trace))
    return tuple(
        Placed(
            key=photo.key,
            asset_id=photo.asset_id,
            name=unpack_asset(photo.asset).name,
            lat=found[photo.asset_id][0],
            lon=found[photo.asset_id][1],
            seconds_to_fix=found[photo.asset_id][2],
        )
        for photo in sorted(photos, key=lambda photo: photo.position)
        if photo.asset_id in without and photo.asset_id in found
    )


def _positions(trace: Trace) -> dict[str, tuple[float, float, float | None]]:
    """Where the trace puts photos: by their time, or where a person moved them."""
    moved = {
        fix.asset_id: (fix.lat, fix.lon, None) for fix in trace.fixes if fix.lat is not None and fix.lon is not None
    }
    return {**moved, **{each.asset_id: (each.lat, each.lon, each.seconds_to_fix) for each in trace.inferred}}


@contextmanager
def _writer(services: Services, owner: Person, trace_id: str) -> Iterator[tuple[Library, WritesBack | None]]:
    with services.store.read() as session:
        connection_id = row_of(session, owner, trace_id).connection_id
    with connections.library(services, owner, connection_id) as library:
        writer = library.write_back
        yield library, writer if writer is not None and writer.can_place else None


def _begin(services: Services, owner: Person, trace_id: str, photos: Sequence[Placed]) -> str:
    log_id = new_id()
    with services.store.write() as session:
        listed = select(PhotoRow).where(PhotoRow.trace_id == trace_id)
        assets = {row.asset_id: unpack_asset(row.asset) for row in session.scalars(listed)}
        session.add(WriteBackRow(id=log_id, owner=owner.id, trace_id=trace_id, created_at=services.now()))
        session.flush()
        session.add_all(
            WrittenRow(
                write_back_id=log_id,
                asset_id=photo.asset_id,
                owner=owner.id,
                asset=pack_asset(assets[photo.asset_id]),
                before=_said(assets[photo.asset_id].position),
                after={"lat": photo.lat, "lon": photo.lon},
                state="asked",
            )
            for photo in photos
        )
    return log_id


def _asked(services: Services, log_id: str) -> Sequence[WrittenRow]:
    with services.store.read() as session:
        return session.scalars(select(WrittenRow).where(WrittenRow.write_back_id == log_id)).all()


def _write(services: Services, writer: WritesBack, row: WrittenRow) -> str | None:
    """Writes one photo; the sentence on why it was not."""
    asset = unpack_asset(row.asset)
    try:
        before = writer.place(asset, Position(**row.after))
    except LibraryError as error:
        return f"{asset.name}: {error}"
    with services.store.write() as session:
        kept = session.get_one(WrittenRow, (row.write_back_id, row.asset_id))
        kept.before, kept.state = _said(before), "written"
    return None


def _take_back(services: Services, writer: WritesBack, row: WrittenRow) -> str | None:
    asset = unpack_asset(row.asset)
    try:
        writer.place(asset, Position(**row.before) if row.before is not None else None)
    except LibraryError as error:
        return f"{asset.name}: {error}"
    with services.store.write() as session:
        session.get_one(WrittenRow, (row.write_back_id, row.asset_id)).state = "undone"
    return None


@contextmanager
def _unnoticed(services: Services, trace_id: str, library: Library) -> Iterator[None]:
    """What we write inside does not count as a change of a watched album, unless something else changed meanwhile."""
    with services.store.read() as session:
        row = session.get_one(TraceRow, trace_id)
        ids = session.scalars(select(TraceAlbumRow.album_id).where(TraceAlbumRow.trace_id == trace_id)).all()
        watched = [album_id for album_id in ids if session.get(WatchedAlbumRow, (row.connection_id, album_id))]
    before = {album_id: list(library.assets(album_id)) for album_id in watched}
    yield
    for album_id, assets in before.items():
        after = list(library.assets(album_id))
        if {asset.id for asset in assets} == {asset.id for asset in after}:
            _weigh(services, row.connection_id, album_id, (assets, after))


def _weigh(services: Services, connection_id: str, album_id: str, assets: tuple[list[Asset], list[Asset]]) -> None:
    before, after = map(digest_of, assets)
    with services.store.write() as session:
        row = session.get_one(WatchedAlbumRow, (connection_id, album_id))
        if row.weighed == before:
            row.weighed = row.seen = after


def _said(position: Position | None) -> dict[str, Any] | None:
    return None if position is None else {name: value for name, value in asdict(position).items() if value is not None}


def _count(session: Session, log_id: str) -> int:
    return len(session.scalars(select(WrittenRow.asset_id).where(WrittenRow.write_back_id == log_id)).all())


def _plain(name: str) -> str:
    return name.replace("/", "_").replace("\\", "_").lstrip(".") or "photo"


def _free(name: str, taken: set[str]) -> str:
    found, n = name, 1
    while found.lower() in taken:
        n += 1
        found = f"{n}_{name}"
    taken.add(found.lower())
    return found
