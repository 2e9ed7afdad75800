"""The routers of the maps there are now: a map that is added while the service runs is used from then on."""

from __future__ import annotations

import hashlib
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from connector.maps.registry import list_maps
from connector.routing.router import Router

if TYPE_CHECKING:
    from connector.routing.pool import Routers

LOOK_AGAIN_S = 2.0


class LiveRouters:
    """Opens the routers at the first question, and again when a map came, went or was renewed. Close it when done.

    A router that was handed out goes on answering until the process ends or ``close``: a build in progress keeps the
    maps it began with.
    """

    def __init__(self, maps_dir: Path, threads: int | None = None, urls: tuple[str, ...] = ()) -> None:
        self._maps_dir, self._threads, self._urls = maps_dir, threads, urls
        self._lock = threading.Lock()
        self._open: Routers | None = None
        self._old: list[Routers] = []
        self._seen: tuple[tuple[str, str], ...] | None = None
        self._looked_at = 0.0

    def covering(self, *places: tuple[float, float]) -> Router | None:
        """As `connector.trace.ways.Routers` says."""
        return self.current().covering(*places)

    def current(self) -> Routers:
        """The routers of the maps as they are now."""
        with self._lock:
            now = time.monotonic()
            if self._open is None or now - self._looked_at > LOOK_AGAIN_S:
                self._looked_at = now
                self._renew()
            assert self._open is not None  # noqa: S101  # _renew has just seen to it
            return self._open

    def _renew(self) -> None:
        seen = _maps(self._maps_dir)
        if self._open is not None and seen == self._seen:
            return
        from connector.routing.pool import open_routers  # Valhalla, which nobody needs who does not route

        if self._open is not None:
            self._old.append(self._open)
        self._open = open_routers(self._maps_dir, threads=self._threads, urls=self._urls)
        self._seen = seen

    def fingerprint(self) -> str:
        """Changes when the maps do."""
        return hashlib.blake2b(repr((_maps(self._maps_dir), self._urls)).encode(), digest_size=8).hexdigest()

    def close(self) -> None:
        with self._lock:
            for each in [*self._old, *([self._open] if self._open else [])]:
                each.close()
            self._open, self._old = None, []


def _maps(maps_dir: Path) -> tuple[tuple[str, str], ...]:
    return tuple((each.name, each.version) for each in list_maps(maps_dir))
