"""`/say` in groups: what it takes, whom it asks, and when it keeps quiet."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.address import order_id, owner_of
from pipeline import errors
from pipeline.store.groups import GroupRules, Who
from pipeline.types import Permission
from tests.unit.bot.conftest import Bot
from tests.unit.bot.updates import ALICE, BOB, Json, photo, tap, text, voice
from tests.verdicts import make_verdict

GROUP = -1001
WORDS = "Good morning."


def under(update_id: int, caption: str, **more: Any) -> Json:
    """Send a photo with a command under it."""
    command = {"type": "bot_command", "offset": 0, "length": len(caption.split()[0])}
    return photo(update_id, caption=caption, caption_entities=[command], chat=GROUP, **more)


def in_reply(update_id: int, words: str, to: Json, **more: Any) -> Json:
    """Write words as a reply."""
    return text(update_id, words, chat=GROUP, reply_to_message=to["message"], **more)


def tapped(update_id: int, data: str, user: int) -> Json:
    update = tap(update_id, data, user=user)
    update["callback_query"]["message"]["chat"] = {"id": GROUP, "type": "supergroup"}
    return update


async def question_of(bot: Bot) -> dict[str, str]:
    """Let Alice ask for Bob's photo, and give the buttons of the question."""
    await bot.hears(in_reply(2, f"/say {WORDS}", photo(1, chat=GROUP, user=BOB)))
    return bot.telegram.of("sendMessage")[-1].buttons


async def test_a_command_under_ones_own_photo_orders_at_once(bot: Bot) -> None:
    await bot.hears(under(1, f"/say {WORDS}"))

    job = bot.services.jobs.jobs[order_id(1)]
    assert job.owner == owner_of(ALICE)
    assert f'"chat_id":{GROUP}' in job.reply_to
    assert bot.telegram.texts == []


async def test_the_same_update_again_orders_nothing_twice(bot: Bot) -> None:
    await bot.hears(under(1, f"/say {WORDS}"), under(1, f"/say {WORDS}"))

    assert len(bot.services.jobs.jobs) == 1
    assert len(bot.telegram.of("getFile")) == 1


async def test_an_edited_command_orders_nothing_more(bot: Bot) -> None:
    command = under(1, f"/say {WORDS}")
    await bot.hears(command)

    await bot.hears({"update_id": 2, "edited_message": command["message"]})

    assert list(bot.services.jobs.jobs) == [order_id(1)]
    assert bot.telegram.texts == []


async def test_nothing_of_a_group_waits_for_the_next_words(bot: Bot) -> None:
    await bot.hears(under(1, f"/say {WORDS}"))

    assert await bot.services.drafts.get(f"g{-GROUP}:0:{ALICE}") is None
    assert await bot.services.store.list_older("drafts", datetime.now(UTC)) == []


@pytest.mark.parametrize(
    "command", ["/say@other_bot Hello", "say Hello", "please /say Hello", "/saying Hello"]
)
async def test_what_is_not_for_this_bot_is_left_alone(bot: Bot, command: str) -> None:
    update = photo(1, caption=command, chat=GROUP)
    if "/" in command:
        start = command.index("/")
        length = len(command[start:].split()[0])
        entity = {"type": "bot_command", "offset": start, "length": length}
        update["message"]["caption_entities"] = [entity]

    await bot.hears(update)

    assert bot.telegram.calls == []


async def test_without_a_photo_it_says_how(bot: Bot) -> None:
    await bot.hears(text(1, f"/say {WORDS}", chat=GROUP))

    assert bot.telegram.texts == [
        "Reply to a <b>photo or video</b> with <code>/say your words</code>."
    ]


async def test_words_that_cannot_be_spoken_bother_nobody_else(bot: Bot) -> None:
    await bot.hears(in_reply(2, "/say 🎉🎉", photo(1, chat=GROUP, user=BOB)))

    assert bot.telegram.texts == ["I need some words to speak. Please type a sentence."]


async def test_only_the_member_who_sent_the_photo_can_allow_it(bot: Bot) -> None:
    buttons = await question_of(bot)
    assert bot.telegram.of("getFile") == []

    await bot.hears(tapped(3, buttons["Allow once"], ALICE))
    assert bot.services.jobs.jobs == {}
    await bot.hears(tapped(4, buttons["Allow once"], BOB))

    assert bot.telegram.toasts[0] == "Only the person who sent it can answer this."
    assert bot.services.jobs.jobs[order_id(2)].owner == owner_of(ALICE)


async def test_two_taps_on_allow_are_one_order(bot: Bot) -> None:
    buttons = await question_of(bot)

    await bot.hears(*(tapped(n, buttons["Allow once"], BOB) for n in (3, 4)))

    assert list(bot.services.jobs.jobs) == [order_id(2)]
    assert bot.telegram.toasts[1].startswith("This question is closed")


async def test_a_tap_that_could_not_be_kept_leaves_the_question_open(bot: Bot) -> None:
    buttons = await question_of(bot)
    bot.services.look = lambda: errors.StoreUnavailable("away")
    await bot.hears(tapped(3, buttons["Allow once"], BOB))
    assert bot.app.unsettled == {3}

    bot.services.look = make_verdict
    await bot.hears(tapped(3, buttons["Allow once"], BOB))

    assert list(bot.services.jobs.jobs) == [order_id(2)]


async def test_always_holds_for_the_same_two_in_the_same_group(bot: Bot) -> None:
    buttons = await question_of(bot)
    await bot.hears(tapped(3, buttons["Always"], BOB))

    await bot.hears(in_reply(4, f"/say {WORDS}", photo(1, chat=GROUP, user=BOB)))
    elsewhere = photo(5, chat=-2002, user=BOB)["message"]
    await bot.hears(text(6, f"/say {WORDS}", chat=-2002, reply_to_message=elsewhere))

    assert list(bot.services.jobs.jobs) == [order_id(2), order_id(4)]
    assert "may <b>A</b> make your photo speak?" in bot.telegram.texts[-1]


async def test_ones_own_note_is_spoken_by_ones_own_photo(bot: Bot) -> None:
    note = voice(1, chat=GROUP)["message"]

    await bot.hears(under(2, "/say", reply_to_message=note))

    request = bot.services.jobs.requests[order_id(2)]
    assert request.script.kind == "recorded"
    assert bot.telegram.texts == []


async def test_words_go_before_the_note_that_they_answer(bot: Bot) -> None:
    note = voice(1, chat=GROUP, user=BOB)["message"]

    await bot.hears(under(2, f"/say {WORDS}", reply_to_message=note))

    assert bot.services.jobs.requests[order_id(2)].script.kind == "text"


async def test_a_note_that_is_too_long_bothers_nobody(bot: Bot) -> None:
    note = voice(1, chat=GROUP, seconds=999, user=BOB)["message"]

    await bot.hears(under(2, "/say", reply_to_message=note))

    assert bot.services.jobs.jobs == {}
    assert bot.telegram.texts[0].startswith("This recording is longer than 60 seconds")


async def test_never_is_never(bot: Bot) -> None:
    await bot.services.handshakes.record(
        subject=owner_of(BOB), requester=owner_of(ALICE), answer=Permission.NEVER, about="all"
    )

    assert await question_of(bot) == {}
    assert bot.telegram.texts == ["All right, no video this time."]


async def test_whoever_has_not_agreed_is_asked_first_and_then_it_goes_on(bot: Bot) -> None:
    await bot.services.consents.withdraw(owner_of(ALICE))
    await bot.hears(under(1, f"/say {WORDS}"))
    (card,) = bot.telegram.of("sendMessage")
    data = card.buttons["I agree"]

    await bot.hears(tapped(2, data, BOB))
    assert bot.services.jobs.jobs == {}
    await bot.hears(tapped(3, data, ALICE), tapped(4, data, ALICE))

    assert list(bot.services.jobs.jobs) == [order_id(1)]
    assert len(bot.telegram.of("deleteMessage")) == 1


async def test_whoever_does_not_want_to_agree_takes_the_card_away(bot: Bot) -> None:
    await bot.services.consents.withdraw(owner_of(ALICE))
    await bot.hears(under(1, f"/say {WORDS}"))
    (card,) = bot.telegram.of("sendMessage")

    await bot.hears(tapped(2, card.buttons["Cancel"], BOB))
    assert bot.telegram.of("deleteMessage") == []
    await bot.hears(tapped(3, card.buttons["Cancel"], ALICE))

    assert len(bot.telegram.of("deleteMessage")) == 1
    assert bot.services.jobs.jobs == {}


async def test_a_group_that_is_switched_off_takes_nothing(bot: Bot) -> None:
    await bot.services.community.groups.set_rules(owner_of(GROUP), GroupRules(is_on=False))

    await bot.hears(under(1, f"/say {WORDS}"))

    assert bot.telegram.texts[0].startswith("/say is switched off in this group.")


async def test_a_group_of_admins_takes_nothing_from_others(bot: Bot) -> None:
    await bot.services.community.groups.set_rules(owner_of(GROUP), GroupRules(who=Who.ADMINS))
    bot.telegram.group_admins.add(BOB)

    await bot.hears(under(1, f"/say {WORDS}"), under(2, f"/say {WORDS}", user=BOB))

    assert bot.telegram.texts == ["In this group only its admins may use /say."]
    assert list(bot.services.jobs.jobs) == [order_id(2)]


async def test_a_groups_line_is_limited(bot: Bot) -> None:
    members = (ALICE, ALICE, BOB, BOB, ALICE)

    await bot.hears(
        *(under(n, f"/say {WORDS}", user=user) for n, user in enumerate(members, start=1))
    )

    assert len(bot.services.jobs.jobs) == 4
    assert bot.telegram.texts[0].startswith("This group's line is full (4 videos in progress)")


async def test_only_admins_press_the_settings(bot: Bot) -> None:
    bot.telegram.group_admins.add(ALICE)
    await bot.hears(text(1, "/say_settings", chat=GROUP))
    buttons = bot.telegram.of("sendMessage")[0].buttons

    await bot.hears(tapped(2, buttons["Switch off"], BOB))
    assert (await bot.services.community.groups.rules(owner_of(GROUP))).is_on
    await bot.hears(tapped(3, buttons["Switch off"], ALICE), tapped(4, "rule:nonsense", ALICE))

    assert not (await bot.services.community.groups.rules(owner_of(GROUP))).is_on
    assert bot.telegram.toasts[0] == "Only admins of this group can change this."
