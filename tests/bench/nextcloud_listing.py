"""What it costs to list one folder of a Nextcloud: requests, our own CPU, memory, and what was downloaded.

    python -m tests.bench.nextcloud_listing [PHOTOS]

The server is the tests' fake, in a process of its own. Fails when a listing takes more requests than it may.
"""

from __future__ import annotations

import multiprocessing
import resource
import sys
import time
from multiprocessing.connection import Connection

from adapters.library import Asset
from adapters.nextcloud import KIND
from connector.metadata.read import describe
from connector.net import GuardedNet, Policy
from tests.adapters.nextcloud.fake import FakeNextcloud, recorded_metadata
from tests.adapters.servers import serving

MOST_LISTINGS, MOST_OTHERS = 12, 4
LISTINGS = ("SEARCH",)


def serve(pipe: Connection, photos: int) -> None:
    """The fake with that many photos; sends its address, then, when asked, what it has seen."""
    fake = FakeNextcloud({"alice": "app-password"})
    known = recorded_metadata()
    nodes = [fake.put("alice", f"Photos/Trip/IMG_{n:05}.jpg", b"x" * 4000, known) for n in range(photos)]
    fake.album("alice", "Trip", nodes)
    with serving(fake) as url:
        pipe.send(url)
        while pipe.recv() is not None:
            pipe.send(fake.seen)
            fake.seen = []


def main() -> int:
    photos = int(sys.argv[1]) if len(sys.argv) > 1 else 5000
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs, photos), daemon=True)
    process.start()
    url = ours.recv()
    good = [_measure(ours, url, photos, album) for album in ("folder:Photos/Trip", "album:Trip")]
    print(f"peak memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    ours.send(None)
    process.join(10)
    return 0 if all(good) else 1


def _measure(pipe: Connection, url: str, photos: int, album: str) -> bool:
    options = {"url": url, "user": "alice", "password": "app-password"}
    library = KIND.open(options, GuardedNet(Policy(["127.0.0.0/8"])))
    wall_s, cpu_s = time.perf_counter(), time.process_time()
    assets = list(library.assets(album))
    wall_s, cpu_s = time.perf_counter() - wall_s, time.process_time() - cpu_s
    located = sum(1 for asset in assets if describe(asset, _refuse).lat is not None)
    pipe.send("seen?")
    asked = [method for method, _ in pipe.recv()]
    listings = sum(1 for method in asked if method in LISTINGS)
    downloads = asked.count("GET") - 1  # the one GET asks whose account it is
    print(
        f"{album:20} {len({a.id for a in assets})} of {photos} photos, {located} with a position: "
        f"{listings} searches + {len(asked) - listings} others, {downloads} downloads; "
        f"{cpu_s:.2f} s CPU ({cpu_s / photos * 1e6:.0f} us a photo), {wall_s:.2f} s in all"
    )
    library.close()
    is_complete = len({a.id for a in assets}) == located == photos
    return is_complete and listings <= MOST_LISTINGS and len(asked) - listings <= MOST_OTHERS and downloads == 0


def _refuse(asset: Asset, start: int, length: int) -> bytes:
    raise AssertionError(f"{asset.name} would be downloaded: {length} bytes from {start} on")


if __name__ == "__main__":
    sys.exit(main())
