"""The built widget: which files a page needs, as the build's own manifest says."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BUILT = Path(__file__).resolve().parents[1] / "static" / "widget"
"""Where the wheel's build puts it."""
FOLDER = "TRACER_WIDGET"
"""Name of the application's setting that holds the folder."""
_MANIFEST = ".vite/manifest.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Paths below the widget's folder that a page loads, in order."""

    scripts: tuple[str, ...]
    styles: tuple[str, ...]


def entry(source: str, built: Path) -> Entry | None:
    """What the page whose entry is that source loads; None: the widget is not built, or has no such entry."""
    try:
        manifest = json.loads((built / _MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    if source not in manifest:
        return None
    styles = dict.fromkeys(css for chunk in _chunks(manifest, source) for css in chunk.get("css", ()))
    return Entry(scripts=(manifest[source]["file"],), styles=tuple(styles))


def _chunks(manifest: Mapping[str, Any], source: str) -> Iterator[Mapping[str, Any]]:
    """The entry's chunk after those it imports, each once: a later style may rest on an earlier one."""
    seen: set[str] = set()

    def walk(name: str) -> Iterator[Mapping[str, Any]]:
        if name in seen:
            return
        seen.add(name)
        for other in manifest[name].get("imports", ()):
            yield from walk(other)
        yield manifest[name]

    yield from walk(source)
