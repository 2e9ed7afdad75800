"""What photos and recordings of real devices prove, by the commands alone, against the keys of ../shared.

    python -m tests.bench.evidence

Prints how many zones agree with the GPS time beside them (as `inspect` says it, and by place and clock alone as
`reconstruct` does), how far photos whose positions were taken away are placed from where they were taken, what two
devices tell together, and what comes of every file of `shared/tracks`. Fails where something falls short of what is
promised.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from connector.trace.recordings import read_recording
from connector.trace.recordings.stretches import stretches
from connector.trace.shape import LatLon, distance_m, length_m

SHARED = Path(__file__).resolve().parents[3] / "shared"
ZONES, OF_ZONES, NEAR_S = 22, 24, 900
YOSEMITE_M, PYRENEES_M = 5.0, 10.0
LONGEST_SENTENCE = 200
Row = dict[str, Any]


@dataclass(frozen=True)
class Drawn:
    """What `reconstruct` wrote; None and what it said where it refused."""

    trace: Row | None
    said: tuple[str, ...]


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """The command, as somebody types it."""
    return subprocess.run(
        [sys.executable, "-m", "connector.cli", *words], capture_output=True, text=True, check=False, timeout=600
    )


def inspected(files: Sequence[Path]) -> list[Row]:
    """What `inspect` says of each."""
    lines = run("inspect", *map(str, files)).stdout.splitlines()
    return [json.loads(line) for line in lines]


def reconstructed(fixes: Sequence[Row], *recordings: Path) -> Drawn:
    """What `reconstruct` makes of them without any map."""
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder, "fixes.json"), Path(folder, "out.geojson")
        source.write_text(json.dumps({"fixes": fixes}), encoding="utf-8")
        evidence = [word for each in recordings for word in ("--evidence", str(each))]
        done = run("reconstruct", str(source), *evidence, "-o", str(out), "--data", folder)
        said = tuple(done.stderr.splitlines())
        return Drawn(json.loads(out.read_text(encoding="utf-8")) if done.returncode == 0 else None, said)


def key_of(folder: Path) -> list[Row]:
    entries: list[Row] = json.loads((folder / "answer_key.json").read_text(encoding="utf-8"))
    return entries


def zones() -> bool:
    """Camera time, GPS time, no offset: the zone against the difference of the two."""
    timed = [
        each
        for each in key_of(SHARED / "photos")
        if each["expect"] == "located" and each["datetime_original"] and each["gps_datetime"] and not each["offset"]
    ]
    rows = inspected([SHARED / "photos" / each["file"] for each in timed])
    pairs = [(key, row) for key, row in zip(timed, rows, strict=True) if not key["gps_time_suspect"]]
    suspect = [(key, row) for key, row in zip(timed, rows, strict=True) if key["gps_time_suspect"]]
    off_s = [_off_s(_seconds(row["utc_offset"]), key) for key, row in pairs]
    by_place = [_off_s(each, key) for each, (key, _) in zip(_by_place([row for _, row in pairs]), pairs, strict=True)]
    agree, alone = (sum(each is not None and each <= NEAR_S for each in found) for found in (off_s, by_place))
    print(f"zones that agree with the GPS time: {agree} of {len(pairs)}; by place and clock alone {alone}")
    for (key, row), said, place in zip(pairs, off_s, by_place, strict=True):
        if said is None or said > NEAR_S or place is None or place > NEAR_S:
            print(
                f"  {key['file']}: off by {_hours(said)}, by place {_hours(place)}; {row['problem'] or 'not flagged'}"
            )
    print(f"GPS times that cannot be true: {sum(bool(row['problem']) for _, row in suspect)} of {len(suspect)} flagged")
    for key, row in suspect:
        print(f"  {key['file']}: {row['problem'] or 'not flagged'}")
    flagged = all(row["problem"] for (_, row), said in zip(pairs, off_s, strict=True) if said is None or said > NEAR_S)
    return agree >= ZONES and len(pairs) == OF_ZONES and flagged and all(row["problem"] for _, row in suspect)


def _by_place(rows: Sequence[Row]) -> Iterator[float | None]:
    """The offset the engine finds from the wall time and the place, when it sees nothing else of the photo."""
    for row in rows:
        drawn = reconstructed([{"id": "one", "wall_time": row["wall_time"], "lat": row["lat"], "lon": row["lon"]}])
        starts = [each["start"] for each in _features(drawn, "stop")]
        wall = datetime.fromisoformat(row["wall_time"]).replace(tzinfo=UTC)
        yield (wall - datetime.fromisoformat(starts[0])).total_seconds() if starts else None


def _off_s(offset_s: float | None, key: Row) -> float | None:
    return None if offset_s is None else abs(offset_s - key["local_minus_gps_s"])


def _seconds(offset: str | None) -> float | None:
    if offset is None:
        return None
    hours, minutes = offset[1:].split(":")
    return (-1 if offset[0] == "-" else 1) * (int(hours) * 3600 + int(minutes) * 60)


def _hours(seconds: float | None) -> str:
    return "unknown" if seconds is None else f"{seconds / 3600:.2f} h"


def trip(name: str, within_m: float, expected: int) -> bool:
    """The photos of a trip, their positions taken away, placed by their clocks on its recording."""
    folder = SHARED / "trips" / name
    key = {each["file"]: each for each in key_of(folder)}
    rows = dict(zip(key, inspected([folder / each for each in key]), strict=True))
    recordings = sorted((folder / "gpx").iterdir())
    elsewhere = [each for each in key if each.startswith("photos_offtrip/")]
    good = True
    for kept in [frozenset(), *([frozenset(elsewhere)] if elsewhere else [])]:
        drawn = reconstructed([_fix(each, row, each in kept) for each, row in rows.items()], *recordings)
        inferred = {each["id"]: each for each in (drawn.trace or {}).get("inferred", ())}
        refused = {each["id"]: each["reason"] for each in (drawn.trace or {}).get("unplaced", ())}
        far_m = {each: _far_m(found, key[each]) for each, found in inferred.items()}
        within = sum(far <= within_m for far in far_m.values())
        whose = ", but of the one taken elsewhere" if kept else ""
        print(f"{name}, positions taken away{whose}: {within} of {expected} within {within_m:.0f} m")
        for each, far in sorted(far_m.items()):
            print(f"  {each}: {far:.1f} m")
        for each, why in sorted(refused.items()):
            print(f"  {each}: refused, {why}")
        good = good and within == len(far_m) == expected and sorted(refused) == elsewhere
    return good


def _fix(name: str, row: Row, keeps_place: bool) -> Row:
    fix = {"id": name, "wall_time": row["wall_time"], "altitude_m": row["altitude_m"], "camera": row["camera"]}
    return fix | ({"lat": row["lat"], "lon": row["lon"]} if keeps_place else {})


def _far_m(found: Row, key: Row) -> float:
    truth = key.get("derived_from_track") or key
    return distance_m((found["lat"], found["lon"]), (truth["lat"], truth["lon"]))


def two_devices() -> bool:
    """The log of yosemite as a watch with a gap has it, and as a phone: a point every 90 s, 30 m off at random."""
    path = next((SHARED / "trips" / "yosemite-2015" / "gpx").iterdir())
    with path.open("rb") as data:
        (log,) = stretches(read_recording(path.name, data))
    long_s, rng = log.end - log.start, random.Random(3)
    silent = range(int(log.start + 0.4 * long_s), int(log.start + 0.55 * long_s))
    watch = [(t, place) for t, place in zip(log.t, log.places, strict=True) if int(t) not in silent]
    phone = [(float(t), _beside(log.at(t), rng)) for t in range(int(log.start) - 300, int(log.end) + 300, 90)]
    instants = {f"p{n}": log.start + long_s * (n + 0.5) / 40 for n in range(40)}
    fixes = [{"id": name, "time": _iso(t)} for name, t in instants.items()]
    middles = []
    with tempfile.TemporaryDirectory() as folder:
        files = [_written(Path(folder, name), points) for name, points in (("watch.gpx", watch), ("phone.gpx", phone))]
        for used in ([files[0]], [files[1]], files):
            drawn = reconstructed(fixes, *used)
            inferred = (drawn.trace or {}).get("inferred", ())
            far_m = sorted(distance_m((each["lat"], each["lon"]), log.at(instants[each["id"]])) for each in inferred)
            km = sum(leg["distance_m"] for leg in _features(drawn, "leg")) / 1000
            middles.append(far_m[len(far_m) // 2])
            print(
                f"  {' and '.join(each.stem for each in used)}: {len(far_m)} photos placed {middles[-1]:.0f} m off "
                f"(median), {far_m[-1]:.0f} m at the most; {km:.1f} km of {length_m(log.places) / 1000:.1f}"
            )
    return middles[2] <= middles[0] and middles[2] < middles[1]


def _beside(place: LatLon, rng: random.Random) -> LatLon:
    return place[0] + rng.gauss(0, 30) / 111_195, place[1] + rng.gauss(0, 30) / 88_000


def _iso(t: float) -> str:
    return datetime.fromtimestamp(t, UTC).isoformat()


def _written(path: Path, points: Sequence[tuple[float, LatLon]]) -> Path:
    track = "".join(f'<trkpt lat="{lat}" lon="{lon}"><time>{_iso(t)}</time></trkpt>' for t, (lat, lon) in points)
    path.write_text(f'<gpx version="1.1"><trk><trkseg>{track}</trkseg></trk></gpx>', encoding="utf-8")
    return path


def tracks() -> bool:
    """Every file of ``shared/tracks``, without a photo: legs, or one sentence."""
    good = True
    for path in sorted((SHARED / "tracks").rglob("*")):
        if not path.is_file() or path.suffix == ".md":
            continue
        drawn = reconstructed([], path)
        legs = _features(drawn, "leg")
        said = [each.removeprefix("Error: ").removeprefix(f"{path}: ") for each in drawn.said]
        good = good and (bool(legs) or (len(said) == 1 and len(said[0]) <= LONGEST_SENTENCE))
        kinds = ", ".join(f"{leg['how']} {leg['mode']} {leg['distance_m'] / 1000:.1f} km" for leg in legs)
        print(f"  {path.parent.name}/{path.name}: {'; '.join(filter(None, (kinds, *said)))}")
    return good


def _features(drawn: Drawn, kind: str) -> list[Row]:
    found = (each["properties"] for each in (drawn.trace or {}).get("features", ()))
    return [each for each in found if each["kind"] == kind]


def main() -> int:
    good = [zones(), trip("yosemite-2015", YOSEMITE_M, 6), trip("pyrenees-2022", PYRENEES_M, 3)]
    print("two devices that recorded the way of yosemite together:")
    good.append(two_devices())
    print("every file of shared/tracks:")
    good.append(tracks())
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
