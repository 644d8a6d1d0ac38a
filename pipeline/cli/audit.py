"""``bolti audit``: is the audit trail whole?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from pipeline.cli.running import run
from pipeline.settings import Settings, load_settings

if TYPE_CHECKING:
    from pipeline.safety.audit import Trail


@click.group()
def audit() -> None:
    """Look after the trail of what was done: consents, orders, deliveries, reports."""


@audit.command()
@click.option("--newest", help="A digest that you wrote down earlier: it must still be there.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def verify(newest: str | None, as_json: bool) -> None:
    """Check that no row was changed, removed, added or swapped.

    Tells the newest digest; write it down elsewhere, so that later you also see whether the end
    was cut off.
    """
    settings = load_settings()
    trail = run(_verify(settings, newest))
    if as_json:
        click.echo(json.dumps({"rows": trail.rows, "newest": trail.newest}))
        return
    if trail.rows:
        click.echo(f"The audit trail is whole: {trail.rows} rows. Newest: {trail.newest}")
    else:
        click.echo(
            f"The audit trail in {settings.data_dir.resolve()} is empty: no act is on it yet."
        )


async def _verify(settings: Settings, newest: str | None) -> Trail:
    from pipeline.records import open_records

    async with open_records(settings) as records:
        return await records.audit.verify(newest)
