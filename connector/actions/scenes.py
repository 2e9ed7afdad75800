"""A trace as its owner sees it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from connector.actions.building import log_of, trace_of
from connector.actions.people import Person
from connector.actions.services import Services
from connector.actions.traces import read_style, row_of
from connector.render.document import document as as_document
from connector.render.document import recordings_of
from connector.render.scene import Scene, ScenePhoto
from connector.store.packed import unpack_asset
from connector.store.tables import PersonRow, PhotoRow, TraceRow
from connector.trace.edits import Exclude, MatchRecording, effective
from connector.trace.model import Trace
from connector.trace.undo import steps


def scene(services: Services, owner: Person, trace_id: str) -> Scene:
    """The whole trace, with every photo of it.

    Raises:
        NotFound: they have none of that id.
        NotReady: it has not been made yet.
    """
    with services.store.read() as session:
        return scene_of(session, row_of(session, owner, trace_id))


def document(services: Services, owner: Person, trace_id: str, *, tiles: tuple[str, ...] = ()) -> dict[str, Any]:
    """What the widget needs to show and correct it; ``version`` in it is what an edit must name. ``tiles``: basemaps.

    ``left_out`` in it: of every photo that was excluded, by its key, the number of the edit that did it.
    ``recordings``: of every leg that was recorded the name of the recording; ``on_roads``: the names of those that are
    to be led along the roads.

    Raises:
        NotFound: they have none of that id.
        NotReady: it has not been made yet.
    """
    with services.store.read() as session:
        row = row_of(session, owner, trace_id)
        whole, log = scene_of(session, row), log_of(session, trace_id)
    shown = as_document(
        whole,
        trace_id=trace_id,
        version=str(row.version),
        can_edit=True,
        steps=steps(log),
        tiles=tiles,
    )
    force = effective(log)
    out = {e.edit.asset: e.seq for e in force if isinstance(e.edit, Exclude)}
    asked = {e.edit.recording: e.edit.match for e in force if isinstance(e.edit, MatchRecording)}
    return {
        **shown,
        "left_out": {whole.photos[asset].key: seq for asset, seq in out.items() if asset in whole.photos},
        "recordings": recordings_of(whole.trace),
        "on_roads": sorted(name for name, match in asked.items() if match),
    }


def scene_of(session: Session, row: TraceRow) -> Scene:
    """The scene of a row: everything, for its owner."""
    preferences = session.get_one(PersonRow, row.owner).preferences
    return Scene(
        trace=trace_of(session, row.id),
        title=row.title,
        subtitle=row.subtitle,
        style=read_style(row.style),
        photos=photos_of(session, row.id),
        lang=preferences.get("lang") or "en",
    )


def photos_of(session: Session, trace_id: str) -> Mapping[str, ScenePhoto]:
    """The trace's photos by asset id."""
    rows = session.scalars(select(PhotoRow).where(PhotoRow.trace_id == trace_id).order_by(PhotoRow.position))
    return {row.asset_id: _photo(row) for row in rows}


def _photo(row: PhotoRow) -> ScenePhoto:
    asset = unpack_asset(row.asset)
    return ScenePhoto(key=row.key, name=asset.name, colour=row.colour, media_type=asset.media_type, url=asset.url)


def excluded(session: Session, trace_id: str) -> frozenset[str]:
    """Ids of the photos their owner took out."""
    return frozenset(e.edit.asset for e in effective(log_of(session, trace_id)) if isinstance(e.edit, Exclude))


__all__ = ["Trace", "document", "excluded", "photos_of", "scene", "scene_of"]
