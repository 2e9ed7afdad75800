"""Kills the whole service at random moments and starts it again, until the trace is there.

    python -m tests.bench.kill [--photos 1000] [--kills 3] [--seed N]

Judges by the trace and by the WebDAV server's own log: every photo is in the trace once and at its place, the trace is
that of an undisturbed run, and what had been read and kept before a kill was not read again. Exits 1 otherwise.
"""

from __future__ import annotations

import argparse
import math
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connector.actions import connections, people, scenes, traces
from connector.actions.errors import NotReady
from connector.actions.progress import ENDED, Progress, State
from connector.actions.pull import AT_ONCE
from connector.actions.services import Services, open_services
from connector.demo.servers import RequestLog, served, webdav
from connector.jobs.queue import open_queue
from connector.render.scene import Scene
from connector.settings import Settings
from connector.trace.geojson import feature_collection
from tests.bench.library import Shot, write_library

LOOPBACK = ("127.0.0.0/8",)
THREADS = 8
LONGEST_S = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of it. ``kills``: how far it was at each kill, 0 to 1. ``again``: reads beyond an undisturbed run's."""

    kills: tuple[float, ...]
    takeover_s: tuple[float, ...]
    photos: int
    lost: tuple[str, ...]
    doubled: tuple[str, ...]
    misplaced: tuple[str, ...]
    unasked: tuple[str, ...]
    again: int
    same_as_undisturbed: bool
    state: State

    def problems(self) -> list[str]:
        """What must not be."""
        most = len(self.kills) * (AT_ONCE + 2 * THREADS) * 2
        said = [f"the trace ended {self.state}"] if self.state is not State.DONE else []
        said += [f"{len(names)} photos are {what}" for what, names in self._named() if names]
        if self.again > most:
            said.append(f"{self.again} requests were made again: more than what was under way at the kills ({most})")
        if not self.same_as_undisturbed:
            said.append("the trace is not the one of an undisturbed run")
        return said

    def _named(self) -> list[tuple[str, tuple[str, ...]]]:
        return [
            ("lost", self.lost),
            ("doubled", self.doubled),
            ("elsewhere than they were taken", self.misplaced),
            ("in the trace though the server was never asked for them", self.unasked),
        ]


class Slow:
    """A server some network away: every GET takes a while, and from a chosen one on they wait until they are let go.

    So a kill comes while photos are being read, however fast or busy the machine is.
    """

    def __init__(self, app: RequestLog, delay_s: float) -> None:
        self.log, self.delay_s = app, delay_s
        self._turn = threading.Condition()
        self._asked = 0
        self._hold_after: float = math.inf

    def __call__(self, environ: Mapping[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ.get("REQUEST_METHOD") == "GET":
            time.sleep(self.delay_s)
            with self._turn:
                self._asked += 1
                mine = self._asked
                self._turn.notify_all()
                self._turn.wait_for(lambda: mine <= self._hold_after, LONGEST_S)
        return self.log(environ, start_response)

    @property
    def asked(self) -> int:
        """How many GETs came so far."""
        with self._turn:
            return self._asked

    def hold_after(self, asked: float) -> None:
        """Lets every GET after the ``asked``-th wait: ``math.inf`` lets all go."""
        with self._turn:
            self._hold_after = asked
            self._turn.notify_all()

    def wait_for(self, asked: float) -> None:
        """Returns when more than ``asked`` GETs came. Raises TimeoutError if they do not come."""
        with self._turn:
            if not self._turn.wait_for(lambda: self._asked > asked, LONGEST_S):
                raise TimeoutError(f"no photo was asked for in {LONGEST_S:.0f} s")


class Service:
    """`image-tracer serve` in a process group of its own."""

    def __init__(self, data: Path, log: Path) -> None:
        self._data, self._log = data, log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        environment = {
            **os.environ,
            "TRACER_ALLOWED_NETWORKS": " ".join(LOOPBACK),
            "TRACER_PULL_THREADS": str(THREADS),
            "TRACER_ROUTER_THREADS": "1",
        }
        line = [sys.executable, "-m", "connector.cli", "serve", "--data", str(self._data), "--bind", _free_address()]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(line, env=environment, stdout=log, stderr=log, start_new_session=True)

    def kill(self) -> None:
        """Ends every process of the group at once, without a last word."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None


def _free_address() -> str:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{listening.getsockname()[1]}"


def disturbed(folder: Path, photos: int, kills: int, rng: random.Random, maps: Path | None = None) -> Outcome:
    """Traces an album of ``photos`` while the service is killed ``kills`` times. ``maps``: a folder of maps to use."""
    root, data = folder / "library", folder / "data"
    shots = write_library(root / "album", photos, smallest=60_000, largest=90_000, seed=rng.randrange(2**31))
    data.mkdir()
    if maps is not None:
        (data / "maps").symlink_to(maps)
    log = webdav(root, "anna", "a-password")
    settings = Settings(data=data, allowed_networks=LOOPBACK, router_threads=1)
    server = Slow(log, 0.04)
    with served(server) as address:
        straight, once = _undisturbed(folder, address, maps, log)
        before = len(log.lines)
        with open_queue(settings) as queue, open_services(settings, queue) as services:
            trace_id = _begin(services, address)
            until = photos - AT_ONCE - THREADS  # what may have been kept since it was last said how many were read
            moments = [(n + rng.uniform(0.05, 0.95)) / kills * until for n in range(kills)]
            shares, waits = _killed(services, trace_id, Service(data, folder / "serve.log"), server, moments)
            owner = people.local(services)
            scene = scenes.scene(services, owner, trace_id)
            state = traces.progress(services, owner, trace_id).state
    asked = Counter(line.path.rpartition("/")[2] for line in log.lines[before:] if line.method == "GET")
    return _judged(shots, scene, asked, once, (shares, waits, state, _same(scene, straight)))


def _undisturbed(folder: Path, address: str, maps: Path | None, log: RequestLog) -> tuple[Scene, int]:
    """The trace as it has to be, and how many reads it takes."""
    data = folder / "straight"
    data.mkdir()
    if maps is not None:
        (data / "maps").symlink_to(maps)
    settings = Settings(data=data, allowed_networks=LOOPBACK, router_threads=1)
    with open_services(settings) as services:
        trace_id = _begin(services, address)
        scene = scenes.scene(services, people.local(services), trace_id)
    return scene, sum(1 for line in log.lines if line.method == "GET")


def _begin(services: Services, address: str) -> str:
    owner = people.local(services)
    options = {"url": address, "user": "anna", "password": "a-password"}
    connection = connections.connect(services, owner, "bench", "webdav", options)
    (album,) = connections.albums(services, owner, connection.id)
    return traces.start(services, owner, connection.id, [album.album.id]).trace_id


def _killed(
    services: Services, trace_id: str, service: Service, server: Slow, moments: Sequence[float]
) -> tuple[list[float], list[float]]:
    """Kills while a GET waits that would read about the photo of each of ``moments``; then waits for the end."""
    owner = people.local(services)

    def look() -> Progress:
        return traces.progress(services, owner, trace_id)

    shares: list[float] = []
    waits: list[float] = []
    held = server.asked + moments[0]
    server.hold_after(held)
    service.start()
    try:
        for following in (*moments[1:], math.inf):
            server.wait_for(held)
            service.kill()
            said = look()
            shares.append(share(said))
            print(f"killed at {shares[-1]:.0%} ({said.state}, {said.read} read)", flush=True)
            time.sleep(5 * server.delay_s)
            asked, began = server.asked, time.monotonic()
            held = asked + max(1, following - said.read)
            server.hold_after(held)
            service.start()
            server.wait_for(asked)
            waits.append(time.monotonic() - began)
        _wait(look, lambda p: p.state in ENDED)
    finally:
        server.hold_after(math.inf)
        service.kill()
    return shares, waits


def share(said: Progress) -> float:
    """How far it is, 0 to 1: nine parts of ten are reading."""
    if said.state in ENDED:
        return 1.0
    if said.state is State.ROUTING:
        return 0.9 + 0.1 * (said.legs_done / said.legs if said.legs else 0.0)
    return 0.9 * said.read / said.found if said.found else 0.0


def _wait(look: Callable[[], Progress], until: Callable[[Progress], bool]) -> Progress:
    end = time.monotonic() + LONGEST_S
    while time.monotonic() < end:
        said = look()
        if until(said) or said.state in ENDED:
            return said
        time.sleep(0.05)
    raise TimeoutError(f"nothing moved for {LONGEST_S:.0f} s")


def _same(scene: Scene, straight: Scene) -> bool:
    return feature_collection(scene.trace) == feature_collection(straight.trace)


def _judged(
    shots: dict[str, Shot],
    scene: Scene,
    asked: Counter[str],
    once: int,
    ended: tuple[list[float], list[float], State, bool],
) -> Outcome:
    moments, waits, state, same = ended
    trace = scene.trace
    in_trace = Counter(
        [i.rpartition("/")[2] for stop in trace.stops for i in stop.asset_ids]
        + [each.asset_id.rpartition("/")[2] for each in (*trace.inferred, *trace.unplaced)]
    )
    places = {fix.asset_id.rpartition("/")[2]: (fix.lat or 0.0, fix.lon or 0.0) for fix in trace.fixes}
    return Outcome(
        kills=tuple(moments),
        takeover_s=tuple(waits),
        photos=len(shots),
        lost=tuple(name for name in shots if not in_trace[name]),
        doubled=tuple(name for name, n in in_trace.items() if n > 1),
        misplaced=tuple(name for name, shot in shots.items() if _far(places.get(name), shot)),
        unasked=tuple(name for name in shots if not asked[name]),
        again=sum(asked.values()) - once,
        same_as_undisturbed=same,
        state=state,
    )


def _far(place: tuple[float, float] | None, shot: Shot) -> bool:
    return place is None or abs(place[0] - shot.lat) > 1e-4 or abs(place[1] - shot.lon) > 1e-4


def main() -> int:
    """Runs it and prints what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10_000))
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--maps", type=Path, help="a folder of maps to route on")
    asked = parser.parse_args()
    print(f"seed {asked.seed}")
    with tempfile.TemporaryDirectory(dir=asked.folder) as scratch:
        try:
            found = disturbed(Path(scratch), asked.photos, asked.kills, random.Random(asked.seed), asked.maps)
        except (TimeoutError, NotReady):
            print((Path(scratch) / "serve.log").read_text()[-4000:])
            raise
    print(f"{found.photos} photos, killed at {', '.join(f'{each:.0%}' for each in found.kills)}")
    print(f"lost {len(found.lost)}, doubled {len(found.doubled)}, misplaced {len(found.misplaced)}")
    print(f"requests made again: {found.again}; as an undisturbed run: {found.same_as_undisturbed}")
    print(f"kill to the next step: {', '.join(f'{each:.1f} s' for each in found.takeover_s)}")
    for problem in found.problems():
        print(f"WRONG: {problem}")
    return int(bool(found.problems()))


if __name__ == "__main__":
    raise SystemExit(main())
