"""Photos in a picture: small copies inside the SVG, and which of them stand out."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from connector.render.colour import lab
from connector.render.markup import rect
from connector.render.placing import Box
from connector.render.scene import Scene, Thumbnail
from connector.render.themes import Theme

_SHARPER = 2
"""Pixels of the copy per pixel of a picture in its own size."""
_QUALITY = 82


class Prints:
    """Draws photos. Every print is cut to its box; where there is no thumbnail it is the photo's colour."""

    def __init__(self, scene: Scene, theme: Theme, thumbnail: Thumbnail) -> None:
        self._scene = scene
        self._theme = theme
        self._thumbnail = cache(thumbnail)

    def has(self, asset_id: str) -> bool:
        """Whether the photo should have something to show; only what is chosen to be shown is asked of a library."""
        photo = self._scene.photos.get(asset_id)
        return photo is not None and (photo.colour is not None or not (photo.media_type or "").startswith("video/"))

    def print(self, asset_id: str, box: Box) -> str:
        """The photo in that box."""
        said = self._thumbnail(asset_id)
        copy = None if said is None else _copy(said, box, grey=self._theme.grey_photos)
        if copy is None:
            photo = self._scene.photos.get(asset_id)
            return rect(box, (photo.colour if photo else None) or self._theme.palette.building)
        size = f'x="{box.left:.1f}" y="{box.top:.1f}" width="{box.width:.1f}" height="{box.height:.1f}"'
        return f'<image {size} preserveAspectRatio="none" href="data:image/jpeg;base64,{copy}"/>'


def _copy(said: bytes, box: Box, *, grey: bool) -> str | None:
    """The photo cut to the box, as base64 JPEG without metadata; None: it cannot be read."""
    size = (max(1, round(box.width * _SHARPER)), max(1, round(box.height * _SHARPER)))
    try:
        with Image.open(io.BytesIO(said)) as opened:
            opened.draft("RGB", size)
            cut = ImageOps.fit(opened.convert("L" if grey else "RGB"), size, Image.Resampling.LANCZOS)
    except (OSError, UnidentifiedImageError, ValueError, Image.DecompressionBombError):
        return None  # the picture shows its colour instead; whoever made the thumbnail has said what is wrong
    kept = io.BytesIO()
    cut.save(kept, "JPEG", quality=_QUALITY)
    return base64.b64encode(kept.getvalue()).decode("ascii")


def spread(points: np.ndarray, weights: Sequence[float], count: int) -> list[int]:
    """Indexes of ``count`` points far from each other, the heaviest first and then always the farthest."""
    if not len(points):
        return []
    chosen = [int(np.argmax(np.asarray(weights)))]
    far: Any = np.hypot(*(points - points[chosen[0]]).T)
    while len(chosen) < min(count, len(points)) and far.max() > 0:
        chosen.append(int(far.argmax()))
        far = np.minimum(far, np.hypot(*(points - points[chosen[-1]]).T))
    return chosen


def varied(ids: Sequence[str], colours: Mapping[str, str], count: int) -> list[str]:
    """``count`` of the ids in their order, one of each part of the trip: the one least like those before it.

    ``colours``: ``#rrggbb`` by id. Where none of a part is known it is the middle one; of a burst only one is taken.
    """
    if len(ids) <= count:
        return list(ids)
    parts = [ids[k * len(ids) // count : (k + 1) * len(ids) // count] for k in range(count)]
    chosen: list[str] = []
    for part in parts:
        known = np.array([lab(colours[each]) for each in chosen if each in colours]).reshape(-1, 3)
        able = [each for each in part if each in colours] if len(known) else []
        chosen.append(max(able, key=lambda each: _unlike(colours[each], known)) if able else part[len(part) // 2])
    return chosen


def _unlike(colour: str, others: np.ndarray) -> float:
    """Distance in OKLab from the nearest of the others."""
    return float(np.linalg.norm(others - lab(colour), axis=1).min())
