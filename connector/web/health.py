"""Whether the process answers, and whether it can work. The libraries' being up is no part of either."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Flask, Response, current_app

from connector.actions import health
from connector.web.answers import data
from connector.web.context import public, services

blueprint = Blueprint("health", __name__)
Workers = Callable[[], int]
"""How many workers are alive."""
_WORKERS = "image_tracer_workers"


def watch(app: Flask, workers: Workers | None) -> None:
    """Readiness asks for workers too; None: whoever runs this does long work in another way."""
    app.extensions[_WORKERS] = workers


@blueprint.get("/healthz")
@public
def alive() -> Response:
    """The process answers."""
    return data({"ok": True})


@blueprint.get("/readyz")
@public
def ready() -> Response:
    """The database can be written and a worker is alive; 503 with the reasons otherwise."""
    problems = _problems()
    return data({"ok": not problems, "problems": problems}, 503 if problems else 200)


def _problems() -> list[str]:
    workers: Workers | None = current_app.extensions[_WORKERS]
    if not health.is_writable(services()):
        return ["the database cannot be written"]
    return ["no worker is alive"] if workers is not None and workers() == 0 else []
