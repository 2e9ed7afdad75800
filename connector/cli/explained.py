"""Every error a command may meet, as one sentence and an exit code. The one table of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from adapters import library
from connector.actions import errors
from connector.routing.router import RouterDown
from connector.settings import BadSettings

#: the first that fits counts. 2 is what a wrong command line ends with
EXIT_CODES: tuple[tuple[type[Exception], int], ...] = (
    (BadSettings, 2),
    (library.BadSettings, 2),
    (errors.Invalid, 2),
    (errors.Conflict, 2),
    (errors.NotFound, 3),
    (library.NotFound, 3),
    (library.Unauthorized, 4),
    (errors.SignInFailed, 4),
    (errors.Forbidden, 4),
    (library.Unavailable, 5),
    (RouterDown, 5),
    (library.LibraryError, 1),
    (errors.CannotStart, 78),
    (errors.ActionError, 1),
)


class Explained(click.ClickException):
    """What is shown instead of a traceback."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.exit_code = code  # type: ignore[misc]  # click reads it from the instance, and declares it on the class


@contextmanager
def explained() -> Iterator[None]:
    """Turns an error people can understand into its sentence; any other is a fault of ours and keeps its traceback."""
    try:
        yield
    except tuple(kind for kind, _ in EXIT_CODES) as error:
        problems = getattr(error, "problems", None)
        text = "\n       ".join(problems) if problems else str(error)
        raise Explained(text, exit_code(error)) from None


@contextmanager
def writing(out: Path) -> Iterator[None]:
    """Turns what the disk says while something is written there into a sentence."""
    try:
        yield
    except OSError as error:
        raise Explained(
            f"{out} cannot be written: {error.strerror or error}; name a place that exists and is yours", 1
        ) from None


def text_of(path: Path) -> str:
    """The text of a file, without the blanks around it.

    Raises:
        Explained: it cannot be read, or holds no text.
    """
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Explained(f"{path} cannot be read: {error}", 2) from None


def exit_code(error: Exception) -> int:
    """What a command ends with after that error."""
    return next((code for kind, code in EXIT_CODES if isinstance(error, kind)), 1)
