"""The day the demo's photos tell of: where and when each was taken, and what is on it.

A walk from the station over the Esplanadi to the cathedral, a bicycle ride around the bay, and a boat to an
island before the harbour, where no road of the demo's map leads. The ways between are asked of the router, so that
the photos lie where somebody could really have stood.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from connector.routing.router import Ask, Point, Router
from connector.trace.shape import LatLon, Line

BEGIN = datetime(2026, 6, 13, 6, 40, tzinfo=UTC)
UTC_OFFSET_S = 3 * 3600
SIGMA_M = 4.0
PHONE, COMPACT = "Pocket One", "Compact X20"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """One photo to be made. ``scene`` names a picture of `connector.demo.pictures`; ``place`` None: it has no GPS."""

    number: int
    instant: datetime
    place: LatLon | None
    scene: str
    title: str
    camera: str = PHONE
    direction_deg: float | None = None
    wrong_clock: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Visit:
    """A place to come to, how (``costing`` and speed), how many photos on the way, and how many there."""

    place: LatLon
    scene: str
    title: str
    costing: str = "pedestrian"
    speed_mps: float = 1.25
    on_the_way: tuple[str, ...] = ()
    here: int = 2
    stay_s: float = 300.0


_DAY = (
    _Visit(place=(60.17085, 24.94165), scene="station", title="Central station", stay_s=240),
    _Visit(place=(60.16820, 24.94330), scene="street", title="Aleksanterinkatu", on_the_way=("street",), here=1),
    _Visit(place=(60.16745, 24.94690), scene="park", title="Esplanadi", on_the_way=("park",), here=4, stay_s=60),
    _Visit(place=(60.16775, 24.95205), scene="harbour", title="Market Square", on_the_way=("park", "street"), here=3),
    _Visit(place=(60.16935, 24.95235), scene="cathedral", title="Senate Square", here=4, stay_s=900),
    _Visit(
        place=(60.17280, 24.94700),
        scene="cafe",
        title="Kaisaniemi",
        on_the_way=("street", "park"),
        here=2,
        stay_s=2700,
    ),
    _Visit(
        place=(60.17690, 24.94890),
        scene="bridge",
        title="Long Bridge",
        costing="bicycle",
        speed_mps=4.4,
        on_the_way=("water",),
        here=2,
        stay_s=180,
    ),
    _Visit(
        place=(60.17660, 24.93760),
        scene="water",
        title="Around the bay",
        costing="bicycle",
        speed_mps=4.4,
        on_the_way=("water", "park"),
        here=2,
        stay_s=240,
    ),
    _Visit(
        place=(60.17390, 24.93830),
        scene="library",
        title="Library Oodi",
        costing="bicycle",
        speed_mps=4.0,
        here=3,
        stay_s=1500,
    ),
    _Visit(
        place=(60.16775, 24.95205),
        scene="harbour",
        title="Back at the harbour",
        costing="bicycle",
        speed_mps=4.2,
        on_the_way=("street",),
        here=2,
        stay_s=600,
    ),
)
#: after the ferry; no road of the map leads there
_ISLAND = ((60.15970, 24.95850), (60.15915, 24.96010), (60.15995, 24.96080))
_FERRY_S = 600.0


def shots(router: Router) -> tuple[Shot, ...]:
    """The photos in order of time, the same ones every time.

    Raises:
        ValueError: the router's map is not that of central Helsinki.
    """
    chance = random.Random(20260613)  # noqa: S311  # the same day for everybody, not a secret
    found = list(_numbered(_walked(router, chance), chance))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Seen:
    instant: datetime
    place: LatLon
    scene: str
    title: str
    direction_deg: float | None = None


def _walked(router: Router, chance: random.Random) -> Iterator[_Seen]:
    now = BEGIN
    yield from _stay(_DAY[0], now)
    now += timedelta(seconds=_DAY[0].stay_s)
    for before, visit in itertools.pairwise(_DAY):
        line = _way(router, before.place, visit)
        lasts_s = line.along_m[-1] / visit.speed_mps
        yield from _passing(line, visit, now, lasts_s, chance)
        now += timedelta(seconds=lasts_s)
        yield from _stay(visit, now)
        now += timedelta(seconds=visit.stay_s)
    now += timedelta(seconds=_FERRY_S)
    for n, place in enumerate(_ISLAND):
        yield _Seen(now + timedelta(seconds=n * 620), place, "island", "Valkosaari", 200.0)


def _way(router: Router, start: LatLon, visit: _Visit) -> Line:
    ends = tuple(Point(lat=lat, lon=lon, radius_m=25) for lat, lon in (start, visit.place))
    route = router.routes([Ask(points=ends, costing=visit.costing)])[0]
    if route is None:
        raise ValueError(f"the map {router.map_name!r} knows no way to {visit.title}: it is not central Helsinki")
    return Line.of([route.shape])


def _passing(line: Line, visit: _Visit, left: datetime, lasts_s: float, chance: random.Random) -> Iterator[_Seen]:
    count = len(visit.on_the_way)
    for n, scene in enumerate(visit.on_the_way, 1):
        share = (n + chance.uniform(-0.2, 0.2)) / (count + 1)
        place, ahead = line.at_share(share), line.at_share(min(1.0, share + 0.05))
        when = left + timedelta(seconds=share * lasts_s)
        yield _Seen(when, place, scene, f"To {visit.title}", _bearing_deg(place, ahead))


def _stay(visit: _Visit, reached: datetime) -> Iterator[_Seen]:
    """Photos at one place; more than three are a burst, seconds apart."""
    step_s = 4.0 if visit.here > 3 else visit.stay_s / (visit.here + 1)
    for n in range(visit.here):
        yield _Seen(reached + timedelta(seconds=20 + n * step_s), visit.place, visit.scene, visit.title)


#: what makes the library an honest one: numbers of photos without a position, of a second camera, of a clock never set
_WITHOUT_GPS = {4, 13, 22, 29}
_SECOND_CAMERA = {12, 20, 21, 28}
_WRONG_CLOCK = {20}


def _numbered(seen: Iterator[_Seen], chance: random.Random) -> Iterator[Shot]:
    for number, each in enumerate(seen, 1):
        yield Shot(
            number=number,
            instant=each.instant.replace(microsecond=0),
            place=None if number in _WITHOUT_GPS else _blurred(each.place, chance),
            scene=each.scene,
            title=each.title,
            camera=COMPACT if number in _SECOND_CAMERA else PHONE,
            direction_deg=each.direction_deg,
            wrong_clock=number in _WRONG_CLOCK,
        )


def _blurred(place: LatLon, chance: random.Random) -> LatLon:
    metres_per_degree = 111_320.0
    lat = place[0] + chance.gauss(0, SIGMA_M) / metres_per_degree
    lon = place[1] + chance.gauss(0, SIGMA_M) / (metres_per_degree * math.cos(math.radians(place[0])))
    return round(lat, 7), round(lon, 7)


def _bearing_deg(a: LatLon, b: LatLon) -> float:
    north, east = b[0] - a[0], (b[1] - a[1]) * math.cos(math.radians(a[0]))
    return math.degrees(math.atan2(east, north)) % 360
