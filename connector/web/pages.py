"""HTML: a shell that carries its configuration and loads the built widget, and the card that says no."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, current_app, make_response, render_template, url_for

from connector.web import widget
from connector.web.headers import Page, describe

GONE_TITLE = "There is nothing here"
GONE_TEXT = "This link does not lead to a map. It may have ended, or it was copied only in part."


def shell(source: str, config: Mapping[str, Any], *, title: str, status: int = 200, **about: Any) -> Response:
    """The page whose entry is that source of the widget; without a built widget, a sentence and the picture."""
    found = widget.entry(source, current_app.config[widget.FOLDER])
    html = render_template(
        "page.html",
        config={name: value for name, value in config.items() if value is not None},
        title=title,
        lang=config.get("lang") or "en",
        scripts=[_built(path) for path in found.scripts] if found else [],
        styles=[_built(path) for path in found.styles] if found else [],
        plain_css=url_for("files.plain"),
        **about,
    )
    response = make_response(html, status)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def card(title: str, text: str, *, status: int, asks: bool = False) -> Response:
    """A small page with one thing to say; ``asks``: for a password."""
    html = render_template("card.html", title=title, text=text, asks=asks, plain_css=url_for("files.plain"))
    return make_response(html, status)


def gone() -> Response:
    """The one answer to an unknown, an expired and a revoked link, so that they cannot be told apart."""
    describe(Page.EMBED, frame_ancestors=("*",), anywhere=True)
    return card(GONE_TITLE, GONE_TEXT, status=404)


def _built(path: str) -> str:
    return url_for("files.built", path=path)
