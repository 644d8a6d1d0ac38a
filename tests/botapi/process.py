"""The real bot as a child process, talking to the stand-in.

It is started the way a deployment starts it (``python -m bot``), or forked from a nursery that has
imported the same, with settings from the environment only, its output in a file. A test may kill
it, end it politely, and start it again on the same data folder.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from pipeline.store.database import Database
from pipeline.store.inbox import Inbox
from tests import offline
from tests.botapi import family
from tests.botapi.family import Relative
from tests.botapi.server import BotApi
from tests.nursery import Forked, Nursery

ROOT = Path(__file__).resolve().parents[2]
READY_WITHIN_S = 60.0
ENDS_WITHIN_S = 20.0
LOOK_AGAIN_S = 0.05
TAIL_CHARS = 4000
DATA_DIR = "BOLTI_DATA_DIR"


class BotProcess:
    """One bot on one data folder, through any number of restarts."""

    def __init__(
        self,
        server: BotApi,
        folder: Path,
        settings: Mapping[str, str] | None = None,
        *,
        module: str = "bot",
        nursery: Nursery | None = None,
    ) -> None:
        self.log = folder / "bot.log"
        self.data_dir = folder / "data"
        self._server = server
        self._module, self._nursery = module, nursery
        self._process: asyncio.subprocess.Process | Forked | None = None
        self._family: set[Relative] = set()
        self._environment = {
            "PATH": os.defpath,
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(ROOT),
            "BOLTI_TELEGRAM__TOKEN": server.token,
            "BOLTI_TELEGRAM__API_URL": server.url,
            DATA_DIR: str(self.data_dir),
            "BOLTI_HEALTH__LISTEN": "",  # many bots on one machine, and no test asks
            **offline.ENVIRONMENT,
            **(settings or {}),
        }
        server.state.updates.are_handled.append(self._has_handled_all)

    @property
    def database_url(self) -> str:
        """The database that this bot keeps its rows in."""
        own = f"sqlite:///{self.data_dir / 'bolti.db'}"
        return self._environment.get("BOLTI_JOBS__DATABASE") or own

    @property
    def pid(self) -> int:
        """The process id of the bot that runs now."""
        return self._alive().pid

    @property
    def output(self) -> str:
        """Everything written to stdout and stderr so far, by all starts together."""
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""

    async def launch(self) -> None:
        """Start the process, and wait for nothing."""
        if self._process and self._process.returncode is None:
            raise RuntimeError("The bot is running already.")
        if self._nursery is not None:
            self._process = self._nursery.launch([self._module], self._environment, self.log)
            return
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", self._module),
                cwd=ROOT,
                env=self._environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    async def start(self, within_s: float = READY_WITHIN_S) -> None:
        """Start the process and wait until it polls; fails with its output if it ends first."""
        polls = asyncio.create_task(self._server.is_polled(within_s))
        await self.launch()
        ends = asyncio.create_task(self._alive().wait())
        try:
            await asyncio.wait({polls, ends}, return_when=asyncio.FIRST_COMPLETED)
            if not polls.done():
                raise AssertionError(f"The bot ended with {ends.result()}.\n{self.tail()}")
            if polls.exception():
                raise AssertionError(f"No getUpdates within {within_s:g} s.\n{self.tail()}")
        finally:
            for task in (polls, ends):
                task.cancel()
            await asyncio.gather(polls, ends, return_exceptions=True)
        self._server.note("the bot is up")

    async def kill(self) -> None:
        """Kill the bot itself (SIGKILL), not its children, as a crash would."""
        process = self._alive()
        self._remember()
        process.kill()
        await process.wait()
        self._server.note("the bot is killed (SIGKILL)")

    async def terminate(self, within_s: float = ENDS_WITHIN_S) -> int:
        """Ask the bot to end (SIGTERM), and give back its exit status."""
        process = self._alive()
        self._remember()
        process.send_signal(signal.SIGTERM)
        self._server.note("the bot is asked to end (SIGTERM)")
        return await self.ends(within_s)

    async def ends(self, within_s: float = ENDS_WITHIN_S) -> int:
        """Wait for the bot to end by itself, and give back its exit status."""
        process = self._process
        if process is None:
            raise RuntimeError("The bot was never started.")
        try:
            return await asyncio.wait_for(process.wait(), within_s)
        except TimeoutError as e:
            text = f"The bot is still there after {within_s:g} s.\n{self.tail()}"
            raise AssertionError(text) from e

    async def restart(self) -> None:
        """Start it again on the same data folder; one that still runs is asked to end first."""
        if self._process and self._process.returncode is None:
            await self.terminate()
        await self.start()

    async def close(self) -> None:
        """End everything that this bot started, politely or not."""
        self._remember()
        if self._process and self._process.returncode is None:
            try:
                await self.terminate()
            except AssertionError:
                self._process.kill()
                await self._process.wait()
        for relative in self.left_behind():
            family.end(relative)

    def left_behind(self) -> set[Relative]:
        """List the processes of this bot that run, the bot itself aside.

        They are found by ancestry, from before the bot was killed or ended, and by its settings in
        their environment; a process group of their own does not hide them.
        """
        self._remember()
        own = self._process.pid if self._process and self._process.returncode is None else None
        known = self._family | family.with_setting(DATA_DIR, str(self.data_dir))
        return {one for one in known if one.pid != own and family.is_alive(one)}

    async def leaves_nobody_behind(self, within_s: float = ENDS_WITHIN_S) -> None:
        """Wait until no process of this bot is left, itself aside; fails with their numbers."""
        deadline = asyncio.get_running_loop().time() + within_s
        while left := self.left_behind():
            if asyncio.get_running_loop().time() > deadline:
                pids = sorted(one.pid for one in left)
                raise AssertionError(f"Left behind after {within_s:g} s: {pids}")
            await asyncio.sleep(LOOK_AGAIN_S)

    def tail(self) -> str:
        """Give the end of the output, without the token."""
        return self.output[-TAIL_CHARS:].replace(self._server.token, "<TOKEN>")

    def assert_keeps_the_token(self) -> None:
        """Fail if the token, or the secret half of it, shows up in the output."""
        secret = self._server.token.partition(":")[2]
        if secret in self.output:
            line = next(line for line in self.output.splitlines() if secret in line)
            raise AssertionError(f"The token is in the log: {line.replace(secret, '<TOKEN>')}")

    async def _has_handled_all(self) -> bool:
        """Tell whether nothing lies in the inbox of this bot, whether it runs or not."""
        if self._process is None:
            return True
        database = Database(self.database_url)
        try:
            return not await Inbox(database).all()
        finally:
            await database.close()

    def _alive(self) -> asyncio.subprocess.Process | Forked:
        if self._process is None or self._process.returncode is not None:
            raise RuntimeError(f"The bot is not running.\n{self.tail()}")
        return self._process

    def _remember(self) -> None:
        """Note who descends from the bot, as long as it lives to be asked for."""
        if self._process and self._process.returncode is None:
            self._family |= family.descendants_of(self._process.pid)
