"""Calls from outside that say an album may have changed. Answered at once: the look happens later."""

from __future__ import annotations

from flask import Blueprint, Response, request

from connector.actions import hooks
from connector.web.answers import data
from connector.web.context import public, services

blueprint = Blueprint("hooks", __name__)


@blueprint.post("/hooks/<token>")
@public
def hook(token: str) -> Response:
    """Takes a call of at most 20 kB; whoever calls with the right address gets 202 however often it calls."""
    request.max_content_length = hooks.LARGEST_BODY
    body = request.get_data(cache=False)
    taken = hooks.take(services(), token, dict(request.headers), body)
    return data({"outcome": taken.outcome}, 202)
