"""What an API key may do, and what is missing without each of its scopes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

NEEDED = ("album.read", "asset.read")
"""Without these nothing can be traced."""


@dataclass(frozen=True, slots=True)
class Ability:
    """Something that is switched off unless the key has all these scopes."""

    what: str
    scopes: tuple[str, ...]


PREVIEWS = Ability("thumbnails are shown", ("asset.view",))
ORIGINALS = Ability("photos that Immich has not read itself are looked into", ("asset.download",))
SIGN_IN = Ability("you can sign in with this key", ("user.read",))
LINK = Ability("the link of a trace is put into its album's description", ("album.update",))
PLACE = Ability("positions are written back to photos", ("asset.update",))
WATCH = Ability("new photos are told at once instead of at the next look", ("workflow.create", "workflow.read"))
UNWATCH = Ability("that workflow is removed again", ("workflow.delete",))
COUNT = Ability("listings are checked against an exact count", ("asset.statistics",))
OPTIONAL = (PREVIEWS, ORIGINALS, SIGN_IN, LINK, PLACE, WATCH, UNWATCH, COUNT)


@dataclass(frozen=True, slots=True)
class Scopes:
    """The scopes of one key; Immich lists ``all`` for a key that may do everything."""

    granted: frozenset[str]

    def allow(self, ability: Ability) -> bool:
        """Whether nothing is missing for it."""
        return not self.missing(ability.scopes)

    def missing(self, wanted: Collection[str]) -> tuple[str, ...]:
        """Those of the wanted scopes that the key lacks."""
        return () if "all" in self.granted else tuple(scope for scope in wanted if scope not in self.granted)

    def limits(self) -> tuple[str, ...]:
        """One sentence per ability that is switched off."""
        return tuple(
            f"Only with the permission {' and '.join(self.missing(each.scopes))}: {each.what}."
            for each in OPTIONAL
            if not self.allow(each)
        )
