"""Whether the process answers, and whether it can work. The libraries' being up is no part of either."""

from __future__ import annotations

from flask import Blueprint, Response

from connector.actions import health
from connector.web.answers import data
from connector.web.context import public, services

blueprint = Blueprint("health", __name__)


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
    if not health.is_writable(services()):
        return ["the database cannot be written"]
    return [] if services().queue.workers() else ["no worker is alive"]
