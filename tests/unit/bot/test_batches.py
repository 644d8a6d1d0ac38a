"""What Telegram sends as several messages is one: albums, and texts cut by their length."""

from __future__ import annotations

from typing import Any

import pytest

from bot.app import build
from bot.handlers.long_texts import joined
from pipeline import errors
from pipeline.types import JobId
from tests.unit.bot.conftest import Bot
from tests.unit.bot.test_conversation import words_of
from tests.unit.bot.updates import Json, photo, tap, text
from tests.verdicts import make_verdict

GROUP = "13000000000000001"


async def all_hear(bot: Bot, *updates: Json) -> None:
    await bot.hears(*updates)
    await bot.app.gathering.settle_all()


def looks(bot: Bot, *faces: int) -> None:
    """Let the photos, one after the other, show so many faces."""
    waiting = list(faces)

    def look() -> object:
        count = waiting.pop(0)
        return make_verdict(count) if count else errors.NoFaceFound()

    bot.services.look = look  # type: ignore[assignment]


def item(update_id: int, **more: Any) -> Json:
    return photo(update_id, media_group_id=GROUP, **more)


async def test_the_one_photo_with_a_face_is_taken(bot: Bot) -> None:
    looks(bot, 0, 1, 0)

    await all_hear(bot, item(1), item(2), item(3))
    await bot.hears(text(4, "Good morning."))

    assert bot.telegram.texts[0].startswith("I'll use photo 2: the others show no face")
    assert words_of(bot) == ["Good morning."]


async def test_of_several_photos_one_is_chosen(bot: Bot) -> None:
    looks(bot, 1, 0, 1)
    await all_hear(bot, item(1, caption="Good morning."), item(2), item(3))
    (sheet,) = bot.telegram.of("sendPhoto")

    assert sheet.text == "You sent 3 photos. Which one should speak?"
    assert list(sheet.buttons) == ["1", "3", "Cancel"]
    assert words_of(bot) == []

    await bot.hears(tap(4, sheet.buttons["3"]))

    assert words_of(bot) == ["Good morning."]
    assert bot.telegram.of("editMessageText")[0].text == "Photo 3 it is."
    assert bot.telegram.texts == []  # nothing else needs to be said


async def test_another_photo_can_be_chosen_afterwards(bot: Bot) -> None:
    looks(bot, 1, 1)
    await all_hear(bot, item(1), item(2))
    sheet = bot.telegram.of("sendPhoto")[0]

    await bot.hears(tap(3, sheet.buttons["1"]), text(4, "Good morning."))
    await bot.hears(tap(5, sheet.buttons["2"]), text(6, "Good night."))

    assert words_of(bot) == ["Good morning.", "Good night."]


async def test_a_late_photo_brings_the_choice_up_again(bot: Bot) -> None:
    looks(bot, 1, 1)
    await all_hear(bot, item(1))
    await all_hear(bot, item(2))

    assert list(bot.telegram.of("sendPhoto")[0].buttons) == ["1", "2", "Cancel"]


async def test_a_late_photo_without_a_face_changes_nothing(bot: Bot) -> None:
    looks(bot, 1, 0)
    await all_hear(bot, item(1))
    said = len(bot.telegram.calls)
    await all_hear(bot, item(2))

    assert bot.telegram.of("sendPhoto") == []
    assert len(bot.telegram.texts) == 1
    assert len(bot.telegram.calls) > said  # it was looked at


async def test_an_album_without_a_face_says_so_once_and_keeps_the_words(bot: Bot) -> None:
    looks(bot, 0, 0, 1)
    await all_hear(bot, item(1), item(2, caption="Good morning."))

    assert len(bot.telegram.texts) == 1
    assert bot.telegram.texts[0].startswith(
        "I can't use any of these 2 photos. I can't find a face"
    )

    await bot.hears(photo(3))
    assert words_of(bot) == ["Good morning."]


async def test_photos_that_came_before_a_restart_are_not_forgotten(bot: Bot) -> None:
    await bot.hears(item(1), item(2))
    await bot.app.gathering.close()
    again = build(bot.services.settings, bot.services, bot.app.texts, bot.telegram)  # type: ignore[arg-type]
    await again.initialize()

    await again.gathering.start()
    await again.gathering.settle_all()

    assert list(bot.telegram.of("sendPhoto")[0].buttons) == ["1", "2", "Cancel"]
    await again.shutdown()


async def test_a_button_of_an_album_that_is_gone_is_out_of_date(bot: Bot) -> None:
    await all_hear(bot, item(1), item(2))
    sheet = bot.telegram.of("sendPhoto")[0]
    await bot.hears(tap(3, sheet.buttons["Cancel"]), tap(4, sheet.buttons["1"]))

    assert bot.telegram.toasts[-1] == "This button is out of date. See /status."


LONG = ("The train to Pune leaves at six. " * 200)[:4096]


async def test_a_text_in_several_messages_is_answered_once(bot: Bot) -> None:
    await all_hear(bot, text(1, LONG), text(2, "And that is all."))

    assert len(bot.telegram.texts) == 1
    assert "I can do 60 seconds" in bot.telegram.texts[0]
    (call,) = bot.telegram.of("sendMessage")
    assert list(call.buttons) == ["Use the first 60 s", "I'll shorten it"]


async def test_the_beginning_of_a_long_text_may_be_spoken(bot: Bot) -> None:
    await bot.hears(photo(1))
    await all_hear(bot, text(2, LONG), text(3, "And that is all."))
    offer = bot.telegram.of("sendMessage")[-1]

    await bot.hears(tap(4, offer.buttons["Use the first 60 s"]))
    card = bot.telegram.of("sendMessage")[-1]
    await bot.hears(tap(5, card.buttons["✅ Make video"]))

    (spoken,) = words_of(bot)
    assert LONG.startswith(spoken)
    assert spoken.endswith("six.")
    assert 45 < bot.services.check_script(spoken).duration_s <= 60


async def test_whoever_shortens_a_text_is_told_the_limit(bot: Bot) -> None:
    await all_hear(bot, text(1, "word " * 300))
    offer = bot.telegram.of("sendMessage")[0]

    await bot.hears(tap(2, offer.buttons["I'll shorten it"]))
    await bot.hears(tap(3, offer.buttons["Use the first 60 s"]))

    assert "up to 60 seconds" in bot.telegram.of("editMessageText")[0].text
    assert bot.telegram.toasts[-1] == "This button is out of date. See /status."


async def test_several_messages_that_fit_are_one_video(bot: Bot) -> None:
    speech = bot.services.settings.speech.model_copy(update={"max_s": 600.0, "max_chars": 10_000})
    bot.services.settings = bot.services.settings.model_copy(update={"speech": speech})
    await bot.hears(photo(1))

    await all_hear(bot, text(2, LONG), text(3, "And that is all."))
    card = bot.telegram.of("sendMessage")[-1]
    await bot.hears(tap(4, card.buttons["✅ Make video"]))

    assert words_of(bot) == [joined([LONG, "And that is all."])]
    assert list(bot.services.jobs.jobs) == [JobId("tg-000000000004")]


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        (["one"], "one"),
        (["one", "two"], "one two"),
        (["x" * 4096, "y"], "x" * 4096 + "y"),
        (["x" * 4000, "y"], "x" * 4000 + " y"),
    ],
)
def test_parts_are_joined_where_they_were_cut(parts: list[str], whole: str) -> None:
    assert joined(parts) == whole


async def test_batches_leave_nothing_behind(bot: Bot) -> None:
    await all_hear(bot, text(1, LONG), item(2), item(3))
    await bot.hears(text(4, "/cancel"))

    assert await bot.services.pieces.all() == []
    assert list(bot.services.settings.scratch_dir.iterdir()) == []
