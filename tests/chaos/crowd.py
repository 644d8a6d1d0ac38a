"""People who send one request after the other, whatever happens meanwhile."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from random import Random

from tests import faces
from tests.botapi.people import Person
from tests.botapi.server import BotApi
from tests.botapi.shown import Shown


@dataclass(frozen=True, slots=True)
class Request:
    """A photo and words that somebody sent."""

    person: Person
    message: Shown

    @property
    def key(self) -> tuple[int, int]:
        """Chat and message."""
        return self.person.chat.id, self.message.message_id

    @property
    def told(self) -> list[str]:
        """What the bot answered to it."""
        shown = self.person.messages()
        return [s.text for s in shown if s.from_bot and s.reply_to == self.message.message_id]


class Crowd:
    """A few people, and what they asked for."""

    def __init__(self, server: BotApi, people: int, random: Random) -> None:
        self.people = [server.user(f"Person{n}") for n in range(1, people + 1)]
        self.requests: list[Request] = []
        self._random = random

    async def asks(self, every_s: float, stop: asyncio.Event) -> None:
        """Let somebody ask every now and then."""
        while not stop.is_set():
            person = self._random.choice(self.people)
            words = f"Namaste, this is number {len(self.requests) + 1}."
            message = await person.sends_photo(faces.hopper(), words)
            self.requests.append(Request(person, message))
            await asyncio.sleep(self._random.uniform(0.5, 1.5) * every_s)
