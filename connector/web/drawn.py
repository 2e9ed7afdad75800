"""What both the owner and a visitor ask of a scene: tiles under it, the picture of it, the way to a photo."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, Literal

from flask import Response
from pydantic import BaseModel, Field

from connector.actions.errors import Invalid, NotFound
from connector.render.scene import Scene
from connector.render.themes import THEMES
from connector.web.context import services
from connector.web.schema import Asked

Edge = Literal[64, 256, 1024]
Extension = Literal["png", "svg"]
_MEDIA_TYPES = {"png": "image/png", "svg": "image/svg+xml"}


class PictureWish(Asked):
    """How the picture is to be."""

    shape: Literal["portrait", "square", "story", "landscape", "a4"] = "portrait"
    theme: Annotated[str, Field(max_length=64)] | None = None
    width: Annotated[int, Field(ge=200, le=4320)] = 1080


class PhotoWish(Asked):
    edge: Annotated[int, Field(ge=16, le=1024)] = 256


class TileAt(BaseModel):
    map: Annotated[str, Field(max_length=200)]
    z: Annotated[int, Field(ge=0, le=24)]
    x: Annotated[int, Field(ge=0)]
    y: Annotated[int, Field(ge=0)]


def with_tiles(document: dict[str, Any]) -> dict[str, Any]:
    """The document with the names of the basemaps that lie under its bounds, the finest last."""
    bounds = document["bounds"]
    return {**document, "tiles": list(services().tiles.covering(*bounds)) if bounds else []}


def themed(scene: Scene, theme: str | None) -> Scene:
    if theme is None:
        return scene
    if theme not in THEMES:
        raise Invalid([f"theme must be one of {', '.join(THEMES)}"])
    return replace(scene, style=replace(scene.style, theme=theme))


def picture_tag(version: str, extension: str, wish: PictureWish) -> str:
    return f"{version}-{wish.shape}-{wish.theme or 'own'}-{wish.width}-{extension}"


def open_photo(scene: Scene, key: str) -> Response:
    """On to the photo in its library."""
    found = next((photo for photo in scene.photos.values() if photo.key == key), None)
    if found is None or found.url is None or not found.url.startswith(("https://", "http://")):
        raise NotFound("photo")
    return Response(status=302, headers={"Location": found.url})
