"""Somebody who floods the bot does not make others wait."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from PIL import Image

from tests import faces
from tests.botapi.process import BotProcess
from tests.botapi.server import BotApi

FLOOD = 50


async def test_chat_one_floods_another_is_served(
    server: BotApi, bot_process: BotProcess, tmp_path: Path
) -> None:
    asha, ravi = server.user("Asha"), server.user("Ravi")
    bomb = tmp_path / "bomb.png"
    await asyncio.to_thread(Image.new("1", (6000, 6000)).save, bomb)

    await ravi.sends_document(bomb, "image/png")
    for _ in range(FLOOD):
        await ravi.sends_photo(faces.hopper())
    sent_at = time.monotonic()
    await asha.sends_photo(faces.astronaut())
    await asha.sees("One clear face")
    waited_s = time.monotonic() - sent_at
    answered = sum("One clear face" in message.text for message in ravi.messages())
    server.note(f"Asha waited {waited_s:.1f} s; Ravi had {answered} of {FLOOD} answers")

    assert answered < FLOOD  # she did not have to wait for his
    await ravi.waits_for(
        lambda: sum(m.from_bot for m in ravi.messages()) == FLOOD + 1 or None, 120, "every answer"
    )
