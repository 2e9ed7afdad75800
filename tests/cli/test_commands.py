"""The commands as people and programs use them: clear sentences, exit codes, JSON, secrets from files."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from click.testing import CliRunner, Result

from connector.actions import people
from connector.actions.services import open_services
from connector.cli import logs, main
from connector.cli.explained import EXIT_CODES, exit_code
from connector.cli.serve import CANNOT_START, Supervisor
from connector.settings import load
from tests.adapters.servers import dav_app, serving
from tests.web.album import write_album

SENTINEL = "sentinel-word-c3d4"
ROOT = Path(__file__).resolve().parents[2]


class Terminal:
    """Runs commands on one data folder, as somebody at a terminal would."""

    def __init__(self, data: Path) -> None:
        self.data = data

    def run(self, *words: str, code: int = 0, typed: str | None = None) -> Result:
        done = CliRunner().invoke(main, list(words), input=typed, catch_exceptions=False)
        assert done.exit_code == code, f"{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.output
        return done

    def json(self, *words: str) -> Any:
        return json.loads(self.run(*words, "--json").stdout)


@pytest.fixture
def terminal(tmp_path: Path, tiny_maps: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    data = tmp_path / "data"
    data.mkdir()
    (data / "maps").symlink_to(tiny_maps)
    for name in list(os.environ):
        if name.startswith("TRACER_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("TRACER_DATA", str(data))
    monkeypatch.setenv("TRACER_ROUTER_THREADS", "1")
    monkeypatch.setenv("TRACER_ALLOWED_NETWORKS", "127.0.0.0/8")
    return Terminal(data)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    write_album(tmp_path / "library" / "walk")
    write_album(tmp_path / "library" / "hike")
    return tmp_path / "library"


@pytest.fixture
def dav(photos: Path) -> Iterator[str]:
    with serving(dav_app(photos, {"anna": SENTINEL})) as host:
        yield f"{host}/dav"


def test_from_a_folder_to_a_link(terminal: Terminal, photos: Path) -> None:
    terminal.run("connect", "folder", "--name", "home", "--path", str(photos))
    assert [row["title"] for row in terminal.json("albums", "home")] == ["hike", "walk"]
    (made,) = terminal.json("trace", "home", "walk")
    assert (made["state"], made["photos"], made["stops"]) == ("done", 6, 5)
    assert terminal.json("albums", "home")[1]["trace_id"] == made["id"]
    assert [row["id"] for row in terminal.json("trace", "home", "walk")] == [made["id"]], "made anew, not twice"
    seen = terminal.run("share", made["id"], "--hide-ends", "200", "--dry-run").stdout
    assert "nothing within 200 m" in seen
    assert terminal.json("share", made["id"], "--list", "--dry-run") == []
    share = terminal.json("share", made["id"], "--expires", "30d", "--site", "https://gallery.example")
    assert share["url"].startswith("http://127.0.0.1:8420/embed/")
    assert any("6 photos" in line for line in share["visible"])
    terminal.run("share", made["id"], "--revoke", share["id"])
    assert [row["state"] for row in terminal.json("share", made["id"], "--list")] == ["revoked"]


def test_every_album_and_several_in_one(terminal: Terminal, photos: Path) -> None:
    terminal.run("connect", "folder", "--name", "home", "--path", str(photos))
    assert {row["title"] for row in terminal.json("trace", "home", "--all")} == {"walk", "hike"}
    assert terminal.json("trace", "home", "walk", "hike")[0]["photos"] == 12
    assert "name albums, or say --all" in terminal.run("trace", "home", code=2).stderr
    assert "there is no album 'run'; there are 2: 'hike', 'walk'" in terminal.run("trace", "home", "run", code=3).stderr
    assert "there is no connection 'away' here" in terminal.run("albums", "away", code=3).stderr


def test_an_album_under_another_name_is_taken_for_the_same_when_somebody_says_so(
    terminal: Terminal, photos: Path
) -> None:
    shutil.rmtree(photos / "hike")
    terminal.run("connect", "folder", "--name", "home", "--path", str(photos))
    (made,) = terminal.json("trace", "home", "walk")
    (photos / "walk").rename(photos / "a stroll")
    said = terminal.run("albums", "home").stderr
    assert "'a stroll' holds 6 of the 6 photos of 'walk', which is gone" in said
    assert f"image-tracer trace home 'a stroll' --same-as {made['id']}" in said
    (followed,) = terminal.json("trace", "home", "a stroll", "--same-as", made["id"])
    assert (followed["id"], followed["version"], followed["album_titles"]) == (made["id"], 2, ["a stroll"])
    assert terminal.run("albums", "home").stderr == ""
    assert "one album" in terminal.run("trace", "home", "--all", "--same-as", made["id"], code=2).stderr


def test_files_without_a_service(terminal: Terminal, photos: Path, tmp_path: Path) -> None:
    terminal.run("connect", "folder", "--name", "home", "--path", str(photos))
    terminal.run("trace", "home", "walk", "--out", str(tmp_path / "out"))
    out = {path.name: path for path in (tmp_path / "out").iterdir()}
    assert set(out) == {"picture.svg", "picture.png", "trace.geojson", "index.html"}
    assert out["picture.png"].read_bytes().startswith(b"\x89PNG")
    assert json.loads(out["trace.geojson"].read_text())["features"]
    page = out["index.html"].read_text()
    assert "<svg" in page or "data:image" in page
    assert "<script" not in page


@pytest.mark.parametrize("how", ["given", "file", "standard input"])
def test_secrets_come_from_where_people_keep_them(terminal: Terminal, dav: str, tmp_path: Path, how: str) -> None:
    words, typed = ["--password", SENTINEL], None
    if how == "file":
        (tmp_path / "word.secret").write_text(f"{SENTINEL}\n")
        words = ["--password-file", str(tmp_path / "word.secret")]
    elif how == "standard input":
        words, typed = ["--password", "-"], f"{SENTINEL}\n"
    done = terminal.run("connect", "webdav", "--name", "w", "--url", dav, "--user", "anna", *words, typed=typed)
    assert SENTINEL not in done.output
    assert terminal.json("albums")[0]["kind"] == "webdav"


def test_what_is_missing_or_given_twice(terminal: Terminal, dav: str, tmp_path: Path) -> None:
    (tmp_path / "word.secret").write_text("x")
    twice = ("--password", "x", "--password-file", str(tmp_path / "word.secret"))
    said = terminal.run("connect", "webdav", "--name", "w", "--url", dav, "--user", "anna", *twice, code=2).stderr
    assert "--password and --password-file are both given" in said
    assert "needs --path" in terminal.run("connect", "folder", "--name", "x", code=2).stderr
    terminal.run("connect", "pigeon", "--name", "x", code=2)


@pytest.mark.parametrize(
    ("change", "code", "says"),
    [
        ({"--password": "wrong"}, 4, "is not accepted"),
        ({"--url": "http://127.0.0.1:9/"}, 5, "nothing answers at 127.0.0.1"),
        ({"--url": "http://169.254.169.254/"}, None, "169.254.169.254"),
        ({"--url": "nonsense"}, 2, "url must begin with"),
    ],
)
def test_one_sentence_for_what_goes_wrong(
    terminal: Terminal, dav: str, change: dict[str, str], code: int | None, says: str
) -> None:
    options = {"--name": "w", "--url": dav, "--user": "anna", "--password": SENTINEL, **change}
    words = [word for pair in options.items() for word in pair]
    done = CliRunner().invoke(main, ["connect", "webdav", *words])
    assert done.exit_code == code or (code is None and done.exit_code not in (0, 1))
    assert says in done.stderr
    assert SENTINEL not in done.output
    assert terminal.json("albums") == []


@pytest.mark.parametrize("said", ["99999999999d", "²d", "9999-12-31T23:59:59-12:00", "tomorrow", "d"])
def test_a_link_ends_when_it_can(terminal: Terminal, said: str) -> None:
    told = terminal.run("share", "any", "--expires", said, code=2).stderr
    assert told.startswith(f"Error: --expires {said!r} is ")


def test_what_cannot_be_read_or_written_is_named(terminal: Terminal, photos: Path, tmp_path: Path) -> None:
    terminal.run("connect", "folder", "--name", "home", "--path", str(photos))
    (tmp_path / "file").write_bytes(b"\xff\xfe")
    below = tmp_path / "file" / "below"
    assert f"{below} cannot be written: " in terminal.run("trace", "home", "walk", "--out", str(below), code=1).stderr
    (made,) = terminal.json("trace", "home", "walk")
    assert made["version"] == 1, "it was not made for nothing before"
    said = terminal.run("write-back", made["id"], "--sidecars", str(below), code=1).stderr
    assert f"{below} cannot be written: " in said
    said = terminal.run("share", made["id"], "--password-file", str(tmp_path / "file"), code=2).stderr
    assert "file cannot be read: " in said
    said = terminal.run("map", "add", "any.osm.pbf", "--name", "x", "--data", str(below), code=1).stderr
    assert f"{below}/maps cannot be written: " in said


def test_settings_that_cannot_be(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACER_BIND", "everywhere")
    monkeypatch.setenv("TRACER_POLL_S", "soon")
    said = terminal.run("albums", code=2).stderr
    assert "TRACER_BIND cannot be used: it must be an address and a port" in said
    assert "TRACER_POLL_S cannot be used" in said


def test_doctor(terminal: Terminal, photos: Path, dav: str) -> None:
    terminal.run("connect", "folder", "--name", "home", "--path", str(photos))
    said = terminal.run("doctor").stdout
    assert "worker: none is running" in said
    assert "tiny" in said
    words = ("--name", "w", "--url", dav, "--user", "anna", "--password", SENTINEL)
    terminal.run("connect", "webdav", *words)
    assert all(check["ok"] for check in terminal.json("doctor", "w")["w"])
    (photos / "walk").rename(photos.parent / "elsewhere")
    (photos / "hike").rename(photos.parent / "elsewhere too")
    photos.rmdir()
    broken = terminal.run("doctor", "home", code=1)
    assert "NO " in broken.stdout
    assert SENTINEL not in broken.output + said


def test_watching_and_writing_back(terminal: Terminal, photos: Path) -> None:
    terminal.run("connect", "folder", "--name", "home", "--path", str(photos))
    said = terminal.json("watch", "home", "--albums", "w*", "--tell", "https://example.org/hook")
    assert said["watching"]["rules"]["name"] == "w*"
    assert said["hook"].startswith("http://127.0.0.1:8420/hooks/")
    assert "cannot call us" in said["problem"]
    assert "say what to trace" in terminal.run("watch", "home", code=2).stderr
    assert "no more" in terminal.run("watch", "home", "--off").stdout
    (made,) = terminal.json("trace", "home", "walk")
    plan = terminal.json("write-back", made["id"])
    assert plan["photos"] == []
    assert plan["refused"]
    assert terminal.run("write-back", made["id"], "--apply", code=4).stderr
    terminal.run("write-back", made["id"], "--undo", "nothing", code=3)


def test_a_lost_session_and_a_new_key(terminal: Terminal, photos: Path) -> None:
    terminal.run("connect", "folder", "--name", "home", "--path", str(photos))
    token = terminal.json("sign-in")["token"]
    settings = load(data=terminal.data)
    with open_services(settings) as services:
        person = people.person_of(services, token)
    assert person is not None
    assert person.is_admin
    assert "1 credentials are encrypted" in terminal.run("rotate-key").stdout
    assert terminal.json("albums", "home")


def test_every_error_has_its_code() -> None:
    for kind, code in EXIT_CODES:
        first = next(n for known, n in EXIT_CODES if issubclass(kind, known))
        assert first == code, f"{kind.__name__} is hidden behind another one"
    assert exit_code(RuntimeError()) == 1


# -- the supervisor


def test_a_child_that_dies_is_started_again_and_all_end_together(tmp_path: Path) -> None:
    mark = tmp_path / "starts"
    dies = f"open({str(mark)!r}, 'a').write('x'); import sys; sys.exit(3)"
    script = (
        "import sys; from connector.cli.serve import Supervisor\n"
        f"sys.exit(Supervisor({{'dies': [sys.executable, '-c', {dies!r}], "
        "'stays': [sys.executable, '-c', 'import time; time.sleep(600)']}).run())"
    )
    process = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stderr=subprocess.PIPE)
    until = time.monotonic() + 60
    while time.monotonic() < until and (not mark.exists() or len(mark.read_text()) < 3):
        time.sleep(0.1)
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=30)
    assert len(mark.read_text()) >= 3
    assert process.returncode == 0
    assert b"dies ended with 3; it starts again in" in said
    running = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert str(mark) not in running


def test_a_child_that_cannot_start_ends_the_service() -> None:
    stays = [sys.executable, "-c", "import time; time.sleep(600)"]
    cannot = [sys.executable, "-c", f"import sys; sys.exit({CANNOT_START})"]
    script = (
        "import sys; from connector.cli.serve import Supervisor; "
        f"sys.exit(Supervisor({{'a': {stays!r}, 'b': {cannot!r}}}).run())"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, timeout=60, check=False)
    assert done.returncode == CANNOT_START
    assert Supervisor({}).commands == {}


@pytest.mark.slow
def test_the_service_from_first_start_to_stop(terminal: Terminal, photos: Path) -> None:
    terminal.run("connect", "folder", "--name", "home", "--path", str(photos))
    log = (terminal.data / "serve.log").open("wb")
    line = [sys.executable, "-m", "connector.cli", "serve", "--bind", "127.0.0.1:18431"]
    process = subprocess.Popen(line, cwd=ROOT, stdout=log, stderr=log)
    try:
        _until(lambda: requests.get("http://127.0.0.1:18431/readyz", timeout=5).status_code == 200)
        code = (terminal.data / "serve.log").read_text().partition("enter this code: ")[2].split()[0]
        said = requests.post("http://127.0.0.1:18431/api/v1/setup", json={"code": code, "name": "Anna"}, timeout=10)
        assert said.status_code == 201, said.text
        (made,) = terminal.json("trace", "home", "walk", "--wait")
        assert made["state"] == "done"
        token = {"Authorization": f"Bearer {said.json()['token']}"}
        listed = requests.get("http://127.0.0.1:18431/api/v1/traces", headers=token, timeout=10)
        assert [row["id"] for row in listed.json()] == [made["id"]]
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(40) == 0
        log.close()
    assert token["Authorization"][7:] not in (terminal.data / "serve.log").read_text()


def _until(holds: Any, within_s: float = 90) -> None:
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        try:
            if holds():
                return
        except requests.ConnectionError:
            pass  # it does not listen yet
        time.sleep(0.3)
    raise TimeoutError


# -- the log


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("GET https://anna:s3cret-word@host/x", "https://anna:***@host/x"),
        ("x-api-key: s3cret-word", "x-api-key: ***"),
        ("Authorization: Bearer s3cret-word, then", "Authorization: ***, then"),
        ('{"password": "s3cret-word"}', '{"password": "***"}'),
        ("/embed/s3cret-word-s3cret-word/document", "/embed/***/document"),
        ("/hooks/s3cret-word-s3cret-word", "/hooks/***"),
    ],
)
def test_what_looks_like_a_secret_is_blotted_out(text: str, kept: str) -> None:
    assert kept in logs.blotted(text)
    assert "s3cret" not in logs.blotted(text)
    assert logs.without_secrets(None, "", {"api_key": "s3cret", "event": text})["api_key"] == "***"
