"""What every answer tells the browser about itself: one policy per kind of page."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from flask import Flask, Response, g

NOBODY = ("'none'",)


class Page(StrEnum):
    """Content-Security-Policy of a kind of answer, without its frame-ancestors."""

    DATA = "default-src 'none'; base-uri 'none'; form-action 'none'"
    """JSON, pictures, files: nothing in them may run or load."""
    BUILT = "default-src 'none'; script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'"
    """The widget's files. A worker obeys its own script's policy, not its page's: the map's one fetches tiles."""
    DRAWING = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; sandbox"
    """An SVG, whose look is written in it."""
    STUDIO = (
        "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
        "connect-src 'self'; font-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'"
    )
    """It frames the shared page it shows before somebody puts that into theirs."""
    EMBED = (
        "default-src 'none'; script-src 'self'; worker-src 'self' data:; style-src 'self'; "
        "img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'"
    )
    """In a sandboxed frame the map starts its worker from a data: address."""


def describe(page: Page, *, frame_ancestors: Sequence[str] = NOBODY, anywhere: bool = False) -> None:
    """Says what the view answers with. ``anywhere``: any site may load it (never with a cookie)."""
    g.page, g.frame_ancestors, g.anywhere = page, tuple(frame_ancestors), anywhere


def install(app: Flask) -> None:
    """Puts the headers on every answer of the application, errors too."""
    app.after_request(_write)


def _write(response: Response) -> Response:
    page: Page = g.get("page", Page.DATA)
    ancestors = g.get("frame_ancestors", NOBODY)
    anywhere = g.get("anywhere", False)
    said = {
        "Content-Security-Policy": f"{page}; frame-ancestors {' '.join(ancestors)}",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": "geolocation=(), camera=(), microphone=(), payment=(), usb=()",
        "Cross-Origin-Resource-Policy": "cross-origin" if anywhere else "same-origin",
        "X-Robots-Tag": "noindex",
    }
    if anywhere:
        said["Access-Control-Allow-Origin"] = "*"
    for name, value in said.items():
        response.headers[name] = value
    response.headers.setdefault("Cache-Control", "no-store")
    return response
