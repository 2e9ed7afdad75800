"""The studio's page: one shell for every address of it. What it may show, the API decides."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, url_for

from connector.actions import people
from connector.render import pdf
from connector.render.themes import on_the_map
from connector.web import pages
from connector.web.context import public, services
from connector.web.guard import visitor
from connector.web.headers import Page, describe

blueprint = Blueprint("studio", __name__)
SOURCE = "src/studio/main.tsx"
API = "/api/v1"


@blueprint.get("/")
@public
def home() -> Response:
    """Connections, albums and traces; without a session the same shell, which shows the sign-in: for programs a 401."""
    return _studio(None)


@blueprint.get("/traces/<id:trace_id>")
@public
def trace(trace_id: str) -> Response:
    """The studio at one trace. Whether there is such a trace the API says: this page is the same for all."""
    return _studio(trace_id)


def _studio(trace_id: str | None) -> Response:
    describe(Page.STUDIO)
    person = visitor()
    api = url_for("studio.home").rstrip("/") + API
    at = f"{api}/traces/{trace_id}"
    config: dict[str, Any] = {
        "page": "studio",
        "api": api,
        "tiles": f"{api}/tiles/",
        "themes": on_the_map(),
        "pdf": pdf.is_able() or None,
        "lang": people.preferences(services(), person).lang if person else None,
        "signed_in": person is not None,
        "set_up": person is not None or people.is_set_up(services()),
    }
    if trace_id is not None:
        config |= {"trace_id": trace_id, "document": f"{at}/document", "photos": f"{at}/photos/"}
    if trace_id is not None and person is not None:
        config["picture"] = f"{at}/picture.png?shape=landscape"
    return pages.shell(SOURCE, config, title="image-tracer", status=200 if person else pages.status_of_question(401))
