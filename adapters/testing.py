"""What every library has to do, as tests. Needs pytest; an adapter of a third party runs them like ours do:

    class TestMine(LibraryContract, ServerContract):       # ServerContract: only for what speaks to a server
        @pytest.fixture
        def harness(self): ...                             # something that is a Harness

The harness puts real files behind a real library (or behind a fake that speaks its protocol) and makes it misbehave.
"""

# ruff: noqa: S101, PT017 - these are tests, though they live where other projects can import them
from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import ClassVar, Protocol

import pytest

from adapters.library import Album, Asset, BadReply, Library, LibraryError, NotFound, Unauthorized, Unavailable

#: names that break careless quoting, joining and comparing; each one is another file
HOSTILE_NAMES = (
    "50%.jpg",
    "100%25 off.jpg",
    "a#1.jpg",
    "what?.jpg",
    "a&b=c;d,e.jpg",
    "plus+minus.jpg",
    "two  blanks.jpg",
    "trailing blank .jpg",
    'it\'s "quoted".jpg',
    "[brackets]{braces}(1).jpg",
    "<img src=x onerror=alert(1)>.jpg",
    "tilde~$!@^`.jpg",
    "semi;colon:.jpg",
    "back\\slash.jpg",
    "Gr\u00fc\u00dfe.jpg",  # composed
    "Gru\u0308\u00dfe.jpg",  # the same to the eye, decomposed: another file
    "\U0001f3d4\ufe0f\U0001f6b6.jpg",
    "\u5199\u771f.jpg",
    "\u0635\u0648\u0631\u0629.jpg",
    "UPPER.JPG",
    "a..double..dots..jpg",
    "x" * 180 + ".jpg",
)


class Fault(Enum):
    """What a library's server does instead of answering."""

    UNAUTHORIZED = "401: the credential is refused"
    FORBIDDEN = "403: the credential lacks a permission"
    BUSY = "429 with Retry-After: 7"
    DOWN = "503"
    PAGE = "200 with an HTML page"
    CUT = "the right answer, broken off in the middle"
    SILENT = "takes the request and never answers (the harness gives the adapter a short time-out)"
    ELSEWHERE = "302 to another host"


#: the error each of them must become
MEANING: dict[Fault, tuple[type[LibraryError], ...]] = {
    Fault.UNAUTHORIZED: (Unauthorized,),
    Fault.FORBIDDEN: (Unauthorized,),
    Fault.BUSY: (Unavailable,),
    Fault.DOWN: (Unavailable,),
    Fault.PAGE: (BadReply,),
    Fault.CUT: (BadReply, Unavailable),
    Fault.SILENT: (Unavailable,),
    Fault.ELSEWHERE: (BadReply,),
}


_MORNING = datetime(2026, 6, 14, 6, 5, 10, tzinfo=UTC)
_BRACES = re.compile(r"\{\w+\}")


@dataclass(frozen=True, slots=True)
class Photo:
    """A file the harness is asked to put into the album."""

    name: str
    content: bytes
    taken: datetime = _MORNING


class Harness(Protocol):
    """One library with one album, made for one test."""

    secrets: Sequence[str]
    """Every part of the credential that no message may show; () for a library without one."""

    def library(self, photos: Sequence[Photo], page_size: int | None) -> Library:
        """Opens a library whose only album holds exactly these photos; called once per test."""
        ...

    def break_with(self, fault: Fault | None) -> None:
        """From now on every answer is this fault; None: the server is well again."""
        ...

    def requests(self) -> int | None:
        """How many requests the server has seen; None where there is no server."""
        ...

    def connections(self) -> int | None:
        """How many connections were made to the server; None where nobody counts."""
        ...

    def replace(self, name: str, content: bytes) -> None:
        """Gives a photo of the album another content."""
        ...

    def remove(self, name: str) -> None:
        """Removes a photo of the album."""
        ...

    def remove_album(self) -> None: ...


def some_photos(count: int, *, apart: timedelta = timedelta(minutes=17)) -> list[Photo]:
    """Photos with different names and contents, taken that far apart (zero: all in the same millisecond)."""
    return [Photo(f"IMG_{i:05}.jpg", f"photo {i} ".encode() * 40, _MORNING + i * apart) for i in range(count)]


def only_album(library: Library) -> Album:
    """The one album of a harness's library."""
    albums = list(library.albums())
    assert len(albums) == 1, f"one album was made, {[album.title for album in albums]} are listed"
    return albums[0]


class LibraryContract:
    """The contract of `adapters.library.Library`. Subclass it and give it a fixture ``harness``."""

    page_sizes: ClassVar[tuple[int | None, ...]] = (None,)
    """Sizes of a page to list with; (None,) where the provider does not page."""
    many: ClassVar[int] = 5000
    """Photos of the big listing."""
    may_miss: ClassVar[bool] = False
    """True: the provider itself loses photos between pages; then one error must say how many."""
    notices_change: ClassVar[bool] = True
    """False: an original never changes under its id, so a read need not look."""

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """One test per page size of the subclass."""
        if "page_size" in metafunc.fixturenames and metafunc.cls is not None:
            metafunc.parametrize("page_size", metafunc.cls.page_sizes)

    # -- listings

    def test_lists_every_photo_once(self, harness: Harness, page_size: int | None) -> None:
        photos = some_photos(17)
        library = harness.library(photos, page_size)
        album = only_album(library)
        listed = list(library.assets(album.id))
        assert sorted(asset.name for asset in listed) == [photo.name for photo in photos]
        assert len({asset.id for asset in listed}) == len(photos)
        assert album.count in (None, len(photos))

    def test_lists_a_big_album_of_one_instant_or_says_how_many_are_missing(
        self, harness: Harness, page_size: int | None
    ) -> None:
        photos = some_photos(self.many, apart=timedelta(0))
        library = harness.library(photos, page_size)
        listed: dict[str, str] = {}
        try:
            for asset in library.assets(only_album(library).id):
                assert asset.id not in listed, f"{asset.name} is listed twice"
                listed[asset.id] = asset.name
        except BadReply as error:
            assert self.may_miss, error
            assert f"{self.many - len(listed)} of {self.many}" in str(error)
            return
        assert sorted(listed.values()) == [photo.name for photo in photos]

    def test_an_empty_album_is_empty_or_no_album(self, harness: Harness) -> None:
        library = harness.library([], None)
        assert [asset for album in library.albums() for asset in library.assets(album.id)] == []

    def test_a_second_listing_has_the_same_ids_and_versions(self, harness: Harness) -> None:
        library = harness.library(some_photos(5), None)
        album = only_album(library)
        assert list(library.assets(album.id)) == list(library.assets(album.id))
        assert only_album(library).version == album.version

    def test_an_unknown_album_is_not_found(self, harness: Harness) -> None:
        library = harness.library(some_photos(1), None)
        with pytest.raises(NotFound):
            list(library.assets("00000000-0000-4000-8000-000000000000"))

    def test_a_removed_album_is_not_found(self, harness: Harness) -> None:
        library = harness.library(some_photos(1), None)
        album = only_album(library)
        harness.remove_album()
        with pytest.raises(NotFound):
            list(library.assets(album.id))

    def test_the_version_of_an_album_follows_its_members(self, harness: Harness) -> None:
        library = harness.library(some_photos(3), None)
        before = only_album(library)
        harness.remove("IMG_00001.jpg")
        after = only_album(library)
        assert after.id == before.id
        assert before.version is None or after.version != before.version

    def test_values_keep_what_the_seam_promises(self, harness: Harness) -> None:
        library = harness.library(some_photos(3), None)
        album = only_album(library)
        assert album.title
        for asset in library.assets(album.id):
            check_values(asset)
        account = library.account()
        assert account.id
        assert account.name

    # -- names and bytes

    def test_hostile_names_are_listed_and_read(self, harness: Harness) -> None:
        photos = [Photo(name, f"content of {i}".encode() * 9) for i, name in enumerate(HOSTILE_NAMES)]
        library = harness.library(photos, None)
        listed = {asset.name: asset for asset in library.assets(only_album(library).id)}
        assert sorted(listed) == sorted(HOSTILE_NAMES)
        for photo in photos:
            assert library.read(listed[photo.name], 0, 4096) == photo.content, photo.name

    @pytest.mark.parametrize(
        ("start", "length"), [(0, 16), (7, 100), (0, 320), (300, 4000), (320, 10), (9999, 10), (5, 0)]
    )
    def test_reads_any_range(self, harness: Harness, start: int, length: int) -> None:
        photo = Photo("range.jpg", bytes(range(256)) + bytes(64))
        library = harness.library([photo], None)
        (asset,) = library.assets(only_album(library).id)
        assert asset.size in (None, 320)
        assert library.read(asset, start, length) == photo.content[start : start + length]

    def test_a_changed_file_is_another_version(self, harness: Harness) -> None:
        library = harness.library(some_photos(2), None)
        album = only_album(library)
        before = {asset.name: asset for asset in library.assets(album.id)}
        harness.replace("IMG_00001.jpg", b"something else entirely, and of another length")
        after = {asset.name: asset for asset in library.assets(album.id)}
        assert after["IMG_00000.jpg"].version == before["IMG_00000.jpg"].version
        assert after["IMG_00001.jpg"].version != before["IMG_00001.jpg"].version
        if self.notices_change:
            with pytest.raises(BadReply):
                library.read(before["IMG_00001.jpg"], 0, 100)

    def test_a_removed_file_is_not_found(self, harness: Harness) -> None:
        library = harness.library(some_photos(2), None)
        listed = {asset.name: asset for asset in library.assets(only_album(library).id)}
        harness.remove("IMG_00001.jpg")
        with pytest.raises(NotFound):
            library.read(listed["IMG_00001.jpg"], 0, 100)

    def test_several_threads_get_the_same(self, harness: Harness) -> None:
        photos = some_photos(12)
        library = harness.library(photos, None)
        album = only_album(library)
        listed = list(library.assets(album.id))
        contents = {photo.name: photo.content for photo in photos}

        def work(i: int) -> bool:
            asset = listed[i % len(listed)]
            return library.read(asset, 0, 4096) == contents[asset.name] and list(library.assets(album.id)) == listed

        with ThreadPoolExecutor(8) as pool:
            assert all(pool.map(work, range(32)))

    def test_closing_twice_is_no_error(self, harness: Harness) -> None:
        library = harness.library(some_photos(1), None)
        library.close()
        library.close()


EACH_FAULT = pytest.mark.parametrize("fault", list(Fault), ids=lambda fault: fault.name.lower())


class ServerContract:
    """What a library behind a server has to do besides: every fault is one clear error without a secret."""

    @EACH_FAULT
    def test_a_fault_becomes_its_error_everywhere(self, harness: Harness, fault: Fault) -> None:
        library = harness.library(some_photos(40), None)
        album = only_album(library)
        asset = next(iter(library.assets(album.id)))
        for what, call in _calls(library, album, asset):
            harness.break_with(fault)
            error = _error(call)
            assert isinstance(error, MEANING[fault]), f"{what} with {fault.name}: {error!r}"
            _check_message(error, harness.secrets)
            if fault is Fault.BUSY:
                assert isinstance(error, Unavailable)
                assert error.retry_after_s == 7

    @EACH_FAULT
    def test_is_well_again_after_a_fault(self, harness: Harness, fault: Fault) -> None:
        library = harness.library(some_photos(4), None)
        album = only_album(library)
        harness.break_with(fault)
        _error(lambda: list(library.assets(album.id)))
        harness.break_with(None)
        if fault is Fault.UNAUTHORIZED:
            seen = harness.requests()
            assert isinstance(_error(lambda: list(library.assets(album.id))), Unauthorized)
            assert harness.requests() == seen, "a refused credential was tried again"
        else:
            assert len(list(library.assets(album.id))) == 4

    def test_connections_are_used_again(self, harness: Harness) -> None:
        library = harness.library(some_photos(20), None)
        for asset in library.assets(only_album(library).id):
            library.read(asset, 0, 64)
        made = harness.connections()
        assert made is None or made <= 4, f"{made} connections for 20 reads"

    def test_shows_no_secret_by_itself(self, harness: Harness) -> None:
        library = harness.library(some_photos(1), None)
        album = only_album(library)
        shown = f"{library!r} {library} {album!r} {list(library.assets(album.id))!r} {library.account()!r}"
        assert not [secret for secret in harness.secrets if secret in shown]


def _calls(library: Library, album: Album, asset: Asset) -> Iterator[tuple[str, Callable[[], object]]]:
    yield "albums", lambda: list(library.albums())
    yield "assets", lambda: list(library.assets(album.id))
    yield "account", library.account
    yield "read", lambda: library.read(asset, 0, 64)


def _error(call: Callable[[], object]) -> LibraryError:
    try:
        found = call()
    except LibraryError as error:
        return error
    raise AssertionError(f"no error, but {found!r}")


def _check_message(error: LibraryError, secrets: Sequence[str]) -> None:
    shown = "".join(traceback.format_exception(error)) + repr(error) + repr(error.args)
    assert not [secret for secret in secrets if secret in shown], "a message shows a secret"
    assert 10 < len(str(error)) < 500, f"not one clear sentence: {error}"


def check_words(words: Mapping[str, Mapping[str, str]]) -> None:
    """What a kind says in other languages (`Kind.words`) can stand in the place of the English text."""
    for english, texts in words.items():
        for lang, text in texts.items():
            assert set(_BRACES.findall(text)) == set(_BRACES.findall(english)), f"{lang}: {text!r} for {english!r}"


def check_values(asset: Asset) -> None:
    """Asserts what the seam promises of every asset."""
    assert asset.id
    assert asset.version
    assert "/" in asset.media_type
    assert asset.size is None or asset.size > 0
    for text in (asset.id, asset.where, asset.version, asset.name):
        text.encode()  # a name that is no text cannot be stored
    if asset.position is not None:
        assert (asset.position.lat, asset.position.lon) != (0, 0)
    if asset.taken is not None:
        assert asset.taken.instant is None or asset.taken.instant.tzinfo is UTC
        assert asset.taken.wall is None or asset.taken.wall.tzinfo is None
    assert asset.colour is None or (len(asset.colour) == 7 and asset.colour.startswith("#"))
