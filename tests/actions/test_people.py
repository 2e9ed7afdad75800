"""Who somebody is, and that nobody sees or does anything of somebody else's."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, text

from adapters.library import BadSettings, LibraryError, Unauthorized
from connector.actions import (
    connections,
    edits,
    following,
    hooks,
    keys,
    notify,
    people,
    ready,
    scenes,
    shares,
    styles,
    thumbnails,
    traces,
    watch,
    write_back,
)
from connector.actions.errors import (
    CannotStart,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    SignInFailed,
    TooMany,
)
from connector.actions.people import Person
from connector.actions.services import Services, new_id, open_services
from connector.render.style import Style
from connector.settings import Settings
from connector.store.tables import ConnectionRow, LoginRow, TokenRow, WriteBackRow
from tests.actions.conftest import Clock
from tests.adapters.servers import Misbehaving, dav_app, serving

SENTINEL = "sentinel-word-8d1f"


def test_the_code_is_good_once(services: Services) -> None:
    old, code = people.setup_code(services), people.setup_code(services)
    assert old is not None
    assert code is not None
    with pytest.raises(SignInFailed):
        people.set_up(services, old, "Anna")
    done = people.set_up(services, code.upper(), " Anna ")
    assert (done.person.name, done.person.is_admin) == ("Anna", True)
    assert people.person_of(services, done.token) == done.person
    assert people.setup_code(services) is None
    with pytest.raises(SignInFailed):
        people.set_up(services, code, "Eve")


def test_what_commands_made_before_belongs_to_whoever_sets_up(services: Services, trace_id: str) -> None:
    code = people.setup_code(services)
    assert code is not None
    done = people.set_up(services, code, "Anna")
    assert [info.id for info in traces.traces(services, done.person)] == [trace_id]


def test_codes_cannot_be_tried_out(services: Services) -> None:
    people.setup_code(services)
    for _ in range(10):
        with pytest.raises(SignInFailed):
            people.set_up(services, "0000-0000-0000-0000", "Eve")
    with pytest.raises(TooMany) as caught:
        people.set_up(services, "0000-0000-0000-0000", "Eve")
    assert 0 < caught.value.retry_after_s <= 60


def test_a_session_ends(services: Services, anna: Person, clock: Clock) -> None:
    token = people.sign_in_by_token(services, people.new_token(services, anna, "program")).token
    program = people.new_token(services, anna, "program")
    clock.ahead = timedelta(days=89)
    assert people.person_of(services, token) == anna
    clock.ahead = timedelta(days=90, minutes=1)
    assert people.person_of(services, token) is None
    assert people.person_of(services, program) == anna
    people.sign_out(services, program)
    people.sign_out(services, program)
    assert people.person_of(services, program) is None


def test_signing_in_with_the_account_in_a_library(services: Services, anna: Person, photos: Path) -> None:
    front = Misbehaving(dav_app(photos, {"anna": "sentinel-one", "berta": "sentinel-two"}))
    with serving(front) as host:
        url = f"{host}/dav"
        options = {"url": url, "user": "berta", "password": "sentinel-two"}
        with pytest.raises(SignInFailed, match="no administrator has connected"):
            people.sign_in(services, "webdav", options)
        assert front.seen == [], "an address nobody vouches for was asked"
        connections.connect(services, anna, "ours", "webdav", {"url": url, "user": "anna", "password": "sentinel-one"})

        berta = people.sign_in(services, "webdav", options)
        again = people.sign_in(services, "webdav", {**options, "url": f"{url}/"})
        as_anna = people.sign_in(services, "webdav", {"url": url, "user": "anna", "password": "sentinel-one"})
        with pytest.raises(Unauthorized):
            people.sign_in(services, "webdav", {**options, "password": "wrong"})

        assert not berta.person.is_admin
        assert again.person == berta.person
        assert as_anna.person == anna
        assert [c.address for c in connections.connections(services, berta.person)] == [url]
        assert len(connections.connections(services, anna)) == 1
        assert {
            row.album.title for row in connections.albums(services, berta.person, _first(services, berta.person))
        } == {"walk"}


#: the credentials of the administrator and of somebody else, and the connection by the first
TwoAccounts = tuple[dict[str, str], dict[str, str], str]


@pytest.fixture
def two_accounts(services: Services, anna: Person, photos: Path) -> Iterator[TwoAccounts]:
    """The administrator connected their own account first, then their partner's."""
    with serving(dav_app(photos, {"anna": "sentinel-one", "berta": "sentinel-two"})) as host:
        mine = {"url": f"{host}/dav", "user": "anna", "password": "sentinel-one"}
        hers = {"url": f"{host}/dav", "user": "berta", "password": "sentinel-two"}
        first = connections.connect(services, anna, "mine", "webdav", mine)
        connections.connect(services, anna, "my partner's", "webdav", hers)
        yield mine, hers, first.id


def test_whoever_owns_another_account_the_administrator_connected_is_somebody_else(
    services: Services, anna: Person, two_accounts: TwoAccounts
) -> None:
    mine, hers, first_id = two_accounts
    berta = people.sign_in(services, "webdav", hers).person
    assert (berta.id == anna.id, berta.is_admin) == (False, False)
    assert people.sign_in(services, "webdav", hers).person == berta
    assert people.sign_in(services, "webdav", mine).person == anna
    connections.disconnect(services, anna, first_id)
    assert people.sign_in(services, "webdav", hers).person == berta
    assert people.sign_in(services, "webdav", mine).person == anna, "a sign-in connects it again"


def test_who_people_are_stays_when_an_older_installation_is_renewed(
    services: Services, anna: Person, berta: Person, photos: Path
) -> None:
    """It marked no accounts: the administrator's is that of their first connection, everybody else's as it was."""
    users = {"anna": "sentinel-one", "berta": "sentinel-two", "carl": "sentinel-three"}
    with serving(dav_app(photos, users)) as host:
        anna_s, berta_s, carl_s = (
            {"url": f"{host}/dav", "user": user, "password": word} for user, word in users.items()
        )
        connections.connect(services, anna, "mine", "webdav", anna_s)
        connections.connect(services, anna, "hers", "webdav", berta_s)
        connections.connect(services, anna, "his", "webdav", carl_s)
        connections.connect(services, berta, "mine", "webdav", berta_s)
        with services.store.write() as session:
            session.execute(delete(TokenRow).where(TokenRow.label == people.ACCOUNT))
        carl = people.sign_in(services, "webdav", carl_s).person
        assert carl.id not in (anna.id, berta.id)
        assert people.sign_in(services, "webdav", anna_s).person == anna
        assert people.sign_in(services, "webdav", berta_s).person == berta


def test_taking_the_first_library_away_makes_no_other_account_the_administrator_s(
    services: Services, anna: Person, two_accounts: TwoAccounts
) -> None:
    _, hers, first_id = two_accounts
    with services.store.write() as session:  # as an older installation kept it
        session.execute(delete(TokenRow).where(TokenRow.label == people.ACCOUNT))
    connections.disconnect(services, anna, first_id)
    assert not people.sign_in(services, "webdav", hers).person.is_admin


def test_the_password_of_an_account_cannot_be_tried_out(services: Services, anna: Person, photos: Path) -> None:
    front = Misbehaving(dav_app(photos, {"anna": "sentinel-one", "berta": "sentinel-two"}))
    with serving(front) as host:
        options = {"url": f"{host}/dav", "user": "anna", "password": "sentinel-one"}
        connections.connect(services, anna, "ours", "webdav", options)
        for n in range(5):
            with pytest.raises(Unauthorized):
                people.sign_in(services, "webdav", {**options, "password": f"guess {n}"})
        asked = len(front.seen)
        with pytest.raises(TooMany):
            people.sign_in(services, "webdav", options)
        assert len(front.seen) == asked
        berta = {**options, "user": "berta", "password": "sentinel-two"}
        assert people.sign_in(services, "webdav", berta).person.id != anna.id, "others are not slowed down"


def test_addresses_cannot_be_tried_out(services: Services, anna: Person) -> None:
    for n in range(60):
        with pytest.raises(SignInFailed):
            people.sign_in(services, "webdav", {"url": f"https://guess-{n}.example", "user": "eve", "password": "x"})
    with pytest.raises(TooMany):
        people.sign_in(services, "webdav", {"url": "https://one-more.example", "user": "eve", "password": "x"})


def test_the_mark_of_an_account_elsewhere_lets_nobody_in(services: Services) -> None:
    """It says whose account that is, and everybody could guess it."""
    alice = people.account_of(services, "nextcloud", "alice", "Alice")
    assert people.account_of(services, "nextcloud", "alice", "Alice") == alice
    assert people.person_of(services, "account nextcloud alice") is None
    with pytest.raises(SignInFailed):
        people.sign_in_by_token(services, "account nextcloud alice")


def _first(services: Services, owner: Person) -> str:
    return connections.connections(services, owner)[0].id


def test_a_folder_signs_nobody_in(services: Services, photos: Path, connection: connections.Connection) -> None:
    with pytest.raises(SignInFailed):
        people.sign_in(services, "folder", {"path": str(photos)})


def test_preferences(services: Services, anna: Person, berta: Person) -> None:
    assert people.set_preferences(services, anna, {"units": "imperial"}).units == "imperial"
    assert people.set_preferences(services, anna, {"lang": "de"}) == people.Preferences(lang="de", units="imperial")
    assert people.preferences(services, berta) == people.Preferences()
    with pytest.raises(Invalid) as caught:
        people.set_preferences(services, anna, {"lang": "tlh", "units": "cubits", "colour": "red"})
    assert len(caught.value.problems) == 3


# -- connections


def test_a_connection_that_does_not_work_is_not_kept(services: Services, anna: Person, photos: Path) -> None:
    with serving(dav_app(photos, {"anna": "sentinel-one"})) as host:
        url = f"{host}/dav"
        with pytest.raises(Unauthorized) as caught:
            connections.connect(services, anna, "x", "webdav", {"url": url, "user": "anna", "password": SENTINEL})
        assert SENTINEL not in str(caught.value)
        with pytest.raises(BadSettings, match="no option 'colour'"):
            connections.connect(services, anna, "x", "webdav", {"url": url, "colour": "red"})
    with pytest.raises(LibraryError):
        connections.connect(services, anna, "x", "webdav", {"url": url, "user": "anna", "password": "sentinel-one"})
    assert connections.connections(services, anna) == ()


def test_names_are_taken_once_per_person(services: Services, anna: Person, connection: Any, photos: Path) -> None:
    with pytest.raises(Conflict, match="'home' already"):
        connections.connect(services, anna, " home ", "folder", {"path": str(photos / "walk")})
    with pytest.raises(Invalid):
        connections.connect(services, anna, " ", "folder", {"path": str(photos)})


def test_a_credential_is_renewed_under_the_same_name(services: Services, anna: Person, photos: Path) -> None:
    users = {"anna": "sentinel-one", "berta": "sentinel-two"}
    with serving(dav_app(photos, users)) as host:
        url = f"{host}/dav"
        first = connections.connect(
            services, anna, "x", "webdav", {"url": url, "user": "anna", "password": "sentinel-one"}
        )
        trace = traces.start(services, anna, first.id, ["walk"]).trace_id
        again = connections.connect(
            services, anna, "x", "webdav", {"url": url, "user": "anna", "password": "sentinel-one"}
        )
        with pytest.raises(Conflict):
            connections.connect(
                services, anna, "x", "webdav", {"url": url, "user": "berta", "password": "sentinel-two"}
            )
    assert again.id == first.id
    assert traces.trace(services, anna, trace).connection_id == first.id


def test_where_a_library_may_be_only_the_administrator_says(services: Services, berta: Person, photos: Path) -> None:
    front = Misbehaving(dav_app(photos, None))
    with serving(front) as host:
        url = f"{host}/dav"
        for kind, options in (("webdav", {"url": url}), ("folder", {"path": str(photos)})):
            with pytest.raises(Forbidden):
                connections.connect(services, berta, "x", kind, options)
    assert front.seen == []


def test_a_folder_is_the_administrator_s_alone(
    services: Services, berta: Person, connection: connections.Connection, photos: Path
) -> None:
    """It asks for no account: whoever may connect it sees all of it."""
    with pytest.raises(Forbidden):
        connections.connect(services, berta, "mine too", "folder", {"path": str(photos)})


def test_a_connection_goes_with_all_that_hangs_on_it(services: Services, anna: Person, trace_id: str) -> None:
    shares.share(services, anna, trace_id)
    connections.disconnect(services, anna, _first(services, anna))
    assert traces.traces(services, anna) == ()
    with services.store.read() as session:
        for table in ("trace", "photo", "fix", "edit", "share", "built", "trace_album", "progress"):
            assert session.execute(text(f"select count(*) from {table}")).scalar() == 0, table  # noqa: S608


def test_no_secret_lies_open_in_the_database(
    services: Services, anna: Person, photos: Path, settings: Settings
) -> None:
    with serving(dav_app(photos, {"anna": SENTINEL})) as host:
        url = f"{host}/dav"
        connection = connections.connect(
            services, anna, "x", "webdav", {"url": url, "user": "anna", "password": SENTINEL}
        )
        traces.start(services, anna, connection.id, ["walk"])
        hook = hooks.hook(services, anna, connection.id)
        told = notify.tell(services, anna, "webhook", f"https://example.org/{SENTINEL}")
    with services.store.engine.connect() as raw:
        raw.exec_driver_sql("pragma wal_checkpoint(truncate)")
    for path in settings.data.iterdir():
        if path.is_file() and path.name != "secret.key":
            content = path.read_bytes()
            for secret in (SENTINEL, hook.secret, hook.url.rpartition("/")[2], str(told.secret)):
                assert secret.encode() not in content, path.name


def test_the_wrong_key_is_said_at_the_start(settings: Settings, photos: Path) -> None:
    with open_services(settings) as services:
        connections.connect(services, people.local(services), "home", "folder", {"path": str(photos)})
    (settings.data / "secret.key").write_text("another-key" * 4)
    with pytest.raises(CannotStart, match="does not fit the database"), open_services(settings):
        pytest.fail("it started")


def test_a_row_that_was_moved_does_not_open(
    services: Services, settings: Settings, anna: Person, berta: Person, photos: Path
) -> None:
    with serving(dav_app(photos, {"anna": "sentinel-one"})) as host:
        url = f"{host}/dav"
        connections.connect(services, anna, "x", "webdav", {"url": url, "user": "anna", "password": "sentinel-one"})
    with services.store.write() as session:
        session.scalars(select(ConnectionRow)).one().owner = berta.id
    with pytest.raises(CannotStart, match="changed or moved"), open_services(settings):
        pytest.fail("it started")


def test_the_key_is_renewed_and_nothing_is_lost(settings: Settings, photos: Path) -> None:
    with serving(dav_app(photos, {"anna": "sentinel-one"})) as host:
        options = {"url": f"{host}/dav", "user": "anna", "password": "sentinel-one"}
        with open_services(settings) as services:
            anna = people.local(services)
            connection_id = connections.connect(services, anna, "x", "webdav", options).id
            hook = hooks.hook(services, anna, connection_id)
        before = (settings.data / "secret.key").read_text()
        assert keys.renew(settings) == 2
        after = (settings.data / "secret.key").read_text()
        assert len(after.split()) == 1
        assert after != before
        assert (settings.data / "secret.key").stat().st_mode & 0o777 == 0o600
        with open_services(settings) as services:
            assert connections.albums(services, anna, connection_id)
            assert hooks.hook(services, anna, connection_id) == hook
        (settings.data / "secret.key").write_text(f"{before}")
        with pytest.raises(CannotStart), open_services(settings):
            pytest.fail("the old key still opens something")


def test_new_traces_begin_in_the_style_and_units_somebody_prefers(
    services: Services, anna: Person, connection: connections.Connection
) -> None:
    kept = styles.keep_style(services, anna, "mine", {"theme": "night", "width_px": 7})
    people.set_preferences(services, anna, {"style": kept.id, "units": "imperial"})
    begun = traces.start(services, anna, connection.id, ["walk"])
    style = traces.trace(services, anna, begun.trace_id).style
    assert (style.theme, style.width_px, style.units) == ("night", 7, "imperial")
    styles.remove_style(services, anna, kept.id)
    begun = traces.start(services, anna, connection.id, ["walk"])
    assert traces.trace(services, anna, begun.trace_id).style == Style(units="imperial")


def test_the_style_of_somebody_else_is_not_taken(
    services: Services, anna: Person, berta: Person, connection: connections.Connection
) -> None:
    people.set_preferences(services, anna, {"style": styles.keep_style(services, berta, "hers", {"theme": "night"}).id})
    begun = traces.start(services, anna, connection.id, ["walk"])
    assert traces.trace(services, anna, begun.trace_id).style == Style()


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"title": "x" * 301}, "title"),
        ({"title": "  "}, "title"),
        ({"subtitle": "x" * 1001}, "subtitle"),
        ({"style": {"emoji": {f"key {n}": "🍎" for n in range(6000)}}}, "style"),
        ({"owner": "berta"}, "owner"),
    ],
)
def test_what_a_trace_cannot_be_changed_to(
    services: Services, anna: Person, trace_id: str, changes: dict[str, Any], wrong: str
) -> None:
    before = traces.trace(services, anna, trace_id)
    with pytest.raises(Invalid, match=wrong):
        traces.change(services, anna, trace_id, changes)
    assert traces.trace(services, anna, trace_id) == before


# -- two people


def test_nothing_of_somebody_elses_is_there(services: Services, anna: Person, berta: Person, trace_id: str) -> None:
    """Every action that takes an owner and an id, with the id of somebody else's thing and with one there is not."""
    connection_id = _first(services, anna)
    share_id = shares.share(services, anna, trace_id).share.id
    style_id = styles.keep_style(services, anna, "mine", {}).id
    notice_id = notify.tell(services, anna, "webhook", "https://example.org/").notice.id
    login_id, write_back_id = _begun(services, anna, trace_id)
    hooks.hook(services, anna, connection_id)
    key = next(iter(scenes.scene(services, anna, trace_id).photos.values())).key
    before = _everything(services, anna, trace_id)
    calls: list[tuple[Callable[..., Any], str, tuple[Any, ...]]] = [
        (connections.connection, connection_id, ()),
        (connections.albums, connection_id, ()),
        (connections.cover, connection_id, ("walk",)),
        (connections.disconnect, connection_id, ()),
        (connections.login, login_id, ()),
        (traces.start, connection_id, (["walk"],)),
        (traces.trace, trace_id, ()),
        (traces.progress, trace_id, ()),
        (traces.change, trace_id, ({"title": "mine now"},)),
        (traces.again, trace_id, ()),
        (traces.stop, trace_id, ()),
        (traces.remove, trace_id, ()),
        (following.look, connection_id, ([],)),
        (following.follow, trace_id, ("walk", "stroll")),
        (following.decline, trace_id, ("walk", "stroll")),
        (scenes.scene, trace_id, ()),
        (scenes.document, trace_id, ()),
        (edits.edit, trace_id, ({"kind": "exclude", "asset": key}, 1)),
        (edits.preview, trace_id, ({"kind": "exclude", "asset": key},)),
        (edits.undo, trace_id, (1,)),
        (edits.redo, trace_id, (1,)),
        (shares.share, trace_id, ()),
        (shares.what_would_be_visible, trace_id, (shares.Wish(),)),
        (shares.shares, trace_id, ()),
        (shares.revoke, share_id, ()),
        (styles.remove_style, style_id, ()),
        (notify.forget, notice_id, ()),
        (thumbnails.thumbnail, trace_id, (key, 64)),
        (watch.watch, connection_id, (watch.Rules(every=True),)),
        (watch.unwatch, connection_id, ()),
        (watch.watching, connection_id, ()),
        (hooks.hook, connection_id, ()),
        (hooks.install, connection_id, ()),
        (hooks.remove, connection_id, ()),
        (ready.link, trace_id, (shares.Wish(),)),
        (write_back.plan, trace_id, ()),
        (write_back.apply, trace_id, ()),
        (write_back.undo, write_back_id, ()),
        (write_back.written, trace_id, ()),
        (write_back.sidecars, trace_id, ()),
    ]
    for call, theirs, more in calls:
        said = []
        for id_ in (theirs, "no-such-thing"):
            with pytest.raises(NotFound) as caught:
                call(services, berta, id_, *more)
            said.append(str(caught.value))
        assert said[0] == said[1], call
    assert _everything(services, anna, trace_id) == before
    assert (
        connections.connections(services, berta)
        == traces.traces(services, berta)
        == styles.styles(services, berta)
        == ()
    )
    _check_all_are_called({call for call, _, _ in calls})


def _begun(services: Services, owner: Person, trace_id: str) -> tuple[str, str]:
    """A sign-in at a library's own page that waits for its person, and positions that were written back."""
    login_id, write_back_id = new_id(), new_id()
    waiting = LoginRow(
        id=login_id,
        owner=owner.id,
        kind="nextcloud",
        name="cloud",
        sealed=services.vault.seal("{}", "login", login_id, owner.id),
        state="waiting",
        created_at=services.now(),
    )
    written = WriteBackRow(id=write_back_id, owner=owner.id, trace_id=trace_id, created_at=services.now())
    with services.store.write() as session:
        session.add_all([waiting, written])
    return login_id, write_back_id


def _everything(services: Services, anna: Person, trace_id: str) -> tuple[Any, ...]:
    return (
        connections.connections(services, anna),
        traces.traces(services, anna),
        scenes.document(services, anna, trace_id),
        shares.shares(services, anna, trace_id),
        styles.styles(services, anna),
    )


def _check_all_are_called(called: set[Callable[..., Any]]) -> None:
    """An action that is added with an owner and an id must be added above."""
    rooms = (
        connections,
        traces,
        following,
        scenes,
        edits,
        shares,
        styles,
        notify,
        thumbnails,
        watch,
        hooks,
        ready,
        write_back,
    )
    ids = {"connection_id", "trace_id", "share_id", "style_id", "notice_id", "login_id", "write_back_id"}
    trusted = {
        watch.hint,
        watch.look,
        traces.begin,
        traces.renew,
        thumbnails.of_cover,
        connections.library,
        traces.row_of,
    }
    for room in rooms:
        for name, function in inspect.getmembers(room, inspect.isfunction):
            wants = set(inspect.signature(function).parameters)
            if function.__module__ == room.__name__ and not name.startswith("_") and "owner" in wants and wants & ids:
                assert function in called | trusted, f"{room.__name__}.{name}"


def test_a_sealed_hook_of_another_installation_is_nobodys(services: Services, anna: Person, connection: Any) -> None:
    hook = hooks.hook(services, anna, connection.id)
    with pytest.raises(NotFound):
        hooks.take(services, hook.url.rpartition("/")[2][:-1] + "x", {}, b"")
    assert hooks.hook(services, anna, connection.id) == hook
