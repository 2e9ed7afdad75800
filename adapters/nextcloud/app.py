"""Being an app inside a Nextcloud (AppAPI): one secret that lets us act for every user, and our places in its pages.

The server calls us with the secret and the id of the user who asks; we call it with the same. It counts wrong secrets
like wrong passwords.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from adapters.library import BadReply, BadSettings, Kind, Library, Net, NotFound, Option, Unauthorized
from adapters.nextcloud.account import Nextcloud
from adapters.nextcloud.address import base_of
from adapters.nextcloud.guard import Credential
from adapters.nextcloud.home import Home
from adapters.nextcloud.hooks import registration
from adapters.nextcloud.server import Server

NAME = "nextcloud-app"
MENU, ACTION = "tracer", "trace"
"""Names of our page and of the action on folders; the page's is part of its address."""
_UI = "/v1.php/apps/app_api/api/"
_HOOKS = "/v2.php/apps/webhook_listeners/api/v1/webhooks"
_NODE = "OCP\\Files\\Events\\Node\\Node"
_PHOTOS = r"/\.(jpe?g|hei[cf]|avif|png|webp|tiff?|dng|mp4|mov|gpx|fit|xmp)$/i"
#: event -> which of them; every file of every user would be too much
_EVENTS: Mapping[str, Mapping[str, str]] = {
    f"{_NODE}CreatedEvent": {"event.node.path": _PHOTOS},
    f"{_NODE}RenamedEvent": {},
    f"{_NODE}DeletedEvent": {"event.node.path": _PHOTOS},
    "OCP\\SystemTag\\TagAssignedEvent": {},
}
#: AppAPI's own version, which it wants to hear; it takes any
_APP_API = "32.0.0"


@dataclass(frozen=True, slots=True, repr=False)
class App:
    """What the server and we agreed on when it installed us. Nothing of it is ever shown."""

    url: str
    id: str
    version: str
    secret: str

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc

    @property
    def proxied(self) -> str:
        """The path below which the server shows us; no slash at the end."""
        return f"{urlsplit(self.url).path.rstrip('/')}/index.php/apps/app_api/proxy/{self.id}"

    def credential(self, uid: str) -> Credential:
        """Acting for that user; "" for nobody."""
        said = base64.b64encode(f"{uid}:{self.secret}".encode()).decode()
        return Credential(
            {
                "EX-APP-ID": self.id,
                "EX-APP-VERSION": self.version,
                "AA-VERSION": _APP_API,
                "AUTHORIZATION-APP-API": said,
            }
        )

    def caller(self, app_id: str, authorization: str) -> str | None:
        """The user behind a call, "" where there is none; None: it is not the server that calls.

        Takes the same time for every wrong secret of one length.
        """
        try:
            uid, _, secret = base64.b64decode(authorization, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            uid, secret = "", ""
        is_id = hmac.compare_digest(app_id.encode(), self.id.encode())
        is_secret = hmac.compare_digest(secret.encode(), self.secret.encode())
        return uid if is_id and is_secret else None

    def options(self, uid: str) -> dict[str, str]:
        """How to connect the library of that user."""
        return {
            "url": self.url,
            "user": uid,
            "app_id": self.id,
            "app_version": self.version,
            "app_secret": self.secret,
        }


class Places:
    """Our places in the server's pages. Errors of every method: those of a library."""

    def __init__(self, app: App, net: Net) -> None:
        self._app = app
        self._server = Server(app.url, net, app.credential(""))

    def ready(self) -> None:
        """We have started: the server may go on with the installation."""
        self._server.ocs("PUT", "/v1.php/apps/app_api/ex-app/status", json={"progress": 100, "error": ""})

    def show(self, *, script: str, icon: str, action: str, hook: str) -> None:
        """Registers the entry in the menu, the action on folders and the calls we want; again is no error.

        All four are paths of ours, without a slash at the beginning but for ``hook``.
        """
        entry = {"name": MENU, "displayName": "Image Tracer", "icon": icon, "adminRequired": "0"}
        self._server.ocs("POST", _UI + "v1/ui/top-menu", json=entry)
        self._server.ocs(
            "POST",
            _UI + "v1/ui/script",
            json={"type": "top_menu", "name": MENU, "path": script, "afterAppId": ""},
        )
        self._server.ocs("POST", _UI + "v2/ui/files-actions-menu", json=_action(action, icon))
        self._ask_for_calls(hook)

    def hide(self, script: str) -> None:
        """Takes the places away; those that are gone already are no error."""
        for path, said in (
            ("v1/ui/files-actions-menu", {"name": ACTION}),
            ("v1/ui/script", {"type": "top_menu", "name": MENU, "path": script}),
            ("v1/ui/top-menu", {"name": MENU}),
        ):
            try:
                self._server.ocs("DELETE", _UI + path, params=said)
            except (NotFound, BadReply):
                continue  # the server takes them away itself when it disables us

    def close(self) -> None:
        self._server.close()

    def _ask_for_calls(self, hook: str) -> None:
        """Without webhooks, new photos are found by looking; that is no reason not to be installed."""
        try:
            found = self._server.ocs("GET", _HOOKS)
            there = {
                each.get("event") for each in found if each.get("uri") == hook and each.get("appId") == self._app.id
            }
            for event, only in _EVENTS.items():
                if event not in there:
                    self._server.ocs("POST", _HOOKS, json=registration(event, hook, only, None))
        except (NotFound, Unauthorized, BadReply, AttributeError):
            return


def _action(handler: str, icon: str) -> dict[str, object]:
    return {
        "name": ACTION,
        "displayName": "Trace this folder",
        "actionHandler": handler,
        "mime": "httpd/unix-directory",
        "icon": icon,
        "permissions": "31",
        "order": 0,
    }


def _open(options: Mapping[str, str], net: Net) -> Library:
    missing = [f"{option.name} is missing" for option in KIND.options if not options.get(option.name)]
    if missing:
        raise BadSettings(missing)
    app = App(base_of(options["url"]), options["app_id"], options["app_version"], options["app_secret"])
    server = Server(app.url, net, app.credential(options["user"]))
    return Nextcloud(Home(server, options["user"]), is_app=True)


KIND = Kind(
    name=NAME,
    title="Nextcloud (this app)",
    options=(
        Option(name="url", title="Address", help="Address of the Nextcloud that runs this app."),
        Option(name="user", title="User", help="Id of the user."),
        Option(name="app_id", title="App", help="Id of this app."),
        Option(name="app_version", title="Version", help="Version of this app."),
        Option(name="app_secret", title="Secret", help="What the Nextcloud and this app share.", secret=True),
    ),
    open=_open,
)
