"""Kinds are found by name, ours and other people's; file names become ids and come back."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import EntryPoint

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import adapters
from adapters.files import as_address, as_id, as_path, as_text, attach_sidecars, from_id, is_wanted, media_type
from adapters.library import Asset, BadSettings, Kind

OURS = ["folder", "webdav", "nextcloud", "immich"]


def test_every_kind_of_ours_can_be_opened_up() -> None:
    assert adapters.names()[:4] == OURS
    for name in OURS:
        kind = adapters.kind(name)
        assert (kind.name, bool(kind.title), kind.checks is not None) == (name, True, True)
        assert len({option.name for option in kind.options}) == len(kind.options)


def test_a_kind_is_imported_only_when_it_is_asked_for() -> None:
    code = (
        "import sys, adapters; adapters.kind('folder'); print([m for m in ('requests', 'httpx') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_an_unknown_kind_names_those_there_are() -> None:
    with pytest.raises(BadSettings, match="folder, webdav, nextcloud, immich"):
        adapters.kind("picasa")


def test_other_people_add_a_kind_by_an_entry_point(monkeypatch: pytest.MonkeyPatch) -> None:
    """A distribution's metadata is what an installer would have written."""
    theirs = EntryPoint("mine", "adapters.folder:KIND", adapters.GROUP)
    wrong = EntryPoint("wrong", "adapters.folder:ROOT", adapters.GROUP)
    monkeypatch.setattr(adapters, "entry_points", lambda group: [theirs, wrong])
    assert adapters.names() == [*OURS, "mine", "wrong"]
    assert isinstance(adapters.kind("mine"), Kind)
    with pytest.raises(BadSettings, match="does not hold a Kind but a str"):
        adapters.kind("wrong")


paths = st.binary(max_size=20).map(lambda raw: raw.decode("utf-8", "surrogateescape"))


@given(paths)
@example("50%25.jpg")
@example("%FC")
@example("M\udcfcnchen")
@example("M%FCnchen")
@example("100%25 off.jpg")
def test_a_path_becomes_an_id_that_can_be_stored_and_back(path: str) -> None:
    as_id(path).encode()
    as_text(path).encode()
    assert as_address(path).isascii()
    assert from_id(as_id(path)) == path
    assert as_path(as_address(path)) == path


@given(paths, paths)
def test_two_paths_are_two_ids(one: str, other: str) -> None:
    assert (as_id(one) == as_id(other)) == (one == other)


def test_ordinary_names_are_their_own_ids() -> None:
    for name in ("Gr\u00fc\u00dfe/a b.jpg", "50% off.jpg", "a#1?.jpg", "100%25 off.jpg"):
        assert as_id(name) == as_text(name) == name


@pytest.mark.parametrize(
    ("name", "wanted"),
    [("a.JPG", True), ("a.heic", True), ("walk.gpx", True), ("a.xmp", True), (".a.jpg", False), ("a.txt", False)],
)
def test_which_files_count(name: str, wanted: bool) -> None:
    assert is_wanted(name) is wanted


def test_media_types_do_not_depend_on_the_machine() -> None:
    assert [media_type(name) for name in ("a.HEIC", "a.avif", "a.dng", "a.gpx", "noextension")] == [
        "image/heic",
        "image/avif",
        "image/x-adobe-dng",
        "application/gpx+xml",
        "application/octet-stream",
    ]


def test_a_sidecar_never_stands_alone() -> None:
    def asset(where: str) -> Asset:
        return Asset(id=where, where=where, version="1", name=where, media_type=media_type(where), size=1)

    found = list(attach_sidecars([asset("a.jpg"), asset("a.dng"), asset("a.xmp"), asset("lonely.xmp")]))
    assert [(each.name, each.sidecar.name if each.sidecar else None) for each in found] == [
        ("a.jpg", "a.xmp"),
        ("a.dng", "a.xmp"),
    ]
