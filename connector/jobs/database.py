"""The jobs' own database: made, and fit for the engine whatever SQLite this Python has."""

from __future__ import annotations

import logging
import sqlite3
import time
from contextlib import closing
from typing import Any

from dbos import DBOS
from sqlalchemy import Engine, event, make_url

APPLICATION = "image-tracer"
VERSION = "pipeline-1"
"""Of the jobs' steps. Work of another version is never taken up: raise it only when the old work is done."""
_FIRST_WITH_SUBSECONDS = (3, 42)


def prepare(url: str) -> str:
    """Makes the database of that SQLAlchemy URL or brings it up to date; the URL as the engine wants it."""
    lend_clock()
    logging.getLogger("dbos").setLevel(logging.WARNING)  # below that it advertises
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql" and parsed.get_driver_name() != "psycopg":
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        with closing(sqlite3.connect(parsed.database)) as connection:
            connection.execute("pragma journal_mode=wal")  # it stays; the default journal is ten times slower
    shown = parsed.render_as_string(hide_password=False)
    DBOS.migrate(shown)
    return shown


def lend_clock() -> None:
    """Teaches older SQLite ``unixepoch('subsec')``, without which the engine does not start on Python 3.12."""
    if sqlite3.sqlite_version_info >= _FIRST_WITH_SUBSECONDS or event.contains(Engine, "connect", _add_clock):
        return
    event.listen(Engine, "connect", _add_clock)


def _add_clock(connection: Any, record: Any) -> None:
    del record
    if isinstance(connection, sqlite3.Connection):
        connection.create_function("unixepoch", 1, lambda _modifier: time.time())
