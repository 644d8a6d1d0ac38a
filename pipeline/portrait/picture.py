"""A stranger's file becomes clean pixels; pixels become a clean PNG.

The only reader of pictures. Sizes are checked before anything is decoded, only three formats are
ever tried, and only pixels go on: no EXIF, no place, no colour profile, no hidden second file.
Knows no face. Another format is a name in ``FORMATS`` and a file in the hostile-files test.
"""

from __future__ import annotations

import errno
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from pipeline import errors
from pipeline.portrait import Pixels
from pipeline.settings import PortraitSettings

FORMATS = ("JPEG", "PNG", "WEBP")
KEPT_SIDE_PX = 2048
"""Longer side of what is kept; a video's is at most half of it."""
BEHIND_TRANSPARENT = (200, 200, 200, 255)
"""The neutral grey that shows where a picture is transparent."""
OTHER_FORMATS = (
    (0, b"GIF8", "it is a GIF"),
    (0, b"%PDF", "it is a PDF"),
    (0, b"%!PS", "it is PostScript"),
    (0, b"BM", "it is a BMP"),
    (0, b"II*\0", "it is a TIFF"),
    (0, b"MM\0*", "it is a TIFF"),
    (4, b"ftyphei", "it is a HEIC photo"),
    (4, b"ftypmif1", "it is a HEIC photo"),
    (4, b"ftypavif", "it is an AVIF"),
    (4, b"ftyp", "it is a video"),
)
"""Offset, first bytes, and how the file is called to whoever sent it."""


def read_picture(path: Path, limits: PortraitSettings) -> Pixels:
    """Decode a photo upright into RGB, its longer side at most 2048 px; the file stays as it is.

    Raises ``PictureTooLarge``, ``PictureTooSmall``, ``PictureAnimated`` before decoding, and
    ``PictureUnreadable`` for whatever cannot be decoded.
    """
    try:
        _refuse_large_file(path, limits.max_bytes)
        with _guarded(limits), Image.open(path, formats=FORMATS) as picture:
            _refuse_by_header(picture, limits)
            return _decoded(picture)
    except errors.PortraitError:
        raise
    except UnidentifiedImageError as e:
        raise errors.PictureUnreadable(_what_it_is(path)) from e
    except Image.DecompressionBombError as e:
        limit = _megapixels(limits.max_pixels)
        raise errors.PictureTooLarge(f"more than twice {limit}", limit) from e
    except Exception as e:  # Pillow lets SyntaxError, struct.error and more out of its decoders
        raise errors.PictureUnreadable("it is damaged") from e


def save_picture(pixels: Pixels, path: Path) -> None:
    """Write pixels as a PNG without metadata, whole or not at all. Raises ``DiskFull``."""
    part = path.with_name(f"{path.name}.part")
    try:
        Image.fromarray(pixels).save(part, "PNG", compress_level=1)
        part.replace(path)
    except OSError as e:
        part.unlink(missing_ok=True)
        if e.errno in (errno.ENOSPC, errno.EDQUOT):
            raise errors.DiskFull("the photo") from e
        raise


def read_clean(path: Path) -> Pixels:
    """Read back what ``save_picture`` wrote of a checked photo. Raises ``PictureUnreadable``.

    The limits for strangers' files do not count here: a clean PNG may well be larger in bytes than
    the JPEG that it came from.
    """
    try:
        with Image.open(path, formats=("PNG",)) as picture:
            if max(picture.size) > KEPT_SIDE_PX:
                raise errors.PictureUnreadable("it is no checked picture")
            return np.array(picture.convert("RGB"), np.uint8)
    except (OSError, SyntaxError, ValueError) as e:
        raise errors.PictureUnreadable("the checked picture is damaged") from e


def shrunk(pixels: Pixels, side_px: int) -> Pixels:
    """Return a copy whose longer side is at most ``side_px``."""
    picture = Image.fromarray(pixels)
    picture.thumbnail((side_px, side_px), Image.Resampling.BOX)
    return np.array(picture, np.uint8)


# --------------------------------------------------------------------------- before decoding


@contextmanager
def _guarded(limits: PortraitSettings) -> Iterator[None]:
    """Set Pillow's own fence too; ours reads the header first and speaks of what it found."""
    before = Image.MAX_IMAGE_PIXELS
    Image.MAX_IMAGE_PIXELS = limits.max_pixels  # an error at twice that, a warning from here on
    try:
        with warnings.catch_warnings():
            # A photo with a broken EXIF block is still a photo.
            warnings.simplefilter("ignore")
            yield
    finally:
        Image.MAX_IMAGE_PIXELS = before


def _refuse_large_file(path: Path, max_bytes: int) -> None:
    try:
        size_bytes = path.stat().st_size
    except OSError as e:
        raise errors.PictureUnreadable("there is no such file") from e
    if not path.is_file():
        raise errors.PictureUnreadable("it is not a file")
    if size_bytes == 0:
        raise errors.PictureUnreadable("it is empty")
    if size_bytes > max_bytes:
        raise errors.PictureTooLarge(
            f"{size_bytes / 1e6:.1f} MB",
            f"{max_bytes / 1e6:g} MB",
            limit_mb=max_bytes // 1_000_000,
        )


def _refuse_by_header(picture: Image.Image, limits: PortraitSettings) -> None:
    width, height = picture.size
    if max(width, height) > limits.max_side_px:
        raise errors.PictureTooLarge(
            f"{width} x {height} pixels", f"{limits.max_side_px} pixels a side"
        )
    if width * height > limits.max_pixels:
        raise errors.PictureTooLarge(_megapixels(width * height), _megapixels(limits.max_pixels))
    # Phones put a second picture (depth, a small copy) into one JPEG: that is MPO, and still.
    if getattr(picture, "n_frames", 1) > 1 and picture.format != "MPO":
        raise errors.PictureAnimated
    if min(width, height) < limits.min_side_px:
        raise errors.PictureTooSmall(width, height, limits.min_side_px)


def _megapixels(pixels: int) -> str:
    return f"{pixels / 1e6:g} megapixels"


def _what_it_is(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(16)
    for offset, magic, name in OTHER_FORMATS:
        if head[offset:].startswith(magic):
            return name
    return "it is no picture"


# --------------------------------------------------------------------------- decoding


def _decoded(picture: Image.Image) -> Pixels:
    # A JPEG can be decoded at a half, a quarter, an eighth of its size, for less memory and time.
    picture.draft("RGB", (KEPT_SIDE_PX, KEPT_SIDE_PX))
    plain = _without_palette(picture)
    plain.thumbnail((KEPT_SIDE_PX, KEPT_SIDE_PX), Image.Resampling.LANCZOS)
    return np.array(_flattened(_upright(plain)), np.uint8)


def _without_palette(picture: Image.Image) -> Image.Image:
    """Give a mode that can be averaged: 8 bits, no palette, transparency as a channel."""
    if picture.mode.startswith("I"):
        grey = np.asarray(picture).astype(np.uint32) // 257
        return Image.fromarray(grey.astype(np.uint8))
    if picture.has_transparency_data:
        return picture.convert("RGBA")
    return picture.convert("RGB")


def _upright(picture: Image.Image) -> Image.Image:
    """Turn as the camera noted it in EXIF; a note that cannot be read is no reason to refuse."""
    try:
        return ImageOps.exif_transpose(picture)
    except Exception:  # EXIF is a small file system, and hostile files reach all of its parser
        return picture


def _flattened(picture: Image.Image) -> Image.Image:
    if picture.mode != "RGBA":
        return picture.convert("RGB")
    behind = Image.new("RGBA", picture.size, BEHIND_TRANSPARENT)
    return Image.alpha_composite(behind, picture).convert("RGB")
