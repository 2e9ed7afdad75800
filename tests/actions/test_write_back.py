"""Positions into the library and back out of it; the words to whoever wants to know; a link where people see it."""

from __future__ import annotations

import io
import json
import threading
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from adapters.library import Asset
from adapters.testing import Fault
from connector.actions import connections, edits, hooks, notify, ready, scenes, shares, traces, watch, write_back
from connector.actions.errors import Forbidden, Invalid, SignInFailed
from connector.actions.people import Person
from connector.actions.services import Services
from connector.metadata.read import describe
from tests.actions.conftest import Clock
from tests.actions.test_watch import Immich, Nextcloud, Provider, Town, provider
from tests.adapters.fake_immich import FakeImmich
from tests.adapters.nextcloud.fake import FakeNextcloud
from tests.adapters.servers import Misbehaving, serving

__all__ = ["provider"]


@dataclass
class Walk:
    """A trace of four photos of which one, taken between two others, says no place."""

    services: Services
    owner: Person
    connection_id: str
    trace_id: str
    provider: Provider

    def place_of(self, n: int) -> tuple[float, float] | None:
        """What the library says of the photo now."""
        with connections.library(self.services, self.owner, self.connection_id) as library:
            for album in list(library.albums()):
                for asset in library.assets(album.id):
                    if asset.name == f"IMG_{n:04}.jpg":
                        fix = describe(asset, library.read)
                        return (fix.lat, fix.lon) if fix.lat is not None and fix.lon is not None else None
        raise AssertionError("it is gone")


@pytest.fixture
def walk(services: Services, anna: Person, provider: Provider) -> Walk:
    for n in (0, 1, 2, 3):
        provider.add(n, read=n != 2)
    if isinstance(provider, Immich):
        provider.server.contents[provider.server.named("IMG_0002.jpg")["id"]] = b"\xff\xd8\xff\xd9"
    connection = connections.connect(services, anna, "home", provider.kind, provider.options)
    (album,) = connections.albums(services, anna, connection.id)
    trace_id = traces.start(services, anna, connection.id, [album.album.id]).trace_id
    return Walk(services, anna, connection.id, trace_id, provider)


def test_the_list_comes_first(walk: Walk) -> None:
    plan = write_back.plan(walk.services, walk.owner, walk.trace_id)
    assert [photo.name for photo in plan.photos] == ["IMG_0002.jpg"]
    (photo,) = plan.photos
    assert plan.refused is None
    assert photo.seconds_to_fix == pytest.approx(1200, abs=1)
    assert walk.place_of(2) is None, "looking at the list has written something"


def test_written_and_taken_back(walk: Walk) -> None:
    (photo,) = write_back.plan(walk.services, walk.owner, walk.trace_id).photos
    done = write_back.apply(walk.services, walk.owner, walk.trace_id)
    assert (done.photos, done.problems) == (1, ())
    assert walk.place_of(2) == pytest.approx((photo.lat, photo.lon), abs=1e-5)
    (logged,) = write_back.written(walk.services, walk.owner, walk.trace_id)
    assert (logged.id, logged.photos, logged.undone_at) == (done.id, 1, None)

    assert write_back.undo(walk.services, walk.owner, done.id).photos == 1
    assert walk.place_of(2) in (None, (0.0, 0.0))
    assert write_back.written(walk.services, walk.owner, walk.trace_id)[0].undone_at is not None
    assert write_back.undo(walk.services, walk.owner, done.id).photos == 0


def test_a_photo_the_library_would_not_take_is_said_in_the_list(walk: Walk, provider: Provider) -> None:
    if isinstance(provider, Immich):
        provider.server.named("IMG_0002.jpg")["ownerId"] = "somebody-else"
    else:
        provider.server.read_only = {provider.folder}
    (photo,) = write_back.plan(walk.services, walk.owner, walk.trace_id).photos
    assert photo.refused is not None
    assert walk.place_of(2) is None


def test_only_what_was_chosen(walk: Walk) -> None:
    with pytest.raises(Invalid, match="gets no position"):
        write_back.apply(walk.services, walk.owner, walk.trace_id, ["nobody"])
    assert write_back.apply(walk.services, walk.owner, walk.trace_id, []).photos == 0
    assert walk.place_of(2) is None


def test_where_a_person_put_a_photo_counts_most(walk: Walk) -> None:
    key = next(
        p.key for p in scenes.scene(walk.services, walk.owner, walk.trace_id).photos.values() if "0002" in str(p.name)
    )
    edits.edit(walk.services, walk.owner, walk.trace_id, {"kind": "move", "asset": key, "lat": 48.005, "lon": 9.004}, 1)
    (photo,) = write_back.plan(walk.services, walk.owner, walk.trace_id).photos
    assert (photo.lat, photo.lon, photo.seconds_to_fix) == (48.005, 9.004, None)


@pytest.mark.parametrize("provider", ["immich 3.1.0"], indirect=True)
def test_what_the_library_refuses_is_logged_and_told(walk: Walk, provider: Immich) -> None:
    provider.server.remove("IMG_0002.jpg")
    done = write_back.apply(walk.services, walk.owner, walk.trace_id)
    assert done.photos == 0
    assert len(done.problems) == 1
    assert done.problems[0].startswith("IMG_0002.jpg: ")


@pytest.mark.parametrize("provider", ["immich 3.1.0"], indirect=True)
def test_what_the_library_found_out_meanwhile_comes_back(walk: Walk, provider: Immich) -> None:
    provider.read_metadata(2)
    own = walk.place_of(2)
    done = write_back.apply(walk.services, walk.owner, walk.trace_id)
    assert walk.place_of(2) != own
    write_back.undo(walk.services, walk.owner, done.id)
    assert walk.place_of(2) == own


@pytest.mark.parametrize("provider", ["immich 3.1.0"], indirect=True)
def test_what_could_not_be_taken_back_does_not_count_as_undone(walk: Walk, provider: Immich) -> None:
    done = write_back.apply(walk.services, walk.owner, walk.trace_id)
    provider.server.remove("IMG_0002.jpg")
    undone = write_back.undo(walk.services, walk.owner, done.id)
    assert (undone.photos, len(undone.problems)) == (0, 1)
    assert write_back.written(walk.services, walk.owner, walk.trace_id)[0].undone_at is None


@pytest.mark.parametrize("provider", ["immich 3.1.0"], indirect=True)
def test_sidecars_lie_in_their_archive_and_hide_none_of_each_other(
    services: Services, anna: Person, provider: Immich
) -> None:
    for n in (0, 1, 2, 3):
        provider.add(n, read=n in (0, 3))
    for n in (1, 2):
        asset = provider.server.named(f"IMG_{n:04}.jpg")
        provider.server.contents[asset["id"]] = b"\xff\xd8\xff\xd9"
        asset["originalFileName"] = "../../up\\one.jpg"
    connection = connections.connect(services, anna, "home", provider.kind, provider.options)
    (album,) = connections.albums(services, anna, connection.id)
    trace_id = traces.start(services, anna, connection.id, [album.album.id]).trace_id
    with zipfile.ZipFile(io.BytesIO(write_back.sidecars(services, anna, trace_id))) as archive:
        names = archive.namelist()
    assert len(set(names)) == 2
    assert not [name for name in names if "/" in name or "\\" in name or name.startswith(".")]


def test_our_own_positions_start_nothing(services: Services, anna: Person, clock: Clock, provider: Provider) -> None:
    for n in (0, 1, 2, 3):
        provider.add(n, read=n != 2)
    if isinstance(provider, Immich):
        provider.server.contents[provider.server.named("IMG_0002.jpg")["id"]] = b"\xff\xd8\xff\xd9"
    connection = connections.connect(services, anna, "home", provider.kind, provider.options)
    watch.watch(services, anna, connection.id, watch.Rules(every=True))
    town = Town(services, anna, clock, connection.id)
    (trace_id,) = town.settle()
    done = write_back.apply(services, anna, trace_id)
    assert done.photos == 1
    assert town.settle() == []
    write_back.undo(services, anna, done.id)
    assert town.settle() == []
    provider.add(4)
    assert len(town.settle()) == 1, "and yet a new photo is seen"


def test_refused_scopes_are_said_before(services: Services, anna: Person) -> None:
    server = FakeImmich("3.1.0")
    server.permissions = ["album.read", "asset.read", "asset.view", "user.read"]
    with serving(server) as url:
        there = Immich(server, Misbehaving(server), url)
        for n in (0, 1, 2):
            there.add(n, read=n != 1)
        connection = connections.connect(services, anna, "home", "immich", there.options)
        (album,) = connections.albums(services, anna, connection.id)
        trace_id = traces.start(services, anna, connection.id, [album.album.id]).trace_id
        before = list(server.seen)
        assert write_back.plan(services, anna, trace_id).refused == write_back.CANNOT
        with pytest.raises(Forbidden):
            write_back.apply(services, anna, trace_id)
        with pytest.raises(Invalid):
            ready.link(services, anna, trace_id, shares.Wish())
        assert not any(method in ("PUT", "PATCH") for method, _ in server.seen[len(before) :])
        assert shares.shares(services, anna, trace_id) == ()
    assert write_back.written(services, anna, trace_id) == ()


def test_sidecars_say_the_same(walk: Walk) -> None:
    (photo,) = write_back.plan(walk.services, walk.owner, walk.trace_id).photos
    with zipfile.ZipFile(io.BytesIO(write_back.sidecars(walk.services, walk.owner, walk.trace_id))) as archive:
        assert archive.namelist() == ["IMG_0002.jpg.xmp"]
        data = archive.read("IMG_0002.jpg.xmp")
    sidecar = Asset(id="x", where="x", version="1", name="x.xmp", media_type="application/xml", size=len(data))
    plain = Asset(id="p", where="p", version="1", name="p.jpg", media_type="image/jpeg", size=4, sidecar=sidecar)
    fix = describe(plain, lambda asset, start, n: data[start : start + n] if asset.id == "x" else b"\xff\xd8\xff\xd9")
    assert (fix.lat, fix.lon) == pytest.approx((photo.lat, photo.lon), abs=1e-6)


@pytest.mark.parametrize(("lat", "lon"), [(48.5, 9.25), (-33.999999, -70.000001), (0.5, 179.999999)])
def test_degrees_and_minutes(lat: float, lon: float) -> None:
    data = write_back.xmp(lat, lon).encode()
    sidecar = Asset(id="x", where="x", version="1", name="x.xmp", media_type="application/xml", size=len(data))
    plain = Asset(id="p", where="p", version="1", name="p.jpg", media_type="image/jpeg", size=4, sidecar=sidecar)
    fix = describe(plain, lambda asset, start, n: data[start : start + n] if asset.id == "x" else b"\xff\xd8\xff\xd9")
    assert (fix.lat, fix.lon) == pytest.approx((lat, lon), abs=1e-7)


# -- hooks of the providers themselves


def test_a_library_that_can_is_asked_to_call_us(services: Services, anna: Person) -> None:
    server = FakeImmich("3.1.0")
    with serving(server) as url:
        there = Immich(server, Misbehaving(server), url)
        there.add(0)
        connection = connections.connect(services, anna, "home", "immich", there.options)
        hook = hooks.install(services, anna, connection.id)
        assert hook.installed
        (workflow,) = server.workflows
        config = next(step["config"] for step in workflow["steps"])
        token = config["url"].rpartition("/")[2]
        header = {config["headerName"]: config["headerValue"]}
        assert hooks.take(services, token, header, there.call(0)).outcome == "unwatched"
        watch.watch(services, anna, connection.id, watch.Rules(every=True))
        assert hooks.take(services, token, header, there.call(0)).outcome == "taken"
        with pytest.raises(SignInFailed):
            hooks.take(services, token, {config["headerName"]: "guess"}, there.call(0))
        assert hooks.install(services, anna, connection.id) == hook
        assert len(server.workflows) == 1
        hooks.remove(services, anna, connection.id)
        assert server.workflows == []


# -- telling


@dataclass
class Ear:
    """A server that notes what it is told."""

    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        names = {
            name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")
        }
        with self.lock:
            self.heard.append((names, body))
            answer = self.answers.pop(0) if self.answers else "204 No Content"
        start(answer, [])
        return []


@pytest.fixture
def ear() -> Iterator[tuple[Ear, str]]:
    made = Ear()
    with serving(made) as url:
        yield made, url


def test_whoever_wants_is_told_with_a_signature(
    services: Services, anna: Person, trace_id: str, ear: tuple[Ear, str]
) -> None:
    made = notify.tell(services, anna, "webhook", f"{ear[1]}/x?secret=word")
    assert "word" not in made.notice.where
    ready.ready(services, trace_id)
    ((headers, body),) = ear[0].heard
    assert json.loads(body)["data"]["trace_id"] == trace_id
    assert made.secret is not None
    right = notify.sign(made.secret, headers["webhook-id"], headers["webhook-timestamp"], body)
    assert headers["webhook-signature"] == right
    ready.ready(services, trace_id)
    assert ear[0].heard[1][0]["webhook-id"] == headers["webhook-id"], "the same again carries the same id"
    notify.forget(services, anna, made.notice.id)
    ready.ready(services, trace_id)
    assert len(ear[0].heard) == 2


def test_an_ear_that_stumbles_is_told_again_and_one_that_refuses_is_not(
    services: Services, anna: Person, ear: tuple[Ear, str]
) -> None:
    notify.tell(services, anna, "webhook", ear[1])
    ear[0].answers = ["503 Busy", "204 No Content"]
    assert notify.ready(services, anna, "e1", {"title": "t"}) == ()
    assert len(ear[0].heard) == 2
    ear[0].answers = ["410 Gone"]
    (problem,) = notify.ready(services, anna, "e2", {"title": "t"})
    assert problem.endswith("could not be told: Failed")
    assert len(ear[0].heard) == 3


@pytest.mark.parametrize(("kind", "address"), [("webhook", "ftp://x"), ("apprise", "nonsense"), ("pigeon", "http://x")])
def test_an_address_that_cannot_be(services: Services, anna: Person, kind: str, address: str) -> None:
    with pytest.raises(Invalid):
        notify.tell(services, anna, kind, address)


def test_apprise_tells(services: Services, anna: Person, ear: tuple[Ear, str]) -> None:
    pytest.importorskip("apprise")
    notify.tell(services, anna, "apprise", f"json://{ear[1].removeprefix('http://')}/")
    assert notify.ready(services, anna, "e", {"title": "A walk", "url": "http://x/embed/y"}) == ()
    assert b"A walk is traced" in ear[0].heard[0][1]


def test_apprise_which_asks_past_the_allowed_networks_is_the_administrator_s_alone(
    services: Services, anna: Person, berta: Person, ear: tuple[Ear, str]
) -> None:
    pytest.importorskip("apprise")
    address = f"json://{ear[1].removeprefix('http://')}/"
    with pytest.raises(Forbidden, match="only the administrator may use Apprise"):
        notify.tell(services, berta, "apprise", address)
    assert notify.notices(services, berta) == ()
    notify.tell(services, replace(berta, is_admin=True), "apprise", address)  # as it was kept when everybody might
    (problem,) = notify.ready(services, berta, "e", {"title": "A walk"})
    assert problem == "json: could not be told: Forbidden"
    assert ear[0].heard == []


def test_a_link_that_cannot_be_written_leaves_no_share(services: Services, anna: Person) -> None:
    server = FakeNextcloud()
    front = Misbehaving(server)
    with serving(front) as url:
        cloud = Nextcloud(server, front, url)
        for n in range(3):
            cloud.add(n)
        connection = connections.connect(services, anna, "home", cloud.kind, cloud.options)
        (album,) = connections.albums(services, anna, connection.id)
        trace_id = traces.start(services, anna, connection.id, [album.album.id]).trace_id
        server.read_only.add("Walk")
        front.fault = Fault.DOWN
        with pytest.raises(Exception, match=r"."):
            ready.link(services, anna, trace_id, shares.Wish())
    assert all(share.state == "revoked" for share in shares.shares(services, anna, trace_id))
