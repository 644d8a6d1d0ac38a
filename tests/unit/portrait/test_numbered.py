"""Pictures to choose from: every number is there, inside the picture, and hides no face."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.portrait.numbered import PAPER, draw_faces, draw_sheet
from pipeline.types import Box


@pytest.fixture
def grey(tmp_path: Path) -> Path:
    path = tmp_path / "grey.png"
    Image.new("RGB", (1600, 1000), (120, 120, 120)).save(path)
    return path


def opened(jpeg: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(jpeg)).convert("RGB")).astype(int)


def is_plate(part: np.ndarray) -> bool:
    return bool((np.abs(part - np.array(PAPER)).max(axis=2) < 30).any())


def test_every_face_has_its_frame_and_what_is_in_it_stays_visible(grey: Path) -> None:
    boxes = {
        1: Box(x_px=200, y_px=300, width_px=200, height_px=200),
        3: Box(x_px=1300, y_px=10, width_px=250, height_px=250),
    }

    drawn = opened(draw_faces(grey, boxes))

    assert drawn.shape == (800, 1280, 3)
    inside = drawn[250:390, 170:310]  # the first face, in the picture as shown
    assert np.abs(inside - 120).max() < 25
    assert is_plate(drawn[150:240, 120:250])
    assert is_plate(drawn[0:60, 1000:1280])


@pytest.mark.parametrize("count", [1, 2, 3, 5, 10])
def test_a_sheet_shows_every_photo_with_its_number(grey: Path, count: int) -> None:
    sheet = opened(draw_sheet(dict.fromkeys(range(1, count + 1), grey)))

    height, width, _ = sheet.shape
    columns = min(4, int(np.ceil(np.sqrt(count))))
    for place in range(count):
        row, column = divmod(place, columns)
        assert is_plate(sheet[row * 488 : row * 488 + 70, column * 488 : column * 488 + 70])
    assert max(height, width) <= 1964
