"""/status, /cancel and the buttons of an order, for its owner only."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.address import order_id, owner_of
from bot.menus.keyboards import Action, Tap
from bot.texts import short_id
from pipeline.types import EngineChoice, JobId, JobState, Progress, Stage
from tests.unit.bot.conftest import Bot
from tests.unit.bot.test_consent import CARLA
from tests.unit.bot.updates import BOB, blocked, photo, tap, text
from tests.verdicts import make_verdict

FIRST = JobId("tg-000000000002")
SECOND = JobId("tg-000000000003")


def button(action: Action, target: str) -> str:
    return Tap(action=action, target=target).pack()


async def ordered(bot: Bot, count: int) -> None:
    await bot.hears(photo(1), *(text(2 + i, "Good morning.") for i in range(count)))
    bot.telegram.calls.clear()


async def make_unknown(bot: Bot, job_id: JobId) -> None:
    await bot.services.outbox.open(job_id)
    assert await bot.services.outbox.claim(job_id)
    await bot.services.outbox.unknown(job_id)


async def test_status_without_orders_says_what_to_send(bot: Bot) -> None:
    await bot.hears(text(1, "/status"))

    assert bot.telegram.texts[0].startswith("Nothing is being made for you")


async def test_status_says_what_a_draft_still_needs(bot: Bot) -> None:
    await bot.hears(text(1, "Good morning."), text(2, "/status"))
    await bot.hears(photo(3, user=BOB), text(4, "/status", user=BOB))

    assert bot.telegram.texts[1] == "I have your words. Now send a photo with one clear face."
    assert bot.telegram.texts[3] == "I have your photo. Now type what it should say."


async def test_status_tells_the_tap_that_is_missing(bot: Bot) -> None:
    await bot.services.preferences.change(owner_of(BOB), confirm=True)
    await bot.hears(photo(1, caption="Good morning.", user=BOB), text(2, "/status", user=BOB))
    bot.services.look = lambda: make_verdict(faces=2)
    await bot.hears(photo(3, caption="Good morning."), text(4, "/status"))
    bot.services.look = make_verdict
    await bot.hears(photo(5, caption="Good morning.", user=CARLA), text(6, "/status", user=CARLA))

    assert "Make video</b> above" in bot.telegram.texts[1]
    assert "tap the number of the face" in bot.telegram.texts[2]
    assert "I agree</b> above" in bot.telegram.texts[-1]


async def test_what_was_refused_for_now_is_not_said_to_wait_for_an_agreement(bot: Bot) -> None:
    bot.services.jobs.limit = 0
    await bot.hears(photo(1, caption="Good morning."), text(2, "/status"))

    assert bot.telegram.texts[-1].endswith("Send either of them again, and I'll make the video.")


async def test_a_failed_video_is_made_once_more_by_its_owner_alone(bot: Bot) -> None:
    await ordered(bot, 1)
    jobs = bot.services.jobs.jobs
    jobs[FIRST] = replace(jobs[FIRST], state=JobState.FAILED)
    again = button(Action.TRY_AGAIN, FIRST)

    await bot.hears(tap(8, again, user=BOB))
    assert jobs[FIRST].state is JobState.FAILED
    await bot.hears(tap(9, again), tap(9, again))

    assert jobs[FIRST].state is JobState.QUEUED
    assert bot.telegram.toasts[1] == "I'm making it."


async def test_the_quick_engine_makes_what_waits_or_failed_when_its_owner_says_so(
    bot: Bot,
) -> None:
    await ordered(bot, 2)
    jobs, requests = bot.services.jobs.jobs, bot.services.jobs.requests
    jobs[SECOND] = replace(jobs[SECOND], state=JobState.FAILED)

    await bot.hears(tap(8, button(Action.QUICKLY, FIRST), user=BOB))
    assert requests[FIRST].engine is EngineChoice.AUTO
    await bot.hears(tap(9, button(Action.QUICKLY, FIRST)), tap(10, button(Action.QUICKLY, SECOND)))

    assert [requests[id].engine for id in (FIRST, SECOND)] == [EngineChoice.WARP] * 2
    assert jobs[SECOND].state is JobState.QUEUED
    assert bot.telegram.toasts[1:] == ["I'm making it.", "I'm making it."]
    assert len(bot.telegram.of("editMessageReplyMarkup")) == 1, "the failure loses its buttons"


async def test_an_old_cancel_of_what_was_sent_says_that_the_video_goes_on(bot: Bot) -> None:
    await bot.hears(photo(1))
    old = bot.telegram.of("sendMessage")[-1].buttons["Cancel"]
    await bot.hears(text(2, "Good morning."), tap(3, old))

    (said,) = bot.telegram.of("editMessageText")
    assert "Videos in progress are still made" in said.text
    assert bot.services.jobs.jobs[order_id(2)].state is JobState.QUEUED


async def test_status_lists_ones_own_orders_with_place_and_stage(bot: Bot) -> None:
    await ordered(bot, 2)
    running = bot.services.jobs
    running.progress_of[FIRST] = Progress(stage=Stage.SYNCING, fraction=0.4)

    await bot.hears(text(9, "/status"), text(10, "/status", user=BOB))

    mine, others = bot.telegram.texts
    assert f"{short_id(FIRST)}</b>: moving the lips… 40%" in mine
    assert f"{short_id(SECOND)}</b> is number 2 in line." in mine
    assert "#" not in others


async def test_cancel_without_anything_says_so(bot: Bot) -> None:
    await bot.hears(text(1, "/cancel"))

    assert bot.telegram.texts == ["There is nothing to cancel."]


async def test_cancel_without_orders_drops_the_draft(bot: Bot) -> None:
    await bot.hears(photo(1), text(2, "/cancel"), text(3, "/cancel"))

    assert bot.telegram.texts[1].startswith("Cancelled.")
    assert bot.telegram.texts[2] == "There is nothing to cancel."


async def test_cancel_stops_the_only_order(bot: Bot) -> None:
    await ordered(bot, 1)

    await bot.hears(text(9, "/cancel"))

    assert bot.services.jobs.jobs[FIRST].state is JobState.CANCELLED
    assert bot.telegram.texts == [f"Cancelled {short_id(FIRST)}. Nothing was counted."]


async def test_cancel_asks_which_of_several(bot: Bot) -> None:
    await ordered(bot, 2)
    await bot.hears(text(9, "/cancel"))
    (question,) = bot.telegram.of("sendMessage")
    assert list(question.buttons) == [f"Cancel {short_id(FIRST)}", f"Cancel {short_id(SECOND)}"]

    await bot.hears(tap(10, question.buttons[f"Cancel {short_id(SECOND)}"]))

    assert bot.services.jobs.jobs[FIRST].state is JobState.QUEUED
    assert bot.services.jobs.jobs[SECOND].state is JobState.CANCELLED


async def test_cancel_comes_too_late_for_a_video_on_its_way(bot: Bot) -> None:
    await ordered(bot, 1)
    bot.services.jobs.sending.add(FIRST)

    await bot.hears(tap(9, button(Action.CANCEL_JOB, FIRST)))

    assert bot.telegram.toasts == [
        f"{short_id(FIRST)} is finished and on its way, so it can't be cancelled."
    ]


@pytest.mark.parametrize(
    ("state", "says"),
    [
        (JobState.CANCELLED, "Cancelled {id}. Nothing was counted."),
        (JobState.SUCCEEDED, "{id} is over already."),
    ],
)
async def test_a_forgotten_status_line_of_an_order_that_is_over_says_so_when_it_is_tapped(
    bot: Bot, state: JobState, says: str
) -> None:
    await ordered(bot, 1)
    jobs = bot.services.jobs.jobs
    jobs[FIRST] = replace(jobs[FIRST], state=state)

    await bot.hears(tap(9, button(Action.CANCEL_JOB, FIRST), on=77))

    sentence = says.format(id=short_id(FIRST))
    assert bot.telegram.toasts == [sentence]
    (edit,) = bot.telegram.of("editMessageText")
    assert (edit.text, edit.buttons) == (sentence, {})


async def test_another_users_tap_is_refused(bot: Bot) -> None:
    await ordered(bot, 1)
    await make_unknown(bot, FIRST)

    await bot.hears(
        tap(9, button(Action.CANCEL_JOB, FIRST), user=BOB),
        tap(10, button(Action.SEND_AGAIN, FIRST), user=BOB),
    )

    assert bot.telegram.toasts == ["Only the person who asked can use these buttons."] * 2
    assert bot.services.jobs.jobs[FIRST].state is JobState.QUEUED
    assert bot.services.jobs.again == []


async def test_who_blocks_the_bot_frees_the_studio(bot: Bot) -> None:
    await ordered(bot, 2)

    await bot.hears(blocked(9, user=BOB), blocked(10))

    assert {job.state for job in bot.services.jobs.jobs.values()} == {JobState.CANCELLED}
    assert bot.telegram.calls == []


async def test_an_old_button_is_answered(bot: Bot) -> None:
    await bot.hears(tap(1, "voice:neerja"), tap(2, button(Action.CANCEL_JOB, order_id(77))))

    assert bot.telegram.toasts == ["This button is out of date. See /status."] * 2


async def test_two_taps_on_send_again_send_once(bot: Bot) -> None:
    await ordered(bot, 1)
    await make_unknown(bot, FIRST)
    again = button(Action.SEND_AGAIN, FIRST)

    await asyncio.gather(bot.hears(tap(9, again)), bot.hears(tap(10, again)))

    assert bot.services.jobs.again == [(FIRST, 2)]
    assert len(bot.telegram.toasts) == 2


async def test_send_again_that_crashed_before_its_delivery_starts_it(bot: Bot) -> None:
    await ordered(bot, 1)
    await make_unknown(bot, FIRST)
    await bot.services.outbox.again(FIRST, 1)  # and then the process died

    await bot.hears(tap(9, button(Action.SEND_AGAIN, FIRST)))

    assert bot.services.jobs.again == [(FIRST, 2)]


async def test_a_tap_on_send_again_that_a_kill_repeats_sends_no_third_time(bot: Bot) -> None:
    await ordered(bot, 1)
    await make_unknown(bot, FIRST)
    again = button(Action.SEND_AGAIN, f"{FIRST}.1")
    await bot.hears(tap(9, again))
    assert await bot.services.outbox.claim(FIRST)
    await bot.services.outbox.unknown(FIRST)  # of the second sending nobody knows either

    await bot.hears(tap(9, again), tap(10, button(Action.SEND_AGAIN, FIRST)))
    assert bot.services.jobs.again == [(FIRST, 2)]
    assert bot.telegram.toasts[1:] == ["This button is out of date. See /status."] * 2

    await bot.hears(tap(11, button(Action.SEND_AGAIN, f"{FIRST}.2")))
    assert bot.services.jobs.again == [(FIRST, 2), (FIRST, 3)]


async def test_send_again_does_nothing_for_a_video_that_arrived(bot: Bot) -> None:
    await ordered(bot, 1)
    await make_unknown(bot, FIRST)
    await bot.services.outbox.sent(FIRST, "77", "F1")

    await bot.hears(tap(9, button(Action.SEND_AGAIN, FIRST)))

    assert bot.services.jobs.again == []
    assert bot.telegram.toasts[0].startswith("Nothing to send again")
