"""New album -> trace and written-back link, in each provider, whatever becomes of the calls."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

import adapters
from adapters.testing import Fault, Photo
from connector.actions import connections, hooks, shares, traces, watch
from connector.actions.errors import Invalid, NotFound
from connector.actions.people import Person
from connector.actions.progress import State
from connector.actions.services import Services
from connector.actions.watch import Rules
from connector.store.tables import WatchedAlbumRow
from tests.actions.conftest import Clock
from tests.adapters.fake_immich import KEY, FakeImmich
from tests.adapters.nextcloud.fake import FakeNextcloud
from tests.adapters.servers import Misbehaving, serving
from tests.metadata import made
from tests.tiny_network import crossing

RECORDED = Path(__file__).parents[1] / "recordings" / "nextcloud-32"
MORNING = datetime(2026, 5, 2, 8, 0, tzinfo=UTC)
WALK = [(1, 1), (1, 4), (4, 4), (4, 8), (8, 8), (9, 8)]


def content(n: int, *, located: bool = True) -> bytes:
    lat, lon = crossing(*WALK[n % len(WALK)])
    at = MORNING + timedelta(minutes=20 * n)
    exif: dict[int, made.Value] = {made.ORIGINAL: f"{at:%Y:%m:%d %H:%M:%S}", made.OFFSET: "+00:00"}
    place = made.gps(lat + 0.0001, lon + 0.0001) if located else {}
    return made.jpeg(made.exif_segment(made.tiff(exif=exif, place=place)))


@dataclass
class Immich:
    """An Immich with one album, and what its people do with it."""

    server: FakeImmich
    front: Misbehaving
    url: str
    kind: str = "immich"

    @property
    def options(self) -> dict[str, str]:
        return {"url": self.url, "api_key": KEY}

    def add(self, n: int, *, read: bool = True) -> None:
        """One more photo in the album; ``read``: the server has read its metadata already."""
        photo = Photo(f"IMG_{n:04}.jpg", content(n), MORNING + timedelta(minutes=20 * n))
        self.server.fill([photo])
        lat, lon = crossing(*WALK[n % len(WALK)])
        place = {"latitude": lat + 0.0001, "longitude": lon + 0.0001} if read else {"latitude": None, "longitude": None}
        self.server.named(photo.name)["exifInfo"] |= place

    def read_metadata(self, n: int) -> None:
        lat, lon = crossing(*WALK[n % len(WALK)])
        self.server.named(f"IMG_{n:04}.jpg")["exifInfo"] |= {"latitude": lat + 0.0001, "longitude": lon + 0.0001}
        self.server.touch("lastModifiedAssetTimestamp")

    def remove(self, n: int) -> None:
        self.server.remove(f"IMG_{n:04}.jpg")

    def title(self, title: str) -> None:
        self.server.album["albumName"] = title
        self.server.touch("updatedAt")

    def said(self) -> str:
        """What people see on the album."""
        return str(self.server.album.get("description") or "")

    def say(self, text: str) -> None:
        self.server.album["description"] = text
        self.server.touch("updatedAt")

    def renew(self) -> None:
        """The key is accepted again."""

    def links_written(self) -> int:
        return sum(1 for method, path in self.server.seen if method == "PATCH" and "/albums/" in path)

    def call(self, n: int) -> bytes:
        return json.dumps({"data": {"asset": self.server.named(f"IMG_{n:04}.jpg")}}).encode()


@dataclass
class Nextcloud:
    """A Nextcloud with one folder of photos."""

    server: FakeNextcloud
    front: Misbehaving
    url: str
    kind: str = "nextcloud"
    folder: str = "Walk"
    password: str = "sentinel-app-password"

    @property
    def options(self) -> dict[str, str]:
        return {"url": self.url, "user": "alice", "password": self.password}

    def renew(self) -> None:
        """Another password: the one that was refused is never sent again."""
        self.server.people["alice"] = self.password = "sentinel-another-password"

    def add(self, n: int, *, read: bool = True) -> None:
        self.server.put("alice", f"{self.folder}/IMG_{n:04}.jpg", content(n, located=read))

    def remove(self, n: int) -> None:
        self.server.remove("alice", f"{self.folder}/IMG_{n:04}.jpg")

    def read_metadata(self, n: int) -> None:
        self.server.put("alice", f"{self.folder}/IMG_{n:04}.jpg", content(n))

    def said(self) -> str:
        return "".join(
            node.content.decode() for path, node in self.server.files["alice"].items() if path.endswith(".md")
        )

    def say(self, text: str) -> None:
        self.server.put("alice", f"{self.folder}/Readme.md", text.encode())

    def links_written(self) -> int:
        return sum(1 for method, path in self.server.seen if method == "PUT" and path.endswith(".md"))

    def call(self, n: int) -> bytes:
        """As a real one was delivered: at the next cron, once, about the file and nothing else."""
        (call, *_) = json.loads((RECORDED / "webhook_delivery_put_new_file.json").read_text())
        said = json.loads(call["body"])
        said["event"]["node"]["path"] = f"/alice/files/{self.folder}/IMG_{n:04}.jpg"
        return json.dumps(said).encode()


Provider = Immich | Nextcloud


def immich(version: str) -> Callable[[], Any]:
    return lambda: FakeImmich(version)


@pytest.fixture(params=["immich 3.1.0", "immich 2.7.5", "nextcloud"])
def provider(request: pytest.FixtureRequest) -> Iterator[Provider]:
    name, _, version = request.param.partition(" ")
    server: Any = FakeImmich(version) if name == "immich" else FakeNextcloud()
    front = Misbehaving(server)
    with serving(front) as url:
        yield Immich(server, front, url) if name == "immich" else Nextcloud(server, front, url)


@dataclass
class Town:
    """The watched connection, and the hands of the clock."""

    services: Services
    owner: Person
    clock: Clock
    connection_id: str

    def later(self, seconds: float) -> None:
        self.clock.ahead += timedelta(seconds=seconds)

    def look(self) -> list[str]:
        """Ids of traces that were begun or renewed by one look at what is due."""
        return [trace_id for look in watch.look_at_due(self.services) for trace_id in look.started]

    def settle(self) -> list[str]:
        """Looks as the worker would in the next minutes."""
        found: list[str] = []
        for _ in range(6):
            self.later(61)
            found += self.look()
        return found

    def hook(self, body: bytes = b"{}") -> hooks.Taken:
        made_hook = hooks.hook(self.services, self.owner, self.connection_id)
        return hooks.take(self.services, made_hook.url.rpartition("/")[2], {}, body)

    def infos(self) -> tuple[traces.TraceInfo, ...]:
        return traces.traces(self.services, self.owner)

    def runs(self) -> int:
        """How often something was traced: every run is a version, and an edit there was none."""
        return sum(info.version for info in self.infos())


@pytest.fixture
def town(services: Services, anna: Person, clock: Clock, provider: Provider) -> Town:
    for n in range(3):
        provider.add(n)
    connection = connections.connect(services, anna, "home", provider.kind, provider.options)
    watch.watch(services, anna, connection.id, Rules(every=True))
    return Town(services, anna, clock, connection.id)


def test_a_new_album_becomes_a_trace_and_says_so(town: Town, provider: Provider) -> None:
    assert len(town.settle()) == 1
    (info,) = town.infos()
    assert (info.state, info.photos, info.stops) == (State.DONE, 3, 3)
    assert provider.links_written() == 1
    (link,) = shares.shares(town.services, town.owner, info.id)
    token = provider.said().rpartition("/embed/")[2].split()[0].rstrip(")")
    assert shares.shared(town.services, token).share.id == link.id


def test_the_link_hides_the_ends_where_the_rules_say_so(town: Town) -> None:
    watch.watch(town.services, town.owner, town.connection_id, Rules(every=True, hide_ends_m=300))
    (trace_id,) = town.settle()
    assert [share.hide_ends_m for share in shares.shares(town.services, town.owner, trace_id)] == [300]


def test_a_link_that_was_revoked_is_not_made_anew(town: Town, provider: Provider) -> None:
    (trace_id,) = town.settle()
    (link,) = shares.shares(town.services, town.owner, trace_id)
    shares.revoke(town.services, town.owner, link.id)
    provider.add(3)
    assert town.settle() == [trace_id]
    traces.again(town.services, town.owner, trace_id)
    (left,) = shares.shares(town.services, town.owner, trace_id)
    assert (left.id, left.state) == (link.id, "revoked")
    assert (town.runs(), provider.links_written()) == (3, 1)


def test_what_is_watched_no_more_publishes_nothing(town: Town, provider: Provider) -> None:
    watch.watch(town.services, town.owner, town.connection_id, Rules(every=True, link=False, hide_ends_m=500))
    (trace_id,) = town.settle()
    watch.unwatch(town.services, town.owner, town.connection_id)
    traces.again(town.services, town.owner, trace_id)
    assert town.runs() == 2
    assert shares.shares(town.services, town.owner, trace_id) == ()
    assert provider.links_written() == 0


def test_what_is_watched_no_more_is_asked_nothing_whatever_calls_come(town: Town, provider: Provider) -> None:
    (trace_id,) = town.settle()
    (album_id,) = traces.trace(town.services, town.owner, trace_id).album_ids
    watch.unwatch(town.services, town.owner, town.connection_id)
    provider.add(3)
    asked = len(provider.front.seen)
    for body in (b"{}", provider.call(3), json.dumps({"album": album_id}).encode()):
        assert town.hook(body).outcome == "unwatched"
    assert town.settle() == []
    assert watch.watching(town.services, town.owner, town.connection_id) is None
    assert len(provider.front.seen) == asked
    watch.watch(town.services, town.owner, town.connection_id, Rules(every=True))
    assert town.hook(provider.call(3)).outcome == "taken"
    assert town.settle() == [trace_id]


def test_a_call_about_what_was_never_watched_watches_nothing(
    services: Services, anna: Person, clock: Clock, connection: connections.Connection
) -> None:
    town = Town(services, anna, clock, connection.id)
    assert town.hook().outcome == "unwatched"
    assert watch.watching(services, anna, connection.id) is None


def test_our_own_writing_starts_nothing(town: Town, provider: Provider) -> None:
    town.settle()
    assert town.settle() == []
    assert (town.runs(), provider.links_written()) == (1, 1)


def test_what_people_write_on_the_album_starts_nothing(town: Town, provider: Provider) -> None:
    town.settle()
    provider.say(provider.said() + "\nWhat a day!")
    assert town.settle() == []
    assert "What a day!" in provider.said()


def test_a_call_that_was_lost_is_made_good_by_looking(town: Town, provider: Provider) -> None:
    town.settle()
    provider.add(3)
    assert len(town.settle()) == 1
    assert town.infos()[0].photos == 4
    assert (town.runs(), provider.links_written()) == (2, 1)


def test_an_album_that_is_as_it_was_before_is_traced_again(town: Town, provider: Provider) -> None:
    """A photo that was put in by mistake and taken out is shown no more."""
    town.settle()
    provider.add(3)
    town.settle()
    provider.remove(3)
    assert len(town.settle()) == 1
    (info,) = town.infos()
    assert (info.state, info.photos, info.version) == (State.DONE, 3, 3)


def test_calls_twice_and_in_any_order_cost_one_run(town: Town, provider: Provider) -> None:
    town.settle()
    provider.add(3)
    for n in (3, 0, 3, 2, 1, 3):
        assert town.hook(provider.call(n)).outcome == "taken"
    town.later(6)
    town.look()
    assert len(town.settle()) == 1
    assert (len(town.infos()), town.runs()) == (1, 2)


def test_a_thousand_calls_are_one_look(town: Town, provider: Provider) -> None:
    town.settle()
    provider.add(3)
    before, call = len(provider.front.seen), provider.call(3)
    for _ in range(1000):
        assert town.hook(call).outcome == "taken"
    assert len(provider.front.seen) == before
    town.later(6)
    assert len(watch.look_at_due(town.services)) == 1
    assert len(town.settle()) == 1
    assert (len(town.infos()), town.runs(), provider.links_written()) == (1, 2, 1)


def test_a_call_before_the_metadata_was_read_ends_in_the_full_trace(town: Town, provider: Provider) -> None:
    town.settle()
    provider.add(3, read=False)
    town.hook(provider.call(3))
    town.settle()
    assert town.infos()[0].stops == 3
    provider.read_metadata(3)
    town.settle()
    assert (town.infos()[0].photos, town.infos()[0].stops) == (4, 4)
    assert (len(town.infos()), town.runs()) == (1, 3), "one run for each version of the album"


def test_an_album_that_still_grows_is_waited_for(town: Town, provider: Provider) -> None:
    for n in range(3, 6):
        town.later(6)
        assert town.look() == []
        provider.add(n)
    assert len(town.settle()) == 1
    assert (town.runs(), town.infos()[0].photos) == (1, 6)


def test_a_library_that_is_down_is_looked_at_later_and_later(town: Town, provider: Provider) -> None:
    provider.front.fault = Fault.DOWN
    seen = []
    for _ in range(60):
        town.later(31)
        watch.look_at_due(town.services)
        seen.append(len(provider.front.seen))
    said = watch.watching(town.services, town.owner, town.connection_id)
    assert said is not None
    assert said.problem
    assert len(set(seen)) < 8, "it was asked as often as if it were well"
    for _ in range(12):
        town.later(30 * 24 * 3600)
        watch.look_at_due(town.services)
    due_at = watch.watching(town.services, town.owner, town.connection_id).due_at  # type: ignore[union-attr]
    assert due_at is not None
    assert due_at - town.services.now() <= timedelta(hours=6), "one that is well again is seen within hours"
    provider.front.fault = None
    town.later(6 * 3600)
    assert town.look() + town.settle()
    assert watch.watching(town.services, town.owner, town.connection_id).problem is None  # type: ignore[union-attr]


def test_a_refused_credential_is_not_tried_again(town: Town, provider: Provider) -> None:
    provider.front.fault = Fault.UNAUTHORIZED
    town.settle()
    asked = len(provider.front.seen)
    town.hook()
    town.settle()
    assert len(provider.front.seen) == asked
    said = watch.watching(town.services, town.owner, town.connection_id)
    assert said is not None
    assert said.problem

    provider.front.fault = None
    provider.renew()
    found = connections.connection(town.services, town.owner, town.connection_id)
    account = connections.try_out(town.services, adapters.kind(provider.kind), provider.options)
    with town.services.store.write() as session:
        wanted = connections.Wanted(found.name, provider.kind, provider.options, account)
        assert connections.keep(town.services, session, town.owner.id, wanted).id == town.connection_id
    assert len(town.settle()) == 1


@pytest.mark.parametrize(
    ("rules", "fits"),
    [
        (Rules(name="wal*"), True),
        (Rules(name="*WALK*"), True),
        (Rules(name="hike"), False),
        (Rules(tag="trace"), False),
        (Rules(every=True, least_located=4), False),
        (Rules(every=True, least_located=3), True),
    ],
)
def test_rules(services: Services, anna: Person, clock: Clock, rules: Rules, fits: bool) -> None:
    server = FakeNextcloud()
    with serving(server) as url:
        cloud = Nextcloud(server, Misbehaving(server), url)
        for n in range(3):
            cloud.add(n)
        connection = connections.connect(services, anna, "home", cloud.kind, cloud.options)
        watch.watch(services, anna, connection.id, rules)
        assert bool(Town(services, anna, clock, connection.id).settle()) is fits


def test_what_is_known_of_an_album_goes_with_it_unless_it_was_traced(
    services: Services, anna: Person, clock: Clock
) -> None:
    server = FakeNextcloud()
    with serving(server) as url:
        cloud = Nextcloud(server, Misbehaving(server), url)
        for n in range(3):
            cloud.add(n)
        server.put("alice", "Small/IMG_0009.jpg", content(9))
        connection = connections.connect(services, anna, "home", cloud.kind, cloud.options)
        watch.watch(services, anna, connection.id, Rules(every=True, link=False))
        town = Town(services, anna, clock, connection.id)
        town.settle()
        assert watched(services) == {"folder:Walk", "folder:Small"}
        server.rename("alice", "Small", "Elsewhere/.hidden")
        server.rename("alice", "Walk", "Elsewhere/.too")
        town.settle()
        assert watched(services) == {"folder:Walk"}


def watched(services: Services) -> set[str]:
    with services.store.read() as session:
        return set(session.scalars(select(WatchedAlbumRow.album_id)))


def test_a_tag_in_the_description(services: Services, anna: Person, clock: Clock) -> None:
    server = FakeImmich("3.1.0")
    with serving(server) as url:
        there = Immich(server, Misbehaving(server), url)
        for n in range(3):
            there.add(n)
        connection = connections.connect(services, anna, "home", "immich", there.options)
        watch.watch(services, anna, connection.id, Rules(tag="Trace"))
        town = Town(services, anna, clock, connection.id)
        there.say("a walk")
        assert town.settle() == []
        there.say("a walk #trace it")
        assert len(town.settle()) == 1


def test_a_call_of_our_own_form_traces_the_album_it_names(services: Services, anna: Person, clock: Clock) -> None:
    server = FakeNextcloud()
    with serving(server) as url:
        cloud = Nextcloud(server, Misbehaving(server), url)
        for n in range(3):
            cloud.add(n)
        connection = connections.connect(services, anna, "home", cloud.kind, cloud.options)
        town = Town(services, anna, clock, connection.id)
        (album,) = connections.albums(services, anna, connection.id)
        town.hook(json.dumps({"album": album.album.id}).encode())
        assert len(town.settle()) == 1
        assert town.settle() == []
        assert cloud.links_written() == 1


def test_rules_that_fit_nothing_are_refused(services: Services, anna: Person, town: Town, berta: Person) -> None:
    with pytest.raises(Invalid):
        watch.watch(services, anna, town.connection_id, Rules())
    for call in (watch.watching, watch.unwatch, hooks.hook, hooks.install, hooks.remove):
        with pytest.raises(NotFound):
            call(services, berta, town.connection_id)  # type: ignore[operator]
