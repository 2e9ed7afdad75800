"""A trace as files in a folder: a picture, the path, and one page that needs nothing else."""

from __future__ import annotations

from pathlib import Path

from adapters.library import LibraryError
from connector.actions import thumbnails
from connector.actions.people import Person
from connector.actions.services import Services
from connector.render import files, page, picture
from connector.render.scene import Scene, Thumbnail

WIDTH_PX = 2400


def write(services: Services, owner: Person, trace_id: str, scene: Scene, folder: Path) -> tuple[Path, ...]:
    """Writes picture.svg, picture.png, trace.geojson and index.html; each appears whole or not at all."""
    thumbnail = thumbnails_of(services, owner, trace_id, scene)
    drawn = picture.svg(scene, shape="landscape", tiles=services.tiles, thumbnail=thumbnail)
    said = {
        "picture.svg": drawn.encode(),
        "picture.png": picture.png(drawn, width_px=WIDTH_PX),
        "trace.geojson": files.geojson(scene).encode(),
        "index.html": page.page(scene, drawn, thumbnail).encode(),
    }
    folder.mkdir(parents=True, exist_ok=True)
    return tuple(_written(folder / name, content) for name, content in said.items())


def thumbnails_of(services: Services, owner: Person, trace_id: str, scene: Scene, edge_px: int = 256) -> Thumbnail:
    """Small pictures by asset id; None where the library cannot give one just now."""

    def thumbnail(asset_id: str) -> bytes | None:
        photo = scene.photos.get(asset_id)
        if photo is None:
            return None
        try:
            return thumbnails.thumbnail(services, owner, trace_id, photo.key, edge_px)
        except LibraryError:
            return None

    return thumbnail


def _written(path: Path, content: bytes) -> Path:
    part = path.with_name(path.name + ".part")
    part.write_bytes(content)
    part.replace(path)
    return path
