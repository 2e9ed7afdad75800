"""What both the owner and a visitor ask of a trace beside its picture: tiles under it, the way to a photo."""

from __future__ import annotations

from typing import Annotated, Any

from flask import Response
from pydantic import BaseModel, Field

from connector.actions.errors import NotFound
from connector.render.scene import Scene
from connector.web.context import services
from connector.web.schema import Asked


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


def open_photo(scene: Scene, key: str) -> Response:
    """On to the photo in its library."""
    found = next((photo for photo in scene.photos.values() if photo.key == key), None)
    if found is None or found.url is None or not found.url.startswith(("https://", "http://")):
        raise NotFound("photo")
    return Response(status=302, headers={"Location": found.url})
