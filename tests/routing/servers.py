"""A real Valhalla server of the wheel, on a free port, for the time of a test."""

from __future__ import annotations

import json
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests
import valhalla

from connector.maps.roads import configuration

_SERVICE = Path(valhalla.__file__).parent / "bin" / "valhalla_service"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _configuration(tar: Path, port: int, folder: Path) -> Path:
    config = configuration(extract=tar)
    config["httpd"]["service"].update(
        listen=f"tcp://127.0.0.1:{port}",
        loopback=f"ipc://{folder}/loopback",
        interrupt=f"ipc://{folder}/interrupt",
        drain_seconds=1,
        shutdown_seconds=1,
    )
    for room in ("loki", "thor", "odin", "meili"):
        config[room].setdefault("service", {})["proxy"] = f"ipc://{folder}/{room}"
    path = folder / "service.json"
    path.write_text(json.dumps(config))
    return path


@contextmanager
def valhalla_server(tar: Path, folder: Path, port: int | None = None) -> Iterator[str]:
    """The server's address; it runs until the block ends."""
    port = port or free_port()
    folder.mkdir(exist_ok=True)
    command = [str(_SERVICE), str(_configuration(tar, port, folder)), "1"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_until_it_answers(url, process)
        yield url
    finally:
        process.kill()
        process.wait()


def _wait_until_it_answers(url: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until and process.poll() is None:
        try:
            if requests.get(f"{url}/status", timeout=2).ok:
                return
        except requests.RequestException:
            time.sleep(0.1)
    raise RuntimeError(f"the Valhalla server at {url} did not start (exit {process.poll()})")
