"""The colours along the path: of the photos, of the time, of the speed or of the way of moving.

By photos, every photo has a place on the path (`photo_knots`), and there the path has that photo's own colour, a
little livelier; in between the colours melt into each other. A photo's own colour is its dominant one as it can be
told without a download: the mean of its pixels. Among what people call dominant (the largest of so many clusters, the
fullest bin, the first of a reduced palette) the mean is never far from any, and it is all that thumbhash and blurhash
hold.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from connector.render.colour import along, blend, from_lab, lab
from connector.render.places import by_time
from connector.render.scene import Scene
from connector.render.themes import Theme
from connector.trace.model import Leg, Mode, Trace

MODES = {
    Mode.WALK: "#2f9e6e",
    Mode.BICYCLE: "#e2912b",
    Mode.CAR: "#3f78d8",
    Mode.TRAIN: "#8a5bd0",
    Mode.FERRY: "#1d9fb8",
    Mode.FLIGHT: "#d0568f",
    Mode.UNKNOWN: "#8b8f96",
}
TIMES = ("#3b4cc0", "#1f93b8", "#2fb47c", "#e9b93c", "#e2543a")
"""Early to late."""
SPEEDS = ("#2c7bb6", "#2fb47c", "#f2c14e", "#e8703a", "#c2233a")
"""Slow to fast; the scale goes by the root of the speed."""
FASTEST_MPS = 33.0
AROUND_A_STOP = 0.3
"""The part of a leg, at each of its ends, in which the photos of the stop there have their places."""
_LIVELIER = 1.4
_MOST_CHROMA = 0.16
_LIGHTNESS = (0.38, 0.82)
"""The mean of a photo is greyer than the photo looks: more chroma up to a limit, and the lightness of a line."""


@dataclass(frozen=True, slots=True)
class LegColours:
    """Colours along one leg: ``(share of its length, #rrggbb)``, from share 0 to 1, rising."""

    stops: tuple[tuple[float, str], ...]

    def at(self, share: float) -> str:
        """The colour at that share of the leg's length."""
        before = self.stops[0]
        for after in self.stops[1:]:
            if share <= after[0]:
                span = after[0] - before[0]
                return blend(before[1], after[1], (share - before[0]) / span if span else 1.0)
            before = after
        return before[1]


def path_colours(scene: Scene, theme: Theme) -> tuple[LegColours, ...]:
    """One per leg of the scene's trace."""
    trace, by = scene.trace, scene.style.colour_by
    if not theme.coloured:
        return tuple(_even(theme.line) for _ in trace.legs)
    if by == "mode":
        return tuple(_even(MODES[leg.mode]) for leg in trace.legs)
    if by == "speed":
        return tuple(_even(along(SPEEDS, _speed(leg))) for leg in trace.legs)
    if by == "time":
        return _between_stops(trace, _times(trace))
    if by == "photos":
        return photo_path(scene, theme)
    return tuple(_even(theme.line) for _ in trace.legs)


def stop_colours(scene: Scene, theme: Theme) -> tuple[str, ...]:
    """The colour of the path at every stop. A path that was cut for a share may have stops between no two legs."""
    ends: dict[int, str] = {}
    for leg, colours in zip(scene.trace.legs, path_colours(scene, theme), strict=True):
        ends.setdefault(leg.from_stop, colours.stops[0][1])
        ends[leg.to_stop] = colours.stops[-1][1]
    return tuple(ends.get(stop.index) or _alone(scene, stop.asset_ids) or theme.line for stop in scene.trace.stops)


def _alone(scene: Scene, asset_ids: Sequence[str]) -> str | None:
    shown = [scene.photos[asset_id].colour for asset_id in asset_ids if asset_id in scene.photos]
    return next((lively(colour) for colour in shown if colour), None)


def photo_colours(scene: Scene) -> tuple[str, ...]:
    """The colours of the photos in order of time, as they are: the strip below a picture."""
    placed = [each.photo for each in by_time(scene)]
    unplaced = (scene.photos.get(each.asset_id) for each in scene.trace.unplaced)
    return tuple(photo.colour for photo in placed or unplaced if photo is not None and photo.colour)


def lively(colour: str) -> str:
    """The same hue as a line: a little stronger, neither white nor black."""
    lightness, a, b = lab(colour)
    chroma = math.hypot(a, b)
    more = max(1.0, min(_LIVELIER, _MOST_CHROMA / chroma)) if chroma else 1.0
    return from_lab((_within(lightness, _LIGHTNESS), a * more, b * more))


def _within(value: float, limits: tuple[float, float]) -> float:
    return min(limits[1], max(limits[0], value))


def _even(colour: str) -> LegColours:
    return LegColours(((0.0, colour), (1.0, colour)))


def _between_stops(trace: Trace, colours: Sequence[str]) -> tuple[LegColours, ...]:
    return tuple(LegColours(((0.0, colours[leg.from_stop]), (1.0, colours[leg.to_stop]))) for leg in trace.legs)


def _speed(leg: Leg) -> float:
    return math.sqrt(min(1.0, leg.distance_m / leg.duration_s / FASTEST_MPS)) if leg.duration_s > 0 else 0.0


def _times(trace: Trace) -> list[str]:
    instants = [stop.start.timestamp() for stop in trace.stops]
    span = instants[-1] - instants[0] if instants else 0.0
    return [along(TIMES, (instant - instants[0]) / span if span else 0.0) for instant in instants]


def photo_knots(scene: Scene) -> tuple[tuple[tuple[float, str], ...], ...]:
    """Per leg the places of the photos on it: ``(share of its length, asset id)``, rising; those without a colour too.

    The photo in the middle of a stop's is at the stop itself, those before it on the way there, those after it on the
    way on; one that was placed by its time is where the leg was at that time.
    """
    trace = scene.trace
    arrives, leaves = {leg.to_stop for leg in trace.legs}, {leg.from_stop for leg in trace.legs}
    shown = [[i for i in stop.asset_ids if i in scene.photos] for stop in trace.stops]
    middle = [_middle(len(ids), arrives=n in arrives, leaves=n in leaves) for n, ids in enumerate(shown)]
    inferred = _inferred(scene)
    return tuple(
        tuple(
            sorted(
                [
                    *_spread(shown[leg.from_stop][middle[leg.from_stop] :]),
                    *((1.0 - share, i) for share, i in _spread(shown[leg.to_stop][middle[leg.to_stop] :: -1])),
                    *inferred.get(leg.index, ()),
                ]
            )
        )
        for leg in trace.legs
    )


def _middle(count: int, *, arrives: bool, leaves: bool) -> int:
    """Which of a stop's photos is at the stop itself: the first where no leg arrives, the last where none leaves."""
    return 0 if not arrives else count - 1 if not leaves else count // 2


def _spread(ids: Sequence[str]) -> list[tuple[float, str]]:
    return [(AROUND_A_STOP * n / max(1, len(ids) - 1), asset_id) for n, asset_id in enumerate(ids)]


def _inferred(scene: Scene) -> dict[int, list[tuple[float, str]]]:
    """Where on a leg the photos are that were placed there by their time, by the leg."""
    found: dict[int, list[tuple[float, str]]] = {}
    instants = {fix.asset_id: fix.instant for fix in scene.trace.fixes}
    for each in scene.trace.inferred:
        instant = instants.get(each.asset_id)
        if each.leg is None or instant is None or each.asset_id not in scene.photos:
            continue
        leg = scene.trace.legs[each.leg]
        left, reached = scene.trace.stops[leg.from_stop].end, scene.trace.stops[leg.to_stop].start
        if left < instant < reached:
            found.setdefault(each.leg, []).append(((instant - left) / (reached - left), each.asset_id))
    return found


def photo_path(scene: Scene, theme: Theme) -> tuple[LegColours, ...]:
    """The colours of the photos along the path, one per leg, whatever the scene's style says."""
    trace, knots = scene.trace, photo_knots(scene)
    own = {asset_id: lively(photo.colour) for asset_id, photo in scene.photos.items() if photo.colour}
    coloured = [[(share, own[i]) for share, i in leg if i in own] for leg in knots]
    stops = _filled(_at_stops(trace, coloured), theme.line)
    return tuple(
        LegColours(
            (
                (0.0, stops[leg.from_stop]),
                *((share, colour) for share, colour in colours if 0.0 < share < 1.0),
                (1.0, stops[leg.to_stop]),
            )
        )
        for leg, colours in zip(trace.legs, coloured, strict=True)
    )


def _at_stops(trace: Trace, coloured: Sequence[Sequence[tuple[float, str]]]) -> list[str | None]:
    """The colour of the photo at each stop itself, else of the next one of that stop; None where it has none."""
    found: list[str | None] = [None] * len(trace.stops)
    for leg, colours in zip(trace.legs, coloured, strict=True):
        begin = next((colour for share, colour in colours if share <= AROUND_A_STOP), None)
        end = next((colour for share, colour in reversed(colours) if share >= 1 - AROUND_A_STOP), None)
        found[leg.from_stop] = found[leg.from_stop] or begin
        found[leg.to_stop] = found[leg.to_stop] or end
    return found


def _filled(colours: Sequence[str | None], plain: str) -> list[str]:
    """Where a stop has no colour, those of its neighbours meet."""
    known = [n for n, colour in enumerate(colours) if colour]
    return [colour or _nearest(colours, known, n) or plain for n, colour in enumerate(colours)]


def _nearest(colours: Sequence[str | None], known: Sequence[int], at: int) -> str | None:
    before = max((n for n in known if n < at), default=None)
    after = min((n for n in known if n > at), default=None)
    if before is None or after is None:
        only = before if before is not None else after
        return None if only is None else colours[only]
    a, b = colours[before], colours[after]
    return blend(a, b, (at - before) / (after - before)) if a and b else a or b
