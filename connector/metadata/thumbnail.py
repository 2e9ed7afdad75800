"""Bytes of an image -> a small upright JPEG without any metadata."""

from __future__ import annotations

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

MOST_PIXELS = 120_000_000
LARGEST_BYTES = 64 * 1024 * 1024
EDGES_PX = (160, 320, 640)


class BadImageError(Exception):
    """The bytes cannot be made into a thumbnail; the text says why."""


def small_jpeg(image: bytes, edge_px: int, *, orientation: int | None = None) -> bytes:
    """A JPEG of at most ``edge_px`` on its longer edge, upright, stripped of metadata.

    ``orientation``: that of the photo, for a thumbnail that does not carry it (EXIF 1 to 8).

    Raises:
        BadImageError: no image, a damaged one, or one too large to open.
    """
    if len(image) > LARGEST_BYTES:
        raise BadImageError(f"the image is larger than {LARGEST_BYTES // 2**20} MB")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is above Pillow's
            return _small(image, edge_px, orientation)
    except Image.DecompressionBombError as error:
        raise BadImageError("the image has too many pixels to be opened safely") from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as error:
        raise BadImageError(f"the image cannot be read ({type(error).__name__})") from error


def _small(data: bytes, edge_px: int, orientation: int | None) -> bytes:
    with Image.open(io.BytesIO(data)) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise BadImageError(f"the image has {opened.width} x {opened.height} pixels: too many to open safely")
        opened.draft("RGB", (edge_px * 2, edge_px * 2))
        if orientation is not None and opened.getexif().get(0x0112) is None:
            opened.getexif()[0x0112] = orientation
        image = ImageOps.exif_transpose(opened).convert("RGB")
    image.thumbnail((edge_px, edge_px), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=82, optimize=True, exif=b"")
    return out.getvalue()


def mean_colour(image: bytes) -> str:
    """The mean of the gamma-coded sRGB values as ``#rrggbb``.

    Raises:
        BadImageError: as :func:`small_jpeg`.
    """
    with Image.open(io.BytesIO(small_jpeg(image, 64))) as opened:
        red, green, blue = opened.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))  # type: ignore[misc]  # RGB
    return f"#{red:02x}{green:02x}{blue:02x}"


def register_heif() -> bool:
    """Lets Pillow open HEIC and AVIF when the extra `heif` is installed; whether it is."""
    try:
        import pillow_heif  # an optional extra
    except ImportError:
        return False
    pillow_heif.register_heif_opener()
    return True
