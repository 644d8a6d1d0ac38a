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
from pipeline.jobs.orders import OrderWork
from pipeline.jobs.ports import Door, QueueName, RenderFunction, Requests, Rows
from pipeline.jobs.renders import Renders
from pipeline.jobs.sweep import MEND_INTERVAL_S, mend, recover, regularly
from pipeline.jobs.views import Views
from pipeline.settings import Settings

log = logging.getLogger(__name__)


class Work:
    """What runs between ``Jobs.launch`` and ``Jobs.close``."""

    def __init__(
        self,
        settings: Settings,
        rows: Rows,
        store: Requests,
        render: RenderFunction,
        door: Door | None,
    ) -> None:
        self._settings = settings
        self._rows = rows
        self.engine = Engine(settings)
        self.views = Views(self.engine, fresh_s=2 * settings.jobs.poll_s)
        self._renders = Renders(
            engine=self.engine, rows=rows, store=store, render=render, settings=settings
        )
        self._orders = OrderWork(
            engine=self.engine, rows=rows, views=self.views, door=door, settings=settings
        )
        self._stop = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    async def launch(self, listen: Sequence[QueueName]) -> None:
        """Start everything; raises ``ExecutorAlreadyRunning``."""
        await self.engine.launch(
            listen=listen,
            order=self._orders.run,
            again=self._orders.run_again,
            render=self._renders.run,
        )
        self._look_after(lambda: recover(self.engine), self._settings.jobs.sweep_s)
        if QueueName.ORDERS in listen:
            give_up = self._orders.give_up
            self._look_after(lambda: mend(self.engine, self._rows, give_up), MEND_INTERVAL_S)

    async def close(self, *, drain_s: float) -> None:
        """Stop everything, in the order in which it depends on each other."""
        self._stop.set()
        await self._orders.drain(drain_s)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.engine.close()

    def _look_after(self, act: Callable[[], Awaitable[None]], every_s: float) -> None:
        self._tasks.append(asyncio.create_task(regularly(act, every_s, self._stop)))
