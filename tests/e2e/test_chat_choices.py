"""The bot asks where it has to, and only there: which face, which photo, shall I make it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from tests import faces
from tests.botapi.fixtures import LaunchBot
from tests.botapi.process import BotProcess
from tests.botapi.server import BotApi
from tests.e2e.scenes import LONG_WORDS, RENDER_S, SHORT_WORDS, gets_video, status_lines

ASKED = {"BOLTI_TELEGRAM__CONFIRM_ABOVE_S": "30"}


@pytest.fixture
def two_faces(tmp_path: Path) -> Path:
    both = (faces.pixels(faces.astronaut(), 500), faces.pixels(faces.hopper(), 500))
    path = tmp_path / "photo.png"
    Image.fromarray(faces.on_a_wall(*both, width_px=1000, height_px=520)).save(path)
    return path


async def test_chat_two_faces_and_the_second_speaks(
    server: BotApi, bot_process: BotProcess, two_faces: Path
) -> None:
    asha = server.user("Asha")

    photo = await asha.sends_photo(two_faces)
    shown = await asha.sees("I see 2 faces. Which one should speak?")
    await asha.sends_text(SHORT_WORDS)
    await asha.sees("Now tap the number")
    await asha.taps("2", on=shown)
    video = await gets_video(asha)

    assert shown.reply_to == photo.message_id
    assert "Face 2 will speak." in [m.text for m in asha.messages()]
    assert video.video is not None


async def test_chat_an_album_and_one_of_its_photos(
    server: BotApi, bot_process: BotProcess
) -> None:
    asha = server.user("Asha")

    await asha.sends_album(
        [faces.hopper(), faces.without_a_face()[0], faces.astronaut()], SHORT_WORDS
    )
    sheet = await asha.sees("You sent 3 photos. Which one should speak?", within_s=30)
    await asha.taps("3", on=sheet)
    await gets_video(asha)

    assert len([m for m in asha.messages() if m.from_bot and m.video]) == 1
    assert status_lines(asha) == []


async def test_chat_an_album_outlives_a_kill(server: BotApi, bot_process: BotProcess) -> None:
    asha = server.user("Asha")

    await asha.sends_album([faces.hopper(), faces.without_a_face()[0]])
    await asha.settles(quiet_s=0.05)  # every photo is confirmed, none is looked at yet
    await bot_process.kill()
    await bot_process.restart()
    await asha.sees("I'll use photo 1", within_s=30)
    await asha.sends_text(SHORT_WORDS)

    await gets_video(asha)


async def test_chat_a_long_speech_is_asked_about_first(
    server: BotApi, launch_bot: LaunchBot
) -> None:
    await launch_bot(**ASKED)
    asha = server.user("Asha")

    await asha.sends_photo(faces.hopper())
    words = await asha.sends_text(LONG_WORDS)
    card = await asha.sees("Ready to make")
    await asha.taps("Cancel", on=card)
    await asha.sees("Cancelled")

    assert card.reply_to == words.message_id
    assert "The morning train to Pune leaves at six" in card.text
    assert len(asha.videos()) == 0


async def test_chat_what_waited_for_hours_is_asked_about_first(
    server: BotApi, bot_process: BotProcess
) -> None:
    asha, ravi = server.user("Asha"), server.user("Ravi", "hi")
    for person in (asha, ravi):
        person.chat.behind_s = 7 * 3600

    await asha.sends_photo(faces.hopper(), "Good morning to all of you.")
    card = await asha.sees("I was offline when you wrote")
    await ravi.sends_photo(faces.hopper(), "सबको सुप्रभात।")
    await ravi.sees("क्या यह अब भी चाहिए")
    await asha.taps("Cancel", on=card)
    await asha.sees("Cancelled")

    assert "Do you still want it?" in card.text
    assert asha.videos() == []


async def test_chat_a_text_in_two_messages_is_one(server: BotApi, launch_bot: LaunchBot) -> None:
    await launch_bot(**ASKED)
    asha = server.user("Asha")

    await asha.sends_photo(faces.hopper())
    await asha.sends_text("The train to Pune leaves at six. " * 140)
    offer = await asha.sees("I can do 60 seconds")
    await asha.taps("Use the first 60 s", on=offer)
    card = await asha.sees("Ready to make")
    await asha.taps("Cancel", on=card)
    shown = await asha.settles()

    assert "I'll speak the first part." in [m.text for m in shown]


async def test_chat_words_are_edited_before_and_while_it_is_made(
    server: BotApi, bot_process: BotProcess
) -> None:
    asha = server.user("Asha")

    words = await asha.sends_text("Good morning to all of you.")
    await asha.sees("Got the words")
    await asha.edits(words, LONG_WORDS)
    updated = await asha.sees("Updated the words")
    await asha.sends_photo(faces.hopper())
    running = await asha.sees("moving the lips", within_s=RENDER_S)
    more = await asha.sends_text(SHORT_WORDS)
    waiting = await asha.sees("is next in line", after=running)

    await asha.edits(more, "And now, good night.")
    updated = await asha.sees("Updated the words", after=updated)
    await asha.sees("is cancelled. Nothing was counted", after=waiting)
    await asha.edits(words, SHORT_WORDS)
    late = await asha.sees("already being made with the old words")
    await asha.taps("Cancel and redo", on=late)
    await asha.sees("Updated the words", after=updated)
    await gets_video(asha, 2)

    assert {video.reply_to for video in asha.videos()} == {more.message_id, words.message_id}
    assert status_lines(asha) == []
