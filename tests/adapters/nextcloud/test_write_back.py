"""Notes and positions: what is written, what is left alone, and that undoing leaves what was there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from adapters.library import Asset, BadReply, Hint, Library, NotFound, Position, Unauthorized, WritesBack
from adapters.nextcloud import KIND
from adapters.nextcloud.write_back import note
from adapters.sidecar import is_ours, position_in, sidecar
from connector.metadata.read import describe
from connector.net import GuardedNet, Policy
from tests.adapters.nextcloud.fake import FakeNextcloud, recorded_metadata
from tests.adapters.servers import serving

URL, TITLE = "https://trace.test/t/abc?x=(1)", "Rhine *valley*\n[2025]"
PLACE = Position(lat=-33.8568123, lon=151.2153456, altitude_m=-12.5)


class Cloud:
    def __init__(self, fake: FakeNextcloud, url: str) -> None:
        self.fake = fake
        options = {"url": url, "user": "alice", "password": "sentinel-a-password"}
        self.library: Library = KIND.open(options, GuardedNet(Policy(["127.0.0.0/8"])))
        write_back = self.library.write_back
        assert isinstance(write_back, WritesBack)
        self.write_back = write_back

    def text(self, path: str) -> str:
        return self.fake.files["alice"][path].content.decode()

    def photo(self, album: str = "folder:Photos/Trip") -> Asset:
        return next(asset for asset in self.library.assets(album) if asset.name == "a.jpg")

    def writes(self) -> int:
        return sum(1 for method, _ in self.fake.seen if method in ("PUT", "DELETE", "MKCOL"))


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    fake = FakeNextcloud({"alice": "sentinel-a-password"})
    fake.put("alice", "Photos/Trip/a.jpg", b"a" * 400, recorded_metadata("no-gps.jpg"))
    fake.put("alice", "Photos/Trip/b.jpg", b"b" * 400, recorded_metadata())
    with serving(fake) as url:
        yield Cloud(fake, url)


def test_a_folder_gets_a_note_that_its_interface_shows(cloud: Cloud) -> None:
    cloud.write_back.link("folder:Photos/Trip", URL, TITLE)
    text = cloud.text("Photos/Trip/Readme.md")
    assert text == note(TITLE, URL)
    assert text.splitlines()[0] == r"# Rhine \*valley\* \[2025\]"
    assert "](https://trace.test/t/abc?x=%281%29)" in text


def test_the_same_note_is_not_written_twice_and_a_newer_one_replaces_it(cloud: Cloud) -> None:
    cloud.write_back.link("folder:Photos/Trip", URL, TITLE)
    before = cloud.writes()
    cloud.write_back.link("folder:Photos/Trip", URL, TITLE)
    assert cloud.writes() == before
    cloud.write_back.link("folder:Photos/Trip", URL, "Another title")
    assert "Another title" in cloud.text("Photos/Trip/Readme.md")
    assert len(cloud.fake.files["alice"]) == 3


def test_a_note_changes_no_version_and_its_call_says_nothing(cloud: Cloud) -> None:
    before = {album.id: album.version for album in cloud.library.albums()}
    cloud.write_back.link("folder:Photos/Trip", URL, TITLE)
    assert {album.id: album.version for album in cloud.library.albums()} == before
    event = {
        "class": "OCP\\Files\\Events\\Node\\NodeCreatedEvent",
        "node": {"path": "/alice/files/Photos/Trip/Readme.md"},
    }
    assert cloud.library.parse_hook is not None
    assert cloud.library.parse_hook.hint({}, json.dumps({"event": event}).encode()) == Hint()


def test_what_somebody_wrote_is_left_alone(cloud: Cloud) -> None:
    cloud.fake.put("alice", "Photos/Trip/README.md", b"# My trip\n")
    cloud.write_back.link("folder:Photos/Trip", URL, TITLE)
    assert cloud.text("Photos/Trip/README.md") == "# My trip\n"
    assert cloud.text("Photos/Trip/Trace.md") == note(TITLE, URL)
    cloud.fake.put("alice", "Photos/Trip/Trace.md", b"mine, too")
    with pytest.raises(BadReply, match="somebody else's"):
        cloud.write_back.link("folder:Photos/Trip", URL, TITLE)


def test_a_note_with_a_word_added_is_somebodys(cloud: Cloud) -> None:
    cloud.fake.put("alice", "Photos/Trip/Readme.md", (note(TITLE, URL) + "we were here\n").encode())
    cloud.write_back.link("folder:Photos/Trip", URL, TITLE)
    assert cloud.text("Photos/Trip/Readme.md").endswith("we were here\n")


def test_an_album_gets_its_note_in_a_folder_of_its_own(cloud: Cloud) -> None:
    cloud.write_back.link("shared:Rhine/valley: 1? (bob)", URL, TITLE)
    assert cloud.text("Traces/Rhine_valley_ 1_ (bob).md") == note(TITLE, URL)
    before = cloud.writes()
    cloud.write_back.link("shared:Rhine/valley: 1? (bob)", URL, TITLE)
    assert cloud.writes() == before + 1, "only the folder is made sure of"


def test_a_position_is_written_beside_the_photo_read_by_the_engine_and_taken_away(cloud: Cloud) -> None:
    photo = cloud.photo()
    assert cloud.write_back.place(photo, PLACE) is None
    shown = cloud.photo()
    assert shown.sidecar is not None
    fix = describe(shown, cloud.library.read)
    assert fix.lat == pytest.approx(PLACE.lat, abs=1e-8)
    assert fix.lon == pytest.approx(PLACE.lon, abs=1e-8)
    assert fix.altitude_m == pytest.approx(-12.5)
    assert cloud.write_back.place(shown, None) == PLACE
    assert sorted(cloud.fake.files["alice"]) == ["Photos/Trip/a.jpg", "Photos/Trip/b.jpg"]
    assert cloud.write_back.place(shown if shown.sidecar is None else cloud.photo(), None) is None


def test_the_answer_to_a_change_is_what_undoes_it(cloud: Cloud) -> None:
    cloud.write_back.place(cloud.photo(), PLACE)
    first = cloud.text("Photos/Trip/a.jpg.xmp")
    other = Position(lat=47.1, lon=9.5)
    before = cloud.write_back.place(cloud.photo(), other)
    assert before == PLACE
    assert position_in(cloud.text("Photos/Trip/a.jpg.xmp").encode()) == other
    assert cloud.write_back.place(cloud.photo(), before) == other
    assert cloud.text("Photos/Trip/a.jpg.xmp") == first


@pytest.mark.parametrize("name", ["Photos/Trip/a.jpg.xmp", "Photos/Trip/a.xmp"])
def test_somebodys_sidecar_is_left_alone(cloud: Cloud, name: str) -> None:
    cloud.fake.put("alice", name, b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>")
    before = cloud.writes()
    with pytest.raises(BadReply, match="not touched"):
        cloud.write_back.place(cloud.photo(), PLACE)
    assert cloud.writes() == before


def test_a_photo_of_an_album_is_found_in_the_files(cloud: Cloud) -> None:
    cloud.fake.album("alice", "Best of", [cloud.fake.files["alice"]["Photos/Trip/a.jpg"]])
    cloud.write_back.place(cloud.photo("album:Best of"), PLACE)
    assert is_ours(cloud.text("Photos/Trip/a.jpg.xmp").encode())


def test_a_photo_of_somebody_else_is_refused_before_anything_is_written(cloud: Cloud) -> None:
    foreign = replace(cloud.photo(), id="987654", where="photos/alice/sharedalbums/x (bob)/987654-a.jpg")
    with pytest.raises(Unauthorized, match="its owner's"):
        cloud.write_back.place(foreign, PLACE)
    assert cloud.writes() == 0


def test_where_nothing_may_be_written_is_said_before(cloud: Cloud) -> None:
    cloud.fake.put("alice", "Mine/c.jpg", b"c" * 400, recorded_metadata("no-gps.jpg"))
    photos = [*cloud.library.assets("folder:Photos/Trip"), *cloud.library.assets("folder:Mine")]
    gone = replace(photos[0], id="gone", where="files/alice/Gone/a.jpg")
    foreign = replace(photos[0], id="987654", where="photos/alice/sharedalbums/x (bob)/987654-a.jpg")
    assert cloud.write_back.refusals(photos) == {}
    cloud.fake.read_only = {"Photos/Trip"}
    cloud.fake.seen.clear()
    said = cloud.write_back.refusals([*photos, gone, foreign])
    assert said == {
        **{photo.id: "lies in a folder this account may not write to" for photo in photos[:2]},
        foreign.id: "is in nobody's files but its owner's: only they can change it",
    }
    assert cloud.writes() == 0
    assert sum(1 for _, path in cloud.fake.seen if path.rstrip("/").endswith("/Photos/Trip")) == 1, (
        "each folder is asked once"
    )


@pytest.mark.parametrize("position", [PLACE, None])
def test_a_photo_that_went_is_not_found_and_nothing_is_written(cloud: Cloud, position: Position | None) -> None:
    photo = cloud.photo()
    cloud.fake.remove("alice", "Photos/Trip/a.jpg")
    with pytest.raises(NotFound):
        cloud.write_back.place(photo, position)
    assert cloud.writes() == 0


def test_where_nothing_may_be_written_the_error_says_so(cloud: Cloud) -> None:
    cloud.fake.read_only = {"Photos/Trip"}
    with pytest.raises(Unauthorized):
        cloud.write_back.place(cloud.photo(), PLACE)
    with pytest.raises(Unauthorized):
        cloud.write_back.link("folder:Photos/Trip", URL, TITLE)
    with pytest.raises(NotFound):
        cloud.write_back.link("folder:Gone", URL, TITLE)


@pytest.mark.parametrize(
    "position",
    [
        Position(lat=47.1410001, lon=9.5215, altitude_m=460.0),
        Position(lat=-0.0000001, lon=-179.9999999),
        Position(lat=89.9999999, lon=0.0, altitude_m=-430.25),
        Position(lat=59.9999999999, lon=-0.5),
    ],
)
def test_a_sidecar_keeps_a_position(position: Position) -> None:
    back = position_in(sidecar(position))
    assert back is not None
    assert (back.lat, back.lon) == (pytest.approx(position.lat, abs=1e-9), pytest.approx(position.lon, abs=1e-9))
    assert back.altitude_m == position.altitude_m
