"""oEmbed 1.0: tells a site that was given a share's address how to frame it."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlsplit

from flask import Response
from flask_openapi3.blueprint import APIBlueprint
from flask_openapi3.models.tag import Tag
from pydantic import BaseModel, Field
from werkzeug.exceptions import NotImplemented as NotMade

from connector.actions import shares
from connector.actions.errors import NotFound
from connector.web.answers import data
from connector.web.api.shares import frame_html
from connector.web.context import public, services
from connector.web.headers import Page, describe
from connector.web.schema import PROBLEMS, problem_answer

WIDTH_PX, HEIGHT_PX = 640, 420
POSTER = 16 / 9
LARGEST_POSTER_PX = 1280

blueprint = APIBlueprint(
    "oembed",
    __name__,
    abp_tags=[Tag(name="embed", description="What a share shows, to whoever has its link")],
    abp_security=[{}],
    abp_responses=PROBLEMS,
)
Pixels = Annotated[int, Field(ge=1, le=10_000)]


class Asked(BaseModel):
    """Parameters of other versions of oEmbed are let through, as the specification wants."""

    url: Annotated[str, Field(max_length=2000)]
    maxwidth: Pixels | None = None
    maxheight: Pixels | None = None
    format: str = "json"


class OEmbed(BaseModel):
    version: str
    type: str
    title: str
    html: str
    width: int
    height: int
    provider_name: str
    provider_url: str
    cache_age: int
    thumbnail_url: str | None = None
    thumbnail_width: int | None = None
    thumbnail_height: int | None = None


@blueprint.get("/oembed", responses={200: OEmbed, 501: problem_answer("Only JSON is spoken")})
@public
def oembed(query: Asked) -> Response:
    """How to frame the share of that address."""
    describe(Page.DATA, anywhere=True)
    if query.format != "json":
        raise NotMade("only format=json is answered")
    token = _token(query.url)
    seen = shares.shared(services(), token)
    width = min(WIDTH_PX, query.maxwidth or WIDTH_PX)
    height = min(HEIGHT_PX, query.maxheight or HEIGHT_PX)
    url = shares.url_of(services(), token)
    said: dict[str, Any] = {
        "version": "1.0",
        "type": "rich",
        "title": seen.scene.title,
        "html": frame_html(url, seen.scene.title, width, height),
        "width": width,
        "height": height,
        "provider_name": "image-tracer",
        "provider_url": services().settings.address,
        "cache_age": 3600,
        **_poster(url, query),
    }
    return data(said)


def _token(url: str) -> str:
    """The token in a share's address of ours.

    Raises:
        NotFound: it is none of ours.
    """
    ours, asked = urlsplit(services().settings.address), urlsplit(url)
    path = asked.path.removeprefix(f"{ours.path}/embed/").removesuffix("/album")
    if asked.netloc != ours.netloc or not asked.path.startswith(f"{ours.path}/embed/") or not path or "/" in path:
        raise NotFound("trace")
    return path


def _poster(url: str, query: Asked) -> dict[str, Any]:
    """The picture of it, within the same limits; left out where they are smaller than any picture of ours."""
    width = min(LARGEST_POSTER_PX, query.maxwidth or LARGEST_POSTER_PX, int((query.maxheight or 10_000) * POSTER))
    if width < 200:
        return {}
    address = f"{url}/picture.png?shape=landscape&width={width}"
    return {"thumbnail_url": address, "thumbnail_width": width, "thumbnail_height": int(width / POSTER)}
