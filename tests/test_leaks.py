"""The suite's own look-out for secrets sees them."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from tests.leaks import MARK, in_files, shown

WORD = MARK + "of-this-test"


@pytest.mark.parametrize("user", ["a", "al", "ali", "alic"])
def test_a_secret_is_seen_inside_basic_credentials(user: str) -> None:
    said = base64.b64encode(f"{user}:{WORD}".encode())
    assert shown(b"Authorization: Basic " + said) is not None
    assert shown(base64.b64encode(f"{user}:another-word".encode())) is None


def test_a_secret_is_seen_in_words_and_in_utf_16() -> None:
    assert shown(f"refused: {WORD}") is not None
    assert shown(WORD.encode("utf-16-le")) is not None
    assert shown("refused: ***") is None


def test_a_secret_is_seen_in_a_file(tmp_path: Path) -> None:
    folder = tmp_path / "somewhere"
    folder.mkdir()
    (folder / "service.log").write_text("nothing\n")
    (folder / "handed-over.secret").write_text(WORD)
    assert in_files(folder) == []
    log = folder / "deep" / "jobs.db"
    log.parent.mkdir()
    log.write_bytes(b"\0" * 100 + WORD.encode())
    assert [line.partition(":")[0] for line in in_files(folder)] == ["deep/jobs.db"]
    log.unlink()
