"""The scene: everything a drawing of a trace needs, whatever it is drawn as (widget, picture, page, files)."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from connector.render.style import Style
from connector.render.words import word
from connector.trace.model import Trace

_UNSEEN = {"Cc", "Cf", "Cs", "Zs", "Zl", "Zp"}
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

    @property
    def heading(self) -> str:
        """The title, or what stands for one of which nothing can be seen."""
        return _seen(self.title) or word(self.lang, "untitled")

    @property
    def under(self) -> str | None:
        """The subtitle; None: nothing of it can be seen."""
        return _seen(self.subtitle or "") or None


def _seen(text: str) -> str:
    """The text without blanks around it; empty where it is nothing but blanks and characters that are not drawn."""
    return text.strip() if any(unicodedata.category(each) not in _UNSEEN for each in text) else ""
