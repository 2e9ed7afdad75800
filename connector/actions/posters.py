"""Pictures that were drawn, kept on disk: drawing one takes seconds, and a shared one is asked for again and again."""

from __future__ import annotations

import hashlib
import os
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from connector.actions.services import Services
from connector.actions.thumbnails import prune

AT_ONCE = 2
MOST_BYTES = 300_000_000
_drawing = threading.BoundedSemaphore(AT_ONCE)
"""Of this process: drawing is work for the processor, not waiting."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture. ``whole``: nothing was left out because a library did not answer."""

    body: bytes
    whole: bool


def poster(services: Services, name: str, draw: Callable[[], Drawn]) -> bytes:
    """The picture of that name, drawn when it is not kept; only a whole one is. ``name`` says all it depends on."""
    path = _path(services, name)
    if path.exists():
        os.utime(path)
        return path.read_bytes()
    with _drawing:
        drawn = draw()
    if drawn.whole:
        _keep(services, path, drawn.body)
    return drawn.body


def _keep(services: Services, path: Path, body: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    part.write_bytes(body)
    part.replace(path)
    if secrets.randbelow(32) == 0:
        make_room(services)


def make_room(services: Services) -> None:
    """Keeps the pictures within their space."""
    prune(_folder(services), MOST_BYTES, "*/*.poster")


def is_kept(services: Services, name: str) -> bool:
    """Whether the picture of that name need not be drawn."""
    return _path(services, name).exists()


def _folder(services: Services) -> Path:
    return services.settings.data / "posters"


def _path(services: Services, name: str) -> Path:
    digest = hashlib.blake2b(name.encode(), digest_size=16).hexdigest()
    return _folder(services) / digest[:2] / f"{digest}.poster"
