"""What a link would show, in sentences for its owner to agree to before there is one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from connector.render.figures import distance
from connector.render.scene import Scene
from connector.render.words import word


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """On which a scene is shown. ``expires_at`` None: until it is revoked."""

    path_only: bool
    hide_ends_m: float
    expires_at: datetime | None
    has_password: bool


def would_show(whole: Scene, shown: Scene, terms: Terms, lang: str) -> Iterator[str]:
    """A sentence for each kind of thing that can be seen in ``shown``, which is ``whole`` cut to the terms."""
    metres = sum(leg.distance_m for leg in shown.trace.legs)
    yield word(lang, "shows_path", title=whole.title, distance=distance(metres, shown.style.units, lang))
    if terms.path_only:
        yield word(lang, "shows_path_only")
    else:
        yield word(lang, "shows_photos", len(whole.photos), shown=len(shown.photos))
        named = sum(1 for stop in shown.trace.stops if stop.name)
        if named:
            yield word(lang, "shows_names", named)
    hosts = sorted({urlsplit(photo.url).netloc for photo in shown.photos.values() if photo.url})
    if hosts:
        yield word(lang, "shows_links", hosts=", ".join(hosts))
    if terms.hide_ends_m:
        yield word(lang, "hides_ends", distance=distance(terms.hide_ends_m, shown.style.units, lang))
    yield word(lang, "shown_with_password" if terms.has_password else "shown_to_all", until=_until(terms, lang))


def _until(terms: Terms, lang: str) -> str:
    if terms.expires_at is None:
        return word(lang, "until_revoked")
    return word(lang, "until_then", instant=f"{terms.expires_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC")
