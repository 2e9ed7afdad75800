"""Files are named for the trip, on every system."""

from __future__ import annotations

import pytest

from connector.web.filed import name_of


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ('Über/"Berge" 🏔', "Über__Berge_ 🏔"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("Con", "_Con"),
        ("aux.txt", "_aux.txt"),
        ("Contrast", "Contrast"),
        ("con amore", "con amore"),
        ("👨‍👩‍👧 Familie", "👨‍👩‍👧 Familie"),
        ("کتاب‌ها", "کتاب‌ها"),
        ("invoice\u202etxt\n", "invoice_txt_"),
        (" . ", "trace"),
    ],
)
def test_a_title_is_the_name_of_a_file(title: str, name: str) -> None:
    assert name_of(title) == name


@pytest.mark.parametrize("sign", ["a", "é", "阿", "🎉", "🏔️", "👨‍👩‍👧"])
def test_a_long_title_is_no_longer_than_a_name_may_be(sign: str) -> None:
    name = name_of(sign * 100)
    assert len(f"{name} (12).geojson".encode()) <= 255
    assert len(name) > 40
