"""Only a credential that says who holds it signs anybody in: a shared link or an open folder has many holders."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

import adapters
from adapters.testing import some_photos
from connector.actions import connections, people
from connector.actions.errors import Forbidden, SignInFailed
from connector.actions.services import Services, new_id, open_services
from connector.settings import Settings
from connector.store.tables import ConnectionRow, PersonRow
from tests.adapters.fake_immich import KEY, LINK_KEY, FakeImmich
from tests.adapters.servers import dav_app, serving


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    data = tmp_path / "data"
    data.mkdir()
    with open_services(Settings(data=data, router_threads=1, allowed_networks=("127.0.0.0/8",))) as opened:
        yield opened


@pytest.fixture
def fake() -> FakeImmich:
    fake = FakeImmich("3.1.0")
    fake.fill(some_photos(3))
    return fake


def test_the_holder_of_a_link_is_not_the_one_who_connected_it(services: Services, fake: FakeImmich) -> None:
    """Both ways round: the link alone, and with the address of the server."""
    admin = people.local(services)
    with serving(fake) as url:
        link = {"share_link": f"{url}/share/{LINK_KEY}"}
        connections.connect(services, admin, "shared", "immich", link)
        connections.connect(services, admin, "mine", "immich", {"url": url, "api_key": KEY})
        for options in (link, {**link, "url": url}):
            with pytest.raises(SignInFailed, match="does not say who you are"):
                people.sign_in(services, "immich", options)
        assert people.sign_in(services, "immich", {"url": url, "api_key": KEY}).person.id == admin.id


def test_a_key_that_may_not_say_whose_it_is_signs_nobody_in(services: Services, fake: FakeImmich) -> None:
    with serving(fake) as url:
        connections.connect(services, people.local(services), "mine", "immich", {"url": url, "api_key": KEY})
        fake.permissions = ["album.read", "asset.read"]
        with pytest.raises(SignInFailed, match="does not say who you are"):
            people.sign_in(services, "immich", {"url": url, "api_key": KEY})


def test_a_folder_that_lets_everybody_in_vouches_for_nobody(services: Services, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"x")
    admin = people.local(services)
    with serving(dav_app(tmp_path, None)) as url:
        options = {"url": f"{url}/dav", "user": "admin", "password": "anything"}
        connections.connect(services, admin, "open", "webdav", options)
        for password in ("anything", "else"):
            with pytest.raises(SignInFailed, match="does not say who you are"):
                people.sign_in(services, "webdav", {**options, "password": password})


def test_a_folder_that_asks_for_a_password_vouches_for_its_user(services: Services, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"x")
    admin = people.local(services)
    with serving(dav_app(tmp_path, {"anna": "secret", "berta": "word"})) as url:
        connections.connect(
            services, admin, "mine", "webdav", {"url": f"{url}/dav", "user": "anna", "password": "secret"}
        )
        berta = {"url": f"{url}/dav", "user": "berta", "password": "word"}
        assert people.sign_in(services, "webdav", berta).person.id != admin.id


def test_somebody_who_is_not_the_administrator_connects_no_link_to_another_server(
    services: Services, fake: FakeImmich
) -> None:
    admin = people.local(services)
    row = PersonRow(id=new_id(), name="Berta", is_admin=False, preferences={}, created_at=services.now())
    with services.store.write() as session:
        session.add(row)
    berta = people.Person(id=row.id, name="Berta", is_admin=False)
    with serving(fake) as url, serving(FakeImmich("3.1.0")) as other:
        connections.connect(services, admin, "shared", "immich", {"share_link": f"{url}/share/{LINK_KEY}"})
        seen = len(fake.seen)
        with pytest.raises(Forbidden):
            connections.connect(services, berta, "hers", "immich", {"share_link": f"{other}/share/{LINK_KEY}"})
        assert len(fake.seen) == seen
        connections.connect(services, berta, "hers", "immich", {"share_link": f"{url}/s/sentinel-slug"})


@pytest.mark.parametrize(
    ("kind", "base", "pages"),
    [
        (
            "nextcloud",
            "https://cloud.test/nc",
            ["", "/", "/index.php/apps/files", "/index.php/apps/files/?dir=/A", "/apps/photos/albums/x", "/login#a"],
        ),
        (
            "immich",
            "https://photos.test:8443",
            ["", "/", "/api", "/api/", "/photos", "/photos/4f1e", "/albums/7?x=1", "/user-settings#keys", "/map"],
        ),
        ("webdav", "https://nas.test/photos", ["", "/"]),
    ],
)
def test_every_page_of_a_library_is_the_same_address(kind: str, base: str, pages: list[str]) -> None:
    found = adapters.kind(kind)
    typed = [base + page for page in pages] + [f"  {base}  ", base.replace("https://", "HTTPS://").replace(".t", ".T")]
    assert {connections.address_of(found, {"url": each}) for each in typed} == {base}


def test_a_page_of_the_library_signs_in_as_its_address_does(services: Services, fake: FakeImmich) -> None:
    admin = people.local(services)
    with serving(fake) as url:
        connections.connect(services, admin, "mine", "immich", {"url": f"{url}/photos", "api_key": KEY})
        with services.store.write() as session:  # as it was kept before addresses were brought to their base
            session.scalars(select(ConnectionRow)).one().address = f"{url}/photos"
        for page in ("", "/api/", "/albums/7"):
            options = {"url": url + page, "api_key": KEY}
            assert people.sign_in(services, "immich", options).person.id == admin.id
        (only,) = connections.connections(services, admin)
        assert only.address == url


@pytest.mark.parametrize(
    ("kind", "link", "address"),
    [
        ("nextcloud", "https://cloud.test/nc/s/sEcReT", "https://cloud.test/nc"),
        ("nextcloud", "https://cloud.test/nc/index.php/apps/photos/public/sEcReT", "https://cloud.test/nc"),
        ("nextcloud", "https://cloud.test/nc/sEcReT", "https://cloud.test"),
        ("immich", "https://photos.test/share/sEcReT", "https://photos.test"),
        ("immich", "https://photos.test/sEcReT?key=sEcReT", "https://photos.test"),
        ("immich", "https://anna:sEcReT@photos.test/sEcReT/x", "https://photos.test"),
    ],
)
def test_nothing_of_a_link_that_may_be_secret_is_in_the_address(kind: str, link: str, address: str) -> None:
    assert connections.address_of(adapters.kind(kind), {"share_link": link}) == address


def test_the_address_people_see_of_a_link_is_its_server() -> None:
    address = connections.address_of(adapters.kind("immich"), {"share_link": f"https://photos.test:8443/s/{LINK_KEY}"})
    assert address == "https://photos.test:8443"
