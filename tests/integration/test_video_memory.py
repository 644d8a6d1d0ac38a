"""Memory does not grow with the length of a video (the long form: ``tests/bench/memory_flat``)."""

from tests.bench.memory_flat import peak_of

FRAME_MB = 512 * 436 * 3 / 1e6


async def test_a_longer_video_takes_no_more_memory() -> None:
    short = await peak_of(4.0)
    long = await peak_of(24.0)

    more_frames = long.frames - short.frames
    assert more_frames > 300
    assert long.peak_mb - short.peak_mb < 30 < more_frames * FRAME_MB / 5
