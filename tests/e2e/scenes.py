"""What the chats have in common: words to speak, and how long a video may take."""

from __future__ import annotations

import asyncio

from tests.botapi.people import Person
from tests.botapi.process import BotProcess
from tests.botapi.shown import Shown

RENDER_S = 90.0
"""Two shared cores, cold processes and all."""
SHORT_WORDS = "Namaste! Good morning to all of you."
SENTENCE = "The morning train to Pune leaves at six, and the tea on the platform is always hot."
LONG_WORDS = " ".join([SENTENCE] * 8)
"""Speaks long enough that a test can do many things while the lips are being moved."""
WORDS_TO_STEP_IN = " ".join([SENTENCE] * 4)
"""Speaks long enough for one of them; its video is made to the end."""


async def gets_video(person: Person, count: int = 1) -> Shown:
    """Wait until the chat shows so many videos, and nothing moves any more; give the newest."""
    await person.waits_for(
        lambda: len(person.videos()) >= count or None, RENDER_S, f"{count} videos"
    )
    await person.settles()
    videos = person.videos()
    assert len(videos) == count, person.screen()
    return videos[-1]


def status_lines(person: Person) -> list[Shown]:
    """List the status messages that the chat still shows."""
    marks = ("⏳", "🎙", "🎬", "📤")
    texts = [m for m in person.messages() if m.from_bot and m.video is None]
    return [m for m in texts if m.text.startswith(marks)]


async def log_says(bot: BotProcess, words: str, within_s: float = 30.0) -> None:
    """Wait until the bot has logged these words; no chat tells of that."""
    async with asyncio.timeout(within_s):
        while words not in bot.output:  # noqa: ASYNC110  a file has no event
            await asyncio.sleep(0.05)
