"""The queue as other processes see it: enqueue and cancel."""

from __future__ import annotations

from collections.abc import Iterator, Set
from contextlib import contextmanager
from datetime import datetime

from dbos import DBOSClient, DBOSPortableJSONSerializer, error
from sqlalchemy import Engine, create_engine

from connector.jobs.database import VERSION, prepare
from connector.jobs.reconciler import beats
from connector.settings import Settings

FORGOTTEN_AT_ONCE = 200
ENDED = ("SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")
QUEUE, WORKFLOW = "traces", "make_trace"


class DurableQueue:
    """Implements `connector.actions.queue.Queue`: what is enqueued survives any crash."""

    def __init__(self, client: DBOSClient, engine: Engine) -> None:
        self._client, self._engine = client, engine

    def enqueue(self, job_id: str, trace_id: str) -> None:
        self._client.enqueue(
            {
                "workflow_name": WORKFLOW,
                "queue_name": QUEUE,
                "workflow_id": job_id,
                "app_version": VERSION,
            },
            trace_id,
        )

    def cancel(self, job_id: str) -> None:
        try:
            self._client.cancel_workflow(job_id)
        except error.DBOSNonExistentWorkflowError:
            return

    def forget(self, before: datetime, but: Set[str]) -> int:
        """As the protocol says. A job that is in ``but`` is known for good: it is not run again by its id."""
        gone = 0
        while old := self._ended(before, but):
            self._client.delete_workflows(old)
            gone += len(old)
        return gone

    def _ended(self, before: datetime, but: Set[str]) -> list[str]:
        """Ids of the first hundreds that may go."""
        skipped = 0
        while found := self._client.list_workflows(
            status=list(ENDED),
            end_time=before.isoformat(),
            name=WORKFLOW,
            limit=FORGOTTEN_AT_ONCE,
            offset=skipped,
            load_input=False,
            load_output=False,
        ):
            ids = [each.workflow_id for each in found if each.workflow_id not in but]
            if ids:
                return ids
            skipped += len(found)
        return []

    def workers(self) -> int:
        """How many executors have beaten lately."""
        return beats(self._engine)


def workers(settings: Settings) -> int:
    """How many workers are alive."""
    with open_queue(settings) as queue:
        return queue.workers()


@contextmanager
def open_queue(settings: Settings) -> Iterator[DurableQueue]:
    """The queue of the jobs' database, which is made when it is not there."""
    url = prepare(settings.jobs_database)
    client = DBOSClient(system_database_url=url, serializer=DBOSPortableJSONSerializer())
    engine = create_engine(url)
    try:
        yield DurableQueue(client, engine)
    finally:
        engine.dispose()
        client.destroy()
