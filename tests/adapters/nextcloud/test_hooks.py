"""The server's own calls: asking for them, and understanding the recorded ones."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from adapters.library import BadReply, Hint, NotFound, ParsesHooks, Unauthorized, Watches
from adapters.nextcloud import KIND
from adapters.nextcloud.hooks import caller
from connector.net import GuardedNet, Policy
from tests.adapters.nextcloud.fake import FakeNextcloud, recorded_metadata
from tests.adapters.nextcloud.recorded import SERVER, Recorded, Variant, recording
from tests.adapters.servers import serving

OURS = "https://trace.test/hooks/abc"
CREATED, TAGGED = "OCP\\Files\\Events\\Node\\NodeCreatedEvent", "OCP\\SystemTag\\TagAssignedEvent"


class Cloud:
    def __init__(self, fake: FakeNextcloud, url: str) -> None:
        self.fake, self.url = fake, url

    def open(self, user: str = "alice") -> Any:
        options = {"url": self.url, "user": user, "password": self.fake.people[user]}
        return KIND.open(options, GuardedNet(Policy(["127.0.0.0/8"])))


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    fake = FakeNextcloud({"alice": "sentinel-a-password", "bob": "sentinel-b-password"})
    fake.admins = {"alice"}
    with serving(fake) as url:
        yield Cloud(fake, url)


def _bodies(name: str) -> list[bytes]:
    return [each["body"].encode() for each in recording(f"webhook_delivery_{name}")]


def _hints(name: str) -> list[Hint]:
    library = KIND.open({"url": SERVER, "user": "alice", "password": "sentinel-" + "h" * 63}, Recorded())
    hooks = library.parse_hook
    assert isinstance(hooks, ParsesHooks)
    return [hooks.hint({}, body) for body in _bodies(name)]


TRIP_B = Hint(album_ids=("folder:Photos/Trip B", "folder:Photos", "folder:"))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("put_new_file", TRIP_B),
        ("move", TRIP_B),
        ("copy", TRIP_B),
        ("delete", TRIP_B),
        ("mkcol_folder", Hint(album_ids=("folder:Photos/Trip B",))),
        ("album_put_photo", Hint(album_ids=("folder:Photos", "folder:"))),
    ],
)
def test_the_recorded_calls_name_the_folder_of_the_photo(name: str, expected: Hint) -> None:
    hints = _hints(name)
    assert hints
    assert set(hints) == {expected}


def test_albums_of_photos_never_call() -> None:
    assert recording("webhook_delivery_album_create") == []


def test_our_own_note_and_other_files_say_nothing() -> None:
    (body, *_) = _bodies("put_new_file")
    library = KIND.open({"url": SERVER, "user": "alice", "password": "sentinel-" + "h" * 63}, Recorded())
    for name in ("Readme.md", "Trace.md", "notes.pdf", ".hidden.jpg", ".folder"):
        assert library.parse_hook.hint({}, body.replace(b"new.jpg", name.encode())) == Hint(), name
    sidecar = library.parse_hook.hint({}, body.replace(b"new.jpg", b"new.jpg.xmp"))
    assert sidecar == TRIP_B


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"event": 3}', b'{"event": {"class": "x"}}', b"\xff", b"null"])
def test_what_is_no_call_is_refused(body: bytes) -> None:
    library = KIND.open({"url": SERVER, "user": "alice", "password": "sentinel-" + "h" * 63}, Recorded())
    with pytest.raises(BadReply):
        library.parse_hook.hint({}, body)


def test_whose_doing_a_call_is_about() -> None:
    assert {caller(body) for body in _bodies("put_new_file")} == {"alice"}
    with pytest.raises(BadReply):
        caller(b"{}")


def test_a_tag_counts_when_it_is_ours(cloud: Cloud) -> None:
    hooks = cloud.open().parse_hook
    (body,) = _bodies("tag_assign")
    assert hooks.hint({}, body) == Hint()
    cloud.fake.tagged = {"Trace": {"Photos/Trip"}, "other": set()}
    assert hooks.hint({}, body) == Hint(asset_ids=("95",))
    assert hooks.hint({}, body.replace(b'"tagIds":["1"]', b'"tagIds":["2"]')) == Hint()


def test_the_albums_of_a_photo_are_its_folders_and_the_albums_that_hold_it(cloud: Cloud) -> None:
    node = cloud.fake.put("alice", "Photos/Trip/day 2/a.jpg", b"x", recorded_metadata())
    other = cloud.fake.put("alice", "Photos/b.jpg", b"y", recorded_metadata())
    cloud.fake.album("alice", "Best of", [node])
    cloud.fake.album("alice", "Others", [other])
    hooks = cloud.open().parse_hook
    assert hooks.albums_of(str(node.file_id)) == [
        "folder:Photos/Trip/day 2",
        "folder:Photos/Trip",
        "folder:Photos",
        "folder:",
        "album:Best of",
    ]
    assert hooks.albums_of("999999") == []
    with pytest.raises(NotFound):
        hooks.albums_of("../../x")


def test_the_recorded_search_for_one_file_is_understood() -> None:
    net = Recorded(
        "ocs_user",
        "search_by_fileid",
        "album_home_depth_infinity",
        Variant("propfind_404", path="/remote.php/dav/photos/alice/sharedalbums", depth="infinity"),
    )
    library = KIND.open({"url": SERVER, "user": "alice", "password": "sentinel-" + "s" * 63}, net)
    found = library.parse_hook.albums_of("95")
    net.check()
    assert found == ["folder:Photos/Trip A", "folder:Photos", "folder:", "album:Rhine valley"]


def test_asking_twice_registers_once_and_sends_the_new_secret(cloud: Cloud) -> None:
    watch = cloud.open().watch
    assert isinstance(watch, Watches)
    first = watch.install(OURS, "secret-1")
    assert len(first.split(",")) == len(cloud.fake.webhooks) == 4
    assert watch.install(OURS, "secret-2") == first
    assert len(cloud.fake.webhooks) == 4
    for hook in cloud.fake.webhooks.values():
        assert hook["uri"] == OURS
        assert hook["authData"] == {"Authorization": "Bearer secret-2"}
        assert hook["headers"] == {"Content-Type": "application/json"}


def test_doubled_registrations_are_cleared_and_other_peoples_stay(cloud: Cloud) -> None:
    for number, url in ((1, OURS), (2, OURS), (3, "https://elsewhere.test/hook")):
        cloud.fake.webhooks[number] = {"id": number, "uri": url, "event": CREATED}
    watch = cloud.open().watch
    hook_id = watch.install(OURS, "secret")
    assert sorted(hook["uri"] for hook in cloud.fake.webhooks.values()).count(OURS) == 4
    watch.remove(hook_id)
    assert [hook["uri"] for hook in cloud.fake.webhooks.values()] == ["https://elsewhere.test/hook"]
    watch.remove(hook_id)


def test_only_the_persons_own_folder_is_asked_for(cloud: Cloud) -> None:
    options = {"url": cloud.url, "user": "alice", "password": "sentinel-a-password", "folder": "/Photos/a.b (c)/"}
    KIND.open(options, GuardedNet(Policy(["127.0.0.0/8"]))).watch.install(OURS, "secret")
    (created,) = [hook for hook in cloud.fake.webhooks.values() if hook["event"] == CREATED]
    pattern = created["eventFilter"]["event.node.path"]
    assert pattern[:2] == "/^"
    assert pattern[-1] == "/"
    inside = re.compile(pattern[1:-1].replace(r"\/", "/"))
    assert inside.match("/alice/files/Photos/a.b (c)/x.jpg")
    assert not inside.match("/alice/files/Photos/aXb (c)/x.jpg")
    assert not inside.match("/bob/files/Photos/a.b (c)/x.jpg")


def test_a_server_without_tag_events_still_calls_for_files(cloud: Cloud) -> None:
    cloud.fake.has_tag_events = False
    assert len(cloud.open().watch.install(OURS, "secret").split(",")) == 3
    assert TAGGED not in {hook["event"] for hook in cloud.fake.webhooks.values()}


def test_who_is_no_administrator_is_told_so(cloud: Cloud) -> None:
    with pytest.raises(Unauthorized, match="only administrators"):
        cloud.open("bob").watch.install(OURS, "secret")


def test_the_recorded_registration_is_the_one_we_make() -> None:
    """Asked for word by word as the recorded server accepted it, but for the filter and the address."""
    net = Recorded("ocs_user", "webhook_list", *["webhook_register_node_created"] * 3, "webhook_register_tag_assigned")
    library = KIND.open({"url": SERVER, "user": "alice", "password": "sentinel-" + "r" * 63}, net)
    assert library.watch.install(OURS, "s") == "1,1,1,6"
    net.check()
    sent = json.loads(net.asked[2][3])
    accepted = json.loads(recording("webhook_register_node_created")["request"]["body"])
    assert set(accepted) <= set(sent)
    assert (sent["httpMethod"], sent["event"], sent["authMethod"]) == (
        accepted["httpMethod"],
        accepted["event"],
        accepted["authMethod"],
    )
    assert set(sent["eventFilter"]) <= set(accepted["eventFilter"])
