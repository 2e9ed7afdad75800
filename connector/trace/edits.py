"""Edits: a log that only grows. An edit names photos and places, never the number of a leg or stop.

``seq`` numbers the log from 1. Undo is :class:`Revert` of a number; redo reverts that.
As JSON an edit is an object of its fields plus ``kind``, see :func:`from_json`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connector.trace.model import Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class Via:
    """The way from ``after_asset`` to ``before_asset`` passes here.

    ``after_asset`` is the last photo of the stop before, ``before_asset`` the first photo of the stop after.
    ``after_via``: seq of the via that comes right before it on the same way; None: it is the first.
    ``replaces``: seq of the via it moves; it takes that one's place.
    """

    after_asset: str
    before_asset: str
    lat: float
    lon: float
    after_via: int | None = None
    replaces: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetMode:
    """The way between the two photos was travelled so; ``None``: as the photos say."""

    after_asset: str
    before_asset: str
    mode: Mode | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Roads:
    """Whether the way between the two photos follows roads. False: draw it direct."""

    after_asset: str
    before_asset: str
    follow: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclude:
    """The photo takes no part. Restored by reverting this."""

    asset: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """The photo was taken here."""

    asset: str
    lat: float
    lon: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """``seconds`` are added to the wall times of that camera (``None``: photos that name no camera)."""

    camera: str | None
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StopEdit:
    """About the stop that holds ``anchor_asset``. Fields that are None say nothing.

    ``merge``: join it with the stop before. ``split``: begin a new stop at the anchor.
    """

    anchor_asset: str
    name: str | None = None
    emoji: str | None = None
    merge: bool = False
    split: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Revert:
    """Takes back the edit of that number (which may itself be a revert: redo)."""

    seq: int


Edit = Via | SetMode | Roads | Exclude | Move | Clock | StopEdit | Revert
KINDS: Mapping[str, type[Any]] = {
    "via": Via,
    "mode": SetMode,
    "roads": Roads,
    "exclude": Exclude,
    "move": Move,
    "clock": Clock,
    "stop": StopEdit,
    "revert": Revert,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """An edit with its number in the log."""

    seq: int
    edit: Edit


def effective(log: Sequence[Logged]) -> tuple[Logged, ...]:
    """The edits in force, reverts resolved and left out, in order of ``seq``."""
    reverted: set[int] = set()
    for entry in sorted(log, key=lambda entry: entry.seq, reverse=True):
        if isinstance(entry.edit, Revert) and entry.seq not in reverted:
            reverted.add(entry.edit.seq)
    kept = (e for e in log if e.seq not in reverted and not isinstance(e.edit, Revert))
    return tuple(sorted(kept, key=lambda entry: entry.seq))
