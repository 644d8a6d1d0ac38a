"""What somebody sets is kept, and the next video is made that way."""

from __future__ import annotations

from collections.abc import Callable

from tests import faces
from tests.botapi.process import BotProcess
from tests.botapi.server import BotApi
from tests.botapi.shown import Shown
from tests.e2e.scenes import SHORT_WORDS, gets_video


def shows_button(label: str) -> Callable[[Shown], bool]:
    return lambda shown: shown.button(label) is not None


async def test_chat_settings_hold_across_a_restart(
    server: BotApi, bot_process: BotProcess
) -> None:
    asha = server.user("Asha")

    await asha.sends_text("/settings")
    await asha.sees("Settings")
    for label in ("Shape", "9:16", "Captions", "On", "Language", "हिन्दी"):
        await asha.sees(shows_button(label))
        await asha.taps(label)
    await asha.sees("सेटिंग")
    assert await bot_process.terminate() == 0
    await bot_process.restart()

    await asha.sends_photo(faces.hopper())
    await asha.sees("चेहरा साफ़ दिख रहा है")
    await asha.sends_text(SHORT_WORDS)
    video = await gets_video(asha)

    assert video.video is not None
    assert abs(video.video.width / video.video.height - 9 / 16) < 0.01
    assert "AI से बना" in video.text
    assert len([m for m in asha.messages() if "सेटिंग" in m.text]) == 1
