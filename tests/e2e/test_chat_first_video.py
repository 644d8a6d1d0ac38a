"""A photo and words become a video in the chat, in any order."""

from __future__ import annotations

from tests import faces
from tests.botapi.process import BotProcess
from tests.botapi.server import BotApi
from tests.e2e.scenes import SHORT_WORDS, gets_video, status_lines


async def test_chat_photo_then_words_then_new_words(
    server: BotApi, bot_process: BotProcess
) -> None:
    asha = server.user("Asha")

    photo = await asha.sends_photo(faces.hopper())
    verdict = await asha.sees("One clear face")
    words = await asha.sends_text(SHORT_WORDS)
    video = await gets_video(asha)

    assert verdict.reply_to == photo.message_id
    assert video.reply_to == words.message_id
    assert not video.is_silent
    assert "AI-generated" in video.text
    assert video.video is not None
    assert video.video.thumbnail_size is not None
    assert video.video.width < video.video.height  # the shape of the photo
    assert status_lines(asha) == []
    await asha.sees_reaction("🎉", on=words)

    more = await asha.sends_text("And now, good night.")
    await asha.sees("Same face as before")
    again = await gets_video(asha, 2)

    assert again.reply_to == more.message_id


async def test_chat_words_then_photo(server: BotApi, bot_process: BotProcess) -> None:
    asha = server.user("Asha")

    await asha.sends_text("/start")
    await asha.sees("Namaste!")
    await asha.sends_text(SHORT_WORDS)
    await asha.sees("Got the words")
    photo = await asha.sends_photo(faces.astronaut())
    video = await gets_video(asha)

    assert video.reply_to == photo.message_id
    assert status_lines(asha) == []


async def test_chat_photo_with_caption(server: BotApi, bot_process: BotProcess) -> None:
    asha = server.user("Asha")

    photo = await asha.sends_photo(faces.hopper(), SHORT_WORDS)
    status = await asha.sees("in line")
    video = await gets_video(asha)

    assert status.is_silent
    assert video.reply_to == photo.message_id
    assert len(asha.messages()) == 2  # the photo and its video, nothing else


async def test_chat_photo_as_a_file(server: BotApi, bot_process: BotProcess) -> None:
    asha = server.user("Asha")

    await asha.sends_document(faces.astronaut(), "image/png")
    await asha.sees("One clear face")
    words = await asha.sends_text(SHORT_WORDS)
    video = await gets_video(asha)

    assert video.reply_to == words.message_id
