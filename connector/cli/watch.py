"""image-tracer watch: new albums become traces by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from adapters.library import LibraryError
from connector.actions import connections, hooks, notify, watch
from connector.actions.errors import Invalid
from connector.actions.people import Person
from connector.actions.services import Services
from connector.cli.opened import here, json_of
from connector.cli.options import data_option, json_option


@click.command()
@click.argument("name")
@click.option("--all", "every", is_flag=True, help="Every album.")
@click.option("--albums", "pattern", help="Albums whose title fits a pattern with * and ?.")
@click.option("--tag", help="Albums with that tag, or with #TAG in their description.")
@click.option("--least", type=click.IntRange(0), default=2, show_default=True, help="Photos with a position at least.")
@click.option("--link/--no-link", default=True, help="Write the link into the library when a trace is ready.")
@click.option("--hide-ends", "hide_ends_m", type=click.FloatRange(0), default=0.0, help="Metres that link hides.")
@click.option("--hook/--no-hook", default=True, help="Ask the library to call us when something arrives.")
@click.option("--tell", "addresses", multiple=True, help="An https:// address to call, or one Apprise knows.")
@click.option("--off", is_flag=True, help="Watch it no more.")
@data_option
@json_option
def command(  # noqa: PLR0913  # one parameter per option of the command line
    name: str,
    every: bool,
    pattern: str | None,
    tag: str | None,
    least: int,
    link: bool,
    hide_ends_m: float,
    hook: bool,
    addresses: tuple[str, ...],
    off: bool,
    data: Path,
    as_json: bool,
) -> None:
    """Trace what arrives in the connection NAME: albums that one of --all, --albums and --tag fits."""
    rules = watch.Rules(every=every, name=pattern, tag=tag, least_located=least, link=link, hide_ends_m=hide_ends_m)
    with here(data) as (services, owner):
        found = connections.named(services, owner, name)
        if off:
            watch.unwatch(services, owner, found.id)
            click.echo(f"{name} is watched no more.")
            return
        watching = watch.watch(services, owner, found.id, rules)
        told = [notify.tell(services, owner, _kind(each), each) for each in addresses]
        address, problem = _hook(services, owner, found.id, install=hook)
    if as_json:
        said = {"watching": watching, "hook": address.url, "secret": address.secret, "problem": problem, "told": told}
        click.echo(json_of(said))
    else:
        _show(name, address, problem, told)


def _hook(services: Services, owner: Person, connection_id: str, *, install: bool) -> tuple[hooks.Hook, str | None]:
    """The hook's address, and why the library will not call it."""
    made = hooks.hook(services, owner, connection_id)
    if not install:
        return made, None
    try:
        return hooks.install(services, owner, connection_id), None
    except (Invalid, LibraryError) as error:
        return made, str(error)


def _show(name: str, address: hooks.Hook, problem: str | None, told: Sequence[notify.NewNotice]) -> None:
    click.echo(f"{name} is watched while `image-tracer serve` runs.")
    click.echo(
        "The library calls us." if address.installed else f"It is looked at now and then. {problem or ''}".strip()
    )
    click.echo(f"Anything else may call {address.url} (keep that address to yourself)")
    for each in told:
        secret = f", signed with {each.secret}" if each.secret else ""
        click.echo(f"{each.notice.where} is told when a trace is ready{secret}")


def _kind(address: str) -> str:
    return "webhook" if address.startswith(("http://", "https://")) else "apprise"
