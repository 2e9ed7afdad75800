"""A position some hundred metres off is told by the roads and the time, and only by them."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connector.metadata.fix import Fix
from connector.routing.pool import open_routers
from connector.trace.build import build
from connector.trace.clean import sightings, without_outliers
from connector.trace.doubts import doubted
from connector.trace.edits import Logged, Move
from connector.trace.model import Trace
from connector.trace.shape import LatLon, distance_m
from connector.trace.stops import places
from connector.trace.ways import Routers, Ways
from tests.tiny_network import crossing, street_between
from tests.trace.written import NoMaps

START = datetime(2026, 5, 1, 8, tzinfo=UTC)
WALK_MPS = 1.35
FALSE = 5
FALSE_AT = crossing(FALSE, 7)
"""Two blocks beside the walk: three blocks there and three on, in the time of two."""


@pytest.fixture(scope="module")
def town(tiny_maps: Path) -> Iterator[Routers]:
    with open_routers(tiny_maps) as routers:
        yield routers


def walk(*, at_false: LatLon, waited_s: float = 0.0, error_m: float = 0.0) -> list[Fix]:
    """A photo at every crossing of a walk north, but for one; ``waited_s``: more time before and after that one."""
    rng = random.Random(7)
    corners = [crossing(row, 5) for row in range(11)]
    seen: list[tuple[float, LatLon]] = []
    t = 0.0
    for n, (lat, lon) in enumerate(corners):
        t += 220 / WALK_MPS + (waited_s if n in (FALSE, FALSE + 1) else 0.0)
        noisy = (lat + rng.gauss(0, error_m) / 111_195, lon + rng.gauss(0, error_m) / 74_400)
        seen.append((t, at_false if n == FALSE else noisy))
    return photos(seen)


def photos(seen: Sequence[tuple[float, LatLon]]) -> list[Fix]:
    return [
        Fix(asset_id=f"p{n}", instant=START + timedelta(seconds=t), lat=lat, lon=lon, accuracy_m=10.0)
        for n, (t, (lat, lon)) in enumerate(seen)
    ]


def unplaced(trace: Trace) -> list[str]:
    return [each.asset_id for each in trace.unplaced]


def test_a_photo_nobody_could_walk_to_in_time_is_listed_and_does_not_bend_the_way(town: Routers) -> None:
    fixes = walk(at_false=FALSE_AT, error_m=5.0)
    assert without_outliers(sightings(fixes))[1] == []  # no leap by itself: a bicycle gets there
    trace = build(fixes, town)
    assert unplaced(trace) == [f"p{FALSE}"]
    assert "cannot be true" in trace.unplaced[0].reason
    assert sum(leg.distance_m for leg in trace.legs) == pytest.approx(2200, rel=0.1)


def test_with_the_time_to_get_there_it_was_a_visit(town: Routers) -> None:
    there_s = (distance_m(crossing(FALSE, 5), FALSE_AT) + 220) / WALK_MPS
    trace = build(walk(at_false=FALSE_AT, waited_s=there_s), town)
    assert unplaced(trace) == []
    assert sum(leg.distance_m for leg in trace.legs) > 2900


def test_who_hurries_a_little_was_there(town: Routers) -> None:
    there_s = (distance_m(crossing(FALSE, 5), FALSE_AT) + 220) / WALK_MPS
    assert unplaced(build(walk(at_false=FALSE_AT, waited_s=0.2 * there_s), town)) == []


def test_the_photo_before_a_false_position_is_not_taken_for_it(town: Routers) -> None:
    """From where it leads back, the last true photo lies off the way as well."""
    assert unplaced(build(walk(at_false=crossing(2, 7)), town)) == [f"p{FALSE}"]


def test_a_place_off_the_roads_is_no_reason(town: Routers) -> None:
    """A walk up a hill 400 m from the nearest road, with the time it takes, is drawn."""
    hill = crossing(FALSE, 10)[0], crossing(FALSE, 10)[1] + 400 / 74_400
    there_s = (distance_m(crossing(FALSE, 5), hill) + 220) / WALK_MPS
    assert unplaced(build(walk(at_false=hill, waited_s=there_s), town)) == []


def test_a_photo_put_there_by_hand_is_trusted(town: Routers) -> None:
    fixes = walk(at_false=crossing(FALSE, 5))
    moved = Logged(seq=1, edit=Move(asset=f"p{FALSE}", lat=FALSE_AT[0], lon=FALSE_AT[1]))
    assert unplaced(build(fixes, town, log=[moved])) == []


def test_photos_of_one_false_position_are_refused_together(town: Routers) -> None:
    """A camera that knows no better repeats its last position; nobody is known to have stayed there for that."""
    fixes = walk(at_false=FALSE_AT)
    again = replace(fixes[FALSE], asset_id="again", instant=(fixes[FALSE].instant or START) + timedelta(seconds=90))
    assert sorted(unplaced(build([*fixes, again], town))) == ["again", f"p{FALSE}"]


def test_who_takes_photos_there_for_more_than_a_minute_was_there(town: Routers) -> None:
    """The positions differ, as they do where a camera measures each."""
    fixes = walk(at_false=FALSE_AT)

    def with_another(after_s: float) -> list[str]:
        instant = (fixes[FALSE].instant or START) + timedelta(seconds=after_s)
        again = replace(fixes[FALSE], asset_id="again", lat=FALSE_AT[0] + 5 / 111_195, instant=instant)
        return sorted(unplaced(build([*fixes, again], town)))

    assert with_another(50) == ["again", f"p{FALSE}"]
    assert with_another(70) == []


def test_without_a_map_only_a_leap_is_refused() -> None:
    far = walk(at_false=(FALSE_AT[0], FALSE_AT[1] + 0.2))
    twice = [*far, replace(far[FALSE], asset_id="again", instant=(far[FALSE].instant or START) + timedelta(seconds=5))]
    assert doubted(places(sightings(twice)), NoMaps(), Ways()) == {f"p{FALSE}", "again"}
    assert doubted(places(sightings(walk(at_false=FALSE_AT))), NoMaps(), Ways()) == frozenset()


def test_where_many_are_in_doubt_none_is(town: Routers, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then it is a clock, or two parties."""
    corners = street_between((0, 2), (10, 8))
    seen = [(n * 160.0, (lat, lon + (0.006 if n in (4, 12) else 0.0))) for n, (lat, lon) in enumerate(corners)]
    found = places(sightings(photos(seen)))
    assert doubted(found, town, Ways()) == {"p4", "p12"}
    monkeypatch.setattr("connector.trace.doubts._FEW", 1)
    assert doubted(found, town, Ways()) == frozenset()


def test_who_strolls_gets_anywhere(town: Routers) -> None:
    """However long the roads are: no map knows all paths."""
    slow = [(600.0 * n, crossing(5, 0) if n % 2 else crossing(5, 1)) for n in range(3)]
    asked = Ways()
    assert doubted(places(sightings(photos(slow))), town, asked) == frozenset()
    assert asked.asked == 0
