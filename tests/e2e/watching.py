"""Ask a process how it does, as its operator does; and which labels its metrics may have."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator

import aiohttp
from prometheus_client.parser import text_string_to_metric_families
from telegram import error as telegram_error

from pipeline.errors import BoltiError
from pipeline.jobs.names import Making
from pipeline.types import EngineName, JobState, Stage
from tests.botapi.process import BotProcess

READY_WITHIN_S = 60.0
READY = '{"ready": true, "failing": {}}'
WARMING_UP = '{"ready": false, "failing": {"engine": "warming up"}}'


def _codes(kind: type[BoltiError] = BoltiError) -> Iterator[str]:
    yield kind.code
    for below in kind.__subclasses__():
        yield from _codes(below)


CODES = {*_codes(), "ok", "internal"}
CLOSED: dict[str, set[str]] = {
    "code": CODES,
    "engine": set(EngineName),
    "kind": {n for n in vars(telegram_error) if n[0].isupper()} | {"used", "total"},
    "making": set(Making),
    "provider": {"edge", "openai", "embedded"},
    "result": {"ok", "unavailable"},
    "script": {"text", "recorded"},
    "stage": set(Stage),
    "state": set(JobState),
}
"""Every label that there is, and all that it may say."""
SHAPES = {
    "gpu": r"\d+",
    "le": r"[\d.]+|\+Inf",
    "version": r"[\w.+?-]+",
    "commit": r"[0-9a-f]{40}|unknown",
}


def watched_at(bot: BotProcess) -> str:
    """Find in a bot's log where it can be asked."""
    found = re.search(r"health: (http://[\d.]+:\d+)/", bot.output)
    assert found is not None, bot.tail()
    return found[1]


async def answers(address: str, what: str) -> str:
    """Ask for ``readyz`` or ``metrics``."""
    async with aiohttp.ClientSession() as web, web.get(f"{address}/{what}") as answer:
        return await answer.text()


async def until_ready(address: str) -> None:
    """Wait until it says that it is ready; before that only its engine may be missing."""
    async with asyncio.timeout(READY_WITHIN_S):
        while (told := await answers(address, "readyz")) != READY:
            assert told == WARMING_UP
            await asyncio.sleep(0.1)


def samples(figures: str) -> dict[str, float]:
    """Read metrics: each name with its labels, and its value."""
    return {
        line.rpartition(" ")[0]: float(line.rpartition(" ")[2])
        for line in figures.splitlines()
        if line and line[0] != "#"
    }


def odd_labels(figures: str) -> set[tuple[str, str, str]]:
    """List the labels that are not of a closed set: metric, label, value."""
    return {
        (family.name, label, value)
        for family in text_string_to_metric_families(figures)
        for sample in family.samples
        for label, value in sample.labels.items()
        if value not in CLOSED.get(label, ()) and not re.fullmatch(SHAPES.get(label, "$"), value)
    }
