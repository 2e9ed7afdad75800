"""How far the making of a trace is: written by whoever makes it, read by whoever waits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from connector.actions.services import Services
from connector.store.tables import ProgressRow

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


class Reporter:
    """Keeps the progress of one trace in the store, not more often than people can see. Used from one thread."""

    def __init__(self, services: Services, owner: str, trace_id: str, report: Report = nobody) -> None:
        self._services, self._owner, self._trace_id, self._report = services, owner, trace_id, report
        with services.store.read() as session:
            row = session.get(ProgressRow, trace_id)
        self.now = of_row(row) if row is not None else Progress(state=State.WAITING, updated_at=services.now())
        self._written = self.now

    def say(self, **changes: object) -> None:
        """Changes what is named; written at once when the state changes, else now and then."""
        self.now = replace(self.now, updated_at=self._services.now(), **changes)  # type: ignore[arg-type]  # its fields
        self._report(self.now)
        if self.now.state != self._written.state or self.now.updated_at - self._written.updated_at >= OFTEN:
            self.flush()

    def flush(self) -> None:
        """Writes what was said last."""
        with self._services.store.write() as session:
            write(session, self._owner, self._trace_id, self.now)
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
