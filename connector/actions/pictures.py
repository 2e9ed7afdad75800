"""A scene as a picture or a file."""

from __future__ import annotations

from connector.actions.services import Services
from connector.maps.tiles import Tiles
from connector.render import files, page, picture
from connector.render.scene import Scene, Thumbnail

MOST_WIDTH_PX = 8000
FORMATS = ("svg", "png")


def svg(services: Services, scene: Scene, shape: str, thumbnail: Thumbnail) -> str:
    """The picture of a scene, drawn over the maps there are."""
    return picture.svg(scene, shape=shape, tiles=Tiles(services.settings.maps), thumbnail=thumbnail)


def png(drawn: str, width_px: int) -> bytes:
    """The picture in pixels."""
    return picture.png(drawn, width_px=min(MOST_WIDTH_PX, max(16, width_px)))


__all__ = ["files", "page", "png", "svg"]
