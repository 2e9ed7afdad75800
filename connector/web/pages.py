"""HTML: a shell that carries its configuration and loads the built widget, and the card that says no."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from flask import Response, current_app, make_response, render_template, request, url_for

from connector.render.words import FALLBACK, LANGUAGES, language, sentence
from connector.web import widget
from connector.web.headers import Page, describe

GONE_TITLE = "There is nothing here"
GONE_TEXT = "This link does not lead to a map. It may have ended, or it was copied only in part."


def shell(source: str, config: Mapping[str, Any], *, title: str, status: int = 200, **about: Any) -> Response:
    """The page whose entry is that source of the widget; without a built widget, a sentence and the picture."""
    found = widget.entry(source, current_app.config[widget.FOLDER])
    lang = config.get("lang") or reader_language()
    html = render_template(
        "page.html",
        config={name: value for name, value in config.items() if value is not None},
        title=title,
        lang=lang,
        say=partial(sentence, lang),
        scripts=[_built(path) for path in found.scripts] if found else [],
        styles=[_built(path) for path in found.styles] if found else [],
        plain_css=url_for("files.plain"),
        **about,
    )
    response = _for_readers(html, status)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def card(title: str, text: str, *, status: int, asks: bool = False) -> Response:
    """A small page with one thing to say, in the language of who reads it; ``asks``: for a password."""
    lang = reader_language()
    say = partial(sentence, lang)
    html = render_template(
        "card.html", title=say(title), text=say(text), asks=asks, lang=lang, say=say, plain_css=url_for("files.plain")
    )
    return _for_readers(html, status)


def _for_readers(html: str, status: int) -> Response:
    response = make_response(html, status)
    response.vary.update(["Accept", "Accept-Language"])
    return response


def reader_language() -> str:
    """The language the address asks for, else what the browser prefers of those that are spoken here."""
    return language(request.args.get("lang") or request.accept_languages.best_match(LANGUAGES, FALLBACK))


def status_of_question(status: int) -> int:
    """The status of a page that asks for something before it shows more: 200 for a browser, else ``status``.

    A browser writes every other down as an error of the page, also in the gallery that has it in a frame.
    """
    return 200 if "text/html" in request.accept_mimetypes.values() else status


def gone() -> Response:
    """The one answer to an unknown, an expired and a revoked link, so that they cannot be told apart."""
    describe(Page.EMBED, frame_ancestors=("*",), anywhere=True)
    return card(GONE_TITLE, GONE_TEXT, status=404)


def _built(path: str) -> str:
    return url_for("files.built", path=path)
