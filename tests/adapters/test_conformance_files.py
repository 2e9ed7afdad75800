"""The contract of a library, over a folder and over a real WebDAV server."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

import adapters
from adapters.library import Library
from adapters.testing import Fault, LibraryContract, Photo, ServerContract
from connector.net import GuardedNet, Limits, Policy
from tests.adapters.servers import Misbehaving, dav_app, serving

PASSWORD = "sentinel-Pa55/word"


class FolderHarness:
    secrets: Sequence[str] = ()

    def __init__(self, root: Path) -> None:
        self.root = root

    def library(self, photos: Sequence[Photo], page_size: int | None) -> Library:
        self.album.mkdir(parents=True)
        for photo in photos:
            _write(self.album / photo.name, photo)
        return self.open()

    def open(self) -> Library:
        return adapters.kind("folder").open({"path": str(self.root)}, GuardedNet(Policy()))

    @property
    def album(self) -> Path:
        return self.root / "My 50% #album?"

    def break_with(self, fault: Fault | None) -> None:
        raise AssertionError("a folder has no server")

    def requests(self) -> int | None:
        return None

    def connections(self) -> int | None:
        return None

    def replace(self, name: str, content: bytes) -> None:
        (self.album / name).write_bytes(content)

    def remove(self, name: str) -> None:
        (self.album / name).unlink()

    def remove_album(self) -> None:
        shutil.rmtree(self.album)


class DavHarness(FolderHarness):
    secrets = (PASSWORD, "c2VudGluZWw6")

    def __init__(self, root: Path, server: Misbehaving, url: str) -> None:
        super().__init__(root)
        self.server, self.url = server, url

    def open(self) -> Library:
        net = GuardedNet(Policy(["127.0.0.0/8"]), limits=Limits(read_s=0.3 if self.is_impatient else 60))
        options = {"url": self.url + "/dav/", "user": "sentinel", "password": PASSWORD}
        return adapters.kind("webdav").open(options, net)

    is_impatient = False

    def break_with(self, fault: Fault | None) -> None:
        self.server.fault = fault

    def requests(self) -> int | None:
        return len(self.server.seen)

    def connections(self) -> int | None:
        return len(self.server.callers)


def _write(path: Path, photo: Photo) -> None:
    path.write_bytes(photo.content)
    os.utime(path, (photo.taken.timestamp(),) * 2)


class TestFolder(LibraryContract):
    @pytest.fixture
    def harness(self, tmp_path: Path) -> FolderHarness:
        return FolderHarness(tmp_path / "photos")


class TestWebDav(LibraryContract, ServerContract):
    @pytest.fixture
    def harness(self, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[DavHarness]:
        root = tmp_path / "photos"
        root.mkdir()
        server = Misbehaving(dav_app(root, {"sentinel": PASSWORD}))
        with serving(server) as url:
            harness = DavHarness(root, server, url)
            harness.is_impatient = "silent" in request.node.name
            yield harness
            server.released.set()
