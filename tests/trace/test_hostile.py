"""Albums that nobody took: bounded time and memory, every photo accounted for, and clear words."""

from __future__ import annotations

import random
import resource
import time
from collections.abc import Callable, Sequence

import pytest

from connector.metadata.clock import settle
from connector.metadata.fix import Fix
from connector.trace.build import build
from connector.trace.edits import Exclude, Logged
from connector.trace.model import Trace
from tests.trace.written import NoMaps, photo, place, recording, walk

MANY = 50_000
CPU_S = 30.0
MORE_MEMORY_MB = 400


def _random_places(count: int) -> list[tuple[float, float]]:
    rng = random.Random(1)
    return [(rng.uniform(-89, 89), rng.uniform(-180, 180)) for _ in range(count)]


ALBUMS: dict[str, Callable[[], list[Fix]]] = {
    "at one instant, all over a region": lambda: [
        photo(f"p{n}", 0, (47 + (n % 977) / 1000, 9 + (n % 499) / 1000)) for n in range(MANY)
    ],
    "at one place": lambda: [photo(f"p{n}", n, (47.1, 9.5)) for n in range(MANY)],
    "at one place and instant": lambda: [photo(f"p{n}", 0, (47.1, 9.5)) for n in range(MANY)],
    "20,000 km apart each second": lambda: [
        photo(f"p{n}", n, (10.0, 0.1) if n % 2 else (-10.0, -179.9)) for n in range(MANY)
    ],
    "anywhere on earth each second": lambda: [photo(f"p{n}", n, at) for n, at in enumerate(_random_places(MANY))],
    "none with a place": lambda: [photo(f"p{n}", n) for n in range(MANY)],
    "two with a place": lambda: [
        photo("first", -5, (47.0, 9.1)),
        *(photo(f"p{n}", n) for n in range(MANY)),
        photo("last", MANY + 9, (47.1, 9.3)),
    ],
    "none with a time": lambda: [photo(f"p{n}", 0, (47.1, 9.5), instant=None) for n in range(MANY)],
    "of five thousand cameras": lambda: [
        photo(f"p{n}", n, (47 + n * 1e-5, 9.5), camera=f"camera {n % 5000}") for n in range(MANY)
    ],
    "at the poles and on the date line": lambda: [
        photo(f"p{n}", n * 3600, (90.0 - (n % 3) * 90, 180.0 - (n % 2) * 360)) for n in range(2000)
    ],
}  # fmt: skip


def _accounted_for(trace: Trace, fixes: Sequence[Fix]) -> bool:
    placed = [asset_id for stop in trace.stops for asset_id in stop.asset_ids]
    placed += [each.asset_id for each in (*trace.inferred, *trace.unplaced)]
    return sorted(placed) == sorted(fix.asset_id for fix in fixes)


@pytest.mark.slow
@pytest.mark.parametrize("album", ALBUMS)
def test_fifty_thousand_photos(album: str) -> None:
    fixes = ALBUMS[album]()
    before_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    began = time.process_time()
    trace = build(settle(fixes), NoMaps())

    assert time.process_time() - began < CPU_S
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - before_mb < MORE_MEMORY_MB
    assert _accounted_for(trace, fixes)
    assert all(each.reason.strip() for each in trace.unplaced)


def test_an_album_of_two_worlds_keeps_the_one_that_holds_together() -> None:
    walked = [photo(f"a{n}", n * 60, place(n * 60)) for n in range(100)]
    friends = [photo(f"b{n}", n * 60 + 20, (-33.8 + n * 1e-4, 151.2)) for n in range(60)]
    trace = build([*walked, *friends], NoMaps())

    assert {each.asset_id for each in trace.unplaced} == {fix.asset_id for fix in friends}
    assert "nobody is at two places at once" in trace.unplaced[0].reason


def test_one_flight_with_a_wrong_clock_keeps_both_ends() -> None:
    here = [photo(f"a{n}", n * 60, place(n * 60)) for n in range(30)]
    there = [photo(f"b{n}", 2400 + n * 60, (40.7 + n * 1e-3, -74.0)) for n in range(30)]
    trace = build([*here, *there], NoMaps())

    assert trace.unplaced == ()


def test_ten_thousand_photos_without_place_are_placed_in_a_moment() -> None:
    located = [photo(f"a{n}", n * 60, place(n * 60)) for n in range(0, 1000, 5)]
    bare = [photo(f"b{n}", n * 5.9 + 1) for n in range(10_000)]
    began = time.process_time()
    trace = build([*located, *bare], NoMaps())

    assert time.process_time() - began < 5
    assert len(trace.inferred) == 10_000


def test_ten_thousand_photos_beside_a_long_recording() -> None:
    day = recording(walk(600, step_s=2))
    bare = [photo(f"b{n}", n * 3.6) for n in range(10_000)]
    began = time.process_time()
    trace = build(bare, NoMaps(), recordings=[day])

    assert time.process_time() - began < 8
    assert len(trace.inferred) == 10_000


def test_excluding_everything_leaves_nothing_and_says_so() -> None:
    fixes = [photo("a", 0, place(0)), photo("b", 600, place(600))]
    log = [Logged(seq=n, edit=Exclude(asset=fix.asset_id)) for n, fix in enumerate(fixes, 1)]
    trace = build(fixes, NoMaps(), log=log)

    assert (trace.stops, trace.legs) == ((), ())
    assert [each.reason for each in trace.unplaced] == ["you excluded it"] * 2
