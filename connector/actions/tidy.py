"""What nobody needs any more goes: in ten years an installation is as large as what is in it, not as what was done."""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from itertools import batched
from pathlib import Path

from sqlalchemy import delete, func, select, tuple_, update

from connector.actions import posters, thumbnails
from connector.actions.people import ACCOUNT
from connector.actions.services import Services
from connector.store.tables import FixRow, HookCallRow, LoginRow, PhotoRow, TokenRow, TraceRow, WayRow

FIRST_AFTER_S, EVERY_S = 60.0, 6 * 3600.0
JOBS_FOR, WAYS_FOR, FIXES_FOR, SIGN_INS_FOR = (
    timedelta(days=30),
    timedelta(days=365),
    timedelta(days=90),
    timedelta(days=1),
)
"""As long ended jobs, unused answers of routers, readings of photos that are in no trace, and sign-ins are kept."""
_AT_ONCE = 500
_log = logging.getLogger(__name__)


def keep_tidy(services: Services, stop: threading.Event) -> None:
    """Tidies up now and then until ``stop`` is set. Several workers may: what is gone is gone."""
    pause_s = FIRST_AFTER_S
    while not stop.wait(pause_s):
        pause_s = EVERY_S
        try:
            tidy(services)
        except Exception:  # noqa: BLE001  # the database may be away for a while; the next time may find it
            _log.exception("tidying up failed; it is tried again")


def tidy(services: Services) -> None:
    """Removes what is older than it is of use, and the files that no longer fit into their space."""
    _old_rows(services)
    _old_readings(services)
    _old_ways(services)
    with services.store.read() as session:
        current = {job_id for job_id in session.scalars(select(TraceRow.job_id)) if job_id is not None}
    services.queue.forget(services.now() - JOBS_FOR, current)
    thumbnails.make_room(services)
    posters.make_room(services)
    for name in ("thumbnails", "posters"):
        remove_parts(services.settings.data / name)


def _old_rows(services: Services) -> None:
    now = services.now()
    with services.store.write() as session:
        session.execute(delete(HookCallRow).where(HookCallRow.at < now - SIGN_INS_FOR))
        session.execute(delete(LoginRow).where(LoginRow.created_at < now - SIGN_INS_FOR))
        session.execute(delete(TokenRow).where(TokenRow.expires_at < now - SIGN_INS_FOR, TokenRow.label != ACCOUNT))


def _old_readings(services: Services) -> None:
    """A photo may come back soon, and then need not be read again."""
    now = services.now()
    # lists that hang on no row: asked of each reading by itself, a large installation locks everybody out for a minute,
    # and of a NOT IN PostgreSQL makes the same
    used = select(TraceRow.connection_id, PhotoRow.asset_id).join(TraceRow, TraceRow.id == PhotoRow.trace_id)
    unused = select(FixRow.connection_id, FixRow.asset_id).except_(used)
    this, change = tuple_(FixRow.connection_id, FixRow.asset_id), update(FixRow)
    with services.store.write() as session:
        session.execute(change.where(FixRow.unused_since.is_not(None), this.in_(used)).values(unused_since=None))
        session.execute(change.where(FixRow.unused_since.is_(None), this.in_(unused)).values(unused_since=now))
        session.execute(delete(FixRow).where(FixRow.unused_since < now - FIXES_FOR))


def _old_ways(services: Services) -> None:
    """First those that were not used for long, then the longest unused ones until the rest fits."""
    with services.store.write() as session:
        session.execute(delete(WayRow).where(WayRow.used_at < services.now() - WAYS_FOR))
    for some in batched(_too_many(services), _AT_ONCE):
        for person, keys in _by_owner(some).items():
            with services.store.write() as session:
                session.execute(delete(WayRow).where(WayRow.owner == person, WayRow.key.in_(keys)))


def _too_many(services: Services) -> list[tuple[str, str]]:
    """Owner and key of the answers that no longer fit into their space."""
    found = select(WayRow.owner, WayRow.key, func.length(WayRow.answer)).order_by(WayRow.used_at, WayRow.key)
    with services.store.read() as session:
        spare = session.scalar(select(func.sum(func.length(WayRow.answer)))) or 0
        spare -= services.settings.routes_mb * 1_000_000
        gone = []
        for owner, key, size in session.execute(found) if spare > 0 else ():
            if spare <= 0:
                break
            spare -= size
            gone.append((owner, key))
    return gone


def _by_owner(pairs: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    keys: dict[str, list[str]] = defaultdict(list)
    for owner, key in pairs:
        keys[owner].append(key)
    return keys


def remove_parts(folder: Path) -> int:
    """Removes what a crash left half written below the folder a day ago or longer; how many files."""
    gone = 0
    for path in folder.glob("*/.*"):
        if time.time() - path.stat().st_mtime > SIGN_INS_FOR.total_seconds():
            path.unlink(missing_ok=True)
            gone += 1
    return gone
