"""The contract of a library, over every way into a Nextcloud."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from typing import ClassVar, override

import pytest

from adapters import testing as contract
from adapters.library import Library
from adapters.nextcloud import KIND
from adapters.testing import Fault, LibraryContract, Photo, ServerContract
from connector.net import GuardedNet, Limits, Policy
from tests.adapters.nextcloud.fake import FakeNextcloud, Node, recorded_metadata
from tests.adapters.servers import Misbehaving, serving

PASSWORD = "sentinel-Pa55word-of-an-app"
TOKEN = "sentinelTOKEN01"
FOLDER = "Photos/My 50% #album?"


class Harness:
    """The folder of a person, by app password."""

    secrets: Sequence[str] = (PASSWORD, base64.b64encode(f"alice:{PASSWORD}".encode()).decode())

    def __init__(self, server: Misbehaving, fake: FakeNextcloud, url: str) -> None:
        self.server, self.fake, self.url = server, fake, url
        self.is_impatient = False

    def library(self, photos: Sequence[Photo], page_size: int | None) -> Library:
        self.fake.largest_page = page_size
        self.fill([self.fake.put("alice", f"{FOLDER}/{p.name}", p.content, recorded_metadata()) for p in photos])
        net = GuardedNet(Policy(["127.0.0.0/8"]), limits=Limits(read_s=0.3 if self.is_impatient else 60))
        return KIND.open(self.options(), net)

    def fill(self, nodes: list[Node]) -> None:
        """What else it takes for the photos to be in the album."""

    def options(self) -> dict[str, str]:
        return {"url": self.url, "user": "alice", "password": PASSWORD}

    def break_with(self, fault: Fault | None) -> None:
        self.server.fault = fault

    def requests(self) -> int | None:
        return len(self.server.seen)

    def connections(self) -> int | None:
        return len(self.server.callers)

    def replace(self, name: str, content: bytes) -> None:
        old = self.fake.files["alice"][f"{FOLDER}/{name}"]
        new = self.fake.put("alice", old.path, content, old.known)
        for albums in self.fake.albums.values():
            for title, nodes in albums.items():
                albums[title] = [new if node is old else node for node in nodes]

    def remove(self, name: str) -> None:
        self.fake.remove("alice", f"{FOLDER}/{name}")

    def remove_album(self) -> None:
        for path in list(self.fake.files["alice"]):
            self.fake.remove("alice", path)


class AlbumHarness(Harness):
    """An album of the person's own that holds photos other people put there: they are in no folder of theirs."""

    def fill(self, nodes: list[Node]) -> None:
        if nodes:
            self.fake.album("bob", "Rhine: 50% #1?", nodes)

    def options(self) -> dict[str, str]:
        return {"url": self.url, "user": "bob", "password": PASSWORD}

    def remove_album(self) -> None:
        self.fake.albums.clear()


class SharedAlbumHarness(AlbumHarness):
    def fill(self, nodes: list[Node]) -> None:
        if nodes:
            self.fake.album("bob", "Rhine (valley) (alice)", nodes, shared=True)


class FolderLinkHarness(Harness):
    secrets = (TOKEN, PASSWORD)

    def fill(self, nodes: list[Node]) -> None:
        self.fake.folder_links[TOKEN] = ("alice", FOLDER, PASSWORD)

    def options(self) -> dict[str, str]:
        return {"share_link": f"{self.url}/s/{TOKEN}", "password": PASSWORD}

    def remove_album(self) -> None:
        self.fake.folder_links.clear()


class AlbumLinkHarness(Harness):
    secrets = (TOKEN,)

    def fill(self, nodes: list[Node]) -> None:
        self.fake.album("alice", "Rhine valley", nodes)
        self.fake.album_links[TOKEN] = ("alice", "Rhine valley")

    def options(self) -> dict[str, str]:
        return {"share_link": f"{self.url}/index.php/apps/photos/public/{TOKEN}"}

    def remove_album(self) -> None:
        self.fake.album_links.clear()


class _Contract(LibraryContract, ServerContract):
    kind: ClassVar[type[Harness]]

    @pytest.fixture
    def harness(self, request: pytest.FixtureRequest) -> Iterator[Harness]:
        fake = FakeNextcloud({"alice": PASSWORD, "bob": PASSWORD})
        server = Misbehaving(fake)
        with serving(server) as url:
            harness = self.kind(server, fake, url)
            harness.is_impatient = "silent" in request.node.name
            yield harness
            server.released.set()


class TestFolder(_Contract):
    kind = Harness
    page_sizes = (None, 250, 1000)


class TestFolderInTinyPages(_Contract):
    """Pages of three: a server may give less than was asked for."""

    kind = Harness
    page_sizes = (3,)

    @pytest.mark.slow
    @override
    def test_lists_a_big_album_of_one_instant_or_says_how_many_are_missing(
        self, harness: contract.Harness, page_size: int | None
    ) -> None:
        super().test_lists_a_big_album_of_one_instant_or_says_how_many_are_missing(harness, page_size)


class TestFolderWithoutSearch(_Contract):
    kind = Harness

    @pytest.fixture
    def harness(self, request: pytest.FixtureRequest) -> Iterator[Harness]:
        fake = FakeNextcloud({"alice": PASSWORD})
        fake.searches = False
        server = Misbehaving(fake)
        with serving(server) as url:
            harness = Harness(server, fake, url)
            harness.is_impatient = "silent" in request.node.name
            yield harness
            server.released.set()


class TestAlbum(_Contract):
    kind = AlbumHarness


class TestSharedAlbum(_Contract):
    kind = SharedAlbumHarness


class TestFolderLink(_Contract):
    kind = FolderLinkHarness


class TestAlbumLink(_Contract):
    kind = AlbumLinkHarness
