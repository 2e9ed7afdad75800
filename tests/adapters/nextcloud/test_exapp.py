"""As an app inside a Nextcloud: installed, asked by the server for its users, shown in its pages."""

from __future__ import annotations

import base64
import io
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from werkzeug.test import TestResponse

from adapters.library import Unauthorized
from adapters.nextcloud.app import KIND, App
from connector.actions import connections, people, traces, vouched, watch
from connector.actions.services import Services, open_services
from connector.settings import BadSettings, Settings
from connector.web.app import create_app
from connector.web.exapp import app_of
from tests.adapters.nextcloud.fake import FakeNextcloud, recorded_metadata
from tests.adapters.nextcloud.recorded import SERVER, Recorded, Variant, recording
from tests.adapters.servers import serving

SECRET = "sentinel-app-secret-0123456789"
LIFE = recording("exapp_lifecycle_and_inbound")
PROXY = "/index.php/apps/app_api/proxy/image_tracer"


@dataclass
class Inside:
    """The application inside the fake, and the fake's side of the conversation."""

    app: Flask
    services: Services
    fake: FakeNextcloud

    def call(self, method: str, path: str, user: str = "", *, secret: str = SECRET, **more: Any) -> TestResponse:
        """As the server calls: with the headers it was recorded to send."""
        said = base64.b64encode(f"{user}:{secret}".encode()).decode()
        headers = {
            "EX-APP-ID": "image_tracer",
            "EX-APP-VERSION": "0.1.0",
            "AA-VERSION": "32.0.0",
            "AA-REQUEST-ID": "x",
            "AUTHORIZATION-APP-API": said,
            "X-Origin-Ip": "127.0.0.1",
            **(more.pop("headers", None) or {}),
        }
        return self.app.test_client().open(path, method=method, headers=headers, **more)


def _photo(seed: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (32, 24), (seed % 255, 90, 120)).save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def inside(tmp_path: Path, tiny_maps: Path) -> Iterator[Inside]:
    fake = FakeNextcloud({"alice": "-", "bob": "-"})
    fake.app_secret = SECRET
    for n in range(3):
        known = recorded_metadata(f"IMG_000{n + 1}.jpg")
        fake.put("alice", f"Photos/Trip A/IMG_{n}.jpg", _photo(n), known)
    fake.put("alice", "Photos/Trip C/day 1/a.jpg", _photo(7), recorded_metadata())
    fake.put("alice", "Photos/Trip C/day 2/b.jpg", _photo(8), recorded_metadata())
    fake.put("bob", "Photos/Own/c.jpg", _photo(9), recorded_metadata())
    data = tmp_path / "data"
    data.mkdir()
    (data / "maps").symlink_to(tiny_maps)
    with serving(fake) as url:
        settings = Settings(
            data=data,
            router_threads=1,
            allowed_networks=("127.0.0.0/8",),
            exapp_id="image_tracer",
            exapp_version="0.1.0",
            exapp_secret=SECRET,  # type: ignore[arg-type]  # pydantic makes it a secret
            exapp_url=url,
        )
        with open_services(settings) as services:
            yield Inside(create_app(services), services, fake)


def _recorded(direction: str, path: str) -> list[dict[str, Any]]:
    return [each for each in LIFE if each["dir"] == direction and each["path"].startswith(path)]


def _wait_for(condition: Any, seconds: float = 5.0) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not happen"
        time.sleep(0.01)


# -- installation


def test_the_recorded_installation(inside: Inside) -> None:
    """Heartbeat, init, heartbeat, enabled as they were recorded; what we say back goes to the same places."""
    asked = [each for each in LIFE[:4] if each["dir"] == "in"]
    assert [each["path"] for each in asked] == ["/heartbeat?", "/init?", "/heartbeat?", "/enabled?enabled=1"]
    for each in asked:
        headers = {name: value for name, value in each["headers"] if name not in ("Host", "Content-Length")}
        if "Authorization-App-Api" in headers:
            headers["Authorization-App-Api"] = base64.b64encode(f":{SECRET}".encode()).decode()
        answer = inside.app.test_client().open(each["path"], method=each["method"], headers=headers, data=each["body"])
        assert answer.status_code == 200, each["path"]
        assert answer.json == {"/heartbeat?": {"status": "ok"}, "/init?": {}}.get(each["path"], {"error": ""})
    _wait_for(lambda: any(method == "PUT" for method, _, _ in inside.fake.app_calls))
    said = {path: body for _, path, body in inside.fake.app_calls}
    for each in [e for e in LIFE if e["dir"] == "out" and "app_api" in e["path"]]:
        assert set(said[each["path"]]) == set(each["body"]), each["path"]
    assert said["/ocs/v1.php/apps/app_api/ex-app/status"] == {"progress": 100, "error": ""}
    action = said["/ocs/v1.php/apps/app_api/api/v2/ui/files-actions-menu"]
    assert (action["displayName"], action["mime"]) == ("Trace this folder", "httpd/unix-directory")
    (registered,) = _recorded("out", "/ocs/v2.php/apps/webhook_listeners")
    ours = next(hook for hook in inside.fake.webhooks.values() if hook["event"] == registered["body"]["event"])
    assert set(registered["body"]) | {"id"} == set(ours)
    assert (ours["uri"], ours["authMethod"], ours["authData"]) == ("/exapp/hook", "none", [])


def test_enabling_again_asks_for_no_second_call(inside: Inside) -> None:
    for _ in range(3):
        assert inside.call("PUT", "/enabled?enabled=1").json == {"error": ""}
    assert len(inside.fake.webhooks) == 4
    assert inside.call("PUT", "/enabled?enabled=0").json == {"error": ""}
    assert [method for method, _, _ in inside.fake.app_calls].count("DELETE") == 3


def test_a_server_that_refuses_is_told_in_the_answer(inside: Inside) -> None:
    inside.fake.app_secret = "another"  # ours is out of date: the recorded refusal
    answer = inside.call("PUT", "/enabled?enabled=1")
    assert answer.status_code == 200
    assert "does not let us in" in answer.json["error"]
    assert SECRET not in answer.text


def test_nobody_else_may_call(inside: Inside) -> None:
    for path in ("/init", "/enabled?enabled=1", "/exapp/hook", "/exapp/trace"):
        method = "PUT" if "enabled" in path else "POST"
        assert inside.app.test_client().open(path, method=method).status_code == 401, path
        for secret in ("", "wrong", SECRET[:-1], SECRET + "x", "\u00fc"):
            assert inside.call(method, path, "alice", secret=secret).status_code == 401, (path, secret)
            assert inside.call("GET", "/app", "alice", secret=secret).status_code == 401, secret
    for headers in ({"AUTHORIZATION-APP-API": "%%%"}, {"EX-APP-ID": "other"}, {"AUTHORIZATION-APP-API": ""}):
        assert inside.call("GET", "/app", "alice", headers=headers).status_code == 401, headers
    assert inside.fake.seen == [], "somebody made us call the server"


# -- for its users


def test_a_user_of_the_server_is_a_person_here_with_the_library_connected(inside: Inside) -> None:
    me = inside.call("GET", "/api/v1/me", "alice")
    assert me.status_code == 200
    assert me.json["name"] == "Alice"
    assert not me.json["is_admin"]
    (connection,) = inside.call("GET", "/api/v1/connections", "alice").json
    albums = inside.call("GET", f"/api/v1/connections/{connection['id']}/albums", "alice").json
    assert {album["id"] for album in albums} == {
        "folder:Photos/Trip A",
        "folder:Photos/Trip C/day 1",
        "folder:Photos/Trip C/day 2",
    }
    other = inside.call("GET", f"/api/v1/connections/{connection['id']}/albums", "bob")
    assert other.status_code == 404
    assert inside.call("GET", "/api/v1/me", "bob").json["id"] != me.json["id"]
    assert inside.call("GET", "/api/v1/me", "").status_code == 401
    assert SECRET not in json.dumps([me.json, connection, albums])


def test_the_server_is_asked_who_somebody_is_once_in_a_while(inside: Inside) -> None:
    for _ in range(5):
        inside.call("GET", "/api/v1/me", "alice")
    assert [path for _, path in inside.fake.seen].count("/ocs/v2.php/cloud/user") == 1
    (row,) = connections.connections(inside.services, _person(inside, "alice"))
    inside.fake.seen.clear()
    inside.call("GET", "/api/v1/me", "bob")
    assert row.name == "Nextcloud (this app)"
    assert len(connections.connections(inside.services, _person(inside, "alice"))) == 1


def test_what_everybody_may_see_does_not_ask_the_server(inside: Inside) -> None:
    inside.fake.app_secret = "out of order"
    assert inside.call("GET", "/embed/nobodys", "alice").status_code == 404
    assert inside.call("GET", "/js/main.js", "alice").status_code == 200
    assert inside.fake.seen == []
    assert inside.call("GET", "/api/v1/me", "alice").status_code == 403


def _person(inside: Inside, user: str) -> people.Person:
    return _known(inside, user).person


def _known(inside: Inside, user: str) -> vouched.Vouched:
    app = app_of(inside.services.settings)
    assert app is not None
    found = vouched.known(inside.services, "nextcloud-app", f"{user}@{app.host}")
    assert found is not None
    return found


def test_a_new_secret_is_what_the_library_is_read_with_from_then_on(inside: Inside) -> None:
    inside.call("GET", "/api/v1/me", "alice")
    before = _known(inside, "alice")
    app = app_of(inside.services.settings)
    assert app is not None
    inside.fake.app_secret = "renewed-secret"
    renewed = App(app.url, app.id, app.version, "renewed-secret")
    after = vouched.arrive(inside.services, "nextcloud-app", renewed.options("alice"))
    assert after == before
    with connections.library(inside.services, after.person, after.connection_id) as library:
        assert library.account().name == "Alice"


def test_one_secret_reads_any_users_files_as_recorded() -> None:
    """The recorded requests carried the same headers; the answers are two users' own folders."""
    for user, name in (("alice", "exapp_dav_as_alice"), ("bob", "exapp_dav_as_bob")):
        asked = recording(name)["request"]
        app = App(SERVER, asked["headers"]["EX-APP-ID"], asked["headers"]["EX-APP-VERSION"], "any")
        net = Recorded(Variant(name, depth="1"))
        server = KIND.open(app.options(user), net).home.server  # type: ignore[attr-defined]  # below the seam
        path = asked["url"].partition("/remote.php/dav/")[2].rstrip("/")
        found = server.dav.listing(path.replace("%20", " "), ("{DAV:}getetag",))
        net.check()
        assert found[0].path.startswith(f"/remote.php/dav/files/{user}/")
        sent = net.asked[0][2]
        ours = {k.lower() for k in asked["headers"] if k.lower().startswith(("ex-app", "aa-", "authorization-app"))}
        assert ours <= set(sent)


def test_the_recorded_refusal_of_a_wrong_secret() -> None:
    net = Recorded(Variant("exapp_wrong_secret", path="/ocs/v2.php/cloud/user"))
    library = KIND.open(App(SERVER, "image_tracer", "0.1.0", "wrong").options("alice"), net)
    for _ in range(2):
        with pytest.raises(Unauthorized):
            library.account()
    assert len(net.asked) == 1
    net.check()


# -- in its pages


def _click(inside: Inside, directory: str, name: str, user: str = "alice") -> TestResponse:
    """The recorded click on 'Trace this folder', of another folder."""
    (recorded,) = _recorded("in", "/trace")
    said = json.loads(recorded["body"])
    assert {"directory", "name", "fileType"} <= set(said["files"][0])
    said["files"][0] |= {"directory": directory, "name": name, "userId": user}
    return inside.call("POST", "/exapp/trace", user, json=said, headers={"Sec-Fetch-Site": "same-origin"})


def test_trace_this_folder_makes_the_trace_and_leads_to_it(inside: Inside) -> None:
    answer = _click(inside, "/Photos", "Trip A")
    handler = answer.json["redirect_handler"]
    assert handler.startswith(
        json.loads(recording("exapp_files_action_click")["response"]["body"])["redirect_handler"][:7]
    )
    menu, _, path = handler.partition("/")
    assert menu == "tracer"
    (trace,) = traces.traces(inside.services, _person(inside, "alice"))
    assert path == f"traces/{trace.id}"
    assert trace.album_ids == ("folder:Photos/Trip A",)
    assert trace.title == "Trip A"
    page = inside.call("GET", "/" + path, "alice")
    assert page.status_code == 200
    assert f"{PROXY}/api/v1" in page.text, "the page asks somewhere else than through the proxy"
    assert inside.call("GET", f"/api/v1/traces/{trace.id}", "alice").json["photos"] == 3
    assert inside.call("GET", f"/api/v1/traces/{trace.id}", "bob").status_code == 404


def test_a_second_click_leads_to_the_same_trace(inside: Inside) -> None:
    first = _click(inside, "/Photos", "Trip A").json
    inside.fake.put("alice", "Photos/Trip A/IMG_9.jpg", _photo(4), recorded_metadata("IMG_0005.jpg"))
    assert _click(inside, "/Photos", "Trip A").json == first
    (trace,) = traces.traces(inside.services, _person(inside, "alice"))
    assert trace.photos == 4


def test_a_folder_that_only_holds_folders_is_traced_by_those(inside: Inside) -> None:
    _click(inside, "/Photos", "Trip C")
    (trace,) = traces.traces(inside.services, _person(inside, "alice"))
    assert sorted(trace.album_ids) == ["folder:Photos/Trip C/day 1", "folder:Photos/Trip C/day 2"]


def test_a_folder_within_a_traced_one_is_not_traced_twice(inside: Inside) -> None:
    inside.fake.put("alice", "Photos/Trip C/day 1/evening/z.jpg", _photo(2), recorded_metadata())
    _click(inside, "/Photos", "Trip C")
    (trace,) = traces.traces(inside.services, _person(inside, "alice"))
    assert sorted(trace.album_ids) == ["folder:Photos/Trip C/day 1", "folder:Photos/Trip C/day 2"]
    assert trace.photos == 3


def test_a_folder_without_photos_says_so(inside: Inside) -> None:
    inside.fake.put("alice", "Papers/a.md", b"x")
    assert _click(inside, "/", "Papers").json == {"redirect_handler": "tracer/app/empty"}
    page = inside.call("GET", "/app/empty", "alice")
    assert page.status_code == 200
    assert "no photos" in page.text


def test_another_persons_folder_cannot_be_traced(inside: Inside) -> None:
    assert _click(inside, "/Photos", "Own", user="alice").status_code == 404


def test_a_click_that_names_no_folder_is_refused(inside: Inside) -> None:
    for said in (None, [], {}, {"files": []}, {"files": [{"fileType": "file", "name": "a.jpg"}]}, {"files": "x"}):
        assert inside.call("POST", "/exapp/trace", "alice", json=said).status_code == 400, said


def test_another_sites_page_cannot_click(inside: Inside) -> None:
    said = {"files": [{"fileType": "dir", "directory": "/Photos", "name": "Trip A"}]}
    answer = inside.call("POST", "/exapp/trace", "alice", json=said, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


def test_what_goes_through_the_proxy_carries_its_own_policy_and_may_be_framed_by_the_server(inside: Inside) -> None:
    """Without one the recorded proxy stamps `default-src 'none'` and an hour's cache on every answer."""
    stamped = {k.lower(): v for k, v in recording("exapp_proxy_public_noauth")["response"]["headers"]}
    assert "default-src 'none'" in stamped["content-security-policy"]
    for path in ("/app", "/js/main.js", "/exapp/icon.svg", "/api/v1/me", "/heartbeat", "/embed/nobodys", "/app/empty"):
        answer = inside.call("GET", path, "alice")
        assert answer.headers["Cache-Control"], path
        policy = answer.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" not in policy, path
        assert "X-Frame-Options" not in answer.headers
    assert "script-src 'self'" in inside.call("GET", "/app", "alice").headers["Content-Security-Policy"]
    outside = inside.app.test_client().get("/")
    assert "frame-ancestors 'none'" in outside.headers["Content-Security-Policy"]


def test_the_script_of_the_page_frames_what_the_address_names(inside: Inside) -> None:
    script = inside.call("GET", "/js/main.js", "alice")
    assert script.mimetype == "text/javascript"
    assert r"/\/embedded\/[^/]+\/tracer\/?/" in script.text


def test_a_patch_passes_the_proxy_as_a_post(inside: Inside) -> None:
    said = {"preferences": {"units": "imperial"}}
    override = {"X-HTTP-Method-Override": "PATCH"}
    assert inside.call("POST", "/api/v1/me", "alice", json=said, headers=override).status_code == 200
    assert inside.call("GET", "/api/v1/me", "alice").json["preferences"]["units"] == "imperial"
    assert inside.app.test_client().post("/api/v1/me", json=said, headers=override).status_code == 405


class _Idle:
    """A queue whose worker never comes."""

    def enqueue(self, job_id: str, trace_id: str) -> None:
        """Waits."""

    def cancel(self, job_id: str) -> None:
        """Nothing runs."""


def test_progress_through_the_proxy_is_one_look_since_the_proxy_waits_for_the_end(inside: Inside) -> None:
    idle = replace(inside.services, queue=_Idle())
    waiting = Inside(create_app(idle), idle, inside.fake)
    trace_id = _click(waiting, "/Photos", "Trip A").json["redirect_handler"].rpartition("/")[2]
    began = time.monotonic()
    answer = waiting.call("GET", f"/api/v1/traces/{trace_id}/progress", "alice")
    assert '"state":"waiting"' in answer.text
    assert "retry: 1000" in answer.text
    assert time.monotonic() - began < 5


# -- calls about files


def test_the_recorded_call_about_a_file_lets_the_watched_library_be_looked_at(inside: Inside) -> None:
    (recorded,) = _recorded("in", "/hook")
    body = recorded["body"]
    assert inside.call("POST", "/exapp/hook", data=body, content_type="application/json").status_code == 204
    inside.call("GET", "/api/v1/me", "alice")
    someone = _known(inside, "alice")
    watch.watch(inside.services, someone.person, someone.connection_id, watch.Rules(every=True))
    watch.look_at_due(inside.services)
    before = watch.watching(inside.services, someone.person, someone.connection_id)
    assert inside.call("POST", "/exapp/hook", data=body, content_type="application/json").status_code == 204
    after = watch.watching(inside.services, someone.person, someone.connection_id)
    assert before is not None
    assert after is not None
    assert after.due_at is not None
    assert after.due_at <= datetime.now(UTC) + timedelta(seconds=inside.services.settings.settle_s + 1)
    assert inside.call("POST", "/exapp/hook", data=b"{}", content_type="application/json").status_code == 400


# -- settings


def test_half_of_the_settings_is_an_error_that_names_the_other_half() -> None:
    with pytest.raises(BadSettings) as error:
        app_of(Settings(exapp_id="image_tracer"))
    assert len(error.value.problems) == 3
    assert app_of(Settings()) is None


def test_nothing_of_it_is_shown() -> None:
    app = App("https://cloud.test", "image_tracer", "1", SECRET)
    assert SECRET not in repr(app)
    assert app.caller("image_tracer", base64.b64encode(f"alice:{SECRET}".encode()).decode()) == "alice"
    assert app.caller("image_tracer", base64.b64encode(f":{SECRET}".encode()).decode()) == ""
    assert app.proxied == PROXY
