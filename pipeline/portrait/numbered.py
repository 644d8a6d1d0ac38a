"""Pictures with numbers on them, to choose from: the faces of one photo, or several photos.

Draws on our own clean pictures only, never on a stranger's bytes. Blocking; a few tens of
milliseconds. Knows no face mesh: the boxes are given.
"""

from __future__ import annotations

import io
import math
from collections.abc import Mapping
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from pipeline.types import Box

SHOWN_PX = 1280
"""Longer side of what is shown: larger than any phone needs."""
CELL_PX = 480
GAP_PX = 8
MOST_COLUMNS = 4
BADGE_SHARE, LEAST_BADGE_PX = 0.055, 44
"""Height of a number's plate, as a share of the longer side: it is read on a phone."""
FRAME_SHARE = 0.1
"""How far a frame stands off the face, as a share of the face: the mesh ends at the brows."""
INK, PAPER = (255, 255, 255), (20, 92, 214)
BACKGROUND = (24, 24, 28)
JPEG_QUALITY = 88


def draw_faces(picture: Path, boxes: Mapping[int, Box]) -> bytes:
    """Draw a frame and a number around each face; boxes are in pixels of the picture.

    Returns a JPEG of at most ``SHOWN_PX``.
    """
    with Image.open(picture) as opened:
        shown = opened.convert("RGB")
    scale = min(1.0, SHOWN_PX / max(shown.size))
    if scale < 1.0:
        shown = shown.resize(
            (round(shown.width * scale), round(shown.height * scale)), Image.Resampling.LANCZOS
        )
    draw = ImageDraw.Draw(shown)
    badge_px = max(LEAST_BADGE_PX, round(BADGE_SHARE * max(shown.size)))
    for box in boxes.values():
        draw.rounded_rectangle(
            _frame(box, scale, shown.size), badge_px // 4, outline=PAPER, width=badge_px // 8
        )
    for number, box in boxes.items():  # above the face, and no frame crosses a number
        left, top, _, _ = _frame(box, scale, shown.size)
        _badge(draw, shown.size, left, max(0, top - badge_px), number, badge_px)
    return _jpeg(shown)


def draw_sheet(pictures: Mapping[int, Path]) -> bytes:
    """Put pictures side by side, each whole and with its number. Returns a JPEG."""
    columns = min(MOST_COLUMNS, math.ceil(math.sqrt(len(pictures))))
    rows = math.ceil(len(pictures) / columns)
    step_px = CELL_PX + GAP_PX
    sheet = Image.new("RGB", (columns * step_px + GAP_PX, rows * step_px + GAP_PX), BACKGROUND)
    draw = ImageDraw.Draw(sheet)
    for place, (number, path) in enumerate(sorted(pictures.items())):
        row, column = divmod(place, columns)
        left, top = GAP_PX + column * step_px, GAP_PX + row * step_px
        with Image.open(path) as opened:
            small = opened.convert("RGB")
        small.thumbnail((CELL_PX, CELL_PX))
        sheet.paste(
            small, (left + (CELL_PX - small.width) // 2, top + (CELL_PX - small.height) // 2)
        )
        _badge(draw, sheet.size, left, top, number, CELL_PX // 8)
    return _jpeg(sheet)


def _frame(box: Box, scale: float, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """Give the frame around a face, inside the picture: left, top, right, bottom."""
    off_px = FRAME_SHARE * max(box.width_px, box.height_px)
    return (
        max(0, round((box.x_px - off_px) * scale)),
        max(0, round((box.y_px - off_px) * scale)),
        min(size[0] - 1, round((box.x_px + box.width_px + off_px) * scale)),
        min(size[1] - 1, round((box.y_px + box.height_px + off_px) * scale)),
    )


def _badge(
    draw: ImageDraw.ImageDraw, size: tuple[int, int], left: int, top: int, number: int, px: int
) -> None:
    x, y = min(left, size[0] - px), min(top, size[1] - px)
    draw.rounded_rectangle((x, y, x + px, y + px), px // 4, fill=PAPER)
    font = ImageFont.load_default(size=px * 0.68)
    draw.text((x + px / 2, y + px / 2), str(number), fill=INK, font=font, anchor="mm")


def _jpeg(picture: Image.Image) -> bytes:
    written = io.BytesIO()
    picture.save(written, "JPEG", quality=JPEG_QUALITY)
    return written.getvalue()
