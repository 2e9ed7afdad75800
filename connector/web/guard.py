"""Who may ask, and how: the sign-in, and what keeps other sites from acting in a person's name.

Architecture invariant: every view is refused to strangers unless it is marked `public`.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request
from werkzeug.exceptions import BadRequest, Forbidden, Unauthorized, UnsupportedMediaType

from connector.actions import people
from connector.web.context import is_public, services

COOKIE = "tracer_session"
LARGEST_BODY_BYTES = 256 * 1024
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def install(app: Flask) -> None:
    """Runs before every view."""
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY_BYTES
    app.before_request(_check)


def keep_signed_in(response: Response, token: str) -> Response:
    """Gives the browser the session. ``Secure`` where people come by https."""
    secure = request.is_secure or services().settings.address.startswith("https:")
    response.set_cookie(
        COOKIE,
        token,
        max_age=people.SESSION_LASTS,
        path=request.script_root or "/",
        secure=secure,
        httponly=True,
        samesite="Lax",
    )
    return response


def forget(response: Response) -> Response:
    response.delete_cookie(COOKIE, path=request.script_root or "/", httponly=True, samesite="Lax")
    return response


def token() -> str | None:
    """The token this request carries: a bearer token, else the cookie's."""
    if request.authorization is not None and request.authorization.type == "bearer":
        return request.authorization.token
    return request.cookies.get(COOKIE)


def visitor() -> people.Person | None:
    """Whose token this request carries, or whom the server around us vouches for; None: nobody's."""
    if "vouched" in g:
        person: people.Person = g.vouched().person
        return person
    given = token()
    return people.person_of(services(), given) if given else None


def _check() -> None:
    if request.method not in SAFE:
        _same_site()
    if request.endpoint is not None and not is_public(current_app.view_functions[request.endpoint]):
        g.person = visitor()
        if g.person is None:
            raise Unauthorized("sign in first: this needs a session or a bearer token")
    if request.blueprint is not None and request.blueprint.startswith("api"):
        _json_object()


def _same_site() -> None:
    """Refuses what another site's page sends. Programs send neither header and no cookie of a browser."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in ("same-origin", "none"):
        raise Forbidden("this was sent from another site's page")
    origin = request.headers.get("Origin")
    if site is None and origin is not None and origin not in _our_origins():
        raise Forbidden("this was sent from another site's page")


def _our_origins() -> set[str]:
    return {_origin(request.host_url), _origin(services().settings.address)}


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _json_object() -> None:
    """What is sent is one JSON object of proper texts, or nothing."""
    if request.method in SAFE or not request.get_data(cache=True):
        return
    if not request.is_json:
        raise UnsupportedMediaType("send JSON, with Content-Type: application/json")
    try:
        found = json.loads(request.get_data(), parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise BadRequest("the body is not JSON") from None
    if not isinstance(found, dict):
        raise BadRequest("the body must be one JSON object")
    if any(_broken(text) for text in _texts(found)):
        raise BadRequest("a text holds a NUL or half a character")


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no JSON")


def _texts(value: Any) -> list[str]:
    """Every text in a JSON value, names of fields too; iterative, since depth is the sender's choice."""
    found: list[str] = []
    left = [value]
    while left:
        each = left.pop()
        if isinstance(each, str):
            found.append(each)
        elif isinstance(each, dict):
            found.extend(each)
            left.extend(each.values())
        elif isinstance(each, list):
            left.extend(each)
    return found


def _broken(text: str) -> bool:
    return "\0" in text or any("\ud800" <= char <= "\udfff" for char in text)
