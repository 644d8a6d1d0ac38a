"""Where a process can be asked how it does: ``/healthz``, ``/readyz``, ``/metrics``, over HTTP.

For whoever watches over it: a container's health check, a load balancer, Prometheus. ``/healthz``
looks at the event loop only; ``/readyz`` asks everything that an order needs, and answers in JSON
what fails. One application for the bot and for ``bolti worker``; what is particular to one of them
it gives as a check. Nothing here changes anything.

Where the next one goes: another condition is a function that returns what is wrong, in ``checks``;
a figure read when asked for is a function in ``gauges.py``.
"""

from __future__ import annotations

import asyncio
import logging
import math
import shutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING

from aiohttp import web
from prometheus_client.aiohttp import make_aiohttp_handler

from pipeline import errors, metrics
from pipeline.settings import HealthSettings

if TYPE_CHECKING:
    from pipeline.bootstrap import Services
    from pipeline.store import ArtifactStore

LAG_LIMIT_S = 5.0
LOOK_S = 1.0
ASK_LIMIT_S = 3.0
"""Longest wait for one check, or for one figure."""
ASK_STORE_LIMIT_S = 2.0
STORE_ANSWER_HOLDS_S = 10.0
"""How long a bucket is believed to be there, or away: each look is a request that may cost."""
CLOSE_LIMIT_S = 2.0
LEAST_DISK_BYTES = 1_000_000_000

Check = Callable[[], Awaitable[str]]
"""Say what is wrong; empty when all is well."""
Reading = Callable[[], Awaitable[None]]
"""Look, and set a gauge."""
Clock = Callable[[], float]

log = logging.getLogger(__name__)


class Probes:
    """The answers of one process."""

    def __init__(
        self, checks: Mapping[str, Check], readings: Sequence[Reading], stop: asyncio.Event
    ) -> None:
        self._checks, self._readings, self._stop = dict(checks), list(readings), stop
        self.port = 0
        """Where it listens; 0 while it does not."""
        self._woke_s = time.monotonic()

    def server(self) -> web.Application:
        """Build the HTTP application."""
        server = web.Application()
        server.router.add_get("/healthz", self._health)
        server.router.add_get("/readyz", self._ready)
        server.router.add_get("/metrics", self._metrics)
        return server

    async def watch_the_loop(self) -> None:
        """Measure how late the event loop wakes up, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_S)
            metrics.LOOP_LAG_S.set(self._lag_s())
            self._woke_s = time.monotonic()

    def _lag_s(self) -> float:
        return max(0.0, time.monotonic() - self._woke_s - LOOK_S)

    async def _health(self, _: web.Request) -> web.Response:
        lag_s = self._lag_s()
        status = HTTPStatus.OK if lag_s < LAG_LIMIT_S else HTTPStatus.SERVICE_UNAVAILABLE
        return web.json_response({"loop_lag_s": round(lag_s, 3)}, status=status)

    async def _ready(self, _: web.Request) -> web.Response:
        answers = await asyncio.gather(*(within_limit(check) for check in self._checks.values()))
        failing = {name: wrong for name, wrong in zip(self._checks, answers, strict=True) if wrong}
        if self._stop.is_set():
            failing["process"] = "stopping"
        status = HTTPStatus.SERVICE_UNAVAILABLE if failing else HTTPStatus.OK
        return web.json_response({"ready": not failing, "failing": failing}, status=status)

    async def _metrics(self, request: web.Request) -> web.StreamResponse:
        for reading in self._readings:
            try:
                async with asyncio.timeout(ASK_LIMIT_S):
                    await reading()
            except (errors.StoreError, OSError, TimeoutError) as e:
                log.debug("a figure cannot be read: %s", type(e).__name__)
        return await make_aiohttp_handler(metrics.REGISTRY)(request)


async def within_limit(check: Check, limit_s: float = ASK_LIMIT_S) -> str:
    """Ask one check, and wait no longer than a health check waits."""
    try:
        async with asyncio.timeout(limit_s):
            return await check()
    except TimeoutError:
        return f"no answer within {limit_s:.0f} s"
    except errors.BoltiError as e:
        return e.code
    except OSError as e:
        return type(e).__name__


class StoreCheck:
    """Ask a store of artifacts for a small answer, which holds for some seconds."""

    def __init__(
        self,
        store: ArtifactStore,
        *,
        limit_s: float = ASK_STORE_LIMIT_S,
        clock: Clock = time.monotonic,
    ) -> None:
        self._store, self._limit_s, self._clock = store, limit_s, clock
        self._asking = asyncio.Lock()
        self._wrong, self._holds_until_s = "", -math.inf

    async def __call__(self) -> str:
        """Say what is wrong; whoever asks meanwhile waits for the same answer."""
        async with self._asking:
            if self._clock() >= self._holds_until_s:
                self._wrong = await within_limit(self._look, self._limit_s)
                self._holds_until_s = self._clock() + STORE_ANSWER_HOLDS_S
            return self._wrong

    async def _look(self) -> str:
        try:
            # Nothing lies there, so the answer is one short page.
            await self._store.list_older("readyz", datetime.fromtimestamp(0, UTC))
        except errors.StoreUnavailable as e:
            return str(e)
        return ""


def checks_of(services: Services) -> dict[str, Check]:
    """Name what every process that works on orders needs."""
    checks: dict[str, Check] = {
        "jobs": partial(_jobs, services),
        "database": partial(_database, services),
        "disk": partial(_disk, services),
    }
    if not services.settings.store_url.startswith("file:"):  # a folder is the disk's business
        checks["artifacts"] = StoreCheck(services.store)
    if services.render_queues:
        checks["engine"] = partial(_engine, services)
    return checks


async def _jobs(services: Services) -> str:
    return "" if services.jobs.is_launched else "not launched"


async def _database(services: Services) -> str:
    await services.jobs.mode()
    return ""


async def _disk(services: Services) -> str:
    folder = services.settings.data_dir.resolve()
    free_bytes = (await asyncio.to_thread(shutil.disk_usage, folder)).free
    if free_bytes > LEAST_DISK_BYTES:
        return ""
    return f"{free_bytes / 1e9:.1f} GB free, {LEAST_DISK_BYTES / 1e9:.0f} GB wanted"


async def _engine(services: Services) -> str:
    return services.warmth.trouble()


@asynccontextmanager
async def open_probes(
    settings: HealthSettings,
    checks: Mapping[str, Check],
    readings: Sequence[Reading],
    stop: asyncio.Event,
) -> AsyncIterator[Probes]:
    """Answer until the block ends; from ``stop`` on the process is not ready.

    An address that cannot be listened on is no reason to serve nobody: it is logged as an error.
    """
    probes = Probes(checks, readings, stop)
    if settings.address is None:
        yield probes
        return
    runner = web.AppRunner(probes.server(), access_log=None, shutdown_timeout=CLOSE_LIMIT_S)
    watching = asyncio.create_task(probes.watch_the_loop(), name="loop lag")
    await runner.setup()
    try:
        probes.port = await _listen(runner, *settings.address)
        yield probes
    finally:
        watching.cancel()
        await runner.cleanup()


async def _listen(runner: web.AppRunner, host: str, port: int) -> int:
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as e:
        log.error(  # noqa: TRY400  the reason says all
            "health: %s:%d cannot be listened on (%s). Set BOLTI_HEALTH__LISTEN to another "
            "address, or to nothing; until then nobody can ask how this process does.",
            host,
            port,
            e.strerror,
        )
        return 0
    taken = int(runner.addresses[0][1])
    log.info("health: http://%s:%d/healthz /readyz /metrics", host, taken)
    return taken
