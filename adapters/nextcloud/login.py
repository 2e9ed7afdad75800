"""Login Flow v2: an app password by the server's own sign-in page, so that single sign-on and second factors work."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import requests

from adapters.library import BadReply, Net, NotFound, Started, Unauthorized
from adapters.nextcloud.address import base_of, origin
from adapters.nextcloud.guard import GUARD, Credential
from adapters.nextcloud.server import Server, basic

LIFE_S = 1200
"""The server forgets a sign-in after 20 minutes, and from then on says the same as before: not yet."""


class LoginFlowV2:
    """The name of the app password in the person's settings is what we call ourselves: image-tracer."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now

    def start(self, url: str, net: Net) -> Started:
        """Begins it.

        Raises:
            BadSettings, NotFound, Unavailable: no Nextcloud there.
            BadReply: it answers with another server's addresses; an app password is never asked for there.
        """
        base = base_of(url)
        server = _guest(base, net, "begin")
        said = _json(server.ask("POST", "/index.php/login/v2"), server)
        poll = said.get("poll") if isinstance(said, dict) else None
        if not isinstance(poll, dict) or not poll.get("token") or not poll.get("endpoint") or not said.get("login"):
            raise BadReply(f"{urlsplit(base).netloc} does not offer to sign in by the browser")
        endpoint = _at_home(base, str(poll["endpoint"]))
        login = _at_home(base, str(said["login"]))
        expires = str(int(self._now()) + LIFE_S)
        return Started(login, {"url": base, "endpoint": endpoint, "token": str(poll["token"]), "expires": expires})

    def poll(self, state: Mapping[str, str], net: Net) -> Mapping[str, str] | None:
        """The options of the connection once the person has agreed, given out once; None: not yet.

        Raises:
            NotFound: the time is over.
        """
        base, parts = state["url"], urlsplit(state["endpoint"])
        server = _guest(f"{parts.scheme}://{parts.netloc}", net, state["token"])
        response = server.ask("POST", parts.path, form={"token": state["token"]})
        if response.status_code == 404:
            if self._now() > float(state["expires"]):
                raise NotFound("nobody agreed to the sign-in within 20 minutes; begin it again")
            return None
        said = _json(response, server)
        if not isinstance(said, dict) or not said.get("loginName") or not said.get("appPassword"):
            raise BadReply(f"{server.host} answered to the sign-in without a password")
        _at_home(base, str(said.get("server") or base))
        return {"url": base, "user": str(said["loginName"]), "password": str(said["appPassword"])}

    def revoke(self, options: Mapping[str, str], net: Net) -> None:
        """Gives the app password back. One that is gone already, or was typed and is the account's own, is no error."""
        if not options.get("user") or not options.get("password"):
            return  # a share link: there is nothing of ours at the server
        credential = basic(options["user"], options["password"])
        server = Server(base_of(options["url"]), net, credential)
        try:
            server.ocs("DELETE", "/v2.php/core/apppassword")
        except Unauthorized:
            return
        GUARD.refuse(server.host, credential)


def _guest(base: str, net: Net, mark: str) -> Server:
    return Server(base, net, Credential({}, mark))


def _json(response: requests.Response, server: Server) -> Any:
    server.check(response, "/login/v2")
    try:
        return response.json()
    except ValueError:
        raise BadReply(f"{server.host} answered without JSON; is the address that of a Nextcloud?") from None


def _at_home(base: str, named: str) -> str:
    """The address with the origin the person typed. Behind a proxy a server may not know its own scheme or port.

    Raises:
        BadReply: it is another host's: what we send there would be the key to somebody's photos.
    """
    typed, said = origin(base), origin(named)
    if typed[1] != said[1]:
        raise BadReply(
            f"{typed[1]} calls itself {said[1] or 'nothing'}: connect to that address, or let its administrator set "
            "overwritehost and trusted_domains"
        )
    parts = urlsplit(named)
    query = f"?{parts.query}" if parts.query else ""
    return f"{base[: len(base) - len(urlsplit(base).path)]}{parts.path}{query}"
