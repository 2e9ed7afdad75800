"""The files that install the app into a Nextcloud agree with each other and with what the program does."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import parse

from connector.actions.services import open_services
from connector.settings import Settings
from connector.web.app import create_app
from connector.web.exapp import ACTION, HOOK, ICON, SCRIPT

ROOT = Path(__file__).resolve().parents[2]
NEXTCLOUD = ROOT / "manifests" / "nextcloud"
LEVELS = {"PUBLIC": 0, "USER": 1, "ADMIN": 2}


@pytest.fixture(scope="module")
def info() -> Element:
    root = parse(NEXTCLOUD / "appinfo" / "info.xml").getroot()
    assert root is not None
    return root


def _routes(info: Element) -> list[dict[str, Any]]:
    return [
        {
            "url": route.findtext("url"),
            "verb": route.findtext("verb"),
            "access_level": LEVELS[route.findtext("access_level") or ""],
            "headers_to_exclude": json.loads(route.findtext("headers_to_exclude") or ""),
        }
        for route in info.iterfind("external-app/routes/route")
    ]


@pytest.fixture(scope="module")
def by_hand() -> dict[str, Any]:
    text = (NEXTCLOUD / "README.md").read_text(encoding="utf-8")
    found = re.search(r"--json-info '\n(.*?)'\n", text, re.DOTALL)
    assert found is not None
    said: dict[str, Any] = json.loads(found[1])
    return said


def test_the_version_is_the_programs(info: Element, by_hand: dict[str, Any]) -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert info.findtext("version") == version
    assert info.findtext("external-app/docker-install/image-tag") == version
    assert by_hand["version"] == version


def test_both_ways_install_the_same_app_with_the_same_routes(info: Element, by_hand: dict[str, Any]) -> None:
    assert by_hand["id"] == info.findtext("id") == "image_tracer"
    assert by_hand["routes"] == _routes(info)
    assert all(type(route["access_level"]) is int for route in by_hand["routes"])


def test_no_pattern_holds_what_would_end_it(info: Element) -> None:
    for route in _routes(info):
        assert "/" not in route["url"]
        re.compile(route["url"])


def _level(routes: list[dict[str, Any]], path: str, method: str) -> int | None:
    """As the proxy decides: the first route whose pattern and verb fit; None: it is not passed on."""
    for route in routes:
        if re.search(route["url"], path.lstrip("/"), re.IGNORECASE) and method.lower() in route["verb"].lower():
            return int(route["access_level"])
    return None


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[tuple[str, str]]]:
    data = tmp_path_factory.mktemp("data")
    said = {"exapp_id": "image_tracer", "exapp_version": "1", "exapp_secret": "s", "exapp_url": "http://cloud.test"}
    with open_services(Settings(data=data, router_threads=1, **said)) as services:  # type: ignore[arg-type]
        app = create_app(services)
        rules = [(rule.rule, method) for rule in app.url_map.iter_rules() for method in rule.methods or ()]
        yield [(re.sub(r"<[^>]+>", "x1", path), method) for path, method in rules if method not in ("HEAD", "OPTIONS")]


def test_everything_people_use_passes_the_proxy_and_nothing_else(info: Element, rules: list[tuple[str, str]]) -> None:
    routes = _routes(info)
    level = {(path, method): _level(routes, path, "POST" if method == "PATCH" else method) for path, method in rules}
    public = {path for (path, _), found in level.items() if found == 0}
    assert all(path.startswith(("/embed/", "/static/", "/oembed")) for path in public), public
    unseen = {(path, method) for (path, method), found in level.items() if found is None}
    direct = ("/heartbeat", "/init", "/enabled", HOOK, "/hooks/", "/healthz", "/readyz", "/docs", "/openapi")
    assert all(path.startswith(direct) for path, _ in unseen), unseen
    for path in ("/api/v1/traces", "/traces/x1", "/app", "/"):
        assert level[(path, "GET")] == 1
    assert not any(path.startswith("/api") for path in public)


def test_what_the_server_is_told_of_exists_and_passes(info: Element, rules: list[tuple[str, str]]) -> None:
    routes = _routes(info)
    for path, method in ((f"/{SCRIPT}.js", "GET"), (f"/{ICON}", "GET"), (f"/{ACTION}", "POST")):
        assert (path, method) in rules
        assert _level(routes, path, method) == 1
    assert (HOOK, "POST") in rules
    assert _level(routes, HOOK, "POST") is None, "calls come from the server itself, never through the proxy"


def _started(**said: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], **said}
    return subprocess.run(
        [NEXTCLOUD / "start.sh", "--print"], env=environment, capture_output=True, text=True, check=False
    )


def test_what_the_server_says_becomes_settings() -> None:
    done = _started(
        APP_ID="image_tracer",
        APP_VERSION="0.1.0",
        APP_SECRET="sentinel",
        APP_HOST="0.0.0.0",  # noqa: S104  # as the server says it
        APP_PORT="23000",
        APP_PERSISTENT_STORAGE="/nc_app_image_tracer_data",
        NEXTCLOUD_URL="https://cloud.test/sub/index.php",
    )
    assert done.returncode == 0, done.stderr
    said = dict(line.split("=", 1) for line in done.stdout.splitlines() if line.startswith(("TRACER_", "APP_SECRET")))
    known = {f"TRACER_{name.upper()}" for name in Settings.model_fields}
    assert set(said) <= known
    assert said["TRACER_EXAPP_URL"] == "https://cloud.test/sub"
    assert said["TRACER_BASE_URL"] == "https://cloud.test/sub/index.php/apps/app_api/proxy/image_tracer"
    assert (said["TRACER_BIND"], said["TRACER_DATA"]) == ("0.0.0.0:23000", "/nc_app_image_tracer_data")


def test_started_by_hand_it_says_what_is_missing() -> None:
    done = _started(APP_ID="image_tracer")
    assert done.returncode == 78
    assert "APP_VERSION is missing" in done.stderr


def test_the_readme_names_settings_that_exist() -> None:
    text = (NEXTCLOUD / "README.md").read_text(encoding="utf-8")
    known = {f"TRACER_{name.upper()}" for name in Settings.model_fields}
    named = {name.removesuffix("_FILE") for name in re.findall(r"TRACER_[A-Z_]+[A-Z]", text)}
    assert named <= known
