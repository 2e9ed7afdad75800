"""An OpenStreetMap extract -> the road graph the router reads (a tar of tiles)."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import tempfile
from copy import deepcopy
from pathlib import Path
from typing import Any

BUILD_TIMEOUT_S = 6 * 3600.0
_CACHED_BYTES = 20_000_000
"""A mapped tile counts as a thousand bytes: more tiles than a continent's roads have on one way."""


class BadMapError(Exception):
    """The extract cannot be made into a map; the text says why and what to do."""


def configuration(*, tile_dir: Path | None = None, extract: Path | None = None) -> dict[str, Any]:
    """A complete router configuration, for building (``tile_dir``) or for routing (``extract``).

    Made here and not by ``valhalla.get_config``, which shares state between calls and wants both paths to exist.
    """
    from valhalla.config import default_config  # 25 MB of a process that only routing and building need

    config: dict[str, Any] = _without_optional(deepcopy(default_config))
    mjolnir = config["mjolnir"]
    for name, path in (("tile_dir", tile_dir), ("tile_extract", extract)):
        if path is None:
            mjolnir.pop(name, None)
        else:
            mjolnir[name] = str(path)
    # the usual cache has an index of all tiles of the earth: 8 MB more for every Actor, and no faster
    mjolnir.update(use_simple_mem_cache=True, max_cache_size=_CACHED_BYTES)
    config["logging"] = {"type": ""}
    # recorded tracks at 1 Hz are longer than the defaults allow
    config["service_limits"]["trace"].update(max_shape=100_000, max_distance=2_000_000.0)
    config["meili"]["customizable"] = [*config["meili"]["customizable"], "breakage_distance"]
    return config


def _without_optional(tree: dict[str, Any]) -> dict[str, Any]:
    """The defaults mark settings that may be left out by a type; those go."""
    kept: dict[str, Any] = {}
    for key, value in tree.items():
        if isinstance(value, dict):
            kept[key] = _without_optional(value)
        elif isinstance(value, (str, int, float, bool, list)):
            kept[key] = value
    return kept


def build_graph(pbf: Path, tar: Path) -> None:
    """Builds the graph of ``pbf`` as the file ``tar``.

    Raises:
        BadMapError: the router's builder refuses the file.
    """
    with tempfile.TemporaryDirectory(prefix="graph-", dir=tar.parent) as scratch:
        tiles = Path(scratch) / "tiles"
        tiles.mkdir()
        config_file = Path(scratch) / "build.json"
        config_file.write_text(json.dumps(configuration(tile_dir=tiles, extract=tar)))
        _run([str(_package() / "bin" / "valhalla_build_tiles"), "-c", str(config_file), "-j", "2", str(pbf)], pbf)
        if not any(tiles.rglob("*.gph")):
            raise BadMapError(
                f"{pbf.name} holds no road at all; is it an extract that was filtered for something else?"
            )
        _run([sys.executable, str(_package() / "valhalla_build_extract.py"), "-c", str(config_file), "-O"], pbf)


def _package() -> Path:
    """Where the router's own programs are installed."""
    found = importlib.util.find_spec("valhalla")
    assert found is not None  # noqa: S101  # a dependency of this project
    assert found.origin is not None  # noqa: S101  # a package with code
    return Path(found.origin).parent


def _run(command: list[str], pbf: Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=BUILD_TIMEOUT_S, check=False)
    if done.returncode == 0:
        return
    said = (done.stderr + done.stdout).strip().splitlines()
    if any("unsorted input" in line for line in said):
        raise BadMapError(f"{pbf.name} is not sorted by type and id; run `osmium sort` over it and add the result")
    last = said[-1].strip()[-300:] if said else f"exit {done.returncode}"
    raise BadMapError(f"the road graph of {pbf.name} could not be built: {last}")
