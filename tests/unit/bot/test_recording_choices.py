"""My voice or an Indian voice: asked where a machine can write words down, and never guessed."""

from __future__ import annotations

import pytest

from pipeline import errors
from pipeline.types import RecordedScript, TextScript
from tests.unit.bot.conftest import Bot
from tests.unit.bot.test_recordings import DRAFT, newest, presses, requests_of
from tests.unit.bot.updates import photo, tap, text, voice

NOTE = voice(2)


@pytest.fixture
async def asked(bot: Bot) -> Bot:
    """A bot that hears, a photo, and a note about which it has asked."""
    bot.services.recordings.no_words_because = None
    await bot.hears(photo(1), NOTE)
    return bot


async def test_it_asks_whose_voice_and_orders_nothing_yet(asked: Bot) -> None:
    assert "your own voice, or should Neerja say the words?" in newest(asked).text
    assert list(newest(asked).buttons) == ["My voice", "Neerja", "Cancel"]
    assert requests_of(asked) == []


async def test_my_voice_orders_the_recording_as_a_reply_to_the_note(asked: Bot) -> None:
    await presses(asked, 3, "My voice", NOTE)

    assert isinstance(requests_of(asked)[0].script, RecordedScript)
    (job,) = asked.services.jobs.jobs.values()
    assert '"message_id":2' in job.reply_to
    assert newest(asked).text == "Your own voice it is."
    assert newest(asked).buttons == {}


async def test_an_indian_voice_says_the_words_only_after_they_were_read(asked: Bot) -> None:
    await presses(asked, 3, "Neerja", NOTE)

    assert "Good morning to all." in newest(asked).text
    assert requests_of(asked) == []
    await presses(asked, 4, "Yes, say it", NOTE)
    assert [request.script for request in requests_of(asked)] == [
        TextScript(text="Good morning to all.")
    ]
    assert newest(asked).text == "Neerja will say the words."


@pytest.mark.parametrize(
    ("heard", "words"), [("Good morning to all.", "Good morning to all."), ("♪ ♪", None)]
)
async def test_what_was_heard_helps_the_lips_of_ones_own_voice(
    asked: Bot, heard: str, words: str | None
) -> None:
    asked.services.recordings.words = heard
    await presses(asked, 3, "Neerja", NOTE)

    await presses(asked, 4, "My voice", NOTE)

    (request,) = requests_of(asked)
    assert isinstance(request.script, RecordedScript)
    assert request.script.words == words


async def test_corrected_words_take_the_place_of_what_was_heard(asked: Bot) -> None:
    await presses(asked, 3, "Neerja", NOTE)

    await asked.hears(text(4, "Good morning to you all."))

    assert [request.script for request in requests_of(asked)] == [
        TextScript(text="Good morning to you all.")
    ]


async def test_what_cannot_be_heard_is_said_and_ones_own_voice_is_left(asked: Bot) -> None:
    asked.services.recordings.words = errors.NoSpeechFound()

    await presses(asked, 3, "Neerja", NOTE)

    assert "couldn't hear any speech" in newest(asked).text
    await presses(asked, 4, "My voice", NOTE)
    assert isinstance(requests_of(asked)[0].script, RecordedScript)


async def test_what_was_heard_too_late_is_not_shown(asked: Bot) -> None:
    buttons = newest(asked).buttons
    await asked.hears(voice(3))

    await presses(asked, 4, "Neerja", voice(3))
    await asked.hears(text(5, "/cancel"))

    assert buttons["Neerja"].endswith(":2")
    draft = await asked.services.drafts.get(DRAFT)
    assert draft is None


async def test_a_photo_while_the_question_is_open_asks_again(bot: Bot) -> None:
    bot.services.recordings.no_words_because = None

    await bot.hears(NOTE, photo(3))

    assert "should Neerja say the words?" in newest(bot).text
    assert list(newest(bot).buttons)[:2] == ["My voice", "Neerja"]
    await presses(bot, 4, "My voice", NOTE)
    assert len(requests_of(bot)) == 1


async def test_without_a_photo_each_choice_asks_for_one(bot: Bot) -> None:
    bot.services.recordings.no_words_because = None
    await bot.hears(NOTE)

    await presses(bot, 3, "My voice", NOTE)

    assert "Now send a photo" in newest(bot).text
    await bot.hears(photo(4))
    assert isinstance(requests_of(bot)[0].script, RecordedScript)


async def test_the_same_tap_twice_orders_once(asked: Bot) -> None:
    label = newest(asked).buttons["My voice"]
    await asked.hears(tap(3, label, answering=NOTE), tap(3, label, answering=NOTE))
    await asked.hears(tap(4, label, answering=NOTE))

    assert len(requests_of(asked)) == 1
    assert asked.telegram.toasts[-1] == "This button is out of date. See /status."


async def test_status_tells_that_a_choice_is_open(asked: Bot) -> None:
    await asked.hears(text(3, "/status"))

    assert "choose above whose voice" in asked.telegram.texts[-1]
