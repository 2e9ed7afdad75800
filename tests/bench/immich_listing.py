"""What it costs to list and to pull one album of an Immich: requests, our own CPU, memory, and what was downloaded.

    python -m tests.bench.immich_listing [PHOTOS]

The server is the tests' fake, in a process of its own; photos come in bursts of five that share one instant. The whole
pull (listing, metadata, storing; all but the routing) is a process of its own too. Prints what was used as a share of
what may be used, and fails where that is more than 1.
"""

from __future__ import annotations

import json
import multiprocessing
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from multiprocessing.connection import Connection

from adapters.immich import open_immich
from adapters.testing import some_photos
from connector.net import GuardedNet, Policy
from tests.adapters.fake_immich import KEY, LINK_KEY, FakeImmich
from tests.adapters.servers import serving

MOST_LISTINGS, MOST_OTHERS, MOST_CPU_S, MOST_MB = 11, 4, 2.0, 150
BURST = 5


def serve(pipe: Connection, version: str, photos: int) -> None:
    """The fake with that many photos; sends its address, then, when asked, what it has seen."""
    fake = FakeImmich(version)
    made = some_photos(photos)
    fake.fill(replace(photo, taken=made[i - i % BURST].taken) for i, photo in enumerate(made))
    with serving(fake) as url:
        pipe.send((url, fake.album["id"]))
        while pipe.recv() is not None:
            pipe.send(fake.seen)
            fake.seen = []


def main() -> int:
    photos = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    good = [_version(version, photos) for version in ("3.1.0", "3.0.3", "2.7.5")]
    return 0 if all(good) else 1


def _version(version: str, photos: int) -> bool:
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs, version, photos), daemon=True)
    process.start()
    url, album_id = ours.recv()
    ways = {"key": {"url": url, "api_key": KEY}, "link": {"share_link": f"{url}/share/{LINK_KEY}"}}
    good = [_measure(ours, f"Immich {version} by {way}", options, album_id, photos) for way, options in ways.items()]
    good += [_whole(ours, f"  whole pull by {way}", options, album_id, photos) for way, options in ways.items()]
    ours.send(None)
    process.join(10)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory of the listings so far: {peak_mb:.0f} MB, {peak_mb / MOST_MB:.2f} of what it may be")
    return all(good) and peak_mb <= MOST_MB


def _measure(pipe: Connection, name: str, options: dict[str, str], album_id: str, photos: int) -> bool:
    library = open_immich(options, GuardedNet(Policy(["127.0.0.0/8"])))
    wall_s, cpu_s = time.perf_counter(), time.process_time()
    ids, located, downloads_needed = set(), 0, 0
    for asset in library.assets(album_id):
        ids.add(asset.id)
        located += asset.position is not None
        downloads_needed += not asset.described
    wall_s, cpu_s = time.perf_counter() - wall_s, time.process_time() - cpu_s
    library.close()
    listings, others, downloads = _asked(pipe)
    print(
        f"{name:22} {len(ids)} of {photos} photos, {located} with a position: {listings} listings + {others} others, "
        f"{downloads} downloads; CPU {cpu_s / MOST_CPU_S:.2f} of what it may be, {cpu_s / wall_s:.2f} of the time taken"
    )
    is_complete = len(ids) == located == photos and downloads == downloads_needed == 0
    return is_complete and listings <= MOST_LISTINGS and others <= MOST_OTHERS and cpu_s <= MOST_CPU_S


def _asked(pipe: Connection) -> tuple[int, int, int]:
    """Listings, other requests and downloads since it was asked last."""
    pipe.send("seen?")
    asked = [path for _, path in pipe.recv()]
    listings = sum(1 for path in asked if path == "/api/search/metadata")
    return listings, len(asked) - listings, sum("/assets/" in path for path in asked)


def _whole(pipe: Connection, name: str, options: dict[str, str], album_id: str, photos: int) -> bool:
    with tempfile.TemporaryDirectory() as data:
        trace_id = _run("begin", data, json.dumps(options), album_id).strip()
        _asked(pipe)
        used = json.loads(_run("pulled", data, trace_id))
    listings, others, downloads = _asked(pipe)
    print(
        f"{name:22} {used['photos']} photos, {used['fixes']} fixes: {listings} listings + {others} others, "
        f"{downloads} downloads; CPU {used['cpu_s'] / MOST_CPU_S:.2f}, "
        f"peak memory of the process {used['peak_mb'] / MOST_MB:.2f} ({used['peak_mb']:.0f} MB) of what it may be"
    )
    is_whole = used["photos"] == used["fixes"] == photos and downloads == 0
    is_asked = listings <= MOST_LISTINGS and others <= MOST_OTHERS
    return is_whole and is_asked and used["cpu_s"] <= MOST_CPU_S and used["peak_mb"] <= MOST_MB


def _run(*what: str) -> str:
    command = [sys.executable, "-c", "from tests.bench.whole_pull import main; main()", *what]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


if __name__ == "__main__":
    sys.exit(main())
