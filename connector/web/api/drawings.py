"""What a trace looks like: the document the widget draws, its photos, the picture and the files."""

from __future__ import annotations

from flask import Response

from connector.actions import scenes, thumbnails, traces
from connector.actions.errors import NotFound
from connector.render.picture import unwritable as characters_without_font
from connector.web import drawn, filed
from connector.web.answers import data, digest, kept, kept_bytes, said
from connector.web.context import person, services
from connector.web.pictured import Extension, Photos, PictureWish, Subject
from connector.web.pictured import picture as draw
from connector.web.schema import IMAGE, UNCHANGED, AtTrace, Id, Shown, api

blueprint = api("drawings", "What a trace looks like: document, photos, picture, files")
_DOCUMENT = {"description": "The widget's document, format 1", "content": {"application/json": {}}}
_FILE = {"description": "The file", "content": {"application/*": {"schema": {"type": "string"}}}}
_OPENED = {"description": "On to the photo in its library"}


class AtPhoto(AtTrace):
    key: Id


class AtPicture(AtTrace):
    extension: Extension


class AtFile(AtTrace):
    format: filed.Format


class Unwritable(Shown):
    characters: list[str]


@blueprint.get("/traces/<id:trace_id>/document", responses={200: _DOCUMENT, 304: UNCHANGED})
def document(path: AtTrace) -> Response:
    """Everything the widget needs to show and correct the trace. The ETag is what an edit names.

    It begins with the version; the rest differs where that alone stays: photos whose colours are known by now, maps.
    """
    shown = drawn.with_tiles(scenes.document(services(), person(), path.trace_id))
    answer = data(shown)
    return kept(answer, f"{shown['version']}-{digest(answer.get_data())}")


@blueprint.get("/traces/<id:trace_id>/photos/<id:key>", responses={200: IMAGE, 304: UNCHANGED})
def photo(path: AtPhoto, query: drawn.PhotoWish) -> Response:
    """A small JPEG of a photo, without metadata."""
    found = thumbnails.thumbnail(services(), person(), path.trace_id, path.key, query.edge)
    if found is None:
        raise NotFound("picture of that photo")
    return kept_bytes(found, "image/jpeg", "private, max-age=86400")


@blueprint.get("/traces/<id:trace_id>/photos/<id:key>/open", responses={302: _OPENED})
def open_photo(path: AtPhoto) -> Response:
    """Open the photo in its library."""
    return drawn.open_photo(scenes.scene(services(), person(), path.trace_id), path.key)


@blueprint.get("/traces/<id:trace_id>/picture.<any(png,svg,pdf):extension>", responses={200: IMAGE, 304: UNCHANGED})
def picture(path: AtPicture, query: PictureWish) -> Response:
    """The trace as one picture."""
    here, who = services(), person()
    info, scene = traces.trace(here, who, path.trace_id), scenes.scene(here, who, path.trace_id)
    coloured = sum(photo.colour is not None for photo in scene.photos.values())
    subject = Subject(
        name=f"{info.id}-{info.version}-{coloured}-{scene.lang}",
        scene=lambda: scene,
        small=lambda key: thumbnails.thumbnail(here, who, path.trace_id, key, 256),
    )
    return draw(subject, path.extension, query)


@blueprint.get("/traces/<id:trace_id>/unwritable", responses={200: Unwritable})
def unwritable(path: AtTrace) -> Response:
    """What the picture could not write, because no font here has it."""
    found = characters_without_font(scenes.scene(services(), person(), path.trace_id))
    return said(Unwritable(characters=list(found)))


@blueprint.get("/traces/<id:trace_id>/files/<any(gpx,geojson,kml,kmz,zip):format>", responses={200: _FILE})
def file(path: AtFile) -> Response:
    """The trace as a file to keep."""
    here, who = services(), person()
    scene = scenes.scene(here, who, path.trace_id)
    small = Photos(scene, lambda key: thumbnails.thumbnail(here, who, path.trace_id, key, 256))
    return filed.file(scene, small, path.format)
