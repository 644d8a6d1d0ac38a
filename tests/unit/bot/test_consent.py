"""Nobody orders before they agreed, nothing is lost by being asked, and a tap starts one order."""

from __future__ import annotations

from dataclasses import replace

from bot.address import owner_of, unpack_address
from pipeline.safety.consent import Consents, Wording
from pipeline.store.consents import ConsentTable
from pipeline.types import JobState, RenderRequest, Shape, TextScript
from tests.unit.bot.conftest import Bot
from tests.unit.bot.finished import JOB, STATUS, finished_job
from tests.unit.bot.updates import ALICE, BOB, photo, tap, text

CARLA = 503
"""Has not agreed yet."""


def started(bot: Bot) -> list[str]:
    scripts = [request.script for request in bot.services.jobs.requests.values()]
    return [script.text for script in scripts if isinstance(script, TextScript)]


def agree_button(bot: Bot) -> str:
    return next(
        call.buttons["I agree"]
        for call in reversed(bot.telegram.of("sendMessage", "editMessageText"))
        if "I agree" in call.buttons
    )


async def test_the_first_order_shows_the_wording_and_waits(bot: Bot) -> None:
    await bot.hears(photo(1, user=CARLA), text(2, "Good morning.", user=CARLA))

    assert started(bot) == []
    card = bot.telegram.of("sendMessage")[-1]
    assert "I am 18 or older." in card.text
    assert list(card.buttons) == ["I agree", "Cancel"]


async def test_whoever_does_not_want_to_agree_leaves_it_with_one_tap(bot: Bot) -> None:
    await bot.hears(photo(1, user=CARLA), text(2, "Good morning.", user=CARLA))
    card = bot.telegram.of("sendMessage")[-1]

    await bot.hears(tap(3, card.buttons["Cancel"], user=CARLA), text(4, "/status", user=CARLA))

    assert bot.telegram.of("editMessageText")[-1].text.startswith("Cancelled.")
    assert bot.telegram.texts[-1].startswith("Nothing is being made")
    assert started(bot) == []


async def test_the_tap_records_the_consent_and_starts_the_order_that_waited(bot: Bot) -> None:
    await bot.hears(text(1, "Good morning.", user=CARLA), photo(2, user=CARLA))

    await bot.hears(tap(3, agree_button(bot), user=CARLA))

    assert started(bot) == ["Good morning."]
    (job_id,) = bot.services.jobs.jobs
    (request,) = bot.services.jobs.requests.values()
    assert job_id == "tg-000000000003"
    assert request.consent == await bot.services.consents.current(owner_of(CARLA))
    assert unpack_address(bot.services.jobs.jobs[job_id].reply_to).chat_id == CARLA
    assert bot.telegram.toasts == ["Thank you. I'm making your video."]


async def test_whoever_is_asked_first_is_not_told_that_it_is_being_made(bot: Bot) -> None:
    await bot.services.preferences.change(owner_of(CARLA), confirm=True)
    await bot.hears(photo(1, caption="Good morning.", user=CARLA))

    await bot.hears(tap(2, agree_button(bot), user=CARLA))

    assert "Shall I make it?" in bot.telegram.texts[-1]
    assert bot.telegram.toasts[0].startswith("✅ You have agreed.")
    assert started(bot) == []


async def test_a_second_tap_starts_nothing(bot: Bot) -> None:
    await bot.hears(photo(1, caption="Good morning.", user=CARLA))
    button = agree_button(bot)

    await bot.hears(tap(2, button, user=CARLA), tap(3, button, user=CARLA))

    assert started(bot) == ["Good morning."]
    assert bot.telegram.toasts[-1].startswith("You have agreed already.")


async def test_the_same_tap_delivered_twice_starts_one_order(bot: Bot) -> None:
    await bot.hears(photo(1, caption="Good morning.", user=CARLA))
    button = agree_button(bot)

    await bot.hears(tap(2, button, user=CARLA), tap(2, button, user=CARLA))

    assert started(bot) == ["Good morning."]
    assert bot.telegram.toasts[-1] == "Thank you. I'm making your video."


async def test_whoever_agreed_is_not_asked_again(bot: Bot) -> None:
    await bot.hears(photo(1, caption="Good morning.", user=CARLA))
    await bot.hears(tap(2, agree_button(bot), user=CARLA))

    await bot.hears(text(3, "Good night.", user=CARLA))

    assert started(bot) == ["Good morning.", "Good night."]


async def test_only_the_person_who_asked_can_agree(bot: Bot) -> None:
    await bot.hears(photo(1, caption="Good morning.", user=CARLA))

    await bot.hears(tap(2, agree_button(bot), user=BOB))

    assert started(bot) == []
    assert bot.telegram.toasts == ["Only the person who asked can use these buttons."]
    assert await bot.services.consents.current(owner_of(CARLA)) is None


async def test_a_card_of_yesterdays_wording_shows_todays(bot: Bot) -> None:
    await bot.hears(photo(1, caption="Good morning.", user=CARLA))
    old = agree_button(bot)
    bot.services.consents = Consents(
        ConsentTable(bot.services.database), {"en": Wording(language="en", text="Other words.")}
    )

    await bot.hears(tap(2, old, user=CARLA))
    assert started(bot) == []
    assert bot.telegram.of("editMessageText")[-1].text == "Other words."
    await bot.hears(tap(3, agree_button(bot), user=CARLA))

    assert started(bot) == ["Good morning."]


async def test_words_that_waited_too_long_are_asked_for_again(bot: Bot) -> None:
    await bot.hears(photo(1, caption="Good morning.", user=CARLA))
    await bot.services.drafts.delete(f"{CARLA}:0:{CARLA}")

    await bot.hears(tap(2, agree_button(bot), user=CARLA))

    assert started(bot) == []
    assert bot.telegram.toasts[-1].startswith("Thank you. The photo or the words have waited")


async def test_an_order_that_cannot_start_keeps_the_card(bot: Bot) -> None:
    bot.services.jobs.limit = 0
    await bot.hears(photo(1, caption="Good morning.", user=CARLA))
    button = agree_button(bot)

    await bot.hears(tap(2, button, user=CARLA))
    assert "You already have 0 videos" in bot.telegram.toasts[-1]
    bot.services.jobs.limit = 3
    await bot.hears(tap(3, button, user=CARLA))

    assert started(bot) == ["Good morning."]


async def test_a_withdrawn_consent_is_asked_for_again(bot: Bot) -> None:
    await bot.hears(text(1, "/terms", user=BOB))
    (button,) = bot.telegram.of("sendMessage")[-1].buttons.values()
    await bot.hears(tap(2, button, user=CARLA), tap(3, button, user=BOB))

    await bot.hears(photo(4, caption="Good morning.", user=BOB))

    assert bot.telegram.toasts[0] == "Only the person who asked can use these buttons."
    assert started(bot) == []
    assert "I agree" in bot.telegram.of("sendMessage")[-1].buttons


async def test_terms_show_the_wording_to_whoever_has_not_agreed(bot: Bot) -> None:
    await bot.hears(text(1, "/terms", user=CARLA))

    assert "I am 18 or older." in bot.telegram.texts[-1]
    assert "You have not agreed to this yet." in bot.telegram.texts[-1]


async def a_video_of_hers(bot: Bot) -> dict[str, str]:
    """Let Alice have a video, and then agree no longer; give the buttons under it."""
    job = await finished_job(bot)
    bot.services.jobs.jobs[JOB] = replace(job, state=JobState.SUCCEEDED)
    await bot.delivery.deliver(job, STATUS)
    buttons = bot.telegram.of("sendVideo")[-1].buttons
    await bot.services.consents.withdraw(owner_of(ALICE))
    bot.telegram.calls.clear()
    return buttons


def variants(bot: Bot) -> list[RenderRequest]:
    return [request for id, request in bot.services.jobs.requests.items() if id != JOB]


async def test_a_variant_waits_for_the_agreement_and_is_what_is_made_then(bot: Bot) -> None:
    buttons = await a_video_of_hers(bot)

    await bot.hears(tap(10, buttons["📱 9:16"], on=77))
    assert variants(bot) == []
    await bot.hears(tap(11, agree_button(bot)))

    (request,) = variants(bot)
    (job,) = (job for id, job in bot.services.jobs.jobs.items() if id != JOB)
    assert request.shape is Shape.TALL
    assert request.script == TextScript(text="Good morning.")
    assert request.consent == await bot.services.consents.current(owner_of(ALICE))
    assert unpack_address(job.reply_to).message_id == 77, "it answers the video, not the card"
    assert bot.telegram.toasts[-1] == "Thank you. I'm making your video."


async def test_a_variant_that_waits_is_made_once_whatever_is_tapped_again(bot: Bot) -> None:
    buttons = await a_video_of_hers(bot)
    await bot.hears(tap(10, buttons["⭕ Round video"], on=77))
    button = agree_button(bot)

    await bot.hears(tap(11, button), tap(11, button), tap(12, button))

    assert [request.shape for request in variants(bot)] == [Shape.ROUND]


async def test_words_and_a_variant_that_wait_are_both_made(bot: Bot) -> None:
    buttons = await a_video_of_hers(bot)
    await bot.hears(text(9, "Good evening."), tap(10, buttons["📱 9:16"], on=77))

    await bot.hears(tap(11, agree_button(bot)))

    made = {(r.shape, r.script) for r in variants(bot)}
    tall = (Shape.TALL, TextScript(text="Good morning."))
    assert made == {tall, (Shape.ORIGINAL, TextScript(text="Good evening."))}


async def test_a_variant_whose_video_is_gone_says_that_it_waited_too_long(bot: Bot) -> None:
    buttons = await a_video_of_hers(bot)
    await bot.hears(tap(10, buttons["📱 9:16"], on=77))
    await bot.services.store.delete(bot.services.jobs.requests[JOB].portrait)

    await bot.hears(tap(11, agree_button(bot)))

    assert variants(bot) == []
    assert bot.telegram.toasts[-1].startswith("Thank you. The photo or the words have waited")
