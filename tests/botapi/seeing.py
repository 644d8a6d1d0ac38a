"""What somebody sees in a chat, and waiting until they see it.

A change of any chat wakes whoever waits; only what a bot has in hand has to be looked for. A wait
that ends in vain fails with what the chat shows instead.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

from tests.botapi.chats import Chat
from tests.botapi.shown import Shown, Wanted, is_wanted, look
from tests.botapi.state import State

T = TypeVar("T")
PATIENCE_S = 10.0
LOOK_AGAIN_S = 0.02


class Viewer:
    """Somebody who looks at one chat."""

    def __init__(self, state: State, chat: Chat, name: str) -> None:
        self.chat = chat
        self.name = name
        self._state = state

    def messages(self) -> list[Shown]:
        """List what the chat shows now, oldest first."""
        there = [entry for entry in self.chat.entries.values() if not entry.is_deleted]
        return [look(entry, self._state.files) for entry in there]

    def videos(self) -> list[Shown]:
        """List the bot's messages that play a video."""
        return [shown for shown in self.messages() if shown.video and shown.from_bot]

    async def sees(
        self, wanted: Wanted, within_s: float = PATIENCE_S, *, after: Shown | None = None
    ) -> Shown:
        """Wait until the bot shows a message that matches, and give back the newest such.

        With ``after``, only what the bot wrote or changed since that message was looked at.
        """
        since = after.changed if after else 0

        def find() -> Shown | None:
            fresh = [s for s in self.messages() if s.from_bot and s.changed > since]
            return next((s for s in reversed(fresh) if is_wanted(s, wanted)), None)

        return await self.waits_for(find, within_s, f"a message that matches {wanted!r}")

    async def sees_reaction(self, emoji: str, on: Shown, within_s: float = PATIENCE_S) -> Shown:
        """Wait until the bot's reaction stands on a message."""

        def find() -> Shown | None:
            now = [s for s in self.messages() if s.message_id == on.message_id]
            return next((s for s in now if emoji in s.reactions), None)

        return await self.waits_for(find, within_s, f"{emoji} on #{on.message_id}")

    async def sees_go(self, shown: Shown, within_s: float = PATIENCE_S) -> None:
        """Wait until a message is deleted."""

        def find() -> bool | None:
            return True if self.chat.visible(shown.message_id) is None else None

        await self.waits_for(find, within_s, f"#{shown.message_id} to go")

    async def waits_for(
        self, find: Callable[[], T | None], within_s: float = PATIENCE_S, what: str = "a change"
    ) -> T:
        """Wait until ``find`` gives something; it is asked again at every change of any chat."""
        try:
            return await self._state.pulse.until(find, within_s)
        except TimeoutError as e:
            text = f"{self.name} waited {within_s:g} s for {what}.\n{self.screen()}"
            raise AssertionError(text) from e

    async def settles(self, quiet_s: float = 0.5, within_s: float = PATIENCE_S) -> list[Shown]:
        """Wait until the bot has handled every update and the chat stands still for a while.

        Gives back what the chat then shows.
        """
        deadline = time.monotonic() + within_s
        while True:
            left_s = max(0.01, deadline - time.monotonic())
            await self.waits_for(self._is_heard, left_s, "every update to be confirmed")
            if not await self._is_handled():
                assert time.monotonic() < deadline, f"updates are in hand.\n{self.screen()}"
                await asyncio.sleep(LOOK_AGAIN_S)
            elif await self._stands_still(quiet_s) and await self._is_handled():
                return self.messages()

    def screen(self) -> str:
        """Write what the chat shows, for a failing test."""
        lines = [f"  {shown}" for shown in self.messages()]
        return "\n".join(["The chat shows:", *(lines or ["  nothing"])])

    def _is_heard(self) -> bool | None:
        return None if self._state.updates.pending else True

    async def _is_handled(self) -> bool:
        return all([await is_handled() for is_handled in self._state.updates.are_handled])

    async def _stands_still(self, quiet_s: float) -> bool:
        seen = len(self._state.journal.events)

        def has_moved() -> bool | None:
            events = self._state.journal.events[seen:]
            here = any(event.chat_id == self.chat.id for event in events)
            return True if here or self._state.updates.pending else None

        try:
            await self._state.pulse.until(has_moved, quiet_s)
        except TimeoutError:
            return True
        return False
