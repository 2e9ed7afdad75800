"""A Valhalla server that is stopped while a job routes by it: a real server, a real worker, a real store."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests

from connector.actions import people, scenes, traces
from connector.actions.building import build_trace
from connector.actions.progress import Overtaken, State
from connector.actions.services import Services, open_services
from connector.jobs.queue import open_queue
from connector.maps.registry import Map
from connector.metadata.fix import Fix
from connector.routing.pool import open_routers
from connector.settings import Settings
from connector.trace.build import build
from connector.trace.model import How, Trace
from tests.jobs.test_jobs import begin, ended, until, worker
from tests.routing.servers import free_port, valhalla_server
from tests.web.album import write_album


class Gate:
    """Hands questions on to a server, and calls ``at`` before the question of number ``before``."""

    def __init__(self, server: str, before: int, at: Callable[[], None]) -> None:
        self._server, self._before, self._at = server, before, at
        self._lock = threading.Lock()
        self.asked = 0

    def hand_on(self, path: str, body: bytes) -> requests.Response:
        with self._lock:
            self.asked += path == "/route"
            if path == "/route" and self.asked == self._before:
                self._at()
        return requests.post(self._server + path, data=body, timeout=30)


@contextmanager
def through(gate: Gate) -> Iterator[str]:
    """The gate's address. Where the server behind it does not answer, it hangs up without a word, as dead ones do."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # named by http.server
            body = self.rfile.read(int(self.headers["Content-Length"]))
            try:
                said = gate.hand_on(self.path, body)
            except requests.RequestException:
                self.close_connection = True
                return
            self.send_response(said.status_code)
            self.send_header("Content-Length", str(len(said.content)))
            self.end_headers()
            self.wfile.write(said.content)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # named by http.server
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    """Without any map of their own."""
    settings = Settings(data=tmp_path / "data", router_threads=1, allowed_networks=("127.0.0.0/8",))
    settings.data.mkdir()
    with open_queue(settings) as queue, open_services(settings, queue) as opened:
        yield opened


@pytest.mark.slow
def test_the_job_waits_says_so_and_finishes(services: Services, tiny_map: Map, tmp_path: Path) -> None:
    write_album(tmp_path / "library" / "walk")
    tar, port = tiny_map.folder / "roads.tar", free_port()
    running = ExitStack()
    server = running.enter_context(valhalla_server(tar, tmp_path / "first", port))
    gate = Gate(server, before=4, at=running.close)
    with running, through(gate) as url, worker(services.settings, TRACER_VALHALLA_URLS=f"far={url}"):
        trace_id = begin(services, tmp_path / "library")
        waiting = until(services, trace_id, lambda said: said.message is not None)

        assert waiting.state is State.ROUTING
        assert waiting.message is not None
        assert "the Valhalla server 'far' does not answer" in waiting.message
        assert "goes on by itself" in waiting.message
        asked = gate.asked
        with valhalla_server(tar, tmp_path / "second", port):
            done = ended(services, trace_id)

    assert (done.state, done.message) == (State.DONE, None)
    trace = scenes.scene(services, people.local(services), trace_id).trace
    assert [leg.how for leg in trace.legs] == [How.ROUTED] * len(trace.legs) != []
    expected = _by_the_map_here(tiny_map, trace.fixes)
    assert [leg.shapes for leg in trace.legs] == [leg.shapes for leg in expected.legs]
    assert asked >= 4


def test_a_job_that_was_stopped_while_it_waited_does_not_go_on(services: Services, tmp_path: Path) -> None:
    write_album(tmp_path / "library" / "walk")
    trace_id, owner = begin(services, tmp_path / "library"), people.local(services)
    traces.stop(services, owner, trace_id)
    with pytest.raises(Overtaken):
        build_trace(services, trace_id)
    said = traces.progress(services, owner, trace_id)
    assert (said.state, said.message) == (State.FAILED, "it was stopped")


def _by_the_map_here(tiny_map: Map, fixes: tuple[Fix, ...]) -> Trace:
    with open_routers(tiny_map.folder.parent) as routers:
        return build(fixes, routers)
