"""An installation in a temporary folder, with the suite's own town, two people and a folder of photos."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connector.actions import connections, people, traces
from connector.actions.people import Person
from connector.actions.services import Services, new_id, open_services
from connector.settings import Settings
from connector.store.tables import PersonRow
from tests.web.album import write_album


@dataclass
class Clock:
    """The time of day, which a test may put forward."""

    ahead: timedelta = field(default_factory=timedelta)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def settings(tmp_path: Path, tiny_maps: Path) -> Settings:
    data = tmp_path / "data"
    data.mkdir()
    (data / "maps").symlink_to(tiny_maps)
    return Settings(data=data, router_threads=1, settle_s=5, poll_s=60, allowed_networks=("127.0.0.0/8",))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def services(settings: Settings, clock: Clock) -> Iterator[Services]:
    with open_services(settings) as opened:
        yield replace(opened, now=clock)


@pytest.fixture
def anna(services: Services) -> Person:
    """The administrator."""
    return people.local(services)


@pytest.fixture
def berta(services: Services, anna: Person) -> Person:
    """Somebody else, who may do what everybody may."""
    return other_person(services, "Berta")


def other_person(services: Services, name: str) -> Person:
    row = PersonRow(id=new_id(), name=name, is_admin=False, preferences={}, created_at=services.now())
    with services.store.write() as session:
        session.add(row)
    return Person(id=row.id, name=name, is_admin=False)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """A folder with the album ``walk``: five photos along the streets, one that says nothing."""
    write_album(tmp_path / "library" / "walk")
    return tmp_path / "library"


@pytest.fixture
def connection(services: Services, anna: Person, photos: Path) -> connections.Connection:
    return connections.connect(services, anna, "home", "folder", {"path": str(photos)})


@pytest.fixture
def trace_id(services: Services, anna: Person, connection: connections.Connection) -> str:
    return traces.start(services, anna, connection.id, ["walk"]).trace_id
