"""The trace as GeoJSON (RFC 7946), the output of the bare engine."""

from __future__ import annotations

from typing import Any

from connector.trace.model import Leg, Stop, Trace
from connector.trace.shape import decode


def feature_collection(trace: Trace) -> dict[str, Any]:
    """Legs as LineString or MultiLineString, stops as Point.

    Foreign members: ``unplaced``, ``inferred``, ``suggestions``, ``not_applying``.
    """
    return {
        "type": "FeatureCollection",
        "features": [*map(_leg, trace.legs), *map(_stop, trace.stops)],
        "unplaced": [{"id": each.asset_id, "reason": each.reason} for each in trace.unplaced],
        "inferred": [
            {
                "id": each.asset_id,
                "leg": each.leg,
                "lat": each.lat,
                "lon": each.lon,
                "seconds_to_fix": each.seconds_to_fix,
            }
            for each in trace.inferred
        ],
        "suggestions": [
            {"kind": each.kind, "text": each.text, "camera": each.camera, "seconds": each.seconds}
            for each in trace.suggestions
        ],
        "not_applying": list(trace.not_applying),
    }


def _leg(leg: Leg) -> dict[str, Any]:
    lines = [[[lon, lat] for lat, lon in decode(shape)] for shape in leg.shapes]
    geometry = (
        {"type": "LineString", "coordinates": lines[0]}
        if len(lines) == 1
        else {"type": "MultiLineString", "coordinates": lines}
    )
    properties = {
        "kind": "leg",
        "index": leg.index,
        "from_stop": leg.from_stop,
        "to_stop": leg.to_stop,
        "mode": leg.mode,
        "how": leg.how,
        "confidence": round(leg.confidence, 4),
        "distance_m": round(leg.distance_m, 1),
        "duration_s": leg.duration_s,
    }
    if leg.reason is not None:
        properties["reason"] = leg.reason
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _stop(stop: Stop) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [round(stop.lon, 6), round(stop.lat, 6)]},
        "properties": {
            "kind": "stop",
            "index": stop.index,
            "photos": list(stop.asset_ids),
            "start": stop.start.isoformat(),
            "end": stop.end.isoformat(),
            "name": stop.name,
        },
    }
