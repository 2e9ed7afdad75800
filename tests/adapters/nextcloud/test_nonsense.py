"""Whatever a server says becomes values or one clear error: never a crash, never a value that cannot be."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.dav import Entry
from adapters.library import BadReply, LibraryError, NotFound, Unauthorized
from adapters.nextcloud import KIND, props
from adapters.nextcloud.albums import album_asset, is_photo_of_album
from adapters.nextcloud.hooks import caller
from adapters.nextcloud.login import LoginFlowV2
from adapters.nextcloud.photo import asset_of, fingerprint
from adapters.testing import check_values
from connector.metadata.read import describe
from connector.net import GuardedNet, Policy
from tests.adapters.nextcloud.fake import FakeNextcloud, recorded_metadata
from tests.adapters.servers import Environ, StartResponse, serving

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
CREATED, TAGGED = "OCP\\Files\\Events\\Node\\NodeCreatedEvent", "OCP\\SystemTag\\TagAssignedEvent"
OCS = st.one_of(
    JSON,
    st.fixed_dictionaries({"ocs": JSON}),
    st.fixed_dictionaries({"ocs": st.fixed_dictionaries({"meta": JSON, "data": JSON})}),
    st.fixed_dictionaries({"ocs": st.fixed_dictionaries({"meta": st.just({"status": "ok"}), "data": JSON})}),
)
TEXT = st.text(st.characters(min_codepoint=32, exclude_categories=("Cs", "Cc")), max_size=30)
NUMBERS = st.sampled_from(
    ["", "0", "-0", "nan", "inf", "-inf", "1e400", "47.1", "9" * 5000, "-9", "abc", "1_0", "\u0664\u0667", " 47.1 "]
)
PROPS = st.fixed_dictionaries(
    {},
    optional={
        props.FILE_ID: NUMBERS | TEXT,
        props.ETAG: TEXT,
        props.SIZE: NUMBERS,
        props.TYPE: TEXT | st.sampled_from(["image/jpeg", "video/mp4"]),
        props.MODIFIED: TEXT,
        props.HIDDEN: TEXT,
        props.BLURHASH: TEXT | st.just("LGFWb3s.-Bs:0fWpW.Wo}ZoLI:a|"),
        props.FILE_NAME: TEXT,
    },
)


class _Saying:
    """A server that answers everything with the same JSON."""

    def __init__(self) -> None:
        self.said: Any = None

    def __call__(self, environ: Environ, start: StartResponse) -> Iterator[bytes]:
        environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        body = json.dumps(self.said).encode()
        start("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        yield body


@pytest.fixture(scope="module")
def saying() -> Iterator[tuple[_Saying, str]]:
    server = _Saying()
    with serving(server) as url:
        yield server, url


NET = GuardedNet(Policy(["127.0.0.0/8"]))
BRISK = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


@BRISK
@given(said=OCS)
def test_any_json_for_who_somebody_is(saying: tuple[_Saying, str], said: Any) -> None:
    saying[0].said = said
    library = KIND.open({"url": saying[1], "user": "alice", "password": "p"}, NET)
    try:
        account = library.account()
    except LibraryError:
        return
    assert account.id.endswith("@" + saying[1].removeprefix("http://"))
    assert account.name


@BRISK
@given(said=JSON | st.fixed_dictionaries({"poll": JSON, "login": JSON}) | st.fixed_dictionaries(
    {"poll": st.fixed_dictionaries({"token": TEXT, "endpoint": TEXT | st.just("http://[::1")}), "login": TEXT}
))  # fmt: skip
def test_any_json_for_a_sign_in(saying: tuple[_Saying, str], said: Any) -> None:
    saying[0].said = said
    flow = LoginFlowV2()
    state = {"url": saying[1], "endpoint": saying[1] + "/login/v2/poll", "token": "t", "expires": "9999999999"}
    for step in (lambda: flow.start(saying[1], NET), lambda: flow.poll(state, NET)):
        with pytest.raises(LibraryError):
            step()


@BRISK
@given(said=OCS)
def test_any_json_for_webhooks_and_status(saying: tuple[_Saying, str], said: Any) -> None:
    saying[0].said = said
    library = KIND.open({"url": saying[1], "user": "alice", "password": "p"}, NET)
    library.home.uid = "alice"  # type: ignore[attr-defined]  # what the server says of it is another test's
    assert library.watch is not None
    try:
        library.watch.install("https://trace.test/hooks/x", "secret")
        library.watch.remove("1,2")
    except LibraryError:
        return
    assert KIND.checks is not None
    assert list(KIND.checks({"url": saying[1], "user": "alice", "password": "p"}, NET))


@settings(max_examples=200)
@given(body=st.one_of(
    JSON.map(json.dumps),
    st.fixed_dictionaries({"event": JSON, "user": JSON}).map(json.dumps),
    st.fixed_dictionaries({
        "event": st.fixed_dictionaries(
            {"class": st.sampled_from([CREATED, TAGGED])},
            optional={"node": JSON, "source": JSON, "target": JSON, "tagIds": JSON, "objectIds": JSON,
                      "objectType": st.just("files")},
        ),
        "user": JSON,
    }).map(json.dumps),
    st.just("[" * 20_000),
))  # fmt: skip
def test_any_call_of_our_hook(tagging: Any, body: str) -> None:
    hooks = tagging.parse_hook
    for read in (lambda: hooks.hint({}, body.encode()), lambda: caller(body.encode())):
        try:
            read()
        except LibraryError:
            continue


@pytest.fixture(scope="module")
def tagging() -> Iterator[Any]:
    fake = FakeNextcloud({"alice": "sentinel-a-password"})
    fake.tagged = {"trace": set()}
    with serving(fake) as url:
        yield KIND.open({"url": url, "user": "alice", "password": "sentinel-a-password"}, NET)


def _entry(said: dict[str, str], gps: list[str], exif: list[str]) -> Entry:
    import xml.etree.ElementTree as ET

    found = {}
    for name, text in said.items():
        found[name] = ET.Element(name)
        found[name].text = text
    found[props.GPS] = ET.fromstring(  # noqa: S314  # made here
        "<gps>"
        + "".join(f"<{n}>{escape(t)}</{n}>" for n, t in zip(("latitude", "longitude", "altitude"), gps, strict=True))
        + "</gps>"
    )
    found[props.EXIF] = ET.fromstring(  # noqa: S314  # as above
        f"<exif><DateTimeOriginal>{escape(exif[0])}</DateTimeOriginal><UndefinedTag__x____>{escape(exif[1])}</UndefinedTag__x____></exif>"
    )
    return Entry("/remote.php/dav/photos/alice/albums/A/95-a.jpg", found)


@settings(max_examples=400)
@given(
    said=PROPS,
    gps=st.lists(NUMBERS, min_size=3, max_size=3),
    exif=st.tuples(
        TEXT
        | st.sampled_from(["2025:06:14 09:30:00", "0000:00:00 00:00:00", "2025:13:45 99:99:99", "9999:12:31 23:59:59"]),
        TEXT | st.sampled_from(["+02:00", "+99:99", "-14:00", "+14:59"]),
    ).map(list),
)
def test_any_properties_of_a_photo(said: dict[str, str], gps: list[str], exif: list[str]) -> None:
    entry = _entry(said, gps, exif)
    is_photo_of_album(entry)
    fingerprint([entry])
    for asset in (asset_of(entry, "files/alice/a.jpg", "a.jpg", url=None), album_asset(entry, "p/95-a.jpg", url=None)):
        if asset.size != 0:
            check_values(asset)
        described = asset if asset.described else None
        if described is not None:
            fix = describe(described, lambda *_: b"")
            assert fix.lat is None or abs(fix.lat) <= 90


@pytest.mark.parametrize(
    ("code", "error"), [(998, NotFound), (404, NotFound), (997, Unauthorized), (403, Unauthorized), (996, BadReply)]
)
def test_a_failure_under_a_status_of_200_is_a_failure(
    saying: tuple[_Saying, str], code: int, error: type[LibraryError]
) -> None:
    saying[0].said = {"ocs": {"meta": {"status": "failure", "statuscode": code, "message": "no"}, "data": {"id": "a"}}}
    with pytest.raises(error, match="no"):
        KIND.open({"url": saying[1], "user": "alice", "password": "p"}, NET).account()


def test_the_recorded_metadata_is_no_nonsense() -> None:
    """So that the generated entries above are of the form the server writes."""
    said = recorded_metadata()
    assert said["{http://nextcloud.org/ns}metadata-photos-gps"].startswith("<latitude>")
    assert "<DateTimeOriginal>" in said["{http://nextcloud.org/ns}metadata-photos-exif"]
