"""image-tracer write-back: positions for photos that have none, into the library."""

from __future__ import annotations

from pathlib import Path

import click

from connector.actions import write_back
from connector.cli.explained import Explained, writing
from connector.cli.opened import here, json_of
from connector.cli.options import data_option, json_option


@click.command()
@click.argument("trace")
@click.option("--apply", "really", is_flag=True, help="Write them; without it they are only listed.")
@click.option("--photo", "keys", multiple=True, help="Only that photo, by its key (repeatable).")
@click.option("--undo", metavar="ID", help="Take a write-back back.")
@click.option("--list", "list_them", is_flag=True, help="List the write-backs there were.")
@click.option(
    "--sidecars", type=click.Path(dir_okay=False, path_type=Path), help="Write XMP sidecars to that ZIP file."
)
@data_option
@json_option
def command(  # noqa: PLR0913  # one parameter per option of the command line
    trace: str,
    really: bool,
    keys: tuple[str, ...],
    undo: str | None,
    list_them: bool,
    sidecars: Path | None,
    data: Path,
    as_json: bool,
) -> None:
    """Give the photos of TRACE (its id) that have no position the one their time tells."""
    with here(data) as (services, owner):
        if undo is not None:
            _done("taken back", write_back.undo(services, owner, undo), as_json)
        elif list_them:
            _log(write_back.written(services, owner, trace), as_json)
        elif sidecars is not None:
            packed = write_back.sidecars(services, owner, trace)
            with writing(sidecars):
                sidecars.write_bytes(packed)
            click.echo(f"{sidecars} is written.", err=True)
        elif really:
            _done("written", write_back.apply(services, owner, trace, keys or None), as_json)
        else:
            _plan(write_back.plan(services, owner, trace), as_json)


def _plan(plan: write_back.Plan, json_wanted: bool) -> None:
    if json_wanted:
        click.echo(json_of(plan))
        return
    for photo in plan.photos:
        how = "where you put it" if photo.seconds_to_fix is None else f"{photo.seconds_to_fix:.0f} s from a known place"
        click.echo(f"{photo.key}  {photo.lat:10.6f} {photo.lon:11.6f}  {how:32} {photo.name}")
        if photo.refused is not None:
            click.echo(f"  {photo.name} {photo.refused}", err=True)
    taken = sum(1 for photo in plan.photos if photo.refused is None)
    if plan.refused is not None:
        click.echo(f"Nothing can be written: {plan.refused}", err=True)
    else:
        click.echo(f"{taken} photos would get a position; --apply writes them.", err=True)


def _log(found: tuple[write_back.Logged, ...], json_wanted: bool) -> None:
    if json_wanted:
        click.echo(json_of(found))
        return
    for each in found:
        state = f"taken back {each.undone_at:%Y-%m-%d %H:%M}" if each.undone_at else "in force"
        click.echo(f"{each.id}  {each.created_at:%Y-%m-%d %H:%M}  {each.photos} photos  {state}")


def _done(what: str, done: write_back.Written, json_wanted: bool) -> None:
    if json_wanted:
        click.echo(json_of(done))
    else:
        click.echo(f"{done.id}: {done.photos} photos {what}")
    for problem in done.problems:
        click.echo(f"  {problem}", err=True)
    if done.problems:
        raise Explained(f"{len(done.problems)} photos were not {what}", 1)
