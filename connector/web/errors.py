"""One table from what went wrong to a status, and one form to say it in: RFC 9457 problem details.

A problem repeats nothing of what was sent, so that no secret comes back by this way.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from flask import Flask, Response, make_response
from pydantic import BaseModel, ValidationError
from werkzeug.exceptions import HTTPException

from adapters import library
from connector.actions import errors
from connector.trace.edits import BadEdit
from connector.web.invalid import sentence_of


class Wrong(BaseModel):
    """One thing that is wrong; ``field`` is its path in what was sent, where it has one."""

    field: str | None = None
    message: str


class Problem(BaseModel):
    """RFC 9457. ``type`` is a stable name for programs, ``detail`` one sentence for people."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str | None = None
    errors: list[Wrong] | None = None


@dataclass(frozen=True, slots=True)
class _Answer:
    of: type[Exception]
    status: int
    name: str
    title: str


#: the first row that fits counts
TABLE = (
    _Answer(errors.NotFound, 404, "not-found", "Not found"),
    _Answer(errors.Stale, 412, "stale", "Changed meanwhile"),
    _Answer(errors.Forbidden, 403, "forbidden", "Not allowed"),
    _Answer(errors.SignInFailed, 403, "sign-in-failed", "Not signed in"),
    _Answer(errors.PasswordNeeded, 403, "password-needed", "A password is needed"),
    _Answer(errors.NotReady, 409, "not-ready", "Not made yet"),
    _Answer(errors.Conflict, 409, "conflict", "There is one already"),
    _Answer(errors.TooMany, 429, "too-many", "Too many requests"),
    _Answer(errors.Invalid, 422, "invalid", "Cannot be done like this"),
    _Answer(BadEdit, 422, "invalid", "Cannot be done like this"),
    _Answer(library.BadSettings, 422, "library-settings", "The library's settings cannot be right"),
    _Answer(library.Unauthorized, 403, "library-unauthorized", "The library refused the credential"),
    _Answer(library.NotFound, 404, "library-not-found", "Not in the library"),
    _Answer(library.Unavailable, 503, "library-unavailable", "The library does not answer"),
    _Answer(library.BadReply, 502, "library-bad-reply", "The library's answer cannot be understood"),
    _Answer(library.LibraryError, 502, "library", "The library could not be used"),
    _Answer(errors.RouterDown, 503, "router-down", "The router does not answer"),
    _Answer(errors.ActionError, 400, "refused", "Cannot be done"),
)


def install(app: Flask) -> None:
    """Answers every error of the application by a problem."""
    app.register_error_handler(HTTPException, _http)
    for row in TABLE:
        app.register_error_handler(row.of, answer)


def problem(said: Problem) -> Response:
    response = make_response(said.model_dump_json(exclude_none=True), said.status)
    response.content_type = "application/problem+json"
    return response


def invalid(error: ValidationError) -> Response:
    """What a request's schema says is wrong with it: all of it, and nothing of what was sent."""
    found = error.errors(include_url=False, include_input=False)
    wrong = [Wrong(field=".".join(map(str, each["loc"])) or None, message=sentence_of(each)) for each in found]
    return problem(
        Problem(
            type=_type("invalid"), title="Cannot be done like this", status=422, detail=_joined(wrong), errors=wrong
        )
    )


def answer(error: Exception) -> Response:
    """The answer to an error of the table."""
    row = next(row for row in TABLE if isinstance(error, row.of))
    wrong = [Wrong(message=each) for each in getattr(error, "problems", ())]
    said = Problem(
        type=_type(row.name), title=row.title, status=row.status, detail=str(error) or None, errors=wrong or None
    )
    response = problem(said)
    retry_after_s = getattr(error, "retry_after_s", None)
    if retry_after_s is not None:
        response.headers["Retry-After"] = str(math.ceil(retry_after_s))
    return response


def _type(name: str) -> str:
    return f"urn:image-tracer:{name}"


def _joined(wrong: list[Wrong]) -> str:
    return "; ".join(f"{each.field}: {each.message}" if each.field else each.message for each in wrong)


def _http(error: HTTPException) -> Response:
    """Flask's own errors, and whatever nobody expected (500, which Flask has logged)."""
    if error.response is not None:
        return make_response(error.response)
    status = error.code or 500
    response = problem(Problem(title=error.name, status=status, detail=error.description))
    for name, value in error.get_headers():
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response
