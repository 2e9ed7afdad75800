"""Runs the measurements: `python -m tests.bench [NAME...]`; without a name it lists them.

Each is a module of its own and takes options of its own, see its docstring: `python -m tests.bench.pull --photos 200`.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent


def benches() -> dict[str, str]:
    """Name -> first line of its docstring, of every module here that can be run."""
    found = {}
    for path in sorted(HERE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if '__name__ == "__main__"' in text and path.name != "__main__.py":
            name = ".".join(path.relative_to(HERE).with_suffix("").parts)
            found[name] = (ast.get_docstring(ast.parse(text)) or "").partition("\n")[0]
    return found


def main(wanted: list[str]) -> int:
    known = benches()
    unknown = [name for name in wanted if name not in known]
    if unknown or not wanted:
        sys.stdout.write("".join(f"{name:20} {what}\n" for name, what in known.items()))
        if unknown:
            sys.stderr.write(f"There is no measurement called {', '.join(unknown)}.\n")
        return 2 if unknown else 0
    codes = []
    for name in wanted:
        sys.stdout.write(f"\n== {name}: {known[name]}\n")
        sys.stdout.flush()
        codes.append(subprocess.run([sys.executable, "-m", f"tests.bench.{name}"], check=False).returncode)
    return max(codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
