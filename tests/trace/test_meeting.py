"""Two ways that were found each for itself meet at the stop between them."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connector.metadata.fix import Fix
from connector.routing.pool import open_routers
from connector.routing.router import Ask, Router
from connector.trace.clean import sightings
from connector.trace.meeting import APART_M, Way, let_meet
from connector.trace.shape import distance_m
from connector.trace.spans import gap_between
from connector.trace.stops import Place, places
from connector.trace.travelled import candidate, point
from connector.trace.ways import Ways
from tests.tiny_network import street_between

START = datetime(2026, 5, 1, 8, tzinfo=UTC)
SIGMA_M = 30.0


@pytest.fixture(scope="module")
def router(tiny_maps: Path) -> Iterator[Router]:
    with open_routers(tiny_maps) as routers:
        yield routers.all[0]


def stops(seed: int) -> list[Place]:
    """Photos at every corner of a walk, with the errors of a phone between houses."""
    rng = random.Random(seed)
    fixes = [
        Fix(
            asset_id=f"p{n}",
            instant=START + timedelta(seconds=170 * n),
            lat=lat + rng.gauss(0, SIGMA_M) / 111_195,
            lon=lon + rng.gauss(0, SIGMA_M) / 74_400,
            accuracy_m=SIGMA_M,
        )
        for n, (lat, lon) in enumerate(street_between((1, 1), (9, 9)))
    ]
    return places(sightings(fixes))


def found_alone(at: list[Place], router: Router) -> list[Way | None]:
    out: list[Way | None] = []
    for n in range(len(at) - 1):
        gap = gap_between(at, n, n + 1)
        ask = Ask(points=(point(at[n], gap), point(at[n + 1], gap)), costing="pedestrian")
        way = candidate(router.routes([ask])[0], at[n].point, at[n + 1].point)
        assert way is not None
        out.append(Way(router, "pedestrian", ask.points[0], ask.points[1], way))
    return out


def apart(ways: list[Way | None]) -> list[int]:
    """The stops where two ways end apart."""
    neighbours = enumerate(itertools.pairwise(ways), 1)
    ends = [(n, a.found.route.end, b.found.route.start) for n, (a, b) in neighbours if a and b]
    return [n for n, end, start in ends if distance_m(end, start) > APART_M]


@pytest.mark.parametrize("seed", range(5))
def test_ways_that_end_apart_are_led_together(router: Router, seed: int) -> None:
    at = stops(seed)
    ways = found_alone(at, router)
    met = len(apart(ways))
    assert met
    asked = Ways()
    told: list[float] = []
    let_meet(at, ways, asked, told.append)
    assert apart(ways) == []
    assert asked.asked < 1.5 * met, "the other meeting is asked for only where it could be better"
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_the_meeting_place_stays_near_the_photos(router: Router) -> None:
    at = stops(7)
    ways = found_alone(at, router)
    let_meet(at, ways, Ways(), lambda _share: None)
    for place, way in zip(at[1:], ways, strict=True):
        assert way is not None
        assert distance_m(place.point, way.found.route.end) <= 4 * SIGMA_M


def test_nothing_is_asked_where_ways_meet_already(router: Router) -> None:
    at = stops(1)
    ways = found_alone(at, router)
    asked = Ways()
    let_meet(at, ways, asked, lambda _share: None)
    before = asked.asked
    let_meet(at, ways, asked, lambda _share: None)
    assert (before > 0, asked.asked) == (True, before)


def test_a_stop_beside_a_leg_without_a_way_is_left(router: Router) -> None:
    at = stops(1)
    ways = found_alone(at, router)
    n = apart(ways)[0]
    ways[n] = None
    kept = ways[n - 1]
    assert kept is not None
    end = kept.found.route.end
    let_meet(at, ways[n - 1 : n + 1], Ways(), lambda _share: None)
    assert kept.found.route.end == end
