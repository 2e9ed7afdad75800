"""JSON read value by value: a timeline of a gigabyte never lies in memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

import ijson

from connector.trace.recordings.recording import BadRecordingError

_DEEPEST = 64
_AT_ONCE = 8 * 1024
"""Bytes: ijson names every place before we can count how deep it is."""
_LARGEST_VALUE = 5_000_000
"""Parts (members, numbers, brackets) of one value."""


def values(data: BinaryIO, prefixes: frozenset[str]) -> Iterator[tuple[str, Any]]:
    """(prefix, value) of every object at one of the places, in the words of ijson: ``features.item``.

    Raises:
        BadRecordingError: values within values without end.
        ijson.JSONError: no sound JSON.
    """
    builder: Any = None
    wanted, depth, parts = "", 0, 0
    for prefix, event, value in ijson.parse(data, use_float=True, buf_size=_AT_ONCE):
        depth += event in ("start_map", "start_array")
        depth -= event in ("end_map", "end_array")
        if depth > _DEEPEST:
            raise BadRecordingError(f"it has values within values, more than {_DEEPEST} deep")
        if builder is None and event == "start_map" and prefix in prefixes:
            builder, wanted, parts = ijson.ObjectBuilder(), prefix, 0
        if builder is not None:
            builder.event(event, value)
            parts += 1
            if parts > _LARGEST_VALUE:
                raise BadRecordingError("one of its entries is larger than the rest of a trip could be")
            if event == "end_map" and prefix == wanted:
                yield wanted, builder.value
                builder = None
