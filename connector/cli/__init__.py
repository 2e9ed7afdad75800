"""The command `image-tracer`. Each command lives in a module of its own, imported only when asked for."""

from __future__ import annotations

import importlib
from typing import cast, override

import click

#: command -> module that holds it as ``command``
COMMANDS: dict[str, str] = {
    "serve": "connector.cli.serve",
    "worker": "connector.cli.worker",
    "connect": "connector.cli.connect",
    "albums": "connector.cli.albums",
    "trace": "connector.cli.trace",
    "share": "connector.cli.share",
    "watch": "connector.cli.watch",
    "write-back": "connector.cli.write_back",
    "doctor": "connector.cli.doctor",
    "sign-in": "connector.cli.sign_in",
    "rotate-key": "connector.cli.rotate_key",
    "demo": "connector.cli.demo",
    "map": "connector.cli.map",
    "inspect": "connector.cli.inspect",
    "reconstruct": "connector.cli.reconstruct",
}


class _Commands(click.Group):
    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        _check_adapters()  # before it is imported: most commands import adapters themselves
        return cast(click.Command, importlib.import_module(COMMANDS[cmd_name]).command)


_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 110}


@click.command(cls=_Commands, context_settings=_CONTEXT)
@click.version_option(package_name="image-tracer")
def main() -> None:
    """Draws the way you really took, from the photos in the library you already have."""


def _check_adapters() -> None:
    """`adapters` is also the import name of a foreign package."""
    import adapters

    if not hasattr(adapters, "GROUP"):
        raise click.ClickException(
            f"another package named 'adapters' hides ours (found at {adapters.__file__}); "
            "give image-tracer an environment of its own, or uninstall that one"
        )
