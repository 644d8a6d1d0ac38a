"""A worker writes down how its machine is, every few seconds, for whoever looks after it.

Only who renders does; the doors read the rows. A database that is away is asked again later.
"""

from __future__ import annotations

import asyncio
import logging
import shutil
from contextlib import suppress

from pipeline import errors
from pipeline.gpus import read_gpus
from pipeline.settings import Settings
from pipeline.store.vitals import VitalRows, Vitals
from pipeline.version import commit, version

EVERY_S = 15.0

log = logging.getLogger(__name__)


async def keep_writing(settings: Settings, rows: VitalRows, stop: asyncio.Event) -> None:
    """Write now and every few seconds until ``stop``."""
    while not stop.is_set():
        try:
            await rows.write(settings.jobs.executor, await asyncio.to_thread(read, settings))
        except errors.StoreError as e:
            log.warning("vitals not written: %s", e)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), EVERY_S)


def read(settings: Settings) -> Vitals:
    """Look at this machine; blocking."""
    gpus = read_gpus()
    folder = settings.data_dir.resolve()
    return Vitals(
        version=version(),
        commit=commit(),
        model=settings.latentsync.release if gpus else "",
        gpus=gpus,
        disk_free_bytes=shutil.disk_usage(folder).free if folder.is_dir() else None,
    )
