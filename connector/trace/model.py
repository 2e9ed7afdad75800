"""The trace and its parts: plain frozen values.

Architecture invariant: `connector.trace`, `connector.metadata` and `connector.routing` know no Flask,
database, provider, environment or clock. Values in, values out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from connector.metadata.fix import Fix


class Mode(StrEnum):
    """How somebody moved along a leg."""

    WALK = "walk"
    BICYCLE = "bicycle"
    CAR = "car"
    TRAIN = "train"
    FERRY = "ferry"
    FLIGHT = "flight"
    UNKNOWN = "unknown"


class How(StrEnum):
    """How the shape of a leg was found."""

    MATCHED = "matched"
    """Map matching: of a dense run of photos, or of a recording where a person asked for it."""
    ROUTED = "routed"
    RECORDED = "recorded"
    """Taken from a recording (GPX, ...)."""
    DIRECT = "direct"
    """A straight line or a great circle: nothing better is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """Photos at one place. ``index`` counts from 0 within one trace and is never stored in an edit."""

    index: int
    lat: float
    lon: float
    start: datetime
    """Instant of its first photo, UTC."""
    end: datetime
    asset_ids: tuple[str, ...]
    """In order of time; none where only a recording begins or ends."""
    name: str | None = None
    emoji: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ViaPoint:
    """A position somebody put on a leg.

    ``seq``: number of the edit that put it there, also after it was moved. Reverting that edit takes it away.
    """

    seq: int
    lat: float
    lon: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Leg:
    """The way between two successive stops.

    ``shapes``: polylines with 6 decimals, lat first, in order; more than one only where the antimeridian
    cuts the leg. The first starts at the from-stop and the last ends at the to-stop.
    ``confidence``: probability that the shape is right (0 to 1).
    """

    index: int
    from_stop: int
    to_stop: int
    mode: Mode
    how: How
    confidence: float
    distance_m: float
    duration_s: float
    shapes: tuple[str, ...]
    vias: tuple[ViaPoint, ...] = ()
    mode_confidence: float | None = None
    mode_chosen: bool = False
    """True: a person said so."""
    map_name: str | None = None
    reason: str | None = None
    """Why it is direct, for people."""
    recording: str | None = None
    """The name of the recording whose way it is, as recorded or led along the roads."""
    heights: tuple[tuple[float, float], ...] = ()
    """Share of the length (0 to 1, rising) and metres above the sea there, as recorded; empty: nobody measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inferred:
    """A photo without a position, placed on a leg (or at a stop, ``leg`` None) by its time."""

    asset_id: str
    lat: float
    lon: float
    seconds_to_fix: float
    """To the nearest photo or recorded point with a position: its uncertainty."""
    leg: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unplaced:
    asset_id: str
    reason: str
    """One sentence for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """Something the photos say that a person must decide, with its evidence. Never applied by itself."""

    kind: str
    """``clock``: the camera's clock seems to be off by ``seconds``. ``recording``: one was not used, and why.
    ``cameras``: not all clocks were compared."""
    text: str
    camera: str | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """Stops and legs in order of time. Every photo is in exactly one of: a stop, inferred, unplaced."""

    stops: tuple[Stop, ...] = ()
    legs: tuple[Leg, ...] = ()
    inferred: tuple[Inferred, ...] = ()
    unplaced: tuple[Unplaced, ...] = ()
    fixes: tuple[Fix, ...] = ()
    """One per photo, as the trace took them: after clocks were shifted and photos moved by edits."""
    suggestions: tuple[Suggestion, ...] = ()
    not_applying: tuple[int, ...] = ()
    """Sequence numbers of edits that wait: their photos are gone, or are not at the stops they speak of."""
