"""An album in which people are in several places at once, and one in which a few positions are false."""

from __future__ import annotations

from collections.abc import Sequence

from connector.trace.clean import sightings
from connector.trace.worlds import one_world
from tests.trace.written import LAT, LON, photo

FAR = 10.0
"""Degrees: nobody gets there within seconds."""


def _elsewhere(places: Sequence[int]) -> set[int]:
    """Of photos ten seconds apart, each so many times ``FAR`` off: the numbers of those that are left out."""
    fixes = [photo(f"{n}", n * 10.0, (LAT, LON + FAR * place)) for n, place in enumerate(places)]
    kept, others = one_world(sightings(fixes))
    assert len(kept) + len(others) == len(fixes)
    return {int(each.asset_id) for each in others}


def test_of_two_parties_that_are_far_apart_the_one_with_more_photos_is_kept() -> None:
    places = [1, *[0, 0, 1] * 20]

    assert _elsewhere(places) == {n for n, place in enumerate(places) if place == 1}


def test_a_few_leaps_are_seen_to_one_by_one() -> None:
    assert _elsewhere([1 if n % 10 == 5 else 0 for n in range(99)]) == set()
    assert _elsewhere([1 if n % 40 == 5 else 0 for n in range(600)]) == set(), "of many photos a tenth may leap"
