"""What the edits in force change: on the fixes before the way is found, and on the way itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from connector.metadata.fix import Fix
from connector.trace.edits import Clock, Exclude, Logged, Move, Roads, SetMode, StopEdit, Via, effective
from connector.trace.model import Mode, ViaPoint
from connector.trace.shape import distance_m
from connector.trace.stops import Place

MOVED_SIGMA_M = 5.0


@dataclass(frozen=True, slots=True)
class Changed:
    """Fixes after clocks were shifted and photos moved; which are excluded; numbers of edits that found nobody."""

    fixes: tuple[Fix, ...]
    excluded: frozenset[str]
    lost: tuple[int, ...]


def change_fixes(fixes: Sequence[Fix], log: Sequence[Logged]) -> Changed:
    """Applies what edits say about single photos and cameras."""
    by_id = {fix.asset_id: fix for fix in fixes}
    cameras = {fix.camera for fix in fixes}
    excluded: set[str] = set()
    lost: list[int] = []
    for entry in effective(log):
        match entry.edit:
            case Clock(camera=camera, seconds=seconds) if camera in cameras:
                shifted = [_shifted(fix, seconds) for fix in by_id.values() if fix.camera == camera]
                by_id.update({fix.asset_id: fix for fix in shifted})
            case Move(asset=asset, lat=lat, lon=lon) if asset in by_id:
                moved = replace(by_id[asset], lat=lat, lon=lon, accuracy_m=MOVED_SIGMA_M, problem=None)
                by_id[asset] = moved
            case Exclude(asset=asset) if asset in by_id:
                excluded.add(asset)
            case Clock() | Move() | Exclude():
                lost.append(entry.seq)
    return Changed(tuple(by_id[fix.asset_id] for fix in fixes), frozenset(excluded), tuple(lost))


def _shifted(fix: Fix, seconds: float) -> Fix:
    by = timedelta(seconds=seconds)
    instant = fix.instant + by if fix.instant is not None else None
    return replace(fix, instant=instant, wall=fix.wall + by if fix.wall is not None else None)


@dataclass(slots=True)
class StopChanges:
    """What edits say about stops, by asset id."""

    split: set[str] = field(default_factory=set)
    merge: set[str] = field(default_factory=set)
    names: dict[str, str] = field(default_factory=dict)
    emoji: dict[str, str] = field(default_factory=dict)
    anchors: dict[str, list[int]] = field(default_factory=dict)


def change_stops(log: Sequence[Logged]) -> StopChanges:
    """Gathers the edits about stops; the last word counts."""
    out = StopChanges()
    for entry in effective(log):
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
        if edit.split:
            out.split.add(anchor)
    return out


@dataclass(slots=True)
class LegChanges:
    """What edits say about one leg."""

    mode: Mode | None = None
    follow_roads: bool = True
    vias: tuple[ViaPoint, ...] = ()


def change_legs(log: Sequence[Logged], places: Sequence[Place]) -> tuple[Mapping[int, LegChanges], tuple[int, ...]]:
    """Changes by the number of the leg, and the numbers of edits that name no leg any more."""
    where = {s.asset_id: n for n, place in enumerate(places) for s in place.sightings}
    changes: dict[int, LegChanges] = {}
    vias: dict[int, list[tuple[int, Via]]] = {}
    lost: list[int] = []
    for entry in effective(log):
        edit = entry.edit
        if not isinstance(edit, (Via, SetMode, Roads)):
            continue
        legs = range(where.get(edit.after_asset, 0), where.get(edit.before_asset, -1))
        if edit.after_asset not in where or not legs:
            lost.append(entry.seq)
        elif isinstance(edit, Via):
            vias.setdefault(_least_detour(edit, legs, places), []).append((entry.seq, edit))
        else:
            for leg in legs:
                _say(changes.setdefault(leg, LegChanges()), edit)
    for leg, found in vias.items():
        changes.setdefault(leg, LegChanges()).vias = _in_order(found)
    return changes, tuple(lost)


def _say(leg: LegChanges, edit: SetMode | Roads) -> None:
    if isinstance(edit, SetMode):
        leg.mode = edit.mode
    else:
        leg.follow_roads = edit.follow


def _least_detour(via: Via, legs: range, places: Sequence[Place]) -> int:
    """A leg that was split by a new photo: its via belongs to the part it lies on."""
    point = (via.lat, via.lon)

    def detour_m(leg: int) -> float:
        a, b = places[leg].point, places[leg + 1].point
        return distance_m(a, point) + distance_m(point, b) - distance_m(a, b)

    return min(legs, key=detour_m)


def _in_order(found: Sequence[tuple[int, Via]]) -> tuple[ViaPoint, ...]:
    """The vias of one leg in the order they are passed: after the one they name, else first."""
    points = {seq: ViaPoint(seq=seq, lat=edit.lat, lon=edit.lon) for seq, edit in found}
    order: list[int] = []
    for seq, edit in found:
        if edit.replaces in order:
            order[order.index(edit.replaces)] = seq
        elif edit.after_via in order:
            order.insert(order.index(edit.after_via) + 1, seq)
        else:
            order.insert(0, seq)
    return tuple(points[seq] for seq in order)
