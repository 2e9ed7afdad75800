"""What it costs to pull an album over WebDAV, by the server's own log.

    python -m tests.bench.pull [--photos 1000] [--folder DIR]

Prints ratios, not times: the share of the bytes, and requests for one photo's metadata. Exits 1 when they are too many.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles

from connector.actions import connections, people, scenes, traces
from connector.actions.progress import Progress
from connector.actions.pull import run
from connector.actions.queue import Inline
from connector.actions.services import open_services
from connector.demo.servers import Answered, RequestLog, served, webdav
from connector.settings import Settings
from tests.bench.library import Shot, write_library

MB = 1_000_000
MOST_OF_THE_BYTES, MOST_REQUESTS = 0.03, 4
LOOPBACK = ("127.0.0.0/8",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What the server's log says of one pull. ``requests``: for every photo, those that read of it."""

    photos: int
    stored_bytes: int
    sent_bytes: int
    requests: tuple[int, ...]
    listings: int
    wrong: int
    """Photos whose place was not found."""

    @property
    def share(self) -> float:
        return self.sent_bytes / self.stored_bytes

    def problems(self) -> list[str]:
        """What is more than it may be."""
        found = []
        if self.share >= MOST_OF_THE_BYTES:
            found.append(f"{self.share:.2%} of the bytes were read")
        if median(self.requests) > 1:
            found.append(f"the median photo took {median(self.requests)} requests")
        if quantiles(self.requests, n=20)[-1] > 2:
            found.append("more than one in twenty photos took over 2 requests")
        if max(self.requests) > MOST_REQUESTS:
            found.append(f"a photo took {max(self.requests)} requests")
        if self.wrong:
            found.append(f"{self.wrong} photos have another place than they were taken at")
        return found


def pulled(root: Path, shots: dict[str, Shot], data: Path) -> Cost:
    """Pulls the album below ``root`` through a WebDAV server of its own into a fresh installation."""
    log = webdav(root, "anna", "a-password")
    settings = Settings(data=data, allowed_networks=LOOPBACK)
    with served(log) as address, open_services(settings, _Later()) as services:
        owner = people.local(services)
        options = {"url": address, "user": "anna", "password": "a-password"}
        connection = connections.connect(services, owner, "bench", "webdav", options)
        (album,) = connections.albums(services, owner, connection.id)
        started = traces.start(services, owner, connection.id, [album.album.id])
        before = len(log.lines)
        run(services, started.trace_id, _shown)
        found = {fix.asset_id: fix for fix in scenes.scene(services, owner, started.trace_id).trace.fixes}
    return cost(log, before, shots, root, {name.rpartition("/")[2]: (f.lat, f.lon) for name, f in found.items()})


class _Later(Inline):
    """Leaves what is enqueued to the bench, which runs it between two looks at the log."""

    def enqueue(self, job_id: str, trace_id: str) -> None:
        del job_id, trace_id


def cost(
    log: RequestLog,
    before: int,
    shots: dict[str, Shot],
    root: Path,
    found: dict[str, tuple[float | None, float | None]],
) -> Cost:
    """Counts the log from line ``before`` on."""
    lines = log.lines[before:]
    asked = Counter(_name(line) for line in lines if line.method in ("GET", "HEAD"))
    wrong = [
        name
        for name, shot in shots.items()
        if name not in found
        or found[name][0] is None
        or abs((found[name][0] or 0) - shot.lat) > 1e-4
        or abs((found[name][1] or 0) - shot.lon) > 1e-4
    ]
    return Cost(
        photos=len(shots),
        stored_bytes=sum(path.stat().st_size for path in root.rglob("IMG_*")),
        sent_bytes=sum(line.bytes_sent for line in lines),
        requests=tuple(asked.get(name, 0) for name in shots),
        listings=sum(1 for line in lines if line.method == "PROPFIND"),
        wrong=len(wrong),
    )


def _name(line: Answered) -> str:
    return line.path.rpartition("/")[2]


def _shown(said: Progress) -> None:
    if sys.stdout.isatty():
        print(f"\r{said.state}  {said.done} of {said.total}   ", end="", flush=True)


def main() -> int:
    """Runs it and prints what it found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=int, default=1000)
    parser.add_argument("--folder", type=Path, help="where to make the library (sparse files)")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder) as scratch:
        root = Path(scratch) / "library"
        shots = write_library(root / "album", asked.photos, smallest=3 * MB, largest=8 * MB)
        found = pulled(root, shots, Path(scratch) / "data")
    counts = Counter(found.requests)
    print(f"\r{found.photos} files, {found.stored_bytes / 1e9:.2f} GB as the server counts them")
    print(f"bytes sent: {found.sent_bytes / 1e6:.1f} MB = {found.share:.2%} of them")
    print(f"requests for one photo: median {median(found.requests)}, at most {max(found.requests)}")
    print("  " + ", ".join(f"{share / found.photos:.1%} took {n}" for n, share in sorted(counts.items())))
    print(f"listing requests: {found.listings}; places that differ: {found.wrong}")
    for problem in found.problems():
        print(f"TOO MUCH: {problem}")
    return int(bool(found.problems()))


if __name__ == "__main__":
    raise SystemExit(main())
