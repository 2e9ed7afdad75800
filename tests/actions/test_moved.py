"""An album that went and is back under another name is offered as the same, and never taken for it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from adapters.library import NotFound as NotInLibrary
from adapters.testing import some_photos
from connector.actions import connections, following, moved, traces, watch
from connector.actions.errors import Conflict, NotFound
from connector.actions.people import Person
from connector.actions.services import Services
from connector.actions.watch import Rules
from tests.actions.conftest import Clock
from tests.actions.test_watch import Town
from tests.adapters.fake_immich import KEY, FakeImmich
from tests.adapters.nextcloud.fake import FakeNextcloud
from tests.adapters.servers import serving


@dataclass
class Immich:
    """Its album is deleted and made anew, of the same photos."""

    server: FakeImmich
    url: str
    kind: str = "immich"

    @property
    def options(self) -> dict[str, str]:
        return {"url": self.url, "api_key": KEY}

    def move(self) -> str:
        members = list(self.server.members[self.server.album["id"]])
        self.server.remove_album()
        made = self.server.add_album("Another name")
        self.server.members[made] = members
        return made

    def other(self) -> str:
        return self.server.add_album("Elsewhere", [each for each in some_photos(40) if each.name > "IMG_00030"])


@dataclass
class Nextcloud:
    """Its folder is renamed: the numbers of the files stay."""

    server: FakeNextcloud
    url: str
    kind: str = "nextcloud"

    @property
    def options(self) -> dict[str, str]:
        return {"url": self.url, "user": "alice", "password": "sentinel-app-password"}

    def move(self) -> str:
        self.server.rename("alice", "Trip", "Another name")
        return "folder:Another name"

    def other(self) -> str:
        for n in range(5):
            self.server.put("alice", f"Elsewhere/OTHER_{n}.jpg", b"x" * (900 + n))
        return "folder:Elsewhere"


@pytest.fixture(params=["immich", "nextcloud"])
def library(request: pytest.FixtureRequest) -> Iterator[Immich | Nextcloud]:
    if request.param == "immich":
        immich = FakeImmich("3.1.0")
        immich.fill(some_photos(5))
        with serving(immich) as url:
            yield Immich(immich, url)
        return
    cloud = FakeNextcloud()
    for n in range(5):
        cloud.put("alice", f"Trip/IMG_{n}.jpg", b"x" * (400 + n))
    with serving(cloud) as url:
        yield Nextcloud(cloud, url)


@pytest.fixture
def town(services: Services, anna: Person, clock: Clock, library: Immich | Nextcloud) -> Town:
    connection = connections.connect(services, anna, "home", library.kind, library.options)
    return Town(services, anna, clock, connection.id)


@pytest.fixture
def trace_id(town: Town) -> str:
    (row,) = connections.albums(town.services, town.owner, town.connection_id)
    return traces.start(town.services, town.owner, town.connection_id, [row.album.id]).trace_id


def test_making_it_again_says_what_it_may_be_called_now(town: Town, trace_id: str, library: Immich | Nextcloud) -> None:
    library.other()
    new = library.move()
    with pytest.raises(NotInLibrary, match=r"'Another name' holds 5 of the 5 photos of '.*', which is gone"):
        traces.again(town.services, town.owner, trace_id)
    (info,) = town.infos()
    (offer,) = info.moved
    assert (offer.new_album_id, offer.kept, offer.of) == (new, 5, 5)
    assert new not in info.album_ids, "it was taken for the same without asking"

    following.follow(town.services, town.owner, trace_id, offer.album_id, offer.new_album_id)

    (info,) = town.infos()
    assert (info.album_ids, info.album_titles, info.moved) == ((new,), ("Another name",), ())
    assert (info.version, info.photos) == (2, 5)


def test_a_watch_asks_instead_of_tracing_the_same_photos_twice(town: Town, library: Immich | Nextcloud) -> None:
    watch.watch(town.services, town.owner, town.connection_id, Rules(every=True, least_located=0, link=False))
    (trace_id,) = town.settle()
    new = library.move()
    other = library.other()

    assert len(town.settle()) == 1, "what is another album is traced, what may be the same waits"
    first, second = sorted(town.infos(), key=lambda info: info.created_at)
    assert second.album_ids == (other,)
    (offer,) = first.moved
    assert (first.id, offer.new_album_id) == (trace_id, new)
    assert town.settle() == []

    following.follow(town.services, town.owner, trace_id, offer.album_id, new)
    assert town.settle() == []
    assert len(town.infos()) == 2


def test_an_album_that_is_said_to_be_another_is_traced_by_itself(town: Town, library: Immich | Nextcloud) -> None:
    watch.watch(town.services, town.owner, town.connection_id, Rules(every=True, least_located=0, link=False))
    (trace_id,) = town.settle()
    new = library.move()
    town.settle()
    (offer,) = town.infos()[0].moved
    following.decline(town.services, town.owner, trace_id, offer.album_id, new)
    assert len(town.settle()) == 1
    assert sorted(len(info.moved) for info in town.infos()) == [0, 0]
    assert {info.album_ids for info in town.infos()} == {(offer.album_id,), (new,)}
    with pytest.raises(NotInLibrary):
        traces.again(town.services, town.owner, trace_id)
    assert traces.trace(town.services, town.owner, trace_id).moved == (), "what was declined is not asked again"


@pytest.mark.parametrize(
    ("kept", "of", "members", "like"), [(6, 10, 6, True), (5, 10, 5, False), (10, 10, 19, True), (10, 10, 20, False)]
)
def test_the_same_is_what_holds_most_of_it_and_little_else(kept: int, of: int, members: int, like: bool) -> None:
    assert moved.is_like(kept, of, members) is like


def test_what_shares_only_some_photos_is_not_offered(town: Town, trace_id: str, library: Immich | Nextcloud) -> None:
    new = library.move()
    if isinstance(library, Immich):
        library.server.members[new] = library.server.members[new][:2]
    else:
        for name in ("IMG_0.jpg", "IMG_1.jpg", "IMG_2.jpg"):
            library.server.remove("alice", f"Another name/{name}")
    with pytest.raises(NotInLibrary, match="in the library"):
        traces.again(town.services, town.owner, trace_id)
    assert town.infos()[0].moved == ()


def test_a_renamed_folder_is_found_though_its_paths_are_its_ids(
    services: Services, anna: Person, connection: connections.Connection, photos: Path
) -> None:
    trace_id = traces.start(services, anna, connection.id, ["walk"]).trace_id
    shutil.copytree(photos / "walk", photos / "other")
    for path in (photos / "other").iterdir():
        path.rename(path.with_name(f"x{path.name}"))
    (photos / "walk").rename(photos / "stroll")
    with pytest.raises(NotInLibrary, match="'stroll' holds 6 of the 6 photos of 'walk'"):
        traces.again(services, anna, trace_id)
    following.follow(services, anna, trace_id, "walk", "stroll")
    assert traces.trace(services, anna, trace_id).title == "stroll"


def test_what_cannot_be_followed(town: Town, trace_id: str, library: Immich | Nextcloud, berta: Person) -> None:
    (info,) = town.infos()
    (old,) = info.album_ids
    other = library.other()
    with pytest.raises(Conflict, match="still there"):
        following.follow(town.services, town.owner, trace_id, old, other)
    library.move()
    for album_id, new in (("no such", other), (old, "no such")):
        with pytest.raises((NotFound, NotInLibrary)):
            following.follow(town.services, town.owner, trace_id, album_id, new)
    with pytest.raises(NotFound):
        following.follow(town.services, berta, trace_id, old, other)
    for person in (berta, town.owner):
        with pytest.raises(NotFound):
            following.decline(town.services, person, trace_id, old, other)
    assert town.infos()[0].album_ids == (old,)
