"""Valhalla in this process: a few long-lived threads, each with its own Actor per map.

An Actor shared by threads crashes the process, and costs up to 24 MB; so there are few, and the least
recently used goes. Every call releases the interpreter lock, so threads are as good as processes.
"""

from __future__ import annotations

import json
import os
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from valhalla import Actor, ValhallaError

from connector.maps.registry import Map
from connector.maps.roads import configuration
from connector.routing.router import Ask, Route, RouterDown
from connector.routing.valhalla import NO_WAY, answer, request

ACTORS_PER_THREAD = 4


class RouterPool:
    """Runs questions on ``threads`` threads. Close it when done."""

    def __init__(self, threads: int | None = None) -> None:
        self.threads = threads or min(4, os.cpu_count() or 1)
        self._executor = ThreadPoolExecutor(self.threads, thread_name_prefix="router")
        self._own = threading.local()
        self._configs = tempfile.TemporaryDirectory(prefix="image-tracer-router-")

    def config_for(self, tar: Path) -> Path:
        """Writes the configuration that reads that graph: an Actor made from a dict leaves a file behind each time."""
        path = Path(self._configs.name) / f"{abs(hash(str(tar)))}-{tar.stat().st_mtime_ns}.json"
        if not path.exists():
            path.write_text(json.dumps(configuration(extract=tar.resolve())))
        return path

    def run(self, config: Path, asks: Sequence[Ask]) -> Future[list[Route | None]]:
        """Answers the questions one after the other on one of the threads."""
        return self._executor.submit(self._answer, config, asks)

    def _answer(self, config: Path, asks: Sequence[Ask]) -> list[Route | None]:
        actor = self._actor(config)
        return [_ask(actor, ask) for ask in asks]

    def _actor(self, config: Path) -> Actor:
        actors: OrderedDict[Path, Actor] | None = getattr(self._own, "actors", None)
        if actors is None:
            actors = self._own.actors = OrderedDict()
        if config not in actors:
            actors[config] = Actor(config)
        actors.move_to_end(config)
        while len(actors) > ACTORS_PER_THREAD:
            actors.popitem(last=False)
        return actors[config]

    def close(self) -> None:
        self._executor.shutdown(wait=True)
        self._configs.cleanup()


def _ask(actor: Actor, ask: Ask) -> Route | None:
    action, body = request(ask)
    try:
        reply: str = getattr(actor, action)(body)
    except ValhallaError as error:
        if error.code in NO_WAY:
            return None
        raise RouterDown(f"the router refused a question: {error.message} ({error.code})") from error
    return answer(ask, reply)


class EmbeddedRouter:
    """The router of one map in this process."""

    def __init__(self, found: Map, pool: RouterPool) -> None:
        self.map_name = found.name
        self.version = found.version
        self._coverage = found.coverage()
        self._rail_coverage = found.rail_coverage()
        self._pool = pool
        self._roads = pool.config_for(found.folder / "roads.tar")
        self._rails = pool.config_for(found.folder / "rails.tar") if found.has_rails else None

    def covers(self, lat: float, lon: float) -> bool:
        return self._coverage.covers(lat, lon) or self.has_rails_at(lat, lon)

    def has_rails_at(self, lat: float, lon: float) -> bool:
        return self._rail_coverage.covers(lat, lon)

    def routes(self, asks: Sequence[Ask]) -> list[Route | None]:
        """Answers in order; the questions are shared out over the pool's threads."""
        answers: list[Route | None] = [None] * len(asks)
        running: list[tuple[list[int], Future[list[Route | None]]]] = []
        for config, numbers in self._by_graph(asks):
            for part in _parts(numbers, self._pool.threads):
                running.append((part, self._pool.run(config, [asks[n] for n in part])))
        for part, future in running:
            for n, found in zip(part, future.result(), strict=True):
                answers[n] = found
        return answers

    def _by_graph(self, asks: Sequence[Ask]) -> list[tuple[Path, list[int]]]:
        rails = [n for n, ask in enumerate(asks) if ask.costing == "train"]
        roads = [n for n, ask in enumerate(asks) if ask.costing != "train"]
        found = [(self._roads, roads)]
        if self._rails is not None:
            found.append((self._rails, rails))
        return [(config, numbers) for config, numbers in found if numbers]


def _parts(numbers: list[int], threads: int) -> list[list[int]]:
    """Shares of the work: small enough to balance, large enough not to be noticed."""
    size = max(1, min(64, -(-len(numbers) // threads)))
    return [numbers[i : i + size] for i in range(0, len(numbers), size)]
