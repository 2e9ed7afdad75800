"""The tables. Every row has an owner: the id of the person it belongs to.

Architecture invariant: nobody but `connector.actions` asks these tables anything.
Instants are aware UTC in Python and UTC without a zone in the database.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, override

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, ForeignKey, Index, LargeBinary, String, Text, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant."""

    impl = DateTime
    cache_ok = True

    @override
    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    @override
    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """What all tables share."""

    type_annotation_map = {  # noqa: RUF012  # SQLAlchemy reads it so
        datetime: Instant,
        dict[str, Any]: JSON,
        list[Any]: JSON,
        bytes: LargeBinary,
    }


def _id() -> Mapped[str]:
    return mapped_column(String(32), primary_key=True)


def _owner() -> Mapped[str]:
    return mapped_column(ForeignKey("person.id", ondelete="CASCADE"), index=True)


class PersonRow(Base):
    """Somebody who uses this installation. Its own owner."""

    __tablename__ = "person"
    id: Mapped[str] = _id()
    name: Mapped[str] = mapped_column(String(200))
    is_admin: Mapped[bool]
    preferences: Mapped[dict[str, Any]]
    set_up_at: Mapped[datetime | None]
    """When the first person took the installation over by the set-up code."""
    setup_hash: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]


class TokenRow(Base):
    """A signed-in browser or a program's token, by its SHA-256."""

    __tablename__ = "token"
    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    owner: Mapped[str] = _owner()
    label: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]


class ConnectionRow(Base):
    """A library somebody connected. ``sealed``: its options, encrypted."""

    __tablename__ = "connection"
    __table_args__ = (Index("connection_of_owner_by_name", "owner", "name", unique=True),)
    id: Mapped[str] = _id()
    owner: Mapped[str] = _owner()
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(Text)
    """What people may see of where it is."""
    account_id: Mapped[str] = mapped_column(Text)
    account_name: Mapped[str] = mapped_column(Text)
    limits: Mapped[list[Any]]
    sealed: Mapped[str] = mapped_column(Text)
    problem: Mapped[str | None] = mapped_column(Text)
    by_login_flow: Mapped[bool]
    created_at: Mapped[datetime]


class LoginRow(Base):
    """A sign-in at a provider's own page that waits for its person. ``sealed``: what asks for the outcome."""

    __tablename__ = "login"
    id: Mapped[str] = _id()
    owner: Mapped[str] = _owner()
    kind: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(String(200))
    sealed: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(16))
    connection_id: Mapped[str | None] = mapped_column(String(32))
    problem: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]


class TraceRow(Base):
    """A trace and how far it is. ``version`` counts its contents: a writer names the one it saw."""

    __tablename__ = "trace"
    id: Mapped[str] = _id()
    owner: Mapped[str] = _owner()
    connection_id: Mapped[str] = mapped_column(ForeignKey("connection.id", ondelete="CASCADE"), index=True)
    title: Mapped[str] = mapped_column(Text)
    subtitle: Mapped[str | None] = mapped_column(Text)
    titled: Mapped[bool]
    """A person gave the title; the album's no longer counts."""
    style: Mapped[dict[str, Any]]
    salt: Mapped[str] = mapped_column(String(32))
    """Makes the keys of its photos say nothing of the library."""
    version: Mapped[int]
    pulls: Mapped[int]
    """Counts the times its photos were read anew: what a held builder was made from."""
    attempt: Mapped[int]
    job_id: Mapped[str | None] = mapped_column(Text)
    """Who makes it, or made it last: no other job may write it. None: that was stopped."""
    fingerprint: Mapped[str | None] = mapped_column(Text)
    """Of the albums, maps and engine it was last built from."""
    photos: Mapped[int | None]
    located: Mapped[int | None]
    """Photos that say where they were taken; None: not made since this is kept."""
    stops: Mapped[int | None]
    distance_m: Mapped[float | None]
    start: Mapped[datetime | None]
    end: Mapped[datetime | None]
    by_watch: Mapped[bool]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class ProgressRow(Base):
    """How far the making of a trace is; see `connector.actions.progress`."""

    __tablename__ = "progress"
    trace_id: Mapped[str] = mapped_column(ForeignKey("trace.id", ondelete="CASCADE"), primary_key=True)
    owner: Mapped[str] = _owner()
    state: Mapped[str] = mapped_column(String(16))
    found: Mapped[int | None]
    read: Mapped[int]
    legs: Mapped[int | None]
    legs_done: Mapped[int]
    message: Mapped[str | None] = mapped_column(Text)
    retry: Mapped[bool]
    """It failed for a reason that may pass by itself."""
    updated_at: Mapped[datetime]


class BuiltRow(Base):
    """What a trace is made from and came out as: compressed JSON, see `packed`."""

    __tablename__ = "built"
    trace_id: Mapped[str] = mapped_column(ForeignKey("trace.id", ondelete="CASCADE"), primary_key=True)
    owner: Mapped[str] = _owner()
    fixes: Mapped[bytes]
    recordings: Mapped[bytes]
    trace: Mapped[bytes]


class TraceAlbumRow(Base):
    """An album a trace is made of."""

    __tablename__ = "trace_album"
    trace_id: Mapped[str] = mapped_column(ForeignKey("trace.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str] = _owner()
    album_id: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    version: Mapped[str | None] = mapped_column(Text)
    url: Mapped[str | None] = mapped_column(Text)


class PhotoRow(Base):
    """An asset of a trace. ``key`` is what the outside calls it."""

    __tablename__ = "photo"
    __table_args__ = (
        Index("photo_of_trace_by_key", "trace_id", "key", unique=True),
        Index("photo_of_trace_by_position", "trace_id", "position"),
    )
    trace_id: Mapped[str] = mapped_column(ForeignKey("trace.id", ondelete="CASCADE"), primary_key=True)
    asset_id: Mapped[str] = mapped_column(Text, primary_key=True)
    owner: Mapped[str] = _owner()
    key: Mapped[str] = mapped_column(String(16))
    position: Mapped[int]
    asset: Mapped[str] = mapped_column(Text)
    version: Mapped[str | None] = mapped_column(String(24))
    """Of the asset, its sidecar and the reader when it was listed; None: listed before this was kept."""
    colour: Mapped[str | None] = mapped_column(String(7))
    problem: Mapped[str | None] = mapped_column(Text)
    """Why it could not be read at the last pull."""


class RecordingRow(Base):
    """A recording (GPX, ...) among the photos of a trace. ``points``: what was read of it, see `packed`."""

    __tablename__ = "recording"
    trace_id: Mapped[str] = mapped_column(ForeignKey("trace.id", ondelete="CASCADE"), primary_key=True)
    asset_id: Mapped[str] = mapped_column(Text, primary_key=True)
    owner: Mapped[str] = _owner()
    position: Mapped[int]
    asset: Mapped[str] = mapped_column(Text)
    version: Mapped[str | None] = mapped_column(Text)
    """Of the asset when it was read; None: not yet."""
    points: Mapped[bytes | None]
    problem: Mapped[str | None] = mapped_column(Text)
    """Why nothing of it can be used."""


class FixRow(Base):
    """What was read from an asset: nothing unchanged is read twice."""

    __tablename__ = "fix"
    connection_id: Mapped[str] = mapped_column(ForeignKey("connection.id", ondelete="CASCADE"), primary_key=True)
    asset_id: Mapped[str] = mapped_column(Text, primary_key=True)
    owner: Mapped[str] = _owner()
    version: Mapped[str] = mapped_column(Text)
    """Of the asset, its sidecar and the reader."""
    fix: Mapped[str] = mapped_column(Text)
    unused_since: Mapped[datetime | None]
    """Since when no trace has that photo, as far as was looked."""


class EditRow(Base):
    """One entry of a trace's log, which only grows."""

    __tablename__ = "edit"
    trace_id: Mapped[str] = mapped_column(ForeignKey("trace.id", ondelete="CASCADE"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str] = _owner()
    edit: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]


class ShareRow(Base):
    """A link that shows a trace to whoever has it; the token itself is kept as its SHA-256."""

    __tablename__ = "share"
    id: Mapped[str] = _id()
    owner: Mapped[str] = _owner()
    trace_id: Mapped[str] = mapped_column(ForeignKey("trace.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    salt: Mapped[str] = mapped_column(String(32))
    """Makes its version say nothing of what it does not show."""
    path_only: Mapped[bool]
    hide_ends_m: Mapped[float]
    frame_ancestors: Mapped[list[Any]]
    password_hash: Mapped[str | None] = mapped_column(Text)
    written_back: Mapped[bool]
    """The link that was put into the library."""
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class StyleRow(Base):
    """A style somebody keeps."""

    __tablename__ = "style"
    id: Mapped[str] = _id()
    owner: Mapped[str] = _owner()
    name: Mapped[str] = mapped_column(String(200))
    style: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class WayRow(Base):
    """A router's answer, by what was asked of whom."""

    __tablename__ = "way"
    owner: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    answer: Mapped[bytes]
    used_at: Mapped[datetime]
    """When it was asked for last, to the day."""


class HookRow(Base):
    """An address others call when an album changed."""

    __tablename__ = "hook"
    id: Mapped[str] = _id()
    owner: Mapped[str] = _owner()
    connection_id: Mapped[str] = mapped_column(ForeignKey("connection.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    sealed: Mapped[str] = mapped_column(Text)
    """The secret calls are signed with or carry in a header, and the address's token."""
    provider_hook_id: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]


class HookCallRow(Base):
    """A signed call that was taken: the same id is not taken twice."""

    __tablename__ = "hook_call"
    hook_id: Mapped[str] = mapped_column(ForeignKey("hook.id", ondelete="CASCADE"), primary_key=True)
    call_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    owner: Mapped[str] = _owner()
    at: Mapped[datetime]


class WatchRow(Base):
    """What of a connection is traced by itself."""

    __tablename__ = "watch"
    connection_id: Mapped[str] = mapped_column(ForeignKey("connection.id", ondelete="CASCADE"), primary_key=True)
    owner: Mapped[str] = _owner()
    rules: Mapped[dict[str, Any]]
    """None at all ({}): a person ended it."""
    due_at: Mapped[datetime | None]
    """When to look next; None: not until somebody says so."""
    looked_at: Mapped[datetime | None]
    problem: Mapped[str | None] = mapped_column(Text)
    failures: Mapped[int]


class WatchedAlbumRow(Base):
    """An album of a watched connection, as it was seen and as it was traced."""

    __tablename__ = "watched_album"
    connection_id: Mapped[str] = mapped_column(ForeignKey("connection.id", ondelete="CASCADE"), primary_key=True)
    album_id: Mapped[str] = mapped_column(Text, primary_key=True)
    owner: Mapped[str] = _owner()
    version: Mapped[str | None] = mapped_column(Text)
    """The provider's version whose members were looked at last."""
    seen: Mapped[str | None] = mapped_column(String(64))
    """Digest of the members when they were looked at last."""
    weighed: Mapped[str | None] = mapped_column(String(64))
    """Digest of the members that were traced last, or found to be too little to trace."""
    trace_id: Mapped[str | None] = mapped_column(ForeignKey("trace.id", ondelete="SET NULL"))
    asked_for: Mapped[bool]
    """A call named it: it is traced whatever the rules say."""


class MovedRow(Base):
    """An album of a trace that is gone, and another one that holds its photos: is it the same?"""

    __tablename__ = "moved"
    trace_id: Mapped[str] = mapped_column(ForeignKey("trace.id", ondelete="CASCADE"), primary_key=True)
    album_id: Mapped[str] = mapped_column(Text, primary_key=True)
    new_album_id: Mapped[str] = mapped_column(Text, primary_key=True)
    owner: Mapped[str] = _owner()
    new_title: Mapped[str] = mapped_column(Text)
    kept: Mapped[int]
    """Photos it holds of the ``of`` that the one had."""
    of: Mapped[int]
    declined: Mapped[bool]


class NoticeRow(Base):
    """Whom to tell when a trace is ready. ``sealed``: addresses and the secret."""

    __tablename__ = "notice"
    id: Mapped[str] = _id()
    owner: Mapped[str] = _owner()
    sealed: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]


class WriteBackRow(Base):
    """Positions written into a library, with what was there before: what undoing needs."""

    __tablename__ = "write_back"
    id: Mapped[str] = _id()
    owner: Mapped[str] = _owner()
    trace_id: Mapped[str] = mapped_column(ForeignKey("trace.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]


class WrittenRow(Base):
    """One photo of a write-back."""

    __tablename__ = "written"
    write_back_id: Mapped[str] = mapped_column(ForeignKey("write_back.id", ondelete="CASCADE"), primary_key=True)
    asset_id: Mapped[str] = mapped_column(Text, primary_key=True)
    owner: Mapped[str] = _owner()
    asset: Mapped[str] = mapped_column(Text)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(16))
    """``asked`` (may or may not have arrived), ``written``, ``undone``."""


class CountRow(Base):
    """How often something was done for a person (thumbnails asked of a library, ...)."""

    __tablename__ = "tally"
    owner: Mapped[str] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    n: Mapped[int] = mapped_column(BigInteger)


Sealed = ConnectionRow | LoginRow | HookRow | NoticeRow
SEALED: tuple[type[Sealed], ...] = (ConnectionRow, LoginRow, HookRow, NoticeRow)
"""Tables whose ``sealed`` holds secrets, bound to the table's name, the row's id and its owner."""
