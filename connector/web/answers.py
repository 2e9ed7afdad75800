"""How answers are sent: JSON, pictures and files, with an ETag where they may be kept, smaller where that helps."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from flask import Flask, Response, request
from pydantic import BaseModel

WORTH_COMPRESSING_BYTES = 1400
"""About one packet: below it nothing is won."""
_TEXTS = {"application/json", "application/problem+json", "image/svg+xml", "application/geo+json"}
LARGEST_COMPRESSED_HERE_BYTES = 32 * 2**20
KEPT_PRIVATELY = "private, no-cache"
"""The browser keeps it and asks each time whether it is still so."""


def install(app: Flask) -> None:
    """Compresses large texts of every answer for clients that take it."""
    app.after_request(_compress)


def said(value: BaseModel, status: int = 200) -> Response:
    """A model as JSON."""
    return Response(value.model_dump_json(), status, mimetype="application/json")


def data(value: Mapping[str, Any] | list[Any], status: int = 200) -> Response:
    """Plain values as JSON, without blanks."""
    return Response(_json(value), status, mimetype="application/json")


def _json(value: Mapping[str, Any] | list[Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def packed(value: Mapping[str, Any]) -> bytes:
    """Plain values as gzipped JSON, to be kept and sent by `unpacked`."""
    return gzip.compress(_json(value).encode(), compresslevel=6, mtime=0)


def unpacked(body: bytes) -> Response:
    """What was packed, as JSON: as it is for clients that take gzip."""
    response = Response(body if takes_gzip() else gzip.decompress(body), mimetype="application/json")
    response.vary.add("Accept-Encoding")
    if takes_gzip():
        response.headers["Content-Encoding"] = "gzip"
    return response


def takes_gzip() -> bool:
    return request.accept_encodings.best_match(["identity", "gzip"], default="identity") == "gzip"


def nothing() -> Response:
    return Response(status=204)


def kept(response: Response, etag: str, cache: str = KEPT_PRIVATELY) -> Response:
    """The answer with that ETag; 304 without a body for a client that has it."""
    response.set_etag(etag)
    response.headers["Cache-Control"] = cache
    response.make_conditional(request)
    return response


def kept_bytes(body: bytes, media_type: str, cache: str = KEPT_PRIVATELY) -> Response:
    """Bytes under the ETag of their content."""
    return kept(Response(body, mimetype=media_type), digest(body), cache)


def digest(content: bytes | str) -> str:
    """What differs where the content does, short enough for an ETag."""
    return hashlib.sha256(content if isinstance(content, bytes) else content.encode()).hexdigest()[:32]


def has(etag: str) -> bool:
    """Whether the client says that it has that version: then nothing need be made."""
    return request.if_none_match.contains_weak(etag)


def attachment(body: bytes | str, media_type: str, name: str) -> Response:
    """A file to save under that name."""
    response = Response(body, mimetype=media_type)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _compress(response: Response) -> Response:
    if response.mimetype not in _TEXTS:
        return response
    response.vary.add("Accept-Encoding")
    if _worth(response) and takes_gzip():
        response.set_data(gzip.compress(response.get_data(), compresslevel=6, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response


def _worth(response: Response) -> bool:
    if response.is_streamed or response.direct_passthrough or "Content-Encoding" in response.headers:
        return False
    size = response.content_length or 0
    return response.status_code == 200 and WORTH_COMPRESSING_BYTES <= size <= LARGEST_COMPRESSED_HERE_BYTES
