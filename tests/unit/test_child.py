"""A child process: it answers, or its failure costs one request and leaves no process behind."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from pipeline import errors
from pipeline.child import Child, Message
from pipeline.settings import child_environment
from tests.unit.naughty_child import NAME

ROOT = Path(__file__).parents[2]
FREED_S = 2.0
"""Within this time a child that is killed, late or cancelled has freed all that it held."""
ENVIRONMENT = child_environment() | {"PYTHONPATH": str(ROOT)}


@pytest.fixture
async def child() -> AsyncIterator[Child]:
    child = Child("naughty", NAME, ENVIRONMENT)
    await child.start()
    await ask(child, "answer")  # warm: what follows is not about starting
    yield child
    await child.close()


async def test_it_answers_and_stays_warm(child: Child) -> None:
    first = await ask(child, "answer", echo="ā🙂")
    second = await ask(child, "answer")

    assert first == {"pid": child.pid, "echo": "ā🙂"}
    assert second["pid"] == first["pid"]


async def test_it_reports_progress_in_order(child: Child) -> None:
    heard: list[Message] = []

    await child.ask({"do": "progress"}, limit_s=10, on_progress=heard.append)

    assert heard == [{"step": 0}, {"step": 1}, {"step": 2}]


async def test_noise_on_stdout_does_not_break_the_protocol(child: Child) -> None:
    assert await ask(child, "noise") == {}
    assert (await ask(child, "answer"))["pid"] == child.pid


async def test_a_child_that_falls_silent_is_killed_long_before_its_limit(child: Child) -> None:
    before = child.pid

    with pytest.raises(errors.ChildStuck):
        await child.ask({"do": "hang"}, limit_s=600, silence_s=0.3)

    assert (await ask(child, "answer"))["pid"] != before


@pytest.mark.parametrize("size", [100_000, 3_000_000])
async def test_a_long_answer_arrives_whole(child: Child, size: int) -> None:
    assert len((await ask(child, "big", size=size))["big"]) == size


async def test_an_answer_beyond_the_limit_of_a_line_ends_the_child(child: Child) -> None:
    warm = child.pid
    with pytest.raises(errors.ChildDied):
        await ask(child, "big", size=6_000_000)

    assert (await ask(child, "answer"))["pid"] != warm


async def test_a_named_error_arrives_with_its_values_and_leaves_it_warm(child: Child) -> None:
    warm = child.pid

    with pytest.raises(errors.ScriptTooLong) as caught:
        await ask(child, "name an error")
    with pytest.raises(errors.SpeechUnavailable) as retryable:
        await ask(child, "name a retryable error")

    assert caught.value.values() == {"duration_s": 90, "limit_s": 60}
    assert retryable.value.retryable
    assert (await ask(child, "answer"))["pid"] == warm


async def test_a_bug_is_a_failed_render_without_anybodys_words(child: Child) -> None:
    with pytest.raises(errors.RenderFailed) as caught:
        await ask(child, "bug")

    assert "ZeroDivisionError" in str(caught.value)
    assert "somebody" not in str(caught.value)


async def test_one_that_hangs_is_killed_at_its_limit_and_replaced(child: Child) -> None:
    warm = child.pid
    assert warm is not None

    async with asyncio.timeout(0.5 + FREED_S):
        with pytest.raises(errors.ChildTimedOut):
            await ask(child, "hang", limit_s=0.5)

    assert not is_alive(warm)
    assert (await ask(child, "answer"))["pid"] != warm


async def test_one_that_dies_says_so_and_is_replaced(child: Child) -> None:
    with pytest.raises(errors.ChildDied) as caught:
        await ask(child, "die")

    assert caught.value.status == 3
    assert caught.value.retryable
    assert (await ask(child, "answer"))["pid"] == child.pid


async def test_one_that_is_killed_from_outside_is_noticed_at_once(child: Child) -> None:
    assert child.pid is not None
    asked = asyncio.create_task(ask(child, "hang"))
    await asyncio.sleep(0)

    os.kill(child.pid, signal.SIGKILL)

    async with asyncio.timeout(FREED_S):
        with pytest.raises(errors.ChildDied) as caught:
            await asked
    assert caught.value.status == -signal.SIGKILL


async def test_one_that_died_while_idle_is_replaced(child: Child) -> None:
    warm = child.pid
    assert warm is not None
    os.kill(warm, signal.SIGKILL)
    await until(lambda: child.pid is None)

    assert (await ask(child, "answer"))["pid"] != warm


async def test_cancelling_a_request_frees_child_and_grandchild(child: Child) -> None:
    heard: list[Message] = []
    asked = asyncio.create_task(
        child.ask({"do": "hang with a grandchild"}, limit_s=60, on_progress=heard.append)
    )
    await until(lambda: heard)

    async with asyncio.timeout(FREED_S):
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked

    await until(lambda: not is_alive(heard[0]["grandchild"]), limit_s=FREED_S)
    assert not is_alive(heard[0]["pid"])
    assert (await ask(child, "answer"))["pid"] == child.pid


@pytest.mark.parametrize("do", ["die with a grandchild", "die with a fork"])
async def test_what_a_dead_child_left_behind_goes_too(child: Child, do: str) -> None:
    heard: list[Message] = []

    async with asyncio.timeout(FREED_S):
        with pytest.raises(errors.ChildDied):
            await child.ask({"do": do}, limit_s=60, on_progress=heard.append)

    await until(lambda: not is_alive(heard[0]["grandchild"]), limit_s=FREED_S)


async def test_a_stranger_that_holds_the_pipes_holds_nobody_up(child: Child) -> None:
    heard: list[Message] = []
    try:
        async with asyncio.timeout(FREED_S):
            with pytest.raises(errors.ChildDied):
                await child.ask(
                    {"do": "die with a stranger"}, limit_s=60, on_progress=heard.append
                )
        assert (await ask(child, "answer"))["pid"] == child.pid
    finally:
        os.kill(heard[0]["stranger"], signal.SIGKILL)


async def test_a_request_that_waits_is_cancelled_without_harm_to_the_other(
    child: Child,
) -> None:
    heard: list[Message] = []
    first = asyncio.create_task(child.ask({"do": "hang"}, limit_s=2, on_progress=heard.append))
    await until(lambda: heard)
    second = asyncio.create_task(ask(child, "answer"))
    await asyncio.sleep(0)

    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second

    assert is_alive(heard[0]["pid"])
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_waiting_for_ones_turn_does_not_count_as_time(child: Child) -> None:
    late = asyncio.create_task(ask(child, "hang", limit_s=1.0))
    await asyncio.sleep(0)
    waiting = asyncio.create_task(ask(child, "answer", limit_s=5.0))

    with pytest.raises(errors.ChildTimedOut):
        await late

    assert (await waiting)["pid"] == child.pid


async def test_a_listener_with_a_bug_leaves_no_old_answer_to_the_next(child: Child) -> None:
    def listener(_: Message) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await child.ask({"do": "progress"}, limit_s=10, on_progress=listener)

    assert "echo" in await ask(child, "answer", echo=1)


async def test_closed_it_leaves_no_process_and_may_be_closed_again(child: Child) -> None:
    pid = child.pid
    assert pid is not None

    await child.close()
    await child.close()

    assert not is_alive(pid)
    assert child.pid is None


async def test_closed_in_the_middle_the_request_ends(child: Child) -> None:
    heard: list[Message] = []
    asked = asyncio.create_task(child.ask({"do": "hang"}, limit_s=60, on_progress=heard.append))
    await until(lambda: heard)

    await child.close()

    async with asyncio.timeout(FREED_S):
        with pytest.raises(errors.ChildDied):
            await asked
    assert not is_alive(heard[0]["pid"])


async def test_a_killed_parent_takes_child_and_grandchild_along() -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-m", NAME, "parent", cwd=ROOT, env=ENVIRONMENT, stdout=-1
    )
    assert parent.stdout is not None
    line = await asyncio.wait_for(parent.stdout.readline(), 30)
    pids = [int(pid) for pid in line.split()]
    assert len(pids) == 2
    assert all(map(is_alive, pids))

    parent.kill()
    await parent.communicate()

    await until(lambda: not any(map(is_alive, pids)), limit_s=FREED_S)


async def test_a_module_that_does_not_exist_is_a_died_child() -> None:
    child = Child("nothing", "tests.unit.there_is_no_such_module", ENVIRONMENT)

    with pytest.raises(errors.ChildDied):
        await ask(child, "answer")
    await child.close()


async def ask(child: Child, do: str, *, limit_s: float = 20.0, **more: object) -> Message:
    return await child.ask({"do": do, **more}, limit_s=limit_s)


def is_alive(pid: int) -> bool:
    """Tell whether a process runs; one that waits to be reaped does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


async def until(holds: Callable[[], object], *, limit_s: float = 10.0) -> None:
    async with asyncio.timeout(limit_s):
        while not holds():  # noqa: ASYNC110  processes know no event
            await asyncio.sleep(0.01)
