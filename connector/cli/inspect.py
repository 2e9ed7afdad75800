"""image-tracer inspect: what photos say of place and time."""

from __future__ import annotations

import json
import mimetypes
from dataclasses import replace
from datetime import timedelta, timezone
from pathlib import Path
from typing import Any

import click

from adapters.library import Asset
from connector.metadata.clock import settle
from connector.metadata.fix import Fix
from connector.metadata.read import describe


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
def command(files: tuple[Path, ...]) -> None:
    """Print one line of JSON per FILE: where and when it was taken, and how that is known."""
    for path in files:
        click.echo(json.dumps(_row(path), ensure_ascii=False))


def _row(path: Path) -> dict[str, Any]:
    fix = _fix(path)
    taken = None
    if fix.instant is not None and fix.utc_offset_s is not None:
        taken = fix.instant.astimezone(timezone(timedelta(seconds=fix.utc_offset_s))).isoformat()
    elif fix.instant is not None:
        taken = fix.instant.isoformat()
    return {
        "file": str(path),
        "lat": fix.lat,
        "lon": fix.lon,
        "altitude_m": fix.altitude_m,
        "taken_at": taken,
        "wall_time": fix.wall.isoformat() if fix.wall is not None else None,
        "utc_offset": _offset(fix.utc_offset_s),
        "time_source": fix.time_source,
        "camera": fix.camera,
        "orientation": fix.orientation,
        "problem": fix.problem,
    }


def _fix(path: Path) -> Fix:
    """Each file speaks for itself: files named together need not be of one trip."""
    if path.is_dir():
        return Fix(asset_id=str(path), problem="it is a folder")
    try:
        with path.open("rb"):
            return settle([describe(_asset(path), _read)])[0]
    except OSError as error:
        return Fix(asset_id=str(path), problem=f"it cannot be opened: {error.strerror}")


def _offset(seconds: int | None) -> str | None:
    if seconds is None:
        return None
    sign, minutes = ("-" if seconds < 0 else "+"), abs(seconds) // 60
    return f"{sign}{minutes // 60:02}:{minutes % 60:02}"


def _asset(path: Path) -> Asset:
    sidecar = next((p for p in (path.with_name(path.name + ".xmp"), path.with_suffix(".xmp")) if p.is_file()), None)
    made = _plain(path)
    return made if sidecar is None or sidecar == path else replace(made, sidecar=_plain(sidecar))


def _plain(path: Path) -> Asset:
    return Asset(
        id=str(path),
        where=str(path),
        version="",
        name=path.name,
        media_type=mimetypes.guess_type(path.name)[0] or "application/octet-stream",
        size=path.stat().st_size,
    )


def _read(asset: Asset, start: int, length: int) -> bytes:
    with Path(asset.where).open("rb") as file:
        file.seek(start)
        return file.read(length)
