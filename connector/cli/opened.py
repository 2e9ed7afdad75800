"""The installation as commands use it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from connector.actions.people import Person, local
from connector.actions.progress import Report, nobody
from connector.actions.queue import Inline
from connector.actions.services import Services, open_services
from connector.cli.explained import explained
from connector.jobs.queue import open_queue, workers
from connector.settings import Settings, load


def settings_of(data: Path, **given: Any) -> Settings:
    """The settings for that data folder; what is ``given`` on the command line wins."""
    with explained():
        return load(data=data, **given)


@contextmanager
def here(data: Path, report: Report = nobody) -> Iterator[tuple[Services, Person]]:
    """The installation and the person who has its folder; long work is done at once, in this process."""
    with explained(), open_services(settings_of(data), Inline(report)) as services:
        yield services, local(services)


@contextmanager
def served(settings: Settings) -> Iterator[Services]:
    """The installation; long work goes to the workers."""
    with open_queue(settings) as queue, open_services(settings, queue) as services:
        yield services


@contextmanager
def at_best(data: Path, report: Report) -> Iterator[tuple[Services, Person, bool]]:
    """As :func:`here`, but long work goes to a worker where one is running; whether it does."""
    settings = settings_of(data)
    with explained():
        if workers(settings) == 0:
            with open_services(settings, Inline(report)) as services:
                yield services, local(services), False
            return
        with served(settings) as services:
            yield services, local(services), True


def json_of(said: Any) -> str:
    """JSON of our values, for programs."""
    return json.dumps(said, default=_plain, ensure_ascii=False)


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON")
