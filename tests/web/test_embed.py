"""Shares as their visitors meet them: pages, what they load, passwords, oEmbed."""

from __future__ import annotations

import gzip
import html
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from markupsafe import escape

from connector.actions.services import Services
from connector.web.app import create_app
from tests.web.album import write_album
from tests.web.conftest import Browser, Clock

AS_BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


def make_share(anna: Browser, trace_id: str, **wish: Any) -> str:
    """The token of a new share."""
    made = anna.post(f"/traces/{trace_id}/shares", wish)
    assert made.status_code == 201, made.text
    return str(made.json["token"])


def config_of(page: str) -> dict[str, Any]:
    found = re.search(r'data-config="([^"]*)"', page)
    assert found is not None
    return dict(json.loads(html.unescape(found[1])))


def test_a_share_shows_the_trace_to_whoever_has_its_link(anna: Browser, stranger: Browser, trace_id: str) -> None:
    token = make_share(anna, trace_id, frame_ancestors=["https://gallery.example"])
    page = stranger.ask("GET", f"/embed/{token}")
    assert page.status_code == 200
    config = config_of(page.text)
    assert config["document"] == f"/embed/{token}/document"
    policy = page.headers["Content-Security-Policy"]
    assert "frame-ancestors https://gallery.example" in policy
    assert "worker-src 'self' data:" in policy
    assert "unsafe" not in policy
    document = stranger.ask("GET", config["document"])
    assert document.headers["Access-Control-Allow-Origin"] == "*"
    assert document.json["can_edit"] is False
    assert len(document.json["photos"]["key"]) == 6
    for name in ("X-Frame-Options", "Set-Cookie"):
        assert name not in page.headers
        assert name not in document.headers


def test_a_page_brings_the_themes_it_may_be_seen_in(anna: Browser, stranger: Browser, trace_id: str) -> None:
    anna.ask("PATCH", f"/api/v1/traces/{trace_id}", json={"style": {"theme": "dusk"}})
    token = make_share(anna, trace_id)

    def brought(address: str) -> list[str]:
        return [theme["name"] for theme in config_of(stranger.ask("GET", address).text)["themes"]]

    assert brought(f"/embed/{token}") == ["dusk", "rose"]
    assert brought(f"/embed/{token}/album?theme=night") == ["dusk", "night", "rose", "paper"]
    assert brought(f"/embed/{token}?theme=nothing") == ["dusk", "rose"]
    assert len(config_of(anna.ask("GET", "/").text)["themes"]) >= 8


def test_a_visitor_who_has_the_document_gets_304(anna: Browser, stranger: Browser, trace_id: str) -> None:
    token = make_share(anna, trace_id)
    first = stranger.ask("GET", f"/embed/{token}/document", headers={"Accept-Encoding": "gzip"})
    assert json.loads(gzip.decompress(first.data))["format"] == 1
    again = stranger.ask("GET", f"/embed/{token}/document", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    anna.ask("PATCH", f"/api/v1/traces/{trace_id}", json={"title": "Another"})
    later = stranger.ask("GET", f"/embed/{token}/document", headers={"If-None-Match": first.headers["ETag"]})
    assert (later.status_code, later.json["title"]) == (200, "Another")


def test_unknown_expired_and_revoked_are_one_and_the_same(
    anna: Browser, stranger: Browser, trace_id: str, clock: Clock
) -> None:
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    expiring = make_share(anna, trace_id, expires_at=soon)
    revoked = anna.post(f"/traces/{trace_id}/shares", {}).json
    assert anna.ask("DELETE", f"/api/v1/shares/{revoked['id']}").status_code == 204
    assert stranger.ask("GET", f"/embed/{expiring}").status_code == 200
    clock.ahead = timedelta(hours=2)
    for below in ("", "/album", "/document", "/photos/abc", "/tiles/tiny/0/0/0.mvt"):
        answers = [
            stranger.ask("GET", f"/embed/{token}{below}") for token in ("nothing", expiring, revoked["token"], "a~b")
        ]
        assert {answer.status_code for answer in answers} == {404}, below
        assert len({answer.data for answer in answers}) == 1, below
        assert len({str(sorted(answer.headers)) for answer in answers}) == 1, below


def test_a_password_is_asked_once(anna: Browser, stranger: Browser, trace_id: str) -> None:
    token = make_share(anna, trace_id, password="sentinel-correct-horse")
    asked = stranger.ask("GET", f"/embed/{token}")
    assert asked.status_code == 403
    assert '<form method="post">' in asked.text
    assert "walk" not in asked.text
    assert stranger.ask("GET", f"/embed/{token}/document").status_code == 403
    assert stranger.ask("GET", "/oembed", query_string={"url": f"http://localhost/embed/{token}"}).status_code == 403
    wrong = stranger.ask("POST", f"/embed/{token}", data={"password": "wrong"})
    assert wrong.status_code == 403
    right = stranger.ask("POST", f"/embed/{token}", data={"password": "sentinel-correct-horse"})
    assert right.status_code == 303
    assert "horse" not in right.headers["Location"]
    opened = stranger.ask("GET", right.headers["Location"])
    assert opened.status_code == 200
    assert "oembed" not in opened.text + opened.headers.get("Link", "")
    assert "og:image" not in opened.text
    document = stranger.ask("GET", config_of(opened.text)["document"])
    assert document.status_code == 200
    key = document.json["photos"]["key"][0]
    for _ in range(30):  # a ticket is no try: many pictures at once are not too many
        answer = stranger.ask("GET", config_of(opened.text)["photos"] + key, query_string={"edge": 64})
        assert answer.status_code == 200


@pytest.mark.parametrize(
    ("headers", "query", "lang", "says"),
    [
        (
            {"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"},
            "",
            "de",
            ("Passwort", "nicht das Passwort", "Zu viele", "ist nichts"),
        ),
        ({"Accept-Language": "zh-CN,zh;q=0.9"}, "", "zh", ("密码", "密码不正确", "次数过多", "什么也没有")),
        ({"Accept-Language": "fr"}, "", "en", ("Password", "not the password", "Too many tries", "nothing here")),
        ({"Accept-Language": "en"}, "?lang=de", "de", ("Passwort", "nicht das Passwort", "Zu viele", "ist nichts")),
    ],
)
def test_pages_without_a_map_speak_the_readers_language(
    anna: Browser,
    stranger: Browser,
    trace_id: str,
    headers: dict[str, str],
    query: str,
    lang: str,
    says: tuple[str, ...],
) -> None:
    token = make_share(anna, trace_id, password="sentinel-correct-horse")
    path, headers = f"/embed/{token}{query}", {**AS_BROWSER, **headers}
    asked = stranger.ask("GET", path, headers=headers)
    wrong = stranger.ask("POST", path, data={"password": "wrong"}, headers=headers)
    right = stranger.ask("POST", path, data={"password": "sentinel-correct-horse"}, headers=headers)
    assert right.headers["Location"].partition("?")[2] == query.removeprefix("?")
    halted = [stranger.ask("POST", path, data={"password": "wrong"}, headers=headers) for _ in range(40)][-1]
    gone = stranger.ask("GET", f"/embed/nothing{query}", headers=headers)
    assert [page.status_code for page in (asked, wrong, halted, gone)] == [200, 200, 429, 404]
    assert int(halted.headers["Retry-After"]) > 0
    for page, said in zip((asked, wrong, halted, gone), says, strict=True):
        assert f'<html lang="{lang}">' in page.text
        assert said in page.text
        assert "style-src 'self'" in page.headers["Content-Security-Policy"]


def test_a_ticket_opens_only_its_own_share(anna: Browser, stranger: Browser, trace_id: str) -> None:
    one, other = (make_share(anna, trace_id, password="sentinel-correct-horse") for _ in range(2))
    right = stranger.ask("POST", f"/embed/{one}", data={"password": "sentinel-correct-horse"})
    ticket = right.headers["Location"].partition("~")[2]
    assert stranger.ask("GET", f"/embed/{one}~{ticket}/document").status_code == 200
    assert stranger.ask("GET", f"/embed/{other}~{ticket}/document").status_code == 403
    assert stranger.ask("GET", f"/embed/{one}~{ticket[:-3]}abc/document").status_code == 403


def test_oembed_answers_a_bare_frame_within_the_limits(anna: Browser, stranger: Browser, trace_id: str) -> None:
    token = make_share(anna, trace_id)
    page = stranger.ask("GET", f"/embed/{token}")
    discovered = re.search(r'<link rel="alternate" type="application/json\+oembed" href="([^"]*)"', page.text)
    assert discovered is not None
    address = html.unescape(discovered[1])
    assert f"<{address}>" in page.headers["Link"]
    said = stranger.ask("GET", address.removeprefix("http://localhost")).json
    assert (said["version"], said["type"], said["width"], said["height"]) == ("1.0", "rich", 640, 420)
    small = stranger.ask("GET", f"{address.removeprefix('http://localhost')}&maxwidth=300&maxheight=200").json
    assert (small["width"], small["height"]) == (300, 200)
    assert small["thumbnail_width"] <= 300
    assert small["thumbnail_height"] <= 200
    frame = re.fullmatch(r'<iframe src="([^"]*)" width="300" height="200" title="walk"></iframe>', small["html"])
    assert frame is not None
    assert frame[1] == f"http://localhost/embed/{token}"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"url": "http://localhost/embed/unknown"}, 404),
        ({"url": "https://elsewhere.example/embed/unknown"}, 404),
        ({"url": "http://localhost/"}, 404),
        ({"url": "http://localhost/embed/unknown", "format": "xml"}, 501),
        ({"url": "http://localhost/embed/unknown", "maxwidth": "wide"}, 422),
        ({}, 422),
    ],
)
def test_oembed_refuses(stranger: Browser, query: dict[str, str], status: int) -> None:
    assert stranger.ask("GET", "/oembed", query_string=query).status_code == status


HOSTILE = (
    "<img src=x onerror=alert(1)>",
    '"><script>alert(1)</script>',
    "</title></script><script>alert(1)</script>",
    "' onload='x",
)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_title_stays_text(anna: Browser, stranger: Browser, trace_id: str, name: str) -> None:
    assert anna.ask("PATCH", f"/api/v1/traces/{trace_id}", json={"title": name}).status_code == 200
    token = make_share(anna, trace_id)
    page = stranger.ask("GET", f"/embed/{token}").text
    assert name not in page
    assert f"<title>{escape(name)}</title>" in page
    said = stranger.ask("GET", "/oembed", query_string={"url": f"http://localhost/embed/{token}"}).json
    assert said["title"] == name
    assert re.fullmatch(r'<iframe src="[^"<>]*" width="\d+" height="\d+" title="[^"<>]*"></iframe>', said["html"])
    svg = stranger.ask("GET", f"/embed/{token}/picture.svg")
    assert not re.search(r"<(script|img|[^>]*\son)", svg.text)
    assert "sandbox" in svg.headers["Content-Security-Policy"]


def test_a_hostile_file_name_stays_text(anna: Browser, stranger: Browser, connection_id: str, library: Path) -> None:
    name = '"><img src=x onerror=alert(1)>.jpg'
    write_album(library / "bad <b>album", names=[name])
    made = anna.post("/traces", {"connection_id": connection_id, "albums": ["bad <b>album"]})
    assert made.status_code == 202, made.text
    token = make_share(anna, made.json["id"])
    document = stranger.ask("GET", f"/embed/{token}/document")
    assert name in document.json["photos"]["name"]
    assert document.mimetype == "application/json"
    assert document.headers["X-Content-Type-Options"] == "nosniff"
    for path in ("", "/album", "/picture.svg"):
        assert "onerror" not in stranger.ask("GET", f"/embed/{token}{path}").text
    assert "<b>" not in stranger.ask("GET", f"/embed/{token}").text


def test_a_title_breaks_no_header(anna: Browser, trace_id: str) -> None:
    title = "one\r\nSet-Cookie: a=b"
    assert anna.ask("PATCH", f"/api/v1/traces/{trace_id}", json={"title": title}).status_code == 200
    for path in (f"/traces/{trace_id}/files/geojson", f"/traces/{trace_id}/document"):
        answer = anna.get(path)
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers


def test_a_page_without_the_built_widget_says_so_and_shows_the_picture(
    services: Services, anna: Browser, trace_id: str, tmp_path: Path
) -> None:
    token = make_share(anna, trace_id)
    page = create_app(services, built=tmp_path).test_client().get(f"/embed/{token}").text
    assert "The map is not built into this installation" in page
    assert f'<img src="/embed/{token}/picture.png?' in page
    assert "<script" not in page
