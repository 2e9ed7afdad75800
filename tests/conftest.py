"""What every test may use, and how skips are counted."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from adapters.nextcloud.guard import GUARD
from connector.maps.registry import Map, add_map
from tests.tiny_network import write_extract

SHARED = Path(__file__).resolve().parents[2] / "shared"
STRICT = os.environ.get("TRACER_TEST_STRICT") == "1"
"""Set by `.ci/run`: a skip is a failure, except where only the real data are missing."""
_REAL_DATA = "real data not found at "
_skips: list[tuple[str, str]] = []


@pytest.fixture(autouse=True)
def _servers_are_strangers() -> None:
    """What one test learnt of 127.0.0.1:PORT says nothing of the server that gets the same port later."""
    GUARD.forget()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data beside the project; the test skips where it is absent."""
    if not SHARED.is_dir():
        pytest.skip(_REAL_DATA + str(SHARED))
    return SHARED


@pytest.fixture(scope="session")
def tiny_maps(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of maps (``Settings.maps``) that holds the suite's own town as ``tiny``. Read only."""
    folder = tmp_path_factory.mktemp("tiny")
    add_map(write_extract(folder / "tiny.osm.pbf"), "tiny", folder / "maps")
    return folder / "maps"


@pytest.fixture(scope="session")
def tiny_map(tiny_maps: Path) -> Map:
    """The suite's own town, built (see `tests/tiny_network.py` for where its crossings are)."""
    from connector.maps.registry import list_maps

    return list_maps(tiny_maps)[0]


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> object:
    outcome = yield
    report = outcome.get_result()
    if report.skipped and isinstance(report.longrepr, tuple) and not hasattr(report, "wasxfail"):
        reason = str(report.longrepr[2]).removeprefix("Skipped: ")
        _skips.append((item.nodeid, reason))
        if STRICT and not reason.startswith(_REAL_DATA):
            report.outcome = "failed"
            report.longrepr = f"skipped, and skips are failures here: {reason}"
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says how many tests were skipped and why, those without the real data by themselves."""
    without_data = sum(1 for _, reason in _skips if reason.startswith(_REAL_DATA))
    if without_data:
        terminalreporter.write_line(f"{without_data} tests need the real data at {SHARED}, which is not there")
    others = sorted({reason for _, reason in _skips if not reason.startswith(_REAL_DATA)})
    for reason in others:
        count = sum(1 for _, each in _skips if each == reason)
        terminalreporter.write_line(f"{count} tests were skipped: {reason}")
