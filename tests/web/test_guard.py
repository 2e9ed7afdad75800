"""A walk over every address there is: strangers, other people, other sites, frames."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from connector.actions.services import Services
from connector.web.headers import Page
from tests.web.conftest import API, Browser
from tests.web.test_embed import make_share

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
#: answers strangers on purpose: what anybody may see, and the ways in
PUBLIC = {
    "studio.home",
    "studio.trace",
    "files.built",
    "files.plain",
    "api_people.set_up",
    "api_people.sign_in",
    "api_connections.kinds",
    "api_words.words",
    "oembed.oembed",
    "health.alive",
    "health.ready",
    "hooks.hook",
    "embed.frame",
    "embed.album",
    "embed.unlock_frame",
    "embed.unlock_album",
    "embed.document",
    "embed.photo",
    "embed.open_photo",
    "embed.picture",
    "embed.tile",
}
BODIES: dict[str, dict[str, Any]] = {
    "api_edits.edit": {"edit": {"kind": "exclude", "asset": "x"}},
    "api_edits.preview": {"edit": {"kind": "exclude", "asset": "x"}},
    "api_traces.change": {"title": "Mine now"},
    "api_traces.moved": {"album_id": "walk", "new_album_id": "stroll", "same": True},
    "api_shares.share": {},
    "api_watching.begin_watching": {"every": True},
    "api_watching.hook": {},
    "api_write_back.apply": {},
}
QUERIES = {"api_connections.cover": {"album": "walk"}}


@dataclass(frozen=True)
class Route:
    rule: Rule
    method: str

    @property
    def endpoint(self) -> str:
        return str(self.rule.endpoint)

    def path(self, **ids: str) -> str:
        known = {
            "path": "x.js",
            "map": "tiny",
            "extension": "svg",
            "format": "gpx",
            "z": "0",
            "x": "0",
            "y": "0",
            **ids,
        }
        return re.sub(r"<(?:[^<>:]+:)?(\w+)>", lambda found: known.get(found[1], "unknown"), self.rule.rule)


def routes(app: Flask) -> Iterator[Route]:
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield Route(rule, method)


def test_every_address_is_refused_to_strangers_unless_it_is_listed_here(app: Flask, stranger: Browser) -> None:
    met: set[str] = set()
    for route in routes(app):
        answer = stranger.ask(route.method, route.path())
        if route.endpoint in PUBLIC:
            met.add(route.endpoint)
            assert answer.status_code != 401 or route.endpoint.startswith("studio."), route
        else:
            assert answer.status_code == 401, route
            assert answer.mimetype == "application/problem+json"
    assert met == PUBLIC


def test_somebody_elses_thing_is_the_same_as_none(
    app: Flask, services: Services, anna: Browser, ben: Browser, connection_id: str, trace_id: str
) -> None:
    share = anna.post(f"/traces/{trace_id}/shares", {}).json["id"]
    style = anna.post("/styles", {"name": "mine", "style": {}}).json["id"]
    key = anna.get(f"/traces/{trace_id}/document").json["photos"]["key"][0]
    hers = {"trace_id": trace_id, "connection_id": connection_id, "share_id": share, "style_id": style, "key": key}
    tried = 0
    for route in routes(app):
        if route.endpoint in PUBLIC or not set(route.rule.arguments) & hers.keys():
            continue
        more: dict[str, Any] = {"query_string": QUERIES.get(route.endpoint)}
        if route.method in UNSAFE:
            more |= {"json": BODIES.get(route.endpoint), "headers": {"If-Match": '"1"'}}
        theirs, nobodys = (ben.ask(route.method, route.path(**ids), **more) for ids in (hers, {}))
        assert theirs.status_code == nobodys.status_code == 404, (route, theirs.text)
        assert theirs.data == nobodys.data, route
        assert sorted(theirs.headers) == sorted(nobodys.headers), route
        tried += 1
    assert tried >= 20
    assert anna.get(f"/traces/{trace_id}").json["title"] == "walk"


def test_another_site_cannot_act_in_my_name(app: Flask, anna: Browser) -> None:
    signs = (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    )
    tried = 0
    for route in routes(app):
        for sign in signs if route.method in UNSAFE else ():
            answer = anna.ask(route.method, route.path(), json=BODIES.get(route.endpoint), headers=sign)
            assert answer.status_code == 403, (route, sign)
            tried += 1
    assert tried >= 60
    assert anna.get("/me").status_code == 200


def test_our_own_pages_and_programs_may(anna: Browser) -> None:
    for sign in ({"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": "http://localhost"}, {}):
        changed = anna.ask("PATCH", f"{API}/me", json={"preferences": {"units": "metric"}}, headers=sign)
        assert changed.status_code == 200, sign


def test_only_shares_may_be_framed(app: Flask, anna: Browser, trace_id: str) -> None:
    token = make_share(anna, trace_id, frame_ancestors=["https://gallery.example"])
    for route in routes(app):
        if route.endpoint == "api_people.sign_out":
            continue  # it would make a stranger of her
        answer = anna.ask(route.method, route.path(token=token))
        policy = answer.headers["Content-Security-Policy"]
        framed = re.search(r"frame-ancestors ([^;]*)", policy)
        assert framed is not None, route
        if route.endpoint in ("embed.frame", "embed.album"):
            assert framed[1] == "https://gallery.example"
        else:
            assert framed[1] == "'none'", route
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "X-Frame-Options" not in answer.headers
        assert "unsafe-inline" not in policy or answer.mimetype == "image/svg+xml"


def test_no_page_loads_anything_from_a_third_party() -> None:
    """Whatever is added to a policy: only our own address, and what a page holds in itself."""
    for page in Page:
        said = [each.split() for each in page.split(";")]
        directives = {name: sources for name, *sources in said}
        assert directives["default-src"] == ["'none'"], page
        assert {each for sources in directives.values() for each in sources} <= {
            "'none'",
            "'self'",
            "data:",
            "blob:",
            *(["'unsafe-inline'"] if page is Page.DRAWING else []),
        }, page
        assert directives.get("script-src", ["'none'"]) in (["'none'"], ["'self'"]), page
        assert directives.get("base-uri", ["'none'"]) == ["'none'"], page
        assert directives.keys() >= ({"sandbox"} if page is Page.DRAWING else {"base-uri", "form-action"}), page


def test_only_what_is_shared_may_be_read_by_other_sites_and_kept(anna: Browser, trace_id: str) -> None:
    token = make_share(anna, trace_id)
    mine, shared = anna.get("/me"), anna.ask("GET", f"/embed/{token}/document")
    said = [
        (each.headers["Cross-Origin-Resource-Policy"], each.headers.get("Access-Control-Allow-Origin"))
        for each in (mine, shared)
    ]
    assert said == [("same-origin", None), ("cross-origin", "*")]
    assert mine.headers["Cache-Control"] == "no-store"
    assert {each.headers["X-Robots-Tag"] for each in (mine, shared)} == {"noindex"}


def test_the_session_cookie_is_for_this_site_and_for_no_script(app: Flask, anna: Browser) -> None:
    browser = app.test_client()
    entered = browser.post(f"{API}/session", json={"token": anna.token})
    assert entered.status_code == 201
    said = entered.headers["Set-Cookie"]
    assert "HttpOnly" in said
    assert "SameSite=Lax" in said
    assert "Secure" not in said  # this one is reached by http
    assert anna.token is not None
    assert anna.token not in said
    assert browser.get(f"{API}/me").json["name"] == "Anna"
    assert browser.get("/").status_code == 200
    assert browser.delete(f"{API}/session").status_code == 204
    assert browser.get(f"{API}/me").status_code == 401
    assert browser.get("/").status_code == 401


def test_a_signed_out_token_is_dead_everywhere(app: Flask, anna: Browser) -> None:
    assert anna.ask("DELETE", f"{API}/session").status_code == 204
    assert anna.get("/me").status_code == 401


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b'"{}"', "application/json", 400),
        (b'{"preferences": {"lang": "\\u0000"}}', "application/json", 400),
        (b'{"preferences": {"lang": "\\ud800"}}', "application/json", 400),
        (b'{"preferences": NaN}', "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b"preferences=x", "application/x-www-form-urlencoded", 415),
        (b"{}", "text/plain", 415),
        (b"{" + b" " * 300_000 + b"}", "application/json", 413),
        (b'{"preferences": {"colour": "red"}}', "application/json", 422),
        (b'{"preferences": {"units": 5}}', "application/json", 422),
    ],
)
def test_what_is_sent_is_one_json_object(anna: Browser, body: bytes, content_type: str, status: int) -> None:
    answer = anna.ask("PATCH", f"{API}/me", data=body, content_type=content_type)
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json"
    assert answer.json["status"] == status
    assert answer.json.get("detail")


def test_a_problem_repeats_nothing_that_was_sent(anna: Browser) -> None:
    secret = "a-sentinel-nobody-may-see-again"
    answer = anna.post(
        "/connections", {"name": "x", "kind": "webdav", "options": {"password": [secret]}, "key": secret}
    )
    assert answer.status_code == 422
    assert len(answer.json["errors"]) == 2
    assert secret not in answer.text


def test_nobody_may_guess_tokens_for_ever(stranger: Browser, anna: Browser) -> None:
    answers = [stranger.post("/session", {"token": f"guess-{n}"}) for n in range(15)]
    assert [answer.status_code for answer in answers] == [403] * 10 + [429] * 5
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert anna.get("/me").status_code == 200


def test_who_signs_in_well_is_not_slowed_down(stranger: Browser, anna: Browser) -> None:
    answers = [stranger.post("/session", {"token": anna.token}).status_code for _ in range(15)]
    assert answers == [201] * 15
