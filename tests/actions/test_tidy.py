"""An installation that works for ten years: what nobody needs any more goes, and nothing that is needed."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import Connection, event, func, insert, select, text

from connector.actions import connections, people, tidy, traces
from connector.actions.people import Person
from connector.actions.services import Services, open_services
from connector.actions.ways_kept import KeptWays
from connector.jobs.queue import DurableQueue, open_queue
from connector.settings import Settings
from connector.store.tables import (
    ConnectionRow,
    FixRow,
    HookCallRow,
    LoginRow,
    PhotoRow,
    TokenRow,
    TraceRow,
    WayRow,
)
from tests.actions.conftest import Clock, other_person
from tests.store.postgres import postgres_url

__all__ = ["postgres_url"]


def count(services: Services, table: Any) -> int:
    with services.store.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def ways(services: Services, owner: Person) -> set[str]:
    with services.store.read() as session:
        return set(session.scalars(select(WayRow.key).where(WayRow.owner == owner.id)))


def test_answers_of_routers_go_when_nobody_has_used_them_for_a_year(
    services: Services, anna: Person, clock: Clock
) -> None:
    kept = KeptWays(services.store, anna.id, services.now)
    for key in ("used", "unused"):
        kept.put(key, b"way")
    kept.flush()
    clock.ahead += timedelta(days=300)
    again = KeptWays(services.store, anna.id, services.now)
    assert again.get("used") == b"way"
    again.flush()
    tidy.tidy(services)
    assert ways(services, anna) == {"used", "unused"}
    clock.ahead += timedelta(days=100)
    tidy.tidy(services)
    assert ways(services, anna) == {"used"}


def test_answers_of_routers_keep_to_their_space_the_longest_unused_ones_go(
    services: Services, anna: Person, clock: Clock
) -> None:
    berta = other_person(services, "Berta")
    small = replace(services, settings=services.settings.model_copy(update={"routes_mb": 10}))
    for n, owner in enumerate((anna, berta, anna, berta)):
        kept = KeptWays(services.store, owner.id, services.now)
        kept.put(f"{n}", bytes(4_000_000))
        kept.flush()
        clock.ahead += timedelta(hours=1)
    tidy.tidy(services)
    assert ways(services, anna) | ways(services, berta) == {"0", "1", "2", "3"}
    tidy.tidy(small)
    assert (ways(services, anna), ways(services, berta)) == ({"2"}, {"3"})


def test_a_reading_stays_while_a_trace_has_the_photo_and_for_a_while_after(
    services: Services, anna: Person, clock: Clock, trace_id: str, connection: connections.Connection
) -> None:
    assert count(services, FixRow) == 6
    clock.ahead += timedelta(days=200)
    tidy.tidy(services)
    traces.remove(services, anna, trace_id)
    tidy.tidy(services)
    assert count(services, FixRow) == 6
    clock.ahead += timedelta(days=80)
    again = traces.start(services, anna, connection.id, ["walk"]).trace_id
    tidy.tidy(services)
    clock.ahead += timedelta(days=80)
    tidy.tidy(services)
    assert count(services, FixRow) == 6, "it was of use meanwhile"
    traces.remove(services, anna, again)
    tidy.tidy(services)
    clock.ahead += timedelta(days=91)
    tidy.tidy(services)
    assert count(services, FixRow) == 0


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def large(request: pytest.FixtureRequest, settings: Settings) -> Iterator[tuple[Services, Person]]:
    """An installation with 120 traces of 150 photos, all of one library, that were read and are in use."""
    if request.param == "postgres":
        url = SecretStr(request.getfixturevalue("postgres_url"))
        settings = settings.model_copy(update={"database_url": url})
    with open_services(settings) as services:
        anna, now, ids = people.local(services), services.now(), [f"t{n}" for n in range(120)]
        about = {"owner": anna.id, "connection_id": "c", "title": "", "titled": False, "style": {}, "salt": ""}
        about |= {"version": 1, "pulls": 1, "attempt": 0, "by_watch": False, "created_at": now, "updated_at": now}
        library = {"id": "c", "owner": anna.id, "name": "", "kind": "folder", "address": "", "account_id": ""}
        library |= {"account_name": "", "limits": [], "by_login_flow": False, "created_at": now}
        library["sealed"] = services.vault.seal("{}", "connection", "c", anna.id)
        pairs = [(trace_id, f"{trace_id}-{k}", k) for trace_id in ids for k in range(150)]
        fixes = [
            {"connection_id": "c", "owner": anna.id, "asset_id": a, "version": "1", "fix": "{}"} for _, a, _ in pairs
        ]
        common = {"owner": anna.id, "asset": "{}"}
        photos = [{**common, "trace_id": t, "asset_id": a, "key": f"{k}", "position": k} for t, a, k in pairs]
        with services.store.write() as session:
            session.execute(insert(ConnectionRow), [library])
            session.execute(insert(TraceRow), [{**about, "id": trace_id} for trace_id in ids])
            session.execute(insert(PhotoRow), photos)
            session.execute(insert(FixRow), fixes)
        yield services, anna


def unused(services: Services) -> int:
    with services.store.read() as session:
        return session.scalar(select(func.count()).where(FixRow.unused_since.is_not(None))) or 0


def _count_steps(held: Connection, thousands: list[int]) -> None:
    raw: Any = held.connection.driver_connection
    raw.set_progress_handler(lambda: thousands.append(1), 1000)


def test_looking_for_unused_readings_does_not_take_traces_times_photos(large: tuple[Services, Person]) -> None:
    """Nobody else can write meanwhile."""
    services, anna = large
    thousands: list[int] = []
    if services.store.engine.dialect.name == "sqlite":  # which counts what it does
        event.listen(services.store.engine, "begin", lambda held: _count_steps(held, thousands))
    tidy.tidy(services)
    assert len(thousands) < 120 * 150 * 0.2, "two hundred steps a reading are plenty"
    assert unused(services) == 0
    traces.remove(services, anna, "t7")
    tidy.tidy(services)
    assert unused(services) == 150


def test_sign_ins_that_ended_go_and_who_somebody_is_stays(services: Services, anna: Person, clock: Clock) -> None:
    signed_in = people.set_up(services, str(people.setup_code(services)), "Anna")
    program = people.new_token(services, anna, "backup")
    known = people.account_of(services, "cloud", "17", "Berta")
    with services.store.write() as session:
        common = {"owner": anna.id, "sealed": "", "state": "failed", "created_at": services.now()}
        session.add(LoginRow(id="l", kind="nextcloud", name="x", **common))
    tidy.tidy(services)
    assert (count(services, TokenRow), count(services, LoginRow)) == (3, 1)
    clock.ahead += people.SESSION_LASTS + timedelta(days=2)
    tidy.tidy(services)
    assert people.person_of(services, signed_in.token) is None
    assert people.person_of(services, program) == signed_in.person
    assert people.account_of(services, "cloud", "17", "Berta") == known
    assert (count(services, TokenRow), count(services, LoginRow), count(services, HookCallRow)) == (2, 0, 0)


def test_what_a_crash_left_half_written_goes_and_pictures_keep_to_their_space(services: Services) -> None:
    folder = services.settings.data / "thumbnails" / "ab"
    folder.mkdir(parents=True)
    old, new, kept = (folder / name for name in (".x.jpg.1", ".y.jpg.2", "z.jpg"))
    for path in (old, new, kept):
        path.write_bytes(b"x")
    os.utime(old, (1, time.time() - 2 * 86400))
    for n in range(6):
        path = folder / f"{n}.jpg"
        path.write_bytes(bytes(3_000_000))
        os.utime(path, (n, n))
    tidy.tidy(replace(services, settings=services.settings.model_copy(update={"thumbnails_mb": 10})))
    assert sorted(path.name for path in folder.iterdir()) == [".y.jpg.2", "3.jpg", "4.jpg", "5.jpg", "z.jpg"]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def queue(request: pytest.FixtureRequest, services: Services) -> Iterator[DurableQueue]:
    settings = services.settings
    if request.param == "postgres":
        settings = settings.model_copy(update={"jobs_url": SecretStr(request.getfixturevalue("postgres_url"))})
    with open_queue(settings) as opened:
        yield opened


@contextmanager
def raw(queue: DurableQueue) -> Iterator[Connection]:
    """The job engine's own tables."""
    with queue._engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("set local search_path to dbos"))
        yield connection


def enqueued(queue: DurableQueue, job_id: str, at: datetime, status: str) -> None:
    queue.enqueue(job_id, "t")
    stamp = int(at.timestamp() * 1000)
    with raw(queue) as connection:
        connection.execute(
            text("update workflow_status set status = :s, created_at = :at where workflow_uuid = :id"),
            {"s": status, "at": stamp, "id": job_id},
        )
        connection.execute(
            text(
                "insert into operation_outputs (workflow_uuid, function_id, function_name, output)"
                " values (:id, 1, 'read', '1')"
            ),
            {"id": job_id},
        )


def jobs(queue: DurableQueue) -> set[str]:
    with raw(queue) as connection:
        steps = set(connection.execute(text("select workflow_uuid from operation_outputs")).scalars())
        assert steps == set(connection.execute(text("select workflow_uuid from workflow_status")).scalars())
    return steps


def test_jobs_that_ended_long_ago_go_with_their_steps(services: Services, queue: DurableQueue, clock: Clock) -> None:
    now = services.now()
    old, new = now - timedelta(days=40), now - timedelta(days=20)
    for n in range(250):
        enqueued(queue, f"old-{n}", old, ("SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED")[n % 4])
    for name, at, status in (("new", new, "SUCCESS"), ("waits", old, "ENQUEUED"), ("runs", old, "PENDING")):
        enqueued(queue, name, at, status)
    enqueued(queue, "current", old, "SUCCESS")
    assert queue.forget(now - tidy.JOBS_FOR, {"current"}) == 250
    assert jobs(queue) == {"new", "waits", "runs", "current"}
    assert queue.forget(now - tidy.JOBS_FOR, {"current"}) == 0


def test_the_job_a_trace_was_made_by_is_known_for_good(services: Services, clock: Clock, trace_id: str) -> None:
    """Else the same call, repeated after a month, would make the trace anew."""
    with open_queue(services.settings) as queue:
        with services.store.read() as session:
            job_id = session.scalar(text("select job_id from trace"))
        enqueued(queue, job_id, services.now(), "SUCCESS")
        enqueued(queue, "before", services.now(), "SUCCESS")
        clock.ahead += timedelta(days=60)
        tidy.tidy(replace(services, queue=queue))
        assert jobs(queue) == {job_id}


def test_it_is_done_now_and_then_and_a_failure_ends_nothing(
    services: Services, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(tidy, "FIRST_AFTER_S", 0.01)
    monkeypatch.setattr(tidy, "EVERY_S", 0.01)
    stop, tries = threading.Event(), []

    def forget(before: datetime, but: set[str]) -> int:
        tries.append(before)
        if len(tries) == 1:
            raise OSError("away")
        stop.set()
        return 0

    monkeypatch.setattr(services.queue, "forget", forget)
    tidy.keep_tidy(services, stop)
    assert len(tries) == 2
    assert "tried again" in caplog.text
