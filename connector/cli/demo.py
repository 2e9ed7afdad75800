"""image-tracer demo: the whole way, on this machine, with photos of its own."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import click

from connector.settings import LOCAL_PORT


@click.command()
@click.option("--once", is_flag=True, help="Make it, check it, print the photo server's counts, and end.")
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), default=Path(".demo"), show_default=True)
@click.option(
    "--map", "extract", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="An extract to use."
)
@click.option("--port", type=click.IntRange(1, 65535), default=LOCAL_PORT, show_default=True, help="Of the service.")
def command(once: bool, folder: Path, extract: Path | None, port: int) -> None:
    """Draw a photo library, serve it by WebDAV, trace it, and show it in a gallery."""
    try:
        from connector.demo.extract import NoExtract
        from connector.demo.run import DemoFailed, run
    except ModuleNotFoundError as error:
        raise click.ClickException(
            f"the demo needs {error.name}, which is not installed: pip install 'image-tracer[demo]'"
        ) from None
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever ends it: what it started ends too
    try:
        run(folder.resolve(), extract, port, _say, once=once)
    except (DemoFailed, NoExtract) as error:
        raise click.ClickException(str(error)) from None
    except KeyboardInterrupt:
        _say("")


def _say(line: str) -> None:
    """One line; one that begins with a carriage return replaces the line before, where somebody is looking."""
    if not line.startswith("\r"):
        click.echo(line)
    elif sys.stdout.isatty():
        click.echo(f"{line}\033[K", nl=False)
        done, _, total = line.strip().partition(" of ")
        if total.split(" ")[0] == done:
            click.echo("")
