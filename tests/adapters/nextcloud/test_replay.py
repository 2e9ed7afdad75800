"""Every recorded answer that matters, read by the adapter."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from adapters.library import Asset, Library, NotFound, Unauthorized
from adapters.nextcloud import KIND
from tests.adapters.nextcloud.recorded import SERVER, Recorded, Variant, body_of

ALICE, BOB = "/remote.php/dav/files/alice", "/remote.php/dav/files/bob"
TRIP = f"{ALICE}/Photos/Trip A"
WALL = datetime(2025, 6, 14, 9, 30)  # noqa: DTZ001  # a clock on a wall
LINK, ALBUM_LINK = "REDACTEDSHARE01", "REDACTEDALBUMLINK000000000000001"


def _open(net: Recorded, user: str = "alice") -> Library:
    return KIND.open({"url": SERVER, "user": user, "password": "sentinel-" + "x" * 63}, net)


def _root(path: str) -> Callable[[str], bool]:
    return lambda href: href == path.replace(" ", "%20") + "/"


def _trip_by_search() -> list[Asset]:
    root = Variant("propfind_depth1_after_cron", depth="0", only=_root(TRIP))
    net = Recorded("ocs_user", root, "search_images", "search_images_past_end", root)
    assets = list(_open(net).assets("folder:Photos/Trip A"))
    net.check()
    return assets


def _named(assets: list[Asset]) -> dict[str, Asset]:
    return {asset.name: asset for asset in assets}


@pytest.fixture(scope="module")
def trip() -> dict[str, Asset]:
    return _named(_trip_by_search())


def test_a_folder_by_search(trip: dict[str, Asset]) -> None:
    assert len(trip) == body_of("search_images").count(b"<d:response>") == 19
    first = trip["IMG_0001.jpg"]
    assert (first.id, first.where) == ("95", "files/alice/Photos/Trip A/IMG_0001.jpg")
    assert first.version == "cc3a2a3ca5bb0ce8a08c7d9ebebf663c"
    assert first.size == 604748
    assert first.url == f"{SERVER}/index.php/f/95"
    assert trip["Föto #9 & 50%.jpg"].where == "files/alice/Photos/Trip A/day 2/Föto #9 & 50%.jpg"


def test_the_same_folder_one_by_one_where_it_cannot_be_searched(trip: dict[str, Asset]) -> None:
    root = Variant("propfind_depth1_after_cron", depth="0", only=_root(TRIP))
    day = f"{TRIP}/day 2"
    below = Variant("propfind_depth_infinity", path=day, depth="1", only=lambda href: "/day%202/" in href)
    net = Recorded("ocs_user", root, "search_where_gps_defined", "propfind_depth1_after_cron", below)
    walked = _named(list(_open(net).assets("folder:Photos/Trip A")))
    net.check()
    # the recorded search was one for images alone, and that is no image's type to the server
    assert set(walked) - set(trip) == {"avif.avif"}
    for name in trip:
        assert walked[name].position == trip[name].position, name
        assert (walked[name].id, walked[name].version, walked[name].taken) == (
            trip[name].id,
            trip[name].version,
            trip[name].taken,
        )


def test_a_position_is_signed_and_its_altitude_may_be_below_the_sea(trip: dict[str, Asset]) -> None:
    first, south = trip["IMG_0001.jpg"].position, trip["south-west.jpg"].position
    assert first is not None
    assert south is not None
    assert (first.lat, first.lon, first.altitude_m) == (47.141, 9.5215, 460)
    assert (south.lat, south.lon, south.altitude_m) == (-33.8568, -70.6483, -12.5)


def test_null_island_is_no_position(trip: dict[str, Asset]) -> None:
    assert trip["null-island.jpg"].position is None


def test_the_time_is_the_wall_clock_and_never_the_servers_number(trip: dict[str, Asset]) -> None:
    taken = {name: asset.taken for name, asset in trip.items()}
    first, second, south = taken["IMG_0001.jpg"], taken["IMG_0002.jpg"], taken["south-west.jpg"]
    assert first is not None
    assert second is not None
    assert south is not None
    assert (first.wall, first.utc_offset_s, first.instant) == (WALL, 7200, None)
    assert (second.wall, second.utc_offset_s) == (WALL + timedelta(minutes=17), None)
    assert south.utc_offset_s == -4 * 3600
    # the server gives these a date, too: that of the upload
    assert [taken[name] for name in ("no-exif.jpg", "png.png", "webp.webp", "heic.heic")] == [None] * 4


def test_only_a_jpeg_whose_exif_the_server_has_read_is_described(trip: dict[str, Asset]) -> None:
    unread = {name for name, asset in trip.items() if not asset.described}
    assert unread == {"no-exif.jpg", "png.png", "webp.webp", "heic.heic", "tiff.tif", "tiff-exif.tif"}
    assert trip["no-gps.jpg"].described


def test_camera_orientation_and_colour_come_without_a_download() -> None:
    net = Recorded("ocs_user", "album_photos")
    album = _named(list(_open(net).assets("album:Rhine valley")))
    net.check()
    assert album["IMG_0001.jpg"].camera == "ACME Tracer One"
    assert album["IMG_0001.jpg"].orientation == 1
    coloured = [name for name, asset in album.items() if re.fullmatch("#[0-9a-f]{6}", asset.colour or "")]
    assert len(coloured) == body_of("album_photos").count(b"<nc:metadata-blurhash>L") == 4


def test_an_album_gives_the_same_photos_as_the_folder_with_other_addresses(trip: dict[str, Asset]) -> None:
    net = Recorded("ocs_user", "album_photos")
    album = _named(list(_open(net).assets("album:Rhine valley")))
    net.check()
    assert len(album) == 5
    for name, asset in album.items():
        same = trip[name]
        assert asset.where == f"photos/alice/albums/Rhine valley/{asset.id}-{name}"
        assert (asset.id, asset.version, asset.size) == (same.id, same.version, same.size)
        assert (asset.position, asset.taken, asset.colour, asset.described) == (
            same.position,
            same.taken,
            same.colour,
            same.described,
        )


def test_albums_of_ones_own_are_listed_with_all_members_in_one_request() -> None:
    net = Recorded("ocs_user", "album_home_depth_infinity")
    album = next(iter(_open(net).albums()))
    net.check()
    assert (album.id, album.title, album.count, album.owner) == ("album:Rhine valley", "Rhine valley", 5, None)
    assert album.description == "Liechtenstein"
    assert album.version
    assert album.start is None, "the server's dates are those of the files"
    assert album.url == f"{SERVER}/index.php/apps/photos/albums/Rhine%20valley"


def test_an_album_shared_by_somebody_is_named_without_its_owner_and_says_whose_it_is() -> None:
    none = "/remote.php/dav/photos/bob/albums"
    net = Recorded(
        Variant("albums_list", path=none, depth="infinity", only=lambda href: False),
        Variant("sharedalbums_list_bob", depth="infinity"),
        "sharedalbum_photos_bob",
    )
    library = KIND.open({"url": SERVER, "user": "bob", "password": "sentinel-" + "y" * 63}, net)
    library.home.uid = "bob"  # type: ignore[attr-defined]  # only alice's own data were recorded
    album = next(album for album in library.photos.albums() if album.owner)  # type: ignore[attr-defined]  # the rest was not recorded
    assert (album.id, album.title, album.owner) == ("shared:Rhine valley (alice)", "Rhine valley", "Alice A")
    assert album.count == 5


def test_a_folder_behind_a_link(trip: dict[str, Asset]) -> None:
    root = f"/public.php/dav/files/{LINK}"
    net = Recorded(
        Variant("public_dav_propfind", depth="0", only=_root(root)),
        "public_dav_propfind",
        Variant(
            "public_dav_propfind", path=f"{root}/day 2", only=_root(f"{root}/day 2")
        ),  # what lies in there was not recorded
        Variant("public_dav_get_range", range="bytes=0-99"),
        Variant("public_preview", query="file=/IMG_0001.jpg&x=128&y=128&a=1"),
    )
    library = KIND.open({"share_link": f"{SERVER}/s/{LINK}"}, net)
    (album,) = library.albums()
    assert (album.id, album.title, album.version) == (".", "Trip A", "6b02b93bcf1d1")
    shown = _named(list(library.assets(".")))
    assert len(shown) == body_of("public_dav_propfind").count(b"<d:resourcetype/>") == 18
    for name, asset in shown.items():
        if name in trip:
            same = trip[name]
            assert (asset.id, asset.position, asset.taken, asset.colour) == (
                same.id,
                same.position,
                same.taken,
                same.colour,
            )
    assert shown["avif.avif"].media_type == "image/avif"
    assert library.read(shown["IMG_0001.jpg"], 0, 100) == body_of("public_dav_get_range")
    assert library.preview(shown["IMG_0001.jpg"], 128) == body_of("public_preview")
    assert not [asset for asset in shown.values() if LINK in repr(asset)]
    net.check()


def test_an_album_behind_a_link(trip: dict[str, Asset]) -> None:
    net = Recorded("photospublic_album", "photospublic_album")
    library = KIND.open({"share_link": f"{SERVER}/apps/photos/public/{ALBUM_LINK}"}, net)
    (album,) = library.albums()
    shown = _named(list(library.assets(album.id)))
    net.check()
    assert (album.count, len(shown)) == (5, 5)
    assert shown["IMG_0001.jpg"].position == trip["IMG_0001.jpg"].position
    assert not [each for each in (album, *shown.values()) if ALBUM_LINK in repr(each)]
    assert not any("authorization" in headers for _, _, headers, _ in net.asked)


def test_bytes_of_an_album_have_an_etag_without_quotes() -> None:
    name = "sharedalbum_photo_get_range_bob"
    net = Recorded(Variant(name, range="bytes=0-65535"))
    where = "photos/bob/sharedalbums/Rhine valley (alice)/95-IMG_0001.jpg"
    asset = Asset(
        id="95",
        where=where,
        version="cc3a2a3ca5bb0ce8a08c7d9ebebf663c",
        name="IMG_0001.jpg",
        media_type="image/jpeg",
        size=1,
    )
    assert _open(net, "bob").read(asset, 0, 65536) == body_of(name)
    net.check()


def test_previews_by_kind_of_album(trip: dict[str, Asset]) -> None:
    net = Recorded(
        "preview_by_fileid",
        Variant("photos_preview_sharedalbum_bob", query="x=64&y=64"),
    )
    library = _open(net)
    assert library.preview(trip["IMG_0001.jpg"], 256) == body_of("preview_by_fileid")
    shared = Asset(
        id="95",
        where="photos/bob/sharedalbums/x/95-a.jpg",
        version="v",
        name="a.jpg",
        media_type="image/jpeg",
        size=1,
    )
    assert library.preview(shared, 64) == body_of("photos_preview_sharedalbum_bob")
    net.check()


def test_the_preview_of_a_heic_is_none_where_the_server_cannot_make_one(trip: dict[str, Asset]) -> None:
    net = Recorded(Variant("preview_heic_404", query="fileId=104&x=256&y=256&a=1"))
    assert _open(net).preview(trip["heic.heic"], 256) is None
    net.check()


def test_who_it_is() -> None:
    net = Recorded("ocs_user")
    account = _open(net).account()
    net.check()
    assert (account.id, account.name) == ("alice@127.0.0.1:8132", "Alice A")
    assert net.asked[0][2]["ocs-apirequest"] == "true"


def test_another_persons_albums_are_refused_and_a_missing_folder_is_not_found() -> None:
    net = Recorded("ocs_user", Variant("propfind_404", depth="0"))
    with pytest.raises(NotFound, match="Nope"):
        list(_open(net).assets("folder:Nope"))
    net.check()


def test_a_share_link_needs_its_password() -> None:
    """What the recorded server said to a request without a credential stands for a link with a password."""
    net = Recorded(
        Variant("apppassword_after_delete", path="/public.php/dav/files/WITHPASSWORD01", depth="0"),
        host=SERVER,
    )
    library = KIND.open({"share_link": f"{SERVER}/s/WITHPASSWORD01"}, net)
    with pytest.raises(Unauthorized, match="wants a password"):
        list(library.albums())
    with pytest.raises(Unauthorized, match="not tried again"):
        list(library.albums())
    assert len(net.asked) == 1
