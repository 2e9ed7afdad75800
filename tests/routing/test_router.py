"""One suite over both engines: the router in this process and a Valhalla server over HTTP answer alike."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from connector.maps.registry import Map
from connector.routing.pool import open_routers
from connector.routing.remote import RemoteRouter
from connector.routing.router import Ask, Point, Router, RouterDown
from connector.trace.shape import decode, distance_m, length_m
from tests.routing.servers import free_port, valhalla_server
from tests.tiny_network import LAT, LON, crossing, street_between

LANDING_STAGE = (LAT + 0.036, LON + 0.042)
FAR_AWAY = (10.0, 10.0)


def point(at: tuple[float, float], radius_m: int = 20) -> Point:
    return Point(lat=at[0], lon=at[1], radius_m=radius_m)


def ask(a: tuple[float, float], b: tuple[float, float], costing: str = "auto") -> Ask:
    return Ask(points=(point(a), point(b)), costing=costing)


@pytest.fixture(scope="module")
def embedded(tiny_maps: Path) -> Iterator[Router]:
    with open_routers(tiny_maps) as routers:
        yield routers.all[0]


@pytest.fixture(scope="module")
def remote(tiny_map: Map, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Router]:
    with valhalla_server(tiny_map.folder / "roads.tar", tmp_path_factory.mktemp("server")) as url:
        router = RemoteRouter("far", url)
        yield router
        router.close()


@pytest.fixture(params=["embedded", "remote"])
def router(request: pytest.FixtureRequest) -> Router:
    found: Router = request.getfixturevalue(request.param)
    return found


def test_a_way_along_a_street(router: Router) -> None:
    (route,) = router.routes([ask(crossing(2, 1), crossing(2, 6))])
    assert route is not None
    expected = street_between((2, 1), (2, 6))
    assert distance_m(route.start, expected[0]) < 2
    assert distance_m(route.end, expected[-1]) < 2
    assert route.length_m == pytest.approx(length_m(expected), rel=0.01)
    assert all(min(distance_m(at, street) for street in expected) < 150 for at in decode(route.shape))


@pytest.mark.parametrize("costing", ["pedestrian", "bicycle", "auto"])
def test_every_mode_of_the_road(router: Router, costing: str) -> None:
    (route,) = router.routes([ask(crossing(0, 0), crossing(10, 10), costing)])
    assert route is not None
    assert route.time_s > 0
    assert not route.has_ferry


def test_no_road_near_is_an_answer(router: Router) -> None:
    off_the_roads = (LAT - 0.02, LON - 0.03)
    assert router.routes([ask(off_the_roads, crossing(5, 5)), ask(crossing(5, 5), FAR_AWAY)]) == [None, None]


def test_answers_keep_the_order_of_the_questions(router: Router) -> None:
    asks = [ask(crossing(n % 11, 0), crossing(n % 11, 1 + n % 10)) for n in range(50)]
    for question, route in zip(asks, router.routes(asks), strict=True):
        assert route is not None
        assert distance_m(route.end, (question.points[1].lat, question.points[1].lon)) < 2


def test_how_much_of_a_way_is_by_ferry(router: Router) -> None:
    (route,) = router.routes([replace(ask(crossing(8, 10), LANDING_STAGE, "pedestrian"), by_parts=True)])
    assert route is not None
    assert route.has_ferry
    assert route.ferry_m == pytest.approx(1993, abs=5)
    assert route.length_m == pytest.approx(1993 + 2 * 222.4, abs=5)


def test_the_same_shapes_and_times(embedded: Router, remote: Router) -> None:
    corners = [crossing(row, column) for row in (0, 3, 7, 10) for column in (0, 4, 10)]
    asks = [ask(a, b, costing) for a in corners for b in corners if a != b for costing in ("pedestrian", "auto")]
    assert remote.routes(asks) == embedded.routes(asks)


def test_a_version_names_the_roads(router: Router) -> None:
    assert router.version == router.version != ""


def test_a_server_that_is_not_there_is_down() -> None:
    router = RemoteRouter("far", f"http://127.0.0.1:{free_port()}")
    with pytest.raises(RouterDown, match="'far' does not answer"):
        router.routes([ask(crossing(0, 0), crossing(1, 1))])
    with pytest.raises(RouterDown, match="'far' does not answer"):
        router.version  # noqa: B018  # asking for it is the test
    router.close()


def test_a_server_that_stops_and_starts_again(tiny_map: Map, tmp_path: Path) -> None:
    tar, port = tiny_map.folder / "roads.tar", free_port()
    question = ask(crossing(0, 0), crossing(4, 4))
    with valhalla_server(tar, tmp_path / "first", port) as url:
        router = RemoteRouter("far", url)
        before = router.routes([question])
    with pytest.raises(RouterDown):
        router.routes([question])
    with valhalla_server(tar, tmp_path / "second", port):
        assert router.routes([question]) == before
    router.close()


@contextmanager
def somebody_elses_server(body: bytes, status: int) -> Iterator[str]:
    """A web server that answers everything with that."""

    class Page(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # named by http.server
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # named by http.server
            return

    with HTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"<html>hello</html>", 200),
        (b'{"trip": {"legs": [], "summary": {"length": 1, "time": 1}}}', 200),
        (b'{"trip": {"legs": [{"shape": 7}], "summary": {"length": 1, "time": 1}}}', 200),
        (b'{"detail": "no such page"}', 404),
        (b"", 502),
    ],
)
def test_a_server_that_is_no_router(body: bytes, status: int) -> None:
    with somebody_elses_server(body, status) as url:
        router = RemoteRouter("far", url)
        with pytest.raises(RouterDown, match=rf"does not answer as a router \(HTTP {status}\)"):
            router.routes([ask(crossing(0, 0), crossing(1, 1))])
        with pytest.raises(RouterDown, match="does not answer as a router"):
            router.version  # noqa: B018  # asking for it is the test
        router.close()


def test_trains_run_on_rails(embedded: Router) -> None:
    a, b = (LAT - 0.003, LON), (LAT - 0.003, LON + 0.04)
    (route,) = embedded.routes([ask(a, b, "train")])
    assert route is not None
    assert route.length_m == pytest.approx(distance_m(a, b), rel=0.01)
    assert embedded.has_rails_at(*a)
    assert not embedded.has_rails_at(*FAR_AWAY)


def test_the_map_here_comes_before_the_server(tiny_maps: Path) -> None:
    with open_routers(tiny_maps, urls=["far=http://127.0.0.1:1"]) as routers:
        here, there = routers.covering(crossing(1, 1), crossing(2, 2)), routers.covering(crossing(1, 1), FAR_AWAY)
        assert (here and here.map_name, there and there.map_name) == ("tiny", "far")


def test_a_place_between_two_maps_is_nobodys(tiny_maps: Path) -> None:
    with open_routers(tiny_maps) as routers:
        assert routers.covering(crossing(1, 1), FAR_AWAY) is None


@pytest.mark.parametrize("said", ["http://host:8002", "far=ftp://host", "=http://host", "far"])
def test_an_address_that_is_none(tiny_maps: Path, said: str) -> None:
    with pytest.raises(ValueError, match="name=http://host:8002"):
        open_routers(tiny_maps, urls=[said])


def test_a_map_that_is_not_there(tiny_maps: Path) -> None:
    with pytest.raises(KeyError, match="there are: tiny"):
        open_routers(tiny_maps, ["nowhere"])
