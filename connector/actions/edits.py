"""Corrections: an edit goes into the log and a new version comes out, or neither."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.actions.building import Desk, desk, keep
from connector.actions.errors import Invalid, Stale
from connector.actions.people import Person
from connector.actions.services import Services
from connector.actions.traces import row_of
from connector.render.document import legs_changed
from connector.store.tables import EditRow, PhotoRow, TraceRow
from connector.trace.edits import BadEdit, Edit, Logged, Revert, from_json, to_json
from connector.trace.model import Trace
from connector.trace.undo import Steps, steps

_PHOTOS = ("after_asset", "before_asset", "asset", "anchor_asset")


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """The version after an edit, what looks different (see `render.document.legs_changed`), what undo would do next.

    ``engine_s``: of the time it took, what the engine took.
    """

    version: int
    changed: Mapping[str, Any]
    steps: Steps
    engine_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Previewed:
    """What an edit would change (see `render.document.legs_changed`), and how long the engine took to find out."""

    changed: Mapping[str, Any]
    engine_s: float


def edit(services: Services, owner: Person, trace_id: str, said: Mapping[str, Any], seen_version: int) -> Edited:
    """Makes an edit. ``said``: its JSON, photos named by their keys. ``seen_version``: what the person was looking at.

    Raises:
        NotFound, NotReady: there is no such trace, or it has not been made yet.
        Invalid: the edit cannot be understood, or fits nothing in the trace.
        Stale: the trace has another version by now. Nothing has changed.
        connector.routing.router.RouterDown: a router does not answer. Nothing has changed.
    """
    return _write(services, owner, trace_id, seen_version, lambda session, _: _read(session, trace_id, said))


def undo(services: Services, owner: Person, trace_id: str, seen_version: int) -> Edited:
    """Takes the last edit back.

    Raises:
        Invalid: there is nothing to undo; and as :func:`edit`.
    """
    return _write(services, owner, trace_id, seen_version, lambda _, log: _revert(steps(log).undo, "undo"))


def redo(services: Services, owner: Person, trace_id: str, seen_version: int) -> Edited:
    """Makes the edit again that was undone last.

    Raises:
        Invalid: there is nothing to redo; and as :func:`edit`.
    """
    return _write(services, owner, trace_id, seen_version, lambda _, log: _revert(steps(log).redo, "redo"))


def preview(services: Services, owner: Person, trace_id: str, said: Mapping[str, Any]) -> Previewed:
    """What an edit would change, without making it.

    Raises:
        NotFound, NotReady, Invalid, RouterDown: as :func:`edit`.
    """
    with _at_desk(services, owner, trace_id) as held:
        with services.store.read() as session:
            log = held.log(session, trace_id)
            before = held.kept(session, trace_id, _last(log))
            wanted = _read(session, trace_id, said)
        after, engine_s = _applied(held, log, wanted)
        return Previewed(changed=legs_changed(before, after), engine_s=engine_s)


@dataclass(frozen=True, slots=True)
class _Change:
    log: tuple[Logged, ...]
    edit: Edit
    before: Trace
    after: Trace
    packed: bytes
    """``after`` as it is kept."""
    engine_s: float


def _write(
    services: Services,
    owner: Person,
    trace_id: str,
    seen_version: int,
    make: Callable[[Session, tuple[Logged, ...]], Edit],
) -> Edited:
    with _at_desk(services, owner, trace_id) as held:
        with services.store.read() as session:
            _check_version(row_of(session, owner, trace_id), seen_version)
            log = held.log(session, trace_id)
            before = held.kept(session, trace_id, _last(log))
            wanted = make(session, log)
        after, engine_s = _applied(held, log, wanted)
        change = _Change(log, wanted, before, after, held.packed(after), engine_s)
        done = _commit(services, owner, trace_id, seen_version, change)
        held.keep(_next(log), change.after)
        held.keep_ways()
        return done


def _commit(services: Services, owner: Person, trace_id: str, seen_version: int, change: _Change) -> Edited:
    seq = _next(change.log)
    with services.store.write() as session:
        row = row_of(session, owner, trace_id, to_change=True)
        _check_version(row, seen_version)
        said = EditRow(trace_id=trace_id, seq=seq, owner=owner.id, edit=to_json(change.edit), made_at=services.now())
        session.add(said)
        keep(services, session, row, change.packed, change.after)
        version = row.version
    log = (*change.log, Logged(seq=seq, edit=change.edit))
    changed = legs_changed(change.before, change.after)
    return Edited(version=version, changed=changed, steps=steps(log), engine_s=change.engine_s)


def _applied(held: Desk, log: tuple[Logged, ...], wanted: Edit) -> tuple[Trace, float]:
    """The trace with the edit, and how many seconds the engine took for it."""
    seq, began = _next(log), perf_counter()
    trace = held.build((*log, Logged(seq=seq, edit=wanted)))
    engine_s = perf_counter() - began
    if seq in trace.not_applying:
        raise Invalid(["that fits nothing in this trace: the photos it names do not lie at stops in that order"])
    return trace, engine_s


def _next(log: tuple[Logged, ...]) -> int:
    return _last(log) + 1


def _last(log: tuple[Logged, ...]) -> int:
    return log[-1].seq if log else 0


def _check_version(row: TraceRow, seen: int) -> None:
    if row.version != seen:
        raise Stale(row.version)


@contextmanager
def _at_desk(services: Services, owner: Person, trace_id: str) -> Iterator[Desk]:
    """The held builder of the trace, alone with it; made anew when the photos were read anew or a map changed."""
    with services.store.read() as session:
        row = row_of(session, owner, trace_id)
    stamp = (row.pulls, services.routers.fingerprint())
    with services.held.value(trace_id, stamp, lambda: desk(services, row)) as held:
        yield held


def _revert(seq: int | None, what: str) -> Edit:
    if seq is None:
        raise Invalid([f"there is nothing to {what}"])
    return Revert(seq=seq)


def _read(session: Session, trace_id: str, said: Mapping[str, Any]) -> Edit:
    """The edit, with asset ids where the outside said keys."""
    keys = set(_keys(said))
    pairs = select(PhotoRow.key, PhotoRow.asset_id).where(PhotoRow.trace_id == trace_id)
    ids = dict(session.execute(pairs.where(PhotoRow.key.in_(keys))).all())
    unknown = [f"there is no photo {key!r} in this trace" for key in sorted(keys - ids.keys())]
    try:
        found = from_json(_renamed(said, ids))
    except BadEdit as error:
        raise Invalid([*unknown, *error.problems]) from None
    if unknown:
        raise Invalid(unknown)
    if isinstance(found, Revert):
        _check_revert(session, trace_id, found)
    return found


def _keys(said: Mapping[str, Any]) -> Iterator[str]:
    """Of the photos that an edit names."""
    yield from (said[name] for name in _PHOTOS if isinstance(said.get(name), str))
    yield from (key for each in _moves(said) if isinstance(each, Mapping) for key in _keys(each))


def _renamed(said: Mapping[str, Any], ids: Mapping[str, str]) -> dict[str, Any]:
    """The edit with those names for its photos."""
    named = {name: ids.get(said[name], said[name]) for name in _PHOTOS if isinstance(said.get(name), str)}
    moves = [_renamed(each, ids) if isinstance(each, Mapping) else each for each in _moves(said)]
    return {**said, **named, **({"moves": moves} if moves else {})}


def _moves(said: Mapping[str, Any]) -> Sequence[Any]:
    moves = said.get("moves")
    return moves if isinstance(moves, list) else ()


def _check_revert(session: Session, trace_id: str, revert: Revert) -> None:
    if session.get(EditRow, (trace_id, revert.seq)) is None:
        raise Invalid([f"there is no edit number {revert.seq} in this trace"])
