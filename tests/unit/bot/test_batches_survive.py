"""Albums, and texts of several messages, end in an order or in words, whatever happens."""

from __future__ import annotations

import asyncio

from bot.app import build
from bot.patience import DEATHS
from pipeline import errors
from pipeline.types import JobId
from tests.fakes import Refusal
from tests.unit.bot.conftest import Bot
from tests.unit.bot.test_batches import LONG, all_hear, item, looks
from tests.unit.bot.test_conversation import ALICES_DRAFT, words_of
from tests.unit.bot.updates import tap, text
from tests.unit.bot.waiting import until
from tests.verdicts import make_verdict

BAD_GATEWAY = Refusal(status=502, description="Bad Gateway")


async def test_a_choice_that_telegram_did_not_take_is_offered_again(bot: Bot) -> None:
    bot.app.gathering.again_s = 0.01
    bot.telegram.fails("sendPhoto", BAD_GATEWAY, BAD_GATEWAY)

    await all_hear(bot, item(1), item(2))
    await bot.app.gathering.settle_all()

    assert len(bot.telegram.of("sendPhoto")) == 3
    assert [piece.told for piece in await bot.services.pieces.all()] == [True, True]


async def test_a_crash_between_the_look_and_the_choice_loses_no_album(bot: Bot) -> None:
    bot.telegram.fails("sendPhoto", BAD_GATEWAY)
    await bot.hears(item(1), item(2, caption="Good morning."))
    settling = asyncio.create_task(bot.app.gathering.settle_all())
    await until(lambda: bot.telegram.of("sendPhoto") != [])
    settling.cancel()
    await bot.app.gathering.close()  # as a kill would: it has looked, and nobody has heard
    again = build(bot.services.settings, bot.services, bot.app.texts, bot.telegram)  # type: ignore[arg-type]
    await again.initialize()

    await again.gathering.start()
    await again.gathering.settle_all()

    assert len(bot.telegram.of("sendPhoto")) == 2
    sheet = bot.telegram.of("sendPhoto")[1]
    assert list(sheet.buttons) == ["1", "2", "Cancel"]
    await bot.hears(tap(3, sheet.buttons["2"]))
    assert words_of(bot) == ["Good morning."]
    await again.shutdown()


async def test_an_album_whose_reader_was_killed_is_looked_at_again(bot: Bot) -> None:
    bot.app.gathering.again_s = 0.01
    deaths = [errors.ChildDied("portrait", -9)] * DEATHS

    bot.services.look = lambda: deaths.pop() if deaths else make_verdict()
    await all_hear(bot, item(1, caption="Good morning."))
    await bot.app.gathering.settle_all()

    assert words_of(bot) == ["Good morning."]
    assert bot.telegram.texts == []


async def test_an_album_that_was_ordered_before_a_crash_is_ordered_once(bot: Bot) -> None:
    looks(bot, 1, 0, 0)
    await all_hear(bot, item(1, caption="Good morning."), item(2))
    assert words_of(bot) == ["Good morning."]
    await bot.services.pieces.delete(ALICES_DRAFT)
    await bot.hears(item(1, caption="Good morning."), item(2), item(3))  # none was on record

    await bot.app.gathering.settle_all()

    assert list(bot.services.jobs.jobs) == [JobId("tg-000000000001")]


async def test_a_text_of_several_messages_outlives_a_telegram_that_is_away(bot: Bot) -> None:
    bot.app.gathering.again_s = 0.01
    bot.telegram.fails("sendMessage", BAD_GATEWAY, BAD_GATEWAY)

    await all_hear(bot, text(1, LONG), text(2, "And that is all."))
    await bot.app.gathering.settle_all()

    assert "Please shorten it." in bot.telegram.texts[-1]
    assert len(bot.telegram.texts) == 3


async def test_a_stop_in_the_middle_keeps_a_text_of_several_messages(bot: Bot) -> None:
    bot.telegram.fails("sendMessage", BAD_GATEWAY)
    await bot.hears(text(1, LONG), text(2, "And that is all."))
    settling = asyncio.create_task(bot.app.gathering.settle_all())
    await until(lambda: bot.telegram.texts != [])
    settling.cancel()
    await bot.app.gathering.close()

    left = await bot.services.pieces.all()

    assert [(piece.content, piece.told) for piece in left] == [
        (LONG, False),
        ("And that is all.", False),
    ]


async def test_parts_that_come_once_more_after_they_were_spoken_are_no_text_of_their_own(
    bot: Bot,
) -> None:
    await all_hear(bot, text(1, LONG), text(2, "And that is all."))
    said = len(bot.telegram.texts)

    await all_hear(bot, text(1, LONG), text(2, "And that is all."))

    assert len(bot.telegram.texts) == said
    assert [piece.content for piece in await bot.services.pieces.all()] == ["", ""]
