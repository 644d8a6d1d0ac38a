"""A broadcast is seen before it is sent, reaches everybody once, and outlives a restart."""

from __future__ import annotations

import pytest

from bot.address import owner_of
from bot.admin.broadcast import send_on
from pipeline.safety.audit import Audit
from pipeline.settings import Settings
from pipeline.settings.access import AccessSettings
from pipeline.store.broadcasts import BroadcastState, Sent
from tests.fakes import Refusal
from tests.unit.bot.conftest import Bot
from tests.unit.bot.test_admin import NoRows
from tests.unit.bot.updates import ALICE, BOB, tap, text

CARLA = 503


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"access": AccessSettings(admins=(ALICE,))})


async def drafted(bot: Bot) -> dict[str, str]:
    """Let three people be known and Alice write a draft; give the buttons."""
    await bot.hears(text(1, "/help", user=BOB), text(2, "/help", user=CARLA))
    bot.telegram.calls.clear()
    await bot.hears(text(3, "/broadcast We are back."))
    return bot.telegram.of("sendMessage")[-1].buttons


def readers(bot: Bot) -> list[int]:
    sent = bot.telegram.of("sendMessage")
    return [c.values["chat_id"] for c in sent if c.text == "We are back."]


async def test_nothing_is_sent_before_the_tap(bot: Bot) -> None:
    buttons = await drafted(bot)

    await send_on(bot.app)

    assert list(buttons) == ["Send to 3", "Cancel"]
    assert readers(bot) == [ALICE]  # the preview
    assert "That is what 3 people would read." in bot.telegram.texts[-1]


async def test_everybody_reads_it_once(bot: Bot) -> None:
    buttons = await drafted(bot)

    await bot.hears(tap(4, buttons["Send to 3"]), tap(5, buttons["Send to 3"]))
    await send_on(bot.app)
    await send_on(bot.app)

    assert sorted(readers(bot)[1:]) == [ALICE, BOB, CARLA]
    done = bot.telegram.of("editMessageText")[-1].text
    assert done == "📣 Done: 3 of 3 have it, 0 can't be reached, 0 are unsure."


async def test_a_crash_in_the_middle_writes_to_nobody_twice(bot: Bot) -> None:
    buttons = await drafted(bot)
    await bot.hears(tap(4, buttons["Send to 3"]))
    broadcasts = bot.services.community.broadcasts
    claimed = await broadcasts.claim("b3")  # and here the process died

    await send_on(bot.app)

    assert claimed == owner_of(ALICE)
    assert sorted(readers(bot)[1:]) == [BOB, CARLA]
    assert (await broadcasts.counts("b3"))[Sent.CLAIMED] == 1


async def test_whoever_blocked_the_bot_is_not_tried_again(bot: Bot) -> None:
    buttons = await drafted(bot)
    await bot.hears(tap(4, buttons["Send to 3"]))
    bot.telegram.fails("sendMessage", Refusal(status=403, description="Forbidden: blocked"))

    await send_on(bot.app)

    assert "2 of 3 have it, 1 can't be reached" in bot.telegram.of("editMessageText")[-1].text
    assert len(await bot.services.community.people.reachable()) == 2


async def test_nothing_is_sent_that_the_audit_trail_does_not_take(bot: Bot) -> None:
    buttons = await drafted(bot)
    bot.services.audit = Audit(NoRows(), b"a key of a test")

    await bot.hears(tap(4, buttons["Send to 3"]))
    await send_on(bot.app)

    assert readers(bot) == [ALICE]


async def test_a_stop_ends_it(bot: Bot) -> None:
    buttons = await drafted(bot)
    await bot.hears(tap(4, buttons["Send to 3"]))
    stop = bot.telegram.of("editMessageText")[-1].buttons["Stop"]

    await bot.hears(tap(5, stop, user=BOB), tap(6, stop))
    await send_on(bot.app)

    assert readers(bot) == [ALICE]
    broadcast = await bot.services.community.broadcasts.get("b3")
    assert broadcast is not None
    assert broadcast.state is BroadcastState.STOPPED


async def test_a_draft_is_thrown_away(bot: Bot) -> None:
    buttons = await drafted(bot)

    await bot.hears(tap(4, buttons["Cancel"]), tap(5, buttons["Send to 3"]))
    await send_on(bot.app)

    assert readers(bot) == [ALICE]


async def test_words_that_begin_on_a_new_line_are_whole(bot: Bot) -> None:
    await bot.hears(text(1, "/broadcast\nGood news: we are back."))

    assert bot.telegram.texts[0] == "Good news: we are back."


async def test_without_words_it_says_how(bot: Bot) -> None:
    await bot.hears(text(1, "/broadcast"))

    assert bot.telegram.texts[0].startswith("Write <code>/broadcast</code> and the words.")
