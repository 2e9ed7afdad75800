"""Fixes, recordings and edits -> the trace that is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from connector.actions.errors import NotReady
from connector.actions.progress import Report, Reporter, State, hold, nobody
from connector.actions.recordings import Recorded, recordings_of
from connector.actions.services import Services
from connector.actions.ways_kept import KeptWays
from connector.metadata.clock import settle
from connector.metadata.fix import Fix
from connector.routing.router import RouterDown
from connector.store.packed import Blocks, pack_fixes, pack_trace, unpack_fix, unpack_fixes, unpack_trace
from connector.store.tables import BuiltRow, EditRow, FixRow, PhotoRow, TraceRow
from connector.trace.build import Builder
from connector.trace.edits import Logged, from_json
from connector.trace.model import Suggestion, Trace

Progress = Callable[[int, int], None]


def _nobody(done: int, total: int) -> None:
    del done, total


class Desk:
    """A builder, and the trace it was at last. One caller at a time."""

    def __init__(self, builder: Builder, ways: KeptWays, unread: Sequence[Suggestion]) -> None:
        """``unread``: a word on each recording that could not be read."""
        self._builder, self._ways, self._unread = builder, ways, tuple(unread)
        self._kept: tuple[int, Trace] | None = None
        self._fixes: tuple[tuple[Fix, ...], bytes] | None = None
        self._blocks = Blocks()
        self._log: tuple[Logged, ...] = ()

    def log(self, session: Session, trace_id: str) -> tuple[Logged, ...]:
        """The trace's edits, in order: read are those that came since the last time."""
        self._log += log_of(session, trace_id, after=self._log[-1].seq if self._log else 0)
        return self._log

    def keep(self, seq: int, trace: Trace) -> None:
        """This trace was written: it is that of the log up to edit ``seq``."""
        self._kept = (seq, trace)

    def kept(self, session: Session, trace_id: str, seq: int) -> Trace:
        """The trace as it was written last, with the log up to edit ``seq``: from memory where it is there."""
        if self._kept is None or self._kept[0] != seq:
            self._kept = (seq, trace_of(session, trace_id))
        return self._kept[1]

    def build(self, log: Sequence[Logged], progress: Progress = _nobody) -> Trace:
        """The trace with those edits."""
        trace = self._builder.build(log, progress)
        return replace(trace, suggestions=(*trace.suggestions, *self._unread))

    def packed(self, trace: Trace) -> bytes:
        """As the trace is kept (see `store.packed.pack_trace`)."""
        if self._fixes is None or self._fixes[0] is not trace.fixes:
            self._fixes = (trace.fixes, pack_fixes(trace.fixes))
        return pack_trace(trace, self._fixes[1], self._blocks)

    def keep_ways(self) -> None:
        """Writes down what routers answered since the last time."""
        self._ways.flush()


def build_trace(services: Services, trace_id: str, report: Report = nobody, job_id: str | None = None) -> None:
    """Builds the trace from what was read and keeps it as a new version. Edits made meanwhile are taken in.

    Raises:
        connector.actions.progress.Overtaken: it is not this job's any more (None: whose it is now); nothing was kept.
        connector.routing.router.RouterDown: a router does not answer; asking again goes on from there.
    """
    with services.store.read() as session:
        row = session.get(TraceRow, trace_id)
        if row is None:
            return
        fixes, recorded = _fixes(session, row), recordings_of(session, trace_id)
    reporter = Reporter(services, row, report, job_id)
    reporter.say(state=State.ROUTING, legs=None, legs_done=0)
    made_from = _Material(fixes, recorded)
    at = _desk(services, row, made_from)
    while not _build_once(services, row, at, made_from, reporter):
        pass  # somebody made an edit meanwhile: again, with it
    reporter.say(state=State.DONE, message=None)
    reporter.flush()


@dataclass(frozen=True, slots=True)
class _Material:
    """What a trace is made from, but for the edits."""

    fixes: tuple[Fix, ...]
    recorded: Recorded


def _build_once(services: Services, row: TraceRow, at: Desk, made_from: _Material, reporter: Reporter) -> bool:
    with services.store.read() as session:
        log = log_of(session, row.id)
    trace = _at_last(at, log, reporter)
    reporter.say(legs=len(trace.legs), legs_done=len(trace.legs))
    with services.store.write() as session:
        now = hold(session, row.id, reporter.job_id)
        if last_seq(session, row.id) != (log[-1].seq if log else 0):
            return False
        now.pulls += 1
        built = session.get(BuiltRow, row.id)
        if built is None:
            built = BuiltRow(trace_id=row.id, owner=row.owner)
            session.add(built)
        now.located = sum(1 for fix in made_from.fixes if fix.lat is not None)
        built.fixes, built.recordings = pack_fixes(made_from.fixes), made_from.recorded.packed()
        built.trace = pack_trace(trace)
        count_up(services, now, trace)
    return True


def _at_last(at: Desk, log: Sequence[Logged], reporter: Reporter) -> Trace:
    """The trace. Where a router does not answer, the person who waits reads why nothing moves; what it said is kept."""

    def moved(done: int, total: int) -> None:
        waits = {} if done == reporter.now.legs_done else {"message": None}
        reporter.say(legs=total, legs_done=done, **waits)

    try:
        return at.build(log, moved)
    except RouterDown as error:
        reporter.say(message=f"{error}; this goes on by itself when it does")
        reporter.flush()
        raise
    finally:
        at.keep_ways()


def keep(services: Services, session: Session, row: TraceRow, packed: bytes, trace: Trace) -> None:
    """Writes a trace as the next version of its row. ``packed``: by :meth:`Desk.packed`."""
    session.execute(update(BuiltRow).where(BuiltRow.trace_id == row.id).values(trace=packed))
    count_up(services, row, trace)


def count_up(services: Services, row: TraceRow, trace: Trace) -> None:
    """Makes a trace the next version of its row: what lists tell of it."""
    row.version += 1
    row.updated_at = services.now()
    row.photos, row.stops = len(trace.fixes), len(trace.stops)
    row.distance_m = sum(leg.distance_m for leg in trace.legs)
    row.start = trace.stops[0].start if trace.stops else None
    row.end = trace.stops[-1].end if trace.stops else None


def _fixes(session: Session, row: TraceRow) -> tuple[Fix, ...]:
    """One per photo, in the order of the albums, with every clock settled."""
    pairs = (
        select(PhotoRow.asset_id, PhotoRow.problem, FixRow.fix)
        .outerjoin(FixRow, (FixRow.connection_id == row.connection_id) & (FixRow.asset_id == PhotoRow.asset_id))
        .where(PhotoRow.trace_id == row.id)
        .order_by(PhotoRow.position)
    )
    return settle([_fix(*each) for each in session.execute(pairs)])


def _fix(asset_id: str, problem: str | None, said: str | None) -> Fix:
    if said is not None and problem is None:
        return unpack_fix(said)
    return Fix(asset_id=asset_id, problem=problem or "it has not been read")


def log_of(session: Session, trace_id: str, *, after: int = 0) -> tuple[Logged, ...]:
    """The trace's edits behind that number, in order."""
    these = select(EditRow).where(EditRow.trace_id == trace_id, EditRow.seq > after)
    rows = session.scalars(these.order_by(EditRow.seq))
    return tuple(Logged(seq=row.seq, edit=from_json(row.edit)) for row in rows)


def last_seq(session: Session, trace_id: str) -> int:
    """Number of the newest edit; 0: there is none."""
    return session.scalar(select(func.max(EditRow.seq)).where(EditRow.trace_id == trace_id)) or 0


def built_of(session: Session, trace_id: str) -> BuiltRow:
    """What was built last.

    Raises:
        NotReady: nothing yet.
    """
    built = session.get(BuiltRow, trace_id)
    if built is None:
        raise NotReady("this trace has not been made yet")
    return built


def trace_of(session: Session, trace_id: str) -> Trace:
    """The trace as it was built last.

    Raises:
        NotReady: it was not yet.
    """
    return unpack_trace(built_of(session, trace_id).trace)


def desk(services: Services, row: TraceRow) -> Desk:
    """A builder over the photos as the trace was last built from them.

    Raises:
        NotReady: it was not yet.
    """
    with services.store.read() as session:
        built = built_of(session, row.id)
    return _desk(services, row, _Material(unpack_fixes(built.fixes), Recorded.unpacked(built.recordings)))


def _desk(services: Services, row: TraceRow, made_from: _Material) -> Desk:
    ways, recorded = KeptWays(services.store, row.owner, services.now), made_from.recorded
    builder = Builder(made_from.fixes, services.routers, cache=ways, recordings=recorded.recordings)
    return Desk(builder, ways, [Suggestion(kind="recording", text=text) for text in recorded.unread])
