"""Questions and answers in Valhalla's words, the same in process and over HTTP.

Why every location carries ``search_cutoff``: without it a place far from any road is moved to the nearest
one up to 35 km away without a word. Why answers are read into just the fields that are used: a question takes half
a millisecond, and general JSON a tenth of that.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from msgspec import DecodeError, Meta, Struct
from msgspec.json import decode, encode
from valhalla.midgard.utils import decode_polyline

from connector.routing.router import Ask, Route

SEARCH_CUTOFF_M = 500
#: the codes that are ordinary answers: no road near, no path, too far, not matchable
NO_WAY = frozenset({154, 171, 442, 443, 444, 172})
_COSTINGS = {"pedestrian": "pedestrian", "bicycle": "bicycle", "auto": "auto", "train": "auto"}


def request(ask: Ask) -> tuple[str, str]:
    """The action (``route`` or ``trace_attributes``) and its body, JSON."""
    if ask.dense:
        return "trace_attributes", _written(_matching(ask))
    locations = [_Location(point.lat, point.lon, point.radius_m) for point in ask.points]
    directions = "maneuvers" if ask.by_parts else "none"
    return "route", _written(_Question(locations, _COSTINGS[ask.costing], directions))


class _Location(Struct):
    lat: float
    lon: float
    radius: int
    rank_candidates: bool = False
    search_cutoff: int = SEARCH_CUTOFF_M


class _Question(Struct):
    locations: list[_Location]
    costing: str
    directions_type: str


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


def _written(question: object) -> str:
    return encode(question).decode()


class NotAnAnswerError(ValueError):
    """What came back is no answer of a router."""


class _Maneuver(Struct):
    length: float
    ferry: bool = False


class _Leg(Struct):
    shape: str
    maneuvers: list[_Maneuver] = []


class _Summary(Struct):
    length: float
    time: float
    has_ferry: bool = False


class _Trip(Struct):
    legs: Annotated[list[_Leg], Meta(min_length=1)]
    summary: _Summary


class _Routed(Struct):
    trip: _Trip


class _Edge(Struct):
    length: float
    speed: float = 0.0


class _Matched(Struct):
    shape: str = ""
    edges: list[_Edge] = []
    alternate_paths: list[dict[str, object]] = []


class _Refusal(Struct):
    error_code: int
    error: str = ""


class _Status(Struct):
    version: str
    tileset_last_modified: int | None = None


def answer(ask: Ask, reply: str | bytes) -> Route | None:
    """The route in a reply; None when the reply holds none in one piece.

    Raises:
        NotAnAnswerError: it is no reply of a router.
    """
    return _matched(_read(reply, _Matched)) if ask.dense else _routed(_read(reply, _Routed).trip)


def refusal(reply: bytes) -> tuple[int, str]:
    """The code and the words with which a server refuses a question.

    Raises:
        NotAnAnswerError: it is no reply of a router.
    """
    found = _read(reply, _Refusal)
    return found.error_code, found.error


def status(reply: bytes) -> str:
    """The version of a server's roads.

    Raises:
        NotAnAnswerError: it is no reply of a router.
    """
    found = _read(reply, _Status)
    return f"{found.version}-{found.tileset_last_modified}"


def _read[T](reply: str | bytes, of: type[T]) -> T:
    try:
        return decode(reply, type=of)
    except DecodeError as error:
        raise NotAnAnswerError(str(error)) from error


def _routed(trip: _Trip) -> Route | None:
    summary = trip.summary
    route = _route(trip.legs[0].shape, summary.length * 1000.0, summary.time)
    if not summary.has_ferry:
        return route
    maneuvers = [each for leg in trip.legs for each in leg.maneuvers]
    ferry_m = sum(each.length for each in maneuvers if each.ferry) * 1000.0
    return replace(route, has_ferry=True, ferry_m=ferry_m if maneuvers else None)


def _route(shape: str, length_m: float, time_s: float) -> Route:
    points = decode_polyline(shape)
    (lon_a, lat_a), (lon_b, lat_b) = points[0], points[-1]
    return Route(shape=shape, start=(lat_a, lon_a), end=(lat_b, lon_b), length_m=length_m, time_s=time_s)


def _matched(found: _Matched) -> Route | None:
    # a gap in the match puts the rest into `alternate_paths`: such a run did not fit in one piece
    if found.alternate_paths or not found.edges or not found.shape:
        return None
    length_m = sum(edge.length for edge in found.edges) * 1000.0
    time_s = sum(edge.length * 3600.0 / max(1.0, edge.speed) for edge in found.edges)
    return _route(found.shape, length_m, time_s)
