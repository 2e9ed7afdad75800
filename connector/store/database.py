"""The open database: transactions that read and transactions that write."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.orm import Session, sessionmaker

from connector.store.migrate import migrate

_PRAGMAS = ("journal_mode=wal", "synchronous=normal", "foreign_keys=on", "busy_timeout=15000")


class Store:
    """Sessions on one database. Safe from several threads and processes; close it when done."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._reading = sessionmaker(engine, expire_on_commit=False)
        self._writing = sessionmaker(engine.execution_options(immediate=True), expire_on_commit=False)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that only reads: one consistent view."""
        with self._reading() as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction that writes: committed at the end, rolled back by an exception.

        On SQLite it has the right to write from its first statement, so it never fails half-way for another writer.
        """
        with self._writing.begin() as session:
            yield session

    def close(self) -> None:
        self.engine.dispose()


def open_store(url: str, lock_folder: Path) -> Store:
    """The database of that SQLAlchemy URL, brought to the current shape; starting processes wait in ``lock_folder``.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: it cannot be reached.
    """
    engine = make_engine(url)
    migrate(engine, lock_folder)
    return Store(engine)


def make_engine(url: str) -> Engine:
    """An engine with the settings this program relies on."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql" and parsed.get_driver_name() != "psycopg":
        parsed = parsed.set(drivername="postgresql+psycopg")
    engine = create_engine(parsed, pool_pre_ping=parsed.get_backend_name() != "sqlite")
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_pragmas)
        event.listen(engine, "begin", _begin)
    return engine


def _set_pragmas(connection: sqlite3.Connection, record: Any) -> None:
    del record
    connection.isolation_level = None  # the transaction is begun below, by us
    for pragma in _PRAGMAS:
        connection.execute(f"pragma {pragma}")


def _begin(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("immediate")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
