"""Questions and answers in Valhalla's words, the same in process and over HTTP.

Why every location carries ``search_cutoff``: without it a place far from any road is moved to the nearest
one up to 35 km away without a word.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from valhalla.midgard.utils import decode_polyline

from connector.routing.router import Ask, Point, Route

SEARCH_CUTOFF_M = 500
#: the codes that are ordinary answers: no road near, no path, too far, not matchable
NO_WAY = frozenset({154, 171, 442, 443, 444, 172})
_COSTINGS = {"pedestrian": "pedestrian", "bicycle": "bicycle", "auto": "auto", "train": "auto"}


def request(ask: Ask) -> tuple[str, dict[str, Any]]:
    """The action (``route`` or ``trace_attributes``) and its body."""
    if ask.dense:
        return "trace_attributes", _matching(ask)
    return "route", {
        "locations": [_location(point) for point in ask.points],
        "costing": _COSTINGS[ask.costing],
        "directions_type": "maneuvers" if ask.by_parts else "none",
    }


def _location(point: Point) -> dict[str, Any]:
    return {
        "lat": point.lat,
        "lon": point.lon,
        "radius": point.radius_m,
        "rank_candidates": False,
        "search_cutoff": SEARCH_CUTOFF_M,
    }


def _matching(ask: Ask) -> dict[str, Any]:
    # no times: where the map's speeds are wrong they ruin a match
    return {
        "shape": [{"lat": point.lat, "lon": point.lon} for point in ask.points],
        "costing": _COSTINGS[ask.costing],
        "shape_match": "map_snap",
        "trace_options": {
            "search_radius": min(100, max(point.radius_m for point in ask.points)),
            "gps_accuracy": 15,
            "breakage_distance": 2_000_000,
            "interpolation_distance": 0,
        },
        "filters": {"attributes": ["shape", "edge.length", "edge.speed"], "action": "include"},
    }


def answer(ask: Ask, reply: dict[str, Any]) -> Route | None:
    """The route in a reply; None when the reply holds none in one piece."""
    return _matched(reply) if ask.dense else _routed(reply)


def _routed(reply: dict[str, Any]) -> Route | None:
    trip = reply["trip"]
    summary = trip["summary"]
    route = _route(trip["legs"][0]["shape"], summary["length"] * 1000.0, float(summary["time"]))
    if not summary.get("has_ferry"):
        return route
    maneuvers = [each for leg in trip["legs"] for each in leg.get("maneuvers", ())]
    ferry_m = sum(each["length"] for each in maneuvers if each.get("ferry")) * 1000.0
    return replace(route, has_ferry=True, ferry_m=ferry_m if maneuvers else None)


def _route(shape: str, length_m: float, time_s: float) -> Route:
    points = decode_polyline(shape)
    (lon_a, lat_a), (lon_b, lat_b) = points[0], points[-1]
    return Route(
        shape=shape,
        start=(float(lat_a), float(lon_a)),
        end=(float(lat_b), float(lon_b)),
        length_m=length_m,
        time_s=time_s,
    )


def _matched(reply: dict[str, Any]) -> Route | None:
    # a gap in the match puts the rest into `alternate_paths`: such a run did not fit in one piece
    if reply.get("alternate_paths"):
        return None
    edges = reply.get("edges", [])
    if not edges or not reply.get("shape"):
        return None
    length_m = sum(edge["length"] for edge in edges) * 1000.0
    time_s = sum(edge["length"] * 3600.0 / max(1.0, edge.get("speed", 0.0)) for edge in edges)
    return _route(reply["shape"], length_m, time_s)
