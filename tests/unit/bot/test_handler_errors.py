"""Every error finds its sentence; a write that failed is never confirmed; a bug is owned up to."""

from __future__ import annotations

import inspect
import logging

import pytest

from bot.handlers.errors import UNHEARD_TRIES
from bot.patience import DEATHS
from pipeline import errors
from pipeline.errors import BoltiError
from pipeline.types import JobState
from tests.fakes import Refusal
from tests.unit.bot.conftest import Bot
from tests.unit.bot.updates import photo, tap, text

SAMPLES = {"str": "x", "int": 3, "float": 3.0, "int | None": 3}


def sample(kind: type[BoltiError]) -> BoltiError:
    """Make an error with any values."""
    signature = inspect.signature(kind.__init__)
    takes = [p for p in signature.parameters.values() if p.name not in ("self", "args", "kwargs")]
    required = [p for p in takes if p.default is inspect.Parameter.empty]
    return kind(*(SAMPLES[str(p.annotation)] for p in required))


@pytest.mark.parametrize(
    "kind",
    [k for k in errors.every_error() if k not in (errors.StoreUnavailable, errors.ChildDied)],
    ids=lambda kind: kind.__name__,
)
async def test_the_user_reads_one_sentence_for_each_error(
    bot: Bot, kind: type[BoltiError]
) -> None:
    bot.services.look = lambda: sample(kind)

    await bot.hears(photo(1))

    (sentence,) = bot.telegram.texts
    assert sentence
    assert "{" not in sentence


async def test_a_write_that_failed_marks_the_update_and_says_nothing(bot: Bot) -> None:
    bot.services.look = lambda: errors.StoreUnavailable("away")

    await bot.hears(photo(1))

    assert bot.app.unsettled == {1}
    assert bot.telegram.texts == []


async def test_a_refusal_that_telegram_did_not_take_is_said_again(bot: Bot) -> None:
    bot.services.look = errors.NoFaceFound
    bot.telegram.fails("sendMessage", Refusal(status=502, description="Bad Gateway"))

    await bot.hears(photo(1))

    assert bot.app.unsettled == {1}


async def test_a_refusal_that_telegram_will_never_take_is_left(bot: Bot) -> None:
    bot.services.look = errors.NoFaceFound
    bot.telegram.fails(
        "sendMessage", Refusal(status=403, description="Forbidden: bot was blocked")
    )

    await bot.hears(photo(1))

    assert bot.app.unsettled == set()


async def test_an_answer_that_telegram_did_not_take_is_given_again_for_a_while(bot: Bot) -> None:
    bad_gateway = Refusal(status=502, description="Bad Gateway")
    bot.telegram.fails("sendMessage", *[bad_gateway] * (UNHEARD_TRIES + 1))

    for _ in range(UNHEARD_TRIES):
        await bot.hears(text(1, "/help"))
        assert bot.app.unsettled == {1}
        bot.app.unsettled.clear()
    await bot.hears(text(1, "/help"))

    assert bot.app.unsettled == set(), "its chat has waited long enough"


async def test_a_photo_whose_reader_was_killed_is_looked_at_again_before_its_sender_is_asked(
    bot: Bot,
) -> None:
    bot.services.look = lambda: errors.ChildDied("portrait", -9)

    for _ in range(DEATHS):
        await bot.hears(photo(1))
        assert (bot.app.unsettled, bot.telegram.texts) == ({1}, [])
        bot.app.unsettled.clear()
    await bot.hears(photo(1))

    assert bot.app.unsettled == set()
    assert "Please try again" in bot.telegram.texts[0]


async def test_a_bug_is_recorded_and_answered_with_an_id(
    bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> BoltiError:
        raise ZeroDivisionError

    bot.services.look = broken

    with caplog.at_level(logging.ERROR):
        await bot.hears(photo(1))

    assert "something went wrong on our side (#" in bot.telegram.texts[0]
    assert any(r.exc_info and r.exc_info[0] is ZeroDivisionError for r in caplog.records)
    assert bot.app.unsettled == set()


async def test_an_error_under_a_button_is_a_toast_without_markup(bot: Bot) -> None:
    await bot.hears(photo(1), text(2, "Good morning."))
    bot.services.jobs.cancel_error = errors.RenderFailed("x")

    await bot.hears(tap(3, "cancel:tg-000000000002"))

    assert bot.telegram.toasts == [
        "Sorry, the video could not be made. Please try again, or try another photo."
    ]


async def test_a_tap_too_old_to_be_answered_still_counts(
    bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    await bot.hears(photo(1), text(2, "Good morning."))
    old = Refusal(status=400, description="Bad Request: query is too old and response timeout…")
    bot.telegram.fails("answerCallbackQuery", old)

    with caplog.at_level(logging.WARNING):
        await bot.hears(tap(3, "cancel:tg-000000000002"))

    assert [job.state for job in bot.services.jobs.jobs.values()] == [JobState.CANCELLED]
    assert caplog.records == []


async def test_a_refusal_of_a_tap_that_waited_too_long_is_a_message(bot: Bot) -> None:
    await bot.hears(photo(1), text(2, "Good morning."))
    bot.services.jobs.cancel_error = errors.RenderFailed("x")
    old = Refusal(status=400, description="Bad Request: query is too old and response timeout…")
    bot.telegram.fails("answerCallbackQuery", old)

    await bot.hears(tap(3, "cancel:tg-000000000002"))

    assert "Please try again" in bot.telegram.texts[-1]


async def test_a_user_who_blocked_the_bot_is_no_error(
    bot: Bot, caplog: pytest.LogCaptureFixture
) -> None:
    bot.telegram.fails(
        "sendMessage", Refusal(status=403, description="Forbidden: bot was blocked by the user")
    )

    with caplog.at_level(logging.WARNING):
        await bot.hears(text(1, "/start"))

    assert caplog.records == []


async def test_a_lost_answer_does_not_lose_the_order(bot: Bot) -> None:
    bot.telegram.fails("sendMessage", Refusal(status=502, description="Bad Gateway"))

    await bot.hears(photo(1), text(2, "Good morning."))

    assert len(bot.services.jobs.jobs) == 1


async def test_scripts_never_reach_the_log(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        await bot.hears(photo(1), text(2, "a secret between us"), text(3, "a secret " * 100))

    assert "secret" not in caplog.text
