"""What may be made of a finished video: once each, by whoever asked for the first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.drafting.variants import Change, changes_for
from pipeline.types import CopyKind, Job, JobState, RenderRequest, Shape, VoiceId
from tests.unit.bot.conftest import Bot
from tests.unit.bot.finished import JOB, RESULT, STATUS, VOICE, finished_job
from tests.unit.bot.updates import BOB, tap, text


async def delivered(bot: Bot, voice_id: VoiceId = VOICE) -> dict[str, str]:
    """Let the first video be made and sent; give the buttons under it."""
    job = await finished_job(bot, voice_id)
    bot.services.jobs.jobs[JOB] = replace(job, state=JobState.SUCCEEDED)
    await bot.delivery.deliver(job, STATUS)
    return bot.telegram.of("sendVideo")[-1].buttons


def orders(bot: Bot) -> list[RenderRequest]:
    return [r for id, r in bot.services.jobs.requests.items() if id != JOB]


def the_variant(bot: Bot) -> Job:
    (job,) = (job for id, job in bot.services.jobs.jobs.items() if id != JOB)
    return job


async def test_the_buttons_stand_under_the_video(bot: Bot) -> None:
    assert list(await delivered(bot)) == [
        "🔁 Another voice",
        "✏️ New words",
        "⭕ Round video",
        "📱 9:16",
        "💬 Captions",
        "📄 As a file",
        "🚩 Report",
    ]


@pytest.mark.parametrize(
    ("label", "shape", "captions"),
    [
        ("⭕ Round video", Shape.ROUND, False),
        ("📱 9:16", Shape.TALL, False),
        ("💬 Captions", Shape.ORIGINAL, True),
    ],
)
async def test_a_variant_is_a_job_of_its_own_from_the_same_photo(
    bot: Bot, label: str, shape: Shape, captions: bool
) -> None:
    buttons = await delivered(bot)

    await bot.hears(tap(10, buttons[label], on=77))

    (request,) = orders(bot)
    assert (request.shape, request.captions) == (shape, captions)
    assert request.script == bot.services.jobs.requests[JOB].script
    assert request.portrait == f"jobs/{the_variant(bot).id}/portrait.png"
    assert '"message_id":77' in the_variant(bot).reply_to.replace(" ", "")
    assert bot.telegram.toasts == ["I'm making it."]


async def test_asking_twice_makes_one(bot: Bot) -> None:
    buttons = await delivered(bot)

    await bot.hears(tap(10, buttons["📱 9:16"]), tap(10, buttons["📱 9:16"]))
    await bot.hears(tap(11, buttons["📱 9:16"]))

    assert len(orders(bot)) == 1
    assert bot.telegram.toasts[-1] == "It is being made already."


async def test_a_variant_that_is_there_comes_again_and_is_not_made_again(bot: Bot) -> None:
    buttons = await delivered(bot)
    await bot.hears(tap(10, buttons["⭕ Round video"]))
    round_one = the_variant(bot)
    await bot.services.store.put_bytes(b"round", RESULT.video)
    result = replace(RESULT, shape=Shape.ROUND, width_px=480, height_px=480)
    made = replace(round_one, result=result, state=JobState.SUCCEEDED)
    bot.services.jobs.jobs[round_one.id] = made
    await bot.delivery.deliver(made, STATUS)

    await bot.hears(tap(11, buttons["⭕ Round video"]))

    assert bot.services.jobs.copies == [(round_one.id, CopyKind.VIDEO, 11)]
    assert len(orders(bot)) == 1


async def test_the_way_back_is_the_first_video(bot: Bot) -> None:
    buttons = await delivered(bot)
    await bot.hears(tap(10, buttons["📱 9:16"]))
    tall = the_variant(bot)

    await bot.hears(tap(11, f"variant:plain/{tall.id}"))

    assert len(orders(bot)) == 1
    assert bot.services.jobs.copies == [(JOB, CopyKind.VIDEO, 11)]


async def test_a_variant_that_failed_is_tried_again(bot: Bot) -> None:
    buttons = await delivered(bot)
    await bot.hears(tap(10, buttons["📱 9:16"]))
    tall = the_variant(bot)
    bot.services.jobs.jobs[tall.id] = replace(tall, state=JobState.FAILED)

    await bot.hears(tap(11, buttons["📱 9:16"]))

    assert the_variant(bot).state is JobState.QUEUED


async def test_another_voice_is_chosen_in_place_of_the_buttons(bot: Bot) -> None:
    buttons = await delivered(bot)

    await bot.hears(tap(10, buttons["🔁 Another voice"]))
    offered = bot.telegram.of("editMessageReplyMarkup")[-1].buttons
    voice = next(label for label in offered if label != "‹ Back")
    await bot.hears(tap(11, offered[voice]))

    (request,) = orders(bot)
    assert request.voice_id != bot.services.jobs.requests[JOB].voice_id
    assert list(bot.telegram.of("editMessageReplyMarkup")[-1].buttons) == list(buttons)


async def test_another_voice_speaks_the_language_that_was_spoken(bot: Bot) -> None:
    buttons = await delivered(bot, VoiceId("embedded-hi-f"))  # asked for was an English one

    await bot.hears(tap(10, buttons["🔁 Another voice"]))

    *offered, _back = bot.telegram.of("editMessageReplyMarkup")[-1].buttons.values()
    ids = [VoiceId(data.split(":")[1].split("/")[0]) for data in offered]
    assert {bot.app.voices[id].locale for id in ids} == {"hi-IN"}
    assert "embedded-hi-f" not in ids


async def test_new_words_use_the_face_of_the_video(bot: Bot) -> None:
    buttons = await delivered(bot)
    await bot.hears(text(9, "/cancel"))

    await bot.hears(tap(10, buttons["✏️ New words"]), text(11, "Good night."))

    assert "Type the new words" in bot.telegram.texts[-1]
    (request,) = orders(bot)
    assert request.portrait == "jobs/tg-000000000011/portrait.png"


async def test_a_tap_for_a_file_is_one_wish_however_often_it_comes(bot: Bot) -> None:
    buttons = await delivered(bot)

    await bot.hears(tap(10, buttons["📄 As a file"]), tap(10, buttons["📄 As a file"]))

    assert bot.services.jobs.copies == [(JOB, CopyKind.FILE, 10)]
    assert bot.telegram.toasts == ["Sending it…", "Sending it…"]


@pytest.mark.parametrize("label", ["🔁 Another voice", "✏️ New words", "📱 9:16", "📄 As a file"])
async def test_nobody_else_may_use_the_buttons(bot: Bot, label: str) -> None:
    buttons = await delivered(bot)

    await bot.hears(tap(10, buttons[label], user=BOB))

    assert (orders(bot), bot.services.jobs.copies) == ([], [])
    assert bot.telegram.toasts == ["Only the person who asked can use these buttons."]


@pytest.mark.parametrize("label", ["✏️ New words", "📱 9:16"])
async def test_what_is_no_longer_kept_is_asked_for_again(bot: Bot, label: str) -> None:
    buttons = await delivered(bot)
    await bot.services.store.delete_under(f"jobs/{JOB}")

    await bot.hears(tap(10, buttons[label]))

    assert "don't keep the photo" in bot.telegram.toasts[0]
    assert orders(bot) == []


async def test_a_round_video_longer_than_a_minute_is_sent_as_a_square(bot: Bot) -> None:
    job = await finished_job(bot)
    long = replace(RESULT, shape=Shape.ROUND, width_px=480, height_px=480, duration_s=61.0)

    await bot.delivery.deliver(replace(job, result=long), STATUS)

    assert bot.telegram.of("sendVideoNote") == []
    assert len(bot.telegram.of("sendVideo")) == 1


def test_what_a_video_is_already_is_not_offered() -> None:
    assert Change.TALL not in changes_for(replace(RESULT, shape=Shape.TALL))
    assert Change.CAPTIONS_OFF in changes_for(replace(RESULT, captions=True))
    assert changes_for(replace(RESULT, voice_id=None)) == (Change.ROUND, Change.TALL)


def test_captions_are_offered_under_a_recording_whose_words_are_known() -> None:
    recorded = replace(RESULT, voice_id=None, may_have_captions=True)

    assert Change.CAPTIONS_ON in changes_for(recorded)
