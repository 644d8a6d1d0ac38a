"""The invisible mark: found by whoever has the key, through other hands, and nowhere else.

The long forms are ``tests/bench/watermark.py`` and ``tests/bench/watermark_clean.py``.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from pipeline.portrait import Pixels
from pipeline.safety.mark import mark_id, read_mark
from pipeline.safety.watermark import MOST, SURE, MarkReader, Watermark
from pipeline.types import JobId
from tests import faces
from tests.films import write_film
from tests.measure.clips import clean_clip
from tests.measure.reencoded import OURS, WAYS, Way, found_in, read_mark_of, reencoded

KEY, OTHER_KEY = bytes(range(32)), bytes(range(1, 33))
MARK_ID = mark_id(KEY, JobId("tg-000000000042"), datetime(2026, 11, 22, tzinfo=UTC))
MARK = read_mark(MARK_ID)
FRAMES = 40


def speaking_still(path: Path, height_px: int = 512) -> list[Pixels]:
    """Sway a portrait a little, as idle motion does."""
    photo = faces.pixels(path, height_px + 16)
    places = [round(4 + 3 * np.sin(number / 6)) for number in range(FRAMES)]
    width = (photo.shape[1] - 16) // 2 * 2
    return [np.ascontiguousarray(photo[8 : 8 + height_px, left : left + width]) for left in places]


def marked(frames: list[Pixels], key: bytes = KEY) -> list[Pixels]:
    height, width = frames[0].shape[:2]
    mark = Watermark(key, MARK_ID, width, height)
    copies = [frame.copy() for frame in frames]
    for frame in copies:
        mark.onto(frame)
    return copies


@pytest.fixture(scope="module")
def videos(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Encode two marked portraits as we do."""
    folder = tmp_path_factory.mktemp("marked")
    photos = {"hopper": faces.hopper(), "astronaut": faces.astronaut()}
    return {
        name: write_film(folder / f"{name}.mp4", marked(speaking_still(path)), options=OURS)
        for name, path in photos.items()
    }


@pytest.mark.parametrize("name", ["hopper", "astronaut"])
def test_the_mark_of_our_video_is_read_whole(videos: dict[str, Path], name: str) -> None:
    found = read_mark_of(videos[name], KEY)

    assert found.is_ours
    assert found.mark == MARK


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_it_survives_other_peoples_hands(
    videos: dict[str, Path], tmp_path: Path, way: Way
) -> None:
    again = reencoded(videos["hopper"], tmp_path / "again.mp4", way)

    found = read_mark_of(again, KEY)

    assert found.is_ours
    assert found.mark in (MARK, None), "never read wrong"


def test_another_key_finds_nothing(videos: dict[str, Path]) -> None:
    assert not read_mark_of(videos["hopper"], OTHER_KEY).is_ours


@pytest.mark.parametrize("number", range(24))
def test_clean_clips_carry_no_mark(number: int) -> None:
    found = found_in(clean_clip(number), KEY)

    assert found.score < SURE - 1
    assert found.mark is None


def test_nothing_is_found_in_no_frames() -> None:
    assert not MarkReader(KEY).found().is_ours


@pytest.mark.parametrize(
    ("width_px", "height_px"), [(288, 512), (512, 288), (1280, 720), (384, 384), (130, 128)]
)
def test_every_shape_and_size_carries_it(width_px: int, height_px: int) -> None:
    photo = faces.on_a_wall(
        faces.pixels(faces.hopper(), height_px), width_px=width_px + 700, height_px=height_px
    )[:, 350 : 350 + width_px]
    frames = [np.ascontiguousarray(photo)] * 3

    assert found_in(marked(frames), KEY).mark == MARK


@pytest.mark.parametrize("grey", [0, 1, 127, 254, 255])
def test_a_flat_picture_is_hardly_changed_and_carries_it_all_the_same(grey: int) -> None:
    frames = [np.full((512, 384, 3), grey, np.uint8)] * 3

    changed = marked(frames)

    difference = changed[0].astype(int) - grey
    assert 0 < np.abs(difference).max() <= 4
    assert difference.std() < 1.2
    assert found_in(changed, KEY).mark == MARK


def test_no_colour_is_changed_only_brightness_and_never_much() -> None:
    frames = speaking_still(faces.astronaut())[:1]

    (changed,) = marked(frames)

    inside = (frames[0] > 12).all(axis=2) & (frames[0] < 243).all(axis=2)
    difference = (changed.astype(int) - frames[0])[inside]
    assert (difference == difference[:, :1]).all()
    assert np.abs(difference).max() <= np.ceil(5 * MOST)


def test_the_mark_follows_a_film_that_changes() -> None:
    """Its strength is of the picture that is shown, not of the first one."""
    flat = [np.full((512, 512, 3), 90, np.uint8)] * 25
    rough = speaking_still(faces.astronaut())[:1] * 5
    rough = [np.ascontiguousarray(frame[:512, :512]) for frame in rough]

    changed = marked(flat + rough)

    assert (
        np.abs(changed[-1].astype(int) - rough[0]).mean()
        > 1.2 * np.abs(changed[0].astype(int) - 90).mean()
    )


def test_the_same_key_and_mark_make_the_same_pictures_everywhere() -> None:
    frames = [np.full((64, 64, 3), 90, np.uint8)]

    one, other = marked(frames), marked(frames)

    np.testing.assert_array_equal(one, other)
