"""An update that comes once more after a crash orders nothing twice, and loses nothing else."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.bot.conftest import Bot
from tests.unit.bot.test_conversation import ALICES_DRAFT, words_of
from tests.unit.bot.updates import photo, text


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
