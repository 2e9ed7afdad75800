"""A tile as an answer: it lies gzipped on disk and goes out so to whoever takes it."""

from __future__ import annotations

import gzip

from flask import Response

from connector.actions.services import Services
from connector.web.answers import kept_bytes, nothing, takes_gzip
from connector.web.drawn import TileAt

MEDIA_TYPE = "application/vnd.mapbox-vector-tile"


def tile_answer(services: Services, at: TileAt, cache: str) -> Response:
    """The tile, or 204 where there is none."""
    found = services.tiles.tile(at.map, at.z, at.x, at.y)
    if found is None:
        response = nothing()
        response.headers["Cache-Control"] = cache
        return response
    takes = takes_gzip()
    response = kept_bytes(found if takes else gzip.decompress(found), MEDIA_TYPE, cache)
    response.vary.add("Accept-Encoding")
    if takes and response.status_code == 200:
        response.headers["Content-Encoding"] = "gzip"
    return response
