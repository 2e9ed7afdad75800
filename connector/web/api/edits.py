"""Corrections: each names the version it was made on, so that nobody overwrites what they have not seen."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from pydantic import BaseModel
from werkzeug.exceptions import PreconditionRequired

from connector.actions import edits
from connector.actions.errors import Invalid
from connector.web.answers import data, said
from connector.web.context import person, services
from connector.web.schema import STALE, AtTrace, Precondition, Sent, Shown, api

blueprint = api("edits", "Corrections of a trace, with undo and redo")


class NewEdit(Sent):
    """``edit``: an object with ``kind`` and its fields; photos by their keys in the document."""

    edit: dict[str, Any]


class Log(Shown):
    """Numbers of the edits that undo and redo would take back next."""

    undo: int | None
    redo: int | None


class Changed(BaseModel):
    """What looks different; ``rebuilt``: so much that only the document tells."""

    rebuilt: bool
    legs: dict[str, Any]
    stops: dict[str, Any]


class ShownEdited(BaseModel):
    version: int
    changed: Changed
    log: Log


@blueprint.post("/traces/<id:trace_id>/edits", responses={200: ShownEdited, **STALE})
def edit(path: AtTrace, header: Precondition, body: NewEdit) -> Response:
    """Make one correction."""
    del header
    return _edited(edits.edit(services(), person(), path.trace_id, body.edit, seen_version()))


@blueprint.post("/traces/<id:trace_id>/undo", responses={200: ShownEdited, **STALE})
def undo(path: AtTrace, header: Precondition) -> Response:
    """Take the last correction back."""
    del header
    return _edited(edits.undo(services(), person(), path.trace_id, seen_version()))


@blueprint.post("/traces/<id:trace_id>/redo", responses={200: ShownEdited, **STALE})
def redo(path: AtTrace, header: Precondition) -> Response:
    """Make the correction again that was taken back last."""
    del header
    return _edited(edits.redo(services(), person(), path.trace_id, seen_version()))


@blueprint.post("/traces/<id:trace_id>/preview", responses={200: Changed})
def preview(path: AtTrace, body: NewEdit) -> Response:
    """What a correction would change; nothing is written."""
    made = edits.preview(services(), person(), path.trace_id, body.edit)
    return _timed(data(made.changed), made.engine_s)


def seen_version() -> int:
    """The version that If-Match names, by itself or as a document's whole ETag.

    Raises:
        PreconditionRequired: it names none.
        Invalid: it names something else.
    """
    if "If-Match" not in request.headers:
        raise PreconditionRequired('say the version you saw: If-Match: "<version of the document>"')
    versions = [tag.partition("-")[0] for tag in request.if_match]
    if len(versions) != 1 or not versions[0].isascii() or not versions[0].isdigit() or len(versions[0]) > 15:
        raise Invalid(['If-Match must name one version of the document, like "12"'])
    return int(versions[0])


def _edited(made: edits.Edited) -> Response:
    changed = Changed.model_validate(dict(made.changed))
    response = said(ShownEdited(version=made.version, changed=changed, log=Log.model_validate(made.steps)))
    response.set_etag(str(made.version))
    return _timed(response, made.engine_s)


def _timed(response: Response, engine_s: float) -> Response:
    """Says of the time an answer took what the engine took, for a browser's developer tools to show."""
    response.headers["Server-Timing"] = f"engine;dur={1000 * engine_s:.1f}"
    return response
