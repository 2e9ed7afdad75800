"""The engine's cache of routers' answers, kept in the store: a rebuild asks only what is new."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import batched

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from connector.store.database import Store
from connector.store.tables import WayRow

AT_ONCE = 256
_USED_AGAIN = timedelta(days=1)


class KeptWays:
    """Implements `connector.trace.ways.LegCache` for one person. Safe from several threads.

    Answers are written in batches; call :meth:`flush` at the end. What a crash loses is only asked again.
    """

    def __init__(self, store: Store, owner: str, now: Callable[[], datetime]) -> None:
        self._store, self._owner, self._now = store, owner, now
        self._lock = threading.Lock()
        self._new: dict[str, bytes] = {}
        self._used: set[str] = set()
        self._marked: set[str] = set()
        with store.read() as session:
            # most questions of a first build are new: knowing the keys spares a look for each of them
            self._there = set(session.scalars(select(WayRow.key).where(WayRow.owner == owner)))

    def get(self, key: str) -> bytes | None:
        with self._lock:
            if key in self._new:
                return self._new[key]
            if key not in self._there:
                return None
            self._used.add(key)
        with self._store.read() as session:
            return session.scalar(select(WayRow.answer).where(WayRow.owner == self._owner, WayRow.key == key))

    def put(self, key: str, value: bytes) -> None:
        with self._lock:
            self._new[key] = value
            full = len(self._new) >= AT_ONCE
        if full:
            self.flush()

    def flush(self) -> None:
        """Writes what was not written yet, and which answers were of use."""
        with self._lock:
            new, self._new = self._new, {}
            used, self._used = self._used - self._marked, set()
            self._there |= new.keys()
            self._marked |= used
        if new:
            self._write(new)
        if used:
            self._mark(used)

    def _write(self, new: dict[str, bytes]) -> None:
        now = self._now()
        rows = [{"owner": self._owner, "key": key, "answer": answer, "used_at": now} for key, answer in new.items()]
        insert = postgresql.insert if self._store.engine.dialect.name == "postgresql" else sqlite.insert
        with self._store.write() as session:
            session.execute(insert(WayRow).on_conflict_do_nothing(), rows)

    def _mark(self, used: set[str]) -> None:
        """Once a day is enough to tell what is of use."""
        now = self._now()
        with self._store.write() as session:
            for keys in batched(sorted(used), AT_ONCE):
                these = (WayRow.owner == self._owner, WayRow.key.in_(keys), WayRow.used_at < now - _USED_AGAIN)
                session.execute(update(WayRow).where(*these).values(used_at=now))
