"""Valhalla in this process: a few Actors per map, each at work for one thread at a time.

An Actor that two threads use at once crashes the process, and one costs up to 24 MB; so there are few, they are lent
out, and the least recently used goes. Every call releases the interpreter lock, so threads are as good as processes.
"""

from __future__ import annotations

import json
import os
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import batched
from pathlib import Path

from valhalla import Actor, ValhallaError

from connector.maps.registry import Map
from connector.maps.roads import configuration
from connector.routing.router import Ask, Route, RouterDown
from connector.routing.valhalla import NO_WAY, answer, request

IDLE_PER_THREAD = 4
_MOST_AT_ONCE, _SHARES = 16, 4


class RouterPool:
    """At most ``threads`` questions at a time, those who ask included. Close it when done."""

    def __init__(self, threads: int | None = None) -> None:
        self.threads = threads or min(4, os.cpu_count() or 1)
        self._helpers = ThreadPoolExecutor(max(1, self.threads - 1), thread_name_prefix="router")
        self._turns = threading.Semaphore(self.threads)
        self._lock = threading.Lock()
        self._idle: list[tuple[Path, Actor]] = []
        self._configs = tempfile.TemporaryDirectory(prefix="image-tracer-router-")

    def config_for(self, tar: Path) -> Path:
        """Writes the configuration that reads that graph: an Actor made from a dict leaves a file behind each time."""
        path = Path(self._configs.name) / f"{abs(hash(str(tar)))}-{tar.stat().st_mtime_ns}.json"
        if not path.exists():
            path.write_text(json.dumps(configuration(extract=tar.resolve())))
        return path

    def answers(self, config: Path, asks: Sequence[Ask]) -> list[Route | None]:
        """Answers the questions one after the other, in the thread that asks, when it is its turn.

        First all are written, then all are asked, then all answers are read: a router fills the processor's caches,
        and reading an answer right after it was given takes five times as long.
        """
        requests = [request(ask) for ask in asks]
        with self._turns, self._actor(config) as actor:
            replies = [_reply(actor, *each) for each in requests]
        return [answer(ask, reply) if reply is not None else None for ask, reply in zip(asks, replies, strict=True)]

    @contextmanager
    def _actor(self, config: Path) -> Iterator[Actor]:
        actor = self._lent(config) or Actor(config)
        yield actor  # one that fell over a question is not used again
        with self._lock:
            self._idle.append((config, actor))
            del self._idle[: -IDLE_PER_THREAD * self.threads]

    def _lent(self, config: Path) -> Actor | None:
        """The one that was used last: its memory is the warmest."""
        with self._lock:
            for n in reversed(range(len(self._idle))):
                if self._idle[n][0] == config:
                    return self._idle.pop(n)[1]
        return None

    def share_out(self, work: Sequence[Callable[[], None]]) -> None:
        """Does all the work, the one who asks and the helpers each taking the next piece.

        Raises:
            RouterDown: as the first piece that raises it.
        """
        left = deque(work)
        helpers = [self._helpers.submit(_work_off, left) for _ in range(min(self.threads, len(work)) - 1)]
        try:
            _work_off(left)
        finally:
            left.clear()
            _wait_for(helpers)

    def close(self) -> None:
        self._helpers.shutdown(wait=True)
        self._idle.clear()
        self._configs.cleanup()


def _work_off(left: deque[Callable[[], None]]) -> None:
    while True:
        try:
            piece = left.popleft()
        except IndexError:
            return
        piece()


def _wait_for(helpers: Sequence[Future[None]]) -> None:
    """Those that have not begun, because others keep them busy, are not needed any more."""
    for helper in helpers:
        if not helper.cancel():
            helper.result()


def _reply(actor: Actor, action: str, body: str) -> str | None:
    """What it says; None: there is no such way."""
    try:
        reply: str = getattr(actor, action)(body)
    except ValhallaError as error:
        if error.code in NO_WAY:
            return None
        raise RouterDown(f"the router refused a question: {error.message} ({error.code})") from error
    return reply


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

        def piece(config: Path, numbers: Sequence[int]) -> Callable[[], None]:
            def work() -> None:
                found = self._pool.answers(config, [asks[n] for n in numbers])
                for n, route in zip(numbers, found, strict=True):
                    answers[n] = route

            return work

        pieces = [
            piece(config, part)
            for config, numbers in self._by_graph(asks)
            for part in _parts(numbers, self._pool.threads)
        ]
        self._pool.share_out(pieces)
        return answers

    def _by_graph(self, asks: Sequence[Ask]) -> list[tuple[Path, list[int]]]:
        rails = [n for n, ask in enumerate(asks) if ask.costing == "train"]
        roads = [n for n, ask in enumerate(asks) if ask.costing != "train"]
        found = [(self._roads, roads)]
        if self._rails is not None:
            found.append((self._rails, rails))
        return [(config, numbers) for config, numbers in found if numbers]


def _parts(numbers: list[int], threads: int) -> Iterator[Sequence[int]]:
    """Pieces of the work: several for every thread, so that none waits long for the last."""
    if threads == 1:
        return iter([numbers])
    return batched(numbers, max(1, min(_MOST_AT_ONCE, len(numbers) // (threads * _SHARES))))
