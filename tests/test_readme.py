"""README and CHANGELOG against the code: settings, commands, code map, links."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import click
import pytest

from connector.cli import main
from connector.settings import described

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def _rows(heading: str) -> list[list[str]]:
    section = README.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [[cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows]


def settings_rows() -> list[str]:
    """The rows of the settings table as the code has them; `python -m tests.test_readme` prints them."""
    return [f"| `{name}` | {f'`{default}`' if default else ''} | {text} |" for name, default, text in described()]


def test_the_settings_table_is_the_codes_own() -> None:
    section = README.split("\n## Settings\n")[1].split("\n## ")[0]
    assert [line for line in section.splitlines() if line.startswith("| `")] == settings_rows()


def test_every_command_of_the_table_exists_and_every_command_is_in_it() -> None:
    context = click.Context(main)
    named = {re.match(r"`image-tracer ([a-z-]+)", row[0])[1] for row in _rows("Commands")}  # type: ignore[index]
    assert named == set(main.list_commands(context))


@pytest.mark.parametrize(
    "line", re.findall(r"(?<=^)image-tracer [^\n#]+|(?<=`)image-tracer (?!connect KIND)[^`]+", README, re.MULTILINE)
)
def test_every_option_in_the_examples_exists(line: str) -> None:
    words = line.split()[1:]
    command: click.Command = main
    while isinstance(command, click.Group) and words:
        found = command.get_command(click.Context(command), words[0])
        assert found is not None, f"no command {words[0]!r} in: {line}"
        command, words = found, words[1:]
    known = {name for option in command.params for name in option.opts}
    assert set(re.findall(r"--[a-z-]+", " ".join(words))) <= known


def test_every_room_is_on_the_code_map() -> None:
    mapped = {re.search(r"`([a-z/]+)/`", row[0])[1] for row in _rows("Code map")}  # type: ignore[index]
    rooms = {f"connector/{p.name}" for p in (ROOT / "connector").iterdir() if p.is_dir() and not p.name.startswith("_")}
    rooms.discard("connector/static")
    assert mapped == rooms | {"adapters"}


def test_every_link_to_a_file_leads_somewhere() -> None:
    links = re.findall(r"\]\((?!https?:|#)([^)]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_changelog_speaks_of_this_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "## [Unreleased]" in text or f"## [{version}]" in text


if __name__ == "__main__":
    print("\n".join(settings_rows()))  # for pasting into README
