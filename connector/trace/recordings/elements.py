"""XML read element by element, whatever is in it: bounded in depth and free of entities."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import BinaryIO
from xml.etree.ElementTree import Element

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from connector.trace.recordings.recording import BadRecordingError, BrokenOffError

_DEEPEST = 64
_MOST_INSIDE = 10_000
"""Elements within one that is handed out whole: a point has a dozen."""


def elements(
    data: BinaryIO, whole: frozenset[str], marks: frozenset[str] = frozenset()
) -> Iterator[tuple[str, Element]]:
    """(local name, element) of every element named in ``whole``, when it is complete; it is empty afterwards.

    Of those in ``marks`` as well when they begin, as ``+name``, with their attributes alone.

    Raises:
        BadRecordingError: elements within elements without end.
        BrokenOffError: the text is in an encoding that cannot be read.
        ElementTree.ParseError, defusedxml.DefusedXmlException: no sound XML, or XML that is meant to do harm.
    """
    path: list[Element] = []
    inside = size = 0
    for event, element in _events(data):
        name = local(element.tag)
        if event == "start":
            path.append(element)
            inside += name in whole
            size += bool(inside)
            if len(path) > _DEEPEST or size > _MOST_INSIDE:
                raise BadRecordingError("it has elements within elements without end")
            if name in marks:
                yield f"+{name}", element
            continue
        path.pop()
        inside -= name in whole
        if name in whole:
            yield name, element
        if not inside:
            size = 0
            element.clear()
            if path:
                path[-1].remove(element)  # else an empty shell of every point is kept to the end


def _events(data: BinaryIO) -> Iterator[tuple[str, Element]]:
    try:
        yield from ElementTree.iterparse(data, events=("start", "end"), forbid_dtd=False)
    except DefusedXmlException:
        raise
    except (ValueError, LookupError) as error:  # expat's word on GB 2312, Shift JIS and their like, and on none at all
        raise BrokenOffError("its text is in an encoding that cannot be read; save it as UTF-8") from error


def local(tag: object) -> str:
    """The name without its namespace."""
    return str(tag).rpartition("}")[2]


def text_of(element: Element, name: str) -> str | None:
    """The text of the element of that name: a child, else the first one deeper inside."""
    return next((each.text for each in itertools.chain(element, element.iter()) if local(each.tag) == name), None)
