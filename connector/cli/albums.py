"""image-tracer albums: what a library holds."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from connector.actions import connections, following
from connector.cli.opened import here, json_of
from connector.cli.options import data_option, json_option


@click.command()
@click.argument("name", required=False)
@data_option
@json_option
def command(name: str | None, data: Path, as_json: bool) -> None:
    """List the albums of the connection NAME; without it, the connections."""
    with here(data) as (services, owner):
        if name is None:
            _connections(list(connections.connections(services, owner)), as_json)
            return
        connection_id = connections.named(services, owner, name).id
        found = connections.albums(services, owner, connection_id)
        offers = following.look(services, owner, connection_id, [each.album for each in found])
    if as_json:
        rows = [
            {
                "id": each.album.id,
                "title": each.album.title,
                "count": each.album.count,
                "located": each.located,
                "version": each.album.version,
                "url": each.album.url,
                "start": each.album.start,
                "end": each.album.end,
                "trace_id": each.trace_id,
            }
            for each in found
        ]
        click.echo(json_of(rows))
        return
    for each in found:
        count = "" if each.album.count is None else f"{each.album.count} photos"
        click.echo(f"{each.album.title:40} {count:>14}  {each.album.id}{'  traced' if each.trace_id else ''}")
    for trace_id, offer in offers:
        command = shlex.join(["image-tracer", "trace", name, offer.new_title, "--same-as", trace_id])
        click.echo(f"{offer.sentence}. If it is the same: {command}", err=True)
    if not found:
        click.echo(f"There is no album with photos in {name}.", err=True)


def _connections(found: list[connections.Connection], json_wanted: bool) -> None:
    if json_wanted:
        click.echo(json_of(found))
        return
    for each in found:
        click.echo(f"{each.name:20} {each.title:24} {each.address}  {each.problem or ''}".rstrip())
    if not found:
        click.echo("No library is connected yet: image-tracer connect KIND --name NAME ...", err=True)
