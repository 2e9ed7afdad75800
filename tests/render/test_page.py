"""The page stands alone: nothing is fetched, nothing runs, and every text stays a text."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from connector.maps.tiles import Tiles
from connector.render.page import page
from connector.render.picture import svg
from connector.render.scene import Scene, Thumbnail
from connector.render.words import sentence
from connector.routing.pool import Routers
from tests.render.scenes import scene_of, town_trip, without_places


class Seen(HTMLParser):
    """Elements with their attributes, and the text outside of <style>."""

    def __init__(self, said: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(said)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "style" not in self._open:
            self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture
def seen(town: tuple[Scene, Thumbnail], tiles: Tiles) -> Seen:
    scene, thumbnail = town
    return Seen(page(scene, svg(scene, shape="portrait", tiles=tiles, thumbnail=thumbnail), thumbnail))


def test_it_shows_everything(seen: Seen, town: tuple[Scene, Thumbnail]) -> None:
    scene = town[0]
    assert len(seen.all("figure")) == len(scene.photos)
    assert len(seen.all("section")) == len(scene.trace.stops)
    assert len([p for p in seen.all("p") if "way" in (p.get("class") or "")]) == len(scene.trace.legs)
    assert len(seen.all("svg")) == 1
    assert "Saturday, 2 May 2026" in seen.text or "Saturday 2 May 2026" in seen.text
    assert "OpenStreetMap contributors" in seen.text
    assert 'Market <&> "Square"' in seen.text
    assert scene.title in seen.text


def test_a_way_that_is_not_known_says_why(town: tuple[Scene, Thumbnail]) -> None:
    why = "no way by roads was found between the two places"
    legs = [replace(leg, confidence=0.3, reason=why) if leg.index == 1 else leg for leg in town[0].trace.legs]
    scene = replace(town[0], lang="de", trace=replace(town[0].trace, legs=tuple(legs)))
    seen = Seen(page(scene, "<svg/>", town[1]))
    assert seen.text.count(sentence("de", why)) == 1
    assert len([p for p in seen.all("p") if p.get("class") == "way guess"]) == sum(leg.confidence < 0.5 for leg in legs)


def test_nothing_is_fetched_and_nothing_runs(seen: Seen, town: tuple[Scene, Thumbnail]) -> None:
    assert not seen.all("script")
    assert not seen.all("link")
    for tag, attributes in seen.elements:
        assert not [name for name in attributes if name.startswith("on")], tag
        address = attributes.get("src") or (attributes.get("href") if tag == "image" else None)
        assert address is None or address.startswith("data:image/jpeg;base64,")
    (policy,) = [meta["content"] for meta in seen.all("meta") if "http-equiv" in meta]
    assert policy == "default-src 'none';img-src data:;style-src 'unsafe-inline'"
    assert [a["href"] for a in seen.all("a")] == [town[0].link]


def test_every_photo_has_a_text(seen: Seen) -> None:
    assert all(image.get("alt") for image in seen.all("img"))


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "JAVASCRIPT:x"])
def test_only_addresses_of_the_web_are_links(town: tuple[Scene, Thumbnail], address: str) -> None:
    scene = replace(town[0], link=None, photos={i: replace(p, url=address) for i, p in town[0].photos.items()})
    assert not Seen(page(scene, "<svg/>", town[1])).all("a")
    fine = replace(scene, photos={i: replace(p, url="https://x.example/1?a&b") for i, p in scene.photos.items()})
    links = Seen(page(fine, "<svg/>", town[1])).all("a")
    assert {a["href"] for a in links} == {"https://x.example/1?a&b"}
    assert {a["rel"] for a in links} == {"noopener noreferrer"}


def test_hostile_texts_stay_texts(town: tuple[Scene, Thumbnail]) -> None:
    nasty = '"><script>alert(1)</script><img src=x onerror=alert(2)>\x00'
    photos = {i: replace(p, name=nasty, colour='red"onload="x') for i, p in town[0].photos.items()}
    scene = replace(town[0], title=nasty, subtitle=nasty, photos=photos, lang='en"><script>')
    seen = Seen(page(scene, "<svg/>", lambda _: None))
    assert not seen.all("script")
    assert not seen.all("img")
    assert not any(name.startswith("on") for _, attributes in seen.elements for name in attributes)


def test_photos_without_a_place_are_listed_with_the_reason(routers: Routers) -> None:
    trip = without_places(town_trip(5))
    scene = scene_of(trip, routers, title="Shoebox", lang="zh-CN")
    seen = Seen(page(scene, "<svg/>", trip.thumbnail))
    assert len(seen.all("figure")) == 5
    assert "5 张照片没有地点" in seen.text
    assert sentence("zh", scene.trace.unplaced[0].reason) in seen.text
    assert scene.trace.unplaced[0].reason not in seen.text


def test_it_is_readable_in_both_schemes_and_on_paper(town: tuple[Scene, Thumbnail]) -> None:
    said = page(town[0], "<svg/>", town[1])
    assert "@media (prefers-color-scheme: dark)" in said
    assert "@media print" in said
    assert re.search(r":root\{--paper:#[0-9a-f]{6};--ink:#", said)


def test_a_photo_that_was_taken_during_a_stop_by_its_time_is_shown_there(routers: Routers) -> None:
    trip = town_trip(30)
    stop = next(each for each in scene_of(trip, routers).trace.stops if len(each.asset_ids) > 2)
    lost = stop.asset_ids[1]
    fixes = tuple(replace(fix, lat=None, lon=None) if fix.asset_id == lost else fix for fix in trip.fixes)
    scene = scene_of(replace(trip, fixes=fixes), routers)
    assert [(each.asset_id, each.leg) for each in scene.trace.inferred] == [(lost, None)]
    said = page(scene, "<svg/>", trip.thumbnail)
    (here,) = [each for each in said.split("<section")[1:] if lost in each.split("</section>")[0]]
    names = re.findall(r"· (7-\d+)( · placed by its time)?</figcaption>", here.split("</section>")[0])
    assert names == [(each, " · placed by its time" if each == lost else "") for each in stop.asset_ids]
