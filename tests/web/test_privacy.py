"""What a share hides is hidden everywhere: document, photos, picture, oEmbed, pages."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image

from tests.tiny_network import crossing
from tests.web.album import BEGIN, WALK, write_album
from tests.web.conftest import Browser
from tests.web.test_embed import make_share

FIRST, LAST = crossing(*WALK[0]), crossing(*WALK[-1])
METRES = 111_320.0


def decoded(polyline: str) -> Iterator[tuple[float, float]]:
    """(lat, lon) of a polyline with 5 decimals, by the published algorithm."""
    values, value, shift, place = [], 0, 0, [0, 0]
    for char in polyline:
        chunk = ord(char) - 63
        value |= (chunk & 31) << shift
        shift += 5
        if chunk < 32:
            values.append(~(value >> 1) if value & 1 else value >> 1)
            value = shift = 0
    for lat, lon in zip(values[::2], values[1::2], strict=True):
        place = [place[0] + lat, place[1] + lon]
        yield place[0] / 1e5, place[1] / 1e5


def places_in(document: dict[str, Any]) -> list[tuple[float, float]]:
    """Every place a document tells."""
    shapes = [piece for shape in document["legs"]["shape"] for piece in shape.split(" ") if piece]
    lines = [document["photos"]["at"], document["stops"]["at"], *shapes]
    vias = [(lat, lon) for vias in document["legs"]["vias"].values() for _, lat, lon in vias]
    west, south, east, north = document["bounds"]
    return [*(place for line in lines for place in decoded(line)), *vias, (south, west), (north, east)]


def apart_m(a: tuple[float, float], b: tuple[float, float]) -> float:
    return float(((a[0] - b[0]) ** 2 + ((a[1] - b[1]) * 0.669) ** 2) ** 0.5 * METRES)


def sums(steps: list[int | None]) -> list[int]:
    total, said = 0, []
    for step in steps:
        if step is not None:
            total += step
            said.append(total)
    return said


@pytest.fixture
def owners(anna: Browser, trace_id: str) -> dict[str, Any]:
    """The document as Anna sees it."""
    return dict(anna.get(f"/traces/{trace_id}/document").json)


def test_the_whole_trace_tells_where_it_began(owners: dict[str, Any]) -> None:
    assert min(apart_m(place, FIRST) for place in places_in(owners)) < 5
    assert len(owners["photos"]["key"]) == 6


def test_hidden_ends_are_hidden_everywhere(
    anna: Browser, stranger: Browser, trace_id: str, owners: dict[str, Any]
) -> None:
    token = make_share(anna, trace_id, hide_ends_m=250)
    document = stranger.ask("GET", f"/embed/{token}/document").json
    for end in (FIRST, LAST):
        assert min(apart_m(place, end) for place in places_in(document)) > 240
    shown = set(document["photos"]["key"])
    hidden = [key for key in owners["photos"]["key"] if key not in shown]
    assert len(shown) == 3  # neither end, nor the photo without a place
    for key in hidden:
        for path in (f"/embed/{token}/photos/{key}", f"/embed/{token}/photos/{key}/open"):
            assert stranger.ask("GET", path).data == stranger.ask("GET", path.replace(key, "nothing")).data
    assert all(stranger.ask("GET", f"/embed/{token}/photos/{key}").status_code == 200 for key in shown)
    first, last = int(BEGIN.timestamp()), int(BEGIN.timestamp()) + 4 * 1200
    assert not {first, last} & set(sums(document["photos"]["time"]) + sums(document["stops"]["start"]))


def test_path_only_shows_a_path_and_nothing_else(
    anna: Browser, stranger: Browser, trace_id: str, owners: dict[str, Any]
) -> None:
    named = {"kind": "stop", "anchor_asset": owners["photos"]["key"][0], "name": "Grandmother's house", "emoji": "🏠"}
    seen = {"If-Match": f'"{owners["version"]}"'}
    assert anna.post(f"/traces/{trace_id}/edits", {"edit": named}, headers=seen).status_code == 200
    token = make_share(anna, trace_id, path_only=True)
    answer = stranger.ask("GET", f"/embed/{token}/document")
    document = answer.json
    assert len(places_in(document)) > 5
    assert document["photos"]["key"] == []
    assert document["photos"]["linked"] is False
    assert set(document["stops"]["photos"]) == {0}
    assert "Grandmother" not in answer.text
    assert "🏠" not in answer.text
    instants = {int(BEGIN.timestamp()) + n * 1200 for n in range(len(WALK))}
    assert not instants & set(sums(document["stops"]["start"]))
    for key in owners["photos"]["key"]:
        assert stranger.ask("GET", f"/embed/{token}/photos/{key}").status_code == 404
    svg = stranger.ask("GET", f"/embed/{token}/picture.svg").text
    assert "<image" not in svg
    assert "data:image/jpeg" not in svg
    for page in (f"/embed/{token}", f"/embed/{token}/album", "/oembed?url=" + f"http://localhost/embed/{token}"):
        text = stranger.ask("GET", page).text
        assert "Grandmother" not in text
        assert not any(key in text for key in owners["photos"]["key"])


def test_an_excluded_photo_is_not_shared(
    anna: Browser, stranger: Browser, trace_id: str, owners: dict[str, Any]
) -> None:
    key = owners["photos"]["key"][2]
    token = make_share(anna, trace_id)
    assert stranger.ask("GET", f"/embed/{token}/photos/{key}").status_code == 200
    edit = {"edit": {"kind": "exclude", "asset": key}}
    seen = {"If-Match": f'"{owners["version"]}"'}
    assert anna.post(f"/traces/{trace_id}/edits", edit, headers=seen).status_code == 200
    assert stranger.ask("GET", f"/embed/{token}/photos/{key}").status_code == 404
    assert key not in stranger.ask("GET", f"/embed/{token}/document").text


def test_a_photo_of_another_trace_is_not_shared(
    anna: Browser, stranger: Browser, trace_id: str, connection_id: str, library: Any
) -> None:
    write_album(library / "other", [crossing(2, 2), crossing(2, 6)])
    other = anna.post("/traces", {"connection_id": connection_id, "albums": ["other"]}).json["id"]
    key = anna.get(f"/traces/{other}/document").json["photos"]["key"][0]
    token = make_share(anna, trace_id)
    assert stranger.ask("GET", f"/embed/{token}/photos/{key}").status_code == 404
    assert anna.get(f"/traces/{trace_id}/photos/{key}").status_code == 404
    assert anna.get(f"/traces/{other}/photos/{key}").status_code == 200


@pytest.mark.parametrize("edge", [64, 256, 1024])
def test_a_shared_photo_carries_no_metadata(
    anna: Browser, stranger: Browser, trace_id: str, owners: dict[str, Any], edge: int
) -> None:
    token = make_share(anna, trace_id)
    key = owners["photos"]["key"][0]
    answer = stranger.ask("GET", f"/embed/{token}/photos/{key}", query_string={"edge": edge})
    assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
    image = Image.open(io.BytesIO(answer.data))
    assert not image.getexif()
    assert b"Exif" not in answer.data
    assert max(image.size) <= edge
    again = stranger.ask(
        "GET", f"/embed/{token}/photos/{key}?edge={edge}", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert again.status_code == 304


def test_what_will_be_visible_is_said_before(anna: Browser, trace_id: str) -> None:
    wish = {"path_only": True, "hide_ends_m": 300, "dry_run": True}
    said = anna.post(f"/traces/{trace_id}/shares", wish)
    assert said.status_code == 200
    assert any("no photos" in line for line in said.json["visible"])
    assert any("300 m" in line for line in said.json["visible"])
    assert anna.get(f"/traces/{trace_id}/shares").json == []


@pytest.mark.parametrize(
    ("wish", "wrong"),
    [
        ({"hide_ends_m": -1}, "hide_ends_m"),
        ({"hide_ends_m": 1e9}, "hide_ends_m"),
        ({"expires_at": "2001-01-01T00:00:00+00:00"}, "expires_at"),
        ({"expires_at": "tomorrow"}, "expires_at"),
        ({"expires_at": "9999-12-31T23:59:59-12:00"}, "expires_at"),
        ({"expires_at": "2031-01-01T00:00:00"}, "expires_at"),
        ({"frame_ancestors": ["https://a.example; script-src *"]}, "a.example"),
        ({"frame_ancestors": ["gallery.example"]}, "gallery.example"),
        ({"password": "abc"}, "password"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_wish_that_cannot_be_right_makes_no_share(
    anna: Browser, trace_id: str, wish: dict[str, Any], wrong: str
) -> None:
    answer = anna.post(f"/traces/{trace_id}/shares", wish)
    assert answer.status_code == 422
    assert wrong in answer.json["detail"]
    assert anna.get(f"/traces/{trace_id}/shares").json == []


def test_a_picture_names_nothing_the_share_hides(anna: Browser, stranger: Browser, trace_id: str) -> None:
    whole, cut = make_share(anna, trace_id), make_share(anna, trace_id, hide_ends_m=250)
    photos = [
        len(re.findall("data:image/jpeg", stranger.ask("GET", f"/embed/{token}/picture.svg").text))
        for token in (whole, cut)
    ]
    assert photos[0] > photos[1] > 0
    picture = stranger.ask("GET", f"/embed/{whole}/picture.png?shape=square&width=300")
    assert (picture.status_code, picture.mimetype) == (200, "image/png")
    assert Image.open(io.BytesIO(picture.data)).size == (300, 300)
    assert anna.get(f"/traces/{trace_id}/picture.png?theme=none").status_code == 422
