"""`/say` in groups: which face speaks, videos as faces, and the hint that goes by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.address import order_id
from bot.handlers.permission import end_expired
from pipeline.types import JobId
from tests.unit.bot.conftest import Bot
from tests.unit.bot.test_say import GROUP, WORDS, in_reply, question_of, tapped, under
from tests.unit.bot.updates import ALICE, BOB, film, text
from tests.verdicts import make_verdict

FIRST_ANSWER = 1001
"""The number of the first message that the bot sends."""


async def faces_of(bot: Bot) -> dict[str, str]:
    """Let Alice ask for a photo with two faces, and give the buttons under it."""
    bot.services.look = lambda: make_verdict(faces=2)
    await bot.hears(under(1, f"/say {WORDS}"))
    (picture,) = bot.telegram.of("sendPhoto")
    assert picture.values["disable_notification"]
    return picture.buttons


async def let_time_pass(bot: Bot, id: JobId, span: timedelta) -> None:
    """Let a question be so much older."""
    questions = bot.services.community.questions
    question = await questions.get(id)
    assert question is not None
    await questions.put(replace(question, expires_at=question.expires_at - span))


async def test_how_it_is_used_is_said_for_half_a_minute(bot: Bot) -> None:
    await bot.hears(text(1, f"/say {WORDS}", chat=GROUP))
    await end_expired(bot.app.bot, bot.app.services, bot.app.texts)
    assert bot.telegram.of("deleteMessage") == []

    await let_time_pass(bot, order_id(1), timedelta(seconds=31))
    await end_expired(bot.app.bot, bot.app.services, bot.app.texts)

    (gone,) = bot.telegram.of("deleteMessage")
    assert gone.values["message_id"] == FIRST_ANSWER  # the command of the person stays


async def test_a_reply_to_how_it_is_used_is_talk(bot: Bot) -> None:
    await bot.hears(text(1, f"/say {WORDS}", chat=GROUP))
    sent = {"message": text(FIRST_ANSWER, "Reply to a photo", chat=GROUP)["message"]}

    await bot.hears(in_reply(2, "Thank you!", sent))

    assert len(bot.telegram.texts) == 1


async def test_a_video_is_a_face_too(bot: Bot) -> None:
    await bot.hears(in_reply(2, f"/say {WORDS}", film(1, chat=GROUP)))

    assert list(bot.services.jobs.jobs) == [order_id(2)]


async def test_whoever_sent_the_video_is_asked_about_a_video(bot: Bot) -> None:
    await bot.hears(in_reply(2, f"/say {WORDS}", film(1, chat=GROUP, user=BOB)))

    assert "may <b>A</b> make the face in your video speak?" in bot.telegram.texts[0]


async def test_a_bare_command_on_a_video_asks_for_the_words(bot: Bot) -> None:
    await bot.hears(in_reply(2, "/say", film(1, chat=GROUP)))

    assert bot.telegram.texts == ["What should it say? Reply to this message with the words."]


async def test_of_several_faces_the_asker_taps_one(bot: Bot) -> None:
    buttons = await faces_of(bot)

    await bot.hears(tapped(3, buttons["2"], BOB))
    assert bot.services.jobs.jobs == {}
    await bot.hears(tapped(4, buttons["2"], ALICE), tapped(5, buttons["1"], ALICE))

    assert bot.telegram.toasts[0] == "Only the person who asked can use these buttons."
    assert bot.telegram.toasts[2].startswith("This question is closed")
    assert bot.services.jobs.requests[order_id(1)].face == 2
    assert len(bot.telegram.of("deleteMessage")) == 1  # the picture with the numbers


async def test_the_faces_go_with_a_cancel_and_with_time(bot: Bot) -> None:
    buttons = await faces_of(bot)
    await bot.hears(tapped(2, buttons["Cancel"], ALICE))
    await bot.hears(under(3, f"/say {WORDS}"))

    await let_time_pass(bot, order_id(3), timedelta(minutes=11))
    await end_expired(bot.app.bot, bot.app.services, bot.app.texts)

    assert len(bot.telegram.of("deleteMessage")) == 2
    assert bot.telegram.texts == []  # quietly
    assert bot.services.jobs.jobs == {}


async def test_the_faces_come_after_the_yes_of_whoever_is_in_the_photo(bot: Bot) -> None:
    bot.services.look = lambda: make_verdict(faces=2)
    buttons = await question_of(bot)

    await bot.hears(tapped(3, buttons["Allow once"], BOB), tapped(4, buttons["Allow once"], BOB))
    (picture,) = bot.telegram.of("sendPhoto")
    await bot.hears(tapped(5, picture.buttons["1"], ALICE))

    assert picture.text == "I see 2 faces. Which one should speak?"
    assert bot.services.jobs.requests[order_id(2)].face == 1
    assert len(bot.telegram.of("getFile")) == 2  # looked at again, since nothing of it was kept
