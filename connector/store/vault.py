"""Credentials at rest: AES-256-GCM per row. The key lives outside the database.

A sealed text is ``<key id>.<base64 of nonce and ciphertext>``. What it belongs to (``what``, ``row``, ``owner``) is
authenticated with it: a ciphertext that was moved to another row does not open.

Secrets that need no place in the database are derived from the oldest key: they outlive that a newer one is added.
"""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SHORTEST_KEY = 32
_FILE = "secret.key"


class WrongKey(Exception):
    """A sealed text does not open: the key is another one, or the row was tampered with. The text says which."""


class Vault:
    """Seals by the newest key and opens by any of them."""

    def __init__(self, keys: Sequence[str]) -> None:
        """``keys``: texts of at least 32 characters, the newest first.

        Raises:
            ValueError: there is none, or one is too short.
        """
        if not keys or any(len(key) < SHORTEST_KEY for key in keys):
            raise ValueError(
                f"a secret key must have at least {SHORTEST_KEY} characters; take 32 random bytes in base64"
            )
        self._ciphers = {key_id(key): AESGCM(_derived(key, b"image-tracer credentials")) for key in keys}
        self._newest = key_id(keys[0])
        self._root = _derived(keys[-1], b"image-tracer secrets")

    def seal(self, text: str, *bound_to: str) -> str:
        """The sealed text; it opens only with the same ``bound_to``."""
        nonce = secrets.token_bytes(12)
        cipher = self._ciphers[self._newest].encrypt(nonce, text.encode(), _bound(bound_to))
        return f"{self._newest}.{base64.b64encode(nonce + cipher).decode()}"

    def open(self, sealed: str, *bound_to: str) -> str:
        """The text.

        Raises:
            WrongKey: its key is not among ours, or it belongs to another row.
        """
        name, _, body = sealed.partition(".")
        if name not in self._ciphers:
            raise WrongKey(f"it was sealed with the key {name}, and here are only {', '.join(self._ciphers)}")
        raw = base64.b64decode(body)
        try:
            return self._ciphers[name].decrypt(raw[:12], raw[12:], _bound(bound_to)).decode()
        except InvalidTag:
            raise WrongKey(f"what is sealed for {bound_to[0]} does not open: it was changed or moved") from None

    def secret(self, *of: str) -> str:
        """A secret of what is named, 64 characters, the same until the oldest key is taken away. Nothing is kept."""
        return hashlib.blake2b(_bound(of), key=self._root, digest_size=32).hexdigest()

    def is_newest(self, sealed: str) -> bool:
        """Whether the newest key sealed it."""
        return sealed.startswith(f"{self._newest}.")


def key_id(key: str) -> str:
    """A short name of a key that says nothing of it."""
    return hashlib.sha256(b"image-tracer key " + key.encode()).hexdigest()[:8]


def _derived(key: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(key.encode())


def _bound(parts: Sequence[str]) -> bytes:
    return "\x1f".join(parts).encode()


def keys_in(folder: Path, given: str | None) -> list[str]:
    """The keys: those ``given`` (blanks between), else the ones in ``secret.key``, which is made when absent (0600)."""
    if given is not None:
        return given.split()
    path = folder / _FILE
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        part = _written(folder, [base64.b64encode(secrets.token_bytes(32)).decode()])
        with suppress(FileExistsError):  # of two processes that do it together one wins
            os.link(part, path)
        part.unlink()
    return path.read_text(encoding="ascii").split()


def write_keys(folder: Path, keys: Sequence[str]) -> None:
    """Puts these keys in the place of those in ``secret.key``, in one step."""
    _written(folder, keys).replace(folder / _FILE)


def _written(folder: Path, keys: Sequence[str]) -> Path:
    """A new file with the keys beside the real one, for this user alone."""
    part = folder / f".{_FILE}.{os.getpid()}.{secrets.token_hex(4)}"
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write("\n".join(keys) + "\n")
        file.flush()
        os.fsync(file.fileno())
    return part
