"""The contract of a library, over three versions of Immich and over its shared links."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

import pytest

from adapters.immich import open_immich
from adapters.library import Library
from adapters.testing import Fault, LibraryContract, Photo, ServerContract
from connector.net import GuardedNet, Limits, Policy
from tests.adapters.fake_immich import KEY, LINK_KEY, LINK_PASSWORD, LINK_SLUG, FakeImmich
from tests.adapters.servers import Misbehaving, serving


class ImmichHarness:
    secrets: Sequence[str] = (KEY, LINK_KEY, LINK_PASSWORD, LINK_SLUG)

    def __init__(self, fake: FakeImmich, server: Misbehaving, url: str, options: dict[str, str]) -> None:
        self.fake, self.server, self.url, self.options = fake, server, url, options
        self.is_impatient = False

    def library(self, photos: Sequence[Photo], page_size: int | None) -> Library:
        self.fake.fill(photos)
        net = GuardedNet(Policy(["127.0.0.0/8"]), limits=Limits(read_s=0.3 if self.is_impatient else 60))
        options = {name: value.replace("{url}", self.url) for name, value in self.options.items()}
        return open_immich(options, net, page_size=page_size or 1000)

    def break_with(self, fault: Fault | None) -> None:
        self.server.fault = fault

    def requests(self) -> int | None:
        return len(self.server.seen)

    def connections(self) -> int | None:
        return len(self.server.callers)

    def replace(self, name: str, content: bytes) -> None:
        self.fake.replace(name, content)

    def remove(self, name: str) -> None:
        self.fake.remove(name)

    def remove_album(self) -> None:
        self.fake.remove_album()


class ImmichContract(LibraryContract, ServerContract):
    """An original never changes under its id in Immich, so a read does not look."""

    page_sizes = (3, 250, 1000)
    notices_change = False
    version: ClassVar[str]
    options: ClassVar[dict[str, str]] = {"url": "{url}", "api_key": KEY}
    password: ClassVar[str | None] = None

    @pytest.fixture
    def harness(self, request: pytest.FixtureRequest) -> Iterator[ImmichHarness]:
        fake = FakeImmich(self.version)
        fake.link_password = self.password
        server = Misbehaving(fake)
        with serving(server) as url:
            harness = ImmichHarness(fake, server, url, self.options)
            harness.is_impatient = "silent" in request.node.name
            yield harness
            server.released.set()


class TestImmich275(ImmichContract):
    version = "2.7.5"
    page_sizes = (None,)  # the album tells all its photos at once


class TestImmich303(ImmichContract):
    version = "3.0.3"
    may_miss = True


class TestImmich310(ImmichContract):
    version = "3.1.0"


class TestLinkByKey(ImmichContract):
    version = "3.1.0"
    options: ClassVar[dict[str, str]] = {"share_link": "{url}/share/" + LINK_KEY}


class TestLinkBySlugWithPassword(ImmichContract):
    version = "3.0.3"
    may_miss = True
    options: ClassVar[dict[str, str]] = {"share_link": "{url}/s/" + LINK_SLUG + "/", "password": LINK_PASSWORD}
    password = LINK_PASSWORD


class TestLinkOf275(ImmichContract):
    version = "2.7.5"
    page_sizes = (None,)
    options: ClassVar[dict[str, str]] = {"share_link": "{url}/share/" + LINK_KEY}
