"""One table from what went wrong to a status."""

from __future__ import annotations

import pytest
from flask import Flask

from adapters import library
from connector.actions import errors
from connector.web.context import public
from tests.web.conftest import Browser


@pytest.mark.parametrize(
    ("error", "status", "retry_after"),
    [
        (errors.NotFound("trace"), 404, None),
        (errors.Stale(4), 412, None),
        (errors.Conflict("there is one"), 409, None),
        (errors.NotReady("not yet"), 409, None),
        (errors.Forbidden("only the administrator"), 403, None),
        (errors.TooMany(12.2), 429, "13"),
        (errors.RouterDown("the router does not answer"), 503, None),
        (library.Unauthorized("refused"), 403, None),
        (library.NotFound("gone"), 404, None),
        (library.Unavailable("busy", retry_after_s=7), 503, "7"),
        (library.Unavailable("down"), 503, None),
        (library.BadReply("a login page"), 502, None),
        (library.LibraryError("odd"), 502, None),
        (errors.ActionError("no"), 400, None),
    ],
)
def test_what_goes_wrong_has_one_status(
    app: Flask, anna: Browser, error: Exception, status: int, retry_after: str | None
) -> None:
    def fails() -> None:
        raise error

    app.view_functions["api_people.me"] = fails
    answer = anna.get("/me")
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert answer.json["detail"] == str(error)
    assert answer.json["type"].startswith("urn:image-tracer:")
    assert answer.headers.get("Retry-After") == retry_after


def test_several_problems_are_said_at_once(app: Flask, anna: Browser) -> None:
    def fails() -> None:
        raise errors.Invalid(["one is wrong", "another too"])

    app.view_functions["api_people.me"] = fails
    assert [each["message"] for each in anna.get("/me").json["errors"]] == ["one is wrong", "another too"]


def test_what_nobody_expected_says_nothing_of_itself(
    app: Flask, anna: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(**_: object) -> None:
        raise RuntimeError("the key is hunter2")

    app.view_functions["api_people.me"] = fails
    app.testing = False
    answer = anna.get("/me")
    assert (answer.status_code, answer.mimetype) == (500, "application/problem+json")
    assert "hunter2" not in answer.text
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    app.view_functions["embed.document"] = app.view_functions["hooks.hook"] = public(fails)
    assert anna.ask("GET", "/embed/secret-token/document").status_code == 500
    assert anna.ask("POST", "/hooks/secret-token").status_code == 500
    assert "/embed/<token>/document" in caplog.text
    assert "secret-token" not in caplog.text
