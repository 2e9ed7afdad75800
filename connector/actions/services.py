"""Everything an action works with, opened once per process."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import select

from adapters.library import Net
from connector.actions.errors import CannotStart
from connector.actions.held import Held
from connector.actions.limits import Limits
from connector.actions.queue import Inline, Queue
from connector.actions.roads import LiveRouters
from connector.maps.tiles import Tiles
from connector.net import GuardedNet, Policy
from connector.settings import Settings
from connector.store.database import Store, open_store
from connector.store.tables import SEALED
from connector.store.vault import Vault, WrongKey, keys_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What actions use. Safe from several threads."""

    settings: Settings
    store: Store
    vault: Vault
    net: Net
    routers: LiveRouters
    tiles: Tiles
    queue: Queue
    now: Callable[[], datetime]
    limits: Limits = field(default_factory=Limits)
    held: Held = field(default_factory=Held)
    """Builders of the traces somebody is correcting."""
    shown: Held = field(default_factory=lambda: Held(64))
    """What was made to be shown and may be shown again: shared scenes, lists of albums."""
    fetching: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(8))
    """Pictures asked of libraries at the same time."""

    def close(self) -> None:
        self.routers.close()
        self.store.close()


def utc_now() -> datetime:
    """The clock of everything that is not tested at a time of its own."""
    return datetime.now(UTC)


@contextmanager
def open_services(settings: Settings, queue: Queue | None = None) -> Iterator[Services]:
    """Opens the database, the key, the network and the roads; closes them at the end.

    Without a ``queue`` long work is done at once, in the thread that asks for it.

    Raises:
        CannotStart: the key does not fit what the database holds, or the data folder cannot be written.
    """
    try:
        vault = Vault(keys_in(settings.data, settings.secret_key.get_secret_value() if settings.secret_key else None))
        store = open_store(settings.app_database, settings.data)
    except ValueError as error:
        raise CannotStart(f"the secret key cannot be used: {error}") from None
    except OSError as error:
        raise CannotStart(f"the data folder {settings.data} cannot be used: {error.strerror or error}") from None
    check_key(store, vault)
    services = Services(
        settings=settings,
        store=store,
        vault=vault,
        net=GuardedNet(Policy(settings.allowed_networks), authorities=_authorities(settings)),
        routers=LiveRouters(settings.maps, settings.router_threads, settings.valhalla_urls),
        tiles=Tiles(settings.maps),
        queue=queue if queue is not None else Inline(),
        now=utc_now,
    )
    if isinstance(services.queue, Inline):
        _run_at_once(services, services.queue)
    try:
        yield services
    finally:
        services.close()


def _authorities(settings: Settings) -> str | None:
    if settings.ca_file is None:
        return None
    try:
        return settings.ca_file.read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise CannotStart(f"TRACER_CA_FILE names {settings.ca_file}, which cannot be read: {error}") from None


def _run_at_once(services: Services, queue: Inline) -> None:
    from connector.actions.ready import make  # imports this module

    queue.runs(lambda trace_id: make(services, trace_id, queue.report))


def check_key(store: Store, vault: Vault) -> None:
    """Opens everything that is sealed: better now than at the first use.

    Raises:
        CannotStart: something does not open.
    """
    with store.read() as session:
        found = [
            (table.__tablename__, *row)
            for table in SEALED
            for row in session.execute(select(table.sealed, table.id, table.owner))
        ]
    for what, sealed, row_id, owner in found:
        try:
            vault.open(sealed, what, row_id, owner)
        except WrongKey as error:
            raise CannotStart(
                f"the secret key does not fit the database: {error}. Give back the key it was written with "
                "(TRACER_SECRET_KEY, TRACER_SECRET_KEY_FILE or secret.key in the data folder)"
            ) from None


def new_id() -> str:
    """An id nobody guesses, fit for a command line."""
    return secrets.token_hex(10)
