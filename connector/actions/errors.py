"""What actions refuse. The texts are for people, without secrets. `adapters.library.LibraryError` passes through."""

from __future__ import annotations

import math
from collections.abc import Sequence

from connector.routing.router import RouterDown as RouterDown  # passes through too


class ActionError(Exception):
    """Something a person asked for cannot be done."""


class NotFound(ActionError):
    """There is no such thing, or it is somebody else's: the two are never told apart."""

    def __init__(self, what: str = "that") -> None:
        super().__init__(f"there is no {what} here")


class Stale(ActionError):
    """Somebody changed it meanwhile. ``version``: the one it has now."""

    def __init__(self, version: int) -> None:
        super().__init__(
            f"it was changed meanwhile and is at version {version} now; read it again and repeat the change"
        )
        self.version = version


class SignInFailed(ActionError):
    """The token, code or account does not sign anybody in."""


class Forbidden(ActionError):
    """This person may not do that."""


class PasswordNeeded(ActionError):
    """The share has a password, and it was not given or is not the right one."""


class NotReady(ActionError):
    """The trace has not been made yet."""


class Conflict(ActionError):
    """There is one of that name already."""


class Invalid(ActionError):
    """What was said cannot be right; ``problems`` holds all of it, one sentence each."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


class TooMany(ActionError):
    """Too many tries. ``retry_after_s``: when the next one is heard, in whole seconds, at least 1."""

    def __init__(self, retry_after_s: float) -> None:
        self.retry_after_s = max(1, math.ceil(retry_after_s))
        super().__init__(f"too many tries; wait {self.retry_after_s} seconds")


class CannotStart(ActionError):
    """The installation is not fit to run: the text says what is wrong and what to do."""
