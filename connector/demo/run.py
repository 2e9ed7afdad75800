"""The demo from beginning to end: library, server, map, connection, trace, share, gallery."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from connector.actions import connections, scenes, shares, traces
from connector.actions.people import Person, local
from connector.actions.progress import State
from connector.actions.services import Services, open_services
from connector.demo.day import shots
from connector.demo.extract import helsinki
from connector.demo.library import write_library
from connector.demo.servers import Answered, RequestLog, gallery, served, webdav
from connector.maps.registry import add_map, list_maps
from connector.metadata.fix import Fix
from connector.routing.pool import open_routers
from connector.settings import Settings, load
from connector.trace.geojson import feature_collection
from connector.trace.model import Trace

MAP, LIBRARY = "helsinki", "demo"
LOOPBACK = ("127.0.0.0/8",)
Say = Callable[[str], None]
"""Tells the person at the terminal one line; one that begins with a carriage return replaces the line before."""


class DemoFailed(Exception):
    """Something the demo promises did not hold; the text says what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What the demo made. ``log``: every answer of the photo server."""

    trace: Trace
    embed_url: str
    photos: Path
    log: tuple[Answered, ...]


def run(folder: Path, extract: Path | None, port: int, say: Say, *, once: bool) -> None:
    """Makes the demo in ``folder``; without ``once`` then serves it until it is interrupted.

    Raises:
        DemoFailed: the port is taken; or with ``once``: the service's trace differs from the bare engine's.
    """
    _check_port(port)
    folder.mkdir(parents=True, exist_ok=True)
    settings = load(data=folder / "data", bind=f"127.0.0.1:{port}", allowed_networks=LOOPBACK)
    say("1/5  the map: an OpenStreetMap extract of central Helsinki becomes roads and a basemap")
    _map(extract or helsinki(folder / "helsinki.osm.pbf"), settings, say)
    say("2/5  the photos: a day in Helsinki is drawn")
    photos = _photos(folder / "library", settings, say)
    password = secrets.token_urlsafe(12)
    log = webdav(folder / "library", "anna", password)
    with ExitStack() as stack:
        address = stack.enter_context(served(log))
        say(f"3/5  the library: {address} serves them by WebDAV")
        made = _made(settings, address, password, (photos, log), say)
        if once:
            _check(settings, made, say)
        else:
            _show(settings, made, stack, say)


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise DemoFailed(f"port {port} cannot be used ({error.strerror}); name another one with --port") from None


def _map(extract: Path, settings: Settings, say: Say) -> None:
    if MAP not in {found.name for found in list_maps(settings.maps)}:
        add_map(extract, MAP, settings.maps, lambda step: say(f"     {step}"))


def _photos(root: Path, settings: Settings, say: Say) -> Path:
    with open_routers(settings.maps, [MAP]) as routers:
        taken = shots(routers.all[0])
    return write_library(root, taken, lambda done, all_: say(f"\r     {done} of {all_} photos"))


def _made(settings: Settings, address: str, password: str, library: tuple[Path, RequestLog], say: Say) -> Made:
    photos, log = library
    with open_services(settings) as services:
        owner = local(services)
        connection = _connected(services, owner, {"url": address, "user": "anna", "password": password})
        say("4/5  the trace: place and time of every photo are read, the way between them is found")
        trace_id = _traced(services, owner, connection.id, say)
        say("5/5  the share: a link that shows the trace to whoever has it")
        shared = shares.share(services, owner, trace_id)
        for line in shared.visible:
            say(f"     {line}")
        trace = scenes.scene(services, owner, trace_id).trace
    return Made(trace=trace, embed_url=shared.url, photos=photos, log=log.lines)


def _connected(services: Services, owner: Person, options: dict[str, str]) -> connections.Connection:
    """The library under its name; one of an earlier demo had another port and password."""
    for old in connections.connections(services, owner):
        if old.name == LIBRARY:
            connections.disconnect(services, owner, old.id)
    return connections.connect(services, owner, LIBRARY, "webdav", options)


def _traced(services: Services, owner: Person, connection_id: str, say: Say) -> str:
    (album,) = connections.albums(services, owner, connection_id)
    started = traces.start(services, owner, connection_id, [album.album.id])
    progress = traces.progress(services, owner, started.trace_id)
    if progress.state is not State.DONE:
        raise DemoFailed(f"the trace was not made: {progress.message or progress.state}")
    info = traces.trace(services, owner, started.trace_id)
    say(f"     {info.photos} photos, {info.stops} stops, {(info.distance_m or 0) / 1000:.1f} km")
    return started.trace_id


def _check(settings: Settings, made: Made, say: Say) -> None:
    """Prints what the photo server counted, and holds the trace against the bare engine's on the same fixes."""
    counts = Counter(line.method for line in made.log)
    sent, whole = sum(line.bytes_sent for line in made.log), sum(p.stat().st_size for p in made.photos.iterdir())
    asked = ", ".join(f"{number} {method}" for method, number in sorted(counts.items()))
    say(f"The photo server answered {len(made.log)} requests ({asked}):")
    say(f"{sent / 1e6:.2f} MB were read of {whole / 1e6:.1f} MB of photos.")
    bare = _reconstructed(settings, made.trace.fixes)
    differences = [part for part, said in feature_collection(made.trace).items() if _plain(said) != bare.get(part)]
    if differences:
        raise DemoFailed(f"the service's trace differs from what `reconstruct` finds: {', '.join(differences)}")
    say(f"The trace is the same as `image-tracer reconstruct` finds: {len(made.trace.legs)} legs.")
    say(f"Embed: {made.embed_url}")


def _reconstructed(settings: Settings, fixes: tuple[Fix, ...]) -> dict[str, Any]:
    said, out = settings.data / "fixes.json", settings.data / "reconstructed.geojson"
    said.write_text(json.dumps({"fixes": [_as_json(fix) for fix in fixes]}), encoding="utf-8")
    command = [sys.executable, "-m", "connector.cli", "reconstruct", str(said), "--map", MAP, "-o", str(out)]
    done = subprocess.run([*command, "--data", str(settings.data)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise DemoFailed(f"`reconstruct` failed: {done.stderr.strip()}")
    found: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return found


def _as_json(fix: Fix) -> Mapping[str, Any]:
    named = ("lat", "lon", "altitude_m", "accuracy_m", "direction_deg", "speed_mps", "camera")
    said = {name: getattr(fix, name) for name in named}
    instant = None if fix.instant is None else fix.instant.isoformat()
    return {"id": fix.asset_id, "time": instant, **{name: value for name, value in said.items() if value is not None}}


def _plain(said: Any) -> Any:
    return json.loads(json.dumps(said))


def _show(settings: Settings, made: Made, stack: ExitStack, say: Say) -> None:
    """Serves the trace, and a gallery of another origin with the widget in it, until it is interrupted."""
    command = [sys.executable, "-m", "connector.cli", "serve", "--data", str(settings.data), "--bind", settings.bind]
    service = subprocess.Popen(command, env={**os.environ, "TRACER_ALLOWED_NETWORKS": " ".join(LOOPBACK)})
    stack.callback(_end, service)
    _wait_for(f"{settings.address}/readyz", service)
    page = stack.enter_context(served(gallery("A day in Helsinki", made.photos, made.embed_url)))
    say("")
    say(f"The gallery, with the trace in it:  {page}/")
    say(f"The widget by itself:               {made.embed_url}")
    say(f"The album page:                     {made.embed_url}/album")
    say(f"The studio (sign in with the code): {settings.address}/")
    say("Ctrl+C ends it.")
    service.wait()


def _wait_for(url: str, service: subprocess.Popen[bytes]) -> None:
    for _ in range(240):
        if service.poll() is not None:
            raise DemoFailed(f"the service ended at once, with exit code {service.returncode}")
        if _answers(url):
            return
        time.sleep(0.25)
    raise DemoFailed("the service did not become ready within a minute")


def _answers(url: str) -> bool:
    try:
        return requests.get(url, timeout=2, allow_redirects=False).ok
    except requests.ConnectionError:
        return False


def _end(service: subprocess.Popen[bytes]) -> None:
    service.terminate()
    try:
        service.wait(timeout=20)
    except subprocess.TimeoutExpired:
        service.kill()
