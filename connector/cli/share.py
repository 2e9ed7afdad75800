"""image-tracer share: a link that shows a trace."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from connector.actions import shares
from connector.cli.explained import Explained, text_of
from connector.cli.opened import here, json_of
from connector.cli.options import data_option, json_option


@click.command()
@click.argument("trace")
@click.option("--path-only", is_flag=True, help="No photos, names and times: only the path.")
@click.option("--hide-ends", "hide_ends_m", type=click.FloatRange(0), default=0.0, help="Metres to hide at both ends.")
@click.option("--expires", help="When it ends: a date (2026-12-31), an instant, or a number of days (30d).")
@click.option("--site", "sites", multiple=True, help="A site that may embed it, like https://example.org (repeatable).")
@click.option("--password-file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Asks for that.")
@click.option("--dry-run", is_flag=True, help="Only say what would be visible.")
@click.option("--list", "list_them", is_flag=True, help="List the links there are.")
@click.option("--revoke", metavar="ID", help="End a link.")
@data_option
@json_option
def command(  # noqa: PLR0913  # one parameter per option of the command line
    trace: str,
    path_only: bool,
    hide_ends_m: float,
    expires: str | None,
    sites: tuple[str, ...],
    password_file: Path | None,
    dry_run: bool,
    list_them: bool,
    revoke: str | None,
    data: Path,
    as_json: bool,
) -> None:
    """Make a link that shows TRACE (its id), and say what everybody who has it will see."""
    wish = shares.Wish(
        path_only=path_only,
        hide_ends_m=hide_ends_m,
        expires_at=_when(expires, datetime.now(UTC)),
        frame_ancestors=sites or None,
        password=text_of(password_file) if password_file else None,
    )
    with here(data) as (services, owner):
        if revoke is not None:
            shares.revoke(services, owner, revoke)
            click.echo(f"The link {revoke} shows nothing any more.")
        elif list_them:
            _list(shares.shares(services, owner, trace), as_json)
        elif dry_run:
            _visible(shares.what_would_be_visible(services, owner, trace, wish), as_json)
        else:
            _made(shares.share(services, owner, trace, wish), as_json)


def _when(said: str | None, now: datetime) -> datetime | None:
    if said is None:
        return None
    try:
        if said.endswith("d"):
            return now + timedelta(days=int(said[:-1]))
        found = datetime.fromisoformat(said)
        return found.astimezone(UTC) if found.tzinfo is not None else found.replace(tzinfo=UTC)
    except ValueError:
        raise Explained(f"--expires {said!r} is neither a date, an instant nor a number of days like 30d", 2) from None
    except OverflowError:
        raise Explained(f"--expires {said!r} is beyond the year 9999; leave it out for a link without end", 2) from None


def _list(found: tuple[shares.Share, ...], json_wanted: bool) -> None:
    if json_wanted:
        click.echo(json_of(found))
        return
    for each in found:
        click.echo(
            f"{each.id}  {each.state:8} made {each.created_at:%Y-%m-%d}{'  path only' if each.path_only else ''}"
        )


def _visible(said: tuple[str, ...], json_wanted: bool) -> None:
    if json_wanted:
        click.echo(json_of({"visible": said}))
        return
    click.echo("Visible will be:")
    for line in said:
        click.echo(f"  {line}")


def _made(made: shares.NewShare, json_wanted: bool) -> None:
    if json_wanted:
        click.echo(json_of({"id": made.share.id, "url": made.url, "token": made.token, "visible": made.visible}))
        return
    click.echo(made.url)
    click.echo("Visible is:")
    for line in made.visible:
        click.echo(f"  {line}")
