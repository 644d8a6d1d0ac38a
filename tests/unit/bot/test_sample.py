"""A first video with one tap: a sample that comes along goes the way of all orders."""

from __future__ import annotations

from dataclasses import replace

from bot.address import unpack_address
from pipeline.types import JobState, TextScript
from tests.unit.bot.conftest import Bot
from tests.unit.bot.test_consent import CARLA, agree_button
from tests.unit.bot.updates import ALICE, photo, tap, text

WORDS = TextScript(text="Namaste! I was only a photo. Now I can say whatever you type.")


async def offered(bot: Bot, user: int = ALICE) -> str:
    await bot.hears(text(1, "/start", user=user))
    return bot.telegram.of("sendMessage")[0].buttons["▶️ Try a sample"]


def scripts(bot: Bot) -> list[object]:
    return [request.script for request in bot.services.jobs.requests.values()]


async def test_one_tap_under_start_makes_a_first_video(bot: Bot) -> None:
    button = await offered(bot)

    await bot.hears(tap(2, button))

    assert scripts(bot) == [WORDS]
    (shown,) = bot.telegram.of("sendPhoto")
    assert "Grace Hopper" in shown.text
    (job,) = bot.services.jobs.jobs.values()
    assert unpack_address(job.reply_to).message_id is not None, "the video answers the sample"


async def test_whoever_has_not_agreed_is_asked_first_and_then_it_is_made(bot: Bot) -> None:
    await bot.hears(tap(2, await offered(bot, CARLA), user=CARLA))
    assert scripts(bot) == []

    await bot.hears(tap(3, agree_button(bot), user=CARLA))

    assert scripts(bot) == [WORDS]


async def test_a_second_tap_while_the_agreement_is_missing_shows_it_again(bot: Bot) -> None:
    button = await offered(bot, CARLA)

    await bot.hears(tap(2, button, user=CARLA), tap(3, button, user=CARLA))

    assert len(bot.telegram.of("sendPhoto")) == 1
    assert len([c for c in bot.telegram.of("sendMessage") if "I agree" in c.buttons]) == 2


async def test_two_taps_make_one_video(bot: Bot) -> None:
    button = await offered(bot)

    await bot.hears(tap(2, button), tap(2, button), tap(3, button))

    assert scripts(bot) == [WORDS]
    assert bot.telegram.toasts[-1] == "It is being made already."


async def test_what_somebody_has_begun_stays_theirs(bot: Bot) -> None:
    button = await offered(bot)

    await bot.hears(photo(2), tap(3, button), text(4, "Good morning."))

    assert bot.telegram.toasts == [
        "You have begun already: send what is missing, or /new to start afresh."
    ]
    assert scripts(bot) == [TextScript(text="Good morning.")]


async def test_new_starts_afresh_and_leaves_what_is_being_made(bot: Bot) -> None:
    await bot.hears(photo(1, caption="Good morning."), photo(2), text(3, "/new"))

    assert bot.telegram.texts[-1].startswith("All right, we begin afresh.")
    assert "still made" in bot.telegram.texts[-1]
    (job,) = bot.services.jobs.jobs.values()
    assert job.state is JobState.QUEUED
    bot.services.jobs.jobs[job.id] = replace(job, state=JobState.SUCCEEDED)
    await bot.hears(text(4, "Good evening."))
    assert len(scripts(bot)) == 1, "the photo of before is gone"


async def test_new_with_nothing_begun_says_the_next_step(bot: Bot) -> None:
    await bot.hears(text(1, "/new"))

    assert bot.telegram.texts == [
        "All right, we begin afresh. Send a photo of a face, or the words."
    ]
