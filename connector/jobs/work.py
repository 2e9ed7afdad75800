"""What a job does: one trace, made step by step. A step that was done is never done again, whatever crashed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from dbos import DBOS, StepOptions
from dbos import error as dbos_error

from connector.actions import building, pull
from connector.actions.progress import Overtaken, nobody
from connector.actions.services import Services
from connector.jobs.queue import WORKFLOW

MOST_RECOVERIES = 5
"""A job that takes its process with it this often is given up."""
_log = logging.getLogger(__name__)
Ready = Callable[[Services, str], None]
"""Called with the id of a trace that is ready."""


def register(services: Services, ready: Ready) -> None:
    """Says how a job is done. Once per process, before the engine is launched."""

    @DBOS.workflow(name=WORKFLOW, max_recovery_attempts=MOST_RECOVERIES)
    def make_trace(trace_id: str) -> None:
        job_id = DBOS.workflow_id
        try:
            chunks = DBOS.run_step(_options("list"), _list, services, trace_id, job_id)
            for _ in range(chunks):
                DBOS.run_step(_options("read"), pull.read_chunk, services, trace_id, nobody, job_id)
            DBOS.run_step(_options("record"), pull.read_recordings, services, trace_id)
            DBOS.run_step(_patient("build"), building.build_trace, services, trace_id, nobody, job_id)
        except Overtaken:
            return
        except Exception as error:  # noqa: BLE001  # whatever it was, the person who waits must read of it
            DBOS.run_step({"name": "fail"}, pull.give_up, services, trace_id, _why(error), nobody, job_id)
            return
        DBOS.run_step(_options("tell"), ready, services, trace_id)


def _list(services: Services, trace_id: str, job_id: str | None) -> int:
    return pull.list_photos(services, trace_id, nobody, job_id).chunks


def _options(name: str) -> StepOptions:
    return {
        "name": name,
        "retries_allowed": True,
        "interval_seconds": 1.0,
        "max_attempts": 6,
        "backoff_rate": 2.0,
        "should_retry": pull.may_pass,
    }


def _patient(name: str) -> StepOptions:
    """A router is a service of one's own that is renewed or moved: an hour is waited for it."""
    return {**_options(name), "interval_seconds": 2.0, "max_attempts": 1800, "backoff_rate": 1.0}


def _why(error: Exception) -> pull.Why:
    """What went wrong, for people."""
    cause: Any = (
        error.errors[-1] if isinstance(error, dbos_error.DBOSMaxStepRetriesExceeded) and error.errors else error
    )
    if pull.is_expected(cause):
        return pull.Why(str(cause), pull.may_pass(cause))
    _log.error("a job failed", exc_info=error)
    return pull.Why(f"something is wrong in image-tracer itself ({type(cause).__name__}); its log says more")
