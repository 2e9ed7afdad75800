"""Asks the router for ways, and remembers the answers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Protocol

from connector.routing.router import Ask, Route, Router


class LegCache(Protocol):
    """Remembers answers of routers. Safe from several threads."""

    def get(self, key: str) -> bytes | None: ...

    def put(self, key: str, value: bytes) -> None: ...


class Routers(Protocol):
    """Which router to ask."""

    def covering(self, *places: tuple[float, float]) -> Router | None:
        """A router whose map knows roads around every (lat, lon); None: there is none."""
        ...


_Key = tuple[str | bool | float, ...]
BATCH = 256
"""Questions between two reports of progress: many enough to keep every thread of a router busy."""


class Ways:
    """Answers to many questions at once, each asked once. ``asked`` counts those that went to a router.

    ``cache``: what outlives this; None: nothing does.
    """

    def __init__(self, cache: LegCache | None = None) -> None:
        self._cache = cache
        self._known: dict[_Key, Route | None] = {}
        self.asked = 0

    def find(
        self, questions: Sequence[tuple[Router, Ask]], progress: Callable[[float], None] = lambda _share: None
    ) -> list[Route | None]:
        """An answer for each question, in order, from memory where it is known.

        ``progress`` is called from time to time with the share (0 to 1) of questions that are answered.

        Raises:
            RouterDown: a router does not answer.
        """
        keys = [_key(router, ask) for router, ask in questions]
        unknown: dict[_Key, int] = {}
        for n, key in enumerate(keys):
            if not self._recall(key):
                unknown.setdefault(key, n)
        missing = list(unknown.values())
        for start in range(0, len(missing), BATCH):
            progress(1 - (len(missing) - start) / len(questions))
            self._ask(missing[start : start + BATCH], questions, keys)
        progress(1.0)
        return [self._known[key] for key in keys]

    def _recall(self, key: _Key) -> bool:
        if key in self._known:
            return True
        said = self._cache.get(_short(key)) if self._cache is not None else None
        if said is None:
            return False
        self._known[key] = _from_bytes(said)
        return True

    def _ask(self, numbers: Sequence[int], questions: Sequence[tuple[Router, Ask]], keys: Sequence[_Key]) -> None:
        by_router: dict[int, list[int]] = {}
        for n in numbers:
            by_router.setdefault(id(questions[n][0]), []).append(n)
        for same in by_router.values():
            self.asked += len(same)
            answers = questions[same[0]][0].routes([questions[n][1] for n in same])
            for n, route in zip(same, answers, strict=True):
                self._known[keys[n]] = route
                if self._cache is not None:
                    self._cache.put(_short(keys[n]), _to_bytes(route))


def _key(router: Router, ask: Ask) -> _Key:
    numbers = [number for p in ask.points for number in (p.lat, p.lon, p.radius_m)]
    return router.map_name, router.version, ask.costing, ask.dense, ask.by_parts, *numbers


def _short(key: _Key) -> str:
    """The key as it is kept: the same tomorrow and in another process."""
    return hashlib.blake2b(repr(key).encode(), digest_size=16).hexdigest()


def _to_bytes(route: Route | None) -> bytes:
    return b"null" if route is None else json.dumps(asdict(route), separators=(",", ":")).encode()


def _from_bytes(said: bytes) -> Route | None:
    found = json.loads(said)
    if found is None:
        return None
    return Route(**{**found, "start": tuple(found["start"]), "end": tuple(found["end"])})
