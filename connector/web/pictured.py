"""A scene as one picture, for its owner and for visitors: the same code draws both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated, Literal

from flask import Response
from pydantic import Field

from adapters.library import LibraryError
from connector.actions import posters
from connector.actions.errors import Invalid
from connector.render import pdf
from connector.render import picture as render
from connector.render.scene import Scene
from connector.render.themes import THEMES
from connector.render.words import language
from connector.web.answers import KEPT_PRIVATELY, has, kept
from connector.web.context import services
from connector.web.headers import Page, describe
from connector.web.schema import Asked

Extension = Literal["png", "svg", "pdf"]
_MEDIA_TYPES = {"png": "image/png", "svg": "image/svg+xml", "pdf": "application/pdf"}


class PictureWish(Asked):
    """How the picture is to be."""

    shape: Literal["portrait", "square", "story", "landscape", "a4"] = "portrait"
    theme: Annotated[str, Field(max_length=64)] | None = None
    width: Annotated[int, Field(ge=200, le=4320)] = 1080
    lang: Annotated[str, Field(max_length=35, description="BCP 47; without it the language of its owner")] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is to be drawn. ``name`` changes whenever the scene does; ``small`` gives a photo's picture by its key."""

    name: str
    scene: Callable[[], Scene]
    small: Callable[[str], bytes | None]


def picture(
    subject: Subject, extension: Extension, wish: PictureWish, *, anywhere: bool = False, most: str | None = None
) -> Response:
    """The subject as wished for. ``most``: the name under which drawings are counted, so that nobody asks too many.

    Raises:
        Invalid: there is no such theme, or no PDF can be made here.
        TooMany: too many were drawn lately for whoever asks.
    """
    if wish.theme is not None and wish.theme not in THEMES:
        raise Invalid([f"theme must be one of {', '.join(THEMES)}"])
    if extension == "pdf" and not pdf.is_able():
        raise Invalid([str(pdf.NoPdf())])
    describe(Page.DRAWING if extension == "svg" else Page.DATA, anywhere=anywhere)
    looks = (wish.shape, wish.theme or "own", language(wish.lang) if wish.lang else "its", extension)
    name = "-".join((subject.name, *looks, str(wish.width if extension == "png" else 0)))
    if has(name):
        return kept(Response(), name, KEPT_PRIVATELY)
    if most is not None and not posters.is_kept(services(), name):
        services().limits.spend(most, 30, 60.0)
    drawn = posters.poster(services(), name, lambda: _drawn(subject, extension, wish))
    return kept(Response(drawn, mimetype=_MEDIA_TYPES[extension]), name, KEPT_PRIVATELY)


def _drawn(subject: Subject, extension: Extension, wish: PictureWish) -> posters.Drawn:
    scene = subject.scene()
    if wish.theme is not None:
        scene = replace(scene, style=replace(scene.style, theme=wish.theme))
    if wish.lang is not None:
        scene = replace(scene, lang=language(wish.lang))
    photos = Photos(scene, subject.small)
    svg = render.svg(scene, shape=wish.shape, tiles=services().tiles, thumbnail=photos)
    return posters.Drawn(_as(extension, svg, wish.width), photos.whole)


def _as(extension: Extension, svg: str, width_px: int) -> bytes:
    if extension == "pdf":
        return pdf.pdf(svg)
    return svg.encode() if extension == "svg" else render.png(svg, width_px=width_px)


class Photos:
    """Small pictures by asset id, as drawings ask for them; remembers whether a library failed to give one."""

    def __init__(self, scene: Scene, small: Callable[[str], bytes | None]) -> None:
        self._scene, self._small, self.whole = scene, small, True

    def __call__(self, asset_id: str) -> bytes | None:
        photo = self._scene.photos.get(asset_id)
        if photo is None:
            return None
        try:
            return self._small(photo.key)
        except LibraryError:
            self.whole = False
            return None
