"""The application under its real server: it answers many at once, says nothing of tokens, and ends when told."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

_SERVE = """
import sys
from connector.actions.services import open_services
from connector.settings import load
from connector.web import wsgi
wsgi.run(lambda: open_services(load()), sys.argv[1])
"""


@pytest.fixture
def running(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The server as a process of its own, and its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        bind = f"127.0.0.1:{free.getsockname()[1]}"
    env = {**os.environ, "TRACER_DATA": str(tmp_path / "data"), "TRACER_BIND": bind, "HOME": str(tmp_path)}
    line = [sys.executable, "-c", _SERVE, bind]
    process = subprocess.Popen(line, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        _wait(f"http://{bind}/healthz", process)
        yield process, f"http://{bind}"
    finally:
        process.kill()
        process.wait()


def _wait(address: str, process: subprocess.Popen[str]) -> None:
    for _ in range(300):
        assert process.poll() is None, process.stdout.read() if process.stdout else ""
        try:
            requests.get(address, timeout=1)
        except (requests.ConnectionError, requests.Timeout):  # not there yet, or busy with its start
            time.sleep(0.1)
        else:
            return
    pytest.fail("the server does not answer")


@pytest.mark.slow
def test_it_serves_and_ends(running: tuple[subprocess.Popen[str], str], tmp_path: Path) -> None:
    process, address = running
    assert requests.get(f"{address}/readyz", timeout=10).json() == {"ok": True, "problems": []}
    assert requests.get(f"{address}/", timeout=10).status_code == 401
    assert requests.head(f"{address}/healthz", timeout=10).status_code == 200
    with ThreadPoolExecutor(32) as pool:
        gone = list(pool.map(lambda _: requests.get(f"{address}/embed/a-token-to-find", timeout=20), range(64)))
    assert {answer.status_code for answer in gone} == {404}
    assert len({answer.text for answer in gone}) == 1
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=20)
    assert time.monotonic() - began < 12
    assert process.returncode == 0, said
    assert "a-token-to-find" not in said
    assert "Traceback" not in said
    assert list(tmp_path.rglob("*.ctl")) == []
