"""Small pictures: asked for once, without metadata, and with the colour that the path is drawn in."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from adapters.folder import Folder
from adapters.library import Asset
from connector.actions import connections, scenes, shares, thumbnails, traces
from connector.actions.errors import NotFound
from connector.actions.people import Person
from connector.actions.services import Services
from connector.metadata.thumbnail import LARGEST_BYTES, BadImageError, small_jpeg
from tests.actions.test_pull import Watched, reads
from tests.metadata import made
from tests.web.album import write_album

__all__ = ["reads"]


def keys(services: Services, owner: Person, trace_id: str) -> dict[str, str]:
    return {str(photo.name): photo.key for photo in scenes.scene(services, owner, trace_id).photos.values()}


@pytest.mark.parametrize("edge", [64, 256, 1024])
def test_a_picture_is_small_and_bare(services: Services, anna: Person, trace_id: str, edge: int) -> None:
    key = keys(services, anna, trace_id)["IMG_0001.jpg"]
    image = thumbnails.thumbnail(services, anna, trace_id, key, edge)
    assert image is not None
    with Image.open(io.BytesIO(image)) as opened:
        assert max(opened.size) == min(edge, 640)
        assert opened.format == "JPEG"
        assert not opened.getexif()
        assert "exif" not in opened.info


def test_the_library_is_asked_once(services: Services, anna: Person, trace_id: str, reads: Watched) -> None:
    key = keys(services, anna, trace_id)["IMG_0001.jpg"]
    before = thumbnails.asked(services, anna)
    reads.reads.clear()
    first = thumbnails.thumbnail(services, anna, trace_id, key, 256)
    asked = reads.reads["IMG_0001.jpg"]
    assert asked > 0
    assert thumbnails.thumbnail(services, anna, trace_id, key, 256) == first
    assert thumbnails.thumbnail(services, anna, trace_id, key, 200) == first
    assert reads.reads["IMG_0001.jpg"] == asked
    assert thumbnails.asked(services, anna) == before + 1


def test_the_colour_of_a_photo_comes_with_its_picture(services: Services, anna: Person, trace_id: str) -> None:
    key = keys(services, anna, trace_id)["IMG_0003.jpg"]
    assert scenes.scene(services, anna, trace_id).photos["walk/IMG_0003.jpg"].colour is None
    thumbnails.thumbnail(services, anna, trace_id, key, 64)
    colour = scenes.scene(services, anna, trace_id).photos["walk/IMG_0003.jpg"].colour
    assert colour is not None
    red, green, blue = (int(colour[n : n + 2], 16) for n in (1, 3, 5))
    assert (red, green, blue) == pytest.approx((120, 120, 135), abs=4)


def with_thumbnail(colour: tuple[int, int, int]) -> bytes:
    """A JPEG whose EXIF holds a small picture of that colour."""
    small = io.BytesIO()
    Image.new("RGB", (160, 120), colour).save(small, "JPEG", quality=90)
    exif = Image.Exif()
    exif[0x0112] = 1
    block = bytearray(exif.tobytes()[6:])
    at = len(block)
    count = int.from_bytes(block[8:10], "big")
    block[10 + 12 * count : 14 + 12 * count] = at.to_bytes(4, "big")
    entries = [(0x0201, 4, at + 2 + 2 * 12 + 4), (0x0202, 4, len(small.getvalue()))]
    block += len(entries).to_bytes(2, "big")
    for tag, kind, value in entries:
        block += tag.to_bytes(2, "big") + kind.to_bytes(2, "big") + (1).to_bytes(4, "big") + value.to_bytes(4, "big")
    return made.jpeg(made.exif_segment(bytes(block + (0).to_bytes(4, "big") + small.getvalue())), picture=3_000_000)


def test_a_picture_inside_the_metadata_costs_nothing(
    services: Services, anna: Person, connection: connections.Connection, photos: Path, reads: Watched
) -> None:
    (photos / "walk" / "INSIDE.jpg").write_bytes(with_thumbnail((200, 40, 90)))
    trace_id = traces.start(services, anna, connection.id, ["walk"]).trace_id
    assert reads.reads["INSIDE.jpg"] == 1
    colour = scenes.scene(services, anna, trace_id).photos["walk/INSIDE.jpg"].colour
    assert colour is not None
    assert [int(colour[n : n + 2], 16) for n in (1, 3, 5)] == pytest.approx([200, 40, 90], abs=4)
    for edge in (64, 256):
        assert thumbnails.thumbnail(services, anna, trace_id, keys(services, anna, trace_id)["INSIDE.jpg"], edge)
    assert reads.reads["INSIDE.jpg"] == 1
    assert thumbnails.asked(services, anna) == 0


def test_what_has_no_picture_is_asked_for_once(
    services: Services, anna: Person, connection: connections.Connection, photos: Path, reads: Watched
) -> None:
    (photos / "walk" / "BROKEN.jpg").write_bytes(b"\xff\xd8\xff\xe0 no picture")
    (photos / "walk" / "FILM.mp4").write_bytes(made.mp4(picture=5000))
    trace_id = traces.start(services, anna, connection.id, ["walk"]).trace_id
    for name in ("BROKEN.jpg", "FILM.mp4"):
        key = keys(services, anna, trace_id)[name]
        assert thumbnails.thumbnail(services, anna, trace_id, key, 1024) is None
        asked = reads.reads[name]
        assert thumbnails.thumbnail(services, anna, trace_id, key, 1024) is None
        assert reads.reads[name] == asked


def test_a_file_that_is_too_large_for_a_picture_is_not_fetched(
    services: Services, anna: Person, connection: connections.Connection, photos: Path, reads: Watched
) -> None:
    huge = photos / "walk" / "HUGE.jpg"
    huge.write_bytes(made.jpeg(picture=1000))
    with huge.open("r+b") as file:
        file.truncate(LARGEST_BYTES + 1)
    trace_id = traces.start(services, anna, connection.id, ["walk"]).trace_id
    reads.reads.clear()
    assert thumbnails.thumbnail(services, anna, trace_id, keys(services, anna, trace_id)["HUGE.jpg"], 1024) is None
    huge.unlink()
    assert not reads.reads


@pytest.mark.parametrize(("edges", "opens"), [((11648, 8736), True), ((12000, 10001), False)])
def test_a_picture_of_a_hundred_megapixels_is_opened_and_none_beyond_120(edges: tuple[int, int], opens: bool) -> None:
    """Cameras take the former; Pillow itself warns from 90 megapixels on."""
    image = io.BytesIO()
    Image.new("L", edges).save(image, "JPEG", quality=10)
    if opens:
        with Image.open(io.BytesIO(small_jpeg(image.getvalue(), 64))) as small:
            assert small.size == (64, 48)
    else:
        with pytest.raises(BadImageError, match="12000 x 10001 pixels"):
            small_jpeg(image.getvalue(), 64)


def test_bytes_beyond_the_limit_are_not_looked_at() -> None:
    with pytest.raises(BadImageError, match="larger than 64 MB"):
        small_jpeg(bytes(LARGEST_BYTES + 1), 64)


def test_only_photos_of_that_trace(
    services: Services, anna: Person, trace_id: str, connection: connections.Connection, photos: Path
) -> None:
    other = traces.start(services, anna, connection.id, ["walk"]).trace_id
    key = keys(services, anna, other)["IMG_0001.jpg"]
    with pytest.raises(NotFound):
        thumbnails.thumbnail(services, anna, trace_id, key, 64)
    token = shares.share(services, anna, trace_id).token
    with pytest.raises(NotFound):
        thumbnails.shared_thumbnail(services, token, key, 64)
    (photos / "walk" / "IMG_0001.jpg").unlink()
    gone = keys(services, anna, trace_id)["IMG_0001.jpg"]
    traces.again(services, anna, trace_id)
    with pytest.raises(NotFound):
        thumbnails.shared_thumbnail(services, token, gone, 64)


def test_covers(
    services: Services, anna: Person, connection: connections.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    asset = Asset(id="a", where="walk/IMG_0001.jpg", version="1", name="x.jpg", media_type="image/jpeg", size=1)
    assert connections.cover(services, anna, connection.id, "walk")
    assert asset.where
    with pytest.raises(NotFound):
        connections.cover(services, anna, connection.id, "no such album")
    monkeypatch.setattr(Folder, "albums", lambda _self: pytest.fail("listed again"))
    assert connections.cover(services, anna, connection.id, "walk")


def test_the_cover_of_an_album_that_is_new_is_found_at_once(
    services: Services, anna: Person, connection: connections.Connection, photos: Path
) -> None:
    assert connections.cover(services, anna, connection.id, "walk")
    write_album(photos / "later")
    assert connections.cover(services, anna, connection.id, "later")


def test_old_pictures_make_room(tmp_path: Path) -> None:
    import os

    for n in range(5):
        path = tmp_path / "ab" / f"{n}.jpg"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(bytes(100))
        os.utime(path, (n, n))
    assert thumbnails.prune(tmp_path, 250) == 3
    assert sorted(path.name for path in tmp_path.glob("*/*.jpg")) == ["3.jpg", "4.jpg"]
    assert thumbnails.prune(tmp_path, 250) == 0
