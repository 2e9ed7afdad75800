"""The recordings (GPX, FIT, ...) that lie among the photos of an album."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from adapters.library import Asset, BadReply, Library, NotFound
from connector.actions.services import Services
from connector.store.packed import pack_asset, pack_recordings, unpack_asset, unpack_recordings
from connector.store.tables import RecordingRow, TraceRow
from connector.trace.recordings import BadRecordingError, Recording, read_recording

LARGEST_BYTES = 256 * 2**20
_AT_ONCE = 4 * 2**20
_IN_MEMORY = 16 * 2**20
_TYPES = frozenset(
    {
        "application/gpx+xml",
        "application/vnd.ant.fit",
        "application/vnd.garmin.tcx+xml",
        "application/vnd.google-earth.kml+xml",
        "application/vnd.google-earth.kmz",
        "application/geo+json",
        "application/vnd.google-timeline+json",
    }
)
_ENDINGS = (".gpx", ".fit", ".tcx", ".kml", ".kmz", ".geojson", ".gpx.gz", ".fit.gz", ".tcx.gz")


@dataclass(frozen=True, slots=True)
class Recorded:
    """The recordings of a trace, and a sentence on each that cannot be used."""

    recordings: tuple[Recording, ...] = ()
    unread: tuple[str, ...] = ()

    def packed(self) -> bytes:
        """As it lies in the database."""
        return json.dumps(self.unread).encode() + b"\n" + pack_recordings(self.recordings)

    @classmethod
    def unpacked(cls, said: bytes) -> Recorded:
        """The inverse of :meth:`packed`."""
        unread, _, rest = said.partition(b"\n")
        return cls(unpack_recordings(rest), tuple(json.loads(unread)))


def is_recording(asset: Asset) -> bool:
    """Whether it tells a way instead of showing a picture."""
    return asset.media_type in _TYPES or asset.name.lower().endswith(_ENDINGS)


def keep_listed(session: Session, row: TraceRow, assets: Sequence[Asset]) -> None:
    """The rows of the recordings are now these; what was read of one that is the same stays."""
    there = {
        each.asset_id: each for each in session.scalars(select(RecordingRow).where(RecordingRow.trace_id == row.id))
    }
    for gone in there.keys() - {asset.id for asset in assets}:
        session.delete(there[gone])
    for position, asset in enumerate(assets):
        kept = there.get(asset.id)
        if kept is None:
            kept = RecordingRow(trace_id=row.id, asset_id=asset.id, owner=row.owner)
            session.add(kept)
        kept.position, kept.asset = position, pack_asset(asset)


def read_missing(services: Services, trace_id: str, library: Library) -> int:
    """Reads those whose version is new; how many.

    Raises:
        adapters.library.LibraryError: the library refuses or does not answer.
    """
    with services.store.read() as session:
        rows = session.scalars(select(RecordingRow).where(RecordingRow.trace_id == trace_id)).all()
    missing = [asset for row in rows if (asset := unpack_asset(row.asset)).version != row.version]
    for asset in missing:
        points, problem = _read(library, asset)
        with services.store.write() as session:
            kept = session.get(RecordingRow, (trace_id, asset.id))
            if kept is not None:
                kept.version, kept.points, kept.problem = asset.version, points, problem
    return len(missing)


def _read(library: Library, asset: Asset) -> tuple[bytes | None, str | None]:
    """What was read, packed; or why it cannot be used."""
    if asset.size is None or asset.size > LARGEST_BYTES:
        return None, f"its size is unknown or above {LARGEST_BYTES // 2**20} MB"
    try:
        with tempfile.SpooledTemporaryFile(_IN_MEMORY) as file:
            for start in range(0, asset.size, _AT_ONCE):
                file.write(library.read(asset, start, min(_AT_ONCE, asset.size - start)))
            file.seek(0)
            return pack_recordings([read_recording(asset.name, cast(BinaryIO, file))]), None
    except BadRecordingError as error:
        return None, str(error)
    except (NotFound, BadReply) as error:
        return None, f"it could not be read: {error}"


def recordings_of(session: Session, trace_id: str) -> Recorded:
    """What was read of the trace's recordings, in the order of the albums."""
    wanted = select(RecordingRow).where(RecordingRow.trace_id == trace_id).order_by(RecordingRow.position)
    rows = session.scalars(wanted).all()
    read = [recording for row in rows if row.points is not None for recording in unpack_recordings(row.points)]
    unread = [f"{unpack_asset(row.asset).name} was not used: {row.problem}" for row in rows if row.problem is not None]
    remarks = [f"{each.name}: {each.remark}" for each in read if each.remark is not None]
    return Recorded(tuple(read), (*unread, *remarks))
