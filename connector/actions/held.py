"""Builders kept between corrections of one trace, the least recently used goes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

MOST = 8


class _Slot:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.stamp: object = None
        self.value: Any = None


class Held:
    """One value per name, made when asked for and kept while its stamp stays; one caller at a time per name."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._slots: OrderedDict[str, _Slot] = OrderedDict()

    @contextmanager
    def value[T](self, name: str, stamp: object, make: Callable[[], T]) -> Iterator[T]:
        """The value of that name, alone with it until the end of the ``with``."""
        slot = self._slot(name)
        with slot.lock:
            if slot.stamp != stamp or slot.value is None:
                slot.value, slot.stamp = make(), stamp
            yield slot.value

    def _slot(self, name: str) -> _Slot:
        with self._lock:
            slot = self._slots.setdefault(name, _Slot())
            self._slots.move_to_end(name)
            while len(self._slots) > self._most:
                self._slots.popitem(last=False)
            return slot
