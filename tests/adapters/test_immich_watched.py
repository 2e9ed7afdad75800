"""A new album in an Immich becomes a trace by itself, and its link goes back: with every way a hook can go wrong.

The server is the tests' fake, which calls as Immich was recorded to call; everything between it and the trace is
the real thing but the job engine, in whose place jobs run at once.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.testing import Photo
from connector.actions import connections, hooks, people, pull, traces, watch, write_back
from connector.actions.people import Person
from connector.actions.progress import State
from connector.actions.ready import ready
from connector.actions.services import Services, open_services
from connector.settings import Settings
from tests.adapters.fake_immich import KEY, FakeImmich
from tests.adapters.servers import serving
from tests.tiny_network import crossing

SETTLE, POLL = timedelta(seconds=30), timedelta(seconds=300)
_BEGIN = datetime(2026, 5, 2, 8, 0, tzinfo=UTC)


class Jobs:
    """Runs a job when it is enqueued, and never twice under one id: what the job engine promises."""

    def __init__(self) -> None:
        self.services: Services | None = None
        self.done: list[str] = []

    def enqueue(self, job_id: str, trace_id: str) -> None:
        assert self.services is not None
        if job_id not in self.done:
            self.done.append(job_id)
            pull.run(self.services, trace_id)
            ready(self.services, trace_id)

    def cancel(self, job_id: str) -> None:
        """Everything is done already."""

    def workers(self) -> int:
        return 1


@dataclass
class World:
    """An Immich, a watched connection to it, and a clock that a test puts forward."""

    fake: FakeImmich
    services: Services
    anna: Person
    connection_id: str
    jobs: Jobs
    at: list[datetime]

    def pass_time(self, by: timedelta) -> None:
        """Lets that much time pass, looking whenever a look is due."""
        until = self.at[0] + by
        while self.at[0] < until:
            self.at[0] += timedelta(seconds=5)
            watch.look_at_due(self.services)

    def call(self, names: list[str]) -> None:
        """Delivers what Immich posts when those photos have been read."""
        for name in names:
            for url, headers, body in self.fake.calls(name):
                token = url.rpartition("/")[2]
                assert hooks.take(self.services, token, headers, body).outcome in ("taken", "repeated")

    def traces(self) -> dict[str, traces.TraceInfo]:
        return {trace.title: trace for trace in traces.traces(self.services, self.anna)}


@pytest.fixture
def world(tmp_path: Path, tiny_maps: Path) -> Iterator[World]:
    data = tmp_path / "data"
    data.mkdir()
    (data / "maps").symlink_to(tiny_maps)
    settings = Settings(
        data=data,
        router_threads=1,
        settle_s=SETTLE.total_seconds(),
        poll_s=POLL.total_seconds(),
        allowed_networks=("127.0.0.0/8",),
        base_url="https://tracer.test",
    )
    fake, jobs, at = FakeImmich("3.1.0"), Jobs(), [datetime.now(UTC)]
    with serving(fake) as url, open_services(settings, queue=jobs) as opened:
        services = jobs.services = replace(opened, now=lambda: at[0])
        anna = people.local(services)
        made = connections.connect(services, anna, "home", "immich", {"url": url, "api_key": KEY})
        watch.watch(services, anna, made.id, watch.Rules(every=True))
        hooks.install(services, anna, made.id)
        world = World(fake, services, anna, made.id, jobs, at)
        world.pass_time(SETTLE)
        yield world


def add_album(world: World, title: str, count: int = 6, *, is_read: bool = True) -> tuple[str, list[str]]:
    """An album along the streets of the suite's town; its id and the names of its photos."""
    names = [f"{title}-{n}.jpg" for n in range(count)]
    photos = [Photo(name, name.encode() * 20, _BEGIN + timedelta(minutes=20 * n)) for n, name in enumerate(names)]
    album_id = world.fake.add_album(title, photos)
    for n, name in enumerate(names):
        lat, lon = crossing(n + 1, n % 3)
        world.fake.named(name)["exifInfo"] |= {"latitude": lat, "longitude": lon}
        if not is_read:
            world.fake.forget_metadata(name)
    return album_id, names


def read_all(world: World, names: list[str]) -> None:
    for n, name in enumerate(names):
        world.fake.read_metadata(name, Photo(name, name.encode() * 20, _BEGIN + timedelta(minutes=20 * n)))
        lat, lon = crossing(n + 1, n % 3)
        world.fake.named(name)["exifInfo"] |= {"latitude": lat, "longitude": lon}


def check_traced_once(world: World, title: str, album_id: str, builds: int = 1) -> traces.TraceInfo:
    """One trace with everything in it, built that often, and its link in the album."""
    info = world.traces()[title]
    assert traces.progress(world.services, world.anna, info.id).state is State.DONE
    assert (info.photos, len(world.jobs.done)) == (6, builds)
    description = str(world.fake.albums[album_id]["description"])
    assert description.startswith("Trip\n\nTrace \u00b7 ")
    assert description.count("https://tracer.test/embed/") == 1
    return info


Delivery = Callable[[list[str]], list[str]]


@pytest.mark.parametrize(
    ("deliver", "within"),
    [
        (lambda names: names, 3 * SETTLE),
        (lambda names: [], POLL + 3 * SETTLE),
        (lambda names: names[:1], 3 * SETTLE),
        (lambda names: names + names, 3 * SETTLE),
        (lambda names: random.Random(7).sample(names, len(names)), 3 * SETTLE),
    ],
    ids=["delivered", "all lost", "all but one lost", "doubled", "reordered"],
)
def test_a_new_album_is_traced_once_whatever_becomes_of_its_hooks(
    world: World, deliver: Delivery, within: timedelta
) -> None:
    album_id, names = add_album(world, "Rhine")
    world.call(deliver(names))
    world.pass_time(within)
    check_traced_once(world, "Rhine", album_id)
    world.pass_time(3 * POLL)
    check_traced_once(world, "Rhine", album_id)


def test_hooks_before_the_photos_are_read_make_no_half_trace_for_good(world: World) -> None:
    """Immich has announced the photos, but knows neither places nor times yet: those come later, and without a hook."""
    album_id, names = add_album(world, "Rhine", is_read=False)
    world.call(names)
    world.pass_time(3 * SETTLE)
    read_all(world, names)
    world.pass_time(POLL + 3 * SETTLE)
    info = world.traces()["Rhine"]
    assert (info.photos, info.stops) == (6, 6)
    assert len(world.jobs.done) <= 2
    assert str(world.fake.albums[album_id]["description"]).count("https://") == 1


def test_a_thousand_hooks_cost_one_build(world: World) -> None:
    album_id, names = add_album(world, "Rhine")
    seen = len(world.fake.seen)
    world.call([names[n % len(names)] for n in range(1000)])
    assert len(world.fake.seen) == seen, "a hook is only noted: nothing is asked while Immich waits for the answer"
    world.pass_time(4 * SETTLE)
    check_traced_once(world, "Rhine", album_id)
    assert len(world.fake.seen) - seen < 60


def test_an_album_that_grows_is_traced_again_under_the_same_address(world: World) -> None:
    album_id, names = add_album(world, "Rhine")
    world.call(names)
    world.pass_time(3 * SETTLE)
    before = check_traced_once(world, "Rhine", album_id)
    description = world.fake.albums[album_id]["description"]
    extra = Photo("Rhine-6.jpg", b"one more", _BEGIN + timedelta(hours=3))
    world.fake.fill([extra], album_id)
    lat, lon = crossing(8, 8)
    world.fake.named(extra.name)["exifInfo"] |= {"latitude": lat, "longitude": lon}
    world.call([extra.name])
    world.pass_time(3 * SETTLE)
    after = world.traces()["Rhine"]
    assert (after.id, after.photos, len(world.jobs.done)) == (before.id, 7, 2)
    assert world.fake.albums[album_id]["description"] == description


def test_two_albums_at_once_are_two_traces(world: World) -> None:
    first, names = add_album(world, "Rhine")
    second, more = add_album(world, "Moselle")
    world.call([name for pair in zip(names, more, strict=True) for name in pair])
    world.pass_time(3 * SETTLE)
    assert set(world.traces()) == {"Rhine", "Moselle"}
    check_traced_once(world, "Rhine", first, builds=2)
    check_traced_once(world, "Moselle", second, builds=2)


def test_positions_written_back_and_undone_leave_the_first_state_and_start_nothing(world: World) -> None:
    album_id, names = add_album(world, "Rhine")
    lost = world.fake.named(names[2])
    lost["exifInfo"] |= {"latitude": None, "longitude": None}
    world.call(names)
    world.pass_time(3 * SETTLE)
    info = check_traced_once(world, "Rhine", album_id)
    plan = write_back.plan(world.services, world.anna, info.id)
    assert ([photo.name for photo in plan.photos], plan.refused) == ([names[2]], None)
    assert lost["exifInfo"]["latitude"] is None, "a plan writes nothing"
    written = write_back.apply(world.services, world.anna, info.id)
    assert (written.photos, written.problems) == (1, ())
    assert abs(lost["exifInfo"]["latitude"] - plan.photos[0].lat) < 1e-6
    write_back.undo(world.services, world.anna, written.id)
    library = connections.library(world.services, world.anna, world.connection_id)
    with library as opened:
        assert [asset.name for asset in opened.assets(album_id) if asset.position is None] == [names[2]]
    world.pass_time(2 * POLL)
    assert len(world.jobs.done) == 1, "our own writes started a trace"


def test_what_the_key_may_not_write_is_said_before(world: World) -> None:
    album_id, names = add_album(world, "Rhine")
    world.fake.named(names[2])["exifInfo"] |= {"latitude": None, "longitude": None}
    world.call(names)
    world.pass_time(3 * SETTLE)
    info = check_traced_once(world, "Rhine", album_id)
    world.fake.permissions = ["album.read", "asset.read", "user.read"]
    assert write_back.plan(world.services, world.anna, info.id).refused is not None
    assert not [method for method, _ in world.fake.seen if method == "PUT"]


def test_no_secret_is_left_in_the_database_the_jobs_the_logs_or_a_message(
    world: World, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """The key of the library and the secret of the hook, after all that happens to them, refusals among it."""
    caplog.set_level("DEBUG")
    _, names = add_album(world, "Rhine")
    world.call(names)
    world.pass_time(3 * SETTLE)
    secrets = [KEY, world.fake.workflows[0]["steps"][0]["config"]["headerValue"]]
    world.fake.permissions = []
    world.pass_time(2 * POLL)
    found = watch.watching(world.services, world.anna, world.connection_id)
    assert found is not None
    assert found.problem is not None, "the refusal was noticed"
    said = caplog.text + "".join(capfd.readouterr()) + found.problem + repr(world.services) + repr(found)
    kept = b"".join(path.read_bytes() for path in (tmp_path / "data").rglob("*") if path.is_file())
    assert len(kept) > 10_000
    for secret in secrets:
        assert secret not in said
        assert secret.encode() not in kept
