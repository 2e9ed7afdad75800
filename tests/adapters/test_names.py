"""Which files of a folder count, by their names."""

from __future__ import annotations

import pytest

from adapters.files import is_wanted, media_type


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Timeline.json", "application/vnd.google-timeline+json"),
        ("location-history.json", "application/vnd.google-timeline+json"),
        ("Records.json", "application/vnd.google-timeline+json"),
        ("Zeitachse.json", "application/vnd.google-timeline+json"),
        ("walk.GPX", "application/gpx+xml"),
        ("1234.fit.gz", "application/vnd.ant.fit"),
        ("walk.GPX.GZ", "application/gpx+xml"),
        ("IMG_1.JFIF", "image/jpeg"),
        ("_DSC1.PEF", "image/x-pentax-pef"),
    ],
)
def test_photos_and_recordings(name: str, kind: str) -> None:
    assert is_wanted(name)
    assert media_type(name) == kind


@pytest.mark.parametrize(
    "name", ["IMG_1.jpg.json", "package.json", ".Timeline.json", "notes.txt", "a.tar.gz", ".gpx.gz", "a.jpg.gz"]
)
def test_what_is_none(name: str) -> None:
    assert not is_wanted(name)
