"""What a process learns of servers holds for all its connections."""

from __future__ import annotations

import pytest

from adapters.library import Unauthorized, Unavailable
from adapters.nextcloud import KIND
from adapters.nextcloud.guard import LOCKED_S, REFUSED_S, Credential, Guard
from adapters.nextcloud.server import basic, learn
from connector.net import GuardedNet, Policy
from tests.adapters.nextcloud.fake import FakeNextcloud
from tests.adapters.nextcloud.recorded import Recorded, Variant
from tests.adapters.servers import serving


def test_a_refused_password_is_not_tried_again_but_another_one_is() -> None:
    guard = Guard()
    guard.refuse("cloud.test", basic("alice", "old"))
    with pytest.raises(Unauthorized, match="not tried again"):
        guard.check("cloud.test", basic("alice", "old"))
    guard.check("cloud.test", basic("alice", "new"))
    guard.check("other.test", basic("alice", "old"))


def test_a_refused_password_gets_one_more_chance_a_day_later() -> None:
    now = [0.0]
    guard = Guard(now=lambda: now[0])
    guard.refuse("cloud.test", basic("alice", "old"))
    now[0] = REFUSED_S - 1
    with pytest.raises(Unauthorized):
        guard.check("cloud.test", basic("alice", "old"))
    now[0] = REFUSED_S + 1
    guard.check("cloud.test", basic("alice", "old"))
    guard.refuse("cloud.test", basic("alice", "old"))
    with pytest.raises(Unauthorized):
        guard.check("cloud.test", basic("alice", "old"))


def test_guests_are_told_apart_by_their_link() -> None:
    guard = Guard()
    guard.refuse("cloud.test", Credential({}, "link-1"))
    guard.check("cloud.test", Credential({}, "link-2"))
    with pytest.raises(Unauthorized):
        guard.check("cloud.test", Credential({}, "link-1"))


def test_a_lock_holds_for_half_an_hour_and_for_everybody() -> None:
    now = [0.0]
    guard = Guard(now=lambda: now[0])
    guard.lock("cloud.test")
    now[0] = LOCKED_S - 60
    with pytest.raises(Unavailable) as error:
        guard.check("cloud.test", basic("bob", "right"))
    assert error.value.retry_after_s == 60
    guard.check("other.test", basic("bob", "right"))
    now[0] = LOCKED_S + 1
    guard.check("cloud.test", basic("bob", "right"))


@pytest.mark.parametrize("name", ["bruteforce_12", "bruteforce_ocs_during_block"])
def test_the_recorded_lock_out_stops_every_connection_to_that_host(name: str) -> None:
    host = f"http://locked-{name.replace('_', '-')}.test"
    net = Recorded(Variant(name, path="/ocs/v2.php/cloud/user"), host=host)
    if name == "bruteforce_12":  # recorded for a listing
        net = Recorded(Variant(name, path="/public.php/dav/files/SHARED00000001"), host=host)
        library = KIND.open({"share_link": f"{host}/s/SHARED00000001"}, net)
    else:
        library = KIND.open({"url": host, "user": "alice", "password": "right"}, net)
    with pytest.raises(Unavailable, match="30 minutes") as error:
        library.account()
    assert error.value.retry_after_s == LOCKED_S
    other = KIND.open({"url": host, "user": "bob", "password": "right, too"}, net)
    with pytest.raises(Unavailable, match="more minutes"):
        other.account()
    with pytest.raises(Unavailable):
        list(other.assets("folder:Photos"))
    assert len(net.asked) == 1


def test_a_busy_proxys_429_with_a_time_locks_nobody_out() -> None:
    learn("proxied.test", basic("alice", "right"), 429, "7")
    with pytest.raises(Unavailable):
        learn("locked.test", basic("alice", "right"), 429, None)


def test_eleven_connections_with_one_wrong_password_do_not_lock_the_server() -> None:
    fake = FakeNextcloud({"alice": "right"})
    with serving(fake) as url:
        net = GuardedNet(Policy(["127.0.0.0/8"]))
        for _ in range(11):
            with pytest.raises(Unauthorized):
                KIND.open({"url": url, "user": "alice", "password": "wrong"}, net).account()
        assert fake.refused == 1
        assert KIND.open({"url": url, "user": "alice", "password": "right"}, net).account().name == "Alice"
