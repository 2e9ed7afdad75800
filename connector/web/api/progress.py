"""How far the making of a trace is, as server-sent events. A stream holds a thread: it ends soon and is counted."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from flask import Flask, Response, current_app, g
from pydantic import BaseModel, ConfigDict

from connector.actions import traces
from connector.actions.errors import NotFound, TooMany
from connector.actions.progress import ENDED, Progress
from connector.web.context import person, services
from connector.web.schema import AtTrace, api

blueprint = api("progress", "How far the making of a trace is")
COME_BACK_MS = 1000
MOST_STREAMS = 6
"""Of one person at a time: as many as a browser opens to one server."""
_STREAM = {"description": "Events `progress`, the last one `done` or `failed`", "content": {"text/event-stream": {}}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long a stream lasts, how often it looks, and after how much silence it gives a sign of life."""

    longest_s: float = 45.0
    look_every_s: float = 0.5
    ping_every_s: float = 15.0


class ShownProgress(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    state: str
    done: int
    total: int | None
    found: int | None
    read: int
    legs: int | None
    legs_done: int
    message: str | None


class _Streams:
    """How many streams each person has open."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: Counter[str] = Counter()

    def enter(self, who: str) -> None:
        with self._lock:
            if self._open[who] >= MOST_STREAMS:
                raise TooMany(Pace().longest_s)
            self._open[who] += 1

    def leave(self, who: str) -> None:
        with self._lock:
            self._open[who] -= 1
            if self._open[who] <= 0:
                del self._open[who]


EXTENSION = "image_tracer_streams"
PACE = "TRACER_STREAM_PACE"
"""Name of the application's setting that holds the pace of its streams."""


def install(app: Flask) -> None:
    """Gives the application its count of streams and their pace."""
    app.extensions[EXTENSION] = _Streams()
    app.config[PACE] = Pace()


@blueprint.get("/traces/<id:trace_id>/progress", responses={200: _STREAM})
def progress(path: AtTrace) -> Response:
    """Events while the trace is made. The stream ends when it is done or has failed, or after 45 seconds."""
    here, who = services(), person()
    now = traces.progress(here, who, path.trace_id)
    streams: _Streams = current_app.extensions[EXTENSION]
    streams.enter(who.id)
    steps = _steps(lambda: traces.progress(here, who, path.trace_id), now, _pace())
    response = Response(steps, mimetype="text/event-stream")
    response.call_on_close(lambda: streams.leave(who.id))
    response.headers["Cache-Control"] = "no-cache"
    response.headers["X-Accel-Buffering"] = "no"
    return response


def _pace() -> Pace:
    """A server that passes its users' requests on passes an answer on when it is complete: there, one look each."""
    pace: Pace = current_app.config[PACE]
    return replace(pace, longest_s=0.0) if "vouched" in g else pace


def _steps(look: Callable[[], Progress], now: Progress, pace: Pace) -> Iterator[str]:
    yield f": ping\nretry: {COME_BACK_MS}\n\n"
    yield _event(now)
    began = spoke = time.monotonic()
    while now.state not in ENDED and time.monotonic() - began < pace.longest_s:
        time.sleep(pace.look_every_s)
        try:
            before, now = now, look()
        except NotFound:
            return  # it was taken away meanwhile
        if now != before:
            yield _event(now)
        elif time.monotonic() - spoke >= pace.ping_every_s:
            yield ": ping\n\n"
        else:
            continue
        spoke = time.monotonic()


def _event(now: Progress) -> str:
    shown = ShownProgress.model_validate(now).model_dump(mode="json")
    text = json.dumps(shown, ensure_ascii=False, separators=(",", ":"))
    return f"event: progress\ndata: {text}\n\n"
