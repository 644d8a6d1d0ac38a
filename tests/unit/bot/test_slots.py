"""What may be a face, which face speaks, and what is asked before a video is made."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.types import FaceFault, FaceNote, JobId, PortraitVerdict
from tests.unit.bot.conftest import Bot
from tests.unit.bot.test_conversation import ALICES_DRAFT, words_of
from tests.unit.bot.updates import ALICE, BOB, photo, sticker, tap, text
from tests.verdicts import make_verdict

OWNER = f"telegram:{ALICE}"


def warned(*notes: FaceNote) -> PortraitVerdict:
    verdict = make_verdict()
    return replace(verdict, faces=(replace(verdict.faces[0], notes=notes),))


def face_of(bot: Bot, job: str) -> int:
    return bot.services.jobs.requests[JobId(job)].face


async def test_a_sticker_that_stands_still_is_a_face(bot: Bot) -> None:
    await bot.hears(sticker(1), text(2, "Good morning."))

    assert words_of(bot) == ["Good morning."]


async def test_a_drawn_sticker_that_moves_is_none(bot: Bot) -> None:
    await bot.hears(sticker(1, is_animated=True))

    assert "This picture moves" in bot.telegram.texts[0]


async def test_a_second_photo_says_that_it_takes_the_place_of_the_first(bot: Bot) -> None:
    await bot.hears(photo(1), photo(2))

    assert bot.telegram.texts[0].startswith("One clear face.")
    assert bot.telegram.texts[1].startswith("I'll use this photo now. One clear face.")


async def test_second_words_say_that_they_take_the_place_of_the_first(bot: Bot) -> None:
    await bot.hears(text(1, "Good morning."), text(2, "Good night."))

    assert bot.telegram.texts[1].startswith("Updated the words.")


async def test_several_faces_come_back_with_numbers_and_one_is_chosen(bot: Bot) -> None:
    bot.services.look = lambda: make_verdict(faces=3)
    await bot.hears(photo(1))
    (shown,) = bot.telegram.of("sendPhoto")

    assert shown.text == "I see 3 faces. Which one should speak?"
    assert list(shown.buttons) == ["1", "2", "3", "Cancel"]

    await bot.hears(tap(2, shown.buttons["2"]), text(3, "Good morning."))

    assert face_of(bot, "tg-000000000003") == 2


async def test_words_wait_until_the_face_is_chosen(bot: Bot) -> None:
    bot.services.look = lambda: make_verdict(faces=2)
    await bot.hears(photo(1, caption="Good morning."))
    shown = bot.telegram.of("sendPhoto")[0]
    assert words_of(bot) == []

    await bot.hears(text(2, "Good night."))
    assert "tap the number" in bot.telegram.texts[-1]
    await bot.hears(tap(3, shown.buttons["1"]))

    assert words_of(bot) == ["Good night."]
    assert face_of(bot, "tg-000000000003") == 1


async def test_the_only_face_that_can_speak_is_taken_and_named(bot: Bot) -> None:
    verdict = make_verdict(faces=2)
    small = replace(verdict.faces[1], fault=FaceFault.TOO_SMALL)
    bot.services.look = lambda: replace(verdict, faces=(verdict.faces[0], small))

    await bot.hears(photo(1), text(2, "Good morning."))

    assert "I see 2 faces; only number 1 is clear enough" in bot.telegram.texts[0]
    assert face_of(bot, "tg-000000000002") == 1


async def test_a_face_of_a_photo_that_was_replaced_is_chosen_no_more(bot: Bot) -> None:
    bot.services.look = lambda: make_verdict(faces=2)
    await bot.hears(photo(1))
    shown = bot.telegram.of("sendPhoto")[0]
    bot.services.look = make_verdict
    await bot.hears(photo(2), tap(3, shown.buttons["2"]))

    assert bot.telegram.toasts == ["This button is out of date. See /status."]


async def test_nobody_chooses_a_face_for_somebody_else(bot: Bot) -> None:
    bot.services.look = lambda: make_verdict(faces=2)
    await bot.hears(photo(1))

    await bot.hears(tap(2, bot.telegram.of("sendPhoto")[0].buttons["2"], user=BOB))

    assert bot.telegram.toasts == ["Only the person who asked can use these buttons."]


@pytest.mark.parametrize("ask", ["warning", "length", "wish"])
async def test_a_card_asks_first_for_a_reason_only(bot: Bot, ask: str) -> None:
    words = "Good morning to all of you."
    if ask == "warning":
        bot.services.look = lambda: warned(FaceNote.TURNED)
    elif ask == "length":
        words = " ".join([words] * 20)
    else:
        await bot.services.preferences.change(OWNER, confirm=True)  # type: ignore[arg-type]

    await bot.hears(photo(1), text(2, words))
    card = bot.telegram.of("sendMessage")[-1]

    assert words_of(bot) == []
    assert "Ready to make" in card.text
    assert ("looks far to the side" in card.text) == (ask == "warning")
    assert card.values["reply_parameters"]["message_id"] == 2

    await bot.hears(tap(3, card.buttons["✅ Make video"]))

    assert words_of(bot) == [words]
    assert bot.telegram.of("deleteMessage") != []


async def test_other_words_bring_another_card_and_the_old_one_goes(bot: Bot) -> None:
    await bot.services.preferences.change(OWNER, confirm=True)  # type: ignore[arg-type]
    await bot.hears(photo(1), text(2, "Good morning."), text(3, "Good night."))
    first, second = (c for c in bot.telegram.of("sendMessage") if "Ready" in c.text)

    assert "Good morning." in first.text
    assert "Good night." in second.text
    assert len(bot.telegram.of("deleteMessage")) == 1

    await bot.hears(tap(4, second.buttons["✅ Make video"]))
    await bot.hears(tap(4, second.buttons["✅ Make video"]))  # the same update again
    await bot.hears(tap(5, second.buttons["✅ Make video"]))

    assert words_of(bot) == ["Good night."]
    assert bot.telegram.toasts[-1] == "This button is out of date. See /status."


async def test_a_card_can_be_cancelled(bot: Bot) -> None:
    await bot.services.preferences.change(OWNER, confirm=True)  # type: ignore[arg-type]
    await bot.hears(photo(1), text(2, "Good morning."))
    card = bot.telegram.of("sendMessage")[-1]

    await bot.hears(tap(3, card.buttons["Cancel"]), tap(4, card.buttons["✅ Make video"]))

    assert words_of(bot) == []
    assert await bot.services.drafts.get(ALICES_DRAFT) is None


async def test_what_somebody_prefers_is_in_the_request(bot: Bot) -> None:
    await bot.services.preferences.change(
        OWNER,  # type: ignore[arg-type]
        voice="hi-IN-SwaraNeural",
        rate_pct=-20,
        captions=True,
        shape="tall",
    )

    await bot.hears(photo(1), text(2, "Good morning."))

    request = bot.services.jobs.requests[JobId("tg-000000000002")]
    assert (request.voice_id, request.rate_pct) == ("hi-IN-SwaraNeural", -20)
    assert (request.captions, request.shape) == (True, "tall")


async def test_the_language_that_somebody_chose_is_spoken(bot: Bot) -> None:
    await bot.services.preferences.change(OWNER, language="hi")  # type: ignore[arg-type]

    await bot.hears(text(1, "Good morning."), text(2, "🎉"))

    assert bot.telegram.texts[0].startswith("शब्द मिल गए।")
    assert bot.telegram.texts[1].startswith("बोलने के लिए")


async def test_whoever_has_it_spoken_slowly_may_say_less(bot: Bot) -> None:
    words = "Good morning to all of you. " * 29
    assert 50 < bot.services.check_script(words).duration_s < 60
    await bot.services.preferences.change(OWNER, rate_pct=-20)  # type: ignore[arg-type]

    await bot.hears(photo(1), text(2, words))

    assert "I can do 60 seconds" in bot.telegram.texts[-1]
    assert words_of(bot) == []
