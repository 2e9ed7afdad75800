"""The routers there are: one per map in this process, one per Valhalla server, and which of them to ask."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from connector.maps.registry import list_maps
from connector.routing.embedded import EmbeddedRouter, RouterPool
from connector.routing.router import Router

if TYPE_CHECKING:
    from connector.routing.remote import RemoteRouter


class BadAddressError(ValueError):
    """What was given is no address of a Valhalla server."""


class Routers:
    """Several routers in the order in which they are preferred. Close them when done."""

    def __init__(self, here: Sequence[EmbeddedRouter], pool: RouterPool, servers: Sequence[RemoteRouter] = ()) -> None:
        self.all: tuple[EmbeddedRouter | RemoteRouter, ...] = (*here, *servers)
        self._pool, self._servers = pool, servers

    def covering(self, *places: tuple[float, float]) -> Router | None:
        """The first that knows roads around every one of the (lat, lon) places; None: no single one does."""
        for router in self.all:
            if all(router.covers(lat, lon) for lat, lon in places):
                return router
        return None

    def close(self) -> None:
        for server in self._servers:
            server.close()
        self._pool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def open_routers(
    maps_dir: Path, names: Sequence[str] | None = None, *, threads: int | None = None, urls: Sequence[str] = ()
) -> Routers:
    """Routers for the maps of that folder (None: all of them, else those named), then for the Valhalla servers.

    ``urls``: each ``name=http://host:8002``. Servers are asked for places that no map here covers.

    Raises:
        KeyError: there is no map of a name that was asked for; the text lists those there are.
        BadAddressError: an address cannot be understood.
    """
    maps = {found.name: found for found in list_maps(maps_dir)}
    missing = [name for name in names or () if name not in maps]
    if missing:
        raise KeyError(f"there is no map named {', '.join(missing)}; there are: {', '.join(maps) or 'none'}")
    servers = [_server(url) for url in urls]
    pool = RouterPool(threads)
    here = [EmbeddedRouter(maps[name], pool) for name in (maps if names is None else names)]
    return Routers(here, pool, servers)


def _server(said: str) -> RemoteRouter:
    from connector.routing.remote import RemoteRouter  # 12 MB of a process that only those who have a server need

    name, _, url = said.partition("=")
    if not name or not url.startswith(("http://", "https://")):
        raise BadAddressError(f"a Valhalla server is given as name=http://host:8002, not {said!r}")
    return RemoteRouter(name, url.rstrip("/"))
