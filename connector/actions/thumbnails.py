"""Small pictures of photos: from the library's preview, else the file's own thumbnail, else the file. Kept on disk."""

from __future__ import annotations

import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from adapters.library import Asset, Library
from adapters.library import NotFound as NotInLibrary
from connector.actions import connections
from connector.actions.errors import NotFound
from connector.actions.people import Person
from connector.actions.services import Services
from connector.actions.shares import shared
from connector.actions.traces import row_of
from connector.metadata.read import embedded_thumbnail
from connector.metadata.thumbnail import LARGEST_BYTES, BadImageError, mean_colour, register_heif, small_jpeg
from connector.store.packed import unpack_asset, unpack_fix
from connector.store.tables import CountRow, FixRow, PersonRow, PhotoRow, TraceRow

EDGES_PX = (64, 256, 1024)
_EMBEDDED_IS_ENOUGH_PX = 256
COVERS_FOR_S, NEW_COVERS_AFTER_S = 300, 5
"""As long the covers of a library's albums are taken for what they were; and one that is not among them as missing."""
_NONE = b""
"""Kept in place of a picture there is none of."""
ASKED = "thumbnails asked of libraries"


@dataclass(frozen=True, slots=True)
class _Wanted:
    owner: Person
    trace_id: str
    connection_id: str
    asset: Asset
    has_colour: bool


def thumbnail(services: Services, owner: Person, trace_id: str, key: str, edge_px: int) -> bytes | None:
    """A JPEG without metadata of a photo of that trace, about ``edge_px`` (64, 256 or 1024) on its longer edge.

    None: nothing can be made of the file (a video, a damaged one).

    Raises:
        NotFound: no such trace, or no such photo in it.
        adapters.library.LibraryError: the library could not be read.
    """
    with services.store.read() as session:
        row = row_of(session, owner, trace_id)
        photo = session.scalar(select(PhotoRow).where(PhotoRow.trace_id == trace_id, PhotoRow.key == key))
    if photo is None:
        raise NotFound("photo")
    wanted = _Wanted(owner, trace_id, row.connection_id, unpack_asset(photo.asset), photo.colour is not None)
    return _kept_or_made(services, wanted, edge_px)


def shared_thumbnail(
    services: Services, token: str, key: str, edge_px: int, password: str | None = None
) -> bytes | None:
    """As :func:`thumbnail`, of a photo the share shows.

    Raises:
        NotFound: no such share, or it shows no such photo.
        PasswordNeeded, TooMany: as `shares.shared`.
    """
    seen = shared(services, token, password)
    if key not in {photo.key for photo in seen.scene.photos.values()}:
        raise NotFound("photo")
    with services.store.read() as session:
        person = session.get_one(PersonRow, session.get_one(TraceRow, seen.trace_id).owner)
    owner = Person(id=person.id, name=person.name, is_admin=person.is_admin)
    return thumbnail(services, owner, seen.trace_id, key, edge_px)


def of_cover(services: Services, owner: Person, connection_id: str, album_id: str) -> bytes | None:
    """A small JPEG of an album's cover; None: it has none. See `connections.cover`."""
    asset = _cover_of(services, owner, connection_id, album_id)
    if asset is None:
        return None
    return _kept_or_made(services, _Wanted(owner, "", connection_id, asset, has_colour=True), 256)


def _cover_of(services: Services, owner: Person, connection_id: str, album_id: str) -> Asset | None:
    """Looks again for one it does not know, for it may be new, but not each time somebody asks."""
    found: dict[str, Asset | None] = {}
    for every_s in (COVERS_FOR_S, NEW_COVERS_AFTER_S):
        name, stamp = f"covers {every_s} {owner.id} {connection_id}", int(services.now().timestamp()) // every_s
        with services.shown.value(name, stamp, lambda: _covers(services, owner, connection_id)) as listed:
            found = listed
        if found.get(album_id) is not None:
            break
    if album_id not in found:
        raise NotFound("album")
    return found[album_id]


def _covers(services: Services, owner: Person, connection_id: str) -> dict[str, Asset | None]:
    return {row.album.id: row.album.cover for row in connections.albums(services, owner, connection_id)}


def keep_glimpse(services: Services, connection_id: str, asset: Asset, image: bytes) -> None:
    """Keeps a small picture that came with the metadata: nobody has to ask the library for it."""
    for edge in EDGES_PX:
        path = _path(services, connection_id, asset, edge)
        if edge <= _EMBEDDED_IS_ENOUGH_PX and not path.exists():
            _keep(services, path, small_jpeg(image, edge) if edge < _EMBEDDED_IS_ENOUGH_PX else image)


def asked(services: Services, owner: Person) -> int:
    """How many pictures were asked of libraries for that person: what was not on our disk."""
    with services.store.read() as session:
        row = session.get(CountRow, (owner.id, ASKED))
        return row.n if row is not None else 0


def _kept_or_made(services: Services, wanted: _Wanted, edge_px: int) -> bytes | None:
    edge = next((edge for edge in EDGES_PX if edge >= edge_px), EDGES_PX[-1])
    path = _path(services, wanted.connection_id, wanted.asset, edge)
    if path.exists():
        os.utime(path)
        return path.read_bytes() or None
    with services.fetching:
        made = _make(services, wanted, edge)
    _keep(services, path, made if made is not None else _NONE)
    return made


def _make(services: Services, wanted: _Wanted, edge: int) -> bytes | None:
    _count(services, wanted.owner)
    with connections.library(services, wanted.owner, wanted.connection_id) as library:
        image, orientation = _bytes_of(services, library, wanted, edge)
    if image is None:
        return None
    register_heif()
    try:
        made = small_jpeg(image, edge, orientation=orientation)
        if not wanted.has_colour:
            _keep_colour(services, wanted, mean_colour(made))
    except BadImageError:
        return None
    return made


def _bytes_of(services: Services, library: Library, wanted: _Wanted, edge: int) -> tuple[bytes | None, int | None]:
    """The smallest image that will do, and the orientation it does not carry itself."""
    asset = wanted.asset
    preview = library.preview(asset, edge)
    if preview is not None:
        return preview, None
    if edge <= _EMBEDDED_IS_ENOUGH_PX:
        inside = embedded_thumbnail(asset, library.read)
        if inside is not None:
            return inside, _orientation(services, wanted)
    if not asset.media_type.startswith("image/") or asset.size is None or asset.size > LARGEST_BYTES:
        return None, None
    try:
        return library.read(asset, 0, asset.size), None
    except NotInLibrary:
        raise NotFound("photo") from None


def _orientation(services: Services, wanted: _Wanted) -> int | None:
    with services.store.read() as session:
        row = session.get(FixRow, (wanted.connection_id, wanted.asset.id))
    return unpack_fix(row.fix).orientation if row is not None else wanted.asset.orientation


def _keep_colour(services: Services, wanted: _Wanted, colour: str) -> None:
    this = (PhotoRow.trace_id == wanted.trace_id, PhotoRow.asset_id == wanted.asset.id, PhotoRow.colour.is_(None))
    with services.store.write() as session:
        session.execute(update(PhotoRow).where(*this).values(colour=colour))


def _count(services: Services, owner: Person) -> None:
    insert = postgresql.insert if services.store.engine.dialect.name == "postgresql" else sqlite.insert
    row = insert(CountRow).values(owner=owner.id, name=ASKED, n=1)
    one_more = row.on_conflict_do_update(index_elements=["owner", "name"], set_={"n": CountRow.n + 1})
    with services.store.write() as session:
        session.execute(one_more)


def _folder(services: Services) -> Path:
    return services.settings.data / "thumbnails"


def _path(services: Services, connection_id: str, asset: Asset, edge: int) -> Path:
    said = repr((connection_id, asset.id, asset.version, edge))
    digest = hashlib.blake2b(said.encode("utf-8", "surrogateescape"), digest_size=16).hexdigest()
    return _folder(services) / digest[:2] / f"{digest}.jpg"


def _keep(services: Services, path: Path, image: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    part.write_bytes(image)
    part.replace(path)
    if secrets.randbelow(256) == 0:
        make_room(services)


def make_room(services: Services) -> None:
    """Keeps the pictures within their space."""
    prune(_folder(services), services.settings.thumbnails_mb * 1_000_000)


def prune(folder: Path, most_bytes: int, pattern: str = "*/*.jpg") -> int:
    """Removes what was not looked at longest until the rest fits; how many files went."""
    files = sorted(((f.stat().st_mtime, f.stat().st_size, f) for f in folder.glob(pattern)), key=lambda each: each[0])
    spare = sum(size for _, size, _ in files) - most_bytes
    gone = 0
    for _, size, file in files:
        if spare <= 0:
            break
        file.unlink(missing_ok=True)
        spare -= size
        gone += 1
    return gone
