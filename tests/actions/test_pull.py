"""Albums -> fixes: nothing unchanged is read twice, nothing is lost, and what cannot be read says why."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, select

from adapters.folder import Folder
from adapters.library import Asset, NotFound, Unauthorized, Unavailable
from adapters.testing import some_photos
from connector.actions import connections, edits, pull, scenes, traces
from connector.actions.people import Person
from connector.actions.progress import Progress, State
from connector.actions.queue import Inline
from connector.actions.recordings import LARGEST_BYTES
from connector.actions.services import Services
from connector.store.tables import FixRow
from connector.trace.model import How
from tests.adapters.fake_immich import KEY, FakeImmich
from tests.adapters.servers import serving
from tests.tiny_network import crossing
from tests.web.album import BEGIN, write_photo


class Watched:
    """Counts what is read of the folder, by the file's name, and fails where a test wants it to."""

    def __init__(self) -> None:
        self.reads: Counter[str] = Counter()
        self.fails: dict[str, list[Exception]] = {}

    def read(self, asset: Asset) -> None:
        self.reads[asset.name] += 1
        if self.fails.get(asset.name):
            raise self.fails[asset.name].pop()


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    """The folder adapter is somebody else's to us; what we ask of it is what is counted."""
    watched = Watched()
    real = Folder.read

    def read(self: Folder, asset: Asset, start: int, length: int) -> bytes:
        watched.read(asset)
        return real(self, asset, start, length)

    monkeypatch.setattr(Folder, "read", read)
    monkeypatch.setattr(pull, "_LONGEST_WAIT_S", 0.01)
    return watched


def fixes(services: Services, owner: Person, trace_id: str) -> dict[str, Any]:
    return {fix.asset_id: fix for fix in scenes.scene(services, owner, trace_id).trace.fixes}


def test_what_has_not_changed_is_not_read_again(
    services: Services, anna: Person, reads: Watched, trace_id: str, photos: Path
) -> None:
    assert set(reads.reads) == {path.name for path in (photos / "walk").iterdir()}
    reads.reads.clear()
    changed = photos / "walk" / "IMG_0002.jpg"
    os.utime(changed, (1, 1))
    new = write_photo(photos / "walk" / "IMG_0500.jpg", (48.002, 9.003), BEGIN)

    traces.again(services, anna, trace_id)

    assert set(reads.reads) == {changed.name, new.name}
    assert len(fixes(services, anna, trace_id)) == 7


def test_another_trace_of_the_same_photos_reads_nothing(
    services: Services, anna: Person, reads: Watched, trace_id: str, connection: connections.Connection
) -> None:
    reads.reads.clear()
    traces.start(services, anna, connection.id, ["walk"])
    assert not reads.reads


def test_two_albums_make_one_trace(
    services: Services, anna: Person, photos: Path, connection: connections.Connection
) -> None:
    write_photo(photos / "later" / "IMG_0700.jpg", (48.004, 9.006), BEGIN) if (
        photos / "later"
    ).mkdir() is None else None
    made = traces.start(services, anna, connection.id, ["walk", "later", "walk"])
    info = traces.trace(services, anna, made.trace_id)
    assert (info.photos, info.album_titles, info.title) == (7, ("walk", "later"), "walk + later")


def test_an_album_that_went_leaves_the_trace_as_it_was(
    services: Services, anna: Person, photos: Path, trace_id: str
) -> None:
    before = scenes.scene(services, anna, trace_id)
    (photos / "walk").rename(photos / "stroll")

    with pytest.raises(NotFound, match="'walk' in the library"):
        traces.again(services, anna, trace_id)
    with pytest.raises(NotFound, match="the album 'walk' is not in the library any more"):
        pull.run(services, trace_id)

    said = traces.progress(services, anna, trace_id)
    assert (said.state, said.retry) == (State.FAILED, False)
    assert said.message == "the album 'walk' is not in the library any more"
    assert scenes.scene(services, anna, trace_id) == before


def test_names_follow_the_albums_until_a_person_gives_one(
    services: Services, anna: Person, connection: connections.Connection, photos: Path, trace_id: str
) -> None:
    (album,) = (row.album for row in connections.albums(services, anna, connection.id))
    traces.renew(services, anna, trace_id, [replace(album, title="A stroll")], failed=True)
    info = traces.trace(services, anna, trace_id)
    assert (info.title, info.album_titles) == ("A stroll", ("A stroll",))
    traces.change(services, anna, trace_id, {"title": "Our walk"})
    traces.renew(services, anna, trace_id, [album], failed=True)
    info = traces.trace(services, anna, trace_id)
    assert (info.title, info.album_titles) == ("Our walk", ("walk",))


def test_a_photo_that_went_between_listing_and_reading_says_so(
    services: Services, anna: Person, reads: Watched, connection: connections.Connection
) -> None:
    reads.fails["IMG_0001.jpg"] = [NotFound("IMG_0001.jpg is gone")]
    trace_id = traces.start(services, anna, connection.id, ["walk"]).trace_id

    unplaced = {each.asset_id: each.reason for each in scenes.scene(services, anna, trace_id).trace.unplaced}
    assert unplaced["walk/IMG_0001.jpg"] == "it could not be read: IMG_0001.jpg is gone"

    traces.again(services, anna, trace_id)
    assert fixes(services, anna, trace_id)["walk/IMG_0001.jpg"].lat is not None


def test_a_library_that_stumbles_is_asked_again(
    services: Services, anna: Person, reads: Watched, connection: connections.Connection
) -> None:
    reads.fails["IMG_0001.jpg"] = [Unavailable("busy", retry_after_s=0.01), Unavailable("busy")]
    trace_id = traces.start(services, anna, connection.id, ["walk"]).trace_id
    assert fixes(services, anna, trace_id)["walk/IMG_0001.jpg"].lat is not None


def test_a_library_that_is_down_fails_the_trace_and_keeps_what_was_read(
    services: Services, anna: Person, reads: Watched, connection: connections.Connection
) -> None:
    reads.fails["IMG_0004.jpg"] = [Unavailable("it is down")] * 3
    with pytest.raises(Unavailable):
        traces.start(services, anna, connection.id, ["walk"])
    (info,) = traces.traces(services, anna)
    said = traces.progress(services, anna, info.id)
    assert (said.state, said.message, said.retry) == (State.FAILED, "it is down", True)
    read_before = {name for name in reads.reads if name != "IMG_0004.jpg"}
    reads.reads.clear()

    traces.again(services, anna, info.id)

    assert "IMG_0004.jpg" in reads.reads
    assert not read_before & set(reads.reads)


def test_a_refused_credential_is_not_tried_again(
    services: Services, anna: Person, reads: Watched, connection: connections.Connection
) -> None:
    for name in ("IMG_0000.jpg", "IMG_0001.jpg"):
        reads.fails[name] = [Unauthorized("the password was refused")]
    with pytest.raises(Unauthorized):
        traces.start(services, anna, connection.id, ["walk"])
    assert reads.reads["IMG_0000.jpg"] <= 1
    assert connections.connection(services, anna, connection.id).problem == "the password was refused"


def test_progress_never_goes_back(
    services: Services, anna: Person, photos: Path, connection: connections.Connection
) -> None:
    for n in range(230):
        write_photo(photos / "walk" / f"MORE_{n:04}.jpg", None, None)
    trace_id = traces.start(services, anna, connection.id, ["walk"]).trace_id
    seen: list[Progress] = []
    pull.run(services, trace_id, seen.append)

    reading = [said.read for said in seen if said.state is State.READING]
    assert reading == sorted(reading)
    assert reading[-1] == 236
    assert [s for n, s in enumerate(said.state for said in seen) if n == 0 or seen[n - 1].state != s] == [
        State.LISTING,
        State.READING,
        State.ROUTING,
        State.DONE,
    ]
    last = traces.progress(services, anna, trace_id)
    assert (last.state, last.found, last.read, last.done, last.total) == (State.DONE, 236, 236, last.legs, last.legs)


# -- a job that may not go on


class Waiting(Inline):
    """Leaves what is enqueued to the test, as a worker that is busy does."""

    def enqueue(self, job_id: str, trace_id: str) -> None:
        del job_id, trace_id


@pytest.fixture
def busy(services: Services) -> Services:
    return replace(services, queue=Waiting())


@pytest.fixture
def waiting_id(busy: Services, anna: Person, connection: connections.Connection) -> str:
    """A trace that waits for its first job."""
    return traces.start(busy, anna, connection.id, ["walk"]).trace_id


def when(holds: Callable[[Progress], bool], act: Callable[[], object]) -> Callable[[Progress], None]:
    """A report that acts once, as soon as the progress is so."""
    acted: list[Progress] = []

    def report(said: Progress) -> None:
        if not acted and holds(said):
            acted.append(said)
            act()

    return report


def stopped(services: Services, owner: Person, trace_id: str) -> bool:
    said = traces.progress(services, owner, trace_id)
    return (said.state, said.message) == (State.FAILED, "it was stopped")


@pytest.mark.parametrize(
    "during",
    [
        lambda said: said.state is State.LISTING,
        lambda said: said.state is State.READING and said.read == 2,
        lambda said: said.state is State.ROUTING and said.legs is not None,
    ],
)
def test_what_was_stopped_stays_so_and_what_was_made_before_stays(
    busy: Services, anna: Person, waiting_id: str, photos: Path, during: Callable[[Progress], bool]
) -> None:
    assert pull.run(busy, waiting_id)
    before = scenes.scene(busy, anna, waiting_id)
    for path in (photos / "walk").iterdir():
        os.utime(path, (1, 1))
    traces.again(busy, anna, waiting_id)
    assert not pull.run(busy, waiting_id, when(during, lambda: traces.stop(busy, anna, waiting_id)))
    assert stopped(busy, anna, waiting_id)
    assert scenes.scene(busy, anna, waiting_id) == before
    assert not pull.run(busy, waiting_id), "who took it from the queue before it was stopped comes too late"
    assert stopped(busy, anna, waiting_id)
    traces.again(busy, anna, waiting_id)
    assert pull.run(busy, waiting_id)
    assert traces.trace(busy, anna, waiting_id).version == 2


@pytest.mark.parametrize("state", [State.LISTING, State.ROUTING])
def test_an_older_job_writes_nothing_over_what_a_newer_one_made(
    busy: Services, anna: Person, waiting_id: str, photos: Path, state: State
) -> None:
    """Making it the first time takes long; a photo is taken out, and it is made anew beside that."""

    def anew() -> None:
        (photos / "walk" / "IMG_0003.jpg").unlink()
        traces.again(busy, anna, waiting_id)
        assert pull.run(busy, waiting_id)

    assert not pull.run(busy, waiting_id, when(lambda said: said.state is state, anew))
    info = traces.trace(busy, anna, waiting_id)
    assert (info.state, info.photos, info.version) == (State.DONE, 5, 1)
    edits.edit(busy, anna, waiting_id, {"kind": "exclude", "asset": key_of(busy, anna, waiting_id)}, 1)
    assert traces.trace(busy, anna, waiting_id).photos == 5


def key_of(services: Services, owner: Person, trace_id: str) -> str:
    return next(iter(scenes.scene(services, owner, trace_id).photos.values())).key


def test_an_older_job_that_fails_says_nothing_of_the_newer_one(busy: Services, anna: Person, waiting_id: str) -> None:
    older = traces.renew(busy, anna, waiting_id, [], failed=True).job_id
    traces.again(busy, anna, waiting_id)
    assert pull.run(busy, waiting_id)
    pull.give_up(busy, waiting_id, pull.Why("it crashed"), job_id=older)
    assert traces.progress(busy, anna, waiting_id).state is State.DONE


def test_the_same_version_is_made_after_all_when_it_was_stopped(
    services: Services, busy: Services, anna: Person, waiting_id: str
) -> None:
    """The queue never runs an id a second time."""
    info = traces.trace(busy, anna, waiting_id)
    (album,) = (row.album for row in connections.albums(busy, anna, info.connection_id))
    first = traces.renew(busy, anna, waiting_id, [album]).job_id
    traces.stop(busy, anna, waiting_id)
    assert traces.renew(services, anna, waiting_id, [album]).job_id != first
    assert traces.trace(services, anna, waiting_id).state is State.DONE


def test_a_trace_that_was_taken_away_meanwhile_is_no_error(services: Services, anna: Person, trace_id: str) -> None:
    traces.remove(services, anna, trace_id)
    assert not pull.run(services, trace_id)
    pull.give_up(services, trace_id, pull.Why("too late"))
    assert traces.traces(services, anna) == ()


def test_photos_that_the_library_describes_are_stored_by_the_hundred(services: Services, anna: Person) -> None:
    """Photo by photo, ten thousand of them cost seconds of nothing but asking the database."""
    server = FakeImmich("3.1.0")
    server.fill(some_photos(1200))
    with serving(server) as url:
        connection = connections.connect(services, anna, "photos", "immich", {"url": url, "api_key": KEY})
        trace_id = traces.start(services, anna, connection.id, [server.album["id"]]).trace_id
        asked: list[str] = []
        event.listen(services.store.engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
        server.seen.clear()
        assert pull.list_photos(services, trace_id) == pull.Listed(photos=1200, chunks=0)
    assert len(asked) < 60
    assert not [path for _, path in server.seen if "/assets/" in path]
    with services.store.read() as session:
        assert session.scalar(select(func.count()).select_from(FixRow)) == 1200


def test_a_photo_that_left_the_album_leaves_the_trace_and_the_others_keep_their_colour(
    services: Services, anna: Person
) -> None:
    server = FakeImmich("3.1.0")
    server.fill(some_photos(3))
    with serving(server) as url:
        connection = connections.connect(services, anna, "photos", "immich", {"url": url, "api_key": KEY})
        trace_id = traces.start(services, anna, connection.id, [server.album["id"]]).trace_id
        colours = {each.name: each.colour for each in scenes.scene(services, anna, trace_id).photos.values()}
        server.remove("IMG_00000.jpg")
        for asset in server.assets.values():
            asset["thumbhash"] = None
        traces.again(services, anna, trace_id)
    del colours["IMG_00000.jpg"]
    assert None not in colours.values()
    assert {each.name: each.colour for each in scenes.scene(services, anna, trace_id).photos.values()} == colours


def test_the_keys_of_photos_stay_and_say_nothing(services: Services, anna: Person, trace_id: str) -> None:
    before = {i: photo.key for i, photo in scenes.scene(services, anna, trace_id).photos.items()}
    traces.again(services, anna, trace_id)
    after = {i: photo.key for i, photo in scenes.scene(services, anna, trace_id).photos.items()}
    assert before == after
    assert len(set(before.values())) == len(before)
    assert not any(part in key for key in before.values() for part in ("IMG", "walk"))


GPX = """<?xml version="1.0"?><gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>
{points}
</trkseg></trk></gpx>"""


def write_gpx(path: Path, first: tuple[float, float], last: tuple[float, float]) -> None:
    """Twenty minutes from one place to another, a point every ten seconds, off every street in the middle."""
    points = []
    for n in range(121):
        share = n / 120
        lat = first[0] + (last[0] - first[0]) * share + 0.0005 * min(share, 1 - share)
        lon = first[1] + (last[1] - first[1]) * share
        at = BEGIN + timedelta(seconds=10 * n)
        points.append(f'<trkpt lat="{lat:.6f}" lon="{lon:.6f}"><time>{at:%Y-%m-%dT%H:%M:%SZ}</time></trkpt>')
    path.write_text(GPX.format(points="\n".join(points)))


def test_a_recording_in_the_album_gives_the_way(
    services: Services, anna: Person, reads: Watched, photos: Path, connection: connections.Connection
) -> None:
    write_gpx(photos / "walk" / "morning.gpx", crossing(1, 1), crossing(1, 4))
    (photos / "walk" / "broken.gpx").write_text("<gpx><trk>")
    trace_id = traces.start(services, anna, connection.id, ["walk"]).trace_id
    scene = scenes.scene(services, anna, trace_id)

    assert scene.trace.legs[0].how is How.RECORDED
    assert {leg.how for leg in scene.trace.legs[1:]} == {How.ROUTED}
    assert len(scene.photos) == len(scene.trace.fixes) == 6
    assert [each.text for each in scene.trace.suggestions if "broken.gpx was not used" in each.text]

    reads.reads.clear()
    via = {"kind": "exclude", "asset": scene.photos["walk/IMG_9999.jpg"].key}
    edits.edit(services, anna, trace_id, via, 1)
    traces.again(services, anna, trace_id)
    assert scenes.scene(services, anna, trace_id).trace.legs[0].how is How.RECORDED
    assert not reads.reads


def test_a_recording_that_is_too_large_is_said_and_not_fetched(
    services: Services, anna: Person, reads: Watched, photos: Path, connection: connections.Connection
) -> None:
    years = photos / "walk" / "years.gpx"
    with years.open("wb") as file:
        file.truncate(LARGEST_BYTES + 1)
    trace_id = traces.start(services, anna, connection.id, ["walk"]).trace_id
    years.unlink()
    said = [each.text for each in scenes.scene(services, anna, trace_id).trace.suggestions]

    assert [text for text in said if "years.gpx was not used: its size is unknown or above 256 MB" in text]
    assert reads.reads["years.gpx"] == 0
