"""The server's own calls when files come, go or are tagged (its app webhook_listeners).

One attempt each, at the server's next background run, unsigned; nothing at all for albums. Only ever a hint.
"""

from __future__ import annotations

import json
import mimetypes
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from adapters.files import is_wanted
from adapters.library import BadReply, Hint, NotFound, Unauthorized
from adapters.nextcloud import tags
from adapters.nextcloud.albums import Albums
from adapters.nextcloud.folders import Folders, folder_id, folders_above
from adapters.nextcloud.home import Home

_PATH = "/v2.php/apps/webhook_listeners/api/v1/webhooks"
_NODE = "OCP\\Files\\Events\\Node\\"
_TAGGED = "OCP\\SystemTag\\TagAssignedEvent"
#: event -> what of its payload tells whose it is. Every new file is said to be created and written; one will do
_EVENTS = {
    _NODE + "NodeCreatedEvent": "event.node.path",
    _NODE + "NodeRenamedEvent": "event.target.path",
    _NODE + "NodeDeletedEvent": "event.node.path",
    _TAGGED: None,
}


class Hooks:
    """Asks for the calls, and understands them."""

    def __init__(self, home: Home, within: str) -> None:
        self._home, self._within = home, within

    # -- asking

    def install(self, url: str, secret: str) -> str:
        """Only for administrators and those they have given the right. A registration that is there is renewed:
        what it sends as secret cannot be read back.
        """
        there = self._registered(url)
        made = [self._register(event, url, secret, there.pop(event, [])) for event in _EVENTS]
        for numbers in there.values():
            for number in numbers:
                self._remove(number)
        return ",".join(number for number in made if number is not None)

    def remove(self, hook_id: str) -> None:
        """Registrations that are gone already are no error."""
        for number in filter(None, hook_id.split(",")):
            self._remove(number)

    def _registered(self, url: str) -> dict[str, list[str]]:
        found = self._call("GET", "")
        there: dict[str, list[str]] = {}
        for each in found if isinstance(found, list) else []:
            if isinstance(each, dict) and each.get("uri") == url:
                there.setdefault(str(each.get("event")), []).append(str(each.get("id")))
        return there

    def _register(self, event: str, url: str, secret: str, there: Sequence[str]) -> str | None:
        for surplus in there[1:]:
            self._remove(surplus)
        wanted = registration(event, url, self._filter(event), secret)
        try:
            said = self._call("POST", f"/{there[0]}" if there else "", wanted)
        except BadReply:
            if event == _TAGGED:
                return None  # tags call from Nextcloud 32 on; until then a tagged folder is found by looking
            raise
        number = said.get("id") if isinstance(said, dict) else None
        if number is None:
            raise BadReply(f"{self._home.server.host} did not say which webhook it registered")
        return str(number)

    def _filter(self, event: str) -> dict[str, str]:
        where = _EVENTS[event]
        uid = self._home.uid
        if where is None:
            return {"user.uid": uid}
        path = f"/{uid}/files/{self._within}".rstrip("/") + "/"
        return {where: f"/^{_quoted(path)}/"}

    def _remove(self, number: str) -> None:
        try:
            self._call("DELETE", f"/{int(number)}")
        except NotFound:
            return

    def _call(self, method: str, path: str, body: object = None) -> Any:
        try:
            return self._home.server.ocs(method, _PATH + path, json=body)
        except NotFound as error:
            if path:
                raise
            raise NotFound(f"{self._home.server.host} has no webhooks: its app webhook_listeners is off") from error
        except Unauthorized as error:
            raise Unauthorized(
                f"{self._home.server.host} lets only administrators, and those they have given the right, ask for "
                "calls; new photos are found by looking every few minutes"
            ) from error

    # -- understanding

    def hint(self, headers: Mapping[str, str], body: bytes) -> Hint:
        """The folder of the photo, and those above it; or the file or folder that got the tag ``trace``.

        Nothing for files that are no photos, as our own note is.
        """
        del headers
        event = _event(body)
        if str(event.get("class")) == _TAGGED:
            return Hint(asset_ids=self._tagged(event))
        nodes = [event.get(name) for name in ("node", "source", "target")]
        paths = [str(node.get("path") or "") for node in nodes if isinstance(node, dict)]
        if not any(paths):
            raise BadReply("the call names no file")
        return Hint(album_ids=tuple(dict.fromkeys(each for path in paths for each in _albums_at(path))))

    def albums_of(self, asset_id: str) -> Sequence[str]:
        """Of a folder: the folder itself. Of a file: its folder, those above it, and the albums that hold it."""
        if not asset_id.isdigit():
            raise NotFound(f"there is no file {asset_id!r}")
        return [*Folders(self._home).ids_with(asset_id), *Albums(self._home).ids_with(asset_id)]

    def _tagged(self, event: Mapping[str, Any]) -> tuple[str, ...]:
        number = tags.tag_number(self._home.server)
        if event.get("objectType") != "files" or number not in _numbers(event.get("tagIds")):
            return ()
        return _numbers(event.get("objectIds"))


def registration(event: str, url: str, only: Mapping[str, str], secret: str | None) -> dict[str, object]:
    """What the server is asked to do at an event; without a secret for calls that it authenticates itself."""
    headers = {"Authorization": f"Bearer {secret}"}
    return {
        "httpMethod": "POST",
        "uri": url,
        "event": event,
        "eventFilter": dict(only),
        "userIdFilter": "",
        "headers": {"Content-Type": "application/json"},
        "authMethod": "none" if secret is None else "header",
        "authData": [] if secret is None else headers,
    }


def caller(body: bytes) -> str | None:
    """The id of the user whose doing the call is about; None where it was nobody's.

    Raises:
        BadReply: the body is not what the server sends.
    """
    _event(body)
    user = json.loads(body).get("user")
    uid = user.get("uid") if isinstance(user, dict) else None
    return str(uid) if uid else None


def _event(body: bytes) -> Mapping[str, Any]:
    try:
        event = json.loads(body)["event"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise BadReply("this is not the call of a Nextcloud") from None
    if not isinstance(event, dict) or not event.get("class"):
        raise BadReply("this is not the call of a Nextcloud: it names no event")
    return event


def _numbers(said: object) -> tuple[str, ...]:
    return tuple(str(each) for each in said) if isinstance(said, list) else ()


def _albums_at(path: str) -> Iterator[str]:
    """``/alice/files/Photos/new.jpg`` -> the ids of the folder and those above it."""
    _, _, rest = path.strip("/").partition("/")
    area, _, below = rest.partition("/")
    name = below.rpartition("/")[2]
    if area != "files" or not below:
        return
    if is_wanted(name):
        yield from folders_above(below)
    elif mimetypes.guess_type(name)[0] is None and not name.startswith("."):
        yield folder_id(below)  # perhaps a folder that was moved here with all that is in it


def _quoted(path: str) -> str:
    return re.escape(path).replace("/", r"\/")
