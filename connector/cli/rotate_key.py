"""image-tracer rotate-key: a new key for the credentials."""

from __future__ import annotations

from pathlib import Path

import click

from connector.actions.keys import renew
from connector.cli.explained import explained
from connector.cli.opened import settings_of
from connector.cli.options import data_option


@click.command()
@data_option
def command(data: Path) -> None:
    """Encrypt the credentials of all libraries with a new key. Stop the service before, and start it again after."""
    settings = settings_of(data)
    with explained():
        count = renew(settings)
    click.echo(f"{count} credentials are encrypted with the new key.")
    if settings.secret_key is not None:
        click.echo("The older keys may go from TRACER_SECRET_KEY now.")
