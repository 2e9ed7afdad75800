"""Takes over the work of executors that died: every executor beats in the jobs' database, and looks who does not.

The engine's own take-over is a commercial service. What is called here instead is private to it and fenced on the
dead executor's id, so that several may do it at once; a test pins it.
"""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable
from pathlib import Path

from dbos import DBOS
from sqlalchemy import Engine, text

BEAT_S = 1.0
DEAD_AFTER_S = 15.0
SURELY_DEAD_AFTER_S = 3.0
"""For an executor of this machine whose process is gone."""
_log = logging.getLogger(__name__)
_TABLE = "create table if not exists executor (id varchar(80) primary key, seen double precision not null)"


class Reconciler:
    """Beats for one executor until it is stopped. ``given_up`` is called with every job that crashed too often."""

    def __init__(self, engine: Engine, me: str, given_up: Callable[[str], None], *, dead_after_s: float) -> None:
        self._engine, self._me, self._given_up, self._dead_after_s = engine, me, given_up, dead_after_s
        # the database's clock, for hosts disagree
        postgres = engine.dialect.name == "postgresql"
        self._now = "extract(epoch from now())" if postgres else "(julianday('now') - 2440587.5) * 86400.0"
        self._stop = threading.Event()
        self._reported: set[str] = set()
        with engine.begin() as connection:
            connection.execute(text(_TABLE))

    def start(self) -> threading.Thread:
        """Begins to beat."""
        self.tick()
        thread = threading.Thread(target=self._loop, daemon=True, name="reconciler")
        thread.start()
        return thread

    def stop(self) -> None:
        """Ends, and says that this executor is gone: its work need not wait."""
        self._stop.set()
        with self._engine.begin() as connection:
            connection.execute(text("delete from executor where id = :me"), {"me": self._me})

    def tick(self) -> None:
        """One beat, and one look."""
        live = self._beat()
        held = {each.executor_id for each in DBOS.list_workflows(status="PENDING", load_input=False, load_output=False)}
        dead = sorted(each for each in held - live if each is not None)
        if dead:
            _log.warning("taking over the work of %s", ", ".join(dead))
            DBOS._recover_pending_workflows(dead)
        crashed = DBOS.list_workflows(status="MAX_RECOVERY_ATTEMPTS_EXCEEDED", load_input=False, load_output=False)
        for each in crashed:
            if each.workflow_id not in self._reported:
                self._reported.add(each.workflow_id)
                self._given_up(each.workflow_id)

    def _beat(self) -> set[str]:
        beat = f"insert into executor values (:me, {self._now}) on conflict (id) do update set seen = excluded.seen"  # noqa: S608  # our own words
        with self._engine.begin() as connection:
            connection.execute(text(beat), {"me": self._me})
            found = connection.execute(text(f"select id, {self._now} - seen from executor"))  # noqa: S608  # as above
            live = {row[0] for row in found if not self._is_dead(row[0], row[1])}
            connection.execute(text(f"delete from executor where seen < {self._now} - 86400"))  # noqa: S608  # as above
        return live

    def _is_dead(self, executor: str, silent_s: float) -> bool:
        if silent_s > self._dead_after_s:
            return True
        return silent_s > SURELY_DEAD_AFTER_S and has_ended(executor)

    def _loop(self) -> None:
        while not self._stop.wait(BEAT_S):
            try:
                self.tick()
            except Exception:  # noqa: BLE001  # the database may be away for a while; the next beat may find it
                _log.exception("the reconciler could not look; it will again")


def name_of(host: str, pid: int, unique: str) -> str:
    """What an executor is called: where it runs is part of it."""
    return f"{host[:40]}.{pid}.{unique}"


def has_ended(executor: str) -> bool:
    """Whether it was a process of this machine that is gone."""
    host, _, pid = executor.rpartition(".")[0].rpartition(".")
    if host != socket.gethostname()[:40] or not pid.isdigit() or not Path("/proc/self/stat").exists():
        return False
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state in ("Z", "X")  # nobody has buried it yet, and it does nothing any more


def beats(engine: Engine, within_s: float = DEAD_AFTER_S) -> int:
    """How many executors are alive: for readiness."""
    postgres = engine.dialect.name == "postgresql"
    now = "extract(epoch from now())" if postgres else "(julianday('now') - 2440587.5) * 86400.0"
    with engine.begin() as connection:
        connection.execute(text(_TABLE))
        found = connection.execute(
            text(f"select count(*) from executor where seen > {now} - :ttl"),  # noqa: S608  # our own words
            {"ttl": within_s},
        )
        return int(found.scalar_one())
