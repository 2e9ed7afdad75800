"""What an API key may do, and what is missing without each of its scopes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

NEEDED = ("album.read", "asset.read")
"""Without these nothing can be traced."""


@dataclass(frozen=True, slots=True)
class Ability:
    """Something that is switched off unless the key has all these scopes."""

    without: str
    """What is so without it."""
    scopes: tuple[str, ...]


PREVIEWS = Ability("Thumbnails are not shown", ("asset.view",))
ORIGINALS = Ability("Photos that Immich has not read itself are not looked into", ("asset.download",))
SIGN_IN = Ability("Nobody can sign in with this key", ("user.read",))
LINK = Ability("The link of a trace is not put into its album's description", ("album.update",))
PLACE = Ability("Positions are not written back to photos", ("asset.update",))
WATCH = Ability("New photos are not told at once, only seen at the next look", ("workflow.create", "workflow.read"))
UNWATCH = Ability("A workflow that was made to tell them is not removed again", ("workflow.delete",))
COUNT = Ability("Listings are not checked against an exact count", ("asset.statistics",))
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
            f"{each.without}: that needs the permission {', '.join(self.missing(each.scopes))}."
            for each in OPTIONAL
            if not self.allow(each)
        )
