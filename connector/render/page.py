"""One HTML page of a trip that needs nothing else: no script, no server, no request.

The picture stands at the top, then day by day the places, the ways between them and the photos. Every text is
escaped, and only links that begin with http:// or https:// are links.
"""

from __future__ import annotations

import base64
import io
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path

from babel.dates import format_date
from PIL import Image, UnidentifiedImageError

from connector.render.document import ATTRIBUTION
from connector.render.figures import LOCALES, by_mode, dates, distance, duration, figures
from connector.render.markup import said
from connector.render.places import PlacedPhoto, by_time
from connector.render.scene import Scene, ScenePhoto, Thumbnail
from connector.render.themes import theme_of
from connector.render.words import language, sentence, word
from connector.trace.model import Leg, Stop

_EDGES_PX = ((200, 360), (800, 240), (10**9, 160))
"""Longer side of a photo by how many photos there are: ten thousand must still be a file one can open."""
_STYLE = Path(__file__).with_name("page.css")


def page(scene: Scene, svg: str, thumbnail: Thumbnail) -> str:
    """The page as one HTML document; ``svg`` is the picture and goes in as it is."""
    theme = theme_of(scene.style.theme)
    light = theme if theme.scheme == "light" else theme_of(theme.twin)
    colours = "".join(f"--{name}:{getattr(light, name)};" for name in ("paper", "ink", "quiet", "accent"))
    style = f":root{{{colours}}}\n{_STYLE.read_text(encoding='utf-8')}"
    title = said(scene.heading)
    parts = [
        f'<!doctype html>\n<html lang="{said(scene.lang)}"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width,initial-scale=1">',
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\';img-src data:;'
        "style-src 'unsafe-inline'\">",
        f"<title>{title}</title><style>{style}</style></head><body><main>",
        f'<header><div class="picture">{svg}</div><div><h1 dir="auto">{title}</h1>{_under(scene)}</div></header>',
        *_days(scene, _Shown(scene, thumbnail)),
        f"<footer><p>{said(' · '.join(ATTRIBUTION))}</p></footer></main></body></html>\n",
    ]
    return "".join(parts)


def _under(scene: Scene) -> str:
    under = " · ".join(said(each) for each in (scene.under, dates(scene)) if each)
    rows = [f"<div><dt>{said(each.label)}</dt><dd>{said(each.value)}</dd></div>" for each in figures(scene)]
    modes = " · ".join(said(f"{text} {word(scene.lang, mode.value)}") for mode, _, text in by_mode(scene))
    link = _link(scene.link, said(word(scene.lang, "scan"))) if scene.link else ""
    return "".join(
        [
            f'<p class="quiet" dir="auto">{under}</p>' if under else "",
            f"<dl>{''.join(rows)}</dl>" if rows else "",
            f'<p class="quiet">{modes}</p>' if modes else "",
            f"<p>{link}</p>" if link else "",
        ]
    )


def _link(address: str | None, content: str) -> str:
    """A link where the address is one of the web, else only its content."""
    if address is None or not address.lower().startswith(("http://", "https://")):
        return content
    return f'<a href="{said(address)}" rel="noopener noreferrer">{content}</a>'


class _Shown:
    """Photos as figures."""

    def __init__(self, scene: Scene, thumbnail: Thumbnail) -> None:
        self._lang = scene.lang
        self._thumbnail = thumbnail
        self._edge_px = next(edge for most, edge in _EDGES_PX if len(scene.photos) <= most)

    def figure(self, asset_id: str, photo: ScenePhoto, local: datetime | None, note: str = "") -> str:
        name = photo.name or photo.key
        when = local.strftime("%H:%M") if local else ""
        caption = " · ".join(said(each) for each in (when, name, note) if each)
        return (
            f"<figure>{_link(photo.url, self._image(asset_id, photo, name))}<figcaption>{caption}</figcaption></figure>"
        )

    def _image(self, asset_id: str, photo: ScenePhoto, name: str) -> str:
        content = _smaller(self._thumbnail(asset_id), self._edge_px)
        if content is None:
            colour = photo.colour or "#8b8f96"
            return f'<div class="blank" role="img" aria-label="{said(name)}" style="background:{said(colour)}"></div>'
        return f'<img alt="{said(name)}" loading="lazy" src="data:image/jpeg;base64,{content}">'

    def figures(self, photos: Sequence[PlacedPhoto]) -> str:
        if not photos:
            return ""
        by_its_time = word(self._lang, "placed_by_time")
        shown = "".join(
            self.figure(each.asset_id, each.photo, each.local, by_its_time if each.stop is None else "")
            for each in photos
        )
        return f'<div class="photos">{shown}</div>'


def _smaller(content: bytes | None, edge_px: int) -> str | None:
    """A JPEG without metadata whose longer side is that at the most, as base64; None: there is none to be read."""
    if content is None:
        return None
    try:
        with Image.open(io.BytesIO(content)) as opened:
            opened.draft("RGB", (edge_px, edge_px))
            small = opened.convert("RGB")
    except (OSError, UnidentifiedImageError, ValueError, Image.DecompressionBombError):
        return None  # its colour is shown instead
    small.thumbnail((edge_px, edge_px))
    kept = io.BytesIO()
    small.save(kept, "JPEG", quality=76)
    return base64.b64encode(kept.getvalue()).decode("ascii")


def _days(scene: Scene, shown: _Shown) -> Iterator[str]:
    """The trip in order of time, a heading per day; at the end what has no place."""
    starts = [stop.start for stop in scene.trace.stops]
    at_stop: dict[int, list[PlacedPhoto]] = {}
    on_leg: dict[int, list[PlacedPhoto]] = {}
    for each in by_time(scene):
        if each.leg is not None:
            on_leg.setdefault(each.leg, []).append(each)
        else:
            at_stop.setdefault(_stop_of(each, starts), []).append(each)
    day: date | None = None
    legs = {leg.from_stop: leg for leg in scene.trace.legs}
    for stop in scene.trace.stops:
        here = at_stop.get(stop.index, [])
        today = next((each.local.date() for each in here if each.local), None)
        if today is not None and today != day:
            day = today
            yield f"<h2>{said(format_date(today, 'full', locale=LOCALES[language(scene.lang)]))}</h2>"
        yield _place(scene, stop, here, shown)
        if stop.index in legs:
            yield _way(scene, legs[stop.index])
            yield shown.figures(on_leg.get(legs[stop.index].index, []))
    yield from _unplaced(scene, shown)


def _stop_of(photo: PlacedPhoto, starts: Sequence[datetime]) -> int:
    """Its own; for one that was taken during a stop by its time, the last that had begun by then."""
    if photo.stop is not None:
        return photo.stop
    return max(0, bisect_right(starts, photo.instant) - 1) if photo.instant is not None else 0


def _place(scene: Scene, stop: Stop, here: Sequence[PlacedPhoto], shown: _Shown) -> str:
    name = stop.name or word(scene.lang, "place_number", number=stop.index + 1)
    emoji = f"{said(stop.emoji)} " if stop.emoji else ""
    times = [each.local for each in here if each.local]
    when = ""
    if times:
        first, last = min(times).strftime("%H:%M"), max(times).strftime("%H:%M")
        when = f' <span class="quiet">{first if first == last else f"{first}–{last}"}</span>'  # a range
    return f'<section class="place"><h3 dir="auto">{emoji}{said(name)}{when}</h3>{shown.figures(here)}</section>'


def _way(scene: Scene, leg: Leg) -> str:
    text = f"{distance(leg.distance_m, scene.style.units, scene.lang)} {word(scene.lang, leg.mode.value)}"
    if leg.duration_s >= 60:
        text += f" · {duration(leg.duration_s, scene.lang)}"
    if leg.reason:
        text += f" · {sentence(scene.lang, leg.reason)}"
    return f'<p class="way{" guess" if leg.confidence < 0.5 else ""}">{said(text)}</p>'


def _unplaced(scene: Scene, shown: _Shown) -> Iterator[str]:
    rows = [each for each in scene.trace.unplaced if each.asset_id in scene.photos]
    if not rows:
        return
    yield f"<h2>{said(word(scene.lang, 'unplaced', len(rows)))}</h2>"
    drawn = "".join(
        shown.figure(each.asset_id, scene.photos[each.asset_id], None, sentence(scene.lang, each.reason))
        for each in rows
    )
    yield f'<div class="photos">{drawn}</div>'
