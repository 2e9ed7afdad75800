"""Links that show a trace to whoever has them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from flask import Response
from markupsafe import escape
from pydantic import BaseModel, Field, RootModel

from connector.actions import shares, traces
from connector.actions.errors import Invalid
from connector.web.answers import nothing, said
from connector.web.context import person, services
from connector.web.schema import AtTrace, Id, Sent, Shown, Text, api

blueprint = api("shares", "Links that show a trace to whoever has them")


class ShareWish(Sent):
    """``dry_run``: make nothing, only say what would be visible. ``lang``: say that in this language."""

    path_only: bool = False
    hide_ends_m: Annotated[float, Field(strict=False, ge=0, le=shares.MOST_HIDDEN_M)] = 0.0
    expires_at: Annotated[str, Field(max_length=40, description="ISO 8601, with its offset from UTC")] | None = None
    frame_ancestors: Annotated[list[Text], Field(max_length=50)] | None = None
    password: Annotated[str, Field(min_length=4, max_length=200)] | None = None
    dry_run: bool = False
    lang: Annotated[str, Field(max_length=35, description="BCP 47; English where it is not spoken here")] = "en"


class ShownShare(Shown):
    id: str
    path_only: bool
    hide_ends_m: float
    expires_at: datetime | None
    frame_ancestors: list[str]
    has_password: bool
    state: str
    created_at: datetime


class Shares(RootModel[list[ShownShare]]):
    """The newest first. Their links were shown once, when they were made."""


class Visible(BaseModel):
    visible: list[str]


class NewShare(Visible):
    id: str
    token: str
    url: str
    embed_html: str


class AtShare(BaseModel):
    share_id: Id


@blueprint.get("/traces/<id:trace_id>/shares", responses={200: Shares})
def all_shares(path: AtTrace) -> Response:
    """The links to a trace."""
    return said(Shares.model_validate(shares.shares(services(), person(), path.trace_id)))


@blueprint.post("/traces/<id:trace_id>/shares", responses={200: Visible, 201: NewShare})
def share(path: AtTrace, body: ShareWish) -> Response:
    """Make a link; its token is shown this once. With ``dry_run`` only say what would be visible."""
    wish = _wish(body)
    if body.dry_run:
        shown = shares.what_would_be_visible(services(), person(), path.trace_id, wish)
        return said(Visible(visible=list(shown)))
    made = shares.share(services(), person(), path.trace_id, wish)
    title = traces.trace(services(), person(), path.trace_id).title
    html = frame_html(made.url, title)
    new = NewShare(id=made.share.id, token=made.token, url=made.url, embed_html=html, visible=list(made.visible))
    return said(new, 201)


@blueprint.delete("/shares/<id:share_id>", responses={204: None})
def revoke(path: AtShare) -> Response:
    """End a link."""
    shares.revoke(services(), person(), path.share_id)
    return nothing()


def frame_html(url: str, title: str, width: int | str = "100%", height: int = 420) -> str:
    """What a page puts in to show the map: a bare frame, since some sites take everything else away."""
    return f'<iframe src="{escape(url)}" width="{width}" height="{height}" title="{escape(title)}"></iframe>'


def _wish(body: ShareWish) -> shares.Wish:
    ancestors = None if body.frame_ancestors is None else tuple(body.frame_ancestors)
    return shares.Wish(
        path_only=body.path_only,
        hide_ends_m=body.hide_ends_m,
        expires_at=_instant(body.expires_at),
        frame_ancestors=ancestors,
        password=body.password,
        lang=body.lang,
    )


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
        known = None if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        known = None
    if known is None:
        raise Invalid(["expires_at must be an instant with its offset, like 2027-01-31T12:00:00+01:00"])
    return known
