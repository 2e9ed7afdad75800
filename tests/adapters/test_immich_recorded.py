"""What real servers of three versions answered, replayed through the adapter.

A request that differs from the recorded one in path, query or body is not answered, and a recording that was not asked
for fails its test.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import responses
from responses import matchers

from adapters.immich import open_immich
from adapters.immich.library import Immich
from adapters.library import Asset, BadReply, Hint, NotFound, Position, Unauthorized
from connector.net import GuardedNet, Policy
from tests.adapters.fake_immich import RECORDINGS

BASE = "https://photos.test"
THREE = ("3.0.3", "3.1.0")
ALL = ("2.7.5", *THREE)
_NOT_OURS = {"content-length", "content-encoding", "transfer-encoding", "content-type"}
#: what the server takes for a field that is not sent
_DEFAULTS = {"page": 1}


class Replay:
    """Answers requests from the recordings of one version."""

    def __init__(self, mock: responses.RequestsMock, version: str) -> None:
        self.mock, self.version = mock, version

    def load(self, name: str) -> Any:
        return json.loads((RECORDINGS / self.version / f"{name}.json").read_text(encoding="utf-8"))

    def add(self, *names: str, data: bytes = b"") -> None:
        for name in names:
            self._add(name, data)

    def _add(self, name: str, data: bytes) -> None:
        recording = self.load(name)
        asked, answer = recording["request"], recording["response"]
        url = urlsplit(asked["url"])
        match: list[Any] = [matchers.query_param_matcher(dict(parse_qsl(url.query, keep_blank_values=True)))]
        if asked["json"] is not None:
            match.append(_same_json(asked["json"]))
        ranged = {key: asked["headers"][key] for key in ("Range",) if key in asked["headers"]}
        match += [matchers.header_matcher(ranged)] if ranged else []
        body = answer["body"]
        is_file = isinstance(body, dict) and "_sha256" in body
        headers = {key: value for key, value in answer["headers"].items() if key.lower() not in _NOT_OURS}
        self.mock.add(
            asked["method"],
            BASE + url.path,
            body=data if is_file else json.dumps(body),
            status=answer["status"],
            match=match,
            content_type=answer["headers"].get("Content-Type"),
            headers=headers,
        )

    def library(self, page_size: int = 1000, **options: str) -> Immich:
        options = options or {"url": BASE, "api_key": "sentinel-api-key"}
        return open_immich(options, GuardedNet(Policy()), page_size=page_size)

    def album_id(self) -> str:
        return str(self.load("albums_get")["response"]["body"]["id"])


def _same_json(wanted: Any) -> Any:
    def match(request: Any) -> tuple[bool, str]:
        sent = json.loads(request.body)
        return _DEFAULTS | sent == _DEFAULTS | wanted, f"{sent} was sent, {wanted} is recorded"

    return match


@pytest.fixture
def mock() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


def listed(replay: Replay) -> dict[str, Asset]:
    """The album, the way its version is read."""
    replay.add("server_version", "server_config")
    if replay.version == "2.7.5":
        replay.add("albums_get")
        library = replay.library()
    elif replay.version == "3.0.3":
        replay.add("albums_get", "search_album_withExif_order_asc")
        library = replay.library()
    else:
        replay.add("albums_get", *(f"search_album_page{page}_of_3" for page in (1, 2, 3)))
        library = replay.library(page_size=8)
    return {asset.name: asset for asset in library.assets(replay.album_id())}


@pytest.mark.parametrize("version", ALL)
def test_the_album_has_all_its_photos_archived_stacked_and_the_video(
    mock: responses.RequestsMock, version: str
) -> None:
    assets = listed(Replay(mock, version))
    assert len(assets) == 19
    assert {"14-stack-a.jpg", "15-stack-b.jpg", "16-archived.jpg", "19-live.jpg", "30-video.mp4"} <= set(assets)
    assert not {"17-trashed.jpg", "18-locked.jpg", "19-live.mov"} & set(assets)
    assert assets["30-video.mp4"].media_type == "video/mp4"


@pytest.mark.parametrize("version", ALL)
def test_places_and_times_are_those_of_the_files(mock: responses.RequestsMock, version: str) -> None:
    assets = listed(Replay(mock, version))
    bern = assets["01-bern.jpg"]
    assert bern.position == Position(lat=46.94809, lon=7.44744)
    assert bern.taken is not None
    assert bern.taken.instant == datetime(2026, 6, 14, 6, 5, 10, 120000, tzinfo=UTC)
    assert bern.taken.wall == datetime(2026, 6, 14, 8, 5, 10, 120000)  # noqa: DTZ001 - a wall clock
    assert bern.taken.utc_offset_s == 7200
    assert (bern.camera, bern.orientation, bern.size, bern.described) == ("Canon EOS R6", 1, 68804, True)
    fiji, samoa = assets["11-fiji-midnight.jpg"], assets["12-west-of-dateline.jpg"]
    assert fiji.taken is not None
    assert samoa.taken is not None
    assert (fiji.taken.utc_offset_s, samoa.taken.utc_offset_s) == (12 * 3600, 13 * 3600)
    assert samoa.position == Position(lat=-13.8333, lon=-171.7667)
    assert assets["20-favorite-portrait.jpg"].orientation == 6


@pytest.mark.parametrize("version", ALL)
def test_what_is_not_known_is_not_invented(mock: responses.RequestsMock, version: str) -> None:
    assets = listed(Replay(mock, version))
    for name in ("07-no-gps.jpg", "10-null-island.jpg", "09-no-exif.jpg"):
        assert assets[name].position is None, name
    assert assets["09-no-exif.jpg"].taken is None, "the time stamp of the file is not the time of the photo"
    unsure = assets["13-nogps-nooffset.jpg"].taken
    assert unsure is not None
    assert unsure.instant is None, "the server assumed its own zone"
    assert unsure.wall == datetime(2026, 6, 14, 15, 0)  # noqa: DTZ001 - a wall clock
    derived = assets["08-gps-no-offset.jpg"].taken
    assert derived is not None
    assert derived.instant == datetime(2026, 6, 14, 11, 0, tzinfo=UTC)


@pytest.mark.parametrize("version", ALL)
def test_every_photo_has_a_colour_without_a_download(mock: responses.RequestsMock, version: str) -> None:
    colours = {name: asset.colour for name, asset in listed(Replay(mock, version)).items()}
    assert None not in colours.values()
    assert len(set(colours.values())) > 10


@pytest.mark.parametrize("version", ALL)
def test_albums_say_what_people_know_of_them(mock: responses.RequestsMock, version: str) -> None:
    replay = Replay(mock, version)
    replay.add("server_version", "server_config", "api_keys_me", "users_me", "albums_list")
    if version == "2.7.5":
        replay.mock.add("GET", BASE + "/api/albums?shared=true", json=[])
    albums = {album.title: album for album in replay.library().albums()}
    assert set(albums) == {"Empty album", "Bernese Oberland 2026"}
    trip = albums["Bernese Oberland 2026"]
    assert (trip.count, trip.description, trip.owner) == (19, "Trip", None)
    assert trip.url is not None
    assert trip.url.endswith(f"/albums/{replay.album_id()}")
    assert trip.start is not None
    assert trip.start.date() == datetime(2026, 6, 14, tzinfo=UTC).date()
    assert trip.cover is not None
    assert albums["Empty album"].count == 0


def test_2x_finds_albums_of_others_only_when_asked_for(mock: responses.RequestsMock) -> None:
    replay = Replay(mock, "2.7.5")
    replay.add("server_version", "server_config", "api_keys_me", "albums_list_shared_true_as_viewer")
    replay.mock.add("GET", BASE + "/api/albums", json=[], match=[matchers.query_param_matcher({})])
    replay.mock.add("GET", BASE + "/api/users/me", json={"id": "somebody-else", "name": "Anna"})
    (album,) = replay.library().albums()
    assert (album.title, album.owner, album.count) == ("Bernese Oberland 2026", "Admin", 19)


def test_2x_tells_a_viewer_the_photos_of_an_album(mock: responses.RequestsMock) -> None:
    """Its search would find none of them."""
    replay = Replay(mock, "2.7.5")
    replay.add("server_version", "server_config", "albums_get_as_viewer")
    assert len(list(replay.library().assets(replay.album_id()))) == 19


@pytest.mark.parametrize("version", THREE)
def test_an_album_of_somebody_else_names_its_owner(mock: responses.RequestsMock, version: str) -> None:
    replay = Replay(mock, version)
    replay.add("server_version", "server_config", "api_keys_me", "albums_list_as_viewer")
    replay.mock.add("GET", BASE + "/api/users/me", json={"id": "somebody-else", "name": "Anna"})
    assert [(album.title, album.owner) for album in replay.library().albums()] == [("Bernese Oberland 2026", "Admin")]


@pytest.mark.parametrize("version", THREE)
def test_where_the_album_miscounts_the_exact_count_is_asked(mock: responses.RequestsMock, version: str) -> None:
    replay = Replay(mock, version)
    replay.add("server_version", "server_config", "api_keys_me", "search_statistics")
    search = "search_album_withExif_order_asc"
    replay.add(search)
    album = replay.load("albums_get")["response"]["body"]
    replay.mock.add("GET", f"{BASE}/api/albums/{album['id']}", json=album | {"assetCount": 23})
    assert len(list(replay.library().assets(album["id"]))) == 19


@pytest.mark.parametrize("version", ALL)
def test_the_account_is_the_person(mock: responses.RequestsMock, version: str) -> None:
    replay = Replay(mock, version)
    replay.add("api_keys_me", "users_me")
    account = replay.library().account()
    assert account.id == replay.load("users_me")["response"]["body"]["id"]
    assert (account.name, account.limits) == ("Admin", ())


@pytest.mark.parametrize("version", THREE)
def test_a_minimal_key_says_what_it_leaves_out(mock: responses.RequestsMock, version: str) -> None:
    replay = Replay(mock, version)
    replay.add("api_keys_me_minimal")
    library = replay.library()
    account = library.account()
    assert account.id.startswith("key/")
    told = " ".join(account.limits)
    scopes = "user.read asset.download album.update asset.update workflow.create workflow.delete asset.statistics"
    assert [scope for scope in scopes.split() if scope not in told] == []
    assert "asset.view" not in told
    assert (library.watch, library.write_back) == (None, None)


@pytest.mark.parametrize("version", ALL)
def test_a_wrong_key_is_refused_once(mock: responses.RequestsMock, version: str) -> None:
    replay = Replay(mock, version)
    refusal = replay.load("users_me_bad_key")["response"]
    replay.mock.add("GET", BASE + "/api/api-keys/me", json=refusal["body"], status=refusal["status"])
    library = replay.library()
    with pytest.raises(Unauthorized, match="Invalid API key"):
        library.account()
    with pytest.raises(Unauthorized, match="not tried again"):
        library.account()
    assert len(replay.mock.calls) == 1


@pytest.mark.parametrize("version", THREE)
def test_a_refusal_keeps_the_words_of_immich(mock: responses.RequestsMock, version: str) -> None:
    replay = Replay(mock, version)
    replay.add("permission_refused_403")
    with pytest.raises(Unauthorized, match=r"Missing required permission: map\.read"):
        replay.library()._api.get("/map/markers")


@pytest.mark.parametrize("version", ALL)
@pytest.mark.parametrize("name", ["albums_get_unknown", "albums_get_not_uuid"])
def test_immich_says_400_for_what_is_not_there(mock: responses.RequestsMock, version: str, name: str) -> None:
    replay = Replay(mock, version)
    replay.add("server_version", "server_config", name)
    album_id = replay.load(name)["request"]["url"].rpartition("/")[2]
    with pytest.raises(NotFound):
        list(replay.library().assets(album_id))


@pytest.mark.parametrize("version", ALL)
def test_originals_are_read_by_range(mock: responses.RequestsMock, version: str) -> None:
    replay = Replay(mock, version)
    data = bytes(range(256)) * 256
    replay.add("api_keys_me", "asset_original_range_0_65535", data=data)
    asset = _asset(replay, "asset_original_range_0_65535")
    assert replay.library().read(asset, 0, 65536) == data


@pytest.mark.parametrize("version", ALL)
def test_behind_the_end_of_a_file_there_is_nothing(mock: responses.RequestsMock, version: str) -> None:
    """404 with a range in 3.x, even 500 in 2.x."""
    replay = Replay(mock, version)
    replay.add("api_keys_me")
    answer = replay.load("asset_original_range_unsatisfiable")["response"]
    asset = _asset(replay, "asset_original_range_unsatisfiable")
    headers = {"Content-Range": answer["headers"]["Content-Range"]}
    url = f"{BASE}/api/assets/{asset.id}/original"
    replay.mock.add("GET", url, status=answer["status"], headers=headers, body=b'{"message":"Not Found"}')
    assert replay.library().read(asset, 99_999_999, 10) == b""


@pytest.mark.parametrize("version", ALL)
@pytest.mark.parametrize(("edge_px", "name"), [(64, "thumbnail"), (256, "thumbnail"), (1024, "preview")])
def test_previews_come_in_two_sizes(mock: responses.RequestsMock, version: str, edge_px: int, name: str) -> None:
    replay = Replay(mock, version)
    replay.add("api_keys_me", f"asset_thumbnail_{name}", data=b"picture")
    asset = _asset(replay, f"asset_thumbnail_{name}")
    assert replay.library().preview(asset, edge_px) == b"picture"


def _asset(replay: Replay, name: str) -> Asset:
    asset_id = replay.load(name)["request"]["url"].split("/")[3]
    return Asset(id=asset_id, where=asset_id, version="v", name="photo.jpg", media_type="image/jpeg", size=None)


@pytest.mark.parametrize("version", THREE)
def test_a_hook_is_understood(mock: responses.RequestsMock, version: str) -> None:
    replay = Replay(mock, version)
    replay.add("albums_list_by_asset")
    call = replay.load("webhook_AssetMetadataExtraction_01_bern")["request"]
    hooks = replay.library().parse_hook
    assert hooks is not None
    hint = hooks.hint(call["headers"], json.dumps(call["json"]).encode())
    assert hint == Hint(asset_ids=(call["json"]["data"]["asset"]["id"],))
    assert hooks.albums_of(hint.asset_ids[0]) == (replay.album_id(),)


def test_the_video_half_of_a_live_photo_is_no_news(mock: responses.RequestsMock) -> None:
    replay = Replay(mock, "3.1.0")
    hooks = replay.library().parse_hook
    assert hooks is not None
    call = replay.load("webhook_AssetMetadataExtraction_19_live_video_part")["request"]
    assert call["json"]["data"]["asset"]["visibility"] == "hidden"
    assert hooks.hint({}, json.dumps(call["json"]).encode()) == Hint()


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"data":{}}', b'{"data":{"asset":{"id":7}}}', b"\xff\xfe"])
def test_what_is_no_hook_is_said(mock: responses.RequestsMock, body: bytes) -> None:
    hooks = Replay(mock, "3.1.0").library().parse_hook
    assert hooks is not None
    with pytest.raises(BadReply):
        hooks.hint({}, body)


@pytest.mark.parametrize("version", THREE)
def test_a_workflow_is_made_once(mock: responses.RequestsMock, version: str) -> None:
    """The recorded list already holds one that calls this address with this secret."""
    replay = Replay(mock, version)
    replay.add("server_version", "api_keys_me", "workflows_list")
    step = replay.load("workflows_create_metadata")["request"]["json"]["steps"][0]
    watch = replay.library().watch
    assert watch is not None
    hook = watch.install(step["config"]["url"], step["config"]["headerValue"])
    assert hook == replay.load("workflows_create_metadata")["response"]["body"]["id"]


@pytest.mark.parametrize("version", THREE)
def test_the_link_goes_below_the_description_and_is_not_written_twice(
    mock: responses.RequestsMock, version: str
) -> None:
    replay = Replay(mock, version)
    replay.add("api_keys_me", "albums_get_withoutAssets", "albums_patch_description")
    back = replay.library().write_back
    assert back is not None
    back.link(replay.album_id(), "https://trace.example.org/w/abc123", "")
    replay.mock.reset()
    after = replay.load("albums_get_after_patch")["response"]["body"]
    replay.mock.add("GET", f"{BASE}/api/albums/{replay.album_id()}?withoutAssets=true", json=after)
    back.link(replay.album_id(), "https://trace.example.org/w/abc123", "")
    assert [call.request.method for call in replay.mock.calls] == ["GET"]


@pytest.mark.parametrize("version", ALL)
def test_a_position_is_put_and_the_one_before_is_told(mock: responses.RequestsMock, version: str) -> None:
    replay = Replay(mock, version)
    replay.add("api_keys_me", "asset_get_07_no_gps", "asset_put_latlon")
    back = replay.library().write_back
    assert back is not None
    assert back.place(_asset(replay, "asset_put_latlon"), Position(lat=46.61, lon=7.92)) is None


@pytest.mark.parametrize("version", THREE)
def test_where_put_is_gone_patch_takes_its_place(mock: responses.RequestsMock, version: str) -> None:
    replay = Replay(mock, version)
    replay.add("api_keys_me", "asset_get_07_no_gps", "asset_patch_latlon")
    asset = _asset(replay, "asset_patch_latlon")
    gone = {"message": f"Cannot PUT /api/assets/{asset.id}", "error": "Not Found", "statusCode": 404}
    replay.mock.add("PUT", f"{BASE}/api/assets/{asset.id}", status=404, json=gone)
    back = replay.library().write_back
    assert back is not None
    back.place(asset, Position(lat=46.61, lon=7.92))


@pytest.mark.parametrize("version", THREE)
def test_a_link_opens_its_album_without_a_key(mock: responses.RequestsMock, version: str) -> None:
    replay = Replay(mock, version)
    replay.add("share_slug_shared_links_me", "share_slug_album")
    version_said = replay.load("server_version")["response"]["body"]
    replay.mock.add("GET", BASE + "/api/server/version?slug=oberland", json=version_said)
    search = replay.load("share_slug_search_metadata")
    sent: list[Any] = []
    match = [matchers.query_param_matcher({"slug": "oberland"}), _noted(sent)]
    replay.mock.add("POST", BASE + "/api/search/metadata", json=search["response"]["body"], match=match)
    library = replay.library(share_link=BASE + "/s/oberland")
    assets = list(library.assets(replay.album_id()))
    assert len(assets) == 19
    assert sent[0]["albumIds"] == [replay.album_id()]
    assert {asset.url for asset in assets} == {None}, "the address of a photo would hold the link"
    with pytest.raises(NotFound):
        list(library.assets("00000000-0000-4000-8000-000000000000"))


def _noted(sent: list[Any]) -> Any:
    def match(request: Any) -> tuple[bool, str]:
        sent.append(json.loads(request.body))
        return True, ""

    return match


@pytest.mark.parametrize("version", ALL)
def test_a_link_that_hides_places_is_refused(mock: responses.RequestsMock, version: str) -> None:
    """Immich itself would list them."""
    replay = Replay(mock, version)
    replay.add("share_nometa_key_shared_links_me")
    library = replay.library(share_link=BASE + "/share/REDACTED-SHARE-KEY-NOMETA")
    with pytest.raises(Unauthorized, match="hides the photos' places"):
        library.account()
    replay.mock.assert_call_count(f"{BASE}/api/shared-links/me?key=REDACTED-SHARE-KEY-NOMETA", 1)


@pytest.mark.parametrize("version", ALL)
def test_a_link_with_a_password_asks_for_it(mock: responses.RequestsMock, version: str) -> None:
    replay = Replay(mock, version)
    replay.add("share_password_key_nopw_shared_links_me")
    library = replay.library(share_link=BASE + "/share/REDACTED-SHARE-KEY-PASSWORD")
    with pytest.raises(Unauthorized, match="asks for a password"):
        library.account()


@pytest.mark.parametrize("version", ALL)
def test_a_link_with_its_password_is_opened(mock: responses.RequestsMock, version: str) -> None:
    replay = Replay(mock, version)
    replay.add("shared_links_login")
    library = replay.library(share_link=BASE + "/s/withpw", password="REDACTED-LINK-PASSWORD")
    account = library.account()
    assert account.id.startswith("link/")
    assert account.name == "Bernese Oberland 2026"
    assert "REDACTED" not in repr(account)


def test_offsets_are_whole_seconds(mock: responses.RequestsMock) -> None:
    for asset in listed(Replay(mock, "3.1.0")).values():
        if asset.taken is not None and asset.taken.instant is not None and asset.taken.wall is not None:
            shown = asset.taken.wall.replace(tzinfo=UTC) - asset.taken.instant
            assert shown == timedelta(seconds=asset.taken.utc_offset_s or 0)
