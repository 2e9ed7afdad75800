"""The seam between image-tracer and the photo libraries people already have.

A provider is a module that holds ``KIND``, a :class:`Kind`. ``KIND.open(options, net)`` gives a
:class:`Library`. Everything that crosses the seam is a frozen value defined here.

Architecture invariant: this module imports nothing of ours; an adapter imports only this module
(and other adapters). The network reaches an adapter as a :class:`Net`, never by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    import httpx
    import requests


def camera_named(make: str | None, model: str | None) -> str | None:
    """What the camera is called, whoever says it: of makers that stand before their models again it is named once."""
    first, then = (make or "").strip(), (model or "").strip()
    if then.lower().startswith(first.lower()):
        first = ""
    return f"{first} {then}".strip() or None


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where a photo was taken, WGS 84 degrees. 0,0 is never a position: it is what broken software writes."""

    lat: float
    lon: float
    altitude_m: float | None = None
    accuracy_m: float | None = None
    direction_deg: float | None = None
    """Where the camera looked, clockwise from true north."""
    speed_mps: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What a provider knows of the time a photo was taken; unknown parts are None.

    ``instant`` is aware and in UTC. ``wall`` is naive: the clock on the wall where the photo was taken.
    ``utc_offset_s`` = wall - UTC. A provider that only guesses (a file's mtime, the server's own zone)
    leaves ``instant`` None and says what it has in ``wall``, or nothing.
    """

    instant: datetime | None = None
    wall: datetime | None = None
    utc_offset_s: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    """One photo, video or recording (GPX, ...) of a library."""

    id: str
    """Survives a rename where the provider can. Unique within a library. The only thing edits name."""
    where: str
    """The provider's own address of the bytes. Opaque; never stored in an edit, never shown."""
    version: str
    """Changes when the content does (etag, checksum, size and mtime)."""
    name: str
    """The file's name, as people know it."""
    media_type: str
    size: int | None
    taken: Taken | None = None
    position: Position | None = None
    colour: str | None = None
    """Mean colour as ``#rrggbb`` (mean of the gamma-coded sRGB values), when it comes without a download."""
    url: str | None = None
    """Opens the photo in its library, for people."""
    camera: str | None = None
    """As `camera_named` says it."""
    orientation: int | None = None
    described: bool = False
    """True: the provider has read the file's own metadata; reading the file again would bring nothing."""
    sidecar: Asset | None = None
    """A file beside it that describes it (``.xmp``); read like any asset."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Album:
    """A set of assets people know by a name: an album, a folder, a shared link."""

    id: str
    title: str
    count: int | None = None
    version: str | None = None
    """Changes whenever the members or their metadata may have; None: only reading it all can tell."""
    url: str | None = None
    cover: Asset | None = None
    description: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    owner: str | None = None
    """Name of the person it belongs to when that is somebody else."""
    tags: tuple[str, ...] = ()
    """Words people put on it, where the provider knows such."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Whose library this is. ``id`` is the provider's stable id of the person."""

    id: str
    name: str
    is_person: bool = False
    """True: the provider itself vouches that whoever holds the credential is this person, so that they may sign in by
    it. Never true of a shared link or of a folder that is open to everybody: there, many hold the same credential."""
    limits: tuple[str, ...] = ()
    """What this credential cannot do here and what it would need, one sentence each; () when nothing is missing."""


@dataclass(frozen=True, slots=True)
class Hint:
    """What a provider's own call to our hook says has changed. Only ever a hint: re-read the library."""

    album_ids: tuple[str, ...] = ()
    asset_ids: tuple[str, ...] = ()


@runtime_checkable
class ParsesHooks(Protocol):
    """Optional ability: understands the calls the provider itself makes to us."""

    def hint(self, headers: Mapping[str, str], body: bytes) -> Hint:
        """What the call says changed.

        Raises:
            BadReply: the body is not what the provider sends.
        """
        ...

    def albums_of(self, asset_id: str) -> Sequence[str]:
        """Ids of the albums that hold the asset now."""
        ...


@runtime_checkable
class Watches(Protocol):
    """Optional ability: can be asked to call us when something new arrives."""

    def install(self, url: str, secret: str) -> str:
        """Asks the provider to call ``url`` with ``secret``; returns an id to remove it by. Idempotent."""
        ...

    def remove(self, hook_id: str) -> None: ...


@runtime_checkable
class WritesBack(Protocol):
    """Optional ability: changes the library, and only when a person asked for it."""

    @property
    def can_link(self) -> bool:
        """Whether the credential may do :meth:`link`; said without trying."""
        ...

    @property
    def can_place(self) -> bool:
        """Whether the credential may do :meth:`place`; said without trying."""
        ...

    def refusals(self, assets: Sequence[Asset]) -> Mapping[str, str]:
        """Id -> why that asset takes no position (the end of a sentence on it), as far as it can be said without
        trying. Writes nothing."""
        ...

    def link(self, album_id: str, url: str, title: str) -> None:
        """Puts the trace's address where people see it in the library. Idempotent."""
        ...

    def place(self, asset: Asset, position: Position | None) -> Position | None:
        """Gives the asset that position (None: takes it away); returns what was there before."""
        ...


class Library(Protocol):
    """An open connection to a photo library. Safe to use from several threads.

    Every listing is complete or raises; it never stops early in silence.
    The three abilities are an object, or None where the provider or the credential has none.
    """

    @property
    def parse_hook(self) -> ParsesHooks | None: ...

    @property
    def watch(self) -> Watches | None: ...

    @property
    def write_back(self) -> WritesBack | None: ...

    def account(self) -> Account:
        """Whose library it is; the cheapest call that proves that the credential works."""
        ...

    def albums(self) -> Iterator[Album]: ...

    def assets(self, album_id: str) -> Iterator[Asset]:
        """Every photo, video and recording of the album, each once.

        Raises:
            NotFound: there is no such album (any more).
        """
        ...

    def read(self, asset: Asset, start: int, length: int) -> bytes:
        """Bytes ``start`` to ``start + length`` of the original; shorter only where the file ends.

        Raises:
            NotFound: the file is gone.
            BadReply: the file is another version than ``asset.version`` says.
        """
        ...

    def preview(self, asset: Asset, edge_px: int) -> bytes | None:
        """An image of about ``edge_px`` on its longer edge (JPEG, WebP, PNG); None: the provider has none."""
        ...

    def close(self) -> None: ...


class Blocked(OSError):
    """The guarded network does not speak to that address."""


class TooLarge(OSError):
    """The guarded network stopped an answer that is longer than any honest one."""


class Net(Protocol):
    """The guarded network (address check, no redirects, time-outs, byte caps), made by the application.

    Its sessions and transports raise :class:`Blocked`, :class:`TooLarge` and `TimeoutError` beside (or inside)
    the errors of their libraries; `adapters.trouble.network_trouble` makes a LibraryError of any of them.
    """

    def session(self) -> requests.Session:
        """A new session; every request of it is guarded. Redirects are never followed."""
        ...

    def transport(self) -> httpx.BaseTransport:
        """A new transport for an ``httpx.Client`` with ``trust_env=False, follow_redirects=False``."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One thing a person says to connect a library. Drives parsing, help, forms and redaction."""

    name: str
    """In lower case with underscores; the command line shows ``--name-with-dashes``."""
    title: str
    help: str
    required: bool = True
    secret: bool = False
    """Never shown, never logged; may also come from a file, standard input or a prompt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One step of trying a connection, as a person reads it. Holds no secret."""

    name: str
    """What was tried, in a few words: ``address``, ``version``, ``key``, ``albums``."""
    ok: bool
    said: str
    """What was found."""
    advice: str | None = None
    """What to do about it; None when there is nothing to do."""
    needed: bool = True
    """False: without it photos can still be traced, only the ability that ``said`` names is missing."""


@dataclass(frozen=True, slots=True)
class Started:
    """A sign-in that waits for a person to open ``login_url`` in a browser."""

    login_url: str
    state: Mapping[str, str]
    """What :meth:`LoginFlow.poll` needs. **Secret**: keep it encrypted, never show it."""


class LoginFlow(Protocol):
    """Optional ability of a kind: gets the credential from the provider's own sign-in page."""

    def start(self, url: str, net: Net) -> Started:
        """Begins a sign-in at the library of that address.

        Raises:
            LibraryError: no such library there, or it has no such sign-in.
        """
        ...

    def poll(self, state: Mapping[str, str], net: Net) -> Mapping[str, str] | None:
        """The options to connect with, once the person has agreed; None: not yet. Gives them only once.

        Raises:
            NotFound: the sign-in has expired or was refused.
        """
        ...

    def revoke(self, options: Mapping[str, str], net: Net) -> None:
        """Gives back a credential that :meth:`poll` handed out; one that is gone already is no error."""
        ...


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of library."""

    name: str
    title: str
    options: tuple[Option, ...]
    open: Callable[[Mapping[str, str], Net], Library]
    """Makes the library from option values (absent ones left out). Does no I/O.

    Raises:
        BadSettings: what is wrong with the values, all of it at once.
    """
    base: Callable[[str], str] | None = None
    """The address of the library's server from that of any page or link of it, as ``open`` takes it: two that name the
    same base are the same server. None: an address is taken as it is.

    Raises:
        BadSettings: it is no address.
    """
    login_flow: LoginFlow | None = None
    checks: Callable[[Mapping[str, str], Net], Iterator[Check]] | None = None
    """Tries a connection step by step and yields each step as it is done; never raises. It stops after the first
    needed step that failed, since nothing behind it could work."""
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """What it says to people, in other languages: titles and help of its options, messages of its errors, its checks.
    By the English text, then by language (``de``). What is put into a sentence stands there in braces: ``{n}`` is a
    number, ``{name}``, ``{name2}`` and ``{host}`` stay as they are, anything else (``{why}``) is translated in turn."""


class LibraryError(Exception):
    """Something about a library went wrong. The text is for people and holds no secret.

    ``retry``: the same call may succeed later without anybody changing anything.
    """

    retry = False


class BadSettings(LibraryError):
    """What a person said to connect it cannot be right."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


class Unauthorized(LibraryError):
    """The credential was refused, or lacks a permission the message names. Never try again with it."""


class NotFound(LibraryError):
    """The thing is not there, or not for this account."""


class Unavailable(LibraryError):
    """The library does not answer now (down, busy, network). ``retry_after_s``: as it asked, if it did."""

    retry = True

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class BadReply(LibraryError):
    """The answer is not what this kind of library answers (a login page, a cut-off body, lying counts)."""
