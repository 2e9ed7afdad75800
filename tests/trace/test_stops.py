"""Which photos make one stop, how near to it a road has to be, and which legs tell the mode together."""

from __future__ import annotations

import itertools

import pytest

from connector.trace.clean import sightings
from connector.trace.spans import gap_between, spans
from connector.trace.stops import Place, places
from tests.trace.written import LAT, LON, M_PER_DEGREE, photo


def _places(*seen: tuple[float, float], accuracy_m: float = 10.0) -> list[Place]:
    """Of photos so many seconds after the start and so many metres north."""
    fixes = [
        photo(f"p{n}", t, (LAT + north_m / M_PER_DEGREE, LON), accuracy_m=accuracy_m)
        for n, (t, north_m) in enumerate(seen)
    ]
    return places(sightings(fixes))


@pytest.mark.parametrize(
    ("seconds", "metres", "stops"),
    [(60, 8, 1), (15, 25, 1), (100, 25, 1), (60, 25, 2), (100, 35, 2), (3600, 35, 2)],
)
def test_photos_of_one_place_are_one_stop_unless_somebody_walks_on(seconds: float, metres: float, stops: int) -> None:
    assert len(_places((0, 0), (seconds, metres))) == stops


@pytest.mark.parametrize(
    ("accuracy_m", "waited_s", "radius_m"),
    [(20, 60, 60), (20, 900, 50), (5, 60, 20), (50, 60, 100)],
)
def test_a_road_is_looked_for_within_the_errors_of_the_place(accuracy_m: float, waited_s: float, radius_m: int) -> None:
    assert _places((0, 0), accuracy_m=accuracy_m)[0].radius_m(waited_s) == radius_m


def _spans(*seen: tuple[float, float]) -> list[tuple[int, int]]:
    found = _places(*seen)
    gaps = [gap_between(found, n, n + 1) for n, _ in enumerate(itertools.pairwise(found))]
    return [(each.first, each.last) for each in spans(found, gaps, [False] * len(gaps))]


STROLL = [(n * 40.0, n * 50.0) for n in range(7)]
"""50 m from photo to photo: three such legs say how somebody went."""


def test_short_legs_tell_the_mode_together() -> None:
    assert _spans(*STROLL) == [(0, 3), (3, 6)]


def test_a_stay_ends_what_is_told_together() -> None:
    """Who stayed may go on by another mode."""
    stayed = [(80 + s, 100.0) for s in (30.0, 60.0, 90.0)]
    later = [(t + 90, north_m) for t, north_m in STROLL[3:]]

    assert _spans(*STROLL[:3], *stayed, *later) == [(0, 2), (2, 5), (5, 6)]


def test_a_long_time_without_a_photo_is_told_by_itself() -> None:
    later = [(t + 200, north_m) for t, north_m in STROLL[3:]]

    assert _spans(*STROLL[:3], *later) == [(0, 2), (2, 3), (3, 6)]
