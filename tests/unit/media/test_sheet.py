"""The stills of a video."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pipeline.media.read import read_frames
from pipeline.media.sheet import contact_sheet, thumbnail
from tests.unit.media.conftest import MakeSound, picture
from tests.unit.media.test_write import write


@pytest.mark.parametrize("size_px", [(512, 384), (288, 512), (1024, 1024), (100, 60)])
def test_a_thumbnail_keeps_telegrams_limits(tmp_path: Path, size_px: tuple[int, int]) -> None:
    chance = np.random.default_rng(1)
    frame = chance.integers(0, 256, (size_px[1], size_px[0], 3), dtype=np.uint8)

    thumbnail(frame, tmp_path / "thumb.jpg")

    with Image.open(tmp_path / "thumb.jpg") as image:
        assert image.format == "JPEG"
        assert max(image.size) <= 320
        assert image.width / image.height == pytest.approx(size_px[0] / size_px[1], rel=0.02)
    assert (tmp_path / "thumb.jpg").stat().st_size < 200_000


def test_a_contact_sheet_shows_frames_from_the_first_to_the_last(
    tmp_path: Path, make_sound: MakeSound
) -> None:
    video = write(tmp_path / "out.mp4", make_sound(2.0), (96, 128))
    assert next(read_frames(video)).shape == picture(96, 128).shape

    contact_sheet(video, tmp_path / "sheet.png", tiles=12)

    with Image.open(tmp_path / "sheet.png") as sheet:
        pixels = np.asarray(sheet).astype(int)
    columns = [
        int(np.argmax(pixels[60, 4 + place * 100 : 4 + place * 100 + 96].sum(axis=1)))
        for place in range(4)
    ]
    assert sheet.size == (4 * 100 + 4, 3 * (128 + 22) + 4)
    assert columns == sorted(columns)
    assert columns[0] < 4
    assert columns[3] == pytest.approx(3 * 49 / 11, abs=4)


def test_a_short_video_gives_a_short_sheet(tmp_path: Path, make_sound: MakeSound) -> None:
    video = write(tmp_path / "out.mp4", make_sound(0.1))

    contact_sheet(video, tmp_path / "sheet.png", tiles=12)

    with Image.open(tmp_path / "sheet.png") as sheet:
        assert sheet.height < 2 * 128
