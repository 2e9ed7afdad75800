"""What a correction costs beside the bare router calls it makes, in the engine and over HTTP.

    python -m tests.bench.engine.edits --maps FOLDER [--map porto-alegre] [--photos 1000 10000] [--edits 60]

A trip of so many photos lies in a real store behind the real web application. Per correction: a preview of a point on
a leg, that point, a mode of another leg. Milliseconds (median and 95 %) are printed of the whole request, of the engine
in it, of the bare calls (the same questions, each a call of an `Actor` that answers text), of the rest of the server,
and of CPU (request, bare calls); and the calls of the router.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from flask.testing import FlaskClient

from adapters.library import Asset
from connector.actions import people
from connector.actions.building import build_trace, trace_of
from connector.actions.roads import LiveRouters
from connector.actions.services import Services, open_services
from connector.metadata.fix import Fix
from connector.routing.router import Router
from connector.settings import Settings
from connector.store.packed import pack_asset, pack_fix
from connector.store.tables import ConnectionRow, FixRow, PhotoRow, TraceRow
from connector.trace.model import How, Leg, Mode, Trace
from connector.trace.shape import Line
from connector.web.app import create_app
from tests.bench.engine.compare import SHARED_BENCH
from tests.bench.engine.long import long_trip
from tests.bench.engine.raw import Bare, Listened, bare, took_s


class Ear(LiveRouters):
    """The service's routers; the one map's questions are noted down."""

    def __init__(self, maps: Path, name: str) -> None:
        super().__init__(maps, threads=2)
        self._name = name
        self._heard: Listened | None = None

    def covering(self, *places: tuple[float, float]) -> Router | None:
        return self.heard.covering(*places)

    @property
    def heard(self) -> Listened:
        if self._heard is None:
            self._heard = Listened(next(each for each in self.current().all if each.map_name == self._name))
        return self._heard


@dataclass(frozen=True)
class Took:
    """Milliseconds of one correction, and how many questions it asked."""

    request: float
    engine: float
    cpu: float
    raw: float
    raw_cpu: float
    calls: int

    @property
    def rest(self) -> float:
        return self.request - self.engine


@contextmanager
def service(maps: Path, name: str, fixes: Sequence[Fix]) -> Iterator[tuple[Services, Ear, FlaskClient, str]]:
    """The service with a built trace of the fixes, and somebody signed in to it."""
    with tempfile.TemporaryDirectory() as folder, open_services(Settings(data=Path(folder))) as opened:
        ear = Ear(maps, name)
        services = replace(opened, routers=ear)
        code = people.setup_code(services)
        assert code is not None
        entered = people.set_up(services, code, "Anna")
        _store(services, entered.person.id, fixes)
        build_trace(services, "t")
        client = create_app(services).test_client(use_cookies=False)
        yield services, ear, client, entered.token
        ear.close()


def _store(services: Services, owner: str, fixes: Sequence[Fix]) -> None:
    now = services.now()
    with services.store.write() as session:
        session.add(
            ConnectionRow(
                id="c", owner=owner, name="", kind="folder", address="", account_id="", account_name="", limits=[],
                sealed="", by_login_flow=False, created_at=now,
            )
        )  # fmt: skip
        session.flush()
        session.add(
            TraceRow(
                id="t", owner=owner, connection_id="c", title="", titled=True, style={}, salt="", version=0, pulls=0,
                attempt=0, job_id="bench", by_watch=False, created_at=now, updated_at=now,
            )
        )  # fmt: skip
        session.flush()
        for n, fix in enumerate(fixes):
            asset = Asset(
                id=fix.asset_id, where="", version="1", name=f"IMG_{n:05}.jpg", media_type="image/jpeg", size=None
            )
            said, key = pack_asset(asset), f"k{fix.asset_id}"
            session.add(PhotoRow(trace_id="t", asset_id=asset.id, owner=owner, key=key, position=n, asset=said))
            session.add(FixRow(connection_id="c", asset_id=fix.asset_id, owner=owner, version="1", fix=pack_fix(fix)))


class Corrector:
    """Somebody who corrects one leg after the other."""

    def __init__(self, ear: Ear, client: FlaskClient, token: str, bare: Bare) -> None:
        self._ear, self._client, self._bare = ear, client, bare
        self._headers = {"Authorization": f"Bearer {token}"}
        self._version = 1

    def took(self, action: str, edit: Mapping[str, Any]) -> Took:
        heard = self._ear.heard.asks
        heard.clear()
        headers = {**self._headers, "If-Match": f'"{self._version}"'}
        began, cpu = time.perf_counter(), time.process_time()
        answer = self._client.post(f"/api/v1/traces/t/{action}", json={"edit": edit}, headers=headers)
        request_s, cpu_s = time.perf_counter() - began, time.process_time() - cpu
        assert answer.status_code == 200, answer.text
        self._version = int((answer.get_json() or {}).get("version", self._version))
        calls = self._bare.calls(heard)
        raw_cpu = took_s(calls, read=False)
        raw = took_s(calls, time.perf_counter, read=False)
        engine = float(answer.headers["Server-Timing"].partition("dur=")[2])
        return Took(request_s * 1000, engine, cpu_s * 1000, raw * 1000, raw_cpu * 1000, len(heard))


def corrections(trace: Trace, count: int) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """What to do where: kind, action of the service, edit. Legs of more than 200 m, all over the trace."""
    rng = random.Random(3)
    legs = [leg for leg in trace.legs if leg.how is How.ROUTED and leg.distance_m > 200]
    chosen = rng.sample(legs, min(2 * count, len(legs)))
    for leg, second in zip(chosen[::2], chosen[1::2], strict=False):
        between = _between(trace, leg)
        lat, lon = Line.of(leg.shapes).at_share(0.5)
        point = {"lat": lat + rng.uniform(-1, 1) * 2e-3, "lon": lon + rng.uniform(-1, 1) * 2e-3}
        yield "preview", "preview", {"kind": "via", **between, **point, "lat": point["lat"] + 5e-4}
        yield "via", "edits", {"kind": "via", **between, **point}
        other = next(mode for mode in (Mode.CAR, Mode.WALK, Mode.BICYCLE) if mode is not second.mode)
        yield "mode", "edits", {"kind": "mode", **_between(trace, second), "mode": other.value}


def _between(trace: Trace, leg: Leg) -> Mapping[str, str]:
    a, b = trace.stops[leg.from_stop], trace.stops[leg.to_stop]
    return {"after_asset": f"k{a.asset_ids[-1]}", "before_asset": f"k{b.asset_ids[0]}"}


def print_kind(kind: str, took: Sequence[Took]) -> None:
    def spread(values: Sequence[float]) -> str:
        return f"{median(values):6.1f} {quantiles(values, n=20)[-1]:6.1f}"

    columns = ("request", "engine", "raw", "rest", "cpu", "raw_cpu")
    figures = "  ".join(f"{name} {spread([getattr(each, name) for each in took])}" for name in columns)
    p95 = [quantiles([getattr(each, name) for each in took], n=20)[-1] for name in ("engine", "raw")]
    calls = sorted({each.calls for each in took})
    print(f"{kind:8} {figures}  engine/raw at 95 % {p95[0] / p95[1]:.2f}  calls {calls}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--maps", type=Path, required=True)
    parser.add_argument("--map", default="porto-alegre")
    parser.add_argument("--bench", type=Path, default=SHARED_BENCH)
    parser.add_argument("--photos", type=int, nargs="+", default=[1000, 10_000])
    parser.add_argument("--edits", type=int, default=60)
    arguments = parser.parse_args()
    for photos in arguments.photos:
        fixes = long_trip(arguments.bench, arguments.map, photos)
        with (
            service(arguments.maps, arguments.map, fixes) as (services, ear, client, token),
            bare(arguments.maps, arguments.map) as plain,
        ):
            with services.store.read() as session:
                trace = trace_of(session, "t")
            somebody = Corrector(ear, client, token, plain)
            took: dict[str, list[Took]] = {}
            for kind, action, edit in corrections(trace, arguments.edits):
                took.setdefault(kind, []).append(somebody.took(action, edit))
        print(f"{photos} photos, {len(trace.legs)} legs; milliseconds, median and 95 %")
        for kind, each in took.items():
            print_kind(kind, each[1:])  # the first one opens the trace


if __name__ == "__main__":
    main()
