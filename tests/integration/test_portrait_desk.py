"""The desk and its child process: verdicts, reasons, accidents."""

from __future__ import annotations

import asyncio
import os
import select
import shutil
import signal
import subprocess
import sys
import zlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from pipeline import errors
from pipeline.booth import Booth
from pipeline.child import Message
from pipeline.confine import confinable
from pipeline.portrait.desk import MODULE, ORDERS, Order, PortraitDesk
from pipeline.settings import PortraitSettings, child_environment
from tests import faces
from tests.unit.portrait.drawn import chunk

LIMITS = PortraitSettings()


@pytest.fixture
async def booth(tmp_path: Path) -> AsyncIterator[Booth]:
    booth = Booth("portrait", MODULE, child_environment(), tmp_path / "scratch")
    yield booth
    await booth.close()


@pytest.fixture
def desk(booth: Booth) -> PortraitDesk:
    return PortraitDesk(LIMITS, booth)


def _input_of(pid: int) -> int:
    """Open what a child is going to read: it is ready when a request lies in it."""
    return os.open(f"/proc/{pid}/fd/0", os.O_RDONLY | os.O_NONBLOCK)


def bomb(path: Path, width_px: int = 13_000, height_px: int = 13_000) -> Path:
    """Write a sound PNG of 169 megapixels into half a megabyte."""
    packer = zlib.compressobj(9)
    rows = b"".join([packer.compress(bytes(1 + width_px)) for _ in range(height_px)])
    size = width_px.to_bytes(4, "big") + height_px.to_bytes(4, "big") + b"\x08\0\0\0\0"
    body = chunk(b"IHDR", size) + chunk(b"IDAT", rows + packer.flush()) + chunk(b"IEND", b"")
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + body)
    return path


async def test_a_warm_child_answers_photo_after_photo(
    desk: PortraitDesk, booth: Booth, tmp_path: Path
) -> None:
    await desk.start()
    pid = booth.pid

    first = await desk.check(faces.hopper(), tmp_path / "first.png")
    second = await desk.check(faces.astronaut(), tmp_path / "second.png")

    assert booth.pid == pid
    assert (first.width_px, first.height_px) == (512, 600)
    assert first.speaker.eye_distance_px == pytest.approx(118, rel=0.03)
    assert second.speaker.eye_distance_px == pytest.approx(59, rel=0.03)
    assert faces.pixels(tmp_path / "second.png").shape == (512, 512, 3)


async def test_a_reason_crosses_the_pipe_and_leaves_the_child_warm(
    desk: PortraitDesk, booth: Booth, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(faces.hopper().read_bytes()[:9000])

    with pytest.raises(errors.NoFaceFound):
        await desk.check(faces.without_a_face()[0], tmp_path / "clean.png")
    pid = booth.pid
    with pytest.raises(errors.PictureUnreadable, match="Send a JPEG"):
        await desk.check(broken, tmp_path / "clean.png")

    assert (await desk.check(faces.hopper(), tmp_path / "clean.png")).faces
    assert booth.pid == pid


async def test_a_child_killed_during_a_look_is_replaced_and_the_photo_looked_at(
    desk: PortraitDesk, booth: Booth, tmp_path: Path
) -> None:
    await desk.check(faces.hopper(), tmp_path / "clean.png")
    pid = booth.pid
    assert pid is not None

    os.kill(pid, signal.SIGSTOP)  # so that the look is surely not over when the child dies
    look = asyncio.create_task(desk.check(faces.astronaut(), tmp_path / "other.png"))
    await asyncio.to_thread(select.select, [asked := _input_of(pid)], [], [], 30)
    os.close(asked)
    os.kill(pid, signal.SIGKILL)

    assert (await look).faces
    assert (tmp_path / "other.png").exists()
    assert booth.pid != pid


async def test_a_look_that_takes_too_long_is_stopped(booth: Booth, tmp_path: Path) -> None:
    hasty = PortraitDesk(LIMITS.model_copy(update={"limit_s": 1.0}), booth)
    await PortraitDesk(LIMITS, booth).check(faces.hopper(), tmp_path / "clean.png")
    pid = booth.pid
    assert pid is not None

    os.kill(pid, signal.SIGSTOP)
    with pytest.raises(errors.ChildTimedOut):
        await hasty.check(faces.hopper(), tmp_path / "clean.png")

    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def test_closing_twice_is_fine_and_ends_the_child(desk: PortraitDesk, booth: Booth) -> None:
    await desk.start()
    pid = booth.pid
    assert pid is not None

    await desk.close()
    await desk.close()

    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


MEASURE = """
import sys
from pathlib import Path
from pipeline.errors import PictureTooLarge
from pipeline.portrait.picture import read_picture
from pipeline.settings import PortraitSettings

def peak_kib():  # not ru_maxrss: a child inherits its parent's
    return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])

before = peak_kib()
try:
    read_picture(Path(sys.argv[1]), PortraitSettings())
except PictureTooLarge:
    print(peak_kib() - before)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads Linux's /proc")
def test_a_picture_bomb_costs_no_memory(tmp_path: Path) -> None:
    path = bomb(tmp_path / "bomb.png")
    assert path.stat().st_size < LIMITS.max_bytes

    measured = subprocess.run(
        [sys.executable, "-c", MEASURE, path], capture_output=True, text=True, timeout=60
    )

    assert int(measured.stdout) < 30_000, measured.stderr  # decoded, it takes 165,000 at least


async def test_the_child_survives_a_bomb(desk: PortraitDesk, booth: Booth, tmp_path: Path) -> None:
    path = bomb(tmp_path / "bomb.png")
    await desk.start()
    pid = booth.pid

    with pytest.raises(errors.PictureTooLarge, match="25 megapixels"):
        await desk.check(path, tmp_path / "clean.png")

    assert booth.pid == pid
    assert not (tmp_path / "clean.png").exists()


def test_the_parents_end_loads_no_model() -> None:
    heavy = "{'mediapipe', 'cv2', 'PIL'}"
    code = f"import sys, pipeline.portrait.desk; print(sorted({heavy} & set(sys.modules)))"

    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60
    )

    assert answer.stdout.strip() == "[]", answer.stderr


async def test_the_child_reads_no_other_file_and_writes_nowhere_else(
    booth: Booth, tmp_path: Path
) -> None:
    """Whoever takes the child over by a photo gets nobody else's."""
    if not confinable().folders:
        pytest.skip("this kernel cannot limit folders")
    neighbour = tmp_path / "neighbour.jpg"
    shutil.copy(faces.astronaut(), neighbour)

    def asked(source: Path, into: Path) -> Message:
        order = Order(source=source, into=into, limits=LIMITS)
        message: Message = ORDERS.dump_python(order, mode="json")
        return message

    async def show(order: Callable[[Path, Path], Message]) -> None:
        await booth.show(faces.hopper(), order, most_bytes=LIMITS.max_bytes, limit_s=60)

    with pytest.raises(errors.PictureUnreadable):
        await show(lambda _, made: asked(neighbour, made))
    with pytest.raises(errors.RenderFailed, match="PermissionError"):
        await show(lambda given, _: asked(given, tmp_path / "out.png"))

    assert {path.name for path in tmp_path.iterdir()} == {"neighbour.jpg", "scratch"}
