"""An album that lists its photos itself is read photo by photo, and never short in silence."""

from __future__ import annotations

import json

import pytest

from adapters.immich.unrolled import Unrolled
from adapters.library import BadReply

PHOTOS = [{"id": f"p{n}", "originalFileName": 'a "quoted" [name], ü', "people": []} for n in range(5)]
ALBUM = {
    "description": 'it says "assets":[{"id":"false"}] itself',
    "before": {"list": [1, 2]},
    "assets": PHOTOS,
    "assetCount": 5,
}


def unrolled(said: bytes) -> Unrolled:
    return Unrolled(said, "assets", BadReply("no JSON"))


@pytest.mark.parametrize("indent", [None, 2])
def test_the_entries_and_the_rest_are_those_of_the_object(indent: int | None) -> None:
    found = unrolled(json.dumps(ALBUM, indent=indent, ensure_ascii=False).encode())
    assert list(found) == PHOTOS
    assert found.rest == ALBUM | {"assets": []}


def test_an_album_without_photos_has_none() -> None:
    found = unrolled(b'{"assets": [], "assetCount": 0}')
    assert list(found) == []
    assert found.rest["assetCount"] == 0


def test_an_answer_that_was_cut_off_anywhere_is_an_error() -> None:
    whole = json.dumps(ALBUM).encode()
    for length in range(len(whole)):
        with pytest.raises(BadReply):
            list(unrolled(whole[:length]))


def test_an_album_that_does_not_list_its_photos_says_so() -> None:
    with pytest.raises(BadReply, match="without its assets"):
        list(unrolled(b'{"assetCount": 5}'))
    with pytest.raises(BadReply, match="no JSON"):
        list(unrolled(b"<html>"))
