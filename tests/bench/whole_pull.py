"""One pull of one album by a process that does nothing else: begun by `immich_listing`, which reads what it prints.

The library is connected and the database made by another process before, as it is where the program runs.
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


def connect(data: str, options: str) -> None:
    """Makes the installation and connects the library."""
    with open_services(_settings(data), _Later()) as services:
        connections.connect(services, people.local(services), "bench", "immich", json.loads(options))


def pulled(data: str, album_id: str) -> None:
    """Pulls the album, all but the routing, and prints what that took."""
    with open_services(_settings(data), _Later()) as services:
        owner = people.local(services)
        (connection,) = connections.connections(services, owner)
        trace_id = traces.start(services, owner, connection.id, [album_id]).trace_id
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
    """``connect DATA OPTIONS`` or ``pulled DATA ALBUM``."""
    {"connect": connect, "pulled": pulled}[sys.argv[1]](sys.argv[2], sys.argv[3])
