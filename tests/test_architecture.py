"""The rules of README's code map, held against the code's own imports and words."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
ENGINE = ("metadata", "trace", "routing")

#: room -> the rooms of `connector` it may import (itself always)
MAY_IMPORT = {
    "metadata": set(),
    "routing": {"maps"},
    "trace": {"metadata", "routing"},
    "maps": set(),
    "render": {"metadata", "trace", "maps"},
    "atlas": {"metadata", "trace", "maps"},
    "store": {"metadata", "trace", "settings"},
    "actions": {"metadata", "trace", "routing", "maps", "render", "atlas", "store", "settings", "net"},
    "jobs": {"actions", "settings"},
    "web": {"actions", "settings", "render", "trace", "metadata"},
    "demo": {"actions", "settings", "maps", "routing", "trace", "metadata", "net", "render"},
    "cli": {
        "actions",
        "demo",
        "jobs",
        "maps",
        "metadata",
        "net",
        "render",
        "routing",
        "settings",
        "store",
        "trace",
        "web",
    },
    "widget": set(),
    "settings": {"net"},
    "net": set(),
}
#: what a room may know of the seam
VALUES_ONLY = "adapters.library"
#: packages that only some rooms may import
ONLY_IN = {
    "flask": {"web"},
    "flask_openapi3": {"web"},
    "dbos": {"jobs"},
    "sqlalchemy": {"store", "actions", "jobs"},
    "alembic": {"store"},
    "valhalla": {"routing", "maps"},
    "webdav4": {"adapters"},
}
PROVIDERS = ("immich", "nextcloud")


def _modules() -> Iterator[tuple[Path, ast.Module]]:
    for folder in ("connector", "adapters"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "node_modules" not in path.parts:
                yield path, ast.parse(path.read_text(encoding="utf-8"), str(path))


def _room(path: Path) -> str:
    parts = path.relative_to(ROOT).parts
    if parts[0] == "adapters":
        return "adapters"
    return parts[1].removesuffix(".py")


def _imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield node.lineno, node.module
            yield from ((node.lineno, f"{node.module}.{name.name}") for name in node.names)


def _broken_rules(path: Path, tree: ast.Module) -> Iterator[str]:
    room, where = _room(path), path.relative_to(ROOT)
    for line, name in _imports(tree):
        top, _, rest = name.partition(".")
        if top in ONLY_IN and room not in ONLY_IN[top]:
            yield f"{where}:{line} imports {top}, which only {' and '.join(sorted(ONLY_IN[top]))} may know"
        if room == "adapters" and top == "connector":
            yield f"{where}:{line}: adapters know nothing of connector"
        if top == "connector" and room in MAY_IMPORT and rest:
            other = rest.split(".")[0]
            if other != room and other not in MAY_IMPORT[room]:
                yield f"{where}:{line}: {room} must not import {other}"
        if top == "adapters" and room in ENGINE and name.split(".")[:2] != VALUES_ONLY.split("."):
            yield f"{where}:{line}: the engine knows only the values of the seam"


def test_imports_go_one_way() -> None:
    broken = {rule for path, tree in _modules() for rule in _broken_rules(path, tree)}
    assert not sorted(broken)


def test_every_room_has_its_rule() -> None:
    rooms = {_room(path) for path, _ in _modules() if _room(path) not in ("adapters", "__init__")}
    assert rooms <= set(MAY_IMPORT), "a new room: say in MAY_IMPORT what it may import, and in README what it is for"


@pytest.mark.parametrize("room", ENGINE)
def test_the_engine_asks_no_clock_and_no_environment(room: str) -> None:
    asked = []
    for path, tree in _modules():
        if _room(path) != room:
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv", "now", "utcnow", "today"):
                asked.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.attr}")
    assert not asked


def test_no_providers_name_outside_its_adapter() -> None:
    """Not in the program: its texts about a provider come from the adapter."""
    named = []
    for path, _ in _modules():
        where = path.relative_to(ROOT)
        if where.parts[0] == "adapters" or where == Path("connector/web/exapp.py"):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if re.search("|".join(PROVIDERS), line, re.IGNORECASE):
                named.append(f"{where}:{number}: {line.strip()}")
    assert not named


def test_importing_the_seam_loads_no_provider() -> None:
    code = "import sys, adapters, adapters.library; print([m for m in sys.modules if m.startswith('adapters.')])"
    done = subprocess.run([_python(), "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "['adapters.library']"


def _python() -> str:
    import sys

    return sys.executable


FORBIDDEN = re.compile(
    r"p[y]pi\.org|p[y]thonhosted|registry\.n[p]mjs|registry\.y[a]rnpkg|deb\.d[e]bian|/w[o]rk/|/r[o]ot/",
)


def _tracked() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def test_no_registry_host_and_no_path_of_one_machine() -> None:
    found = []
    for path in _tracked():
        text = path.read_bytes().decode("utf-8", "replace")
        found += [f"{path.relative_to(ROOT)}: {hit.group()}" for hit in FORBIDDEN.finditer(text)]
    assert not found


def test_nothing_large_and_nothing_built_is_kept() -> None:
    large = [str(p.relative_to(ROOT)) for p in _tracked() if p.stat().st_size > 600_000]
    built = [str(p.relative_to(ROOT)) for p in _tracked() if "connector/static/" in p.as_posix()]
    assert not large
    assert not built


def test_the_top_level_holds_only_what_was_agreed() -> None:
    agreed = {"pyproject.toml", "README.md", "LICENSE", "connector", "adapters", "tests", "manifests"}
    tools = {".ci", ".gitignore", ".python-version", "Makefile", "CHANGELOG.md"}
    assert {path.relative_to(ROOT).parts[0] for path in _tracked()} <= agreed | tools
