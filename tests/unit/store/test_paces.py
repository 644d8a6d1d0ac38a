"""How quick an engine was lately: kept in rows, moving, silent until it knows."""

from __future__ import annotations

from pipeline.store.database import Database
from pipeline.store.paces import RECENT, Paces
from pipeline.types import EngineName

WARP, LATENTSYNC = EngineName.WARP, EngineName.LATENTSYNC


async def test_few_renders_tell_nothing(database: Database) -> None:
    paces = Paces(database)
    for _ in range(2):
        await paces.add(WARP, speech_s=10, took_s=8)

    assert await paces.recent() == {}


async def test_each_engine_has_its_own_pace_and_another_process_reads_it(
    database: Database,
) -> None:
    for took_s in (10, 20, 30, 40, 50):
        await Paces(database).add(WARP, speech_s=10, took_s=took_s)
        await Paces(database).add(LATENTSYNC, speech_s=10, took_s=10 * took_s)

    pace = (await Paces(database).recent())[WARP]
    assert (pace.low, pace.median, pace.high, pace.count) == (2, 3, 4, 5)
    assert (await Paces(database).recent())[LATENTSYNC].median == 30


async def test_each_worker_has_its_own_pace_and_older_rows_are_nobodys(
    database: Database,
) -> None:
    paces = Paces(database)
    for took_s in (10, 20, 30):
        await paces.add(WARP, speech_s=10, took_s=took_s, executor="gpu-1")
        await paces.add(LATENTSYNC, speech_s=10, took_s=60, executor="gpu-2")
    await paces.add(WARP, speech_s=10, took_s=999, executor="gpu-3")

    found = await paces.of_workers()
    assert {name: pace.median for name, pace in found.items()} == {"gpu-1": 2, "gpu-2": 6}


async def test_what_is_long_ago_is_forgotten(database: Database) -> None:
    paces = Paces(database)
    for _ in range(RECENT):
        await paces.add(WARP, speech_s=1, took_s=100)
    for _ in range(RECENT):
        await paces.add(WARP, speech_s=1, took_s=1)

    pace = (await paces.recent())[WARP]
    assert (pace.median, pace.count) == (1, RECENT)
