"""What a share promises beyond what its pages show: limits of the wish, passwords, tickets, where its ends are cut."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connector.actions import connections, scenes, shares, thumbnails, traces
from connector.actions.errors import Invalid, PasswordNeeded, TooMany
from connector.actions.people import Person
from connector.actions.services import Services, open_services
from connector.actions.shares import Wish
from connector.settings import Settings
from connector.store.tables import ShareRow
from connector.store.vault import Vault
from connector.trace.model import Trace
from connector.trace.privacy import hiding, visible
from tests.actions.conftest import Clock

WORD = "sentinel-correct-horse"
SEEN = "walk/IMG_0003.jpg"


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


class Cuts:
    """Watches by which seed ends are hidden."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seeds: list[str] = []
        monkeypatch.setattr(shares, "visible", self._visible)

    def _visible(self, trace: Trace, *, path_only: bool, hide_ends_m: float, seed: str) -> Trace:
        self.seeds.append(seed)
        return visible(trace, path_only=path_only, hide_ends_m=hide_ends_m, seed=seed)


@pytest.fixture
def cuts(monkeypatch: pytest.MonkeyPatch) -> Cuts:
    return Cuts(monkeypatch)


def test_nobody_can_work_out_where_the_ends_are_cut(
    services: Services, settings: Settings, anna: Person, trace_id: str, cuts: Cuts
) -> None:
    """All links of a person are cut at the same place, so that many of them tell no more than one.

    So is what is shown before there is a link; and after a restart nothing is cut elsewhere.
    """
    wish = Wish(hide_ends_m=250)
    said = shares.what_would_be_visible(services, anna, trace_id, wish)
    made = [shares.share(services, anna, trace_id, wish) for _ in range(4)]
    cut = [shares.shared(services, each.token).scene.trace for each in made]
    with open_services(settings) as again:
        cut.append(shares.shared(again, made[0].token).scene.trace)

    assert all(each == cut[0] for each in cut)
    assert {each.visible for each in made} == {said}
    assert len(set(cuts.seeds)) == 1
    assert len(cuts.seeds) == 1 + len(made) + len(cut)


def test_everybody_is_cut_elsewhere(
    services: Services, anna: Person, berta: Person, trace_id: str, photos: Path, cuts: Cuts
) -> None:
    """By a secret: what a link, a person and a trace are called is known to others."""
    wish = Wish(hide_ends_m=250)
    hers = connections.connect(services, replace(berta, is_admin=True), "home", "folder", {"path": str(photos)})
    of_berta = traces.start(services, berta, hers.id, ["walk"]).trace_id
    shares.what_would_be_visible(services, anna, trace_id, wish)
    shares.what_would_be_visible(services, berta, of_berta, wish)
    other_key = replace(services, vault=Vault(["k" * 44]))
    shares.what_would_be_visible(other_key, anna, trace_id, wish)

    assert len(set(cuts.seeds)) == 3
    assert all(len(seed) == 64 for seed in cuts.seeds)
    doors = [(48 + n / 100, 9 + n / 50) for n in range(50)]
    mine, theirs = ([hiding(door, 250, seed).middle for door in doors] for seed in cuts.seeds[:2])
    assert not set(mine) & set(theirs)


def test_a_version_does_not_tell_how_many_photos_there_are(services: Services, anna: Person, trace_id: str) -> None:
    """It cannot be worked out from what is known: the same link to the same trace has another one by another secret."""
    token = shares.share(services, anna, trace_id, Wish(path_only=True)).token
    before = shares.shared(services, token)
    assert shares.shared(services, token).version == before.version
    with services.store.write() as session:
        session.get_one(ShareRow, before.share.id).salt = "0" * 32
    after = shares.shared(services, token)
    assert (after.share, after.scene) == (before.share, before.scene)
    assert after.version != before.version


def test_of_a_path_only_no_photo_changes_the_version(services: Services, anna: Person, trace_id: str) -> None:
    """Who looks again and again could count the photos by how often it changes while their colours become known."""
    wishes = Wish(path_only=True), Wish()
    path, whole = (shares.share(services, anna, trace_id, wish).token for wish in wishes)
    before = [shares.shared(services, token).version for token in (path, whole)]
    thumbnails.thumbnail(services, anna, trace_id, scenes.scene(services, anna, trace_id).photos[SEEN].key, 64)
    after = [shares.shared(services, token).version for token in (path, whole)]
    assert [a == b for a, b in zip(before, after, strict=True)] == [True, False]


def test_the_style_names_no_photo_that_is_hidden(services: Services, anna: Person, trace_id: str) -> None:
    photos = scenes.scene(services, anna, trace_id).photos
    hidden, seen = photos["walk/IMG_0000.jpg"].key, photos[SEEN].key
    style = {"emoji": {hidden: "🏠", seen: "🍎"}, "featured": [hidden, seen]}
    traces.change(services, anna, trace_id, {"style": style})
    token = shares.share(services, anna, trace_id, Wish(hide_ends_m=250)).token
    shown = shares.shared(services, token).scene

    assert hidden not in {photo.key for photo in shown.photos.values()}
    assert (dict(shown.style.emoji), shown.style.featured) == ({seen: "🍎"}, (seen,))
