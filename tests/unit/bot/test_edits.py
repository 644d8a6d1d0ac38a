"""A message that is changed after it was sent: the words follow, as long as they can."""

from __future__ import annotations

from dataclasses import replace

from pipeline.types import JobId, JobState
from tests.unit.bot.conftest import Bot
from tests.unit.bot.test_conversation import words_of
from tests.unit.bot.updates import BOB, edited, photo, tap, text

FIRST = JobId("tg-000000000002")


async def test_words_that_wait_for_a_face_are_replaced(bot: Bot) -> None:
    await bot.hears(text(1, "Good morning."), edited(2, 1, "Good night."), photo(3))

    assert words_of(bot) == ["Good night."]
    assert bot.telegram.texts[1] == "Updated the words."


async def test_a_card_shows_the_new_words(bot: Bot) -> None:
    await bot.services.preferences.change("telegram:501", confirm=True)  # type: ignore[arg-type]
    await bot.hears(photo(1), text(2, "Good morning."), edited(3, 2, "Good night."))

    assert "Good night." in bot.telegram.texts[-1]
    assert words_of(bot) == []


async def test_a_video_that_waits_in_line_is_made_anew(bot: Bot) -> None:
    await bot.hears(photo(1), text(2, "Good morning."), edited(3, 2, "Good night."))

    assert bot.services.jobs.jobs[FIRST].state is JobState.CANCELLED
    assert words_of(bot) == ["Good morning.", "Good night."]
    assert bot.telegram.texts[-1] == "Updated the words."


async def test_words_that_came_before_the_photo_can_be_edited_as_well(bot: Bot) -> None:
    await bot.hears(text(1, "Good morning."), photo(2), edited(3, 1, "Good night."))

    assert bot.services.jobs.jobs[FIRST].state is JobState.CANCELLED
    assert words_of(bot) == ["Good morning.", "Good night."]


async def test_a_video_that_is_being_made_is_stopped_only_by_a_tap(bot: Bot) -> None:
    await bot.hears(photo(1), text(2, "Good morning."))
    jobs = bot.services.jobs.jobs
    jobs[FIRST] = replace(jobs[FIRST], state=JobState.RUNNING)

    await bot.hears(edited(3, 2, "Good night."))
    question = bot.telegram.of("sendMessage")[-1]
    assert "already being made" in question.text
    assert words_of(bot) == ["Good morning."]

    await bot.hears(tap(4, question.buttons["Cancel and redo"], user=BOB))
    assert words_of(bot) == ["Good morning."]
    await bot.hears(tap(5, question.buttons["Cancel and redo"]))
    await bot.hears(tap(5, question.buttons["Cancel and redo"]))

    assert jobs[FIRST].state is JobState.CANCELLED
    assert words_of(bot) == ["Good morning.", "Good night."]


async def test_words_of_a_video_that_is_there_may_be_edited_in_peace(bot: Bot) -> None:
    await bot.hears(photo(1), text(2, "Good morning."))
    jobs = bot.services.jobs.jobs
    jobs[FIRST] = replace(jobs[FIRST], state=JobState.SUCCEEDED)
    said = len(bot.telegram.texts)

    await bot.hears(edited(3, 2, "Good night."))

    assert words_of(bot) == ["Good morning."]
    assert len(bot.telegram.texts) == said


async def test_an_edit_to_words_that_cannot_be_spoken_is_answered(bot: Bot) -> None:
    await bot.hears(text(1, "Good morning."), edited(2, 1, "🎉"), photo(3))

    assert "I need some words" in bot.telegram.texts[1]
    assert words_of(bot) == ["Good morning."]
