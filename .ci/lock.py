"""Renews manifests/constraints.txt: exactly what is installed in this environment, without any address."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HEAD = "# Exact versions of everything that is installed, on every machine. Renewed by `make lock`.\n"
TARGET = Path(__file__).resolve().parents[1] / "manifests" / "constraints.txt"

frozen = subprocess.run(
    [sys.executable, "-m", "pip", "freeze", "--exclude-editable", "--exclude", "image-tracer"],
    capture_output=True,
    text=True,
    check=True,
).stdout
lines = [line for line in frozen.splitlines() if "==" in line and " @ " not in line]
TARGET.write_text(HEAD + "\n".join(sorted(lines, key=str.lower)) + "\n", encoding="utf-8")
sys.stdout.write(f"{len(lines)} versions written to {TARGET.name}\n")
