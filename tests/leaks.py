"""What the whole suite must never show: every secret a test makes up begins with `MARK`, and is looked for here.

In files (databases, logs, what commands wrote), in what tests print and log, in every answer of the service and in
the words of every error of a library.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path

MARK = "sentinel-"
MADE_BY_TESTS = re.compile(r"\.secret$")
"""Files in which a test hands a secret over, as a person would."""


def _forms(mark: bytes) -> Iterator[bytes]:
    """The mark as it is, and inside base64 wherever it may begin (as in `Authorization: Basic`)."""
    yield mark
    yield mark.decode().encode("utf-16-le")
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + mark)
        first, last = -(-shift * 8 // 6), (shift + len(mark)) * 8 // 6
        yield encoded[first:last]


_SHOWN = re.compile(b"|".join(re.escape(form) for form in _forms(MARK.encode())))


def shown(text: str | bytes) -> str | None:
    """Where a secret is shown in it, with some of what stands around; None where it is not."""
    data = text.encode(errors="replace") if isinstance(text, str) else text
    found = _SHOWN.search(data)
    return None if found is None else repr(data[max(0, found.start() - 60) : found.end() + 30])


def in_files(folder: Path) -> list[str]:
    """A line for every file below the folder that shows a secret; links are not followed."""
    lines = []
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file() or MADE_BY_TESTS.search(path.name):
            continue
        where = shown(path.read_bytes())
        if where is not None:
            lines.append(f"{path.relative_to(folder)}: {where}")
    return lines
