"""A photo and words in any order become one order; nothing else does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from bot.address import unpack_address
from pipeline import errors
from pipeline.store.quotas import USES
from pipeline.types import ArtifactKey, JobId, TextScript
from tests.fakes import Refusal
from tests.unit.bot.conftest import Bot
from tests.unit.bot.updates import ALICE, BOB, document, message, photo, tap, text
from tests.verdicts import make_verdict

LATER = datetime(2100, 1, 1, tzinfo=UTC)
ALICES_DRAFT = f"{ALICE}:0:{ALICE}"


def words_of(bot: Bot) -> list[str]:
    scripts = [request.script for request in bot.services.jobs.requests.values()]
    return [script.text for script in scripts if isinstance(script, TextScript)]


async def test_a_photo_then_words_is_an_order(bot: Bot) -> None:
    await bot.hears(photo(1), text(2, "Good morning to all of you."))

    assert words_of(bot) == ["Good morning to all of you."]
    assert list(bot.services.jobs.jobs) == ["tg-000000000002"]


async def test_words_then_a_photo_is_an_order(bot: Bot) -> None:
    await bot.hears(text(1, "Good morning."), photo(2))

    assert words_of(bot) == ["Good morning."]
    assert bot.telegram.texts == ["Got the words. Now send a photo with one clear face."]


async def test_a_photo_with_a_caption_is_an_order(bot: Bot) -> None:
    await bot.hears(photo(1, caption="Good morning."))

    assert words_of(bot) == ["Good morning."]


async def test_an_image_sent_as_a_file_is_a_photo(bot: Bot) -> None:
    await bot.hears(document(1, "image/png"), text(2, "Good morning."))

    assert words_of(bot) == ["Good morning."]


async def test_the_verdict_answers_the_photo_and_says_the_limit(bot: Bot) -> None:
    await bot.hears(photo(7))

    (call,) = bot.telegram.of("sendMessage")
    assert call.text.startswith("One clear face.")
    assert "60 seconds, about 150 words" in call.text
    assert call.values["reply_parameters"]["message_id"] == 7
    assert list(call.buttons) == ["Cancel"]


@pytest.mark.parametrize("caption", ["ok", "/say hello", "🎉🎉🎉🎉"])
async def test_a_caption_that_is_no_script_is_not_spoken(bot: Bot, caption: str) -> None:
    await bot.hears(photo(1, caption=caption))

    assert words_of(bot) == []
    assert bot.telegram.texts[0].startswith("One clear face.")


async def test_a_caption_too_long_keeps_the_face(bot: Bot) -> None:
    await bot.hears(photo(1, caption="word " * 300), text(2, "Good morning."))

    assert "I can do 60 seconds" in bot.telegram.texts[0]
    assert words_of(bot) == ["Good morning."]


async def test_a_second_photo_replaces_the_first(bot: Bot) -> None:
    bot.telegram.photo = b"the first"
    await bot.hears(photo(1))
    bot.telegram.photo = b"the second"

    await bot.hears(photo(2), text(3, "Good morning."))

    portrait = ArtifactKey("jobs/tg-000000000003/portrait.png")
    assert await bot.services.store.read(portrait) == b"the second"
    with pytest.raises(errors.ArtifactMissing):
        await bot.services.store.read(
            ArtifactKey(f"drafts/{ALICE}_0_{ALICE}/portrait-000000000001.png")
        )


async def test_new_words_replace_those_that_wait(bot: Bot) -> None:
    await bot.hears(text(1, "Good morning."), text(2, "Good night."), photo(3))

    assert words_of(bot) == ["Good night."]


async def test_the_same_face_speaks_new_words_and_the_user_is_told(bot: Bot) -> None:
    await bot.hears(photo(1), text(2, "Good morning."), text(3, "Good night."))

    assert words_of(bot) == ["Good morning.", "Good night."]
    assert bot.telegram.texts[-1] == "Same face as before. Send a new photo to change it."


async def test_words_are_spoken_once(bot: Bot) -> None:
    await bot.hears(text(1, "Good morning."), photo(2), photo(3))

    assert words_of(bot) == ["Good morning."]
    assert bot.telegram.texts[-1].startswith("One clear face.")


async def test_an_update_that_comes_twice_orders_once(bot: Bot) -> None:
    await bot.hears(photo(1), text(2, "Good morning."), text(2, "Good morning."))
    await bot.hears(text(3, "Good night."), photo(4), photo(4))

    assert list(bot.services.jobs.jobs) == ["tg-000000000002", "tg-000000000003"]
    assert words_of(bot) == ["Good morning.", "Good night."]


async def test_the_order_knows_where_to_answer(bot: Bot) -> None:
    await bot.hears(photo(1), text(2, "Good morning."))

    address = unpack_address(bot.services.jobs.jobs[JobId("tg-000000000002")].reply_to)
    assert (address.chat_id, address.message_id, address.language) == (ALICE, 2, "en")


async def test_drafts_of_two_people_never_mix(bot: Bot) -> None:
    await bot.hears(photo(1), text(2, "Good morning.", user=BOB))

    assert words_of(bot) == []


async def test_a_stale_draft_counts_as_none(bot: Bot) -> None:
    await bot.hears(photo(1))
    draft = await bot.services.drafts.get(ALICES_DRAFT)
    assert draft is not None
    await bot.services.drafts.put(
        replace(draft, updated_at=draft.updated_at - timedelta(minutes=31))
    )

    await bot.hears(text(2, "Good morning."))

    assert words_of(bot) == []
    assert bot.telegram.texts[-1].startswith("Got the words.")


async def test_a_face_that_is_gone_is_asked_for_and_the_words_are_kept(bot: Bot) -> None:
    await bot.hears(photo(1))
    await bot.services.store.delete_under("drafts")

    await bot.hears(text(2, "Good morning."), photo(3))

    assert "Now send a photo" in bot.telegram.texts[1]
    assert words_of(bot) == ["Good morning."]


async def test_too_many_orders_are_refused_and_the_draft_is_kept(bot: Bot) -> None:
    bot.services.jobs.limit = 1
    await bot.hears(photo(1), text(2, "Good morning."), text(3, "Good night."))

    assert "You already have 1 video" in bot.telegram.texts[-1]
    draft = await bot.services.drafts.get(ALICES_DRAFT)
    assert draft is not None
    assert draft.portrait is not None
    with pytest.raises(errors.ArtifactMissing):
        await bot.services.store.read(ArtifactKey("jobs/tg-000000000003/portrait.png"))


async def test_a_full_line_is_told_keeps_the_draft_and_counts_nothing(bot: Bot) -> None:
    bot.services.jobs.is_full = True
    await bot.hears(photo(1), text(2, "Good morning."))

    assert bot.telegram.texts[-1] == (
        "The line is full just now: 0 videos are waiting. Please send this again in a few minutes."
    )
    draft = await bot.services.drafts.get(ALICES_DRAFT)
    assert draft is not None
    assert draft.portrait is not None, "the photo need not be sent again"
    assert await bot.services.store.list_older("jobs", LATER) == []
    uses = await bot.services.database.read(lambda c: c.scalars(sa.select(USES.c.owner)).all())
    assert uses == []

    bot.services.jobs.is_full = False
    await bot.hears(text(3, "Good morning."))
    assert words_of(bot) == ["Good morning."]


async def test_a_photo_too_big_is_refused_before_it_is_downloaded(bot: Bot) -> None:
    await bot.hears(document(1, "image/jpeg", size_bytes=12_000_000))

    assert "12.0 MB, the limit is 10 MB" in bot.telegram.texts[0]
    assert bot.telegram.of("getFile", "file") == []


async def test_a_file_that_is_bigger_than_told_is_refused(bot: Bot) -> None:
    bot.telegram.photo_size_bytes = 15_000_000

    await bot.hears(photo(1))

    assert "15.0 MB" in bot.telegram.texts[0]
    assert bot.telegram.of("file") == []


async def test_a_file_that_telegram_lost_is_asked_for_again(bot: Bot) -> None:
    bot.telegram.fails("getFile", Refusal(status=400, description="Bad Request: wrong file_id"))

    await bot.hears(photo(1))

    assert bot.telegram.texts == [
        "I couldn't fetch this file from Telegram. Please send it again."
    ]


async def test_a_flap_of_the_network_does_not_lose_a_photo(bot: Bot) -> None:
    bot.telegram.fails("file", Refusal(status=502, description="Bad Gateway"))

    await bot.hears(photo(1))

    assert bot.telegram.texts[0].startswith("One clear face.")


async def test_the_words_under_a_photo_that_cannot_be_used_are_kept(bot: Bot) -> None:
    bot.services.look = lambda: errors.NoFaceFound()
    await bot.hears(photo(1, caption="Good morning."))

    bot.services.look = make_verdict
    await bot.hears(photo(2))

    assert words_of(bot) == ["Good morning."]


async def test_a_photo_leaves_no_scratch_behind(bot: Bot) -> None:
    bot.services.look = lambda: errors.NoFaceFound()

    await bot.hears(photo(1))

    assert list(bot.services.settings.scratch_dir.iterdir()) == []


FILE = {"file_id": "a", "file_unique_id": "a"}
SOUND = {**FILE, "duration": 1}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ({"contact": {"phone_number": "1", "first_name": "R"}}, "one photo of a face plus words"),
        ({"location": {"longitude": 1.0, "latitude": 1.0}}, "one photo of a face plus words"),
        ({"dice": {"emoji": "🎲", "value": 3}}, "one photo of a face plus words"),
        ({"document": {**FILE, "mime_type": "application/pdf"}}, "kind of file"),
    ],
)
async def test_what_is_not_used_gets_one_kind_sentence_and_keeps_the_draft(
    bot: Bot, content: dict[str, Any], sentence: str
) -> None:
    await bot.hears(photo(1), message(2, **content), text(3, "Good morning."))

    assert sentence in bot.telegram.texts[1]
    assert len(bot.telegram.texts) == 2
    assert words_of(bot) == ["Good morning."]


async def test_the_bot_takes_no_photos_and_words_from_groups(bot: Bot) -> None:
    await bot.hears(photo(1, chat=-1001), text(2, "Hello", chat=-1001))

    assert bot.telegram.calls == []


async def test_cancel_under_the_verdict_drops_the_draft(bot: Bot) -> None:
    await bot.hears(photo(1))
    data = bot.telegram.of("sendMessage")[0].buttons["Cancel"]

    await bot.hears(tap(2, data), text(3, "Good morning."))

    assert words_of(bot) == []
    assert bot.telegram.toasts == ["Cancelled. Send a photo or words whenever you like."]


async def test_somebody_elses_draft_cannot_be_dropped(bot: Bot) -> None:
    await bot.hears(photo(1))
    data = bot.telegram.of("sendMessage")[0].buttons["Cancel"]

    await bot.hears(tap(2, data, user=BOB), text(3, "Good morning."))

    assert bot.telegram.toasts == ["Only the person who asked can use these buttons."]
    assert words_of(bot) == ["Good morning."]
