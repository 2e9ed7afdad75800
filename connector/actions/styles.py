"""Styles people keep to use again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select

from connector.actions.errors import Invalid, NotFound
from connector.actions.people import Person
from connector.actions.services import Services, new_id
from connector.actions.traces import read_style
from connector.render.style import Style
from connector.store.tables import StyleRow


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptStyle:
    """A style under the name its owner gave it."""

    id: str
    name: str
    style: Style


def styles(services: Services, owner: Person) -> tuple[KeptStyle, ...]:
    """Theirs, by name."""
    with services.store.read() as session:
        rows = session.scalars(select(StyleRow).where(StyleRow.owner == owner.id).order_by(StyleRow.name))
        return tuple(KeptStyle(id=row.id, name=row.name, style=read_style(row.style)) for row in rows)


def keep_style(services: Services, owner: Person, name: str, said: Mapping[str, Any]) -> KeptStyle:
    """Keeps a style; what names photos of one trace (emoji, featured) is left out.

    Raises:
        Invalid: with all that is wrong.
    """
    if not 0 < len(name.strip()) <= 200:
        raise Invalid(["name must have 1 to 200 characters"])
    style = read_style({key: value for key, value in said.items() if key not in ("emoji", "featured")})
    row = StyleRow(id=new_id(), owner=owner.id, name=name.strip(), style=asdict(style), created_at=services.now())
    with services.store.write() as session:
        session.add(row)
    return KeptStyle(id=row.id, name=row.name, style=style)


def remove_style(services: Services, owner: Person, style_id: str) -> None:
    """Takes a kept style away; traces that look like it stay as they are.

    Raises:
        NotFound: they have none of that id.
    """
    with services.store.write() as session:
        row = session.get(StyleRow, style_id)
        if row is None or row.owner != owner.id:
            raise NotFound("style")
        session.delete(row)
