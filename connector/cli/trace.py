"""image-tracer trace: albums become a trace."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from connector.actions import connections, following, scenes, traces
from connector.actions.connections import AlbumRow
from connector.actions.people import Person
from connector.actions.progress import ENDED, Progress, State
from connector.actions.services import Services
from connector.actions.traces import TraceInfo
from connector.cli.explained import Explained, writing
from connector.cli.opened import at_best, here, json_of
from connector.cli.options import data_option, json_option

LOOK_EVERY_S = 0.5


@click.command()
@click.argument("name")
@click.argument("albums", nargs=-1)
@click.option("--all", "every", is_flag=True, help="Every album of the connection, each a trace of its own.")
@click.option("--same-as", metavar="TRACE", help="The ALBUM is one that TRACE was made of, under another name.")
@click.option("--wait", is_flag=True, help="Wait until it is made, and show how far it is.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to write picture.svg, picture.png, trace.geojson and index.html to; needs no running service.",
)
@data_option
@json_option
def command(  # noqa: PLR0913  # one parameter per option of the command line
    name: str,
    albums: tuple[str, ...],
    every: bool,
    same_as: str | None,
    wait: bool,
    out: Path | None,
    data: Path,
    as_json: bool,
) -> None:
    """Trace the ALBUMs (titles or ids; several become one trace) of the connection NAME.

    A running service does it; where none runs, this command does, and waits. Albums that were traced before keep
    their trace, with its corrections and links: it is made anew.
    """
    if every == bool(albums):
        raise Explained("name albums, or say --all", 2)
    if same_as is not None and (len(albums) != 1 or out is not None):
        raise Explained("--same-as goes with one album, and without --out", 2)
    if out is not None:
        _here(name, albums, out, data, as_json)
        return
    watch = Watch(quiet=as_json)
    with at_best(data, watch.show) as (services, owner, by_worker):
        groups = _groups(services, owner, name, albums)
        shown = watch if wait and by_worker else None
        if same_as is not None:
            made = [_followed(services, owner, same_as, groups[0][1][0], shown)]
        else:
            made = [_made(services, owner, group, shown) for group in groups]
    watch.end()
    _show(made, as_json)
    if any(info.state is State.FAILED for info in made):
        raise Explained("not every trace could be made; the lines above say why", 1)


class Watch:
    """Shows how far a trace is on standard error."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet, self._last = quiet, ""

    def show(self, said: Progress) -> None:
        line = f"{said.state}  {said.done} of {said.total}" if said.total is not None else str(said.state)
        is_tty = sys.stderr.isatty()
        if self._quiet or line == self._last or not (is_tty or said.done % 100 == 0 or said.done == said.total):
            return
        self._last = line
        click.echo(f"\r{line}\033[K" if is_tty else line, err=True, nl=not is_tty)

    def end(self) -> None:
        if not self._quiet and sys.stderr.isatty():
            click.echo("", err=True)


def _groups(services: Services, owner: Person, name: str, wanted: Sequence[str]) -> list[tuple[str, list[str]]]:
    """Connection id and album ids of every trace that is wanted."""
    connection_id = connections.named(services, owner, name).id
    there = connections.albums(services, owner, connection_id)
    if not wanted:
        return [(connection_id, [row.album.id]) for row in there]
    return [(connection_id, [_album(each, there) for each in wanted])]


def _album(said: str, there: Sequence[AlbumRow]) -> str:
    by_id = [row.album.id for row in there if row.album.id == said]
    by_title = [row.album.id for row in there if row.album.title == said]
    found = by_id or by_title
    if len(found) == 1:
        return found[0]
    if found:
        raise Explained(f"{len(found)} albums are called {said!r}; name one by its id: {', '.join(found)}", 2)
    titles = ", ".join(repr(row.album.title) for row in there[:10])
    raise Explained(
        f"there is no album {said!r}; there are {len(there)}: {titles}{' ...' if len(there) > 10 else ''}", 3
    )


def _made(services: Services, owner: Person, group: tuple[str, list[str]], watch: Watch | None = None) -> TraceInfo:
    """The trace of the albums: begun, or made anew where there is one. With a ``watch`` it is waited for."""
    connection_id, albums = group
    there = [info.id for info in traces.traces(services, owner) if _is_of(info, connection_id, albums)]
    begun = traces.again(services, owner, there[0]) if there else traces.start(services, owner, connection_id, albums)
    return _waited(services, owner, begun.trace_id, watch)


def _waited(services: Services, owner: Person, trace_id: str, watch: Watch | None) -> TraceInfo:
    if watch is not None:
        _wait(lambda: traces.progress(services, owner, trace_id), watch)
    return traces.trace(services, owner, trace_id)


def _followed(services: Services, owner: Person, trace_id: str, new_album_id: str, watch: Watch | None) -> TraceInfo:
    """The trace, made of the new album in the place of the one that is gone."""
    info = traces.trace(services, owner, trace_id)
    offered = [each.album_id for each in info.moved if each.new_album_id == new_album_id]
    old = offered or info.album_ids
    if len(old) > 1:
        raise Explained(f"{trace_id} is made of {len(old)} albums, and none of them is known to be that one", 2)
    following.follow(services, owner, trace_id, old[0], new_album_id)
    return _waited(services, owner, trace_id, watch)


def _is_of(info: TraceInfo, connection_id: str, albums: Sequence[str]) -> bool:
    return info.connection_id == connection_id and list(info.album_ids) == list(albums)


def _wait(look: Callable[[], Progress], watch: Watch) -> None:
    said = look()
    while said.state not in ENDED:
        watch.show(said)
        time.sleep(LOOK_EVERY_S)
        said = look()
    watch.show(said)


def _here(name: str, albums: tuple[str, ...], out: Path, data: Path, json_wanted: bool) -> None:
    from connector.actions import handout  # drawing is heavy, and only needed here

    watch = Watch(quiet=json_wanted)
    with here(data, watch.show) as (services, owner):
        groups = _groups(services, owner, name, albums)
        with writing(out):  # before the work, not after it
            out.mkdir(parents=True, exist_ok=True)
        made = []
        for group in groups:
            info = _made(services, owner, group)
            watch.end()
            folder = out / info.id if len(groups) > 1 else out
            scene = scenes.scene(services, owner, info.id)
            with writing(folder):
                files = handout.write(services, owner, info.id, scene, folder)
            made.append(info)
            click.echo(f"{folder}: {', '.join(file.name for file in files)}", err=True)
    _show(made, json_wanted)


def _show(made: Sequence[TraceInfo], json_wanted: bool) -> None:
    if json_wanted:
        click.echo(json_of(made))
        return
    for info in made:
        if info.state is State.FAILED:
            click.echo(f"{info.id}  {info.title}: {info.message}", err=True)
        elif info.state is State.DONE:
            km = (info.distance_m or 0) / 1000
            click.echo(f"{info.id}  {info.title}: {info.photos} photos, {info.stops} stops, {km:.1f} km")
        else:
            click.echo(f"{info.id}  {info.title}: {info.state}")
