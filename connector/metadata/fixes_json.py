"""Fixes as JSON: the input of the bare engine."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from connector.metadata.fix import Fix
from connector.metadata.said import impossible, iso


class BadFixes(ValueError):
    """The JSON is not a list of fixes; ``problems`` holds what is wrong, one sentence each."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


def read_fixes(said: Any) -> tuple[Fix, ...]:
    """The fixes of ``{"fixes": [{"id", "time", "lat", "lon", "accuracy_m", ...}]}``; unknown members are ignored.

    Raises:
        BadFixes: with everything that is wrong (at most twenty sentences).
    """
    entries = said.get("fixes") if isinstance(said, dict) else None
    if not isinstance(entries, list):
        raise BadFixes(['expected an object with a list "fixes"'])
    fixes: list[Fix] = []
    problems: list[str] = []
    seen: set[str] = set()
    for n, entry in enumerate(entries):
        try:
            fix = _fix(entry)
            if fix.asset_id in seen:
                problems.append(f"fix {n}: the id {fix.asset_id!r} is there twice")
            seen.add(fix.asset_id)
            fixes.append(fix)
        except (TypeError, ValueError, OverflowError) as error:
            problems.append(f"fix {n}: {error}")
    if problems:
        raise BadFixes(problems[:20] + ([f"and {len(problems) - 20} more"] if len(problems) > 20 else []))
    return tuple(fixes)


def _fix(entry: Any) -> Fix:
    if not isinstance(entry, dict) or not isinstance(entry.get("id"), str):
        raise TypeError('it must be an object with a text "id"')
    if not entry["id"]:
        raise ValueError("its id is empty")
    lat, lon = _number(entry, "lat", 90.0), _number(entry, "lon", 180.0)
    if (lat is None) != (lon is None):
        raise ValueError("it has only one of lat and lon")
    if lat == 0.0 and lon == 0.0:
        lat = lon = None
    return Fix(
        asset_id=entry["id"],
        instant=_instant(entry.get("time")),
        wall=_wall(entry.get("wall_time")),
        lat=lat,
        lon=lon,
        altitude_m=_number(entry, "altitude_m"),
        accuracy_m=_number(entry, "accuracy_m"),
        direction_deg=_number(entry, "direction_deg"),
        speed_mps=_number(entry, "speed_mps"),
        camera=_text(entry, "camera"),
    )


def _text(entry: Mapping[str, Any], name: str) -> str | None:
    value = entry.get(name)
    if value is not None and not isinstance(value, str):
        raise TypeError(f"{name} must be a text, not {value!r}")
    return value


def _number(entry: Mapping[str, Any], name: str, limit: float = math.inf) -> float | None:
    value = entry.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise TypeError(f"{name} must be a number, not {value!r}")
    if abs(value) > limit:
        raise ValueError(f"{name} must lie within -{limit:g} and {limit:g}, not {value!r}")
    return float(value)


def _instant(text: Any) -> datetime | None:
    if text is None:
        return None
    found = iso(text)
    if found.tzinfo is None:
        raise ValueError(f"time must name its offset (or be given as wall_time): {text!r}")
    wrong = impossible(found)
    if wrong is not None:
        raise ValueError(f"time {text!r} {wrong}")
    return found.astimezone(UTC)


def _wall(text: Any) -> datetime | None:
    if text is None:
        return None
    found = iso(text)
    if found.tzinfo is not None:
        raise ValueError(f"wall_time must not name an offset: {text!r}")
    wrong = impossible(found)
    if wrong is not None:
        raise ValueError(f"wall_time {text!r} {wrong}")
    return found
