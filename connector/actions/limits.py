"""How often something may be tried: a window per name, held in this process."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from connector.actions.errors import TooMany

_MOST_NAMES = 50_000


class Limits:
    """Counts tries by name. Safe from several threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._windows: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def spend(self, name: str, most: int, window_s: float) -> None:
        """Counts one try.

        Raises:
            TooMany: it was tried ``most`` times within the window.
        """
        now = self._clock()
        with self._lock:
            began, tries = self._windows.get(name, (now, 0))
            if now - began >= window_s:
                began, tries = now, 0
            if tries >= most:
                raise TooMany(began + window_s - now)
            self._windows[name] = (began, tries + 1)
            self._windows.move_to_end(name)
            while len(self._windows) > _MOST_NAMES:
                self._windows.popitem(last=False)

    def forget(self, name: str) -> None:
        """The try was a good one: it does not count."""
        with self._lock:
            self._windows.pop(name, None)
