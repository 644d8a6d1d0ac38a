"""A real worker that renders nothing: ``python -m tests.bench.idle_worker``.

Given the folder, the database and its name; works until its input is closed. A render takes
as long as its order's number says: what is measured is what the queue costs.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

from pipeline.jobs import QueueName
from pipeline.settings import JobsSettings, Settings, StoreSettings
from pipeline.types import JobId, Progress, RenderRequest, RenderResult, Stage
from tests.integration.jobs_world import FakeRender, job_id, opened, result_of

LONG_S = 20
FIRST_QUICK = job_id(1_000)
"""Orders before this one take long; this one and those after it no time at all."""


class TimedRender(FakeRender):
    """Render nothing, and tell of progress every second, as the engines do."""

    async def __call__(
        self, request: RenderRequest, id: JobId, on_progress: Callable[[Progress], None]
    ) -> RenderResult:
        for second in range(LONG_S if id < FIRST_QUICK else 0):
            on_progress(Progress(stage=Stage.SYNCING, fraction=second / LONG_S))
            await asyncio.sleep(1.0)
        return result_of(id)


def settings_of(folder: Path, database: str, executor: str) -> Settings:
    """Give the settings of a deployment with room for everybody."""
    return Settings(
        data_dir=folder,
        jobs=JobsSettings(
            executor=executor, database=database, open_per_owner=9, open_in_all=100_000
        ),
        store=StoreSettings(min_free_bytes=0),
    )


async def main(folder: str, database: str, name: str) -> None:
    """Work until nobody needs it any more."""
    settings = settings_of(Path(folder), database, name)
    async with opened(settings, render=TimedRender(), listen=[QueueName.RENDERS_WARP]):
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
