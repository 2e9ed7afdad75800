"""The photos of a trace as they lie in the store, and what was read of them. Albums have ten thousand of them: rows are
written by the hundred, and what waits to be written is packed."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import batched
from typing import Any

from sqlalchemy import Select, delete, func, inspect, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from adapters.library import Asset
from connector.actions.glimpse import Glimpse
from connector.metadata.fix import Fix
from connector.metadata.read import describe
from connector.store.database import Store
from connector.store.packed import pack_asset, pack_fix, unpack_asset
from connector.store.tables import Base, FixRow, PhotoRow, TraceRow

READER = "1"
"""Of the reading of metadata: a new one reads every file again."""
_ROWS = 500
"""Written or looked at together."""


@dataclass(frozen=True, slots=True)
class Read:
    """What was found out of an asset: its fix, or why it could not be read."""

    asset: Asset
    said: Fix | str
    glimpse: Glimpse | None = None


class Photos:
    """The photos of a trace as its albums list them, each once; kept small until all are known."""

    def __init__(self, row: TraceRow) -> None:
        self._row = row
        self._lines: dict[str, tuple[str, str, str | None]] = {}

    def __len__(self) -> int:
        return len(self._lines)

    def add(self, asset: Asset) -> bool:
        """One more; False: it is there already."""
        if asset.id in self._lines:
            return False
        self._lines[asset.id] = version_of(asset), pack_asset(asset), asset.colour
        return True

    def keep(self, session: Session) -> None:
        """The rows of the trace's photos are now these, in this order; a colour that was found before stays."""
        there = session.scalars(select(PhotoRow.asset_id).where(PhotoRow.trace_id == self._row.id))
        for some in batched(sorted(set(there) - self._lines.keys()), _ROWS):
            session.execute(delete(PhotoRow).where(PhotoRow.trace_id == self._row.id, PhotoRow.asset_id.in_(some)))
        write = _insert(session, PhotoRow)
        new = {name: write.excluded[name] for name in ("position", "asset", "version", "problem")}
        new["colour"] = func.coalesce(write.excluded.colour, PhotoRow.colour)
        upsert = write.on_conflict_do_update(index_elements=["trace_id", "asset_id"], set_=new)
        for rows in batched(self._rows(), _ROWS):
            session.execute(upsert, list(rows))

    def _rows(self) -> Iterator[dict[str, Any]]:
        for position, (asset_id, (version, asset, colour)) in enumerate(self._lines.items()):
            yield {
                "trace_id": self._row.id,
                "asset_id": asset_id,
                "owner": self._row.owner,
                "key": key_of(self._row.salt, asset_id),
                "position": position,
                "asset": asset,
                "version": version,
                "colour": colour,
                "problem": None,
            }


def keep_told(store: Store, row: TraceRow) -> int:
    """Makes the fix of every photo of which the library has told all there is; how many are left to be read."""
    unread, last = 0, -1
    while True:
        with store.read() as session:
            page = _unread(row, PhotoRow.position, PhotoRow.asset).where(PhotoRow.position > last).limit(_ROWS)
            found = [(position, unpack_asset(said)) for position, said in session.execute(page)]
        told = [asset for _, asset in found if asset.described and asset.sidecar is None]
        keep_read(store, row, [Read(asset, describe(asset, _never)) for asset in told])
        unread += len(found) - len(told)
        if len(found) < _ROWS:
            return unread
        last = found[-1][0]


def unread_of(session: Session, row: TraceRow, most: int) -> list[Asset]:
    """The first photos, ``most`` of them, whose fix is not known for their version and that did not fail already."""
    return [unpack_asset(said) for said in session.scalars(_unread(row, PhotoRow.asset).limit(most))]


def _unread(row: TraceRow, *columns: Any) -> Select[Any]:
    same = (FixRow.connection_id == row.connection_id) & (FixRow.asset_id == PhotoRow.asset_id)
    return (
        select(*columns)
        .outerjoin(FixRow, same)
        .where(PhotoRow.trace_id == row.id, PhotoRow.problem.is_(None))
        .where(FixRow.version.is_(None) | (FixRow.version != PhotoRow.version))
        .order_by(PhotoRow.position)
    )


def keep_read(store: Store, row: TraceRow, batch: Sequence[Read]) -> None:
    """Keeps what was read of some photos; a colour that is known stays."""
    if not batch:
        return
    fixes = [_fix_row(row, each.asset, each.said) for each in batch if isinstance(each.said, Fix)]
    with store.write() as session:
        if fixes:
            write = _insert(session, FixRow)
            renewed = {"version": write.excluded.version, "fix": write.excluded.fix}
            upsert = write.on_conflict_do_update(index_elements=["connection_id", "asset_id"], set_=renewed)
            session.execute(upsert, fixes)
        for each in batch:
            _keep_about(session, row.id, each)


def _fix_row(row: TraceRow, asset: Asset, fix: Fix) -> dict[str, Any]:
    return {
        "connection_id": row.connection_id,
        "asset_id": asset.id,
        "owner": row.owner,
        "version": version_of(asset),
        "fix": pack_fix(fix),
    }


def _keep_about(session: Session, trace_id: str, read: Read) -> None:
    """What is known of a photo besides its fix."""
    if read.glimpse is None and not isinstance(read.said, str):
        return
    this = update(PhotoRow).where(PhotoRow.trace_id == trace_id, PhotoRow.asset_id == read.asset.id)
    if isinstance(read.said, str):
        session.execute(this.values(problem=read.said))
    if read.glimpse is not None:
        session.execute(this.where(PhotoRow.colour.is_(None)).values(colour=read.glimpse.colour))


def _insert(session: Session, table: type[Base]) -> Any:
    """An INSERT that knows ON CONFLICT: every database has its own. Of the bare table: mapping costs thrice as much."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    return insert(inspect(table).local_table)  # type: ignore[arg-type]  # it is a table, which the mapper cannot say


def _never(asset: Asset, start: int, length: int) -> bytes:
    raise AssertionError(f"{asset.name} was described by its library, and {start} to {start + length} is asked of it")


def version_of(asset: Asset) -> str:
    """Changes when what can be known of the asset may have: its own version, its sidecar's, the provider's word."""
    sidecar = asset.sidecar.version if asset.sidecar is not None else None
    said = (READER, asset.version, sidecar, asset.taken, asset.position, asset.camera, asset.described)
    return hashlib.blake2b(repr(said).encode(), digest_size=12).hexdigest()


def key_of(salt: str, asset_id: str) -> str:
    """What the outside calls a photo: short, stable within its trace, says nothing of the library."""
    digest = hashlib.blake2b(asset_id.encode("utf-8", "surrogateescape"), digest_size=9, key=salt.encode()).digest()
    return base64.urlsafe_b64encode(digest).decode()
