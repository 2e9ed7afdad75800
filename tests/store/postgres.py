"""A PostgreSQL server of the suite's own, where one is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL of our own on a socket, or TRACER_TEST_POSTGRES."""
    given = os.environ.get("TRACER_TEST_POSTGRES")
    if given:
        yield given
        return
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    initdb, ctl = (shutil.which(name, path=str(found[-1]) if found else None) for name in ("initdb", "pg_ctl"))
    if initdb is None or ctl is None:
        pytest.skip("no PostgreSQL server is installed (apt-get install postgresql)")
    as_user: list[str] = []
    with tempfile.TemporaryDirectory(prefix="image-tracer-pg-") as scratch:
        folder = Path(scratch)
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
            as_user = ["runuser", "-u", "postgres", "--"]
        run = partial(subprocess.run, check=True, capture_output=True, cwd=folder)
        run([*as_user, initdb, "-D", str(folder / "db"), "-U", "postgres"])
        at = [*as_user, ctl, "-D", str(folder / "db"), "-w", "-l", str(folder / "log")]
        run([*at, "-o", f"-k {folder} -c listen_addresses='' -c fsync=off", "start"])
        try:
            yield f"postgresql://postgres@/postgres?host={folder}"
        finally:
            run([*at, "-m", "immediate", "stop"])
