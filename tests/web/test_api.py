"""The nouns of the API, each used as its users do: over real libraries, maps and files."""

from __future__ import annotations

import gzip
import io
import json
import math
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update

from connector.actions import people
from connector.actions.services import Services
from connector.render import pdf
from connector.store.tables import PhotoRow
from connector.web.app import create_app
from tests.adapters.nextcloud.recorded import SERVER, Recorded
from tests.adapters.servers import Misbehaving, dav_app, serving
from tests.tiny_network import crossing
from tests.web.album import WALK
from tests.web.conftest import API, Browser

PASSWORD = "s3cret-of-both"


@pytest.fixture
def server(library: Path) -> Iterator[tuple[Misbehaving, str]]:
    app = Misbehaving(dav_app(library, {"anna": PASSWORD, "ben": PASSWORD}))
    with serving(app) as address:
        yield app, f"{address}/dav"


def test_the_first_start_is_taken_over_once(stranger: Browser, services: Services) -> None:
    code = people.setup_code(services)
    assert stranger.post("/setup", {"code": "0000-0000-0000-0000", "name": "Eve"}).status_code == 403
    made = stranger.post("/setup", {"code": code, "name": "Anna"})
    assert made.status_code == 201
    assert made.json["person"]["is_admin"] is True
    assert "HttpOnly" in made.headers["Set-Cookie"]
    assert stranger.post("/setup", {"code": code, "name": "Eve"}).status_code == 403
    assert Browser(stranger.client, made.json["token"]).get("/me").json["name"] == "Anna"


def test_people_come_in_with_the_library_an_administrator_connected(
    anna: Browser, stranger: Browser, server: tuple[Misbehaving, str]
) -> None:
    app, url = server
    way_in = {"kind": "webdav", "options": {"url": url, "user": "ben", "password": PASSWORD}}
    assert stranger.post("/session", way_in).status_code == 403
    assert app.seen == []  # nobody connected it yet, so nothing was sent there
    hers = {"url": url, "user": "anna", "password": PASSWORD}
    assert anna.post("/connections", {"name": "cloud", "kind": "webdav", "options": hers}).status_code == 201
    came = stranger.post("/session", way_in)
    assert came.status_code == 201, came.text
    assert came.json["person"]["is_admin"] is False
    token = came.headers["Set-Cookie"].partition("tracer_session=")[2].partition(";")[0]
    ben = Browser(stranger.client, token)
    assert [each["kind"] for each in ben.get("/connections").json] == ["webdav"]
    assert ben.get("/traces").json == []
    assert PASSWORD not in came.text + ben.get("/connections").text
    wrong = {"kind": "webdav", "options": {"url": url, "user": "ben", "password": "no"}}
    assert stranger.post("/session", wrong).status_code == 403


def test_the_librarys_own_sign_in_page_connects_it(services: Services, anna: Browser) -> None:
    net = Recorded("loginflow2_init", "loginflow2_poll_pending", "loginflow2_poll_done", "ocs_user", "ocs_user")
    client = create_app(replace(services, net=net)).test_client()
    headers = {"Authorization": f"Bearer {anna.token}"}
    asked = {"kind": "nextcloud", "url": SERVER, "name": "cloud"}
    started = client.post(f"{API}/connections/login-flow", json=asked, headers=headers)
    assert started.status_code == 201, started.text
    assert started.json["login_url"].startswith(f"{SERVER}/login/v2/flow/")
    path = f"{API}/connections/login-flow/{started.json['id']}"
    states = [client.get(path, headers=headers).json for _ in range(3)]
    assert [each["state"] for each in states] == ["waiting", "done", "done"], states
    assert states[1]["connection"]["kind"] == "nextcloud"
    assert client.get(f"{API}/connections", headers=headers).json == [states[1]["connection"]]


def test_a_kind_without_a_sign_in_page_says_so(anna: Browser) -> None:
    answer = anna.post("/connections/login-flow", {"kind": "folder", "url": "http://x.example", "name": "x"})
    assert answer.status_code == 422
    assert anna.get("/connections/login-flow/unknown").status_code == 404


def test_what_somebody_prefers_stays(anna: Browser) -> None:
    for lang in ("en", "de", "zh", None):
        changed = anna.ask("PATCH", f"{API}/me", json={"preferences": {"lang": lang}})
        assert changed.json["preferences"]["lang"] == lang, changed.text
    anna.ask("PATCH", f"{API}/me", json={"preferences": {"units": "imperial"}})
    assert anna.get("/me").json["preferences"] == {"lang": None, "units": "imperial", "style": None}
    assert anna.ask("PATCH", f"{API}/me", json={"preferences": {"lang": "tlh"}}).status_code == 422


def test_a_program_gets_a_token_of_its_own(anna: Browser, stranger: Browser) -> None:
    program = Browser(stranger.client, anna.post("/tokens", {"label": "backup"}).json["token"])
    assert program.get("/me").json["name"] == "Anna"
    assert program.ask("DELETE", f"{API}/session").status_code == 204
    assert program.get("/me").status_code == 401
    assert anna.get("/me").status_code == 200


def test_albums_have_covers_and_their_traces(anna: Browser, connection_id: str, trace_id: str) -> None:
    (walk,) = anna.get(f"/connections/{connection_id}/albums").json
    assert (walk["title"], walk["count"], walk["has_cover"], walk["trace_id"]) == ("walk", 6, True, trace_id)
    assert walk["located"] == 5
    cover = anna.get(f"/connections/{connection_id}/cover", query_string={"album": "walk"})
    assert (cover.status_code, cover.mimetype) == (200, "image/jpeg")
    again = anna.get(
        f"/connections/{connection_id}/cover",
        query_string={"album": "walk"},
        headers={"If-None-Match": cover.headers["ETag"]},
    )
    assert again.status_code == 304
    assert anna.get(f"/connections/{connection_id}/cover", query_string={"album": "no"}).status_code == 404


def test_an_album_under_another_name_is_offered_and_followed_when_somebody_says_so(
    anna: Browser, ben: Browser, library: Path, trace_id: str
) -> None:
    (library / "walk").rename(library / "stroll")
    answer = anna.post(f"/traces/{trace_id}/again", {})
    assert answer.status_code == 404
    assert "'stroll' holds 6 of the 6 photos of 'walk'" in answer.json["detail"]
    (offer,) = anna.get(f"/traces/{trace_id}").json["moved"]
    assert offer == {
        "album_id": "walk", "title": "walk", "new_album_id": "stroll", "new_title": "stroll", "kept": 6, "of": 6
    }  # fmt: skip
    said = {"album_id": "walk", "new_album_id": "stroll", "same": True}
    assert ben.post(f"/traces/{trace_id}/moved", said).status_code == 404
    assert anna.post(f"/traces/{trace_id}/moved", {**said, "same": "yes"}).status_code == 422
    assert anna.post(f"/traces/{trace_id}/moved", said).status_code == 202
    after = anna.get(f"/traces/{trace_id}").json
    assert (after["album_titles"], after["moved"], after["version"]) == (["stroll"], [], 2)
    assert anna.post(f"/traces/{trace_id}/moved", {**said, "same": False}).status_code == 404


def test_a_connection_is_tried_step_by_step(anna: Browser, connection_id: str) -> None:
    steps = anna.get(f"/connections/{connection_id}/checks").json
    assert steps
    assert all(step["ok"] for step in steps)


def test_disconnecting_takes_the_traces_along(anna: Browser, connection_id: str, trace_id: str) -> None:
    assert anna.ask("DELETE", f"{API}/connections/{connection_id}").status_code == 204
    assert anna.get("/connections").json == []
    assert anna.get(f"/traces/{trace_id}").status_code == 404


def test_title_and_style_change_and_the_document_with_them(anna: Browser, trace_id: str) -> None:
    before = anna.get(f"/traces/{trace_id}/document")
    changes = {"title": "A walk", "subtitle": "in spring", "style": {"theme": "night", "width_px": 7}}
    assert anna.ask("PATCH", f"{API}/traces/{trace_id}", json=changes).json["title"] == "A walk"
    after = anna.get(f"/traces/{trace_id}/document", headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert (after.json["title"], after.json["style"]["theme"]) == ("A walk", "night")
    wrong = {"title": " ", "style": {"theme": 5, "glitter": True}}
    answer = anna.ask("PATCH", f"{API}/traces/{trace_id}", json=wrong)
    assert answer.status_code == 422
    assert len(answer.json["errors"]) == 3
    assert anna.get(f"/traces/{trace_id}").json["title"] == "A walk"


def test_the_document_is_small_and_kept(anna: Browser, trace_id: str) -> None:
    packed = anna.get(f"/traces/{trace_id}/document", headers={"Accept-Encoding": "gzip"})
    plain = anna.get(f"/traces/{trace_id}/document", headers={"Accept-Encoding": "identity"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(packed.data)) == plain.json
    assert len(packed.data) < len(plain.data)
    assert packed.headers["ETag"] == plain.headers["ETag"]
    again = anna.get(f"/traces/{trace_id}/document", headers={"If-None-Match": packed.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_the_document_is_another_one_where_its_version_stays(anna: Browser, services: Services, trace_id: str) -> None:
    """The colours of photos become known as their pictures are asked for, and maps are added."""
    path = f"/traces/{trace_id}/document"
    before = anna.get(path)
    with services.store.write() as session:
        session.execute(update(PhotoRow).values(colour="#123456"))
    after = anna.get(path, headers={"If-None-Match": before.headers["ETag"]})
    assert (after.status_code, after.json["version"]) == (200, before.json["version"])
    assert after.json != before.json
    edit = {"edit": {"kind": "exclude", "asset": after.json["photos"]["key"][1]}}
    made = anna.post(f"/traces/{trace_id}/edits", edit, headers={"If-Match": after.headers["ETag"]})
    assert made.status_code == 200, "it is what an edit names"


def test_a_line_is_dragged_undone_and_redone(anna: Browser, trace_id: str) -> None:
    document = anna.get(f"/traces/{trace_id}/document").json
    key, path = document["photos"]["key"], f"/traces/{trace_id}"
    lat, lon = crossing(3, 2)
    edit = {"edit": {"kind": "via", "after_asset": key[0], "before_asset": key[1], "lat": lat, "lon": lon}}
    seen = anna.post(f"{path}/preview", edit)
    assert seen.status_code == 200
    assert list(seen.json["legs"]) == ["0"]
    assert anna.get(path).json["version"] == int(document["version"])
    version, shapes = document["version"], []
    for step, body in (("edits", edit), ("undo", None), ("redo", {})):
        made = anna.post(f"{path}/{step}", body, headers={"If-Match": f'"{version}"'})
        assert made.status_code == 200, made.text
        assert made.headers["ETag"] == f'"{made.json["version"]}"'
        assert re.fullmatch(r"engine;dur=\d+\.\d", made.headers["Server-Timing"])
        version = made.json["version"]
        shapes.append(made.json["changed"]["legs"]["0"]["shape"])
    assert shapes[0] == shapes[2] != shapes[1]
    assert shapes[0] == seen.json["legs"]["0"]["shape"]
    assert made.json["log"] == {"undo": 1, "redo": None}
    assert anna.post(f"{path}/again").status_code == 202
    kept = anna.get(f"{path}/document").json
    assert kept["legs"]["shape"][0] == shapes[0]
    assert len(kept["stops"]["photos"]) == len(WALK)


def test_a_tile_goes_out_as_it_lies(anna: Browser, trace_id: str) -> None:
    assert anna.get(f"/traces/{trace_id}/document").json["tiles"] == ["tiny"]
    lat, lon = crossing(5, 5)
    x = int((lon + 180) / 360 * 2**14)
    y = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**14)
    path = f"/tiles/tiny/14/{x}/{y}.mvt"
    tile = anna.get(path, headers={"Accept-Encoding": "gzip"})
    assert (tile.status_code, tile.mimetype) == (200, "application/vnd.mapbox-vector-tile")
    plain = anna.get(path, headers={"Accept-Encoding": "identity"})
    assert gzip.decompress(tile.data) == plain.data
    assert anna.get(path, headers={"If-None-Match": plain.headers["ETag"]}).status_code == 304
    assert anna.get("/tiles/tiny/3/0/0.mvt").status_code == 204


@pytest.mark.parametrize(
    ("form", "media_type", "begins"),
    [
        ("gpx", "application/gpx+xml", b"<?xml"),
        ("geojson", "application/geo+json", b"{"),
        ("kml", "application/vnd.google-earth.kml+xml", b"<?xml"),
        ("kmz", "application/vnd.google-earth.kmz", b"PK"),
        ("zip", "application/zip", b"PK"),
    ],
)
def test_a_trace_is_a_file_to_keep(anna: Browser, trace_id: str, form: str, media_type: str, begins: bytes) -> None:
    anna.ask("PATCH", f"{API}/traces/{trace_id}", json={"title": 'Über/"Berge" 🏔'})
    answer = anna.get(f"/traces/{trace_id}/files/{form}")
    assert (answer.status_code, answer.mimetype) == (200, media_type)
    assert answer.data.startswith(begins)
    named = answer.headers["Content-Disposition"]
    assert named.startswith("attachment; filename")
    assert f".{form}" in named
    if begins == b"PK":
        names = zipfile.ZipFile(io.BytesIO(answer.data)).namelist()
        assert all(not name.startswith(("/", "..")) for name in names)
    assert anna.get(f"/traces/{trace_id}/files/exe").status_code == 404


@pytest.mark.parametrize("shape", ["portrait", "square", "story", "landscape", "a4"])
def test_the_picture_is_drawn_once(anna: Browser, trace_id: str, shape: str, services: Services) -> None:
    for key in anna.get(f"/traces/{trace_id}/document").json["photos"]["key"]:
        assert anna.get(f"/traces/{trace_id}/photos/{key}").status_code == 200  # now their colours are known
    path = f"/traces/{trace_id}/picture.svg?shape={shape}&theme=night"
    first = anna.get(path)
    assert (first.status_code, first.mimetype) == (200, "image/svg+xml")
    assert "sandbox" in first.headers["Content-Security-Policy"]
    drawn = list((services.settings.data / "posters").rglob("*.poster"))
    assert len(drawn) == 1
    assert anna.get(path).data == first.data
    assert anna.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert list((services.settings.data / "posters").rglob("*.poster")) == drawn


def test_the_picture_is_drawn_in_the_language_that_is_asked_for(anna: Browser, trace_id: str) -> None:
    path = f"/traces/{trace_id}/picture.svg"
    english, german = anna.get(path).text, anna.get(f"{path}?lang=de-CH").text
    assert ("May 2026" in english, "Mai 2026" in german) == (True, True)
    assert "May 2026" in anna.get(f"{path}?lang=tlh").text


def test_the_picture_as_pdf_where_it_can_be_made(anna: Browser, trace_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made = anna.get(f"/traces/{trace_id}/picture.pdf?shape=a4")
    assert made.status_code == 200
    assert made.mimetype == "application/pdf"
    assert made.data.startswith(b"%PDF-")
    assert "&#34;pdf&#34;: true" in anna.ask("GET", "/").text, "the studio offers it"
    monkeypatch.setattr(pdf, "is_able", lambda: False)
    refused = anna.get(f"/traces/{trace_id}/picture.pdf?shape=a4")
    assert refused.status_code == 422
    assert "image-tracer[pdf]" in refused.text
    assert "pdf" not in anna.ask("GET", "/").text.partition("data-config")[2].partition(">")[0]


def test_characters_without_a_font_are_named(anna: Browser, trace_id: str) -> None:
    path = f"/traces/{trace_id}"
    assert anna.get(f"{path}/unwritable").json == {"characters": []}
    assert anna.ask("PATCH", f"/api/v1{path}", json={"title": "Memphis 𓀀"}).status_code == 200
    assert anna.get(f"{path}/unwritable").json == {"characters": ["𓀀"]}


def test_strangers_draw_only_so_many_pictures(anna: Browser, stranger: Browser, trace_id: str) -> None:
    token = anna.post(f"/traces/{trace_id}/shares", {}).json["token"]
    widths = [stranger.ask("GET", f"/embed/{token}/picture.png?width={200 + n}").status_code for n in range(31)]
    assert widths == [200] * 30 + [429]
    assert stranger.ask("GET", f"/embed/{token}/picture.png?width=229").status_code == 200  # drawn already


def test_styles_are_kept(anna: Browser, ben: Browser) -> None:
    made = anna.post("/styles", {"name": "mine", "style": {"theme": "night", "featured": ["a"]}}).json
    assert made["style"]["theme"] == "night"
    assert made["style"]["featured"] == []
    assert [each["id"] for each in anna.get("/styles").json] == [made["id"]]
    assert ben.get("/styles").json == []
    assert anna.ask("DELETE", f"{API}/styles/{made['id']}").status_code == 204
    assert anna.get("/styles").json == []
    assert len(anna.get("/themes").json) >= 8


def test_a_connection_is_watched_by_rules(anna: Browser, connection_id: str) -> None:
    path = f"{API}/connections/{connection_id}/watch"
    assert anna.ask("GET", path).status_code == 404
    assert anna.ask("PUT", path, json={}).status_code == 422
    made = anna.ask("PUT", path, json={"name": "wa*", "hide_ends_m": 200})
    assert made.json["rules"]["name"] == "wa*"
    assert anna.ask("GET", path).json["rules"] == made.json["rules"]
    assert anna.ask("DELETE", path).status_code == 204
    assert anna.ask("GET", path).status_code == 404


def test_a_notice_shows_no_more_than_where_it_goes(anna: Browser) -> None:
    made = anna.post("/notices", {"kind": "webhook", "address": "https://example.org/hook?key=sentinel"})
    assert made.status_code == 201, made.text
    assert made.json["secret"].startswith("whsec_")
    shown = anna.get("/notices")
    assert [each["where"] for each in shown.json] == ["https://example.org"]
    assert "sentinel" not in shown.text
    assert made.json["secret"] not in shown.text
    assert anna.ask("DELETE", f"{API}/notices/{made.json['notice']['id']}").status_code == 204
    assert anna.get("/notices").json == []


def test_apprise_is_the_administrator_s_alone(ben: Browser) -> None:
    refused = ben.post("/notices", {"kind": "apprise", "address": "json://127.0.0.1:9/"})
    assert (refused.status_code, refused.json["type"]) == (403, "urn:image-tracer:forbidden")
    assert "only the administrator may use Apprise" in refused.json["detail"]
    assert ben.get("/notices").json == []


def test_a_library_that_takes_no_positions_says_so_before(anna: Browser, trace_id: str) -> None:
    plan = anna.get(f"/traces/{trace_id}/write-back").json
    assert plan["refused"]
    assert anna.post(f"/traces/{trace_id}/write-back", {}).status_code == 403
    assert anna.get(f"/traces/{trace_id}/write-back/log").json == []
    sidecars = anna.get(f"/traces/{trace_id}/write-back/sidecars.zip")
    assert sidecars.status_code == 200
    assert zipfile.is_zipfile(io.BytesIO(sidecars.data))


def test_a_photo_that_is_opened_leads_to_its_library(anna: Browser, trace_id: str) -> None:
    key = anna.get(f"/traces/{trace_id}/document").json["photos"]["key"][0]
    answer = anna.get(f"/traces/{trace_id}/photos/{key}/open")
    assert answer.status_code == 404  # a folder has no page to open it on
