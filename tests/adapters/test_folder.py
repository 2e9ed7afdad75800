"""A folder beyond the contract: links, hidden folders, names that are no text, sidecars, trying it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import adapters
from adapters.library import BadSettings, Library, NotFound
from connector.net import GuardedNet, Policy

NET = GuardedNet(Policy())


def library(root: Path) -> Library:
    return adapters.kind("folder").open({"path": str(root)}, NET)


def test_folders_in_folders_are_albums_hidden_ones_are_not(tmp_path: Path) -> None:
    for name in ("a.jpg", "Day 1/b.jpg", "Day 1/deep/c.heic", ".cache/d.jpg", "@eaDir/e.jpg", "texts/notes.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    assert [album.id for album in library(tmp_path).albums()] == [".", "Day 1", "Day 1/deep"]


def test_a_link_that_leads_out_is_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret.jpg"
    secret.write_bytes(b"x")
    root = tmp_path / "photos"
    root.mkdir()
    (root / "a.jpg").write_bytes(b"x")
    (root / "b.jpg").symlink_to(secret)
    assert [asset.name for asset in library(root).assets(".")] == ["a.jpg"]
    with pytest.raises(NotFound):
        list(library(root).assets("../"))


def test_a_name_that_is_no_utf8_is_listed_stored_and_read(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"M\xfcnchen")).mkdir()
    (tmp_path / os.fsdecode(b"M\xfcnchen/\xfc.jpg")).write_bytes(b"hello")
    opened = library(tmp_path)
    (album,) = opened.albums()
    (asset,) = opened.assets(album.id)
    assert (album.id, asset.id) == ("M%FCnchen", "M%FCnchen/%FC.jpg")
    assert opened.read(asset, 0, 9) == b"hello"


def test_a_name_that_looks_encoded_is_taken_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "50%25 off").mkdir()
    (tmp_path / "50%25 off" / "%FC.jpg").write_bytes(b"hello")
    opened = library(tmp_path)
    (album,) = opened.albums()
    (asset,) = opened.assets(album.id)
    assert (album.id, asset.name) == ("50%25 off", "%FC.jpg")
    assert opened.read(asset, 0, 9) == b"hello"


@pytest.mark.parametrize("sidecar", ["a.jpg.xmp", "a.xmp", "A.JPG.XMP"])
def test_a_sidecar_belongs_to_its_photo(tmp_path: Path, sidecar: str) -> None:
    (tmp_path / "a.jpg").write_bytes(b"photo")
    (tmp_path / "b.jpg").write_bytes(b"photo")
    (tmp_path / sidecar).write_bytes(b"<x:xmpmeta/>")
    opened = library(tmp_path)
    with_one, without = opened.assets(".")
    assert with_one.sidecar is not None
    assert opened.read(with_one.sidecar, 0, 99) == b"<x:xmpmeta/>"
    assert without.sidecar is None
    assert next(opened.albums()).count == 2


@pytest.mark.parametrize("path", ["", "photos", "./photos"])
def test_a_path_has_to_be_absolute(path: str) -> None:
    with pytest.raises(BadSettings, match="path"):
        adapters.kind("folder").open({"path": path}, NET)


@pytest.mark.parametrize(
    ("files", "path", "expected"),
    [
        (["a.jpg"], "", [("settings", True), ("photos", True)]),
        ([], "", [("settings", True), ("photos", False)]),
        ([], "nowhere", [("settings", False)]),
    ],
)
def test_trying_it_step_by_step(tmp_path: Path, files: list[str], path: str, expected: list[tuple[str, bool]]) -> None:
    for name in files:
        (tmp_path / name).write_bytes(b"x")
    checks = adapters.kind("folder").checks
    assert checks is not None
    found = list(checks({"path": str(tmp_path / path)}, NET))
    assert [(check.name, check.ok) for check in found] == expected
    assert all(check.ok or check.advice for check in found)
