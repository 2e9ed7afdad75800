"""Trying a connection step by step, for the doctor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from adapters.checks import tried
from adapters.library import (
    BadReply,
    BadSettings,
    Check,
    Library,
    LibraryError,
    Net,
    NotFound,
    Unauthorized,
    Unavailable,
)
from adapters.nextcloud import props
from adapters.nextcloud.account import Nextcloud
from adapters.nextcloud.address import base_of, link_of
from adapters.nextcloud.guard import Credential
from adapters.nextcloud.server import NotOffered, Server

OLDEST, NEWEST_KNOWN = 28, 35
_SAMPLE = 50
_ADVICE: Mapping[type[LibraryError], str] = {
    Unauthorized: "Sign in anew. The refused password is not tried again: a Nextcloud locks out everybody who comes "
    "from this address after eleven refusals.",
    NotFound: "Give the address of the Nextcloud as it is in the browser, without the page.",
    Unavailable: "Look whether the server runs and this machine reaches it; after a lock-out, wait or let its "
    "administrator end it and allow this address (app bruteforcesettings).",
}


def checks_of_account(options: Mapping[str, str], net: Net, library: Nextcloud) -> Iterator[Check]:
    """Address, version, credential and files are needed; the rest says what goes slower or not at all."""
    for check in _checks_of_server(base_of(options["url"]), net):
        yield check
        if not check.ok and check.needed:
            return
    for name, step in (("credential", _say_who), ("files", _say_files)):
        check = tried(name, partial(step, library), _ADVICE)
        yield check
        if not check.ok:
            return
    for name, step, advice in (
        ("search", _say_search, "Nothing to do: folders are listed one by one, which takes more requests."),
        ("metadata", _say_metadata, _SCAN),
        ("albums", _say_albums, "Let the administrator install the app Photos, or trace folders."),
        ("hooks", _say_hooks, _HOOKS),
    ):
        yield tried(
            name,
            partial(step, library),
            dict.fromkeys((NotOffered, BadReply, NotFound, Unauthorized, Unavailable), advice),
            needed=False,
        )


def checks_of_link(options: Mapping[str, str], net: Net, library: Library) -> Iterator[Check]:
    """The server, then the link itself."""
    for check in _checks_of_server(link_of(options["share_link"]).base, net):
        yield check
        if not check.ok and check.needed:
            return
    advice = {
        NotFound: "Ask for a new link: this one was withdrawn or has expired.",
        Unauthorized: "Give the password of the link with it.",
    }
    yield tried("link", lambda: f"it shows {library.account().name!r}", advice)


def _checks_of_server(base: str, net: Net) -> Iterator[Check]:
    found: dict[str, Any] = {}
    yield tried("address", lambda: _say_status(base, net, found), _ADVICE)
    if found:
        yield _version(str(found.get("version") or "0"), str(found.get("versionstring") or "unknown"))


def _say_status(base: str, net: Net, found: dict[str, Any]) -> str:
    server = Server(base, net, Credential({}, "status"))
    response = server.ask("GET", "/status.php")
    if response.status_code == 503:
        raise Unavailable(f"{server.host} is being maintained (503)")
    if response.status_code == 404:
        raise NotFound(f"there is no Nextcloud at {base}")
    server.check(response, "status.php")
    try:
        said = response.json()
    except ValueError:
        said = None
    if not isinstance(said, dict) or "installed" not in said:
        raise BadReply(f"something answers at {base}, but no Nextcloud ({response.status_code})")
    if said.get("maintenance") or not said.get("installed"):
        raise Unavailable(f"{server.host} is being maintained or not set up yet")
    found |= said
    return f"{said.get('productname') or 'Nextcloud'} answers at {base}"


def _version(version: str, shown: str) -> Check:
    major = int(version.partition(".")[0]) if version.partition(".")[0].isdigit() else 0
    if major < OLDEST:
        advice = f"Update the server: {OLDEST} is the oldest whose photos can be read."
        return Check(name="version", ok=False, said=f"{shown} is too old", advice=advice)
    newer = "; newer than any that was tried" if major > NEWEST_KNOWN else ""
    return Check(name="version", ok=True, said=f"{shown}{newer}")


def settings_wrong(error: BadSettings) -> Check:
    """The step that comes before all others."""
    return Check(name="settings", ok=False, said=str(error), advice="Change what the message names.")


_SCAN = (
    "Photos are read one by one, a few kilobytes each. Faster: let the administrator run "
    "occ files:scan --generate-metadata once."
)
_HOOKS = (
    "Nothing to do: new photos are found by looking every few minutes. At once: let an administrator connect, or "
    "give this account the right in Settings, Administration privileges, Webhooks."
)


def _say_who(library: Nextcloud) -> str:
    return f"signed in as {library.account().name}"


def _say_files(library: Nextcloud) -> str:
    entry = library.home.server.dav.one(f"files/{library.home.uid}/{library.within}", props.ROOT)
    if not entry.is_folder:
        raise NotFound(f"{library.within!r} is a file, not a folder")
    return f"the folder {library.within or '/'!r} can be read"


def _say_search(library: Nextcloud) -> str:
    library.home.server.dav.search(props.search(library.folders.scope(library.within), props.BRIEF, 0, 1))
    return "photos are found by searching, hundreds with one request"


def _say_metadata(library: Nextcloud) -> str:
    entries = library.home.server.dav.search(
        props.search(library.folders.scope(library.within), props.FULL, 0, _SAMPLE)
    )
    photos = [entry for entry in entries if entry.text(props.TYPE) == "image/jpeg"]
    known = sum(1 for entry in photos if props.EXIF in entry.props)
    if photos and not known:
        raise NotFound(f"the server has read the metadata of none of the first {len(photos)} photos")
    return f"the server has read the metadata of {known} of the first {len(photos)} photos"


def _say_albums(library: Nextcloud) -> str:
    count = len(list(library.photos.albums()))
    return f"{count} albums of Photos" if count != 1 else "1 album of Photos"


def _say_hooks(library: Nextcloud) -> str:
    library.home.server.ocs("GET", "/v2.php/apps/webhook_listeners/api/v1/webhooks")
    return "the server may be asked to call when something new arrives"
