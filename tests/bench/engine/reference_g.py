"""Pipeline G as it was measured: the plain method the engine is compared with. Every leg stands for itself.

Cleaning and stops are the engine's own, which are G's. Two ways that end apart at a stop are joined by a straight line.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from connector.metadata.fix import Fix
from connector.routing.router import Ask, Point, Route, Router
from connector.trace.clean import sightings, without_outliers
from connector.trace.model import Mode
from connector.trace.shape import LatLon, decode, distance_m
from connector.trace.stops import Place, places

MODES = (Mode.WALK, Mode.BICYCLE, Mode.CAR)
_COSTING = {Mode.WALK: "pedestrian", Mode.BICYCLE: "bicycle", Mode.CAR: "auto"}
_FASTEST = {Mode.WALK: 2.2, Mode.BICYCLE: 9.0, Mode.CAR: 38.0}
_PRIOR = {Mode.WALK: 0.45, Mode.BICYCLE: 0.20, Mode.CAR: 0.35}


@dataclass(frozen=True)
class GLeg:
    mode: Mode
    confidence: float
    line: Sequence[LatLon]
    duration_s: float


@dataclass(frozen=True)
class GTrace:
    stops: Sequence[Place]
    legs: Sequence[GLeg]
    unplaced: Sequence[str]
    calls: int


@dataclass(frozen=True)
class _Gap:
    far_m: float
    waited_s: float
    sigma_m: float
    stayed_s: float


def reconstruct(fixes: Sequence[Fix], router: Router) -> GTrace:
    """The trace of the fixes by pipeline G."""
    kept, bad = without_outliers(sightings(fixes))
    stops = places(kept)
    gaps = [
        _Gap(distance_m(a.point, b.point), max(1.0, b.t0 - a.t1), max(a.sigma_m, b.sigma_m), a.t1 - a.t0)
        for a, b in itertools.pairwise(stops)
    ]
    wanted = [(n, mode) for n, gap in enumerate(gaps) for mode in MODES if _fast_enough(gap, mode)]
    asks = [Ask(points=(_point(stops[n]), _point(stops[n + 1])), costing=_COSTING[mode]) for n, mode in wanted]
    found: list[dict[Mode, Route]] = [{} for _ in gaps]
    for (n, mode), route in zip(wanted, router.routes(asks), strict=True):
        if route is not None and max(_offsets(stops, n, route)) <= 500:
            found[n][mode] = route
    modes = _viterbi(
        gaps, [{m: _emission(gaps[n], found[n].get(m), stops, n) for m in MODES} for n in range(len(gaps))]
    )
    return GTrace(stops, _legs(stops, gaps, modes, found), [each.asset_id for each in bad], len(asks))


def _fast_enough(gap: _Gap, mode: Mode) -> bool:
    return gap.far_m <= 300 or gap.far_m / gap.waited_s <= 1.6 * _FASTEST[mode]


def _point(stop: Place) -> Point:
    radius = int(max(20, min(100, 3 * stop.sigma_m / math.sqrt(min(len(stop.sightings), 4)))))
    return Point(lat=stop.lat, lon=stop.lon, radius_m=radius)


def _offsets(stops: Sequence[Place], n: int, route: Route) -> tuple[float, float]:
    return distance_m(stops[n].point, route.start), distance_m(stops[n + 1].point, route.end)


def _emission(gap: _Gap, route: Route | None, stops: Sequence[Place], n: int) -> float:
    if route is None:
        return -14.0
    ends = -0.25 * sum(min(16.0, (each / max(8.0, gap.sigma_m)) ** 2) for each in _offsets(stops, n, route))
    if gap.far_m <= 2.5 * gap.sigma_m and gap.waited_s <= 120:
        return ends
    s = math.sqrt(0.09 + min(1.0, (1.5 * gap.sigma_m / max(route.length_m, 20.0)) ** 2))
    x = math.log(gap.waited_s / max(route.time_s, 1.0))
    move = math.exp(-0.5 * ((x - 0.08) / s) ** 2) / (s * 2.5066)
    rest = math.exp(-x / 1.5) / 1.5 if x > 0 else (0.5 / 1.5) * math.exp(-0.5 * (x / s) ** 2)
    return math.log(0.7 * move + 0.3 * rest + 1e-9) + ends


def _viterbi(gaps: Sequence[_Gap], scores: Sequence[Mapping[Mode, float]]) -> list[Mode]:
    if not gaps:
        return []
    best = {mode: math.log(_PRIOR[mode]) + scores[0][mode] for mode in MODES}
    came: list[dict[Mode, Mode]] = []
    for n in range(1, len(gaps)):
        easy = gaps[n].stayed_s > 60 or gaps[n - 1].waited_s > 900 or gaps[n].waited_s > 900
        top = max(best, key=lambda mode: best[mode])
        other = best[top] + (-4.0 if easy else -9.0)
        came.append({mode: mode if best[mode] >= other else top for mode in MODES})
        best = {mode: max(best[mode], other) + scores[n][mode] for mode in MODES}
    path = [max(best, key=lambda mode: best[mode])]
    for step in reversed(came):
        path.append(step[path[-1]])
    return path[::-1]


def _legs(
    stops: Sequence[Place], gaps: Sequence[_Gap], modes: Sequence[Mode], found: Sequence[Mapping[Mode, Route]]
) -> list[GLeg]:
    slow: dict[Mode, list[float]] = {}
    for gap, mode, routes in zip(gaps, modes, found, strict=True):
        if mode in routes:
            slow.setdefault(mode, []).append(math.log(gap.waited_s / max(routes[mode].time_s, 1.0)))
    pace = {mode: min(0.0, median(each)) if len(each) >= 3 else 0.0 for mode, each in slow.items()}
    legs: list[GLeg] = []
    here: LatLon | None = None
    for n, (gap, mode) in enumerate(zip(gaps, modes, strict=True)):
        route = found[n].get(mode)
        if route is None:
            line, sure, said = [here or stops[n].point, stops[n + 1].point], 0.1, Mode.UNKNOWN
        else:
            line, sure, said = decode(route.shape), _confidence(gap, route, pace[mode]), mode
            line = [here, *line] if here is not None and here != line[0] else line
        here = line[-1]
        legs.append(GLeg(said, sure, line, stops[n + 1].t0 - stops[n].t1))
    return legs


def _confidence(gap: _Gap, route: Route, pace: float) -> float:
    x, far_m = math.log(gap.waited_s / max(route.time_s, 1.0)) - pace, max(gap.far_m, 50.0)
    z = 3.18 - 1.483 * max(0.0, x - 0.1) - 4.384 * max(0.0, -x - 0.1) - 0.684 * math.log(far_m / 500)
    z -= 1.688 * math.log(max(1.0, route.length_m / far_m)) + 0.38 * gap.sigma_m / 15
    return 1 / (1 + math.exp(-z))
