"""Photo libraries. One module per provider; `kinds()` finds them, lazily.

Architecture invariant: nothing in this package imports `connector`, and no provider's name is
known outside its own module.

A third party adds a provider by an entry point in the group ``image_tracer.adapters`` whose name is
the kind's name and whose object is a :class:`adapters.library.Kind`.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Iterator
from importlib.metadata import entry_points

from adapters.library import BadSettings, Kind

#: name of a kind -> module that holds it as ``KIND``; imported only when asked for
_OURS = {
    "folder": "adapters.folder",
    "webdav": "adapters.webdav",
    "nextcloud": "adapters.nextcloud",
    "immich": "adapters.immich",
}
#: kinds that only the application itself connects, for those whom the program around it vouches for; none may ask
_INSIDE = {"nextcloud-app": "adapters.nextcloud.app"}
GROUP = "image_tracer.adapters"
_log = logging.getLogger(__name__)


def names() -> list[str]:
    """The names of every kind that is installed, ours first."""
    theirs = sorted(point.name for point in entry_points(group=GROUP))
    return [*_OURS, *(name for name in theirs if name not in _OURS)]


def kind(name: str) -> Kind:
    """The kind of that name.

    Raises:
        BadSettings: no such kind is installed; the message lists those that are.
    """
    module = _OURS.get(name) or _INSIDE.get(name)
    if module is not None:
        found = importlib.import_module(module).KIND
    else:
        points = [point for point in entry_points(group=GROUP) if point.name == name]
        if not points:
            there = ", ".join(names())
            raise BadSettings([f"there is no kind of library named {name!r}; there are: {there}"])
        found = points[0].load()
    if not isinstance(found, Kind):
        raise BadSettings([f"the adapter for {name!r} does not hold a Kind but a {type(found).__name__}"])
    return found


def words(lang: str) -> dict[str, str]:
    """What every installed kind, and the parts they share, say in that language, by the English text; ours first where
    two say the same. Loads every kind; what one says that cannot be loaded is missing, and the log tells which.
    """
    from adapters.wording import WORDS

    said = [WORDS, *(each.words for each in _loaded())]
    return {english: texts[lang] for each in reversed(said) for english, texts in each.items() if lang in texts}


def _loaded() -> Iterator[Kind]:
    for name in names():
        try:
            yield kind(name)
        except Exception as error:  # noqa: BLE001  # other people's code: it must not take the words of the others along
            _log.warning("the kind of library %r cannot be loaded: %s", name, error)
