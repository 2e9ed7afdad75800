"""The doctor's steps: what works, what is missing and what to do, for everything that goes wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.library import Check
from adapters.nextcloud import KIND
from adapters.testing import Fault
from connector.net import GuardedNet, Limits, Policy
from tests.adapters.nextcloud.fake import FakeNextcloud, recorded_metadata
from tests.adapters.servers import Environ, Misbehaving, StartResponse, self_signed, serving

PASSWORD = "sentinel-Pa55word-for-checks"


class Cloud:
    def __init__(self, fake: FakeNextcloud, server: Misbehaving, url: str) -> None:
        self.fake, self.server, self.url = fake, server, url

    def checks(self, **options: str) -> list[Check]:
        assert KIND.checks is not None
        given = {"url": self.url, "user": "alice", "password": PASSWORD, **options}
        return list(KIND.checks(given, GuardedNet(Policy(["127.0.0.0/8"]), limits=Limits(read_s=2))))


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    fake = FakeNextcloud({"alice": PASSWORD})
    fake.put("alice", "Photos/a.jpg", b"x", recorded_metadata())
    server = Misbehaving(fake)
    with serving(server) as url:
        yield Cloud(fake, server, url)
        server.released.set()


def _screen(checks: list[Check]) -> str:
    shown = "\n".join(f"{'ok ' if c.ok else '-- '}{c.name}: {c.said} {c.advice or ''}" for c in checks)
    assert PASSWORD not in shown
    assert all(check.advice for check in checks if not check.ok)
    return shown


def test_all_is_well(cloud: Cloud) -> None:
    cloud.fake.admins = {"alice"}
    checks = cloud.checks()
    _screen(checks)
    assert [check.name for check in checks] == [
        "address",
        "version",
        "credential",
        "files",
        "search",
        "metadata",
        "albums",
        "hooks",
    ]
    assert all(check.ok for check in checks)
    assert "32.0.1" in checks[1].said
    assert "1 of the first 1 photos" in checks[5].said


def test_what_only_goes_slower_is_not_needed(cloud: Cloud) -> None:
    cloud.fake.searches = False
    cloud.fake.has_photos_app = False
    checks = {check.name: check for check in cloud.checks()}
    _screen(list(checks.values()))
    assert {name for name, check in checks.items() if not check.ok} == {"search", "metadata", "albums", "hooks"}
    assert not any(check.needed for check in checks.values() if not check.ok)
    assert "install the app Photos" in str(checks["albums"].advice)
    assert "administrator" in str(checks["hooks"].advice)


def test_photos_whose_metadata_the_server_never_read(cloud: Cloud) -> None:
    for n in range(3):
        cloud.fake.put("alice", f"Photos/{n}.jpg", b"x")
    cloud.fake.remove("alice", "Photos/a.jpg")
    (check,) = [check for check in cloud.checks() if check.name == "metadata"]
    assert not check.ok
    assert "none of the first 3 photos" in check.said
    assert "occ files:scan --generate-metadata" in str(check.advice)


def test_a_wrong_password_is_tried_once_over_all_steps(cloud: Cloud) -> None:
    checks = cloud.checks(password="wrong")
    assert [check.ok for check in checks] == [True, True, False]
    assert "Sign in anew" in str(checks[-1].advice)
    assert cloud.fake.refused == 1
    assert not cloud.checks(password="wrong")[-1].ok
    assert cloud.fake.refused == 1


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault.DOWN, "maintained"),
        (Fault.PAGE, "no Nextcloud"),
        (Fault.ELSEWHERE, "redirects to elsewhere.test"),
        (Fault.SILENT, "does not answer in time"),
        (Fault.BUSY, "cannot answer now (429)"),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_each_trouble_is_told_at_its_step(cloud: Cloud, fault: Fault, words: str) -> None:
    cloud.server.fault = fault
    checks = cloud.checks()
    assert len(checks) == 1, _screen(checks)
    assert words in _screen(checks)


def test_nothing_there() -> None:
    assert KIND.checks is not None
    net = GuardedNet(Policy(["127.0.0.0/8"]))
    (check,) = KIND.checks({"url": "http://127.0.0.1:9", "user": "alice", "password": PASSWORD}, net)
    assert "nothing answers" in _screen([check])
    (check,) = KIND.checks({"url": "http://127.0.0.1:9", "user": "alice"}, net)
    assert check.name == "settings"


def test_a_certificate_nobody_vouches_for(tmp_path: Path) -> None:
    assert KIND.checks is not None
    with serving(FakeNextcloud({"alice": PASSWORD}), self_signed(tmp_path)) as url:
        net = GuardedNet(Policy(["127.0.0.0/8"]))
        (check,) = KIND.checks({"url": url, "user": "alice", "password": PASSWORD}, net)
    assert "self-signed" in check.said
    assert "TRACER_CA_FILE" in _screen([check])


@pytest.mark.parametrize(("version", "ok"), [("27.1.11.3", False), ("28.0.0.11", True), ("36.0.0.1", True)])
def test_too_old_a_server_is_told_before_the_password_is_sent(version: str, ok: bool) -> None:
    asked: list[str] = []

    def answer(environ: Environ, start: StartResponse) -> list[bytes]:
        asked.append(environ.get("HTTP_AUTHORIZATION", ""))
        body = json.dumps(
            {"installed": True, "maintenance": False, "version": version, "versionstring": version}
        ).encode()
        start("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]

    assert KIND.checks is not None
    with serving(answer) as url:
        net = GuardedNet(Policy(["127.0.0.0/8"]))
        checks = list(KIND.checks({"url": url, "user": "alice", "password": PASSWORD}, net))
    assert checks[1].ok is ok
    assert (len(asked) == 1) is not ok
    if not ok:
        assert asked == [""]


def test_a_link(cloud: Cloud) -> None:
    assert KIND.checks is not None
    cloud.fake.folder_links["LINK0000000001"] = ("alice", "Photos", None)
    net = GuardedNet(Policy(["127.0.0.0/8"]))
    good = list(KIND.checks({"share_link": f"{cloud.url}/s/LINK0000000001"}, net))
    assert [check.ok for check in good] == [True, True, True]
    gone = list(KIND.checks({"share_link": f"{cloud.url}/s/GONE0000000001"}, net))
    assert not gone[-1].ok
    assert "new link" in str(gone[-1].advice)
    assert "GONE0000000001" not in _screen(gone)
