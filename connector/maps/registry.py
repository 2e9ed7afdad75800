"""The maps image-tracer has: one folder per map below one folder.

    <maps>/<name>/map.json        what it is (see :class:`Map`)
                  roads.tar       the road graph
                  rails.tar       the same of the railways, where there are any
                  coverage.txt    where roads are known; rails.txt: where railways are
                  basemap.pmtiles what the widget and the picture draw below the trace (optional)

A map appears whole or not at all: it is built beside its place and moved there in one step.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import re
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from connector.maps import basemap, extract
from connector.maps.coverage import Coverage, coverage_of_extract
from connector.maps.rails import write_rails
from connector.maps.roads import BUILD_TIMEOUT_S, BadMapError, build_graph

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
RESERVED = {"world"}
BUILDER = f"1 valhalla {importlib.metadata.version('pyvalhalla')}"
"""Part of every map's version: the first number rises when graphs are built in another way."""
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Map:
    """One map. ``version`` is a digest of the extract and the builder: part of every leg's cache key."""

    name: str
    folder: Path
    version: str
    source: str
    bytes: int
    box: tuple[float, float, float, float] | None
    has_basemap: bool
    has_rails: bool

    def coverage(self) -> Coverage:
        """Where its roads are."""
        return Coverage.from_lines((self.folder / "coverage.txt").read_text().splitlines())

    def rail_coverage(self) -> Coverage:
        """Where its railways are; empty when it has none."""
        path = self.folder / "rails.txt"
        return Coverage.from_lines(path.read_text().splitlines() if path.exists() else ())


def list_maps(maps_dir: Path) -> list[Map]:
    """Every complete map, by name."""
    found = sorted(maps_dir.glob("*/map.json")) if maps_dir.is_dir() else []
    return [_read(path) for path in found if not path.parent.name.startswith(".")]


def _read(path: Path) -> Map:
    said = json.loads(path.read_text())
    folder = path.parent
    box = tuple(said["box"]) if said["box"] else None
    return Map(
        name=folder.name,
        folder=folder,
        version=said["version"],
        source=said["source"],
        bytes=sum(f.stat().st_size for f in folder.iterdir() if f.is_file()),
        box=box,
        has_basemap=(folder / "basemap.pmtiles").exists(),
        has_rails=(folder / "rails.tar").exists(),
    )


def add_map(pbf: Path, name: str, maps_dir: Path, progress: Progress = lambda _: None) -> Map:
    """Builds the map ``name`` from an OpenStreetMap extract; one of that name is replaced when it is ready.

    Raises:
        BadMapError: the name or the file cannot be used; nothing has changed.
    """
    _check(pbf, name)
    maps_dir.mkdir(parents=True, exist_ok=True)
    _sweep(maps_dir)
    with tempfile.TemporaryDirectory(prefix=".building-", dir=maps_dir) as scratch:
        folder = Path(scratch) / name
        folder.mkdir()
        _fill(pbf, folder, progress)
        target = maps_dir / name
        if target.exists():
            target.rename(Path(scratch) / "replaced")
        folder.rename(target)
    return _read(target / "map.json")


def _sweep(maps_dir: Path) -> None:
    """Takes away what builds that were killed have left; one that still runs is never so old."""
    for left in maps_dir.glob(".building-*"):
        if time.time() - left.stat().st_mtime > 2 * BUILD_TIMEOUT_S:
            shutil.rmtree(left)


def remove_map(name: str, maps_dir: Path) -> None:
    """Takes the map away.

    Raises:
        BadMapError: there is none of that name.
    """
    folder = maps_dir / name
    if not _NAME.fullmatch(name) or not (folder / "map.json").exists():
        there = ", ".join(each.name for each in list_maps(maps_dir)) or "none"
        raise BadMapError(f"there is no map named {name!r}; there are: {there}")
    shutil.rmtree(folder)


def _check(pbf: Path, name: str) -> None:
    if not _NAME.fullmatch(name) or name in RESERVED:
        raise BadMapError(
            f"{name!r} cannot be a map's name: use up to 63 of a-z, 0-9, - and _, and not {', '.join(RESERVED)}"
        )
    if not pbf.is_file():
        raise BadMapError(f"there is no file {pbf}")
    with pbf.open("rb") as file:
        head = file.read(64)
    if b"OSMHeader" not in head:
        raise BadMapError(
            f"{pbf.name} is not an OpenStreetMap extract in PBF form (it begins with {head[:8]!r}); "
            "fetch an .osm.pbf of your region and add that"
        )


def _fill(pbf: Path, folder: Path, progress: Progress) -> None:
    progress("reading the extract")
    source = pbf if extract.is_usable(pbf) else folder / "sorted.osm.pbf"
    if source != pbf:
        progress("sorting and renumbering it")
        extract.rewrite(pbf, source)
    progress("finding where the roads are")
    coverage = coverage_of_extract(source)
    if not coverage.cells:
        raise BadMapError(f"{pbf.name} holds no road at all; is it an extract that was filtered for something else?")
    (folder / "coverage.txt").write_text("\n".join(coverage.to_lines()))
    progress("building the road graph")
    build_graph(source, folder / "roads.tar")
    _fill_rails(source, folder, progress)
    _fill_basemap(source, folder, coverage, progress)
    if source != pbf:
        source.unlink()
    said = {"version": _digest(pbf), "source": pbf.name, "box": coverage.box()}
    (folder / "map.json").write_text(json.dumps(said, indent=1))


def _fill_rails(pbf: Path, folder: Path, progress: Progress) -> None:
    progress("building the graph of the railways")
    rewritten = folder / "rails.osm.pbf"
    coverage = coverage_of_extract(rewritten) if write_rails(pbf, rewritten) else Coverage(frozenset())
    if coverage.cells:
        build_graph(rewritten, folder / "rails.tar")
        (folder / "rails.txt").write_text("\n".join(coverage.to_lines()))
    else:
        progress("there is no railway in it")
    rewritten.unlink(missing_ok=True)


def _fill_basemap(pbf: Path, folder: Path, coverage: Coverage, progress: Progress) -> None:
    progress("drawing the basemap")
    reason = basemap.unavailable()
    if reason is not None:
        progress(f"roads only: {reason}")
        return
    broken = basemap.build(pbf, folder / "basemap.pmtiles", coverage)
    if broken:
        progress(f"{broken} things are not drawn: the extract holds only a part of their shape")


def _digest(pbf: Path) -> str:
    with pbf.open("rb") as file:
        extract_digest = hashlib.file_digest(file, "sha256").hexdigest()
    return hashlib.sha256(f"{extract_digest} {BUILDER}".encode()).hexdigest()[:16]


def describe(found: Map) -> dict[str, object]:
    """The map as JSON for programs."""
    return {key: value for key, value in asdict(found).items() if key != "folder"}
