"""The bare router calls behind what the engine asked: the same questions once more, each a plain `Actor` call."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from valhalla import Actor, ValhallaError

from connector.maps.registry import list_maps
from connector.maps.roads import configuration
from connector.routing.router import Ask, Route, Router
from connector.routing.valhalla import request


@dataclass
class Listened:
    """A router whose questions are noted down."""

    router: Router
    asks: list[Ask] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.map_name, self.version = self.router.map_name, self.router.version
        self.covers, self.has_rails_at = self.router.covers, self.router.has_rails_at

    def routes(self, asks: Sequence[Ask]) -> list[Route | None]:
        self.asks += asks
        return self.router.routes(asks)

    def covering(self, *places: tuple[float, float]) -> Router | None:
        return self if all(self.covers(lat, lon) for lat, lon in places) else None


class Bare:
    """The roads (and rails) of one map, asked without anything of ours."""

    def __init__(self, roads: Actor, rails: Actor | None) -> None:
        self._roads, self._rails = roads, rails

    def calls(self, asks: Sequence[Ask]) -> list[Callable[[], str]]:
        """One call per question, its text ready."""
        return [self._call(ask) for ask in asks]

    def _call(self, ask: Ask) -> Callable[[], str]:
        action, body = request(ask)
        actor = self._rails if ask.costing == "train" and self._rails is not None else self._roads
        method: Callable[[str], str] = getattr(actor, action)
        return lambda: method(body)


@contextmanager
def bare(maps: Path, name: str) -> Iterator[Bare]:
    found = next(each for each in list_maps(maps) if each.name == name)
    with TemporaryDirectory() as folder:
        actors = [_actor(Path(folder), found.folder / tar) for tar in ("roads.tar", "rails.tar")]
        assert actors[0] is not None
        yield Bare(actors[0], actors[1])


def _actor(folder: Path, tar: Path) -> Actor | None:
    if not tar.exists():
        return None
    config = folder / f"{tar.stem}.json"
    config.write_text(json.dumps(configuration(extract=tar.resolve())))
    return Actor(config)


def took_s(calls: Sequence[Callable[[], str]], clock: Callable[[], float] = time.process_time, *, read: bool) -> float:
    """Seconds for all the calls. ``read``: and for making Python objects of the answers."""
    began = clock()
    for call in calls:
        try:
            said = call()
        except ValhallaError:
            continue
        if read:
            json.loads(said)
    return clock() - began
