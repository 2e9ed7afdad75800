"""The process that does the jobs."""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import uuid4

from dbos import DBOS, DBOSPortableJSONSerializer
from sqlalchemy import create_engine

from connector.actions import pull
from connector.actions.services import Services
from connector.jobs.database import APPLICATION, VERSION, prepare
from connector.jobs.queue import QUEUE
from connector.jobs.reconciler import DEAD_AFTER_S, Reconciler, name_of
from connector.jobs.work import Ready, register

POLL_S = 0.3
_log = logging.getLogger(__name__)


@contextmanager
def working(services: Services, ready: Ready, *, dead_after_s: float = DEAD_AFTER_S) -> Iterator[str]:
    """Does jobs until the end of the ``with``; gives the name of this executor. Once per process.

    Every start has another name: one that repeats would take over what another process is still doing.
    """
    me = name_of(socket.gethostname(), os.getpid(), uuid4().hex[:10])
    url = prepare(services.settings.jobs_database)
    register(services, ready)
    DBOS(
        config={
            "name": APPLICATION,
            "system_database_url": url,
            "application_version": VERSION,
            "executor_id": me,
            "serializer": DBOSPortableJSONSerializer(),
            "log_level": "WARNING",
            "run_migrations": True,
        }
    )
    DBOS.launch()
    DBOS.register_queue(QUEUE, worker_concurrency=services.settings.jobs_at_once, polling_interval_sec=POLL_S)
    engine = create_engine(url)
    reconciler = Reconciler(engine, me, lambda job_id: _given_up(services, job_id), dead_after_s=dead_after_s)
    reconciler.start()
    try:
        yield me
    finally:
        reconciler.stop()
        DBOS.destroy(workflow_completion_timeout_sec=0)
        engine.dispose()


def _given_up(services: Services, job_id: str) -> None:
    trace_id = job_id.split(".")[1] if job_id.count(".") == 3 else None
    if trace_id is not None:
        why = pull.Why("making this trace crashed the program several times; it was given up")
        pull.give_up(services, trace_id, why, job_id=job_id)


def run(services: Services, ready: Ready, stop: threading.Event, beside: Callable[[threading.Event], None]) -> None:
    """Does jobs until ``stop`` is set. ``beside`` runs meanwhile in this thread and returns when ``stop`` is set."""
    with working(services, ready) as me:
        _log.info("working as %s", me)
        beside(stop)
