"""What a share shows to whoever has its link: pages to frame or to open, and all they load.

Architecture invariant: nothing here reads or sets a cookie, and everything shown went through `shares.shared`.
In an address the token may be followed by ``~`` and a ticket, which stands for the password of the share.
"""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote

from flask import Response, request, url_for
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, Field

from connector.actions import shares, thumbnails
from connector.actions.errors import NotFound, PasswordNeeded, TooMany
from connector.actions.shares import Shared
from connector.render.document import document as as_document
from connector.render.document import outline as as_outline
from connector.render.themes import on_the_map, theme_of
from connector.web import drawn, pages
from connector.web.answers import digest, has, kept, kept_bytes, packed, unpacked
from connector.web.context import public, services
from connector.web.headers import Page, describe
from connector.web.pictured import Extension, PictureWish, Subject
from connector.web.pictured import picture as draw
from connector.web.schema import IMAGE, PROBLEMS, UNCHANGED, Id
from connector.web.tiling import tile_answer

EMBED, ALBUM = "src/embed/main.ts", "src/album/main.ts"
_CACHE = "private, no-cache"
_POSTER = "picture.png?shape=landscape&width=1200"
_DOCUMENT = {"description": "The widget's document, format 1", "content": {"application/json": {}}}
_TILE = {"description": "A vector tile", "content": {"application/vnd.mapbox-vector-tile": {}}}

blueprint = APIBlueprint(
    "embed",
    __name__,
    url_prefix="/embed",
    abp_tags=[Tag(name="embed", description="What a share shows, to whoever has its link")],
    abp_security=[{}],
    abp_responses=PROBLEMS,
)


class AtShared(BaseModel):
    token: Annotated[str, Field(max_length=1000)]


class AtPhoto(AtShared):
    key: Id


class AtPicture(AtShared):
    extension: Extension


class AtTile(AtShared, drawn.TileAt):
    pass


@blueprint.before_request
def _anywhere() -> None:
    describe(Page.DATA, anywhere=True)


@blueprint.get("/<token>", doc_ui=False)
@public
def frame(path: AtShared) -> Response:
    """The map, made to be framed."""
    return _page(path.token, EMBED, "embed")


@blueprint.get("/<token>/album", doc_ui=False)
@public
def album(path: AtShared) -> Response:
    """Photos and map on a page of its own, to link to where a frame cannot go."""
    return _page(path.token, ALBUM, "album")


@blueprint.post("/<token>", doc_ui=False)
@public
def unlock_frame(path: AtShared) -> Response:
    """The password of a share, from the form."""
    return _unlock(path.token, "embed.frame")


@blueprint.post("/<token>/album", doc_ui=False)
@public
def unlock_album(path: AtShared) -> Response:
    """The password of a share, from the form."""
    return _unlock(path.token, "embed.album")


@blueprint.get("/<token>/document", responses={200: _DOCUMENT, 304: UNCHANGED})
@public
def document(path: AtShared) -> Response:
    """Everything the widget needs to show what the share shows."""
    seen = _seen(path.token)
    stamp = (seen.version, services().routers.fingerprint())
    tag = digest(repr(stamp))
    if has(tag):
        return kept(Response(), tag, _CACHE)
    with services().shown.value(f"document {seen.share.id}", stamp, lambda: _document(seen)) as body:
        return kept(unpacked(body), tag, _CACHE)


@blueprint.get("/<token>/photos/<id:key>", responses={200: IMAGE, 304: UNCHANGED})
@public
def photo(path: AtPhoto, query: drawn.PhotoWish) -> Response:
    """A small JPEG of a photo the share shows, without metadata."""
    token, ticket = _parts(path.token)
    found = thumbnails.shared_thumbnail(services(), token, path.key, query.edge, ticket)
    if found is None:
        raise NotFound("picture of that photo")
    return kept_bytes(found, "image/jpeg", "private, max-age=3600")


@blueprint.get("/<token>/photos/<id:key>/open", responses={302: {"description": "On to the photo in its library"}})
@public
def open_photo(path: AtPhoto) -> Response:
    """Open the photo in its library, for those who have an account there."""
    return drawn.open_photo(_seen(path.token).scene, path.key)


@blueprint.get("/<token>/picture.<any(png,svg,pdf):extension>", responses={200: IMAGE, 304: UNCHANGED})
@public
def picture(path: AtPicture, query: PictureWish) -> Response:
    """What the share shows, as one picture."""
    token, ticket = _parts(path.token)
    seen = _seen(path.token)
    subject = Subject(
        name=f"{seen.share.id}-{seen.version}",
        scene=lambda: seen.scene,
        small=lambda key: thumbnails.shared_thumbnail(services(), token, key, 256, ticket),
    )
    who = f"pictures for {request.remote_addr}"
    return draw(subject, path.extension, query, anywhere=True, most=who)


@blueprint.get(
    "/<token>/tiles/<map>/<int:z>/<int:x>/<int:y>.mvt",
    responses={200: _TILE, 204: {"description": "There is nothing here"}, 304: UNCHANGED},
)
@public
def tile(path: AtTile) -> Response:
    """One tile of a basemap; 204 where the map has nothing."""
    _seen(path.token)
    return tile_answer(services(), path, "private, max-age=86400")


def _document(seen: Shared) -> bytes:
    """The same for every visitor, so it is made once."""
    return packed(drawn.with_tiles(as_document(seen.scene, trace_id=seen.share.id, version=seen.version)))


def _seen(token: str) -> Shared:
    bare, ticket = _parts(token)
    return shares.shared(services(), bare, ticket)


def _parts(token: str) -> tuple[str, str | None]:
    bare, _, ticket = token.partition("~")
    return bare, ticket or None


def _page(token: str, source: str, page: str) -> Response:
    try:
        seen = _seen(token)
    except NotFound:
        return pages.gone()
    except PasswordNeeded:
        return _ask("This map has a password.")
    except TooMany as error:
        return _too_many(error)
    describe(Page.EMBED, frame_ancestors=seen.share.frame_ancestors or ("'none'",), anywhere=True)
    response = pages.shell(source, _config(seen, token, page), title=seen.scene.title, **_about(seen, token))
    if not seen.share.has_password:
        response.headers["Link"] = f'<{_oembed(token)}>; rel="alternate"; type="application/json+oembed"'
    return response


def _outline(seen: Shared) -> dict[str, Any]:
    """The way alone, small enough for the page itself."""
    stamp = (seen.version, services().routers.fingerprint())
    with services().shown.value(f"outline {seen.share.id}", stamp, lambda: _made_outline(seen)) as outline:
        return outline


def _made_outline(seen: Shared) -> dict[str, Any]:
    return drawn.with_tiles(as_outline(seen.scene, trace_id=seen.share.id, version=seen.version))


def _config(seen: Shared, token: str, page: str) -> dict[str, Any]:
    at = url_for("embed.frame", token=token)
    return {
        "page": page,
        "api": at,
        "document": f"{at}/document",
        "outline": _outline(seen),
        "photos": f"{at}/photos/",
        "tiles": f"{at}/tiles/",
        "picture": f"{at}/{_POSTER}",
        "link": f"{at}/album" if page == "embed" else None,
        "themes": on_the_map((theme_of(seen.scene.style.theme).name, request.args.get("theme", ""))),
    }


def _about(seen: Shared, token: str) -> dict[str, Any]:
    """What other sites read of the page; nothing where the share has a password."""
    if seen.share.has_password:
        return {}
    address = shares.url_of(services(), token)
    return {
        "oembed": _oembed(token),
        "address": address,
        "image": f"{address}/{_POSTER}",
        "description": seen.scene.subtitle,
    }


def _oembed(token: str) -> str:
    here = services().settings.address
    return f"{here}/oembed?url={quote(shares.url_of(services(), token), safe='')}&format=json"


def _ask(text: str) -> Response:
    describe(Page.EMBED, frame_ancestors=("*",), anywhere=True)
    return pages.card("Password", text, status=pages.status_of_question(403), asks=True)


def _too_many(error: TooMany) -> Response:
    describe(Page.EMBED, frame_ancestors=("*",), anywhere=True)
    response = pages.card("Too many tries", f"Wait {error.retry_after_s} seconds before the next one.", status=429)
    response.headers["Retry-After"] = str(error.retry_after_s)
    return response


def _unlock(token: str, endpoint: str) -> Response:
    bare, _ = _parts(token)
    try:
        ticket = shares.ticket(services(), bare, request.form.get("password", "")[:200])
    except NotFound:
        return pages.gone()
    except PasswordNeeded:
        return _ask("That is not the password. Try again.")
    except TooMany as error:
        return _too_many(error)
    return Response(
        status=303, headers={"Location": url_for(endpoint, token=f"{bare}~{ticket}", lang=request.args.get("lang"))}
    )
