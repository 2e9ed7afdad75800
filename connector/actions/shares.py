"""Links that show a trace to whoever has them, and no more of it than their owner wanted.

Where the ends are hidden is a matter of the owner and not of the link: the circles of many links around one door would
tell where it is (:mod:`connector.trace.privacy`). They lie by a secret of the owner's that is derived from the
installation's key, so that a database that is moved with its key cuts as before; a new key cuts elsewhere.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from connector.actions.errors import Invalid, NotFound, NotReady, PasswordNeeded
from connector.actions.people import Person
from connector.actions.scenes import excluded, scene_of
from connector.actions.services import Services, new_id
from connector.actions.traces import row_of
from connector.render.scene import Scene
from connector.render.visible import Terms, would_show
from connector.store.tables import PhotoRow, ShareRow, TraceRow
from connector.store.vault import WrongKey
from connector.trace.model import Trace
from connector.trace.privacy import visible

MOST_HIDDEN_M = 50_000.0
TICKET_LASTS = timedelta(days=1)
_TICKET = "ticket-"
_SCRYPT = {"n": 2**14, "r": 8, "p": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a share is to show. ``frame_ancestors`` None: as the settings say. ``lang``: in which it is said."""

    path_only: bool = False
    hide_ends_m: float = 0.0
    expires_at: datetime | None = None
    frame_ancestors: tuple[str, ...] | None = None
    password: str | None = None
    lang: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A link and what it shows. ``state``: ``open``, ``expired`` or ``revoked``."""

    id: str
    trace_id: str
    path_only: bool
    hide_ends_m: float
    expires_at: datetime | None
    frame_ancestors: tuple[str, ...]
    has_password: bool
    state: str
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewShare:
    """A share just made. ``token`` is in ``url`` and is not kept: neither can be shown again."""

    share: Share
    token: str
    url: str
    visible: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What a visitor may see. ``version`` changes when that does, and tells nothing else: it cannot be worked out.

    Of a path only it does not change with the photos either, or who keeps looking could count those.
    """

    scene: Scene
    share: Share
    trace_id: str
    version: str


def share(
    services: Services, owner: Person, trace_id: str, wish: Wish = Wish(), *, written_back: bool = False
) -> NewShare:
    """Makes a link to a trace of theirs.

    Raises:
        NotFound, NotReady: there is no such trace, or it has not been made yet.
        Invalid: with all that is wrong with the wish.
    """
    shown = what_would_be_visible(services, owner, trace_id, wish)
    token = secrets.token_urlsafe(24)
    ancestors = services.settings.frame_ancestors if wish.frame_ancestors is None else wish.frame_ancestors
    row = ShareRow(
        id=new_id(),
        owner=owner.id,
        trace_id=trace_id,
        token_hash=_hash(token),
        salt=secrets.token_hex(16),
        path_only=wish.path_only,
        hide_ends_m=wish.hide_ends_m,
        frame_ancestors=list(ancestors),
        password_hash=_password_hash(wish.password) if wish.password else None,
        written_back=written_back,
        expires_at=wish.expires_at,
        created_at=services.now(),
    )
    with services.store.write() as session:
        row_of(session, owner, trace_id)
        session.add(row)
    return NewShare(share=_share(services, row), token=token, url=url_of(services, token), visible=shown)


def url_of(services: Services, token: str) -> str:
    """The address of a share's page."""
    return f"{services.settings.address}/embed/{token}"


def what_would_be_visible(services: Services, owner: Person, trace_id: str, wish: Wish) -> tuple[str, ...]:
    """Sentences that say what a visitor of such a share would see, for its owner to agree to. Makes nothing.

    They are of exactly what the link would show: its ends are hidden where these are.

    Raises:
        NotFound, NotReady, Invalid: as :func:`share`.
    """
    _check(services, wish)
    with services.store.read() as session:
        whole = scene_of(session, row_of(session, owner, trace_id))
        out = excluded(session, trace_id)
    seed = _seed(services, owner.id)
    shown = _cut(whole, out, path_only=wish.path_only, hide_ends_m=wish.hide_ends_m, seed=seed)
    terms = Terms(
        path_only=wish.path_only,
        hide_ends_m=wish.hide_ends_m,
        expires_at=wish.expires_at,
        has_password=wish.password is not None,
    )
    return tuple(would_show(whole, shown, terms, wish.lang))


def shares(services: Services, owner: Person, trace_id: str) -> tuple[Share, ...]:
    """The links to a trace of theirs, the newest first.

    Raises:
        NotFound: they have no such trace.
    """
    with services.store.read() as session:
        row_of(session, owner, trace_id)
        wanted = select(ShareRow).where(ShareRow.trace_id == trace_id).order_by(ShareRow.created_at.desc())
        return tuple(_share(services, row) for row in session.scalars(wanted))


def revoke(services: Services, owner: Person, share_id: str) -> None:
    """Ends a link; one that has ended is no error.

    Raises:
        NotFound: they have none of that id.
    """
    with services.store.write() as session:
        row = session.get(ShareRow, share_id)
        if row is None or row.owner != owner.id:
            raise NotFound("share")
        row.revoked_at = row.revoked_at or services.now()


def shared(services: Services, token: str, password: str | None = None) -> Shared:
    """What the visitor with that token sees.

    Raises:
        NotFound: no such share, or it has expired or was revoked: the three are never told apart.
        PasswordNeeded: it has a password, and that is not it.
        TooMany: too many wrong passwords.
    """
    with services.store.read() as session:
        row = session.scalar(select(ShareRow).where(ShareRow.token_hash == _hash(token)))
        if row is None or _share(services, row).state != "open":
            raise NotFound("trace")
        _check_password(services, row, password)
        trace_row = session.get_one(TraceRow, row.trace_id)
        coloured = 0 if row.path_only else _coloured(session, row.trace_id)
    stamp = (trace_row.version, coloured)
    with services.shown.value(f"share {row.id}", stamp, lambda: _scene(services, row, trace_row)) as scene:
        version = hashlib.blake2b(repr((row.id, row.salt, stamp)).encode(), digest_size=8).hexdigest()
        link = url_of(services, token)
        return Shared(
            scene=replace(scene, link=link), share=_share(services, row), trace_id=row.trace_id, version=version
        )


def _scene(services: Services, row: ShareRow, trace_row: TraceRow) -> Scene:
    try:
        with services.store.read() as session:
            whole, out = scene_of(session, trace_row), excluded(session, row.trace_id)
    except NotReady:
        raise NotFound("trace") from None
    seed = _seed(services, row.owner)
    return _cut(whole, out, path_only=row.path_only, hide_ends_m=row.hide_ends_m, seed=seed)


def _seed(services: Services, owner_id: str) -> str:
    """What says where the ends of all traces of that person are hidden."""
    return services.vault.secret("hidden ends", owner_id)


def _cut(whole: Scene, out: frozenset[str], *, path_only: bool, hide_ends_m: float, seed: str) -> Scene:
    """The scene without what is hidden, and without the photos its owner took out."""
    trace = visible(whole.trace, path_only=path_only, hide_ends_m=hide_ends_m, seed=seed)
    shown = _photo_ids(trace) - out
    trace = replace(
        trace,
        unplaced=tuple(each for each in trace.unplaced if each.asset_id in shown),
        fixes=tuple(fix for fix in trace.fixes if fix.asset_id in shown),
    )
    photos = {asset_id: photo for asset_id, photo in whole.photos.items() if asset_id in shown}
    keys = {photo.key for photo in photos.values()}
    style = replace(
        whole.style,
        emoji={key: emoji for key, emoji in whole.style.emoji.items() if key in keys},
        featured=tuple(key for key in whole.style.featured if key in keys),
    )
    return replace(whole, trace=trace, photos=photos, style=style)


def _photo_ids(trace: Trace) -> set[str]:
    placed = {asset_id for stop in trace.stops for asset_id in stop.asset_ids}
    return placed | {each.asset_id for each in trace.inferred} | {each.asset_id for each in trace.unplaced}


def _check(services: Services, wish: Wish) -> None:
    problems = []
    if not 0 <= wish.hide_ends_m <= MOST_HIDDEN_M:
        problems.append(f"hide_ends_m must be between 0 and {MOST_HIDDEN_M:.0f}")
    if wish.expires_at is not None and wish.expires_at <= services.now():
        problems.append("expires_at has passed already")
    problems += [f"{each!r} is no site: write https://example.org" for each in wish.frame_ancestors or () if _bad(each)]
    if wish.password is not None and not 4 <= len(wish.password) <= 200:
        problems.append("password must have 4 to 200 characters")
    if problems:
        raise Invalid(problems)


def _bad(site: str) -> bool:
    """Whether it is no source of a Content-Security-Policy that names a site."""
    if site in ("*", "'self'", "'none'"):
        return False
    parts = urlsplit(site)
    plain = all(c.isalnum() or c in ".-:*[]" for c in parts.netloc)
    return (
        parts.scheme not in ("http", "https")
        or not parts.netloc
        or not plain
        or site != f"{parts.scheme}://{parts.netloc}"
    )


def ticket(services: Services, token: str, password: str) -> str:
    """What opens the share in place of its password for a day, fit for an address: nothing in it can be read.

    Raises:
        NotFound, PasswordNeeded, TooMany: as :func:`shared`.
    """
    shared(services, token, password)
    with services.store.read() as session:
        row = session.scalars(select(ShareRow).where(ShareRow.token_hash == _hash(token))).one()
    until = services.now() + TICKET_LASTS
    sealed = services.vault.seal(until.isoformat(), "ticket", row.id, row.password_hash or "")
    return _TICKET + base64.urlsafe_b64encode(sealed.encode()).decode().rstrip("=")


def _is_ticket(services: Services, row: ShareRow, said: str) -> bool:
    """Whether it is a ticket to that share that still counts."""
    try:
        sealed = base64.urlsafe_b64decode(said.removeprefix(_TICKET) + "==").decode("ascii")
        until = services.vault.open(sealed, "ticket", row.id, row.password_hash or "")
    except (ValueError, WrongKey):
        return False
    return datetime.fromisoformat(until) > services.now()


def _check_password(services: Services, row: ShareRow, password: str | None) -> None:
    if row.password_hash is None:
        return
    if password is None:
        raise PasswordNeeded("this share has a password")
    if password.startswith(_TICKET) and _is_ticket(services, row, password):
        return
    services.limits.spend(f"share {row.id}", 20, 300.0)
    if not _is_password(row.password_hash, password):
        raise PasswordNeeded("that is not the password")
    services.limits.forget(f"share {row.id}")


def _password_hash(password: str) -> str:
    salt = secrets.token_bytes(16)
    return f"{salt.hex()}${hashlib.scrypt(password.encode(), salt=salt, dklen=32, **_SCRYPT).hex()}"


def _is_password(kept: str, password: str) -> bool:
    salt, _, digest = kept.partition("$")
    found = hashlib.scrypt(password.encode(), salt=bytes.fromhex(salt), dklen=32, **_SCRYPT).hex()
    return hmac.compare_digest(found, digest)


def _coloured(session: Session, trace_id: str) -> int:
    wanted = select(func.count()).where(PhotoRow.trace_id == trace_id, PhotoRow.colour.is_not(None))
    return session.scalar(wanted) or 0


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _share(services: Services, row: ShareRow) -> Share:
    expired = row.expires_at is not None and row.expires_at <= services.now()
    return Share(
        id=row.id,
        trace_id=row.trace_id,
        path_only=row.path_only,
        hide_ends_m=row.hide_ends_m,
        expires_at=row.expires_at,
        frame_ancestors=_sites(row.frame_ancestors),
        has_password=row.password_hash is not None,
        state="revoked" if row.revoked_at is not None else "expired" if expired else "open",
        created_at=row.created_at,
    )


def _sites(kept: Sequence[str]) -> tuple[str, ...]:
    return tuple(kept)
