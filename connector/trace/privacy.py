"""What a stranger may see of a trace: without photos, without the ends.

The ends are hidden by circles around the first and the last stop. Everything inside them goes, at whatever time it
happened: the way home in the middle of the trip as well. A circle reaches from ``hide_ends_m`` to twice that, and
its middle is not the door.

The middle is no secret: who knows how wide a circle is finds it from two places where paths stop. It must not lie
elsewhere for every trace that begins at one door, for then the mean of all middles would be the door. So the circle is
not drawn around the end but around the middle of the cell of a grid that the end lies in: all ends in a cell have one
circle, and ten trips from a door tell no more of it than one: that it is in that cell.

``seed`` says where the grid lies. It is one for all traces of a person, and a secret: by a grid that everybody knows it
would be known of every door in advance how near to the middle of its circle it is.
What remains: a door at a border of two cells may get the circles of both; ends that are hidden differently wide have
one circle for each width, and those of two persons who live behind one door have two.
"""

from __future__ import annotations

import hashlib
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from connector.trace.model import Leg, Stop, Trace
from connector.trace.shape import LatLon, decode, distance_m, encode, length_m

METRES_PER_DEGREE = 111_320.0
"""A little more than there are: a cell is no wider than it is said to be."""
_FINEST_M = 25.0
"""A line is looked at so closely: no part of it that is longer slips through a circle unseen."""


def visible(trace: Trace, *, path_only: bool, hide_ends_m: float, seed: str = "") -> Trace:
    """The trace without what must not be seen. A pure function of its arguments.

    ``path_only``: no photos, names, corrections or times of places; stops hold no photos and the instants run evenly
    along the path between the days it lasted. ``hide_ends_m`` > 0: everything nearer than that to the first or the
    last stop is gone, and so is every photo without a place, for it may have been taken there.
    Stops without photos mark where the way was cut.

    Raises:
        ValueError: ends are to be hidden without a seed; anybody could tell where a circle without a secret lies.
    """
    if hide_ends_m > 0 and not seed:
        raise ValueError("no secret seed")
    if hide_ends_m > 0 and trace.stops:
        trace = _without_ends(trace, _circles(trace, hide_ends_m, seed))
    if path_only:
        trace = _path_only(trace)
    shown = _photos(trace)
    return replace(
        trace, fixes=tuple(fix for fix in trace.fixes if fix.asset_id in shown), suggestions=(), not_applying=()
    )


def _photos(trace: Trace) -> set[str]:
    at_stops = {asset_id for stop in trace.stops for asset_id in stop.asset_ids}
    return at_stops | {each.asset_id for each in trace.inferred} | {each.asset_id for each in trace.unplaced}


@dataclass(frozen=True, slots=True)
class Circle:
    """What is in it is hidden."""

    middle: LatLon
    radius_m: float

    def holds(self, place: LatLon) -> bool:
        return distance_m(self.middle, place) <= self.radius_m


def _circles(trace: Trace, hide_m: float, seed: str) -> tuple[Circle, ...]:
    return tuple(hiding((stop.lat, stop.lon), hide_m, seed) for stop in (trace.stops[0], trace.stops[-1]))


def hiding(end: LatLon, hide_m: float, seed: str) -> Circle:
    """The circle that hides an end: every place within ``hide_m`` of it, none beyond twice that.

    It is one for all ends in a cell of the grid.

    A cell is a square of ``hide_m`` / √2, whose corners are ``hide_m`` / 2 from its middle. From there a circle of
    1.5 ``hide_m`` holds what is within ``hide_m`` of any end in the cell, and is nowhere beyond 2 ``hide_m`` from it.
    """
    hide_m = max(0.001, hide_m)  # nobody hides less, and the cells can be counted
    digest = hashlib.blake2b(f"{hide_m:.3f}".encode(), key=seed.encode()[:64], digest_size=16).digest()
    to_north, to_east = (int.from_bytes(part) / 2**64 for part in (digest[:8], digest[8:]))
    tall = hide_m / math.sqrt(2) / METRES_PER_DEGREE
    lat = _middle(end[0], tall, to_north)
    widest = max(0.0, abs(lat) - tall / 2)  # the parallel of the row on which a degree of longitude is longest
    lon = _middle(end[1], tall / max(1e-9, math.cos(math.radians(widest))), to_east)
    return Circle((max(-90.0, min(90.0, lat)), (lon + 180.0) % 360.0 - 180.0), 1.5 * hide_m)


def _middle(at: float, width: float, shift: float) -> float:
    """The middle of the stretch that holds ``at``, of all of that width, the first of them shifted by a share of it."""
    return (math.floor(at / width - shift) + shift + 0.5) * width


class _Cut:
    """Stops and legs of what is left, numbered anew."""

    def __init__(self, trace: Trace, circles: Sequence[Circle]) -> None:
        self.circles = circles
        self.stops: list[Stop] = []
        self.legs: list[Leg] = []
        self.leg_numbers: dict[int, int] = {}
        self._kept: dict[int, int] = {}
        for stop in trace.stops:
            self._keep(stop)
            for leg in trace.legs:
                if leg.from_stop == stop.index:
                    self._cut(leg, trace.stops)

    def hides(self, place: LatLon) -> bool:
        return any(circle.holds(place) for circle in self.circles)

    def _keep(self, stop: Stop) -> None:
        if stop.index not in self._kept and not self.hides((stop.lat, stop.lon)):
            self._kept[stop.index] = len(self.stops)
            self.stops.append(replace(stop, index=len(self.stops)))

    def _cut(self, leg: Leg, stops: Sequence[Stop]) -> None:
        line = [point for shape in leg.shapes for point in decode(shape)]
        if not any(self.hides(point) for point in _closely(line)):
            self._keep(stops[leg.to_stop])
            self._add(leg, self._kept[leg.from_stop], self._kept[leg.to_stop], leg.shapes)
            return
        for run in self._runs(line):
            self._add_run(leg, stops, line, run)

    def _runs(self, line: Sequence[LatLon]) -> list[list[LatLon]]:
        """The parts of the line outside of the circles, each of two points or more."""
        runs: list[list[LatLon]] = [[]]
        for point in _closely(line):
            if self.hides(point):
                runs.append([])
            else:
                runs[-1].append(point)
        return [run for run in runs if len(run) > 1 and length_m(run) > 0]

    def _add_run(self, leg: Leg, stops: Sequence[Stop], line: Sequence[LatLon], run: list[LatLon]) -> None:
        whole_m, before_m = max(1.0, length_m(line)), _along_m(line, run[0])
        left = stops[leg.from_stop].end
        first, last = (
            left + timedelta(seconds=leg.duration_s * min(1.0, at_m / whole_m))
            for at_m in (before_m, before_m + length_m(run))
        )
        begins, ends = run[0] == line[0], run[-1] == line[-1]
        stays = begins and leg.from_stop in self._kept
        start = self._kept[leg.from_stop] if stays else self._mark(run[0], first)
        if ends:
            self._keep(stops[leg.to_stop])
        end = self._kept[leg.to_stop] if ends and leg.to_stop in self._kept else self._mark(run[-1], last)
        part = replace(
            leg,
            distance_m=length_m(run),
            duration_s=(last - first).total_seconds(),
            vias=tuple(via for via in leg.vias if not self.hides((via.lat, via.lon))),
            heights=(),
        )
        self._add(part, start, end, (encode(run),))

    def _mark(self, place: LatLon, at: datetime) -> int:
        self.stops.append(Stop(index=len(self.stops), lat=place[0], lon=place[1], start=at, end=at, asset_ids=()))
        return len(self.stops) - 1

    def _add(self, leg: Leg, start: int, end: int, shapes: tuple[str, ...]) -> None:
        self.leg_numbers.setdefault(leg.index, len(self.legs))
        self.legs.append(replace(leg, index=len(self.legs), from_stop=start, to_stop=end, shapes=shapes))


def _closely(line: Sequence[LatLon]) -> list[LatLon]:
    """The line with points at most `_FINEST_M` apart (long ones coarser: a ten-thousandth of them)."""
    step_m = max(_FINEST_M, length_m(line) / 10_000)
    out = list(line[:1])
    for a, b in itertools.pairwise(line):
        count = 1 if abs(a[1] - b[1]) > 180 else max(1, math.ceil(distance_m(a, b) / step_m))
        out += [
            b if k == count else (a[0] + (b[0] - a[0]) * k / count, a[1] + (b[1] - a[1]) * k / count)
            for k in range(1, count + 1)
        ]
    return out


def _along_m(line: Sequence[LatLon], place: LatLon) -> float:
    """How far along the line the place on it lies."""
    best, along, walked = math.inf, 0.0, 0.0
    for a, b in itertools.pairwise(line):
        between = distance_m(a, place) + distance_m(place, b) - distance_m(a, b)
        if between < best - 1e-3:
            best, along = between, walked + distance_m(a, place)
        walked += distance_m(a, b)
    return along


def _without_ends(trace: Trace, circles: Sequence[Circle]) -> Trace:
    cut = _Cut(trace, circles)
    shown = [each for each in trace.inferred if not cut.hides((each.lat, each.lon))]
    renumbered = [replace(each, leg=cut.leg_numbers.get(each.leg) if each.leg is not None else None) for each in shown]
    hidden = {
        fix.asset_id
        for fix in trace.fixes
        if fix.lat is not None and fix.lon is not None and cut.hides((fix.lat, fix.lon))
    }
    stops = [replace(s, asset_ids=tuple(i for i in s.asset_ids if i not in hidden)) for s in cut.stops]
    return replace(
        trace,
        stops=tuple(stops),
        legs=tuple(cut.legs),
        inferred=tuple(each for each in renumbered if each.asset_id not in hidden),
        unplaced=(),
    )


def _path_only(trace: Trace) -> Trace:
    legs = tuple(replace(leg, vias=(), reason=None, mode_chosen=False, duration_s=0.0) for leg in trace.legs)
    bare = [replace(stop, asset_ids=(), name=None, emoji=None) for stop in trace.stops]
    return replace(trace, stops=tuple(_even(bare, legs)), legs=legs, inferred=(), unplaced=(), fixes=())


def _even(stops: Sequence[Stop], legs: Sequence[Leg]) -> list[Stop]:
    """The stops at instants that say nothing but the days: as far along the time as along the path."""
    if not stops:
        return []
    first, last = _midnight(stops[0].start), _midnight(stops[-1].end) + timedelta(days=1)
    whole_m = sum(leg.distance_m for leg in legs) or 1.0
    reached_m = {leg.to_stop: leg.distance_m for leg in legs}
    out, along_m = [], 0.0
    for stop in stops:
        along_m += reached_m.get(stop.index, 0.0)
        at = first + (last - first) * (along_m / whole_m)
        out.append(replace(stop, start=at, end=at))
    return out


def _midnight(instant: datetime) -> datetime:
    return instant.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
