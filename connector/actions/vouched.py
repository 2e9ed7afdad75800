"""People whom the program that runs us vouches for: it says who asks, and we act for them by a secret we share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

import adapters
from connector.actions import connections, people
from connector.actions.people import Person
from connector.actions.services import Services
from connector.store.tables import ConnectionRow, PersonRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Vouched:
    """Somebody and their library there."""

    person: Person
    connection_id: str


def arrive(services: Services, kind: str, options: Mapping[str, str]) -> Vouched:
    """The person whose library the options open. Who is new gets a place, with that library connected.

    The library is connected with these options from now on: the shared secret may be another than before.

    Raises:
        adapters.library.LibraryError: the library does not open.
    """
    found = adapters.kind(kind)
    account = connections.try_out(services, found, options)
    person = people.account_of(services, kind, account.id, account.name)
    name = _name_there(services, person, kind) or found.title
    wanted = connections.Wanted(name, kind, dict(options), account)
    with services.store.write() as session:
        row = connections.keep(services, session, person.id, wanted)
        return Vouched(person=person, connection_id=row.id)


def known(services: Services, kind: str, account_id: str) -> Vouched | None:
    """The person with that account, when they have been here; asks nobody."""
    mine = (ConnectionRow.kind == kind, ConnectionRow.account_id == account_id)
    with services.store.read() as session:
        row = session.scalar(select(ConnectionRow).where(*mine).order_by(ConnectionRow.created_at))
        if row is None:
            return None
        person = session.get_one(PersonRow, row.owner)
        return Vouched(person=Person(id=person.id, name=person.name, is_admin=person.is_admin), connection_id=row.id)


def _name_there(services: Services, person: Person, kind: str) -> str | None:
    """What that library is called, if it is connected: keeping it again must not rename it."""
    return next((each.name for each in connections.connections(services, person) if each.kind == kind), None)
