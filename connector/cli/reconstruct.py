"""image-tracer reconstruct: the bare engine."""

from __future__ import annotations

import json
from pathlib import Path

import click

from connector.cli.options import data_option
from connector.metadata.fixes_json import BadFixes, read_fixes
from connector.routing.pool import open_routers
from connector.trace.build import build
from connector.trace.geojson import feature_collection


@click.command()
@click.argument("fixes", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--map", "maps", multiple=True, help="A map to use (repeatable); all of them when none is named.")
@click.option("-o", "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="GeoJSON to write.")
@data_option
def command(fixes: Path, maps: tuple[str, ...], out: Path, data: Path) -> None:
    """Draw the way through FIXES.json, without a library and without a service."""
    try:
        found = read_fixes(json.loads(fixes.read_text(encoding="utf-8")))
        with open_routers(data / "maps", maps or None) as routers:
            trace = build(found, routers)
    except (BadFixes, json.JSONDecodeError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{fixes}: {error}") from None
    except KeyError as error:
        raise click.ClickException(str(error.args[0])) from None
    partial = out.with_name(out.name + ".part")
    partial.write_text(json.dumps(feature_collection(trace)), encoding="utf-8")
    partial.replace(out)
