"""What a library, a form or a file is refused for is said in the reader's language: to the last word."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # it publishes no types
from playwright.sync_api import Page, Route, expect

from tests.adapters.fake_immich import FakeImmich
from tests.adapters.nextcloud.fake import FakeNextcloud
from tests.adapters.servers import serving as serving_library
from tests.browser.conftest import Desk

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LANGUAGES = ("de", "zh")
#: what no text of that language holds
ENGLISH = {"de": r"\b(the|is|are|of|to|with|not)\b", "zh": "[a-z]{3,} [a-z]{3,}"}


@pytest.fixture(scope="module")
def immich() -> Iterator[str]:
    with serving_library(FakeImmich("3.1.0")) as url:
        yield url


@pytest.fixture
def nextcloud() -> Iterator[str]:
    with serving_library(FakeNextcloud({"alice": "the right one"})) as url:
        yield url


def refused(desk: Desk, lang: str, kind: str, **options: str) -> str:
    """What the form says after those options were sent."""
    page = desk.open(f"/?lang={lang}")
    page.locator(".connect, header.row button").first.wait_for()
    if not page.locator(".connect").count():
        page.locator("header.row button").first.click()
    page.locator(".kinds button", has_text=kind).click()
    for name, value in options.items():
        page.locator(f".connect input[name={name}]").last.fill(value)
    page.locator(".connect button.main[type=submit]").last.click()
    said = page.locator(".connect form:not(.flow) [role=alert]")
    expect(said).to_be_visible()
    seen(page, f"{kind}-{lang}")
    return said.inner_text()


def seen(page: Page, name: str) -> None:
    """Keeps what it looks like, for people, where the environment names a folder."""
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.mark.parametrize(
    ("lang", "says"),
    [
        ("de", "127.0.0.1 nimmt die Zugangsdaten nicht an (ungültiger API-Schlüssel)"),
        ("zh", "127.0.0.1 不接受该凭据（API 密钥无效）"),
    ],
)
def test_a_wrong_key(desk: Desk, immich: str, lang: str, says: str) -> None:
    assert refused(desk, lang, "Immich", url=immich, api_key="wrong") == says


@pytest.mark.parametrize(
    ("lang", "says"),
    [
        ("de", "hat die Zugangsdaten abgewiesen (401)"),
        ("zh", "拒绝登录：凭据不正确（401）"),
    ],
)
def test_a_refused_password(desk: Desk, nextcloud: str, lang: str, says: str) -> None:
    assert says in refused(desk, lang, "Nextcloud", url=nextcloud, user="alice", password=f"the wrong one ({lang})")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_folder_that_does_not_exist(desk: Desk, lang: str, tmp_path: Path) -> None:
    kind, says = {"de": ("Ordner", "es gibt keinen Ordner {}"), "zh": ("文件夹", "没有文件夹 {}")}[lang]
    gone = tmp_path / "Sommer (2)"
    assert refused(desk, lang, kind, path=str(gone)) == says.format(gone)


@pytest.mark.parametrize(
    ("lang", "sketch", "says"),
    [
        ("de", "Skizze", "Stil: width_px: erwartet wird eine Zahl von 0,5 bis 40"),
        ("zh", "手绘", "样式：width_px：须为 0.5 到 40 之间的数字"),
    ],
)
def test_a_style_with_a_wrong_value(
    desk: Desk, trace_id: str, lang: str, sketch: str, says: str, tmp_path: Path
) -> None:
    page = desk.open(f"/traces/{trace_id}?lang={lang}")
    page.get_by_role("tab", name={"de": "Stil", "zh": "样式"}[lang], exact=True).click()
    file = tmp_path / "style.json"
    file.write_text(json.dumps({"theme": "sketch", "width_px": 60}))
    asked: list[Route] = []
    page.route("**/api/v1/traces/*", lambda route: asked.append(route))
    with page.expect_request(lambda request: request.method == "PATCH"):
        page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_label(sketch, exact=True)).not_to_be_checked()  # nobody sees looks that may be refused
    for route in asked:
        route.continue_()
    page.unroute("**/api/v1/traces/*")
    expect(page.get_by_text(re.compile(re.escape(says)))).to_be_visible()
    seen(page, f"style-{lang}")


@pytest.fixture
def connected(desk: Desk, nextcloud: str) -> Iterator[str]:
    """The name of a connection to the cloud."""
    options = {"url": nextcloud, "user": "alice", "password": "the right one"}
    made = desk.ask("POST", "/connections", {"name": "cloud", "kind": "nextcloud", "options": options})
    yield made["name"]
    desk.ask("DELETE", f"/connections/{made['id']}")


@pytest.mark.parametrize(
    ("lang", "button", "says"),
    [
        ("de", "Verbindung prüfen", "Dateien der Ordner '/' kann gelesen werden"),
        ("zh", "检查连接", "文件 可以读取文件夹 '/'"),
    ],
)
def test_the_steps_of_trying_a_connection(desk: Desk, connected: str, lang: str, button: str, says: str) -> None:
    page = desk.open(f"/?lang={lang}")
    library = page.locator(".library", has_text=connected)
    library.get_by_role("button", name=button).click()
    steps = library.locator(".checks li")
    expect(steps.filter(has_text=says)).to_be_visible()
    seen(page, f"checks-{lang}")
    for text in steps.all_inner_texts():
        assert not re.search(ENGLISH[lang], text.replace("occ files:scan --generate-metadata", ""))
    expect(library.locator(".checks .lacks")).to_have_count(1)
    assert not Axe().run(page).violations_count
