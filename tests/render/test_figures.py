"""The figures of a trip: at most four, of a hike the climb."""

from __future__ import annotations

from dataclasses import replace

import pytest

from connector.render.figures import by_mode, climbed_m, count_places, distance, figures, scale_length
from connector.render.scene import Scene
from connector.render.style import Style
from connector.routing.pool import Routers
from connector.trace.model import Mode
from tests.render.scenes import scene_of, town_trip

UP_AND_DOWN = ((0.1, 400.0), (0.2, 402.0), (0.3, 400.0), (0.5, 640.0), (0.7, 630.0), (0.9, 700.0))


@pytest.fixture(scope="module")
def walk(routers: Routers) -> Scene:
    return scene_of(town_trip(26), routers)


def recorded(scene: Scene, heights: tuple[tuple[float, float], ...]) -> Scene:
    """The scene with those heights on its second leg."""
    legs = tuple(replace(leg, heights=heights) if leg.index == 1 else leg for leg in scene.trace.legs)
    return replace(scene, trace=replace(scene.trace, legs=legs))


def labels(scene: Scene) -> list[str]:
    return [figure.label for figure in figures(scene)]


def test_stops_beside_each_other_are_one_place(walk: Scene) -> None:
    first = walk.trace.stops[0]

    def places(off_m: float) -> int:
        stops = tuple(
            replace(stop, lat=first.lat + n * off_m / 111_195, lon=first.lon)
            for n, stop in enumerate(walk.trace.stops[:3])
        )
        return count_places(replace(walk, trace=replace(walk.trace, stops=stops)))

    assert [places(off_m) for off_m in (10, 100, 240, 260)] == [1, 1, 2, 3]


def test_a_mode_of_a_few_steps_is_not_told(walk: Scene) -> None:
    legs = [
        replace(leg, mode=mode, distance_m=metres)
        for leg, mode, metres in zip(
            walk.trace.legs, (Mode.CAR, Mode.WALK, Mode.BICYCLE), (9_600, 150, 250), strict=False
        )
    ]
    told = by_mode(replace(walk, trace=replace(walk.trace, legs=tuple(legs))))

    assert [(mode, metres) for mode, metres, _ in told] == [(Mode.CAR, 9_600), (Mode.BICYCLE, 250)]


def test_of_a_hike_the_climb_is_told(walk: Scene) -> None:
    hike = recorded(walk, UP_AND_DOWN)
    assert climbed_m(hike.trace.legs) == 310, "two metres are no climb, and what went down is climbed again"
    assert labels(hike) == ["Distance", "On the way", "Ascent", "Photos"]
    assert figures(hike)[2].value == "310 m"
    imperial = replace(hike, style=Style(units="imperial"), lang="de")
    assert (figures(imperial)[2].value, figures(imperial)[2].label) == ("1.020 ft", "Aufstieg")


def test_what_was_spent_at_a_stop_was_not_spent_on_the_way(walk: Scene) -> None:
    legs = tuple(replace(leg, duration_s=1200.0 if leg.index < 6 else 0.0) for leg in walk.trace.legs)
    told = figures(replace(walk, trace=replace(walk.trace, legs=legs)))[1]
    assert (told.value, told.label) == ("2 h", "On the way")
    still = tuple(replace(leg, duration_s=0.0) for leg in walk.trace.legs)
    assert "On the way" not in labels(replace(walk, trace=replace(walk.trace, legs=still)))


def test_elsewhere_the_places_are(walk: Scene) -> None:
    assert labels(walk) == ["Distance", "On the way", "Places", "Photos"]
    assert labels(recorded(walk, ((0.2, 400.0), (0.8, 460.0)))) == labels(walk), "sixty metres are no climb"


@pytest.mark.parametrize("units", ["metric", "imperial"])
def test_the_bar_of_the_map_is_as_long_as_it_says(units: str) -> None:
    per = {"m": 1.0, "km": 1000.0, "ft": 0.3048, "mi": 1609.344}
    for at_most_m in (30.0, 100.0, 304.8, 400.0, 609.6, 700.0, 1000.0, 1600.0, 1609.344, 5000.0, 90_000.0, 2e6):
        bar_m = scale_length(at_most_m, units)
        number, unit = distance(bar_m, units, "en").replace(",", "").split()
        assert bar_m <= at_most_m * 1.001
        assert float(number) * per[unit] == pytest.approx(bar_m, rel=0.001), at_most_m
        assert number.strip("0.")[0] in "125"


def test_one_photo_of_a_longer_way_has_its_distance(town: tuple[Scene, object]) -> None:
    """A link that hides the ends may leave one photo, and marks where the way was cut."""
    scene, _ = town
    (kept,) = scene.trace.stops[2].asset_ids[:1]
    left = replace(scene, photos={kept: scene.photos[kept]})
    assert next(each.label for each in figures(left)) == "Distance"
    assert len(figures(left)) <= 4
    assert not any("°" in each.value for each in figures(left))
