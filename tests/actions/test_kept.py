"""What is held in memory: counts of tries, builders, routers."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest

from connector.actions import roads
from connector.actions.errors import TooMany
from connector.actions.held import Held
from connector.actions.limits import Limits
from connector.actions.people import Person
from connector.actions.roads import LiveRouters
from connector.actions.services import Services
from connector.actions.ways_kept import AT_ONCE, KeptWays
from tests.tiny_network import crossing


def test_tries_are_counted_by_name_and_forgotten_with_time() -> None:
    now = [100.0]
    limits = Limits(lambda: now[0])
    for _ in range(3):
        limits.spend("a", 3, 60)
    with pytest.raises(TooMany) as caught:
        limits.spend("a", 3, 60)
    assert caught.value.retry_after_s == 60
    limits.spend("b", 3, 60)
    now[0] += 61
    limits.spend("a", 3, 60)
    limits.forget("a")
    for _ in range(3):
        limits.spend("a", 3, 60)


def test_of_endlessly_many_names_only_the_last_are_counted() -> None:
    """Whoever tries a new address each time must not fill the memory."""
    limits = Limits(lambda: 100.0)
    for n in range(50_001):
        limits.spend(f"name {n}", 1, 60)
    limits.spend("name 0", 1, 60)
    with pytest.raises(TooMany):
        limits.spend("name 50000", 1, 60)


def test_a_value_is_made_once_while_its_stamp_stays() -> None:
    held, made = Held(most=2), []

    def make() -> list[int]:
        made.append(1)
        return made

    for stamp in (1, 1, 2):
        with held.value("a", stamp, make):
            pass
    assert len(made) == 2
    for name in ("b", "c", "a"):
        with held.value(name, 2, make):
            pass
    assert len(made) == 5, "the least recently used went"


def test_one_caller_at_a_time() -> None:
    held, inside, most = Held(), [0], [0]

    def use() -> None:
        for _ in range(50):
            with held.value("a", 1, object):
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                inside[0] -= 1

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1]


def test_a_map_that_comes_is_used_and_one_that_goes_is_not(
    tiny_maps: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roads, "LOOK_AGAIN_S", -1.0)
    live = LiveRouters(tmp_path / "maps", 1)
    here = (crossing(3, 3), crossing(3, 4))
    try:
        empty = live.fingerprint()
        assert live.covering(*here) is None
        shutil.copytree(tiny_maps, tmp_path / "maps")
        found = live.covering(*here)
        assert found is not None
        assert found.map_name == "tiny"
        assert live.fingerprint() != empty
        shutil.rmtree(tmp_path / "maps" / "tiny")
        assert live.covering(*here) is None
        assert live.fingerprint() == empty
    finally:
        live.close()


def test_routers_answers_are_kept_for_one_person(services: Services, anna: Person, berta: Person) -> None:
    hers, his = KeptWays(services.store, anna.id, services.now), KeptWays(services.store, berta.id, services.now)
    hers.put("k", b"way")
    assert hers.get("k") == b"way"
    hers.flush()
    hers.put("k", b"way")
    hers.flush()
    assert KeptWays(services.store, anna.id, services.now).get("k") == b"way"
    assert his.get("k") is None
    assert KeptWays(services.store, berta.id, services.now).get("k") is None
    for n in range(AT_ONCE):
        his.put(str(n), b"x")
    assert KeptWays(services.store, berta.id, services.now).get("0") == b"x", "many are written without being told"
