"""Edits: a log that only grows. An edit names photos and places, never the number of a leg or stop.

``seq`` numbers the log from 1. Undo is :class:`Revert` of a number; redo reverts that.
As JSON an edit is an object of its fields plus ``kind``, see :func:`from_json`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, asdict, dataclass, fields
from typing import Any

from connector.trace.model import Mode


@dataclass(frozen=True, slots=True, kw_only=True)
class Via:
    """The way from ``after_asset`` to ``before_asset`` passes here.

    ``after_asset`` is the last photo of the stop before, ``before_asset`` the first photo of the stop after.
    ``after_via``: seq of the via that comes right before it on the same way; None: it is the first.
    ``replaces``: seq of the via it moves (that keeps its number and its turn). Reverting the move puts it back;
    reverting the edit that made the via takes it away.
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
class MoveSeveral:
    """Each of the photos was taken where it says, in one step: the places that were guessed are accepted."""

    moves: tuple[Move, ...]


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
class MatchRecording:
    """Whether the legs of the recording of that name are led along the roads. False: drawn as recorded."""

    recording: str
    match: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Revert:
    """Takes back the edit of that number (which may itself be a revert: redo).

    ``own_step``: that is a change of its own, which undo takes back: a point is removed, a photo is brought back.
    """

    seq: int
    own_step: bool = False


Edit = Via | SetMode | Roads | Exclude | Move | MoveSeveral | Clock | StopEdit | MatchRecording | Revert
KINDS: Mapping[str, type[Any]] = {
    "via": Via,
    "mode": SetMode,
    "roads": Roads,
    "exclude": Exclude,
    "move": Move,
    "moves": MoveSeveral,
    "clock": Clock,
    "stop": StopEdit,
    "recording": MatchRecording,
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


class BadEdit(ValueError):
    """An edit's JSON cannot be understood; ``problems`` holds all that is wrong, one sentence each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


def to_json(edit: Edit) -> dict[str, Any]:
    """The edit as a JSON object: ``kind`` and its fields."""
    kind = next(name for name, of in KINDS.items() if isinstance(edit, of))
    said = {"kind": kind, **asdict(edit)}
    return {**said, "moves": list(said["moves"])} if isinstance(edit, MoveSeveral) else said


def from_json(said: Mapping[str, Any]) -> Edit:
    """The edit of a JSON object.

    Raises:
        BadEdit: with everything that is wrong.
    """
    of = KINDS.get(str(said.get("kind")))
    if of is None:
        raise BadEdit([f"there is no edit of kind {said.get('kind')!r}; there are: {', '.join(KINDS)}"])
    known = {field.name: field for field in fields(of)}
    values = {key: value for key, value in said.items() if key != "kind"}
    problems = [f"{said['kind']} does not take {key!r}" for key in values if key not in known]
    needed = [f.name for f in known.values() if f.default is MISSING]
    problems += [f"{said['kind']} lacks {key!r}" for key in needed if key not in values]
    problems += [wrong for key, value in values.items() if key in known and (wrong := _wrong(key, value))]
    if problems:
        raise BadEdit(problems)
    if values.get("mode") is not None and "mode" in values:
        values["mode"] = Mode(values["mode"])
    if "moves" in values:
        values["moves"] = tuple(Move(**each) for each in values["moves"])
    made: Edit = of(**values)
    return made


_NUMBERS = {"lat": (-90.0, 90.0), "lon": (-180.0, 180.0), "seconds": (-1e9, 1e9)}
_NAMES = {"after_asset", "before_asset", "asset", "anchor_asset"}
MOST_MOVES = 3_000
_MAY_BE_NONE = {"after_via", "replaces", "mode", "camera", "name", "emoji"}


def _wrong(key: str, value: object) -> str | None:
    """What is wrong with one field; None: nothing."""
    if value is None:
        return None if key in _MAY_BE_NONE else f"{key} must be given"
    if key in _NUMBERS:
        return _wrong_number(key, value)
    if key == "moves":
        return _wrong_moves(value)
    if key == "mode" and value not in list(Mode):
        return f"mode must be one of {', '.join(Mode)}, not {value!r}"
    if key in {"seq", "after_via", "replaces"} and (not isinstance(value, int) or isinstance(value, bool)):
        return f"{key} must be a whole number"
    if key in {"follow", "merge", "split", "own_step", "match"} and not isinstance(value, bool):
        return f"{key} must be true or false"
    if key in _NAMES | {"camera", "name", "emoji", "recording"} and (not isinstance(value, str) or len(value) > 500):
        return f"{key} must be a text of at most 500 characters"
    return None


def _wrong_moves(said: object) -> str | None:
    """What is wrong with the first of several moves that is wrong."""
    if not isinstance(said, list) or not 0 < len(said) <= MOST_MOVES:
        return f"moves must be a list of 1 to {MOST_MOVES:,} moves"
    for n, each in enumerate(said, 1):
        if not isinstance(each, Mapping) or each.keys() != {"asset", "lat", "lon"}:
            return f"move {n} must have asset, lat and lon, and nothing else"
        if wrong := next(filter(None, (_wrong(key, value) for key, value in each.items())), None):
            return f"move {n}: {wrong}"
    return None


def _wrong_number(key: str, value: object) -> str | None:
    low, high = _NUMBERS[key]
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        return f"{key} must be a number from {low:g} to {high:g}"
    return None
