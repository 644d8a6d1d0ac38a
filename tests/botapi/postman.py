"""Delivers updates to the bot's webhook, again and again until each is taken.

The address that the bot named is public and https; what ends TLS there in a deployment is left
out here: a test says on which port of this machine the bot listens.
"""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import aiohttp

from tests.botapi.state import State

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
LONGEST_WAIT_S = 3600.0
AGAIN_AFTER_S = 0.1
ANSWER_WITHIN_S = 60.0


class Postman:
    """Sends one update after the other while its task lives."""

    def __init__(self, state: State, port: int) -> None:
        self._state = state
        self._port = port
        self.answers: list[tuple[int, int]] = []
        """(the update's id, the status that the bot gave; 0 where nobody answered), in order."""

    async def run(self) -> None:
        """Deliver until cancelled."""
        updates = self._state.updates
        async with aiohttp.ClientSession() as session:
            while True:
                update = await self._state.pulse.until(updates.next_to_send, LONGEST_WAIT_S)
                status = await self._send(session, update)
                self.answers.append((update["update_id"], status))
                if status == 200:
                    updates.sent(update)
                else:
                    await asyncio.sleep(AGAIN_AFTER_S)
                self._state.pulse.beat()

    async def _send(self, session: aiohttp.ClientSession, update: object) -> int:
        updates = self._state.updates
        url = f"http://127.0.0.1:{self._port}{urlsplit(updates.webhook_url).path}"
        headers = {SECRET_HEADER: updates.webhook_secret}
        try:
            async with (
                asyncio.timeout(ANSWER_WITHIN_S),
                session.post(url, json=update, headers=headers) as answer,
            ):
                return answer.status
        except (aiohttp.ClientError, TimeoutError):
            return 0
