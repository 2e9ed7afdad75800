"""Whose Nextcloud it is: the id of the user is what every path is made of."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from adapters.dav import Entry
from adapters.library import BadReply
from adapters.nextcloud import props
from adapters.nextcloud.server import Server


class Home:
    """One user on one server. Asks who they are when it is first needed, unless it was told."""

    def __init__(self, server: Server, uid: str | None = None) -> None:
        self.server = server
        self._told = uid

    @cached_property
    def uid(self) -> str:
        """The user's id; not always what was typed to sign in."""
        return self._told if self._told is not None else str(self.user()["id"])

    def user(self) -> dict[str, Any]:
        """What the server says of the user, asked now; ``id`` is there.

        Raises:
            LibraryError: the credential does not work.
        """
        said = self.server.ocs("GET", "/v2.php/cloud/user")
        if not isinstance(said, dict) or not said.get("id"):
            raise BadReply(f"{self.server.host} does not say who this account is")
        return said

    def below(self, entry: Entry, folder: str) -> str:
        """The path of an entry below a folder of the WebDAV side, such as ``files/alice``; "" for the folder itself.

        Raises:
            BadReply: the entry lies elsewhere.
        """
        path, start = entry.path.rstrip("/"), f"{self.server.dav_path}/{folder}"
        if path != start and not path.startswith(start + "/"):
            raise BadReply(f"{self.server.host} answered with something that is not in {folder!r}")
        return path.removeprefix(start).strip("/")

    def link_to(self, entry: Entry) -> str | None:
        """The page that shows the file to people."""
        file_id = entry.text(props.FILE_ID)
        return f"{self.server.base}/index.php/f/{file_id}" if file_id else None
