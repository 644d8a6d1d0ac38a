"""/voice in the chat: hear a voice, choose it, and it speaks, across a restart too."""

from __future__ import annotations

from tests import faces
from tests.botapi.process import BotProcess
from tests.botapi.server import BotApi
from tests.e2e.scenes import SHORT_WORDS, gets_video


async def test_chat_a_voice_is_heard_chosen_and_kept(
    server: BotApi, bot_process: BotProcess
) -> None:
    asha = server.user("Asha")

    await asha.sends_text("/voice")
    menu = await asha.sees("Your voice:")
    await (await asha.taps("Indian English", on=menu)).answered()
    menu = await asha.sees("Basic voice, man")
    await (await asha.taps("▶ Basic voice, man", on=menu)).answered()
    await asha.sees("AI voice · Indian English, man")
    await (await asha.taps("▶ Basic voice, man", on=menu)).answered()
    await asha.waits_for(
        lambda: len([m for m in asha.messages() if "AI voice" in m.text]) == 2 or None,
        20.0,
        "the sample a second time",
    )
    await (await asha.taps("Use", on=menu)).answered()
    await asha.sees("✓")
    await bot_process.restart()
    await asha.sends_photo(faces.hopper(), SHORT_WORDS)
    video = await gets_video(asha)

    assert "Indian English, man" in video.text
