"""A stranger's video becomes footage of our own: every kind, at even times, in any order."""

import random
import threading
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from pipeline.media.footage import RUN_FRAMES, Footage, FootageFacts
from pipeline.media.kinds import is_video
from tests import faces
from tests.films import column, column_of, write_film
from tests.unit.media.kept import LIMITS, keep, numbers


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("a.mp4", "libx264"),
        ("a.mov", "libx265"),
        ("a.webm", "libvpx"),
        ("a.webm", "libvpx-vp9"),
        ("a.mkv", "libx264"),
        ("a.avi", "mpeg4"),
        ("a.mp4", "libsvtav1"),
    ],
)
def test_each_kind_that_people_send_is_kept_frame_by_frame(
    tmp_path: Path, name: str, codec: str
) -> None:
    source = write_film(tmp_path / name, map(column, range(20)), codec=codec)

    facts = keep(source)

    assert facts == FootageFacts(width_px=160, height_px=128, frames=20, fps=25, is_cut=False)
    assert numbers(tmp_path) == list(range(20))
    assert is_video(source)


def test_a_video_sticker_with_its_clear_ground_is_kept(tmp_path: Path) -> None:
    frames = map(column, range(20))
    source = write_film(tmp_path / "a.webm", frames, codec="libvpx-vp9", pix_fmt="yuva420p")

    facts = keep(source)

    assert facts.frames == 20
    assert numbers(tmp_path) == list(range(20))


@pytest.mark.parametrize(("fps", "frames", "kept"), [(50, 40, 20), (30, 36, 30), (10, 8, 20)])
def test_other_rates_become_ours_by_time(tmp_path: Path, fps: int, frames: int, kept: int) -> None:
    source = write_film(tmp_path / "a.mp4", map(column, range(frames)), fps=fps)

    assert keep(source).frames == kept
    shown = numbers(tmp_path)
    assert all(
        abs(number / fps - k / 25) <= max(1 / fps, 1 / 25) for k, number in enumerate(shown)
    )
    assert all(later >= number for number, later in pairwise(shown))


def test_a_frame_that_stays_is_kept_as_long_as_it_was_shown(tmp_path: Path) -> None:
    times_s = [0.0, 0.04, 0.08, 0.48, 0.52]

    keep(write_film(tmp_path / "a.mp4", map(column, range(5)), times_s=times_s))

    assert numbers(tmp_path)[:14] == [0, 1, *[2] * 10, 3, 4]


def test_times_that_begin_late_count_from_the_first_frame(tmp_path: Path) -> None:
    times_s = [100 + number / 25 for number in range(10)]

    keep(write_film(tmp_path / "a.mkv", map(column, range(10)), times_s=times_s))

    assert numbers(tmp_path) == list(range(10))


def test_a_long_video_is_cut_at_the_limit_and_says_so(tmp_path: Path) -> None:
    source = write_film(tmp_path / "a.mp4", (column(n % 40) for n in range(60)))

    facts = keep(source, LIMITS.model_copy(update={"max_s": 2.0}))

    assert (facts.frames, facts.is_cut) == (50, True)


def test_a_video_of_exactly_the_limit_is_whole(tmp_path: Path) -> None:
    source = write_film(tmp_path / "a.mp4", (column(n % 40) for n in range(50)))

    facts = keep(source, LIMITS.model_copy(update={"max_s": 2.0}))

    assert (facts.frames, facts.is_cut) == (50, False)


def test_a_jump_of_hours_in_the_times_fills_no_more_than_the_limit(tmp_path: Path) -> None:
    source = write_film(tmp_path / "a.mkv", map(column, range(2)), times_s=[0.0, 9000.0])

    facts = keep(source, LIMITS.model_copy(update={"max_s": 2.0}))

    assert (facts.frames, facts.is_cut) == (50, True)


def test_one_picture_is_a_video_of_one_frame(tmp_path: Path) -> None:
    assert keep(write_film(tmp_path / "a.mp4", [column(3)])).frames == 1
    assert numbers(tmp_path) == [3]


def test_large_frames_are_scaled_to_even_sides_and_small_ones_are_left(tmp_path: Path) -> None:
    source = write_film(tmp_path / "a.mp4", (column(n, 320, 242) for n in range(4)))

    large, small = keep(source, size_px=160), keep(source, size_px=640)

    assert (large.width_px, large.height_px) == (160, 120)
    assert (small.width_px, small.height_px) == (320, 242)


@pytest.mark.parametrize(("turn", "quarters"), [((0, 1, -1, 0), 3), ((0, -1, 1, 0), 1)])
def test_a_phone_held_upright_gives_upright_footage(
    tmp_path: Path, turn: tuple[int, int, int, int], quarters: int
) -> None:
    picture = faces.pixels(faces.astronaut(), 160)[:128]
    source = write_film(tmp_path / "a.mp4", [picture] * 3)
    whole = bytearray(source.read_bytes())
    at = whole.index(b"tkhd") + 4 + 40  # ISO 14496-12: the matrix of a version 0 track header
    rows = (turn[0], turn[1], 0, turn[2], turn[3], 0, 0, 0, 1 << 14)
    for place, value in enumerate(rows):
        entry = value << 16
        whole[at + 4 * place : at + 4 * place + 4] = entry.to_bytes(4, "big", signed=True)
    source.write_bytes(bytes(whole))

    facts = keep(source)

    assert (facts.width_px, facts.height_px) == (128, 160)
    with Footage(tmp_path / "kept.mp4") as footage:
        off = np.abs(footage[1].astype(int) - np.rot90(picture, quarters)).mean()
    assert off < 6


def test_colours_come_through(tmp_path: Path) -> None:
    picture = faces.pixels(faces.astronaut(), 256)
    keep(write_film(tmp_path / "a.mp4", [picture] * 3, options={"crf": "4"}))

    with Footage(tmp_path / "kept.mp4") as footage:
        off = np.abs(footage[0].astype(int) - picture)

    assert off.mean() < 5
    assert np.abs(off.mean(axis=(0, 1)) - off.mean()).max() < 2, "no channel is off by itself"


# --------------------------------------------------------------------------- in any order


def test_footage_plays_in_any_order_and_keeps_few_runs(tmp_path: Path) -> None:
    keep(write_film(tmp_path / "a.mp4", (column(n % 40) for n in range(77))))
    order = random.Random(3).sample(range(77), 77)

    with Footage(tmp_path / "kept.mp4", kept_runs=2) as footage:
        shown = [column_of(footage[i]) for i in order]
        backwards = [column_of(frame) for frame in reversed(footage)]
        runs = len(footage._runs)

    assert shown == [i % 40 for i in order]
    assert backwards == [i % 40 for i in reversed(range(77))]
    assert runs <= 2


def test_footage_is_a_sequence(tmp_path: Path) -> None:
    keep(write_film(tmp_path / "a.mp4", map(column, range(20))))

    with Footage(tmp_path / "kept.mp4") as footage:
        assert len(footage) == 20
        assert column_of(footage[-1]) == 19
        assert [column_of(frame) for frame in footage[17:]] == [17, 18, 19]
        with pytest.raises(IndexError, match="frame 20 of 20"):
            footage[20]
        footage[5][:] = 0
        assert column_of(footage[5]) == 5, "who draws on a frame draws on his own"
    with Footage(tmp_path / "kept.mp4", most=7) as footage:
        assert [column_of(frame) for frame in footage] == list(range(7))


def test_two_threads_may_read_at_two_places(tmp_path: Path) -> None:
    keep(write_film(tmp_path / "a.mp4", (column(n % 40) for n in range(8 * RUN_FRAMES))))
    wrong: list[int] = []

    with Footage(tmp_path / "kept.mp4", kept_runs=1) as footage:

        def read(places: range) -> None:
            wrong.extend(i for i in places if column_of(footage[i]) != i % 40)

        threads = [
            threading.Thread(target=read, args=(places,))
            for places in (range(40), range(63, 20, -1))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)

    assert wrong == []
