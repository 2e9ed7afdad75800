"""What a share promises beyond what its pages show: limits of the wish, passwords, tickets, where its ends are cut."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connector.actions import scenes, shares, traces
from connector.actions.errors import Invalid, PasswordNeeded, TooMany
from connector.actions.people import Person
from connector.actions.services import Services
from connector.actions.shares import Wish
from tests.actions.conftest import Clock

WORD = "sentinel-correct-horse"


@pytest.mark.parametrize(
    ("wish", "wrong"),
    [
        ({"hide_ends_m": -1.0}, "hide_ends_m"),
        ({"hide_ends_m": 50_001.0}, "hide_ends_m"),
        ({"expires_at": datetime(2001, 1, 1, tzinfo=UTC)}, "expires_at"),
        ({"frame_ancestors": ("https://a.example/gallery",)}, "a.example"),
        ({"frame_ancestors": ("https://a.example; script-src *",)}, "a.example"),
        ({"frame_ancestors": ("javascript://a.example",)}, "a.example"),
        ({"password": "abc"}, "password"),
        ({"password": "a" * 201}, "password"),
    ],
)
def test_a_wish_that_cannot_be_right_is_refused_whoever_makes_it(
    services: Services, anna: Person, trace_id: str, wish: dict[str, Any], wrong: str
) -> None:
    """Commands and watches make shares as well, without the checks of the API before them."""
    with pytest.raises(Invalid, match=wrong):
        shares.share(services, anna, trace_id, Wish(**wish))
    assert shares.shares(services, anna, trace_id) == ()


def test_a_password_cannot_be_tried_out(services: Services, anna: Person, trace_id: str) -> None:
    token = shares.share(services, anna, trace_id, Wish(password=WORD)).token

    def tries(times: int) -> None:
        for n in range(times):
            with pytest.raises(PasswordNeeded):
                shares.shared(services, token, f"guess {n}")

    tries(1)
    assert shares.shared(services, token, WORD).trace_id == trace_id
    tries(20)  # who knows it has not used up the tries of those who mistype it
    for said in ("guess", WORD):
        with pytest.raises(TooMany):
            shares.shared(services, token, said)


def test_a_ticket_counts_for_a_day(services: Services, anna: Person, trace_id: str, clock: Clock) -> None:
    token = shares.share(services, anna, trace_id, Wish(password=WORD)).token
    ticket = shares.ticket(services, token, WORD)
    clock.ahead = timedelta(hours=23)
    assert shares.shared(services, token, ticket).trace_id == trace_id
    clock.ahead = timedelta(hours=25)
    with pytest.raises(PasswordNeeded):
        shares.shared(services, token, ticket)


def test_nobody_can_work_out_where_the_ends_are_cut(services: Services, anna: Person, trace_id: str) -> None:
    """The circles lie elsewhere for every share: by a secret of it, and not by the place of the door alone.

    A cut can fall on any of eleven points here, so that two shares are alike one time in nine, twelve once in 10**10.
    """
    made = [shares.share(services, anna, trace_id, Wish(hide_ends_m=250)).token for _ in range(12)]
    cut = [shares.shared(services, token).scene.trace.stops[0] for token in made]

    assert len({(stop.lat, stop.lon) for stop in cut}) > 1


def test_the_style_names_no_photo_that_is_hidden(services: Services, anna: Person, trace_id: str) -> None:
    photos = scenes.scene(services, anna, trace_id).photos
    hidden, seen = photos["walk/IMG_0000.jpg"].key, photos["walk/IMG_0003.jpg"].key
    style = {"emoji": {hidden: "🏠", seen: "🍎"}, "featured": [hidden, seen]}
    traces.change(services, anna, trace_id, {"style": style})
    token = shares.share(services, anna, trace_id, Wish(hide_ends_m=250)).token
    shown = shares.shared(services, token).scene

    assert hidden not in {photo.key for photo in shown.photos.values()}
    assert (dict(shown.style.emoji), shown.style.featured) == ({seen: "🍎"}, (seen,))
