"""How devices call ways of moving."""

from __future__ import annotations

from connector.trace.model import Mode

_MODES = {
    Mode.WALK: [
        "walking", "walk", "hiking", "hike", "running", "run", "trail_running", "on_foot", "jogging", "nordic_walking",
        "casual_walking", "speed_walking", "street_running", "mountaineering", "trailrun",
    ],
    Mode.BICYCLE: [
        "cycling", "biking", "bicycle", "ride", "mountain_biking", "in_bicycle", "road_biking", "gravel_cycling",
        "gravelride", "mountainbikeride", "e_biking", "e_bike_mountain", "e_bike_fitness", "ebikeride",
        "touringbicycle", "racebike", "mtb", "e_touringbicycle", "e_racebike", "e_mtb",
    ],
    Mode.CAR: [
        "driving", "car", "motorcycling", "in_passenger_vehicle", "in_vehicle", "in_car", "in_taxi", "in_bus",
        "on_a_bus",
    ],
    Mode.TRAIN: ["train", "in_train", "in_subway", "in_tram", "on_a_train", "on_the_subway", "on_a_tram"],
    Mode.FERRY: ["ferry", "in_ferry", "on_a_ferry"],
    Mode.FLIGHT: ["flight", "flying"],
}  # fmt: skip
_MODE_NAMED = {name: mode for mode, names in _MODES.items() for name in names}


def mode_named(text: str | None) -> Mode | None:
    """What a device calls a way of moving, in our words; None where it says nothing we know."""
    return _MODE_NAMED.get((text or "").strip().lower().replace(" ", "_"))
