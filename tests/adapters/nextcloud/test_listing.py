"""Listings are complete, cost few requests, and say what cannot be reached."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count

import pytest

from adapters.library import BadReply, BadSettings, Library, NotFound, Unavailable
from adapters.nextcloud import KIND
from connector.actions.recordings import is_recording
from connector.metadata.read import describe
from connector.net import GuardedNet, Limits, Policy
from tests.adapters.nextcloud.fake import FakeNextcloud, Node, recorded_metadata
from tests.adapters.nextcloud.recorded import Recorded
from tests.adapters.servers import serving

NET = GuardedNet(Policy(["127.0.0.0/8"]))


class Cloud:
    def __init__(self, fake: FakeNextcloud, url: str) -> None:
        self.fake, self.url = fake, url

    def open(self, folder: str = "") -> Library:
        return KIND.open({"url": self.url, "user": "alice", "password": "sentinel-a-password", "folder": folder}, NET)

    def fill(self, photos: int, folder: str = "Photos/Trip") -> list[Node]:
        known = recorded_metadata()
        return [self.fake.put("alice", f"{folder}/IMG_{n:05}.jpg", b"x" * 99, known) for n in range(photos)]

    def asked(self) -> list[tuple[str, str]]:
        seen, self.fake.seen = self.fake.seen, []
        return seen


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    fake = FakeNextcloud({"alice": "sentinel-a-password"})
    with serving(fake) as url:
        yield Cloud(fake, url)


def test_five_thousand_photos_cost_eleven_listings_and_three_other_requests(cloud: Cloud) -> None:
    cloud.fill(5000)
    library = cloud.open()
    assets = list(library.assets("folder:Photos/Trip"))
    assert len({asset.id for asset in assets}) == 5000
    for asset in assets[::500]:
        assert describe(asset, library.read).lat == pytest.approx(47.141)
    asked = [method for method, _ in cloud.asked()]
    assert asked.count("SEARCH") == 11
    assert len(asked) - asked.count("SEARCH") == 3
    assert len(asked) == 14
    assert "GET" not in asked[1:], "a photo was downloaded"


def test_a_photo_that_moves_between_two_pages_is_not_lost(cloud: Cloud) -> None:
    """Files that go shift the pages after them: the next one begins too late."""
    cloud.fill(1200)
    first = count()

    def remove_some() -> None:
        if next(first) == 0:
            for n in range(10):
                cloud.fake.remove("alice", f"Photos/Trip/IMG_{n:05}.jpg")

    cloud.fake.between_pages = remove_some
    names = {asset.name for asset in cloud.open().assets("folder:Photos/Trip")}
    assert names == {f"IMG_{n:05}.jpg" for n in range(10, 1200)}
    assert ("PROPFIND", "/remote.php/dav/files/alice/Photos/Trip/") in cloud.asked()


def test_a_server_that_gives_a_page_twice_is_listed_folder_by_folder(cloud: Cloud) -> None:
    cloud.fill(1200)
    cloud.fake.ignores_offset = True
    assets = list(cloud.open().assets("folder:Photos/Trip"))
    assert len(assets) == len({asset.id for asset in assets}) == 1200


def test_shorter_pages_than_asked_for_are_gone_on_from(cloud: Cloud) -> None:
    cloud.fill(60)
    cloud.fake.largest_page = 20
    assert len(list(cloud.open().assets("folder:Photos/Trip"))) == 60
    asked = [method for method, _ in cloud.asked()]
    assert asked.count("SEARCH") == 4
    assert asked.count("PROPFIND") == 2, "it was listed folder by folder, though the search was complete"


def test_a_folder_holds_what_is_in_the_folders_in_it_but_nothing_hidden(cloud: Cloud) -> None:
    for path in ("Photos/Trip/a.jpg", "Photos/Trip/day 2/b.jpg", "Photos/Trip/.trash/c.jpg", "Photos/Trip 2/d.jpg"):
        cloud.fake.put("alice", path, b"x")
    for searches in (True, False):
        cloud.fake.searches = searches
        library = cloud.open()
        assert [asset.name for asset in library.assets("folder:Photos/Trip")] == ["a.jpg", "b.jpg"]
        albums = {album.id: album for album in library.albums()}
        assert sorted(albums) == ["folder:Photos/Trip", "folder:Photos/Trip 2", "folder:Photos/Trip/day 2"]
        assert albums["folder:Photos/Trip"].count == 2


def test_only_one_folder_is_looked_at_when_asked(cloud: Cloud) -> None:
    for path in ("Photos/Trip/a.jpg", "Photos/Trip/day 2/b.jpg", "Other/c.jpg"):
        cloud.fake.put("alice", path, b"x")
    assert [album.id for album in cloud.open("/Photos/Trip/").albums()] == [
        "folder:Photos/Trip",
        "folder:Photos/Trip/day 2",
    ]
    with pytest.raises(NotFound, match="Nowhere"):
        list(cloud.open("Nowhere").albums())


def test_recordings_sidecars_and_types_the_server_does_not_know_are_found(cloud: Cloud) -> None:
    photos = ("a.jpg", "a.jpg.xmp", "b.AVIF", "c.dng", "film.mov")
    recordings = ("Timeline.json", "ride.fit.gz", "run.FIT", "walk.gpx")
    names = (*photos, *recordings, "notes.md", "report.pdf", "package.json", "backup.tar.gz")
    for name in names:
        cloud.fake.put("alice", f"Photos/{name}", b"x")
    assets = {asset.name: asset for asset in cloud.open().assets("folder:Photos")}
    assert sorted(assets) == sorted({*photos, *recordings} - {"a.jpg.xmp"})
    assert {name for name, asset in assets.items() if is_recording(asset)} == set(recordings)
    assert assets["a.jpg"].sidecar is not None
    assert assets["b.AVIF"].media_type == "image/avif"
    (album,) = cloud.open().albums()
    assert album.count == 8


def test_the_movie_half_of_a_live_photo_is_skipped(cloud: Cloud) -> None:
    nc = "{http://nextcloud.org/ns}"
    still = cloud.fake.put("alice", "Photos/live.heic", b"x", {nc + "metadata-files-live-photo": "97"})
    hidden = cloud.fake.put("alice", "Photos/live.mov", b"x", {nc + "hidden": "true"})
    unhidden = cloud.fake.put("alice", "Photos/live2.mov", b"x", {nc + "metadata-files-live-photo": "96"})
    cloud.fake.album("alice", "All", [still, hidden, unhidden])
    library = cloud.open()
    assert [asset.name for asset in library.assets("folder:Photos")] == ["live.heic"]
    assert [asset.name for asset in library.assets("album:All")] == ["live.heic"]
    assert {album.count for album in library.albums()} == {1}
    cloud.fake.album_links["TOKEN0002"] = ("alice", "All")
    linked = KIND.open({"share_link": f"{cloud.url}/apps/photos/public/TOKEN0002"}, NET)
    assert [asset.name for asset in linked.assets(".")] == ["live.heic"]
    assert next(iter(linked.albums())).count == 1


def test_a_member_that_the_server_cannot_reach_is_listed_and_says_why(cloud: Cloud) -> None:
    there, lost = cloud.fill(2)
    lost.is_lost = True
    cloud.fake.album("alice", "All", [there, lost])
    library = cloud.open()
    assets = {asset.name: asset for asset in library.assets("album:All")}
    assert sorted(assets) == ["IMG_00000.jpg", "IMG_00001.jpg"]
    unreachable = assets["IMG_00001.jpg"]
    assert (unreachable.id, unreachable.size) == (str(lost.file_id), None)
    assert describe(unreachable, library.read).problem == "its size is unknown"


def test_an_album_whose_members_do_not_come_with_the_list_is_asked_for_them(cloud: Cloud) -> None:
    """Not every server gives all albums with all members at once, though it says how many there are."""
    cloud.fake.album("alice", "All", cloud.fill(3))
    whole = next(iter(cloud.open().albums()))
    cloud.fake.gives_members = False
    again = next(iter(cloud.open().albums()))
    assert again.count == 3
    assert again.version == whole.version


def test_a_count_that_lies_changes_nothing(cloud: Cloud) -> None:
    nodes = cloud.fill(3)
    cloud.fake.album("alice", "All", nodes)
    for said in (0, 2, 99):
        cloud.fake.says_members = said
        library = cloud.open()
        album = next(iter(library.albums()))
        assert album.count == len(list(library.assets(album.id))) == 3


def test_a_tagged_folder_is_an_album_that_says_so(cloud: Cloud) -> None:
    cloud.fill(1, "Photos/Trip/day 1")
    cloud.fill(1, "Photos/Other")
    cloud.fake.tagged = {"other": {"Photos/Other"}, "Trace": {"Photos/Trip"}}
    tags = {album.id: album.tags for album in cloud.open().albums()}
    assert tags == {"folder:Photos/Other": (), "folder:Photos/Trip": ("trace",), "folder:Photos/Trip/day 1": ()}


def test_names_that_are_no_text_are_listed_as_text_and_read(cloud: Cloud) -> None:
    """Old files on external storage; the two others only look like what such a name becomes."""
    names = ("M\udcfcnchen.jpg", "M%FCnchen.jpg", "50%25.jpg")
    for name in names:
        cloud.fake.put("alice", f"Photos/{name}", name.encode("utf-8", "surrogateescape") * 9)
    library = cloud.open()
    (album,) = library.albums()
    assets = list(library.assets(album.id))
    assert len({asset.where for asset in assets}) == 3
    for asset in assets:
        json.dumps([asset.id, asset.where, asset.name]).encode()
        (asset.where + asset.name).encode()
    found = {library.read(asset, 0, 999) for asset in assets}
    assert found == {name.encode("utf-8", "surrogateescape") * 9 for name in names}


def test_refused_previews_of_a_shared_album_are_not_held_against_the_album(cloud: Cloud) -> None:
    cloud.fake.album("alice", "All", cloud.fill(2))
    cloud.fake.album_links["TOKEN0001"] = ("alice", "All")
    library = KIND.open({"share_link": f"{cloud.url}/apps/photos/public/TOKEN0001"}, NET)
    first, second = library.assets(".")
    assert library.preview(first, 64) is not None
    cloud.fake.shows_public_previews = False
    cloud.asked()
    assert library.preview(first, 64) is None
    assert library.preview(second, 64) is None
    assert len(cloud.asked()) == 1, "a refused preview was asked for again"
    assert library.read(first, 0, 99) == b"x" * 99


def test_a_server_without_photos_has_folders(cloud: Cloud) -> None:
    cloud.fill(3)
    cloud.fake.has_photos_app = False
    assert [album.id for album in cloud.open().albums()] == ["folder:Photos/Trip"]


def test_a_listing_of_somebody_elses_files_is_no_listing() -> None:
    net = Recorded("search_images", host="http://127.0.0.1:8132")
    library = KIND.open({"url": "http://127.0.0.1:8132", "user": "mallory", "password": "m" * 40}, net)
    library.home.uid = "mallory"  # type: ignore[attr-defined]  # as the server would have said
    with pytest.raises(BadReply, match="not in 'files/mallory'"):
        library.folders.path_of("95")  # type: ignore[attr-defined]


def test_a_slow_server_is_given_up_on(cloud: Cloud) -> None:
    cloud.fill(3)
    cloud.fake.delay_s = 0.6
    net = GuardedNet(Policy(["127.0.0.0/8"]), limits=Limits(read_s=0.2))
    library = KIND.open({"url": cloud.url, "user": "alice", "password": "sentinel-a-password"}, net)
    with pytest.raises(Unavailable):
        list(library.assets("folder:Photos/Trip"))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, ["url is missing", "user is missing", "password is missing"]),
        ({"url": "ftp://cloud.test", "user": "a", "password": "b"}, ["must begin with https"]),
        ({"share_link": "https://cloud.test/somewhere"}, ["share_link must look like"]),
        ({"share_link": "https://cloud.test/s/abc", "user": "a"}, ["leave out user"]),
        ({"share_link": "https://cloud.test/s/abc", "url": "https://other.test"}, ["of another server than url"]),
        ({"url": "https://u:p@cloud.test", "user": "a", "password": "b"}, ["must not hold a user name"]),
    ],
)
def test_settings_that_cannot_be_right_are_told_all_at_once(options: dict[str, str], words: list[str]) -> None:
    with pytest.raises(BadSettings) as error:
        KIND.open(options, NET)
    for word in words:
        assert word in str(error.value)


def test_a_link_may_come_with_the_address_of_its_server() -> None:
    for url in ("https://cloud.test", "cloud.test/index.php/apps/files", "https://CLOUD.test/"):
        KIND.open({"share_link": "https://cloud.test/s/abc", "url": url}, NET).close()


@pytest.mark.parametrize(
    ("said", "base"),
    [
        ("https://cloud.test", "https://cloud.test"),
        ("cloud.test/", "https://cloud.test"),
        ("https://Cloud.Test/index.php/apps/files/files/93?dir=/Photos", "https://cloud.test"),
        ("https://example.org/cloud/apps/photos/albums/x", "https://example.org/cloud"),
        ("http://10.0.0.2:8080/nextcloud/remote.php/dav/files/alice/", "http://10.0.0.2:8080/nextcloud"),
        ("https://cloud.test/login?redirect=x#y", "https://cloud.test"),
    ],
)
def test_the_address_of_any_page_will_do(said: str, base: str) -> None:
    from adapters.nextcloud.address import base_of

    assert base_of(said) == base


@pytest.mark.parametrize(
    ("said", "token", "is_album", "folder"),
    [
        ("https://cloud.test/s/AbC123", "AbC123", False, ""),
        ("https://cloud.test/cloud/index.php/s/AbC123?dir=/day%202&x=1", "AbC123", False, "day 2"),
        ("https://cloud.test/index.php/s/AbC123/download", "AbC123", False, ""),
        ("https://cloud.test/apps/photos/public/tok", "tok", True, ""),
    ],
)
def test_links_as_people_copy_them(said: str, token: str, is_album: bool, folder: str) -> None:
    from adapters.nextcloud.address import link_of

    link = link_of(said)
    assert (link.token, link.is_album, link.folder) == (token, is_album, folder)
    assert token not in repr(link)
