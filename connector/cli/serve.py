"""image-tracer serve: the service. One process looks after two: web and worker."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import click

from connector.actions.people import setup_code
from connector.actions.services import open_services
from connector.cli import logs
from connector.cli.explained import Explained, explained
from connector.cli.opened import served, settings_of
from connector.cli.options import data_option
from connector.jobs.database import prepare
from connector.settings import Settings

CANNOT_START = 78
_LONGEST_WAIT_S = 30.0
_WELL_AFTER_S = 60.0
_LAST_WORDS_S = 15.0
_DIES_WITH_PARENT = 1  # PR_SET_PDEATHSIG


@click.command()
@click.option("--bind", help="Address and port to listen on.  [default: 127.0.0.1:8420]")
@click.option("--base-url", help="Address people reach it by.")
@click.option("--only", type=click.Choice(["web"]), help="Only the web part: the workers run elsewhere.")
@data_option
def command(bind: str | None, base_url: str | None, only: str | None, data: Path) -> None:
    """Serve the studio, the shares and the API, and make traces, until told to stop."""
    settings = settings_of(data, bind=bind, base_url=base_url)
    logs.begin(settings)
    if only == "web":
        _web(settings)
        return
    with explained():
        _greet(settings)
    said = {"bind": bind, "base-url": base_url}
    options = [word for name, value in said.items() if value for word in (f"--{name}", value)]
    code = Supervisor(
        {
            "web": [*_this(), "serve", "--only", "web", "--data", str(data), *options],
            "worker": [*_this(), "worker", "--data", str(data)],
        }
    ).run()
    if code:
        raise Explained("the service cannot start; the lines above say why", code)


def _this() -> list[str]:
    return [sys.executable, "-m", "connector.cli"]


def _web(settings: Settings) -> None:
    from connector.web import wsgi  # not needed by the process that only supervises

    wsgi.run(lambda: served(settings), settings.bind)


def _greet(settings: Settings) -> None:
    """Prepares both databases before anybody uses them, and says where to go."""
    with open_services(settings) as services:
        prepare(settings.jobs_database)
        code = setup_code(services)
    click.echo(f"image-tracer is at {settings.address}")
    if code is not None:
        click.echo(f"Nobody has taken it over yet. Open that address and enter this code: {code}")


@dataclass
class _Child:
    name: str
    line: list[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    failures: int = 0
    due_at: float = 0.0


@dataclass
class Supervisor:
    """Runs the commands beside each other and starts one that died again, ever later while it keeps dying.

    ``run`` returns when it was told to stop (0) or a child says it cannot start (its exit code).
    """

    commands: Mapping[str, list[str]]
    children: list[_Child] = field(default_factory=list)
    stopping: bool = False

    def run(self) -> int:
        """Until SIGTERM or SIGINT, which go on to the children."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        self.children = [_Child(name, list(line)) for name, line in self.commands.items()]
        code = 0
        while not self.stopping and code == 0:
            code = max(self._look(child) for child in self.children)
            time.sleep(0.2)
        self._end()
        return code

    def _look(self, child: _Child) -> int:
        now = time.monotonic()
        if child.process is None:
            if now >= child.due_at:
                child.started_at = now
                child.process = subprocess.Popen(child.line, preexec_fn=_die_with_parent)  # one thread
            return 0
        code = child.process.poll()
        if code is None or code == CANNOT_START:
            return code or 0
        child.process = None
        child.failures = 0 if now - child.started_at > _WELL_AFTER_S else child.failures + 1
        wait_s = min(_LONGEST_WAIT_S, 0.5 * 2**child.failures)
        child.due_at = now + wait_s
        click.echo(f"{child.name} ended with {code}; it starts again in {wait_s:.0f} s", err=True)
        return 0

    def _stop(self, number: int, frame: FrameType | None) -> None:
        del number, frame
        self.stopping = True

    def _end(self) -> None:
        running = [child.process for child in self.children if child.process is not None]
        for process in running:
            process.send_signal(signal.SIGTERM)
        until = time.monotonic() + _LAST_WORDS_S
        for process in running:
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _die_with_parent() -> None:
    """Linux ends this process when the supervisor is gone, however it went."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIES_WITH_PARENT, signal.SIGTERM)
        if os.getppid() == 1:
            os._exit(0)
