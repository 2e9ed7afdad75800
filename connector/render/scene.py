"""The scene: everything a drawing of a trace needs, whatever it is drawn as (widget, picture, page, files)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from connector.render.style import Style
from connector.trace.model import Trace

Thumbnail = Callable[[str], bytes | None]
"""Asset id -> a small JPEG without metadata, or None where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenePhoto:
    """What people see of a photo. ``key`` is short, stable within the trace and says nothing of the library."""

    key: str
    name: str | None = None
    colour: str | None = None
    """``#rrggbb``, the mean of the gamma-coded sRGB values."""
    media_type: str | None = None
    url: str | None = None
    """Opens the photo in its library; None where the viewer must not know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A trace as one viewer may see it: ``trace`` is already cut to what is visible."""

    trace: Trace
    title: str
    style: Style
    subtitle: str | None = None
    photos: Mapping[str, ScenePhoto] = field(default_factory=dict)
    """By asset id; a photo that is not in here is not shown."""
    lang: str = "en"
    link: str | None = None
    """Address of the shared page, for a QR code; None: there is none."""
