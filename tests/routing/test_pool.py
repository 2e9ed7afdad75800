"""The pool of the router in this process: many may ask at once, few questions are answered at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from connector.routing.pool import Routers, open_routers
from connector.routing.router import Ask, Point, RouterDown
from tests.tiny_network import LAT, LON, crossing

RAILS = ((LAT - 0.003, LON), (LAT - 0.003, LON + 0.04))


@pytest.fixture(params=[1, 2, 4])
def routers(tiny_maps: Path, request: pytest.FixtureRequest) -> Iterator[Routers]:
    with open_routers(tiny_maps, threads=request.param) as opened:
        yield opened


def _ask(a: tuple[float, float], b: tuple[float, float], costing: str) -> Ask:
    points = tuple(Point(lat=lat, lon=lon, radius_m=20) for lat, lon in (a, b))
    return Ask(points=points, costing=costing)


def _questions(first: int) -> list[Ask]:
    towns = [
        _ask(crossing(n % 11, n % 7), crossing((n * 3) % 11, 10), ("auto", "pedestrian")[n % 2])
        for n in range(first, first + 60)
    ]
    return [*towns[:30], _ask(*RAILS, "train"), *towns[30:]]


def test_many_who_ask_at_once_get_their_own_answers(routers: Routers) -> None:
    router = routers.all[0]
    alone = [[router.routes([ask])[0] for ask in _questions(n)] for n in range(6)]
    together = threading.Barrier(6)

    def ask(n: int) -> bool:
        together.wait()
        return all(router.routes(_questions(n)) == alone[n] for _ in range(5))

    with ThreadPoolExecutor(6) as people:
        assert list(people.map(ask, range(6))) == [True] * 6
    assert all(route is not None for answers in alone for route in answers)


def test_a_question_that_is_refused_stops_the_others_and_nobody_waits(routers: Routers) -> None:
    router = routers.all[0]
    nowhere = _ask((95.0, 9.0), crossing(1, 1), "auto")
    with pytest.raises(RouterDown, match="refused a question"):
        router.routes([*_questions(0), nowhere, *_questions(1)])
    assert None not in router.routes(_questions(0))


def test_no_questions_no_answers(routers: Routers) -> None:
    assert routers.all[0].routes([]) == []
