"""What every test may use, and how skips are counted."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, Response, request_finished
from hypothesis import HealthCheck, settings

from adapters.library import LibraryError
from adapters.nextcloud.guard import GUARD
from connector.maps.registry import Map, add_map
from tests import leaks
from tests.tiny_network import write_extract

SHARED = Path(__file__).resolve().parents[2] / "shared"
STRICT = os.environ.get("TRACER_TEST_STRICT") == "1"
"""Set by `.ci/run`: a skip is a failure, except where only the real data are missing."""
# a test finds out what is so, not how busy the machine is
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")
pytest.register_assert_rewrite("adapters.testing")  # which says what it compared, like any test here

_REAL_DATA = "real data not found at "
_skips: list[tuple[str, str]] = []
_leaks: list[str] = []
"""Secrets shown since the last test began, where files are not meant."""


@pytest.fixture(autouse=True)
def _servers_are_strangers() -> None:
    """What one test learnt of 127.0.0.1:PORT says nothing of the server that gets the same port later."""
    GUARD.forget()


@pytest.fixture(scope="session", autouse=True)
def _no_secret_is_kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """After the last test (whose name the error bears), nothing that any of them wrote shows a secret."""
    yield
    kept = leaks.in_files(tmp_path_factory.getbasetemp())
    assert not kept, "a secret is in files:\n" + "\n".join(kept)


@pytest.fixture(scope="session", autouse=True)
def _answers_and_errors_are_watched() -> Iterator[None]:
    """Every answer of the service, and the words of every error of a library, whoever catches it."""

    def answered(sender: Flask, response: Response, **_: object) -> None:
        where = leaks.shown(str(response.headers))
        if where is None and not response.is_streamed:
            where = leaks.shown(response.get_data())
        if where is not None:
            _leaks.append(f"answer {response.status}: {where}")

    made = LibraryError.__init__

    def raised(error: LibraryError, *words: object, **named: object) -> None:
        where = leaks.shown(repr((words, named)))
        if where is not None:
            _leaks.append(f"{type(error).__name__}: {where}")
        made(error, *words, **named)  # type: ignore[arg-type]  # handed on as it came

    with pytest.MonkeyPatch.context() as patch, request_finished.connected_to(answered):
        patch.setattr(LibraryError, "__init__", raised)
        yield


@pytest.fixture(autouse=True)
def _no_secret_is_shown() -> Iterator[None]:
    _leaks.clear()
    yield
    assert not _leaks, "a secret was shown:\n" + "\n".join(_leaks)


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
    where = next((place for _, text in report.sections if (place := leaks.shown(text)) is not None), None)
    if report.passed and where is not None:
        report.outcome = "failed"
        report.longrepr = f"a secret was printed or logged: {where}"
    return report


@pytest.hookimpl(hookwrapper=True)
def pytest_make_collect_report() -> object:
    """A file that skips itself as a whole is counted, too."""
    outcome = yield
    report = outcome.get_result()
    if report.skipped and STRICT:
        report.outcome = "failed"
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
