"""Immich beyond the contract: scopes, counts that lie, workflows, write-back, shared links, and trying a connection."""

from __future__ import annotations

import base64
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import adapters
from adapters.immich import open_immich, values
from adapters.immich.library import Immich
from adapters.immich.values import colour
from adapters.library import Asset, BadReply, BadSettings, Check, Position, Unauthorized
from adapters.testing import check_values, only_album, some_photos
from connector.net import GuardedNet, Policy
from tests.adapters.fake_immich import KEY, LINK_KEY, LINK_PASSWORD, FakeImmich
from tests.adapters.servers import LOGIN_PAGE, self_signed, serving

LOOPBACK = GuardedNet(Policy(["127.0.0.0/8"]))


@pytest.fixture
def fake() -> FakeImmich:
    fake = FakeImmich("3.1.0")
    fake.fill(some_photos(12))
    return fake


@pytest.fixture
def url(fake: FakeImmich) -> Iterator[str]:
    with serving(fake) as address:
        yield address


@pytest.fixture
def library(url: str) -> Immich:
    return open_immich({"url": url, "api_key": KEY}, LOOPBACK)


def _link(url: str, **more: str) -> Immich:
    return open_immich({"share_link": f"{url}/share/{LINK_KEY}", **more}, LOOPBACK)


# -- settings


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({}, "url is missing"),
        ({"url": "https://photos.test"}, "give either api_key or share_link"),
        ({"url": "https://photos.test", "api_key": "k", "share_link": "https://photos.test/s/a"}, "give either"),
        ({"url": "ftp://photos.test", "api_key": "k"}, "must begin with https"),
        ({"share_link": "https://photos.test/albums/7"}, "must look like"),
        ({"share_link": "nonsense"}, "must look like"),
        ({"url": "https://photos.test", "api_key": "k", "password": "p"}, "password belongs to a share_link"),
    ],
)
def test_settings_that_cannot_be_right_are_said_at_once(options: dict[str, str], problem: str) -> None:
    with pytest.raises(BadSettings, match=problem):
        adapters.kind("immich").open(options, LOOPBACK)


@pytest.mark.parametrize("pasted", ["{url}/", "{url}/api", "{url}/api/"])
def test_the_address_is_taken_as_people_paste_it(fake: FakeImmich, url: str, pasted: str) -> None:
    library = open_immich({"url": pasted.replace("{url}", url), "api_key": f" {KEY}\n"}, LOOPBACK)
    assert only_album(library).count == 12


@pytest.mark.parametrize("tail", ["", "/", "/photos/4f1e", "?assets=1", "#top"])
def test_a_link_is_taken_as_people_paste_it(url: str, tail: str) -> None:
    library = open_immich({"share_link": f"{url}/share/{LINK_KEY}{tail}"}, LOOPBACK)
    assert only_album(library).count == 12


# -- completeness


def test_a_count_that_lies_is_found_out_by_an_exact_one(fake: FakeImmich, library: Immich) -> None:
    fake.counts_too_many = 6
    assert len(list(library.assets(fake.album["id"]))) == 12
    assert ("POST", "/api/search/statistics") in fake.seen


def test_without_an_exact_count_the_missing_ones_are_named(fake: FakeImmich, library: Immich) -> None:
    fake.counts_too_many = 6
    fake.permissions = ["album.read", "asset.read"]
    with pytest.raises(BadReply, match="6 of 18 photos of the album are missing"):
        list(library.assets(fake.album["id"]))


def test_a_server_that_ignores_the_album_does_not_give_away_the_library(fake: FakeImmich, library: Immich) -> None:
    fake.ignores_albums = True
    with pytest.raises(BadReply, match="62 photos for an album of 12"):
        list(library.assets(fake.album["id"]))


def test_photos_of_one_instant_across_pages_are_not_lost_before_31(url: str, fake: FakeImmich) -> None:
    fake.version, fake.minor = "3.0.3", 0
    photos = [replace(photo, name=f"b{photo.name}") for photo in some_photos(60, apart=timedelta(seconds=1))]
    fake.fill(replace(photo, taken=photos[i // 5].taken) for i, photo in enumerate(photos))
    library = open_immich({"url": url, "api_key": KEY}, LOOPBACK, page_size=9)
    assert len({asset.id for asset in library.assets(fake.album["id"])}) == 72


def test_hidden_halves_of_live_photos_are_left_out(fake: FakeImmich, library: Immich) -> None:
    fake.named("IMG_00003.jpg")["visibility"] = "hidden"
    names = [asset.name for asset in library.assets(fake.album["id"])]
    assert len(names) == 11
    assert "IMG_00003.jpg" not in names


def test_a_photo_that_immich_has_not_read_yet_says_so(fake: FakeImmich, library: Immich) -> None:
    fake.named("IMG_00003.jpg")["exifInfo"] |= dict.fromkeys(("dateTimeOriginal", "latitude", "longitude", "timeZone"))
    asset = next(asset for asset in library.assets(fake.album["id"]) if asset.name == "IMG_00003.jpg")
    assert (asset.described, asset.taken, asset.position) == (False, None, None)


def test_a_place_corrected_in_immich_is_another_version(fake: FakeImmich, library: Immich) -> None:
    before = {asset.name: asset.version for asset in library.assets(fake.album["id"])}
    fake.named("IMG_00003.jpg")["exifInfo"]["latitude"] = 46.5
    after = {asset.name: asset.version for asset in library.assets(fake.album["id"])}
    assert [name for name in after if after[name] != before[name]] == ["IMG_00003.jpg"]


@pytest.mark.parametrize("version", ["2.0.0", "3.2.0", "3.3.5", "4.0.0"])
def test_versions_that_were_not_recorded_are_spoken_to_like_their_neighbours(version: str) -> None:
    fake = FakeImmich(version)
    fake.fill(some_photos(40))
    with serving(fake) as url:
        library = open_immich({"url": url, "api_key": KEY}, LOOPBACK, page_size=7)
        assert len(list(library.assets(only_album(library).id))) == 40


def test_a_listing_at_the_pace_of_a_real_server(fake: FakeImmich, library: Immich) -> None:
    """Every answer takes as long as it was recorded to take."""
    fake.waits = True
    begun = time.monotonic()
    assert len(list(library.assets(fake.album["id"]))) == 12
    assert time.monotonic() - begun > 0.02


def test_a_listing_needs_few_requests(fake: FakeImmich, library: Immich) -> None:
    list(library.assets(fake.album["id"]))
    assert len(fake.seen) == 4, fake.seen


@pytest.mark.parametrize("following", ["1", "0", "-2", "two", "1.5"])
def test_a_server_that_names_no_next_page_is_not_followed_round_and_round(
    following: str, monkeypatch: pytest.MonkeyPatch, fake: FakeImmich, library: Immich
) -> None:
    search = fake._search

    def astray(**asked: object) -> tuple[int, object]:
        status, found = search(**asked)  # type: ignore[arg-type]  # what came by HTTP
        found["assets"]["nextPage"] = following
        return status, found

    fake.routes = [
        (method, path, scope, astray if answer == search else answer) for method, path, scope, answer in fake.routes
    ]
    with pytest.raises(BadReply, match="as the page behind 1"):
        list(library.assets(fake.album["id"]))


def test_a_key_that_the_server_repeats_is_not_shown(fake: FakeImmich) -> None:
    def repeating(environ: dict[str, str], start: Callable[..., object]) -> list[bytes]:
        start("400 Bad Request", [("Content-Type", "application/json")])
        said = environ.get("HTTP_X_API_KEY", "") + environ.get("QUERY_STRING", "")
        return [f'{{"message": ["bad {said}"]}}'.encode()]

    with serving(repeating) as url:
        for library in (open_immich({"url": url, "api_key": KEY}, LOOPBACK), _link(url)):
            with pytest.raises(BadReply) as caught:
                library.account()
            assert "bad" in str(caught.value)
            assert KEY not in str(caught.value)
            assert LINK_KEY not in str(caught.value)


# -- scopes


@pytest.mark.parametrize("lacking", ["album.read", "asset.read"])
def test_a_key_that_can_read_nothing_is_refused_with_what_it_lacks(
    fake: FakeImmich, library: Immich, lacking: str
) -> None:
    fake.permissions = [scope for scope in ("album.read", "asset.read", "asset.view") if scope != lacking]
    with pytest.raises(Unauthorized, match=lacking):
        library.account()


def test_without_the_scope_for_previews_there_are_none(fake: FakeImmich, library: Immich) -> None:
    fake.permissions = ["album.read", "asset.read"]
    asset = next(library.assets(fake.album["id"]))
    assert library.preview(asset, 200) is None
    assert not [path for _, path in fake.seen if path.endswith("/thumbnail")]


def test_a_preview_that_is_not_made_yet_is_none(fake: FakeImmich, library: Immich) -> None:
    fake.named("IMG_00000.jpg")["thumbhash"] = None
    asset = next(library.assets(fake.album["id"]))
    assert (asset.colour, library.preview(asset, 1000)) == (None, None)


def test_without_the_scope_for_originals_the_refusal_names_it(fake: FakeImmich, library: Immich) -> None:
    fake.permissions = ["album.read", "asset.read"]
    asset = next(library.assets(fake.album["id"]))
    with pytest.raises(Unauthorized, match=r"asset\.download"):
        library.read(asset, 0, 10)


def test_something_in_front_that_ignores_ranges_is_read_no_further_than_needed(
    fake: FakeImmich, library: Immich
) -> None:
    fake.ignores_ranges = True
    fake.replace("IMG_00000.jpg", bytes(range(256)) * 10)
    asset = next(library.assets(fake.album["id"]))
    assert library.read(asset, 300, 10) == bytes(range(44, 54))


# -- shared links


def test_a_link_without_downloads_says_so_before_it_is_asked(fake: FakeImmich, url: str) -> None:
    fake.link["allowDownload"] = False
    library = _link(url)
    assert any("downloads" in limit for limit in library.account().limits)
    asset = next(library.assets(fake.album["id"]))
    with pytest.raises(Unauthorized, match="may not be downloaded"):
        library.read(asset, 0, 10)
    assert not [path for _, path in fake.seen if path.endswith("/original")]


def test_a_link_that_hides_places_gives_nothing_at_all(fake: FakeImmich, url: str) -> None:
    fake.link["showMetadata"] = False
    library = _link(url)
    for call in (library.account, lambda: list(library.albums()), lambda: list(library.assets(fake.album["id"]))):
        with pytest.raises(Unauthorized, match="hides the photos' places"):
            call()
    assert {path for _, path in fake.seen} <= {"/api/shared-links/me", "/api/server/version"}


def test_a_wrong_password_is_tried_once(fake: FakeImmich, url: str) -> None:
    fake.link_password = LINK_PASSWORD
    library = _link(url, password="wrong")
    for _ in range(3):
        with pytest.raises(Unauthorized):
            library.account()
    assert len(fake.seen) == 1


def test_a_link_can_write_and_watch_nothing(url: str) -> None:
    library = _link(url)
    assert (library.parse_hook, library.watch, library.write_back) == (None, None, None)


# -- workflows


def test_a_workflow_is_made_replaced_and_removed(fake: FakeImmich, library: Immich) -> None:
    watch = library.watch
    assert watch is not None
    first = watch.install("https://tracer.test/hooks/a", "secret-1")
    assert watch.install("https://tracer.test/hooks/a", "secret-1") == first
    second = watch.install("https://tracer.test/hooks/a", "secret-2")
    assert [workflow["id"] for workflow in fake.workflows] == [second]
    other = watch.install("https://tracer.test/hooks/b", "secret-3")
    assert {workflow["id"] for workflow in fake.workflows} == {second, other}
    config = fake.workflows[0]["steps"][0]["config"]
    assert config["headerName"] == "X-Image-Tracer-Secret"
    assert config["headerValue"] == "secret-2"
    fake.workflows[0]["enabled"] = False
    third = watch.install("https://tracer.test/hooks/a", "secret-2")
    assert [(each["id"], each["enabled"]) for each in fake.workflows] == [(other, True), (third, True)]
    for hook in (third, other, third):
        watch.remove(hook)
    assert fake.workflows == []


def test_2x_has_no_workflow_to_make() -> None:
    fake = FakeImmich("2.7.5")
    with serving(fake) as url:
        assert open_immich({"url": url, "api_key": KEY}, LOOPBACK).watch is None


# -- write-back


def test_the_link_is_one_line_of_the_description(fake: FakeImmich, library: Immich) -> None:
    back = library.write_back
    assert back is not None
    back.link(fake.album["id"], "https://tracer.test/embed/one", "Two days\nin Bern")
    assert fake.album["description"] == "Trip\n\nTrace \u00b7 Two days in Bern: https://tracer.test/embed/one"
    version = only_album(library).version
    back.link(fake.album["id"], "https://tracer.test/embed/one", "Two days in Bern")
    assert only_album(library).version == version, "nothing was written a second time"
    back.link(fake.album["id"], "https://tracer.test/embed/two", "Renamed")
    assert fake.album["description"] == "Trip\n\nTrace \u00b7 Renamed: https://tracer.test/embed/two"
    fake.album["description"] = ""
    back.link(fake.album["id"], "https://tracer.test/embed/two", "")
    assert fake.album["description"] == "Trace: https://tracer.test/embed/two"


def test_somebody_elses_album_keeps_its_description(fake: FakeImmich, library: Immich) -> None:
    fake.album["is_somebody_elses"] = True
    back = library.write_back
    assert back is not None
    with pytest.raises(Unauthorized, match="only the owner"):
        back.link(fake.album["id"], "https://tracer.test/embed/one", "x")


def test_a_written_position_can_be_taken_back(fake: FakeImmich, library: Immich) -> None:
    fake.named("IMG_00003.jpg")["exifInfo"] |= {"latitude": None, "longitude": None}
    listed = list(library.assets(fake.album["id"]))
    asset = next(asset for asset in listed if asset.name == "IMG_00003.jpg")
    back = library.write_back
    assert back is not None
    assert back.place(asset, Position(lat=46.6, lon=7.9)) is None
    placed = next(each for each in library.assets(fake.album["id"]) if each.id == asset.id)
    assert placed.position == Position(lat=46.6, lon=7.9)
    assert back.place(asset, None) == Position(lat=46.6, lon=7.9)
    assert list(library.assets(fake.album["id"]))[3].position is None


def test_whose_photos_cannot_be_placed_is_said_before(fake: FakeImmich, library: Immich) -> None:
    photos = list(library.assets(fake.album["id"]))
    writer = library.write_back
    assert writer is not None
    assert writer.refusals(photos) == {}
    fake.named(photos[3].name)["ownerId"] = "somebody-else"
    fake.remove(photos[4].name)
    assert writer.refusals(photos) == {photos[3].id: "belongs to somebody else, and only they can change it"}
    assert not any(method in ("PUT", "PATCH") for method, _ in fake.seen)
    fake.permissions = ["album.read", "asset.read", "asset.update"]
    nameless = open_immich({"url": library._url, "api_key": KEY}, LOOPBACK).write_back
    assert nameless is not None
    assert nameless.refusals(photos) == {}


def test_what_the_key_may_not_write_is_known_before_a_request(fake: FakeImmich, library: Immich) -> None:
    fake.permissions = ["album.read", "asset.read", "asset.update"]
    back = library.write_back
    assert back is not None
    assert (back.can_link, back.can_place) == (False, True)
    seen = len(fake.seen)
    with pytest.raises(Unauthorized, match=r"album\.update"):
        back.link(fake.album["id"], "https://tracer.test/embed/one", "x")
    assert len(fake.seen) == seen


# -- colours


@pytest.mark.parametrize("rgb", [(200, 40, 90), (10, 10, 10), (250, 252, 255), (90, 140, 60), (128, 128, 128)])
def test_the_colour_of_a_thumbhash_is_the_mean(rgb: tuple[int, int, int]) -> None:
    """Packs the three means the way a thumbhash does and reads them back, within what six bits can tell."""
    red, green, blue = (part / 255 for part in rgb)
    light, p, q = (red + green + blue) / 3, (red + green) / 2 - blue, red - green
    bits = round(63 * light) | round(31.5 + 31.5 * p) << 6 | round(31.5 + 31.5 * q) << 12
    found = colour(base64.b64encode(bits.to_bytes(3, "little") + b"rest").decode())
    assert found is not None
    assert max(abs(int(found[1 + 2 * i : 3 + 2 * i], 16) - rgb[i]) for i in range(3)) <= 6


@pytest.mark.parametrize("thumbhash", [None, "", "!!", "AA==", 7, "\x80\x80\x80\x80", [1]])
def test_no_thumbhash_is_no_colour(thumbhash: object) -> None:
    assert colour(thumbhash) is None


# -- trying a connection


def _checks(**options: str) -> list[Check]:
    checks = adapters.kind("immich").checks
    assert checks is not None
    found = list(checks(options, LOOPBACK))
    assert not [check for check in found if KEY in repr(check) or LINK_KEY in repr(check)]
    return found


def _failed(checks: list[Check]) -> Check:
    (failed,) = [check for check in checks if not check.ok and check.needed]
    assert failed is checks[-1], "nothing is tried behind what failed"
    assert failed.advice
    return failed


def test_all_is_well(url: str) -> None:
    checks = _checks(url=url, api_key=KEY)
    assert [(check.name, check.ok) for check in checks] == [
        ("settings", True),
        ("address", True),
        ("credential", True),
        ("albums", True),
    ]
    assert checks[1].said == "Immich 3.1.0 answers"
    assert checks[3].said == "1 album is visible"


def test_nothing_to_try_with() -> None:
    assert _failed(_checks(url="https://photos.test")).name == "settings"


def test_a_wrong_key(url: str) -> None:
    failed = _failed(_checks(url=url, api_key="wrong"))
    assert failed.name == "credential"
    assert "Invalid API key" in failed.said


def test_a_missing_scope(fake: FakeImmich, url: str) -> None:
    fake.permissions = ["album.read"]
    failed = _failed(_checks(url=url, api_key=KEY))
    assert failed.name == "credential"
    assert "asset.read" in failed.said


def test_a_missing_ability_is_no_failure(fake: FakeImmich, url: str) -> None:
    fake.permissions = ["album.read", "asset.read", "asset.view", "user.read"]
    checks = _checks(url=url, api_key=KEY)
    assert checks[-1].ok
    limits = [check.said for check in checks if not check.ok]
    assert any("album.update" in limit for limit in limits)
    assert any("workflow.create" in limit for limit in limits)


def test_a_wrong_address() -> None:
    def page(environ: object, start: Callable[..., object]) -> list[bytes]:
        start("200 OK", [("Content-Type", "text/html")])
        return [LOGIN_PAGE]

    with serving(page) as url:
        failed = _failed(_checks(url=url, api_key=KEY))
    assert failed.name == "address"
    assert "text/html" in failed.said


def test_a_server_that_is_down() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        failed = _failed(_checks(url=f"http://127.0.0.1:{taken.getsockname()[1]}", api_key=KEY))
    assert failed.name == "address"
    assert "nothing answers" in failed.said


def test_a_name_that_does_not_exist() -> None:
    failed = _failed(_checks(url="https://photos.invalid", api_key=KEY))
    assert "cannot be looked up" in failed.said


def test_an_address_that_is_not_allowed(fake: FakeImmich, url: str) -> None:
    checks = adapters.kind("immich").checks
    assert checks is not None
    failed = _failed(list(checks({"url": url, "api_key": KEY}, GuardedNet(Policy()))))
    assert failed.name == "address"
    assert "TRACER_ALLOWED_NETWORKS" in failed.said
    assert fake.seen == []


def test_too_old_a_server(fake: FakeImmich, url: str) -> None:
    fake.version = "1.138.0"
    failed = _failed(_checks(url=url, api_key=KEY))
    assert (failed.name, failed.advice) == ("address", "Update Immich.")
    assert "1.138.0" in failed.said


def test_a_certificate_nobody_vouches_for(fake: FakeImmich, tmp_path: Path) -> None:
    certificate = self_signed(tmp_path)
    with serving(fake, certificate) as url:
        failed = _failed(_checks(url=url, api_key=KEY))
        assert failed.name == "address"
        assert "self-signed" in failed.said
        assert "TRACER_CA_FILE" in str(failed.advice)
        assert fake.seen == []
        trusting = GuardedNet(Policy(["127.0.0.0/8"]), authorities=certificate.read_text())
        assert open_immich({"url": url, "api_key": KEY}, trusting).version().major == 3


def test_tls_where_there_is_none(url: str) -> None:
    failed = _failed(_checks(url=url.replace("http://", "https://"), api_key=KEY))
    assert failed.name == "address"
    assert "TLS" in failed.said


# -- whatever a server says

_KEYS = ["id", "originalFileName", "originalMimeType", "thumbhash", "fileCreatedAt", "fileModifiedAt", "localDateTime"]
_KEYS += ["updatedAt", "visibility", "checksum", "exifInfo", "albumName", "assetCount", "albumThumbnailAssetId"]
_KEYS += ["albumUsers", "owner", "description", "startDate", "endDate"]
_EXIF = ["make", "model", "fileSizeInByte", "orientation", "dateTimeOriginal", "timeZone", "latitude", "longitude"]
_TIMES = st.sampled_from(
    ["2026-06-14T06:05:10.120Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "\ud83d"]
)
_JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | _TIMES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS + _EXIF), inner, max_size=4),
    max_leaves=6,
)
_ENTRY = st.dictionaries(st.sampled_from(_KEYS), _JUNK)
_EXIFS = st.dictionaries(st.sampled_from(_EXIF), _JUNK)


@given(_ENTRY | _JUNK, _EXIFS)
def test_no_answer_however_odd_becomes_anything_but_values_or_a_bad_reply(item: Any, exif: Any) -> None:
    for said in (item, {**item, "id": "x", "exifInfo": exif} if isinstance(item, dict) else item):
        for make in (lambda: values.asset(said, "p/"), lambda: values.album(said, "w", "me")):  # noqa: B023 - used at once
            with suppress(BadReply):
                made = make()
                assert isinstance(made.id, str)
                (made.id + (made.name if isinstance(made, Asset) else made.title)).encode()
        with suppress(BadReply):
            check_values(values.asset(said, None))
