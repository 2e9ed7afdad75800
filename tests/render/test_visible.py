"""What a link would show is said in the language of whoever makes it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from connector.render.scene import Scene, Thumbnail
from connector.render.style import Style
from connector.render.visible import Terms, would_show

OPEN = Terms(path_only=False, hide_ends_m=0.0, expires_at=None, has_password=False)


@pytest.fixture(name="scene")
def _scene(town: tuple[Scene, Thumbnail]) -> Scene:
    return town[0]


def test_everything_is_said_of_an_open_link(scene: Scene) -> None:
    said = list(would_show(scene, scene, OPEN, "en"))
    assert said[0].startswith(f"the title “{scene.title}” and the path: ")
    assert f"{len(scene.photos)} of {len(scene.photos)} photos" in said[1]
    assert said[-1] == "to everybody who has the link, until you revoke it"


def test_the_terms_are_said(scene: Scene) -> None:
    terms = Terms(
        path_only=True, hide_ends_m=500.0, expires_at=datetime(2027, 1, 31, 12, tzinfo=UTC), has_password=True
    )
    said = list(would_show(scene, replace(scene, photos={}), terms, "en"))
    assert said[1:] == [
        "no photos, no names and no times, only the days it lasted",
        "nothing within 500 m of the first and the last place (and up to twice that), at whatever time, and no photo "
        "without a place",
        "to everybody who has the link and the password, until 2027-01-31 12:00 UTC",
    ]


@pytest.mark.parametrize(("lang", "last"), [("de", "allen, die den Link haben"), ("zh", "所有持有链接的人可见")])
def test_it_is_said_in_other_languages(scene: Scene, lang: str, last: str) -> None:
    said = list(would_show(scene, scene, OPEN, lang))
    assert said[-1].startswith(last)
    assert not set(said) & set(would_show(scene, scene, OPEN, "en"))


def test_distances_are_in_the_units_of_the_trace(scene: Scene) -> None:
    imperial = replace(scene, style=Style(units="imperial"))
    assert next(would_show(imperial, imperial, OPEN, "en")).endswith((" mi", " ft"))
