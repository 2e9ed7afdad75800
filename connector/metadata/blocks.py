"""A file that is read by ranges: seekable like a file, every block fetched once."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Protocol, override

BLOCK_BYTES = 32 * 1024
MOST_BLOCKS = 96
"""About 3 MB: no honest file needs more for its metadata."""


class Seekable(Protocol):
    """As much of a binary file as finding metadata needs."""

    def seek(self, offset: int, whence: int = 0, /) -> int: ...

    def read(self, size: int = -1, /) -> bytes: ...


class TooScattered(Exception):
    """The metadata would take more reading than it is worth, or the file sends its reader round in circles."""


class RangeFile(io.RawIOBase):
    """A read-only file over ``fetch(start, length)``. Runs of missing blocks are fetched in one call.

    Reading raises TooScattered after ``MOST_BLOCKS`` blocks. ``requests`` counts the calls of ``fetch``.
    """

    def __init__(self, fetch: Callable[[int, int], bytes], size: int) -> None:
        super().__init__()
        self._fetch = fetch
        self.size = size
        self.requests = 0
        self._at = 0
        self._blocks: dict[int, bytes] = {}

    @override
    def seekable(self) -> bool:
        return True

    @override
    def readable(self) -> bool:
        return True

    @override
    def tell(self) -> int:
        return self._at

    @override
    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        self._at = max(0, start + offset)
        return self._at

    @override
    def read(self, size: int | None = -1, /) -> bytes:
        left = max(0, self.size - self._at)
        wanted = left if size is None or size < 0 else min(size, left)
        if wanted == 0:
            return b""
        first, last = self._at // BLOCK_BYTES, (self._at + wanted - 1) // BLOCK_BYTES
        self._load(first, last)
        joined = b"".join(self._blocks[n] for n in range(first, last + 1))
        skip = self._at - first * BLOCK_BYTES
        self._at += wanted
        return joined[skip : skip + wanted]

    @override
    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]  # io's stub says `object`; it is always a buffer
        data = self.read(len(view))
        view[: len(data)] = data
        return len(data)

    def _load(self, first: int, last: int) -> None:
        missing = [n for n in range(first, last + 1) if n not in self._blocks]
        if len(self._blocks) + len(missing) > MOST_BLOCKS:
            raise TooScattered(f"its metadata needs more than {MOST_BLOCKS * BLOCK_BYTES // 1024} kB to be read")
        while missing:
            run = [missing.pop(0)]
            while missing and missing[0] == run[-1] + 1:
                run.append(missing.pop(0))
            self._take(run)

    def _take(self, run: list[int]) -> None:
        start = run[0] * BLOCK_BYTES
        data = self._fetch(start, min((run[-1] + 1) * BLOCK_BYTES, self.size) - start)
        self.requests += 1
        for k, n in enumerate(run):
            self._blocks[n] = data[k * BLOCK_BYTES : (k + 1) * BLOCK_BYTES]
