"""Brings a database to the current shape."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

if TYPE_CHECKING:
    from alembic.config import Config

_MIGRATIONS = Path(__file__).parent / "migrations"
_POSTGRES_LOCK = 7_246_112_013  # any number of our own


def configuration(connection: Connection) -> Config:
    """Alembic's configuration for an open connection; the migrations are those of this package."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def migrate(engine: Engine, lock_folder: Path) -> None:
    """Runs what is missing. Processes that start together wait for each other."""
    with _alone(engine, lock_folder), engine.begin() as connection:
        if _shape(connection) == newest():
            return
        from alembic import command  # most starts have nothing to migrate, and no use for it

        command.upgrade(configuration(connection), "head")


def newest() -> str:
    """The revision this program wants: a migration is called by its own, ``v0001_first.py``."""
    return max(path.name for path in (_MIGRATIONS / "versions").glob("v*.py"))[1:5]


def _shape(connection: Connection) -> str | None:
    """The revision the database is in; None: it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("select version_num from alembic_version"))
    return found


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
