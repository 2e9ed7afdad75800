"""An OpenStreetMap extract -> the basemap below a trace (PMTiles of a subset of the Shortbread schema)."""

from __future__ import annotations

from pathlib import Path


def unavailable() -> str | None:
    """Why no basemap can be built here; None when it can."""
    return "the basemap builder is not installed"


def build(pbf: Path, out: Path) -> None:
    """Builds the basemap."""
    raise RuntimeError(f"cannot draw {pbf.name} into {out.name}")
