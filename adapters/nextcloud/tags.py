"""The tag people put on a folder to have it traced."""

from __future__ import annotations

from collections.abc import Iterator

from adapters.nextcloud import props
from adapters.nextcloud.server import Server

TAG = "trace"
_SHOWN, _NUMBER = props.OC + "display-name", props.OC + "id"


def tag_number(server: Server) -> str | None:
    """The server's number of the tag; None where nobody has made it.

    Raises:
        NotFound: the server has no tags.
    """
    for entry in server.dav.listing("systemtags", (_SHOWN, _NUMBER)):
        if (entry.text(_SHOWN) or "").casefold() == TAG:
            number = entry.text(_NUMBER) or ""
            return number if number.isascii() and number.isdigit() else None
    return None


def tagged_folders(server: Server, uid: str, number: str) -> Iterator[str]:
    """Paths of the folders with that tag, below the user's files."""
    body = (
        '<?xml version="1.0"?><oc:filter-files xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns">'
        "<d:prop><d:resourcetype/></d:prop>"
        f"<oc:filter-rules><oc:systemtag>{number}</oc:systemtag></oc:filter-rules></oc:filter-files>"
    )
    home = f"{server.dav_path}/files/{uid}/"
    for entry in server.dav.multistatus("REPORT", f"files/{uid}", body, {}, folder=True):
        if entry.is_folder and entry.path.startswith(home):
            yield entry.path.removeprefix(home).strip("/")
