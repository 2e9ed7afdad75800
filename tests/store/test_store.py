"""The database: its shape, its transactions, what is sealed in it."""

from __future__ import annotations

import math
import threading
import zlib
from array import array
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from pydantic import TypeAdapter
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import IntegrityError

from adapters.library import Asset, Position, Taken
from connector.metadata.fix import Fix, TimeSource
from connector.store import packed
from connector.store.database import Store, make_engine, open_store
from connector.store.migrate import configuration, migrate, newest
from connector.store.tables import Base, PersonRow, PhotoRow, TokenRow
from connector.store.vault import Vault, WrongKey, key_id, keys_in
from connector.trace.model import How, Inferred, Leg, Mode, Stop, Suggestion, Trace, Unplaced, ViaPoint
from connector.trace.recordings.recording import Move, Recording, Track
from tests.store.postgres import postgres_url

__all__ = ["postgres_url"]

NOW = datetime(2026, 5, 2, 8, 0, tzinfo=UTC)
KEY, OLDER = "k" * 44, "o" * 44


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    url = f"sqlite:///{tmp_path / 'app.db'}"
    if request.param == "postgres":
        url = request.getfixturevalue("postgres_url")
    opened = open_store(url, tmp_path)
    yield opened
    if request.param == "postgres":
        with opened.engine.begin() as connection:
            connection.execute(text("drop schema public cascade"))
            connection.execute(text("create schema public"))
    opened.close()


def person(id_: str = "p") -> PersonRow:
    return PersonRow(id=id_, name="Anna", is_admin=True, preferences={}, created_at=NOW)


def test_the_migrations_make_the_tables(store: Store) -> None:
    with store.engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    assert differences == []


def test_the_newest_shape_is_that_of_the_last_migration(store: Store) -> None:
    with store.engine.connect() as connection:
        assert ScriptDirectory.from_config(configuration(connection)).get_heads() == [newest()]


def test_a_database_of_the_first_version_keeps_its_rows(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'old.db'}")
    with engine.begin() as connection:
        command.upgrade(configuration(connection), "0001")
        connection.execute(
            text("insert into person (id, name, is_admin, preferences, created_at) values ('p', 'A', 1, '{}', :now)"),
            {"now": "2026-05-02 08:00:00"},
        )
    migrate(engine, tmp_path)
    with Store(engine).read() as session:
        assert session.scalars(select(PersonRow.id)).all() == ["p"]
        assert session.scalars(select(PhotoRow)).all() == []
    engine.dispose()


def test_every_row_has_an_owner(store: Store) -> None:
    for name in inspect(store.engine).get_table_names():
        if name not in ("alembic_version", "person"):
            columns = {column["name"]: column for column in inspect(store.engine).get_columns(name)}
            assert "owner" in columns, name
            assert not columns["owner"]["nullable"], name
            keys = inspect(store.engine).get_foreign_keys(name)
            assert any(key["constrained_columns"] == ["owner"] and key["referred_table"] == "person" for key in keys), (
                name
            )


def test_what_fails_leaves_nothing(store: Store) -> None:
    def write_both() -> None:
        with store.write() as session:
            session.add(person())
            session.flush()
            session.add(TokenRow(hash="h", owner="nobody", label="", created_at=NOW))

    with pytest.raises(IntegrityError):
        write_both()
    with store.read() as session:
        assert session.scalars(select(PersonRow)).all() == []


def test_instants_come_back_as_utc(store: Store) -> None:
    there = NOW.astimezone(timezone(timedelta(hours=5, minutes=45)))
    with store.write() as session:
        session.add(PersonRow(id="p", name="", is_admin=False, preferences={}, created_at=there))
    with store.read() as session:
        found = session.get_one(PersonRow, "p").created_at
    assert (found, found.utcoffset()) == (NOW, timedelta())


def test_writers_wait_for_each_other(store: Store) -> None:
    """Each reads, then writes what it read and one more: without the lock from the start counts get lost."""
    with store.write() as session:
        session.add(PersonRow(id="p", name="0", is_admin=False, preferences={}, created_at=NOW))

    def count() -> None:
        for _ in range(20):
            with store.write() as session:
                wanted = select(PersonRow).where(PersonRow.id == "p").with_for_update()
                row = session.scalars(wanted).one()
                row.name = str(int(row.name) + 1)

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.read() as session:
        assert session.get_one(PersonRow, "p").name == "80"


def test_processes_that_start_together_make_one_database(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'app.db'}"
    problems: list[Exception] = []

    def start() -> None:
        try:
            open_store(url, tmp_path).close()
        except Exception as error:  # noqa: BLE001  # whatever it is, the test shows it
            problems.append(error)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []


def test_sqlite_writes_ahead_and_minds_its_references(tmp_path: Path) -> None:
    opened = open_store(f"sqlite:///{tmp_path / 'app.db'}", tmp_path)
    with opened.engine.connect() as connection:
        assert connection.exec_driver_sql("pragma journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("pragma foreign_keys").scalar() == 1
    opened.close()


# -- what is sealed


def test_a_sealed_text_opens_where_it_belongs() -> None:
    vault = Vault([KEY])
    sealed = vault.seal("a password", "connection", "1", "anna")
    assert vault.open(sealed, "connection", "1", "anna") == "a password"
    assert "password" not in sealed
    assert vault.seal("a password", "connection", "1", "anna") != sealed


@pytest.mark.parametrize(
    "elsewhere", [("connection", "2", "anna"), ("connection", "1", "berta"), ("hook", "1", "anna")]
)
def test_moved_to_another_row_it_does_not_open(elsewhere: tuple[str, ...]) -> None:
    vault = Vault([KEY])
    sealed = vault.seal("a password", "connection", "1", "anna")
    with pytest.raises(WrongKey, match="changed or moved"):
        vault.open(sealed, *elsewhere)


def test_keys_are_renewed_without_losing_anything() -> None:
    sealed = Vault([OLDER]).seal("a password", "x")
    both = Vault([KEY, OLDER])
    assert both.open(sealed, "x") == "a password"
    assert not both.is_newest(sealed)
    again = both.seal(both.open(sealed, "x"), "x")
    assert Vault([KEY]).open(again, "x") == "a password"
    with pytest.raises(WrongKey, match=f"sealed with the key {key_id(OLDER)}"):
        Vault([KEY]).open(sealed, "x")


def test_a_secret_is_the_same_until_its_key_is_gone() -> None:
    secret = Vault([OLDER]).secret("ends", "anna")
    assert Vault([KEY, OLDER]).secret("ends", "anna") == secret
    others = {
        Vault([KEY]).secret("ends", "anna"),
        Vault([OLDER]).secret("ends", "berta"),
        Vault([OLDER]).secret("ends"),
    }
    assert len(others - {secret}) == 3
    assert len(secret) == 64


@pytest.mark.parametrize("keys", [[], [""], ["short"], [KEY, "short"]])
def test_a_key_that_can_be_guessed_is_none(keys: list[str]) -> None:
    with pytest.raises(ValueError, match="at least 32 characters"):
        Vault(keys)


def test_the_key_is_made_once_for_this_user_alone(tmp_path: Path) -> None:
    first = keys_in(tmp_path / "data", None)
    assert keys_in(tmp_path / "data", None) == first
    assert (tmp_path / "data" / "secret.key").stat().st_mode & 0o777 == 0o600
    assert keys_in(tmp_path / "data", f"{KEY} {OLDER}") == [KEY, OLDER]
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret.key"]


# -- what is packed


def test_an_asset_comes_back() -> None:
    asset = Asset(
        id="ü/1",
        where="w",
        version="v",
        name="n",
        media_type="image/jpeg",
        size=None,
        taken=Taken(instant=NOW, wall=NOW.replace(tzinfo=None), utc_offset_s=0),
        position=Position(lat=1.5, lon=-2.5),
        sidecar=Asset(id="s", where="s", version="1", name="s.xmp", media_type="application/xml", size=1),
    )
    assert packed.unpack_asset(packed.pack_asset(asset)) == asset


def test_fixes_and_a_trace_come_back() -> None:
    fixes = (
        Fix(asset_id="a", instant=NOW, lat=1.0, lon=2.0, time_source=TimeSource.GPS, camera="C"),
        Fix(asset_id="b", wall=NOW.replace(tzinfo=None), problem="it is damaged"),
    )
    leg = Leg(
        index=0,
        from_stop=0,
        to_stop=1,
        mode=Mode.WALK,
        how=How.ROUTED,
        confidence=0.5,
        distance_m=1.25,
        duration_s=60,
        shapes=("_p~iF~ps|U", "x"),
        vias=(ViaPoint(seq=1, lat=1, lon=2),),
    )
    stops = tuple(Stop(index=n, lat=n, lon=n, start=NOW, end=NOW, asset_ids=("a",)) for n in (0, 1))
    trace = Trace(
        stops=stops,
        legs=(leg,),
        inferred=(Inferred(asset_id="c", lat=1, lon=2, seconds_to_fix=3, leg=0),),
        unplaced=(Unplaced(asset_id="b", reason="why"),),
        fixes=fixes,
        suggestions=(Suggestion(kind="clock", text="t", camera="C", seconds=60),),
        not_applying=(3,),
    )
    assert packed.unpack_fixes(packed.pack_fixes(fixes)) == fixes
    assert packed.unpack_trace(packed.pack_trace(trace)) == trace
    assert packed.unpack_trace(packed.pack_trace(trace, packed.pack_fixes(trace.fixes))) == trace
    rest = zlib.compress(TypeAdapter(Trace).dump_json(replace(trace, fixes=()), exclude_defaults=True), 1)
    apart = b"".join((b"fixes apart", len(rest).to_bytes(8), rest, packed.pack_fixes(trace.fixes)))
    assert packed.unpack_trace(apart) == trace, "as it was written before its rows were in blocks"
    in_one_piece = zlib.compress(TypeAdapter(Trace).dump_json(trace, exclude_defaults=True), 1)
    assert packed.unpack_trace(in_one_piece) == trace, "as it was written by 0.1"


def test_of_a_trace_only_what_changed_is_packed_again() -> None:
    stops = tuple(Stop(index=n, lat=n / 10, lon=n, start=NOW, end=NOW, asset_ids=(str(n),)) for n in range(200))
    blocks = packed.Blocks()
    assert packed.unpack_trace(packed.pack_trace(Trace(stops=stops), blocks=blocks)).stops == stops
    kind = TypeAdapter(tuple[Stop, ...])
    before = blocks.packed("stops", stops, kind)
    named = (*stops[:70], replace(stops[70], name="Hafen"), *stops[71:])
    after = blocks.packed("stops", named, kind)
    assert [one is other for one, other in zip(before, after, strict=True)] == [True, False, True, True]
    fewer = Trace(stops=named[:65])
    assert packed.unpack_trace(packed.pack_trace(fewer, blocks=blocks)) == fewer


def test_a_recording_comes_back() -> None:
    track = Track(
        t=array("d", [0, 1]), lat=array("d", [1.5, 2]), lon=array("d", [3, 4]), altitude_m=array("d", [math.nan, 5])
    )
    recording = Recording(name="r", tracks=(track,), moves=(Move(start=0, end=1, mode=Mode.TRAIN),), remark="half")
    (found,) = packed.unpack_recordings(packed.pack_recordings([recording]))
    assert (found.name, found.moves, found.remark) == ("r", recording.moves, "half")
    assert (found.tracks[0].lat, found.tracks[0].t, found.tracks[0].mode) == (track.lat, track.t, None)
    assert math.isnan(found.tracks[0].altitude_m[0])
