"""``bolti worker`` and ``bolti prune``: what runs beside the bot."""

from __future__ import annotations

import asyncio
import json
import logging
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from pipeline.cli.running import run
from pipeline.logs import ended_by, set_up_logs
from pipeline.settings import Settings, load_settings
from pipeline.stopping import GRACE_S, heed_signals

if TYPE_CHECKING:
    from pipeline.bootstrap import ChildModules
    from pipeline.prune import Pruned


@click.command()
def worker() -> None:
    """Take renders from the queue until SIGTERM.

    Then the work at hand is put down in order; a second signal does not wait.
    """
    settings = load_settings()
    level = "DEBUG" if logging.getLogger().isEnabledFor(logging.DEBUG) else settings.log.level
    set_up_logs(level, settings.log.format, settings.secrets)
    try:
        asyncio.run(serve(settings))
    except Exception as e:
        raise SystemExit(ended_by(e)) from None  # what reads the logs reads no other lines


async def serve(settings: Settings, children: ChildModules | None = None) -> None:
    """Work until a signal comes; ``children`` replaces what the child processes run, in tests."""
    from pipeline.bootstrap import CHILDREN, open_services
    from pipeline.gauges import readings_of
    from pipeline.probes import checks_of, open_probes
    from pipeline.worker import work

    stop = asyncio.Event()
    heed_signals(stop, GRACE_S)
    async with (
        open_services(settings, children or CHILDREN) as services,
        open_probes(settings.health, checks_of(services), readings_of(services), stop),
    ):
        await work(services.jobs, services.render_queues, stop, settings.jobs.executor)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def prune(as_json: bool) -> None:
    """Delete what is older than its time; safe while jobs run."""
    pruned = run(_prune(load_settings()))
    if as_json:
        click.echo(json.dumps(asdict(pruned)))
        return
    click.echo(
        f"Deleted {pruned.artifacts} artifacts, {pruned.drafts} drafts, "
        f"{pruned.scratch_folders} scratch folders, {pruned.rows} rows, "
        f"{pruned.speeches} speeches, {pruned.workflows} workflows, "
        f"{pruned.backups} backups."
    )


async def _prune(settings: Settings) -> Pruned:
    from pipeline.prune import prune as prune_all
    from pipeline.records import open_records

    async with open_records(settings) as records:
        return await prune_all(settings, records, datetime.now(UTC))
