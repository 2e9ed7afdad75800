"""Photos in a picture: small copies inside the SVG, and which of them stand out."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

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


def evenly(ids: Sequence[str], count: int) -> list[str]:
    """``count`` of the ids, from the first to the last, at even distances."""
    if len(ids) <= count:
        return list(ids)
    return [ids[round(k * (len(ids) - 1) / (count - 1))] for k in range(count)] if count > 1 else [ids[len(ids) // 2]]
