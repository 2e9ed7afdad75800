"""image-tracer doctor: what works, what does not, and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import click

from adapters.library import Check
from connector.actions import connections, doctor
from connector.actions.people import local
from connector.cli.explained import Explained, explained
from connector.cli.opened import json_of, served, settings_of
from connector.cli.options import data_option, json_option


@click.command()
@click.argument("name", required=False)
@data_option
@json_option
def command(name: str | None, data: Path, as_json: bool) -> None:
    """Try the connection NAME step by step; without it, the installation and every connection."""
    well = True
    said: dict[str, list[Check]] = {}
    with explained(), served(settings_of(data)) as services:
        owner = local(services)
        if name is None:
            well &= _tell("the installation", doctor.installation(services), said, as_json)
            found = connections.connections(services, owner)
        else:
            found = (connections.named(services, owner, name),)
        for each in found:
            well &= _tell(each.name, doctor.connection(services, owner, each.id), said, as_json)
    if as_json:
        click.echo(json_of(said))
    if not well:
        raise Explained("something does not work; the lines above say what to do", 1)


def _tell(what: str, checks: Iterable[Check], said: dict[str, list[Check]], quiet: bool) -> bool:
    """Shows the steps as they are done; whether all that is needed works."""
    steps = said.setdefault(what, [])
    if not quiet:
        click.secho(what, bold=True)
    for check in checks:
        steps.append(check)
        if not quiet:
            mark = (
                click.style("ok ", fg="green") if check.ok else click.style("NO " if check.needed else "-  ", fg="red")
            )
            click.echo(f"  {mark} {check.name}: {check.said}")
            if check.advice is not None:
                click.echo(f"       {check.advice}")
    return all(check.ok or not check.needed for check in steps)
