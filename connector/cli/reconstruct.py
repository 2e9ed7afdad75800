"""image-tracer reconstruct: the bare engine."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import click

from connector.cli.explained import explained, writing
from connector.cli.options import data_option
from connector.metadata.clock import settle
from connector.metadata.fix import Fix
from connector.metadata.fixes_json import BadFixes, read_fixes
from connector.routing.pool import BadAddressError, open_routers
from connector.trace.build import build
from connector.trace.edits import Logged, MatchRecording
from connector.trace.geojson import feature_collection
from connector.trace.recordings import BadRecordingError, Recording, read_recording


@click.command()
@click.argument("fixes", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--map", "maps", multiple=True, help="A map to use (repeatable); all of them when none is named.")
@click.option(
    "--evidence",
    "recordings",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A recording to go by (repeatable): GPX, TCX, FIT, KML, KMZ, GeoJSON, a Google Timeline; packed, too.",
)
@click.option(
    "--valhalla",
    "servers",
    multiple=True,
    metavar="URL",
    help="A Valhalla server to route by (repeatable), as http://host:8002; maps are used only where --map names them.",
)
@click.option("--match-evidence", is_flag=True, help="Lead recorded ways along the roads where they follow them.")
@click.option("-o", "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="GeoJSON to write.")
@data_option
def command(  # noqa: PLR0913  # one parameter per option of the command line
    fixes: Path,
    maps: tuple[str, ...],
    recordings: tuple[Path, ...],
    servers: tuple[str, ...],
    match_evidence: bool,
    out: Path,
    data: Path,
) -> None:
    """Draw the way through FIXES.json, without a library and without a service."""
    if not out.parent.is_dir():
        raise click.UsageError(f"there is no folder {out.parent}")
    evidence = _read(recordings)
    found = _settled(_fixes(fixes))
    try:
        named = maps or (() if servers else None)
        with explained(), open_routers(data / "maps", named, urls=[_named(url) for url in servers]) as routers:
            trace = build(found, routers, log=_to_match(evidence) if match_evidence else (), recordings=evidence)
    except BadAddressError as error:
        raise click.UsageError(str(error)) from None
    except KeyError as error:
        raise click.ClickException(str(error.args[0])) from None
    with writing(out):
        _write(out, json.dumps(feature_collection(trace)))
    for each in trace.suggestions:
        click.echo(each.text, err=True)


def _write(out: Path, text: str) -> None:
    """The whole file or none of it."""
    partial = out.with_name(out.name + ".part")
    try:
        partial.write_text(text, encoding="utf-8")
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)


def _fixes(path: Path) -> tuple[Fix, ...]:
    """The fixes of the file. Whole numbers are read as others are, however many digits they have."""
    try:
        return read_fixes(json.loads(path.read_text(encoding="utf-8-sig"), parse_int=float))
    except RecursionError:
        raise click.ClickException(f"{path}: it has values within values without end") from None
    except (BadFixes, json.JSONDecodeError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{path}: {error}") from None


def _named(url: str) -> str:
    """With a name, as `open_routers` wants it: where none is given, the host's."""
    return url if "=" in url.partition("://")[0] else f"{url.partition('://')[2]}={url}"


def _to_match(recordings: Sequence[Recording]) -> list[Logged]:
    names = sorted({recording.name for recording in recordings})
    return [Logged(seq=n, edit=MatchRecording(recording=name, match=True)) for n, name in enumerate(names, 1)]


def _settled(fixes: tuple[Fix, ...]) -> tuple[Fix, ...]:
    """With an instant wherever one can be told; where all have one, 30 MB of time zones are not needed."""
    return settle(fixes) if any(fix.instant is None for fix in fixes) else fixes


def _read(paths: Sequence[Path]) -> list[Recording]:
    """The recordings; one of which nothing can be used is named, and so is what of the others cannot."""
    found: list[Recording] = []
    for path in paths:
        try:
            with path.open("rb") as data:
                recording = read_recording(path.name, data)
        except BadRecordingError as error:
            raise click.ClickException(f"{path}: {error}") from None
        found.append(recording)
        if recording.remark is not None:
            click.echo(f"{path}: {recording.remark}", err=True)
    return found
