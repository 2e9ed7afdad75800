"""One pull of one album by a process that does nothing else: begun by `immich_listing`, which reads what it prints.

The library is connected and the trace begun by another process before, as it is where the program runs: the web part
enqueues and a worker pulls.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import override

from sqlalchemy import func, select

from connector.actions import connections, people, pull, traces
from connector.actions.queue import Inline
from connector.actions.services import open_services
from connector.settings import Settings
from connector.store.tables import FixRow, PhotoRow


class _Later(Inline):
    """Leaves what is enqueued to the caller."""

    @override
    def enqueue(self, job_id: str, trace_id: str) -> None:
        del job_id, trace_id


def begin(data: str, options: str, album_id: str) -> None:
    """Makes the installation, connects the library, begins the trace and prints its id."""
    with open_services(_settings(data), _Later()) as services:
        owner = people.local(services)
        connection = connections.connect(services, owner, "bench", "immich", json.loads(options))
        print(traces.start(services, owner, connection.id, [album_id]).trace_id)


def pulled(data: str, trace_id: str) -> None:
    """Pulls the album, all but the routing, and prints what that took."""
    with open_services(_settings(data), _Later()) as services:
        cpu_s = time.process_time()
        for _ in range(pull.list_photos(services, trace_id).chunks):
            pull.read_chunk(services, trace_id)
        cpu_s = time.process_time() - cpu_s
        with services.store.read() as session:
            photos, fixes = (session.scalar(select(func.count()).select_from(table)) for table in (PhotoRow, FixRow))
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"photos": photos, "fixes": fixes, "cpu_s": cpu_s, "peak_mb": peak_mb}))


def _settings(data: str) -> Settings:
    return Settings(data=Path(data), allowed_networks=("127.0.0.0/8",))


def main() -> None:
    """``begin DATA OPTIONS ALBUM`` or ``pulled DATA TRACE``."""
    _, what, *said = sys.argv
    if what == "begin":
        begin(*said)
    else:
        pulled(*said)
