"""What happens when a trace is ready: the link goes where people see it in their library, and whoever wants is told."""

from __future__ import annotations

import hashlib
import logging

from sqlalchemy import select

from adapters.library import LibraryError
from connector.actions import connections, notify, pull, shares, traces, watch
from connector.actions.errors import Invalid
from connector.actions.people import Person
from connector.actions.progress import Report, nobody
from connector.actions.services import Services
from connector.store.tables import PersonRow, ShareRow, TraceRow

_log = logging.getLogger(__name__)


def ready(services: Services, trace_id: str) -> None:
    """Writes the link back where the rules say so, and tells. What is watched no more has no rules: nothing of it is
    published. Safe to repeat: nothing is written or told twice by it but the notice, which carries the same id again.

    Raises:
        adapters.library.Unavailable: the library does not answer now; try again.
    """
    with services.store.read() as session:
        row = session.get(TraceRow, trace_id)
        if row is None:
            return
        person = session.get_one(PersonRow, row.owner)
    owner = Person(id=person.id, name=person.name, is_admin=person.is_admin)
    url = f"{services.settings.address}/traces/{trace_id}"
    watched = watch.watching(services, owner, row.connection_id) if row.by_watch else None
    if watched is not None and watched.rules.link:
        try:
            url = link(services, owner, trace_id, shares.Wish(hide_ends_m=watched.rules.hide_ends_m)) or url
        except Invalid as error:
            _log.info("no link was written back: %s", error)
        except LibraryError as error:
            if error.retry:
                raise
            _log.warning("the link could not be written back: %s", error)
    event = hashlib.blake2b(f"{trace_id} {row.fingerprint} {row.attempt}".encode(), digest_size=16).hexdigest()
    notify.ready(services, owner, event, {"trace_id": trace_id, "title": row.title, "url": url})


def make(services: Services, trace_id: str, report: Report = nobody) -> None:
    """Makes a trace and does what has to be done when it is ready: a whole job, at once.

    Raises:
        adapters.library.LibraryError, connector.routing.router.RouterDown: it could not be made.
    """
    if not pull.run(services, trace_id, report):
        return
    try:
        ready(services, trace_id)
    except LibraryError as error:
        _log.warning("the trace is ready, but its link could not be written back: %s", error)


def link(services: Services, owner: Person, trace_id: str, wish: shares.Wish) -> str | None:
    """Puts a share's address into the library, beside every album of the trace; the address, None: it was put there
    before. One that its owner revoked since is not made anew.

    Raises:
        NotFound, NotReady: there is no such trace, or it has not been made yet.
        Invalid: the library, or the credential, cannot.
        adapters.library.LibraryError: the library refuses or does not answer; the share is taken back.
    """
    info = traces.trace(services, owner, trace_id)
    if _was_linked(services, trace_id):
        return None
    with connections.library(services, owner, info.connection_id) as library:
        writer = library.write_back
        if writer is None or not writer.can_link:
            raise Invalid(["this library, or this credential, takes no link"])
        made = shares.share(services, owner, trace_id, wish)
        try:
            for album_id in info.album_ids:
                writer.link(album_id, made.url, info.title)
        except LibraryError:
            shares.revoke(services, owner, made.share.id)
            raise
    with services.store.write() as session:
        session.get_one(ShareRow, made.share.id).written_back = True
    return made.url


def _was_linked(services: Services, trace_id: str) -> bool:
    wanted = select(ShareRow.id).where(ShareRow.trace_id == trace_id, ShareRow.written_back).limit(1)
    with services.store.read() as session:
        return session.scalar(wanted) is not None
