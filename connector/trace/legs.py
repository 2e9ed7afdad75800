"""The way of every leg between successive places."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypedDict

from connector.routing.router import Ask, Point, Router
from connector.trace.changes import LegChange
from connector.trace.clean import FLIGHT_M, FLIGHT_MPS
from connector.trace.confidence import confidence, pace
from connector.trace.crossings import crossings
from connector.trace.dense import match_runs
from connector.trace.joined import Alone
from connector.trace.meeting import Way, let_meet
from connector.trace.model import How, Leg, Mode, ViaPoint
from connector.trace.modes import COSTING, Candidate, Gap, feasible
from connector.trace.recordings.evidence import Evidence, Recorded
from connector.trace.recordings.on_roads import on_roads
from connector.trace.shape import LatLon, decode, distance_m, encode, great_circle, length_m, written
from connector.trace.spans import gap_between
from connector.trace.stops import Place
from connector.trace.travelled import Travelled, candidate, point, travelled
from connector.trace.ways import Routers, Ways

DIRECT_CONFIDENCE = 0.1
FLIGHT_CONFIDENCE = 0.9
_BELIEVED = 0.6
"""How sure a mode has to be that no way on the leg itself speaks for."""
_BESIDE_ONE_PHOTO = 2
"""The legs that a photo off the roads can hide."""
_FLIGHTS = ((FLIGHT_M, FLIGHT_MPS), (300_000.0, 42.0), (50_000.0, 83.0))
"""A flight is farther than this in metres and faster than that in m/s; the waiting at airports counts as flying."""
_NEAREST_FLIGHT_M = min(far_m for far_m, _ in _FLIGHTS)
Progress = Callable[[int, int], None]
"""Called with legs done and legs in all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One leg with its most likely mode and way, before anybody said something about it."""

    index: int
    start: Place
    end: Place
    gap: Gap
    router: Router | None
    candidates: Mapping[Mode, Candidate | None]
    """The ways that are known; that of ``mode`` meets those of the neighbours."""
    mode: Mode
    mode_confidence: float
    hidden: bool
    """Whether a photo off the roads may be all that hides the way: see :func:`_hidden`."""
    matched: bool
    """Whether the way by ``mode`` is a piece of a dense run's."""
    recorded: Recorded | None
    """The way as a recording has it; the router was not asked then."""
    pace: Mapping[Mode, float]
    """How much slower than the map expects the whole trip went, per mode."""


def plan_legs(
    places: Sequence[Place], routers: Routers, ways: Ways, progress: Progress, evidence: Evidence
) -> list[Plan]:
    """The legs between the places, in order.

    Raises:
        RouterDown: a router does not answer.
    """
    pairs = list(itertools.pairwise(places))
    gaps = [gap_between(places, n, n + 1) for n in range(len(pairs))]
    covering = [
        None if is_flight(gap) else routers.covering(a.point, b.point) for (a, b), gap in zip(pairs, gaps, strict=True)
    ]
    recorded = [evidence.way(a, b) for a, b in pairs]
    asked = [None if way is not None else router for way, router in zip(recorded, covering, strict=True)]

    def report(low: float, high: float) -> Callable[[float], None]:
        return lambda share: progress(int(len(pairs) * (low + (high - low) * share)), len(pairs))

    found = travelled(places, gaps, asked, ways, report(0.0, 0.6))
    drawn = _drawn(places, gaps, asked, found, ways, report(0.6, 0.8))
    let_meet(places, drawn, ways, report(0.8, 1.0))
    matched = match_runs(places, drawn, ways)
    ferries = crossings(places, gaps, asked, drawn, ways)
    modes = [Mode.FERRY if n in ferries else mode for n, mode in enumerate(found.modes)]
    chosen = [ferries.get(n) or (way.found if way is not None else None) for n, way in enumerate(drawn)]
    paces = pace(gaps, modes, chosen)
    hidden = _hidden(modes, chosen)
    return [
        Plan(
            index=n,
            start=a,
            end=b,
            gap=gaps[n],
            router=covering[n],
            candidates={**found.candidates[n], modes[n]: chosen[n]},
            mode=modes[n],
            mode_confidence=found.certainty[n],
            hidden=n in hidden,
            matched=n in matched,
            recorded=recorded[n],
            pace=paces,
        )
        for n, (a, b) in enumerate(pairs)
    ]


def is_flight(gap: Gap) -> bool:
    """Whether only an aircraft gets there in that time."""
    if gap.far_m <= _NEAREST_FLIGHT_M:
        return False
    return any(gap.far_m > far_m and gap.far_m / gap.waited_s > fast_mps for far_m, fast_mps in _FLIGHTS)


def _hidden(modes: Sequence[Mode], ways: Sequence[Candidate | None]) -> set[int]:
    """The legs without a way to one photo and from it, between ways by their own mode.

    More of them in a row, or at an end of the trip, were made without roads.
    """
    out: set[int] = set()
    for wayless, run in itertools.groupby(range(len(ways)), lambda n: ways[n] is None):
        legs = list(run)
        around = range(legs[0] - 1, legs[-1] + 2)
        if wayless and len(legs) <= _BESIDE_ONE_PHOTO and around[0] >= 0 and around[-1] < len(ways):
            out |= set(legs) if len({modes[n] for n in around}) == 1 else set()
    return out


def _drawn(
    places: Sequence[Place],
    gaps: Sequence[Gap],
    routers: Sequence[Router | None],
    found: Travelled,
    ways: Ways,
    progress: Callable[[float], None],
) -> list[Way | None]:
    """The way of every leg by its mode; None where there is none."""
    out: list[Way | None] = [None] * len(gaps)
    numbers: list[int] = []
    questions: list[tuple[Router, Ask]] = []
    for n, (router, mode, gap) in enumerate(zip(routers, found.modes, gaps, strict=True)):
        if router is None or not feasible(gap, mode):
            continue
        ends = (point(places[n], gap), point(places[n + 1], gap))
        if mode not in found.candidates[n]:
            numbers.append(n)
            questions.append((router, Ask(points=ends, costing=COSTING[mode])))
        elif (known := found.candidates[n][mode]) is not None:
            out[n] = Way(router, COSTING[mode], *ends, known)
    for n, (router, ask), route in zip(numbers, questions, ways.find(questions, progress), strict=True):
        way = candidate(route, places[n].point, places[n + 1].point)
        if way is not None:
            out[n] = Way(router, ask.costing, ask.points[0], ask.points[1], way)
    return out


def leg(plan: Plan, change: LegChange, ways: Ways) -> Alone:
    """The leg of the plan as the person wants it.

    Raises:
        RouterDown: a router does not answer.
    """
    if plan.recorded is not None and change.follow_roads and not change.vias:
        return Alone.of(_recorded(plan, change, plan.recorded, ways))
    mode = change.mode or plan.mode
    reason = _why_direct(plan, change, mode)
    if reason is not None:
        return Alone.of(_direct(plan, change, reason))
    if change.vias:
        return Alone.of(_through_vias(plan, change, mode, ways))
    way = plan.candidates.get(mode) or _asked_for(plan, change, ways)
    if way is None:
        return Alone.of(
            _told_by_neighbours(plan, _direct(plan, change, "no way by roads was found between the two places"))
        )
    return Alone(_by_roads(plan, change, mode, way), written(way.route.start), written(way.route.end))


def _by_roads(plan: Plan, change: LegChange, mode: Mode, way: Candidate) -> Leg:
    return Leg(
        **_between(plan, change),
        mode=mode,
        how=How.MATCHED if plan.matched and mode is plan.mode else How.ROUTED,
        confidence=confidence(plan.gap, way, plan.pace.get(mode, 0.0), _certainty(plan, change)),
        mode_confidence=None if change.mode is not None else plan.mode_confidence,
        distance_m=way.route.length_m,
        shapes=(way.route.shape,),
        map_name=plan.router.map_name if plan.router is not None else None,
    )


def _recorded(plan: Plan, change: LegChange, way: Recorded, ways: Ways) -> Leg:
    way = replace(way, mode=change.mode or way.mode)
    road = on_roads(way, plan.router, ways) if change.match_recording and plan.router is not None else None
    way = road or way
    return Leg(
        **_between(plan, change),
        mode=way.mode,
        how=How.RECORDED if road is None else How.MATCHED,
        map_name=plan.router.map_name if road is not None and plan.router is not None else None,
        confidence=way.confidence,
        mode_confidence=None if change.mode is not None else way.mode_confidence,
        distance_m=way.length_m,
        shapes=way.shapes,
        recording=way.name,
        heights=way.heights,
    )


def _certainty(plan: Plan, change: LegChange) -> float:
    """How sure the mode is: what a person says is certain."""
    return 1.0 if change.mode is not None else plan.mode_confidence


class _Between(TypedDict):
    """What of a leg does not depend on its way."""

    index: int
    from_stop: int
    to_stop: int
    duration_s: float
    vias: tuple[ViaPoint, ...]
    mode_chosen: bool


def _between(plan: Plan, change: LegChange) -> _Between:
    return {
        "index": plan.index,
        "from_stop": plan.index,
        "to_stop": plan.index + 1,
        "duration_s": plan.end.t0 - plan.start.t1,
        "vias": change.vias,
        "mode_chosen": change.mode is not None,
    }


def _why_direct(plan: Plan, change: LegChange, mode: Mode) -> str | None:
    """Why the leg is not routed at all; None: it is."""
    if not change.follow_roads:
        return "drawn direct as you asked"
    if mode in (Mode.FLIGHT, Mode.UNKNOWN):
        return "drawn direct as you asked"
    if plan.router is not None:
        return None
    if change.mode is None and is_flight(plan.gap):
        return "too far for the time between the photos: only by air"
    return "no roads are known here: no map covers both places"


def _asked_for(plan: Plan, change: LegChange, ways: Ways) -> Candidate | None:
    """The way by a mode that a person chose and that was not tried before."""
    if plan.router is None or change.mode not in COSTING:
        return None
    ask = Ask(points=(point(plan.start, plan.gap), point(plan.end, plan.gap)), costing=COSTING[change.mode])
    return candidate(ways.find([(plan.router, ask)])[0], plan.start.point, plan.end.point)


def _through_vias(plan: Plan, change: LegChange, mode: Mode, ways: Ways) -> Leg:
    """Each part between a stop and a via, or two vias, is routed for itself; a part without a way is direct."""
    stations = [Point(lat=via.lat, lon=via.lon) for via in change.vias]
    points = [point(plan.start, plan.gap), *stations, point(plan.end, plan.gap)]
    pairs = list(itertools.pairwise(points))
    asks = [Ask(points=pair, costing=COSTING.get(mode, "pedestrian")) for pair in pairs]
    found = ways.find([(plan.router, ask) for ask in asks]) if plan.router is not None else [None] * len(asks)
    parts = [candidate(route, (a.lat, a.lon), (b.lat, b.lon)) for route, (a, b) in zip(found, pairs, strict=True)]
    line: list[LatLon] = []
    for part, (a, b) in zip(parts, pairs, strict=True):
        line += decode(part.route.shape) if part is not None else [(a.lat, a.lon), (b.lat, b.lon)]
    routed = [part for part in parts if part is not None]
    return Leg(
        **_between(plan, change),
        mode=mode,
        how=How.ROUTED if routed else How.DIRECT,
        confidence=_confidence_of_parts(plan, change, pairs, routed),
        distance_m=length_m(line),
        shapes=(encode(line),),
        map_name=plan.router.map_name if routed and plan.router is not None else None,
    )


def _confidence_of_parts(
    plan: Plan, change: LegChange, pairs: Sequence[tuple[Point, Point]], routed: Sequence[Candidate]
) -> float:
    """As for one leg whose distances are those of the average part: a via takes ambiguity away."""
    if len(routed) < len(pairs):
        return DIRECT_CONFIDENCE
    share = 1 / len(pairs)
    far_m = sum(distance_m((a.lat, a.lon), (b.lat, b.lon)) for a, b in pairs)
    whole = Candidate(
        route=replace(
            routed[0].route,
            length_m=sum(part.route.length_m for part in routed) * share,
            time_s=sum(part.route.time_s for part in routed),
        ),
        offsets_m=(0.0, 0.0),
    )
    usual = plan.pace.get(change.mode or plan.mode, 0.0)
    return confidence(replace(plan.gap, far_m=far_m * share), whole, usual, _certainty(plan, change))


def _told_by_neighbours(plan: Plan, direct: Leg) -> Leg:
    """With the mode of the legs around it, where a photo that lies off the roads is all that hides the way."""
    believed = plan.hidden and plan.mode_confidence >= _BELIEVED and feasible(plan.gap, plan.mode)
    if direct.mode is not Mode.UNKNOWN or not believed:
        return direct
    return replace(direct, mode=plan.mode, mode_confidence=plan.mode_confidence)


def _direct(plan: Plan, change: LegChange, reason: str) -> Leg:
    flies = change.mode is Mode.FLIGHT or (change.mode is None and is_flight(plan.gap))
    stations = [plan.start.point, *((v.lat, v.lon) for v in change.vias), plan.end.point]
    pieces: list[list[LatLon]] = []
    for a, b in itertools.pairwise(stations):
        step = great_circle(a, b)
        pieces = [*pieces[:-1], pieces[-1] + step[0][1:], *step[1:]] if pieces else step
    return Leg(
        **_between(plan, change),
        mode=Mode.FLIGHT if flies else change.mode or Mode.UNKNOWN,
        how=How.DIRECT,
        confidence=FLIGHT_CONFIDENCE if flies else DIRECT_CONFIDENCE,
        distance_m=math.fsum(map(length_m, pieces)),
        shapes=tuple(encode(piece) for piece in pieces),
        reason=reason,
    )
