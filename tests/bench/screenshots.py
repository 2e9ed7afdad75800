"""README's pictures, made anew from the demo: the gallery with the widget, the studio, the picture.

    python -m tests.bench.screenshots FOLDER

Runs `image-tracer demo` in a temporary folder and looks at it with the Chromium of this machine.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"
PORT = 8497
SIZE = {"width": 1200, "height": 800}
_LINES = {
    "gallery": r"trace in it: +(\S+)",
    "embed": r"by itself: +(\S+)",
    "studio": r"the code\): +(\S+)",
    "code": r"this code: (\S+)",
}


@contextmanager
def demo(folder: Path) -> Iterator[dict[str, str]]:
    """The demo while it runs: what it printed, by the names of ``_LINES``."""
    command = [sys.executable, "-m", "connector.cli", "demo", "--folder", str(folder), "--port", str(PORT)]
    with (folder / "said.txt").open("w+") as said:
        running = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT)
        try:
            yield _waited(folder / "said.txt", running)
        finally:
            running.terminate()
            running.wait(timeout=60)


def _waited(said: Path, running: subprocess.Popen[bytes]) -> dict[str, str]:
    while "Ctrl+C" not in said.read_text():
        if running.poll() is not None:
            raise SystemExit(said.read_text())
        time.sleep(1)
    text = said.read_text()
    return {name: found[1] for name, pattern in _LINES.items() if (found := re.search(pattern, text))}


def take(browser: Browser, addresses: dict[str, str], out: Path) -> None:
    """Writes demo.jpg, studio.jpg and picture.jpg."""
    page = browser.new_page(viewport=SIZE)
    page.set_default_timeout(120_000)
    page.goto(addresses["gallery"])
    page.frame_locator("iframe").locator("html[data-ready]").wait_for(state="attached", timeout=90_000)
    page.wait_for_timeout(3000)
    _save(page, out / "demo.jpg")
    page.goto(f"{addresses['embed']}/picture.png?shape=portrait&width=720")
    page.locator("img").first.screenshot(path=out / "picture.jpg", type="jpeg", quality=86)
    _studio(page, addresses)
    _save(page, out / "studio.jpg")


def _studio(page: Page, addresses: dict[str, str]) -> None:
    page.goto(addresses["studio"])
    fields = page.locator("input:visible")
    fields.nth(0).fill(addresses["code"])
    fields.nth(1).fill("Anna")
    page.locator("button[type=submit]:visible").first.click()
    page.locator('a[href*="/traces/"]').first.click()
    page.locator("html[data-ready]").wait_for(state="attached", timeout=90_000)
    page.wait_for_timeout(6000)


def _save(page: Page, path: Path) -> None:
    page.screenshot(path=path, type="jpeg", quality=84)
    sys.stdout.write(f"{path}: {path.stat().st_size // 1000} kB\n")


def main(out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, demo(Path(scratch)) as addresses, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        take(browser, addresses, out)
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
