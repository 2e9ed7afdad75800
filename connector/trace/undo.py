"""What undo and redo would do next: two stacks read off the log, which itself only grows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from connector.trace.edits import Logged, Revert


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """Numbers to write as ``Revert(seq=...)``; None: there is nothing to undo (to redo)."""

    undo: int | None = None
    redo: int | None = None


def steps(log: Sequence[Logged]) -> Steps:
    """The next undo and redo after that log. A new edit forgets what could be redone, as people expect."""
    done: list[int] = []
    undone: list[tuple[int, int]] = []
    for entry in sorted(log, key=lambda entry: entry.seq):
        if not isinstance(entry.edit, Revert) or entry.edit.own_step:
            done.append(entry.seq)
            undone.clear()
        elif entry.edit.seq in done:
            done.remove(entry.edit.seq)
            undone.append((entry.seq, entry.edit.seq))
        else:
            _redo(entry.edit.seq, done, undone)
    return Steps(undo=done[-1] if done else None, redo=undone[-1][0] if undone else None)


def _redo(revert: int, done: list[int], undone: list[tuple[int, int]]) -> None:
    """Takes the revert of that number back: what it had undone is done again."""
    for pair in [pair for pair in undone if pair[0] == revert]:
        undone.remove(pair)
        done.append(pair[1])
