"""What the edits in force change: on the fixes before the way is found, and on the way itself.

Every function takes the edits in force (:func:`connector.trace.edits.effective`), in order of ``seq``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from connector.metadata.fix import Fix, TimeSource
from connector.trace.edits import (
    Clock,
    Exclude,
    Logged,
    MatchRecording,
    Move,
    MoveSeveral,
    Roads,
    SetMode,
    StopEdit,
    Via,
)
from connector.trace.model import Mode, ViaPoint
from connector.trace.shape import LatLon, distance_m
from connector.trace.stops import Place

MOVED_SIGMA_M = 5.0


@dataclass(frozen=True, slots=True)
class Changed:
    """Fixes after clocks were shifted and photos moved; which are excluded; numbers of edits that found nobody."""

    fixes: tuple[Fix, ...]
    excluded: frozenset[str]
    lost: tuple[int, ...]


def change_fixes(fixes: Sequence[Fix], force: Sequence[Logged]) -> Changed:
    """Applies what edits say about single photos and cameras."""
    by_id = {fix.asset_id: fix for fix in fixes}
    cameras = {fix.camera for fix in fixes}
    excluded: set[str] = set()
    lost: list[int] = []
    for entry in force:
        match entry.edit:
            case Clock(camera=camera, seconds=seconds) if camera in cameras:
                shifted = [_shifted(fix, seconds) for fix in by_id.values() if fix.camera == camera]
                by_id.update({fix.asset_id: fix for fix in shifted})
            case Move(asset=asset, lat=lat, lon=lon) if asset in by_id:
                by_id[asset] = _moved(by_id[asset], lat, lon)
            case MoveSeveral(moves=moves):
                there = [move for move in moves if move.asset in by_id]
                by_id.update({move.asset: _moved(by_id[move.asset], move.lat, move.lon) for move in there})
                if len(there) < len(moves):
                    lost.append(entry.seq)
            case Exclude(asset=asset) if asset in by_id:
                excluded.add(asset)
            case Clock() | Move() | Exclude():
                lost.append(entry.seq)
    return Changed(tuple(by_id[fix.asset_id] for fix in fixes), frozenset(excluded), tuple(lost))


def _moved(fix: Fix, lat: float, lon: float) -> Fix:
    return replace(fix, lat=lat, lon=lon, accuracy_m=MOVED_SIGMA_M, problem=None)


def _shifted(fix: Fix, seconds: float) -> Fix:
    by = timedelta(seconds=seconds)
    if fix.time_source is TimeSource.GPS:  # its instant does not rest on the camera's clock
        return replace(fix, wall=fix.wall + by if fix.wall is not None else None)
    instant = fix.instant + by if fix.instant is not None else None
    return replace(fix, instant=instant, wall=fix.wall + by if fix.wall is not None else None)


@dataclass(slots=True)
class StopChanges:
    """What edits say about stops, by asset id; ``anchors``: the numbers of the edits that name each."""

    split: set[str] = field(default_factory=set)
    merge: set[str] = field(default_factory=set)
    names: dict[str, str] = field(default_factory=dict)
    emoji: dict[str, str] = field(default_factory=dict)
    anchors: dict[str, list[int]] = field(default_factory=dict)


def change_stops(force: Sequence[Logged]) -> StopChanges:
    """Gathers the edits about stops; the last word counts."""
    out = StopChanges()
    for entry in force:
        if not isinstance(entry.edit, StopEdit):
            continue
        edit, anchor = entry.edit, entry.edit.anchor_asset
        out.anchors.setdefault(anchor, []).append(entry.seq)
        if edit.name is not None:
            out.names[anchor] = edit.name
        if edit.emoji is not None:
            out.emoji[anchor] = edit.emoji
        if edit.merge:
            out.merge.add(anchor)
            out.split.discard(anchor)
        if edit.split:
            out.split.add(anchor)
            out.merge.discard(anchor)
    return out


@dataclass(frozen=True, slots=True)
class LegChange:
    """What edits say about one leg."""

    mode: Mode | None = None
    follow_roads: bool = True
    vias: tuple[ViaPoint, ...] = ()
    match_recording: bool = False


UNCHANGED = LegChange()


def change_legs(
    force: Sequence[Logged], places: Sequence[Place], where: Mapping[str, int]
) -> tuple[Mapping[int, LegChange], tuple[int, ...]]:
    """Changes by the number of the leg, and the numbers of edits that name no leg any more.

    ``where``: the number of the place of each asset. Of edits that say different things of one leg the last counts.
    """
    modes: dict[int, Mode | None] = {}
    follow_roads: dict[int, bool] = {}
    lost: list[int] = []
    vias: list[tuple[Logged, Via, range]] = []
    for entry in force:
        edit = entry.edit
        if not isinstance(edit, (Via, SetMode, Roads)):
            continue
        legs = range(where.get(edit.after_asset, 0), where.get(edit.before_asset, -1))
        if edit.after_asset not in where or not legs:
            lost.append(entry.seq)
        elif isinstance(edit, Via):
            vias.append((entry, edit, legs))
        elif isinstance(edit, SetMode):
            modes.update(dict.fromkeys(legs, edit.mode))
        else:
            follow_roads.update(dict.fromkeys(legs, edit.follow))
    points = _via_points(vias, places)
    return {
        leg: LegChange(modes.get(leg), follow_roads.get(leg, True), points.get(leg, ()))
        for leg in {**modes, **follow_roads, **points}
    }, tuple(lost)


def match_recordings(
    force: Sequence[Logged],
    changes: Mapping[int, LegChange],
    recorded: Mapping[str, Sequence[int]],
    known: Collection[str],
) -> tuple[Mapping[int, LegChange], tuple[int, ...]]:
    """The changes with what edits say about recordings; and the numbers of edits that name one that is not there.

    ``recorded``: the legs that are drawn from each recording; ``known``: the names of all there are.
    """
    edits = [(entry.seq, entry.edit) for entry in force if isinstance(entry.edit, MatchRecording)]
    said = {edit.recording: edit.match for _, edit in edits}
    out = dict(changes)
    for leg in (leg for name, match in said.items() if match for leg in recorded.get(name, ())):
        out[leg] = replace(out.get(leg, UNCHANGED), match_recording=True)
    return out, tuple(seq for seq, edit in edits if edit.recording not in known)


@dataclass(slots=True)
class _Passed:
    """A via with its last position, the via it follows, and the leg it lies on."""

    point: ViaPoint
    after: int | None
    leg: int


def _via_points(
    vias: Sequence[tuple[Logged, Via, range]], places: Sequence[Place]
) -> Mapping[int, tuple[ViaPoint, ...]]:
    """The vias of every leg in the order they are passed. One that was moved keeps its number and its turn."""
    passed: dict[int, _Passed] = {}
    first: dict[int, int] = {}
    for entry, edit, legs in vias:
        seq = entry.seq if edit.replaces is None else first.get(edit.replaces)
        if seq is None:  # it moves a via that was taken away
            continue
        first[entry.seq] = seq
        after = passed[seq].after if seq in passed else first.get(edit.after_via or 0, edit.after_via)
        point = ViaPoint(seq=seq, lat=edit.lat, lon=edit.lon)
        passed[seq] = _Passed(point, after, _least_detour(point, legs, places))
    lines: dict[int, list[ViaPoint]] = {}
    for via in passed.values():
        line = lines.setdefault(via.leg, [])
        line.insert(_turn(via, line, (places[via.leg].point, places[via.leg + 1].point)), via.point)
    return {leg: tuple(line) for leg, line in lines.items()}


def _least_detour(via: ViaPoint, legs: range, places: Sequence[Place]) -> int:
    """A leg that was split by a new photo: its via belongs to the part it lies on."""
    if len(legs) == 1:
        return legs[0]
    return min(legs, key=lambda leg: _detour_m(places[leg].point, via, places[leg + 1].point))


def _detour_m(a: LatLon, via: ViaPoint, b: LatLon) -> float:
    point = (via.lat, via.lon)
    return distance_m(a, point) + distance_m(point, b) - distance_m(a, b)


def _turn(via: _Passed, line: Sequence[ViaPoint], ends: tuple[LatLon, LatLon]) -> int:
    """Where among the vias it is passed: right after the one it names, or where it costs the least if that is gone."""
    if via.after is None:
        return 0
    before = [n for n, each in enumerate(line) if each.seq == via.after]
    if before:
        return before[0] + 1
    stations = [ends[0], *((each.lat, each.lon) for each in line), ends[1]]
    return min(range(len(line) + 1), key=lambda n: _detour_m(stations[n], via.point, stations[n + 1]))
