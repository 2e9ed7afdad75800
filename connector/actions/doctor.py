"""Tries everything step by step and says what works, what does not, and what to do."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator

from adapters import kind as kind_of
from adapters.library import Check, LibraryError
from connector.actions import connections
from connector.actions.people import Person
from connector.actions.services import Services
from connector.maps.registry import list_maps
from connector.metadata.thumbnail import register_heif
from connector.store.tables import ConnectionRow


def installation(services: Services) -> Iterator[Check]:
    """The installation itself. Never raises."""
    settings = services.settings
    writable = os.access(settings.data, os.W_OK)
    said = f"{settings.data} can be written" if writable else f"{settings.data} cannot be written"
    yield Check(name="data folder", ok=writable, said=said, advice=None if writable else "Give it to this user.")
    yield Check(name="database", ok=True, said=f"{services.store.engine.dialect.name}, and the key fits it")
    yield _maps(services)
    alive = services.queue.workers()
    yield Check(
        name="worker",
        ok=alive > 0,
        said=f"{alive} alive" if alive else "none is running",
        advice=None if alive else "Start the service: image-tracer serve. Commands trace by themselves meanwhile.",
        needed=False,
    )
    heif = register_heif()
    yield Check(
        name="HEIC previews",
        ok=heif,
        said="can be made" if heif else "cannot be made",
        advice=None if heif else "pip install 'image-tracer[heif]'",
        needed=False,
    )


def connection(services: Services, owner: Person, connection_id: str) -> Iterator[Check]:
    """A connection of theirs, step by step; a kind without steps of its own is asked whose it is and for its albums.

    Raises:
        NotFound: they have no such connection.
    """
    found = connections.connection(services, owner, connection_id)
    kind = kind_of(found.kind)
    if kind.checks is not None:
        with services.store.read() as session:
            row = session.get_one(ConnectionRow, connection_id)
        options = json.loads(services.vault.open(row.sealed, "connection", row.id, row.owner))
        yield from kind.checks(options, services.net)
        return
    try:
        with connections.library(services, owner, connection_id) as library:
            account = library.account()
            yield Check(name="account", ok=True, said=f"it is the library of {account.name}")
            count = sum(1 for _ in library.albums())
            yield Check(name="albums", ok=True, said=f"{count} with photos")
    except LibraryError as error:
        yield Check(name="library", ok=False, said=str(error), advice="Look whether it runs, and connect it anew.")


def _maps(services: Services) -> Check:
    maps = [each.name for each in list_maps(services.settings.maps)]
    urls = services.settings.valhalla_urls
    known = [*maps, *(url.partition("=")[0] for url in urls)]
    return Check(
        name="maps",
        ok=bool(known),
        said=", ".join(known) or "there is none: every way will be drawn direct",
        advice=None if known else "Add one: image-tracer map add FILE.osm.pbf --name NAME",
        needed=False,
    )
