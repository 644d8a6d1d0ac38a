"""The desk and its child process: verdicts on real videos, reasons, accidents."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from pipeline import errors
from pipeline.booth import Booth
from pipeline.child import Message
from pipeline.confine import confinable
from pipeline.footage import ORDERS, FootageOrder
from pipeline.footage.desk import MODULE, FootageDesk
from pipeline.media.footage import Footage
from pipeline.settings import FootageSettings, child_environment
from tests.films import blank, speaker, write_film


@pytest.fixture
async def booth(tmp_path: Path) -> AsyncIterator[Booth]:
    booth = Booth("footage", MODULE, child_environment(), tmp_path / "scratch")
    yield booth
    await booth.close()


@pytest.fixture
def desk(booth: Booth) -> FootageDesk:
    return FootageDesk(FootageSettings(max_s=5), booth)


async def test_a_warm_child_answers_video_after_video(
    desk: FootageDesk, booth: Booth, tmp_path: Path
) -> None:
    whole = write_film(tmp_path / "whole.mp4", map(speaker, range(50)))
    half = write_film(
        tmp_path / "half.webm", [*map(blank, range(24)), *map(speaker, range(24))], codec="libvpx"
    )

    first = await desk.check(whole, tmp_path / "first.mp4", fps=25)
    pid = booth.pid
    second = await desk.check(half, tmp_path / "second.mp4", fps=25, size_px=200, most_s=1.6)

    assert booth.pid == pid
    assert (first.width_px, first.height_px, first.duration_s) == (256, 256, 2.0)
    assert (first.faces, first.visible, first.is_cut) == (1, 1.0, False)
    assert first.eye_distance_px == pytest.approx(63, rel=0.1)
    assert (second.width_px, second.duration_s, second.is_cut) == (200, 1.6, True)
    assert 0.2 < second.visible < 0.6
    with Footage(tmp_path / "first.mp4") as footage:
        assert len(footage) == 50


async def test_a_reason_crosses_the_pipe_and_leaves_the_child_warm(
    desk: FootageDesk, booth: Booth, tmp_path: Path
) -> None:
    nobody = write_film(tmp_path / "nobody.mp4", map(blank, range(30)))
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(nobody.read_bytes()[:900])

    with pytest.raises(errors.NoFaceInVideo, match="No face was found in the video"):
        await desk.check(nobody, tmp_path / "kept.mp4", fps=25)
    pid = booth.pid
    with pytest.raises(errors.VideoUnreadable, match="Send an MP4"):
        await desk.check(broken, tmp_path / "kept.mp4", fps=25)

    assert booth.pid == pid
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "broken.mp4",
        "nobody.mp4",
        "scratch",
    ]


async def test_cancelling_a_look_ends_the_child(
    desk: FootageDesk, booth: Booth, tmp_path: Path
) -> None:
    source = write_film(tmp_path / "a.mp4", (speaker(n) for n in range(125)))
    look = asyncio.create_task(desk.check(source, tmp_path / "kept.mp4", fps=25))
    async with asyncio.timeout(30):
        while not list(tmp_path.glob("scratch/*/.made*")):  # noqa: ASYNC110  a condition with a limit
            await asyncio.sleep(0.01)

    look.cancel()

    with pytest.raises(asyncio.CancelledError):
        await look
    assert booth.pid is None


async def test_the_child_reads_no_other_video(booth: Booth, tmp_path: Path) -> None:
    if not confinable().folders:
        pytest.skip("this kernel cannot limit folders")
    neighbour = write_film(tmp_path / "neighbour.mp4", map(speaker, range(12)))
    own = write_film(tmp_path / "own.mp4", map(speaker, range(12)))

    def asked(_: Path, made: Path) -> Message:
        order = FootageOrder(
            source=neighbour, into=made, fps=25, size_px=256, limits=FootageSettings()
        )
        message: Message = ORDERS.dump_python(order, mode="json")
        return message

    with pytest.raises(errors.VideoUnreadable):
        await booth.show(own, asked, most_bytes=1 << 20, limit_s=30)
