"""The stand-in Bot API as an HTTP server on the loopback interface.

``BotApi`` is what a test holds: people, faults, the log of calls, the verdict at the end. How a
call is served stands in ``dispatch.py``.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import web

from tests.botapi import limits
from tests.botapi.dispatch import ANSWERS, Dispatcher
from tests.botapi.faults import Fault
from tests.botapi.groups import Group
from tests.botapi.journal import EventKind
from tests.botapi.outbox import Call
from tests.botapi.people import Person
from tests.botapi.postman import Postman
from tests.botapi.schema import Json
from tests.botapi.state import BOT_ID, State

HOST = "127.0.0.1"
ROOM_BESIDE_THE_FILE = 1 << 20


class BotApi:
    """A Bot API of one bot, with its people."""

    def __init__(self, *, bot_name: str = "Bolti", username: str = "bolti_test_bot") -> None:
        self.token = f"{BOT_ID}:{secrets.token_urlsafe(26)[:35]}"
        user = {"id": BOT_ID, "is_bot": True, "first_name": bot_name, "username": username}
        self.state = State(bot=user)
        self._dispatcher = Dispatcher(self.state, self.token)
        self._runner: web.AppRunner | None = None
        self._site: web.TCPSite | None = None
        self._port = 0
        self._postmen: dict[asyncio.Task[None], Postman] = {}

    @classmethod
    @asynccontextmanager
    async def running(cls) -> AsyncIterator[BotApi]:
        """Serve for the length of a ``with`` block."""
        api = cls()
        await api.start()
        try:
            yield api
        finally:
            await api.close()

    @property
    def url(self) -> str:
        """The address that takes the place of https://api.telegram.org."""
        return f"http://{HOST}:{self._port}"

    async def start(self) -> None:
        """Listen on a free port."""
        room = limits.UPLOAD_BYTES + ROOM_BESIDE_THE_FILE
        app = web.Application(client_max_size=room)
        app.router.add_route("*", "/bot{token}/{method}", self._dispatcher.serve)
        app.router.add_get("/file/bot{token}/{path:.+}", self._dispatcher.download)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await self._listen(self._runner)

    async def close(self) -> None:
        """Stop serving; calls still in the air get no answer."""
        self._dispatcher.closing.set()
        for task in self._postmen:
            task.cancel()
        await asyncio.gather(*self._postmen, return_exceptions=True)
        if self._runner:
            await self._fall_silent(self._runner)
            await self._runner.cleanup()

    async def goes_away(self) -> None:
        """Refuse connections, and cut those that are open."""
        await self._fall_silent(self._running)
        self.note("Telegram cannot be reached")

    async def comes_back(self) -> None:
        """Listen again, on the same port."""
        await self._listen(self._running)
        self.note("Telegram can be reached again")

    def delivers_to(self, port: int) -> Postman:
        """Send updates to a webhook of this machine from now on, as soon as the bot sets one."""
        postman = Postman(self.state, port)
        self._postmen[asyncio.create_task(postman.run())] = postman
        return postman

    def shares_files_in(self, folder: Path) -> None:
        """Name files by paths of this machine, as a server of one's own with `--local` does."""
        self.state.files.shared = folder

    def user(
        self,
        first_name: str = "Asha",
        language_code: str | None = "en",
        *,
        username: str | None = None,
        is_started: bool = True,
    ) -> Person:
        """Let somebody open a private chat; ``is_started`` means that the bot may write there."""
        user = self.state.new_user(first_name, language_code, username)
        return Person(self.state, user, self.state.private_chat(user, is_started=is_started))

    def supergroup(self, title: str, members: Iterable[Person]) -> Group:
        """Open a supergroup with these people and the bot."""
        people = list(members)
        return Group(self.state, self.state.supergroup(title, [p.user for p in people]))

    def group(self, title: str, members: Iterable[Person]) -> Group:
        """Open a small group with these people and the bot; it may become a supergroup."""
        people = list(members)
        return Group(self.state, self.state.group(title, [p.user for p in people]))

    def fail(self, method: str, *faults: Fault) -> None:
        """Let the next calls of a method meet these faults, one each."""
        if method not in ANSWERS:
            raise ValueError(f"{method} is none of the methods served here.")
        self._dispatcher.faults.put(method, *faults)

    def forgets_faults(self) -> None:
        """Let no call meet a fault any more."""
        self._dispatcher.faults.clear()

    def repeat_last_update(self) -> int:
        """Deliver the newest update once more, with the same id."""
        return self.state.updates.repeat_last()

    def calls(self, method: str | None = None) -> list[Call]:
        """List the calls so far, oldest first."""
        return [call for call in self._dispatcher.calls if method in (None, call.method)]

    def commands(self, scope: Json | None = None, language_code: str = "") -> list[Json]:
        """List the commands that the bot set for a scope and language."""
        key = json.dumps(scope or {"type": "default"}, sort_keys=True), language_code
        return self.state.commands.get(key, [])

    def content(self, file_id: str) -> bytes:
        """Give the bytes of a file that somebody sent."""
        return self.state.files.get(file_id).content

    def note(self, text: str) -> None:
        """Put a remark of the test into the transcript."""
        self.state.journal.add(EventKind.NOTE, "test", text=text)

    async def is_polled(self, within_s: float = 10) -> None:
        """Wait for a getUpdates that comes from now on."""
        seen = self.state.updates.polls
        await self.state.pulse.until(
            lambda: True if self.state.updates.polls > seen else None, within_s
        )

    async def has_called(self, method: str, within_s: float = 60) -> Call:
        """Wait until the bot has called a method; give its first call."""
        return await self.state.pulse.until(lambda: next(iter(self.calls(method)), None), within_s)

    async def ends_all_calls(self, within_s: float = 10) -> None:
        """Wait until no call but getUpdates is being served any more."""

        def is_quiet() -> bool | None:
            open_calls = [c for c in self.calls() if not c.is_over and c.method != "getUpdates"]
            return None if open_calls else True

        await self.state.pulse.until(is_quiet, within_s)

    @property
    def violations(self) -> list[str]:
        """Everything that was wrong so far; a test that provoked it may clear it."""
        return self.state.violations

    def assert_clean(self) -> None:
        """Fail unless every call was as published, within its limits, and every tap answered."""
        wrong = list(self.violations)
        wrong += [
            f"tap on [{tap.label}] by {tap.who} was never answered"
            for tap in self.state.taps.values()
            if tap.answer is None and not tap.is_old
        ]
        unmet = self._dispatcher.faults.left()
        wrong += [f"{count} faults for {method} met no call" for method, count in unmet.items()]
        if wrong:
            raise AssertionError("The chat was not clean:\n  " + "\n  ".join(wrong))

    @property
    def _running(self) -> web.AppRunner:
        if self._runner is None:
            raise RuntimeError("The stand-in is not started yet.")
        return self._runner

    async def _listen(self, runner: web.AppRunner) -> None:
        self._site = web.TCPSite(runner, HOST, self._port, reuse_address=True)
        await self._site.start()
        self._port = self._port or int(runner.addresses[0][1])

    async def _fall_silent(self, runner: web.AppRunner) -> None:
        if self._site:
            await self._site.stop()
            self._site = None
        for connection in list(runner.server.connections) if runner.server else ():
            connection.force_close()
            if connection.transport:
                connection.transport.abort()
