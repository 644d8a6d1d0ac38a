"""The harness starts, kills and restarts a real process, and never leaves one behind."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.botapi.people import Person
from tests.botapi.process import BotProcess
from tests.botapi.server import BotApi

Prepare = Callable[[str], BotProcess]


@pytest.fixture
async def prepare(api: BotApi, tmp_path: Path) -> AsyncIterator[Prepare]:
    bots: list[BotProcess] = []

    def with_mood(mood: str) -> BotProcess:
        module = "tests.integration.botapi.echo_bot"
        bots.append(BotProcess(api, tmp_path, {"BOLTI_MOOD": mood}, module=module))
        return bots[-1]

    yield with_mood
    for bot in bots:
        await bot.close()


async def test_a_bot_is_up_when_it_polls_and_answers(
    prepare: Prepare, api: BotApi, asha: Person
) -> None:
    bot = prepare("plain")
    await bot.start()

    said = await asha.sends_text("hi")

    await asha.sees("echo", after=said)
    assert await bot.terminate() == 0
    bot.assert_keeps_the_token()
    api.assert_clean()


async def test_a_killed_bot_finds_what_was_sent_meanwhile(prepare: Prepare, asha: Person) -> None:
    bot = prepare("plain")
    await bot.start()
    first = bot.pid

    await bot.kill()
    said = await asha.sends_text("are you there?")
    with pytest.raises(RuntimeError, match="not running"):
        _ = bot.pid
    await bot.restart()

    await asha.sees("echo", after=said)
    assert bot.pid != first


async def test_a_bot_that_ends_at_once_is_told_with_its_words(prepare: Prepare) -> None:
    bot = prepare("refuses")

    with pytest.raises(AssertionError, match=r"ended with 2(.|\n)*settings cannot be used"):
        await bot.start()

    assert await bot.ends() == 2


async def test_a_token_in_the_output_fails_and_is_not_repeated(
    prepare: Prepare, api: BotApi
) -> None:
    bot = prepare("talks")
    await bot.start()

    with pytest.raises(AssertionError, match="<TOKEN>") as failure:
        bot.assert_keeps_the_token()

    assert api.token.partition(":")[2] not in str(failure.value)


async def test_children_of_a_killed_bot_are_found_and_ended(prepare: Prepare) -> None:
    bot = prepare("has a child")
    await bot.start()

    await bot.kill()

    (child,) = bot.left_behind()
    with pytest.raises(AssertionError, match=rf"Left behind after 0.1 s: \[{child.pid}\]"):
        await bot.leaves_nobody_behind(within_s=0.1)
    await bot.close()
    await bot.leaves_nobody_behind()


async def test_a_bot_outlives_telegram_going_away(
    prepare: Prepare, api: BotApi, asha: Person
) -> None:
    bot = prepare("plain")
    await bot.start()

    await api.goes_away()
    said = await asha.sends_text("hello?")
    await api.comes_back()

    await asha.sees("echo", after=said)
