"""The inside of the mouth, painted into a region of one colour."""

import numpy as np

from pipeline.lipsync.mouth import InnerMouth, Place
from pipeline.lipsync.palette import Palette
from pipeline.portrait import Pixels

E_PX, SIDE_PX = 200.0, 160
MIDDLE = SIDE_PX // 2
HALF_GAP_E, HALF_WIDTH_E = 0.08, 0.3
WHITE = 230


def opened(photo: Pixels) -> Pixels:
    """Paint a mouth, open between two straight lips, over a photo that shows teeth everywhere."""
    rows, columns = np.mgrid[0:SIDE_PX, 0:SIDE_PX].astype(np.float32)
    place = Place(
        x=(columns - MIDDLE) / np.float32(E_PX),
        y=(rows - MIDDLE) / np.float32(E_PX),
        e_px=E_PX,
        photo=photo,
    )
    palette = Palette(
        lip=np.full(3, WHITE, np.float32),
        tooth=np.full(3, WHITE, np.float32),
        tone=None,
        own_teeth=np.ones((SIDE_PX, SIDE_PX), np.float32),
        lower_teeth_e=0.0,
    )
    x = np.linspace(-HALF_WIDTH_E, HALF_WIDTH_E, 11)
    upper, lower = (np.column_stack([x, np.full(11, y)]) for y in (-HALF_GAP_E, HALF_GAP_E))
    region = np.full((SIDE_PX, SIDE_PX, 3), WHITE, np.uint8)
    contours_px = (upper * E_PX + MIDDLE, lower * E_PX + MIDDLE)
    InnerMouth(place, palette).paint(region, contours_px, (upper, lower), tongue=0.0)
    return region


def test_a_shadow_parts_bright_teeth_from_a_bright_lip() -> None:
    white = np.full((SIDE_PX, SIDE_PX, 3), WHITE, np.uint8)

    column = opened(white)[:, MIDDLE].mean(axis=1)

    lip = MIDDLE + round(HALF_GAP_E * E_PX)
    assert column[MIDDLE] == WHITE
    assert column[lip - 3 : lip].min() < 0.8 * WHITE
    assert column[lip + 6] == WHITE, "it stays in the mouth"


def test_the_photos_own_teeth_stay_as_sharp_as_they_are() -> None:
    striped = np.full((SIDE_PX, SIDE_PX, 3), WHITE, np.uint8)
    striped[:, ::2] = 40

    row = opened(striped)[MIDDLE, MIDDLE - 4 : MIDDLE + 4, 0]

    assert (row == [40, WHITE] * 4).all()
