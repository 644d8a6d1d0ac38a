"""Frames come back exactly as they were kept, or not at all."""

from pathlib import Path

import numpy as np
import pytest

from pipeline import errors
from pipeline.media.lossless import read_exactly, write_exactly
from pipeline.media.read import Pixels


def noise(count: int, height: int = 66, width: int = 50) -> list[Pixels]:
    random = np.random.default_rng(5)
    return [random.integers(0, 256, (height, width, 3), np.uint8) for _ in range(count)]


@pytest.mark.parametrize("size", [(66, 50), (65, 51), (16, 16)])
def test_every_pixel_comes_back(tmp_path: Path, size: tuple[int, int]) -> None:
    frames = noise(5, *size)

    write_exactly(frames, tmp_path / "a.mkv")

    np.testing.assert_array_equal(np.stack(read_exactly(tmp_path / "a.mkv")), np.stack(frames))
    assert [path.name for path in tmp_path.iterdir()] == ["a.mkv"]


def test_what_does_not_change_takes_next_to_nothing(tmp_path: Path) -> None:
    frame = noise(1)[0]

    write_exactly([frame], tmp_path / "one.mkv")
    write_exactly([frame] * 16, tmp_path / "many.mkv")

    one, many = ((tmp_path / name).stat().st_size for name in ("one.mkv", "many.mkv"))
    assert many < 1.1 * one + 1000


@pytest.mark.parametrize("content", [b"", b"no video at all"])
def test_a_broken_file_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.mkv").write_bytes(content)

    with pytest.raises(ValueError, match=r"a\.mkv cannot be read"):
        read_exactly(tmp_path / "a.mkv")


def test_a_file_that_cannot_be_finished_leaves_nothing(tmp_path: Path) -> None:
    frames = [*noise(2), noise(1, 20, 20)[0]]

    with pytest.raises((ValueError, OSError, errors.BoltiError)):
        write_exactly(frames, tmp_path / "gone" / "a.mkv")

    assert list(tmp_path.iterdir()) == []
