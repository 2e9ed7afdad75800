"""Nextcloud 28 and later: folders of Files, albums of Photos, and both behind a share link without an account."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from adapters.library import BadSettings, Check, Kind, Library, Net, Option
from adapters.nextcloud.account import Nextcloud
from adapters.nextcloud.address import base_of, link_of, origin
from adapters.nextcloud.checks import checks_of_account, checks_of_link, settings_wrong
from adapters.nextcloud.guard import Credential
from adapters.nextcloud.home import Home
from adapters.nextcloud.links import LinkedAlbum, LinkedFolder
from adapters.nextcloud.login import LoginFlowV2
from adapters.nextcloud.server import Server, basic
from adapters.nextcloud.words import WORDS


def _open(options: Mapping[str, str], net: Net) -> Library:
    problems = _problems(options)
    if problems:
        raise BadSettings(problems)
    if options.get("share_link"):
        return _open_link(options, net)
    credential = basic(options["user"], options["password"])
    home = Home(Server(base_of(options["url"]), net, credential))
    return Nextcloud(home, options.get("folder", ""))


def _open_link(options: Mapping[str, str], net: Net) -> Library:
    link, secret = link_of(options["share_link"]), options.get("password", "")
    credential = basic("anonymous", secret, link.token) if secret else Credential({}, link.token)
    previews = Server(link.base, net, Credential(credential.headers, f"{link.token} previews"))
    if link.is_album:
        server = Server(link.base, net, credential, dav=f"/remote.php/dav/photospublic/{link.token}")
        return LinkedAlbum(server, previews, link.token)
    server = Server(link.base, net, credential, dav=f"/public.php/dav/files/{link.token}")
    return LinkedFolder(server, previews, link.token, link.folder)


def _checks(options: Mapping[str, str], net: Net) -> Iterator[Check]:
    try:
        library = _open(options, net)
    except BadSettings as error:
        yield settings_wrong(error)
        return
    try:
        if isinstance(library, Nextcloud):
            yield from checks_of_account(options, net, library)
        else:
            yield from checks_of_link(options, net, library)
    finally:
        library.close()


def _problems(options: Mapping[str, str]) -> list[str]:
    given = {name for name, value in options.items() if value}
    if "share_link" in given:
        problems = _wrong(link_of, options["share_link"])
        extra = sorted(given & {"user", "folder"})
        if not problems and "url" in given and origin(options["url"])[1] != origin(options["share_link"])[1]:
            problems.append("share_link is of another server than url")
        return problems + ([f"share_link stands alone: leave out {', '.join(extra)}"] if extra else [])
    missing = [f"{name} is missing" for name in ("user", "password") if name not in given]
    return _wrong(base_of, options.get("url", "")) + missing


def _wrong(read: Callable[[str], object], said: str) -> list[str]:
    try:
        read(said)
    except BadSettings as error:
        return list(error.problems)
    return []


KIND = Kind(
    name="nextcloud",
    title="Nextcloud",
    options=(
        Option(
            name="url",
            title="Address",
            help="Address of the Nextcloud; that of any of its pages will do.",
            required=False,
        ),
        Option(name="user", title="User", help="User name; not needed to sign in by the browser.", required=False),
        Option(
            name="password",
            title="App password",
            help="An app password (Settings, Security, Devices & sessions), never the password of the account; or that "
            "of the share link, where it asks for one.",
            required=False,
            secret=True,
        ),
        Option(
            name="folder",
            title="Folder",
            help="Look only below this folder of Files, as in Photos/2026. Unset: everywhere.",
            required=False,
        ),
        Option(
            name="share_link",
            title="Share link",
            help="Instead of an account: a link to a shared folder or album.",
            required=False,
            secret=True,
        ),
    ),
    open=_open,
    base=base_of,
    login_flow=LoginFlowV2(),
    checks=_checks,
    words=WORDS,
)
