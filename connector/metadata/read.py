"""Asset -> fix: the provider's word, the file's own metadata by ranged reads, and the sidecar beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice

from adapters.library import Asset, LibraryError
from connector.metadata.blocks import RangeFile, Sealed, Seekable, TooScattered
from connector.metadata.boxes import DamagedError
from connector.metadata.clock import Timed, lost_its_sign, time_of
from connector.metadata.container import HEAD_BYTES, is_movie, metadata_blocks
from connector.metadata.exif import read_exif, thumbnail
from connector.metadata.fix import Fix, TimeSource
from connector.metadata.said import Said, impossible, usable_position
from connector.metadata.video import read_video
from connector.metadata.xmp import LARGEST_BYTES, is_xmp, read_xmp

Read = Callable[[Asset, int, int], bytes]
"""``Library.read``: asset, start, length."""

_MOST_BLOCKS_OF_ONE_FILE = 6
_MORE_REQUESTS = 2
"""What a photo whose EXIF has no position may still cost: it may be in the XMP."""


def describe(asset: Asset, read: Read) -> Fix:
    """The fix of one asset. A broken file gives a fix with a ``problem``, never an exception.

    The instant is None where only a wall time is known; :func:`connector.metadata.clock.settle` sees to those.

    Raises:
        LibraryError: the library could not be read.
    """
    said = _provider(asset)
    if not asset.described:
        said = _of_file(asset, read).or_else(said)
    if asset.sidecar is not None:
        said = _of_sidecar(asset.sidecar, read).or_else(said)
    return _fix(asset, said)


def _fix(asset: Asset, said: Said) -> Fix:
    timed = time_of(said)
    undated = said.undated if said.wall is None and timed.instant is None else None
    problem = timed.problem or undated or (said.remark if said.lat is None else None)
    if lost_its_sign(said):
        said = replace(said, lat=None, lon=None)
        problem = "its position contradicts its time zone: the longitude seems to lack its sign"
    provider = asset.taken.instant if asset.taken is not None else None
    if timed.instant is None and provider is not None:
        offset = asset.taken.utc_offset_s if asset.taken is not None else None
        timed = Timed(instant=provider, utc_offset_s=offset, source=TimeSource.PROVIDER)
    return Fix(
        asset_id=asset.id,
        instant=timed.instant,
        wall=said.wall,
        utc_offset_s=timed.utc_offset_s,
        time_source=timed.source,
        lat=said.lat,
        lon=said.lon,
        altitude_m=said.altitude_m,
        accuracy_m=said.accuracy_m,
        direction_deg=said.direction_deg,
        speed_mps=said.speed_mps,
        camera=said.camera,
        orientation=said.orientation,
        problem=problem,
    )


def _provider(asset: Asset) -> Said:
    taken = asset.taken
    wall = taken.wall if taken is not None else None
    wrong = impossible(wall) if wall is not None else None
    if wrong is not None:
        return _placed(asset, Said(undated=f"its date {wall:%Y-%m-%d} {wrong}"))
    return _placed(asset, Said(wall=wall, utc_offset_s=taken.utc_offset_s if taken is not None else None))


def _placed(asset: Asset, said: Said) -> Said:
    """What the provider says of the time, with what it says of the place and the camera."""
    position = asset.position
    place = usable_position(position.lat, position.lon) if position is not None else None
    if position is None or place is None:
        return replace(said, camera=asset.camera, orientation=asset.orientation)
    return replace(
        said,
        lat=place[0],
        lon=place[1],
        altitude_m=position.altitude_m,
        accuracy_m=position.accuracy_m,
        direction_deg=position.direction_deg,
        speed_mps=position.speed_mps,
        camera=asset.camera,
        orientation=asset.orientation,
    )


def _of_file(asset: Asset, read: Read) -> Said:
    """What the file itself says; EXIF first, XMP where EXIF is silent."""
    if not asset.size:
        return Said(remark="the file is empty" if asset.size == 0 else "its size is unknown")
    file = RangeFile(lambda start, length: read(asset, start, length), asset.size)
    said = Said()
    try:
        for said in _so_far(file, asset.size):
            file.seal(leaving=0 if said.lat is not None else _MORE_REQUESTS)
    except LibraryError:
        raise
    except Sealed:
        return said
    except (TooScattered, DamagedError) as error:
        return said.or_else(Said(remark=str(error)))
    except Exception as error:  # noqa: BLE001  # a crafted file may break any reader; it must not end the album
        return said.or_else(Said(remark=f"the file is damaged ({type(error).__name__})"))
    return said


def _so_far(file: RangeFile, size: int) -> Iterator[Said]:
    """What has been said after every block, until it says all."""
    said = Said()
    for kind, block in islice(_blocks(file, size), _MOST_BLOCKS_OF_ONE_FILE):
        said = said.or_else(read_xmp(block.read()) if kind == "xmp" else read_exif(block, kind))
        yield said
        if said.lat is not None and (said.utc_offset_s is not None or said.gps_instant is not None):
            return
    if is_movie(_head(file)):
        yield said.or_else(read_video(file, size))


def _blocks(file: Seekable, size: int) -> Iterator[tuple[str, Seekable]]:
    head = _head(file)
    if is_xmp(head):
        file.seek(0)
        yield "xmp", file
    elif not is_movie(head):
        yield from metadata_blocks(file, size)


def _head(file: Seekable) -> bytes:
    file.seek(0)
    return file.read(HEAD_BYTES)


def _of_sidecar(sidecar: Asset, read: Read) -> Said:
    size = sidecar.size or LARGEST_BYTES
    if size > LARGEST_BYTES:
        return Said(remark=f"its sidecar {sidecar.name} is larger than {LARGEST_BYTES // 2**20} MB and was not read")
    return read_xmp(read(sidecar, 0, size))


def embedded_thumbnail(asset: Asset, read: Read) -> bytes | None:
    """The small JPEG inside the file's EXIF, without reading the picture; None where there is none.

    Raises:
        LibraryError: the library could not be read.
    """
    if not asset.size:
        return None
    file = RangeFile(lambda start, length: read(asset, start, length), asset.size)
    try:
        for kind, block in _blocks(file, asset.size):
            if kind == "exif":
                return thumbnail(block)
    except LibraryError:
        raise
    except Exception:  # noqa: BLE001  # as above: a damaged file has no thumbnail
        return None
    return None
