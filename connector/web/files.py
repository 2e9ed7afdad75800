"""Serves the built widget and the plain style, to any site: a shared map is framed anywhere."""

from __future__ import annotations

import gzip
from functools import lru_cache
from pathlib import Path

from flask import Blueprint, Response, current_app, request, send_from_directory

from connector.web import widget
from connector.web.answers import takes_gzip
from connector.web.context import public
from connector.web.headers import Page, describe

blueprint = Blueprint("files", __name__)
_OWN = Path(__file__).parent / "static"
FOR_EVER = "public, max-age=31536000, immutable"
_TEXTS = {".js", ".mjs", ".css", ".json", ".geojson", ".svg", ".map"}


@blueprint.get("/static/widget/<path:path>")
@public
def built(path: str) -> Response:
    """One file of the built widget; files named for their content may be kept for ever."""
    describe(Page.BUILT, anywhere=True)
    folder: Path = current_app.config[widget.FOLDER]
    response = send_from_directory(folder, path, conditional=True, max_age=3600)
    if path.startswith("assets/"):
        response.headers["Cache-Control"] = FOR_EVER
    return _smaller(response, folder / path) if Path(path).suffix in _TEXTS else response


@blueprint.get("/static/plain.css")
@public
def plain() -> Response:
    """The look of a page before, or without, the widget."""
    describe(Page.DATA, anywhere=True)
    return send_from_directory(_OWN, "plain.css", conditional=True, max_age=3600)


def _smaller(response: Response, path: Path) -> Response:
    response.vary.add("Accept-Encoding")
    if response.status_code == 200 and takes_gzip() and request.method == "GET":
        response.direct_passthrough = False
        response.set_data(_compressed(path, path.stat().st_mtime_ns))
        response.headers["Content-Encoding"] = "gzip"
    return response


@lru_cache(maxsize=64)
def _compressed(path: Path, _changed_ns: int) -> bytes:
    return gzip.compress(path.read_bytes(), compresslevel=9, mtime=0)
