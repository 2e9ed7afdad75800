"""image-tracer map: the road maps."""

from __future__ import annotations

import json
from pathlib import Path

import click

from connector.cli.explained import writing
from connector.cli.options import data_option, json_option
from connector.maps.registry import add_map, describe, list_maps, remove_map
from connector.maps.roads import BadMapError


@click.group()
def command() -> None:
    """Add, list and remove road maps."""


@command.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--name", required=True, help="What to call it: a-z, 0-9, - and _.")
@data_option
@json_option
def add(file: Path, name: str, data: Path, as_json: bool) -> None:
    """Build a map from an OpenStreetMap extract (FILE.osm.pbf)."""
    try:
        with writing(data / "maps"):
            (data / "maps").mkdir(parents=True, exist_ok=True)
        found = add_map(file, name, data / "maps", lambda step: click.echo(f"{name}: {step}", err=True))
    except BadMapError as error:
        raise click.ClickException(str(error)) from None
    click.echo(json.dumps(describe(found)) if as_json else f"{name} is ready: {found.bytes / 1e6:.1f} MB")


@command.command(name="list")
@data_option
@json_option
def list_them(data: Path, as_json: bool) -> None:
    """List the maps."""
    maps = list_maps(data / "maps")
    if as_json:
        click.echo(json.dumps([describe(each) for each in maps]))
        return
    for each in maps:
        has = "roads and basemap" if each.has_basemap else "roads only"
        click.echo(f"{each.name:20} {each.bytes / 1e6:8.1f} MB  {has}{', railways' if each.has_rails else ''}")
    if not maps:
        click.echo("There is no map yet: image-tracer map add FILE.osm.pbf --name NAME", err=True)


@command.command()
@click.argument("name")
@data_option
def remove(name: str, data: Path) -> None:
    """Remove a map."""
    try:
        remove_map(name, data / "maps")
    except BadMapError as error:
        raise click.ClickException(str(error)) from None
