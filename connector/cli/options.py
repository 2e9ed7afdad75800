"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path

import click

data_option = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    envvar="TRACER_DATA",
    default=lambda: Path.home() / ".local/share/image-tracer",
    show_default="~/.local/share/image-tracer",
    help="Folder that holds the databases, the maps and the key.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
