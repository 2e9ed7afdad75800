"""The log of the long-running commands: one line per event on standard error, without secrets."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from connector.settings import Settings

_NAMES = re.compile(r"(?i)(x-api-key|authorization|api[_-]?key|password|passwd|token|cookie|secret)")
_NAMED = (
    r"(?i)((?:x-api-key|authorization|api[_-]?key|password|token|secret)['\"]?\s*[:=]\s*['\"]?)"
    r"(?:bearer |basic )?[^\s'\",;&]+"
)
_BLOTS = (
    (re.compile(r"(://[^:/@\s]+:)[^@\s]+@"), r"\1***@"),
    (re.compile(_NAMED), r"\1***"),
    (re.compile(r"/(embed|hooks)/[A-Za-z0-9_-]{16,}"), r"/\1/***"),
)


def without_secrets(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: what is named like a secret, or looks like one in a text, is blotted out."""
    for name, value in event.items():
        if _NAMES.search(name):
            event[name] = "***"
        elif isinstance(value, str):
            event[name] = blotted(value)
    return event


def blotted(text: str) -> str:
    """The text with what looks like a secret blotted out."""
    for pattern, instead in _BLOTS:
        text = pattern.sub(instead, text)
    return text


def begin(settings: Settings) -> None:
    """Sends this process's log to standard error, as the settings say."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        without_secrets,
    ]
    last = structlog.processors.JSONRenderer() if settings.log_json else structlog.dev.ConsoleRenderer(colors=False)
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper())
    for chatty in ("dbos", "alembic", "httpx", "httpcore", "urllib3"):  # httpx names every file it asks for
        logging.getLogger(chatty).setLevel(logging.WARNING)
