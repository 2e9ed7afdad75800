"""image-tracer sign-in: a token for whoever has the data folder."""

from __future__ import annotations

from pathlib import Path

import click

from connector.actions import people
from connector.cli.opened import here, json_of
from connector.cli.options import data_option, json_option


@click.command()
@click.option("--label", default="command line", show_default=True, help="What it is for.")
@data_option
@json_option
def command(label: str, data: Path, as_json: bool) -> None:
    """Make a token of the administrator's: to sign in with when the browser's session is lost, or for a program."""
    with here(data) as (services, owner):
        token = people.new_token(services, owner, label)
        address = services.settings.address
    if as_json:
        click.echo(json_of({"token": token, "address": address}))
        return
    click.echo(token)
    click.echo(f"Paste it at {address} (by token), or send it as 'Authorization: Bearer ...'.", err=True)
