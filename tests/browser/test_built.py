"""What the build makes: small enough, complete in every language, in step with what Python says."""

from __future__ import annotations

import gzip
import json
import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from connector.web import widget

SOURCES = Path(widget.__file__).resolve().parents[1] / "widget" / "src"
KB = 1000
EMBED_KB, STYLE_KB, WORLD_KB = 25, 4, 200
ASKED = "asked"
"""What an embed loads when somebody comes near: the list, large photos."""
LANGUAGES = ("en", "zh", "de")
_PLACEHOLDER = re.compile(r"\{(\w+)[,}]")


@pytest.fixture(scope="module")
def manifest(built: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((built / ".vite/manifest.json").read_text())
    return loaded


def loaded_by(
    manifest: dict[str, Any], entry: str, *, languages: tuple[str, ...] = ("en",), without: str | None = None
) -> set[str]:
    """Names of the chunks a page loads in those languages, the lazy ones too, but for the one called ``without``."""
    found: set[str] = set()
    waiting = [entry]
    while waiting:
        name = waiting.pop()
        chunk = manifest[name]
        language = re.search(r"texts/(?:studio\.)?(\w+)\.json$", name)
        if name in found or chunk.get("name", name) == without or (language and language[1] not in languages):
            continue
        found.add(name)
        waiting += [*chunk.get("imports", ()), *chunk.get("dynamicImports", ())]
    return found


def size(built: Path, files: set[str]) -> int:
    return sum(len(gzip.compress((built / file).read_bytes(), 9)) for file in files)


def own(manifest: dict[str, Any], chunks: set[str]) -> tuple[set[str], set[str]]:
    """Scripts and styles of those chunks that are not MapLibre's."""
    of = [manifest[name] for name in chunks]
    styles = {css for chunk in of for css in chunk.get("css", ()) if "maplibre" not in css}
    return {chunk["file"] for chunk in of if "maplibre" not in chunk["file"]}, styles


def test_the_embeds_own_code_is_small(built: Path, manifest: dict[str, Any], record_property: Any) -> None:
    whole = loaded_by(manifest, "src/embed/main.ts")
    assert any("maplibre" in manifest[name]["file"] for name in whole), "MapLibre is a chunk of its own"
    code, styles = own(manifest, whole)
    record_property("embed_bytes", size(built, code))
    assert size(built, code) <= EMBED_KB * KB, f"{size(built, code)} bytes"
    before = loaded_by(manifest, "src/embed/main.ts", without=ASKED)
    assert {manifest[name]["name"] for name in whole - before} == {ASKED}
    first = set.union(*own(manifest, before))
    record_property("first_bytes", size(built, first))
    assert size(built, first) <= EMBED_KB * KB, f"{size(built, first)} bytes until somebody asks for more"
    assert size(built, styles) <= STYLE_KB * KB, f"{size(built, styles)} bytes"


def test_the_first_look_of_an_embed_waits_for_no_map(built: Path, manifest: dict[str, Any]) -> None:
    first: set[str] = set()
    waiting = {"src/embed/main.ts"}
    while waiting:
        first |= waiting
        waiting = {other for name in waiting for other in manifest[name].get("imports", ())} - first
    assert not any("maplibre" in manifest[name]["file"] for name in first)
    assert size(built, {manifest[name]["file"] for name in first}) < 8 * KB


def test_the_studio_is_loaded_by_the_studio_alone(manifest: dict[str, Any]) -> None:
    everywhere = loaded_by(manifest, "src/embed/main.ts", languages=LANGUAGES) | loaded_by(
        manifest, "src/album/main.ts", languages=LANGUAGES
    )
    assert not [name for name in everywhere if "studio" in name or "studio" in manifest[name]["file"]]


def test_the_backdrop_is_small_and_lies_within_the_world(built: Path) -> None:
    path = built / "world.geojson"
    assert len(gzip.compress(path.read_bytes(), 9)) <= WORLD_KB * KB
    features = json.loads(path.read_text())["features"]
    assert {feature["properties"]["kind"] for feature in features} == {"land", "border", "name"}
    (land,) = [each["geometry"]["coordinates"] for each in features if each["properties"]["kind"] == "land"]
    for ring in (ring for polygon in land for ring in polygon):
        assert all(-180 <= lon <= 180 and -90 <= lat <= 90 for lon, lat in ring)
        assert ring[0] == ring[-1]
        jumps = [abs(a[0] - b[0]) for a, b in pairwise(ring) if abs(a[1]) < 85]
        assert max(jumps, default=0) < 180, "no edge runs around the world"


def test_countries_are_named_in_every_language(built: Path) -> None:
    features = json.loads((built / "world.geojson").read_text())["features"]
    names = {said["name"]: said for each in features if (said := each["properties"])["kind"] == "name"}
    assert (names["Germany"]["name_de"], names["Germany"]["name_zh"]) == ("Deutschland", "德国")
    unnamed = {name for name, said in names.items() if not said.get("name_de") or not said.get("name_zh")}
    assert unnamed <= {"Somaliland", "Kosovo", "N. Cyprus", "Indian Ocean Ter.", "Siachen Glacier"}


@pytest.mark.parametrize("catalogue", ["", "studio."])
def test_every_text_is_there_in_every_language(catalogue: str) -> None:
    texts = {lang: json.loads((SOURCES / f"texts/{catalogue}{lang}.json").read_text()) for lang in LANGUAGES}
    for lang, said in texts.items():
        assert said.keys() == texts["en"].keys(), lang
        assert all(said.values()), lang
        for key, text in said.items():
            assert set(_PLACEHOLDER.findall(text)) == set(_PLACEHOLDER.findall(texts["en"][key])), f"{lang}: {key}"


SAME_IN_GERMAN = {"video", "token", "clock_shift", "links", "shape_story", "shape_a4"}
LATIN_IN_CHINESE = {"XMP", "Ctrl", "Shift", "Esc", "WordPress", "Google", "Earth"}


@pytest.mark.parametrize("catalogue", ["", "studio."])
def test_no_english_is_left_in_another_language(catalogue: str) -> None:
    texts = {lang: json.loads((SOURCES / f"texts/{catalogue}{lang}.json").read_text()) for lang in LANGUAGES}
    assert {key for key, text in texts["de"].items() if text == texts["en"][key]} <= SAME_IN_GERMAN
    for key, text in texts["zh"].items():
        bare = re.sub(r"\{\w+, plural,|\b(one|other)\b|=\d|\{\w+\}", "", text)
        assert set(re.findall("[A-Za-z]{2,}", bare)) <= LATIN_IN_CHINESE, key


def test_no_text_is_missing_and_none_is_idle() -> None:
    code = "\n".join(path.read_text() for path in SOURCES.rglob("*.ts*"))
    used = set(re.findall(r'say\(\s*"([a-z_0-9]+)"', code)) | set(re.findall(r'"([a-z_0-9]+)"', code))
    made = tuple(re.findall(r"say\(`([a-z]+_)\$\{", code)) + tuple(re.findall(r"`([a-z]+_)\$\{", code))
    known = {key for path in SOURCES.glob("texts/*en.json") for key in json.loads(path.read_text())}
    asked = set(re.findall(r'\bsay\(\s*"([a-z_0-9]+)"', code))
    assert asked <= known
    assert not [key for key in known if key not in used and not key.startswith(made)]


def test_the_lock_names_no_address() -> None:
    lock = (SOURCES.parent / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    assert lock.count('"integrity"') > 30
