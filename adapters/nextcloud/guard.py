"""What this process has learnt of servers: refused credentials are not sent again, a locked host is left alone.

A Nextcloud counts refusals per address, not per account: after eleven within half an hour it answers *nobody* who
comes from there, with a right password neither. One broken connection would lock out everybody who uses this program.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from adapters.library import Unauthorized, Unavailable

LOCKED_S = 1800.0
"""How long a Nextcloud keeps its lock; it does not say so itself."""
REFUSED_S = 86400.0
"""After that long a refused credential is tried once more: an account that was closed may have been opened again, and
one refusal a day is far from a lock."""


@dataclass(frozen=True, slots=True, repr=False)
class Credential:
    """What every request carries to be let in. Nothing of it is ever shown."""

    headers: Mapping[str, str]
    mark: str = ""
    """Tells guests apart, who carry nothing: the link they came by."""


class Guard:
    """Shared by every connection of a process. Holds no credential, only marks of refused ones."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._salt = secrets.token_bytes(16)
        self._refused: dict[bytes, float] = {}
        self._until: dict[str, float] = {}

    def check(self, host: str, credential: Credential) -> None:
        """Before anything is sent.

        Raises:
            Unauthorized: that credential was refused within the last day.
            Unavailable: the host has locked us out and the time is not over.
        """
        with self._lock:
            now = self._now()
            refused = self._refused.get(self._mark(host, credential), now) > now
            left_s = self._until.get(host, now) - now
        if refused:
            raise Unauthorized(f"{host} refused the credential before; it is not tried again. Sign in anew")
        if left_s > 0:
            raise Unavailable(
                f"{host} has locked this address out after too many refusals; it is left alone for "
                f"{left_s / 60:.0f} more minutes. Its administrator can end that, and allow this address for good",
                retry_after_s=left_s,
            )

    def refuse(self, host: str, credential: Credential) -> None:
        """The host refused that credential."""
        with self._lock:
            self._refused[self._mark(host, credential)] = self._now() + REFUSED_S

    def lock(self, host: str) -> None:
        """The host answers nobody from here for a while."""
        with self._lock:
            self._until[host] = self._now() + LOCKED_S

    def forget(self) -> None:
        """Back to knowing nothing, as a process that starts."""
        with self._lock:
            self._refused.clear()
            self._until.clear()

    def _mark(self, host: str, credential: Credential) -> bytes:
        said = "\n".join([host, credential.mark, *(f"{k}:{v}" for k, v in sorted(credential.headers.items()))])
        return hashlib.blake2b(said.encode(), key=self._salt, digest_size=16).digest()


GUARD = Guard()
