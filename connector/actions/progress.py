"""How far the making of a trace is: written by whoever makes it, read by whoever waits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from connector.actions.services import Services
from connector.store.tables import ProgressRow, TraceRow

OFTEN = timedelta(seconds=0.4)


class State(StrEnum):
    """Where a trace is on its way."""

    WAITING = "waiting"
    LISTING = "listing"
    READING = "reading"
    ROUTING = "routing"
    DONE = "done"
    FAILED = "failed"


ENDED = (State.DONE, State.FAILED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far it is. ``found``: photos of the albums; ``read``: those whose place and time are known or looked for;
    ``legs``: legs in all, None until they are known. ``message``: one sentence when it failed, or on why it waits.
    ``retry``: it failed for a reason that may pass by itself."""

    state: State
    found: int | None = None
    read: int = 0
    legs: int | None = None
    legs_done: int = 0
    message: str | None = None
    retry: bool = False
    updated_at: datetime

    @property
    def done(self) -> int:
        """Of ``total``: photos while they are read, then legs."""
        return self.legs_done if self.state in (State.ROUTING, State.DONE) else self.read

    @property
    def total(self) -> int | None:
        return self.legs if self.state in (State.ROUTING, State.DONE) else self.found


Report = Callable[[Progress], None]
"""Called with every step, by whoever makes the trace."""


def nobody(progress: Progress) -> None:
    """A report nobody reads."""
    del progress


class Overtaken(Exception):
    """A job may not write any more: it was stopped, another one was begun, or the trace was taken away."""


def hold(session: Session, trace_id: str, job_id: str | None) -> TraceRow:
    """The trace that job makes. Nobody else changes it, or begins another job, until the end of the transaction.

    Raises:
        Overtaken: it is not that job's any more. Nobody's (None) it never is.
    """
    row = session.get(TraceRow, trace_id, with_for_update=True)
    if row is None or job_id is None or row.job_id != job_id:
        raise Overtaken
    return row


class Reporter:
    """Keeps the progress of one trace in the store, not more often than people can see. Used from one thread."""

    def __init__(self, services: Services, trace: TraceRow, report: Report = nobody, job_id: str | None = None) -> None:
        """``job_id``: who makes it; None: whose it was when it was read."""
        self._services, self._trace, self._report = services, trace, report
        self.job_id = job_id if job_id is not None else trace.job_id
        with services.store.read() as session:
            row = session.get(ProgressRow, trace.id)
        self.now = of_row(row) if row is not None else Progress(state=State.WAITING, updated_at=services.now())
        self._written = self.now

    def say(self, **changes: object) -> None:
        """Changes what is named; written at once when the state changes, else now and then.

        Raises:
            Overtaken: when it is written, as :meth:`flush`.
        """
        self.now = replace(self.now, updated_at=self._services.now(), **changes)  # type: ignore[arg-type]  # its fields
        self._report(self.now)
        if self.now.state != self._written.state or self.now.updated_at - self._written.updated_at >= OFTEN:
            self.flush()

    def flush(self) -> None:
        """Writes what was said last.

        Raises:
            Overtaken: the trace is not this job's any more; what stands there is left as it is.
        """
        with self._services.store.write() as session:
            hold(session, self._trace.id, self.job_id)
            write(session, self._trace.owner, self._trace.id, self.now)
        self._written = self.now


def write(session: Session, owner: str, trace_id: str, progress: Progress) -> None:
    """Keeps the progress of a trace."""
    row = session.get(ProgressRow, trace_id)
    if row is None:
        row = ProgressRow(trace_id=trace_id, owner=owner)
        session.add(row)
    row.state, row.message, row.retry = progress.state.value, progress.message, progress.retry
    row.found, row.read, row.legs, row.legs_done = progress.found, progress.read, progress.legs, progress.legs_done
    row.updated_at = progress.updated_at


def of_row(row: ProgressRow) -> Progress:
    """The progress that is kept."""
    return Progress(
        state=State(row.state),
        found=row.found,
        read=row.read,
        legs=row.legs,
        legs_done=row.legs_done,
        message=row.message,
        retry=row.retry,
        updated_at=row.updated_at,
    )
