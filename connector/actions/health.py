"""Whether this installation can work just now."""

from __future__ import annotations

from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError

from connector.actions.services import Services
from connector.store.tables import PersonRow


def is_writable(services: Services) -> bool:
    """Whether the database takes writes: a write that changes nothing is made."""
    try:
        with services.store.write() as session:
            session.execute(update(PersonRow).where(PersonRow.id == "").values(name=""))
    except SQLAlchemyError:
        return False
    return True
