"""A voice note, an audio file, the sound of a video: the photo speaks in one's own voice."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests import faces
from tests.botapi.process import BotProcess
from tests.botapi.server import BotApi
from tests.e2e.scenes import SHORT_WORDS, gets_video, status_lines
from tests.notes import note


async def test_chat_photo_then_a_voice_note(
    server: BotApi, bot_process: BotProcess, tmp_path: Path
) -> None:
    asha = server.user("Asha")

    await asha.sends_photo(faces.hopper())
    await asha.sees("or send a voice note")
    said = await asha.sends_voice(await asyncio.to_thread(note, tmp_path / "a.ogg"), 3)
    await asha.sees("your own voice")
    video = await gets_video(asha)

    assert video.reply_to == said.message_id
    assert video.text.startswith("🤖 AI-generated · 3 s")
    assert status_lines(asha) == []
    await asha.sees_reaction("🎉", on=said)


async def test_chat_a_voice_note_then_photo_survives_a_restart(
    server: BotApi, bot_process: BotProcess, tmp_path: Path
) -> None:
    asha = server.user("Asha")

    said = await asha.sends_voice(await asyncio.to_thread(note, tmp_path / "a.ogg"), 3)
    heard = await asha.sees("3 seconds of speech. Now send a photo")
    await bot_process.kill()
    await bot_process.start()
    await (await asha.taps("Reduce noise", on=heard)).answered()
    await asha.sees("took out the steady noise")
    photo = await asha.sends_photo(faces.hopper())
    video = await gets_video(asha)

    assert heard.reply_to == said.message_id
    assert video.reply_to == photo.message_id


async def test_chat_words_then_a_note_and_back_to_the_words(
    server: BotApi, bot_process: BotProcess, tmp_path: Path
) -> None:
    asha = server.user("Asha")

    await asha.sends_text(SHORT_WORDS)
    await asha.sees("Got the words")
    await asha.sends_audio(await asyncio.to_thread(note, tmp_path / "a.mp3"), 3)
    await asha.sees("It replaces the words you sent")
    await (await asha.taps("Use my words")).answered()
    await asha.sends_photo(faces.hopper())
    video = await gets_video(asha)

    assert "Indian English" in video.text


async def test_chat_recordings_that_cannot_be_used_are_told_at_once(
    server: BotApi, bot_process: BotProcess, tmp_path: Path
) -> None:
    asha = server.user("Asha")
    long = await asyncio.to_thread(note, tmp_path / "long.ogg", 70.0)
    quiet = await asyncio.to_thread(note, tmp_path / "quiet.ogg", 2.0, 0.0005)
    film = await asyncio.to_thread(note, tmp_path / "film.mp4", 3.0)
    broken = tmp_path / "broken.amr"
    broken.write_bytes(b"#!AMR\n" + b"nothing to hear" * 20)

    await asha.sends_voice(quiet, 2)
    await asha.sees("couldn't hear any speech")
    await asha.sends_document(broken, "audio/amr")
    await asha.sees("can't open this recording")
    await asha.sends_voice(long, 70)
    offer = await asha.sees("70 seconds long; I can use 60 seconds")
    await (await asha.taps("Use the first 60 s", on=offer)).answered()
    await asha.sees("Now send a photo")
    await asha.sends_video_note(film, 3)
    await asha.sees("3 seconds of speech")
    await asha.sends_photo(faces.hopper())
    video = await gets_video(asha)

    assert "· 3 s ·" in video.text
