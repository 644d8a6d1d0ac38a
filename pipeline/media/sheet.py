"""Make stills of a video: thumbnail and cover for the chat, a contact sheet to look at.

Knows pixels; does not know what is in them.
"""

from __future__ import annotations

import io
import math
from pathlib import Path

import av
from PIL import Image, ImageDraw, ImageFont

from pipeline.media.read import Pixels, read_frames
from pipeline.media.write import disk_error

THUMBNAIL_SIDE_PX = 320
THUMBNAIL_BYTES = 200_000
"""Telegram's limits for the thumbnail of a video."""
QUALITIES = (88, 75, 60, 40, 20)
COVER_QUALITY = 88
TILE_PX = 240
COLUMNS = 4
CAPTION_PX = 18
GAP_PX = 4


def thumbnail(frame: Pixels, into: Path) -> None:
    """Write a JPEG of at most 320 px and 200 kB. Raises ``DiskFull``."""
    image = Image.fromarray(frame)
    image.thumbnail((THUMBNAIL_SIDE_PX, THUMBNAIL_SIDE_PX), Image.Resampling.LANCZOS)
    for quality in QUALITIES:
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=quality)
        if buffer.tell() < THUMBNAIL_BYTES:
            break
    _write(buffer, into)


def cover(frame: Pixels, into: Path) -> None:
    """Write the frame as a JPEG of its own size. Raises ``DiskFull``."""
    buffer = io.BytesIO()
    Image.fromarray(frame).save(buffer, "JPEG", quality=COVER_QUALITY)
    _write(buffer, into)


def contact_sheet(video: Path, into: Path, tiles: int = 12) -> None:
    """Write a PNG of ``tiles`` frames, evenly spaced from first to last, with their times."""
    total, fps = _length(video)
    tiles = min(tiles, total)
    wanted = {round(i * (total - 1) / max(1, tiles - 1)) for i in range(tiles)}
    sheet: Image.Image | None = None
    cell = (0, 0)
    place = 0
    for number, frame in enumerate(read_frames(video)):
        if number not in wanted:
            continue
        tile = Image.fromarray(frame)
        tile.thumbnail((TILE_PX, TILE_PX), Image.Resampling.LANCZOS)
        if sheet is None:
            cell = (tile.width + GAP_PX, tile.height + CAPTION_PX + GAP_PX)
            rows = math.ceil(len(wanted) / COLUMNS)
            size = (cell[0] * min(COLUMNS, len(wanted)) + GAP_PX, cell[1] * rows + GAP_PX)
            sheet = Image.new("RGB", size, (24, 24, 24))
        x = GAP_PX + place % COLUMNS * cell[0]
        y = GAP_PX + place // COLUMNS * cell[1]
        sheet.paste(tile, (x, y))
        ImageDraw.Draw(sheet).text(
            (x + 2, y + tile.height + 1),
            f"{number / fps:.2f} s",
            fill=(230, 230, 230),
            font=ImageFont.load_default(13),
        )
        place += 1
    if sheet is None:
        raise ValueError(f"{video.name} holds no frame")
    sheet.save(into, "PNG")


def _write(buffer: io.BytesIO, into: Path) -> None:
    try:
        into.write_bytes(buffer.getvalue())
    except OSError as e:
        raise disk_error(e) from e


def _length(video: Path) -> tuple[int, float]:
    """Count the frames, from the index of the file, and their rate per second."""
    with av.open(f"file:{video}") as container:
        stream = container.streams.video[0]
        return stream.frames, float(stream.average_rate or 25)
