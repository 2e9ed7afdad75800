"""Brings a database to the current shape."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, text

_POSTGRES_LOCK = 7_246_112_013  # any number of our own


def configuration(connection: Connection) -> Config:
    """Alembic's configuration for an open connection; the migrations are those of this package."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def migrate(engine: Engine, lock_folder: Path) -> None:
    """Runs what is missing. Processes that start together wait for each other."""
    with _alone(engine, lock_folder), engine.begin() as connection:
        command.upgrade(configuration(connection), "head")


@contextmanager
def _alone(engine: Engine, lock_folder: Path) -> Iterator[None]:
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            connection.execute(text("select pg_advisory_lock(:n)"), {"n": _POSTGRES_LOCK})
            try:
                yield
            finally:
                connection.execute(text("select pg_advisory_unlock(:n)"), {"n": _POSTGRES_LOCK})
        return
    lock_folder.mkdir(parents=True, exist_ok=True)
    with (lock_folder / ".migrating").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
