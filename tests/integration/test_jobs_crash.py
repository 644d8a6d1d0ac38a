"""Jobs and ``kill -9``, with real processes: nothing lost, nothing twice."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import errors
from pipeline.settings import child_environment
from pipeline.store.database import Database
from pipeline.store.orders import Orders
from pipeline.store.outbox import Outbox, OutboxState
from pipeline.types import JobState
from tests import nursery
from tests.integration.jobs_process import Plan
from tests.integration.jobs_world import job_id, opened, settings_in, until, until_final

LIMIT_S = 60.0


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    return Plan(folder=str(tmp_path))


@pytest.fixture(scope="module")
def jobs_nursery() -> Iterator[nursery.Nursery]:
    with nursery.running("pipeline.jobs.work", "tests.integration.jobs_world") as it:
        yield it


@pytest.fixture
def processes(jobs_nursery: nursery.Nursery, tmp_path: Path) -> Processes:
    return Processes(jobs_nursery, tmp_path)


async def test_killed_before_the_announcement_it_is_announced_and_delivered_once(
    plan: Plan, processes: Processes
) -> None:
    await processes.dies(replace(plan, dies_at="announce"))
    await processes.ends(plan)

    assert story(plan)["announce"] == story(plan)["send"] == 1
    assert await known(plan) == (JobState.SUCCEEDED, OutboxState.SENT)


async def test_killed_in_the_render_it_is_rendered_again_and_delivered_once(
    plan: Plan, processes: Processes
) -> None:
    await processes.dies(replace(plan, dies_at="render"))
    await processes.ends(plan)

    assert story(plan) == {"announce": 1, "render": 2, "send": 1}
    assert await known(plan) == (JobState.SUCCEEDED, OutboxState.SENT)


@pytest.mark.parametrize(("dies_at", "sends"), [("claimed", 0), ("sent", 1)])
async def test_killed_between_claim_and_record_it_is_never_sent_again(
    plan: Plan, processes: Processes, dies_at: str, sends: int
) -> None:
    await processes.dies(replace(plan, dies_at=dies_at))
    await processes.ends(plan)

    assert story(plan)["send"] == sends
    assert story(plan)["unknown"] == 1
    assert story(plan)["render"] == 1
    assert await known(plan) == (JobState.SUCCEEDED, OutboxState.UNKNOWN)


async def test_killed_after_the_record_it_is_delivered_once(
    plan: Plan, processes: Processes
) -> None:
    await processes.dies(replace(plan, dies_at="recorded"))
    await processes.ends(plan)

    assert story(plan) == {"announce": 1, "render": 1, "send": 1}
    assert await known(plan) == (JobState.SUCCEEDED, OutboxState.SENT)


async def test_many_jobs_survive_a_kill_at_every_stage(plan: Plan, processes: Processes) -> None:
    for stage in ("announce", "render", "recorded", "claimed", "sent"):
        await processes.dies(replace(plan, dies_at=stage, jobs=6))
    await processes.ends(replace(plan, jobs=6))

    told = story(plan)
    sent, unknown = ids_of(plan, "send"), await unknown_of(plan, 6)
    assert len(sent) == len(set(sent)), "nobody gets it twice"
    assert unknown >= 2, "and any that were on their way beside the one that died"
    assert 6 - unknown <= len(sent) <= 6 - 1, "one died between claim and send"
    assert 6 + 1 <= told["render"] <= 6 + 5, "a kill may cut one render short, of any job"


async def test_a_dead_workers_render_goes_on_at_another_worker(
    plan: Plan, processes: Processes
) -> None:
    bot = replace(plan, executor="bot", listen=("orders",))
    dying = replace(plan, executor="gpu1", listen=("renders-warp",), dies_at="render")
    async with processes.running(bot) as at_work:
        await processes.dies(dying)
        async with processes.running(replace(plan, executor="gpu2", listen=("renders-warp",))):
            assert await asyncio.wait_for(at_work.wait(), LIMIT_S) == 0

    assert story(plan) == {"announce": 1, "render": 2, "send": 1}


async def test_a_dead_bots_orders_go_on_at_another_bot(plan: Plan, processes: Processes) -> None:
    await processes.dies(replace(plan, executor="bot1", dies_at="render"))
    await processes.ends(replace(plan, executor="bot2"))

    assert story(plan) == {"announce": 1, "render": 2, "send": 1}


async def test_a_job_that_kills_its_worker_every_time_ends_as_a_failure(
    plan: Plan, processes: Processes
) -> None:
    starts = 0
    while await processes.status(replace(plan, dies_at="render")) == -signal.SIGKILL:
        starts += 1
        assert starts < 10, "a poison job is tried for ever"

    assert story(plan)["fail:child_died"] == 1
    assert story(plan)["send"] == 0
    assert story(plan)["render"] == 5


async def test_a_second_process_of_the_same_name_is_refused(
    plan: Plan, processes: Processes
) -> None:
    async with processes.running(replace(plan, render_s=30)):
        await processes.says("ready")
        with pytest.raises(errors.ExecutorAlreadyRunning):
            async with opened(settings_in(Path(plan.folder), executor=plan.executor)):
                pytest.fail("two live processes share one name")


async def test_a_name_is_free_again_after_its_process_was_killed(
    plan: Plan, processes: Processes
) -> None:
    async with processes.running(replace(plan, render_s=30)) as first:
        await processes.says("ready")
        first.kill()
        await first.wait()

    async with opened(settings_in(Path(plan.folder), executor=plan.executor)) as world:
        await world.submit(2)
        await until_final(world, 2)


# --------------------------------------------------------------------------- processes


class Processes:
    """Starts the processes of a plan, each with everything imported."""

    def __init__(self, ours: nursery.Nursery, folder: Path) -> None:
        self._nursery, self._output = ours, folder / "output"
        self._output.touch()

    async def dies(self, plan: Plan) -> None:
        assert await self.status(plan) == -signal.SIGKILL, self._output.read_text()

    async def ends(self, plan: Plan) -> None:
        assert await self.status(plan) == 0, self._output.read_text()

    async def status(self, plan: Plan) -> int:
        async with self.running(plan) as process:
            try:
                return await asyncio.wait_for(process.wait(), LIMIT_S)
            except TimeoutError:
                pytest.fail(f"It went on for ever; all wrote:\n{self._output.read_text()}")

    @asynccontextmanager
    async def running(self, plan: Plan) -> AsyncIterator[nursery.Forked]:
        process = self._nursery.launch(plan.command(), child_environment(), self._output)
        try:
            yield process
        finally:
            process.kill()
            await process.wait()

    async def says(self, word: str) -> None:
        await until(lambda: word in self._output.read_text().split(), limit_s=LIMIT_S)


def story(plan: Plan) -> Counter[str]:
    lines = (Path(plan.folder) / "story").read_text().splitlines()
    return Counter(line.split()[0] for line in lines)


def ids_of(plan: Plan, word: str) -> list[str]:
    """Give the orders of which the story tells this, in its order."""
    lines = (Path(plan.folder) / "story").read_text().splitlines()
    return [line.split()[1] for line in lines if line.split()[0] == word]


async def unknown_of(plan: Plan, jobs: int) -> int:
    """Count the orders whose outcome nobody knows; a kill may come before the story tells."""
    database = Database(settings_in(Path(plan.folder)).database_url)
    try:
        rows = [await Outbox(database).get(job_id(number)) for number in range(1, jobs + 1)]
    finally:
        await database.close()
    states = Counter(row.state for row in rows if row is not None)
    assert states[OutboxState.UNKNOWN] + states[OutboxState.SENT] == jobs, "all are settled"
    return states[OutboxState.UNKNOWN]


async def known(plan: Plan) -> tuple[JobState, OutboxState]:
    database = Database(settings_in(Path(plan.folder)).database_url)
    try:
        job = await Orders(database).find(job_id(1))
        row = await Outbox(database).get(job_id(1))
    finally:
        await database.close()
    assert job is not None
    assert row is not None
    return job.state, row.state
