"""What a stranger's video may not be, and what it may not do to us."""

import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from pipeline import errors
from pipeline.media.footage import Footage
from pipeline.media.kinds import is_video
from tests import faces
from tests.films import column, write_film
from tests.unit.media.conftest import MakeFile
from tests.unit.media.kept import LIMITS, keep


@pytest.mark.parametrize(
    "content",
    [
        b"hello, I am no video",
        b"\0\0\0\x20ftypisom" + bytes(500),
        b"ffconcat version 1.0\nfile 'secret.mp4'\n",
        b"#EXTM3U\n#EXTINF:1,\nsecret.mp4\n",
        random.Random(1).randbytes(20_000),
    ],
)
def test_what_is_no_video_is_unreadable_and_opens_nothing_else(
    tmp_path: Path, content: bytes
) -> None:
    write_film(tmp_path / "secret.mp4", map(column, range(3)))
    (tmp_path / "a.mp4").write_bytes(content)

    with pytest.raises(errors.VideoUnreadable):
        keep(tmp_path / "a.mp4")

    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mp4", "secret.mp4"]


def test_missing_empty_and_large_files_are_refused_unopened(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    with pytest.raises(errors.VideoUnreadable, match="no such file"):
        keep(path)
    with pytest.raises(errors.VideoUnreadable, match="not a file"):
        keep(tmp_path)
    path.touch()
    with pytest.raises(errors.VideoUnreadable, match="empty"):
        keep(path)
    path.write_bytes(bytes(2001))
    with pytest.raises(errors.VideoTooLarge, match=r"0\.0 MB"):
        keep(path, LIMITS.model_copy(update={"max_bytes": 2000}))


def test_frames_beyond_the_limits_are_refused(tmp_path: Path) -> None:
    source = write_film(tmp_path / "a.mp4", map(column, range(3)))

    with pytest.raises(errors.VideoTooLarge, match="160 x 128 pixels"):
        keep(source, LIMITS.model_copy(update={"max_pixels": 20_000}))
    with pytest.raises(errors.VideoTooSmall, match="must have 200"):
        keep(source, LIMITS.model_copy(update={"min_side_px": 200}))


def test_a_codec_outside_the_list_is_refused(tmp_path: Path) -> None:
    source = write_film(tmp_path / "a.mkv", map(column, range(3)), codec="ffv1")

    with pytest.raises(errors.VideoUnreadable, match="ffv1"):
        keep(source)


def test_sound_alone_is_no_video(make_recording: MakeFile) -> None:
    with pytest.raises(errors.VideoUnreadable, match="no pictures"):
        keep(make_recording("mp4", "aac"))


def test_a_video_without_frames_is_refused(tmp_path: Path) -> None:
    source = write_film(tmp_path / "a.mkv", map(column, range(30)))
    whole = source.read_bytes()
    first = whole.index(b"\x1f\x43\xb6\x75")  # Matroska: the first cluster
    source.write_bytes(whole[:first])

    with pytest.raises(errors.VideoUnreadable):
        keep(source)


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv"])
def test_a_damaged_video_gives_footage_or_an_error_of_the_tree(tmp_path: Path, name: str) -> None:
    source = write_film(tmp_path / name, map(column, range(12)))
    whole = source.read_bytes()
    chance = random.Random(7)

    for _ in range(60):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 40)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        source.write_bytes(bytes(damaged[: chance.randint(1, len(damaged))]))
        try:
            facts = keep(source)
        except errors.FootageError:
            continue
        assert facts.frames > 0


def test_truncated_footage_of_ours_is_an_error_not_a_hang(tmp_path: Path) -> None:
    keep(write_film(tmp_path / "a.mp4", map(column, range(20))))
    kept = tmp_path / "kept.mp4"
    kept.write_bytes(kept.read_bytes()[:200])

    with pytest.raises(errors.VideoUnreadable, match="footage is damaged"):
        Footage(kept)


FULL = """
import resource, sys
from pathlib import Path
from pipeline import errors
from pipeline.media.footage import make_footage
from pipeline.settings import FootageSettings

resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
source = Path(sys.argv[1])
try:
    make_footage(source, source.with_name("kept.mp4"), FootageSettings(), fps=25, size_px=640)
except errors.DiskFull as e:
    print("DiskFull", e)
"""


def test_a_disk_that_fills_up_is_named_and_leaves_nothing(tmp_path: Path) -> None:
    chance = np.random.default_rng(1)
    noise = [chance.integers(0, 256, (256, 256, 3), dtype=np.uint8) for _ in range(30)]
    source = write_film(tmp_path / "a.mp4", noise)

    ended = subprocess.run(
        [sys.executable, "-c", FULL, str(source)],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=Path.cwd(),
        check=False,
    )

    assert ended.stdout.startswith("DiskFull The disk is full"), ended.stderr
    assert list(tmp_path.iterdir()) == [source]


def test_photos_are_not_taken_for_videos(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_bytes(b"???")
    (tmp_path / "photo.mp4").write_bytes(b"\xff\xd8\xff\xe0" + bytes(20))

    assert is_video(tmp_path / "film.mp4"), "the name tells what the user thinks it is"
    assert not is_video(tmp_path / "photo.mp4")
    assert not is_video(faces.hopper())
    assert not is_video(faces.astronaut())
    assert is_video(tmp_path / "gone.mov")
    assert not is_video(tmp_path / "gone.jpg")
