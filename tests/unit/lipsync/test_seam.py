"""The line between lips that were closed."""

import numpy as np
import pytest

from pipeline.lipsync.seam import DARKEST, LINE_E, Seam
from pipeline.portrait import Pixels

E_PX = 120.0
CORNERS = (-0.25, 0.25)
LIPS = 150.0


def lips(own_line: float) -> tuple[Seam, np.ndarray[tuple[int, int]], Pixels]:
    """Draw lips with a line of their own that is so much darker."""
    x, y = np.meshgrid(np.arange(-40, 40) / E_PX, np.arange(-20, 20) / E_PX)
    light = LIPS * (1 - own_line * np.exp(-((y / LINE_E) ** 2)))
    picture = np.repeat(light[..., None], 3, axis=2).astype(np.uint8)
    return Seam(x, y, E_PX, was_open=True), y, picture


def middle_after(own_line: float, gap_e: float = 0.0) -> float:
    seam, y, picture = lips(own_line)
    seam.finish(picture, y, CORNERS, gap_e)
    return float(picture[20, 40, 0])


def test_lips_without_a_line_get_one() -> None:
    assert middle_after(0.0) < (1 - 0.7 * DARKEST) * LIPS


@pytest.mark.parametrize("own_line", [0.45, 0.6])
def test_a_line_that_the_photo_has_is_not_drawn_over(own_line: float) -> None:
    *_, before = lips(own_line)

    assert middle_after(own_line) >= float(before[20, 40, 0])


def test_a_faint_line_is_made_as_dark_as_a_missing_one() -> None:
    assert middle_after(0.2) == pytest.approx(middle_after(0.0), abs=0.06 * LIPS)


def test_the_line_goes_when_the_lips_part() -> None:
    assert middle_after(0.0, gap_e=0.05) == pytest.approx(LIPS, abs=1)
