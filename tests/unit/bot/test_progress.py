"""One message per order, its newest text, edited only when it changed and not too often."""

from __future__ import annotations

import asyncio

import pytest

from bot.address import Address
from bot.delivery.progress import Place, ProgressBoard, Wanted
from pipeline.types import JobId, Stage
from tests.fakes import Refusal
from tests.unit.bot.conftest import Bot
from tests.unit.bot.updates import ALICE
from tests.unit.bot.waiting import until

JOB = JobId("tg-000000000001")
HOME = Address(chat_id=ALICE, message_id=1)
GROUP = Address(chat_id=-1001, message_id=1)


def wanted(text: str, stage: Stage = Stage.SYNCING) -> Wanted:
    return Wanted(stage=stage, text=text)


def edits(bot: Bot) -> list[str]:
    return [call.text for call in bot.telegram.of("editMessageText")]


@pytest.fixture
def board(bot: Bot) -> ProgressBoard:
    return ProgressBoard(bot.app.bot, bot.app.texts, interval_s=0.2)


async def test_only_the_newest_text_is_edited_in(bot: Bot, board: ProgressBoard) -> None:
    board.show(JOB, HOME, Place(message_id=9), wanted("1%"))
    await until(lambda: edits(bot) == ["1%"])

    for percent in range(2, 60):
        board.show(JOB, HOME, Place(message_id=9), wanted(f"{percent}%"))
    await until(lambda: len(edits(bot)) == 2)
    await board.finish(JOB)

    assert edits(bot) == ["1%", "59%"]


async def test_a_change_of_stage_does_not_wait(bot: Bot) -> None:
    board = ProgressBoard(bot.app.bot, bot.app.texts, interval_s=3600)
    board.show(JOB, HOME, Place(message_id=9), wanted("voice", Stage.SPEAKING))
    await until(lambda: edits(bot) == ["voice"])

    board.show(JOB, HOME, Place(message_id=9), wanted("lips", Stage.SYNCING))

    await until(lambda: edits(bot) == ["voice", "lips"])
    await board.finish(JOB)


async def test_the_same_text_is_not_edited_in_again(bot: Bot) -> None:
    board = ProgressBoard(bot.app.bot, bot.app.texts, interval_s=0)
    board.announced(JOB, HOME, 9, wanted("in line", Stage.WAITING))

    for _ in range(3):
        board.show(JOB, HOME, Place(message_id=9), wanted("in line", Stage.WAITING))
        await asyncio.sleep(0)
    board.show(JOB, HOME, Place(message_id=9), wanted("voice", Stage.SPEAKING))
    await until(lambda: "voice" in edits(bot))
    await board.finish(JOB)

    assert edits(bot) == ["voice"]


async def test_nothing_is_edited_after_the_end(bot: Bot, board: ProgressBoard) -> None:
    board.show(JOB, HOME, Place(message_id=9), wanted("1%"))
    await until(lambda: edits(bot) == ["1%"])
    board.show(JOB, HOME, Place(message_id=9), wanted("2%"))

    await board.finish(JOB)

    assert edits(bot) == ["1%"]
    assert not [task for task in asyncio.all_tasks() if "status of" in task.get_name()]


async def test_an_edit_that_fails_harms_nobody(bot: Bot, board: ProgressBoard) -> None:
    gone = Refusal(status=400, description="Bad Request: message to edit not found")
    bot.telegram.fails("editMessageText", gone)

    board.show(JOB, HOME, Place(message_id=9), wanted("voice", Stage.SPEAKING))
    await until(lambda: len(edits(bot)) == 1)
    board.show(JOB, HOME, Place(message_id=9), wanted("lips", Stage.SYNCING))
    await until(lambda: len(edits(bot)) == 2)

    await board.finish(JOB)


async def test_an_edit_that_telegram_did_not_take_comes_again(
    bot: Bot, board: ProgressBoard
) -> None:
    bot.telegram.fails("editMessageText", Refusal(status=502, description="Bad Gateway"))

    board.show(JOB, HOME, Place(message_id=9), wanted("2nd in line"))

    await until(lambda: edits(bot) == ["2nd in line"] * 2)
    await board.finish(JOB)


async def test_private_chats_see_that_a_video_is_being_recorded(
    bot: Bot, board: ProgressBoard
) -> None:
    board.show(JOB, HOME, Place(message_id=9), wanted("in line", Stage.WAITING))
    await until(lambda: edits(bot) == ["in line"])
    assert bot.telegram.of("sendChatAction") == []

    board.show(JOB, HOME, Place(message_id=9), wanted("lips"))

    await until(lambda: bool(bot.telegram.of("sendChatAction")))
    assert bot.telegram.of("sendChatAction")[0].values["action"] == "record_video"
    await board.finish(JOB)


async def test_groups_see_no_chat_action(bot: Bot, board: ProgressBoard) -> None:
    board.show(JOB, GROUP, Place(message_id=9), wanted("lips"))
    await until(lambda: edits(bot) == ["lips"])
    await board.finish(JOB)

    assert bot.telegram.of("sendChatAction") == []


async def test_a_stopping_bot_says_that_places_are_kept(bot: Bot, board: ProgressBoard) -> None:
    board.show(JOB, HOME, Place(message_id=9), wanted("in line", Stage.WAITING))
    await until(lambda: edits(bot) == ["in line"])

    await board.close(3)

    assert "Your place is kept." in edits(bot)[-1]


async def test_a_pause_that_telegram_asks_for_is_kept_and_the_text_comes_after_it(
    bot: Bot,
) -> None:
    board = ProgressBoard(bot.app.bot, bot.app.texts, interval_s=0)
    slow_down = Refusal(status=429, description="Too Many Requests", parameters={"retry_after": 1})
    bot.telegram.fails("editMessageText", slow_down)

    board.show(JOB, HOME, Place(message_id=9), wanted("1%"))
    await until(lambda: len(edits(bot)) == 1)
    board.show(JOB, HOME, Place(message_id=9), wanted("2%"))
    await until(lambda: len(edits(bot)) == 2)
    await board.finish(JOB)

    assert edits(bot) == ["1%", "2%"]
