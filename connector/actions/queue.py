"""What actions ask of whatever does long work. `connector.jobs` does it durably; `Inline` at once."""

from __future__ import annotations

from collections.abc import Callable, Set
from datetime import datetime
from typing import Any, Protocol


class Queue(Protocol):
    """Does long work later, in this or another process. Safe from several threads."""

    def enqueue(self, job_id: str, trace_id: str) -> None:
        """Makes the trace. A ``job_id`` that was enqueued before is not run again, ever."""
        ...

    def cancel(self, job_id: str) -> None:
        """Ends the job after the step it is in; one that is done or unknown is no error."""
        ...

    def workers(self) -> int:
        """How many are alive that take work."""
        ...

    def forget(self, before: datetime, but: Set[str]) -> int:
        """Forgets the jobs that ended and were enqueued ``before``, ``but`` those; how many."""
        ...


class Inline:
    """Runs what is enqueued before `enqueue` returns, in the caller's thread: what a command without a service does.

    ``report`` is called with every `connector.actions.progress.Progress` meanwhile.
    """

    def __init__(self, report: Callable[[Any], None] = lambda _: None) -> None:
        self.report = report
        self._run: Callable[[str], None] | None = None
        self._done: set[str] = set()

    def runs(self, run: Callable[[str], None]) -> None:
        """Says what makes a trace, by its id."""
        self._run = run

    def enqueue(self, job_id: str, trace_id: str) -> None:
        if self._run is None:
            raise RuntimeError("nothing was said to run")
        if job_id not in self._done:
            self._done.add(job_id)
            self._run(trace_id)

    def cancel(self, job_id: str) -> None:
        """Nothing to do: what was enqueued is done."""
        del job_id

    def workers(self) -> int:
        return 1

    def forget(self, before: datetime, but: Set[str]) -> int:
        """Nothing to do: it ends with the command."""
        del before, but
        return 0
