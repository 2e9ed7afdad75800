"""Which positions are thrown out because nobody gets there and back in time, and which are not."""

from __future__ import annotations

import math

import pytest

from connector.trace.clean import sightings, without_outliers
from tests.trace.written import LAT, LON, M_PER_DEGREE, photo

Seen = tuple[float, float, float]
"""Seconds after the start, metres east and north."""


def _thrown_out(*seen: Seen, accuracy_m: float = 10.0) -> list[int]:
    """Numbers of the photos whose positions cannot be true."""
    stretch = math.cos(math.radians(LAT))
    fixes = [
        photo(f"{n}", t, (LAT + north_m / M_PER_DEGREE, LON + east_m / M_PER_DEGREE / stretch), accuracy_m=accuracy_m)
        for n, (t, east_m, north_m) in enumerate(seen)
    ]
    return sorted(int(each.asset_id) for each in without_outliers(sightings(fixes))[1])


@pytest.mark.parametrize(
    ("seen", "out"),
    [
        pytest.param([(0, 0, 0), (60, 1200, 2750), (120, 2400, 0)], [1], id="off a train at 50 m/s"),
        pytest.param([(0, 0, 0), (120, 1200, 2750), (240, 2400, 0)], [], id="a car goes round at 25 m/s"),
        pytest.param([(0, 0, 0), (150, 0, 1000), (300, 100, 0)], [1], id="off a walk at 7 m/s"),
        pytest.param([(0, 0, 0), (300, 0, 1000), (600, 100, 0)], [], id="a walker runs to see something"),
        pytest.param([(0, 0, 0), (10, 0, 600), (410, 10, 0)], [1], id="600 m within seconds"),
        pytest.param([(0, 0, 0), (40, 0, 600), (410, 10, 0)], [], id="600 m in a car"),
        pytest.param([(0, 0, 0), (1, 0, 140), (2, 0, 0)], [], id="as near as positions err"),
    ],
)
def test_a_position_nobody_gets_to_in_time_is_thrown_out(seen: list[Seen], out: list[int]) -> None:
    assert _thrown_out(*seen) == out


def test_a_vague_position_may_err_by_more() -> None:
    seen: list[Seen] = [(0, 0, 0), (5, 0, 290), (10, 0, 0)]

    assert (_thrown_out(*seen), _thrown_out(*seen, accuracy_m=50)) == ([1], [])


def test_two_false_positions_in_a_row_are_both_thrown_out() -> None:
    assert _thrown_out((0, 0, 0), (60, 0, 9000), (120, 9000, 0), (180, 100, 0), (240, 200, 0)) == [1, 2]


def test_a_leap_by_air_that_is_taken_back_at_once_is_a_false_position() -> None:
    assert _thrown_out((0, 0, 0), (600, 100, 0), (1200, 0, 800_000), (1800, 200, 0), (2400, 300, 0)) == [2]


def test_a_flight_is_none() -> None:
    there: list[Seen] = [(9000, 0, 800_000), (9600, 100, 800_000)]

    assert _thrown_out((0, 0, 0), (600, 100, 0), *there, (20_000, 200, 0)) == []
