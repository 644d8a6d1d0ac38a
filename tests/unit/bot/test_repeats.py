"""An update that comes once more after a crash orders nothing twice, and loses nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.fakes import Refusal
from tests.unit.bot.conftest import Bot
from tests.unit.bot.test_conversation import ALICES_DRAFT, words_of
from tests.unit.bot.updates import photo, tap, text
from tests.verdicts import make_verdict

AWAY = Refusal(status=502, description="Bad Gateway")
OLD = Refusal(status=400, description="Bad Request: query is too old and response timeout…")


async def test_words_of_an_order_are_not_said_by_the_next_photo_after_a_crash(bot: Bot) -> None:
    await bot.hears(photo(1))
    before = await bot.services.drafts.get(ALICES_DRAFT)
    assert before is not None
    await bot.hears(text(2, "Good morning."))
    # As a kill between the order and the draft leaves it.
    await bot.services.drafts.put(replace(before, script="Good morning.", script_message="2"))

    await bot.hears(text(2, "Good morning."), photo(3))

    assert words_of(bot) == ["Good morning."]
    draft = await bot.services.drafts.get(ALICES_DRAFT)
    assert draft is not None
    assert draft.script is None


async def test_words_that_came_after_an_order_stay_when_its_update_comes_again(bot: Bot) -> None:
    await bot.hears(photo(1, caption="Good morning."))
    await bot.hears(text(2, "/new"), text(3, "Good night."))

    await bot.hears(photo(1, caption="Good morning."), photo(4))

    assert words_of(bot) == ["Good morning.", "Good night."]


@pytest.mark.parametrize("fault", [AWAY, OLD], ids=["away", "old"])
async def test_a_tap_that_telegram_lets_nobody_answer_is_done_all_the_same(
    bot: Bot, fault: Refusal
) -> None:
    bot.services.look = lambda: make_verdict(faces=3)
    await bot.hears(photo(1, caption="Good morning."))
    (shown,) = bot.telegram.of("sendPhoto")
    bot.telegram.fails("answerCallbackQuery", fault)

    await bot.hears(tap(2, shown.buttons["2"]))

    assert words_of(bot) == ["Good morning."]


async def test_a_tap_that_was_cut_off_by_telegram_comes_again_and_ends_what_it_began(
    bot: Bot,
) -> None:
    bot.services.look = lambda: make_verdict(faces=3)
    await bot.hears(photo(1, caption="Good morning."))
    (shown,) = bot.telegram.of("sendPhoto")
    bot.telegram.fails("editMessageCaption", AWAY)

    await bot.hears(tap(2, shown.buttons["2"]))
    assert (words_of(bot), bot.app.unsettled) == ([], {2})
    await bot.hears(tap(2, shown.buttons["2"]))

    assert words_of(bot) == ["Good morning."]
