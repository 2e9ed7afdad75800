"""What people paste: the address of a Nextcloud, of one of its pages, or a link somebody shared."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

from adapters.library import BadSettings
from adapters.webdav import url_problems

#: where the pages of a Nextcloud begin; what stands before is the address of the Nextcloud itself
_PAGES = ("/index.php", "/remote.php", "/public.php", "/ocs/", "/apps/", "/login", "/settings/", "/s/", "/f/")
_LINKS = (("/apps/photos/public/", True), ("/s/", False))


@dataclass(frozen=True, slots=True)
class Link:
    """A share link. ``token`` is the credential: it is in no text that people see."""

    base: str
    token: str = field(repr=False)
    is_album: bool
    folder: str = ""
    """The folder inside the shared one, when the link was copied there."""


def base_of(said: str) -> str:
    """The address of the Nextcloud, from that of any of its pages; without a slash at the end.

    Raises:
        BadSettings: it is no address of a server.
    """
    url = _with_scheme(said)
    problems = url_problems(url.partition("?")[0].partition("#")[0])
    if problems:
        raise BadSettings(problems)
    parts = urlsplit(url)
    path = parts.path
    for page in _PAGES:
        at = path.find(page)
        path = path[:at] if at >= 0 else path
    return f"{parts.scheme}://{parts.netloc.lower()}{path.rstrip('/')}"


def link_of(said: str) -> Link:
    """The link behind a pasted address.

    Raises:
        BadSettings: it is no share link.
    """
    base = base_of(said)
    parts = urlsplit(_with_scheme(said))
    for mark, is_album in _LINKS:
        _, found, rest = parts.path.partition(mark)
        token = rest.partition("/")[0]
        if found and token:
            return Link(base, token, is_album, "" if is_album else _folder(parts.query))
    raise BadSettings(
        ["share_link must look like https://cloud.example/s/... or https://cloud.example/apps/photos/public/..."]
    )


def origin(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port; two addresses with the same origin are the same server. ("", "", None): no address."""
    try:
        parts = urlsplit(_with_scheme(url))
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    except ValueError:
        return "", "", None
    return parts.scheme, (parts.hostname or "").lower(), port


def _with_scheme(said: str) -> str:
    said = said.strip()
    return said if "://" in said or not said else f"https://{said}"


def _folder(query: str) -> str:
    asked = parse_qs(query)
    said = (asked.get("dir") or asked.get("path") or [""])[0]
    return unquote(said).strip("/")
