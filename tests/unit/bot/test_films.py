"""A video is the face while there is none; its sound is one button away."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline import errors
from pipeline.types import JobId, RecordedScript
from tests.unit.bot.conftest import Bot
from tests.unit.bot.test_conversation import words_of
from tests.unit.bot.updates import film, photo, round_film, tap, text


@pytest.mark.parametrize("make", [film, round_film])
async def test_a_video_without_a_face_before_it_is_the_face(bot: Bot, make: Any) -> None:
    await bot.hears(make(1), text(2, "Good morning."))

    assert bot.telegram.texts[0].startswith("I took the clearest picture of your video. ")
    assert words_of(bot) == ["Good morning."]


async def test_a_video_completes_words_that_wait(bot: Bot) -> None:
    await bot.hears(text(1, "Good morning."), film(2))

    assert words_of(bot) == ["Good morning."]


async def test_its_caption_is_the_script(bot: Bot) -> None:
    await bot.hears(film(1, caption="Good morning."))

    assert words_of(bot) == ["Good morning."]


async def test_its_sound_is_one_button_away(bot: Bot) -> None:
    await bot.hears(film(1))
    offer = bot.telegram.of("sendMessage")[0]
    press = tap(2, offer.buttons["🎙 Use its sound"])
    press["callback_query"]["message"]["reply_to_message"] = film(1)["message"]

    await bot.hears(press)

    (request,) = bot.services.jobs.requests.values()
    assert isinstance(request.script, RecordedScript)
    assert JobId("tg-000000000002") in bot.services.jobs.jobs


async def test_with_a_face_there_a_video_is_heard(bot: Bot) -> None:
    await bot.hears(photo(1), film(2))

    (request,) = bot.services.jobs.requests.values()
    assert isinstance(request.script, RecordedScript)


async def test_a_video_that_shows_nobody_is_heard(bot: Bot) -> None:
    bot.services.look = lambda: errors.NoFaceFound()

    await bot.hears(film(1))

    assert not any("can't find a face" in said for said in bot.telegram.texts)


async def test_a_video_that_shows_nobody_cannot_complete_words(bot: Bot) -> None:
    await bot.hears(text(1, "Good morning."))
    bot.services.look = lambda: errors.NoFaceFound()

    await bot.hears(film(2))

    assert "can't find a face" in bot.telegram.texts[-1]
    assert words_of(bot) == []


async def test_a_video_that_is_neither_seen_nor_heard_says_why_it_is_not_seen(bot: Bot) -> None:
    bot.services.look = lambda: errors.NoFaceFound()
    bot.services.recordings.seconds = errors.NoSpeechFound()

    await bot.hears(film(1))

    assert len(bot.telegram.texts) == 1
    assert "can't find a face" in bot.telegram.texts[0]
