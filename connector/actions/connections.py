"""The libraries somebody has connected, and the albums in them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import func, select
from sqlalchemy.orm import Session

import adapters
from adapters.library import Account, Album, BadSettings, Kind, Library, LibraryError
from adapters.library import NotFound as NotInLibrary
from connector.actions.errors import Conflict, Forbidden, Invalid, NotFound
from connector.actions.people import Person, settle_account
from connector.actions.services import Services, new_id
from connector.store.tables import ConnectionRow, LoginRow, TraceAlbumRow, TraceRow, WatchRow

LOGIN_LASTS = timedelta(minutes=20)
_PLACES = ("url", "share_link", "path")
"""Options that say where a library is, the first that is given counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """A library somebody connected. ``state``: ``ok`` or ``problem``, with the sentence in ``problem``."""

    id: str
    owner: str
    name: str
    kind: str
    title: str
    """What people call the kind."""
    address: str
    account_name: str
    state: str
    problem: str | None
    limits: tuple[str, ...]
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AlbumRow:
    """An album as it is now, and the newest trace that was made of it.

    ``located``: how many of its photos say where they were taken; None: nobody has read them all, for it was not
    traced alone as it is now, and no provider tells it with a list of albums.
    """

    album: Album
    trace_id: str | None
    located: int | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be kept of a connection that was tried out."""

    name: str | None
    """None: what it is called already, else as the account is."""
    kind: str
    options: Mapping[str, str]
    account: Account
    by_login_flow: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A sign-in at the library's own page. ``state``: ``waiting``, ``done`` (then ``connection``) or ``failed``."""

    id: str
    login_url: str | None
    state: str
    connection: Connection | None = None
    problem: str | None = None


def connect(services: Services, owner: Person, name: str, kind: str, options: Mapping[str, str]) -> Connection:
    """Connects a library after trying it out; nothing is kept unless it works. The same account under the same name:
    its credential is renewed. Another one under a name that is taken is an error.

    Raises:
        Invalid, Conflict, Forbidden: the name cannot be used, is taken, or the person may not connect that kind.
        adapters.library.LibraryError: the library cannot be reached, or refuses.
    """
    found = adapters.kind(kind)
    taken = _named(services, owner, name, found, options)
    _check_may(services, owner, found, options)
    account = try_out(services, found, options)
    if taken is not None and taken != account.id:
        raise _taken(name)
    with services.store.write() as session:
        return _connection(keep(services, session, owner.id, Wanted(name.strip(), kind, dict(options), account)))


def connections(services: Services, owner: Person) -> tuple[Connection, ...]:
    """Theirs, by name."""
    with services.store.read() as session:
        rows = session.scalars(
            select(ConnectionRow).where(ConnectionRow.owner == owner.id).order_by(ConnectionRow.name)
        )
        return tuple(map(_connection, rows))


def connection(services: Services, owner: Person, connection_id: str) -> Connection:
    """One of theirs, by its id.

    Raises:
        NotFound: they have none of that id.
    """
    with services.store.read() as session:
        return _connection(_row(session, owner, connection_id))


def named(services: Services, owner: Person, name: str) -> Connection:
    """One of theirs, by its name.

    Raises:
        NotFound: they have none of that name.
    """
    for each in connections(services, owner):
        if each.name == name:
            return each
    raise NotFound(f"connection {name!r}")


def disconnect(services: Services, owner: Person, connection_id: str) -> None:
    """Takes a connection away, with its traces. A credential its library handed out to us is given back.

    Raises:
        NotFound: they have none of that id.
    """
    with services.store.read() as session:
        row = _row(session, owner, connection_id)
    kind = adapters.kind(row.kind)
    if row.by_login_flow and kind.login_flow is not None:
        kind.login_flow.revoke(_options(services, row), services.net)
    with services.store.write() as session:
        settle_account(services, session, owner.id)
        session.delete(_row(session, owner, connection_id))


@contextmanager
def library(services: Services, owner: Person, connection_id: str) -> Iterator[Library]:
    """The open library. Its problem is remembered while it lasts and shown with the connection.

    Raises:
        NotFound: they have none of that id.
        adapters.library.LibraryError: whatever the library answers to what is done inside.
    """
    with services.store.read() as session:
        row = _row(session, owner, connection_id)
    try:
        with closing(adapters.kind(row.kind).open(_options(services, row), services.net)) as opened:
            yield opened
    except NotInLibrary:
        raise  # one album or photo is gone; the connection is well
    except LibraryError as error:
        _remember(services, row, str(error))
        raise
    _remember(services, row, None)


def albums(services: Services, owner: Person, connection_id: str) -> tuple[AlbumRow, ...]:
    """The albums of the library as they are now, in its order.

    Raises:
        NotFound: they have no such connection.
        adapters.library.LibraryError: the library cannot be listed.
    """
    with library(services, owner, connection_id) as opened:
        found = list(opened.albums())
    traced, located = _traced(services, owner, connection_id), _located(services, owner, connection_id)
    return tuple(
        AlbumRow(album=each, trace_id=traced.get(each.id), located=located.get((each.id, each.count))) for each in found
    )


def cover(services: Services, owner: Person, connection_id: str, album_id: str) -> bytes | None:
    """A small JPEG of the album's cover; None: it has none.

    Raises:
        NotFound: no such connection or album.
    """
    from connector.actions.thumbnails import of_cover  # which imports this module

    return of_cover(services, owner, connection_id, album_id)


def start_login(services: Services, owner: Person, kind: str, url: str, name: str) -> Login:
    """Begins a sign-in at the library's own page; the person opens ``login_url`` in a browser.

    Raises:
        Invalid, Conflict, Forbidden: as :func:`connect`; Invalid too for a kind without such a sign-in.
        adapters.library.LibraryError: no such library there.
    """
    found = adapters.kind(kind)
    _named(services, owner, name, found, {"url": url})
    if found.login_flow is None:
        raise Invalid([f"{found.title} has no sign-in page for programs; connect it by its options"])
    _check_may(services, owner, found, {"url": url})
    started = found.login_flow.start(url, services.net)
    login_id = new_id()
    row = LoginRow(
        id=login_id,
        owner=owner.id,
        kind=kind,
        name=name.strip(),
        sealed=services.vault.seal(json.dumps(dict(started.state)), "login", login_id, owner.id),
        state="waiting",
        created_at=services.now(),
    )
    with services.store.write() as session:
        session.add(row)
    return Login(id=login_id, login_url=started.login_url, state="waiting")


def login(services: Services, owner: Person, login_id: str) -> Login:
    """Where the sign-in is; connects the library as soon as the person has agreed.

    Raises:
        NotFound: they have begun none of that id.
    """
    with services.store.read() as session:
        row = session.get(LoginRow, login_id)
    if row is None or row.owner != owner.id:
        raise NotFound("sign-in")
    if row.state == "waiting":
        _poll(services, owner, row)
    with services.store.read() as session:
        row = session.get_one(LoginRow, login_id)
        made = session.get(ConnectionRow, row.connection_id) if row.connection_id else None
        return Login(
            id=login_id,
            login_url=None,
            state=row.state,
            connection=_connection(made) if made is not None else None,
            problem=row.problem,
        )


def _poll(services: Services, owner: Person, row: LoginRow) -> None:
    kind = adapters.kind(row.kind)
    if kind.login_flow is None or services.now() - row.created_at > LOGIN_LASTS:
        _end_login(services, row.id, problem="the sign-in took too long; begin again")
        return
    state = json.loads(services.vault.open(row.sealed, "login", row.id, row.owner))
    try:
        options = kind.login_flow.poll(state, services.net)
        if options is None:
            return
        account = try_out(services, kind, options)
    except LibraryError as error:
        if not error.retry:
            _end_login(services, row.id, problem=str(error))
        return
    with services.store.write() as session:
        wanted = Wanted(row.name, row.kind, dict(options), account, by_login_flow=True)
        made = keep(services, session, owner.id, wanted)
        done = session.get_one(LoginRow, row.id)
        done.state, done.connection_id = "done", made.id
        done.sealed = services.vault.seal("{}", "login", row.id, row.owner)


def _end_login(services: Services, login_id: str, problem: str) -> None:
    with services.store.write() as session:
        row = session.get_one(LoginRow, login_id)
        row.state, row.problem = "failed", problem
        row.sealed = services.vault.seal("{}", "login", row.id, row.owner)


def try_out(services: Services, kind: Kind, options: Mapping[str, str]) -> Account:
    """Whose library the options open.

    Raises:
        adapters.library.LibraryError: they open none; BadSettings names all that is wrong with them.
    """
    known = {option.name for option in kind.options}
    unknown = [f"{kind.title} has no option {name!r}" for name in options if name not in known]
    if unknown:
        raise BadSettings(unknown)
    with closing(kind.open(options, services.net)) as opened:
        return opened.account()


def keep(services: Services, session: Session, owner_id: str, wanted: Wanted) -> ConnectionRow:
    """Writes a connection that was tried out; the one to the same account is renewed instead."""
    kind = adapters.kind(wanted.kind)
    address = address_of(kind, wanted.options)
    mine = select(ConnectionRow).where(ConnectionRow.owner == owner_id)
    account = (owner_id, wanted.account.id)
    there = [each for each in at_address(session, kind, address) if (each.owner, each.account_id) == account]
    row = next((each for each in there if wanted.name in (None, each.name)), None)
    if row is None:
        taken = [each.name for each in session.scalars(mine)]
        name = _free(wanted.name or wanted.account.name, taken)
        row = ConnectionRow(id=new_id(), owner=owner_id, name=name, kind=wanted.kind, created_at=services.now())
    row.address, row.account_id, row.account_name = address, wanted.account.id, wanted.account.name
    row.limits, row.problem, row.by_login_flow = list(wanted.account.limits), None, wanted.by_login_flow
    row.sealed = services.vault.seal(json.dumps(dict(wanted.options)), "connection", row.id, owner_id)
    session.add(row)
    session.flush()
    _look_again(services, session, row.id)
    if wanted.account.is_person:
        settle_account(services, session, owner_id)
    return row


def _look_again(services: Services, session: Session, connection_id: str) -> None:
    """A credential that was refused has been replaced: what is watched there is looked at again."""
    watched = session.get(WatchRow, connection_id)
    if watched is not None and watched.due_at is None and watched.problem is not None:
        watched.due_at, watched.problem, watched.failures = services.now(), None, 0


def address_of(kind: Kind, options: Mapping[str, str]) -> str:
    """Where the library is, as people may see it: never a secret, no slash at the end, and the same from whichever of
    its pages it was copied. Of a link that is a secret, the server: whoever may connect libraries there is decided by
    it.
    """
    secret = {option.name for option in kind.options if option.secret}
    places = [name for name in _PLACES if options.get(name)]
    found = next((options[name] for name in places if name not in secret), None)
    if found is None:
        return next((_server_of(kind, options[name].strip()) for name in places), kind.title)
    return _base(kind, found)


def _base(kind: Kind, said: str) -> str:
    with suppress(BadSettings):  # opening it will say so
        if kind.base is not None:
            return kind.base(said)
    return said.strip().rstrip("/")


def _server_of(kind: Kind, link: str) -> str:
    """What stands before the secret of a link; where none is recognised, all of its path may be one."""
    base, parts = _base(kind, link), urlsplit(link)
    if len(urlsplit(base).path.rstrip("/")) < len(parts.path.rstrip("/")):
        return base
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def at_address(session: Session, kind: Kind, address: str) -> list[ConnectionRow]:
    """Everybody's connections of that kind to that server, the oldest first. ``address``: of :func:`address_of`."""
    rows = session.scalars(
        select(ConnectionRow).where(ConnectionRow.kind == kind.name).order_by(ConnectionRow.created_at)
    )
    return [row for row in rows if _base(kind, row.address) == address]  # older rows hold what was typed


def first_account(services: Services, session: Session, owner_id: str) -> tuple[str, str, str] | None:
    """Kind, address and account of the first library they connected by a credential of a person; None: there is none.
    A link or a folder says nothing of who connected it."""
    mine = select(ConnectionRow).where(ConnectionRow.owner == owner_id).order_by(ConnectionRow.created_at)
    for row in session.scalars(mine):
        with suppress(BadSettings, ModuleNotFoundError):  # a kind that is not installed any more
            kind = adapters.kind(row.kind)
            if _is_personal(kind, _options(services, row)):
                return row.kind, _base(kind, row.address), row.account_id
    return None


def _is_personal(kind: Kind, options: Mapping[str, str]) -> bool:
    return any(options.get(option.name) for option in kind.options if option.secret and option.name not in _PLACES)


def _free(name: str, taken: Sequence[str]) -> str:
    tries = [name, *(f"{name} {n}" for n in range(2, len(taken) + 3))]
    return next(each for each in tries if each not in taken)


def _named(services: Services, owner: Person, name: str, kind: Kind, options: Mapping[str, str]) -> str | None:
    """The account of the connection of that name, if it is to the same place; None: the name is free."""
    if not 0 < len(name.strip()) <= 200:
        raise Invalid(["name must have 1 to 200 characters"])
    wanted = select(ConnectionRow).where(ConnectionRow.owner == owner.id, ConnectionRow.name == name.strip())
    with services.store.read() as session:
        row = session.scalar(wanted)
    if row is not None and (row.kind, _base(kind, row.address)) != (kind.name, address_of(kind, options)):
        raise _taken(name)
    return row.account_id if row is not None else None


def _taken(name: str) -> Conflict:
    return Conflict(f"you have a connection named {name.strip()!r} already; take another name or disconnect it first")


def _check_may(services: Services, owner: Person, kind: Kind, options: Mapping[str, str]) -> None:
    """Where a library is, the administrator decides; others join with an account of their own there."""
    if owner.is_admin:
        return
    with services.store.read() as session:
        is_known = bool(at_address(session, kind, address_of(kind, options)))
        if not any(option.secret for option in kind.options) or not is_known:
            raise Forbidden("only the administrator may connect a library at a new address")


def _remember(services: Services, row: ConnectionRow, problem: str | None) -> None:
    if row.problem == problem:
        return
    with services.store.write() as session:
        now = session.get(ConnectionRow, row.id)
        if now is not None:
            now.problem = problem


def _traced(services: Services, owner: Person, connection_id: str) -> dict[str, str]:
    """Album id -> newest trace of it."""
    mine = (TraceRow.connection_id == connection_id, TraceRow.owner == owner.id)
    pairs = (
        select(TraceAlbumRow.album_id, TraceRow.id)
        .join(TraceRow, TraceRow.id == TraceAlbumRow.trace_id)
        .where(*mine)
        .order_by(TraceRow.created_at)
    )
    with services.store.read() as session:
        return dict(session.execute(pairs).all())


def _located(services: Services, owner: Person, connection_id: str) -> dict[tuple[str, int | None], int | None]:
    """Album id and its number of photos -> photos of it with a position, from the traces of one album alone."""
    of_one = select(TraceAlbumRow.trace_id).group_by(TraceAlbumRow.trace_id).having(func.count() == 1)
    rows = (
        select(TraceAlbumRow.album_id, TraceRow.photos, TraceRow.located)
        .join(TraceRow, TraceRow.id == TraceAlbumRow.trace_id)
        .where(TraceRow.connection_id == connection_id, TraceRow.owner == owner.id)
        .where(TraceRow.id.in_(of_one), TraceRow.located.is_not(None))
        .order_by(TraceRow.updated_at)
    )
    with services.store.read() as session:
        return {(album_id, photos): located for album_id, photos, located in session.execute(rows).all()}


def _row(session: Session, owner: Person, connection_id: str) -> ConnectionRow:
    row = session.get(ConnectionRow, connection_id)
    if row is None or row.owner != owner.id:
        raise NotFound("connection")
    return row


def _options(services: Services, row: ConnectionRow) -> dict[str, str]:
    said: dict[str, str] = json.loads(services.vault.open(row.sealed, "connection", row.id, row.owner))
    return said


def _connection(row: ConnectionRow) -> Connection:
    return Connection(
        id=row.id,
        owner=row.owner,
        name=row.name,
        kind=row.kind,
        title=adapters.kind(row.kind).title,
        address=row.address,
        account_name=row.account_name,
        state="ok" if row.problem is None else "problem",
        problem=row.problem,
        limits=tuple(row.limits),
        created_at=row.created_at,
    )
