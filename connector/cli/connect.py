"""image-tracer connect: a library becomes known by a name. The options come from its kind."""

from __future__ import annotations

import sys
import time
import webbrowser
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, override

import click

import adapters
from adapters.library import BadSettings, Kind, Option
from connector.actions import connections
from connector.actions.connections import Connection
from connector.actions.errors import ActionError
from connector.actions.people import Person
from connector.actions.services import Services
from connector.cli.explained import Explained, text_of
from connector.cli.opened import here, json_of
from connector.cli.options import data_option, json_option

LOOK_EVERY_S = 2.0


class _Kinds(click.Group):
    """One command per kind of library that is installed."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return adapters.names()

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in adapters.names():
            return None
        try:
            return _command(adapters.kind(cmd_name))
        except (ModuleNotFoundError, BadSettings):
            return None


@click.group(cls=_Kinds)
def command() -> None:
    """Connect a photo library, after trying it out."""


def _command(kind: Kind) -> click.Command:
    def connect(name: str, data: Path, as_json: bool, **given: Any) -> None:
        with here(data) as (services, owner):
            made = _connected(services, owner, name, kind, _values(kind, given))
        _show(made, as_json)

    named: Callable[..., Any] = click.option("--name", required=True, help="What to call it.")
    decorated: Any = json_option(data_option(connect))
    for option in reversed(kind.options):
        decorated = _option(option)(decorated)
    return click.command(name=kind.name, help=f"Connect a library: {kind.title}.")(named(decorated))


def _option(option: Option) -> Callable[[Any], Any]:
    flag = f"--{option.name.replace('_', '-')}"
    if not option.secret:
        return click.option(flag, help=option.help + ("" if option.required else "  [optional]"))
    text = f"{option.help} '-' reads it from standard input."

    def both(function: Any) -> Any:
        path = click.Path(exists=True, dir_okay=False, path_type=Path)
        from_file = click.option(f"{flag}-file", type=path, help=f"A file that holds the {option.title.lower()}.")
        return click.option(flag, help=text)(from_file(function))

    return both


def _values(kind: Kind, given: Mapping[str, Any]) -> dict[str, str]:
    """The options that have a value: from the command line, a file, standard input or a prompt."""
    values = {option.name: value for option in kind.options if (value := _said(option, given)) is not None}
    for option in _to_ask_for(kind, values) if sys.stdin.isatty() else []:
        values[option.name] = click.prompt(option.title, hide_input=True)
    missing = [option for option in kind.options if option.required and option.name not in values]
    if missing:
        flags = ", ".join(f"--{option.name.replace('_', '-')}" for option in missing)
        raise Explained(f"{kind.title} needs {flags} as well", 2)
    return values


def _to_ask_for(kind: Kind, values: Mapping[str, str]) -> list[Option]:
    """Secrets that were not given and that nothing goes without: those of a named user, else the first kind of key."""
    absent = [option for option in kind.options if option.secret and option.name not in values]
    if "user" in values:
        return absent[:1]
    if kind.login_flow is not None or any(option.name == "user" for option in kind.options):
        return [option for option in absent if option.required]
    return absent[:1] if len(absent) == sum(option.secret for option in kind.options) else []


def _said(option: Option, given: Mapping[str, Any]) -> str | None:
    value, path = given.get(option.name), given.get(f"{option.name}_file")
    if value is not None and path is not None:
        flag = f"--{option.name.replace('_', '-')}"
        raise Explained(f"{flag} and {flag}-file are both given: give one of them", 2)
    if path is not None:
        return text_of(path)
    if option.secret and value == "-":
        return sys.stdin.readline().rstrip("\r\n")
    return value


def _connected(services: Services, owner: Person, name: str, kind: Kind, values: Mapping[str, str]) -> Connection:
    secrets = {option.name for option in kind.options if option.secret}
    if kind.login_flow is None or secrets & values.keys() or "user" in values or "url" not in values:
        return connections.connect(services, owner, name, kind.name, values)
    begun = connections.start_login(services, owner, kind.name, values["url"], name)
    click.echo(f"Open this page and agree there: {begun.login_url}", err=True)
    if sys.stdout.isatty() and begun.login_url:
        webbrowser.open(begun.login_url)
    while begun.state == "waiting":
        time.sleep(LOOK_EVERY_S)
        begun = connections.login(services, owner, begun.id)
    if begun.connection is None:
        raise ActionError(begun.problem or "the sign-in failed")
    return begun.connection


def _show(made: Connection, json_wanted: bool) -> None:
    if json_wanted:
        click.echo(json_of(made))
        return
    click.echo(f"{made.name} is connected: {made.title} of {made.account_name} at {made.address}")
    for limit in made.limits:
        click.echo(f"  note: {limit}")
