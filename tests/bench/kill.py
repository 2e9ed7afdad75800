"""Kills the whole service at random moments and starts it again, until the trace is there.

    python -m tests.bench.kill [--photos 1000] [--kills 3] [--seed N]

Judges by the trace and by the WebDAV server's own log: every photo is in the trace once and at its place, the trace is
that of an undisturbed run, and what had been read and kept before a kill was not read again. Exits 1 otherwise.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
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
    """A server some network away: every GET takes a while."""

    def __init__(self, app: RequestLog, delay_s: float) -> None:
        self.log, self._delay_s = app, delay_s

    def __call__(self, environ: Mapping[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ.get("REQUEST_METHOD") == "GET":
            time.sleep(self._delay_s)
        return self.log(environ, start_response)


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
    with served(Slow(log, 0.04)) as address:
        straight, once = _undisturbed(folder, address, maps, log)
        before = len(log.lines)
        with open_queue(settings) as queue, open_services(settings, queue) as services:
            trace_id = _begin(services, address)
            moments, waits = _killed(services, trace_id, Service(data, folder / "serve.log"), kills, rng)
            owner = people.local(services)
            scene = scenes.scene(services, owner, trace_id)
            state = traces.progress(services, owner, trace_id).state
    asked = Counter(line.path.rpartition("/")[2] for line in log.lines[before:] if line.method == "GET")
    return _judged(shots, scene, asked, once, (moments, waits, state, _same(scene, straight)))


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
    services: Services, trace_id: str, service: Service, kills: int, rng: random.Random
) -> tuple[list[float], list[float]]:
    """Kills at random moments, one in each of as many equal parts of the way; then waits for the end."""
    owner = people.local(services)
    wanted = [(n + rng.uniform(0.05, 0.95)) / kills for n in range(kills)]
    moments, waits = [], []
    service.start()
    try:
        for moment in wanted:
            said = _wait(lambda: traces.progress(services, owner, trace_id), lambda p, m=moment: share(p) >= m)
            service.kill()
            moments.append(share(said))
            print(f"killed at {share(said):.0%} ({said.state}, {said.read} read)", flush=True)
            began, stood = time.monotonic(), share(traces.progress(services, owner, trace_id))
            service.start()
            _wait(lambda: traces.progress(services, owner, trace_id), lambda p, s=stood: share(p) > s)
            waits.append(time.monotonic() - began)
        _wait(lambda: traces.progress(services, owner, trace_id), lambda p: p.state in ENDED)
    finally:
        service.kill()
    return moments, waits


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
