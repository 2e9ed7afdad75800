"""The widget's document: one compact JSON of columns that `widget/src/document.ts` reads.

Format 1. Photos stand in one row of columns: first those of the stops in order, then the inferred, then the
unplaced; so a stop needs only how many it holds. ``at`` and ``shape`` are polylines with 5 decimals (about
1 m), lat first; pieces of one shape are joined by a blank. ``time`` and ``start`` are Unix seconds, the first
as it is and every later one as the difference to the last known. ``colours`` are those of the path by the photos, the
same that a picture has: per leg how many ``knots`` it has, and of every knot its ``share`` of the leg in thousandths.

The outline of a document is a document, too: the same title and style, and the way as a few coarse legs without photos
or stops. It is small enough to stand in the page itself, so that the way is there before the document is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from typing import Any

import numpy as np
import shapely

from connector.metadata.fix import Fix
from connector.render.figures import count_places, shown_fixes
from connector.render.palette import LegColours, photo_path
from connector.render.scene import Scene, ScenePhoto
from connector.render.style import kind_of
from connector.render.themes import theme_of
from connector.trace.model import Leg, Mode, Stop, Trace
from connector.trace.shape import encode
from connector.trace.undo import Steps

FORMAT = 1
MOST_POINTS = 60_000
"""Of all shapes together: above it they are simplified more coarsely, see ``tolerance_m`` of the document."""
FINEST_M = 1.0
METRES_PER_DEGREE = 111_320.0
DRAWN_IN_PIECES = 1000
"""With more photos the widget draws every leg in one colour."""
OUTLINE_LEGS = 48
OUTLINE_POINTS = 900
"""Of a whole outline, at the most about."""
ATTRIBUTION = ("© OpenStreetMap contributors",)


def document(
    scene: Scene,
    *,
    trace_id: str,
    version: str,
    can_edit: bool = False,
    steps: Steps | None = None,
    tiles: Sequence[str] = (),
) -> dict[str, Any]:
    """Everything the widget needs to show the scene (and to correct it, when ``can_edit``).

    ``version`` is what an edit must name in If-Match. ``tiles``: names of the basemaps, finest last.
    """
    trace = scene.trace
    said = {
        **_said(scene, _shown_colours(scene), can_edit=can_edit),
        "id": trace_id,
        "version": version,
        "log": asdict(steps or Steps()) if can_edit else {"undo": None, "redo": None},
        "tiles": list(tiles),
    }
    if can_edit:
        said["suggestions"] = [asdict(each) for each in trace.suggestions]
        said["not_applying"] = list(trace.not_applying)
    return said


def _said(scene: Scene, colours: Sequence[LegColours], *, can_edit: bool = False) -> dict[str, Any]:
    """The document as a reader gets it, of no name and no version."""
    trace = scene.trace
    tolerance_m = _tolerance(trace.legs)
    return {
        "format": FORMAT,
        "id": "",
        "version": "",
        "title": scene.title,
        "subtitle": scene.subtitle,
        "lang": scene.lang,
        "can_edit": can_edit,
        "log": {"undo": None, "redo": None},
        "style": asdict(scene.style),
        "attribution": list(ATTRIBUTION),
        "tiles": [],
        "tolerance_m": tolerance_m,
        "bounds": _bounds(trace),
        "summary": _summary(scene),
        "photos": _photos(scene, can_edit=can_edit),
        "stops": _stops(scene),
        "legs": _legs(trace.legs, tolerance_m),
        "colours": _colours(colours),
        "inferred": _inferred(scene),
        "unplaced": _unplaced(scene),
    }


def outline(scene: Scene, *, trace_id: str, version: str) -> dict[str, Any]:
    """The document with a few coarse legs, and with nothing of the photos but their colours along the way."""
    legs = scene.trace.legs
    parts = [legs[n * len(legs) // OUTLINE_LEGS : (n + 1) * len(legs) // OUTLINE_LEGS] for n in range(OUTLINE_LEGS)]
    runs = [list(run) for part in parts for _, run in groupby(part, key=kind_of)]
    if len(runs) > 3 * OUTLINE_LEGS:  # ways that change with every leg: as most of the stretch is
        runs = [list(part) for part in parts if part]
    colours = photo_path(scene, theme_of(scene.style.theme))
    tolerance_m = _outline_tolerance(scene.trace.legs)
    coarse = [_joined(run, n, tolerance_m) for n, run in enumerate(runs)]
    said = _said(
        replace(scene, trace=Trace(legs=tuple(coarse)), photos={}),
        [_ends(run, colours) for run in runs],
    )
    known = {"id": trace_id, "version": version, "bounds": _bounds(scene.trace), "summary": _summary(scene)}
    return {**said, **known}


def _joined(run: Sequence[Leg], index: int, tolerance_m: float) -> Leg:
    """Successive legs as one, that looks as the longest of them does."""
    longest = max(run, key=lambda leg: leg.distance_m)
    shapes = [_coarse(piece, tolerance_m) for piece in _pieces(run)]
    return replace(
        longest,
        index=index,
        from_stop=index,
        to_stop=index + 1,
        distance_m=sum(leg.distance_m for leg in run),
        duration_s=sum(leg.duration_s for leg in run),
        shapes=tuple(shapes),
        vias=(),
        reason=None,
        heights=(),
    )


def _pieces(run: Sequence[Leg]) -> list[np.ndarray]:
    """The lines of the legs, those joined that meet."""
    pieces: list[np.ndarray] = []
    for line in (_points(shape) for leg in run for shape in leg.shapes):
        if pieces and np.allclose(pieces[-1][-1], line[0], rtol=0, atol=2e-5):
            pieces[-1] = np.concatenate([pieces[-1], line[1:]])
        else:
            pieces.append(line)
    return pieces


def _coarse(points: np.ndarray, tolerance_m: float) -> str:
    kept = _simplified(points, tolerance_m) if len(points) > 2 else points
    return encode([(lat, lon) for lat, lon in kept.tolist()])


def _outline_tolerance(legs: Sequence[Leg]) -> float:
    """The finest at which the whole way has few points."""
    pieces = _pieces(legs)
    tolerance_m = 4.0
    while tolerance_m < 100_000 and sum(_left(piece, tolerance_m) for piece in pieces) > OUTLINE_POINTS:
        tolerance_m *= 1.6
    return tolerance_m


def _left(points: np.ndarray, tolerance_m: float) -> int:
    return len(_simplified(points, tolerance_m)) if len(points) > 2 else len(points)


def _ends(run: Sequence[Leg], colours: Sequence[LegColours]) -> LegColours:
    """The colours of the run at its ends and in its middle."""
    middle = colours[run[len(run) // 2].index]
    first, last = colours[run[0].index].stops[0][1], colours[run[-1].index].stops[-1][1]
    return LegColours(((0.0, first), (0.5, middle.at(0.5)), (1.0, last)))


def _shown_colours(scene: Scene) -> Sequence[LegColours]:
    """Of a trace too large to be drawn in pieces, those at the ends of its legs alone."""
    found = photo_path(scene, theme_of(scene.style.theme))
    if len(scene.photos) <= DRAWN_IN_PIECES:
        return found
    return [LegColours((colours.stops[0], colours.stops[-1])) for colours in found]


def _colours(legs: Sequence[LegColours]) -> dict[str, Any]:
    knots = [knot for leg in legs for knot in leg.stops]
    return {
        "knots": [len(leg.stops) for leg in legs],
        "share": [round(1000 * share) for share, _ in knots],
        "colour": "".join(colour[1:] for _, colour in knots),
    }


def _summary(scene: Scene) -> dict[str, Any]:
    """What a title says of the trip: places and photos, and from when to when (Unix seconds, None: not known)."""
    known = sorted(
        ((fix.instant, fix.utc_offset_s) for fix in shown_fixes(scene) if fix.instant is not None),
        key=lambda each: each[0],
    )
    first, offset_s = known[0] if known else (None, None)
    return {
        "places": count_places(scene),
        "photos": len(scene.photos),
        "from": _seconds(first),
        "to": _seconds(known[-1][0]) if known else None,
        "offset": _minutes(offset_s),
    }


def legs_changed(before: Trace, after: Trace) -> dict[str, Any]:
    """What a preview answers: ``legs`` and ``stops`` that look different, by index.

    ``rebuilt``: stops came or went, so that indexes of the two traces cannot be compared; only the whole
    document tells then.
    """
    if len(before.stops) != len(after.stops) or len(before.legs) != len(after.legs):
        return {"rebuilt": True, "legs": {}, "stops": {}}
    legs = {str(new.index): leg_row(new) for old, new in zip(before.legs, after.legs, strict=True) if _other(old, new)}
    moved = [new for old, new in zip(before.stops, after.stops, strict=True) if _elsewhere(old, new)]
    stops = {str(stop.index): [round(stop.lat, 6), round(stop.lon, 6)] for stop in moved}
    return {"rebuilt": False, "legs": legs, "stops": stops}


def _other(old: Leg, new: Leg) -> bool:
    # of ten thousand legs an edit leaves most as the very objects they were
    return old is not new and old != new


def _elsewhere(old: Stop, new: Stop) -> bool:
    return old is not new and (old.lat, old.lon) != (new.lat, new.lon)


def recordings_of(trace: Trace) -> dict[str, str]:
    """Of the legs that were recorded, by index, the name of the recording."""
    return {str(leg.index): leg.recording for leg in trace.legs if leg.recording is not None}


def leg_row(leg: Leg, tolerance_m: float = FINEST_M) -> dict[str, Any]:
    """One leg as an object; the columns of the document hold the same."""
    return {
        "mode": leg.mode.value,
        "how": leg.how.value,
        "confidence": round(leg.confidence, 2),
        "distance_m": round(leg.distance_m),
        "duration_s": round(leg.duration_s),
        "shape": _shape(leg, tolerance_m),
        "vias": _vias(leg),
        "chosen": leg.mode_chosen,
        "reason": leg.reason,
        "heights": [(round(share, 3), round(metres)) for share, metres in leg.heights],
    }


def _photos(scene: Scene, *, can_edit: bool) -> dict[str, Any]:
    rows = _rows(scene)
    fixes = {fix.asset_id: fix for fix in scene.trace.fixes}
    seen = [fixes.get(asset_id, Fix(asset_id=asset_id)) for asset_id, _ in rows]
    said: dict[str, Any] = {
        "key": [photo.key for _, photo in rows],
        "at": _positions(scene, fixes),
        "time": _differences([_seconds(fix.instant) for fix in seen]),
        "offset": _runs(_minutes(fix.utc_offset_s) for fix in seen),
        "colour": "".join((photo.colour or "#      ")[1:] for _, photo in rows),
        "name": [photo.name for _, photo in rows] if any(photo.name for _, photo in rows) else None,
        "linked": any(photo.url for _, photo in rows),
        "video": [i for i, (_, photo) in enumerate(rows) if (photo.media_type or "").startswith("video/")],
    }
    if any(fix.altitude_m is not None for fix in seen):
        said["altitude"] = [None if fix.altitude_m is None else round(fix.altitude_m) for fix in seen]
    if can_edit:
        said["camera"] = _runs(fix.camera for fix in seen)
    return said


def _rows(scene: Scene) -> list[tuple[str, ScenePhoto]]:
    """The photos that are shown, in the document's order."""
    return [(asset_id, scene.photos[asset_id]) for asset_id in _order(scene.trace) if asset_id in scene.photos]


def _order(trace: Trace) -> Iterable[str]:
    for stop in trace.stops:
        yield from stop.asset_ids
    yield from (each.asset_id for each in trace.inferred)
    yield from (each.asset_id for each in trace.unplaced)


def _positions(scene: Scene, fixes: Mapping[str, Fix]) -> str:
    """Of the photos of stops (their own place, else the stop's), then of the inferred ones."""
    places = [
        _own_place(fixes.get(asset_id), stop)
        for stop in scene.trace.stops
        for asset_id in stop.asset_ids
        if asset_id in scene.photos
    ]
    places += [(each.lat, each.lon) for each in scene.trace.inferred if each.asset_id in scene.photos]
    return _encode(np.array(places, dtype=float).reshape(-1, 2))


def _own_place(fix: Fix | None, stop: Stop) -> tuple[float, float]:
    if fix is None or fix.lat is None or fix.lon is None:
        return stop.lat, stop.lon
    return fix.lat, fix.lon


def _stops(scene: Scene) -> dict[str, Any]:
    stops = scene.trace.stops
    first = {stop.index: _first_key(scene, stop) for stop in stops}
    emoji = {stop.index: stop.emoji or scene.style.emoji.get(first[stop.index] or "") for stop in stops}
    return {
        "at": _encode(np.array([(stop.lat, stop.lon) for stop in stops], dtype=float).reshape(-1, 2)),
        "start": _differences([_seconds(stop.start) for stop in stops]),
        "lasts": [round((stop.end - stop.start).total_seconds()) for stop in stops],
        "photos": [sum(asset_id in scene.photos for asset_id in stop.asset_ids) for stop in stops],
        "name": {str(stop.index): stop.name for stop in stops if stop.name},
        "emoji": {str(index): each for index, each in emoji.items() if each},
    }


def _first_key(scene: Scene, stop: Stop) -> str | None:
    # a share that hides the ends cuts the way where nobody took a photo
    photo = scene.photos.get(stop.asset_ids[0]) if stop.asset_ids else None
    return photo.key if photo else None


def _legs(legs: Sequence[Leg], tolerance_m: float) -> dict[str, Any]:
    rows = [leg_row(leg, tolerance_m) for leg in legs]
    columns = ("mode", "how", "confidence", "distance_m", "duration_s", "shape")
    return {
        "from": _differences([leg.from_stop for leg in legs]),
        "spans": [leg.to_stop - leg.from_stop for leg in legs],
        **{name: [row[name] for row in rows] for name in columns},
        "vias": {str(leg.index): row["vias"] for leg, row in zip(legs, rows, strict=True) if row["vias"]},
        "chosen": [leg.index for leg in legs if leg.mode_chosen],
        "reason": {str(leg.index): leg.reason for leg in legs if leg.reason},
        "heights": {str(leg.index): row["heights"] for leg, row in zip(legs, rows, strict=True) if leg.heights},
    }


def _vias(leg: Leg) -> list[list[float]]:
    return [[via.seq, round(via.lat, 6), round(via.lon, 6)] for via in leg.vias]


def _inferred(scene: Scene) -> dict[str, Any]:
    shown = [each for each in scene.trace.inferred if each.asset_id in scene.photos]
    return {"leg": [each.leg for each in shown], "seconds": [round(each.seconds_to_fix) for each in shown]}


def _unplaced(scene: Scene) -> dict[str, Any]:
    shown = [each.reason for each in scene.trace.unplaced if each.asset_id in scene.photos]
    reasons = list(dict.fromkeys(shown))
    return {"reasons": reasons, "reason": [reasons.index(each) for each in shown]}


def _seconds(instant: datetime | None) -> int | None:
    return None if instant is None else round(instant.timestamp())


def _minutes(seconds: int | None) -> int | None:
    return None if seconds is None else round(seconds / 60)


def _differences(values: Iterable[int | None]) -> list[int | None]:
    """The first as it is, every later one as the difference to the last known; None stays None."""
    said: list[int | None] = []
    last = 0
    for value in values:
        said.append(None if value is None else value - last)
        last = last if value is None else value
    return said


def _runs(values: Iterable[object]) -> list[list[object]]:
    """Equal neighbours together: ``[how many, value]``."""
    return [[len(list(run)), value] for value, run in groupby(values)]


def _bounds(trace: Trace) -> list[float] | None:
    """West, south, east, north of everything that has a place; west > east: it lies across 180 degrees."""
    pieces = [_points(shape) for leg in trace.legs for shape in leg.shapes]
    places = [(stop.lat, stop.lon) for stop in trace.stops] + [(each.lat, each.lon) for each in trace.inferred]
    if not pieces and not places:
        return None
    points = np.concatenate([*pieces, np.array(places, dtype=float).reshape(-1, 2)])
    west, east = _narrowest(np.sort(points[:, 1]))
    south, north = float(points[:, 0].min()), float(points[:, 0].max())
    return [round(value, 5) for value in (west, south, east, north)]


def _narrowest(longitudes: np.ndarray) -> tuple[float, float]:
    """The smallest band of longitudes that holds them all: the world without the widest gap."""
    inner = np.diff(longitudes)
    around = longitudes[0] + 360.0 - longitudes[-1]
    if not inner.size or inner.max() <= around:
        return float(longitudes[0]), float(longitudes[-1])
    gap = int(inner.argmax())
    return float(longitudes[gap + 1]), float(longitudes[gap])


def _tolerance(legs: Sequence[Leg]) -> float:
    """The finest tolerance, doubled until the shapes have at most `MOST_POINTS` together."""
    tolerance_m = FINEST_M
    while tolerance_m < 1000 and _count(legs, tolerance_m) > MOST_POINTS:
        tolerance_m *= 2
    return tolerance_m


def _count(legs: Sequence[Leg], tolerance_m: float) -> int:
    return sum(_displayed(shape, tolerance_m)[1] for leg in legs for shape in leg.shapes)


def _shape(leg: Leg, tolerance_m: float) -> str:
    smoothing = FINEST_M if leg.mode is Mode.FLIGHT else tolerance_m
    return " ".join(_displayed(shape, smoothing)[0] for shape in leg.shapes)


@lru_cache(maxsize=60_000)
def _displayed(shape: str, tolerance_m: float) -> tuple[str, int]:
    """The shape as it is drawn and its number of points. Kept, because most legs are the same next time.

    Room for the largest traces: some 7,000 legs, each at the tolerances that were tried.
    """
    points = _points(shape)
    if len(points) > 2:
        points = _simplified(points, tolerance_m)
    return _encode(points), len(points)


def _simplified(points: np.ndarray, tolerance_m: float) -> np.ndarray:
    stretch = np.array([1.0, max(0.01, float(np.cos(np.radians(points[:, 0].mean()))))])
    line = shapely.LineString(points * stretch).simplify(tolerance_m / METRES_PER_DEGREE, preserve_topology=False)
    kept: np.ndarray = shapely.get_coordinates(line) / stretch
    return kept


@lru_cache(maxsize=20_000)
def _points(shape: str) -> np.ndarray:
    """Points of a polyline with 6 decimals, as rows of lat, lon in degrees."""
    chunks = np.frombuffer(shape.encode("ascii"), dtype=np.uint8).astype(np.int64) - 63
    last = np.flatnonzero(chunks < 0x20)
    first = np.concatenate(([0], last[:-1] + 1)) if last.size else last
    place = np.arange(chunks.size) - np.repeat(first, last - first + 1)
    values = np.add.reduceat((chunks & 0x1F) << (5 * place), first) if last.size else chunks
    steps = np.where(values & 1, ~(values >> 1), values >> 1).reshape(-1, 2)
    return np.cumsum(steps, axis=0) / 1e6


def _encode(points: np.ndarray) -> str:
    """The polyline with 5 decimals."""
    whole = np.rint(points * 1e5).astype(np.int64)
    steps = np.diff(whole, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    zigzag = np.where(steps < 0, ~(steps << 1), steps << 1)
    return "".join(_chunks(int(value)) for value in zigzag.ravel())


def _chunks(value: int) -> str:
    said = ""
    while value >= 0x20:
        said += chr((0x20 | (value & 0x1F)) + 63)
        value >>= 5
    return said + chr(value + 63)
