"""The studio's shell, the built widget's files, the description to read, health, and addresses below a path."""

from __future__ import annotations

import ast
import gzip
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from connector.actions.services import Services
from connector.render.words import sentences
from connector.settings import Settings
from connector.web import pages
from connector.web.app import create_app
from tests.render.test_words import skeleton
from tests.web.conftest import API, Browser, Later
from tests.web.test_embed import AS_BROWSER, config_of, make_share

WEB = Path(pages.__file__).parent
MANIFEST = {
    "src/embed/main.ts": {"file": "assets/embed-1.js", "css": ["assets/embed-1.css"], "imports": ["_map.js"]},
    "src/studio/main.tsx": {"file": "assets/studio-1.js", "imports": ["_map.js", "_panels.js"]},
    "_map.js": {"file": "assets/map-1.js", "css": ["assets/map-1.css"]},
    "_panels.js": {"file": "assets/panels-1.js", "css": ["assets/panels-1.css"], "imports": ["_map.js"]},
}


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A widget as its build leaves it."""
    folder = tmp_path / "widget"
    (folder / ".vite").mkdir(parents=True)
    (folder / ".vite" / "manifest.json").write_text(json.dumps(MANIFEST), encoding="utf-8")
    (folder / "assets").mkdir()
    (folder / "assets" / "embed-1.js").write_text("export const a = 1;\n" * 500, encoding="utf-8")
    return folder


@pytest.fixture
def client(services: Services, built: Path) -> Any:
    return create_app(services, built=built).test_client()


def test_a_page_loads_what_the_manifest_names(client: Any, anna: Browser) -> None:
    page = client.get("/", headers={"Authorization": f"Bearer {anna.token}"})
    assert page.status_code == 200
    assert re.findall("<script[^>]*>", page.text) == ['<script type="module" src="/static/widget/assets/studio-1.js">']
    styles = re.findall('<link rel="stylesheet" href="([^"]*)">', page.text)
    assert styles == [
        "/static/plain.css",
        "/static/widget/assets/map-1.css",
        "/static/widget/assets/panels-1.css",
    ]
    policy = page.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy


def test_the_studio_shows_strangers_only_the_sign_in(client: Any, anna: Browser, trace_id: str) -> None:
    for path in ("/", f"/traces/{trace_id}", "/traces/unknown"):
        for headers, status in (({}, 401), ({"Accept": "*/*"}, 401), (AS_BROWSER, 200)):
            page = client.get(path, headers=headers)
            assert page.status_code == status
            assert "walk" not in page.text
            assert config_of(page.text)["page"] == "studio"
            assert config_of(page.text)["signed_in"] is False
    hers = client.get(f"/traces/{trace_id}", headers={"Authorization": f"Bearer {anna.token}"})
    config = config_of(hers.text)
    assert config["document"] == f"{API}/traces/{trace_id}/document"
    assert client.get(config["document"], headers={"Authorization": f"Bearer {anna.token}"}).status_code == 200


def said_by_pages() -> set[str]:
    """What the pages that the server writes itself say: cards, and what their templates do."""
    found = {pages.GONE_TITLE, pages.GONE_TEXT}
    for path in WEB.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("card", "pages.card", "_ask"):
                found |= {said for each in node.args if (said := skeleton(each)) is not None}
    for path in (WEB / "templates").glob("*.html"):
        found |= set(re.findall(r'say\("([^"]+)"\)', path.read_text(encoding="utf-8")))
    return found


@pytest.mark.parametrize("lang", ["de", "zh"])
def test_pages_written_by_the_server_are_translated(lang: str) -> None:
    known = {re.sub(r"\{\w+\}", "{}", english) for english in sentences(lang)}
    assert len(said_by_pages()) >= 11
    assert said_by_pages() - known == set()


def test_built_files_go_to_any_site_small_and_for_ever(client: Any) -> None:
    answer = client.get("/static/widget/assets/embed-1.js", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(answer.data).startswith(b"export const a")
    assert len(answer.data) < 300
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.mimetype == "text/javascript"
    plain = client.get("/static/widget/assets/embed-1.js", headers={"Accept-Encoding": "identity"})
    assert len(plain.data) == 10_000
    again = client.get("/static/widget/assets/embed-1.js", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_the_description_is_for_those_who_are_signed_in(app: Flask, anna: Browser, stranger: Browser) -> None:
    for path in ("/api/docs", "/api/openapi.json"):
        assert stranger.ask("GET", path).status_code == 401
    page = anna.ask("GET", "/api/docs")
    assert page.status_code == 200
    assert "/api/v1/traces/{trace_id}/edits" in page.text
    assert "<script" not in page.text
    described = anna.ask("GET", "/api/openapi.json").json
    paths = {
        re.sub(r"<(?:[^<>:]+:)?(\w+)>", r"{\1}", rule.rule)
        for rule in app.url_map.iter_rules()
        if str(rule.endpoint).startswith("api_")
    }
    assert len(paths) >= 40
    assert paths <= described["paths"].keys()
    assert described["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"


def test_health_says_whether_it_can_work(services: Services, stranger: Browser) -> None:
    assert stranger.ask("GET", "/healthz").json == {"ok": True}
    assert stranger.ask("GET", "/readyz").json == {"ok": True, "problems": []}
    alone = create_app(replace(services, queue=Later())).test_client().get("/readyz")
    assert (alone.status_code, alone.json["problems"]) == (503, ["no worker is alive"])


def test_a_database_that_takes_no_writes_is_not_ready(services: Services, stranger: Browser) -> None:
    with services.store.engine.connect() as connection:
        connection.exec_driver_sql("drop table token")
        connection.exec_driver_sql("alter table person rename to people")
        connection.commit()
    answer = stranger.ask("GET", "/readyz")
    assert (answer.status_code, answer.json["problems"]) == (503, ["the database cannot be written"])


@pytest.mark.parametrize("kept", [True, False], ids=["the proxy keeps the path", "the proxy takes it off"])
def test_below_a_path_every_link_begins_with_it(
    services: Services, anna: Browser, trace_id: str, built: Path, kept: bool
) -> None:
    settings = services.settings.model_copy(update={"base_url": "https://example.org/trips"})
    client = create_app(replace(services, settings=settings), built=built).test_client()
    token = make_share(anna, trace_id)
    before = "/trips" if kept else ""
    page = client.get(f"{before}/embed/{token}")
    assert page.status_code == 200
    config = config_of(page.text)
    assert config["document"] == f"/trips/embed/{token}/document"
    assert 'src="/trips/static/widget/assets/embed-1.js"' in page.text
    assert "url=https%3A%2F%2Fexample.org%2Ftrips%2Fembed%2F" in page.headers["Link"]
    assert client.get(config["document"]).status_code == 200
    said = client.get(f"{before}/oembed", query_string={"url": f"https://example.org/trips/embed/{token}"})
    assert said.json["html"].startswith(f'<iframe src="https://example.org/trips/embed/{token}"')
    entered = client.post(f"{before}{API}/session", json={"token": anna.token})
    cookie = entered.headers["Set-Cookie"]
    assert "Path=/trips" in cookie
    assert "Secure" in cookie


def test_only_trusted_proxies_say_who_the_visitor_is(services: Services, anna: Browser) -> None:
    def guesses(proxies: int) -> list[int]:
        settings = Settings(**{**services.settings.model_dump(), "proxies": proxies})
        client = create_app(replace(services, settings=settings)).test_client()
        forged = [{"X-Forwarded-For": f"10.1.{proxies}.{n}"} for n in range(12)]
        return [client.post(f"{API}/session", json={"token": "x"}, headers=each).status_code for each in forged]

    assert guesses(0)[-1] == 429
    assert guesses(1)[-1] == 403
