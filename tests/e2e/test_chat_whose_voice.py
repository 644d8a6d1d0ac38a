"""My voice or an Indian voice: the words are written down, read, and only then spoken.

faster-whisper is not among the test packages: a package of its name and shape stands in for it in
the transcribing child.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests import faces
from tests.botapi.fixtures import LaunchBot
from tests.botapi.process import ROOT, BotProcess
from tests.botapi.server import BotApi
from tests.e2e.scenes import gets_video
from tests.notes import note

STAND_IN = """
from types import SimpleNamespace as Some


class WhisperModel:
    def __init__(self, path, device, compute_type, local_files_only):
        assert local_files_only

    def transcribe(self, path, vad_filter, language=None):
        found = Some(language="en", all_language_probs=[])
        return iter([Some(text=" Good morning to all of you. ")]), found
"""


async def hearing_bot(launch_bot: LaunchBot, folder: Path) -> BotProcess:
    """Launch a bot that can write recordings down."""
    (folder / "packages").mkdir()
    (folder / "packages" / "faster_whisper.py").write_text(STAND_IN)
    (folder / "model").mkdir()
    (folder / "model" / "model.bin").write_bytes(b"a model")
    return await launch_bot(
        PYTHONPATH=f"{folder / 'packages'}:{ROOT}",
        BOLTI_SPEECH__WHISPER_MODEL=str(folder / "model"),
    )


async def test_chat_an_indian_voice_says_what_was_read_first(
    server: BotApi, launch_bot: LaunchBot, tmp_path: Path
) -> None:
    await hearing_bot(launch_bot, tmp_path)
    asha = server.user("Asha")

    await asha.sends_photo(faces.hopper())
    await asha.sees("or send a voice note")
    said = await asha.sends_voice(await asyncio.to_thread(note, tmp_path / "a.ogg"), 3)
    question = await asha.sees("Should the video use your own voice")
    await (await asha.taps("Indian English, woman", on=question)).answered()
    await asha.sees("Good morning to all of you.")
    assert asha.videos() == []
    await (await asha.taps("Yes, say it")).answered()
    video = await gets_video(asha)

    assert video.reply_to == said.message_id
    assert "Indian English, woman" in video.text


async def test_chat_ones_own_voice_is_one_tap_away(
    server: BotApi, launch_bot: LaunchBot, tmp_path: Path
) -> None:
    await hearing_bot(launch_bot, tmp_path)
    asha = server.user("Asha")

    said = await asha.sends_voice(await asyncio.to_thread(note, tmp_path / "a.ogg"), 3)
    question = await asha.sees("Should the video use your own voice")
    photo = await asha.sends_photo(faces.hopper())
    await (await asha.taps("My voice", on=question)).answered()
    video = await gets_video(asha)

    assert photo.message_id > said.message_id
    assert video.reply_to == said.message_id
    assert "Indian English" not in video.text
