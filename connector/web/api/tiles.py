"""The basemaps, tile by tile."""

from __future__ import annotations

from flask import Response

from connector.web import drawn
from connector.web.context import services
from connector.web.schema import UNCHANGED, api
from connector.web.tiling import tile_answer

blueprint = api("tiles", "The basemaps")
_TILE = {"description": "A vector tile", "content": {"application/vnd.mapbox-vector-tile": {}}}


@blueprint.get(
    "/tiles/<map>/<int:z>/<int:x>/<int:y>.mvt",
    responses={200: _TILE, 204: {"description": "There is nothing here"}, 304: UNCHANGED},
)
def tile(path: drawn.TileAt) -> Response:
    """One tile; 204 where the map has nothing."""
    return tile_answer(services(), path, "private, max-age=86400")
