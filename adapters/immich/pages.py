"""All photos of an album from Immich's search, page by page.

Up to 3.0 pages are cut from an order by time alone: photos of one instant that lie across two pages are lost.
There the listing goes on from the last instant instead, and drops what it has seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from adapters.immich.api import Json
from adapters.library import BadReply

LARGEST_PAGE = 1000
Items = list[Json]
Ask = Callable[[Json], Json]
"""Sends a search and returns what was answered."""


def by_number(ask: Ask, query: Json) -> Iterator[Items]:
    """Page after page by number: complete where the server's order is (3.1 on)."""
    page: int | None = 1
    while page is not None:
        items, page = _page(ask, {**query, "page": page})
        yield items


def by_instant(ask: Ask, query: Json) -> Iterator[Items]:
    """From instant to instant; photos come twice where pages meet.

    Only where more photos than a page holds share one instant do page numbers have to lead past it.
    """
    after: str | None = None
    while True:
        here = {**query, "takenAfter": after} if after else query
        items, page = _page(ask, {**here, "page": 1})
        yield items
        while page is not None and _last(items) == after:
            items, page = _page(ask, {**here, "page": page})
            yield items
        if page is None:
            return
        after = _last(items)


def _last(items: Items) -> str | None:
    return items[-1].get("fileCreatedAt") if items else None


def _page(ask: Ask, body: Json) -> tuple[Items, int | None]:
    """One page and the number of the next. The number comes as text and has to go back as a number."""
    answer = ask(body)
    found = answer.get("assets") if isinstance(answer, dict) else None
    items = found.get("items") if isinstance(found, dict) else None
    if not isinstance(found, dict) or not isinstance(items, list):
        raise BadReply("Immich answered a search without a list of photos")
    following = found.get("nextPage")
    if not following or not items:
        return items, None
    if not str(following).isdigit() or int(following) <= body["page"]:
        raise BadReply(f"Immich names {following!r} as the page behind {body['page']}")
    return items, int(following)
