"""The web application. Making it opens and starts nothing: everything it works with is handed in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, override
from urllib.parse import urlsplit

from flask import request
from flask_openapi3.models.info import Info
from flask_openapi3.openapi import OpenAPI
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import BaseConverter

from connector.actions.services import Services
from connector.web import (
    answers,
    docs,
    embed,
    errors,
    exapp,
    files,
    guard,
    headers,
    health,
    hooks,
    oembed,
    studio,
    widget,
)
from connector.web.api import (
    connections,
    drawings,
    edits,
    people,
    progress,
    shares,
    styles,
    tiles,
    traces,
    watching,
    words,
    write_back,
)
from connector.web.context import EXTENSION
from connector.web.schema import ID

_SECURITY: dict[str, Any] = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "cookie": {"type": "apiKey", "in": "cookie", "name": guard.COOKIE},
}
_API = (
    people,
    connections,
    traces,
    edits,
    drawings,
    progress,
    shares,
    styles,
    tiles,
    watching,
    words,
    write_back,
    embed,
    oembed,
)
_PAGES = (studio, hooks, health, files, docs)


class _Id(BaseConverter):
    regex = ID


class _App(OpenAPI):
    @override
    def log_exception(self, exc_info: Any) -> None:
        """Names the route and not the address: that may hold the token of a share or a hook."""
        self.logger.error("a request failed: %s %s", request.method, request.url_rule, exc_info=exc_info)


def create_app(services: Services, *, built: Path = widget.BUILT) -> OpenAPI:
    """The application over these services. ``built``: folder of the built widget."""
    app = _App(
        "connector.web",
        info=Info(title="image-tracer", version="1"),
        security_schemes=_SECURITY,
        validation_error_model=errors.Problem,
        validation_error_callback=errors.invalid,
        doc_ui=False,
    )
    app.extensions[EXTENSION] = services
    app.config[widget.FOLDER] = built
    app.url_map.converters["id"] = _Id
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    exapp.install(app, services.settings)
    for part in (guard, headers, answers, errors, progress):
        part.install(app)
    for noun in _API:
        app.register_api(noun.blueprint)
    for page in _PAGES:
        app.register_blueprint(page.blueprint)
    _behind_proxies(app, services)
    return app


def _behind_proxies(app: OpenAPI, services: Services) -> None:
    """What trusted proxies say of the visitor counts; the path of the public address counts without them too."""
    count = services.settings.proxies
    if count:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count, x_prefix=count)  # type: ignore[method-assign]  # Flask's own way to wrap it
    path = urlsplit(services.settings.address).path.rstrip("/")
    if path:
        app.wsgi_app = _Below(app.wsgi_app, path)  # type: ignore[method-assign]  # as above


class _Below:
    """The application below a path, whether the proxy takes the path off or not."""

    def __init__(self, app: Callable[..., Iterable[bytes]], path: str) -> None:
        self._app, self._path = app, path

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == self._path or path.startswith(f"{self._path}/"):
            environ["PATH_INFO"] = path[len(self._path) :] or "/"
        environ["SCRIPT_NAME"] = self._path
        return self._app(environ, start_response)
