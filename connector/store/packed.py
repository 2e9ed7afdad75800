"""Our values as they lie in the database: JSON, compressed where it is large."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any

from pydantic import TypeAdapter

from adapters.library import Asset
from connector.metadata.fix import Fix
from connector.trace.model import Trace

_asset, _fix, _fixes, _trace = TypeAdapter(Asset), TypeAdapter(Fix), TypeAdapter(tuple[Fix, ...]), TypeAdapter(Trace)


def pack_asset(asset: Asset) -> str:
    return _asset.dump_json(asset, exclude_none=True).decode()


def unpack_asset(said: str) -> Asset:
    return _asset.validate_json(said)


def pack_fix(fix: Fix) -> str:
    return _fix.dump_json(fix, exclude_none=True).decode()


def unpack_fix(said: str) -> Fix:
    return _fix.validate_json(said)


def pack_fixes(fixes: Sequence[Fix]) -> bytes:
    return zlib.compress(_fixes.dump_json(tuple(fixes), exclude_none=True), 6)


def unpack_fixes(said: bytes) -> tuple[Fix, ...]:
    return _fixes.validate_json(zlib.decompress(said))


def pack_trace(trace: Trace) -> bytes:
    return zlib.compress(_trace.dump_json(trace, exclude_none=True), 6)


def unpack_trace(said: bytes) -> Trace:
    return _trace.validate_json(zlib.decompress(said))


def pack_values(adapter: TypeAdapter[Any], values: Any) -> bytes:
    """Anything a pydantic adapter knows."""
    return zlib.compress(adapter.dump_json(values, exclude_none=True), 6)
