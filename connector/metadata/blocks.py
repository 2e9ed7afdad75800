"""A file that is read by ranges: seekable like a file, every block fetched once."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Protocol, override

BLOCK_BYTES = 16 * 1024
FIRST_BLOCKS = 4
"""64 kB at the start hold the EXIF of nearly every JPEG, and the table of contents of nearly everything else."""
NEXT_BLOCKS = 2
TAIL_BYTES = 96 * 1024
"""Who reads this close to the end wants the rest as well: a movie's header, a PNG's or WebP's last chunks."""
MOST_BLOCKS = 192
"""About 3 MB: no honest file needs more for its metadata."""
MOST_REQUESTS = 8
"""Pictures need one or two, a movie or a raw file three; more is a file that sends its reader round."""


class Seekable(Protocol):
    """As much of a binary file as finding metadata needs."""

    def seek(self, offset: int, whence: int = 0, /) -> int: ...

    def read(self, size: int = -1, /) -> bytes: ...


class TooScattered(Exception):
    """The metadata would take more reading than it is worth, or the file sends its reader round in circles."""


class Sealed(TooScattered):
    """What is still to come was not worth another request."""


class RangeFile(io.RawIOBase):
    """A read-only file over ``fetch(start, length)``. Runs of missing blocks are fetched in one call.

    Reading raises TooScattered after ``MOST_BLOCKS`` blocks or ``MOST_REQUESTS`` calls, and Sealed after fewer calls
    once :meth:`seal` said so.
    ``requests`` counts the calls of ``fetch``.
    """

    def __init__(self, fetch: Callable[[int, int], bytes], size: int) -> None:
        super().__init__()
        self._fetch = fetch
        self.size = size
        self.requests = 0
        self._at = 0
        self._blocks: dict[int, bytes] = {}
        self._last_block = max(0, (size - 1) // BLOCK_BYTES)
        self._most_requests = MOST_REQUESTS

    def seal(self, *, leaving: int) -> None:
        """What is still to come is worth ``leaving`` requests more; what was fetched can be read freely."""
        self._most_requests = min(self._most_requests, self.requests + leaving)

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
        data = joined[skip : skip + wanted]
        self._at += len(data)
        return data

    @override
    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]  # io's stub says `object`; it is always a buffer
        data = self.read(len(view))
        view[: len(data)] = data
        return len(data)

    def _load(self, first: int, last: int) -> None:
        if last - first >= MOST_BLOCKS:
            raise self._too_scattered()
        missing = [n for n in range(first, last + 1) if n not in self._blocks]
        while missing:
            run = [missing.pop(0)]
            while missing and missing[0] == run[-1] + 1:
                run.append(missing.pop(0))
            self._take(run[0], self._further(run[0], run[-1]))
            missing = [n for n in missing if n not in self._blocks]

    def _further(self, first: int, last: int) -> int:
        """The last block to fetch with ``first`` to ``last``: what will probably be asked for next comes along."""
        ahead = FIRST_BLOCKS if first == 0 else NEXT_BLOCKS
        wanted = max(last, first + ahead - 1)
        if self.size - first * BLOCK_BYTES <= TAIL_BYTES:
            wanted = self._last_block
        while wanted > last and wanted in self._blocks:
            wanted -= 1
        return min(wanted, self._last_block)

    def _take(self, first: int, last: int) -> None:
        if self.requests >= self._most_requests < MOST_REQUESTS:
            raise Sealed
        if self.requests >= MOST_REQUESTS or len(self._blocks) + last - first >= MOST_BLOCKS:
            raise self._too_scattered()
        start = first * BLOCK_BYTES
        data = self._fetch(start, min((last + 1) * BLOCK_BYTES, self.size) - start)
        self.requests += 1
        for k, n in enumerate(range(first, last + 1)):
            self._blocks[n] = data[k * BLOCK_BYTES : (k + 1) * BLOCK_BYTES]

    def _too_scattered(self) -> TooScattered:
        return TooScattered("its metadata lies too scattered to be read over a network")
