"""A camera whose clock is off is named, with the seconds and the evidence; nothing is shifted unasked."""

from __future__ import annotations

import cmath
import math
import random
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from connector.metadata.fix import Fix, TimeSource
from connector.trace.build import build
from connector.trace.clocks import suggestions
from connector.trace.edits import Clock, Logged
from connector.trace.recordings.stretches import stretches
from tests.trace.written import LAT, LON, M_PER_DEGREE, START, NoMaps, photo, place, recording, walk


def _party(late_s: float, *, photos: int = 60, sigma_m: float = 10.0, seed: int = 1) -> list[Fix]:
    """Two cameras of people who walk together, taking turns; the clock of B is late by so many seconds."""
    rng = random.Random(seed)
    times = sorted(rng.uniform(0, photos * 90) for _ in range(photos))
    fixes = []
    for n, t in enumerate(times):
        camera = rng.choice("AB")
        lat, lon = place(t, wiggle_m=200)
        at = (lat + rng.gauss(0, sigma_m) / M_PER_DEGREE, lon + rng.gauss(0, sigma_m) / M_PER_DEGREE)
        fixes.append(photo(f"p{n}", t - (late_s if camera == "B" else 0), at, camera=camera, accuracy_m=sigma_m))
    return fixes


def _offset_of_b(fixes: Sequence[Fix]) -> float | None:
    """Seconds to add to B's times, whichever camera was named."""
    found = suggestions(fixes)
    if not found:
        return None
    assert len(found) == 1
    assert found[0].seconds is not None
    return found[0].seconds if found[0].camera == "B" else -found[0].seconds


@pytest.mark.parametrize("late_s", [45, -60, 300, -1234, 3600, 10_800, -7200, 3 * 365 * 86400])
def test_the_offset_between_two_cameras(late_s: float) -> None:
    assert _offset_of_b(_party(late_s)) == pytest.approx(late_s, abs=30)


@pytest.mark.parametrize("seed", range(8))
def test_clocks_that_agree_are_left_alone(seed: int) -> None:
    assert suggestions(_party(0, seed=seed)) == ()


@pytest.mark.parametrize("photos", [2, 8, 14])
def test_few_photos_prove_nothing(photos: int) -> None:
    assert suggestions(_party(3600, photos=photos)) == ()


def _drive(late_s: float, seed: int) -> list[Fix]:
    """Two cameras in one car, a burst of photos every quarter of an hour in which both take turns."""
    rng = random.Random(seed)
    fixes = list[Fix]()
    for n in range(10):
        for camera in rng.sample("AABB", 4):
            t = n * 900 + len(fixes) % 4 * 7
            at = (47.0 + t * 8 / M_PER_DEGREE + rng.gauss(0, 5) / M_PER_DEGREE, 9.5 + 0.05 * math.sin(t / 200 + n * n))
            shown = t - (late_s if camera == "B" else 0)
            fixes.append(photo(f"d{len(fixes)}", shown, at, camera=camera, accuracy_m=5))
    return fixes


@pytest.mark.parametrize("late_s", [37, -45])
@pytest.mark.parametrize("seed", range(4))
def test_bursts_in_which_both_take_turns_tell_a_small_offset(late_s: float, seed: int) -> None:
    assert _offset_of_b(_drive(late_s, seed)) == pytest.approx(late_s, abs=15)


@pytest.mark.parametrize("seed", range(6))
def test_bursts_of_clocks_that_agree_prove_nothing(seed: int) -> None:
    assert suggestions(_drive(0, seed)) == ()


def _outing(seed: int, *, hours: float, every_s: float) -> list[Fix]:
    """Two cameras of people who stay somewhere, walk or drive on, and stay again; so long from photo to photo."""
    rng = random.Random(seed)
    fixes, t, here = list[Fix](), 0.0, 0j
    while t < hours * 3600:
        there = here + cmath.rect(rng.uniform(300, 4000), rng.uniform(0, math.tau))
        way_s = abs(there - here) / rng.choice((1.3, 1.3, 8, 12))
        for seconds, to in (rng.uniform(300, 1500), here), (way_s, there):
            after_s = rng.expovariate(1 / every_s)
            while after_s < seconds:
                seen = here + (to - here) * after_s / seconds + complex(rng.gauss(0, 10), rng.gauss(0, 10))
                at = (LAT + seen.real / M_PER_DEGREE, LON + seen.imag / M_PER_DEGREE / 0.68)
                fixes.append(photo(f"o{len(fixes)}", t + after_s, at, camera=rng.choice("AB"), accuracy_m=10))
                after_s += rng.expovariate(1 / every_s)
            t, here = t + seconds, to
    return fixes


def _astray(fixes: Sequence[Fix], seed: int) -> list[Fix]:
    """One of the positions is false."""
    rng = random.Random(seed)
    n, off = rng.randrange(len(fixes)), cmath.rect(rng.uniform(300, 3000), rng.uniform(0, math.tau)) / M_PER_DEGREE
    false = replace(fixes[n], lat=(fixes[n].lat or 0) + off.real, lon=(fixes[n].lon or 0) + off.imag / 0.68)
    return [*fixes[:n], false, *fixes[n + 1 :]]


def _stale(fixes: Sequence[Fix], seed: int) -> list[Fix]:
    """A phone without reception writes the position it had for four photos more."""
    out, own = list(fixes), [n for n, fix in enumerate(fixes) if fix.camera == "B"]
    first = random.Random(seed).randrange(len(own) - 4)
    for n in own[first + 1 : first + 5]:
        out[n] = replace(fixes[n], lat=fixes[own[first]].lat, lon=fixes[own[first]].lon)
    return out


@pytest.mark.parametrize(("seed", "hours", "every_s"), [(99, 4, 360), (169, 4, 360), (23, 6, 330)])
def test_one_false_position_makes_no_offset(seed: int, hours: float, every_s: float) -> None:
    """In each of these outings an offset fits better only for the photo that lies elsewhere."""
    assert suggestions(_astray(_outing(seed, hours=hours, every_s=every_s), seed)) == ()


@pytest.mark.parametrize(("seed", "hours", "every_s"), [(31, 4, 360), (68, 4, 360), (23, 6, 330), (31, 6, 330)])
def test_positions_that_are_repeated_make_no_offset(seed: int, hours: float, every_s: float) -> None:
    """They say where the phone was before, as if its clock were late."""
    assert suggestions(_stale(_outing(seed, hours=hours, every_s=every_s), seed)) == ()


@pytest.mark.parametrize("seed", [35, 86, 142])
def test_photos_far_apart_come_into_an_order_by_chance(seed: int) -> None:
    assert suggestions(_outing(seed, hours=12, every_s=1200)) == ()


def _round_and_round(late_s: float) -> list[Fix]:
    """They walk round a lake every quarter of an hour; the clock of B, who takes photos of two rounds, is late."""
    fixes = []
    for fix in _party(0, photos=120):
        t = (fix.instant - START).total_seconds() if fix.instant is not None else 0.0
        turn = 2 * math.pi * t / 900
        at = (47.0 + 0.003 * math.cos(turn), 9.5 + 0.004 * math.sin(turn))
        if fix.camera == "A" or 3600 < t < 5400:
            fixes.append(photo(fix.asset_id, t - (late_s if fix.camera == "B" else 0), at, camera=fix.camera))
    return fixes


@pytest.mark.parametrize("late_s", [450, 1300])
def test_an_offset_that_could_as_well_be_another_is_not_proposed(late_s: float) -> None:
    assert suggestions(_round_and_round(late_s)) == ()


def test_people_who_went_different_ways_prove_nothing() -> None:
    fixes = [replace(fix, lat=(fix.lat or 0) + (0.3 if fix.camera == "B" else 0)) for fix in _party(0)]

    assert suggestions(fixes) == ()


def test_people_who_stayed_in_one_place_prove_nothing() -> None:
    fixes = [replace(fix, lat=47.14, lon=9.52) for fix in _party(600)]

    assert suggestions(fixes) == ()


def test_the_camera_with_gps_time_is_believed() -> None:
    fixes = [
        replace(fix, time_source=TimeSource.GPS if fix.camera == "A" else TimeSource.POSITION) for fix in _party(600)
    ]
    found = suggestions(fixes)

    assert [each.camera for each in found] == ["B"]
    assert found[0].seconds == pytest.approx(600, abs=30)


def test_the_text_carries_the_evidence() -> None:
    text = suggestions([replace(f, camera=f"Kodak {f.camera}") for f in _party(7200, photos=80)])[0].text

    assert text.startswith("The clock of Kodak ")
    assert " seems to be 1 h 59 min " in text or " seems to be 2 h 00 min " in text
    assert "photos lie on the way of Kodak " in text


def _with_gps_time(*late_s: float) -> list[Fix]:
    """Photos of a camera whose clock is late by so much where they carry GPS time too, and one that carries none."""
    wall = START.replace(tzinfo=None) + timedelta(hours=2)
    timed = [
        photo(
            f"g{n}",
            n * 60,
            wall=wall + timedelta(seconds=n * 60 + late),
            utc_offset_s=7200,
            camera="A",
            time_source=TimeSource.GPS,
        )
        for n, late in enumerate(late_s)
    ]
    return [*timed, photo("b", 900, camera="A", time_source=TimeSource.POSITION)]


def test_gps_time_beside_the_clock_tells_for_the_other_photos() -> None:
    found = suggestions(_with_gps_time(90, 90, 90, 90, 90))

    assert [(each.camera, each.seconds) for each in found] == [("A", -90.0)]
    assert "1 of its photos" not in found[0].text
    assert "90 s fast: 5 of its photos carry GPS time" in found[0].text


@pytest.mark.parametrize("late_s", [(90, 90), (90, 40, 140, 60, 120), (15, 15, 15)])
def test_gps_time_of_two_photos_or_of_a_clock_that_wavers_or_is_right_tells_nothing(late_s: tuple[float, ...]) -> None:
    assert suggestions(_with_gps_time(*late_s)) == ()


def test_a_recording_tells_how_far_a_clock_is_off() -> None:
    fixes = [photo(f"p{n}", n * 200 - 95, place(n * 200), camera="A") for n in range(16)]
    found = suggestions(fixes, stretches(recording(walk(60))))

    assert [(each.camera, each.kind) for each in found] == [("A", "clock")]
    assert found[0].seconds == pytest.approx(95, abs=10)
    assert "lie on the way of walk.gpx" in found[0].text


def test_nothing_is_shifted_unasked_and_the_suggestion_goes_when_it_is_taken() -> None:
    fixes = _party(600)
    trace = build(fixes, NoMaps())
    offered = trace.suggestions[0]
    assert offered.seconds is not None
    taken = build(fixes, NoMaps(), log=[Logged(seq=1, edit=Clock(camera=offered.camera, seconds=offered.seconds))])

    assert trace.fixes == tuple(fixes)
    assert taken.suggestions == ()


def test_an_instant_of_gps_does_not_move_with_the_clock() -> None:
    by_gps = photo("a", 0, place(0), camera="A", time_source=TimeSource.GPS)
    by_clock = photo("b", 600, place(600), camera="A", time_source=TimeSource.POSITION)
    trace = build([by_gps, by_clock], NoMaps(), log=[Logged(seq=1, edit=Clock(camera="A", seconds=60))])

    assert trace.fixes[0].instant == by_gps.instant
    assert trace.fixes[1].instant == by_clock.instant + timedelta(seconds=60)


def test_a_great_album_takes_a_moment() -> None:
    began = time.process_time()
    found = suggestions(_party(600, photos=10_000))

    assert time.process_time() - began < 5
    assert found[0].seconds is not None
    assert abs(found[0].seconds) == pytest.approx(600, abs=30)


def test_too_many_cameras_are_said() -> None:
    fixes = [photo(f"p{n}", n * 60, place(n * 60), camera=f"camera {n % 40}") for n in range(400)]

    assert [each.text for each in suggestions(fixes)] == [
        "There are 40 cameras; only the clocks of the 12 with the most photos were compared."
    ]
