"""Immich, 2.x and 3.x."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from adapters.immich.access import Access, KeyAccess, LinkAccess
from adapters.immich.api import Api
from adapters.immich.checks import check_steps
from adapters.immich.library import Immich
from adapters.immich.pages import LARGEST_PAGE
from adapters.immich.words import WORDS
from adapters.library import BadSettings, Check, Kind, Net, Option
from adapters.webdav import url_problems


def open_immich(options: Mapping[str, str], net: Net, *, page_size: int = LARGEST_PAGE) -> Immich:
    """The library those options name. ``page_size`` is for tests: the server allows up to 1,000."""
    link = options.get("share_link", "").strip()
    key = options.get("api_key", "").strip()
    url = _before_page(options.get("url", "") or link)
    way, _, token = _split_link(link)
    problems = url_problems(url)
    if bool(link) == bool(key):
        problems.append("give either api_key or share_link")
    if link and not token:
        problems.append("share_link must look like https://photos.example/share/... or https://photos.example/s/...")
    if options.get("password") and not link:
        problems.append("password belongs to a share_link; an account is opened by an api_key")
    if problems:
        raise BadSettings(problems)
    password = options.get("password") or None
    headers = {"x-api-key": key} if key else {}
    params = {_PARAMETER[way]: token} if link else {}
    api = Api(url, net, headers=headers, params=params, secrets=[key, token, password or ""])
    access: Access = KeyAccess(api) if key else LinkAccess(api, password)
    return Immich(api, access, url, page_size=page_size)


#: part of a link's path -> the query parameter that carries what follows it
_PARAMETER = {"share": "key", "s": "slug"}


#: where the pages of an Immich begin, which always lies at the root of its server
_PAGE = re.compile(
    r"/(?:api|photos|albums|share|s|sharing|map|people|places|explore|search|favorites|archive|trash|folders|tags"
    r"|memory|utilities|workflows|locked|user-settings|admin|auth|link)(?:[/?#]|$)"
)


def _before_page(said: str) -> str:
    """The address of the server from that of any of its pages; no slash at the end."""
    scheme, mark, rest = said.strip().partition("://")
    host, slash, path = rest.partition("/")
    page = _PAGE.search(slash + path)
    return scheme.lower() + mark + host.lower() + (slash + path)[: page.start() if page else None].rstrip("/")


def base_of(said: str) -> str:
    """The address of the Immich from that of any of its pages.

    Raises:
        BadSettings: it is no address of a server.
    """
    url = _before_page(said)
    problems = url_problems(url)
    if problems:
        raise BadSettings(problems)
    return url


def _split_link(link: str) -> tuple[str, str, str]:
    """``("share", base, key)`` or ``("s", base, slug)`` of a pasted link; empty texts where it is none."""
    base, found, rest = "", "", ""
    for way in _PARAMETER:
        head, sep, tail = link.partition(f"/{way}/")
        if sep and "://" in head:
            base, found, rest = head, way, tail
            break
    token = rest.partition("/")[0].partition("?")[0].partition("#")[0]
    return found, base, token


def _checks(options: Mapping[str, str], net: Net) -> Iterator[Check]:
    return check_steps(lambda: open_immich(options, net))


KIND = Kind(
    name="immich",
    title="Immich",
    options=(
        Option(
            name="url",
            title="Address",
            help="Address of the Immich server, as in the browser. May be left out with a share link.",
            required=False,
        ),
        Option(
            name="api_key",
            title="API key",
            help="From Immich's account settings; needs at least album.read, asset.read and asset.view.",
            required=False,
            secret=True,
        ),
        Option(
            name="share_link",
            title="Shared link",
            help="Instead of a key: a link to one album that somebody shared (Immich 3.0 or newer).",
            required=False,
            secret=True,
        ),
        Option(name="password", title="Link password", help="Password of that link.", required=False, secret=True),
    ),
    open=open_immich,
    base=base_of,
    checks=_checks,
    words=WORDS,
)
