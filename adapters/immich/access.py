"""The two ways into an Immich: a person's API key, and a link somebody shared."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from adapters.immich.api import Api, Json
from adapters.immich.scopes import NEEDED, ORIGINALS, Ability, Scopes
from adapters.library import Account, BadReply, Unauthorized

OLDEST = (2, 0)
ORDERED_SINCE = (3, 1)
"""From here on the order of a search is the same on every page."""
SEARCHES_SHARED_SINCE = (3, 0)
"""Before, a search finds only the key's own photos: an album tells them itself."""


@dataclass(frozen=True, slots=True, order=True)
class Version:
    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"

    def is_at_least(self, since: tuple[int, int]) -> bool:
        return (self.major, self.minor) >= since


class TooOld(BadReply):
    """A version of Immich that is not spoken to."""


class Access(Protocol):
    """What a credential opens."""

    def account(self) -> Account: ...

    def album_id(self) -> str | None:
        """The only album it opens; None: all of the person's."""
        ...

    def me(self) -> str | None:
        """The id of the person whose credential it is, if it says so."""
        ...

    def may(self, ability: Ability) -> bool: ...

    has_pages: bool
    """Whether people may be given addresses of albums and photos: those of a shared link hold its secret."""


def server_version(api: Api) -> Version:
    """The server's version.

    Raises:
        BadReply: it is too old, or no Immich.
    """
    said = api.get("/server/version")
    told = [said.get(key) for key in ("major", "minor", "patch")] if isinstance(said, dict) else []
    numbers = [number for number in told if isinstance(number, int)]
    if len(numbers) != 3:
        raise BadReply(f"{api.host} does not say which Immich it is; is the address that of an Immich?")
    version = Version(*numbers)
    if not version.is_at_least(OLDEST):
        raise TooOld(f"{api.host} runs Immich {version}; at least {OLDEST[0]}.{OLDEST[1]} is needed: update it")
    return version


class Remembered[T]:
    """A value asked for when it is first needed, by whichever thread comes first. A failure is not remembered."""

    def __init__(self, ask: Callable[[], T]) -> None:
        self._ask = ask
        self._lock = threading.Lock()
        self._found: list[T] = []

    def __call__(self) -> T:
        with self._lock:
            if not self._found:
                self._found.append(self._ask())
            return self._found[0]


class KeyAccess:
    """An API key."""

    has_pages = True

    def __init__(self, api: Api) -> None:
        self._api = api
        self._key = Remembered(self._ask_key)
        self._person = Remembered(self._ask_person)

    def account(self) -> Account:
        """The person, or the key itself where it may not say whose it is. Always asks the server."""
        key = self._ask_key()
        scopes = _scopes(key)
        missing = scopes.missing(NEEDED)
        if missing:
            raise Unauthorized(f"the API key lacks {', '.join(missing)}, without which nothing can be read")
        person = self._ask_person() if scopes.missing(("user.read",)) == () else None
        if person is None:
            return Account(id=f"key/{key.get('id')}", name=str(key.get("name") or "key"), limits=scopes.limits())
        name = str(person.get("name") or person.get("email") or person.get("id"))
        return Account(id=str(person.get("id")), name=name, is_person=True, limits=scopes.limits())

    def album_id(self) -> str | None:
        return None

    def me(self) -> str | None:
        if self.scopes().missing(("user.read",)):
            return None
        return str(self._person().get("id"))

    def may(self, ability: Ability) -> bool:
        return self.scopes().allow(ability)

    def scopes(self) -> Scopes:
        return _scopes(self._key())

    def _ask_key(self) -> Json:
        return _object(self._api.get("/api-keys/me"), "key")

    def _ask_person(self) -> Json:
        return _object(self._api.get("/users/me"), "person")


class LinkAccess:
    """A link to one album that somebody shared.

    Immich 3.0 and 3.1 give away more than such a link allows: they list the places of an album whose link hides them,
    and answer without the link's password. What the owner chose is kept here.
    """

    has_pages = False

    def __init__(self, api: Api, password: str | None) -> None:
        self._api = api
        self._password = password
        self._link = Remembered(self._ask_link)

    def account(self) -> Account:
        """The link itself: it says nothing of who holds it. Always asks the server."""
        link = self._ask_link()
        limits = ["A shared link can only be read: nothing is written back, and new photos are not told at once."]
        if not link.get("allowDownload"):
            limits.append(f"{ORIGINALS.without}: the owner of the link does not allow downloads.")
        name = str(link["album"].get("albumName") or "shared link")
        return Account(id=f"link/{link.get('id')}", name=name, limits=tuple(limits))

    def album_id(self) -> str | None:
        return str(self._link()["album"].get("id"))

    def me(self) -> str | None:
        return None

    def may(self, ability: Ability) -> bool:
        if ability is ORIGINALS:
            return bool(self._link().get("allowDownload"))
        return not set(ability.scopes) - {"asset.view"}

    def _ask_link(self) -> Json:
        link = _object(self._opened(), "shared link")
        if not link.get("showMetadata"):
            raise Unauthorized(
                "the owner of this link hides the photos' places and times, without which there is nothing to trace; "
                "ask for a link with 'show metadata' switched on"
            )
        if not isinstance(link.get("album"), dict):
            raise BadReply("this link shares single photos, not an album; ask for a link to an album")
        return link

    def _opened(self) -> Json:
        if self._password is not None:
            try:
                return self._api.send("POST", "/shared-links/login", {"password": self._password})
            except BadReply:
                return self._api.get("/shared-links/me")  # a link that asks for no password takes none
        try:
            return self._api.get("/shared-links/me")
        except Unauthorized as error:
            if "password" in str(error).lower():
                raise Unauthorized("this link asks for a password: give it with the link") from None
            raise


def _scopes(key: Json) -> Scopes:
    listed = key.get("permissions")
    return Scopes(frozenset(map(str, listed)) if isinstance(listed, list) else frozenset())


def _object(found: Json, what: str) -> Json:
    if not isinstance(found, dict):
        raise BadReply(f"Immich did not describe the {what}")
    return found
