"""How often one order calls Telegram, by method: what a bot's 30 messages a second are spent on.

    python -m tests.bench.calls_per_order [--people 10]

The real bot as a process, on the stand-in. Everybody sends a photo, then
words, and gets a video, one after the other, so that nobody's status message tells of a line.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections import Counter
from pathlib import Path

from pipeline.types import Owner
from tests import faces
from tests.agreed import let_agree
from tests.botapi.process import BotProcess
from tests.botapi.server import BotApi
from tests.e2e.scenes import SHORT_WORDS, gets_video

NOT_OF_AN_ORDER = {"getUpdates", "getMe", "setMyCommands", "deleteWebhook", "getFile"}
FREE = {"sendChatAction", "setMessageReaction", "answerCallbackQuery"}
"""Decoration, which the bot does not count against Telegram's limit."""
EDITS = "editMessageText"
"""Shared by all status messages of a bot: eight a second, and no more with more orders."""


async def main(people: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        async with BotApi.running() as server:
            bot = BotProcess(server, Path(folder), {})
            crowd = [server.user(f"P{number}") for number in range(people)]
            await let_agree(bot.database_url, [Owner(f"telegram:{p.chat.id}") for p in crowd])
            await bot.start()
            before = Counter(call.method for call in server.calls())
            for person in crowd:
                await person.sends_photo(faces.hopper())
                await person.sees("One clear face")
                await person.sends_text(SHORT_WORDS)
                await gets_video(person)
            calls = Counter(call.method for call in server.calls()) - before
            await bot.terminate(60)
    made = {method: n / people for method, n in calls.items() if method not in NOT_OF_AN_ORDER}
    for method, count in sorted(made.items(), key=lambda item: -item[1]):
        print(f"{method:24} {count:5.1f}{'  not counted' if method in FREE else ''}")
    counted = sum(count for method, count in made.items() if method not in FREE | {EDITS})
    print(f"{'counted, without edits':24} {counted:5.1f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=10)
    asyncio.run(main(parser.parse_args().people))
