"""How a trace looks. A style is a small JSON people can save, reuse, export and import."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """Every field has a default, so that an empty JSON object is a style."""

    theme: str = "paper"
    """Name of a theme, see `connector.render.themes`."""
    colour_by: str = "photos"
    """What colours the path: ``photos``, ``time``, ``speed``, ``mode`` or ``plain``."""
    width_px: float = 5.0
    emoji: Mapping[str, str] = field(default_factory=dict)
    """By the key of the stop's first photo."""
    featured: tuple[str, ...] = ()
    """Keys of the photos that stand out; empty: a few well spread ones by themselves."""
    labels: bool = True
    photo_size: str = "medium"
    """``none``, ``small``, ``medium`` or ``large``."""
    units: str = "metric"
    """``metric`` or ``imperial``."""
