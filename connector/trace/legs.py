"""The way of every leg between successive places."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from connector.routing.router import Ask, Point, Route, Router
from connector.trace.changes import LegChanges
from connector.trace.clean import FLIGHT_M, FLIGHT_MPS
from connector.trace.confidence import confidence, pace
from connector.trace.model import How, Leg, Mode
from connector.trace.modes import COSTING, Candidate, Gap, feasible, most_likely
from connector.trace.shape import LatLon, decode, distance_m, encode, great_circle, length_m
from connector.trace.stops import Place
from connector.trace.ways import Routers, Ways

SNAP_LIMIT_M = 500.0
"""An answer whose end is farther from its stop is no answer."""
DIRECT_CONFIDENCE = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """One leg before its way is chosen."""

    index: int
    start: Place
    end: Place
    gap: Gap
    router: Router | None
    change: LegChanges
    candidates: Mapping[Mode, Candidate]


def find_legs(places: Sequence[Place], routers: Routers, changes: Mapping[int, LegChanges], ways: Ways) -> list[Leg]:
    """The legs between the places, in order.

    Raises:
        RouterDown: a router does not answer.
    """
    plans = _plans(places, routers, changes, ways)
    modes = most_likely([plan.gap for plan in plans], [plan.candidates for plan in plans])
    best = [plan.candidates.get(mode) for plan, mode in zip(plans, modes, strict=True)]
    paces = pace([plan.gap for plan in plans], modes, best)
    return [_leg(plan, plan.change.mode or mode, paces, ways) for plan, mode in zip(plans, modes, strict=True)]


def _plans(places: Sequence[Place], routers: Routers, changes: Mapping[int, LegChanges], ways: Ways) -> list[_Plan]:
    gaps = [_gap(places[n], places[n + 1]) for n in range(len(places) - 1)]
    questions: list[tuple[int, Mode, Router, Ask]] = []
    chosen: list[Router | None] = []
    for n, gap in enumerate(gaps):
        router = None if is_flight(gap) else routers.covering(places[n].point, places[n + 1].point)
        chosen.append(router)
        if router is not None:
            ends = (_point(places[n]), _point(places[n + 1]))
            questions += [(n, m, router, Ask(points=ends, costing=COSTING[m])) for m in feasible(gap)]
    routes = ways.find([(router, ask) for _, _, router, ask in questions])
    candidates: list[dict[Mode, Candidate]] = [{} for _ in gaps]
    for (n, mode, _, _), route in zip(questions, routes, strict=True):
        candidate = _candidate(route, places[n].point, places[n + 1].point)
        if candidate is not None:
            candidates[n][mode] = candidate
    return [
        _Plan(
            index=n,
            start=places[n],
            end=places[n + 1],
            gap=gap,
            router=chosen[n],
            change=changes.get(n, LegChanges()),
            candidates=candidates[n],
        )
        for n, gap in enumerate(gaps)
    ]


def _gap(start: Place, end: Place) -> Gap:
    return Gap(
        far_m=distance_m(start.point, end.point),
        waited_s=max(1.0, end.t0 - start.t1),
        sigma_m=max(start.sigma_m, end.sigma_m),
        stayed_s=start.t1 - start.t0,
    )


def is_flight(gap: Gap) -> bool:
    """Whether only an aircraft gets there in that time."""
    return gap.far_m > FLIGHT_M and gap.far_m / gap.waited_s > FLIGHT_MPS


def _point(place: Place) -> Point:
    return Point(lat=place.lat, lon=place.lon, radius_m=place.radius_m)


def _candidate(route: Route | None, start: LatLon, end: LatLon) -> Candidate | None:
    if route is None:
        return None
    offsets = (distance_m(start, route.start), distance_m(end, route.end))
    if max(offsets) > SNAP_LIMIT_M:
        return None
    return Candidate(
        shape=route.shape,
        length_m=route.length_m,
        time_s=route.time_s,
        offsets_m=offsets,
        has_ferry=route.has_ferry,
    )


def _leg(plan: _Plan, mode: Mode, paces: Mapping[Mode, float], ways: Ways) -> Leg:
    reason = _why_direct(plan, mode)
    if reason is not None:
        return _direct(plan, mode, reason)
    if plan.change.vias:
        return _through_vias(plan, mode, paces, ways)
    candidate = plan.candidates.get(mode) or _asked_for(plan, mode, ways)
    if candidate is None:
        return _direct(plan, mode, "no way by roads was found between the two places")
    sure = confidence(plan.gap, candidate, paces.get(mode, 0.0))
    return _made(plan, mode, How.ROUTED, sure, (candidate.shape,), candidate.length_m)


def _why_direct(plan: _Plan, mode: Mode) -> str | None:
    """Why the leg is not routed at all; None: it is."""
    if not plan.change.follow_roads:
        return "drawn direct as you asked"
    if plan.change.mode is None and is_flight(plan.gap):
        return "too far for the time between the photos: only by air"
    if mode in (Mode.FLIGHT, Mode.UNKNOWN):
        return "drawn direct as you asked"
    if plan.router is None:
        return "no roads are known here: no map covers both places"
    return None


def _asked_for(plan: _Plan, mode: Mode, ways: Ways) -> Candidate | None:
    """The way by a mode that a person chose and that was not tried before."""
    if plan.router is None or plan.change.mode is None or mode not in COSTING:
        return None
    ask = Ask(points=(_point(plan.start), _point(plan.end)), costing=COSTING[mode])
    return _candidate(ways.find([(plan.router, ask)])[0], plan.start.point, plan.end.point)


def _through_vias(plan: _Plan, mode: Mode, paces: Mapping[Mode, float], ways: Ways) -> Leg:
    """Each part between a stop and a via, or two vias, is routed for itself; a part without a way is direct."""
    points = [_point(plan.start), *(Point(lat=v.lat, lon=v.lon) for v in plan.change.vias), _point(plan.end)]
    pairs = list(itertools.pairwise(points))
    asks = [Ask(points=pair, costing=COSTING.get(mode, "pedestrian")) for pair in pairs]
    found = ways.find([(plan.router, ask) for ask in asks]) if plan.router is not None else [None] * len(asks)
    parts = [_candidate(route, (a.lat, a.lon), (b.lat, b.lon)) for route, (a, b) in zip(found, pairs, strict=True)]
    line: list[LatLon] = []
    for part, (a, b) in zip(parts, pairs, strict=True):
        line += decode(part.shape) if part is not None else [(a.lat, a.lon), (b.lat, b.lon)]
    far_m = sum(distance_m((a.lat, a.lon), (b.lat, b.lon)) for a, b in pairs)
    gap = Gap(
        far_m=far_m / len(pairs),
        waited_s=plan.gap.waited_s,
        sigma_m=plan.gap.sigma_m,
        stayed_s=plan.gap.stayed_s,
    )
    whole = Candidate(
        shape="",
        length_m=length_m(line) / len(pairs),
        time_s=sum(part.time_s for part in parts if part is not None),
        offsets_m=(0.0, 0.0),
    )
    missing = any(part is None for part in parts)
    sure = DIRECT_CONFIDENCE if missing else confidence(gap, whole, paces.get(mode, 0.0))
    how = How.DIRECT if all(part is None for part in parts) else How.ROUTED
    return _made(plan, mode, how, sure, (encode(line),), length_m(line))


def _direct(plan: _Plan, mode: Mode, reason: str) -> Leg:
    flies = mode is Mode.FLIGHT or (plan.change.mode is None and is_flight(plan.gap))
    if plan.change.mode is None:
        mode = Mode.FLIGHT if flies else Mode.UNKNOWN
    stations = [plan.start.point, *((v.lat, v.lon) for v in plan.change.vias), plan.end.point]
    pieces: list[list[LatLon]] = []
    for a, b in itertools.pairwise(stations):
        step = great_circle(a, b)
        pieces = [*pieces[:-1], pieces[-1] + step[0][1:], *step[1:]] if pieces else step
    sure = 0.9 if flies else DIRECT_CONFIDENCE
    shapes = tuple(encode(piece) for piece in pieces)
    return _made(plan, mode, How.DIRECT, sure, shapes, sum(map(length_m, pieces)), reason)


def _made(
    plan: _Plan,
    mode: Mode,
    how: How,
    sure: float,
    shapes: tuple[str, ...],
    long_m: float,
    reason: str | None = None,
) -> Leg:
    return Leg(
        index=plan.index,
        from_stop=plan.index,
        to_stop=plan.index + 1,
        mode=mode,
        how=how,
        confidence=min(1.0, max(0.0, sure)) if math.isfinite(sure) else 0.0,
        distance_m=long_m,
        duration_s=plan.end.t0 - plan.start.t1,
        shapes=shapes,
        vias=plan.change.vias,
        mode_chosen=plan.change.mode is not None,
        map_name=plan.router.map_name if plan.router is not None and how is not How.DIRECT else None,
        reason=reason,
    )
