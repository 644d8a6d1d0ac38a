"""A video is the face while there is none; its sound is one button away."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.address import owner_of
from pipeline import errors
from pipeline.types import ArtifactKey, Film, JobId, Quality, RecordedScript
from tests.unit.bot.conftest import Bot
from tests.unit.bot.test_conversation import words_of
from tests.unit.bot.test_say import GROUP, in_reply, tapped
from tests.unit.bot.updates import (
    ALICE,
    BOB,
    edited,
    film,
    message,
    photo,
    round_film,
    sticker,
    tap,
    text,
)

DAY = timedelta(days=1)
FILM: dict[str, Any] = {"file_id": "a", "file_unique_id": "a", "duration": 3}


@pytest.mark.parametrize("make", [film, round_film])
async def test_a_video_without_a_face_before_it_is_the_face(bot: Bot, make: Any) -> None:
    await bot.hears(make(1), text(2, "Good morning."))

    assert bot.telegram.texts[0].startswith("I took the clearest picture of your video. ")
    assert words_of(bot) == ["Good morning."]


async def test_a_video_sticker_is_a_face_without_a_sound_to_offer(bot: Bot) -> None:
    await bot.hears(sticker(1, is_video=True), text(2, "Good morning."))

    (offer,) = bot.telegram.of("sendMessage")
    assert "clearest picture" in offer.text
    assert list(offer.buttons) == ["Cancel"]
    assert words_of(bot) == ["Good morning."]


async def test_a_video_completes_words_that_wait(bot: Bot) -> None:
    await bot.hears(text(1, "Good morning."), film(2))

    assert words_of(bot) == ["Good morning."]


async def test_its_caption_is_the_script(bot: Bot) -> None:
    await bot.hears(film(1, caption="Good morning."))

    assert words_of(bot) == ["Good morning."]


async def test_its_sound_is_one_button_away(bot: Bot) -> None:
    await bot.hears(film(1))
    offer = bot.telegram.of("sendMessage")[0]
    press = tap(2, offer.buttons["🎙 Use its sound"])
    press["callback_query"]["message"]["reply_to_message"] = film(1)["message"]

    await bot.hears(press)

    (request,) = bot.services.jobs.requests.values()
    assert isinstance(request.script, RecordedScript)
    assert JobId("tg-000000000002") in bot.services.jobs.jobs


async def test_with_a_face_there_a_video_is_heard(bot: Bot) -> None:
    await bot.hears(photo(1), film(2))

    (request,) = bot.services.jobs.requests.values()
    assert isinstance(request.script, RecordedScript)


async def test_where_a_face_can_be_followed_the_film_itself_is_the_face(bot: Bot) -> None:
    bot.services.follows = True

    await bot.hears(film(1), text(2, "Good morning."))

    assert bot.telegram.texts[0].startswith("I'll use your video: the face in it will speak. ")
    (request,) = bot.services.jobs.requests.values()
    assert request.film == Film(footage=ArtifactKey("jobs/tg-000000000002/film.mp4"), still_at=7)
    assert await bot.services.store.read(request.film.footage) == bot.telegram.photo


async def test_a_group_has_the_film_too_once_its_member_has_allowed_it(bot: Bot) -> None:
    bot.services.follows = True

    await bot.hears(in_reply(2, "/say Good morning.", film(1, chat=GROUP, user=BOB)))
    assert bot.services.jobs.requests == {}, "nobody speaks before the member says so"
    allow = bot.telegram.of("sendMessage")[-1].buttons["Allow once"]
    await bot.hears(tapped(3, allow, BOB))

    (request,) = bot.services.jobs.requests.values()
    assert request.film is not None
    assert await bot.services.store.list_older("drafts", datetime.now(UTC) + DAY) == []


async def test_elsewhere_only_the_picture_is_kept(bot: Bot) -> None:
    await bot.hears(film(1), text(2, "Good morning."))

    (request,) = bot.services.jobs.requests.values()
    assert request.film is None
    assert await bot.services.store.list_older("drafts", datetime.now(UTC) + DAY) == [
        "drafts/501_0_501/portrait-000000000001.png"
    ]


async def test_whoever_wants_it_fast_gets_the_picture(bot: Bot) -> None:
    bot.services.follows = True
    await bot.services.preferences.change(owner_of(ALICE), quality=Quality.FAST)

    await bot.hears(film(1))

    assert bot.telegram.texts[0].startswith("I took the clearest picture of your video. ")


async def test_an_animation_is_a_face_without_a_sound(bot: Bot) -> None:
    moving = {"width": 9, "height": 9, **FILM}
    document = {"file_id": "a", "file_unique_id": "a", "mime_type": "video/mp4"}

    await bot.hears(message(1, animation=moving, document=document))

    assert list(bot.telegram.of("sendMessage")[0].buttons) == ["Cancel"]
    assert "clearest picture" in bot.telegram.texts[0]


async def test_an_animation_takes_the_place_of_a_face(bot: Bot) -> None:
    moving = {"width": 9, "height": 9, **FILM}

    await bot.hears(photo(1), message(2, animation=moving), text(3, "Good morning."))

    assert words_of(bot) == ["Good morning."]
    assert "clearest picture" in bot.telegram.texts[1]


async def test_a_photo_after_a_film_leaves_nothing_of_it(bot: Bot) -> None:
    bot.services.follows = True

    await bot.hears(film(1), photo(2), text(3, "Good morning."))

    (request,) = bot.services.jobs.requests.values()
    assert request.film is None
    kept = await bot.services.store.list_older("drafts", datetime.now(UTC) + DAY)
    assert kept == ["drafts/501_0_501/portrait-000000000002.png"]


async def test_new_words_and_variants_keep_the_film(bot: Bot) -> None:
    bot.services.follows = True
    await bot.hears(film(1), text(2, "Good morning."))
    await bot.hears(edited(3, 2, "Good evening."))

    again = bot.services.jobs.requests[JobId("tg-000000000003")]
    assert again.film == Film(footage=ArtifactKey("jobs/tg-000000000003/film.mp4"), still_at=7)


async def test_a_video_that_shows_nobody_is_heard(bot: Bot) -> None:
    bot.services.look = lambda: errors.NoFaceFound()

    await bot.hears(film(1))

    assert not any("can't find a face" in said for said in bot.telegram.texts)


async def test_a_video_that_shows_nobody_cannot_complete_words(bot: Bot) -> None:
    await bot.hears(text(1, "Good morning."))
    bot.services.look = lambda: errors.NoFaceFound()

    await bot.hears(film(2))

    assert "can't find a face" in bot.telegram.texts[-1]
    assert words_of(bot) == []


async def test_a_video_that_is_neither_seen_nor_heard_says_why_it_is_not_seen(bot: Bot) -> None:
    bot.services.look = lambda: errors.NoFaceFound()
    bot.services.recordings.seconds = errors.NoSpeechFound()

    await bot.hears(film(1))

    assert len(bot.telegram.texts) == 1
    assert "can't find a face" in bot.telegram.texts[0]
