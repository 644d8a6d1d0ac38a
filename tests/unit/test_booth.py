"""A child in its booth sees one file at a time, and nothing else of this machine."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from pipeline import errors
from pipeline.booth import Booth, is_abandoned, is_booth
from pipeline.child import Message
from pipeline.confine import confinable
from pipeline.settings import child_environment
from tests.unit import confined_child

MOST_BYTES = 1000
only_where_folders_hold = pytest.mark.skipif(
    not confinable().folders, reason="this kernel cannot limit folders"
)


@pytest.fixture
async def booth(tmp_path: Path) -> AsyncIterator[Booth]:
    root = str(Path(__file__).resolve().parents[2])
    environment = child_environment() | {"PYTHONPATH": root}
    booth = Booth("curious", confined_child.NAME, environment, tmp_path / "scratch")
    yield booth
    await booth.close()


@pytest.fixture
def sent(tmp_path: Path) -> Path:
    path = tmp_path / "sent.jpg"
    path.write_text("a face")
    return path


def do(what: str, **more: object) -> Callable[[Path, Path], Message]:
    """Write the request to do something, wherever the file lies."""
    return lambda given, made: {"do": what, "given": str(given), "made": str(made), **more}


async def show(
    booth: Booth, source: Path, order: Callable[[Path, Path], Message], into: Path | None = None
) -> Message:
    return await booth.show(source, order, most_bytes=MOST_BYTES, limit_s=60, into=into)


async def test_what_the_child_makes_comes_out_and_nothing_stays(
    booth: Booth, sent: Path, tmp_path: Path
) -> None:
    first = await show(booth, sent, do("copy"), tmp_path / "clean.png")
    second = await show(booth, sent, do("nothing"))

    assert (tmp_path / "clean.png").read_text() == "a face"
    assert (first["files"], second["files"]) == (["given", "made"], ["given"])
    assert first["pid"] == second["pid"], "it stays warm"
    assert not list(tmp_path.glob("scratch/*/*"))


async def test_the_original_stays_as_it_was(booth: Booth, sent: Path) -> None:
    await show(booth, sent, do("change what was given"))

    assert sent.read_text() == "a face"


@only_where_folders_hold
async def test_a_neighbours_file_cannot_be_read(booth: Booth, sent: Path, tmp_path: Path) -> None:
    (tmp_path / "neighbour.jpg").write_text("another face")

    with pytest.raises(errors.RenderFailed, match="PermissionError"):
        await show(booth, sent, do("read", path=str(tmp_path / "neighbour.jpg")))


@only_where_folders_hold
@pytest.mark.parametrize("name", ["environ", "mem", "maps"])
async def test_the_memory_and_the_secrets_of_the_bot_cannot_be_read(
    booth: Booth, sent: Path, name: str
) -> None:
    with pytest.raises(errors.RenderFailed, match=r"Permission|OSError"):
        await show(booth, sent, do("read", path=f"/proc/{os.getpid()}/{name}"))


@only_where_folders_hold
async def test_nothing_is_written_outside(booth: Booth, sent: Path, tmp_path: Path) -> None:
    with pytest.raises(errors.RenderFailed, match="PermissionError"):
        await show(booth, sent, do("write", path=str(tmp_path / "planted")))

    assert not (tmp_path / "planted").exists()


async def test_it_connects_to_nobody(booth: Booth, sent: Path) -> None:
    if not confinable().network:
        pytest.skip("this kernel cannot take the network away")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(errors.RenderFailed, match="PermissionError"):
            await show(booth, sent, do("connect", port=port))


async def test_a_link_is_not_taken_for_a_picture(booth: Booth, sent: Path, tmp_path: Path) -> None:
    """Else we would read for the child what it may not read."""
    (tmp_path / "secret").write_text("the key")

    with pytest.raises((errors.ChildDied, errors.RenderFailed)):
        await show(booth, sent, do("link", path=str(tmp_path / "secret")), tmp_path / "out.png")

    assert not (tmp_path / "out.png").exists()


async def test_a_child_that_made_nothing_is_told_and_replaced(
    booth: Booth, sent: Path, tmp_path: Path
) -> None:
    with pytest.raises(errors.ChildDied):
        await show(booth, sent, do("nothing"), tmp_path / "out.png")
    with pytest.raises(errors.ChildDied):
        await show(booth, sent, do("die"))

    assert (await show(booth, sent, do("nothing")))["files"] == ["given"]


async def test_a_child_that_was_killed_over_a_file_is_asked_once_more(
    booth: Booth, sent: Path, tmp_path: Path
) -> None:
    fates = iter(["die", "copy"])

    await show(booth, sent, lambda *files: do(next(fates))(*files), tmp_path / "clean.png")

    assert (tmp_path / "clean.png").read_text() == "a face"


async def test_a_file_that_is_too_large_is_not_even_copied(booth: Booth, sent: Path) -> None:
    sent.write_bytes(bytes(MOST_BYTES) + b"!")

    told = await show(booth, sent, do("nothing"))

    assert told["size"] == MOST_BYTES + 1, "so that the child can say how large it is"


async def test_a_file_that_is_not_there_is_for_the_child_to_say(
    booth: Booth, tmp_path: Path
) -> None:
    assert (await show(booth, tmp_path / "nothing", do("nothing")))["files"] == []


async def test_a_folder_that_somebody_deleted_is_made_again(
    booth: Booth, sent: Path, tmp_path: Path
) -> None:
    await booth.start()
    pid = booth.pid
    shutil.rmtree(tmp_path / "scratch")

    told = await show(booth, sent, do("copy"), tmp_path / "clean.png")

    assert told["pid"] != pid
    assert (tmp_path / "clean.png").exists()


async def test_what_a_killed_process_left_is_told_from_a_living_booth(
    booth: Booth, tmp_path: Path
) -> None:
    await booth.start()
    (living,) = (tmp_path / "scratch").iterdir()
    left = living.with_name("booth-curious-1-00000000")
    left.mkdir()

    assert is_booth(living)
    assert is_booth(left)
    assert not is_booth(tmp_path / "job-1")
    assert not is_abandoned(living)
    assert is_abandoned(left)
    assert not is_abandoned(tmp_path / "gone")
