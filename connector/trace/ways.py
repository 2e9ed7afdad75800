"""Asks the router for ways, and remembers the answers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Protocol

from connector.routing.router import Ask, Route, Router


class LegCache(Protocol):
    """Remembers answers of routers. Safe from several threads."""

    def get(self, key: str) -> bytes | None: ...

    def put(self, key: str, value: bytes) -> None: ...


class Memory:
    """A cache that lasts as long as it is held."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def get(self, key: str) -> bytes | None:
        return self._kept.get(key)

    def put(self, key: str, value: bytes) -> None:
        self._kept[key] = value


class Routers(Protocol):
    """Which router to ask."""

    def covering(self, *places: tuple[float, float]) -> Router | None:
        """A router whose map knows roads around every (lat, lon); None: there is none."""
        ...


class Ways:
    """Answers to many questions at once; ``asked`` counts those that went to a router."""

    def __init__(self, cache: LegCache) -> None:
        self._cache = cache
        self.asked = 0

    def find(self, questions: Sequence[tuple[Router, Ask]]) -> list[Route | None]:
        """An answer for each question, in order, from memory where it is known.

        Raises:
            RouterDown: a router does not answer.
        """
        keys = [_key(router, ask) for router, ask in questions]
        known = {key: said for key in set(keys) if (said := self._cache.get(key)) is not None}
        self._ask([n for n, key in enumerate(keys) if key not in known], questions, keys, known)
        return [_from_bytes(known[key]) for key in keys]

    def _ask(
        self,
        missing: list[int],
        questions: Sequence[tuple[Router, Ask]],
        keys: Sequence[str],
        known: dict[str, bytes],
    ) -> None:
        by_router: dict[int, tuple[Router, list[int]]] = {}
        for n in {keys[n]: n for n in missing}.values():
            router = questions[n][0]
            by_router.setdefault(id(router), (router, []))[1].append(n)
        for router, numbers in by_router.values():
            self.asked += len(numbers)
            for n, route in zip(numbers, router.routes([questions[n][1] for n in numbers]), strict=True):
                known[keys[n]] = _to_bytes(route)
                self._cache.put(keys[n], known[keys[n]])


def _key(router: Router, ask: Ask) -> str:
    points = ";".join(f"{p.lat:.7f},{p.lon:.7f},{p.radius_m}" for p in ask.points)
    text = f"{router.map_name}|{router.version}|{ask.costing}|{int(ask.dense)}|{points}"
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def _to_bytes(route: Route | None) -> bytes:
    return b"null" if route is None else json.dumps(asdict(route), separators=(",", ":")).encode()


def _from_bytes(said: bytes) -> Route | None:
    found = json.loads(said)
    if found is None:
        return None
    return Route(**{**found, "start": tuple(found["start"]), "end": tuple(found["end"])})
