"""The figures of a trip: what it was in numbers and dates, in the reader's words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from babel.dates import format_interval
from babel.numbers import format_decimal

from connector.metadata.fix import Fix
from connector.render.scene import Scene
from connector.render.words import language, word
from connector.trace.model import Leg, Mode
from connector.trace.shape import distance_m

METRES_PER_MILE = 1609.344
FEET_PER_METRE = 3.28084
LOCALES = {"en": "en_GB", "de": "de", "zh": "zh_Hans_CN"}
ONE_PLACE_M = 250.0
_CELL_DEG = 0.005
"""More than `ONE_PLACE_M` in both directions as far as 63 degrees from the equator; beyond, some places count twice."""
_A_CLIMB_M, _NOISE_M = 100.0, 4.0
_FEW_HOURS = timedelta(hours=20)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number and what it counts."""

    value: str
    label: str


def distance(metres: float, units: str, lang: str) -> str:
    """Such as ``820 m``, ``4.2 km``, ``1,240 km`` or the same in feet and miles."""
    locale = LOCALES[language(lang)]
    if units == "imperial":
        if metres < METRES_PER_MILE / 4:
            return height(metres, units, lang)
        return f"{_rounded(metres / METRES_PER_MILE, locale)} mi"
    if metres < 1000:
        return height(metres, units, lang)
    return f"{_rounded(metres / 1000, locale)} km"


def _rounded(value: float, locale: str) -> str:
    return format_decimal(
        round(value, 1 if value < 100 else 0), locale=locale, format="#,##0.#" if value < 100 else None
    )


def scale_length(at_most_m: float, units: str) -> float:
    """The longest round length that is not longer, in metres: 1, 2 or 5 times a power of ten of m, feet or miles."""
    if units == "metric":
        return _round_length(at_most_m, 1.0)
    if at_most_m < METRES_PER_MILE / 2:  # longer ones are said in miles
        return _round_length(min(at_most_m, 1000 / FEET_PER_METRE), 1 / FEET_PER_METRE)
    return _round_length(at_most_m, METRES_PER_MILE)


def _round_length(at_most_m: float, unit: float) -> float:
    count = at_most_m / unit * (1 + 1e-9)
    power = 10.0 ** math.floor(math.log10(count))
    return max(step for step in (1, 2, 5) if step * power <= count) * power * unit


def duration(seconds: float, lang: str) -> str:
    """Such as ``45 min``, ``3 h 20 min`` or ``12 h``."""
    minutes = round(seconds / 60)
    hours, rest = divmod(minutes, 60)
    if hours == 0:
        return word(lang, "minutes", minutes=minutes)
    if rest == 0 or hours >= 10:
        return word(lang, "hours", hours=hours)
    return word(lang, "hours_minutes", hours=hours, minutes=rest)


def local_times(fixes: Sequence[Fix]) -> list[datetime]:
    """Naive wall clocks where the photos were taken, in order; those that are not known are left out."""
    return sorted(found for fix in fixes if (found := local_time(fix)) is not None)


def local_time(fix: Fix) -> datetime | None:
    """The wall clock where the photo was taken, naive; None: not known."""
    if fix.instant is None or (fix.utc_offset_s is None and fix.wall is not None):
        return fix.wall
    # not `wall`: a clock that was never set is not followed, and the instant is known by other means
    return (fix.instant + timedelta(seconds=fix.utc_offset_s or 0)).replace(tzinfo=None)


def shown_fixes(scene: Scene) -> list[Fix]:
    """What is known of the photos that have a place, else of all that are shown."""
    trace = scene.trace
    fixes = {fix.asset_id: fix for fix in trace.fixes}
    placed = [asset_id for stop in trace.stops for asset_id in stop.asset_ids]
    placed += [each.asset_id for each in trace.inferred]
    ids = placed or [each.asset_id for each in trace.unplaced]
    return [fixes[asset_id] for asset_id in ids if asset_id in fixes]


def dates(scene: Scene) -> str | None:
    """From the first to the last day, such as ``12–19 Oct 2024``; None: no photo says when."""
    times = local_times(shown_fixes(scene))
    if not times:
        return None
    return interval(times[0].date(), times[-1].date(), scene.lang)


def interval(first: date, last: date, lang: str) -> str:
    """Two days as people write them."""
    return format_interval(first, last, skeleton="yMMMMd", locale=LOCALES[language(lang)])


def figures(scene: Scene) -> tuple[Figure, ...]:
    """At most four: distance, days or hours, places (of a hike the climb), photos; without what is zero or unknown."""
    photos = len(scene.photos)
    if photos == 1 and len(scene.trace.stops) <= 1:
        return _where(scene)
    found = [_distance(scene), _time(scene)]
    places, climb_m = count_places(scene), climbed_m(scene.trace.legs)
    if climb_m >= _A_CLIMB_M:
        found.append(Figure(height(climb_m, scene.style.units, scene.lang), word(scene.lang, "climbed")))
    elif places > 1:
        found.append(_counted(scene, places, "places"))
    if photos:
        found.append(_counted(scene, photos, "photos"))
    return tuple(each for each in found if each is not None)


def climbed_m(legs: Sequence[Leg]) -> float:
    """Metres upwards along what was recorded, as the widget counts them: less than `_NOISE_M` at once is no climb."""
    total, foot = 0.0, None
    for metres in (metres for leg in legs for _, metres in leg.heights):
        foot = metres if foot is None else foot
        if metres > foot + _NOISE_M:
            total += metres - foot
        if metres > foot + _NOISE_M or metres < foot:
            foot = metres
    return total


def height(metres: float, units: str, lang: str) -> str:
    """Such as ``1,240 m`` or the same in feet."""
    locale = LOCALES[language(lang)]
    if units == "imperial":
        return f"{format_decimal(round(metres * FEET_PER_METRE, -1), locale=locale)} ft"
    return f"{format_decimal(round(metres, -1), locale=locale)} m"


def _where(scene: Scene) -> tuple[Figure, ...]:
    """Of a single photo and no way the coordinates are what can be told, where it has a place."""
    return tuple(
        Figure(coordinates(stop.lat, stop.lon), stop.name or word(scene.lang, "places", 1))
        for stop in scene.trace.stops
    )


def coordinates(lat: float, lon: float) -> str:
    """Such as ``47.1410° N 9.5209° E``."""
    return f"{abs(lat):.4f}° {'N' if lat >= 0 else 'S'} {abs(lon):.4f}° {'E' if lon >= 0 else 'W'}"


def count_places(scene: Scene) -> int:
    """How many places that people would tell apart: stops nearer than `ONE_PLACE_M` to one are that place.

    Ends of a path that is shown without its photos are no places.
    """
    heads: dict[tuple[int, int], list[tuple[float, float]]] = {}
    count = 0
    for stop in scene.trace.stops:
        if not any(asset_id in scene.photos for asset_id in stop.asset_ids):
            continue
        row, column = (int(angle // _CELL_DEG) for angle in (stop.lat, stop.lon))
        near = [head for i in (-1, 0, 1) for j in (-1, 0, 1) for head in heads.get((row + i, column + j), ())]
        if not any(distance_m((stop.lat, stop.lon), head) < ONE_PLACE_M for head in near):
            heads.setdefault((row, column), []).append((stop.lat, stop.lon))
            count += 1
    return count


def _counted(scene: Scene, count: int, name: str) -> Figure:
    value = format_decimal(count, locale=LOCALES[language(scene.lang)])
    return Figure(value, word(scene.lang, name, count))


def _distance(scene: Scene) -> Figure | None:
    metres = sum(leg.distance_m for leg in scene.trace.legs)
    if metres < 10:
        return None
    return Figure(distance(metres, scene.style.units, scene.lang), word(scene.lang, "distance"))


def _time(scene: Scene) -> Figure | None:
    times = local_times(shown_fixes(scene))
    if len(times) < 2:
        return None
    days = (times[-1].date() - times[0].date()).days + 1
    span = times[-1] - times[0]
    if days > 1 and span > _FEW_HOURS:
        return _counted(scene, days, "days")
    moving_s = sum(leg.duration_s for leg in scene.trace.legs)  # stops do not count, as in the studio
    if moving_s < 60:
        return None
    return Figure(duration(moving_s, scene.lang), word(scene.lang, "duration"))


def by_mode(scene: Scene) -> tuple[tuple[Mode, float, str], ...]:
    """Per way of moving its metres and their text, the longest first; those under two per cent are left out."""
    metres: dict[Mode, float] = {}
    for leg in scene.trace.legs:
        metres[leg.mode] = metres.get(leg.mode, 0.0) + leg.distance_m
    total = sum(metres.values())
    kept = sorted(((m, mode) for mode, m in metres.items() if total and m / total >= 0.02), reverse=True)
    return tuple((mode, m, distance(m, scene.style.units, scene.lang)) for m, mode in kept)
