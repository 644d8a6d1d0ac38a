"""What the written video promises to every player, and to the disk."""

import math
import os
import subprocess
import sys
import threading
from pathlib import Path

import av
import numpy as np
import pytest

from pipeline import errors
from pipeline.media.read import Sound, decode_speech, read_frames
from pipeline.media.write import VideoWriter
from tests.unit.media.conftest import MakeSound, picture

LARGE = 48_000_000
OURS, OF_X264 = 1, 4
"""Threads: the writer's own; two that encode, x264's that looks ahead, and one that waits."""


def write(
    into: Path,
    sound: Sound,
    size_px: tuple[int, int] = (96, 128),
    *,
    frames: int | None = None,
    max_bytes: int = LARGE,
    interrupted: bool = False,
) -> Path:
    """Write a video of that sound, by default with as many frames as it needs."""
    width_px, height_px = size_px
    with VideoWriter(
        into, width_px=width_px, height_px=height_px, fps=25, sound=sound, max_bytes=max_bytes
    ) as video:
        for number in range(video.frames_wanted if frames is None else frames):
            video.add(picture(width_px, height_px, number))
        if interrupted:
            raise KeyboardInterrupt
    return into


@pytest.mark.parametrize("rate_hz", [16000, 22050, 44100, 48000])
@pytest.mark.parametrize("duration_s", [0.3, 1.0, 2.013])
def test_the_video_has_every_frame_and_its_sound_is_as_long(
    tmp_path: Path, make_sound: MakeSound, rate_hz: int, duration_s: float
) -> None:
    sound = make_sound(duration_s, rate_hz)

    path = write(tmp_path / "out.mp4", sound)

    with av.open(str(path)) as file:
        video, audio = file.streams.video[0], file.streams.audio[0]
        assert video.frames == math.ceil(sound.duration_s * 25)
        assert video.codec_context.name == "h264"
        assert video.codec_context.profile == "High"
        assert video.codec_context.pix_fmt == "yuv420p"
        assert video.average_rate == 25
        assert audio.codec_context.name == "aac"
        assert audio.codec_context.sample_rate == rate_hz
        assert audio.codec_context.channels == 1
        assert video.duration is not None
        assert audio.duration is not None
        video_s = float(video.duration * (video.time_base or 0))
        audio_s = float(audio.duration * (audio.time_base or 0))
        assert abs(video_s - audio_s) <= 1 / 25
        assert video.start_time == 0
    assert sum(1 for _ in read_frames(path)) == math.ceil(sound.duration_s * 25)


def test_the_sound_in_the_video_is_the_speech_at_the_same_time(
    tmp_path: Path, make_sound: MakeSound
) -> None:
    silence = np.zeros(11025, np.int16)
    tone = make_sound(0.5).samples
    sound = Sound(samples=np.concatenate([silence, tone, silence]), sample_rate_hz=22050)

    path = write(tmp_path / "out.mp4", sound)

    heard = decode_speech(path.read_bytes())
    loud = np.flatnonzero(np.abs(heard.samples) > 3000) / heard.sample_rate_hz
    assert loud[0] == pytest.approx(0.5, abs=0.01)
    assert loud[-1] == pytest.approx(1.0, abs=0.01)


def test_the_index_comes_before_the_frames(tmp_path: Path, make_sound: MakeSound) -> None:
    content = write(tmp_path / "out.mp4", make_sound()).read_bytes()

    assert 0 < content.find(b"moov") < content.find(b"mdat")


def test_colours_come_back_and_are_declared(tmp_path: Path, make_sound: MakeSound) -> None:
    colours = [(220, 30, 30), (30, 200, 40), (30, 40, 210), (230, 220, 200), (20, 20, 20)]
    frame = np.zeros((64, 160, 3), np.uint8)
    for number, colour in enumerate(colours):
        frame[:, number * 32 : (number + 1) * 32] = colour

    into = tmp_path / "out.mp4"
    sound = make_sound(0.2)
    with VideoWriter(
        into, width_px=160, height_px=64, fps=25, sound=sound, max_bytes=LARGE
    ) as video:
        for _ in range(video.frames_wanted):
            video.add(frame)

    seen = next(read_frames(into))
    for number, colour in enumerate(colours):
        np.testing.assert_allclose(seen[32, number * 32 + 16], colour, atol=6)
    with av.open(str(into)) as file:
        assert file.streams.video[0].codec_context.colorspace == 1


def test_an_odd_size_is_refused_before_anything_is_written(
    tmp_path: Path, make_sound: MakeSound
) -> None:
    with pytest.raises(ValueError, match="even"):
        write(tmp_path / "out.mp4", make_sound(), (95, 128))

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("difference", [-1, 1])
def test_another_number_of_frames_is_an_error_and_leaves_nothing(
    tmp_path: Path, make_sound: MakeSound, difference: int
) -> None:
    with pytest.raises(errors.RenderFailed, match=f"{25 + difference} frames; 25"):
        write(tmp_path / "out.mp4", make_sound(), frames=25 + difference)

    assert list(tmp_path.iterdir()) == []


def test_an_error_in_the_middle_leaves_the_old_video_and_no_thread(
    tmp_path: Path, make_sound: MakeSound
) -> None:
    into = tmp_path / "out.mp4"
    into.write_bytes(b"the old one")

    with pytest.raises(KeyboardInterrupt):
        write(into, make_sound(), frames=12, interrupted=True)

    assert [path.name for path in tmp_path.iterdir()] == ["out.mp4"]
    assert into.read_bytes() == b"the old one"
    assert "encoder" not in [thread.name for thread in threading.enumerate()]


def test_a_video_takes_no_thread_per_processor_but_for_the_filter_of_its_sound(
    tmp_path: Path, make_sound: MakeSound
) -> None:
    threads = Path("/proc/self/task")
    before, most = len(list(threads.iterdir())), 0

    with VideoWriter(
        tmp_path / "out.mp4",
        width_px=256,
        height_px=256,
        fps=25,
        sound=make_sound(),
        max_bytes=LARGE,
    ) as video:
        for number in range(video.frames_wanted):
            video.add(picture(256, 256, number))
            most = max(most, len(list(threads.iterdir())))

    of_the_sound = os.cpu_count() or 1  # PyAV's resampler cannot be told; they hold no frames
    assert most - before <= OURS + OF_X264 + of_the_sound


def test_a_finished_video_replaces_the_old_one(tmp_path: Path, make_sound: MakeSound) -> None:
    into = tmp_path / "out.mp4"
    into.write_bytes(b"the old one")

    write(into, make_sound())

    assert [path.name for path in tmp_path.iterdir()] == ["out.mp4"]
    assert len(list(read_frames(into))) == 25


def test_noise_is_squeezed_below_the_limit_of_bytes(tmp_path: Path, make_sound: MakeSound) -> None:
    chance = np.random.default_rng(3)
    into = tmp_path / "out.mp4"
    limit_bytes = 400_000
    video = VideoWriter(
        into, width_px=256, height_px=256, fps=25, sound=make_sound(4.0), max_bytes=limit_bytes
    )

    with video:
        for _ in range(100):
            video.add(chance.integers(0, 256, (256, 256, 3), dtype=np.uint8))

    assert into.stat().st_size == video.size_bytes <= limit_bytes
    assert video.size_bytes > limit_bytes / 3


def test_what_cannot_be_squeezed_is_a_clear_error(tmp_path: Path, make_sound: MakeSound) -> None:
    with pytest.raises(errors.RenderFailed, match="smaller size or a shorter script"):
        write(tmp_path / "out.mp4", make_sound(), max_bytes=2000)

    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_told_at_once(tmp_path: Path, make_sound: MakeSound) -> None:
    with pytest.raises(FileNotFoundError):
        write(tmp_path / "no" / "out.mp4", make_sound())


FULL = """
import resource, sys
from pathlib import Path
import numpy as np
from pipeline import errors
from pipeline.media.read import Sound
from pipeline.media.write import VideoWriter
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
sound = Sound(samples=np.zeros(22050 * 8, np.int16), sample_rate_hz=22050)
chance = np.random.default_rng(1)
try:
    with VideoWriter(Path(sys.argv[1]), width_px=256, height_px=256, fps=25, sound=sound,
                     max_bytes=48_000_000) as video:
        for _ in range(200):
            video.add(chance.integers(0, 256, (256, 256, 3), dtype=np.uint8))
except errors.DiskFull as e:
    print("DiskFull", e)
"""


def test_a_disk_that_fills_up_is_named_and_leaves_nothing(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path / "out.mp4")],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=Path.cwd(),
        check=False,
    )

    assert ended.stdout.startswith("DiskFull The disk is full"), ended.stderr
    assert list(tmp_path.iterdir()) == []
