"""Who speaks when the online voices cannot be reached, and how the chat hears of it."""

from __future__ import annotations

from tests import faces
from tests.botapi.fixtures import LaunchBot
from tests.botapi.server import BotApi
from tests.e2e.scenes import SHORT_WORDS, gets_video

ONLINE = {
    "BOLTI_SPEECH__CHAIN": '["edge", "embedded"]',
    "BOLTI_SPEECH__VOICE": "en-IN-NeerjaNeural",
    # A proxy that is not there: nobody beyond this machine is asked.
    "BOLTI_SPEECH__EDGE__PROXY": "http://127.0.0.1:9",
}


async def test_chat_without_the_online_voice_an_offline_one_speaks_and_says_so(
    server: BotApi, launch_bot: LaunchBot
) -> None:
    await launch_bot(**ONLINE)
    asha = server.user("Asha")

    await asha.sends_photo(faces.hopper(), SHORT_WORDS)
    video = await gets_video(asha)

    assert "Neerja (Indian English, woman) is not available just now" in video.text
    assert "basic offline voice" in video.text


async def test_chat_privacy_tells_that_words_go_to_microsoft(
    server: BotApi, launch_bot: LaunchBot
) -> None:
    await launch_bot(**ONLINE)
    asha = server.user("Asha")

    await asha.sends_text("/privacy")

    told = await asha.sees("Where your words go")
    assert "Microsoft" in told.text
