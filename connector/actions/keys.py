"""Renews the key that credentials are encrypted with."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from typing import cast

from sqlalchemy import select

from connector.actions.services import Services, open_services
from connector.settings import Settings
from connector.store.tables import SEALED, Sealed
from connector.store.vault import keys_in, write_keys


def renew(settings: Settings) -> int:
    """Encrypts everything anew with the newest key, and makes that one where the key is ours; how many texts.

    A key given by the settings is renewed by giving two, the new one first; afterwards the old one can go.
    Stopped in the middle it can be said again: until the end both keys are there.
    Once the old key is gone, links that hide the ends are cut elsewhere: where that is rests on the oldest key.

    Raises:
        CannotStart: the key does not fit what the database holds.
    """
    if settings.secret_key is not None:
        return _sealed_anew(settings)
    old = keys_in(settings.data, None)
    new = base64.b64encode(secrets.token_bytes(32)).decode()
    write_keys(settings.data, [new, *old])
    count = _sealed_anew(settings)
    write_keys(settings.data, [new])
    return count


def _sealed_anew(settings: Settings) -> int:
    with open_services(settings) as services:
        return sum(_seal_table(services, table) for table in SEALED)


def _seal_table(services: Services, table: type[Sealed]) -> int:
    count = 0
    with services.store.write() as session:
        for row in cast(Sequence[Sealed], session.scalars(select(table)).all()):
            bound = (row.__tablename__, row.id, row.owner)
            if not services.vault.is_newest(row.sealed):
                row.sealed = services.vault.seal(services.vault.open(row.sealed, *bound), *bound)
                count += 1
    return count
