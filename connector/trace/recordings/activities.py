"""How devices call ways of moving."""

from __future__ import annotations

from connector.trace.model import Mode

_MODES = {
    Mode.WALK: ["walking", "walk", "hiking", "hike", "running", "run", "trail_running", "on_foot"],
    Mode.BICYCLE: ["cycling", "biking", "bicycle", "ride", "mountain_biking", "in_bicycle"],
    Mode.CAR: ["driving", "car", "motorcycling", "in_passenger_vehicle", "in_vehicle", "in_car", "in_taxi", "in_bus"],
    Mode.TRAIN: ["train", "in_train", "in_subway", "in_tram"],
    Mode.FERRY: ["ferry", "in_ferry"],
    Mode.FLIGHT: ["flight", "flying"],
}
_MODE_NAMED = {name: mode for mode, names in _MODES.items() for name in names}


def mode_named(text: str | None) -> Mode | None:
    """What a device calls a way of moving, in our words; None where it says nothing we know."""
    return _MODE_NAMED.get((text or "").strip().lower().replace(" ", "_"))
