"""Who wrote while the bot was off for hours is asked whether they still want it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.app import build
from bot.context import BELATED
from tests.unit.bot.conftest import Bot
from tests.unit.bot.test_say import GROUP, in_reply, under
from tests.unit.bot.updates import message, now, photo, tap, text

LONG_AGO = now() - 7 * 3600
WORDS = "Good morning to all of you."


async def test_it_is_asked_about_first_and_one_tap_makes_it(bot: Bot) -> None:
    await bot.hears(photo(1, caption=WORDS, date=LONG_AGO))
    asked = len(bot.services.jobs.jobs)
    (card,) = bot.telegram.of("sendMessage")
    await bot.hears(tap(2, card.buttons["✅ Make video"]))

    assert asked == 0
    assert card.text.startswith("I was offline when you wrote; now I am back.")
    assert len(bot.services.jobs.jobs) == 1


async def test_so_is_an_album(bot: Bot) -> None:
    await bot.hears(photo(1, caption=WORDS, media_group_id="9", date=LONG_AGO))
    await bot.app.gathering.settle_all()

    assert bot.services.jobs.jobs == {}
    assert bot.telegram.texts[-1].startswith("I was offline when you wrote")


async def test_so_is_an_album_that_was_open_when_the_bot_died(bot: Bot) -> None:
    await bot.hears(photo(1, caption=WORDS, media_group_id="9"))
    await bot.app.gathering.close()  # as a kill would: nobody has looked at it yet
    (piece,) = await bot.services.pieces.all()
    await bot.services.pieces.delete(piece.draft)
    long_ago = piece.arrived_at - BELATED - timedelta(minutes=1)
    await bot.services.pieces.add(replace(piece, arrived_at=long_ago))
    again = build(bot.services.settings, bot.services, bot.app.texts, bot.telegram)  # type: ignore[arg-type]
    await again.initialize()

    await again.gathering.start()
    await again.gathering.settle_all()

    assert bot.services.jobs.jobs == {}
    assert bot.telegram.texts[-1].startswith("I was offline when you wrote")
    await again.shutdown()


async def test_what_needs_no_video_is_answered_as_ever(bot: Bot) -> None:
    await bot.hears(text(1, "/start", date=LONG_AGO), photo(2, date=LONG_AGO))

    greeting, verdict = bot.telegram.texts
    assert greeting.startswith("👋 Namaste!")
    assert verdict.startswith("One clear face.")


async def test_in_a_group_a_sentence_says_so_and_nothing_is_made(bot: Bot) -> None:
    await bot.hears(under(1, f"/say {WORDS}", date=LONG_AGO))

    assert bot.services.jobs.jobs == {}
    assert bot.telegram.texts == [
        "I was offline when you asked for this. If you still want the video, please write /say "
        "again."
    ]
    assert bot.telegram.of("sendMessage")[0].values["chat_id"] == GROUP


async def test_so_are_words_that_answer_a_question_in_a_group(bot: Bot) -> None:
    await bot.hears(in_reply(2, "/say", photo(1, chat=GROUP)))
    question = message(1001, chat=GROUP, text="What should it say?")

    await bot.hears(in_reply(3, WORDS, question, date=LONG_AGO))

    assert bot.services.jobs.jobs == {}
    assert bot.telegram.texts[-1].startswith("I was offline when you asked for this.")
