"""Photos that a person put where they are: whatever is against that, they are drawn there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from connector.metadata.fix import Fix
from connector.routing.pool import open_routers
from connector.trace.build import build
from connector.trace.edits import Edit, Logged, Move, MoveSeveral, Revert
from connector.trace.model import Trace
from connector.trace.shape import LatLon, distance_m
from connector.trace.ways import Routers
from tests.tiny_network import crossing
from tests.trace.written import LAT, LON, M_PER_DEGREE, NoMaps, photo, recording, walk

MOVED = "p3"


@pytest.fixture(scope="module")
def town(tiny_maps: Path) -> Iterator[Routers]:
    with open_routers(tiny_maps) as routers:
        yield routers


def away(north_m: float) -> LatLon:
    return LAT + north_m / M_PER_DEGREE, LON


def minutes_apart(places: Sequence[LatLon]) -> list[Fix]:
    return [photo(f"p{n}", 60 * n, place) for n, place in enumerate(places)]


def stroll(count: int = 8) -> list[Fix]:
    """A photo every minute, 80 m apart."""
    return minutes_apart([away(80.0 * n) for n in range(count)])


def with_edits(fixes: Sequence[Fix], routers: Routers | NoMaps, *edits: Edit, **more: object) -> Trace:
    log = [Logged(seq=n, edit=edit) for n, edit in enumerate(edits, 1)]
    return build(fixes, routers, log=log, **more)  # type: ignore[arg-type]  # the options of build


def is_at(trace: Trace, asset_id: str, place: LatLon) -> bool:
    return any(asset_id in stop.asset_ids and distance_m((stop.lat, stop.lon), place) < 50 for stop in trace.stops)


def unplaced(trace: Trace) -> list[str]:
    return [each.asset_id for each in trace.unplaced]


def test_it_stays_where_nobody_gets_to_in_time() -> None:
    """Five kilometres off, and the photos beside it are taken a minute before and after."""
    trace = with_edits(stroll(), NoMaps(), move := Move(asset=MOVED, lat=away(5000)[0], lon=LON))
    assert is_at(trace, MOVED, (move.lat, move.lon))
    assert (unplaced(trace), trace.not_applying) == ([], ())
    assert len(trace.stops) == 8


def test_it_stays_where_the_roads_do_not_lead_in_time(town: Routers) -> None:
    fixes = minutes_apart([crossing(row, 5) for row in range(8)])
    trace = with_edits(fixes, town, Move(asset=MOVED, lat=(far := crossing(19, 19))[0], lon=far[1]))
    assert is_at(trace, MOVED, far)
    assert unplaced(trace) == []


def test_a_guess_that_was_accepted_stays() -> None:
    """It said no place before."""
    fixes = [replace(fix, lat=None, lon=None) if fix.asset_id == MOVED else fix for fix in stroll()]
    place = away(5000)
    trace = with_edits(fixes, NoMaps(), MoveSeveral(moves=(Move(asset=MOVED, lat=place[0], lon=place[1]),)))
    assert is_at(trace, MOVED, place)


def test_it_stays_though_a_recording_was_elsewhere() -> None:
    recordings = [recording(walk(30))]
    place = away(9000)
    moved = with_edits(stroll(), NoMaps(), Move(asset=MOVED, lat=place[0], lon=place[1]), recordings=recordings)
    assert is_at(moved, MOVED, place)
    never = [replace(fix, lat=place[0], lon=place[1]) if fix.asset_id == MOVED else fix for fix in stroll()]
    assert unplaced(with_edits(never, NoMaps(), recordings=recordings)) == [MOVED]


def test_those_stay_that_are_in_another_world() -> None:
    """Thirty of them, each among photos that nobody gets to from there."""
    fixes, place = stroll(200), away(300_000)
    moves = tuple(Move(asset=f"p{n}", lat=place[0], lon=place[1]) for n in range(5, 155, 5))
    trace = with_edits(fixes, NoMaps(), MoveSeveral(moves=moves))
    assert all(is_at(trace, move.asset, place) for move in moves)
    assert unplaced(trace) == []


def test_the_photos_beside_it_are_judged_as_they_were() -> None:
    false, place = away(-9000), away(5000)
    fixes = [replace(fix, lat=false[0], lon=false[1]) if fix.asset_id in ("p1", "p5") else fix for fix in stroll()]
    assert unplaced(with_edits(fixes, NoMaps())) == ["p1", "p5"]
    for beside in ("p0", "p4"):
        trace = with_edits(fixes, NoMaps(), Move(asset=beside, lat=place[0], lon=place[1]))
        assert is_at(trace, beside, place)
        assert unplaced(trace) == ["p1", "p5"]


def test_what_was_taken_back_counts_no_more() -> None:
    false, place = away(5000), away(5100)
    fixes = [replace(fix, lat=false[0], lon=false[1]) if fix.asset_id == MOVED else fix for fix in stroll()]
    move = Move(asset=MOVED, lat=place[0], lon=place[1])
    assert unplaced(with_edits(fixes, NoMaps(), move)) == []
    assert unplaced(with_edits(fixes, NoMaps(), move, Revert(seq=1))) == [MOVED]
