"""DBOS's manners, kept away from the rest: its set-up and end, its console log, its recording.

One per process: DBOS keeps a registry of its own. What runs on it is not known here.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, ClassVar, TypeVar

from dbos import DBOS, DBOSConfig
from dbos import error as dbos_error
from sqlalchemy.exc import SQLAlchemyError

from pipeline import errors
from pipeline.jobs.sqlite_clock import give_clock

T = TypeVar("T")

APPLICATION_VERSION = "2"
ASK_LIMIT_S = 30.0
"""Longest wait for the database when somebody outside a workflow asks."""


class Runtime:
    """DBOS of this process, between its set-up and its end."""

    _open: ClassVar[bool] = False

    def __init__(self) -> None:
        self.is_up = False

    def configure(self, url: str, executor: str) -> None:
        """Set DBOS up, without launching it."""
        if Runtime._open:
            raise RuntimeError("DBOS is one per process, and another engine is open.")
        Runtime._open = self.is_up = True
        config: DBOSConfig = {
            "name": "bolti",
            "system_database_url": url,
            "executor_id": executor,
            "application_version": APPLICATION_VERSION,
            "enable_otlp": False,
            "log_level": "ERROR",
        }
        give_clock()
        DBOS(config=config)
        # DBOS writes to the console by itself; our handlers write, and redact, everything.
        noisy = logging.getLogger("dbos")
        noisy.handlers.clear()
        noisy.propagate = True
        noisy.addFilter(_is_no_cancellation)

    async def destroy(self) -> None:
        """End DBOS, and forget what was registered with it."""
        loop = asyncio.get_running_loop()
        # DBOS made its own pool the loop's default and is about to close it.
        threads = ThreadPoolExecutor(thread_name_prefix="bolti")
        loop.set_default_executor(threads)
        # In a thread: its queue threads may be waiting for this very loop.
        try:
            await loop.run_in_executor(threads, partial(DBOS.destroy, destroy_registry=True))
        finally:
            # A call that was under way may have made DBOS's pool, now closed, the default again.
            loop.set_default_executor(threads)
            Runtime._open = self.is_up = False


async def ask(call: Coroutine[Any, Any, T]) -> T:
    """Ask DBOS something from anywhere. Raises ``StoreUnavailable``.

    In an empty context: DBOS would record the call as a step of a surrounding workflow, and a
    replay that does not make the same calls would fail.
    """
    task = asyncio.create_task(call, context=contextvars.Context())
    try:
        async with asyncio.timeout(ASK_LIMIT_S):
            return await task
    except TimeoutError as e:
        raise errors.StoreUnavailable(f"no answer within {ASK_LIMIT_S:.0f} s") from e
    except (SQLAlchemyError, dbos_error.DBOSException) as e:
        raise errors.StoreUnavailable(type(e).__name__) from e


def _is_no_cancellation(record: logging.LogRecord) -> bool:
    # A cancelled render is no error, but DBOS logs one, with a traceback.
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, dbos_error.DBOSAwaitedWorkflowCancelledError)
