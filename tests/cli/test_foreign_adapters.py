"""`adapters` is also the import name of a foreign package: the command says so instead of failing somewhere."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("command", [("map", "list"), ("albums", "photos"), ("--help",)])
def test_the_foreign_package_is_named(tmp_path: Path, command: tuple[str, ...]) -> None:
    (tmp_path / "adapters.py").write_text("")
    path = os.pathsep.join([str(tmp_path), str(ROOT)])
    done = subprocess.run(
        [sys.executable, "-c", "from connector.cli import main; main()", *command],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": path, "TRACER_DATA": str(tmp_path / "data")},
        cwd=tmp_path,
    )
    assert done.returncode == 1
    assert str(tmp_path / "adapters.py") in done.stderr
    assert "environment of its own" in done.stderr
    assert "Traceback" not in done.stderr
