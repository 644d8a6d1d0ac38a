"""A process that loses its lock: takes it again, or gives way to the twin that has it."""

from __future__ import annotations

import asyncio
import time
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from pipeline import errors
from pipeline.jobs import QueueName, liveness
from pipeline.line import OpenLimits
from pipeline.worker import work
from tests import postgres
from tests.integration.jobs_world import ASHA, job_id, opened, settings_in, until, until_final
from tests.postgres import PostgresServer
from tests.two_hosts import another_host


@pytest.fixture
def database(postgres_server: PostgresServer) -> str:
    return postgres_server.new_database()


def is_held(database: str, name: str) -> bool:
    """Look, and take nothing: whoever wants the name back must not find it taken by a test."""
    return name in liveness.create(database).living({name})


async def test_the_name_is_taken_again_after_the_database_went_away(
    tmp_path: Path, postgres_server: PostgresServer, database: str
) -> None:
    async with opened(settings_in(tmp_path, database=database)) as world:
        await world.submit(1)
        await until_final(world, 1)
        await asyncio.to_thread(postgres_server.stop, hard=True)
        await asyncio.to_thread(postgres_server.start)

        async with asyncio.timeout(30):
            while not await asyncio.to_thread(is_held, database, "here"):  # noqa: ASYNC110
                await asyncio.sleep(0.1)
        await world.submit(2)
        await until_final(world, 2, limit_s=40)
        assert world.door.heard("deliver", job_id(2)) == 1


def test_the_server_itself_notices_within_half_a_minute_that_a_network_is_lost(
    database: str,
) -> None:
    """It holds the lock of whoever was cut off, and as it comes it waits for two hours."""
    with liveness.session(database) as connection:
        told = [
            connection.execute(f"show {name}".encode()).fetchone()
            for name in ("tcp_keepalives_idle", "tcp_keepalives_interval", "tcp_keepalives_count")
        ]
        ends = connection.execute("show tcp_user_timeout").fetchone()

    assert told == [("10",), ("5",), ("3",)]
    assert ends == ("25000",)


def test_who_comes_back_while_another_recovers_its_work_waits_for_its_name(database: str) -> None:
    """After a restart of the database each looks after all others, who come back just then."""
    with ExitStack() as recovery:
        assert recovery.enter_context(liveness.create(database).if_dead("here"))

        def end_of_recovery() -> None:
            recovery.close()
            while is_held(database, "here"):  # the server notices a moment later
                time.sleep(0.05)

        live = liveness.PostgresLiveness(database, pause=end_of_recovery)

        live.acquire("here")

    assert is_held(database, "here")
    live.release()


def test_nobody_is_taken_for_dead_while_all_come_back_after_a_restart(
    postgres_server: PostgresServer, database: str
) -> None:
    now_s = 0.0
    peer = liveness.PostgresLiveness(database, clock=lambda: now_s)
    bot = liveness.create(database)
    peer.acquire("worker")
    bot.acquire("bot")
    postgres_server.end_sessions(database)

    peer.renew()  # it looks first, and the bot has not looked yet
    with peer.if_dead("bot") as dead:
        assert not dead
    bot.renew()  # nobody holds its name

    now_s = liveness.RETURN_S
    with peer.if_dead("bot") as dead:
        assert not dead
    bot.release()
    deadline = time.monotonic() + 10
    while True:  # the server notices a moment later
        with peer.if_dead("bot") as dead:
            if dead:
                break
        assert time.monotonic() < deadline
    peer.release()


HOLD = """
import sys
from pipeline.jobs.liveness import PostgresLiveness
lock = PostgresLiveness(sys.argv[1], lost_s=3)
lock.acquire("far")
print("held", flush=True)
sys.stdin.read()
"""


def test_who_is_cut_off_without_a_word_is_taken_for_dead() -> None:
    """Nothing ends its connections: the cable between two hosts is pulled out."""
    with TemporaryDirectory() as folder, another_host() as far:
        if far is None:
            pytest.skip("needs root and iproute2 for a network of its own")
        rules = Path(folder) / "hba.conf"
        rules.parent.chmod(0o755)  # the server is another user
        rules.write_text("host all all all trust\n")
        listening = {"listen_addresses": f"127.0.0.1,{far.ours}", "hba_file": str(rules)}
        with postgres.running({**postgres.SETTINGS, **listening}) as server:
            database = server.new_database()
            with far.python(HOLD, database.replace("127.0.0.1", far.ours)) as holder:
                assert holder.stdout is not None
                assert holder.stdout.readline() == "held\n"
                assert is_held(database, "far")

                far.is_cut_off()

                deadline = time.monotonic() + 60
                while is_held(database, "far"):
                    assert time.monotonic() < deadline, "the server still waits"
                    time.sleep(0.1)
                holder.kill()


async def test_the_living_are_told_in_one_look(
    postgres_server: PostgresServer, database: str
) -> None:
    names = [f"gpu-{number}" for number in range(8)]  # keys of both signs
    held = [liveness.create(database) for _ in names[::2]]
    for lock, name in zip(held, names[::2], strict=True):
        lock.acquire(name)
    another = liveness.create(postgres_server.new_database())
    another.acquire(names[1])

    assert liveness.create(database).living(names) == set(names[::2])
    held[0].release()  # the server notices a moment later
    await until(lambda: liveness.create(database).living(names) == set(names[2::2]))

    for lock in (*held, another):
        lock.release()


async def test_a_lock_that_was_given_back_is_not_taken_again(database: str) -> None:
    lock = liveness.create(database)
    lock.acquire("here")
    lock.release()
    await until(lambda: not is_held(database, "here"))

    lock.renew()

    assert not is_held(database, "here")


async def test_who_lost_its_name_to_a_twin_takes_no_more_work(
    tmp_path: Path, postgres_server: PostgresServer, database: str
) -> None:
    twin = liveness.create(database)
    async with opened(settings_in(tmp_path, database=database)) as world:
        lost = asyncio.create_task(world.jobs.until_lost())
        await asyncio.to_thread(take, twin, postgres_server, database)
        await asyncio.wait_for(lost, 30)

        # Accepted by somebody else meanwhile; nobody here touches it.
        await world.orders.add(job_id(1), owner=ASHA, reply_to="{}", limits=OpenLimits(owner=3))
        with pytest.raises(errors.StoreUnavailable):
            await world.jobs.position(job_id(1))
        assert world.render.begun == []
    await asyncio.to_thread(twin.release)


def take(twin: liveness.Liveness, server: PostgresServer, database: str) -> None:
    """Take the name from the one that has it; who was quicker is asked again."""
    for _ in range(100):
        server.end_sessions(database)
        try:
            return twin.acquire("here")
        except errors.ExecutorAlreadyRunning:
            continue
    raise AssertionError("The other one was quicker, a hundred times.")


async def test_a_worker_that_lost_its_name_ends(
    tmp_path: Path,
    postgres_server: PostgresServer,
    database: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    twin = liveness.create(database)
    async with opened(settings_in(tmp_path, database=database), listen=()) as world:
        await world.jobs.close()
        stop = asyncio.Event()
        working = asyncio.create_task(work(world.jobs, [QueueName.RENDERS_WARP], stop, "here"))
        await until(lambda: "worker: listening" in caplog.text)
        await asyncio.to_thread(take, twin, postgres_server, database)

        with pytest.raises(errors.ExecutorAlreadyRunning):
            await asyncio.wait_for(working, 30)
    await asyncio.to_thread(twin.release)
