"""Durable work, in processes of their own: what is enqueued is done once, whoever dies."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import create_engine

from connector.actions import connections, edits, people, scenes, traces
from connector.actions.errors import Stale
from connector.actions.held import Held
from connector.actions.progress import ENDED, Progress, State
from connector.actions.services import Services, open_services
from connector.jobs import database
from connector.jobs.queue import open_queue, workers
from connector.jobs.reconciler import has_ended, name_of
from connector.settings import Settings
from tests.adapters.servers import dav_app, serving
from tests.bench.kill import disturbed
from tests.store.postgres import postgres_url
from tests.web.album import write_album

__all__ = ["postgres_url"]

SENTINEL = "sentinel-word-55ab"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def settings(tmp_path: Path, tiny_maps: Path) -> Settings:
    data = tmp_path / "data"
    data.mkdir()
    (data / "maps").symlink_to(tiny_maps)
    return Settings(data=data, router_threads=1, allowed_networks=("127.0.0.0/8",))


@pytest.fixture
def services(settings: Settings) -> Iterator[Services]:
    """As the web part has them: it enqueues and never does the work."""
    with open_queue(settings) as queue, open_services(settings, queue) as opened:
        yield opened


@contextmanager
def worker(settings: Settings, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """`image-tracer worker` in a process of its own."""
    line = [sys.executable, "-m", "connector.cli", "worker", "--data", str(settings.data)]
    given = {**os.environ, "TRACER_ALLOWED_NETWORKS": "127.0.0.0/8", "TRACER_ROUTER_THREADS": "1", **environment}
    log = (settings.data / "worker.log").open("ab")
    process = subprocess.Popen(line, cwd=ROOT, env=given, stdout=log, stderr=log, start_new_session=True)
    try:
        yield process
    finally:
        log.close()
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def until(services: Services, trace_id: str, wanted: Callable[[Progress], bool], within_s: float = 90) -> Progress:
    """The progress of the trace as soon as it is as ``wanted``."""
    last = time.monotonic() + within_s
    while time.monotonic() < last:
        said = traces.progress(services, people.local(services), trace_id)
        if wanted(said):
            return said
        time.sleep(0.1)
    raise TimeoutError((services.settings.data / "worker.log").read_text()[-3000:])


def ended(services: Services, trace_id: str, within_s: float = 90) -> Progress:
    return until(services, trace_id, lambda said: said.state in ENDED, within_s)


def begin(services: Services, folder: Path) -> str:
    owner = people.local(services)
    connection = connections.connect(services, owner, "home", "folder", {"path": str(folder)})
    return traces.start(services, owner, connection.id, ["walk"]).trace_id


def statuses(settings: Settings) -> dict[str, str]:
    """What the engine itself says of each job."""
    with closing(sqlite3.connect(settings.data / "jobs.db")) as raw:
        return dict(raw.execute("select workflow_uuid, status from workflow_status").fetchall())


def test_a_worker_does_what_was_enqueued_before_it_came(settings: Settings, services: Services, tmp_path: Path) -> None:
    write_album(tmp_path / "library" / "walk")
    trace_id = begin(services, tmp_path / "library")
    assert traces.progress(services, people.local(services), trace_id).state is State.WAITING
    assert workers(settings) == 0
    with worker(settings):
        assert ended(services, trace_id).state is State.DONE
        assert services.queue.workers() == 1
    assert scenes.scene(services, people.local(services), trace_id).trace.stops
    assert services.queue.workers() == 0, "who goes says so"


@pytest.mark.slow
def test_the_same_job_is_done_once(settings: Settings, services: Services, tmp_path: Path) -> None:
    write_album(tmp_path / "library" / "walk")
    trace_id = begin(services, tmp_path / "library")
    (job_id,) = statuses(settings)
    for _ in range(5):
        services.queue.enqueue(job_id, trace_id)
    assert traces.enqueue_waiting(services) == 1
    with worker(settings):
        ended(services, trace_id)
    assert statuses(settings) == {job_id: "SUCCESS"}
    assert traces.trace(services, people.local(services), trace_id).version == 1


@pytest.mark.slow
def test_a_job_that_was_written_down_but_not_enqueued_is_found(
    settings: Settings, services: Services, tmp_path: Path
) -> None:
    write_album(tmp_path / "library" / "walk")
    trace_id = begin(services, tmp_path / "library")
    with closing(sqlite3.connect(settings.data / "jobs.db")) as raw, raw:
        raw.execute("delete from workflow_status")
    with worker(settings):
        assert ended(services, trace_id).state is State.DONE


def test_a_job_that_was_cancelled_ends(settings: Settings, services: Services, tmp_path: Path) -> None:
    write_album(tmp_path / "library" / "walk")
    trace_id = begin(services, tmp_path / "library")
    traces.stop(services, people.local(services), trace_id)
    assert list(statuses(settings).values()) == ["CANCELLED"]
    said = traces.progress(services, people.local(services), trace_id)
    assert (said.state, said.message) == (State.FAILED, "it was stopped")
    services.queue.cancel("no-such-job")


def test_a_version_that_was_there_before_others_has_a_job_of_its_own(
    settings: Settings, services: Services, tmp_path: Path
) -> None:
    write_album(tmp_path / "library" / "walk")
    trace_id, owner = begin(services, tmp_path / "library"), people.local(services)
    connection_id = traces.trace(services, owner, trace_id).connection_id
    (album,) = (row.album for row in connections.albums(services, owner, connection_id))
    first = set(statuses(settings))
    between = traces.renew(services, owner, trace_id, [replace(album, version="with one more photo")])
    last = {traces.renew(services, owner, trace_id, [album]).job_id for _ in range(3)}
    assert len(first | {between.job_id} | last) == 3, "calls for one version share one"
    said = statuses(settings)
    assert [said[each] for each in (*first, between.job_id, *last)] == ["CANCELLED", "CANCELLED", "ENQUEUED"]


@pytest.mark.slow
def test_a_job_that_is_stopped_while_it_reads_says_so_for_good(
    settings: Settings, services: Services, tmp_path: Path
) -> None:
    write_album(tmp_path / "library" / "walk")
    trace_id, owner = begin(services, tmp_path / "library"), people.local(services)
    code = (
        "import time, adapters.folder as f; real = f.Folder.read\n"
        "def read(self, asset, start, length):\n"
        "    time.sleep(0.3)\n"
        "    return real(self, asset, start, length)\n"
        "f.Folder.read = read\n"
        "import sys; from connector.cli import main; sys.argv = ['x', 'worker', '--data', sys.argv[1]]; main()"
    )
    given = {**os.environ, "TRACER_ROUTER_THREADS": "1", "TRACER_PULL_THREADS": "1"}
    process = subprocess.Popen([sys.executable, "-c", code, str(settings.data)], cwd=ROOT, env=given)
    try:
        until(services, trace_id, lambda said: said.state is State.READING and said.read > 0)
        traces.stop(services, owner, trace_id)
        time.sleep(6)
        said = traces.progress(services, owner, trace_id)
    finally:
        process.kill()
        process.wait()
    assert (said.state, said.message) == (State.FAILED, "it was stopped")
    assert list(statuses(settings).values()) == ["CANCELLED"]


@pytest.mark.slow
def test_a_failure_is_told_in_its_own_words(settings: Settings, services: Services, tmp_path: Path) -> None:
    album = write_album(tmp_path / "library" / "walk")
    trace_id = begin(services, tmp_path / "library")
    album.rename(album.with_name("stroll"))
    with worker(settings):
        said = ended(services, trace_id)
    assert (said.state, said.retry) == (State.FAILED, False)
    assert said.message == "the album 'walk' is not in the library any more"


def test_no_secret_gets_into_the_jobs_or_the_log(settings: Settings, services: Services, tmp_path: Path) -> None:
    write_album(tmp_path / "library" / "walk")
    with serving(dav_app(tmp_path / "library", {"anna": SENTINEL})) as url:
        owner = people.local(services)
        options = {"url": f"{url}/dav", "user": "anna", "password": SENTINEL}
        connection = connections.connect(services, owner, "home", "webdav", options)
        trace_id = traces.start(services, owner, connection.id, ["walk"]).trace_id
        with worker(settings, TRACER_LOG_LEVEL="debug"):
            assert ended(services, trace_id).state is State.DONE
    with closing(sqlite3.connect(settings.data / "jobs.db")) as raw:
        raw.execute("pragma wal_checkpoint(truncate)")
        formats = {row[0] for row in raw.execute("select distinct serialization from workflow_status")}
    for path in settings.data.iterdir():
        if path.is_file():
            assert SENTINEL.encode() not in path.read_bytes(), path.name
    assert not any("pickle" in str(each) for each in formats)


@pytest.mark.slow
def test_a_poisoned_album_is_given_up_and_the_others_go_on(
    settings: Settings, services: Services, tmp_path: Path
) -> None:
    """One photo ends the process that reads it, as a crash in a C library would."""
    library = tmp_path / "library"
    write_album(library / "walk")
    write_album(library / "poison")
    (library / "poison" / "IMG_0000.jpg").rename(library / "poison" / "KILLS.jpg")
    owner = people.local(services)
    connection = connections.connect(services, owner, "home", "folder", {"path": str(library)})
    poisoned = traces.start(services, owner, connection.id, ["poison"]).trace_id
    code = (
        "import os, adapters.folder as f; real = f.Folder.read\n"
        "def read(self, asset, start, length):\n"
        "    if asset.name == 'KILLS.jpg': os._exit(9)\n"
        "    return real(self, asset, start, length)\n"
        "f.Folder.read = read\n"
        "import sys; from connector.cli import main; sys.argv = ['x', 'worker', '--data', sys.argv[1]]; main()"
    )
    given = {**os.environ, "TRACER_ROUTER_THREADS": "1"}
    until = time.monotonic() + 240
    runs = 0
    while traces.progress(services, owner, poisoned).state not in ENDED and time.monotonic() < until:
        runs += 1
        process = subprocess.Popen([sys.executable, "-c", code, str(settings.data)], cwd=ROOT, env=given)
        while process.poll() is None and traces.progress(services, owner, poisoned).state not in ENDED:
            time.sleep(0.2)
        process.kill()
        process.wait()
    said = traces.progress(services, owner, poisoned)
    assert said.message == "making this trace crashed the program several times; it was given up"
    assert 4 <= runs <= 10
    fine = traces.start(services, owner, connection.id, ["walk"]).trace_id
    with worker(settings):
        assert ended(services, fine).state is State.DONE


@pytest.mark.slow
def test_killed_three_times_the_trace_is_whole(tmp_path: Path, tiny_maps: Path) -> None:
    found = disturbed(tmp_path, 160, 3, random.Random(4), tiny_maps)
    assert len(found.kills) == 3
    assert all(share < 1 for share in found.kills)
    assert found.problems() == []


@pytest.mark.slow
@pytest.mark.postgres
def test_everything_on_postgresql(settings: Settings, tmp_path: Path, postgres_url: str) -> None:
    """Two workers, of which the one that is at it dies: the other one finishes."""
    write_album(tmp_path / "library" / "walk")
    urls = {"TRACER_DATABASE_URL": postgres_url, "TRACER_JOBS_URL": postgres_url}
    there = Settings(
        data=settings.data,
        router_threads=1,
        database_url=SecretStr(postgres_url),
        jobs_url=SecretStr(postgres_url),
    )
    with open_queue(there) as queue, open_services(there, queue) as services:
        with worker(there, **urls) as first, worker(there, **urls):
            _until(lambda: services.queue.workers() == 2)
            trace_id = begin(services, tmp_path / "library")
            assert ended(services, trace_id).state is State.DONE
            os.killpg(first.pid, signal.SIGKILL)
            again = traces.again(services, people.local(services), trace_id)
            assert ended(services, again.trace_id).state is State.DONE
        document = scenes.document(services, people.local(services), trace_id)
        key = document["photos"]["key"][0]
        edited = edits.edit(services, people.local(services), trace_id, {"kind": "exclude", "asset": key}, 2)
        assert edited.version == 3
        assert _race(services, trace_id, key, 3) == ["made"] + ["stale"] * 5
    assert not (settings.data / "app.db").exists()
    assert not (settings.data / "jobs.db").exists()


def _race(services: Services, trace_id: str, key: str, version: int) -> list[str]:
    """Six processes' worth of corrections of one version: what became of each."""
    outcomes: list[str] = []
    together = threading.Barrier(6)

    def try_it() -> None:
        other = replace(services, held=Held())
        move = {"kind": "move", "asset": key, "lat": 48.001, "lon": 9.001}
        edits.preview(other, people.local(other), trace_id, move)
        together.wait()
        try:
            edits.edit(other, people.local(other), trace_id, move, version)
            outcomes.append("made")
        except Stale:
            outcomes.append("stale")

    threads = [threading.Thread(target=try_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


def _until(holds: Callable[[], bool], within_s: float = 90) -> None:
    end = time.monotonic() + within_s
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.2)


# -- what is taken from the engine's inside


def test_the_clock_lent_to_old_sqlite(tmp_path: Path) -> None:
    database.lend_clock()
    with create_engine(f"sqlite:///{tmp_path / 'x.db'}").connect() as connection:
        now = connection.exec_driver_sql("select unixepoch('subsec')").scalar()
    assert now == pytest.approx(time.time(), abs=5)


def test_the_jobs_database_writes_ahead(settings: Settings) -> None:
    url = database.prepare(settings.jobs_database)
    database.prepare(settings.jobs_database)
    with create_engine(url).connect() as connection:
        assert connection.exec_driver_sql("pragma journal_mode").scalar() == "wal"


def test_the_private_call_is_still_there() -> None:
    from dbos import DBOS

    assert callable(DBOS._recover_pending_workflows)


def test_who_has_ended() -> None:
    import socket

    host = socket.gethostname()
    assert not has_ended(name_of(host, os.getpid(), "u"))
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    assert has_ended(name_of(host, gone.pid, "u"))
    assert not has_ended(name_of("elsewhere", gone.pid, "u"))
    assert not has_ended("an older name")
    dead = subprocess.Popen(["sleep", "30"])
    dead.kill()
    _until(lambda: has_ended(name_of(host, dead.pid, "u")))  # nobody has buried it yet
    dead.wait()
