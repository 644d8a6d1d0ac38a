"""Frames that were finished once are not made again, nor mixed with those of another film."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from pipeline.portrait import Pixels
from pipeline.studio.journal import PART_FRAMES, kept_through, key_of

TOTAL = 3 * PART_FRAMES + 5
KEY = key_of("a film")


def picture(number: int) -> Pixels:
    return np.full((32, 48, 3), number, np.uint8)


class Maker:
    """Makes frames that show their number; notes where it began and how many it made."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.made = 0

    def __call__(self, first: int) -> Iterator[Pixels]:
        self.begun.append(first)
        for number in range(first, TOTAL):
            self.made += 1
            yield picture(number)


def numbers(frames: Iterator[Pixels], most: int = TOTAL) -> list[int]:
    """Take frames as a film does that is killed after `most`: nothing is tidied up."""
    return [int(frame[0, 0, 0]) for frame, _ in zip(frames, range(most), strict=False)]


def test_a_film_that_was_cut_short_goes_on_at_its_last_whole_part(tmp_path: Path) -> None:
    maker = Maker()
    numbers(kept_through(tmp_path, KEY, maker), most=2 * PART_FRAMES + 3)

    again = numbers(kept_through(tmp_path, KEY, maker))

    assert again == list(range(TOTAL))
    assert maker.begun == [0, 2 * PART_FRAMES]


def test_a_finished_film_is_only_read(tmp_path: Path) -> None:
    numbers(kept_through(tmp_path, KEY, Maker()))
    maker = Maker()

    assert numbers(kept_through(tmp_path, KEY, maker)) == list(range(TOTAL))
    assert maker.made == 0


def test_another_film_finds_nothing_and_drops_what_lies_there(tmp_path: Path) -> None:
    numbers(kept_through(tmp_path, KEY, Maker()))
    maker = Maker()

    numbers(kept_through(tmp_path, key_of("another"), maker))

    assert maker.begun == [0]
    assert [path.name for path in tmp_path.iterdir()] == [key_of("another")]


@pytest.mark.parametrize("content", [b"", b"cut off by a kill"])
def test_a_broken_part_is_made_again_with_all_that_follow(tmp_path: Path, content: bytes) -> None:
    numbers(kept_through(tmp_path, KEY, Maker()))
    (tmp_path / KEY / f"{PART_FRAMES:08d}.mkv").write_bytes(content)
    maker = Maker()

    assert numbers(kept_through(tmp_path, KEY, maker)) == list(range(TOTAL))
    assert maker.begun == [PART_FRAMES]


def test_whoever_takes_a_frame_may_draw_on_it(tmp_path: Path) -> None:
    for frame in kept_through(tmp_path, KEY, Maker()):
        frame[:] = 255

    assert numbers(kept_through(tmp_path, KEY, Maker())) == list(range(TOTAL))


def test_keys_tell_parts_apart_not_only_their_sum() -> None:
    assert key_of("ab", "c") != key_of("a", "bc")
    assert key_of("ab", b"c") == key_of(b"ab", "c")
