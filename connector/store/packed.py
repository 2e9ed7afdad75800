"""Our values as they lie in the database: JSON, compressed where it is large."""

from __future__ import annotations

import base64
import json
import sys
import zlib
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import batched, chain
from typing import Any

from pydantic import TypeAdapter

from adapters.library import Asset
from connector.metadata.fix import Fix
from connector.trace.model import Leg, Mode, Stop, Trace
from connector.trace.recordings.recording import Move, Recording, Track

_asset, _fix, _fixes, _trace = TypeAdapter(Asset), TypeAdapter(Fix), TypeAdapter(tuple[Fix, ...]), TypeAdapter(Trace)
_stops, _legs = TypeAdapter(tuple[Stop, ...]), TypeAdapter(tuple[Leg, ...])


def pack_asset(asset: Asset) -> str:
    return _asset.dump_json(asset, exclude_defaults=True).decode()


def unpack_asset(said: str) -> Asset:
    return _asset.validate_json(said)


def pack_fix(fix: Fix) -> str:
    return _fix.dump_json(fix, exclude_defaults=True).decode()


def unpack_fix(said: str) -> Fix:
    return _fix.validate_json(said)


def pack_fixes(fixes: Sequence[Fix]) -> bytes:
    return zlib.compress(_fixes.dump_json(tuple(fixes), exclude_defaults=True), 6)


def unpack_fixes(said: bytes) -> tuple[Fix, ...]:
    return _fixes.validate_json(zlib.decompress(said))


_APART = b"fixes apart"
_BLOCKS = b"rows in blocks"
BLOCK_ROWS = 64


class Blocks:
    """The rows of a trace as they were packed last, some at a time: after an edit most of them are the same."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, int], tuple[tuple[Any, ...], bytes]] = {}

    def packed(self, name: str, rows: tuple[Any, ...], kind: TypeAdapter[Any]) -> list[bytes]:
        """The rows in order, compressed. Those of that name that have not changed are not packed again."""
        return [self._block((name, n), each, kind) for n, each in enumerate(batched(rows, BLOCK_ROWS))]

    def _block(self, place: tuple[str, int], rows: tuple[Any, ...], kind: TypeAdapter[Any]) -> bytes:
        kept = self._last.get(place)
        if kept is None or kept[0] != rows:
            kept = (rows, zlib.compress(kind.dump_json(rows, exclude_defaults=True), 1))
            self._last[place] = kept
        return kept[1]


def pack_trace(trace: Trace, fixes: bytes | None = None, blocks: Blocks | None = None) -> bytes:
    """The trace is written at every edit, and an edit changes little of it.

    ``fixes``: those of the trace, packed already. ``blocks``: where this trace was packed before.
    """
    kept = blocks or Blocks()
    stops, legs = kept.packed("stops", trace.stops, _stops), kept.packed("legs", trace.legs, _legs)
    rest = zlib.compress(_trace.dump_json(replace(trace, fixes=(), stops=(), legs=()), exclude_defaults=True), 1)
    parts = [rest, pack_fixes(trace.fixes) if fixes is None else fixes, *stops, *legs]
    return b"".join((_BLOCKS, len(stops).to_bytes(4), *(len(part).to_bytes(4) + part for part in parts)))


def unpack_trace(said: bytes) -> Trace:
    if said.startswith(_BLOCKS):
        return _from_blocks(said)
    if not said.startswith(_APART):  # as it was written once, in one piece
        return _trace.validate_json(zlib.decompress(said))
    begin = len(_APART) + 8
    end = begin + int.from_bytes(said[len(_APART) : begin])
    trace = _trace.validate_json(zlib.decompress(said[begin:end]))
    return replace(trace, fixes=unpack_fixes(said[end:]))


def _from_blocks(said: bytes) -> Trace:
    begin = len(_BLOCKS) + 4
    count = int.from_bytes(said[len(_BLOCKS) : begin])
    rest, fixes, *blocks = _parts(said, begin)
    stops = chain.from_iterable(_stops.validate_json(zlib.decompress(each)) for each in blocks[:count])
    legs = chain.from_iterable(_legs.validate_json(zlib.decompress(each)) for each in blocks[count:])
    trace = _trace.validate_json(zlib.decompress(rest))
    return replace(trace, stops=tuple(stops), legs=tuple(legs), fixes=unpack_fixes(fixes))


def _parts(said: bytes, at: int) -> Iterator[bytes]:
    while at < len(said):
        end = at + 4 + int.from_bytes(said[at : at + 4])
        yield said[at + 4 : end]
        at = end


def pack_recordings(recordings: Sequence[Recording]) -> bytes:
    """Numbers as they lie in memory, in base64: a day's recording has tens of thousands."""
    said = [
        {
            "name": each.name,
            "remark": each.remark,
            "moves": [[move.start, move.end, move.mode] for move in each.moves],
            "tracks": [_pack_track(track) for track in each.tracks],
        }
        for each in recordings
    ]
    return zlib.compress(json.dumps(said).encode(), 1)


def unpack_recordings(said: bytes) -> tuple[Recording, ...]:
    """The inverse of :func:`pack_recordings`."""
    return tuple(
        Recording(
            name=each["name"],
            tracks=tuple(_unpack_track(track) for track in each["tracks"]),
            moves=tuple(Move(start=start, end=end, mode=Mode(mode)) for start, end, mode in each["moves"]),
            remark=each["remark"],
        )
        for each in json.loads(zlib.decompress(said))
    )


_COLUMNS = ("t", "lat", "lon", "altitude_m")


def _pack_track(track: Track) -> dict[str, Any]:
    columns = {name: base64.b64encode(_little(getattr(track, name)).tobytes()).decode() for name in _COLUMNS}
    return {"mode": track.mode, **columns}


def _unpack_track(said: dict[str, Any]) -> Track:
    columns = {}
    for name in _COLUMNS:
        values = array("d")
        values.frombytes(base64.b64decode(said[name]))
        columns[name] = _little(values)
    return Track(mode=Mode(said["mode"]) if said["mode"] else None, **columns)


def _little(values: array[float]) -> array[float]:
    """In the byte order of the database: little-endian, whatever this machine is."""
    if sys.byteorder == "little":
        return values
    turned = array("d", values)
    turned.byteswap()
    return turned
