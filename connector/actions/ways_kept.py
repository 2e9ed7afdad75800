"""The engine's cache of routers' answers, kept in the store: a rebuild asks only what is new."""

from __future__ import annotations

import threading

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from connector.store.database import Store
from connector.store.tables import WayRow

AT_ONCE = 256


class KeptWays:
    """Implements `connector.trace.ways.LegCache` for one person. Safe from several threads.

    Answers are written in batches; call :meth:`flush` at the end. What a crash loses is only asked again.
    """

    def __init__(self, store: Store, owner: str) -> None:
        self._store, self._owner = store, owner
        self._lock = threading.Lock()
        self._new: dict[str, bytes] = {}
        with store.read() as session:
            # most questions of a first build are new: knowing the keys spares a look for each of them
            self._there = set(session.scalars(select(WayRow.key).where(WayRow.owner == owner)))

    def get(self, key: str) -> bytes | None:
        with self._lock:
            if key in self._new:
                return self._new[key]
            if key not in self._there:
                return None
        with self._store.read() as session:
            return session.scalar(select(WayRow.answer).where(WayRow.owner == self._owner, WayRow.key == key))

    def put(self, key: str, value: bytes) -> None:
        with self._lock:
            self._new[key] = value
            full = len(self._new) >= AT_ONCE
        if full:
            self.flush()

    def flush(self) -> None:
        """Writes what was not written yet."""
        with self._lock:
            new, self._new = self._new, {}
            self._there |= new.keys()
        if not new:
            return
        rows = [{"owner": self._owner, "key": key, "answer": answer} for key, answer in new.items()]
        insert = postgresql.insert if self._store.engine.dialect.name == "postgresql" else sqlite.insert
        with self._store.write() as session:
            session.execute(insert(WayRow).on_conflict_do_nothing(), rows)
