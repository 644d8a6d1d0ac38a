"""One launched process: engine, workflows, views and sweep, opened and closed together.

``Jobs`` imports this module when it is launched, because DBOS comes with it. No decision is made
here but the order in which things start and stop.

Where the next one goes: what lives as long as the launched process is made and ended here.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from pipeline.jobs.engine import Engine
from pipeline.jobs.lanes import Lanes
from pipeline.jobs.orders import OrderWork
from pipeline.jobs.ports import Books, Door, QueueName, RenderFunction, Requests
from pipeline.jobs.renders import Renders
from pipeline.jobs.sweep import MEND_INTERVAL_S, mend, obey, recover, regularly, reroute
from pipeline.jobs.views import Views
from pipeline.line import LineMode
from pipeline.settings import Settings

TOUCH_INTERVAL_S = 10.0

log = logging.getLogger(__name__)


class Work:
    """What runs between ``Jobs.launch`` and ``Jobs.close``."""

    def __init__(
        self,
        settings: Settings,
        books: Books,
        store: Requests,
        render: RenderFunction,
        door: Door | None,
    ) -> None:
        self._settings = settings
        self._books, self._store = books, store
        self.engine = Engine(settings)
        self.lanes = Lanes(self.engine, books.workers, previews=settings.jobs.previews)
        self.views = Views(self.engine, books, self.lanes, fresh_s=2 * settings.jobs.poll_s)
        self._renders = Renders(
            engine=self.engine, books=books, store=store, render=render, settings=settings
        )
        self._orders = OrderWork(
            engine=self.engine,
            books=books,
            store=store,
            views=self.views,
            lanes=self.lanes,
            door=door,
            settings=settings,
        )
        self._stop = asyncio.Event()
        self.lost = asyncio.Event()
        """Set when a twin of this name took over: this process must end."""
        self._tasks: list[asyncio.Task[None]] = []

    async def launch(self, listen: Sequence[QueueName]) -> None:
        """Start everything; raises ``ExecutorAlreadyRunning``."""
        executor, sweep_s = self.engine.executor, self._settings.jobs.sweep_s
        lanes = tuple(queue.lane for queue in listen if queue.lane)
        mode = (await self._books.line.mode()).mode
        await self.engine.launch(
            listen=listen,
            order=self._orders.run,
            again=self._orders.run_again,
            copy=self._orders.run_copy,
            render=self._renders.run,
            is_paused=mode is LineMode.PAUSED,
        )
        self._look_after(lambda: recover(self.engine), sweep_s)
        self._look_after(lambda: obey(self.engine, self._books.line), sweep_s)
        if lanes:
            await self._books.workers.arrive(executor, lanes)
            self._look_after(self._touch, TOUCH_INTERVAL_S)
        if QueueName.ORDERS in listen:
            give_up = self._orders.give_up
            self._look_after(lambda: mend(self.engine, self._books, give_up), MEND_INTERVAL_S)
            self._look_after(self._reroute, sweep_s)

    async def _reroute(self) -> None:
        await reroute(self.engine, self._books, self._store, self.lanes)

    async def _touch(self) -> None:
        await self._books.workers.touch(self.engine.executor, self._renders.at_work)

    async def close(self, *, drain_s: float) -> None:
        """Stop everything, in the order in which it depends on each other."""
        self._stop.set()
        await self._orders.sendings.drain(drain_s)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.engine.close()

    def _look_after(self, act: Callable[[], Awaitable[None]], every_s: float) -> None:
        self._tasks.append(asyncio.create_task(regularly(act, every_s, self._stop, self.lost)))
