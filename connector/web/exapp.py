"""Inside a Nextcloud, as an app it runs (AppAPI): its users are ours, its menu and its Files lead to us.

The server passes its users' requests on and says whose they are in a header that carries a secret it shares with us.
Everything else stays as it is: the same pages, the same API, below the path of the server's proxy.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable
from typing import Any

import structlog
from flask import Blueprint, Flask, Response, current_app, g, request
from werkzeug.exceptions import BadRequest, Unauthorized

from adapters.library import Album, LibraryError
from adapters.library import BadSettings as NoAddress
from adapters.nextcloud.account import Nextcloud
from adapters.nextcloud.address import base_of
from adapters.nextcloud.app import MENU, NAME, App, Places
from adapters.nextcloud.folders import folder_id
from adapters.nextcloud.hooks import caller
from connector.actions import connections, traces, vouched, watch
from connector.actions.services import Services
from connector.settings import BadSettings, Settings
from connector.web import pages, studio
from connector.web.answers import data, nothing
from connector.web.context import public, services
from connector.web.headers import Page, describe

SCRIPT, ICON, ACTION, HOOK = "js/main", "exapp/icon.svg", "exapp/trace", "/exapp/hook"
"""Paths of ours that the server is told of; the script's without its ending, as it wants it."""
_USER, _APP = "image_tracer.exapp_user", "image_tracer.exapp"
_LARGEST_CALL, _ASKED_EVERY_S = 20_000, 600
log = structlog.get_logger(__name__)
blueprint = Blueprint("exapp", __name__)


def app_of(settings: Settings) -> App | None:
    """What the settings say of the server we are an app of; None: of none.

    Raises:
        BadSettings: only a part of it is there.
    """
    secret = settings.exapp_secret.get_secret_value() if settings.exapp_secret is not None else None
    said = {
        "TRACER_EXAPP_URL": settings.exapp_url,
        "TRACER_EXAPP_ID": settings.exapp_id,
        "TRACER_EXAPP_VERSION": settings.exapp_version,
        "TRACER_EXAPP_SECRET": secret,
    }
    missing = [name for name, value in said.items() if not value]
    if len(missing) == len(said):
        return None
    if missing:
        raise BadSettings([f"{name} is missing: all four of TRACER_EXAPP_* belong together" for name in missing])
    url, app_id, version, shared = (str(value) for value in said.values())
    try:
        return App(base_of(url), app_id, version, shared)
    except NoAddress as error:
        raise BadSettings([f"TRACER_EXAPP_URL cannot be used: {problem}" for problem in error.problems]) from None


def install(app: Flask, settings: Settings) -> None:
    """Makes the application an app of that server, if the settings name one. Before the guard: it asks who that is."""
    found = app_of(settings)
    if found is None:
        return
    app.extensions[_APP] = found
    app.wsgi_app = _Passed(app.wsgi_app, found)  # type: ignore[method-assign]  # Flask's own way to wrap it
    app.before_request(_know)
    app.after_request(_let_frame)
    app.register_blueprint(blueprint)


class _Passed:
    """Believes the server's header, and refuses everybody else's. Puts us below the path of the server's proxy."""

    def __init__(self, app: Callable[..., Iterable[bytes]], found: App) -> None:
        self._app, self._found = app, found

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        said = environ.get("HTTP_AUTHORIZATION_APP_API")
        if said is None:
            return self._app(environ, start_response)
        user = self._found.caller(environ.get("HTTP_EX_APP_ID", ""), said)
        if user is None:
            log.warning("a call with a wrong app secret was refused")
            return Unauthorized("this is not the secret we share")(environ, start_response)
        environ[_USER] = user
        environ["SCRIPT_NAME"] = self._found.proxied
        wanted = environ.get("HTTP_X_HTTP_METHOD_OVERRIDE", "").upper()
        if environ["REQUEST_METHOD"] == "POST" and wanted == "PATCH":
            environ["REQUEST_METHOD"] = wanted  # the proxy passes only GET, POST, PUT and DELETE
        return self._app(environ, start_response)


def _app() -> App:
    found: App = current_app.extensions[_APP]
    return found


def _user() -> str | None:
    """The server's user behind the request, "" for none; None: the request does not come from the server."""
    found: str | None = request.environ.get(_USER)
    return found


def _know() -> None:
    user = _user()
    if user:
        given, app = services(), _app()
        g.vouched = lambda: _arrived(given, app, user)  # asked only by what is not for everybody


def _arrived(given: Services, app: App, user: str) -> vouched.Vouched:
    """Who that is here. Asked of the server once in a while, not for every picture."""
    while_s = int(given.now().timestamp() // _ASKED_EVERY_S)
    with given.shown.value(f"exapp {user}", while_s, lambda: vouched.arrive(given, NAME, app.options(user))) as found:
        return found


def _let_frame(response: Response) -> Response:
    """The server's own pages may frame ours: by the proxy they are of one origin."""
    if _user() is not None:
        policy = response.headers.get("Content-Security-Policy", "")
        response.headers["Content-Security-Policy"] = policy.replace("frame-ancestors 'none'", "frame-ancestors 'self'")
    return response


def _from_server() -> str:
    """The user behind a call of the server.

    Raises:
        Unauthorized: somebody else calls.
    """
    user = _user()
    if user is None:
        raise Unauthorized("only the server that runs this app may call here")
    return user


# -- installation


@blueprint.get("/heartbeat")
@public
def heartbeat() -> Response:
    """Whether we run; the server asks before it knows anything of us."""
    return data({"status": "ok"})


@blueprint.post("/init")
@public
def init() -> Response:
    """The installation. Answered at once; that we are ready is said in a call of our own, as the server wants it."""
    _from_server()
    threading.Thread(target=_say_ready, args=(services(), _app()), daemon=True).start()
    return data({})


def _say_ready(given: Services, app: App) -> None:
    places = Places(app, given.net)
    try:
        places.ready()
    except LibraryError as error:
        log.warning("the server could not be told that this app is ready", reason=str(error))
    finally:
        places.close()


@blueprint.put("/enabled")
@public
def enabled() -> Response:
    """Enabled: takes our places in the server's pages. Disabled: gives them back. An error is told in the answer."""
    _from_server()
    places = Places(_app(), services().net)
    try:
        if request.args.get("enabled") == "1":
            places.show(script=SCRIPT, icon=ICON, action=ACTION, hook=HOOK)
        else:
            places.hide(SCRIPT)
    except LibraryError as error:
        return data({"error": str(error)})
    finally:
        places.close()
    return data({"error": ""})


# -- in the server's pages


@blueprint.get(f"/{SCRIPT}.js")
@public
def script() -> Response:
    """Runs in the server's own page: frames ours in it."""
    response = Response(_SCRIPT.replace("MENU", MENU), mimetype="text/javascript")
    response.headers["Cache-Control"] = "private, max-age=300"
    return response


@blueprint.get(f"/{ICON}")
@public
def icon() -> Response:
    """For the menu."""
    response = Response(_ICON, mimetype="image/svg+xml")
    response.headers["Cache-Control"] = "private, max-age=86400"
    return response


@blueprint.get("/app")
@public
def page() -> Response:
    """The studio; the proxy of some versions knows no empty path."""
    return studio.home()


@blueprint.get("/app/empty")
@public
def empty() -> Response:
    """What somebody sees who had a folder without photos traced."""
    describe(Page.STUDIO)
    return pages.card("Nothing to trace", "There are no photos in this folder, nor in the folders in it.", status=200)


@blueprint.post(f"/{ACTION}")
@public
def trace_folder() -> Response:
    """'Trace this folder': makes the trace, or brings it up to date, and leads to it."""
    if not _from_server():
        raise Unauthorized("sign in first")
    someone = g.vouched()
    found = _albums(someone, _folders(_said()))
    if not found:
        return data({"redirect_handler": f"{MENU}/app/empty"})
    trace_id = _traced(someone, found)
    return data({"redirect_handler": f"{MENU}/traces/{trace_id}"})


def _said() -> object:
    try:
        return json.loads(request.get_data())
    except (ValueError, RecursionError):
        raise BadRequest("the body is not JSON") from None


def _folders(said: object) -> list[str]:
    files = said.get("files") if isinstance(said, dict) else None
    if not isinstance(files, list) or not files:
        raise BadRequest("the call names no folder")
    paths = [_path(each) for each in files if isinstance(each, dict) and each.get("fileType") == "dir"]
    if not paths:
        raise BadRequest("the call names no folder")
    return paths


def _path(file: dict[str, Any]) -> str:
    return f"{file.get('directory') or ''}/{file.get('name') or ''}".strip("/")


def _albums(someone: vouched.Vouched, folders: list[str]) -> list[Album]:
    """The folders; where one holds photos only in folders in it, those."""
    found: dict[str, Album] = {}
    with connections.library(services(), someone.person, someone.connection_id) as library:
        if not isinstance(library, Nextcloud):
            raise BadRequest("this is not the library of the server's user")
        for folder in folders:
            listed = {album.id: album for album in library.folders.albums(folder)}
            found |= {each: listed[each] for each in _outermost(listed, folder)}
    return list(found.values())


def _outermost(ids: Iterable[str], folder: str) -> list[str]:
    """Those that lie in none of the others; an album holds what is in the folders in it."""
    there = sorted(ids)
    if folder_id(folder) in there:
        return [folder_id(folder)]
    return [each for each in there if not any(each.startswith(other + "/") for other in there)]


def _traced(someone: vouched.Vouched, albums: list[Album]) -> str:
    wanted = {album.id for album in albums}
    for trace in traces.traces(services(), someone.person):
        if trace.connection_id == someone.connection_id and set(trace.album_ids) == wanted:
            return traces.renew(services(), someone.person, trace.id, albums).trace_id
    begun = traces.Wanted(connection_id=someone.connection_id, albums=tuple(albums))
    return traces.begin(services(), someone.person, begun).trace_id


@blueprint.post(HOOK)
@public
def hook() -> Response:
    """The server's call about a file of any user: whoever has their library watched is looked at soon."""
    _from_server()
    request.max_content_length = _LARGEST_CALL
    try:
        user = caller(request.get_data(cache=False))
    except LibraryError:
        raise BadRequest("this is not the call of the server") from None
    someone = vouched.known(services(), NAME, f"{user}@{_app().host}") if user else None
    if someone is not None and watch.watching(services(), someone.person, someone.connection_id) is not None:
        watch.hint(services(), someone.person, someone.connection_id)
    return nothing()


#: the path behind our entry's name is the path of our page
_SCRIPT = """\
(() => {
  const base = document.currentScript.src.split("/js/main")[0];
  const [, path = ""] = location.pathname.split(/\\/embedded\\/[^/]+\\/MENU\\/?/);
  const frame = document.createElement("iframe");
  frame.src = `${base}/${path || "app"}`;
  frame.title = "Image Tracer";
  frame.allow = "fullscreen";
  frame.style.cssText = "border:0;width:100%;height:100%;display:block";
  const show = () => document.getElementById("content").replaceChildren(frame);
  document.readyState === "loading" ? addEventListener("DOMContentLoaded", show) : show();
})();
"""
_ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20" viewBox="0 0 20 20" fill="none" stroke="#fff" '
    'stroke-width="1.8" stroke-linecap="round"><path d="M4 16c5 0 1.5-5 6-5s1.5-6 6-6"/>'
    '<circle cx="4" cy="16" r="1.7" fill="#fff"/><circle cx="16" cy="5" r="1.7" fill="#fff"/></svg>'
)
