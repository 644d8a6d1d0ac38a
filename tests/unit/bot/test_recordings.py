"""A recording takes the place of the words: checked first, in its sender's own voice."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline import errors
from pipeline.types import ArtifactKey, JobId, RecordedScript, RenderRequest, TextScript
from tests.fakes import Call
from tests.unit.bot.conftest import Bot
from tests.unit.bot.updates import ALICE, BOB, message, photo, sound, tap, text, voice

CAROL = 503
DRAFT = f"{ALICE}:0:{ALICE}"


def requests_of(bot: Bot) -> list[RenderRequest]:
    return list(bot.services.jobs.requests.values())


def newest(bot: Bot) -> Call:
    return bot.telegram.of("sendMessage", "editMessageText")[-1]


async def presses(bot: Bot, update_id: int, label: str, note: dict[str, Any]) -> None:
    await bot.hears(tap(update_id, newest(bot).buttons[label], answering=note))
    await bot.app.errands.quiet()


async def test_a_photo_then_a_voice_note_is_an_order_in_ones_own_voice(bot: Bot) -> None:
    await bot.hears(photo(1), voice(2))

    (request,) = requests_of(bot)
    assert isinstance(request.script, RecordedScript)
    assert request.script.is_ready
    stored = await bot.services.store.read(request.script.recording)
    assert stored == bot.telegram.photo
    assert "your own voice" in bot.telegram.texts[-1]
    assert "type the words" in bot.telegram.texts[-1]


async def test_a_voice_note_then_a_photo_is_an_order(bot: Bot) -> None:
    await bot.hears(voice(1))
    assert "8 seconds of speech" in bot.telegram.texts[0]
    assert "Now send a photo" in bot.telegram.texts[0]

    await bot.hears(photo(2))

    (request,) = requests_of(bot)
    assert request.script == RecordedScript(
        recording=ArtifactKey("jobs/tg-000000000002/recording.wav"),
        is_ready=True,
        duration_s=8.0,
    )
    with pytest.raises(errors.ArtifactMissing):
        await bot.services.store.read(ArtifactKey("drafts/501_0_501/recording-000000000001.wav"))


@pytest.mark.parametrize(
    "content",
    [
        {"audio": sound(2)},
        {"video_note": {**sound(2), "length": 240}},
        {"video": {**sound(2), "width": 320, "height": 240}},
        {"document": {"file_id": "f", "file_unique_id": "f", "mime_type": "audio/amr"}},
        {"document": {"file_id": "f", "file_unique_id": "f", "mime_type": "application/ogg"}},
    ],
    ids=["audio", "video note", "video", "audio as a file", "ogg as a file"],
)
async def test_whatever_can_be_heard_is_a_recording(bot: Bot, content: dict[str, Any]) -> None:
    await bot.hears(photo(1), message(2, **content))

    assert isinstance(requests_of(bot)[0].script, RecordedScript)


async def test_a_second_note_replaces_the_first_and_its_file_goes(bot: Bot) -> None:
    await bot.hears(voice(1), voice(2))

    draft = await bot.services.drafts.get(DRAFT)
    assert draft is not None
    assert draft.recording == "drafts/501_0_501/recording-000000000002.wav"
    with pytest.raises(errors.ArtifactMissing):
        await bot.services.store.read(ArtifactKey("drafts/501_0_501/recording-000000000001.wav"))


async def test_the_same_update_twice_is_one_order(bot: Bot) -> None:
    await bot.hears(photo(1), voice(2), voice(2))

    assert list(bot.services.jobs.jobs) == [JobId("tg-000000000002")]


async def test_words_then_a_note_the_note_wins_and_the_words_can_be_had_back(bot: Bot) -> None:
    await bot.hears(text(1, "Good evening."), voice(2))

    assert "It replaces the words you sent" in bot.telegram.texts[-1]
    await presses(bot, 3, "Use my words", voice(2))
    assert newest(bot).text == "Got the words. Now send a photo with one clear face."
    await bot.hears(photo(4))

    assert [request.script for request in requests_of(bot)] == [TextScript(text="Good evening.")]


async def test_words_from_before_help_the_lips_of_ones_own_voice(bot: Bot) -> None:
    await bot.hears(text(1, "Good evening."), voice(2), photo(3))

    (request,) = requests_of(bot)
    assert isinstance(request.script, RecordedScript)
    assert request.script.words == "Good evening."


async def test_a_note_then_words_the_words_win_and_it_is_said(bot: Bot) -> None:
    await bot.hears(voice(1), text(2, "Good evening."))

    assert "I'll use these words instead of your recording" in bot.telegram.texts[-1]
    await bot.hears(photo(3))
    assert [request.script for request in requests_of(bot)] == [TextScript(text="Good evening.")]


async def test_a_caption_wins_over_a_note_from_before(bot: Bot) -> None:
    await bot.hears(voice(1), photo(2, caption="Good evening."))

    assert [request.script for request in requests_of(bot)] == [TextScript(text="Good evening.")]
    draft = await bot.services.drafts.get(DRAFT)
    assert draft is not None
    assert draft.recording is None


async def test_a_file_too_large_is_refused_before_it_is_fetched(bot: Bot) -> None:
    await bot.hears(voice(1, size_bytes=21_000_000))

    assert "too big for me: it has 21.0 MB, the limit is 20 MB" in bot.telegram.texts[0]
    assert bot.telegram.of("getFile") == []


async def test_a_note_far_too_long_is_told_before_it_is_fetched(bot: Bot) -> None:
    await bot.hears(voice(1, seconds=400))

    assert "400 seconds long; I can use 60 seconds" in bot.telegram.texts[0]
    assert bot.telegram.of("getFile") == []
    assert list(newest(bot).buttons) == ["Use the first 60 s"]


async def test_the_beginning_of_a_note_too_long_can_be_used(bot: Bot) -> None:
    note = voice(2, seconds=90)
    bot.services.recordings.seconds = errors.SoundTooLong(60.0)
    await bot.hears(photo(1), note)
    assert requests_of(bot) == []

    await presses(bot, 3, "Use the first 60 s", note)

    assert bot.services.recordings.checked == [(False, False), (True, False)]
    assert "Your own voice · about 60 s" in newest(bot).text  # more than 30 s asks first
    await bot.hears(tap(4, newest(bot).buttons["✅ Make video"]))
    assert isinstance(requests_of(bot)[0].script, RecordedScript)
    assert '"message_id":2' in bot.services.jobs.jobs[JobId("tg-000000000004")].reply_to


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (errors.NoSpeechFound(), "couldn't hear any speech"),
        (errors.SoundUnreadable("it is odd"), "can't open this recording"),
    ],
)
async def test_a_note_that_cannot_be_used_leaves_the_draft_as_it_was(
    bot: Bot, error: errors.BoltiError, said: str
) -> None:
    await bot.hears(text(1, "Good evening."))
    bot.services.recordings.seconds = error

    await bot.hears(voice(2))

    assert said in bot.telegram.texts[-1]
    draft = await bot.services.drafts.get(DRAFT)
    assert draft is not None
    assert (draft.script, draft.recording) == ("Good evening.", None)


async def test_noise_is_taken_out_on_demand(bot: Bot) -> None:
    note = voice(1)
    await bot.hears(note)

    await presses(bot, 2, "Reduce noise", note)

    assert bot.services.recordings.checked == [(False, False), (True, True)]
    assert "took out the steady noise" in newest(bot).text
    assert "Reduce noise" not in newest(bot).buttons
    await bot.hears(photo(3))
    assert isinstance(requests_of(bot)[0].script, RecordedScript)


async def test_cancel_forgets_the_recording(bot: Bot) -> None:
    await bot.hears(voice(1))
    draft = await bot.services.drafts.get(DRAFT)
    assert draft is not None
    assert draft.recording is not None

    await bot.hears(text(2, "/cancel"))

    with pytest.raises(errors.ArtifactMissing):
        await bot.services.store.read(draft.recording)


async def test_status_tells_that_a_recording_waits(bot: Bot) -> None:
    await bot.hears(voice(1), text(2, "/status"))

    assert bot.telegram.texts[-1] == "I have your recording. Now send a photo with one clear face."


async def test_buttons_of_an_older_note_and_of_others_are_out_of_date(bot: Bot) -> None:
    note = voice(1)
    await bot.hears(note)
    data = newest(bot).buttons["Reduce noise"]
    await bot.hears(voice(2))

    await bot.hears(tap(3, data, answering=note), tap(4, data, user=BOB, answering=note))

    assert bot.telegram.toasts == ["This button is out of date. See /status."] * 2


async def test_a_recording_that_is_gone_is_told_and_forgotten(bot: Bot) -> None:
    await bot.hears(voice(1))
    draft = await bot.services.drafts.get(DRAFT)
    assert draft is not None
    assert draft.recording is not None
    await bot.services.store.delete(draft.recording)

    await bot.hears(photo(2))
    assert "no longer kept" in bot.telegram.texts[-1]
    await bot.hears(text(3, "Good evening."))

    assert [request.script for request in requests_of(bot)] == [TextScript(text="Good evening.")]


async def test_a_recording_waits_for_the_agreement_and_goes_on_with_it(bot: Bot) -> None:
    note = voice(2, user=CAROL)
    await bot.hears(photo(1, user=CAROL), note)
    assert requests_of(bot) == []

    await bot.hears(tap(3, newest(bot).buttons["I agree"], user=CAROL))

    assert isinstance(requests_of(bot)[0].script, RecordedScript)
    (job,) = bot.services.jobs.jobs.values()
    assert '"message_id":2' in job.reply_to
