"""A JSON object with one long list, read entry by entry: all at once they take ten times the memory of their text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from adapters.library import BadReply

_BETWEEN = re.compile(r"[\s,]*")


class Unrolled:
    """Iterate over it once. ``rest`` is the object with that list empty, and is known when all entries were read.

    Raises, while entries are read:
        BadReply: the object has no such list. ``no_json``: it is no object at all, or it was cut off.
    """

    def __init__(self, said: bytes, name: str, no_json: BadReply) -> None:
        self._said, self._name, self._no_json = said, name, no_json
        self.rest: dict[str, Any] = {}

    def __iter__(self) -> Iterator[Any]:
        try:
            text, self._said = self._said.decode(), b""
            # inside of a text its quotes would follow backslashes
            found = re.search(rf'"{self._name}"\s*:\s*\[', text)
            if found is None:
                json.loads(text)
                raise BadReply(f"Immich described the album without its {self._name}")
            end, before, decoder = found.end(), text[: found.end()], json.JSONDecoder()
            while (end := _behind(_BETWEEN, text, end)) == len(text) or text[end] != "]":
                entry, end = decoder.raw_decode(text, end)
                yield entry
            self.rest = json.loads(before + text[end:])
        except ValueError:
            raise self._no_json from None


def _behind(what: re.Pattern[str], text: str, at: int) -> int:
    found = what.match(text, at)
    return found.end() if found is not None else at
