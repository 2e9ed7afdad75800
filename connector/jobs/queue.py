"""The queue as other processes see it: enqueue and cancel."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from dbos import DBOSClient, DBOSPortableJSONSerializer, error
from sqlalchemy import Engine, create_engine

from connector.jobs.database import VERSION, prepare
from connector.jobs.reconciler import beats
from connector.settings import Settings

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
