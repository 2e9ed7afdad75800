"""image-tracer worker: does the jobs, and looks after what is watched."""

from __future__ import annotations

import signal
import threading
from pathlib import Path

import click

from connector.actions import ready, tidy, traces, watch
from connector.cli import logs
from connector.cli.explained import explained
from connector.cli.opened import served, settings_of
from connector.cli.options import data_option
from connector.jobs import worker


@click.command()
@data_option
def command(data: Path) -> None:
    """Make traces until told to stop. `serve` starts one by itself; on other machines start more."""
    settings = settings_of(data)
    logs.begin(settings)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    with explained(), served(settings) as services:
        traces.enqueue_waiting(services)
        threading.Thread(target=tidy.keep_tidy, args=(services, stop), daemon=True, name="tidy").start()
        worker.run(services, ready.ready, stop, lambda until: watch.keep_looking(services, until))
