"""The application under gunicorn: one process by default, many threads, since a progress stream holds one."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any, override

from flask import Flask
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]  # gunicorn publishes no types

from connector.actions.services import Services
from connector.web.app import create_app

Opened = Callable[[], AbstractContextManager[Services]]
THREADS = 64
_MEMORY = Path("/dev/shm")  # noqa: S108  # gunicorn beats there: a disk may stall


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn publishes no types
    def __init__(self, opened: Opened, options: dict[str, Any]) -> None:
        self._opened, self._options, self._stack = opened, options, ExitStack()
        super().__init__()

    @override
    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)
        self.cfg.set("worker_exit", lambda _server, _worker: self._stack.close())

    @override
    def load(self) -> Flask:
        return create_app(self._stack.enter_context(self._opened()))


def run(opened: Opened, bind: str, *, processes: int = 1) -> None:
    """Serves until it is told to stop (SIGTERM, SIGINT). ``opened`` is entered once in each process that serves."""
    options = {
        "bind": bind,
        "workers": processes,
        "threads": THREADS,
        "worker_class": "gthread",
        "worker_tmp_dir": str(_MEMORY if _MEMORY.is_dir() else tempfile.gettempdir()),
        "control_socket_disable": True,
        "preload_app": False,
        "forwarded_allow_ips": "",  # who is believed about the visitor is decided in one place: ProxyFix
        "graceful_timeout": 10,
        "keepalive": 30,
        "loglevel": "warning",  # and no access log: addresses hold share tokens
        "proc_name": "image-tracer",
    }
    _Server(opened, options).run()
