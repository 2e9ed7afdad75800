"""Trying an Immich step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from adapters.checks import tried
from adapters.immich.access import TooOld
from adapters.immich.library import Immich
from adapters.library import Account, BadReply, Check, LibraryError, NotFound, Unauthorized

_KEY_ADVICE: Mapping[type[LibraryError], str] = {
    Unauthorized: "Make a key in Immich (account settings, API keys) with album.read, asset.read and asset.view, "
    "or ask for a new link.",
}
_ADDRESS_ADVICE: Mapping[type[LibraryError], str] = {
    BadReply: "Give the address under which you open Immich in the browser.",
    NotFound: "Give the address under which you open Immich in the browser; something else answers at this one.",
    TooOld: "Update Immich.",
}
Step = tuple[str, Callable[[], str], Mapping[type[LibraryError], str]]


def check_steps(open_library: Callable[[], Immich]) -> Iterator[Check]:
    """Settings, address and version, credential, what it leaves out, albums."""
    opened: list[Immich] = []
    found: list[Account] = []
    steps: tuple[Step, ...] = (
        ("settings", lambda: _opened(open_library, opened), {}),
        ("address", lambda: f"Immich {opened[0].version()} answers", _ADDRESS_ADVICE),
        ("credential", lambda: _signed_in(opened[0], found), _KEY_ADVICE),
        ("albums", lambda: _albums(opened[0]), _KEY_ADVICE),
    )
    for name, step, advice in steps:
        check = tried(name, step, advice)
        yield check
        if not check.ok:
            break
        if name == "credential":
            yield from _limits(found[0])
    for library in opened:
        library.close()


def _opened(open_library: Callable[[], Immich], opened: list[Immich]) -> str:
    opened.append(open_library())
    return "complete"


def _signed_in(library: Immich, found: list[Account]) -> str:
    found.append(library.account())
    return f"accepted, for {found[0].name}"


def _limits(account: Account) -> Iterator[Check]:
    for limit in account.limits:
        advice = "Add it to the key in Immich if you want that." if "needs the permission" in limit else None
        yield Check(name="permission", ok=False, said=limit, needed=False, advice=advice)


def _albums(library: Immich) -> str:
    count = sum(1 for _ in library.albums())
    return "1 album is visible" if count == 1 else f"{count} albums are visible"
