"""/healthz, /readyz and /metrics: cheap, honest about what fails, closed when switched off."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from datetime import datetime

import aiohttp
import pytest

from pipeline import errors, metrics
from pipeline.probes import STORE_ANSWER_HOLDS_S, Probes, StoreCheck, open_probes, within_limit
from pipeline.settings import HealthSettings
from pipeline.store.artifacts import ObjectStore
from pipeline.types import ArtifactKey

ANY_PORT = HealthSettings(listen="127.0.0.1:0")


class Part:
    """Something that is asked; ``wrong`` is what it answers, or raises."""

    def __init__(self) -> None:
        self.wrong: str | Exception = ""
        self.asked = 0

    async def __call__(self) -> str:
        self.asked += 1
        if isinstance(self.wrong, Exception):
            raise self.wrong
        return self.wrong


class Bucket(ObjectStore):
    """A bucket that answers, refuses, or never says a word."""

    def __init__(self) -> None:
        super().__init__("memory:///")
        self.wrong: Exception | None = None
        self.is_silent = False
        self.asked = 0

    async def list_older(self, prefix: str, before: datetime) -> list[ArtifactKey]:
        self.asked += 1
        if self.is_silent:
            await asyncio.Event().wait()
        if self.wrong is not None:
            raise self.wrong
        return await super().list_older(prefix, before)


class Clock:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
async def web() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def get(web: aiohttp.ClientSession, opened: Probes, path: str) -> tuple[int, object]:
    async with web.get(f"http://127.0.0.1:{opened.port}/{path}") as answer:
        return answer.status, await answer.json()


async def test_ready_says_in_json_which_part_fails(web: aiohttp.ClientSession) -> None:
    database, disk = Part(), Part()
    checks = {"database": database, "disk": disk}
    async with open_probes(ANY_PORT, checks, [], asyncio.Event()) as opened:
        assert await get(web, opened, "readyz") == (200, {"ready": True, "failing": {}})

        disk.wrong, database.wrong = "0.4 GB free", errors.StoreUnavailable("gone")
        status, told = await get(web, opened, "readyz")

    assert status == 503
    assert told == {
        "ready": False,
        "failing": {"database": "store_unavailable", "disk": "0.4 GB free"},
    }


async def test_a_bucket_that_is_away_makes_a_process_unready_and_its_return_ready(
    web: aiohttp.ClientSession,
) -> None:
    bucket, clock = Bucket(), Clock()
    checks = {"artifacts": StoreCheck(bucket, clock=clock)}
    async with open_probes(ANY_PORT, checks, [], asyncio.Event()) as opened:
        bucket.wrong = errors.StoreUnavailable("PermissionDeniedError")
        assert await get(web, opened, "readyz") == (
            503,
            {
                "ready": False,
                "failing": {"artifacts": "The store does not answer: PermissionDeniedError."},
            },
        )

        bucket.wrong, clock.now_s = None, STORE_ANSWER_HOLDS_S
        assert await get(web, opened, "readyz") == (200, {"ready": True, "failing": {}})


async def test_a_bucket_is_asked_once_for_all_who_ask_within_some_seconds() -> None:
    bucket, clock = Bucket(), Clock()
    check = StoreCheck(bucket, clock=clock)

    assert await asyncio.gather(*(check() for _ in range(5))) == [""] * 5
    clock.now_s = STORE_ANSWER_HOLDS_S - 0.1
    assert await check() == ""
    assert bucket.asked == 1

    clock.now_s = STORE_ANSWER_HOLDS_S
    bucket.wrong = errors.StoreUnavailable("gone")
    assert "gone" in await check()


async def test_a_silent_bucket_is_not_waited_for_again_at_once() -> None:
    bucket = Bucket()
    bucket.is_silent = True
    check = StoreCheck(bucket, limit_s=0.01, clock=Clock())

    assert "no answer" in await check()
    assert "no answer" in await check()
    assert bucket.asked == 1


async def test_a_stopping_process_is_not_ready_and_still_healthy(
    web: aiohttp.ClientSession,
) -> None:
    stop = asyncio.Event()
    async with open_probes(ANY_PORT, {}, [], stop) as opened:
        stop.set()

        assert await get(web, opened, "readyz") == (
            503,
            {"ready": False, "failing": {"process": "stopping"}},
        )
        assert (await get(web, opened, "healthz"))[0] == 200


async def test_a_part_that_never_answers_counts_as_failing() -> None:
    async def hangs() -> str:
        await asyncio.Event().wait()
        return ""

    assert "no answer" in await within_limit(hangs, limit_s=0.01)


async def test_health_asks_nobody(web: aiohttp.ClientSession) -> None:
    part = Part()
    async with open_probes(ANY_PORT, {"part": part}, [], asyncio.Event()) as opened:
        status, told = await get(web, opened, "healthz")

    assert status == 200
    assert told == {"loop_lag_s": pytest.approx(0.0, abs=4.9)}
    assert part.asked == 0


async def test_metrics_are_read_when_asked_for_and_outlive_a_figure_that_fails(
    web: aiohttp.ClientSession,
) -> None:
    async def reads() -> None:
        metrics.REPORTS_OPEN.set(4)

    async def fails() -> None:
        raise errors.StoreUnavailable("gone")

    async with (
        open_probes(ANY_PORT, {}, [fails, reads], asyncio.Event()) as opened,
        web.get(f"http://127.0.0.1:{opened.port}/metrics") as answer,
    ):
        text = await answer.text()

    assert "bolti_reports_open 4.0" in text
    assert "process_resident_memory_bytes" in text


async def test_switched_off_it_listens_nowhere() -> None:
    async with open_probes(HealthSettings(listen=""), {}, [], asyncio.Event()) as opened:
        assert opened.port == 0


async def test_a_port_that_is_taken_stops_nobody(caplog: pytest.LogCaptureFixture) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = HealthSettings(listen=f"127.0.0.1:{other.getsockname()[1]}")
        async with open_probes(taken, {}, [], asyncio.Event()) as opened:
            assert opened.port == 0

    assert "BOLTI_HEALTH__LISTEN" in caplog.text


@pytest.mark.parametrize(
    ("listen", "address"),
    [("127.0.0.1:8080", ("127.0.0.1", 8080)), ("[::1]:80", ("::1", 80)), ("", None)],
)
def test_addresses_are_read(listen: str, address: tuple[str, int] | None) -> None:
    assert HealthSettings(listen=listen).address == address
