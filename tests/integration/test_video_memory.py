"""How much memory a video takes (the long forms: ``tests/bench/memory_flat``, ``video_speed``)."""

from tests.bench.memory_flat import peak_of
from tests.bench.video_speed import MEMORY_LIMIT_MB

FRAME_MB = 512 * 436 * 3 / 1e6


async def test_a_longer_video_takes_no_more_memory() -> None:
    short = await peak_of(4.0)
    long = await peak_of(24.0)

    more_frames = long.frames - short.frames
    assert more_frames > 300
    assert long.peak_mb - short.peak_mb < 30 < more_frames * FRAME_MB / 5


async def test_the_largest_video_keeps_within_the_memory_that_is_promised() -> None:
    largest = await peak_of(4.0, size_px=1024)

    assert largest.peak_mb <= MEMORY_LIMIT_MB
